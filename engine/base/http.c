#include "engine/base/http.h"

#include <poll.h>
#include <pthread.h>
#include <strings.h>

#include "engine/base/authorities.h"
#include "engine/base/buf.h"
#include "engine/base/curl.h"
#include "engine/base/memory.h"

enum {
    CONNECT_TIMEOUT_MS = 5000,
    TIMEOUT_MS = 30000,
    LOOK_EVERY_MS = 100, /* how late a raised cancellation may be seen */
    IDLE_LANES = 16,     /* what is kept open between requests */
    BODY_MAX = 256 << 20,
};

/* What one request at a time runs on.  The multi handle keeps the connections. */
struct lane {
    struct lane *next;
    CURLM *multi;
    CURL *easy;
    char why[CURL_ERROR_SIZE];
};

struct http_client {
    pthread_mutex_t lock;
    struct lane *idle; /* under lock */
    size_t idle_count; /* under lock */
    struct arena own;  /* the options' strings */
    struct http_options options;
};

struct exchange {
    struct arena *arena;
    CURL *easy;
    const struct http_request *request;
    struct http_response *response;
    size_t header_capacity;
    struct buf body;
    bool may_be_out; /* from here on the other side may act on it */
    bool lost;       /* the connection died under a change */
    bool stale;      /* the connection was kept, and over before anything was sent */
    bool too_large;
};

struct error *http_is_possible(struct arena *a)
{
    const char *missing = curl_missing();

    if (!missing)
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "libcurl is missing on this machine: %s", missing);
    e->detail = STR("Tenon talks to AWS through it. Debian and Ubuntu have it in the package "
                    "libcurl4 (apt-get install libcurl4), Fedora in libcurl.");
    return e;
}

struct http_client *http_client_new(const struct http_options *options)
{
    struct http_client *c = must_have(calloc(1, sizeof(*c)));

    curl_start();
    pthread_mutex_init(&c->lock, NULL);
    c->options = (struct http_options){
        .http_proxy = arena_str(&c->own, options->http_proxy),
        .https_proxy = arena_str(&c->own, options->https_proxy),
        .no_proxy = arena_printf(&c->own, STR_FMT "%slocalhost,127.0.0.0/8,::1",
                                 STR_ARG(options->no_proxy), options->no_proxy.len ? "," : ""),
        .ca_bundle = arena_str(&c->own, options->ca_bundle),
    };
    return c;
}

static void lane_free(struct lane *l)
{
    curl_easy_cleanup(l->easy);
    curl_multi_cleanup(l->multi);
    free(l);
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    while (c->idle) {
        struct lane *next = c->idle->next;
        lane_free(c->idle);
        c->idle = next;
    }
    pthread_mutex_destroy(&c->lock);
    arena_free(&c->own);
    free(c);
}

/* A kept connection on which something has come, of which only an end is to be expected.  libcurl
 * 8.23 does not look when it has used the connection a moment ago. */
static bool is_over(CURL *easy)
{
    long made = 0;
    curl_socket_t socket = CURL_SOCKET_BAD;

    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &made);
    curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
    struct pollfd look = {.fd = socket, .events = POLLIN};
    return made == 0 && socket != CURL_SOCKET_BAD && poll(&look, 1, 0) > 0;
}

/* Connected, and the request is the next thing on the wire.  When a kept connection dies under it,
 * libcurl sends it again by itself on a new one: right for a read.  Whether a change may be sent a
 * second time is for the caller to say, who then knows of the first. */
