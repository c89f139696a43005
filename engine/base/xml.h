#ifndef ENGINE_BASE_XML_H
#define ENGINE_BASE_XML_H

#include "engine/base/error.h"

/* XML answers of AWS as trees (through expat): elements and text, no attributes, no namespaces.
 * Entities are not expanded beyond XML's own five; nesting deeper than 64 is refused. */
struct xml {
    struct str name;
    struct str text; /* character data with the elements' own taken out */
    struct xml *items;
    size_t count, capacity;
};

MUST_CHECK struct error *xml_parse(struct arena *a, struct str text, struct xml *out);

/* The first child of that name, or a shared empty element: chains of look-ups need no checks. */
const struct xml *xml_get(const struct xml *e, const char *name);
/* The element at the end of a path "a/b/c" below `e`. */
const struct xml *xml_at(const struct xml *e, const char *path);
struct str xml_text(const struct xml *e, const char *path);
/* Iterates over the children called `name`: pass NULL first; NULL at the end. */
const struct xml *xml_next(const struct xml *e, const char *name, const struct xml *previous);

#endif
