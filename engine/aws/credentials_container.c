#include <arpa/inet.h>

#include "engine/aws/credentials_http.h"

/* ECS, EKS Pod Identity and whatever else speaks their protocol.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */

/* Without TLS, only what cannot be anybody else: this host, and the link-local addresses of ECS and
 * EKS.  Names are not looked up, for who answers for a name can change. */
static bool is_near(struct arena *a, struct str host)
{
    static const char *const known[] = {"localhost", "169.254.170.2", "169.254.170.23", "[::1]",
                                        "[fd00:ec2::23]"};
    struct in_addr v4;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (str_eq(host, str_of(known[i])))
            return true;
    return inet_pton(AF_INET, arena_str(a, host).ptr, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

/* What stands between the scheme and the path, without a port; empty when there is a user too. */
static struct str host_of(struct str rest)
{
    size_t end = 0;

    while (end < rest.len && !strchr("/?#", rest.ptr[end]))
        end++;
    struct str host = str_slice(rest, 0, end);
    size_t closing = str_find(host, ']');
    if (str_find(host, '@') < host.len)
        return STR("");
    return closing < host.len ? str_slice(host, 0, closing + 1)
                              : str_slice(host, 0, str_find(host, ':'));
}

struct error *container_check_url(struct arena *a, struct str url)
{
    bool https = str_starts_with(url, STR("https://")), http = str_starts_with(url, STR("http://"));
    struct str host = host_of(str_slice(url, https ? 8 : 7, url.len));

    if ((https && host.len) || (http && is_near(a, host)))
        return NULL;
    struct error *e = error_new(a, ERROR_DENIED,
                                "AWS_CONTAINER_CREDENTIALS_FULL_URI is `" STR_FMT
                                "`, of which no credentials are asked",
                                STR_ARG(url));
    e->detail =
        STR("Allowed are https URLs, and http to this host (127.0.0.0/8, ::1, localhost) or "
            "to 169.254.170.2, 169.254.170.23 and fd00:ec2::23.");
    return e;
}

/* The token that the request carries: of the file where one is named, as it is rotated. */
static struct error *find_token(const struct fetch *f, const struct container_source *s,
                                struct str *out)
{
    *out = s->token;
    if (s->token_file.len) {
        struct error *e = file_text(f->secret, s->token_file, out);
        if (e)
            return error_copy(f->call->arena, e);
    }
    *out = str_trim(*out);
    if (str_find(*out, '\n') == out->len && str_find(*out, '\r') == out->len)
        return NULL;
    return error_new(f->call->arena, ERROR_DENIED,
                     "the authorization token for the container's endpoint has several lines");
}

struct error *fetch_container(const struct fetch *f, const void *settings, struct issued *out)
{
    const struct container_source *s = settings;
    struct http_header headers[2] = {{STR("Accept"), STR("application/json")},
                                     {STR("Authorization"), STR("")}};
    struct http_client *http = http_client_new(&(struct http_options){0});
    struct ask ask = {
        .http = http,
        .request = {.method = "GET",
                    .url = s->url,
                    .headers = headers,
                    .header_count = 1,
                    .connect_timeout_ms = NEAR_CONNECT_MS,
                    .timeout_ms = NEAR_TIMEOUT_MS},
        .what = "the container's endpoint",
        .attempts = 3,
    };
    struct http_response answer = {0};
    struct json document;
    struct error *e = find_token(f, s, &headers[1].value);

    ask.request.header_count += headers[1].value.len > 0;
    if (!e)
        e = ask_once_or_more(f, &ask, &answer);
    if (!e && answer.status != 200)
        e = ask_refused(f, &ask, &answer);
    if (!e)
        e = ask_document(f, &ask, &answer, &document);
    if (!e)
        e = issued_read(f->call->arena, &document, "Token", out);
    http_client_free(http);
    return e;
}
