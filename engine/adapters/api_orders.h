#ifndef ENGINE_ADAPTERS_API_ORDERS_H
#define ENGINE_ADAPTERS_API_ORDERS_H

#include "engine/adapters/orders.h"
#include "engine/kube/client.h"
#include "engine/ports.h"

/* Orders of the engine to an API server, each answered by an event.  They name the object that is
 * meant by its uid, so that another which has the name by now is left alone.  `self` of the queue
 * is a struct api_hands. */
struct api_hands {
    struct kube_client *client;
    struct event_sink sink;
};

/* An empty uid: there is no such object, and the answer says so. */
void api_order_node(struct orders *queue, struct str uid, const struct node_order *o);
void api_order_delete_node(struct orders *queue, struct str uid, struct str node);
/* By leave of the pod's disruption budgets: where they refuse, the answer is an error. */
void api_order_evict(struct orders *queue, struct str uid, struct str pod);

#endif
