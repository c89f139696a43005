#include "engine/base/memory.h"
#include "engine/engine.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/loop/act.h"
#include "engine/loop/bounding.h"
#include "engine/loop/capacity.h"
#include "engine/loop/facts.h"
#include "engine/loop/fold.h"
#include "engine/loop/inbox.h"
#include "engine/loop/joining.h"
#include "engine/loop/journal.h"
#include "engine/loop/keeping.h"
#include "engine/loop/notices.h"
#include "engine/loop/picture.h"
#include "engine/loop/remarks.h"
#include "engine/loop/send.h"
#include "engine/loop/snapshot.h"
#include "engine/loop/status.h"
#include "engine/loop/steering.h"
#include "engine/loop/write.h"
#include "engine/optimize/propose.h"
#include "engine/worlds/kept.h"

enum {
    BATCH_IDLE_MS = 1000,
    BATCH_MAX_MS = 10 * 1000,
    AWAIT_SENT_MS = 30 * 1000,
    RELEASE_MS = 5 * 1000,
    /* A decision that acted is followed by another; if that never ends, it is slowed down. */
    ROUNDS_MOST = 50,
    ROUNDS_PAUSE_MS = 1000,
    SHOW_BUSY_MS = 1000,
    DECIDE_WORK = 1000 * 1000, /* a fifth of a second at most, where many pods wait */
};

struct engine {
    struct arena arena; /* of the options' strings */
    struct engine_options options;
    struct engine_ports ports;
    struct inbox inbox;
    struct state state;
    struct writer writer;
    struct rng jitter;
    bool ever_held, lost;
    char problem[512]; /* why the lease was lost, or cannot be had */
    bool stopping;
    bool decided; /* at least once */
    atomic_bool at_rest;
    int64_t shown_ms;
    unsigned rounds;
    int64_t round_ms;
};

static void post(void *self, struct event *e)
{
    inbox_post(&((struct engine *)self)->inbox, e);
}

struct event_sink engine_sink(struct engine *e)
{
    return (struct event_sink){e, post};
}

struct engine *engine_new(const struct engine_options *options, const struct engine_ports *ports)
{
    struct engine *e = must_have(calloc(1, sizeof(*e)));
    e->options = *options;
    e->options.cluster = arena_str(&e->arena, options->cluster);
    e->options.region = arena_str(&e->arena, options->region);
    e->options.account = arena_str(&e->arena, options->account);
    if (!e->options.batch_idle_ms)
        e->options.batch_idle_ms = BATCH_IDLE_MS;
    if (!e->options.batch_max_ms)
        e->options.batch_max_ms = BATCH_MAX_MS;
    if (!e->options.max_unready.set)
        e->options.max_unready = MAX_UNREADY;
    if (!e->options.max_staleness_ms)
        e->options.max_staleness_ms = MAX_STALENESS_MS;
    e->ports = *ports;
    e->jitter.state = options->seed;
    atomic_init(&e->at_rest, true);
    inbox_init(&e->inbox);
    state_init(&e->state, e->options.cluster);
    e->state.region = e->options.region;
    e->state.account = e->options.account;
    e->state.engine_binds = ports->cluster.engine_binds;
    e->state.heeds_rebalance = options->heeds_rebalance;
    e->state.max_staleness_ms = e->options.max_staleness_ms;
    return e;
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    inbox_finish(&e->inbox);
    writer_finish(&e->writer);
    state_finish(&e->state);
    arena_free(&e->arena);
    free(e);
}

static int64_t now(const struct engine *e)
{
    return e->ports.clock.monotonic_ms(e->ports.clock.self);
}

/* A jump is the cloud's to explain. */
static void look_at_date(struct engine *e, int64_t now_ms)
{
    int64_t date_ms = e->ports.clock.date_ms(e->ports.clock.self);
    if (!calendar_look(&e->state.calendar, now_ms, date_ms))
        state_list_soon(&e->state, now_ms);
}

