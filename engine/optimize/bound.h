#ifndef ENGINE_OPTIMIZE_BOUND_H
#define ENGINE_OPTIMIZE_BOUND_H

#include "engine/optimize/certificate.h"

/* The lower bound of every fleet that serves the world's placed and pending pods, with its proof:
 * never above any fleet that holds the hard rules.  Pods that no type can host bear nothing; a
 * caller that compares the bound with a fleet in which other pods wait marks those never_serve.
 * Weights of pools, limits and today's stock do not matter, so it holds for fleets of yesterday
 * too; nodes of static pools cost what they cost, whether pods need them or not.
 *
 * `work` in the units of generation_open; 0: only what costs next to nothing. */
enum { BOUND_WORK_LITTLE = 300 * 1000, BOUND_WORK_MUCH = 10 * 1000 * 1000 };
void bound_prove(struct arena *a, const struct world *w, int64_t work, struct certificate *out);

/* The same world without all that its bound does not depend on, such as where pods run and what
 * they are called: worlds whose texts (engine/worlds/kept.h) are then equal have equal bounds. */
struct world bound_world(struct arena *a, const struct world *w);

#endif
