#include "engine/core/plan.h"

/* Claims that are to be replaced: expired, drifted, surplus of a static pool.  Their pods get a
 * place first, on ready nodes; while that place is still starting, nothing is disturbed.  All of
 * this is worked out anew in every decision: a replacement on its way counts as room, so it is not
 * ordered twice. */

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

static const struct pod *who_stays(const struct claim *c)
{
    for (size_t i = 0; i < c->pod_count; i++)
        if (c->pods[i]->do_not_disrupt && !c->pods[i]->never_serve)
            return c->pods[i];
    return NULL;
}

static void consider(struct plan *p, size_t at)
{
    struct room *r = &p->rooms.items[at];
    const struct claim *c = r->claim;

    if (c->phase != CLAIM_READY || !plan_may_disrupt(p, r->pool))
        return;
    enum reason why = why_leave(p, c, r->pool);
    if (why == REASON_NONE)
        return;
    const struct pod *stays = who_stays(c);
    if (stays) {
        plan_block(p, r->pool, why,
                   arena_printf(p->arena,
                                "claim " STR_FMT " is %s and stays: pod " STR_FMT
                                " must not be disrupted",
                                STR_ARG(c->id), why == REASON_EXPIRED ? "expired" : "drifted",
                                STR_ARG(stays->name)));
        return;
    }
    r->leaving = true;
    struct leaver l = {.claim = c, .room = at, .pool = r->pool, .reason = why};
    ARENA_PUSH(p->arena, p->leavers, p->leaver_count, p->leaver_capacity, l);
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
        struct leaver l = {.claim = c,
                           .room = SIZE_MAX,
                           .pool = pool,
                           .reason = REASON_PENDING_PODS,
                           .must = true};
        if (c->phase == CLAIM_DRAINING && pool != SIZE_MAX)
            ARENA_PUSH(p->arena, p->leavers, p->leaver_count, p->leaver_capacity, l);
    }
}

void find_leavers(struct plan *p)
{
    for (size_t i = 0; i < p->rooms.count; i++)
        consider(p, i);
    if (p->leaver_count)
        qsort(p->leavers, p->leaver_count, sizeof(*p->leavers), oldest_first);
}

static uint32_t shape_of(const struct plan *p, const struct pod *pod)
{
    return p->market.shape_of_pod[pod - p->world->pods];
}

static void seek(struct plan *p, struct leaver *l)
{
    l->seekers = ARENA_ARRAY(p->arena, struct seeker, l->claim->pod_count);
    for (size_t i = 0; i < l->claim->pod_count; i++)
        if (!l->claim->pods[i]->never_serve)
            l->seekers[l->count++] =
                (struct seeker){l->claim->pods[i], shape_of(p, l->claim->pods[i]), NULL};
    rooms_seek(&p->market, &p->rooms, l->seekers, l->count, false);
    for (size_t i = 0; i < l->count; i++)
        l->waits |= l->seekers[i].room && l->seekers[i].room->claim->phase != CLAIM_READY;
}

static void take_back(struct plan *p, struct leaver *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->seekers[i].room)
            room_take_back(&p->market, l->seekers[i].room, l->seekers[i].shape);
}

static size_t list_homeless(const struct plan *p, struct wanted *out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->leaver_count; i++) {
        const struct leaver *l = &p->leavers[i];
        for (size_t k = 0; k < l->count && !l->blocked; k++)
            if (!l->seekers[k].room)
                out[n++] = (struct wanted){.pod = l->seekers[k].pod,
                                           .shape = l->seekers[k].shape,
                                           .reason = l->reason,
                                           .owner = i};
    }
    return n;
}

static void block(struct plan *p, struct leaver *l, const struct wanted *w)
{
    struct waiting why = explain_shape(&p->market, p->left, w->shape, w->pod);

    l->blocked = true;
    p->lacks_capacity |= why.reason == REASON_NO_CAPACITY;
    if (l->must)
        return;
    p->busy[l->pool] |= !reason_row(why.reason)->lasts;
    take_back(p, l);
    plan_block(p, l->pool, l->reason,
               arena_printf(p->arena,
                            "claim " STR_FMT " is %s and waits: no room for pod " STR_FMT
                            " elsewhere (" STR_FMT ")",
                            STR_ARG(l->claim->id),
                            l->reason == REASON_EXPIRED ? "expired" : "drifted",
                            STR_ARG(w->pod->name), STR_ARG(why.message)));
}

/* The owners of pods that could not be placed, youngest first, are blocked. */
static bool block_unplaced(struct plan *p, const struct wanted *wanted, size_t count,
                           uint32_t *unplaced)
{
    bool any = false;

    for (size_t i = count; i-- > 0;) {
        struct leaver *l = &p->leavers[wanted[i].owner];
        if (!unplaced[wanted[i].shape])
            continue;
        unplaced[wanted[i].shape]--;
        any = true;
        if (!l->blocked)
            block(p, l, &wanted[i]);
    }
    return any;
}

/* New nodes for all that found no room.  A claim that cannot move all its pods moves none: then the
 * others are packed again without it. */
static void launch(struct plan *p, struct wanted *wanted)
{
    size_t count, bytes = p->world->pool_count * sizeof(*p->left);
    struct allowance *before = ARENA_ARRAY(p->arena, struct allowance, p->world->pool_count);

    memcpy(before, p->left, bytes);
    while ((count = list_homeless(p, wanted)) > 0) {
        struct packing packing;
        uint32_t *sequence = ARENA_ARRAY(p->arena, uint32_t, count);
        uint32_t *unplaced = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count);
        for (size_t i = 0; i < count; i++)
            sequence[i] = wanted[i].shape;
        packing_solve(&p->market, sequence, count, p->left, &packing, unplaced);
        if (block_unplaced(p, wanted, count, unplaced)) {
            memcpy(p->left, before, bytes);
            continue;
        }
        for (size_t i = 0; i < count; i++)
            p->leavers[wanted[i].owner].waits = true;
        plan_launch(p, &packing, wanted, count);
        for (size_t i = 0; i < count; i++)
            if (!wanted[i].launched && !p->leavers[wanted[i].owner].blocked)
                block(p, &p->leavers[wanted[i].owner], &wanted[i]);
        return;
    }
}

static size_t count_pods(const struct plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->leaver_count; i++)
        n += p->leavers[i].count;
    return n;
}

void try_leaving(struct plan *p)
{
    add_draining(p);
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        /* A pod without another place may just have been sent there. */
        l->held |= l->room != SIZE_MAX && p->rooms.items[l->room].used;
        if (!l->held)
            seek(p, l);
    }
    size_t total = count_pods(p);
    if (p->hold_launches)
        for (size_t i = 0; i < p->leaver_count; i++)
            p->leavers[i].held |= p->leavers[i].count > 0;
    else if (total)
        launch(p, ARENA_ARRAY(p->arena, struct wanted, total));
    for (size_t i = 0; i < p->leaver_count; i++) {
        const struct leaver *l = &p->leavers[i];
        if (l->held || (l->blocked && !l->must) || l->claim->phase == CLAIM_DRAINING)
            continue;
        p->busy[l->pool] = true;
        if (!l->waits)
            plan_drain(p, l->claim, l->reason);
    }
}
