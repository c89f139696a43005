#include "provider/resource/identity.h"
#include "provider/rpc/method.h"

typedef Tfplugin6__GetResourceIdentitySchemas__Response__IdentitySchemasEntry schema_entry;
typedef Tfplugin6__ResourceIdentitySchema__IdentityAttribute identity_attribute;

static void add_member(struct rpc *r, const struct resource_type *t, struct str name, bool required,
                       Tfplugin6__ResourceIdentitySchema *schema)
{
    identity_attribute *a =
        RPC_NEW(r, identity_attribute, tfplugin6__resource_identity_schema__identity_attribute);
    const struct attr *row = model_row(&t->model, name);

    a->name = rpc_string(r, name);
    a->type = rpc_binary(STR("\"string\""));
    a->required_for_import = required;
    a->optional_for_import = !required;
    if (row && row->describe)
        a->description = rpc_string(r, str_of(row->describe));
    schema->identity_attributes[schema->n_identity_attributes++] = a;
}

static schema_entry *entry_of(struct rpc *r, const struct resource_type *t)
{
    schema_entry *e =
        RPC_NEW(r, schema_entry,
                tfplugin6__get_resource_identity_schemas__response__identity_schemas_entry);
    struct cty_type type = identity_type(r->call.arena, t);
    struct str name;
    bool required;

    e->key = rpc_string(r, str_of(t->name));
    e->value = RPC_NEW(r, Tfplugin6__ResourceIdentitySchema, tfplugin6__resource_identity_schema);
    e->value->version = t->identity.version;
    e->value->identity_attributes = ARENA_ARRAY(r->call.arena, identity_attribute *, type.count);
    for (size_t i = 0; identity_member(t, i, &name, &required); i++)
        add_member(r, t, name, required, e->value);
    return e;
}

struct error *rpc_get_resource_identity_schemas(struct rpc *r, const void *request, void *response)
{
    const struct rpc_options *o = rpc_options_of(r->server);
    Tfplugin6__GetResourceIdentitySchemas__Response *out = response;

    (void)request;
    out->identity_schemas = ARENA_ARRAY(r->call.arena, schema_entry *, o->type_count);
    for (size_t i = 0; i < o->type_count; i++)
        if (has_identity(o->types[i]))
            out->identity_schemas[out->n_identity_schemas++] = entry_of(r, o->types[i]);
    return NULL;
}
