#ifndef ENGINE_OBJECTS_KUBERNETES_OBJECTS_H
#define ENGINE_OBJECTS_KUBERNETES_OBJECTS_H

#include "engine/objects/label_selector.h"
#include "engine/objects/manifest.h"
#include "engine/objects/pod_template.h"

/* Kubernetes manifests (YAML or JSON, lists too) as the pods that they ask for.
 *
 * Deployment, ReplicaSet, StatefulSet, ReplicationController and Job become as many pods as they
 * state, named NAMESPACE/NAME-ORDINAL, so that a pod keeps its name while its workload grows and
 * shrinks; a Pod is itself; a DaemonSet takes room on every node.  A CronJob makes Jobs, which are
 * listed themselves once they are there.
 *
 * The files may be a dump of a living cluster.  A Pod that has a node (spec.nodeName) waits for
 * none; listed Pods count towards what their owners ask for, so that a Deployment of three with two
 * of its Pods beside it makes one; of objects that make one another the outermost says how many
 * (the ReplicaSet of a listed Deployment is passed over).  What a Job's status says is done is not
 * done again.  A DaemonSet that only its Pods speak of is inferred from them.
 *
 * No API server has admitted pods of files, so what it would add to them by the RuntimeClasses and
 * LimitRanges of the files is added here (pod_rules.h).
 *
 * Namespaces, PriorityClasses, volumes and what they are made by say what pods mean; Nodes are read
 * as the core's claims that are foreign.  Other kinds without pods are passed over in silence,
 * unknown kinds that hold pods with a note. */
struct kubernetes_objects {
    struct pod *pods; /* sorted by name */
    size_t pod_count, pod_capacity;
    size_t made_count;      /* of them, those that no file lists: workloads ask for them */
    struct daemon *daemons; /* sorted by name */
    size_t daemon_count, daemon_capacity;
    struct claim *nodes; /* `foreign`, as node.h has them; sorted by id */
    size_t node_count, node_capacity;
    struct namespace *namespaces; /* those that are listed or hold a pod; sorted by name */
    size_t namespace_count, namespace_capacity;
    struct pod_budget *budgets; /* sorted by name */
    size_t budget_count, budget_capacity;
    struct notes notes;
};

/* Reads all files; the error lists everything that is wrong in any of them, and *out then holds
 * what was right.  Resource names that the pods ask for are added to the table.  The texts must
 * live as long as what is read. */
MUST_CHECK struct error *kubernetes_objects_read(struct arena *keep,
                                                 const struct manifest_text *files, size_t count,
                                                 struct resource_table *resources,
                                                 struct kubernetes_objects *out);

/* Kubernetes' own limit for a cluster: workloads that ask for more are a slip of the pen. */
#define PODS_MAX 150000
/* Pods that are listed in JSON; a million small ones take about 1.7 GB with all that is decided of
 * them. */
#define LISTED_PODS_MAX 1000000
/* YAML is there as a whole, and its tree takes ten times its text, so of it less is read. */
#define YAML_PODS_MAX  PODS_MAX
#define YAML_MAX_BYTES ((size_t)256 << 20)

#endif
