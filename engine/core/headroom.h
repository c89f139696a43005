#ifndef ENGINE_CORE_HEADROOM_H
#define ENGINE_CORE_HEADROOM_H

#include "engine/core/plan.h"

/* Private to headroom: the pieces of a pool that are to be kept free, put into rooms that are there
 * (headroom.c) and, as far as these do not do, bought (headroom_buy.c). */

/* Pieces alike. */
struct piece {
    const struct pod_spec *spec;
    uint32_t shape;
    int64_t lacking;
    int64_t never; /* as many, where nobody serves a resource of it */
    int64_t alone; /* price of a node for one; INT64_MAX: there is none */
};

struct keeping {
    struct plan *p;
    size_t pool;
    struct piece *pieces; /* largest first */
    size_t count;
    int64_t wanted;
};

/* Pieces that no node has taken. */
int64_t headroom_lacking(const struct keeping *k);
/* Larger nodes for pods, or nodes of their own, for those that lack: whichever is cheaper. */
void headroom_buy(struct keeping *k);

#endif
