#ifndef ENGINE_BASE_INDEX_H
#define ENGINE_BASE_INDEX_H

#include "engine/base/str.h"

/* Entries found by a hash of their key, where there are too many, and they come and go too often,
 * for a sorted array.  Nothing may follow from the order of its buckets.  An entry is any
 * struct whose first member is a `struct indexed`; the index owns none of them. */
struct indexed {
    struct str key;
    struct indexed *next; /* in its bucket */
};

struct index {
    struct indexed **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;
};

void *index_find(const struct index *x, struct str key); /* NULL when absent */
/* The key must not be in the index yet. */
void index_add(struct index *x, struct indexed *entry);
/* Takes the entry out and returns it, or NULL. */
void *index_remove(struct index *x, struct str key);
/* All entries, one at a time, then NULL: `struct index_walk w = {.of = x}`.  The one at hand may be
 * taken out. */
struct index_walk {
    const struct index *of;
    size_t bucket;
    struct indexed *next;
};
void *index_next(struct index_walk *w);
/* Frees the buckets, not the entries. */
void index_free(struct index *x);

#endif
