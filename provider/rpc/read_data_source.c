#include "provider/rpc/method.h"

struct error *rpc_read_data_source(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__ReadDataSource__Request *in = request;
    Tfplugin6__ReadDataSource__Response *out = response;
    const struct resource_type *t;
    struct cty_value config, state;

    TRY(rpc_find_data_source(r, in->type_name, &t));
    TRY(rpc_take_meta(r, in->provider_meta));
    r->model = &t->model;
    TRY(rpc_decode(r, &t->model, in->config, &config));
    TRY(data_source_read(&r->call, t, &config, &state));
    out->state = rpc_encode(r, &t->model, &state);
    return NULL;
}
