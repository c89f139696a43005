#ifndef ENGINE_KUBE_IDENTITY_H
#define ENGINE_KUBE_IDENTITY_H

#include "engine/base/cancel.h"
#include "engine/kube/access.h"

/* Who we are at an instant: what an access logs in with, got anew before it runs out.  A token's
 * file is read again every minute, a plugin is run and a token of EKS is signed when the last one
 * is about to expire.  For one thread. */
struct kube_identity;

struct kube_identity *kube_identity_new(const struct kube_access *access); /* which outlives it */
void kube_identity_free(struct kube_identity *i);                          /* NULL is fine */

struct kube_proof {
    struct str authorization;    /* the header's value; empty: none is sent */
    struct str certificate, key; /* PEM, both or none */
};
/* *out lives until the next call.  May take as long as a plugin does.  Errors are in `a`: who logs
 * in, and why it does not work. */
MUST_CHECK struct error *kube_identity_get(struct kube_identity *i, struct arena *a,
                                           struct cancel *cancel, int64_t now_ms,
                                           struct kube_proof *out);
/* The server does not believe it.  True: another can be had, and the next kube_identity_get will.
 */
bool kube_identity_refused(struct kube_identity *i);

#endif
