#ifndef ENGINE_CLI_EXPLANATION_H
#define ENGINE_CLI_EXPLANATION_H

#include "engine/base/json.h"
#include "engine/cli/planned_fleet.h"

/* Why a pod is where it is, or why it waits: what each pool says of it, and what each of its
 * constraints costs. */

/* What a pool says of the pod while the rest of the fleet stands as it is. */
struct pool_answer {
    const struct pool *pool;
    bool takes;                  /* it would launch a node for it: */
    struct launch_option option; /* the cheapest for this pod alone */
    enum reason reason;          /* else why not; REASON_NONE: it launches for no pod at all */
    struct str message;
};

/* The fleet decided again, with one constraint taken from all pods of the specification. */
struct without {
    struct str constraint;
    int64_t microusd_per_hour;
    size_t placed_count;
    bool places; /* the pod, which waits, would have a place */
};

struct explanation {
    const struct planned_fleet *fleet;
    const struct pod *pod;
    const struct planned_node *node; /* NULL: it waits ... */
    const struct waiting *why;       /* ... for this */
    struct pool_answer *pools;       /* one a pool of the world, same order */
    struct without *without;
    size_t without_count;
    /* Of a store: what its engine recorded of the pod, as status prints it; NULL: nothing. */
    bool of_store;
    struct str seen_ago; /* so long ago its engine saw what this is reckoned of: "2m" */
    const struct json *recorded_node, *recorded_waiting;
};

void explanation_make(struct arena *a, const struct planned_fleet *f, const struct pod *pod,
                      struct explanation *out);

void explanation_json(struct buf *out, const struct explanation *e);
void explanation_table(struct buf *out, const struct explanation *e);

#endif
