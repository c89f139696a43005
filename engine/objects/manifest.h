#ifndef ENGINE_OBJECTS_MANIFEST_H
#define ENGINE_OBJECTS_MANIFEST_H

#include "engine/objects/reader.h"

/* Files of Kubernetes objects: YAML streams and JSON, lists of objects too. */
struct manifest_text {
    struct str name; /* the file, for errors */
    struct str text;
};

/* What is called for each object; the reader's file and line are its. */
typedef void manifest_object(void *self, const struct json *object, struct str kind,
                             struct str api_version);

/* Every object of the file, in order; what is no object, or does not parse, is among the errors.
 * "*.json" is read as JSON, as is what begins with a brace and is not called "*.yaml". */
void manifest_walk(struct reader *r, const struct manifest_text *file, manifest_object *each,
                   void *self);

#endif
