#include "engine/loop/fold.h"

#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/loop/homes.h"
#include "engine/loop/learning.h"
#include "engine/loop/notices.h"
#include "engine/loop/offered.h"
#include "engine/loop/steering.h"
#include "engine/loop/templates.h"

enum {
    CATALOG_FAILED_MOST_MS = 60 * 1000,
    TERMINATE_REPEAT_MS = 30 * 1000,
    FORGET_REPEAT_MS = 5 * 1000,
};

static struct resources rename_amounts(struct state *s, const struct resource_table *names,
                                       const struct resources *from)
{
    struct resources to = {0};
    for (size_t i = 0; i < names->count; i++) {
        size_t at = from->amount[i] ? state_resource(s, names->name[i]) : RESOURCES_MAX;
        if (at < RESOURCES_MAX)
            to.amount[at] = from->amount[i];
    }
    return to;
}

/* The event's types with amounts named by the state's table, in the event's own arena. */
static void keep_catalog(struct state *s, struct class_entry *c, struct event *e)
{
    struct instance_type *types = ARENA_ARRAY(&e->arena, struct instance_type, e->catalog.count);
    for (size_t i = 0; i < e->catalog.count; i++) {
        types[i] = e->catalog.types[i];
        types[i].capacity = rename_amounts(s, &e->resources, &types[i].capacity);
        types[i].allocatable = rename_amounts(s, &e->resources, &types[i].allocatable);
        resources_lift_unstated(&types[i].allocatable, &s->resources);
    }
    learning_apply(c, types, e->catalog.count);
    event_free(c->answer);
    c->answer = e;
    c->catalog = (struct catalog){c->name.key, types, e->catalog.count};
    for (size_t i = 0; i < s->claims.count; i++)
        if (str_eq(CLAIM_AT(s, i)->node_class, c->name.key))
            claim_resolve(s, CLAIM_AT(s, i));
}

static bool fold_catalog(struct state *s, struct event *e, int64_t now_ms)
{
    struct class_entry *c = state_class(s, e->name);
    if (!c || !str_eq(c->text.document, e->class_document))
        return false; /* of a document that has changed since: it is asked for anew */
    c->asked = false;
    s->status_due = true;
    if (e->error) {
        keep_problem(c->problem, sizeof(c->problem), e->error);
        c->definite = e->error->kind == ERROR_INVALID;
        c->ask_ms = now_ms + backoff_ms(c->failures++, CATALOG_FAILED_MOST_MS);
        log_event(LOG_WARN, "catalog_unknown", LOG_STR("class", c->name.key),
                  LOG_STR("error", e->error->summary));
        state_changed(s, now_ms);
        return false;
    }
    bool first = !c->current || c->failures;
    c->problem[0] = 0;
    c->definite = false;
    c->failures = 0;
    c->current = true;
    c->answered_ms = now_ms;
    c->ask_ms = NEVER_MS; /* the loop sets when to refresh */
    keep_catalog(s, c, e);
    offered_note(s, c, now_ms);
    s->catalog_count++;
    if (first)
        state_changed(s, now_ms);
    else
        state_decide_at(s, now_ms);
    return true;
}

static void fold_terminate(struct state *s, const struct event *e, int64_t now_ms)
{
    struct claim_entry *c = state_claim(s, e->name);
    if (!c || c->claim.phase != CLAIM_TERMINATING)
        return;
    c->in_flight = false;
    c->retry_ms =
        now_ms + (e->error ? backoff_ms(c->attempts++, TERMINATE_REPEAT_MS) : TERMINATE_REPEAT_MS);
    if (e->error)
        log_event(LOG_WARN, "terminate_failed", LOG_STR("claim", c->id.key),
                  LOG_STR("error", e->error->summary));
    state_list_soon(s, now_ms);
}

static void fold_forget(struct state *s, const struct event *e, int64_t now_ms)
{
    struct str rest = e->name, kind = str_cut(&rest, '/');
    struct pool_entry *p = str_eq(kind, STR("pool")) ? state_pool(s, rest) : NULL;
    struct class_entry *c = str_eq(kind, STR("class")) ? state_class(s, rest) : NULL;
    struct spec_status *status = p ? &p->status : c ? &c->status : NULL;
    if (!status)
        return;
    if (p && p->sweeping) {
        templates_swept(s, p, e->error, now_ms);
        return;
    }
    if (!status->forgetting)
        return; /* it was asked for by a pool that another has taken the place of */
    status->forgetting = false;
    status->forgotten = !e->error;
    status->retry_ms = now_ms + FORGET_REPEAT_MS;
    if (e->error && p)
        keep_problem(p->problem, sizeof(p->problem), e->error);
    if (e->error && c)
        keep_problem(c->problem, sizeof(c->problem), e->error);
    s->status_due = true;
}

