#include "provider/rpc/method.h"

/* The state goes back whether or not there is an error: it says what holds now. */
struct error *rpc_apply_resource_change(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__ApplyResourceChange__Request *in = request;
    Tfplugin6__ApplyResourceChange__Response *out = response;
    const struct resource_type *t;
    struct cty_value prior, planned, state, identity;

    TRY(rpc_find_type(r, in->type_name, &t));
    TRY(rpc_take_meta(r, in->provider_meta));
    r->model = &t->model;
    TRY(rpc_decode(r, &t->model, in->prior_state, &prior));
    TRY(rpc_decode(r, &t->model, in->planned_state, &planned));
    TRY(rpc_identity_in(r, t, in->planned_identity, &identity));
    call_load_private(&r->call, rpc_bytes(in->planned_private));
    struct error *e = resource_apply(&r->call, t, &prior, &planned, &state);
    out->new_state = rpc_encode(r, &t->model, &state);
    out->new_identity = rpc_identity_of(r, t, &state, &identity);
    out->legacy_type_system = resource_departs(t, &planned, &state);
    if (state.kind != CTY_NULL)
        out->private_ = rpc_binary(call_save_private(&r->call));
    return e;
}
