#include "engine/core/plan.h"

/* Who is to go: what is expired or drifted, and what drains already. */

/* A label that the node has and the pool no longer allows.  One it lacks says nothing: adopted
 * instances do not know all of theirs. */
static bool labels_drifted(const struct claim *c, const struct pool *pool)
{
    for (size_t i = 0; i < pool->requirements.count; i++) {
        struct str value = labels_get(&c->labels, pool->requirements.items[i].key);
        if (value.ptr && !requirement_has(&pool->requirements.items[i], value))
            return true;
    }
    return false;
}

static enum reason why_leave(struct plan *p, const struct claim *c, size_t pool)
{
    const struct pool *of = &p->world->pools[pool];
    int64_t expires_ms = time_add_ms(c->created_ms, of->expire_after_ms);

    if (expires_ms <= p->world->now_ms)
        return REASON_EXPIRED;
    plan_wake(p, expires_ms);
    bool changed = c->hash.len && of->hash.len && !str_eq(c->hash, of->hash);
    return changed || labels_drifted(c, of) ? REASON_DRIFTED : REASON_NONE;
}

static void consider(struct plan *p, size_t at)
{
    struct room *r = &p->rooms.items[at];
    const struct claim *c = r->claim;

    if (c->phase != CLAIM_READY || c->pods_unknown || !plan_may_disrupt(p, r->pool))
        return;
    enum reason why = why_leave(p, c, r->pool);
    if (why == REASON_NONE)
        return;
    const struct pod *stays = claim_who_stays(c);
    if (!stays) {
        r->due = true;
        plan_leave(p, (struct leaver){.claim = c, .room = at, .pool = r->pool, .reason = why});
        return;
    }
    plan_block(
        p, r->pool, why,
        arena_printf(
            p->arena, "claim " STR_FMT " is %s and stays: pod " STR_FMT " must not be disrupted",
            STR_ARG(c->id), why == REASON_EXPIRED ? "expired" : "drifted", STR_ARG(stays->name)));
}

static int oldest_first(const void *x, const void *y)
{
    const struct claim *a = ((const struct leaver *)x)->claim;
    const struct claim *b = ((const struct leaver *)y)->claim;

    if (a->created_ms != b->created_ms)
        return a->created_ms < b->created_ms ? -1 : 1;
    return str_cmp(a->id, b->id);
}

/* Their pods are on the way to somewhere: it must not be given away, nor be missing. */
static void add_draining(struct plan *p)
{
    for (size_t i = 0; i < p->world->claim_count; i++) {
        const struct claim *c = &p->world->claims[i];
        size_t pool = plan_pool_of(p, c);
        if (c->phase == CLAIM_DRAINING && pool != SIZE_MAX)
            plan_leave(p, (struct leaver){.claim = c,
                                          .room = SIZE_MAX,
                                          .pool = pool,
                                          .reason = REASON_PENDING_PODS,
                                          .must = true});
    }
}

void find_leavers(struct plan *p)
{
    add_draining(p);
    size_t first = p->leaver_count;
    for (size_t i = 0; i < p->rooms.count; i++)
        consider(p, i);
    if (p->leaver_count > first)
        qsort(&p->leavers[first], p->leaver_count - first, sizeof(*p->leavers), oldest_first);
}

void choose_leavers(struct plan *p)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        l->chosen = !l->blocked;
        l->waits = false;
        l->count = 0;
        if (l->chosen && l->room != SIZE_MAX)
            rooms_set_leaving(&p->market, &p->rooms, l->room, true);
    }
}