static void take_events(struct engine *e, int64_t now_ms)
{
    for (struct event *v; (v = inbox_take(&e->inbox));) {
        bool lease = v->kind == EVENT_LEASE;
        if (lease && v->error) {
            keep_problem(e->problem, sizeof(e->problem), v->error);
            e->lost = true;
        }
        if (v->kind == EVENT_WRITTEN && !writer_fold(&e->writer, &e->state, v, now_ms))
            e->lost = true;
        state_fold(&e->state, &e->ports.documents, v, now_ms);
        if (lease && e->ever_held && !e->state.lease_held)
            e->lost = true;
        if (lease && e->state.lease_held)
            e->ever_held = true;
    }
}

static bool batch_is_open(const struct engine *e)
{
    return e->state.batch_first_ms != NEVER_MS;
}

static int64_t batch_end_ms(const struct engine *e)
{
    int64_t idle = time_add_ms(e->state.batch_last_ms, e->options.batch_idle_ms);
    int64_t most = time_add_ms(e->state.batch_first_ms, e->options.batch_max_ms);
    return idle < most ? idle : most;
}

/* Until all catalogs have been answered, a pod might go to a pool that it should not go to. */
static bool catalogs_are_answered(const struct state *s)
{
    for (size_t i = 0; i < s->classes.count; i++) {
        const struct class_entry *c = CLASS_AT(s, i);
        if (!c->current && !c->problem[0] && !c->text.deleting && c->text.document.len)
            return false;
    }
    return true;
}

/* Has everything been heard that a decision needs? */
static bool sees(const struct state *s)
{
    return s->listed && s->workload_answered && catalogs_are_answered(s);
}

static bool may_decide(const struct engine *e)
{
    return !e->stopping && sees(&e->state) && !e->writer.in_flight && !e->writer.failed;
}

static int64_t decide_due_ms(const struct engine *e)
{
    return batch_is_open(e) ? batch_end_ms(e) : e->state.decide_ms;
}

static void end_doomed(struct state *s)
{
    for (size_t i = s->claims.count; i-- > 0;)
        if (CLAIM_AT(s, i)->doomed)
            state_end_claim(s, CLAIM_AT(s, i));
}

static void again_soon(struct engine *e, int64_t now_ms)
{
    if (now_ms - e->round_ms >= ROUNDS_PAUSE_MS) {
        e->round_ms = now_ms;
        e->rounds = 0;
    }
    bool enough = ++e->rounds > ROUNDS_MOST;
    state_decide_at(&e->state, enough ? now_ms + ROUNDS_PAUSE_MS : now_ms);
}

/* Pools that were refused launches get another chance when they have cooled. */
static void decide_when_cool(struct state *s, int64_t now_ms)
{
    for (size_t i = 0; i < s->pools.count; i++)
        if (POOL_AT(s, i)->cool_until_ms > now_ms)
            state_decide_at(s, POOL_AT(s, i)->cool_until_ms);
}

/* Where placing is ours there is no other truth of where pods run than what we bind: with all pods
 * before it, a decision that saw a rebuilt node has placed again whatever runs there. */
static void know_pods(struct state *s, int64_t now_ms)
{
    for (size_t i = 0; state_knows_cluster(s) && i < s->claims.count; i++) {
        struct claim_entry *c = CLAIM_AT(s, i);
        if (!c->claim.pods_unknown || c->claim.phase != CLAIM_READY || !claim_may_launch(s, c))
            continue; /* (nothing is placed on nodes of a pool that is being destroyed) */
        c->claim.pods_unknown = false;
        c->dirty = true;
        state_decide_at(s, now_ms);
    }
}

/* The state's picture, with what the options say of it. */
static struct world *world_of(struct arena *a, struct engine *e, int64_t now_ms)
{
    const struct engine_options *o = &e->options;
    const struct cluster_port *cluster = &e->ports.cluster;
    struct world *w = snapshot(a, &e->state, o->disrupt_all, o->batch_idle_ms, now_ms);

    w->no_preferences = o->ignore_preferences;
    w->max_disrupted = o->max_disrupted;
    w->max_unready = o->max_unready;
    w->max_staleness_ms = o->max_staleness_ms;
    w->facts = facts_of(a, &e->state, cluster->age_ms(cluster->self), now_ms);
    w->engine_binds = cluster->engine_binds;
    w->effort = (int64_t)DECIDE_WORK * EFFORT_OF_WORK;
    return w;
}

