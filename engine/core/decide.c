#include "engine/core/decide.h"

#include "engine/core/interrupted.h"
#include "engine/core/plan.h"

enum { VOLUMES_MS = 60 * 1000 };

/* Its pods get a place first, until the time is up: then it goes whether they have one or not. */
static void leave_by(struct plan *p, const struct claim *c, size_t pool, enum reason reason,
                     int64_t by_ms)
{
    if (by_ms <= p->world->now_ms) {
        guards_count(p, c, 1);
        plan_drain(p, c, reason);
        return;
    }
    plan_wake(p, by_ms);
    plan_leave(p, (struct leaver){
                      .claim = c, .room = SIZE_MAX, .pool = pool, .reason = reason, .must = true});
}

/* What nobody asks whether it may go.  A pool that is being destroyed is emptied: its pods get a
 * place in other pools as far as those take them, until the destroy's time is nearly up; the user
 * said so.  And instances that the cloud takes away. */
static void try_forced(struct plan *p)
{
    for (size_t i = 0; i < p->world->claim_count; i++) {
        const struct claim *c = &p->world->claims[i];
        size_t at = plan_pool_of(p, c);
        if (at == SIZE_MAX || (c->phase != CLAIM_LAUNCHED && c->phase != CLAIM_READY))
            continue;
        const struct pool *pool = &p->world->pools[at];
        bool taken = claim_is_taken(p->world, c);
        int64_t by_ms = taken ? claim_drain_by_ms(c) : NEVER_MS;
        plan_wake(p, claim_taken_from_ms(p->world, c));
        if (pool->deleting)
            leave_by(p, c, at, REASON_POOL_DELETED,
                     pool->drain_by_ms < by_ms ? pool->drain_by_ms : by_ms);
        else if (taken)
            leave_by(p, c, at, interruption_reason(c->interruption), by_ms);
    }
}

static enum reason reason_of(struct str code)
{
    for (int r = REASON_NONE; r < REASON_COUNT; r++)
        if (str_eq(code, str_of(reason_row((enum reason)r)->code)))
            return (enum reason)r;
    return REASON_NONE;
}

/* It drains and has to wait for this pod.  Where no wait will let its pods go, nothing more is
 * under way: that is for the pool to say. */
static void say_who_keeps(struct plan *p, const struct claim *c, size_t pool, enum reason reason,
                          const struct pod *pod)
{
    struct waiting why;

    if (guards_keep(p, c, &why))
        plan_block(p, pool, why.reason,
                   arena_printf(p->arena, "claim " STR_FMT " drains and waits: " STR_FMT,
                                STR_ARG(c->id), STR_ARG(why.message)));
    else if (!plan_stays(p, c, &why))
        why = guards_why(p, pod);
    plan_hold(p,
              (struct held){.claim = c, .due = reason, .by = why.reason, .message = why.message});
}

/* Somebody has come who must not be disturbed: one that leaves of our free will stays after all. */
static bool stays_after_all(struct plan *p, const struct claim *c, size_t pool, enum reason reason)
{
    struct waiting why;

    if (!reason_is_free(reason) || p->world->pools[pool].deleting || claim_is_taken(p->world, c) ||
        !plan_stays(p, c, &why) || (why.pod && !plan_heeds_pods(p, pool, reason)))
        return false;
    plan_hold(p,
              (struct held){.claim = c, .due = reason, .by = why.reason, .message = why.message});
    plan_act(p, (struct action){
                    .kind = ACTION_UNCORDON, .reason = why.reason, .claim = c, .pod = why.pod});
    return true;
}

/* A volume of a node that is gone is let go of only when somebody has noticed, which takes minutes;
 * whoever waits for it elsewhere has it sooner from one that still lives.  But not every volume is
 * a pod's that goes, so that is waited for for a while only, and not on a node that is taken in any
 * case. */
