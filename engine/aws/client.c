#include "engine/aws/client.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/aws/errors.h"
#include "engine/aws/rate.h"
#include "engine/aws/retry.h"
#include "engine/aws/sigv4.h"
#include "engine/base/log.h"
#include "engine/base/rng.h"
#include "engine/base/time.h"

enum { READ_TIMEOUT_MS = 60000, CHANGE_TIMEOUT_MS = 30000, CONNECT_TIMEOUT_MS = 3100 };

/* Constant once made, but for what the lock guards. */
struct aws_client {
    struct arena own;
    struct str region, user_agent;
    int max_attempts; /* 0: by what failed */
    bool adaptive, fips, dualstack;
    struct credentials_chain *credentials;
    struct http_client *http;
    bool borrows; /* credentials and http are another client's */
    struct sigv4_keys *keys;
    struct endpoint endpoints[AWS_SERVICE_COUNT];

    pthread_mutex_t lock;
    struct retry_quota quota;             /* under lock */
    struct pace paces[AWS_SERVICE_COUNT]; /* under lock; of mode "adaptive" */
};

static const struct aws_service *const services[] = {
    &service_ec2, &service_events, &service_iam, &service_pricing,
    &service_sqs, &service_ssm,    &service_sts,
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
    c->http = http_client_new(&options);
    return NULL;
}

static struct aws_client *client_alloc(void)
{
    struct aws_client *c = calloc(1, sizeof(*c));

    if (!c) {
        fputs("panic: tenon: out of memory\n", stderr);
        abort();
    }
    pthread_mutex_init(&c->lock, NULL);
    c->keys = sigv4_keys_new();
    return c;
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

struct http_client *aws_client_http(const struct aws_client *c)
{
    return c->http;
}

/* One attempt at one call. */
struct attempt {
    const struct aws_call *call;
    const struct aws_request *request;
    const struct endpoint *endpoint;
    struct arena *arena;            /* of the answer */
    const struct credentials *held; /* of the client's, while they are in use */
    struct http_header headers[12]; /* room for ours and the signature's */
    size_t header_count;
    struct http_response response;
    int number;
};

static void add_header(struct attempt *t, const char *name, struct str value)
{
    t->headers[t->header_count++] = (struct http_header){str_of(name), value};
}

static void add_headers(struct attempt *t)
{
    const struct aws_service *s = t->request->service;

    add_header(t, "Host", t->endpoint->host);
    if (s->protocol == PROTOCOL_JSON) {
        add_header(t, "Content-Type",
                   arena_printf(t->arena, "application/x-amz-json-%s", s->version));
        add_header(t, "X-Amz-Target",
                   arena_printf(t->arena, "%s%s", s->target, t->request->operation));
    } else {
        add_header(t, "Content-Type", STR("application/x-www-form-urlencoded; charset=utf-8"));
    }
}

static struct error *add_signature(struct attempt *t)
{
    struct sigv4_options options = {
        .credentials = t->request->signer,
        .keys = t->call->client->keys,
        .region = t->endpoint->signing_region,
        .service = str_of(t->request->service->id),
        .now_ms = time_now_ms(),
    };
    if (t->request->sign == SIGN_NOTHING)
        return NULL;
    if (t->request->sign == SIGN_AS_CLIENT) {
        TRY(credentials_get(t->call->client->credentials, t->call, options.now_ms, &t->held));
        options.credentials = t->held;
    }
    struct sigv4_request request = {
        .method = "POST",
        .path = t->endpoint->path,
        .headers = t->headers,
        .header_count = t->header_count,
        .body = t->request->body,
    };
    struct sigv4_signed made;

    sigv4_sign(t->arena, &options, &request, &made);
    for (size_t i = 0; i < made.header_count; i++)
        t->headers[t->header_count++] = made.headers[i];
    return NULL;
}

static struct refusal refusal_of(const struct attempt *t)
{
    return (struct refusal){
        .service = t->request->service,
        .operation = t->request->operation,
        .endpoint = t->endpoint,
        .changes = t->request->effect != AWS_READS,
    };
}

static const char *special_endpoint(const struct attempt *t, const struct error *e)
{
    const struct aws_client *c = t->call->client;

    if (t->endpoint->custom || !(c->fips || c->dualstack) || !str_eq(e->code, STR("HostNotFound")))
        return "";
    return c->fips ? " FIPS endpoints are asked for, and AWS may have none there: the endpoints "
                     "block can name another."
                   : " Dual-stack endpoints are asked for, and AWS may have none there: the "
                     "endpoints block can name another.";
}

/* No answer came: the same fault, told as this call's. */
static struct error *lost(const struct attempt *t, const struct error *why)
{
    struct arena *a = t->call->arena;
    struct error *e = error_new(a, why->kind, "calling %s %s: " STR_FMT, t->request->service->title,
                                t->request->operation, STR_ARG(why->summary));

