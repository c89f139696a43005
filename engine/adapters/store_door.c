#include "engine/adapters/store_door.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/adapters/store_sqlite.h"
#include "engine/base/memory.h"

struct store_door {
    pthread_mutex_t lock; /* over the connection */
    struct store *store;
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

struct store_door *store_door_of(struct store *store)
{
    struct store_door *s = must_have(calloc(1, sizeof(*s)));
    s->store = store;
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

struct error *store_door_open(struct arena *a, struct str path, const struct fleet_identity *fleet,
                              struct store_door **out)
{
    struct store *store;
    *out = NULL;
    TRY(store_sqlite_open(a, path, fleet, &store));
    *out = store_door_of(store);
    return NULL;
}

struct error *store_door_make(struct arena *a, struct str path, const struct fleet_identity *fleet,
                              struct store_door **out)
{
    struct store *store;
    *out = NULL;
    TRY(store_sqlite_make(a, path, fleet, &store));
    *out = store_door_of(store);
    return NULL;
}

void store_door_close(struct store_door *s)
{
    if (!s)
        return;
    s->store->ops->close(s->store);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct error *store_door_get(struct store_door *s, struct arena *a, struct str kind, struct str key,
                             struct store_record *out)
{
    pthread_mutex_lock(&s->lock);
    struct error *e = s->store->ops->get(a, s->store, kind, key, out);
    pthread_mutex_unlock(&s->lock);
    return e;
}

struct error *store_door_list(struct store_door *s, struct arena *a, struct str kind,
                              struct record_list *out)
{
    pthread_mutex_lock(&s->lock);
    struct error *e = s->store->ops->list(a, s->store, kind, out);
    pthread_mutex_unlock(&s->lock);
    return e;
}

struct error *store_door_prepare(struct store_door *s, struct arena *a)
{
    pthread_mutex_lock(&s->lock);
    struct error *e = s->store->ops->prepare ? s->store->ops->prepare(a, s->store) : NULL;
    pthread_mutex_unlock(&s->lock);
    return e;
}

struct error *store_door_write(struct store_door *s, struct arena *a,
                               const struct store_record *changes, size_t count)
{
    pthread_mutex_lock(&s->lock);
    struct error *e = s->store->ops->write(a, s->store, 0, changes, count);
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
    struct error *e = s->store->ops->swap(a, s->store, seen, changes, count, done);
    pthread_mutex_unlock(&s->lock);
    return e;
}

int64_t store_door_version(struct store_door *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t version = s->store->ops->version(s->store);
    pthread_mutex_unlock(&s->lock);
    return version;
}

bool store_door_lease_is_held(struct store_door *s)
{
    pthread_mutex_lock(&s->lock);
    bool taken = s->store->ops->lease_is_taken(s->store);
    pthread_mutex_unlock(&s->lock);
    return taken;
}
