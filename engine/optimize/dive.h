#ifndef ENGINE_OPTIMIZE_DIVE_H
#define ENGINE_OPTIMIZE_DIVE_H

#include "engine/optimize/generate.h"

/* From a cover's program, which takes fractions of nodes, down to whole ones: what it takes whole
 * is bought, then what it nearly takes whole, and it is solved anew for the pods that are left; the
 * last handful is searched.  A dive costs little beside the program itself, so several are made. */

/* A node to be: so many pods of rows. */
struct plan_node {
    size_t host;
    struct part *parts;
    size_t part_count;
};

struct dive {
    struct arena *arena;
    const struct cover *cover;
    struct generation g;
    uint32_t *left; /* by row: generation.most */
    struct plan_node *nodes;
    size_t count, capacity;
    int64_t cost;
    int64_t proved;  /* microusd per hour, before the first dive */
    int number;      /* of the dive */
    uint64_t random; /* equal covers draw equal numbers */
};

/* Dives until one is good or work is out; the best that came to an end.  Arena, cover and the
 * opened generation are set, and `left` is all that it may place.  False: none came to an end. */
bool dive_again_and_again(struct dive *d, struct dive *best);

#endif
