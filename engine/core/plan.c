#include "engine/core/plan.h"

#include <stdlib.h>

#include "engine/core/interrupted.h"
#include "engine/core/pool.h"

size_t plan_pool_of(const struct plan *p, const struct claim *c)
{
    return pool_place(p->world, c->pool);
}

const struct claim *plan_claim_of(const struct plan *p, const struct pod *pod)
{
    return world_claim(p->world, pod->claim);
}

void plan_act(struct plan *p, struct action act)
{
    size_t pool = act.kind == ACTION_LAUNCH ? (size_t)(act.pool - p->world->pools)
                                            : plan_pool_of(p, act.claim);

    if (pool != SIZE_MAX)
        p->busy[pool] = true;
    ARENA_PUSH(p->arena, p->out->actions, p->out->action_count, p->out->action_capacity, act);
}

void plan_wake(struct plan *p, int64_t at_ms)
{
    if (at_ms > p->world->now_ms && at_ms < p->out->wake_at_ms)
        p->out->wake_at_ms = at_ms;
}

bool plan_may_disrupt(const struct plan *p, size_t pool)
{
    return pool != SIZE_MAX && p->world->pools[pool].may_disrupt && !p->world->only_add &&
           !p->world->pools[pool].deleting;
}

void plan_block(struct plan *p, size_t pool, enum reason reason, struct str message)
{
    struct pool_verdict *v = &p->out->pools[pool];

    if (v->reason != REASON_NONE)
        return;
    v->reason = reason;
    v->message = message;
}

bool reason_is_free(enum reason r)
{
    return r == REASON_EMPTY || r == REASON_EXPIRED || r == REASON_DRIFTED ||
           r == REASON_UNDERUTILIZED || r == REASON_SURPLUS || r == REASON_MAINTENANCE ||
           r == REASON_REBALANCE;
}

bool plan_heeds_pods(const struct plan *p, size_t pool, enum reason reason)
{
    bool only_saves =
        reason == REASON_UNDERUTILIZED || reason == REASON_EMPTY || reason == REASON_SURPLUS;

    /* What runs on a node that has failed is disrupted by now, whatever it asks for. */
    return only_saves || (reason != REASON_UNHEALTHY && !p->world->pools[pool].has_grace);
}

/* When its pool's grace period is over: the end of its drain, were it to begin now. */
static int64_t grace_ends_ms(const struct plan *p, const struct claim *c, const struct pool *of)
{
    int64_t since_ms =
        c->phase == CLAIM_DRAINING && c->draining_ms ? c->draining_ms : p->world->now_ms;

    return of->has_grace && !p->world->date_unsure ? time_add_ms(since_ms, of->grace_ms) : NEVER_MS;
}

bool plan_grace_is_over(const struct plan *p, const struct claim *c)
{
    return grace_ends_ms(p, c, &p->world->pools[plan_pool_of(p, c)]) <= p->world->now_ms;
}

bool plan_is_forced(struct plan *p, const struct claim *c, enum reason reason)
{
    const struct pool *of = &p->world->pools[plan_pool_of(p, c)];
    int64_t by_ms = grace_ends_ms(p, c, of);

    if (by_ms != NEVER_MS)
        by_ms -= PODS_END_MS;
    if (of->deleting && of->drain_by_ms < by_ms)
        by_ms = of->drain_by_ms;
    if (claim_is_taken(p->world, c) && claim_drain_by_ms(c) < by_ms)
        by_ms = claim_drain_by_ms(c);
    plan_wake(p, by_ms);
    /* On one that has never been ready nobody runs, and on one that has failed nobody any more. */
    return reason == REASON_NOT_READY || reason == REASON_UNHEALTHY || by_ms <= p->world->now_ms;
}

/* Nobody may have said when it began to run: not before its node was ready, and not after somebody
 * last came there. */
static bool is_undisturbed(struct plan *p, const struct claim *c, const struct pod *pod)
{
    int64_t latest_ms = c->changed_ms > c->ready_ms ? c->changed_ms : c->ready_ms;
    int64_t until_ms =
        time_add_ms(pod->started_ms ? pod->started_ms : latest_ms, pod->undisturbed_ms);

    if (pod->never_serve || !pod->undisturbed_ms)
        return false;
    plan_wake(p, until_ms);
    return p->world->date_unsure || until_ms > p->world->now_ms;
}

bool plan_stays(struct plan *p, const struct claim *c, struct waiting *why)
{
    *why = (struct waiting){.reason = REASON_DO_NOT_DISRUPT,
                            .message = STR("its node must not be disrupted")};
    if (c->do_not_disrupt || p->world->pools[plan_pool_of(p, c)].do_not_disrupt)
        return true;
    for (size_t i = 0; i < c->pod_count; i++)
        if (is_undisturbed(p, c, c->pods[i])) {
            why->pod = c->pods[i];
            why->message = arena_printf(p->arena, "pod " STR_FMT " must not be disrupted",
                                        STR_ARG(c->pods[i]->name));
            return true;
        }
    return false;
}

void plan_cordon(struct plan *p, const struct claim *c, enum reason reason)
{
    if (c->phase != CLAIM_DRAINING)
        plan_act(p, (struct action){.kind = ACTION_CORDON, .reason = reason, .claim = c});
}

bool plan_evict(struct plan *p, const struct claim *c, const struct pod *pod, enum reason reason)
{
    bool forced = plan_is_forced(p, c, reason);

    if (pod->never_serve || (!forced && reason_is_free(reason) && is_undisturbed(p, c, pod)) ||
        !guard_evict(p, pod, c, forced))
        return false;
    plan_act(p, (struct action){.kind = ACTION_EVICT, .reason = reason, .claim = c, .pod = pod});
    return true;
}

