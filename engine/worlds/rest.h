#ifndef ENGINE_WORLDS_REST_H
#define ENGINE_WORLDS_REST_H

#include "engine/worlds/kept.h"

/* What the last search for cheaper nodes has found, remembered from one decision to the next: where
 * it was nothing, and the world is as it was, nobody has to search again.  Of a large fleet a
 * search takes a second, and nearly always nothing has changed.
 *
 * Worlds are compared by the text that is kept of them, which holds all that a decision looks at.
 * To lose the memory costs one search.  A zero struct knows nothing. */
struct rest {
    uint64_t world; /* a digest of it */
    int64_t until_ms;
};

/* Before the decision: says in the world, which is the one that is being kept, what is known of it.
 */
void rest_recall(struct rest *r, const struct keeper *k, struct world *w);
/* And after it, for the next. */
void rest_note(struct rest *r, const struct decision *d);

#endif
