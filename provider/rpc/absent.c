#include "provider/rpc/method.h"

/* Kinds of things that the protocol has and this provider does not (yet): each request for one is
 * answered by name. */
static struct error *no_such(struct rpc *r, const char *kind, const char *name)
{
    return error_new(r->call.arena, ERROR_INVALID, "no %s \"%s\" in this provider", kind, name);
}

struct error *rpc_validate_ephemeral_resource_config(struct rpc *r, const void *request,
                                                     void *response)
{
    const Tfplugin6__ValidateEphemeralResourceConfig__Request *in = request;
    (void)response;
    return no_such(r, "ephemeral resource", in->type_name);
}

struct error *rpc_open_ephemeral_resource(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__OpenEphemeralResource__Request *in = request;
    (void)response;
    return no_such(r, "ephemeral resource", in->type_name);
}

struct error *rpc_renew_ephemeral_resource(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__RenewEphemeralResource__Request *in = request;
    (void)response;
    return no_such(r, "ephemeral resource", in->type_name);
}

struct error *rpc_close_ephemeral_resource(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__CloseEphemeralResource__Request *in = request;
    (void)response;
    return no_such(r, "ephemeral resource", in->type_name);
}

struct error *rpc_get_functions(struct rpc *r, const void *request, void *response)
{
    (void)r, (void)request, (void)response;
    return NULL;
}

/* Functions answer with an error of their own kind instead of diagnostics. */
struct error *rpc_call_function(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__CallFunction__Request *in = request;
    Tfplugin6__CallFunction__Response *out = response;
    struct error *e = no_such(r, "function", in->name);
    out->error = RPC_NEW(r, Tfplugin6__FunctionError, tfplugin6__function_error);
    out->error->text = rpc_string(r, e->summary);
    return NULL;
}
