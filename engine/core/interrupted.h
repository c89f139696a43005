#ifndef ENGINE_CORE_INTERRUPTED_H
#define ENGINE_CORE_INTERRUPTED_H

#include "engine/core/decide.h"

/* Nodes whose instance the cloud takes away, or says that it may.
 *
 * One that is being taken has minutes: nothing is placed on it any more, its pods get ready nodes
 * first, and shortly before its end they go whether they have a place or not, so that they can end
 * as they would in any eviction.  No budget and no do-not-disrupt holds that up, for it comes
 * anyway.  Of the others there is time to choose: they are due like what has drifted. */

/* Pods have so long to end unless they ask for more. */
enum { PODS_END_MS = 30 * 1000 };

enum reason interruption_reason(enum interruption i); /* REASON_NONE for none */

/* Is it being taken by now? */
bool claim_is_taken(const struct world *w, const struct claim *c);
/* From when on it will be; NEVER_MS: it is not known, or it is already. */
int64_t claim_taken_from_ms(const struct world *w, const struct claim *c);
/* When its pods must go, of one that is being taken. */
int64_t claim_drain_by_ms(const struct claim *c);

#endif
