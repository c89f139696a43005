#ifndef ENGINE_LOOP_HOMES_H
#define ENGINE_LOOP_HOMES_H

#include "engine/loop/nodes.h"

/* Where pods are, and what that makes of them: on a node of somebody else, bound to a claim of
 * ours, or nowhere.  Whatever changes where one is says so here, and only that pod is looked at
 * again, so the counts of a node are kept and not made. */

/* Something of where it is, or of what was said of it, is otherwise. */
void pod_settle(struct state *s, struct pod_entry *e);
/* The node that it says it has; empty: none.  Not settled yet. */
void pod_set_node(struct state *s, struct pod_entry *e, struct str name);
/* It is about to be removed. */
void pod_leave(struct state *s, struct pod_entry *e);

/* All that say they run there. */
void homes_settle_node(struct state *s, struct node_entry *n);
/* The claim is found by nothing any more: no node and no pod is its. */
void homes_lose_claim(struct state *s, struct claim_entry *c);
/* What was only noted so far (state.nodes_doubted, claims_came); before homes are counted on. */
void homes_settle(struct state *s);

/* Of what pods_show shows: which are where, if that has changed. */
void homes_group(struct state *s);

#endif