static int going_out(void *self, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct exchange *x = self;

    (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
    x->stale = !x->may_be_out && is_over(x->easy);
    if (x->stale)
        return CURL_PREREQFUNC_ABORT;
    x->lost = x->may_be_out && x->request->changes;
    x->may_be_out = true;
    return x->lost ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static size_t take_body(char *from, size_t size, size_t count, void *self)
{
    struct exchange *x = self;

    if (x->body.len + size * count > BODY_MAX) {
        x->too_large = true;
        return 0;
    }
    buf_add(&x->body, (struct str){from, size * count});
    return size * count;
}

static size_t take_header(char *from, size_t size, size_t count, void *self)
{
    struct exchange *x = self;
    struct str line = str_trim((struct str){from, size * count});

    if (str_starts_with(line, STR("HTTP/"))) {
        x->response->header_count = 0; /* an interim answer came before */
        return size * count;
    }
    struct str value = line, name = str_cut(&value, ':');
    if (value.ptr) {
        struct http_header h = {arena_str(x->arena, name), arena_str(x->arena, str_trim(value))};
        ARENA_PUSH(x->arena, x->response->headers, x->response->header_count, x->header_capacity,
                   h);
    }
    return size * count;
}

static struct curl_slist *header_list(struct arena *a, const struct http_request *request)
{
    /* No waiting for permission to send a body; no form type unless the caller says so. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    bool typed = false;

    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *h = &request->headers[i];
        struct str line = h->value.len ? arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(h->name),
                                                      STR_ARG(h->value))
                                       : arena_printf(a, STR_FMT ";", STR_ARG(h->name));
        typed |= h->name.len == 12 && strncasecmp(h->name.ptr, "content-type", 12) == 0;
        list = curl_slist_append(list, line.ptr);
    }
    return typed ? list : curl_slist_append(list, "Content-Type:");
}

/* What is the same for every request.  The rest is set each time, all of it: set_up below. */
static void set_up_lane(struct lane *l)
{
    curl_easy_setopt(l->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(l->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(l->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(l->easy, CURLOPT_ERRORBUFFER, l->why);
    curl_easy_setopt(l->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(l->easy, CURLOPT_PATH_AS_IS, 1L); /* what was signed is what is sent */
    curl_easy_setopt(l->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(l->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(l->easy, CURLOPT_PREREQFUNCTION, going_out);
}

static struct lane *lane_new(void)
{
    struct lane *l = must_have(calloc(1, sizeof(*l)));

    l->multi = must_have(curl_multi_init());
    l->easy = must_have(curl_easy_init());
    set_up_lane(l);
    return l;
}

static struct lane *take_lane(struct http_client *c)
{
    pthread_mutex_lock(&c->lock);
    struct lane *l = c->idle;
    if (l) {
        c->idle = l->next;
        c->idle_count--;
    }
    pthread_mutex_unlock(&c->lock);
    return l ? l : lane_new();
}

static void give_back_lane(struct http_client *c, struct lane *l)
{
    pthread_mutex_lock(&c->lock);
    bool keep = c->idle_count < IDLE_LANES;
    if (keep) {
        l->next = c->idle;
        c->idle = l;
        c->idle_count++;
    }
    pthread_mutex_unlock(&c->lock);
    if (!keep)
        lane_free(l);
}

/* A bundle takes the place of the system's file; the system's folder stays in force beside it. */
static void trust(const struct http_client *c, CURL *easy)
{
    struct authorities system = authorities_find();

    if (c->options.ca_bundle.len)
        curl_easy_setopt(easy, CURLOPT_CAINFO, c->options.ca_bundle.ptr);
    else if (system.file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, system.file);
    if (system.folder)
        curl_easy_setopt(easy, CURLOPT_CAPATH, system.folder);
}

static void set_up(const struct http_client *c, CURL *easy, struct exchange *x,
                   struct curl_slist *headers)
{
    const struct http_request *r = x->request;

    curl_easy_setopt(easy, CURLOPT_URL, arena_str(x->arena, r->url).ptr);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(r->connect_timeout_ms ? r->connect_timeout_ms : CONNECT_TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(r->timeout_ms ? r->timeout_ms : TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, x);
    if (r->body.len || strcmp(r->method, "POST") == 0 || strcmp(r->method, "PUT") == 0) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
        /* In one piece with the headers, and there for a second time: see going_out. */
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body.len ? r->body.ptr : "");
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_PROXY,
                     str_starts_with(r->url, STR("https:")) ? c->options.https_proxy.ptr
                                                            : c->options.http_proxy.ptr);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, c->options.no_proxy.ptr);
    trust(c, easy);
}

/* Runs to the end, or to a cancellation that may still be heeded. */
static CURLcode run(struct lane *l, struct exchange *x, struct cancel *cancel, bool *cancelled)
{
    CURLcode result = CURLE_OK;
    int running = 1, left;

    curl_multi_add_handle(l->multi, l->easy);
    while (running) {
        CURLMcode code = curl_multi_perform(l->multi, &running);
        if (code == CURLM_OK && running)
            code = curl_multi_poll(l->multi, NULL, 0, LOOK_EVERY_MS, NULL);
        if (code != CURLM_OK) {
            result = CURLE_FAILED_INIT;
            break;
        }
        *cancelled = running && cancel_is_raised(cancel) && !(x->request->changes && x->may_be_out);
        if (*cancelled)
            break;
    }
    for (const CURLMsg *m; (m = curl_multi_info_read(l->multi, &left));)
        if (m->msg == CURLMSG_DONE)
            result = m->data.result;
    curl_multi_remove_handle(l->multi, l->easy);
    return result;
}

/* Scheme, host and port: what may stand in a log. */
static struct str host_of(struct arena *a, struct str url)
{
    CURLU *parts = curl_url();
    char *host = NULL, *port = NULL;
    struct str text = STR("the given URL");

    if (parts && curl_url_set(parts, CURLUPART_URL, arena_str(a, url).ptr, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        bool has_port = curl_url_get(parts, CURLUPART_PORT, &port, 0) == CURLUE_OK;
        text = arena_printf(a, "%s%s%s", host, has_port ? ":" : "", has_port ? port : "");
    }
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parts);
    return text;
}

static struct error *failed(struct exchange *x, CURLcode code, const char *why)
{
    struct str host = host_of(x->arena, x->request->url);
    struct error *e;

    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return error_new(x->arena, ERROR_INVALID, "`" STR_FMT "` is not an http or https URL",
                         STR_ARG(x->request->url));
    if (x->lost)
        why = "the connection was closed before its answer came";
    if (x->too_large)
        why = "the answer is larger than 256 MiB";
    e = error_new(x->arena, ERROR_UNREACHABLE, "no answer from " STR_FMT ": %s", STR_ARG(host),
                  why[0] ? why : curl_easy_strerror(code));
    e->code = str_of(curl_stage(code, x->may_be_out));
    e->outcome_unknown = x->request->changes && x->may_be_out;
    return e;
}

static struct error *exchange(const struct http_client *c, struct lane *l, struct exchange *x,
                              struct cancel *cancel)
{
    bool cancelled = false;
    long status = 0;
    struct curl_slist *headers = header_list(x->arena, x->request);

    l->why[0] = '\0';
    x->easy = l->easy;
    set_up(c, l->easy, x, headers);
    CURLcode code = run(l, x, cancel, &cancelled);
    curl_easy_getinfo(l->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    if (cancelled)
        return error_new(x->arena, ERROR_CANCELLED, "cancelled while waiting for " STR_FMT,
                         STR_ARG(host_of(x->arena, x->request->url)));
    if (code != CURLE_OK)
        return failed(x, code, l->why);
    x->response->status = (int)status;
    x->response->body = buf_str(&x->body);
    return NULL;
}

struct error *http_send(struct http_client *c, struct arena *a, struct cancel *cancel,
                        const struct http_request *request, struct http_response *out)
{
    struct exchange x = {.arena = a, .request = request, .response = out, .body = buf_in(a)};

    *out = (struct http_response){0};
    if (cancel_is_raised(cancel))
        return error_new(a, ERROR_CANCELLED, "cancelled before a request to " STR_FMT,
                         STR_ARG(host_of(a, request->url)));
    struct lane *l = take_lane(c);
    struct error *e = exchange(c, l, &x, cancel);
    if (x.stale) {
        lane_free(l);
        l = lane_new();
        e = exchange(c, l, &x, cancel);
    }
    if (e)
        lane_free(l); /* what a failure leaves in a handle differs between libcurl's versions */
    else
        give_back_lane(c, l);
    return e;
}

struct str http_header(const struct http_response *r, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < r->header_count; i++)
        if (r->headers[i].name.len == len && strncasecmp(r->headers[i].name.ptr, name, len) == 0)
            return r->headers[i].value;
    return (struct str){0};
}
