#ifndef ENGINE_OBJECTS_WORKLOAD_H
#define ENGINE_OBJECTS_WORKLOAD_H

#include "engine/objects/kubernetes_objects.h"

/* A metadata.ownerReferences. */
struct owner {
    struct str kind, name, uid;
};

/* One object of a manifest, found but not yet read. */
struct object {
    const struct json *json; /* NULL but while it is read: a pod is let go until its turn */
    struct json_item source; /* of one that is let go */
    int line;
    const struct workload_kind *kind; /* NULL: it makes no pods that we know */
    struct str file;
    struct str kind_name, api_version, namespace, name;
    struct str full_name;  /* namespace/name */
    struct str pod_prefix; /* what its pods' ordinals follow */
    size_t order;          /* of appearance */
    /* What others ask of it before its turn (object_outline.h). */
    struct str uid;
    const struct owner *owners;
    size_t owner_count;
    const struct str *volume_claims; /* of a pod: names of those that it uses */
    size_t volume_claim_count;
    bool lives; /* a pod that is there and to stay */
    /* From owners.h. */
    const struct object *maker; /* the outermost listed workload that makes it; NULL: none */
    struct str *own_pods;       /* of a maker: full names of the listed pods it made, sorted */
    size_t own_pod_count, own_pod_capacity;
    int64_t live_pods;     /* of those, how many it need not make again */
    struct str daemon_set; /* of a pod: its DaemonSet, where that is not listed itself */
};

/* The kind's row, or NULL: by name and API group. */
const struct workload_kind *workload_kind_find(struct str api_version, struct str kind);
/* Does it say how many pods there are to be? */
bool workload_kind_makes_pods(const struct workload_kind *kind);

/* Is it in no namespace? */
bool workload_kind_is_of_cluster(const struct workload_kind *kind);

/* Errors and notes from here on speak of this object. */
void object_announce(struct reader *r, const struct object *o);

/* Adds the pods (or the daemon, the budget) of an object to *out: those of a workload that are not
 * among the files themselves. */
void workload_expand(struct reader *r, const struct object *o, const struct cluster *cluster,
                     struct kubernetes_objects *out);

#endif
