#ifndef ENGINE_ADAPTERS_API_KINDS_H
#define ENGINE_ADAPTERS_API_KINDS_H

#include "engine/kube/resource.h"

/* What an engine follows of a cluster that has an API server. */
enum api_kind {
    API_PODS,
    API_NODES,
    API_DAEMON_SETS,
    API_NAMESPACES,
    API_BUDGETS,
    /* What pods mean depends on those below. */
    API_PRIORITIES,
    API_VOLUME_CLAIMS,
    API_VOLUMES,
    API_STORAGE_CLASSES,
    API_CSI_NODES,
    API_CONTEXT_END,
    /* What nodes have yet to let go of. */
    API_ATTACHMENTS = API_CONTEXT_END,
    API_KINDS
};

struct api_row {
    struct kube_resource resource;
    struct str api_version, kind; /* which the items of a list do not say themselves */
    bool with_status;             /* what it is depends on its status */
};
extern const struct api_row api_rows[API_KINDS];

#endif