    e->code = why->code;
    e->outcome_unknown = why->outcome_unknown;
    if (e->kind == ERROR_UNREACHABLE)
        e->detail =
            arena_printf(a, "The endpoint is " STR_FMT "%s.%s", STR_ARG(t->endpoint->url),
                         t->endpoint->custom ? ", as configured" : "", special_endpoint(t, e));
    return e;
}

static struct error *read_answer(const struct attempt *t, struct aws_answer *out)
{
    struct error *e;

    if (t->request->service->protocol == PROTOCOL_JSON) {
        out->json = json_new_object();
        if (t->response.body.len == 0)
            return NULL;
        TRY(json_parse(t->arena, t->response.body, &out->json));
        return out->json.kind == JSON_OBJECT
                   ? NULL
                   : error_new(t->arena, ERROR_INVALID, "it is not a JSON object");
    }
    e = xml_parse(t->arena, t->response.body, &out->xml);
    struct str expected = arena_printf(t->arena, "%sResponse", t->request->operation);
    if (!e && !str_eq(out->xml.name, expected))
        e = error_new(t->arena, ERROR_INVALID, "it is <" STR_FMT ">, not <" STR_FMT ">",
                      STR_ARG(out->xml.name), STR_ARG(expected));
    return e;
}

/* A change has its own limit; a read has until the deadline at most. */
static int64_t timeout_ms(const struct attempt *t)
{
    int64_t left_ms = t->call->deadline_ms - time_monotonic_ms();

    if (t->request->effect != AWS_READS)
        return CHANGE_TIMEOUT_MS;
    if (!t->call->deadline_ms || left_ms > READ_TIMEOUT_MS)
        return READ_TIMEOUT_MS;
    return left_ms > 1 ? left_ms : 1;
}

static struct error *send_once(struct attempt *t, struct aws_answer *out)
{
    struct refusal refusal = refusal_of(t);

