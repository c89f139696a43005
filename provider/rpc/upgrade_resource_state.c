#include "provider/rpc/method.h"

struct error *rpc_upgrade_resource_state(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__UpgradeResourceState__Request *in = request;
    Tfplugin6__UpgradeResourceState__Response *out = response;
    const struct resource_type *t;
    struct cty_value state;

    TRY(rpc_find_type(r, in->type_name, &t));
    r->model = &t->model;
    if (!in->raw_state || !in->raw_state->json.len)
        return error_new(r->call.arena, ERROR_INVALID,
                         "state of %s is in the form of Terraform before 0.12; refresh it with a "
                         "Terraform between 0.12 and 1.x and its old provider first",
                         t->name);
    TRY(resource_upgrade(&r->call, t, in->version, rpc_bytes(in->raw_state->json), &state));
    out->upgraded_state = rpc_encode(r, &t->model, &state);
    return NULL;
}