static bool awaits_volumes(struct plan *p, const struct claim *c)
{
    int64_t since_ms = c->changed_ms > c->draining_ms ? c->changed_ms : c->draining_ms;
    int64_t until_ms = time_add_ms(since_ms, VOLUMES_MS);

    if (!c->attached || !c->draining_ms || p->world->date_unsure || claim_is_taken(p->world, c) ||
        until_ms <= p->world->now_ms)
        return false;
    plan_wake(p, until_ms);
    return true;
}

static void drain_on(struct plan *p, const struct claim *c, size_t pool)
{
    enum reason reason = reason_of(c->reason);

    if (plan_grace_is_over(p, c) || (!claim_holds_pods(c) && !awaits_volumes(p, c))) {
        plan_act(p, (struct action){.kind = ACTION_TERMINATE, .reason = reason, .claim = c});
        return;
    }
    if (!claim_holds_pods(c) || stays_after_all(p, c, pool, reason))
        return;
    const struct pod *waits = plan_drain(p, c, reason);
    if (waits)
        say_who_keeps(p, c, pool, reason, waits);
}

static void try_draining(struct plan *p)
{
    for (size_t i = 0; i < p->world->claim_count; i++) {
        const struct claim *c = &p->world->claims[i];
        size_t pool = plan_pool_of(p, c);
        if (c->phase == CLAIM_DRAINING && pool != SIZE_MAX)
            drain_on(p, c, pool);
    }
}

/* ttl_seconds_after_empty, where it is set, is for empty nodes, and consolidation's after_seconds
 * for all others; where it is not, for them too. */
static int64_t empty_after_ms(const struct pool *p)
{
    return p->empty_after_ms == NEVER_MS && p->consolidation.enabled ? p->consolidation.after_ms
                                                                     : p->empty_after_ms;
}

static bool is_going(const struct world *w, struct str id)
{
    const struct claim *c = world_claim(w, id);

    return c && c->phase >= CLAIM_DRAINING;
}

/* Where others bind, a pod that was moved is between two nodes for a while: those that are meant
 * for this one may still end where they were, or be about to be made anew. */
static bool is_expected(const struct plan *p, const struct claim *c)
{
    const struct world *w = p->world;

    for (size_t i = 0; i < c->replace_count && !w->engine_binds; i++)
        if (is_going(w, c->replaces[i]))
            return true;
    for (size_t i = 0; i < c->planned_pod_count && !w->engine_binds; i++) {
        const struct pod *pod = world_pod(w, c->planned_pods[i]);
        if (pod && is_going(w, pod->claim))
            return true;
    }
    return false;
}

/* When a node without pods that this decision counts on for nobody is to go; NEVER_MS: it is none.
 */
static int64_t empty_due_ms(struct plan *p, const struct room *r)
{
    const struct claim *c = r->claim;
    struct waiting why;

    if (c->phase != CLAIM_READY || !plan_may_disrupt(p, r->pool) || r->leaving || r->guests ||
        c->pods_unknown || claim_holds_pods(c) || is_expected(p, c) || plan_stays(p, c, &why) ||
        p->world->pools[r->pool].replicas >= 0 || c->empty_since_ms == NEVER_MS)
        return NEVER_MS;
    return time_add_ms(c->empty_since_ms, empty_after_ms(&p->world->pools[r->pool]));
}

static int longest_empty_first(const void *x, const void *y)
{
    const struct claim *a = (*(const struct room *const *)x)->claim;
    const struct claim *b = (*(const struct room *const *)y)->claim;

    if (a->empty_since_ms != b->empty_since_ms)
        return a->empty_since_ms < b->empty_since_ms ? -1 : 1;
    return str_cmp(a->id, b->id);
}

static void leave_empty(struct plan *p, const struct room *r)
{
    if (budget_take(p, r, REASON_EMPTY)) {
        plan_drain(p, r->claim, REASON_EMPTY);
        return;
    }
    struct refusal refused = budget_refusal(p, r, REASON_EMPTY);
    plan_hold(p, (struct held){.claim = r->claim,
                               .due = REASON_EMPTY,
                               .by = refused.by,
                               .message = refused.message});
    if (refusal_is_said(&refused))
        plan_block(p, r->pool, refused.by, refused.message);
    p->busy[r->pool] |= !refused.lasts;
}

