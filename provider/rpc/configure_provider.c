#include "provider/rpc/method.h"

/* A reattached process serves one command after another: each begins here, so a stop that was meant
 * for the last one is over, and the last configuration wins. */
struct error *rpc_configure_provider(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__ConfigureProvider__Request *in = request;
    const struct rpc_options *o = rpc_options_of(r->server);
    struct cty_value config;
    struct provider *p;

    (void)response;
    r->model = &provider_model;
    if (o->stop)
        cancel_reset(o->stop);
    TRY(rpc_decode(r, &provider_model, in->config, &config));
    TRY(provider_configure(&r->call, o->host, &config, &p));
    rpc_set_provider(r->server, p);
    return NULL;
}
