#ifndef ENGINE_OBJECTS_VOLUMES_H
#define ENGINE_OBJECTS_VOLUMES_H

#include "engine/objects/owners.h"
#include "engine/objects/pod_template.h"

/* PersistentVolumeClaims, PersistentVolumes, StorageClasses and CSINodes of the files: where a pod
 * can reach its volumes. */

/* A set of nodes as alternatives; without `anywhere` and with none of them: no node. */
struct reach {
    bool anywhere;
    struct requirements *items;
    size_t count;
};

struct volume {
    struct str name;
    bool deleting;
    struct reach reach;
    struct str driver; /* its CSI driver; empty: nothing is attached */
};

struct storage_class {
    struct str name;
    bool waits; /* WaitForFirstConsumer: the volume is made where the pod is */
    bool is_default;
    struct str created;
    struct reach reach;
    struct str driver;
};

/* A claim, or the template of one that is yet to be made. */
struct volume_claim {
    struct str name; /* namespace/name */
    bool listed;     /* it exists: the files hold it */
    bool deleting, lost;
    bool bound;        /* to the end: by the annotation that the binder sets last */
    struct str volume; /* empty: none yet */
    bool names_class;  /* even if by "", which is no class */
    struct str class;
    bool by_many_nodes, by_one_pod; /* access modes */
};

/* How many volumes of a driver a node can attach. */
struct attach_limit {
    struct str node, driver;
    int64_t count;
};

/* All sorted by name. */
struct volumes {
    struct volume *volumes;
    size_t volume_count, volume_capacity;
    struct storage_class *classes;
    size_t class_count, class_capacity;
    struct volume_claim *claims;
    size_t claim_count, claim_capacity;
    struct str *shared_claims; /* that several pods name */
    size_t shared_claim_count;
    struct attach_limit *limits;
    size_t limit_count, limit_capacity;
    bool are_all; /* of a living cluster: what is not here does not exist, and who needs it cannot
                     start.  Files may lack what the cluster has. */
};

void volumes_read(struct reader *r, const struct objects *all, struct volumes *out);

/* The claim that such a document states: spec, and status where there is one. */
struct volume_claim volume_claim_of(struct reader *r, const struct json *object);

const struct volume *volumes_find(const struct volumes *v, struct str name);
const struct storage_class *volumes_find_class(const struct volumes *v, struct str name);
/* The newest of those that are marked as it, or NULL. */
const struct storage_class *volumes_default_class(const struct volumes *v);
const struct volume_claim *volumes_find_claim(const struct volumes *v, struct str name);
bool volumes_claim_is_shared(const struct volumes *v, struct str name);
/* Is there a limit on such volumes, on some node or some instance type? */
bool volumes_are_limited(const struct volumes *v, struct str driver);

#endif
