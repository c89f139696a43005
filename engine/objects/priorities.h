#ifndef ENGINE_OBJECTS_PRIORITIES_H
#define ENGINE_OBJECTS_PRIORITIES_H

#include "engine/objects/owners.h"
#include "engine/objects/pod_template.h"

/* PriorityClasses, of the files and those that every cluster has. */
struct priorities {
    struct priority_class {
        struct str name;
        int64_t value;
    } * classes;
    size_t class_count, class_capacity;
    bool has_default;
    int64_t by_default; /* of several classes that claim to be it the lowest, as admission has it */
};

void priorities_read(struct reader *r, const struct objects *all, struct priorities *out);

/* What admission makes of spec.priority and spec.priorityClassName; a class that the files lack is
 * noted, and is the default. */
int64_t priorities_of_pod(struct reader *r, const struct priorities *p, const struct place *at,
                          const struct json *spec, struct notes *notes);

#endif
