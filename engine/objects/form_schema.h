#ifndef ENGINE_OBJECTS_FORM_SCHEMA_H
#define ENGINE_OBJECTS_FORM_SCHEMA_H

#include "engine/base/json.h"
#include "engine/objects/form.h"

/* A form as a structural OpenAPI v3 schema, as custom resources have them: what kind each attribute
 * is of, its words and its range, and which must be there.  An API server refuses with it what
 * nobody could read; rules between attributes, and those of a row's own check, it does not know.
 *
 * Nothing is filled in by it: a document has to come back as it was written, because the uid and
 * the content of a document are what one who waits for it believes (engine/pools.h).
 *
 * `name` of the outermost form is left out: an object has its name in its metadata. */
void form_schema_write(struct json_writer *w, const struct form *form);

#endif
