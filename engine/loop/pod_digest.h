#ifndef ENGINE_LOOP_POD_DIGEST_H
#define ENGINE_LOOP_POD_DIGEST_H

#include "engine/core/world.h"

/* What of a pod decides where it may run: requests, terms, tolerations, and what it
 * asks of other pods, ports and volumes.  Kept with its binding, because pods of manifests have
 * stable names: after a change of a Deployment's template `default/web-0` is another pod, which has
 * to be bound anew.  Equal texts for equal pods, whichever of the tables its amounts are named by;
 * stores hold them, so another way of writing them moves every pod once. */
struct str pod_digest(struct arena *a, const struct resource_table *names,
                      const struct pod_spec *p);

#endif
