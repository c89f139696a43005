#include "provider/resource/provider.h"

#include <pthread.h>
#include <stdatomic.h>

#include "engine/aws/sts.h"
#include "provider/cty/msgpack.h"
#include "provider/cty/path.h"
#include "provider/resource/bind.h"

struct provider {
    struct arena arena; /* lives as long as the provider */
    atomic_int holders;
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
    arena_free(&p->arena);
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

static void note_unknown(struct provider *p, const struct cty_value *config)
{
    for (size_t i = 0; i < config->count; i++) {
        struct cty_path at = cty_path_attribute(NULL, config->keys[i]);
        bool engine = str_eq(at.name, STR("cluster")) || str_eq(at.name, STR("engine"));
        struct str *where = engine ? &p->unknown_engine : &p->unknown;
        if (!where->len && !str_eq(at.name, STR("default_tags")))
            *where = arena_str(&p->arena, first_unknown(&p->arena, &config->items[i], &at));
    }
}

static void collect_endpoints(struct arena *a, const struct provider_config *p,
                              struct aws_config *out)
{
    const struct attr *row = model_row(&provider_model, STR("endpoints"));
    const struct model *m = row->nested;
    struct aws_endpoint_override *list =
        ARENA_ARRAY(a, struct aws_endpoint_override, p->endpoints.count * m->count);

    out->endpoints = list;
    for (size_t i = 0; i < p->endpoints.count; i++)
        for (size_t j = 0; j < m->count; j++) {
            struct str url;
            const void *block = TF_BLOCK(p->endpoints, struct endpoints_config, i);
            if (attr_text(a, &m->attrs[j], block, &url) && url.len)
                list[out->endpoint_count++] =
                    (struct aws_endpoint_override){str_of(m->attrs[j].api), url};
        }
}

static struct aws_config aws_config_of(struct arena *a, const struct provider_config *p)
{
    struct aws_config aws = {
        .region = p->region.v,
        .profile = p->profile.v,
        .access_key = p->access_key.v,
        .secret_key = p->secret_key.v,
        .token = p->token.v,
        .config_files = p->shared_config_files.v,
        .config_file_count = p->shared_config_files.count,
        .credentials_files = p->shared_credentials_files.v,
        .credentials_file_count = p->shared_credentials_files.count,
        .max_attempts = TF_IS_KNOWN(p->max_retries) ? (int)p->max_retries.v + 1 : 0,
        .http_proxy = p->http_proxy.v,
        .https_proxy = p->https_proxy.v,
        .ca_bundle = p->custom_ca_bundle.v,
        .user_agent = STR("Tenon/" TENON_VERSION " (terraform-provider-tenon)"),
    };
    collect_endpoints(a, p, &aws);
    return aws;
}

static bool contains(const struct tf_strings *list, struct str s)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->v[i], s))
            return true;
    return false;
}

static struct error *wrong_account(struct call *c, struct str account, const char *attribute,
                                   const char *why)
{
    struct error *e =
        error_new(c->arena, ERROR_DENIED, "account " STR_FMT " %s", STR_ARG(account), why);
    e->detail = arena_printf(c->arena,
                             "The credentials in use belong to account " STR_FMT
                             ", and the provider's %s excludes it. Use other credentials, or "
                             "change that list.",
                             STR_ARG(account), attribute);
    return e;
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
        return wrong_account(c, who.account, "allowed_account_ids", "is not allowed");
    if (contains(&config->forbidden_account_ids, who.account))
        return wrong_account(c, who.account, "forbidden_account_ids", "is forbidden");
    return NULL;
}

static struct error *connect(struct call *c, struct provider *p)
{
    struct aws_config aws = aws_config_of(c->arena, &p->config);
    TRY(aws_client_new(c->arena, &aws, &p->aws));
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
    note_unknown(p, config);
    if (!e && !p->unknown.len)
        e = connect(c, p);
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
