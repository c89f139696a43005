#ifndef ENGINE_CORE_EXPLAIN_H
#define ENGINE_CORE_EXPLAIN_H

#include "engine/core/packing.h"

/* Why no pool takes a pod of this shape: the pool that comes nearest, and what is in the way.
 * `left` has one allowance a pool. */
struct waiting explain_shape(struct market *m, const struct allowance *left, uint32_t shape,
                             const struct pod *pod);

#endif
