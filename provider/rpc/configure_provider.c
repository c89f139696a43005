#include "provider/rpc/method.h"

/* Of a reattached process's configurations the last one wins. */
struct error *rpc_configure_provider(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__ConfigureProvider__Request *in = request;
    const struct rpc_options *o = rpc_options_of(r->server);
    struct cty_value config;
    struct provider *p;

    (void)response;
    r->model = &provider_model;
    rpc_command_is_configured(r->server);
    TRY(rpc_decode(r, &provider_model, in->config, &config));
    TRY(provider_configure(&r->call, o->host, &config, &p));
    rpc_set_provider(r->server, p);
    return NULL;
}
