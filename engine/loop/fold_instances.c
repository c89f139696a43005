#include <stdio.h>

#include "engine/base/log.h"
#include "engine/loop/capacity.h"
#include "engine/loop/claim_record.h"
#include "engine/loop/failed.h"
#include "engine/loop/fold.h"
#include "engine/loop/running.h"

/* What the cloud says of instances: answers to launches, and lists.
 *
 * An instance belongs to the claim its tag names.  One whose claim was lost with the store gets it
 * back if its pool is known by name, under whatever uid: a name is one pool's in a cluster, so an
 * instance of it whose uid nobody knows is what a create left that was killed before Terraform had
 * its state.  It serves, and goes with the pool.  One of a pool that is not known is left alone.
 *
 * A list may lack what lives: DescribeInstances is eventually consistent.  So an instance is gone
 * when EC2 says so, or when two complete lists do not show it that were sent half a minute apart.
 */

enum {
    LIST_FAILED_MOST_MS = 30 * 1000,
    MISSED_TWICE_MS = 30 * 1000,
    /* DescribeInstances may not show a launch for a while after it has succeeded. */
    UNSEEN_MS = 2 * 60 * 1000,
    PAGE_SIZE = 1000,
    IMPAIRED_MS = 2 * 60 * 1000, /* checks that fail for a minute do so at many a reboot */
    SPENT_GRACE_MS = 5 * 1000,
    REPEAT_MOST_MS = 30 * 1000,
};

static int64_t price_of(const struct instance_type *t, const struct claim *c)
{
    for (size_t i = 0; i < t->offering_count; i++) {
        const struct offering *o = &t->offerings[i];
        if (o->capacity_type == c->capacity_type && str_eq(o->zone, c->zone))
            return o->price_microusd_per_hour;
    }
    return c->price_microusd_per_hour;
}

void claim_resolve(struct state *s, struct claim_entry *c)
{
    const struct class_entry *class = state_class(s, c->node_class);
    if (c->exact || !c->claim.instance_type.len || !class || !class->answer)
        return;
    const struct instance_type *t = catalog_type(&class->catalog, c->claim.instance_type);
    if (!t)
        return;
    c->claim.capacity = t->capacity;
    c->claim.allocatable = t->allocatable;
    c->claim.price_microusd_per_hour = price_of(t, &c->claim);
    for (size_t i = 0; i < t->labels.count; i++)
        claim_set_label(c, t->labels.items[i].key, t->labels.items[i].value);
    claim_set_label(c, LABEL_ZONE, c->claim.zone);
    claim_set_label(c, LABEL_CAPACITY_TYPE, capacity_type_text(c->claim.capacity_type));
    c->exact = c->dirty = true;
}

static void keep(struct claim_entry *c, struct str *member, struct str value)
{
    if (str_eq(*member, value))
        return;
    *member = arena_str(&c->arena, value);
    c->dirty = true;
}

static void unbind_all(struct state *s, struct str claim)
{
    for (size_t i = s->bindings.count; i-- > 0;)
        if (str_eq(BINDING_AT(s, i)->claim, claim))
            state_unbind(s, BINDING_AT(s, i)->pod.key);
}

/* Instances that die at boot are paid for each time, whoever they are launched for. */
static void lost(struct state *s, const struct claim_entry *c, int64_t now_ms)
{
    struct pool_entry *p = state_pool(s, c->claim.pool);
    if (!p || !c->claim.instance_id.len || c->claim.phase > CLAIM_LAUNCHED)
        return;
    failed_note(s, p, c, calendar_date_ms(&s->calendar, now_ms));
    failed_pause(p, FAILED_SOON, now_ms);
    snprintf(p->problem, sizeof(p->problem), "instance " STR_FMT " was gone before it was ready",
             STR_ARG(c->claim.instance_id));
}

void claim_ready(struct state *s, struct claim_entry *c, int64_t now_ms)
{
    struct pool_entry *p = state_pool(s, c->claim.pool);
    claim_set_phase(c, CLAIM_READY, now_ms);
    c->claim.ready_ms = calendar_date_ms(&s->calendar, now_ms);
    if (!p)
        return;
    failed_forget(p, c);
    p->failures = 0;
}

/* By somebody else: its pods are gone. */
static void stopped(struct state *s, struct claim_entry *c, int64_t now_ms)
{
    if (c->claim.phase == CLAIM_TERMINATING)
        return;
    keep(c, &c->claim.reason, STR("Stopped"));
    unbind_all(s, c->id.key);
    lost(s, c, now_ms);
    claim_set_phase(c, CLAIM_TERMINATING, now_ms);
}

