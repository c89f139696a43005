#include <stdio.h>
#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/base/time.h"
#include "engine/core/pool.h"
#include "engine/host/inside.h"

/* The engine's thread, and what passes between adapters and it. */

enum {
    RESTART_MS = 1000,
    LOOK_MS = 100,
    LINGER_MS = 1500, /* how long a cancelled apply waits for the answers to what was sent */
};

/* Events pass through here: doors that wait for a catalog or the pods listen in. */

static void hear_workload(struct host *h, const struct event *v)
{
    h->workload_answered = true;
    h->workload_known = !v->error || v->complete;
    h->workload_problem[0] = 0;
    if (v->error)
        snprintf(h->workload_problem, sizeof(h->workload_problem), STR_FMT "%s" STR_FMT,
                 STR_ARG(v->error->summary), v->error->detail.len ? ": " : "",
                 STR_ARG(v->error->detail));
}

struct error *host_workload_error(const struct host *h, struct arena *a)
{
    bool asks = h->settings.follows_api_server;
    struct error *e =
        error_new(a, ERROR_INVALID, "the %s cannot be read", asks ? "cluster" : "manifests");
    e->detail = arena_str(a, str_of(h->workload_problem));
    return error_at(e, asks ? STR("cluster") : STR("cluster.manifests"));
}

static struct error *check_served(struct catalog_wait *w, const struct event *v)
{
    struct pool pool = *w->pool;
    pool.catalog = &v->catalog;
    return pool_can_be_served(w->arena, &pool);
}

static void hear_catalog(struct host *h, const struct event *v)
{
    for (struct catalog_wait *w = h->waits; w; w = w->next) {
        if (w->answered || !str_eq(w->node_class, v->name) ||
            !str_eq(w->document, v->class_document))
            continue;
        w->answered = true;
        if (v->error)
            w->error = error_copy(w->arena, v->error);
        else if (w->pool)
            w->error = check_served(w, v);
    }
}

static void post(void *self, struct event *v)
{
    struct host *h = self;
    monitor_enter(&h->news);
    if (v->kind == EVENT_WORKLOAD)
        hear_workload(h, v);
    if (v->kind == EVENT_CATALOG)
        hear_catalog(h, v);
    bool heard = v->kind == EVENT_WORKLOAD || v->kind == EVENT_CATALOG;
    if (h->engine)
        engine_sink(h->engine).post(engine_sink(h->engine).self, v);
    else
        event_free(v);
    if (heard)
        monitor_wake(&h->news);
    monitor_leave(&h->news);
}

struct event_sink host_sink(struct host *h)
{
    return (struct event_sink){h, post};
}

static uint64_t seed(const struct host *h)
{
    return str_hash(h->settings.fleet.cluster) ^ (uint64_t)time_monotonic_ms();
}

/* Adapters and engine. */

/* `life` is held. */
static struct error *open_ports(struct host *h, struct arena *a)
{
    if (!h->store_engine) {
        struct store *store;
        TRY(host_open_store(a, &h->settings, STORE_FOLLOW, &h->settings.fleet, &store));
        h->store_engine = store_engine_of(store, host_sink(h));
    }
    if (h->ports_are_open)
        return NULL;
    TRY(h->factory.open(h->factory.self, a, &h->settings, host_sink(h), &h->ports));
    h->ports_are_open = true;
    return NULL;
}

/* Waits for their threads.  Nobody else uses them, and who wants to waits for this. */
static void close_ports(struct host *h)
{
    h->ports.close(h->ports.self);
    monitor_enter(&h->news);
    h->ports_are_open = h->ports_are_stopped = h->workload_answered = false;
    monitor_wake(&h->news);
    monitor_leave(&h->news);
}

void host_doze(struct host *h)
{
    monitor_wait(&h->news, time_monotonic_ms() + LOOK_MS);
}

struct error *host_hold_ports(struct host *h, struct arena *a, struct cancel *cancel,
                              struct host_ports *out)
{
    monitor_enter(&h->news);
    while (h->ports_are_stopped && !cancel_is_raised(cancel))
        host_doze(h);
    bool stopped = h->ports_are_stopped;
    h->users += !stopped;
    monitor_leave(&h->news);
    if (stopped)
        return error_new(a, ERROR_CANCELLED, "stopped before the cloud was asked");
    pthread_mutex_lock(&h->life);
    struct error *e = open_ports(h, a);
    *out = h->ports;
    pthread_mutex_unlock(&h->life);
    if (e)
        host_let_ports(h);
    return e;
}

