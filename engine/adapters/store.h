#ifndef ENGINE_ADAPTERS_STORE_H
#define ENGINE_ADAPTERS_STORE_H

#include "engine/pools.h"
#include "engine/ports.h"

/* A place that records are kept in, with the lease over it: a SQLite file (store_file.h) or the
 * Kubernetes API (store_kube.h).  This is one connection to it, for one thread at a time: what
 * doors (store_door.h) and the engine (store_engine.h) share, so that neither knows which it is. */

struct record_list {
    struct store_record *items; /* sorted by kind and key */
    size_t count, capacity;
};

struct store;
struct store_ops {
    void (*close)(struct store *s);
    /* ERROR_NOT_FOUND when there is none. */
    MUST_CHECK struct error *(*get)(struct arena *a, struct store *s, struct str kind,
                                    struct str key, struct store_record *out);
    /* All of one kind, or with an empty kind all of them. */
    MUST_CHECK struct error *(*list)(struct arena *a, struct store *s, struct str kind,
                                     struct record_list *out);
    /* All that doors write (ports.h): a few, beside an engine's many.  ERROR_CONFLICT when the
     * lease's epoch is another. */
    MUST_CHECK struct error *(*list_doors)(struct arena *a, struct store *s, int64_t epoch,
                                           struct record_list *out);
    /* With `epoch` > 0 only while that is the lease's: else ERROR_CONFLICT. */
    MUST_CHECK struct error *(*write)(struct arena *a, struct store *s, int64_t epoch,
                                      const struct store_record *changes, size_t count);
    /* Writes only if the store still holds all of `seen` as they were read (no body: was not
     * there): *done says whether it did. */
    MUST_CHECK struct error *(*swap)(struct arena *a, struct store *s,
                                     const struct record_list *seen,
                                     const struct store_record *changes, size_t count, bool *done);
    /* A number that changes when another connection has written something. */
    int64_t (*version)(struct store *s);
    /* Makes what was opened to be read fit to be written to; NULL: it is. */
    MUST_CHECK struct error *(*prepare)(struct arena *a, struct store *s);
    /* What was put off until now; NULL: nothing ever is. */
    void (*settle)(struct store *s);

    /* The lease.  Takes it if nobody has it; *held says whether it is ours now, and *epoch is then
     * one higher than ever before. */
    MUST_CHECK struct error *(*try_lease)(struct arena *a, struct store *s, bool *held,
                                          int64_t *epoch);
    /* NULL: it still is ours; else why not. */
    MUST_CHECK struct error *(*check_lease)(struct arena *a, struct store *s);
    void (*release_lease)(struct store *s);
    /* Does any engine, of this process or another, hold it?  Takes nothing. */
    bool (*lease_is_taken)(struct store *s);
};

/* The first member of each kind of store. */
struct store {
    const struct store_ops *ops;
};

#endif
