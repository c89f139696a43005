#ifndef ENGINE_LOOP_TEMPLATES_H
#define ENGINE_LOOP_TEMPLATES_H

#include "engine/base/json.h"
#include "engine/loop/state.h"

/* Launch templates: a record each, which the claims that start from it name, instead of one copy in
 * every claim.  A template is needed while a node that started from it comes or stays: a launch may
 * have to be repeated, and the next one of its kind finds it made.  When its last node leaves it
 * goes, in the cloud and here. */

/* Has it stored, with the next batch, unless it is. */
void templates_keep(struct state *s, const struct launch_text *t, struct str pool);
/* As it was stored; empty: it is not known any more. */
struct str templates_text(const struct state *s, struct str name);

/* The record of one: {"pool", "text"}. A body that no engine wrote is passed over. */
void templates_read(struct state *s, struct str name, const struct json *body);

/* Has the cloud remove, pool by pool, what nobody needs; `next_ms`, when asked for, is when such an
 * order is due next. To be called when nothing is about to be decided: what has just lost its
 * claim may be wanted by the next. */
void templates_sweep(struct state *s, const struct cloud_port *cloud, int64_t now_ms);
int64_t templates_sweep_ms(const struct state *s); /* NEVER_MS: nothing is to be removed */
/* What became of it. */
void templates_swept(struct state *s, struct pool_entry *p, const struct error *e, int64_t now_ms);

/* The pool has gone, and its templates with it. */
void templates_drop(struct state *s, struct str pool);

#endif
