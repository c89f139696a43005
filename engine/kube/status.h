#ifndef ENGINE_KUBE_STATUS_H
#define ENGINE_KUBE_STATUS_H

#include "engine/base/json.h"
#include "engine/kube/resource.h"

/* A refusal as the API server puts it: a Status object, whose reason becomes the kind and the code
 * of an error.
 *
 *   ERROR_NOT_FOUND    there is no such object, or no such resource
 *   ERROR_EXISTS       AlreadyExists
 *   ERROR_CONFLICT     Conflict: the object is another than we thought (uid, resourceVersion);
 *                      DisruptionBudget: an eviction has to wait, for as long as others say;
 *                      Expired: the list or watch cannot go on from there (kube_is_expired)
 *   ERROR_DENIED       Unauthorized; Forbidden: the detail says which verb and resource to allow
 *   ERROR_THROTTLED    TooManyRequests: the server is busy
 *   ERROR_INVALID      Invalid, BadRequest and the like
 *   ERROR_UNREACHABLE  a fault of the server or of what stands before it */
struct kube_refusal {
    const char *verb; /* as roles have it: "list" */
    const struct kube_target *target;
    bool changes;
    int status; /* of HTTP; 0: the Status came within a watch */
    struct str body;
};
MUST_CHECK struct error *kube_refusal_error(struct arena *a, const struct kube_refusal *r);

/* Must be listed anew. */
bool kube_is_expired(const struct error *e);

#endif
