#include "provider/rpc/method.h"

static void put_replacements(struct rpc *r, const struct plan_result *plan,
                             Tfplugin6__PlanResourceChange__Response *out)
{
    out->requires_replace =
        ARENA_ARRAY(r->call.arena, Tfplugin6__AttributePath *, plan->replace_count);
    for (size_t i = 0; i < plan->replace_count; i++) {
        Tfplugin6__AttributePath *path = rpc_path(r, plan->replace[i]);
        if (path)
            out->requires_replace[out->n_requires_replace++] = path;
    }
}

struct error *rpc_plan_resource_change(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__PlanResourceChange__Request *in = request;
    Tfplugin6__PlanResourceChange__Response *out = response;
    const struct resource_type *t;
    struct cty_value prior, proposed, config;
    struct plan_result plan;

    TRY(rpc_find_type(r, in->type_name, &t));
    TRY(rpc_take_meta(r, in->provider_meta));
    r->model = &t->model;
    TRY(rpc_decode(r, &t->model, in->prior_state, &prior));
    TRY(rpc_decode(r, &t->model, in->proposed_new_state, &proposed));
    TRY(rpc_decode(r, &t->model, in->config, &config));
    call_load_private(&r->call, rpc_bytes(in->prior_private));
    struct plan_request what = {&prior, &proposed, &config};
    TRY(resource_plan(&r->call, t, &what, &plan));
    out->planned_state = rpc_encode(r, &t->model, &plan.planned);
    out->legacy_type_system = plan.departs;
    out->planned_private = rpc_binary(call_save_private(&r->call));
    out->planned_identity = in->prior_identity; /* never changes; a new object has none yet */
    put_replacements(r, &plan, out);
    return NULL;
}
