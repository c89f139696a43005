#ifndef ENGINE_WORLDS_ROLLOUT_H
#define ENGINE_WORLDS_ROLLOUT_H

#include "engine/worlds/preview.h"

/* How long it takes until all nodes have gone that a plan takes away, at the pace that budgets,
 * max_disrupted and max_unready leave.
 *
 * A plan's preview knows who goes and waits for nobody.  Here turns are counted: in each go as many
 * of a pool as its budgets allow by then, each budget in its own hours, and of all pools together
 * as many as the fleet bears; a turn takes as long as a node of this fleet took from its launch to
 * being ready, and the end of the old one.  It is an estimate: pods that end slowly make it longer.
 */
struct rollout {
    int64_t ms;       /* NEVER_MS: some may never go, or not within a year */
    size_t turns;     /* how many turns it takes; 0: nobody goes */
    size_t first;     /* how many nodes go in the first of them */
    struct str limit; /* what makes it more than one; empty: nothing does */
};

/* Of what `p` says that comes of the world. */
struct rollout rollout_of(struct arena *a, const struct world *w, const struct preview *p);

#endif
