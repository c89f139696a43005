#include <stdio.h>
#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/base/time.h"
#include "engine/host/inside.h"

/* The engine's thread, and what passes between adapters and it. */

enum { RESTART_MS = 1000 };

/* --- events pass through here: doors that wait for a catalog or the manifests listen in */

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
            w->error = pool_check_served(w->arena, w->pool, &v->catalog);
    }
}

static void post(void *self, struct event *v)
{
    struct host *h = self;
    pthread_mutex_lock(&h->lock);
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
        pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->lock);
}

struct event_sink host_sink(struct host *h)
{
    return (struct event_sink){h, post};
}

/* --- one run */

static void *run(void *self)
{
    struct host *h = self;
    struct error *e = engine_run(h->engine, &h->run_arena);
    pthread_mutex_lock(&h->lock);
    h->run_error = e;
    if (h->run == RUN_ACTIVE)
        h->run = RUN_ENDED;
    h->ended_ms = time_monotonic_ms();
    pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

static uint64_t seed(const struct host *h)
{
    return str_hash(h->settings.fleet.cluster) ^ (uint64_t)time_monotonic_ms();
}

/* With the lock held. */
static struct error *start(struct host *h, struct arena *a, bool all_pools, bool until_settled)
{
    TRY(host_open_ports(h, a));
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
        .store = sqlite_port(h->store_port),
        .cloud = h->ports.cloud,
        .cluster = h->ports.cluster,
        .documents = host_documents,
    };
    arena_free(&h->run_arena);
    h->run_error = NULL;
    h->engine = engine_new(&options, &ports);
    h->run = RUN_ACTIVE;
    if (pthread_create(&h->thread, NULL, run, h))
        abort();
    return NULL;
}

/* Waits for the thread's end; the lock is held before and after, not meanwhile. */
static void join(struct host *h)
{
    h->run = RUN_STOPPING;
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    pthread_mutex_lock(&h->lock);
    engine_free(h->engine);
    h->engine = NULL;
    h->run = RUN_NONE;
    pthread_cond_broadcast(&h->changed);
}

static void await_stopping(struct host *h)
{
    while (h->run == RUN_STOPPING)
        pthread_cond_wait(&h->changed, &h->lock);
}

/* --- needing it */

struct error *host_need(struct host *h, struct arena *a, bool all_pools, bool until_settled)
{
    struct error *e = NULL;
    pthread_mutex_lock(&h->lock);
    h->needs++;
    await_stopping(h);
    if (h->run == RUN_ENDED)
        join(h);
    if (h->run == RUN_NONE)
        e = start(h, a, all_pools, until_settled);
    if (e)
        h->needs--;
    pthread_mutex_unlock(&h->lock);
    return e;
}

/* After a cancelled run the adapters have stopped for good; the next one opens new ones. */
static void close_ports(struct host *h)
{
    struct host_ports ports = h->ports;
    if (!h->ports_are_open)
        return;
    h->ports_are_open = false;
    h->run = RUN_STOPPING; /* nobody starts meanwhile */
    pthread_mutex_unlock(&h->lock);
    ports.close(ports.self);
    pthread_mutex_lock(&h->lock);
    h->run = RUN_NONE;
    pthread_cond_broadcast(&h->changed);
}

void host_unneed(struct host *h, bool cancelled)
{
    pthread_mutex_lock(&h->lock);
    if (h->needs)
        h->needs--;
    await_stopping(h);
    if (!h->needs && h->run != RUN_NONE) {
        if (cancelled)
            h->ports.stop(h->ports.self);
        engine_stop(h->engine);
        join(h);
    }
    if (!h->needs && cancelled && h->run == RUN_NONE)
        close_ports(h);
    pthread_mutex_unlock(&h->lock);
}

void host_keep_running(struct host *h)
{
    ARENA_AUTO a = {0};
    pthread_mutex_lock(&h->lock);
    if (h->run == RUN_ENDED && time_monotonic_ms() >= h->ended_ms + RESTART_MS) {
        join(h);
        struct error *e = h->needs && h->run == RUN_NONE ? start(h, &a, false, false) : NULL;
        if (e)
            log_event(LOG_ERROR, "engine_not_started", LOG_STR("error", e->summary));
    }
    pthread_mutex_unlock(&h->lock);
}

struct str host_run_problem(struct host *h, struct arena *a)
{
    struct str problem = {0};
    pthread_mutex_lock(&h->lock);
    if (h->run == RUN_ENDED && h->run_error)
        problem = arena_printf(a, STR_FMT ". " STR_FMT, STR_ARG(h->run_error->summary),
                               STR_ARG(h->run_error->detail));
    pthread_mutex_unlock(&h->lock);
    return problem;
}

/* --- `tenon engine` */

enum { LOOK_MS = 100 };

struct error *host_run(struct host *h, struct arena *a, struct cancel *cancel, bool once,
                       int64_t deadline_ms, bool *settled)
{
    struct sqlite_store *store;
    *settled = false;
    TRY(host_store(h, a, &store));
    TRY(host_need(h, a, true, once));
    struct error *e = NULL;
    for (bool ended = false;
         !ended && !cancel_is_raised(cancel) && time_monotonic_ms() < deadline_ms;) {
        pthread_mutex_lock(&h->lock);
        ended = h->run == RUN_ENDED;
        if (ended && h->run_error)
            e = error_copy(a, h->run_error);
        *settled = ended && !e;
        pthread_mutex_unlock(&h->lock);
        if (!ended)
            cancel_wait_ms(cancel, LOOK_MS);
    }
    host_unneed(h, !*settled);
    return e;
}
