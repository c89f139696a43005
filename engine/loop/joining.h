#ifndef ENGINE_LOOP_JOINING_H
#define ENGINE_LOOP_JOINING_H

#include "engine/loop/nodes.h"

/* How an instance becomes a node that takes pods, in a cluster that binds by itself: its Node
 * object is there, Ready, without the taints that are only of its beginning, and has what the pods
 * of its type count on.  Until then its claim is launched and no more, and the pods that it is
 * meant for wait for it: nothing else is launched for them.  One that takes too long is given up by
 * the decision (core/due.c). */

/* Claims whose nodes lack nothing any more become ready.  One that was ready and whose Node object
 * is gone has been taken out of the cluster by somebody: it takes no pods from then on, and is
 * replaced after UNREGISTERED_MS, unless it is back by then. */
enum { UNREGISTERED_MS = 60 * 1000 };
void joining_look(struct state *s, int64_t now_ms);

/* What the claim's node still lacks, for people; empty: nothing. */
struct str joining_lacks(struct arena *a, const struct state *s, const struct claim_entry *c);

/* Is it a taint of a node's beginning, whoever takes it away? */
bool joining_is_passing(const struct state *s, const struct claim_entry *c, const struct taint *t);

#endif
