#include "engine/core/plan.h"

#include <stdlib.h>

#include "engine/core/pool.h"

size_t plan_pool_of(const struct plan *p, const struct claim *c)
{
    return pool_place(p->world, c->pool);
}

static int by_id(const void *id, const void *claim)
{
    return str_cmp(*(const struct str *)id, ((const struct claim *)claim)->id);
}

const struct claim *plan_claim(const struct plan *p, struct str id)
{
    const struct world *w = p->world;

    return w->claim_count ? bsearch(&id, w->claims, w->claim_count, sizeof(*w->claims), by_id)
                          : NULL;
}

const struct claim *plan_claim_of(const struct plan *p, const struct pod *pod)
{
    return plan_claim(p, pod->claim);
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

void plan_drain(struct plan *p, const struct claim *c, enum reason reason)
{
    if (c->phase != CLAIM_DRAINING)
        plan_act(p, (struct action){.kind = ACTION_CORDON, .reason = reason, .claim = c});
    for (size_t i = 0; i < c->pod_count; i++)
        if (!c->pods[i]->never_serve)
            plan_act(p, (struct action){
                            .kind = ACTION_EVICT, .reason = reason, .claim = c, .pod = c->pods[i]});
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
        if (!c->pods[i]->never_serve)
            return true;
    return false;
}

const struct pod *claim_who_stays(const struct claim *c)
{
    for (size_t i = 0; i < c->pod_count; i++)
        if (c->pods[i]->do_not_disrupt && !c->pods[i]->never_serve)
            return c->pods[i];
    return NULL;
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