static void advance(struct state *s, struct claim_entry *c, enum instance_state state,
                    int64_t now_ms)
{
    switch (state) {
    case INSTANCE_PENDING:
        if (c->claim.phase == CLAIM_RECORDED)
            claim_set_phase(c, CLAIM_LAUNCHED, now_ms);
        break;
    case INSTANCE_RUNNING:
        s->status_due |= !c->runs;
        c->runs = true;
        if (c->claim.phase == CLAIM_RECORDED)
            claim_set_phase(c, CLAIM_LAUNCHED, now_ms);
        if (c->claim.phase == CLAIM_LAUNCHED && s->engine_binds)
            claim_ready(s, c, now_ms);
        break;
    case INSTANCE_STOPPING:
    case INSTANCE_GONE:
        stopped(s, c, now_ms);
        break;
    }
}

/* No part of the record: each list says it anew, since when included. */
static void note_health(struct state *s, struct claim_entry *c, const struct cloud_instance *i,
                        int64_t now_ms)
{
    bool unhealthy = i->impaired_ms > 0;

    if (unhealthy == c->claim.unhealthy)
        return;
    c->claim.unhealthy = unhealthy;
    c->claim.repair_ms = unhealthy ? i->impaired_ms + IMPAIRED_MS : 0;
    log_event(unhealthy ? LOG_WARN : LOG_INFO, unhealthy ? "claim_unhealthy" : "claim_healthy",
              LOG_STR("claim", c->id.key), LOG_STR("instance_id", i->id));
    state_decide_at(s, now_ms);
}

static void adopt(struct state *s, struct claim_entry *c, const struct cloud_instance *i,
                  int64_t now_ms)
{
    enum claim_phase before = c->claim.phase;
    if (!str_eq(c->claim.instance_id, i->id)) {
        c->exact = false;
        c->dirty = true;
        state_set_instance(s, c, i->id);
    }
    keep(c, &c->claim.instance_type, i->instance_type);
    keep(c, &c->claim.zone, i->zone);
    keep(c, &c->image_id, i->image_id);
    claim_set_node(s, c, i->node_name); /* no part of the record: each list says it anew */
    if (i->hash.len)
        keep(c, &c->claim.hash, i->hash);
    c->claim.capacity_type = i->capacity_type;
    if (i->launched_ms && i->launched_ms != c->claim.created_ms) {
        c->claim.created_ms = i->launched_ms; /* its age is what the cloud says, not our date */
        c->dirty = true;
    }
    c->spent = false;
    c->request = (struct str){0}; /* it has come, so it is never ordered again */
    arena_free(&c->launch_arena);
    claim_resolve(s, c);
    note_health(s, c, i, now_ms);
    advance(s, c, i->state, now_ms);
    if (c->claim.phase == before)
        return;
    log_event(LOG_INFO, "claim_moved", LOG_STR("claim", c->id.key), LOG_STR("instance_id", i->id),
              LOG_STR("phase", claim_phase_text(c->claim.phase)));
    state_decide_at(s, now_ms);
    state_list_soon(s, now_ms);
}

void claim_stopped(struct state *s, struct claim_entry *c, int64_t now_ms)
{
    if (c->claim.phase == CLAIM_TERMINATING)
        return; /* we told it to */
    stopped(s, c, now_ms);
    log_event(LOG_INFO, "claim_moved", LOG_STR("claim", c->id.key),
              LOG_STR("instance_id", c->claim.instance_id),
              LOG_STR("phase", claim_phase_text(c->claim.phase)));
    state_decide_now(s, now_ms);
    state_list_soon(s, now_ms);
}

static void end(struct state *s, struct claim_entry *c, const char *why, int64_t now_ms)
{
    log_event(LOG_INFO, "claim_ended", LOG_STR("claim", c->id.key),
              LOG_STR("instance_id", c->claim.instance_id), LOG_STR("why", str_of(why)));
    lost(s, c, now_ms);
    if (c->known)
        c->known->outlived = true;
    state_end_claim(s, c);
    state_decide_at(s, now_ms);
}

