#include "engine/aws/client.h"

#include <stdlib.h>

#include "engine/aws/errors.h"
#include "engine/aws/retry.h"
#include "engine/aws/sigv4.h"
#include "engine/base/log.h"
#include "engine/base/rng.h"
#include "engine/base/time.h"

enum { READ_TIMEOUT_MS = 60000, CHANGE_TIMEOUT_MS = 30000, CONNECT_TIMEOUT_MS = 3100 };

/* All of it is constant once made, so that threads need no lock. */
struct aws_client {
    struct arena own;
    struct str region, user_agent;
    int max_attempts;
    struct credentials *credentials;
    struct http_client *http;
    bool borrows; /* credentials and http are another client's */
    struct endpoint endpoints[AWS_SERVICE_COUNT];
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

static struct error *find_region(struct arena *a, const struct aws_config *config,
                                 const struct profile *profile, struct str *out)
{
    *out = first_of(config->region, str_of(getenv("AWS_REGION")),
                    str_of(getenv("AWS_DEFAULT_REGION")), profile_setting(profile, "region"));
    struct error *e = NULL;
    if (!out->len) {
        e = error_new(a, ERROR_INVALID, "no region is set");
        e->detail = arena_printf(
            a, "Tried: the configuration, AWS_REGION, AWS_DEFAULT_REGION, the profile " STR_FMT ".",
            STR_ARG(profile->name));
    }
    for (size_t i = 0; i < out->len && !e; i++) {
        char ch = out->ptr[i]; /* it becomes part of host names */
        if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-')
            continue;
        e = error_new(a, ERROR_INVALID, "`" STR_FMT "` is not a region", STR_ARG(*out));
        e->detail = STR("A region is written like eu-west-1.");
    }
    return error_at(e, STR("region"));
}

static int find_max_attempts(const struct aws_config *config, const struct profile *profile)
{
    int64_t n = 0;

    if (config->max_attempts > 0)
        return config->max_attempts;
    if (!str_to_int64(str_of(getenv("AWS_MAX_ATTEMPTS")), &n) &&
        !str_to_int64(profile_setting(profile, "max_attempts"), &n))
        n = 0;
    return n > 0 && n <= 1000 ? (int)n : 3;
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

static struct error *resolve_endpoints(struct arena *a, const struct aws_config *config,
                                       struct aws_client *c)
{
    for (size_t i = 0; i < SERVICES; i++) {
        struct endpoint found;
        TRY(endpoint_resolve(a, services[i], service_region(services[i], c->region),
                             config->endpoints, config->endpoint_count, &found));
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

static struct error *set_up(struct arena *a, const struct aws_config *config,
                            const struct profile *profile, struct aws_client *c)
{
    struct str region;
    struct http_options options = {
        .proxy = config->proxy,
        .ca_bundle = first_of(config->ca_bundle, str_of(getenv("AWS_CA_BUNDLE")),
                              profile_setting(profile, "ca_bundle"), STR("")),
    };

    TRY(find_region(a, config, profile, &region));
    c->region = arena_str(&c->own, region);
    c->user_agent = arena_str(&c->own, config->user_agent.len ? config->user_agent
                                                              : STR("Tenon/" TENON_VERSION));
    c->max_attempts = find_max_attempts(config, profile);
    TRY(resolve_endpoints(a, config, c));
    TRY(credentials_find(a, config, profile, &c->credentials));
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
    return c;
}

struct error *aws_client_new(struct arena *a, const struct aws_config *config,
                             struct aws_client **out)
{
    struct profile profile;

    *out = NULL;
    TRY(profile_load(a, config, &profile));
    struct aws_client *c = client_alloc();
    struct error *e = set_up(a, config, &profile, c);
    profile_wipe(&profile);
    if (e)
        aws_client_free(c);
    else
        *out = c;
    return e;
}

struct error *aws_client_elsewhere(struct arena *a, const struct aws_client *base,
                                   struct str region, struct aws_client **out)
{
    struct aws_endpoint_override kept[AWS_SERVICE_COUNT];
    const struct aws_config config = {.endpoints = kept, .endpoint_count = SERVICES};
    struct aws_client *c = client_alloc();

    for (size_t i = 0; i < SERVICES; i++) {
        const struct endpoint *own = &base->endpoints[services[i]->slot];
        kept[i] = (struct aws_endpoint_override){str_of(services[i]->id),
                                                 own->custom ? own->url : STR("")};
    }
    c->region = arena_str(&c->own, region);
    c->user_agent = arena_str(&c->own, base->user_agent);
    c->max_attempts = base->max_attempts;
    c->credentials = base->credentials;
    c->http = base->http;
    c->borrows = true;
    struct error *e = resolve_endpoints(a, &config, c);
    if (e)
        aws_client_free(c);
    *out = e ? NULL : c;
    return e;
}

void aws_client_free(struct aws_client *c)
{
    if (!c)
        return;
    if (!c->borrows) {
        http_client_free(c->http);
        credentials_free(c->credentials);
    }
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

/* One attempt at one call. */
struct attempt {
    const struct aws_call *call;
    const struct aws_request *request;
    const struct endpoint *endpoint;
    struct arena *arena;            /* of the answer */
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

static void add_signature(struct attempt *t)
{
    struct sigv4_options options = {
        .credentials = t->call->client->credentials,
        .region = t->endpoint->signing_region,
        .service = str_of(t->request->service->id),
        .now_ms = time_now_ms(),
    };
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
    add_header(t, "User-Agent", t->call->client->user_agent); /* proxies change it: not signed */
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

/* No answer came: the same fault, told as this call's. */
static struct error *lost(const struct attempt *t, const struct error *why)
{
    struct arena *a = t->call->arena;
    struct error *e = error_new(a, why->kind, "calling %s %s: " STR_FMT, t->request->service->title,
                                t->request->operation, STR_ARG(why->summary));

    e->code = why->code;
    e->outcome_unknown = why->outcome_unknown;
    if (e->kind == ERROR_UNREACHABLE)
        e->detail = arena_printf(a, "The endpoint is " STR_FMT "%s.", STR_ARG(t->endpoint->url),
                                 t->endpoint->custom ? ", as configured" : "");
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
    add_signature(t);
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

/* Waits before the next attempt; false when there is to be none. */
static bool wait_to_repeat(const struct attempt *t, struct error *e)
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
    if (cancel_wait_ms(c->cancel, delay_ms)) {
        e->kind = ERROR_CANCELLED;
        e->summary = arena_printf(c->arena, "cancelled; the last attempt ended in: " STR_FMT,
                                  STR_ARG(e->summary));
        return false;
    }
    return true;
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

    TRY(too_late(c, request));
    for (int number = 1;; number++) {
        struct attempt t = {
            .call = c,
            .request = request,
            .endpoint = &c->client->endpoints[request->service->slot],
            .arena = answers,
            .number = number,
        };
        int64_t started_ms = time_monotonic_ms();
        struct error *e = send_once(&t, out);
        trace(&t, e, started_ms);
        if (!e)
            return NULL;
        unknown |= e->outcome_unknown;
        e->outcome_unknown = unknown;
        if (!wait_to_repeat(&t, e)) {
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
