#ifndef ENGINE_LOOP_BOUNDING_H
#define ENGINE_LOOP_BOUNDING_H

#include "engine/core/decide.h"
#include "engine/loop/state.h"

/* What no fleet for the pods of this world can cost less than, in s->bounding: without the pods
 * that wait for a reason that lasts.  A proof takes longer than most decisions, and in a burst of
 * them pods only move: it is made anew when what it depends on has changed. */
void bounding_look(struct state *s, const struct world *w, const struct decision *d);

#endif
