#ifndef ENGINE_CORE_PLAN_H
#define ENGINE_CORE_PLAN_H

#include "engine/core/explain.h"
#include "engine/core/options.h"
#include "engine/core/rooms.h"

/* Private to the decision: what has been worked out so far, handed from one rule to the next. */

/* A ready claim that is to go once its pods have a place. */
struct leaver {
    const struct claim *claim;
    size_t room; /* its index; SIZE_MAX: it drains already and has none */
    size_t pool;
    enum reason reason;
    struct seeker *seekers;
    size_t count;
    bool must;    /* goes even if its pods have no place */
    bool held;    /* not in this decision: a static pool has no more to spare yet */
    bool blocked; /* some pod can go nowhere */
    bool waits;   /* for nodes that are starting */
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
    bool *busy;          /* by pool: something is under way */
    bool hold_launches;  /* a pool is being destroyed, others may follow */
    bool lacks_capacity; /* something waits for offerings to come back */
};

/* Adds an action and marks its pool as busy. */
void plan_act(struct plan *p, struct action act);
void plan_wake(struct plan *p, int64_t at_ms);
/* Index into the world's pools, or SIZE_MAX. */
size_t plan_pool_of(const struct plan *p, const struct claim *c);
/* May this pool's claims be disturbed without need? */
bool plan_may_disrupt(const struct plan *p, size_t pool);
/* Says why something due in the pool cannot be done (the first that is said stays). */
void plan_block(struct plan *p, size_t pool, enum reason reason, struct str message);
/* Cordon, and evictions of every pod that counts. */
void plan_drain(struct plan *p, const struct claim *c, enum reason reason);

/* Launches the packing's nodes for these pods, which are handed out in the order given; clears
 * `launched` of those whose node could not be (min_values under a limit).  Reasons are by pod. */
struct wanted {
    const struct pod *pod;
    uint32_t shape;
    enum reason reason;
    size_t owner;            /* of the caller's */
    bool launched;           /* set by plan_launch */
    const struct pool *pool; /* where it will run */
};
void plan_launch(struct plan *p, const struct packing *packing, struct wanted *wanted,
                 size_t count);

/* The rules (decide.c has their order). */
typedef void rule_fn(struct plan *p);
rule_fn try_deleting, try_draining, find_leavers, try_replicas, try_pending, try_leaving, try_empty;

#endif
