#include "engine/aws/client_private.h"
#include "engine/aws/errors.h"
#include "engine/aws/retry.h"
#include "engine/aws/sigv4.h"
#include "engine/base/log.h"
#include "engine/base/rng.h"
#include "engine/base/time.h"

enum { READ_TIMEOUT_MS = 60000, CHANGE_TIMEOUT_MS = 30000, CONNECT_TIMEOUT_MS = 3100 };

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
    if (s->protocol == PROTOCOL_REST) {
        if (t->request->body.len)
            add_header(t, "Content-Type", STR("application/json"));
        return;
    }
    if (s->protocol == PROTOCOL_JSON) {
        add_header(t, "Content-Type",
                   arena_printf(t->arena, "application/x-amz-json-%s", s->version));
        add_header(t, "X-Amz-Target",
                   arena_printf(t->arena, "%s%s", s->target, t->request->operation));
    } else {
        add_header(t, "Content-Type", STR("application/x-www-form-urlencoded; charset=utf-8"));
    }
}

static const char *method_of(const struct attempt *t)
{
    if (t->request->service->protocol != PROTOCOL_REST)
        return "POST";
    return t->request->method ? t->request->method : "GET";
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
        TRY(identity_check(t->call, t->held));
    }
    struct sigv4_request request = {
        .method = method_of(t),
        .path = arena_printf(t->arena, STR_FMT STR_FMT, STR_ARG(t->endpoint->path),
                             STR_ARG(t->request->path)),
        .query = t->request->query,
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
    enum aws_protocol protocol = t->request->service->protocol;
    struct error *e;

    if (protocol == PROTOCOL_JSON || protocol == PROTOCOL_REST) {
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

static struct str user_agent(const struct attempt *t)
{
    struct str client = t->call->client->user_agent, more = t->call->agent;

    return more.len ? arena_printf(t->arena, STR_FMT " " STR_FMT, STR_ARG(client), STR_ARG(more))
                    : client;
}

static struct error *send_once(struct attempt *t, struct aws_answer *out)
{
    struct refusal refusal = refusal_of(t);

    add_headers(t);
    TRY(add_signature(t));
    add_header(t, "User-Agent", user_agent(t)); /* proxies change it: not signed */
    struct http_request request = {
        .method = method_of(t),
        .url = arena_printf(t->arena, STR_FMT STR_FMT "%s" STR_FMT, STR_ARG(t->endpoint->url),
                            STR_ARG(t->request->path), t->request->query.len ? "?" : "",
                            STR_ARG(t->request->query)),
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

/* Lock held.  A header that is no date says nothing. */
static void note_date(struct aws_client *c, const struct http_response *r)
{
    int64_t date_ms;
    if (!time_parse_http(http_header(r, "Date"), &date_ms))
        return;
    c->has_date = true;
    c->date_ahead_ms = date_ms - time_monotonic_ms();
}

int64_t aws_client_date_ms(struct aws_client *c)
{
    pthread_mutex_lock(&c->lock);
    int64_t date_ms = c->has_date ? time_monotonic_ms() + c->date_ahead_ms : 0;
    pthread_mutex_unlock(&c->lock);
    return date_ms;
}

static void after_answer(const struct attempt *t, const struct error *e,
                         const struct spending *spent)
{
    struct aws_client *c = t->call->client;

    pthread_mutex_lock(&c->lock);
    note_date(c, &t->response);
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
