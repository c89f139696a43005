#ifndef ENGINE_OBJECTS_LABEL_SELECTOR_H
#define ENGINE_OBJECTS_LABEL_SELECTOR_H

#include "engine/core/world.h"
#include "engine/objects/reader.h"

/* A LabelSelector of Kubernetes: matchLabels and matchExpressions, all of which must hold.  Absent
 * it selects nothing, empty it selects everything. */
struct label_selector {
    bool present;
    struct requirement *items; /* as written, several of one key may stand side by side */
    size_t count, capacity;
};

void label_selector_read(struct reader *r, const struct place *at, const struct json *j,
                         struct label_selector *out);

#endif
