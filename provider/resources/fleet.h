#ifndef PROVIDER_RESOURCES_FLEET_H
#define PROVIDER_RESOURCES_FLEET_H

#include "engine/objects/form.h"
#include "engine/pools.h"
#include "provider/resource/call.h"

/* What tenon_node_pool and tenon_node_class share: both are documents (JSON of their attributes)
 * that the engine keeps and makes true.  Rules of a document are engine/objects' and are asked for
 * here; nothing is checked twice. */

/* Both models begin with this, in this order. */
struct fleet_head {
    struct tf_string id, uid, name, cluster, region;
    struct tf_int generation;
    struct tf_bool converged;
    struct tf_blocks timeouts;
};

/* clang-format off */
#define FLEET_HEAD_ROWS(model, timeouts_model) \
    ATTR_AS("id", model, head.id,         COMPUTED, .describe = "The name."), \
    ATTR_AS("uid", model, head.uid,        COMPUTED, .describe = "Made at create, so that instances of an earlier one of the same name are told apart."), \
    ATTR_AS("name", model, head.name,       REQUIRED | FORCE_NEW, .describe = "Name, unique in the cluster. Letters, digits and dashes, in lower case."), \
    ATTR_AS("cluster", model, head.cluster,    COMPUTED, .describe = "Name of the cluster it belongs to, from the provider."), \
    ATTR_AS("region", model, head.region,     COMPUTED, .describe = "Region it belongs to, from the provider."), \
    ATTR_AS("generation", model, head.generation, COMPUTED | VOLATILE, .describe = "Counts the changes of the specification."), \
    ATTR_AS("converged", model, head.converged,  COMPUTED | VOLATILE, .describe = "Whether the engine has made the specification true. If not, or where the engine's store is lost, a plan shows an update that only runs the engine."), \
    ATTR_AS("timeouts", model, head.timeouts,   OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &(timeouts_model))
/* clang-format on */

struct form; /* engine/objects/form.h: the rules of a document */

struct fleet_type {
    const struct resource_type *resource;
    enum spec_kind kind;
    struct error *(*check)(struct arena *a, const struct json *document);
    bool (*equal)(struct str attribute, const struct json *a, const struct json *b);
    /* What of the document the engine does not act on yet. */
    void (*unheeded)(struct arena *a, const struct json *document, struct unheeded_list *out);
};

/* For with_rules: the row with what `form` says of it. */
struct attr fleet_row(struct arena *a, const struct form *form, const struct attr *row,
                      struct str path);
MUST_CHECK struct error *fleet_validate(struct call *c, const struct fleet_type *t,
                                        const void *model);
MUST_CHECK struct error *fleet_plan(struct call *c, const struct fleet_type *t, const void *prior,
                                    const void *config, void *planned);
MUST_CHECK struct error *fleet_create(struct call *c, const struct fleet_type *t, void *model);
MUST_CHECK struct error *fleet_read(struct call *c, const struct fleet_type *t, void *model);
MUST_CHECK struct error *fleet_update(struct call *c, const struct fleet_type *t, const void *prior,
                                      void *model);
MUST_CHECK struct error *fleet_destroy(struct call *c, const struct fleet_type *t,
                                       const void *prior);

#endif
