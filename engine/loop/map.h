#ifndef ENGINE_LOOP_MAP_H
#define ENGINE_LOOP_MAP_H

#include "engine/base/str.h"

/* Entries sorted by key, so that walking them is the same in every run.  An entry is any struct
 * whose first member is a `struct keyed`; the map owns the order, not the entries. */
struct keyed {
    struct str key;
};

struct map {
    struct keyed **items;
    size_t count, capacity;
};

void *map_find(const struct map *m, struct str key); /* NULL when absent */
/* Its place among the items, or `count`. */
size_t map_place(const struct map *m, struct str key);
/* The key must not be in the map yet. */
void map_add(struct map *m, struct keyed *entry);
/* Takes the entry out and returns it, or NULL. */
void *map_remove(struct map *m, struct str key);
/* Frees the array, not the entries. */
void map_free(struct map *m);

#endif
