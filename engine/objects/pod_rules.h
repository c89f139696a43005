#ifndef ENGINE_OBJECTS_POD_RULES_H
#define ENGINE_OBJECTS_POD_RULES_H

#include "engine/objects/owners.h"

/* What an API server adds to a pod when it admits it, which nobody has done for pods of files.
 *
 * RuntimeClass (kubernetes, plugin/pkg/admission/runtimeclass): the overhead, nodeSelector and
 * tolerations of the class that a pod names.
 * LimitRanger (plugin/pkg/admission/limitranger): the requests that the LimitRanges of its
 * namespace give to containers that state neither request nor limit of a resource: defaultRequest,
 * else default, else max, else min of the items of type Container.
 *
 * Pods that have been admitted already (they have a uid) stay as they are. */
struct pod_rules {
    const struct object **classes; /* RuntimeClasses */
    size_t class_count, class_capacity;
    struct limit_range {
        struct str namespace;
        struct json requests; /* by resource */
    } * ranges;               /* by name: of two that give the same resource the first counts */
    size_t range_count, range_capacity;
};

/* Takes up the RuntimeClasses and LimitRanges; what is wrong with them is among the errors. */
void pod_rules_read(struct reader *r, const struct objects *all, struct pod_rules *out);

/* The object as an API server would have it: a copy where something is added, else itself.  What
 * cannot be added is noted. */
const struct json *pod_rules_apply(struct reader *r, const struct pod_rules *rules,
                                   const struct object *o, struct notes *notes);

#endif
