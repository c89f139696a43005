#ifndef ENGINE_LOOP_WAITING_H
#define ENGINE_LOOP_WAITING_H

#include "engine/loop/state.h"

/* Pods that wait for the cluster's own scheduler, where there is one that binds.
 *
 * Nodes are bought for pods for which it has found no place, and not for one that it has yet to
 * look at, for it may well have a place.  But pods of one specification are all the same to it:
 * while one of them is marked Unschedulable, so will the others be that come after, and nobody
 * needs to wait until it has said so of the last of a thousand (some 150 a second). */

/* What was said of it is otherwise: whether it waits, and how.  Settles, where that changes with
 * it, all that wait unseen and ask for the same. */
void waiting_settle(struct state *s, struct pod_entry *e);
/* It waits no more; it is about to have a node or another specification, or to be removed. */
void waiting_leave(struct state *s, struct pod_entry *e);
/* Has nobody said yet that there is no place for it, or for one like it? */
bool waiting_may_find_a_place(const struct pod_entry *e);

#endif
