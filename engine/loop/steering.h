#ifndef ENGINE_LOOP_STEERING_H
#define ENGINE_LOOP_STEERING_H

#include "engine/loop/nodes.h"

/* Orders to a cluster that binds by itself: what its objects are to be, and are not yet.
 *
 *   - the node of a claim that joins gets the claim's labels and taints;
 *   - that of one that leaves is tainted and taken out of load balancers, so that nobody comes, and
 *     taken back if it stays after all;
 *   - pods that the decision moves are evicted, by the API server's leave, and those that others
 *     need, by their priority, when these have gone; where it refuses, they are asked again after a
 *     while, as long as their node is to go;
 *   - a Node object of one of our pools, whose instance is gone, is removed.
 *
 * Nothing of this is recorded: an engine that begins sees the same and orders the same.  An order
 * that shows no effect is given again.  Claims are acted on as their records in the store have
 * them. */

#define TAINT_DISRUPTED STR("tenon.dev/disrupted")
/* Kubernetes' own: load balancers of the cloud send no more there. */
#define LABEL_UNBALANCED STR("node.kubernetes.io/exclude-from-external-load-balancers")

void steering_send(struct state *s, const struct cluster_port *cluster, int64_t now_ms);
int64_t steering_next_ms(const struct state *s);

void fold_evict(struct state *s, const struct event *e, int64_t now_ms);
void fold_node_order(struct state *s, const struct event *e, int64_t now_ms);

#endif
