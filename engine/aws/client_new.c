#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/aws/client_private.h"
#include "engine/aws/sigv4.h"
#include "engine/base/http.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/base/version.h"

/* A client is made of the configuration, the environment and the shared files, in this order. */

static const struct aws_service *const services[] = {
    &service_access_analyzer, &service_ec2, &service_eks, &service_events, &service_iam,
    &service_pricing,         &service_sqs, &service_ssm, &service_sts,
};
enum { SERVICES = sizeof(services) / sizeof(*services) };

static struct str first_of(struct str a, struct str b, struct str c, struct str d)
{
    return a.len ? a : b.len ? b : c.len ? c : d;
}

/* It becomes part of host names. */
static struct error *check_region(struct arena *a, struct str region, const char *attribute)
{
    for (size_t i = 0; i < region.len; i++) {
        char ch = region.ptr[i];
        if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-')
            continue;
        struct error *e =
            error_new(a, ERROR_INVALID, "`" STR_FMT "` is not a region", STR_ARG(region));
        e->detail = STR("A region is written like eu-west-1.");
        return error_at(e, str_of(attribute));
    }
    return NULL;
}

/* `metadata` says why the instance that gives the credentials gave no region; NULL: none does. */
static struct error *no_region(struct arena *a, const struct profile *profile,
                               const struct error *metadata)
{
    struct error *e = error_new(a, ERROR_INVALID, "no region is set");
    e->detail = arena_printf(
        a,
        "Tried: the configuration, AWS_REGION, AWS_DEFAULT_REGION, the profile " STR_FMT
        "%s" STR_FMT "%s.",
        STR_ARG(profile->name), metadata ? ", the instance's metadata (" : "",
        STR_ARG(metadata ? metadata->summary : STR("")), metadata ? ")" : "");
    return error_at(e, STR("region"));
}

static struct error *find_region(struct arena *a, const struct aws_config *config,
                                 const struct profile *profile, struct aws_client *c,
                                 struct str *out)
{
    struct aws_call call = {.client = c, .arena = a};

    *out = first_of(config->region, str_of(getenv("AWS_REGION")),
                    str_of(getenv("AWS_DEFAULT_REGION")), profile_setting(profile, "region"));
    if (!out->len) {
        struct error *e = credentials_region(c->credentials, &call, out);
        if (e || !out->len)
            return no_region(a, profile, e);
    }
    return check_region(a, *out, "region");
}

static int find_max_attempts(const struct aws_config *config, const struct profile *profile)
{
    int64_t n = 0;

    if (config->max_attempts > 0)
        return config->max_attempts;
    if (!str_to_int64(str_of(getenv("AWS_MAX_ATTEMPTS")), &n) &&
        !str_to_int64(profile_setting(profile, "max_attempts"), &n))
        n = 0;
    return n > 0 && n <= 1000 ? (int)n : 0;
}

static struct error *find_retry_mode(struct arena *a, const struct aws_config *config,
                                     const struct profile *profile, bool *adaptive)
{
    struct str mode = first_of(config->retry_mode, str_of(getenv("AWS_RETRY_MODE")),
                               profile_setting(profile, "retry_mode"), STR("standard"));

    *adaptive = str_eq(mode, STR("adaptive"));
    if (*adaptive || str_eq(mode, STR("standard")) || str_eq(mode, STR("legacy")))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "retry_mode is `" STR_FMT "`", STR_ARG(mode));
    e->detail = STR("Allowed are standard and adaptive (from the configuration, AWS_RETRY_MODE or "
                    "the profile).");
    return error_at(e, STR("retry_mode"));
}

/* Prices are told in few regions only. */
static struct str service_region(const struct aws_service *service, struct str region)
{
    static const struct {
        struct str prefix, region;
    } rows[] = {
        {STR_INIT("ap-"), STR_INIT("ap-south-1")},
        {STR_INIT("eu-"), STR_INIT("eu-central-1")},
        {STR_INIT("cn-"), STR_INIT("cn-northwest-1")},
        {STR_INIT(""), STR_INIT("us-east-1")},
    };
    size_t i = 0;

