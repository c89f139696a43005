#ifndef ENGINE_CORE_SHARES_H
#define ENGINE_CORE_SHARES_H

#include "engine/core/packing.h"

/* A pool's spread_limit: of its nodes, those that stand, start, and are planned, no more than so
 * many percent are of one type in one zone, rounded down, but at least one.  Only where all else
 * that a node could be is taken up or not on sale it is rounded up instead: else a pool with few
 * types could not grow by single nodes.
 *
 * A node that has not come counts as each of the types and zones that it may turn out to be, so the
 * limit holds whatever comes.  One that leaves does not count, neither among the nodes of its kind
 * nor among all: what comes in its place is what will stand.  Nodes that a pool has stay, whatever
 * their share; but nothing is moved only to save if that made a share too large. */

/* One that is planned. */
struct planned_share {
    const struct planned_share *next;
    struct bits offers; /* what it may be, of its shop's */
};

/* How a pool's nodes are shared out.  A pair is a type in a zone, known by the first of its offers.
 */
struct shares {
    const struct market *m;
    const struct shop *shop; /* NULL: its pool has no such limit */
    uint32_t *pair;          /* by offer */
    size_t *first;           /* by type of the catalog: its first offer */
    int64_t *counts;         /* by pair: nodes that are it, or may turn out to be */
    int64_t nodes;
};

/* As things are in the trial at hand; `left` is that of the pool. */
struct shares shares_now(struct arena *a, const struct market *m, size_t shop,
                         const struct allowance *left);
/* The same of every pool that has such a limit. */
struct shares *shares_of_all(struct arena *a, const struct market *m, const struct allowance *left);
/* A node of the pool goes (-1), or stays after all (1). */
void shares_count(struct shares *s, const struct claim *c, int64_t by);
/* Is a share too large, and larger than it was before? */
bool shares_worsen(const struct shares *before, const struct shares *after);

/* How many nodes of one type in one zone there may be when there are so many; and where nothing
 * else is left. */
int64_t shares_most(const struct pool *p, int64_t nodes);
int64_t shares_most_at_worst(const struct pool *p, int64_t nodes);
/* Does the limit leave one more node that holds so much in the context?  `later`: of what the
 * pool may launch and the cloud has no capacity for now. */
bool shares_leave(const struct market *m, size_t shop, int32_t context, const struct resources *sum,
                  const struct allowance *left, bool later);

/* Chooses anew what each bin of the pool is, cheapest first, and grants it what else it may be
 * (bin.granted).  `left` is that of the pool, lowered by all of these bins, and stays so.  False:
 * for those marked in `lost` nothing is left, and nothing is granted: it is to be asked again
 * without them. */
bool shares_grant(struct market *m, size_t shop, struct bin *const *bins, size_t count,
                  struct allowance *left, bool *lost);

#endif
