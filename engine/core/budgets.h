#ifndef ENGINE_CORE_BUDGETS_H
#define ENGINE_CORE_BUDGETS_H

#include "engine/core/decide.h"

/* Which nodes, and how many at a time, the engine may take away of its own free will: the one gate
 * that all who leave go through.
 *
 * Away is what drains, terminates or is no longer ready, whatever the reason, what the cloud takes,
 * and what leaves in the decision at hand.  A pool's budgets limit that for the pool,
 * `max_disrupted` for the fleet. `max_unready` looks at the other side: a node that leaves has a
 * replacement that is not ready for a while, and an image that does not start must never cost more
 * of the fleet than that.  And the budgets of its pods have to let these go (pod_budgets.h).
 *
 * Who must go (its pool is destroyed, it is interrupted, it drains already) asks nobody. */
struct plan;
struct room;

/* What there is of a pool, or of the fleet. */
struct purse {
    int64_t nodes; /* what shares are of: replacements that nobody uses yet make it no larger */
    int64_t away;
    int64_t unhealthy; /* of those that are away */
    int64_t taken;
    const struct window *windows; /* by budget of the pool: does it hold now? */
    size_t said_of;               /* the budget that was spoken of last, and what was said */
    struct str said;
};

struct purses {
    struct purse fleet;
    int64_t unready;   /* and nobody's replacement */
    int64_t replacing; /* nodes that will start for those taken */
    struct purse *pools;
};

/* Why one that is due must stay; by REASON_NONE: it need not. */
struct refusal {
    enum reason by;
    struct str message;
    bool lasts; /* there is nothing to wait for: none may go at all */
};

/* Is it no mere matter of turns, so that the pool's verdict says it? */
bool refusal_is_said(const struct refusal *r);

void purses_open(struct plan *p);
struct purses purses_copy(struct arena *a, const struct purses *from, size_t pools);
void purses_restore(struct purses *to, const struct purses *from, size_t pools);

/* May this node leave for this reason, as one more of its pool?  If so it is taken, until the trial
 * is dropped. */
bool budget_take(struct plan *p, const struct room *r, enum reason reason);
/* Would budget_take take it?  Nothing is taken. */
bool budget_allows(const struct plan *p, const struct room *r, enum reason reason);
/* Takes one that has had its turn in an earlier decision, whatever is left now. */
void budget_count(struct plan *p, const struct room *r, enum reason reason);
/* May so many nodes start for the pods of so many that were taken together because they run for
 * less elsewhere?  For one alone they may in any case, for its being taken has been allowed. */
bool budget_start(struct plan *p, size_t starts, size_t leavers);
/* The one that was taken stays after all. */
void budget_return(struct plan *p, const struct room *r, enum reason reason);
/* Why it was refused.  What a schedule has to do with it is looked at again in time. */
struct refusal budget_refusal(struct plan *p, const struct room *r, enum reason reason);
/* May an unhealthy node of the pool be replaced?  It is away already, so that takes nothing from
 * any budget.  But where more than a fifth of a pool is unhealthy at once, as Karpenter has it, the
 * network or the checks are at fault, and new nodes would fare no better. */
struct refusal repair_refusal(struct plan *p, size_t pool);
/* How many more of the pool could leave to be replaced, at most, and how many nodes may start for
 * such in the whole fleet. */
size_t budget_room(const struct plan *p, size_t pool);
size_t budget_starts(const struct plan *p);

#endif
