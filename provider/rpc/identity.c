#include "provider/resource/identity.h"
#include "provider/cty/msgpack.h"
#include "provider/rpc/method.h"

/* Identities on the wire.  Terraform before 1.12 sends none and passes over ours. */

struct error *rpc_identity_in(struct rpc *r, const struct resource_type *t,
                              const Tfplugin6__ResourceIdentityData *wire, struct cty_value *out)
{
    struct cty_type type = identity_type(r->call.arena, t);

    *out = cty_null();
    if (!has_identity(t) || !wire)
        return NULL;
    return rpc_decode_as(r, &type, wire->identity_data, out);
}

Tfplugin6__ResourceIdentityData *rpc_identity_out(struct rpc *r, const struct resource_type *t,
                                                  const struct cty_value *identity)
{
    struct cty_type type = identity_type(r->call.arena, t);

    if (!has_identity(t) || identity->kind == CTY_NULL)
        return NULL;
    Tfplugin6__ResourceIdentityData *wire =
        RPC_NEW(r, Tfplugin6__ResourceIdentityData, tfplugin6__resource_identity_data);
    wire->identity_data = RPC_NEW(r, Tfplugin6__DynamicValue, tfplugin6__dynamic_value);
    wire->identity_data->msgpack = rpc_binary(cty_to_msgpack(r->call.arena, identity, &type));
    return wire;
}

Tfplugin6__ResourceIdentityData *rpc_identity_of(struct rpc *r, const struct resource_type *t,
                                                 const struct cty_value *state,
                                                 const struct cty_value *stored)
{
    if (!has_identity(t))
        return NULL;
    struct cty_value identity = identity_of(&r->call, t, state, stored);
    return rpc_identity_out(r, t, &identity);
}
