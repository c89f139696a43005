#include "provider/resource/agent.h"
#include "provider/rpc/method.h"

typedef Tfplugin6__GetProviderSchema__Response__ResourceSchemasEntry schema_entry;
typedef Tfplugin6__GetProviderSchema__Response__DataSourceSchemasEntry data_entry;

static schema_entry *entry_of(struct rpc *r, const struct resource_type *t)
{
    schema_entry *e =
        RPC_NEW(r, schema_entry, tfplugin6__get_provider_schema__response__resource_schemas_entry);
    e->key = rpc_string(r, str_of(t->name));
    e->value = rpc_schema(r, t->schema_version, t->describe, &t->model);
    return e;
}

static data_entry *data_entry_of(struct rpc *r, const struct resource_type *t)
{
    data_entry *e =
        RPC_NEW(r, data_entry, tfplugin6__get_provider_schema__response__data_source_schemas_entry);
    e->key = rpc_string(r, str_of(t->name));
    e->value = rpc_schema(r, 0, t->describe, &t->model);
    return e;
}

struct error *rpc_get_provider_schema(struct rpc *r, const void *request, void *response)
{
    const struct rpc_options *o = rpc_options_of(r->server);
    Tfplugin6__GetProviderSchema__Response *out = response;

    (void)request;
    rpc_command_begins(r->server);
    out->provider = rpc_schema(r, 0, "", &provider_model);
    out->provider_meta = rpc_schema(r, 0, "", &provider_meta_model);
    out->server_capabilities = rpc_capabilities(r);
    out->resource_schemas = ARENA_ARRAY(r->call.arena, schema_entry *, o->type_count);
    for (size_t i = 0; i < o->type_count; i++)
        out->resource_schemas[out->n_resource_schemas++] = entry_of(r, o->types[i]);
    out->data_source_schemas = ARENA_ARRAY(r->call.arena, data_entry *, o->data_source_count);
    for (size_t i = 0; i < o->data_source_count; i++)
        out->data_source_schemas[out->n_data_source_schemas++] =
            data_entry_of(r, o->data_sources[i]);
    rpc_add_functions(r, out);
    return NULL;
}
