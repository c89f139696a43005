#ifndef ENGINE_WORLDS_CLONE_H
#define ENGINE_WORLDS_CLONE_H

#include "engine/worlds/rows.h"

/* Parts of a world in memory of their own, by the tables of rows.h: for those who keep some of what
 * an event brought for longer than the event. */

/* So many structs of the table with all that they point at, in one block for free().  What is
 * shared within them is not shared any more; what points elsewhere into a world cannot be cloned;
 * what is left out of kept worlds is left out here. */
void *parts_clone(enum table_name of, const void *items, size_t count);
/* The same in an arena. */
void *parts_clone_in(struct arena *a, enum table_name of, const void *items, size_t count);

/* Do they say the same, wherever it stands in memory? */
bool parts_eq(enum table_name of, const void *x, size_t x_count, const void *y, size_t y_count);

#endif
