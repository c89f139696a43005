#ifndef ENGINE_BASE_NAME_INDEX_H
#define ENGINE_BASE_NAME_INDEX_H

#include "engine/base/arena.h"

/* Finds the places of many names in an array: for a few a binary search does, but of tens of
 * thousands with long beginnings in common each look-up would compare fifteen.  Reads the array
 * and does not copy it, so it lasts as long as that stays as it is. */
struct name_index {
    const unsigned char *structs; /* each begins with its name; the next is `stride` bytes on */
    size_t stride;
    uint32_t *places; /* by hash: place plus one; 0: free */
    size_t size;
};

/* Of `count` structs, fewer than 2^31, whose first member is their name. */
void name_index_make(struct arena *a, const void *structs, size_t stride, size_t count,
                     struct name_index *out);
/* SIZE_MAX: it is none of them.  Of equal names the first. */
size_t name_index_find(const struct name_index *x, struct str name);

#endif
