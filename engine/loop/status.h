#ifndef ENGINE_LOOP_STATUS_H
#define ENGINE_LOOP_STATUS_H

#include "engine/core/decide.h"
#include "engine/loop/state.h"

/* What waiters and `tenon status` are told, as records: per pool and class how far the engine has
 * come with it and what stands in the way. */

/* What a decision says of each pool: is it as its document wants it? */
void status_judge(struct state *s, const struct world *w, const struct decision *d, int64_t now_ms);
/* Writes the records that differ from the store's.  Without a decision (`w` and `d` NULL: nothing
 * could be decided yet) only what stands in the way is brought up to date. */
void status_write(struct state *s, const struct world *w, const struct decision *d);

#endif
