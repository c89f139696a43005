#include "provider/rpc/method.h"

struct error *rpc_validate_data_resource_config(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__ValidateDataResourceConfig__Request *in = request;
    const struct resource_type *t;
    struct cty_value config;

    (void)response;
    TRY(rpc_find_data_source(r, in->type_name, &t));
    r->model = &t->model;
    TRY(rpc_decode(r, &t->model, in->config, &config));
    return resource_validate(&r->call, t, &config);
}
