#ifndef ENGINE_OBJECTS_POD_TEMPLATE_H
#define ENGINE_OBJECTS_POD_TEMPLATE_H

#include "engine/core/world.h"
#include "engine/objects/pod_specs.h"
#include "engine/objects/reader.h"

/* A Kubernetes pod (or the template of a workload) as the core sees it. */

/* Something that was read and is not acted on, or was passed over: for warnings. */
struct note {
    struct str where;  /* file:line */
    struct str object; /* "Deployment default/web"; empty: the file */
    struct str text;
    bool placed; /* of a pod that has a node: it matters to who places it anew */
};
struct notes {
    struct note *items;
    size_t count, capacity;
};
/* "workers.yaml:14: Deployment default/web: text". */
struct str note_text(struct arena *a, const struct note *n);
void notes_add(struct reader *r, struct notes *notes, const struct json *found, struct str text);

/* Is it there and to stay?  Not Succeeded or Failed, and not told to go: what a ReplicaSet counts
 * as one of its pods. */
bool pod_lives(const struct json *pod);

/* What pods mean by more than their own text. */
struct cluster {
    struct resource_table *resources; /* grows by what is asked for */
    const struct priorities *priorities;
    const struct volumes *volumes;
    struct pod_specs *specs; /* all that were read: equal ones are one */
};
struct pod_surroundings {
    struct str namespace;
    const struct cluster *cluster;
    struct str pod_name;                /* its claims are named after it; empty: it has none yet */
    const struct json *claim_templates; /* a StatefulSet's; NULL: none */
    bool unpin; /* of a DaemonSet's pod: the node that its controller names does not count */
};

/* Reads metadata and spec of a pod into *out: everything of its specification, what keeps it from
 * being disrupted or served, the node it has.  The name and `created_ms` of a workload's pod are
 * its owner's to say.  `at` is where the pod stands in the document (NULL: it is the document).  A
 * resource that finds no room in the table is out->spec->unserved_resource. */
void pod_template_read(struct reader *r, const struct place *at, const struct json *pod,
                       const struct pod_surroundings *around, struct notes *notes, struct pod *out);

#endif
