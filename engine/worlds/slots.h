#ifndef ENGINE_WORLDS_SLOTS_H
#define ENGINE_WORLDS_SLOTS_H

#include "engine/base/arena.h"
#include "engine/worlds/rows.h"

/* What writer and reader of a kept world both remember, so that one may say "as before": of each
 * member its last value, apart for each place in a list (the third label of one node is like the
 * third of the next). */
enum {
    PLACES_MOST = 32,         /* from there on they share the last */
    SHARED_PREFIX_MOST = 255, /* of a text with the one before, so that no text unfolds to gigabytes
                               */
};

struct slot {
    int64_t number;
    struct str text;
    const void *pointer;
    struct resources *amounts;
};

struct slots {
    struct arena *arena;
    struct slot *of[TABLE_COUNT];
};

struct slot *slot_at(struct slots *s, const struct table *t, const struct row *r, size_t place);

/* The place that the i-th of a list's items counts as, in a list that itself is at `place`. */
static inline size_t place_in(const struct row *list, size_t i, size_t place)
{
    if (list->kind == ROW_SERIES)
        return place;
    return i < PLACES_MOST ? i : PLACES_MOST - 1;
}

#endif
