#ifndef ENGINE_OBJECTS_NODE_CONDITIONS_H
#define ENGINE_OBJECTS_NODE_CONDITIONS_H

#include "engine/core/world.h"
#include "engine/objects/reader.h"

/* What the conditions of a Node say of its health: kubelet's Ready, and those of EKS's node
 * monitoring agent.  Kubernetes waits for a node that is not Ready to come back, and so does the
 * engine, as long as Karpenter does; then the node is to be repaired. */

/* May a node not stay as this condition has it?  Then it is borne for so long. */
bool node_condition_is_bad(struct str type, struct str status, int64_t *tolerated_ms);

/* Reads `status.conditions`, which stand at `at`, into `unhealthy`, `repair_ms` and `ready_ms`.  A
 * node that has not been Ready since it joined is no failing one: it has yet to start, and its
 * ready_ms is NEVER_MS. */
void node_conditions_read(struct reader *r, const struct place *at, const struct json *conditions,
                          struct claim *out);

#endif