/* Is the picture of the fleet, with its bound, due?  A decision that acts is followed by another,
 * which shows what came of it: what is to be done must not wait for what there is to see. */
static bool shows(const struct engine *e, const struct decision *d, int64_t now_ms)
{
    return !d->action_count || !e->decided || now_ms - e->shown_ms >= SHOW_BUSY_MS;
}

static void decide_now(struct engine *e, int64_t now_ms)
{
    ARENA_AUTO a = {0};
    struct state *s = &e->state;
    struct decision d = {0};

    s->batch_first_ms = s->decide_ms = NEVER_MS;
    capacity_forget(s, now_ms);
    struct world *w = world_of(&a, e, now_ms);
    struct keeper *keeper = keeper_begin(&a, w);
    rest_recall(&s->rest, keeper, w);
    fleet_decide(&a, w, &d);
    rest_note(&s->rest, &d);
    s->stale = d.stale.len > 0;
    state_decide_at(s, facts_sure_ms(s, now_ms));
    struct str text = keeper_end(keeper, &d), entry = {0};
    s->decided_ms = now_ms;
    bool due = shows(e, &d, now_ms);
    if (due)
        bounding_look(s, w, &d); /* before what the world borrows is changed */
    state_decide_at(s, calendar_instant_ms(&s->calendar, d.wake_at_ms));
    size_t changed = act(&a, s, &e->ports.launches, &d, now_ms);
    if (s->engine_binds)
        know_pods(s, now_ms);
    decide_when_cool(s, now_ms);
    status_judge(s, w, &d, now_ms);
    remarks_on_decision(s, &e->ports.cluster, &d, now_ms);
    if (changed) {
        entry = journal_decision(&a, s, &d, now_ms);
        again_soon(e, now_ms);
    }
    keep_world(s, text, entry, now_ms);
    status_write(s, w, &d);
    if (due || !changed) {
        picture_write(s, &d);
        e->shown_ms = now_ms;
    }
    e->decided = true;
    end_doomed(s);
}

static bool is_acting(const struct engine *e)
{
    return e->state.lease_held && e->state.loaded && !e->lost;
}

/* Something that waiters should hear of: with the next decision, or at once when none is possible.
 */
static void tell(struct state *s, int64_t now_ms)
{
    s->status_due = false;
    if (sees(s))
        state_decide_at(s, now_ms);
    else
        status_write(s, NULL, NULL);
}

static void send_all(struct engine *e, int64_t now_ms)
{
    send_due(&e->state, &e->ports.cloud, &e->jitter, e->options.disrupt_all, now_ms);
    steering_send(&e->state, &e->ports.cluster, now_ms);
    remarks_on_nodes(&e->state, &e->ports.cluster);
}

static void step_acting(struct engine *e, int64_t now_ms)
{
    struct state *s = &e->state;
    joining_look(s, now_ms);
    state_note_pods(s, now_ms);
    /* What is in the store goes out before anything is thought over anew: a launch that replaces a
     * node with two minutes to live does not wait for the next decision. */
    if (!e->stopping)
        send_all(e, now_ms);
    if (s->status_due)
        tell(s, now_ms);
    if (may_decide(e) && now_ms >= decide_due_ms(e)) {
        decide_now(e, now_ms);
        state_note_pods(s, now_ms);
    }
    writer_flush(&e->writer, s, &e->ports.store, now_ms);
    if (!e->stopping)
        notices_send(s, &e->ports.notices);
}

static int64_t next_ms(struct engine *e, int64_t now_ms)
{
    if (!inbox_is_empty(&e->inbox))
        return now_ms;
    if (!is_acting(e))
        return NEVER_MS;
    int64_t next = e->stopping ? NEVER_MS : send_next_ms(&e->state, now_ms);
    if (!e->stopping && steering_next_ms(&e->state) < next)
        next = steering_next_ms(&e->state);
    if (may_decide(e) && decide_due_ms(e) < next)
        next = decide_due_ms(e);
    if (e->writer.failed && e->writer.retry_ms < next)
        next = e->writer.retry_ms;
    if (!e->writer.in_flight && !e->writer.failed && !writer_is_idle(&e->writer, &e->state))
        next = now_ms;
    return next;
}

