#include "provider/resource/identity.h"
#include "provider/rpc/method.h"

struct error *rpc_import_resource_state(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__ImportResourceState__Request *in = request;
    Tfplugin6__ImportResourceState__Response *out = response;
    const struct resource_type *t;
    struct cty_value state, identity;

    TRY(rpc_find_type(r, in->type_name, &t));
    r->model = &t->model;
    TRY(rpc_identity_in(r, t, in->identity, &identity));
    TRY(identity.kind == CTY_NULL ? resource_import(&r->call, t, str_of(in->id), &state)
                                  : identity_import(&r->call, t, &identity, &state));
    Tfplugin6__ImportResourceState__ImportedResource *found =
        RPC_NEW(r, Tfplugin6__ImportResourceState__ImportedResource,
                tfplugin6__import_resource_state__imported_resource);
    found->type_name = rpc_string(r, str_of(t->name));
    found->state = rpc_encode(r, &t->model, &state);
    found->identity = rpc_identity_of(r, t, &state, &identity);
    found->private_ = rpc_binary(call_save_private(&r->call));
    out->imported_resources =
        ARENA_ARRAY(r->call.arena, Tfplugin6__ImportResourceState__ImportedResource *, 1);
    out->imported_resources[out->n_imported_resources++] = found;
    return NULL;
}
