#ifndef ENGINE_ADAPTERS_STORE_KUBE_H
#define ENGINE_ADAPTERS_STORE_KUBE_H

#include "engine/adapters/store.h"
#include "engine/kube/client.h"

/* The store in the cluster itself: custom resources (custom_resources.h) hold records
 * (kube_records.h), and a Lease (lease_kube.h) says who acts.  etcd is shared by everybody, so
 * whoever applies and whichever machine the engine runs on, they see the same.
 *
 * Where SQLite has transactions, there is this:
 *
 * - A batch is written in an order in which every beginning of it is something that an engine can
 *   start from: what claims need, then claims, then what goes.  It is done when all of it is, and a
 *   batch that failed is written again as it was.
 * - A pool or class is replaced only where it is as it was read, by its resourceVersion.  What is
 *   merely looked at for that (that its class is there) may change in the same moment; the engine
 *   deals with a pool whose class is gone as it does at any time.
 * - An engine's writes begin only while it may act.  One that was sent in its last moment may come
 *   after another engine has begun; that one's claims have other serials, or the same and then
 *   equal launches. */

/* What a door opens that makes nothing: ERROR_NOT_FOUND where no apply has ever been. */
MUST_CHECK struct error *store_kube_open(struct arena *a, struct kube_client *client,
                                         const struct fleet_identity *fleet, struct store **out);
/* What an apply opens: custom resources that are not there are installed. */
MUST_CHECK struct error *store_kube_make(struct arena *a, struct kube_client *client,
                                         const struct fleet_identity *fleet, struct store **out);
/* What an engine opens: the same, and it follows what others write. */
MUST_CHECK struct error *store_kube_follow(struct arena *a, struct kube_client *client,
                                           const struct fleet_identity *fleet, struct store **out);
/* The client outlives them all; what ends with one may be the client's owner. */
void store_kube_end_with(struct store *s, void (*end)(void *self), void *self);

#endif
