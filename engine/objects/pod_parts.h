#ifndef ENGINE_OBJECTS_POD_PARTS_H
#define ENGINE_OBJECTS_POD_PARTS_H

#include "engine/objects/pod_template.h"

/* The parts of reading a pod; `at` is the place of its spec. */

/* What it asks for: the larger of all containers with their sidecars, and each init container with
 * the sidecars started before it; what the pod itself states comes first; overhead on top.
 *
 * Of a container that is resized in place the larger counts of what it is to have and what the node
 * has set aside or given (`status` of the pod), and of one whose resize can never be granted what
 * it has: as kube-scheduler reckons (component-helpers, resource.PodRequests). */
void pod_requests_read(struct reader *r, const struct place *at, const struct json *spec,
                       const struct json *status, struct resource_table *resources,
                       struct pod_spec *out);
/* An init container that goes on running beside the others. */
bool container_is_sidecar(const struct json *container);
/* nodeSelector with each required term of nodeAffinity: out->terms.  `unpin`: matchFields are
 * passed over, as the controller of a DaemonSet writes them into its pods; what says nothing else
 * is no term, and without any the pod is free. */
void pod_terms_read(struct reader *r, const struct place *at, const struct json *spec, bool unpin,
                    struct notes *notes, struct pod_spec *out);
/* matchExpressions of one term, added to *out; false if there are none. */
bool node_expressions_read(struct reader *r, const struct place *at, const struct json *j,
                           struct requirements *out);
/* Preferred terms of nodeAffinity, heaviest first. */
void pod_preferences_read(struct reader *r, const struct place *at, const struct json *spec,
                          struct pod_spec *out);
/* topologySpreadConstraints, podAffinity, podAntiAffinity; namespace and labels of *out are there
 * already. */
void pod_topology_read(struct reader *r, const struct place *at, const struct json *spec,
                       struct pod_spec *out);
/* Host ports of containers and sidecars, each once; under hostNetwork all that they listen on. */
void pod_ports_read(struct reader *r, const struct place *at, const struct json *spec,
                    struct pod_spec *out);
/* What its volumes ask is multiplied into terms; attachments are added to requests. */
void pod_volumes_read(struct reader *r, const struct place *at, const struct json *spec,
                      const struct pod_surroundings *around, struct notes *notes,
                      struct pod_spec *out);
void pod_tolerations_read(struct reader *r, const struct place *at, const struct json *spec,
                          struct tolerations *out);
#define REQUIRED_RULES  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED_RULES "preferredDuringSchedulingIgnoredDuringExecution"

#endif
