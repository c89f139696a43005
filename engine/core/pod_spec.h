#ifndef ENGINE_CORE_POD_SPEC_H
#define ENGINE_CORE_POD_SPEC_H

#include "engine/core/world.h"

/* Specifications compared by what they say, wherever it stands in memory. */
bool pod_spec_eq(const struct pod_spec *x, const struct pod_spec *y);
/* Equal ones have equal hashes. */
uint64_t pod_spec_hash(const struct pod_spec *s);

#endif
