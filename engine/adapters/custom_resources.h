#ifndef ENGINE_ADAPTERS_CUSTOM_RESOURCES_H
#define ENGINE_ADAPTERS_CUSTOM_RESOURCES_H

#include "engine/kube/verbs.h"
#include "engine/objects/form.h"

/* What a cluster keeps for us: custom resources of the group tenon.dev, all of them the cluster's
 * and in no namespace, because a cluster has one fleet.
 *
 *   NodePool, NodeClass   `spec` is the document that Terraform writes, word for word, without its
 *                         name: an example, an error's path and a page of the documentation hold
 *                         for both.  Their schemas are made of the forms that documents are read
 *                         by (engine/objects/form_schema.h).
 *   NodeClaim             one for each node that is launched, joins or leaves; the engine's own
 *   EngineRecord          what else the engine has to remember (kube_records.h); nobody's to edit
 */
enum custom_kind { CUSTOM_POOL, CUSTOM_CLASS, CUSTOM_CLAIM, CUSTOM_RECORD, CUSTOM_KINDS };

struct custom_column {
    const char *name, *type, *path;
};
struct custom_resource {
    struct kube_resource resource;
    const char *kind, *singular, *short_name;
    const struct form *form; /* of `spec`; NULL: it is the engine's own */
    const struct custom_column *columns;
    size_t column_count;
};
extern const struct custom_resource custom_resources[CUSTOM_KINDS];

#define CUSTOM_GROUP   STR("tenon.dev")
#define CUSTOM_VERSION STR("tenon.dev/v1")

/* The CustomResourceDefinition, as JSON, which is YAML too. */
struct str custom_definition(struct arena *a, const struct custom_resource *r);

/* All of them, as a List. */
struct str custom_definitions(struct arena *a);

/* Tells the API server of all of them, and waits until it knows them; ten seconds at most.  Those
 * that are there as they should be are left alone, so that an engine which may only read them does.
 */
MUST_CHECK struct error *custom_resources_install(const struct kube_call *c);

#endif
