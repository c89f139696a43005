#ifndef ENGINE_OBJECTS_POOL_DOCUMENT_H
#define ENGINE_OBJECTS_POOL_DOCUMENT_H

#include "engine/core/world.h"
#include "engine/objects/form.h"

/* A pool as JSON: the attributes of tenon_node_pool by their names, null or absent for unset.  This
 * is what the provider hands to the engine and what the store keeps.  All rules of a pool that need
 * no cloud are here, once, for the provider's validation and for the engine.
 *
 * Errors come all at once, each with its attribute path (requirements[0].operator, limits["cpu"]).
 * What is missing or contradicts is reported at the object that lacks it, so a caller who passes
 * values that are not yet known as null has to drop errors under, at and above their paths. */

/* Fills in what the document says.  uid, generation, hash, deleting, may_disrupt and catalog are
 * the caller's.  Resource names in limits are added to the table.  The document must live as long
 * as the pool.  Unset arch, OS and capacity type mean amd64, linux, and spot or on-demand. */
MUST_CHECK struct error *pool_document_read(struct arena *keep, const struct json *document,
                                            struct resource_table *resources, struct pool *out);
/* The rules alone. */
MUST_CHECK struct error *pool_document_check(struct arena *a, const struct json *document);

/* Are two values of an attribute equal in meaning (form.h)? */
bool pool_document_equal(struct str attribute, const struct json *a, const struct json *b);

/* What nodes of this pool are made of, as text for a hash: a node whose pool has another text has
 * drifted.  Requirements are not in it: a node that no longer satisfies them says so by its labels.
 */
struct str pool_document_canonical(struct arena *a, const struct json *document);

/* What is set and has no effect yet. */
void pool_document_unheeded(struct arena *a, const struct json *document,
                            struct unheeded_list *out);

#endif
