#ifndef ENGINE_WORLDS_SEEN_H
#define ENGINE_WORLDS_SEEN_H

#include "engine/base/arena.h"

/* Which texts, or which addresses, were there before, and as the how-manieth. */
struct seen {
    struct arena *arena;
    bool by_address;
    struct str *items; /* in the order they came; of addresses `ptr` alone counts */
    size_t count, capacity;
    uint32_t *places; /* 1 + index into items; 0: free */
    size_t place_count;
};

/* Its number; `*found` tells whether it had one.  It has one afterwards. */
size_t seen_number(struct seen *s, struct str what, bool *found);
/* Its number, or SIZE_MAX: it is not there. */
size_t seen_find(const struct seen *s, struct str what);

#endif
