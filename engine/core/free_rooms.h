#ifndef ENGINE_CORE_FREE_ROOMS_H
#define ENGINE_CORE_FREE_ROOMS_H

#include "engine/core/resources.h"

struct rooms;

/* Rooms in an order of the caller's, found by what they have free: a tree over the order keeps the
 * most that any room below has of the amounts that nearly always decide, so that rooms which are
 * full are passed over in lots.  One that is leaving has nothing. */
struct free_most {
    int64_t cpu_milli, memory_bytes, pods;
};
struct free_rooms {
    const size_t *rooms; /* by position; borrowed; NULL: a room's position is its place */
    size_t count, leaves;
    struct free_most *most; /* [1] of all, [leaves + i] of position i */
};

void free_rooms_make(struct free_rooms *f, struct arena *a, const struct rooms *r,
                     const size_t *rooms, size_t count);
/* The first position at or after `from` whose room may have that much free; SIZE_MAX: there is
 * none. What else the room must be is the caller's to ask. */
size_t free_rooms_next(const struct free_rooms *f, size_t from, const struct resources *wanted);
/* The room at the position has more or less than before; closed, it has nothing. */
void free_rooms_renew(struct free_rooms *f, const struct rooms *r, size_t position);
void free_rooms_close(struct free_rooms *f, size_t position);

#endif
