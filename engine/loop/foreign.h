#ifndef ENGINE_LOOP_FOREIGN_H
#define ENGINE_LOOP_FOREIGN_H

#include "engine/loop/nodes.h"

/* Nodes that Kubernetes knows and that are not ours: of managed groups, of Karpenter, of kops.  In
 * the world they are claims that are `foreign`: pods on them count where they are, and what waits
 * may have room there, but nothing of them is ever recorded or changed. */
struct foreign_nodes {
    struct claim *items; /* sorted by id, the node's name; amounts named by the table below */
    size_t count;
    struct resource_table resources; /* the state's, and what only these nodes have */
};
/* With the pods that homes_group has found there. */
struct foreign_nodes foreign_nodes(struct arena *a, const struct state *s);

#endif
