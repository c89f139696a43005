#ifndef ENGINE_CORE_EXPLAIN_PRICE_H
#define ENGINE_CORE_EXPLAIN_PRICE_H

#include "engine/core/market.h"

/* Types without a price stand in the catalog without an offering: taken as free they would attract
 * every pod, and left out nobody would know why a pod that needs one waits.
 *
 * Such a one of the pool's catalog that it could launch, and one that would take the shape besides,
 * whatever the zone and however bought; NULL: there is none. */
const struct instance_type *pool_unpriced(const struct pool *p);
const struct instance_type *explain_unpriced(const struct market *m, size_t shop,
                                             const struct shape *shape);

#endif
