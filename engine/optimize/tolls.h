#ifndef ENGINE_OPTIMIZE_TOLLS_H
#define ENGINE_OPTIMIZE_TOLLS_H

#include "engine/optimize/cover.h"

/* Private to fill: the most that a host could hold if pods could be cut into pieces, and what its
 * resources are worth then.
 *
 * Every resource has a toll, which is due for its whole room, in part for a part.  What pods weigh
 * is the tolls that they pay and what they weigh beyond them; no filling pays more than all tolls,
 * so these and the gains of as many of each pod as there may be are a bound, whatever the tolls.
 * The least such bound is sought in double precision, which is never believed: what counts is
 * worked out in whole numbers, shares and tolls of a pod rounded down, so that it is a bound
 * exactly. */
struct tolls {
    int64_t whole[RESOURCES_MAX]; /* for the whole room; zero all over: not chosen yet */
};

/* Some pods of one row that could go in. */
struct item {
    uint32_t row, group;
    uint32_t most;  /* of it alone */
    uint32_t limit; /* of its group, or of it where it has none */
    bool plenty;    /* of the row there are more than the host holds */
    size_t end;     /* of its group */
    int64_t weight;
    int64_t toll;                  /* of one */
    int64_t amount[RESOURCES_MAX]; /* of each scarce resource */
    int64_t share[RESOURCES_MAX];  /* the same, of the whole room, rounded down */
};

enum { SHARE_BITS = 30 }; /* a room is 2^30 shares */

struct items {
    struct arena *arena;
    struct item *all; /* members of a group side by side */
    size_t count;
    int64_t
        room[RESOURCES_MAX]; /* of the scarce resources: those that these pods can use up, ... */
    size_t place[RESOURCES_MAX]; /* ... and which they are */
    size_t resource_count;
    int64_t work; /* what was spent, in steps of the filler */
};

static inline int64_t item_gain(const struct item *i)
{
    return i->weight > i->toll ? i->weight - i->toll : 0;
}

/* Moves the tolls downhill from where they are until the bound is at most `enough`, or as low as it
 * gets; sets the toll of every item.  Returns the bound. */
__int128 tolls_choose(struct items *s, int64_t enough, struct tolls *tolls);

#endif
