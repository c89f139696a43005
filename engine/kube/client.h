#ifndef ENGINE_KUBE_CLIENT_H
#define ENGINE_KUBE_CLIENT_H

#include "engine/kube/access.h"

/* The connection to an API server.  One thread has all exchanges with it, however long they last:
 * HTTP/2 where the server speaks it, so that watches and requests share a connection, else
 * connections that are kept.  TLS is verified unless the access says otherwise.  Its users are
 * verbs.h, whose calls wait for their answers, and informer.h, which follows what changes.
 *
 * Who we are is renewed on that thread too; while a credential plugin runs, nothing else does. */
struct kube_client;

struct kube_client_options {
    int64_t per_second, burst; /* requests we allow ourselves; 0: 50, and 100 at once */
};

/* The access outlives the client.  The error says what cannot be used on this machine. */
MUST_CHECK struct error *kube_client_new(struct arena *a, const struct kube_access *access,
                                         const struct kube_client_options *options,
                                         struct kube_client **out);
/* When nobody calls and nothing is followed any more; NULL is fine. */
void kube_client_free(struct kube_client *c);

#endif
