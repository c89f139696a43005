#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/aws/client.h"
#include "engine/aws/credentials_http.h"
#include "engine/aws/sigv4.h"
#include "engine/base/time.h"

/* IAM Identity Center: the token that `aws sso login` left in the cache buys credentials of a role.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html */

enum { RENEW_AHEAD_MS = 5 * 60 * 1000 };

struct token {
    struct str access;
    struct json document; /* the whole cache file: what we do not know stays in it */
    int64_t expires_ms;
};

static struct error *sign_in_again(const struct fetch *f, const struct sso_source *s,
                                   const char *why)
{
    struct error *e = error_new(f->call->arena, ERROR_DENIED, "%s", why);

    e->detail =
        arena_printf(f->call->arena, "Sign in: " STR_FMT " (the token is sought in " STR_FMT ").",
                     STR_ARG(s->login), STR_ARG(s->cache_file));
    return e;
}

/* Older tools wrote "2020-01-02T03:04:05UTC". */
static bool read_time(struct arena *a, struct str text, int64_t *out)
{
    if (str_ends_with(text, STR("UTC")))
        text = arena_printf(a, STR_FMT "Z", STR_ARG(str_slice(text, 0, text.len - 3)));
    return time_parse(text, out);
}

static struct str member(const struct token *t, const char *name)
{
    return json_string_or(json_get(&t->document, name), STR(""));
}

static struct error *read_token(const struct fetch *f, const struct sso_source *s,
                                struct token *out)
{
    struct str text;

    *out = (struct token){0};
    if (file_text(f->secret, s->cache_file, &text))
        return sign_in_again(f, s, "nobody has signed in yet");
    if (json_parse(f->secret, text, &out->document) || out->document.kind != JSON_OBJECT)
        return sign_in_again(f, s, "the token's file cannot be read");
    out->access = member(out, "accessToken");
    if (!out->access.len || !read_time(f->secret, member(out, "expiresAt"), &out->expires_ms))
        return sign_in_again(f, s, "the token's file lacks accessToken or expiresAt");
    return NULL;
}

/* Beside the old one and then in its place, so that no reader sees half a file.  That it cannot be
 * written costs another renewal, nothing more. */
