#ifndef ENGINE_ADAPTERS_API_NOMINATIONS_H
#define ENGINE_ADAPTERS_API_NOMINATIONS_H

#include "engine/adapters/orders.h"
#include "engine/base/json.h"
#include "engine/ports.h"

/* Which node a pod is meant for, as its status.nominatedNodeName: kube-scheduler tries that node
 * first, and counts the pod as if it were there when others ask for room.  So pods of a fleet that
 * boots come to the nodes that were bought for them, and not to whichever is there first. */
struct api_nomination {
    struct nomination what;
    struct str uid; /* of the pod; empty: it is gone */
};

/* Whether a scheduler keeps nominations of others, by what the API server answers to /version.
 * Before Kubernetes 1.35 it takes one away whenever the pod finds no place yet, and so while its
 * node boots. */
bool api_heeds_nominations(const struct json *version);

/* All of them; copied.  `self` of the queue is a struct api_hands.  Not
 * answered: a pod that is not nominated is placed as pods always are. */
void api_nominate(struct orders *queue, const struct api_nomination *all, size_t count);

#endif
