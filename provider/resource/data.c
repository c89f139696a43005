#include "provider/resource/bind.h"
#include "provider/resource/provider.h"
#include "provider/resource/region.h"

static struct error *not_known_yet(struct call *c, const struct resource_type *t,
                                   struct str attribute)
{
    struct error *e = error_new(c->arena, ERROR_INVALID, "%s cannot be read yet", t->name);
    e->detail = arena_printf(c->arena,
                             "The provider's \"" STR_FMT "\" comes from a resource that this plan "
                             "creates. Apply that first (terraform apply -target), or give the "
                             "value directly.",
                             STR_ARG(attribute));
    return e;
}

struct error *data_source_read(struct call *c, const struct resource_type *t,
                               const struct cty_value *config, struct cty_value *state)
{
    const struct model *m = &t->model;
    void *before = bind_new(c->arena, m), *model = bind_new(c->arena, m);
    struct str unknown =
        c->provider && !t->asks_nobody ? provider_unknown(c->provider, false) : STR("");

    *state = cty_null();
    if (unknown.len)
        return not_known_yet(c, t, unknown);
    call_begin(c, t, OPERATION_READ, config);
    TRY(region_check(c, m, config));
    TRY(region_enter(c, m, config));
    TRY(bind_decode(c->arena, m, config, before));
    TRY(bind_decode(c->arena, m, config, model));
    TRY(t->read(c, model));
    region_settle(c, m, model);
    struct cty_value found = bind_merge(c->arena, m, config, before, model);
    *state = cty_unknown_as_null(c->arena, &found);
    return NULL;
}
