#ifndef ENGINE_CLI_FLEET_ANSWER_H
#define ENGINE_CLI_FLEET_ANSWER_H

#include "engine/base/buf.h"
#include "engine/base/error.h"
#include "engine/worlds/preview.h"

/* Why a node, a pool or a coming action is as it is, in the world that the engine saw last: what
 * it is, what will become of it and why, and what the fleet would cost otherwise. */

/* The fleet as it would become if something were otherwise. */
struct otherwise {
    struct str what; /* "without its limits" */
    int64_t microusd_per_hour;
    size_t waiting; /* pods without a place */
};

struct fleet_answer {
    struct str subject;                /* "node default-7" */
    struct str is;                     /* what it is */
    enum reason reason;                /* why something is done with it; REASON_NONE: nothing is */
    struct str next;                   /* what is done with it, and when */
    enum reason bound_reason;          /* the rule that stands in the way; REASON_NONE: none ... */
    struct str bound_by;               /* ... in words */
    int64_t premium_microusd_per_hour; /* how far the choices of its launch differ */
    const struct str *pods;
    size_t pod_count;
    struct otherwise now; /* the fleet as it becomes */
    struct otherwise *otherwise;
    size_t otherwise_count, otherwise_capacity;
};

/* `name` of a node: its claim's, its instance's, or what status calls it.  Of an action: its number
 * among those that `tenon preview` shows. */
MUST_CHECK struct error *answer_node(struct arena *a, const struct world *w, struct str name,
                                     struct fleet_answer *out);
MUST_CHECK struct error *answer_pool(struct arena *a, const struct world *w, struct str name,
                                     struct fleet_answer *out);
MUST_CHECK struct error *answer_action(struct arena *a, const struct world *w, struct str number,
                                       struct fleet_answer *out);

void fleet_answer_json(struct buf *out, const struct fleet_answer *x);
void fleet_answer_table(struct buf *out, const struct fleet_answer *x);

#endif