static void fold_lease(struct state *s, const struct event *e)
{
    s->lease_held = e->lease_held;
    s->lease_epoch = e->lease_epoch;
}

/* Returns true if the state keeps the event. */
static bool fold_kind(struct state *s, const struct document_port *documents, struct event *e,
                      int64_t now_ms)
{
    switch (e->kind) {
    case EVENT_LEASE:
        fold_lease(s, e);
        return false;
    case EVENT_RECORDS:
        fold_records(s, documents, e, now_ms);
        if (e->complete)
            unbind_others(s); /* the pods were known before the bindings were */
        return false;
    case EVENT_WORKLOAD:
        fold_workload(s, e, now_ms);
        return false;
    case EVENT_CATALOG:
        return fold_catalog(s, e, now_ms);
    case EVENT_INSTANCES:
        fold_instances(s, e, now_ms);
        return false;
    case EVENT_LAUNCH:
        fold_launch(s, e, now_ms);
        return false;
    case EVENT_TERMINATE:
        fold_terminate(s, e, now_ms);
        return false;
    case EVENT_FORGET:
        fold_forget(s, e, now_ms);
        return false;
    case EVENT_EVICT:
        fold_evict(s, e, now_ms);
        return false;
    case EVENT_NODE:
        fold_node_order(s, e, now_ms);
        return false;
    case EVENT_NOTICES:
        fold_notices(s, e, now_ms);
        return false;
    case EVENT_WAKE:
        state_decide_at(s, now_ms);
        return false;
    case EVENT_WRITTEN: /* the writer's (loop/write.c) */
        return false;
    }
    return false;
}

void state_fold(struct state *s, const struct document_port *documents, struct event *e,
                int64_t now_ms)
{
    if (!fold_kind(s, documents, e, now_ms))
        event_free(e);
}

/* A time that has not come yet was written by a clock that was wrong: it begins anew. */
static bool is_since(const struct claim *c, int64_t date_ms)
{
    return c->empty_since_ms != NEVER_MS && c->empty_since_ms <= date_ms;
}

static void note_empty(struct state *s, struct claim_entry *c, bool empty, int64_t now_ms)
{
    int64_t date_ms = calendar_date_ms(&s->calendar, now_ms);
    bool judged = c->since_ms <= s->decided_ms;
    if (!empty && c->claim.empty_since_ms != NEVER_MS) {
        c->claim.empty_since_ms = NEVER_MS;
        c->dirty = true;
    } else if (empty && !is_since(&c->claim, date_ms) && judged && s->calendar.sure &&
               c->claim.phase == CLAIM_READY && !c->claim.pods_unknown) {
        c->claim.empty_since_ms = date_ms;
        c->dirty = true;
        state_decide_at(s, now_ms);
    }
}

/* A node is left alone for a while after pods have come or gone (consolidation.after_seconds); the
 * record says since when only where somebody asks. */
static void note_changed(struct state *s, struct claim_entry *c, uint64_t who, int64_t now_ms)
{
    const struct pool_entry *p = state_pool(s, c->claim.pool);
    bool known = c->pods_seen, same = c->pods_on_it == who;
    c->pods_seen = true;
    c->pods_on_it = who;
    if (!known || same || !s->calendar.sure)
        return;
    c->claim.changed_ms = calendar_date_ms(&s->calendar, now_ms);
    c->dirty |= p && p->pool.consolidation.after_ms > 0;
}

void state_note_pods(struct state *s, int64_t now_ms)
{
    if (!state_knows_cluster(s))
        return;
    homes_settle(s);
    for (size_t i = 0; i < s->claims.count; i++) {
        struct claim_entry *c = CLAIM_AT(s, i);
        note_empty(s, c, !c->home.tally.count, now_ms);
        note_changed(s, c, c->home.tally.who, now_ms);
    }
}
