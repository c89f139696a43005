#ifndef ENGINE_CORE_POOL_H
#define ENGINE_CORE_POOL_H

#include "engine/core/world.h"

/* Index of the world's pool of that name, or SIZE_MAX. */
size_t pool_place(const struct world *w, struct str name);

/* Is there any type and offering that the pool may launch, now or later?  NULL: yes, or its catalog
 * is not known.  Else an error at `requirements` that says which of them leaves nothing. */
MUST_CHECK struct error *pool_can_be_served(struct arena *a, const struct pool *p);

#endif
