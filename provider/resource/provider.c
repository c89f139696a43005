#include "provider/resource/provider.h"

#include <pthread.h>
#include <stdatomic.h>

#include "engine/aws/sts.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "provider/cty/msgpack.h"
#include "provider/cty/path.h"
#include "provider/resource/bind.h"
#include "provider/resource/clients.h"
#include "provider/resource/links.h"
#include "provider/resource/provider_aws.h"
#include "provider/resource/provider_check.h"
#include "provider/resource/provider_environment.h"
#include "provider/resource/recall.h"

struct provider {
    struct arena arena; /* lives as long as the provider */
    atomic_int holders;
    atomic_bool reviews_ended;
    atomic_llong made_ms; /* time_monotonic_ms at which the last object was made; 0: none yet */
    struct provider_config config;
    struct str unknown, unknown_engine;
    struct aws_client *aws; /* NULL while something it needs is unknown */
    struct clients *elsewhere;
    struct provider_host host;
    struct recall *recall;
    struct links *links;

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
    clients_free(p->elsewhere);
    aws_client_free(p->aws);
    recall_free(p->recall);
    links_free(p->links);
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

struct error *provider_aws_in(struct provider *p, struct arena *a, struct str region,
                              struct aws_client **out)
{
    return clients_in(p->elsewhere, a, p->aws, region, out);
}

bool provider_takes_region(const struct provider *p, struct str region)
{
    return p->config.skip_region_validation.v || is_known_shape(region);
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
                                       "s3_us_east_1_regional_endpoint", "user_agent",
                                       "tag_policy_compliance"};

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
    struct aws_call aws = {.client = p->aws, .arena = c->arena, .cancel = c->cancel};
    struct sts_identity who;

    if (config->skip_credentials_validation.v && config->skip_requesting_account_id.v && !listed)
        return NULL;
    TRY(sts_identify(&aws, &who));
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

    TRY(provider_aws_config(c, &p->config, &aws));
    TRY(aws_client_new(c->arena, &aws, &p->aws));
    call.client = p->aws;
    TRY(aws_sign_in(&call));
    return check_account(c, p);
}

static struct provider *provider_new(const struct provider_host *host)
{
    struct provider *p = must_have(calloc(1, sizeof(*p)));
    p->host = host ? *host : (struct provider_host){0};
    atomic_init(&p->holders, 1);
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->opening, NULL);
    p->elsewhere = clients_new();
    p->recall = recall_new();
    p->links = links_new();
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
    struct aws_call aws = {.client = p->aws, .arena = a, .cancel = cancel};
    struct sts_identity who = {0};
    struct error *e = NULL;

    if (p->unknown.len)
        return not_yet(a, p->unknown);
    pthread_mutex_lock(&p->lock);
    if (!p->account_id.len && !p->config.skip_requesting_account_id.v)
        e = sts_identify(&aws, &who);
    if (who.account.len)
        p->account_id = arena_str(&p->arena, who.account);
    *out = p->account_id;
    pthread_mutex_unlock(&p->lock);
    return e;
}

bool provider_told_account(struct provider *p, struct str *out)
{
    pthread_mutex_lock(&p->lock);
    *out = p->config.skip_requesting_account_id.v ? STR("") : p->account_id;
    pthread_mutex_unlock(&p->lock);
    return out->len > 0;
}

struct recall *provider_recall(struct provider *p)
{
    return p->recall;
}

struct links *provider_links(struct provider *p)
{
    return p->links;
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

bool provider_reviews(struct provider *p)
{
    return p->config.validate_policies.v && !atomic_load(&p->reviews_ended);
}

bool provider_end_reviews(struct provider *p)
{
    return !atomic_exchange(&p->reviews_ended, true);
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
