#ifndef ENGINE_CORE_PACKING_H
#define ENGINE_CORE_PACKING_H

#include "engine/core/rates.h"

/* Which nodes to launch for pods that no existing node takes: the cheapest set found.
 *
 * A pod goes where it is welcome if any such pool can take it.  The heaviest pool that can take a
 * pod has it; among pools of equal weight price decides.  Within
 * a weight the answer is the best of several: first-fit in three orders onto the cheapest and onto
 * the best-value types, a greedy that buys the node that sells most value for its price, each
 * improved by taking dear nodes apart and packing them anew; a handful of pods is solved exactly.
 * Effort is counted in work units, never in time. */

/* A node to be. */
struct bin {
    size_t shop;
    int32_t context;
    uint32_t type; /* the cheapest that holds it all, ... */
    int64_t cost;  /* ... and its best price */
    size_t at;     /* its place in the context's list of best types */
    struct resources sum;
    int64_t weight;      /* what its pods must cost at least, in 1/1024 micro-dollars */
    struct bits granted; /* offers that the pool's spread_limit leaves it; words NULL: any */
    struct companies company;
    struct part *parts; /* one a shape */
    size_t part_count, part_capacity;
};

struct packing {
    struct bin *bins;
    size_t count, capacity;
    int64_t cost;
};

/* What a pool may still launch.  INT64_MAX: no limit. */
struct allowance {
    struct resources capacity;
    int64_t nodes, microusd_per_hour;
    const struct planned_share *planned; /* what is planned already, for spread_limit (shares.h) */
};
/* Of a pool as things are: its limits less all its claims, whatever their phase. */
struct allowance allowance_left(const struct world *w, const struct pool *p);
bool allowance_admits(const struct allowance *left, const struct instance_type *t, int64_t price);
void allowance_take(struct allowance *left, const struct resources *capacity, int64_t price);
/* Takes it back. */
void allowance_give(struct allowance *left, const struct resources *capacity, int64_t price);

/* Packs `sequence` (shapes of pods, one a pod, in the world's order) into new nodes.  `left` has
 * one allowance a pool and is lowered by what the chosen types need.  Pools that are static, being
 * destroyed or without a catalog sell nothing.  What could not be placed stays in `unplaced`, a
 * count by shape; while the market heeds preferences, so do pods that no pool welcomes. */
void packing_solve(struct market *m, const uint32_t *sequence, size_t count, struct allowance *left,
                   struct packing *out, uint32_t *unplaced);

/* Lowers `left` by the packing's nodes as they are.  False: it does not admit all of them. */
bool packing_take(const struct market *m, const struct packing *p, struct allowance *left);

/* First-fit-decreasing alone, the yardstick: the cheapest type for the first pod of each node,
 * which then stays. */
void packing_first_fit(struct market *m, const uint32_t *sequence, size_t count,
                       struct packing *out, uint32_t *unplaced);

#endif
