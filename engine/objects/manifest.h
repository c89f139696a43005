#ifndef ENGINE_OBJECTS_MANIFEST_H
#define ENGINE_OBJECTS_MANIFEST_H

#include "engine/base/json_list.h"
#include "engine/objects/reader.h"

/* Files of Kubernetes objects: YAML streams and JSON, lists of objects too.  The items of a JSON
 * list are looked at one by one, so that a dump of a cluster takes little more memory than its text
 * does.  YAML is there as a whole. */
struct manifest_text {
    struct str name; /* the file, for errors */
    struct str text;
};

/* An object as it is found.  Its tree and its strings are there for the moment. */
struct manifest_item {
    const struct json *json;
    struct str kind, api_version;
    struct json_item
        source; /* from which it can be read again; without text: it is there to stay */
};

/* The object's tree, to stay. */
const struct json *manifest_item_keep(struct arena *keep, const struct manifest_item *item);
/* One of its strings, to stay: what is part of the file's text does so by itself. */
struct str manifest_item_str(struct arena *keep, const struct manifest_item *item, struct str s);

/* What is called for each object; the reader's file and line are its. */
typedef void manifest_object(void *self, const struct manifest_item *item);

/* Every object of the file, in order; what is no object, or does not parse, is among the errors.
 * "*.json" is read as JSON, as is what begins with a brace and is not called "*.yaml". */
bool manifest_is_json(const struct manifest_text *file);
void manifest_walk(struct reader *r, const struct manifest_text *file, manifest_object *each,
                   void *self);

#endif
