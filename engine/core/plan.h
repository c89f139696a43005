#ifndef ENGINE_CORE_PLAN_H
#define ENGINE_CORE_PLAN_H

#include "engine/core/budgets.h"
#include "engine/core/explain.h"
#include "engine/core/faults.h"
#include "engine/core/options.h"
#include "engine/core/pod_budgets.h"
#include "engine/core/rooms.h"
#include "engine/core/teams.h"

/* Private to the decision: what has been worked out so far, handed from one rule to the next. */

/* A claim that is to go once its pods have a place. */
struct leaver {
    const struct claim *claim;
    size_t room; /* its index; SIZE_MAX: it has none */
    size_t pool;
    enum reason reason;
    bool must;          /* goes even if its pods have no place */
    bool blocked;       /* it cannot go ... */
    struct waiting why; /* ... for this pod: it has no other place (for that reason, which may be
                           found by a trial), or must not be disrupted */
    /* Of the trial at hand: */
    bool chosen;            /* it is its turn ... */
    struct refusal refused; /* ... or why not */
    bool ahead;             /* it goes before its replacement: there is no room for both */
    bool waits;             /* for nodes that are starting */
    bool awaits; /* Underutilized: some node that was launched in its place is not ready */
    struct seeker *seekers;
    size_t count;
};

/* How fast the nodes of a pool that are due may be replaced. */
struct pace {
    size_t room;       /* what budgets leave at first, replacements that are not ready included */
    size_t turns;      /* may leave at a time: fewer where one needs several replacements */
    size_t due;        /* are to be replaced, sooner or later */
    size_t chosen;     /* in the trial at hand */
    struct str failed; /* who, as the pool is now, did not become ready: nothing goes on */
};

/* A node that is launched for pods and may become larger, for its pool keeps room free. */
struct roomy {
    size_t action;
    struct bin bin;
};

struct plan {
    struct arena *arena;
    const struct world *world;
    struct decision *out;
    struct market market;
    struct rooms rooms;
    struct allowance *left; /* by pool */
    struct leaver *leavers;
    size_t leaver_count, leaver_capacity;
    struct roomy *roomy; /* of pools that have headroom */
    size_t roomy_count, roomy_capacity;
    uint32_t *moving;     /* by pod: the shape with which one of a leaver seeks another place; NULL:
                             each with its own */
    struct faults faults; /* of what is known */
    struct purses purses; /* what budgets leave */
    struct guards guards; /* and those of pods */
    struct pace *paces;   /* by pool */
    bool *busy;           /* by pool: something is under way */
    bool hold_launches;   /* a pool is being destroyed, others may follow */
    bool lacks_capacity;  /* something waits for offerings to come back */
    int64_t rest_ms; /* what consolidation looked at changes by itself then; 0: it did not look */
    struct {
        const struct pool *pool;
        const char *what;
        struct str lacks;
        struct str message;
    } said;      /* to who waits, last */
    bool failed; /* the trial at hand was to move somebody who cannot go */
};

/* What is tried and then kept or dropped whole: places given to pods, who leaves, what limits have
 * left, and all that the plan would do and say of it.  Keeping it takes nothing; dropping it costs
 * what was tried, not what exists.  What it has found out of leavers
 * (`blocked`), of their pods (`moving`) and of paces (`turns`) outlives it.  Trials may be nested.
 */
struct trial {
    size_t rooms, room_changes, leavers, roomy, actions, waiting, relaxed, held;
    int32_t *counts; /* of crowds, all in one */
    struct allowance *left;
    struct purses purses;
    struct guard *guards;
    struct pool_verdict *verdicts;
    bool *busy;
    bool lacks_capacity;
};
struct trial trial_begin(const struct plan *p);
void trial_drop(struct plan *p, const struct trial *t);