    add_headers(t);
    TRY(add_signature(t));
    add_header(t, "User-Agent", t->call->client->user_agent); /* proxies change it: not signed */
    struct http_request request = {
        .method = "POST",
        .url = t->endpoint->url,
        .headers = t->headers,
        .header_count = t->header_count,
        .body = t->request->body,
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = timeout_ms(t),
        .changes = refusal.changes,
    };
    struct error *e =
        http_send(t->call->client->http, t->arena, t->call->cancel, &request, &t->response);
    if (e)
        return lost(t, e);
    if (t->response.status < 200 || t->response.status > 299)
        return refusal_error(t->call->arena, &refusal, &t->response);
    e = read_answer(t, out);
    out->request_id = answer_request_id(&t->response);
    return e ? garbage_error(t->call->arena, &refusal, &t->response, e) : NULL;
}

/* Never bodies, never headers. */
static void trace(const struct attempt *t, const struct error *e, int64_t started_ms)
{
    log_event(LOG_TRACE, "aws call", LOG_STR("service", str_of(t->request->service->id)),
              LOG_STR("operation", str_of(t->request->operation)), LOG_INT("attempt", t->number),
              LOG_INT("status", t->response.status),
              LOG_STR("request_id", answer_request_id(&t->response)),
              LOG_STR("code", e ? e->code : STR("")),
              LOG_INT("duration_ms", time_monotonic_ms() - started_ms));
}

static uint64_t random_bits(void)
{
    uint64_t bits;
    rng_system(&bits, sizeof(bits));
    return bits;
}

/* Under the client's own limits. */
struct spending {
    int64_t last_cost; /* of the last repeat, given back when it succeeds */
};

static bool take_repeat(struct aws_client *c, const struct error *e, struct spending *spent)
{
    pthread_mutex_lock(&c->lock);
    int64_t cost = retry_quota_take(&c->quota, str_eq(e->code, STR("TimedOut")));
    pthread_mutex_unlock(&c->lock);
    if (cost > 0)
        spent->last_cost = cost;
    return cost >= 0;
}

static void after_answer(const struct attempt *t, const struct error *e,
                         const struct spending *spent)
{
    struct aws_client *c = t->call->client;

    pthread_mutex_lock(&c->lock);
    if (!e)
        retry_quota_give(&c->quota, spent->last_cost);
    if (c->adaptive)
        pace_answered(&c->paces[t->request->service->slot], time_monotonic_ms(),
                      e && e->kind == ERROR_THROTTLED);
    pthread_mutex_unlock(&c->lock);
}

static struct error *keep_pace(const struct aws_call *c, const struct aws_request *request)
{
    if (!c->client->adaptive)
        return NULL;
    pthread_mutex_lock(&c->client->lock);
    int64_t wait_ms = pace_wait_ms(&c->client->paces[request->service->slot], time_monotonic_ms());
    pthread_mutex_unlock(&c->client->lock);
    if (wait_ms > 0 && cancel_wait_ms(c->cancel, wait_ms))
        return error_new(c->arena, ERROR_CANCELLED, "cancelled before calling %s %s",
                         request->service->title, request->operation);
    return NULL;
}

/* Waits before the next attempt; false when there is to be none. */
static bool wait_to_repeat(const struct attempt *t, struct error *e, struct spending *spent)
{
    const struct aws_call *c = t->call;
    struct retry_case retry = {
        .attempt = t->number,
        .max_attempts = c->client->max_attempts,
        .error = e,
        .changes = t->request->effect != AWS_READS,
        .idempotent = t->request->effect == AWS_CHANGES,
        .custom_endpoint = t->endpoint->custom,
        .random = random_bits(),
    };
    int64_t delay_ms = retry_delay_ms(&retry);

    if (delay_ms == RETRY_NEVER)
        return false;
    if (c->deadline_ms && time_monotonic_ms() + delay_ms >= c->deadline_ms)
        return false;
    if (!take_repeat(c->client, e, spent)) {
        e->detail = arena_printf(c->arena,
                                 STR_FMT "%sNo more repeats: the retry quota "
                                         "(token_bucket_rate_limiter_capacity) is used up.",
                                 STR_ARG(e->detail), e->detail.len ? " " : "");
        return false;
    }
    if (cancel_wait_ms(c->cancel, delay_ms)) {
        e->kind = ERROR_CANCELLED;
        e->summary = arena_printf(c->arena, "cancelled; the last attempt ended in: " STR_FMT,
                                  STR_ARG(e->summary));
        return false;
    }
    return true;
}

/* The session ended before we thought: another is asked for, once. */
static bool sign_in_anew(const struct attempt *t, const struct error *e, bool *done)
{
    if (*done || !t->held || !str_starts_with(e->code, STR("ExpiredToken")))
        return false;
    *done = true;
    return credentials_refused(t->call->client->credentials, t->held);
}

static struct error *too_late(const struct aws_call *c, const struct aws_request *request)
{
    if (!c->deadline_ms || time_monotonic_ms() < c->deadline_ms)
        return NULL;
    return error_new(c->arena, ERROR_TIMEOUT, "no time was left to call %s %s",
                     request->service->title, request->operation);
}

struct error *aws_send(const struct aws_call *c, struct arena *answers,
                       const struct aws_request *request, struct aws_answer *out)
{
    bool unknown = false; /* an attempt was lost and may yet have had its effect */
    bool signed_in_anew = false;
    struct spending spent = {0};

    TRY(too_late(c, request));
    for (int number = 1;; number++) {
        struct attempt t = {
            .call = c,
            .request = request,
            .endpoint = &c->client->endpoints[request->service->slot],
            .arena = answers,
            .number = number,
        };
        struct error *e = keep_pace(c, request);
        if (!e) {
            int64_t started_ms = time_monotonic_ms();
            e = send_once(&t, out);
            trace(&t, e, started_ms);
            after_answer(&t, e, &spent);
        }
        bool again = e && sign_in_anew(&t, e, &signed_in_anew);
        credentials_release(t.held);
        if (!e)
            return NULL;
        unknown |= e->outcome_unknown;
        e->outcome_unknown = unknown;
        if (!again && !wait_to_repeat(&t, e, &spent)) {
            if (number > 1)
                e->detail = arena_printf(c->arena, STR_FMT "%sTried %d times.", STR_ARG(e->detail),
                                         e->detail.len ? " " : "", number);
            return e;
        }
    }
}

struct error *aws_refused_entry(const struct aws_call *c, const struct aws_request *request,
                                struct str code, struct str message,
                                const struct aws_answer *answer)
{
    struct attempt t = {
        .call = c,
        .request = request,
        .endpoint = &c->client->endpoints[request->service->slot],
    };
    struct refusal refusal = refusal_of(&t);
    return entry_error(c->arena, &refusal, code, message, answer->request_id);
}

struct error *aws_next_page(const struct aws_call *c, const struct aws_request *request,
                            struct str *token, struct str next)
{
    if (next.len && str_eq(*token, next))
        return error_new(c->arena, ERROR_UNREACHABLE,
                         "calling %s %s: the same page comes again and again",
                         request->service->title, request->operation);
    *token = arena_str(c->arena, next);
    return NULL;
}
