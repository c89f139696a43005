#include "engine/core/apportion.h"
#include "engine/core/interrupted.h"
#include "engine/core/plan.h"

/* Claims that are to go: their pods get a place first, on ready nodes; while that place is still
 * starting, nothing is disturbed.  All of this is worked out anew in every decision: a replacement
 * on its way counts as room, so it is not ordered twice. */

static uint32_t shape_of(const struct plan *p, const struct pod *pod)
{
    const uint32_t *shapes = p->moving ? p->moving : p->market.shape_of_pod;

    return shapes[pod - p->world->pods];
}

/* What it only prefers keeps no node from going: it gives up one preference, and all is tried
 * again. False: it has none. */
static bool weaken(struct plan *p, const struct wanted *w)
{
    uint32_t weaker = p->market.shapes[p->market.shapes[w->seeker->shape].origin].weaker;
    size_t pods = p->world->pod_count;

    if (weaker == NO_SHAPE)
        return false;
    if (!p->moving) {
        p->moving = ARENA_ARRAY(p->arena, uint32_t, pods);
        memcpy(p->moving, p->market.shape_of_pod, pods * sizeof(*p->moving));
    }
    p->moving[w->seeker->pod - p->world->pods] = weaker;
    p->failed = true;
    return true;
}

/* They are no longer counted where they are, and each is given a place anew. */
static void move_away(struct plan *p, struct leaver *l)
{
    const struct way plain = {0};
    const struct caps none = {0};
    struct apportionment places;

    for (size_t i = 0; i < l->count; i++)
        topology_count(&p->market, p->market.shapes[l->seekers[i].shape].profile,
                       p->market.topology.cell_of_claim[l->claim - p->world->claims], -1);
    l->count = teams_form(&p->market, &p->rooms, l->seekers, l->count);
    apportion(&p->market, &p->rooms, l->seekers, l->count, &plain, &none, &places);
}

static void seek(struct plan *p, struct leaver *l)
{
    l->seekers = ARENA_ARRAY(p->arena, struct seeker, l->claim->pod_count);
    for (size_t i = 0; i < l->claim->pod_count; i++)
        if (!l->claim->pods[i]->never_serve)
            l->seekers[l->count++] =
                (struct seeker){.pod = l->claim->pods[i], .shape = shape_of(p, l->claim->pods[i])};
    move_away(p, l);
    rooms_seek(&p->market, &p->rooms, l->seekers, l->count, SEEK_LASTING);
    if (l->must)
        rooms_seek(&p->market, &p->rooms, l->seekers, l->count, SEEK_DUE);
    for (size_t i = 0; i < l->count; i++) {
        const struct room *r = l->seekers[i].room;
        if (!r || r->claim->phase == CLAIM_READY)
            continue;
        l->waits = true;
        if (r->pool != SIZE_MAX)
            p->busy[r->pool] = true; /* where it starts, and not only where they come from */
    }
}

static size_t list_homeless(const struct plan *p, struct wanted *out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->leaver_count; i++) {
        const struct leaver *l = &p->leavers[i];
        for (size_t k = 0; k < l->count; k++)
            if (!l->seekers[k].room)
                out[n++] = (struct wanted){
                    .seeker = &l->seekers[k], .reason = l->reason, .owner = (uint32_t)i};
    }
    return n;
}

/* Why a shape has no place, said once for all pods of it. */
static struct waiting explain(struct plan *p, struct waiting *known, const struct wanted *w)
{
    const struct seeker *s = w->seeker;
    struct waiting *why = &known[s->shape];

    if (why->reason == REASON_NONE && s->nowhere)
        *why = (struct waiting){.reason = REASON_TOPOLOGY,
                                .message = STR("its spread or affinity leaves it no other place")};
    else if (why->reason == REASON_NONE)
        *why = explain_shape(&p->market, p->left, p->market.shapes[s->shape].origin, s->pod);
    why->pod = s->pod;
    return *why;
}

/* Who must go does without; of who is being destroyed, what others take sooner or later is waited
 * for. */
static void miss(struct plan *p, struct waiting *known, const struct wanted *w)
{
    struct leaver *l = &p->leavers[w->owner];

    if (l->blocked || weaken(p, w))
        return;
    struct waiting why = explain(p, known, w);
    if (!l->must && !l->ahead) {
        plan_stay(p, l, why);
        return;
    }
    p->lacks_capacity |= why.reason == REASON_NO_CAPACITY;
    /* An instance that is taken in any case can just as well run until then. */
    l->waits |= l->reason != REASON_POOL_DELETED ? claim_is_taken(p->world, l->claim)
                                                 : !reason_row(why.reason)->lasts;
}

/* Of pods alike that are not all placed, the last ones are not. */
static void mark_placed(struct wanted *wanted, size_t count, uint32_t *unplaced)
{
    for (size_t i = count; i-- > 0;) {
        const struct seeker *s = wanted[i].seeker;
        wanted[i].launched = !s->nowhere && !unplaced[s->shape];
        unplaced[s->shape] -= !s->nowhere && !wanted[i].launched;
    }
}

static void miss_unplaced(struct plan *p, struct waiting *known, const struct wanted *wanted,
                          size_t count)
{
    for (size_t i = count; i-- > 0;)
        if (!wanted[i].launched)
            miss(p, known, &wanted[i]);
}

