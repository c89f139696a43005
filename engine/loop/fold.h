#ifndef ENGINE_LOOP_FOLD_H
#define ENGINE_LOOP_FOLD_H

#include "engine/loop/state.h"

/* Events become state.  Folding an event twice, or one that is late, changes nothing the second
 * time.  Takes ownership of the event. */
void state_fold(struct state *s, const struct document_port *documents, struct event *e,
                int64_t now_ms);

/* Parts of it, one file each. */
void fold_records(struct state *s, const struct document_port *documents, const struct event *e,
                  int64_t now_ms);
void fold_instances(struct state *s, const struct event *e, int64_t now_ms);
void fold_launch(struct state *s, const struct event *e, int64_t now_ms);
void fold_workload(struct state *s, const struct event *e, int64_t now_ms);
/* Pods that are no more leave their nodes, and so do those that have ended, for they count for
 * nothing, and those that others of their name have taken the place of. */
void unbind_others(struct state *s);

/* It takes pods from now on. */
void claim_ready(struct state *s, struct claim_entry *c, int64_t now_ms);
/* Its instance is stopping or gone, and nobody of us told it to. */
void claim_stopped(struct state *s, struct claim_entry *c, int64_t now_ms);
/* Gives a claim the amounts, price and labels of the instance that came, once its class's catalog
 * is known. */
void claim_resolve(struct state *s, struct claim_entry *c);
/* The hash that nodes of this pool must carry; follows the pool's and its class's documents. */
void pool_rehash(struct state *s, const struct document_port *documents, struct pool_entry *p);
/* Since when nodes are empty. A node that became ready after the last decision is given that
 * decision first: its pods have not been placed yet.  While the date is not sure, nobody's time
 * begins. */
void state_note_pods(struct state *s, int64_t now_ms);

#endif
