#ifndef ENGINE_ADAPTERS_API_REMARKS_H
#define ENGINE_ADAPTERS_API_REMARKS_H

#include "engine/kube/client.h"
#include "engine/ports.h"

/* Remarks as Events of the API server, which `kubectl describe` shows with their object.
 *
 * There is one Event an object and reason: said again, its count goes up.  They are written by a
 * thread of their own, fifty at once and from then on ten a second, so that no order waits for one
 * and the API server has little to do with them.  What has waited for a minute is no news any more
 * and is dropped, and so is what finds five hundred that wait. */
struct api_remarks;

/* The client is borrowed. */
struct api_remarks *api_remarks_new(struct kube_client *client, struct clock_port clock);
/* Copied; never waits.  An empty uid: there is no such object, and nothing is said. */
void api_remarks_put(struct api_remarks *r, struct str uid, const struct remark *remark);
/* What waits is dropped.  Any thread, at once. */
void api_remarks_stop(struct api_remarks *r);
void api_remarks_free(struct api_remarks *r); /* NULL is fine */

#endif
