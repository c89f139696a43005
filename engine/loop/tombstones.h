#ifndef ENGINE_LOOP_TOMBSTONES_H
#define ENGINE_LOOP_TOMBSTONES_H

#include "engine/base/json.h"
#include "engine/loop/state.h"

/* What was destroyed stays destroyed: state that was set back still has the pool or class, and a
 * refresh with it would write the record anew, for which the next engine would launch.  So its uid
 * is kept when its record goes, in the same batch; doors look there before they write.  The newest
 * thousand are kept. */
void tombstone_add(struct state *s, struct str kind, struct str name, struct str uid,
                   int64_t now_ms);
/* One that the store holds. */
void tombstone_fold(struct state *s, struct str key, const struct json *body);

#endif