/* Adds an action and marks its pool as busy. */
void plan_act(struct plan *p, struct action act);
void plan_wake(struct plan *p, int64_t at_ms);
/* Index into the world's pools, or SIZE_MAX. */
size_t plan_pool_of(const struct plan *p, const struct claim *c);
/* The claim that a pod runs on, or NULL. */
const struct claim *plan_claim_of(const struct plan *p, const struct pod *pod);
/* When a node is due to be replaced for its age; NEVER_MS: never. */
int64_t plan_expires_ms(const struct claim *c, const struct pool *of);
/* May this pool's claims be disturbed without need? */
bool plan_may_disrupt(const struct plan *p, size_t pool);
/* Says why something due in the pool cannot be done (the first that is said stays). */
void plan_block(struct plan *p, size_t pool, enum reason reason, struct str message);
/* Cordons it, unless it drains already. */
void plan_cordon(struct plan *p, const struct claim *c, enum reason reason);
/* Evicts a pod of it, if it counts and may go by now. */
bool plan_evict(struct plan *p, const struct claim *c, const struct pod *pod, enum reason reason);
/* Both, of all its pods.  One of them that has to wait is returned; NULL: none has. */
const struct pod *plan_drain(struct plan *p, const struct claim *c, enum reason reason);
/* Evicts a seeker and its mates.  Where placing is ours they go to the room that was found, and
 * nowhere else: the next decision would place them in another order, and might not have room for
 * all. */
void plan_move(struct plan *p, const struct claim *from, const struct seeker *s,
               enum reason reason);
/* Must its pods go now, whatever stands against it?  It is looked at again when they must. */
bool plan_is_forced(struct plan *p, const struct claim *c, enum reason reason);
/* Has it drained for as long as its pool allows?  Then it goes as it is. */
bool plan_grace_is_over(const struct plan *p, const struct claim *c);
/* Do pods keep a node of the pool, which is to leave for this reason, where it is?  Where a drain
 * has an end they do not, except from what only saves: they are waited for until then.  On a node
 * that is unhealthy they do not either. */
bool plan_heeds_pods(const struct plan *p, size_t pool, enum reason reason);
void plan_leave(struct plan *p, struct leaver l);
/* The leaver cannot go: the trial has failed. */
void plan_stay(struct plan *p, struct leaver *l, struct waiting why);
/* Notes who is due and is not asked to leave. */
void plan_hold(struct plan *p, struct held held);

/* Has it come to replace others, and not long ago? */
bool claim_brings_relief(const struct world *w, const struct claim *c);
bool claim_holds_pods(const struct claim *c);
/* Must the engine leave it alone for now, for its node (`why` names no pod) or a pod on it says so?
 */
bool plan_stays(struct plan *p, const struct claim *c, struct waiting *why);
/* Is it the engine's free will that a node leaves for this reason? */
bool reason_is_free(enum reason r);

/* Launches the packing's nodes for these pods, which are handed out in the order given; clears
 * `launched` of those whose node could not be (min_values under a limit).  Reasons are by pod. */
struct wanted {
    struct seeker *seeker;
    uint32_t owner; /* of the caller's */
    enum reason reason;
    bool launched;   /* set by plan_launch, with ... */
    uint32_t action; /* ... which of the decision's that is */
};
void plan_launch(struct plan *p, const struct packing *packing, struct wanted *wanted,
                 size_t count);

/* Packs those that seek a place; `launched` is set for whom there is one. */
void wanted_pack(struct plan *p, struct wanted *wanted, size_t count, struct packing *out);

/* The pod and its mates wait for this. */
void plan_wait(struct plan *p, const struct pod *pod, const struct pod *const *mates,
               size_t mate_count, struct waiting why);
/* A preference of theirs that is not held where they go. */
void plan_relax(struct plan *p, const struct pod *pod, struct str dropped);

/* Finds places for seekers in the rooms, else on new nodes, and plans what follows (serve.c). Those
 * that have neither are *left, with the shapes that they came with; their number is returned. */
size_t serve(struct plan *p, const struct seeker *seekers, size_t count, struct seeker **left);
/* Binds those that have got a room, or says that it is on its way. */
void settle_in(struct plan *p, const struct seeker *s);

/* Rules of the decision (decide.c has their order). */
typedef void rule_fn(struct plan *p);
rule_fn find_leavers, find_moving, try_moves, try_consolidation;
/* Those that are one trial. */
rule_fn choose_leavers, try_replicas, try_pending, try_leaving, try_headroom;

#endif
