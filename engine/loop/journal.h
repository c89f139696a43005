#ifndef ENGINE_LOOP_JOURNAL_H
#define ENGINE_LOOP_JOURNAL_H

#include "engine/core/decide.h"
#include "engine/loop/state.h"

/* What was decided and why, for people: one record a decision that did something.  The last few
 * hundred are kept. */
void journal_decision(struct state *s, const struct decision *d, int64_t now_ms);

#endif
