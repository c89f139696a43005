#include "engine/adapters/store_door.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/adapters/lease_file.h"
#include "engine/base/memory.h"

struct store_door {
    pthread_mutex_t lock; /* over the connection */
    struct store_file *file;
    struct lease_file lease; /* only to look at */
};

/* A name as a part of a file name. */
static struct str file_name_part(struct arena *a, struct str s)
{
    char *copy = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        copy[i] =
            s.ptr[i] == '/' || s.ptr[i] == '\\' || (unsigned char)s.ptr[i] < ' ' ? '_' : s.ptr[i];
    return (struct str){copy, s.len};
}

struct error *store_default_path(struct arena *a, const struct fleet_identity *fleet,
                                 struct str *out)
{
    struct str folder = str_of(getenv("XDG_STATE_HOME"));
    struct str home = str_of(getenv("HOME"));
    if (!folder.len && !home.len) {
        struct error *e = error_new(a, ERROR_INVALID, "there is no place for the store");
        e->detail = STR("Neither XDG_STATE_HOME nor HOME is set. Name a file with engine.store = "
                        "\"sqlite:PATH\".");
        return error_at(e, STR("engine.store"));
    }
    if (!folder.len)
        folder = arena_printf(a, STR_FMT "/.local/state", STR_ARG(home));
    *out = arena_printf(a, STR_FMT "/tenon/" STR_FMT "-" STR_FMT "-" STR_FMT ".db", STR_ARG(folder),
                        STR_ARG(file_name_part(a, fleet->account)),
                        STR_ARG(file_name_part(a, fleet->region)),
                        STR_ARG(file_name_part(a, fleet->cluster)));
    return NULL;
}

static struct store_door *door_of(struct store_file *file, struct str path)
{
    struct store_door *s = must_have(calloc(1, sizeof(*s)));
    s->file = file;
    pthread_mutex_init(&s->lock, NULL);
    lease_file_init(&s->lease, path);
    return s;
}

struct error *store_door_open(struct arena *a, struct str path, const struct fleet_identity *fleet,
                              struct store_door **out)
{
    struct store_file *file;
    *out = NULL;
    TRY(store_file_open(a, path, fleet, &file));
    *out = door_of(file, path);
    return NULL;
}

struct error *store_door_make(struct arena *a, struct str path, const struct fleet_identity *fleet,
                              struct store_door **out)
{
    struct store_file *file;
    *out = NULL;
    TRY(store_file_make(a, path, fleet, &file));
    *out = door_of(file, path);
    return NULL;
}

void store_door_close(struct store_door *s)
{
    if (!s)
        return;
    store_file_close(s->file);
    lease_file_finish(&s->lease);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct error *store_door_get(struct store_door *s, struct arena *a, struct str kind, struct str key,
                             struct store_record *out)
{
    pthread_mutex_lock(&s->lock);
    struct error *e = store_file_get(a, s->file, kind, key, out);
    pthread_mutex_unlock(&s->lock);
    return e;
}

struct error *store_door_list(struct store_door *s, struct arena *a, struct str kind,
                              struct record_list *out)
{
    pthread_mutex_lock(&s->lock);
    struct error *e = store_file_list(a, s->file, kind, out);
    pthread_mutex_unlock(&s->lock);
    return e;
}

struct error *store_door_write(struct store_door *s, struct arena *a,
                               const struct store_record *changes, size_t count)
{
    pthread_mutex_lock(&s->lock);
    struct error *e = store_file_write(a, s->file, 0, changes, count);
    pthread_mutex_unlock(&s->lock);
    return e;
}

struct error *store_door_see(struct store_door *s, struct arena *a, struct str kind, struct str key,
                             struct record_list *seen)
{
    struct store_record r = {.kind = kind, .key = key};
    struct error *e = store_door_get(s, a, kind, key, &r);
    if (e && e->kind != ERROR_NOT_FOUND)
        return e;
    ARENA_PUSH(a, seen->items, seen->count, seen->capacity, r);
    return NULL;
}

struct error *store_door_swap(struct store_door *s, struct arena *a, const struct record_list *seen,
                              const struct store_record *changes, size_t count, bool *done)
{
    pthread_mutex_lock(&s->lock);
    struct error *e = store_file_swap(a, s->file, seen, changes, count, done);
    pthread_mutex_unlock(&s->lock);
    return e;
}

int64_t store_door_version(struct store_door *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t version = store_file_version(s->file);
    pthread_mutex_unlock(&s->lock);
    return version;
}

bool store_door_lease_is_held(struct store_door *s)
{
    return lease_file_is_taken(&s->lease);
}