    if (service != &service_pricing)
        return region;
    while (!str_starts_with(region, rows[i].prefix))
        i++;
    return rows[i].region;
}

static struct error *resolve_endpoints(struct arena *a, const struct endpoint_rules *rules,
                                       struct str sts_region, struct aws_client *c)
{
    TRY(check_region(a, sts_region, "sts_region"));
    c->fips = rules->fips;
    c->dualstack = rules->dualstack;
    for (size_t i = 0; i < SERVICES; i++) {
        bool elsewhere = services[i] == &service_sts && sts_region.len;
        struct str region = elsewhere ? sts_region : service_region(services[i], c->region);
        struct endpoint found;
        TRY(endpoint_resolve(a, services[i], region, rules, &found));
        c->endpoints[services[i]->slot] = (struct endpoint){
            .url = arena_str(&c->own, found.url),
            .host = arena_str(&c->own, found.host),
            .path = arena_str(&c->own, found.path),
            .signing_region = arena_str(&c->own, found.signing_region),
            .custom = found.custom,
        };
    }
    return NULL;
}

static struct str variable(const char *name, const char *in_small_letters)
{
    struct str value = str_of(getenv(name));
    return value.len ? value : str_of(getenv(in_small_letters));
}

/* As hashicorp/aws has it: its http_proxy also serves https where no proxy is named for that. */
static struct str find_https_proxy(const struct aws_config *config)
{
    if (config->https_direct || config->https_proxy.len)
        return config->https_proxy;
    struct str named = variable("HTTPS_PROXY", "https_proxy");
    return named.len ? named : config->http_proxy;
}

static struct error *check_bundle(struct arena *a, struct str path)
{
    if (!path.len || access(arena_str(a, path).ptr, R_OK) == 0)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "the CA bundle " STR_FMT " cannot be read: %s",
                                STR_ARG(path), strerror(errno));
    e->detail = STR("It is named by custom_ca_bundle, AWS_CA_BUNDLE or the profile's ca_bundle.");
    return error_at(e, STR("custom_ca_bundle"));
}

static struct error *set_up_http(struct arena *a, const struct aws_config *config,
                                 const struct profile *profile, struct aws_client *c)
{
    struct str bundle =
        path_expanded(a, first_of(config->ca_bundle, str_of(getenv("AWS_CA_BUNDLE")),
                                  profile_setting(profile, "ca_bundle"), STR("")));
    struct http_options options = {
        .http_proxy = config->http_direct || config->http_proxy.len
                          ? config->http_proxy
                          : variable("HTTP_PROXY", "http_proxy"),
        .https_proxy = find_https_proxy(config),
        .no_proxy = config->no_proxy.len ? config->no_proxy : variable("NO_PROXY", "no_proxy"),
        .ca_bundle = bundle,
    };

    TRY(check_bundle(a, bundle));
    TRY(http_is_possible(a));
    c->http = http_client_new(&options);
    return NULL;
}

static struct aws_client *client_alloc(void)
{
    struct aws_client *c = must_have(calloc(1, sizeof(*c)));

    pthread_mutex_init(&c->lock, NULL);
    c->keys = sigv4_keys_new();
    return c;
}

static struct identity *identity_new(void)
{
    struct identity *i = must_have(calloc(1, sizeof(*i)));

    pthread_mutex_init(&i->lock, NULL);
    return i;
}

static void identity_free(struct identity *i)
{
    if (!i)
        return;
    pthread_mutex_destroy(&i->lock);
    free(i);
}

