#include <pthread.h>
#include <signal.h>

#include "engine/base/log.h"
#include "engine/base/time.h"
#include "engine/base/version.h"
#include "engine/cli/commands.h"
#include "engine/cli/store.h"
#include "engine/cli/watched.h"

/* The daemon: the engine of one store, until it is told to stop.  What was sent is awaited. */

static void *wait_for_signal(void *argument)
{
    struct cancel *stop = argument;
    sigset_t set;
    int which;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigwait(&set, &which) == 0)
        cancel_raise(stop);
    return NULL;
}

struct watch {
    pthread_t thread;
    struct cancel *stop;
};

/* Blocked in every thread, taken by one that only waits for them. */
static void watch_begin(struct watch *w)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    w->stop = cancel_new(NULL);
    if (pthread_create(&w->thread, NULL, wait_for_signal, w->stop) != 0)
        abort();
}

static void watch_end(struct watch *w)
{
    pthread_kill(w->thread, SIGTERM);
    pthread_join(w->thread, NULL);
    cancel_free(w->stop);
}

enum { FIRST_APPLY_LOOK_MS = 5000 };

struct run {
    struct str store, profile, role, kubeconfig, context;
    struct str cluster, region, interruption_queue, metrics;
    bool once;
    int64_t timeout_ms;
    bool settled;
};

/* As the apply came to AWS, but for what the command line says otherwise. */
static struct error *client_for(struct arena *a, const struct host_settings *s, const struct run *r,
                                struct aws_client **out)
{
    const struct aws_role role = {.arn = r->role, .path = STR("--assume-role-arn")};
    struct aws_config config = s->access;

    config.region = s->fleet.region;
    config.user_agent = STR("Tenon/" TENON_VERSION " (engine)");
    if (r->profile.len) {
        config.profile = r->profile;
        config.web_identity = NULL;
    }
    if (r->role.len) {
        config.roles = &role;
        config.role_count = 1;
    }
    return aws_client_new(a, &config, out);
}

/* What an engine needs that is installed into a cluster where Terraform has not applied anything:
 * the pools are kubectl's there. */
static struct host_settings settings_given(const struct run *r, const struct host_settings *known)
{
    struct host_settings out = *known;

    out.fleet.cluster = r->cluster;
    out.fleet.region = r->region;
    out.follows_api_server = true;
    return out;
}

/* A store in the cluster may be there before anything was applied with it, for the engine is
 * installed beside it: then it is waited for. */
static struct error *find_settings(struct arena *a, const struct run *r, struct cancel *stop,
                                   struct host_settings *out)
{
    const struct host_settings known = {.store = r->store,
                                        .kubeconfig = r->kubeconfig,
                                        .context = r->context,
                                        .in_pod = true,
                                        .as_kubectl = true};
    bool in_cluster = str_eq(r->store, STR("kubernetes")), said = false;

    for (;;) {
        struct error *e = host_settings_of_store(a, &known, out);
        if (!in_cluster || !e || e->kind != ERROR_NOT_FOUND)
            return e;
        if (r->cluster.len) {
            *out = settings_given(r, &known);
            return NULL;
        }
        if (r->once)
            return e;
        if (!said)
            log_event(LOG_INFO, "engine waits for the first apply", LOG_STR("store", r->store));
        said = true;
        if (cancel_wait_ms(stop, FIRST_APPLY_LOOK_MS))
            return error_new(a, ERROR_CANCELLED, "stopped before anything was applied");
    }
}

static void take_options(const struct run *r, struct host_settings *s)
{
    if (r->cluster.len) /* of another than the store's it is refused when that is opened */
        s->fleet.cluster = r->cluster;
    if (r->region.len)
        s->fleet.region = r->region;
    if (r->interruption_queue.len)
        s->interruption_queue = r->interruption_queue;
    if (r->kubeconfig.len || r->context.len) {
        s->follows_api_server = true;
        s->kubeconfig = r->kubeconfig;
        s->context = r->context;
    }
    s->in_pod = true;
}

