#include "engine/aws/credentials_http.h"
#include "engine/base/time.h"

/* The role of the EC2 instance this runs on: IMDSv2, and version 1 where that is all there is.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */

/* An instance whose role cannot be renewed right now serves what it has, expired or not, and
 * services take it for a while. */
enum { STILL_GOOD_MS = 10 * 60 * 1000 };

/* One visit: a session token, then questions. */
struct visit {
    const struct fetch *fetch;
    const struct metadata_source *source;
    struct http_client *http;
    struct str token;
};

static struct error *visit_ask(struct visit *v, const char *method, struct str path,
                               const struct http_header *header, struct http_response *out)
{
    struct ask ask = {
        .http = v->http,
        .request = {.method = method,
                    .url = arena_printf(v->fetch->secret, STR_FMT STR_FMT,
                                        STR_ARG(v->source->endpoint), STR_ARG(path)),
                    .headers = header,
                    .header_count = header->value.len > 0,
                    .connect_timeout_ms = NEAR_CONNECT_MS,
                    .timeout_ms = NEAR_TIMEOUT_MS},
        .what = "the instance's metadata service",
        .attempts = 2,
    };

    return ask_once_or_more(v->fetch, &ask, out);
}

static struct error *refused(const struct visit *v, const struct http_response *answer,
                             const char *question)
{
    return error_new(v->fetch->call->arena, ERROR_DENIED,
                     "the instance's metadata service answered HTTP status %d to %s",
                     answer->status, question);
}

static struct error *begin(struct visit *v)
{
    const struct http_header lifetime = {STR("X-aws-ec2-metadata-token-ttl-seconds"), STR("300")};
    struct http_response answer;

    TRY(visit_ask(v, "PUT", STR("/latest/api/token"), &lifetime, &answer));
    if (answer.status == 200) {
        v->token = str_trim(answer.body);
        return NULL;
    }
    bool none = answer.status == 403 || answer.status == 404 || answer.status == 405;
    return none && v->source->version_1_too ? NULL : refused(v, &answer, "a session token");
}

static struct error *question(struct visit *v, struct str path, const char *what,
                              struct http_response *out)
{
    const struct http_header token = {STR("X-aws-ec2-metadata-token"), v->token};

    TRY(visit_ask(v, "GET", path, &token, out));
    return out->status == 200 ? NULL : refused(v, out, what);
}

static struct error *role_keys(struct visit *v, struct issued *out)
{
    struct str base = STR("/latest/meta-data/iam/security-credentials/");
    struct arena *a = v->fetch->call->arena;
    struct http_response answer;
    struct json document;

    TRY(question(v, base, "the instance's role (it has none?)", &answer));
    struct str role = answer.body;
    role = str_trim(str_cut(&role, '\n'));
    if (!role.len)
        return error_new(a, ERROR_DENIED, "the instance has no role");
    TRY(question(v, arena_printf(v->fetch->secret, STR_FMT STR_FMT, STR_ARG(base), STR_ARG(role)),
                 "the role's credentials", &answer));
    if (json_parse(v->fetch->secret, answer.body, &document) || document.kind != JSON_OBJECT)
        return error_new(a, ERROR_DENIED, "the role's credentials are not a JSON object");
    struct str code = json_string_or(json_get(&document, "Code"), STR("Success"));
    if (!str_eq(code, STR("Success")))
        return error_new(
            a, ERROR_DENIED,
            "the instance's metadata service has no credentials for its role: " STR_FMT,
            STR_ARG(code));
    TRY(issued_read(a, &document, "Token", out));
    if (out->expires_ms < v->fetch->now_ms + STILL_GOOD_MS)
        out->expires_ms = v->fetch->now_ms + STILL_GOOD_MS;
    return NULL;
}

static struct error *region(struct visit *v, struct str *out)
{
    struct http_response answer;
    struct json document;

    TRY(question(v, STR("/latest/dynamic/instance-identity/document"), "the instance's region",
                 &answer));
    if (json_parse(v->fetch->secret, answer.body, &document))
        return error_new(v->fetch->call->arena, ERROR_DENIED,
                         "the instance's identity document is not JSON");
    *out = arena_str(v->fetch->call->arena, json_string_or(json_get(&document, "region"), STR("")));
    return NULL;
}

struct error *fetch_metadata(const struct fetch *f, const void *settings, struct issued *out)
{
    struct visit v = {f, settings, http_client_new(&(struct http_options){0}), STR("")};
    struct error *e = begin(&v);

    if (!e)
        e = role_keys(&v, out);
    http_client_free(v.http);
    return e;
}

struct error *metadata_region(const struct fetch *f, const struct metadata_source *settings,
                              struct str *out)
{
    struct visit v = {f, settings, http_client_new(&(struct http_options){0}), STR("")};
    struct error *e = begin(&v);

    if (!e)
        e = region(&v, out);
    http_client_free(v.http);
    return e;
}
