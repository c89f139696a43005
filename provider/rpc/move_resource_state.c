#include "provider/resource/identity.h"
#include "provider/rpc/method.h"

/* A `moved` block may bring a resource over from hashicorp/aws into the same type here; other pairs
 * of types mean different things. */
static struct error *refuse_move(struct rpc *r, const Tfplugin6__MoveResourceState__Request *in)
{
    struct error *e = error_new(r->call.arena, ERROR_INVALID, "%s cannot become %s",
                                in->source_type_name, in->target_type_name);
    e->detail = STR("State moves between two providers only within one resource type, for example "
                    "from aws_sqs_queue of hashicorp/aws to aws_sqs_queue of tenon.");
    return e;
}

struct error *rpc_move_resource_state(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__MoveResourceState__Request *in = request;
    Tfplugin6__MoveResourceState__Response *out = response;
    const struct resource_type *t;
    struct cty_value state, identity;

    TRY(rpc_find_type(r, in->target_type_name, &t));
    r->model = &t->model;
    if (!str_eq(str_of(in->source_type_name), str_of(t->name)) || !in->source_state ||
        !in->source_state->json.len)
        return refuse_move(r, in);
    TRY(resource_upgrade(&r->call, t, in->source_schema_version, rpc_bytes(in->source_state->json),
                         &state));
    out->target_state = rpc_encode(r, &t->model, &state);
    out->target_private = in->source_private;
    if (!has_identity(t) || !in->source_identity || !in->source_identity->json.len)
        return NULL;
    TRY(identity_upgrade(&r->call, t, rpc_bytes(in->source_identity->json), &identity));
    out->target_identity = rpc_identity_out(r, t, &identity);
    return NULL;
}
