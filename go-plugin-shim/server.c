#include "go-plugin-shim/server.h"

#include <assert.h>
#include <grpc/grpc_security.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "engine/base/time.h"
#include "go-plugin-shim/call.h"

enum {
    LOOK_AROUND_MS = 200,
    GRACE_MS = 35 * 1000, /* a change already sent is awaited for 30 s */
    CUT_MS = 2 * 1000,    /* for handlers to notice that their calls were cut */
};

static grpc_server_credentials *mutual_tls(const struct identity *identity, struct str client)
{
    grpc_ssl_pem_key_cert_pair own = {identity->key_pem.ptr, identity->certificate_pem.ptr};
    grpc_ssl_server_certificate_config *config =
        grpc_ssl_server_certificate_config_create(client.ptr, &own, 1);

    return grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config(
            GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, config));
}

static grpc_server *server_without_limits(void)
{
    grpc_arg arguments[] = {
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, .value.integer = -1},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, .value.integer = -1},
        /* One host on this machine: nothing to observe and no bandwidth to find out. */
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_ENABLE_CENSUS, .value.integer = 0},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_ENABLE_CHANNELZ, .value.integer = 0},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_HTTP2_BDP_PROBE, .value.integer = 0},
    };
    grpc_channel_args all = {sizeof(arguments) / sizeof(*arguments), arguments};

    return grpc_server_create(&all, NULL);
}

static bool listen_at(struct arena *a, struct server *s, struct str socket_path,
                      grpc_server_credentials *credentials)
{
    struct str address = arena_printf(a, "unix:" STR_FMT, STR_ARG(socket_path));
    mode_t before = umask(0077); /* without TLS, the socket's mode is all that keeps others out */
    bool bound = grpc_server_add_http2_port(s->grpc, address.ptr, credentials) != 0;

    umask(before);
    return bound;
}

static void closed(void *self, bool ok)
{
    (void)ok;
    ((struct server *)self)->is_closed = true;
}

/* gRPC says only that it does not.  Whether the host's certificate is one is asked when that is the
 * question: each reading of one is a tenth of a start. */
static struct error *why_closed(struct arena *a, struct str socket_path, struct str client)
{
    struct error *e;

    if (client.len && !certificate_is_pem(client)) {
        e = error_new(a, ERROR_INVALID, "PLUGIN_CLIENT_CERT holds no certificate");
        e->detail = STR("The host passes its TLS certificate there, as PEM text.");
        return e;
    }
    e = error_new(a, ERROR_INVALID, "cannot listen on the socket " STR_FMT, STR_ARG(socket_path));
    e->detail = STR("gRPC refused the address; TF_LOG=trace shows why.");
    return e;
}

struct error *server_open(struct arena *a, struct server *s, const struct shim_options *options,
                          struct str socket_path, const struct identity *identity,
                          struct str client)
{
    grpc_server_credentials *credentials =
        client.len ? mutual_tls(identity, client) : grpc_insecure_server_credentials_create();

    *s = (struct server){.options = options,
                         .grpc = server_without_limits(),
                         .queue = grpc_completion_queue_create_for_next(NULL),
                         .workers = workers_new(),
                         .on_closed = {closed, s},
                         .parent = getppid()};
    grpc_server_register_completion_queue(s->grpc, s->queue, NULL);
    bool bound = listen_at(a, s, socket_path, credentials);
    grpc_server_credentials_release(credentials);
    grpc_server_start(s->grpc);
    if (bound) {
        call_await(s);
        return NULL;
    }
    server_stop(s, "no socket");
    server_run(s);
    server_close(s);
    return why_closed(a, socket_path, client);
}

/* Ends what still runs, the held streams at least. */
static void cut(struct server *s)
{
    s->phase = PHASE_CUTTING;
    s->phase_until_ms = time_monotonic_ms() + CUT_MS;
    grpc_server_cancel_all_calls(s->grpc);
}

void server_stop(struct server *s, const char *reason)
{
    int64_t grace_ms = s->options->grace_ms ? s->options->grace_ms : GRACE_MS;

    if (s->phase != PHASE_SERVING)
        return;
    log_event(LOG_DEBUG, "stopping", LOG_STR("reason", str_of(reason)),
              LOG_INT("calls", (int64_t)s->busy_count));
    s->phase = PHASE_STOPPING;
    s->phase_until_ms = time_monotonic_ms() + grace_ms;
    cancel_raise(s->options->stop);
    grpc_server_shutdown_and_notify(s->grpc, s->queue, &s->on_closed);
    if (s->busy_count == 0)
        cut(s);
}

void server_call_answered(struct server *s)
{
    s->busy_count--;
    if (s->phase == PHASE_STOPPING && s->busy_count == 0)
        cut(s);
}

/* A handler that ignores its token would keep the process for ever, and with it Terraform or an
 * orphan's lease.  Its thread cannot be ended, so the process is. */
static _Noreturn void give_up(const struct server *s)
{
    log_event(LOG_ERROR, "calls did not end", LOG_INT("calls", (int64_t)s->busy_count));
    _exit(1);
}

static void mind_the_clock(struct server *s)
{
    bool late = time_monotonic_ms() >= s->phase_until_ms;

    if (s->phase == PHASE_STOPPING && late)
        cut(s);
    else if (s->phase == PHASE_CUTTING && late)
        give_up(s);
}

static sigset_t claimed_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

void server_claim_signals(void)
{
    sigset_t set = claimed_signals();

    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void heed_signals(struct server *s)
{
    sigset_t set = claimed_signals();
    struct timespec at_once = {0};

    for (int n; (n = sigtimedwait(&set, NULL, &at_once)) > 0;)
        if (n != SIGINT || s->options->debug)
            server_stop(s, n == SIGINT ? "interrupted" : n == SIGTERM ? "terminated" : "hung up");
}

/* A killed Terraform sends no Shutdown.  Its stdio stream closes with it and we get a new parent;
 * either alone can have other reasons. */
static void mind_the_parent(struct server *s)
{
    if (!s->options->debug && s->stdio_count == 0 && getppid() != s->parent)
        server_stop(s, "the host is gone");
}

static void look_around(struct server *s)
{
    heed_signals(s);
    mind_the_parent(s);
    mind_the_clock(s);
}

void server_run(struct server *s)
{
    int64_t look_at_ms = 0, left_ms;

    while (!s->is_closed || s->busy_count > 0) {
        if ((left_ms = look_at_ms - time_monotonic_ms()) <= 0) {
            look_around(s);
            left_ms = LOOK_AROUND_MS;
            look_at_ms = time_monotonic_ms() + left_ms;
        }
        gpr_timespec then =
            gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(left_ms, GPR_TIMESPAN));
        grpc_event event = grpc_completion_queue_next(s->queue, then, NULL);
        if (event.type == GRPC_OP_COMPLETE) {
            struct completion *done = event.tag;
            done->run(done->self, event.success);
        }
    }
}

void server_close(struct server *s)
{
    grpc_event event;

    assert(s->is_closed && s->busy_count == 0);
    workers_free(s->workers);
    grpc_completion_queue_shutdown(s->queue);
    while ((event = grpc_completion_queue_next(s->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL))
               .type != GRPC_QUEUE_SHUTDOWN) {
        struct completion *done = event.tag;
        done->run(done->self, event.success);
    }
    grpc_server_destroy(s->grpc);
    grpc_completion_queue_destroy(s->queue);
}
