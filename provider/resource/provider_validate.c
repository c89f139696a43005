#include "provider/resource/bind.h"
#include "provider/resource/provider.h"
#include "provider/resource/provider_check.h"
#include "provider/resource/resource.h"

static struct error *refuse(struct call *c, const char *attribute, struct str detail)
{
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "%s is not supported by this version", attribute);
    e->detail = detail;
    return error_at(e, str_of(attribute));
}

/* To pass over it would be to speak less safely than the user thinks, or more safely than he can.
 */
static struct error *refused_settings(struct call *c, const struct provider_config *p)
{
    if (!p->insecure.v)
        return NULL;
    return refuse(c, "insecure",
                  STR("Certificates are always verified. custom_ca_bundle names a file of further "
                      "trusted ones, such as that of a proxy which opens connections."));
}

/* Something has to say where pods come from. */
static struct error *check_cluster(struct call *c, const struct cluster_config *cluster)
{
    struct error *e;

    if (!TF_IS_NULL(cluster->manifests) || !TF_IS_NULL(cluster->name) ||
        !TF_IS_NULL(cluster->kubeconfig) || !TF_IS_NULL(cluster->context) ||
        !TF_IS_NULL(cluster->endpoint))
        return NULL;
    e = error_new(c->arena, ERROR_INVALID, "cluster names no cluster");
    e->detail =
        STR("Its API server is that of a kubeconfig or context, or of an endpoint, or by its "
            "name EKS's; or manifests list the files that pods are read from.");
    return error_at(e, STR("cluster"));
}

static struct error *refused_engine(struct call *c, const struct provider_config *p)
{
    const struct cluster_config *cluster =
        p->cluster.count ? TF_BLOCK(p->cluster, struct cluster_config, 0) : NULL;

    return cluster ? check_cluster(c, cluster) : NULL;
}

static bool store_is_cluster(const struct provider_config *p)
{
    const struct engine_config *engine =
        p->engine.count ? TF_BLOCK(p->engine, struct engine_config, 0) : NULL;

    return engine && str_eq(engine->store.v, STR("kubernetes"));
}

static void warn_ignored(struct call *c, const struct provider_config *p)
{
    static const struct cluster_config no_cluster;
    const struct cluster_config *cluster =
        p->cluster.count ? TF_BLOCK(p->cluster, struct cluster_config, 0) : &no_cluster;
    const struct {
        const char *attribute;
        enum tf_state state;
    } rows[] = {
        {"cluster.kubeconfig", cluster->kubeconfig.state},
        {"cluster.context", cluster->context.state},
        {"cluster.token", cluster->token.state},
    };
    if (store_is_cluster(p)) /* then it is asked for that */
        return;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].state == TF_KNOWN && !TF_IS_NULL(cluster->manifests))
            call_warn(c, str_of(rows[i].attribute),
                      arena_printf(c->arena, "%s has no effect", rows[i].attribute),
                      STR("Pods come from cluster.manifests, so no API server is asked."));
}

static void warn_unchecked_tags(struct call *c, const struct provider_config *p)
{
    const struct tf_string *wanted = &p->tag_policy_compliance;

    if (TF_IS_KNOWN(*wanted) && !str_eq(wanted->v, STR("disabled")))
        call_warn(c, STR("tag_policy_compliance"), STR("tag_policy_compliance has no effect"),
                  STR("Tags are not held against the tag policies of your organization: neither a "
                      "plan nor an apply fails for a tag that they require."));
}

/* As hashicorp/aws 5.x has it: a warning, and nobody else is acted as. */
static void warn_no_role(struct call *c, const struct provider_config *p)
{
    for (size_t i = 0; i < p->assume_role.count; i++) {
        const struct assume_role_config *r = TF_BLOCK(p->assume_role, struct assume_role_config, i);
        if (TF_IS_UNKNOWN(r->role_arn) || r->role_arn.v.len)
            continue;
        call_warn(
            c, arena_printf(c->arena, "assume_role[%zu].role_arn", i), STR("role_arn is not set"),
            STR("This assume_role block has no effect. Set role_arn, or leave the block out."));
    }
}

static struct error *check_region(struct call *c, const struct provider_config *p,
                                  const char *attribute, const struct tf_string *region)
{
    if (!TF_IS_KNOWN(*region) || !region->v.len || p->skip_region_validation.v ||
        is_known_shape(region->v))
        return NULL;
    return error_at(not_a_region(c->arena, attribute, region->v), str_of(attribute));
}

struct error *provider_validate(struct call *c, const struct cty_value *config)
{
    struct provider_config *p = bind_new(c->arena, &provider_model);
    struct error *errors = model_validate(c, &provider_model, config);
    if (bind_decode(c->arena, &provider_model, config, p))
        return errors;
    warn_ignored(c, p);
    warn_no_role(c, p);
    warn_unchecked_tags(c, p);
    errors = error_join(errors, refused_settings(c, p));
    errors = error_join(errors, refused_engine(c, p));
    errors = error_join(errors, check_region(c, p, "region", &p->region));
    return error_join(errors, check_region(c, p, "sts_region", &p->sts_region));
}
