#ifndef ENGINE_OBJECTS_KARPENTER_POOLS_H
#define ENGINE_OBJECTS_KARPENTER_POOLS_H

#include "engine/objects/class_document.h"
#include "engine/objects/manifest.h"
#include "engine/objects/pod_template.h"

/* Pools as Karpenter's users have them: NodePool of karpenter.sh/v1 and v1beta1, Provisioner of
 * v1alpha5, with what their EC2NodeClass (v1, v1beta1) or AWSNodeTemplate (v1alpha1), if the files
 * hold it, says of the room on a node.  The fields are those of Karpenter's API reference
 * (https://karpenter.sh/docs/concepts/nodepools, .../v0.29/concepts/provisioners).
 *
 * What Karpenter's admission fills in is filled in: a NodePool without an operating system means
 * linux, a Provisioner without architecture, operating system or capacity type means amd64, linux,
 * on-demand.  What its admission refuses is refused, but for the seed's ttlSecondsAfterEmpty beside
 * consolidation, which has a meaning here.  Statuses are not looked at.  A limit on
 * tenon.dev/hourly-usd is one on the pool's cost. */
struct karpenter_pool {
    struct pool pool;             /* its catalog is the caller's to give */
    struct node_class node_class; /* family, kubelet and devices alone */
};

struct karpenter_pools {
    struct karpenter_pool *items; /* sorted by name */
    size_t count, capacity;
    struct notes notes;
};

/* All files; the error lists everything that is wrong in any of them.  The texts must live as long
 * as what is read, and amounts are named by the table, which grows. */
MUST_CHECK struct error *karpenter_pools_read(struct arena *keep, const struct manifest_text *files,
                                              size_t count, struct resource_table *resources,
                                              struct karpenter_pools *out);

#define LIMIT_KARPENTER_HOURLY_USD STR("tenon.dev/hourly-usd")

#endif
