#ifndef ENGINE_LOOP_RUNNING_H
#define ENGINE_LOOP_RUNNING_H

#include "engine/loop/state.h"

/* Pods that have a node already (pod.node), as a dump of a living cluster says it.  On one of ours
 * they are bound to its claim, whatever was decided for them; those on nodes of somebody else
 * (foreign.h) wait for nothing. */

/* The claims by what Kubernetes calls their nodes. */
struct node {
    struct str name;
    const struct claim_entry *claim;
};
struct nodes {
    struct node *items; /* sorted by name */
    size_t count;
};
struct nodes nodes_of(struct arena *a, const struct state *s);
/* The claim whose node has that name, or NULL. */
const struct claim_entry *nodes_find(const struct nodes *nodes, struct str name);

/* Binds what runs on our nodes; a node that drains gets none of its pods back.  After a new
 * `reading` of the workload those that run elsewhere are unbound too, unless it is not known yet
 * how the node that they are bound to is called: nothing goes from under a pod for want of a name.
 */
void bind_running(struct state *s, bool reading);

#endif