static void try_empty(struct plan *p)
{
    const struct room **due = ARENA_ARRAY(p->arena, const struct room *, p->rooms.count);
    size_t count = 0;

    for (size_t i = 0; i < p->rooms.count; i++) {
        int64_t at_ms = empty_due_ms(p, &p->rooms.items[i]);
        plan_wake(p, at_ms);
        if (at_ms <= p->world->now_ms)
            due[count++] = &p->rooms.items[i];
    }
    if (count)
        qsort(due, count, sizeof(*due), longest_empty_first);
    for (size_t i = 0; i < count; i++)
        leave_empty(p, due[i]);
}

static rule_fn *const in_order[] = {
    try_forced, try_draining, find_leavers, find_moving, try_moves, try_consolidation, try_empty,
};

static void wake_for_capacity(struct plan *p)
{
    for (size_t i = 0; i < p->world->pool_count; i++) {
        const struct shop *s = &p->market.shops[i];
        for (size_t k = 0; k < s->offer_count; k++)
            if (!s->offers[k].available && bits_has(s->usable, k))
                plan_wake(p, s->offers[k].offering->unavailable_until_ms);
    }
}

static bool is_under_way(struct plan *p, const struct claim *c)
{
    struct waiting why;

    return c->phase != CLAIM_READY && !(c->phase == CLAIM_DRAINING && guards_keep(p, c, &why));
}

static void judge_pools(struct plan *p)
{
    for (size_t i = 0; i < p->world->claim_count; i++) {
        const struct claim *c = &p->world->claims[i];
        size_t pool = plan_pool_of(p, c);
        if (pool != SIZE_MAX)
            p->busy[pool] |= p->world->pools[pool].deleting || is_under_way(p, c);
    }
    for (size_t i = 0; i < p->world->pool_count; i++) {
        const struct pool *pool = &p->world->pools[i];
        p->out->pools[i].pool = pool;
        p->out->pools[i].settled = !p->busy[i] && (pool->catalog || pool->deleting);
    }
}

static void plan_begin(struct plan *p, struct arena *a, const struct world *w, struct decision *out)
{
    int64_t quiet_ms = time_add_ms(w->pool_deleted_ms, w->batch_idle_ms);

    *out = (struct decision){.wake_at_ms = NEVER_MS};
    out->pools = ARENA_ARRAY(a, struct pool_verdict, w->pool_count);
    *p = (struct plan){.arena = a, .world = w, .out = out};
    p->busy = ARENA_ARRAY(a, bool, w->pool_count);
    p->paces = ARENA_ARRAY(a, struct pace, w->pool_count);
    p->left = ARENA_ARRAY(a, struct allowance, w->pool_count);
    for (size_t i = 0; i < w->pool_count; i++)
        p->left[i] = allowance_left(w, &w->pools[i]);
    market_open(a, w, &p->market);
    rooms_make(&p->market, &p->rooms);
    faults_find(p);
    purses_open(p);
    guards_open(p);
    if (w->pool_deleted_ms && w->now_ms < quiet_ms) {
        p->hold_launches = true;
        plan_wake(p, quiet_ms);
    }
}

void decide(struct arena *a, const struct world *w, struct decision *out)
{
    struct plan p;

    plan_begin(&p, a, w, out);
    for (size_t i = 0; i < sizeof(in_order) / sizeof(*in_order); i++)
        in_order[i](&p);
    if (p.lacks_capacity)
        wake_for_capacity(&p);
    judge_pools(&p);
    guards_tell(&p);
    if (p.rest_ms && !out->action_count && !out->stale.len)
        out->rest_until_ms = p.rest_ms < out->wake_at_ms ? p.rest_ms : out->wake_at_ms;
}
