#ifndef ENGINE_LOOP_RUNNING_H
#define ENGINE_LOOP_RUNNING_H

#include "engine/loop/homes.h"

/* Where the engine binds: pods that have a node already (pod.node), as a dump of a living cluster
 * says it.  On one of ours they are bound to its claim, whatever was decided for them; those on
 * nodes of somebody else (foreign.h) wait for nothing. */

/* Binds what runs on our nodes; a node that drains gets none of its pods back. */
void bind_running(struct state *s);

/* The same of a pod that was just heard of.  Where it runs on no node of ours it is unbound, too,
 * unless it is not known yet how the node that it is bound to is called: nothing goes from under a
 * pod for want of a name. */
void bind_running_pod(struct state *s, struct pod_entry *e);

#endif
