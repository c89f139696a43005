#include "provider/rpc/method.h"

struct error *rpc_validate_provider_config(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__ValidateProviderConfig__Request *in = request;
    struct cty_value config;

    (void)response;
    rpc_command_begins(r->server);
    r->model = &provider_model;
    TRY(rpc_decode(r, &provider_model, in->config, &config));
    struct error *errors = provider_validate(&r->call, &config);
    r->call.warnings = NULL; /* ConfigureProvider follows and gives them once */
    return errors;
}
