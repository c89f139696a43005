#ifndef ENGINE_OPTIMIZE_WEIGHTS_H
#define ENGINE_OPTIMIZE_WEIGHTS_H

#include "engine/optimize/cover.h"

/* Weights that need no search (rates.h): every resource is worth something, and a pod weighs what
 * its worth costs at the cheapest rate of a host that takes it.  What nodes cost
 * beyond the worth of their rooms is borne by the pods of the largest group.  The best of all
 * directions; in 1/1024 micro-dollars, by row. */
const int64_t *weights_by_worth(struct arena *a, const struct cover *c);
/* What all pods weigh, in the same unit. */
__int128 weights_sum(const struct cover *c, const int64_t *weight);

#endif
