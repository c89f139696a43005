#ifndef ENGINE_CORE_EXPLAIN_H
#define ENGINE_CORE_EXPLAIN_H

#include "engine/core/packing.h"

/* Why no pool takes a pod of this shape: the pool that comes nearest, and what is in the way.
 * `left` has one allowance a pool. */
struct waiting explain_shape(struct market *m, const struct allowance *left, uint32_t shape,
                             const struct pod *pod);

/* The same of one pool; `pod` may be NULL. */
struct waiting explain_pool(struct market *m, size_t shop, const struct allowance *left,
                            const struct shape *shape, const struct pod *pod);

/* What keeps a pod that the pool has on sale from being bought.  Which limit the cheapest type for
 * it would exceed; ptr NULL: none.  `shape` NULL: any node of the pool. */
struct str explain_limit(struct market *m, size_t shop, const struct allowance *left,
                         const struct shape *shape);
/* Which of the pool's min_values cannot be kept with what fits and the limits leave. */
struct str explain_min_values(struct market *m, size_t shop, const struct allowance *left,
                              const struct shape *shape);

#endif
