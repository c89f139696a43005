#ifndef ENGINE_ADAPTERS_LEASE_KUBE_H
#define ENGINE_ADAPTERS_LEASE_KUBE_H

#include "engine/base/json.h"
#include "engine/kube/client.h"
#include "engine/kube/resource.h"

/* Who may act, among engines on any machines: an object coordination.k8s.io/v1 Lease, as the
 * leaders of Kubernetes' own controllers have one.  Its holder writes it anew every two seconds,
 * and stops to act when it has not been able to for seven.  Another engine may take it when it has
 * seen it stand still for ten, by its own steady clock: what dates the object says is never looked
 * at, so that clocks may be as wrong as they like.  A holder that ends gives it back at once.
 *
 * Two never hold it: each write names the version that it replaces.  Nor do two act: the holder's
 * seven seconds begin before its write was sent, the other's ten after it was seen. */
enum {
    LEASE_RENEW_MS = 2000,
    LEASE_ACTS_MS = 7000,
    LEASE_STANDS_MS = 10000,
    LEASE_LOOK_MS = 1000, /* how often one who waits looks */
};

/* What somebody has seen of a Lease.  Pure; all zero: nothing yet. */
struct lease_sight {
    char version[64];
    int64_t since_ms; /* it has been as it is; by the steady clock */
    int64_t stands_ms;
    bool is_held;
    int64_t transitions;
};
void lease_sight_take(struct lease_sight *s, const struct json *lease, int64_t now_ms);
/* Is its holder alive, as far as has been seen? */
bool lease_sight_is_alive(const struct lease_sight *s, int64_t now_ms);

/* Where all engines of a cluster find it.  The namespace is one that every cluster has. */
extern const struct kube_target engine_lease;

/* The holder's side: a thread takes and renews it, so that neither a slow store nor a slow engine
 * lets it go.  May be called from any thread; nothing waits but the end. */
struct lease_kube;
/* The client outlives it. */
struct lease_kube *lease_kube_new(struct kube_client *client);
void lease_kube_free(struct lease_kube *l); /* gives it back; NULL is fine */

/* Tries to have it from now on, until it has been had and lost. */
void lease_kube_want(struct lease_kube *l);
/* Does not want it any more, and gives it back, which takes a moment that nobody waits for. */
void lease_kube_release(struct lease_kube *l);
/* Is it ours, so that we may act?  *epoch is one more than any holder's before. */
bool lease_kube_is_held(struct lease_kube *l, int64_t *epoch);
/* Why it is not, although it is wanted: NULL where another has it. */
struct error *lease_kube_problem(struct lease_kube *l, struct arena *a);

#endif
