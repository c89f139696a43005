#ifndef ENGINE_KUBE_VERBS_H
#define ENGINE_KUBE_VERBS_H

#include "engine/base/cancel.h"
#include "engine/kube/client.h"
#include "engine/kube/resource.h"

/* What is asked of an API server and answered at once.  Calls wait, from any thread.  What found no
 * answer or a busy server is asked again (retry.h says when); a change that may have taken effect
 * and would not be the same twice is not, and its error says `outcome_unknown`.  Errors are those
 * of status.h, or of the way there. */
struct kube_call {
    struct kube_client *client;
    struct arena *arena;   /* of answers and errors */
    struct cancel *cancel; /* NULL: never.  What is on its way is not waited for: unknown, too */
    int64_t deadline_ms;   /* by the steady clock, after which it is not either; 0: none */
};

MUST_CHECK struct error *kube_get(const struct kube_call *c, const struct kube_target *t,
                                  struct json *out);
/* All objects of a kind, page by page: each is handed on as a tree that lives during the call, so
 * that a long list takes the memory of a page.  For what is read once; what is to be kept up with
 * is followed (informer.h). */
struct kube_listing {
    struct str label_selector; /* empty: all */
    MUST_CHECK struct error *(*take)(void *self, const struct json *object);
    void *self;
};
MUST_CHECK struct error *kube_list(const struct kube_call *c, const struct kube_target *t,
                                   const struct kube_listing *what);
/* What is no resource: "/version". */
MUST_CHECK struct error *kube_get_path(const struct kube_call *c, struct str path,
                                       struct json *out);
/* *out is the object as the server made it; so too below. */
MUST_CHECK struct error *kube_create(const struct kube_call *c, const struct kube_target *t,
                                     struct str body, struct json *out);

/* The whole object instead of what is there; its metadata name the version that was read, and
 * ERROR_CONFLICT says that there is another by now. */
MUST_CHECK struct error *kube_update(const struct kube_call *c, const struct kube_target *t,
                                     struct str body, struct json *out);

enum kube_patch_kind {
    KUBE_PATCH_MERGE,     /* members replace members, null takes away */
    KUBE_PATCH_STRATEGIC, /* lists of Kubernetes' own objects are merged by their keys */
    KUBE_PATCH_APPLY,     /* server-side apply: we own what we state; makes what is not there */
};
struct kube_patch {
    enum kube_patch_kind kind;
    struct str body;
    struct str manager; /* of the fields; needed to apply */
    bool force;         /* APPLY: take fields that others own */
};
MUST_CHECK struct error *kube_patch(const struct kube_call *c, const struct kube_target *t,
                                    const struct kube_patch *patch, struct json *out);

/* What must hold of an object that is to go, and how it goes. */
struct kube_delete {
    struct str uid, resource_version; /* ERROR_CONFLICT where they are others; empty: any */
    bool has_grace;
    int64_t grace_seconds; /* where has_grace; else as the object says */
};
MUST_CHECK struct error *kube_delete(const struct kube_call *c, const struct kube_target *t,
                                     const struct kube_delete *how);
/* Asks for a pod to go, which its PodDisruptionBudgets may refuse: ERROR_CONFLICT with the code
 * DisruptionBudget. */
MUST_CHECK struct error *kube_evict(const struct kube_call *c, struct str namespace, struct str pod,
                                    const struct kube_delete *how);

#endif
