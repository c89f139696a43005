#ifndef ENGINE_KUBE_CALLING_H
#define ENGINE_KUBE_CALLING_H

#include "engine/base/monitor.h"
#include "engine/kube/exchange.h"
#include "engine/kube/verbs.h"

/* How a verb waits for its answer, and asks again.  Private to the room. */

/* One call.  While it runs, it is the client's thread's, but for `is_done`. */
struct kube_calling {
    const struct kube_call *call;
    const struct kube_target *target;
    const char *verb; /* as roles have it */
    struct kube_ask ask;
    bool idempotent; /* the same however often it is sent */

    /* What follows is zero before. */
    int attempt;
    int64_t until_ms;    /* the call's deadline */
    struct arena result; /* of what follows; read when it is done */
    struct buf body;
    struct error *error;
    struct monitor monitor;
    bool is_done; /* monitor */
};

/* *out is the answer's tree, in the call's arena; NULL: it is not looked at. */
MUST_CHECK struct error *kube_calling_run(struct kube_calling *g, struct json *out);

#endif