/* Nodes by pool that its leavers wait for: those to be launched, and those that start already. */
static void count_new(struct plan *p, const struct wanted *wanted, size_t count, size_t *launches,
                      size_t *starting)
{
    bool *counted = ARENA_ARRAY(p->arena, bool, p->out->action_count);
    bool *known = ARENA_ARRAY(p->arena, bool, p->rooms.count);

    for (size_t i = 0; i < count; i++) {
        const struct leaver *l = &p->leavers[wanted[i].owner];
        if (!wanted[i].launched || l->must || counted[wanted[i].action])
            continue;
        counted[wanted[i].action] = true;
        launches[l->pool]++;
    }
    for (size_t i = 0; i < p->leaver_count; i++)
        for (size_t k = 0; k < p->leavers[i].count && !p->leavers[i].must; k++) {
            const struct room *r = p->leavers[i].seekers[k].room;
            if (!r || r->claim->phase == CLAIM_READY || known[r - p->rooms.items])
                continue;
            known[r - p->rooms.items] = true;
            starting[p->leavers[i].pool]++;
        }
}

/* Where more nodes would be on their way for a pool's leavers than may be, fewer of them go at a
 * time. */
static void heed_paces(struct plan *p, const struct wanted *wanted, size_t count)
{
    size_t *launches = ARENA_ARRAY(p->arena, size_t, p->world->pool_count);
    size_t *starting = ARENA_ARRAY(p->arena, size_t, p->world->pool_count);
    size_t starts = budget_starts(p);

    count_new(p, wanted, count, launches, starting);
    for (size_t i = 0; i < p->world->pool_count; i++) {
        struct pace *pace = &p->paces[i];
        size_t nodes = launches[i] + starting[i], room = pace->room < starts ? pace->room : starts;
        starts -= nodes < starts ? nodes : starts;
        if (pace->chosen < 2 || !launches[i] || nodes <= room)
            continue;
        size_t fewer = pace->chosen * room / nodes;
        pace->turns = fewer > 1 ? fewer : 1;
        p->failed = true;
    }
}

void wanted_pack(struct plan *p, struct wanted *wanted, size_t count, struct packing *out)
{
    uint32_t *sequence = ARENA_ARRAY(p->arena, uint32_t, count);
    uint32_t *unplaced = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count);
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (!wanted[i].seeker->nowhere)
            sequence[n++] = wanted[i].seeker->shape;
    packing_solve(&p->market, sequence, n, p->left, out, unplaced);
    mark_placed(wanted, count, unplaced);
}

/* New nodes for all that found no room.  A claim that cannot move all its pods moves none. */
static void launch(struct plan *p, struct wanted *wanted, size_t count)
{
    struct packing packing;
    struct trial before = trial_begin(p);
    struct waiting *known = ARENA_ARRAY(p->arena, struct waiting, p->market.shape_count);

    wanted_pack(p, wanted, count, &packing);
    miss_unplaced(p, known, wanted, count);
    if (p->failed)
        return;
    if (p->hold_launches) {
        trial_drop(p, &before);
    } else {
        plan_launch(p, &packing, wanted, count);
        miss_unplaced(p, known, wanted, count);
        heed_paces(p, wanted, count);
    }
    for (size_t i = 0; i < count; i++)
        p->leavers[wanted[i].owner].waits |= wanted[i].launched;
}

static size_t count_pods(const struct plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->leaver_count; i++)
        n += p->leavers[i].count;
    return n;
}

/* The pods that nobody knows of may be those that wait for a node elsewhere. */
static bool may_hold_waiting(const struct plan *p, const struct claim *c)
{
    for (size_t i = 0; i < p->out->waiting_count && c->pods_unknown; i++)
        if (!reason_row(p->out->waiting[i].reason)->lasts)
            return true;
    return false;
}

static void go(struct plan *p, const struct leaver *l)
{
    if (l->claim->phase == CLAIM_DRAINING || may_hold_waiting(p, l->claim))
        return;
    p->busy[l->pool] = true;
    /* A pod without another place may just have been sent there. */
    if (l->waits || (l->room != SIZE_MAX && p->rooms.items[l->room].guests))
        return;
    /* A move was packed as a whole, and here its nodes have sought one after the other: if nobody
     * knows any more who was to go where, the next decision does better, which has all their pods
     * before it. */
    if (l->reason == REASON_UNDERUTILIZED) {
        plan_drain(p, l->claim, l->reason);
        return;
    }
    plan_cordon(p, l->claim, l->reason);
    for (size_t i = 0; i < l->count; i++)
        plan_move(p, l->claim, &l->seekers[i], l->reason);
}

/* Of all that go: a thousand nodes have forty thousand actions, and an array that doubles leaves as
 * many behind. */
static void reserve_actions(struct plan *p)
{
    size_t more = 0;

    for (size_t i = 0; i < p->leaver_count; i++)
        if (p->leavers[i].chosen && !p->leavers[i].waits)
            more += 1 + 2 * p->leavers[i].claim->pod_count;
    ARENA_RESERVE(p->arena, p->out->actions, p->out->action_count, p->out->action_capacity, more);
}

/* A move that no longer has a place for every pod is off: what was launched for it may serve
 * others, and whether another pays is asked anew. */
static void call_off(struct plan *p)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        for (size_t k = 0; k < l->count && l->reason == REASON_UNDERUTILIZED && !l->blocked; k++)
            if (!l->must && !l->seekers[k].room)
                plan_stay(p, l, (struct waiting){0});
    }
}

void try_leaving(struct plan *p)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        /* While launches are held back only those go who must. */
        l->chosen &= !p->hold_launches || l->must || !claim_holds_pods(l->claim);
        if (l->chosen)
            seek(p, l);
    }
    call_off(p);
    if (p->failed)
        return;
    size_t total = count_pods(p);
    struct wanted *wanted = ARENA_ARRAY(p->arena, struct wanted, total);
    size_t count = list_homeless(p, wanted);
    if (count)
        launch(p, wanted, count);
    reserve_actions(p);
    for (size_t i = 0; i < p->leaver_count && !p->failed; i++)
        if (p->leavers[i].chosen)
            go(p, &p->leavers[i]);
}
