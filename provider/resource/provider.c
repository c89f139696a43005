#include "provider/resource/provider.h"

#include <pthread.h>
#include <stdatomic.h>

#include "engine/aws/sts.h"
#include "engine/base/time.h"
#include "provider/cty/msgpack.h"
#include "provider/cty/path.h"
#include "provider/resource/bind.h"
#include "provider/resource/provider_environment.h"

struct provider {
    struct arena arena; /* lives as long as the provider */
    atomic_int holders;
    atomic_llong made_ms; /* time_monotonic_ms at which the last object was made; 0: none yet */
    struct provider_config config;
    struct str unknown, unknown_engine;
    struct aws_client *aws; /* NULL while something it needs is unknown */
    struct provider_host host;

    pthread_mutex_t lock;    /* guards the account id, found at first use */
    pthread_mutex_t opening; /* guards the engine's door; who opens it asks for the account */
    struct str account_id;
    const struct pools *pools;
};

struct provider *provider_hold(struct provider *p)
{
    if (p)
        atomic_fetch_add(&p->holders, 1);
    return p;
}

void provider_release(struct provider *p)
{
    if (!p || atomic_fetch_sub(&p->holders, 1) > 1)
        return;
    if (p->pools && p->host.pools_close)
        p->host.pools_close(p->host.self, p->pools);
    aws_client_free(p->aws);
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->opening);
    arena_wipe(&p->arena); /* keys are among the configuration */
    free(p);
}

const struct provider_config *provider_config_of(const struct provider *p)
{
    return &p->config;
}

struct str provider_unknown(const struct provider *p, bool with_engine)
{
    return p->unknown.len || !with_engine ? p->unknown : p->unknown_engine;
}

struct aws_client *provider_aws(const struct provider *p)
{
    return p->aws;
}

struct str provider_region(const struct provider *p)
{
    return p->aws ? aws_client_region(p->aws) : p->config.region.v;
}

/* Configuring. */

/* The configuration outlives the RPC that brought it: written out and read back, every string of it
 * lies in the provider's arena. */
static struct error *copy_config(struct provider *p, const struct cty_value *config)
{
    struct cty_type type = model_type(&p->arena, &provider_model);
    struct str bytes = cty_to_msgpack(&p->arena, config, &type);
    struct cty_value copy;
    TRY(cty_from_msgpack(&p->arena, bytes, &type, &copy));
    return bind_decode(&p->arena, &provider_model, &copy, &p->config);
}

static struct str first_unknown(struct arena *a, const struct cty_value *v,
                                const struct cty_path *path)
{
    if (v->kind == CTY_UNKNOWN)
        return cty_path_text(a, path);
    for (size_t i = 0; i < v->count; i++) {
        struct cty_path at = v->kind == CTY_OBJECT ? cty_path_attribute(path, v->keys[i])
                             : v->kind == CTY_MAP  ? cty_path_key(path, v->keys[i])
                                                   : cty_path_index(path, i);
        at.in_set = v->kind == CTY_SET;
        struct str found = first_unknown(a, &v->items[i], &at);
        if (found.len)
            return found;
    }
    return STR("");
}

/* Needed by no call: such settings may stay unknown. */
static bool matters(struct str name)
{
    static const char *const idle[] = {"default_tags", "s3_use_path_style",
                                       "s3_us_east_1_regional_endpoint"};

    for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
        if (str_eq(name, str_of(idle[i])))
            return false;
    return true;
}

/* Of the endpoints, those of services that are called. */
static struct cty_value called_endpoints(struct arena *a, const struct cty_value *blocks)
{
    const struct model *m = model_row(&provider_model, STR("endpoints"))->nested;
    struct cty_value kept = *blocks;

    if (blocks->kind != CTY_SET)
        return kept;
    kept.items = ARENA_ARRAY(a, struct cty_value, blocks->count);
    for (size_t i = 0; i < blocks->count; i++) {
        kept.items[i] = blocks->items[i];
        for (size_t k = 0; k < m->count; k++)
            if (!m->attrs[k].api && blocks->items[i].kind == CTY_OBJECT)
                kept.items[i] = cty_with(a, &kept.items[i], str_of(m->attrs[k].name), cty_null());
    }
    return kept;
}

static void note_unknown(struct call *c, struct provider *p, const struct cty_value *config)
{
    for (size_t i = 0; i < config->count; i++) {
        struct cty_path at = cty_path_attribute(NULL, config->keys[i]);
        bool engine = str_eq(at.name, STR("cluster")) || str_eq(at.name, STR("engine"));
        struct str *where = engine ? &p->unknown_engine : &p->unknown;
        struct str found = first_unknown(c->arena, &config->items[i], &at);
        if (found.len && str_eq(at.name, STR("endpoints"))) {
            struct cty_value called = called_endpoints(c->arena, &config->items[i]);
            found = first_unknown(c->arena, &called, &at);
        }
        if (found.len && !where->len && matters(at.name))
            *where = arena_str(&p->arena, found);
    }
}

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

static struct error *aws_config_of(struct call *c, const struct provider_config *p,
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
        .user_agent = STR("Tenon/" TENON_VERSION " (terraform-provider-tenon)"),
    };
    collect_endpoints(c, p, out);
    collect_roles(c->arena, p, out);
    return collect_web_identity(c, p, out);
}

static bool contains(const struct tf_strings *list, struct str s)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->v[i], s))
            return true;
    return false;
}

