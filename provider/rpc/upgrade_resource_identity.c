#include "provider/resource/identity.h"
#include "provider/rpc/method.h"

struct error *rpc_upgrade_resource_identity(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__UpgradeResourceIdentity__Request *in = request;
    Tfplugin6__UpgradeResourceIdentity__Response *out = response;
    const struct resource_type *t;
    struct cty_value identity;

    TRY(rpc_find_type(r, in->type_name, &t));
    if (!has_identity(t))
        return error_new(r->call.arena, ERROR_INVALID, "%s has no identity", t->name);
    if (!in->raw_identity || !in->raw_identity->json.len)
        return NULL; /* state of before there were any: the next read tells it */
    TRY(identity_upgrade(&r->call, t, rpc_bytes(in->raw_identity->json), &identity));
    out->upgraded_identity = rpc_identity_out(r, t, &identity);
    return NULL;
}
