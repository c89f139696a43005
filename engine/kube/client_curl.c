#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>

#include "engine/base/authorities.h"
#include "engine/base/time.h"
#include "engine/base/version.h"
#include "engine/kube/client_private.h"

/* One request as libcurl is told it, and what it says of the answer. */

enum {
    CONNECT_TIMEOUT_MS = 5000,
    TIMEOUT_MS = 30000,
    REFUSAL_MAX = 64 * 1024,
    RETRY_AFTER_MAX_MS = 5 * 60 * 1000,
    /* A watch may be silent for minutes.  That the other side is gone without a word is found out
     * by probes, and by bytes that nobody acknowledges. */
    PROBE_AFTER_SECONDS = 15,
    DEAD_AFTER_MS = 30000,
};

/* With `name` as the URL's host libcurl asks for it in TLS and holds the certificate to it. */
static bool place_by_name(struct arena *a, CURLU *url, const struct kube_access *access,
                          struct kube_place *out)
{
    char *port = NULL, *base = NULL;
    bool fine = curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                curl_url_set(url, CURLUPART_HOST, arena_str(a, access->tls_server_name).ptr, 0) ==
                    CURLUE_OK &&
                curl_url_get(url, CURLUPART_URL, &base, 0) == CURLUE_OK;

    if (fine) {
        bool has_port = str_ends_with(out->host, arena_printf(a, ":%s", port));
        out->connect_to = arena_printf(a, "::" STR_FMT "%s%s", STR_ARG(out->host),
                                       has_port ? "" : ":", has_port ? "" : port);
        out->base = arena_str(a, str_of(base));
        while (str_ends_with(out->base, STR("/")))
            out->base.len--;
    }
    curl_free(port);
    curl_free(base);
    return fine;
}

struct error *kube_place_of(struct arena *a, const struct kube_access *access,
                            struct kube_place *out)
{
    struct str rest = access->server;
    CURLU *url = curl_url();
    bool https = str_starts_with(rest, STR("https://"));
    bool fine =
        url && curl_url_set(url, CURLUPART_URL, arena_str(a, access->server).ptr, 0) == CURLUE_OK;

    rest = str_slice(rest, https ? 8 : 7, rest.len);
    *out = (struct kube_place){.base = access->server, .host = str_cut(&rest, '/')};
    if (fine && https && access->tls_server_name.len)
        fine = place_by_name(a, url, access, out);
    curl_url_cleanup(url);
    return fine ? NULL
                : error_new(a, ERROR_INVALID,
                            STR_FMT ": `" STR_FMT "`%s" STR_FMT " cannot be asked: it is not a URL",
                            STR_ARG(access->source), STR_ARG(access->server),
                            access->tls_server_name.len ? " by the name " : "",
                            STR_ARG(access->tls_server_name));
}

static size_t take_body(char *from, size_t size, size_t count, void *self)
{
    struct kube_exchange *x = self;
    struct str piece = {from, size * count};

    if (x->status >= 200 && x->status < 300) {
        x->broken = piece.len ? x->ops->take(x->self, &x->arena, piece) : NULL;
        return x->broken ? 0 : piece.len;
    }
    buf_add(&x->refusal, str_slice(piece, 0, REFUSAL_MAX - x->refusal.len));
    return piece.len;
}

static int64_t read_retry_after(struct str value)
{
    int64_t n = 0;

    if (str_to_int64(value, &n))
        n = n > RETRY_AFTER_MAX_MS / 1000 ? RETRY_AFTER_MAX_MS : n * 1000;
    else if (time_parse_http(value, &n))
        n -= time_now_ms();
    return n < 0 ? 0 : n > RETRY_AFTER_MAX_MS ? RETRY_AFTER_MAX_MS : n;
}

static size_t take_header(char *from, size_t size, size_t count, void *self)
{
    struct kube_exchange *x = self;
    struct str line = str_trim((struct str){from, size * count});
    int64_t status = 0;

    if (str_starts_with(line, STR("HTTP/"))) {
        struct str rest = line;
        str_cut(&rest, ' ');
        if (str_to_int64(str_cut(&rest, ' '), &status))
            x->status = (int)status;
        return size * count;
    }
    if (!line.len && x->status >= 200 && x->status < 300)
        x->broken = x->ops->take(x->self, &x->arena, STR(""));
    struct str value = line, name = str_cut(&value, ':');
    if (name.len == 11 && strncasecmp(name.ptr, "retry-after", 11) == 0)
        x->retry_after_ms = read_retry_after(str_trim(value));
    return x->broken ? 0 : size * count;
}

/* The request is the next thing on the wire.  When a kept connection dies under it, libcurl sends
 * it again by itself: right for a read, but whether a change may be sent twice is not its to say.
 */
