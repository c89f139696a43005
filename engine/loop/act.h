#ifndef ENGINE_LOOP_ACT_H
#define ENGINE_LOOP_ACT_H

#include "engine/core/decide.h"
#include "engine/loop/state.h"

/* A decision's actions become state: claims, phases and bindings that differ from their records.
 * Nothing is sent here.  What is sent follows from the state once its records are written
 * (loop/send.c), so a crash between any two steps forgets nothing.  Returns how many actions
 * changed something. */
size_t act(struct arena *a, struct state *s, const struct launch_port *launches,
           const struct decision *d, int64_t now_ms);

/* What people call the node: pool and serial. */
struct str claim_node_name(struct arena *a, const struct claim_entry *c);

#endif