/* A claim for an instance whose record was lost with the store; NULL: its pool is not ours. */
static struct claim_entry *rebuild(struct state *s, const struct cloud_instance *i, int64_t now_ms)
{
    struct claim_id id;
    if (!claim_id_parse(i->claim, &id) || !str_eq(id.cluster, s->cluster))
        return NULL;
    struct pool_entry *p = state_pool(s, id.pool);
    if (!p)
        return NULL;
    struct claim_entry *c = state_add_claim(s, i->claim);
    claim_id_parse(c->id.key, &id);
    c->serial = id.serial;
    c->uid = id.uid;
    c->node_class = arena_str(&c->arena, p->pool.node_class);
    c->claim.pool = id.pool;
    c->claim.created_ms = i->launched_ms;
    c->claim.pods_unknown = s->engine_binds; /* else its node says which they are */
    c->sent_ms = now_ms;
    for (size_t l = 0; l < p->pool.labels.count; l++)
        claim_set_label(c, p->pool.labels.items[l].key, p->pool.labels.items[l].value);
    claim_set_label(c, LABEL_NODE_POOL, p->name.key);
    for (size_t t = 0; t < p->pool.taints.count; t++) {
        struct taint taint = p->pool.taints.items[t];
        taint.key = arena_str(&c->arena, taint.key);
        taint.value = arena_str(&c->arena, taint.value);
        ARENA_PUSH(&c->arena, c->claim.taints.items, c->claim.taints.count,
                   c->claim.taints.capacity, taint);
    }
    if (c->serial > p->serial)
        p->serial = c->serial;
    p->templates_lost = true;
    c->dirty = true;
    log_event(LOG_INFO, "claim_rebuilt", LOG_STR("claim", c->id.key),
              LOG_STR("instance_id", i->id));
    return c;
}

static void forget_foreign(struct state *s)
{
    s->foreign_count = 0;
    s->foreign[0] = 0;
}

static void note_foreign(struct state *s, const struct cloud_instance *i)
{
    size_t used = strlen(s->foreign);
    snprintf(s->foreign + used, sizeof(s->foreign) - used, "%s" STR_FMT " of pool " STR_FMT,
             s->foreign_count++ ? ", " : "", STR_ARG(i->id), STR_ARG(i->pool));
}

static void fold_instance(struct state *s, const struct cloud_instance *i, int64_t now_ms)
{
    struct claim_entry *c = state_claim(s, i->claim);
    if (i->state == INSTANCE_GONE) {
        if (c && str_eq(c->claim.instance_id, i->id))
            end(s, c, "its instance is gone", now_ms);
        return;
    }
    if (!c)
        c = rebuild(s, i, now_ms);
    if (!c) {
        note_foreign(s, i);
        return;
    }
    if (c->claim.instance_id.len && !str_eq(c->claim.instance_id, i->id)) {
        if (i->state != INSTANCE_STOPPING)
            state_add_extra(s, i->id, i->claim);
        return;
    }
    c->shown = c->listed = true;
    c->missed_ms = 0;
    adopt(s, c, i, now_ms);
}

/* Has there been time enough for lists to show it, if there is anything to show? */
static bool is_missing(const struct state *s, const struct claim_entry *c)
{
    int64_t sent_ms = s->list_answered_ms;
    int64_t unseen_ms = (c->since_ms > c->sent_ms ? c->since_ms : c->sent_ms) + UNSEEN_MS;
    return sent_ms >= c->missed_ms + MISSED_TWICE_MS && (c->listed || sent_ms >= unseen_ms);
}

static void fold_missing(struct state *s, struct claim_entry *c, int64_t now_ms)
{
    if (!c->missed_ms)
        c->missed_ms = s->list_answered_ms;
    if (c->claim.instance_id.len) {
        if (is_missing(s, c))
            end(s, c, "its instance is not there any more", now_ms);
    } else if (c->spent && s->list_answered_ms >= c->since_ms + SPENT_GRACE_MS) {
        end(s, c, "its token is spent and nothing lives", now_ms);
    } else if (!c->in_flight && !claim_may_launch(s, c) && is_missing(s, c)) {
        end(s, c, "its pool is going, and its launch has made nothing", now_ms);
    }
}

/* What it does not show is missing. */
static void fold_whole_list(struct state *s, int64_t now_ms)
{
    s->list_answered_ms = s->list_sent_ms;
    for (size_t i = s->claims.count; i-- > 0;)
        if (!CLAIM_AT(s, i)->shown)
            fold_missing(s, CLAIM_AT(s, i), now_ms);
    if (!s->listed)
        state_changed(s, now_ms);
    s->listed = true;
    if (s->stale) /* all may be well now */
        state_decide_at(s, now_ms);
}

