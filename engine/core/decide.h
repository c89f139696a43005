#ifndef ENGINE_CORE_DECIDE_H
#define ENGINE_CORE_DECIDE_H

#include "engine/core/world.h"

/* The decision: world in, actions out.  Pure: no clock, no I/O, no memory but the arena; equal
 * worlds give equal decisions. */
enum action_kind {
    ACTION_BIND,      /* pod onto claim (engine_binds only) */
    ACTION_LAUNCH,    /* a new claim of pool from options, for pods */
    ACTION_CORDON,    /* claim takes no more pods: it begins to drain, for reason */
    ACTION_UNCORDON,  /* claim stays after all, and takes pods again */
    ACTION_EVICT,     /* pod leaves claim */
    ACTION_TERMINATE, /* claim's instance goes */
};

/* A type in a zone with the price it had when decided, best first. */
struct launch_option {
    const struct instance_type *type;
    const struct offering *offering;
};

/* Why: one table of codes, printed by the CLI, the journal and docs/. */
enum reason {
    REASON_NONE,
    REASON_PENDING_PODS,
    REASON_REPLICAS,
    REASON_HEADROOM,
    REASON_EMPTY,
    REASON_EXPIRED,
    REASON_DRIFTED,
    REASON_POOL_DELETED,
    REASON_UNDERUTILIZED, /* its pods run for less elsewhere */
    REASON_SURPLUS,       /* a static pool was scaled in */
    REASON_UNHEALTHY,     /* it was ready, and has not been for too long */
    REASON_NOT_READY, /* it was not ready in time; of a verdict: nothing more is replaced then */
    REASON_SPOT_INTERRUPTED,
    REASON_RESERVATION_TAKEN,
    REASON_MAINTENANCE,
    REASON_REBALANCE,
    /* why a pod waits */
    REASON_ON_ITS_WAY,        /* a claim that will take it is starting */
    REASON_NO_POOL,           /* there is no pool at all */
    REASON_NOT_TOLERATED,     /* a taint of the nearest pool */
    REASON_REQUIREMENTS,      /* labels contradict */
    REASON_NO_TYPE_FITS,      /* no type is large enough */
    REASON_NO_PRICE,          /* what would take it costs nobody knows what */
    REASON_UNSERVED_RESOURCE, /* nobody offers a resource it asks for */
    REASON_LIMIT,             /* the pool's limits leave no room */
    REASON_NO_CAPACITY,       /* all offerings unavailable for now: does not last */
    REASON_NO_CATALOG,        /* the cloud has not answered yet: does not last */
    REASON_CANNOT_LAUNCH,     /* its class is not usable, a launch was refused: does not last */
    REASON_MIN_VALUES,
    REASON_SPREAD_LIMIT,
    REASON_TOPOLOGY,   /* its spread or affinity leaves no place where other pods are */
    REASON_IMPOSSIBLE, /* no node is to blame: a claim of its is lost */
    /* why a node that is due stays (or one of those above, for a pod of its) */
    REASON_DO_NOT_DISRUPT, /* a pod on it, or the node, says so */
    REASON_POD_BUDGET,     /* of a pod on it */
    REASON_BUDGET,         /* one of its pool */
    REASON_MAX_DISRUPTED,
    REASON_MAX_UNREADY,
    REASON_MANY_UNHEALTHY,
    REASON_STALE,   /* what is known is too old, or goes against what was known */
    REASON_PAYBACK, /* what its going would save does not pay for it in time */
    REASON_COUNT,
};
struct reason_row {
    const char *code;    /* "NoTypeFits" */
    const char *meaning; /* for docs/ and --help */
    bool lasts;          /* convergence does not wait for it */
};
const struct reason_row *reason_row(enum reason r);

struct action {
    enum action_kind kind;
    enum reason reason;
    const struct pool *pool;   /* LAUNCH */
    const struct claim *claim; /* all but LAUNCH; EVICT: where from */
    const struct pod *pod;     /* BIND, EVICT */
    const struct launch_option *options;
    size_t option_count;
    const struct pod *const *pods; /* LAUNCH: whom it is for */
    size_t pod_count;
    const struct claim *const *replaces; /* LAUNCH: who leaves when it is ready, by id */
    size_t replace_count;
    struct labels labels; /* LAUNCH: the pool's, with the value chosen where its requirements leave
                             a custom key open; launches alike share them */
};

/* What a launch pays for having a choice: how much dearer than the cheapest of its options the
 * dearest is, and how much they are on average, in micro-dollars per hour. */
struct premium {
    int64_t most, mean;
};
struct premium launch_premium(const struct action *launch);

struct waiting {
    const struct pod *pod;
    enum reason reason;
    const struct pool *pool;   /* the nearest miss, or where it will run; NULL: none */
    const struct claim *claim; /* that has room for it; NULL: none is known yet */
    struct str
        message; /* "pool default: asks for 8 cpu, its largest type c5.xlarge offers 3920m" */
};

/* What a pod would rather have had, and does not get where it goes. */
struct relaxed {
    const struct pod *pod;
    struct str dropped; /* "preferred node affinity: disk In [ssd]" */
};

/* A claim that is due to leave, and is not asked to: the rule that holds it back. */
struct held {
    const struct claim *claim;
    enum reason due; /* why it would leave */
    enum reason by;
    struct str message; /* "budgets[0] of pool default lets 2 of its 20 nodes be away at a time" */
    /* Where it was asked (world.names_held): what its going would save, and costs at once. */
    int64_t saves_microusd_per_hour, costs_microusd;
};

/* A PodDisruptionBudget that lets none of its pods go, whatever becomes of the others. */
struct never_met {
    struct str budget; /* namespace/name */
    int64_t pods;      /* that it selects */
    int64_t wanted;    /* available, of them */
};

struct pool_verdict {
    const struct pool *pool;
    bool settled; /* nothing is due that can be done, no lasting work in flight */
    /* What is due and cannot be done, for a reason that lasts: an expiry without room within the
     * limits, a pod that must not be disrupted.  REASON_NONE: nothing. */
    enum reason reason;
    struct str message;
    int64_t headroom;       /* pieces of room that are to be kept free ... */
    int64_t headroom_ready; /* ... and how many of them there are on ready nodes */
};

struct decision {
    struct action *actions;
    size_t action_count, action_capacity;
    struct waiting *waiting;
    size_t waiting_count, waiting_capacity;
    struct relaxed *relaxed; /* of pods that are bound or for whom a node is launched */
    size_t relaxed_count, relaxed_capacity;
    struct held *held;
    size_t held_count, held_capacity;
    struct never_met *never_met;
    size_t never_met_count, never_met_capacity;
    struct pool_verdict *pools; /* one a pool of the world, same order */
    struct str stale;           /* of which facts, so that nothing leaves that need not */
    int64_t wake_at_ms; /* nothing can become due before this; NEVER_MS: only events matter */
    /* Nodes that might have gone for their cost were looked at, nothing is to be done, and while
     * nothing changes but time that stays so until then.  0: that is not known. */
    int64_t rest_until_ms;
};

/* Reads pools' requirements and limits, terms of pods, and what the cloud offers; everything it
 * says lives in the arena or in the world.  Sorts nothing: equal worlds are worlds whose arrays are
 * sorted by name. */
void decide(struct arena *a, const struct world *w, struct decision *out);

#endif
