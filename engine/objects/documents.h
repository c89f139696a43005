#ifndef ENGINE_OBJECTS_DOCUMENTS_H
#define ENGINE_OBJECTS_DOCUMENTS_H

#include "engine/core/world.h"

/* Pool and class documents as text, the way that the store keeps them: what a host wires into the
 * engine's document port (engine/ports.h). */

/* As pool_document_read; what is read lives in the arena alone. */
MUST_CHECK struct error *documents_parse_pool(struct arena *a, struct str document,
                                              struct resource_table *resources, struct pool *out);

/* What a node of this pool and class is made of, as one text: a node that was made by another text
 * has drifted. */
MUST_CHECK struct error *documents_drift_text(struct arena *a, struct str pool_document,
                                              struct str class_document, struct str *out);

#endif