static struct error *set_up(struct arena *a, const struct aws_config *config,
                            const struct shared_config *files, struct aws_client *c)
{
    struct profile profile = profile_in_force(files, config);
    struct endpoint_rules rules;
    struct str region;

    c->user_agent = arena_str(&c->own, config->user_agent.len ? config->user_agent
                                                              : STR("Tenon/" TENON_VERSION));
    c->max_attempts = find_max_attempts(config, &profile);
    c->quota = retry_quota_new(config->retry_capacity);
    TRY(find_retry_mode(a, config, &profile, &c->adaptive));
    TRY(set_up_http(a, config, &profile, c));
    TRY(credentials_find(a, config, files, &c->credentials));
    TRY(find_region(a, config, &profile, c, &region));
    c->region = arena_str(&c->own, region);
    TRY(endpoint_rules_of(a, config, files, &rules));
    return resolve_endpoints(a, &rules, config->sts_region, c);
}

struct error *aws_client_new(struct arena *a, const struct aws_config *config,
                             struct aws_client **out)
{
    ARENA_SECRET scratch = {0}; /* the shared files may hold keys */
    struct shared_config files;
    struct aws_client *c = client_alloc();

    *out = NULL;
    c->identity = identity_new();
    struct error *e = shared_config_load(&scratch, config, &files);
    if (!e)
        e = set_up(&scratch, config, &files, c);
    if (e) {
        aws_client_free(c);
        return error_copy(a, e);
    }
    *out = c;
    return NULL;
}

struct error *aws_sign_in(const struct aws_call *c)
{
    const struct credentials *first;

    TRY(credentials_get(c->client->credentials, c, time_now_ms(), &first));
    credentials_release(first);
    return NULL;
}

struct error *aws_client_elsewhere(struct arena *a, const struct aws_client *base,
                                   struct str region, struct aws_client **out)
{
    struct aws_endpoint_override kept[AWS_SERVICE_COUNT];
    const struct endpoint_rules rules = {
        .overrides = kept,
        .override_count = SERVICES,
        .fips = base->fips,
        .dualstack = base->dualstack,
        .ignore_configured = true, /* what was configured is among the overrides */
    };
    TRY(check_region(a, region, "region"));
    struct aws_client *c = client_alloc();
    for (size_t i = 0; i < SERVICES; i++) {
        const struct endpoint *own = &base->endpoints[services[i]->slot];
        kept[i] = (struct aws_endpoint_override){str_of(services[i]->id),
                                                 own->custom ? own->url : STR("")};
    }
    c->region = arena_str(&c->own, region);
    c->user_agent = arena_str(&c->own, base->user_agent);
    c->max_attempts = base->max_attempts;
    c->adaptive = base->adaptive;
    c->quota = retry_quota_new(base->quota.capacity);
    c->credentials = base->credentials;
    c->http = base->http;
    c->identity = base->identity;
    c->borrows = true;
    struct error *e = resolve_endpoints(a, &rules, (struct str){0}, c);
    if (e)
        aws_client_free(c);
    *out = e ? NULL : c;
    return e;
}

void aws_client_free(struct aws_client *c)
{
    if (!c)
        return;
    sigv4_keys_free(c->keys);
    if (!c->borrows) {
        http_client_free(c->http);
        credentials_free(c->credentials);
        identity_free(c->identity);
    }
    pthread_mutex_destroy(&c->lock);
    arena_free(&c->own);
    free(c);
}

struct str aws_client_region(const struct aws_client *c)
{
    return c->region;
}

struct str aws_client_endpoint(const struct aws_client *c, enum aws_service_slot service)
{
    return c->endpoints[service].url;
}

size_t aws_client_overrides(const struct aws_client *c,
                            struct aws_endpoint_override out[AWS_SERVICE_COUNT])
{
    size_t count = 0;

    for (size_t i = 0; i < SERVICES; i++) {
        const struct endpoint *e = &c->endpoints[services[i]->slot];
        if (e->custom)
            out[count++] = (struct aws_endpoint_override){str_of(services[i]->id), e->url};
    }
    return count;
}

bool aws_client_asks_aws(const struct aws_client *c, enum aws_service_slot service)
{
    const struct endpoint *e = &c->endpoints[service];
    return !e->custom || str_find_str(e->url, aws_dns_suffix_of(c->region)) < e->url.len;
}

struct http_client *aws_client_http(const struct aws_client *c)
{
    return c->http;
}
