#include "engine/adapters/store_sqlite.h"

#include <stdlib.h>

#include "engine/adapters/lease_file.h"
#include "engine/adapters/store_file.h"
#include "engine/base/memory.h"

struct store_sqlite {
    struct store store;
    struct store_file *file;
    struct lease_file lease;
    char *path;
};

static struct store_sqlite *of(struct store *s)
{
    return (struct store_sqlite *)s;
}

static void close_it(struct store *s)
{
    struct store_sqlite *q = of(s);

    lease_file_finish(&q->lease);
    store_file_close(q->file);
    free(q->path);
    free(q);
}

static struct error *get(struct arena *a, struct store *s, struct str kind, struct str key,
                         struct store_record *out)
{
    return store_file_get(a, of(s)->file, kind, key, out);
}

static struct error *list(struct arena *a, struct store *s, struct str kind,
                          struct record_list *out)
{
    return store_file_list(a, of(s)->file, kind, out);
}

static struct error *list_doors(struct arena *a, struct store *s, int64_t epoch,
                                struct record_list *out)
{
    int64_t current;

    TRY(store_file_epoch(a, of(s)->file, &current));
    if (current != epoch)
        return error_new(a, ERROR_CONFLICT, "the lease has gone to another engine");
    return store_file_list_doors(a, of(s)->file, out);
}

static struct error *write_records(struct arena *a, struct store *s, int64_t epoch,
                                   const struct store_record *changes, size_t count)
{
    return store_file_write(a, of(s)->file, epoch, changes, count);
}

static struct error *swap(struct arena *a, struct store *s, const struct record_list *seen,
                          const struct store_record *changes, size_t count, bool *done)
{
    return store_file_swap(a, of(s)->file, seen, changes, count, done);
}

static int64_t version(struct store *s)
{
    return store_file_version(of(s)->file);
}

static struct error *try_lease(struct arena *a, struct store *s, bool *held, int64_t *epoch)
{
    TRY(lease_file_try(a, &of(s)->lease, held));
    return *held ? store_file_next_epoch(a, of(s)->file, epoch) : NULL;
}

static struct error *check_lease(struct arena *a, struct store *s)
{
    if (lease_file_is_sound(&of(s)->lease) && store_file_is_sound(of(s)->file))
        return NULL;
    struct error *e = error_new(a, ERROR_CONFLICT, "the store %s is gone", of(s)->path);
    e->detail = STR("Its file or its lease was removed or replaced while the engine was using it.");
    return e;
}

static void release_lease(struct store *s)
{
    lease_file_release(&of(s)->lease);
}

static bool lease_is_taken(struct store *s)
{
    return lease_file_is_taken(&of(s)->lease);
}

static const struct store_ops ops = {
    .close = close_it,
    .get = get,
    .list = list,
    .list_doors = list_doors,
    .write = write_records,
    .swap = swap,
    .version = version,
    .try_lease = try_lease,
    .check_lease = check_lease,
    .release_lease = release_lease,
    .lease_is_taken = lease_is_taken,
};

static struct store *store_of(struct store_file *file, struct str path)
{
    struct store_sqlite *q = must_have(calloc(1, sizeof(*q)));

    q->store.ops = &ops;
    q->file = file;
    q->path = must_have(strndup(path.ptr, path.len));
    lease_file_init(&q->lease, path);
    return &q->store;
}

struct error *store_sqlite_open(struct arena *a, struct str path,
                                const struct fleet_identity *fleet, struct store **out)
{
    struct store_file *file;

    *out = NULL;
    TRY(store_file_open(a, path, fleet, &file));
    *out = store_of(file, path);
    return NULL;
}

struct error *store_sqlite_make(struct arena *a, struct str path,
                                const struct fleet_identity *fleet, struct store **out)
{
    struct store_file *file;

    *out = NULL;
    TRY(store_file_make(a, path, fleet, &file));
    *out = store_of(file, path);
    return NULL;
}
