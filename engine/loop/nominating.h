#ifndef ENGINE_LOOP_NOMINATING_H
#define ENGINE_LOOP_NOMINATING_H

#include "engine/core/decide.h"
#include "engine/loop/state.h"

/* Pods are nominated to the nodes that boot for them.
 *
 * Where others bind, the first node that is ready is filled with whoever comes first, small pods
 * are spread over all there are, and for the last large ones, whose nodes they are on, others would
 * have to be bought.  So each pod is told to the scheduler with its node while that boots, once;
 * and again where the decision has another for it.  Nothing of it is recorded: an engine that
 * begins says it once more. */
void nominating_send(struct arena *a, struct state *s, const struct cluster_port *cluster,
                     const struct decision *d);

#endif
