#ifndef ENGINE_OPTIMIZE_PROPOSE_H
#define ENGINE_OPTIMIZE_PROPOSE_H

#include "engine/core/decide.h"

/* A cheaper fleet for the pods that a decision launches nodes for: the linear program of covering,
 * rounded by diving.  What the program takes whole is bought; then, again and again, what it nearly
 * takes whole, and it is solved anew for the pods that are left; the last handful is searched.
 *
 * What comes out is a hint for world.proposal: the next decision over the same world checks it and
 * takes it where it is cheaper.  Rules of topology but those of a group (cover.h) are not looked
 * at: pods with others are left to the decision. */
enum {
    PROPOSE_WORK = 5 * 1000 * 1000,
    EFFORT_OF_WORK = 20, /* of world.effort that one unit of it takes */
};

/* `work` in the units of generation_open.  Nothing is proposed for pools of a weight whose launches
 * are as cheap already, or when work ran out too early. */
void fleet_propose(struct arena *a, const struct world *w, const struct decision *d, int64_t work,
                   struct proposal *out);

/* As decide; with some effort in the world the better of that and of what it makes of a proposal.
 */
void fleet_decide(struct arena *a, const struct world *w, struct decision *out);

#endif
