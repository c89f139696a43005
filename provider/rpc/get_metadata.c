#include "provider/rpc/method.h"

static void name_functions(struct rpc *r, Tfplugin6__GetMetadata__Response *out)
{
    const struct rpc_options *o = rpc_options_of(r->server);

    out->functions =
        ARENA_ARRAY(r->call.arena, Tfplugin6__GetMetadata__FunctionMetadata *, o->function_count);
    for (size_t i = 0; i < o->function_count; i++) {
        Tfplugin6__GetMetadata__FunctionMetadata *m =
            RPC_NEW(r, Tfplugin6__GetMetadata__FunctionMetadata,
                    tfplugin6__get_metadata__function_metadata);
        m->name = rpc_string(r, str_of(o->functions[i].name));
        out->functions[out->n_functions++] = m;
    }
}

struct error *rpc_get_metadata(struct rpc *r, const void *request, void *response)
{
    const struct rpc_options *o = rpc_options_of(r->server);
    Tfplugin6__GetMetadata__Response *out = response;

    (void)request;
    rpc_command_begins(r->server);
    out->server_capabilities = rpc_capabilities(r);
    out->resources =
        ARENA_ARRAY(r->call.arena, Tfplugin6__GetMetadata__ResourceMetadata *, o->type_count);
    for (size_t i = 0; i < o->type_count; i++) {
        Tfplugin6__GetMetadata__ResourceMetadata *m =
            RPC_NEW(r, Tfplugin6__GetMetadata__ResourceMetadata,
                    tfplugin6__get_metadata__resource_metadata);
        m->type_name = rpc_string(r, str_of(o->types[i]->name));
        out->resources[out->n_resources++] = m;
    }
    out->data_sources = ARENA_ARRAY(r->call.arena, Tfplugin6__GetMetadata__DataSourceMetadata *,
                                    o->data_source_count);
    for (size_t i = 0; i < o->data_source_count; i++) {
        Tfplugin6__GetMetadata__DataSourceMetadata *m =
            RPC_NEW(r, Tfplugin6__GetMetadata__DataSourceMetadata,
                    tfplugin6__get_metadata__data_source_metadata);
        m->type_name = rpc_string(r, str_of(o->data_sources[i]->name));
        out->data_sources[out->n_data_sources++] = m;
    }
    name_functions(r, out);
    return NULL;
}
