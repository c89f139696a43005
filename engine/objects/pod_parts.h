#ifndef ENGINE_OBJECTS_POD_PARTS_H
#define ENGINE_OBJECTS_POD_PARTS_H

#include "engine/objects/pod_template.h"

/* The parts of reading a pod; `at` is the place of its spec. */

/* What it asks for (rules.md): the larger of all containers with their sidecars, and each init
 * container with the sidecars started before it; what the pod itself states comes first; overhead
 * on top. */
void pod_requests_read(struct reader *r, const struct place *at, const struct json *spec,
                       struct resource_table *resources, struct pod_spec *out);
/* nodeSelector with each required term of nodeAffinity: out->terms. */
void pod_terms_read(struct reader *r, const struct place *at, const struct json *spec,
                    struct notes *notes, struct pod_spec *out);
void pod_tolerations_read(struct reader *r, const struct place *at, const struct json *spec,
                          struct tolerations *out);
/* Notes of what the pod asks and the decision does not act on. */
void pod_unheeded(struct reader *r, const struct place *at, const struct json *spec,
                  struct notes *notes);

#endif