static bool all_is_ended(const struct engine *e, int64_t now_ms)
{
    const struct state *s = &e->state;
    for (size_t i = 0; i < s->claims.count; i++)
        if (CLAIM_AT(s, i)->claim.phase <= CLAIM_LAUNCHED)
            return false;
    return !sent_is_unanswered(s) && writer_is_idle(&e->writer, s) && s->decide_ms > now_ms;
}

int64_t engine_step(struct engine *e)
{
    int64_t now_ms = now(e);
    look_at_date(e, now_ms);
    take_events(e, now_ms);
    if (is_acting(e)) {
        /* Before what this step decides can be read in the store. */
        atomic_store(&e->at_rest, false);
        step_acting(e, now_ms);
    }
    atomic_store(&e->at_rest, !is_acting(e) || all_is_ended(e, now_ms));
    return next_ms(e, now_ms);
}

static void sleep_until(struct engine *e, int64_t next)
{
    inbox_wait(&e->inbox, next == NEVER_MS ? NEVER_MS : next - now(e), !e->stopping);
}

static void run_until_stopped(struct engine *e)
{
    while (!e->lost && !inbox_is_stopped(&e->inbox)) {
        int64_t next = engine_step(e);
        if (e->options.until_settled && engine_is_settled(e))
            return;
        if (!e->lost)
            sleep_until(e, next);
    }
}

/* No new change is begun; those that were sent are awaited, and what became of them is recorded. */
static void await_sent(struct engine *e)
{
    int64_t give_up_ms = now(e) + AWAIT_SENT_MS;
    e->stopping = true;
    notices_rest(&e->state, &e->ports.notices);
    while (!e->lost && is_acting(e) && now(e) < give_up_ms) {
        int64_t next = engine_step(e);
        if (!sent_is_unanswered(&e->state) && writer_is_idle(&e->writer, &e->state))
            return;
        sleep_until(e, next < give_up_ms ? next : give_up_ms);
    }
}

static void release(struct engine *e)
{
    int64_t give_up_ms = now(e) + RELEASE_MS;
    e->ports.store.submit_release(e->ports.store.self);
    for (bool released = false; !released && now(e) < give_up_ms;) {
        struct event *v = inbox_take(&e->inbox);
        if (v)
            released = v->kind == EVENT_LEASE && !v->lease_held;
        else
            inbox_wait(&e->inbox, give_up_ms - now(e), false);
        event_free(v);
    }
}

struct error *engine_run(struct engine *e, struct arena *a)
{
    e->ports.cluster.submit_watch(e->ports.cluster.self);
    e->ports.store.submit_acquire(e->ports.store.self);
    run_until_stopped(e);
    await_sent(e);
    bool lost = e->lost;
    release(e);
    if (!lost)
        return NULL;
    struct error *error =
        error_new(a, ERROR_CONFLICT, "the engine does not hold the store's lease");
    const char *why = e->problem[0] ? e->problem : e->writer.problem;
    error->detail = *why ? arena_str(a, str_of(why))
                         : STR("Another engine acts for this cluster now, or the store is gone.");
    return error;
}

void engine_stop(struct engine *e)
{
    inbox_stop(&e->inbox);
}

bool engine_is_settled(const struct engine *e)
{
    const struct state *s = &e->state;
    if (!is_acting(e) || !e->decided || batch_is_open(e) || sent_is_unanswered(s) ||
        !writer_is_idle(&e->writer, s))
        return false;
    for (size_t i = 0; i < s->pools.count; i++) {
        const struct pool_entry *p = POOL_AT(s, i);
        if (p->text.deleting || !p->status.settled)
            return false;
    }
    return true;
}

bool engine_is_at_rest(const struct engine *e)
{
    return atomic_load(&e->at_rest);
}