void host_let_ports(struct host *h)
{
    monitor_enter(&h->news);
    h->users--;
    monitor_leave(&h->news);
}

static void set_run(struct host *h, enum run_state state, struct engine *engine)
{
    monitor_enter(&h->news);
    h->run = state;
    h->engine = engine;
    h->run_error = NULL;
    monitor_leave(&h->news);
}

static enum run_state run_of(struct host *h)
{
    monitor_enter(&h->news);
    enum run_state state = h->run;
    monitor_leave(&h->news);
    return state;
}

/* The thread's end.  One that was told to stop may be started again at once. */
static void note_end(struct host *h, struct error *e)
{
    monitor_enter(&h->news);
    h->run_error = e;
    h->ended_ms = h->run == RUN_ACTIVE ? time_monotonic_ms() : 0;
    h->run = RUN_ENDED;
    h->users--;
    monitor_wake(&h->news);
    monitor_leave(&h->news);
}

static void *run(void *self)
{
    struct host *h = self;
    struct error *e = engine_run(h->engine, &h->run_arena);
    pthread_mutex_lock(&h->life);
    if (h->ports_are_stopped) { /* for good, and this thread was their only user */
        pthread_mutex_unlock(&h->life);
        close_ports(h);
        pthread_mutex_lock(&h->life);
    }
    note_end(h, e);
    pthread_mutex_unlock(&h->life);
    return NULL;
}

/* `life` is held. */
static struct error *start(struct host *h, struct arena *a, bool all_pools, bool until_settled)
{
    TRY(open_ports(h, a));
    struct engine_options options = {
        .cluster = h->settings.fleet.cluster,
        .region = h->settings.fleet.region,
        .account = h->settings.fleet.account,
        .heeds_rebalance = h->settings.heeds_rebalance,
        .ignore_preferences = h->settings.ignore_preferences,
        .batch_idle_ms = h->settings.batch_idle_ms,
        .batch_max_ms = h->settings.batch_max_ms,
        .max_disrupted = h->settings.max_disrupted,
        .max_unready = h->settings.max_unready,
        .max_staleness_ms = h->settings.max_staleness_ms,
        .disrupt_all = all_pools,
        .until_settled = until_settled,
        .seed = seed(h),
    };
    struct engine_ports ports = {
        .clock = h->ports.clock,
        .store = store_engine_port(h->store_engine),
        .cloud = h->ports.cloud,
        .launches = h->ports.launches,
        .notices = h->ports.notices,
        .cluster = h->ports.cluster,
        .documents = host_documents,
    };
    arena_free(&h->run_arena);
    set_run(h, RUN_ACTIVE, engine_new(&options, &ports));
    monitor_enter(&h->news);
    h->users++;
    monitor_leave(&h->news);
    if (pthread_create(&h->thread, NULL, run, h))
        abort();
    return NULL;
}

/* Joins a thread that is over; `life` is held, which it let go of before. */
static void reap(struct host *h)
{
    if (run_of(h) != RUN_ENDED)
        return;
    pthread_join(h->thread, NULL);
    struct engine *e = h->engine;
    set_run(h, RUN_NONE, NULL); /* what is posted from now on is dropped */
    engine_free(e);
}

/* One that is about to stop is started again when it has ended (host_keep_running). */
static struct error *begin(struct host *h, struct arena *a, bool all_pools, bool until_settled)
{
    pthread_mutex_lock(&h->life);
    reap(h);
    struct error *e = run_of(h) == RUN_NONE ? start(h, a, all_pools, until_settled) : NULL;
    pthread_mutex_unlock(&h->life);
    return e;
}

struct error *host_need(struct host *h, struct arena *a, bool all_pools, bool until_settled)
{
    monitor_enter(&h->news);
    h->needs++;
    monitor_leave(&h->news);
    struct error *e = begin(h, a, all_pools, until_settled);
    if (!e)
        return NULL;
    monitor_enter(&h->news);
    h->needs--;
    monitor_leave(&h->news);
    return e;
}

/* Ends reads and retries under way, unless a put needs their answers. */
static void hurry(struct host *h)
{
    pthread_mutex_lock(&h->life);
    monitor_enter(&h->news);
    bool stop = h->run == RUN_STOPPING && h->users == 1 && !h->ports_are_stopped;
    h->ports_are_stopped |= stop;
    monitor_leave(&h->news);
    if (stop)
        h->ports.stop(h->ports.self);
    pthread_mutex_unlock(&h->life);
}

