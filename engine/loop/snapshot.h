#ifndef ENGINE_LOOP_SNAPSHOT_H
#define ENGINE_LOOP_SNAPSHOT_H

#include "engine/loop/state.h"

/* The picture that a decision is taken from.  Lives in the arena and borrows from the state, which
 * brings its own picture of pods up to date for it, and must not change while it is looked at.  All
 * its times are dates, whatever the state has them as; while the date is not sure its pools have no
 * TTLs. */
struct world *snapshot(struct arena *a, struct state *s, bool disrupt_all, int64_t batch_idle_ms,
                       int64_t now_ms);

/* Does this command (or daemon) apply the pool, or the class that it names? */
bool pool_is_applied(const struct state *s, const struct pool_entry *p, int64_t now_ms);
/* Is the pool's class known to the cloud as its document is now? */
bool pool_has_catalog(const struct state *s, const struct pool_entry *p);

#endif
