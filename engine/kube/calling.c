#include "engine/kube/calling.h"

#include "engine/base/rng.h"
#include "engine/base/time.h"
#include "engine/kube/retry.h"
#include "engine/kube/status.h"

enum { ANSWER_MAX = 16 << 20, LOOK_EVERY_MS = 100 };

static void ask(void *self, struct arena *a, struct kube_ask *out)
{
    struct kube_calling *g = self;

    (void)a;
    g->body.len = 0;
    *out = g->ask;
}

static struct error *take(void *self, struct arena *a, struct str piece)
{
    struct kube_calling *g = self;

    if (g->body.len + piece.len > ANSWER_MAX)
        return error_new(a, ERROR_INVALID, "the answer is longer than 16 MiB");
    buf_add(&g->body, piece);
    return NULL;
}

static struct error *error_of(const struct kube_calling *g, struct arena *a,
                              const struct kube_end *end)
{
    const struct kube_refusal refusal = {g->verb, g->target, g->ask.changes, end->status,
                                         end->refusal};

    if (end->error)
        return end->error;
    return end->status >= 200 && end->status < 300 ? NULL : kube_refusal_error(a, &refusal);
}

static int64_t ended(void *self, struct arena *a, const struct kube_end *end)
{
    struct kube_calling *g = self;
    struct error *e = error_of(g, a, end);
    struct kube_retry_case c = {++g->attempt, e, g->idempotent, end->retry_after_ms, 0};

    if (e) {
        rng_system(&c.random, sizeof(c.random));
        int64_t pause_ms = kube_retry_ms(&c);
        if (pause_ms != KUBE_RETRY_NEVER &&
            time_add_ms(time_monotonic_ms(), pause_ms) < g->until_ms)
            return pause_ms;
        g->error = error_copy(&g->result, e);
    }
    monitor_enter(&g->monitor);
    g->is_done = true;
    monitor_wake(&g->monitor);
    monitor_leave(&g->monitor);
    return KUBE_OVER;
}

/* A token that is raised wakes nobody, so it is looked at. */
static int64_t next_look_ms(const struct kube_calling *g)
{
    int64_t look_ms = g->call->cancel ? time_monotonic_ms() + LOOK_EVERY_MS : NEVER_MS;

    return look_ms < g->until_ms ? look_ms : g->until_ms;
}

/* False: it was cancelled before, or its time is over. */
static bool wait_for(struct kube_calling *g)
{
    monitor_enter(&g->monitor);
    while (!g->is_done && !cancel_is_raised(g->call->cancel) && time_monotonic_ms() < g->until_ms)
        monitor_wait(&g->monitor, next_look_ms(g));
    bool done = g->is_done;
    monitor_leave(&g->monitor);
    return done;
}

static struct error *given_up(const struct kube_calling *g)
{
    struct error *e =
        cancel_is_raised(g->call->cancel)
            ? error_new(g->call->arena, ERROR_CANCELLED,
                        "cancelled while waiting for the API server")
            : error_new(g->call->arena, ERROR_TIMEOUT, "the API server did not answer in time");
    e->outcome_unknown = g->ask.changes;
    return e;
}

static struct error *read_answer(const struct kube_calling *g, struct json *out)
{
    struct error *e = json_parse(g->call->arena, buf_str(&g->body), out);

    if (!e)
        return NULL;
    e->summary = arena_printf(g->call->arena, "the API server's answer is broken: " STR_FMT,
                              STR_ARG(e->summary));
    e->kind = ERROR_UNREACHABLE;
    e->outcome_unknown = g->ask.changes;
    return e;
}

struct error *kube_calling_run(struct kube_calling *g, struct json *out)
{
    static const struct kube_exchange_ops ops = {ask, take, ended};
    struct kube_client *client = g->call->client;
    struct error *e;

    if (cancel_is_raised(g->call->cancel))
        return error_new(g->call->arena, ERROR_CANCELLED, "cancelled");
    g->body = buf_in(&g->result);
    g->until_ms = g->call->deadline_ms ? g->call->deadline_ms : NEVER_MS;
    monitor_init(&g->monitor);
    struct kube_exchange *x = kube_exchange_begin(client, &ops, g);
    bool done = wait_for(g);
    kube_exchange_finish(client, x);
    if (!done)
        e = given_up(g);
    else if (g->error)
        e = error_copy(g->call->arena, g->error);
    else
        e = out ? read_answer(g, out) : NULL;
    monitor_finish(&g->monitor);
    arena_free(&g->result);
    return e;
}