static int going_out(void *self, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct kube_exchange *x = self;

    (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
    x->lost = x->was_sent && x->changes;
    x->was_sent = true;
    return x->lost ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static int set_up_socket(void *self, curl_socket_t fd, curlsocktype purpose)
{
    unsigned dead_after_ms = DEAD_AFTER_MS;

    (void)self, (void)purpose;
    /* Where the system has no such limit, its own one of a quarter of an hour holds. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_after_ms, sizeof(dead_after_ms));
    return CURL_SOCKOPT_OK;
}

static void add_header(struct kube_exchange *x, const char *name, struct str value)
{
    if (value.len)
        x->headers = curl_slist_append(
            x->headers, arena_printf(&x->arena, "%s: " STR_FMT, name, STR_ARG(value)).ptr);
}

static void add_headers(struct kube_exchange *x, const struct kube_ask *ask,
                        const struct kube_proof *proof)
{
    const struct kube_access *access = x->client->access;

    x->headers = curl_slist_append(NULL, "Expect:");
    add_header(x, "Accept", STR("application/json"));
    add_header(x, "User-Agent", STR("Tenon/" TENON_VERSION));
    add_header(x, "Authorization", proof->authorization);
    add_header(x, "Host", x->client->place.connect_to.len ? x->client->place.host : STR(""));
    add_header(x, "Impersonate-User", access->as);
    add_header(x, "Impersonate-Uid", access->as_uid);
    for (size_t i = 0; i < access->as_group_count; i++)
        add_header(x, "Impersonate-Group", access->as_groups[i]);
    if (ask->content_type.len)
        add_header(x, "Content-Type", ask->content_type);
    else
        x->headers = curl_slist_append(x->headers, "Content-Type:");
}

static CURLcode set_blob(CURL *easy, CURLoption option, struct str pem)
{
    struct curl_blob blob = {(void *)pem.ptr, pem.len, CURL_BLOB_COPY};
    return pem.len ? curl_easy_setopt(easy, option, &blob) : CURLE_OK;
}

static CURLcode set_tls(const struct kube_exchange *x, const struct kube_proof *proof)
{
    const struct kube_access *access = x->client->access;
    struct authorities system = authorities_find();
    /* The cluster's own authority, where it is named, and none of the system's beside it. */
    CURLcode code = set_blob(x->easy, CURLOPT_CAINFO_BLOB, access->ca);

    if (!access->ca.len && system.file)
        curl_easy_setopt(x->easy, CURLOPT_CAINFO, system.file);
    curl_easy_setopt(x->easy, CURLOPT_CAPATH, access->ca.len ? NULL : system.folder);
    if (access->insecure) {
        curl_easy_setopt(x->easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(x->easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (code == CURLE_OK)
        code = set_blob(x->easy, CURLOPT_SSLCERT_BLOB, proof->certificate);
    if (code == CURLE_OK)
        code = set_blob(x->easy, CURLOPT_SSLKEY_BLOB, proof->key);
    return code;
}

static void set_connection(const struct kube_exchange *x)
{
    const struct kube_client *c = x->client;

    curl_easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(x->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    /* For a connection that can be shared; without TLS it never can, and nothing says so before the
     * first answer. */
    curl_easy_setopt(x->easy, CURLOPT_PIPEWAIT,
                     (long)str_starts_with(c->place.base, STR("https:")));
    curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(x->easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(x->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(x->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(x->easy, CURLOPT_TCP_KEEPIDLE, (long)PROBE_AFTER_SECONDS);
    curl_easy_setopt(x->easy, CURLOPT_TCP_KEEPINTVL, (long)PROBE_AFTER_SECONDS);
    curl_easy_setopt(x->easy, CURLOPT_SOCKOPTFUNCTION, set_up_socket);
    curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    /* Set even where there is none, or libcurl would look into the environment itself. */
    curl_easy_setopt(x->easy, CURLOPT_PROXY, c->access->proxy.len ? c->access->proxy.ptr : "");
    curl_easy_setopt(x->easy, CURLOPT_NOPROXY,
                     c->access->no_proxy.len ? c->access->no_proxy.ptr : "");
}

static void set_callbacks(struct kube_exchange *x)
{
    curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
    curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->why);
    curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(x->easy, CURLOPT_PREREQFUNCTION, going_out);
    curl_easy_setopt(x->easy, CURLOPT_PREREQDATA, x);
}

struct error *kube_exchange_set_up(struct kube_exchange *x, const struct kube_ask *ask,
                                   const struct kube_proof *proof)
{
    const struct kube_place *place = &x->client->place;

    set_connection(x);
    set_callbacks(x);
    add_headers(x, ask, proof);
    curl_easy_setopt(
        x->easy, CURLOPT_URL,
        arena_printf(&x->arena, STR_FMT STR_FMT, STR_ARG(place->base), STR_ARG(ask->path)).ptr);
    if (place->connect_to.len) {
        x->connect_to = curl_slist_append(NULL, place->connect_to.ptr);
        curl_easy_setopt(x->easy, CURLOPT_CONNECT_TO, x->connect_to);
    }
    if (ask->body.len) {
        curl_easy_setopt(x->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.len);
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS, ask->body.ptr);
    }
    curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, ask->method);
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS,
                     (long)(ask->timeout_ms ? ask->timeout_ms : TIMEOUT_MS));
    CURLcode code = set_tls(x, proof);
    return code == CURLE_OK
               ? NULL
               : error_new(&x->arena, ERROR_INVALID,
                           "libcurl takes no certificates from memory on this machine: %s",
                           curl_easy_strerror(code));
}

/* What it most often means. */
static struct str tls_way_out(const struct kube_exchange *x, CURLcode code, struct str stage)
{
    if (code == CURLE_SSL_CERTPROBLEM)
        return STR("Our own certificate, or its key, cannot be used.");
    if (!str_eq(stage, STR("TlsFailed")))
        return STR("");
    return x->client->access->ca.len
               ? STR("The certificate authority that is given is not the one of this server, or "
                     "the server is asked by another name than its certificate has.")
               : STR("No certificate authority is given, so those of the system are trusted.");
}

struct error *kube_exchange_error(struct kube_exchange *x, CURLcode code)
{
    const char *why = x->lost     ? "the connection was closed before its answer came"
                      : x->why[0] ? x->why
                                  : curl_easy_strerror(code);
    struct error *e =
        error_new(&x->arena, ERROR_UNREACHABLE, "no answer from the API server " STR_FMT ": %s",
                  STR_ARG(x->client->place.host), why);

    e->code = str_of(curl_stage(code, x->was_sent));
    e->outcome_unknown = x->changes && x->was_sent;
    e->detail = tls_way_out(x, code, e->code);
    return e;
}