static void keep_token(const struct fetch *f, const struct sso_source *s, const struct token *t)
{
    struct buf text = buf_in(f->secret);
    struct str beside =
        arena_printf(f->secret, STR_FMT ".%d.part", STR_ARG(s->cache_file), (int)getpid());
    int fd = open(beside.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (fd < 0)
        return;
    json_print(&text, &t->document, false);
    bool written = write(fd, text.ptr, text.len) == (ssize_t)text.len;
    if (close(fd) || !written || rename(beside.ptr, s->cache_file.ptr))
        unlink(beside.ptr);
}

static struct ask ask_at(const struct fetch *f, const struct endpoint *at, const char *path,
                         const char *what)
{
    return (struct ask){
        .http = aws_client_http(f->call->client),
        .request = {.url = arena_printf(f->secret, STR_FMT "%s", STR_ARG(at->url), path)},
        .what = what,
        .attempts = 3,
    };
}

static struct error *buy_token(const struct fetch *f, const struct sso_source *s, struct token *t)
{
    const struct http_header json_type = {STR("Content-Type"), STR("application/json")};
    struct ask ask = ask_at(f, &s->oidc, "token", "IAM Identity Center's token endpoint");
    struct buf body = buf_in(f->secret);
    struct json_writer w = json_writer_to(&body);
    struct http_response answer;
    struct json document;
    int64_t seconds = 0;

    json_begin_object(&w);
    json_member(&w, "clientId", member(t, "clientId"));
    json_member(&w, "clientSecret", member(t, "clientSecret"));
    json_member(&w, "grantType", STR("refresh_token"));
    json_member(&w, "refreshToken", member(t, "refreshToken"));
    json_end_object(&w);
    ask.request.method = "POST";
    ask.request.headers = &json_type;
    ask.request.header_count = 1;
    ask.request.body = buf_str(&body);
    TRY(ask_once_or_more(f, &ask, &answer));
    if (answer.status != 200)
        return ask_refused(f, &ask, &answer);
    TRY(ask_document(f, &ask, &answer, &document));
    struct str access = json_string_or(json_get(&document, "accessToken"), STR(""));
    if (!access.len || !json_to_int64(json_get(&document, "expiresIn"), &seconds) || seconds <= 0 ||
        seconds > INT32_MAX)
        return error_new(f->call->arena, ERROR_DENIED, "%s answered without a token", ask.what);
    t->access = access;
    t->expires_ms = f->now_ms + seconds * 1000;
    json_set(f->secret, &t->document, STR("accessToken"), json_new_string(access));
    json_set(f->secret, &t->document, STR("expiresAt"),
             json_new_string(time_format(f->secret, t->expires_ms, false)));
    struct str refresh = json_string_or(json_get(&document, "refreshToken"), STR(""));
    if (refresh.len)
        json_set(f->secret, &t->document, STR("refreshToken"), json_new_string(refresh));
    keep_token(f, s, t);
    return NULL;
}

/* A token that is still good serves even when it could not be renewed. */
static struct error *good_token(const struct fetch *f, const struct sso_source *s, struct token *t)
{
    TRY(read_token(f, s, t));
    bool expired = f->now_ms >= t->expires_ms;
    bool can = s->renewable && member(t, "refreshToken").len && member(t, "clientId").len &&
               member(t, "clientSecret").len;

    if (f->now_ms < t->expires_ms - RENEW_AHEAD_MS)
        return NULL;
    struct error *e = can ? buy_token(f, s, t) : NULL;
    if (!expired || (can && !e))
        return NULL;
    if (e && e->kind == ERROR_CANCELLED)
        return e;
    struct error *again = sign_in_again(f, s, "the sign-in has expired");
    if (e)
        again->detail = arena_printf(f->call->arena, STR_FMT " Renewing it failed: " STR_FMT,
                                     STR_ARG(again->detail), STR_ARG(e->summary));
    return again;
}

static struct error *read_keys(const struct fetch *f, const struct json *document,
                               struct issued *out)
{
    const struct json *keys = json_get(document, "roleCredentials");

    *out = (struct issued){
        .keys = {json_string_or(json_get(keys, "accessKeyId"), STR("")),
                 json_string_or(json_get(keys, "secretAccessKey"), STR("")),
                 json_string_or(json_get(keys, "sessionToken"), STR(""))},
    };
    if (out->keys.access_key.len && out->keys.secret_key.len &&
        json_to_int64(json_get(keys, "expiration"), &out->expires_ms))
        return NULL;
    return error_new(f->call->arena, ERROR_DENIED,
                     "IAM Identity Center answered without credentials");
}

struct error *fetch_sso(const struct fetch *f, const void *settings, struct issued *out)
{
    const struct sso_source *s = settings;
    struct token token;
    struct ask ask =
        ask_at(f, &s->portal, "federation/credentials?role_name=", "IAM Identity Center");
    struct buf url = buf_in(f->secret);
    struct http_response answer;
    struct json document;

    TRY(good_token(f, s, &token));
    buf_add(&url, ask.request.url);
    uri_encode(&url, s->role_name, false);
    buf_add(&url, STR("&account_id="));
    uri_encode(&url, s->account_id, false);
    const struct http_header bearer = {STR("x-amz-sso_bearer_token"), token.access};
    ask.request.method = "GET";
    ask.request.url = buf_str(&url);
    ask.request.headers = &bearer;
    ask.request.header_count = 1;
    TRY(ask_once_or_more(f, &ask, &answer));
    if (answer.status == 401)
        return sign_in_again(f, s, "IAM Identity Center does not take the token any more");
    if (answer.status != 200) {
        struct error *e = ask_refused(f, &ask, &answer);
        e->detail = arena_printf(f->call->arena,
                                 STR_FMT "%sThe role is " STR_FMT " of account " STR_FMT ".",
                                 STR_ARG(e->detail), e->detail.len ? " " : "",
                                 STR_ARG(s->role_name), STR_ARG(s->account_id));
        return e;
    }
    TRY(ask_document(f, &ask, &answer, &document));
    return read_keys(f, &document, out);
}
