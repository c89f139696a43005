#include <regex.h>

#include "provider/resource/bind.h"
#include "provider/resource/provider.h"
#include "provider/resource/resource.h"

static struct error *refuse(struct call *c, const char *attribute, struct str detail)
{
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "%s is not supported by this version", attribute);
    e->detail = detail;
    return error_at(e, str_of(attribute));
}

/* To pass over these would be to act as somebody else, or less safely, than the user said. */
static struct error *refused_settings(struct call *c, const struct provider_config *p)
{
    const struct {
        const char *attribute;
        bool set;
        struct str detail;
    } rows[] = {
        {"assume_role", p->assume_role.count > 0,
         STR("Calls would be made with the wrong identity, so it is not passed over. Give the "
             "role's own credentials instead: a profile, or AWS_ACCESS_KEY_ID, "
             "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of an assumed role.")},
        {"assume_role_with_web_identity", p->assume_role_with_web_identity.count > 0,
         STR("Calls would be made with the wrong identity, so it is not passed over. Give the "
             "role's own credentials instead.")},
        {"use_fips_endpoint", p->use_fips_endpoint.v,
         STR("Name the FIPS endpoints in the endpoints block instead.")},
        {"use_dualstack_endpoint", p->use_dualstack_endpoint.v,
         STR("Name the dual-stack endpoints in the endpoints block instead.")},
        {"insecure", p->insecure.v,
         STR("Certificates are always verified; custom_ca_bundle names further trusted ones.")},
    };
    struct error *errors = NULL;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].set)
            errors = error_join(errors, refuse(c, rows[i].attribute, rows[i].detail));
    return errors;
}

static struct error *refused_engine(struct call *c, const struct provider_config *p)
{
    const struct cluster_config *cluster =
        p->cluster.count ? TF_BLOCK(p->cluster, struct cluster_config, 0) : NULL;
    const struct engine_config *engine =
        p->engine.count ? TF_BLOCK(p->engine, struct engine_config, 0) : NULL;
    struct error *errors = NULL;

    if (cluster && TF_IS_NULL(cluster->manifests))
        errors = refuse(c, "cluster without manifests",
                        STR("Pods are read from Kubernetes manifests: name files or folders in "
                            "cluster.manifests. An API server is not asked yet."));
    if (errors)
        errors->path = STR("cluster.manifests");
    if (engine && TF_IS_KNOWN(engine->store) && !str_starts_with(engine->store.v, STR("sqlite:"))) {
        struct error *e = error_new(c->arena, ERROR_INVALID, "engine.store is \"" STR_FMT "\"",
                                    STR_ARG(engine->store.v));
        e->detail = STR("Allowed is sqlite:PATH; unset, the store is a file under the user's state "
                        "folder. Kubernetes as a store is not supported by this version.");
        errors = error_join(errors, error_at(e, STR("engine.store")));
    }
    return errors;
}

static void warn_ignored(struct call *c, const struct provider_config *p)
{
    static const struct cluster_config no_cluster;
    static const struct engine_config no_engine;
    const struct cluster_config *cluster =
        p->cluster.count ? TF_BLOCK(p->cluster, struct cluster_config, 0) : &no_cluster;
    const struct engine_config *engine =
        p->engine.count ? TF_BLOCK(p->engine, struct engine_config, 0) : &no_engine;
    const struct {
        const char *attribute;
        enum tf_state state;
    } rows[] = {
        {"token_bucket_rate_limiter_capacity", p->token_bucket_rate_limiter_capacity.state},
        {"no_proxy", p->no_proxy.state},
        {"sts_region", p->sts_region.state},
        {"ec2_metadata_service_endpoint", p->ec2_metadata_service_endpoint.state},
        {"ec2_metadata_service_endpoint_mode", p->ec2_metadata_service_endpoint_mode.state},
        {"cluster.kubeconfig", cluster->kubeconfig.state},
        {"cluster.context", cluster->context.state},
        {"cluster.token", cluster->token.state},
        {"engine.preferences", engine->preferences.state},
        {"engine.interruption_queue", engine->interruption_queue.state},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].state == TF_KNOWN)
            call_warn(c, str_of(rows[i].attribute),
                      arena_printf(c->arena, "%s has no effect", rows[i].attribute),
                      STR("This version takes the attribute and does not act on it."));
}

/* The shape of every partition's region names, as AWS's own endpoint tables state it. */
static const char region_shape[] =
    "^((us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso|us-isob|us-isof|eu-isoe|eusc-de)-"
    "(north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9]+)$";

static struct error *check_region(struct call *c, const struct provider_config *p)
{
    regex_t shape;
    if (!TF_IS_KNOWN(p->region) || p->region.v.len == 0 || p->skip_region_validation.v)
        return NULL;
    if (regcomp(&shape, region_shape, REG_EXTENDED | REG_NOSUB) != 0)
        return NULL;
    bool good = regexec(&shape, arena_str(c->arena, p->region.v).ptr, 0, NULL, 0) == 0;
    regfree(&shape);
    if (good)
        return NULL;
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "region is \"" STR_FMT "\"", STR_ARG(p->region.v));
    e->detail = STR("That is no name of an AWS region; they read like \"eu-central-1\". Set "
                    "skip_region_validation = true for a stand-in of AWS with names of its own.");
    return error_at(e, STR("region"));
}

struct error *provider_validate(struct call *c, const struct cty_value *config)
{
    struct provider_config *p = bind_new(c->arena, &provider_model);
    struct error *errors = model_validate(c, &provider_model, config);
    if (bind_decode(c->arena, &provider_model, config, p))
        return errors;
    warn_ignored(c, p);
    errors = error_join(errors, refused_settings(c, p));
    errors = error_join(errors, refused_engine(c, p));
    return error_join(errors, check_region(c, p));
}