static struct error *wrong_account(struct call *c, struct str account, const char *attribute,
                                   const struct tf_strings *list, const char *why)
{
    struct error *e =
        error_new(c->arena, ERROR_DENIED, "account " STR_FMT " %s", STR_ARG(account), why);
    struct buf listed = buf_in(c->arena);

    for (size_t i = 0; i < list->count; i++)
        buf_printf(&listed, "%s" STR_FMT, i ? ", " : "", STR_ARG(list->v[i]));
    e->detail = arena_printf(c->arena,
                             "The credentials in use belong to account " STR_FMT
                             ", and the provider's %s lists " STR_FMT
                             ". Use other credentials, or change that list.",
                             STR_ARG(account), attribute, STR_ARG(buf_str(&listed)));
    return e; /* of the block as a whole, as with hashicorp/aws */
}

static struct error *check_account(struct call *c, struct provider *p)
{
    const struct provider_config *config = &p->config;
    bool listed = config->allowed_account_ids.count || config->forbidden_account_ids.count;
    struct aws_call aws = {p->aws, c->arena, c->cancel, 0};
    struct sts_identity who;

    if (config->skip_credentials_validation.v && config->skip_requesting_account_id.v && !listed)
        return NULL;
    TRY(sts_get_caller_identity(&aws, &who));
    p->account_id = arena_str(&p->arena, who.account);
    if (config->allowed_account_ids.count && !contains(&config->allowed_account_ids, who.account))
        return wrong_account(c, who.account, "allowed_account_ids", &config->allowed_account_ids,
                             "is not allowed");
    if (contains(&config->forbidden_account_ids, who.account))
        return wrong_account(c, who.account, "forbidden_account_ids",
                             &config->forbidden_account_ids, "is forbidden");
    return NULL;
}

/* hashicorp/aws points at the whole block when what the block says does not come about (as against
 * what is wrong in itself, which validation has seen): so do we, and name the attribute in words.
 */
static struct error *of_the_block(struct call *c, struct error *e)
{
    for (struct error *each = e; each; each = each->next) {
        if (each->path.len && str_find_str(each->summary, each->path) == each->summary.len)
            each->detail = arena_printf(c->arena, STR_FMT "%sThe attribute is " STR_FMT ".",
                                        STR_ARG(each->detail), each->detail.len ? " " : "",
                                        STR_ARG(each->path));
        each->path = STR("");
    }
    return e;
}

static struct error *connect(struct call *c, struct provider *p)
{
    struct aws_config aws;
    struct aws_call call = {.arena = c->arena, .cancel = c->cancel};

    TRY(aws_config_of(c, &p->config, &aws));
    TRY(aws_client_new(c->arena, &aws, &p->aws));
    call.client = p->aws;
    TRY(aws_sign_in(&call));
    return check_account(c, p);
}

static struct provider *provider_new(const struct provider_host *host)
{
    struct provider *p = calloc(1, sizeof(*p));
    if (!p)
        abort();
    p->host = host ? *host : (struct provider_host){0};
    atomic_init(&p->holders, 1);
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->opening, NULL);
    return p;
}

struct error *provider_configure(struct call *c, const struct provider_host *host,
                                 const struct cty_value *config, struct provider **out)
{
    *out = NULL;
    TRY(provider_validate(c, config));
    struct provider *p = provider_new(host);
    struct error *e = copy_config(p, config);
    if (!e)
        provider_add_environment(&p->arena, &p->config);
    note_unknown(c, p, config);
    if (!e && !p->unknown.len)
        e = of_the_block(c, connect(c, p));
    if (e) {
        provider_release(p);
        return e;
    }
    *out = p;
    return NULL;
}

/* Found at first use. */

static struct error *not_yet(struct arena *a, struct str attribute)
{
    struct error *e = error_new(a, ERROR_INVALID, "the provider's \"" STR_FMT "\" is not known yet",
                                STR_ARG(attribute));
    e->detail = STR("It comes from a resource that this plan creates. Apply that resource first "
                    "(terraform apply -target), or give the value directly.");
    return e;
}

struct error *provider_account_id(struct provider *p, struct arena *a, struct cancel *cancel,
                                  struct str *out)
{
    struct aws_call aws = {p->aws, a, cancel, 0};
    struct sts_identity who = {0};
    struct error *e = NULL;

    if (p->unknown.len)
        return not_yet(a, p->unknown);
    pthread_mutex_lock(&p->lock);
    if (!p->account_id.len && !p->config.skip_requesting_account_id.v)
        e = sts_get_caller_identity(&aws, &who);
    if (who.account.len)
        p->account_id = arena_str(&p->arena, who.account);
    *out = p->account_id;
    pthread_mutex_unlock(&p->lock);
    return e;
}

enum { LATELY_MS = 2 * 60 * 1000 };

void provider_note_made(struct provider *p)
{
    atomic_store(&p->made_ms, (long long)time_monotonic_ms());
}

bool provider_made_lately(struct provider *p)
{
    int64_t made_ms = (int64_t)atomic_load(&p->made_ms);
    return made_ms && time_monotonic_ms() - made_ms < LATELY_MS;
}

struct error *provider_pools(struct provider *p, struct arena *a, const struct pools **out)
{
    struct error *e = NULL;

    *out = NULL;
    if (provider_unknown(p, true).len)
        return not_yet(a, provider_unknown(p, true));
    if (!p->host.pools_open)
        return error_new(a, ERROR_BUG, "this program was built without an engine");
    pthread_mutex_lock(&p->opening);
    if (!p->pools)
        e = p->host.pools_open(p->host.self, a, p, &p->pools);
    *out = p->pools;
    pthread_mutex_unlock(&p->opening);
    return e;
}