static struct error *run_watched(struct arena *a, struct run *r, struct host *host,
                                 const struct host_settings *settings, struct cancel *stop,
                                 int64_t deadline_ms)
{
    struct watched *watched = NULL;
    struct error *e = NULL;

    if (r->metrics.len)
        e = watched_open(a, r->metrics, settings, &watched);
    if (!e)
        e = host_run(host, a, stop, r->once, deadline_ms, &r->settled);
    watched_close(watched);
    return e;
}

static struct error *run(struct arena *a, struct run *r, struct cancel *stop)
{
    struct host_settings settings;
    struct aws_client *aws = NULL;
    int64_t deadline_ms =
        r->timeout_ms == NEVER_MS ? NEVER_MS : time_monotonic_ms() + r->timeout_ms;

    TRY(cli_find_store(a, r->store, &r->store));
    struct error *e = find_settings(a, r, stop, &settings);
    if (e && cancel_is_raised(stop)) /* it was told to end, and has */
        return NULL;
    TRY(e);
    take_options(r, &settings);
    TRY(client_for(a, &settings, r, &aws));
    settings.aws = aws;
    struct host *host = host_new(&settings, &host_live);
    log_event(LOG_INFO, "engine starts", LOG_STR("cluster", settings.fleet.cluster),
              LOG_STR("region", settings.fleet.region), LOG_STR("store", r->store));
    e = run_watched(a, r, host, &settings, stop, deadline_ms);
    log_event(LOG_INFO, "engine stops", LOG_STR("cluster", settings.fleet.cluster));
    host_free(host);
    aws_client_free(aws);
    return e;
}

static struct error *not_settled(struct arena *a)
{
    struct error *e = error_new(a, ERROR_TIMEOUT, "the fleet has not converged");
    e->detail = STR("tenon status says what waits and why; run this again to go on.");
    return e;
}

static bool take_usage(struct run *r, struct str timeout)
{
    if (r->once)
        r->timeout_ms = 10 * 60 * 1000;
    if (timeout.len && !duration_parse(timeout, &r->timeout_ms)) {
        fprintf(stderr, "tenon engine: --timeout is \"" STR_FMT "\"; write it as 90s or 10m\n",
                STR_ARG(timeout));
        return false;
    }
    if (!r->cluster.len == !r->region.len)
        return true;
    fprintf(stderr, "tenon engine: --cluster and --region go together\n");
    return false;
}

int run_engine(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct run r = {.timeout_ms = NEVER_MS};
    struct str timeout = {0};
    const struct cli_option options[] = {
        {"store", "STORE", CLI_STORE_HELP, .text = &r.store},
        {"once", NULL, "until everything has converged, then end", .flag = &r.once},
        {"timeout", "DURATION", "with --once: give up after this (default 10m)", .text = &timeout},
        {"kubeconfig", "FILE",
         "of the cluster; default: as the apply reached it, or in a pod its "
         "service account",
         .text = &r.kubeconfig},
        {"context", "NAME", "context in it (default: its current one)", .text = &r.context},
        {"cluster", "NAME", "of the fleet, with --store kubernetes before the first apply",
         .text = &r.cluster},
        {"region", "REGION", "of the fleet, with --cluster", .text = &r.region},
        {"interruption-queue", "QUEUE", "name or URL; default: that of the apply",
         .text = &r.interruption_queue},
        {"metrics", "ADDRESS",
         "HOST:PORT or :PORT to serve /metrics and /healthz at (default: nowhere)",
         .text = &r.metrics},
        {"profile", "NAME", "AWS profile; default: that of the apply", .text = &r.profile},
        {"assume-role-arn", "ARN", "role to act as; default: those that the apply assumed",
         .text = &r.role},
    };
    const struct cli_usage usage = {
        .command = "engine",
        .summary = "Owns the nodes of the store's cluster: launches for waiting pods, takes away "
                   "what is due. Logs on stderr (TENON_LOG=debug for more).",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    int operands, code;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    if (!take_usage(&r, timeout))
        return CLI_USAGE;
    struct watch watch;
    watch_begin(&watch);
    struct error *e = run(&a, &r, watch.stop);
    if (!e && r.once && !r.settled && !cancel_is_raised(watch.stop))
        e = not_settled(&a);
    watch_end(&watch);
    return e ? cli_fail("engine", e) : CLI_DONE;
}
