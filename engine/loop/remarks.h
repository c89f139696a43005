#ifndef ENGINE_LOOP_REMARKS_H
#define ENGINE_LOOP_REMARKS_H

#include "engine/core/decide.h"
#include "engine/loop/state.h"

/* What people read beside a pod or a node, as `kubectl describe` shows it: where a pod is to run or
 * why no node comes for it; how a node of ours came, and why it goes or may not.
 *
 * Something is said when it has become otherwise, and of a pod or a node that stays as it is again
 * after half an hour, for API servers keep such remarks no longer than one.  Nothing is recorded:
 * an engine that begins says nothing of what was so before. */

/* How far nodes have come since the last time. */
void remarks_on_nodes(struct state *s, const struct cluster_port *cluster);
/* What there is to say of the claim's node as it is. */
enum claim_stage remarks_stage(const struct claim_entry *c);
/* What a decision says of pods that wait, and of nodes that a pod of theirs holds back. */
void remarks_on_decision(struct state *s, const struct cluster_port *cluster,
                         const struct decision *d, int64_t now_ms);

#endif
