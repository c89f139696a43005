#include "engine/kube/resource.h"

#include "engine/aws/sigv4.h"

static void add_step(struct buf *path, struct str step)
{
    buf_add_char(path, '/');
    uri_encode(path, step, false);
}

struct str kube_path(struct arena *a, const struct kube_target *t)
{
    const struct kube_resource *r = t->resource;
    struct buf path = buf_in(a);

    add_step(&path, r->group.len ? STR("apis") : STR("api"));
    if (r->group.len)
        add_step(&path, r->group);
    add_step(&path, r->version);
    if (r->namespaced && t->namespace.len) {
        add_step(&path, STR("namespaces"));
        add_step(&path, t->namespace);
    }
    add_step(&path, r->plural);
    if (t->name.len)
        add_step(&path, t->name);
    if (t->subresource.len)
        add_step(&path, t->subresource);
    return buf_str(&path);
}

struct str kube_resource_name(struct arena *a, const struct kube_target *t)
{
    const struct kube_resource *r = t->resource;

    return arena_printf(a, STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(r->plural),
                        r->group.len ? "." : "", STR_ARG(r->group), t->subresource.len ? "/" : "",
                        STR_ARG(t->subresource));
}
