#ifndef ENGINE_CORE_POOL_H
#define ENGINE_CORE_POOL_H

#include "engine/core/world.h"

/* What makes a pool a good one: one set of rules for the provider's plan and for the engine.  Each
 * function reports everything that is wrong at once (error.next), with attribute paths of
 * tenon_node_pool. */

/* A requirement as the user wrote it. */
struct requirement_term {
    struct str key, operator;
    const struct str *values;
    size_t value_count;
    int64_t min_values;
};

/* Intersects the terms into `out`, and checks them: operators, keys, values, and that neither two
 * of them nor one of them and a label contradict (paths requirements[i]..., naming both). */
MUST_CHECK struct error *pool_requirements(struct arena *a, const struct requirement_term *terms,
                                           size_t count, const struct labels *labels,
                                           struct requirements *out);

/* The rest: labels, taints, limits, weight and replicas of a pool whose requirements are good.
 * `resources` names the amounts of its limits. */
MUST_CHECK struct error *pool_check(struct arena *a, const struct pool *p,
                                    const struct resource_table *resources);

/* Is there any type and offering that the pool may launch, now or later?  NULL: yes, or its catalog
 * is not known.  Else an error at `requirements` that says which of them leaves nothing. */
MUST_CHECK struct error *pool_can_be_served(struct arena *a, const struct pool *p);

#endif
