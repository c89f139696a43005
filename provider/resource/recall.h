#ifndef PROVIDER_RESOURCE_RECALL_H
#define PROVIDER_RESOURCE_RECALL_H

#include "engine/base/arena.h"

/* What one resource of a plan read and another need not ask for again: a role and each of its
 * attachments want the same list.  A plan looks at the world for a while anyway; an answer counts
 * for ten seconds of it.  Whoever changes something says recall_end first, after which every
 * question is asked anew for good: what is seen during changes must be what is there.  Any thread.
 */
struct recall;

struct recall *recall_new(void);
void recall_free(struct recall *r);

/* False when there is no such answer, or none any more; `now_ms` is monotonic. */
bool recall_get(struct recall *r, struct arena *a, struct str key, int64_t now_ms,
                struct str *answer);
void recall_put(struct recall *r, struct str key, int64_t now_ms, struct str answer);
void recall_end(struct recall *r);

#endif
