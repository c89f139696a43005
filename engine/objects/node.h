#ifndef ENGINE_OBJECTS_NODE_H
#define ENGINE_OBJECTS_NODE_H

#include "engine/core/world.h"
#include "engine/objects/volumes.h"

/* A Node object as a claim that is foreign: its id is the node's name; instance id, type, zone and
 * capacity type (Karpenter's label, EKS's or kops') are as its labels and provider id say, empty
 * where they do not; allocatable is what Kubernetes says, of the resources that pods `asked` for.
 * Whether it is one of ours after all is for those to say who know our instances.
 *
 * What its conditions say of its health is in `unhealthy` and `repair_ms` (node_conditions.h).
 *
 * What is cordoned carries the taint that Kubernetes gives it, whether or not the object shows it
 * yet: it has room for nobody, and its pods count. */
void node_read(struct reader *r, const struct json *object, const struct resource_table *asked,
               const struct volumes *volumes, struct claim *out);

#define LABEL_NAMESPACE_NAME STR("kubernetes.io/metadata.name")

#endif
