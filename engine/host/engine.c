#include <stdio.h>
#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/base/time.h"
#include "engine/core/pool.h"
#include "engine/host/inside.h"

/* The engine's thread, and what passes between adapters and it. */

enum { RESTART_MS = 1000 };

/* Events pass through here: doors that wait for a catalog or the manifests listen in. */

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
    struct error *e = error_new(a, ERROR_INVALID, "the manifests cannot be read");
    e->detail = arena_str(a, str_of(h->workload_problem));
    return error_at(e, STR("cluster.manifests"));
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

static void *run(void *self)
{
    struct host *h = self;
    struct error *e = engine_run(h->engine, &h->run_arena);
    monitor_enter(&h->news);
    h->run_error = e;
    h->run = RUN_ENDED;
    h->ended_ms = time_monotonic_ms();
    monitor_wake(&h->news);
    monitor_leave(&h->news);
    return NULL;
}

static uint64_t seed(const struct host *h)
{
    return str_hash(h->settings.fleet.cluster) ^ (uint64_t)time_monotonic_ms();
}

/* Adapters and engine; `life` is held. */

static struct error *open_ports(struct host *h, struct arena *a)
{
    if (!h->store_engine) {
        struct str path;
        TRY(host_store_path(h, a, &path));
        TRY(store_engine_new(a, path, &h->settings.fleet, host_sink(h), &h->store_engine));
    }
    if (h->ports_are_open)
        return NULL;
    TRY(h->factory.open(h->factory.self, a, &h->settings, host_sink(h), &h->ports));
    h->ports_are_open = true;
    return NULL;
}

static void close_ports(struct host *h)
{
    if (h->ports_are_open)
        h->ports.close(h->ports.self);
    h->ports_are_open = false;
    monitor_enter(&h->news);
    h->workload_answered = false;
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

static struct error *start(struct host *h, struct arena *a, bool all_pools, bool until_settled)
{
    TRY(open_ports(h, a));
    struct engine_options options = {
        .cluster = h->settings.fleet.cluster,
        .region = h->settings.fleet.region,
        .account = h->settings.fleet.account,
        .batch_idle_ms = h->settings.batch_idle_ms,
        .batch_max_ms = h->settings.batch_max_ms,
        .disrupt_all = all_pools,
        .until_settled = until_settled,
        .seed = seed(h),
    };
    struct engine_ports ports = {
        .clock = h->ports.clock,
        .store = store_engine_port(h->store_engine),
        .cloud = h->ports.cloud,
        .launches = h->ports.launches,
        .cluster = h->ports.cluster,
        .documents = host_documents,
    };
    arena_free(&h->run_arena);
    set_run(h, RUN_ACTIVE, engine_new(&options, &ports));
    if (pthread_create(&h->thread, NULL, run, h))
        abort();
    return NULL;
}

/* Waits for the thread's end.  A change that was sent is awaited, so this can take half a minute.
 */
static void join(struct host *h)
{
    pthread_join(h->thread, NULL);
    struct engine *e = h->engine;
    set_run(h, RUN_NONE, NULL); /* what is posted from now on is dropped */
    engine_free(e);
}

struct error *host_open_ports(struct host *h, struct arena *a, struct host_ports *out)
{
    pthread_mutex_lock(&h->life);
    struct error *e = open_ports(h, a);
    *out = h->ports;
    pthread_mutex_unlock(&h->life);
    return e;
}

struct error *host_need(struct host *h, struct arena *a, bool all_pools, bool until_settled)
{
    struct error *e = NULL;
    pthread_mutex_lock(&h->life);
    if (run_of(h) == RUN_ENDED)
        join(h);
    if (run_of(h) == RUN_NONE)
        e = start(h, a, all_pools, until_settled);
    if (!e)
        h->needs++;
    pthread_mutex_unlock(&h->life);
    return e;
}

void host_unneed(struct host *h, bool cancelled)
{
    pthread_mutex_lock(&h->life);
    if (h->needs)
        h->needs--;
    if (!h->needs && run_of(h) != RUN_NONE) {
        if (cancelled)
            h->ports.stop(h->ports.self);
        engine_stop(h->engine);
        join(h);
    }
    /* Adapters that were told to stop have done so for good; the next one opens new ones. */
    if (!h->needs && cancelled)
        close_ports(h);
    pthread_mutex_unlock(&h->life);
}

void host_keep_running(struct host *h)
{
    ARENA_AUTO a = {0};
    monitor_enter(&h->news);
    bool again = h->run != RUN_ACTIVE && time_monotonic_ms() >= h->ended_ms + RESTART_MS;
    h->ended_ms = again ? time_monotonic_ms() : h->ended_ms;
    monitor_leave(&h->news);
    if (!again)
        return;
    pthread_mutex_lock(&h->life);
    if (run_of(h) == RUN_ENDED)
        join(h);
    struct error *e = run_of(h) == RUN_NONE ? start(h, &a, false, false) : NULL;
    pthread_mutex_unlock(&h->life);
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

enum { LOOK_MS = 100 };

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
    struct error *e = NULL;
    *settled = false;
    TRY(host_store(h, a, &store));
    TRY(host_need(h, a, true, once));
    while (!has_ended(h, a, once, settled, &e) && !cancel_is_raised(cancel) &&
           time_monotonic_ms() < deadline_ms)
        cancel_wait_ms(cancel, LOOK_MS);
    host_unneed(h, !*settled);
    return e;
}
