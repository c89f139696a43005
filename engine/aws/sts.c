#include "engine/aws/sts.h"

#include "engine/aws/client_private.h"
#include "engine/aws/query.h"
#include "engine/aws/sigv4.h"

enum { URL_GOOD_SECONDS = 60 };

struct error *sts_get_caller_identity_of(const struct aws_call *c, const struct credentials *signer,
                                         struct sts_identity *out)
{
    struct aws_answer answer;
    struct query q = query_new(c->arena, &service_sts, "GetCallerIdentity");
    struct aws_request request = {
        .service = &service_sts,
        .operation = "GetCallerIdentity",
        .body = buf_str(&q.body),
        .sign = signer ? SIGN_GIVEN : SIGN_AS_CLIENT,
        .signer = signer,
    };

    TRY(aws_send(c, c->arena, &request, &answer));
    const struct xml *result = xml_get(&answer.xml, "GetCallerIdentityResult");
    *out = (struct sts_identity){
        .account = xml_text(result, "Account"),
        .arn = xml_text(result, "Arn"),
        .user_id = xml_text(result, "UserId"),
    };
    return NULL;
}

struct error *sts_get_caller_identity(const struct aws_call *c, struct sts_identity *out)
{
    return sts_get_caller_identity_of(c, NULL, out);
}

struct error *sts_identity_url(const struct aws_call *c, struct str header, struct str value,
                               int64_t now_ms, struct str *out)
{
    const struct endpoint *endpoint = &c->client->endpoints[AWS_STS];
    const struct credentials *held;
    const struct http_header headers[] = {{STR("Host"), endpoint->host}, {header, value}};
    struct sigv4_request request = {
        .method = "GET",
        .path = endpoint->path,
        .query = STR("Action=GetCallerIdentity&Version=2011-06-15"),
        .headers = headers,
        .header_count = 2,
    };
    struct sigv4_signed made;

    TRY(credentials_get(c->client->credentials, c, now_ms, &held));
    struct error *e = identity_check(c, held);
    if (!e) {
        struct sigv4_options options = {
            .credentials = held,
            .keys = c->client->keys,
            .region = endpoint->signing_region,
            .service = STR("sts"),
            .now_ms = now_ms,
            .expires_in_seconds = URL_GOOD_SECONDS,
        };
        struct str query = sigv4_presign(c->arena, &options, &request, &made);
        *out = arena_printf(c->arena, STR_FMT "?" STR_FMT, STR_ARG(endpoint->url), STR_ARG(query));
    }
    credentials_release(held);
    return e;
}
