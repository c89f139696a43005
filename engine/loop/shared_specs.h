#ifndef ENGINE_LOOP_SHARED_SPECS_H
#define ENGINE_LOOP_SHARED_SPECS_H

#include "engine/base/arena.h"
#include "engine/core/world.h"

/* Specifications of the pods that are known, each once however many pods say it: 100,000 pods are
 * made of a few hundred templates.  One is kept while somebody uses it.
 *
 * What brings pods names amounts by a table of its own, and the table of a world changes with what
 * catalogs offer.  So a specification keeps its amounts by names of its own, and shows them by the
 * world's. */
struct pod_entry;

struct shared_spec {
    struct shared_spec *next; /* in its bucket */
    uint64_t hash;
    size_t users;
    struct pod_spec *said;       /* in a block of its own; amounts by ... */
    struct resource_table names; /* ... the fixed names, and then those that it asks for, sorted */
    struct pod_spec shown;       /* borrows from `said` */
    char digest[40];             /* pod_digest.h */
    size_t marked;               /* pods of it for which the scheduler has found no place ... */
    struct pod_entry *unseen;    /* ... and those it has not looked at (loop/waiting.h) */
};

struct shared_specs {
    struct shared_spec **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;
    struct resource_table table; /* of the world, by which all are shown */
    struct arena names_arena;    /* resources have few names, and those are kept */
    struct str *names;
    size_t name_count, name_capacity;
};

/* The one that says so, with one more user. */
struct shared_spec *shared_specs_take(struct shared_specs *all, const struct pod_spec *spec,
                                      const struct resource_table *names);
/* One user less. */
void shared_specs_drop(struct shared_specs *all, struct shared_spec *one);
/* All are shown by this table from now on.  What it does not name is the resource that nobody
 * serves. */
void shared_specs_show(struct shared_specs *all, const struct resource_table *table);
/* The same table, whose names live as long as the specifications. */
struct resource_table shared_specs_names(struct shared_specs *all, const struct resource_table *t);
void shared_specs_free(struct shared_specs *all);

/* `from` with amounts named by another table. */
void spec_rename(const struct resource_table *to_names, const struct resource_table *names,
                 const struct pod_spec *from, struct pod_spec *to);

#endif
