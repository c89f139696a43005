#ifndef ENGINE_ADAPTERS_API_READING_H
#define ENGINE_ADAPTERS_API_READING_H

#include "engine/adapters/api_kinds.h"
#include "engine/adapters/api_shelf.h"
#include "engine/objects/priorities.h"
#include "engine/objects/volumes.h"

/* Objects of an API server as the core's structs, one at a time, by the readers of manifests. */

/* What others than an object itself say of what it means. */
struct api_context {
    struct arena arena; /* of the next two */
    struct priorities priorities;
    struct volumes volumes;
    struct resource_table asked; /* what pods ask for by name; grows, and never forgets */
    struct arena names;          /* of those */
};

/* What is wrong with objects, a text each. */
struct api_notes {
    struct arena arena;
    struct str *items;
    size_t count, capacity;
};

/* Full names of the volume claims that a pod uses, a blank behind each; of ephemeral volumes those
 * that are made for it. */
struct str api_claims_of(struct arena *a, const struct json *pod, struct str namespace,
                         struct str name);

/* Reads PriorityClasses and all that says of volumes anew: `shelves` are all kinds'. */
void api_context_read(struct api_context *c, const struct shelf *shelves);

/* One object of that kind, added to *out in the arena that the tree and *out live in.  What cannot
 * be read is noted (NULL: it is not); of a pod it is `impossible`. */
void api_object_read(struct arena *a, enum api_kind kind, struct str full_name,
                     const struct json *tree, struct api_context *c, struct api_notes *notes,
                     struct kubernetes_objects *out);

/* Does it say how many volumes of a driver a node attaches, of which no node has said so yet? */
bool api_limits_another(const struct json *csi_node, const struct volumes *known);

#endif
