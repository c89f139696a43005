#include "provider/resource/provider_aws.h"

#include "engine/base/time.h"
#include "provider/resource/agent.h"

/* Variables that hashicorp/aws still takes for two services, where nothing newer is set. */
static void add_old_endpoints(struct call *c, struct aws_endpoint_override *list, size_t *count)
{
    static const struct {
        const char *service, *current, *older[2];
    } rows[] = {
        {"iam", "AWS_ENDPOINT_URL_IAM", {"TF_AWS_IAM_ENDPOINT", "AWS_IAM_ENDPOINT"}},
        {"sts", "AWS_ENDPOINT_URL_STS", {"TF_AWS_STS_ENDPOINT", "AWS_STS_ENDPOINT"}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool set = str_of(getenv(rows[i].current)).len > 0;
        for (size_t k = 0; k < *count; k++)
            set |= str_eq(list[k].service, str_of(rows[i].service));
        for (size_t k = 0; k < 2 && !set; k++) {
            struct str url = str_of(getenv(rows[i].older[k]));
            set = url.len > 0;
            if (!set)
                continue;
            list[(*count)++] = (struct aws_endpoint_override){str_of(rows[i].service), url};
            call_warn(c, STR(""), arena_printf(c->arena, "%s is deprecated", rows[i].older[k]),
                      arena_printf(c->arena, "Use %s instead.", rows[i].current));
        }
    }
}

static void collect_endpoints(struct call *c, const struct provider_config *p,
                              struct aws_config *out)
{
    const struct model *m = model_row(&provider_model, STR("endpoints"))->nested;
    struct aws_endpoint_override *list =
        ARENA_ARRAY(c->arena, struct aws_endpoint_override, p->endpoints.count * m->count + 2);

    out->endpoints = list;
    for (size_t i = 0; i < p->endpoints.count; i++)
        for (size_t j = 0; j < m->count; j++) {
            struct str url;
            const void *block = TF_BLOCK(p->endpoints, struct endpoints_config, i);
            if (m->attrs[j].api && attr_text(c->arena, &m->attrs[j], block, &url) && url.len)
                list[out->endpoint_count++] =
                    (struct aws_endpoint_override){str_of(m->attrs[j].api), url};
        }
    add_old_endpoints(c, list, &out->endpoint_count);
}

static int64_t session_seconds(const struct tf_string *duration)
{
    int64_t ms = 0;
    return TF_IS_KNOWN(*duration) && duration_parse(duration->v, &ms) ? ms / 1000 : 0;
}

static struct aws_tags session_tags(struct arena *a, const struct tf_map *map)
{
    struct aws_tags tags = {ARENA_ARRAY(a, struct aws_tag, map->count), map->count, map->count};

    for (size_t i = 0; i < map->count; i++)
        tags.items[i] = (struct aws_tag){map->keys[i], map->v[i]};
    return tags;
}

/* A block without a role, as a module with an unset variable leaves it, assumes none; the user was
 * warned. */
static void collect_roles(struct arena *a, const struct provider_config *p, struct aws_config *out)
{
    struct aws_role *roles = ARENA_ARRAY(a, struct aws_role, p->assume_role.count);

    out->roles = roles;
    for (size_t i = 0; i < p->assume_role.count; i++) {
        const struct assume_role_config *r = TF_BLOCK(p->assume_role, struct assume_role_config, i);
        if (!r->role_arn.v.len)
            continue;
        roles[out->role_count++] = (struct aws_role){
            .path = arena_printf(a, "assume_role[%zu]", i),
            .arn = r->role_arn.v,
            .session_name = r->session_name.v,
            .external_id = r->external_id.v,
            .policy = r->policy.v,
            .source_identity = r->source_identity.v,
            .duration_seconds = session_seconds(&r->duration),
            .policy_arns = r->policy_arns.v,
            .policy_arn_count = r->policy_arns.count,
            .transitive_tag_keys = r->transitive_tag_keys.v,
            .transitive_tag_key_count = r->transitive_tag_keys.count,
            .tags = session_tags(a, &r->tags),
        };
    }
}

static struct str else_variable(struct str own, const char *variable)
{
    return own.len ? own : str_of(getenv(variable));
}

static struct error *incomplete(struct call *c, const char *path, const char *what,
                                const char *way_out)
{
    struct error *e = error_new(c->arena, ERROR_INVALID, "%s is not set", what);
    e->detail = str_of(way_out);
    return error_at(e, str_of(path));
}

static struct error *collect_web_identity(struct call *c, const struct provider_config *p,
                                          struct aws_config *out)
{
    if (!p->assume_role_with_web_identity.count)
        return NULL;
    const struct assume_role_with_web_identity_config *w =
        TF_BLOCK(p->assume_role_with_web_identity, struct assume_role_with_web_identity_config, 0);
    struct aws_role *role = ARENA_NEW(c->arena, struct aws_role);
    *role = (struct aws_role){
        .arn = else_variable(w->role_arn.v, "AWS_ROLE_ARN"),
        .session_name = else_variable(w->session_name.v, "AWS_ROLE_SESSION_NAME"),
        .policy = w->policy.v,
        .duration_seconds = session_seconds(&w->duration),
        .policy_arns = w->policy_arns.v,
        .policy_arn_count = w->policy_arns.count,
        .token = w->web_identity_token.v,
        .token_file = w->web_identity_token_file.v,
    };
    if (!role->token.len)
        role->token_file = else_variable(role->token_file, "AWS_WEB_IDENTITY_TOKEN_FILE");
    out->web_identity = role;
    if (!role->arn.len)
        return incomplete(c, "assume_role_with_web_identity[0].role_arn", "role_arn",
                          "Set it, or AWS_ROLE_ARN.");
    if (!role->token.len && !role->token_file.len)
        return incomplete(c, "assume_role_with_web_identity[0].web_identity_token_file",
                          "the web identity token",
                          "Set web_identity_token_file, web_identity_token or "
                          "AWS_WEB_IDENTITY_TOKEN_FILE.");
    return NULL;
}

static enum aws_switch switch_of_bool(const struct tf_bool *b)
{
    return !TF_IS_KNOWN(*b) ? AWS_UNSET : b->v ? AWS_ON : AWS_OFF;
}

static enum aws_switch metadata_switch(const struct tf_string *skip)
{
    return str_eq(skip->v, STR("true"))    ? AWS_OFF
           : str_eq(skip->v, STR("false")) ? AWS_ON
                                           : AWS_UNSET;
}

struct error *provider_aws_config(struct call *c, const struct provider_config *p,
                                  struct aws_config *out)
{
    *out = (struct aws_config){
        .region = p->region.v,
        .profile = p->profile.v,
        .access_key = p->access_key.v,
        .secret_key = p->secret_key.v,
        .token = p->token.v,
        .config_files = p->shared_config_files.v,
        .config_file_count = p->shared_config_files.count,
        .credentials_files = p->shared_credentials_files.v,
        .credentials_file_count = p->shared_credentials_files.count,
        .sts_region = p->sts_region.v,
        .fips = switch_of_bool(&p->use_fips_endpoint),
        .dualstack = switch_of_bool(&p->use_dualstack_endpoint),
        .metadata = metadata_switch(&p->skip_metadata_api_check),
        .metadata_endpoint = p->ec2_metadata_service_endpoint.v,
        .metadata_mode = p->ec2_metadata_service_endpoint_mode.v,
        .max_attempts = TF_IS_KNOWN(p->max_retries) ? (int)p->max_retries.v + 1 : 0,
        .retry_mode = p->retry_mode.v,
        .retry_capacity = p->token_bucket_rate_limiter_capacity.v,
        .http_proxy = p->http_proxy.v,
        .https_proxy = p->https_proxy.v,
        .no_proxy = p->no_proxy.v,
        .http_direct = TF_IS_KNOWN(p->http_proxy) && !p->http_proxy.v.len,
        .https_direct = TF_IS_KNOWN(p->https_proxy) && !p->https_proxy.v.len,
        .ca_bundle = p->custom_ca_bundle.v,
        .user_agent = agent_of_provider(c->arena, p),
    };
    collect_endpoints(c, p, out);
    collect_roles(c->arena, p, out);
    return collect_web_identity(c, p, out);
}
