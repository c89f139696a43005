#ifndef ENGINE_LOOP_FACTS_H
#define ENGINE_LOOP_FACTS_H

#include "engine/loop/state.h"

/* How good what we know is (core/faults.h says what follows from it).
 *
 * An instance that was listed and that a whole list lacks is either gone or was passed over by a
 * read that was not consistent; which of the two, another list half a minute later says
 * (fold_instances.c), and until then the list is in doubt.  Pods of which most, or all, are gone
 * from one look to the next may have been taken away, or whoever writes the manifests may have
 * failed; they count, but are in doubt until they have stayed away for as long as a fact may be
 * old. */

/* `pods_age_ms` is the cluster port's. */
struct facts facts_of(struct arena *a, const struct state *s, int64_t pods_age_ms, int64_t now_ms);
/* So long ago, rounded up: a world that is kept is the same text while nothing but time has passed.
 */
int64_t facts_age_ms(int64_t since_ms, int64_t now_ms, int64_t step_ms);

/* Pods have been heard of; there were so many before.  Only of a `whole` list can be doubted that
 * it is one: what goes by itself is told to go. */
void facts_note_pods(struct state *s, size_t before, bool whole, int64_t now_ms);
/* When the pods' doubt is over; NEVER_MS: there is none. */
int64_t facts_sure_ms(const struct state *s, int64_t now_ms);

#endif