void fold_instances(struct state *s, const struct event *e, int64_t now_ms)
{
    s->list_in_flight = false;
    if (e->error) {
        keep_problem(s->cloud_problem, sizeof(s->cloud_problem), e->error);
        s->list_pause_ms = s->list_pause_ms ? s->list_pause_ms * 2 : 1000;
        if (s->list_pause_ms > LIST_FAILED_MOST_MS)
            s->list_pause_ms = LIST_FAILED_MOST_MS;
        s->list_ms = now_ms + s->list_pause_ms;
        s->status_due = true;
        return;
    }
    s->cloud_problem[0] = 0;
    if (calendar_hear(&s->calendar, now_ms, e->cloud_date_ms))
        s->status_due = true; /* what is due by date was held back, or is from now on */
    s->page_count = (e->instance_count + PAGE_SIZE - 1) / PAGE_SIZE;
    if (e->complete) /* else those that it does not show are still there */
        forget_foreign(s);
    for (size_t i = 0; i < s->claims.count; i++)
        CLAIM_AT(s, i)->shown = false;
    for (size_t i = 0; i < e->instance_count; i++)
        fold_instance(s, &e->instances[i], now_ms);
    bind_running(s);
    if (e->complete)
        fold_whole_list(s, now_ms);
}

static void repeat_later(struct claim_entry *c, int64_t now_ms)
{
    c->retry_ms = now_ms + backoff_ms(c->attempts, REPEAT_MOST_MS);
    c->attempts++;
}

/* Adopt what lives; if the lists show nothing for a while, the claim ends. */
static void spend(struct claim_entry *c, int64_t now_ms)
{
    c->spent = true;
    c->since_ms = now_ms;
}

/* A refusal is about the order that it answers.  Of a repeat it says nothing of the order before,
 * whose instance may live: rights and templates are looked at before the token is.  (What has no
 * capacity has been looked for by its token, and has none.) */
static void refused(struct state *s, struct claim_entry *c, const struct event *e, int64_t now_ms)
{
    struct pool_entry *p = state_pool(s, c->claim.pool);
    bool no_capacity = e->unavailable_count || (e->error && e->error->kind == ERROR_NO_CAPACITY);
    if (p && e->error)
        keep_problem(p->problem, sizeof(p->problem), e->error);
    if (p)
        p->definite = false; /* most of what EC2 refuses passes, and no code says which */
    if (p && no_capacity)
        capacity_refused(s, p, c, e, now_ms);
    else if (p)
        failed_pause(p, FAILED_SOON, now_ms);
    if (c->doubtful && !no_capacity)
        spend(c, now_ms);
    else
        end(s, c, "its launch was refused", now_ms);
}

static void launched(struct state *s, struct pool_entry *p, const struct event *e, int64_t now_ms)
{
    p->problem[0] = 0;
    p->definite = false;
    capacity_came(s, p, e, now_ms);
}

void fold_launch(struct state *s, const struct event *e, int64_t now_ms)
{
    struct claim_entry *c = state_claim(s, e->name);
    if (!c)
        return; /* it has ended */
    struct pool_entry *p = state_pool(s, c->claim.pool);
    c->in_flight = false;
    if (p && e->outcome == LAUNCH_DONE)
        launched(s, p, e, now_ms);
    if (c->claim.phase != CLAIM_RECORDED || c->claim.instance_id.len)
        return; /* a list was faster */
    enum launch_outcome outcome = e->outcome;
    bool passing =
        e->error && (e->error->kind == ERROR_THROTTLED || e->error->kind == ERROR_UNREACHABLE);
    if (outcome == LAUNCH_REFUSED && passing)
        outcome = LAUNCH_UNKNOWN;
    state_list_soon(s, now_ms);
    switch (outcome) {
    case LAUNCH_DONE:
        adopt(s, c, &e->instance, now_ms);
        break;
    case LAUNCH_REFUSED:
        refused(s, c, e, now_ms);
        break;
    case LAUNCH_UNKNOWN:
        if (p && e->error)
            keep_problem(p->problem, sizeof(p->problem), e->error);
        c->doubtful = true;
        repeat_later(c, now_ms);
        break;
    case LAUNCH_SPENT:
        spend(c, now_ms);
        break;
    }
}