/* Unless somebody needs it again. */
static void tell_to_stop(struct host *h)
{
    pthread_mutex_lock(&h->life);
    monitor_enter(&h->news);
    bool stop = !h->needs && h->run == RUN_ACTIVE;
    if (stop)
        h->run = RUN_STOPPING;
    monitor_leave(&h->news);
    if (stop)
        engine_stop(h->engine);
    pthread_mutex_unlock(&h->life);
}

/* A change that was sent is awaited, so this can take half a minute; a cancelled one does not wait
 * for it. */
static void await_end(struct host *h, struct cancel *cancel)
{
    int64_t give_up_ms = NEVER_MS;
    while (run_of(h) == RUN_STOPPING && time_monotonic_ms() < give_up_ms) {
        if (give_up_ms == NEVER_MS && cancel_is_raised(cancel)) {
            hurry(h);
            give_up_ms = time_monotonic_ms() + LINGER_MS;
        }
        monitor_enter(&h->news);
        if (h->run == RUN_STOPPING)
            host_doze(h);
        monitor_leave(&h->news);
    }
    pthread_mutex_lock(&h->life);
    reap(h);
    pthread_mutex_unlock(&h->life);
}

bool host_unneed(struct host *h, struct cancel *cancel, int64_t deadline_ms)
{
    bool in_time = true, busy;
    monitor_enter(&h->news);
    while ((busy = h->needs == 1 && h->run == RUN_ACTIVE && !engine_is_at_rest(h->engine)) &&
           !cancel_is_raised(cancel) && (in_time = time_monotonic_ms() < deadline_ms))
        host_doze(h);
    bool last = --h->needs == 0;
    monitor_leave(&h->news);
    if (!last)
        return true;
    tell_to_stop(h);
    await_end(h, cancel);
    return !busy || in_time;
}

void host_end(struct host *h)
{
    h->needs = 0; /* whoever waited has returned */
    tell_to_stop(h);
    hurry(h);
    await_end(h, NULL);
    if (h->ports_are_open)
        close_ports(h);
}

void host_keep_running(struct host *h)
{
    ARENA_AUTO a = {0};
    monitor_enter(&h->news);
    bool over = h->run == RUN_NONE || h->run == RUN_ENDED;
    bool again = over && time_monotonic_ms() >= h->ended_ms + RESTART_MS;
    h->ended_ms = again ? time_monotonic_ms() : h->ended_ms;
    monitor_leave(&h->news);
    struct error *e = again ? begin(h, &a, false, false) : NULL;
    if (e)
        log_event(LOG_ERROR, "engine_not_started", LOG_STR("error", e->summary));
}

struct str host_run_problem(struct host *h, struct arena *a)
{
    struct str problem = {0};
    monitor_enter(&h->news);
    if (h->run == RUN_ENDED && h->run_error)
        problem = arena_printf(a, STR_FMT ". " STR_FMT, STR_ARG(h->run_error->summary),
                               STR_ARG(h->run_error->detail));
    monitor_leave(&h->news);
    return problem;
}

/* Has the run ended, and how?  A run that is to end by itself cannot while nobody knows the pods.
 */
static bool has_ended(struct host *h, struct arena *a, bool once, bool *settled, struct error **e)
{
    monitor_enter(&h->news);
    bool ended = h->run == RUN_ENDED;
    if (ended && h->run_error)
        *e = error_copy(a, h->run_error);
    if (!ended && once && h->workload_answered && !h->workload_known)
        *e = host_workload_error(h, a);
    *settled = ended && !*e;
    monitor_leave(&h->news);
    return ended || *e;
}

struct error *host_run(struct host *h, struct arena *a, struct cancel *cancel, bool once,
                       int64_t deadline_ms, bool *settled)
{
    struct store_door *store;
    *settled = false;
    TRY(host_store(h, a, &store));
    struct error *e = host_prove(h, a, cancel);
    if (e) /* told to stop before it began: it has, and that is what was asked */
        return cancel_is_raised(cancel) ? NULL : e;
    TRY(host_need(h, a, true, once));
    while (!has_ended(h, a, once, settled, &e) && !cancel_is_raised(cancel) &&
           time_monotonic_ms() < deadline_ms)
        cancel_wait_ms(cancel, LOOK_MS);
    host_unneed(h, cancel, deadline_ms);
    return e;
}
