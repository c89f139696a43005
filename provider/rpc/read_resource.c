#include "provider/rpc/method.h"

struct error *rpc_read_resource(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__ReadResource__Request *in = request;
    Tfplugin6__ReadResource__Response *out = response;
    const struct resource_type *t;
    struct cty_value current, state, identity;

    TRY(rpc_find_type(r, in->type_name, &t));
    TRY(rpc_take_meta(r, in->provider_meta));
    r->model = &t->model;
    TRY(rpc_decode(r, &t->model, in->current_state, &current));
    TRY(rpc_identity_in(r, t, in->current_identity, &identity));
    call_load_private(&r->call, rpc_bytes(in->private_));
    TRY(resource_read(&r->call, t, &current, &state));
    out->new_state = rpc_encode(r, &t->model, &state);
    out->new_identity = rpc_identity_of(r, t, &state, &identity);
    out->private_ = rpc_binary(call_save_private(&r->call));
    return NULL;
}
