#ifndef ENGINE_KUBE_RESOURCE_H
#define ENGINE_KUBE_RESOURCE_H

#include "engine/base/error.h"

/* What the API calls things, and where they are found. */
struct kube_resource {
    struct str group; /* empty: the core's */
    struct str version, plural;
    bool namespaced;
};

/* One object, or all of a kind (no name) in one namespace or (no namespace) everywhere. */
struct kube_target {
    const struct kube_resource *resource;
    struct str namespace, name;
    struct str subresource; /* "eviction", "status"; empty: the object itself */
};

/* "/api/v1/namespaces/apps/pods/web-1/eviction" */
struct str kube_path(struct arena *a, const struct kube_target *t);
/* The same for people and for roles: "pods/eviction", "nodeclaims.tenon.dev". */
struct str kube_resource_name(struct arena *a, const struct kube_target *t);

#endif