const struct pod *plan_drain(struct plan *p, const struct claim *c, enum reason reason)
{
    const struct pod *waits = NULL;

    plan_cordon(p, c, reason);
    for (size_t i = 0; i < c->pod_count; i++)
        if (!plan_evict(p, c, c->pods[i], reason) && !c->pods[i]->never_serve)
            waits = waits ? waits : c->pods[i];
    return waits;
}

/* A place that starts yet is not one to be bound to, and others bind on nodes that are not ours. */
static bool is_bound_there(const struct plan *p, const struct room *r)
{
    return p->world->engine_binds && r && r->claim->phase == CLAIM_READY && !r->claim->foreign;
}

void plan_move(struct plan *p, const struct claim *from, const struct seeker *s, enum reason reason)
{
    for (size_t i = 0; i <= s->mate_count; i++) {
        const struct pod *pod = i ? s->mates[i - 1] : s->pod;
        if (plan_evict(p, from, pod, reason) && is_bound_there(p, s->room))
            plan_act(
                p, (struct action){
                       .kind = ACTION_BIND, .reason = reason, .claim = s->room->claim, .pod = pod});
    }
}

void plan_wait(struct plan *p, const struct pod *pod, const struct pod *const *mates,
               size_t mate_count, struct waiting why)
{
    /* As many as may come: arrays that grow leave their old blocks behind. */
    if (!p->out->waiting) {
        p->out->waiting_capacity = p->world->pod_count;
        p->out->waiting = ARENA_ARRAY(p->arena, struct waiting, p->world->pod_count);
    }
    for (size_t i = 0; why.pod && i <= mate_count; i++) {
        why.pod = i ? mates[i - 1] : pod;
        ARENA_PUSH(p->arena, p->out->waiting, p->out->waiting_count, p->out->waiting_capacity, why);
    }
    if (reason_row(why.reason)->lasts)
        return;
    p->lacks_capacity |= why.reason == REASON_NO_CAPACITY;
    for (size_t i = 0; i < p->world->pool_count; i++)
        if (!why.pool || why.pool == &p->world->pools[i])
            p->busy[i] = true;
}

void plan_relax(struct plan *p, const struct pod *pod, struct str dropped)
{
    ARENA_PUSH(p->arena, p->out->relaxed, p->out->relaxed_count, p->out->relaxed_capacity,
               (struct relaxed){pod, dropped});
}

void plan_leave(struct plan *p, struct leaver l)
{
    ARENA_PUSH(p->arena, p->leavers, p->leaver_count, p->leaver_capacity, l);
}

void plan_stay(struct plan *p, struct leaver *l, struct waiting why)
{
    l->blocked = true;
    l->why = why;
    p->failed = true;
}

void plan_hold(struct plan *p, struct held held)
{
    ARENA_PUSH(p->arena, p->out->held, p->out->held_count, p->out->held_capacity, held);
}

bool claim_holds_pods(const struct claim *c)
{
    for (size_t i = 0; i < c->pod_count; i++)
        if (!c->pods[i]->never_serve || c->pods[i]->ending)
            return true;
    return false;
}

/* Chains of equal shapes through `wanted`, in its order: heads by shape, links by place.  Bins hold
 * no more than are wanted, so nobody comes to the end of one. */
static void chain(const struct wanted *wanted, uint32_t count, uint32_t *head, uint32_t *link)
{
    for (uint32_t i = count; i-- > 0;) {
        uint32_t *first = &head[wanted[i].seeker->shape];
        link[i] = *first;
        *first = i;
    }
}

static void launch_bin(struct plan *p, const struct bin *b, struct wanted *wanted, uint32_t *head,
                       const uint32_t *link)
{
    struct action act = {.kind = ACTION_LAUNCH};
    size_t total = 0;
    bool made = options_make(&p->market, b, &p->left[b->shop], &act);

    for (size_t i = 0; i < b->part_count; i++) {
        uint32_t next = head[b->parts[i].shape];
        for (uint32_t n = 0; n < b->parts[i].count; n++, next = link[next])
            total += 1 + wanted[next].seeker->mate_count;
    }
    const struct pod **pods = ARENA_ARRAY(p->arena, const struct pod *, total);
    for (size_t i = 0; i < b->part_count; i++)
        for (uint32_t n = 0; n < b->parts[i].count; n++) {
            uint32_t shape = b->parts[i].shape;
            struct wanted *each = &wanted[head[shape]];
            head[shape] = link[head[shape]];
            each->launched = made;
            each->action = (uint32_t)p->out->action_count;
            act.reason = act.pod_count ? act.reason : each->reason;
            pods[act.pod_count++] = each->seeker->pod;
            for (size_t k = 0; k < each->seeker->mate_count; k++)
                pods[act.pod_count++] = each->seeker->mates[k];
        }
    act.pods = pods;
    if (made && act.pool->headroom_count)
        ARENA_PUSH(p->arena, p->roomy, p->roomy_count, p->roomy_capacity,
                   (struct roomy){p->out->action_count, *b});
    if (made)
        plan_act(p, act);
}

void plan_launch(struct plan *p, const struct packing *packing, struct wanted *wanted, size_t count)
{
    uint32_t *head = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count);
    uint32_t *link = ARENA_ARRAY(p->arena, uint32_t, count);

    chain(wanted, (uint32_t)count, head, link);
    ARENA_RESERVE(p->arena, p->out->actions, p->out->action_count, p->out->action_capacity,
                  packing->count);
    for (size_t i = 0; i < packing->count; i++)
        launch_bin(p, &packing->bins[i], wanted, head, link);
}
