#include "provider/rpc/method.h"

/* Kinds of things that the protocol has and this provider does not (yet): each request for one is
 * answered by name. */
struct error *rpc_no_such(struct rpc *r, const char *kind, const char *name)
{
    return error_new(r->call.arena, ERROR_INVALID, "no %s \"%s\" in this provider", kind, name);
}

struct error *rpc_validate_ephemeral_resource_config(struct rpc *r, const void *request,
                                                     void *response)
{
    const Tfplugin6__ValidateEphemeralResourceConfig__Request *in = request;
    (void)response;
    return rpc_no_such(r, "ephemeral resource", in->type_name);
}

struct error *rpc_open_ephemeral_resource(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__OpenEphemeralResource__Request *in = request;
    (void)response;
    return rpc_no_such(r, "ephemeral resource", in->type_name);
}

struct error *rpc_renew_ephemeral_resource(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__RenewEphemeralResource__Request *in = request;
    (void)response;
    return rpc_no_such(r, "ephemeral resource", in->type_name);
}

struct error *rpc_close_ephemeral_resource(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__CloseEphemeralResource__Request *in = request;
    (void)response;
    return rpc_no_such(r, "ephemeral resource", in->type_name);
}
