#include "engine/core/plan.h"

/* Claims that are to go: their pods get a place first, on ready nodes; while that place is still
 * starting, nothing is disturbed.  All of this is worked out anew in every decision: a replacement
 * on its way counts as room, so it is not ordered twice. */

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
    rooms_seek(&p->market, &p->rooms, l->seekers, l->count, SEEK_LASTING);
    if (l->must)
        rooms_seek(&p->market, &p->rooms, l->seekers, l->count, SEEK_DUE);
    for (size_t i = 0; i < l->count; i++)
        l->waits |= l->seekers[i].room && l->seekers[i].room->claim->phase != CLAIM_READY;
}

static size_t list_homeless(const struct plan *p, struct wanted *out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->leaver_count; i++) {
        const struct leaver *l = &p->leavers[i];
        for (size_t k = 0; k < l->count; k++)
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

    if (l->must)
        p->lacks_capacity |= why.reason == REASON_NO_CAPACITY;
    else if (!l->blocked)
        plan_stay(p, l, why);
}

/* The owners of pods that could not be placed, youngest first, are blocked. */
static void block_unplaced(struct plan *p, const struct wanted *wanted, size_t count,
                           uint32_t *unplaced)
{
    for (size_t i = count; i-- > 0;)
        if (unplaced[wanted[i].shape]) {
            unplaced[wanted[i].shape]--;
            block(p, &p->leavers[wanted[i].owner], &wanted[i]);
        }
}

/* New nodes for all that found no room.  A claim that cannot move all its pods moves none. */
static void launch(struct plan *p, struct wanted *wanted, size_t count)
{
    struct packing packing;
    uint32_t *sequence = ARENA_ARRAY(p->arena, uint32_t, count);
    uint32_t *unplaced = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count);

    for (size_t i = 0; i < count; i++)
        sequence[i] = wanted[i].shape;
    packing_solve(&p->market, sequence, count, p->left, &packing, unplaced);
    block_unplaced(p, wanted, count, unplaced);
    if (p->failed)
        return;
    plan_launch(p, &packing, wanted, count);
    for (size_t i = 0; i < count; i++)
        if (wanted[i].launched)
            p->leavers[wanted[i].owner].waits = true;
        else
            block(p, &p->leavers[wanted[i].owner], &wanted[i]);
}

static size_t count_pods(const struct plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->leaver_count; i++)
        n += p->leavers[i].count;
    return n;
}

static void go(struct plan *p, const struct leaver *l)
{
    if (l->claim->phase == CLAIM_DRAINING)
        return;
    p->busy[l->pool] = true;
    /* A pod without another place may just have been sent there. */
    if (!l->waits && !(l->room != SIZE_MAX && p->rooms.items[l->room].guests))
        plan_drain(p, l->claim, l->reason);
}

void try_leaving(struct plan *p)
{
    for (size_t i = 0; i < p->leaver_count; i++)
        if (p->leavers[i].chosen)
            seek(p, &p->leavers[i]);
    size_t total = count_pods(p);
    struct wanted *wanted = ARENA_ARRAY(p->arena, struct wanted, total);
    size_t count = list_homeless(p, wanted);
    if (count && !p->hold_launches)
        launch(p, wanted, count);
    for (size_t i = 0; i < p->leaver_count && !p->failed; i++)
        if (p->leavers[i].chosen && !(p->hold_launches && p->leavers[i].count))
            go(p, &p->leavers[i]);
}
