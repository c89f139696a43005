#include <stdlib.h>

#include "engine/core/apportion.h"
#include "engine/core/consolidate.h"
#include "engine/core/free_rooms.h"

/* Nodes that others could do without: one after the other, those first whose going saves most for
 * the pods on them, each if all its pods find room on nodes that stay, the worthiest of these
 * first. */

struct thinning {
    struct consolidating *c;
    struct free_rooms free;
    size_t *rooms;       /* by position: nodes that stay in any case, then candidates, last first */
    size_t *position_of; /* by room; SIZE_MAX: nobody comes there */
    int32_t *counts;     /* of crowds, before the candidate at hand */
    struct shares *then; /* by pool: when those that go have gone */
};

struct sized {
    struct seeker seeker;
    int64_t value;
};

static int largest_first(const void *x, const void *y)
{
    const struct sized *a = x, *b = y;

    if (a->value != b->value)
        return a->value > b->value ? -1 : 1;
    if (a->seeker.shape != b->seeker.shape)
        return a->seeker.shape < b->seeker.shape ? -1 : 1;
    return str_cmp(a->seeker.pod->name, b->seeker.pod->name);
}

static bool is_concerned(const struct market *m, const struct candidate *one)
{
    for (size_t i = 0; i < one->count; i++)
        if (m->shapes[one->seekers[i].shape].profile)
            return true;
    return false;
}

void candidate_leave(struct consolidating *c, struct candidate *one)
{
    ARENA_AUTO scratch = {0};
    struct plan *p = c->plan;
    struct market *m = &p->market;
    const struct claim *claim = one->claim;
    struct sized *sized = ARENA_ARRAY(&scratch, struct sized, claim->pod_count);
    uint32_t cell = m->topology.cell_of_claim[claim - p->world->claims];

    if (!one->seekers)
        one->seekers = ARENA_ARRAY(p->arena, struct seeker, claim->pod_count);
    one->count = 0;
    for (size_t i = 0; i < claim->pod_count; i++) {
        uint32_t shape = m->shape_of_pod[claim->pods[i] - p->world->pods];
        if (claim->pods[i]->never_serve)
            continue;
        sized[one->count++] = (struct sized){
            {.pod = claim->pods[i], .shape = shape, .full = shape, .own = shape},
            direction_value(&c->direction, &m->shapes[shape].requests, m->resource_count)};
    }
    qsort(sized, one->count, sizeof(*sized), largest_first);
    for (size_t i = 0; i < one->count; i++) {
        one->seekers[i] = sized[i].seeker;
        topology_count(m, m->shapes[sized[i].seeker.shape].profile, cell, -1);
    }
    rooms_set_leaving(m, &p->rooms, one->room, true);
}

/* May pods come there, that are to stay for a while? */
static bool is_home(const struct consolidating *c, const struct room *r)
{
    const struct world *w = c->plan->world;
    const struct pool *pool = r->pool == SIZE_MAX ? NULL : &w->pools[r->pool];

    if (r->claim->phase != CLAIM_READY || r->leaving || r->due || r->claim->pods_unknown)
        return false;
    if (!pool)
        return !r->claim->foreign || !w->engine_binds;
    return plan_expires_ms(r->claim, pool) - c->end_ms >= pool->consolidation.payback_ms;
}

static void order_rooms(struct thinning *t)
{
    struct plan *p = t->c->plan;
    bool *is_candidate = ARENA_ARRAY(p->arena, bool, p->rooms.count);
    size_t n = 0;

    t->rooms = ARENA_ARRAY(p->arena, size_t, p->rooms.count);
    t->position_of = ARENA_ARRAY(p->arena, size_t, p->rooms.count);
    for (size_t i = 0; i < t->c->count; i++)
        is_candidate[t->c->items[i].room] = true;
    for (size_t i = 0; i < p->rooms.count; i++) {
        t->position_of[i] = SIZE_MAX;
        if (!is_candidate[i] && is_home(t->c, &p->rooms.items[i]))
            t->rooms[n++] = i;
    }
    for (size_t i = t->c->count; i-- > 0;)
        if (is_home(t->c, &p->rooms.items[t->c->items[i].room]))
            t->rooms[n++] = t->c->items[i].room;
    for (size_t i = 0; i < n; i++)
        t->position_of[t->rooms[i]] = i;
    free_rooms_make(&t->free, p->arena, &p->rooms, t->rooms, n);
}

static bool find_room(struct thinning *t, struct seeker *s)
{
    struct plan *p = t->c->plan;
    const struct resources *wanted = &p->market.shapes[s->shape].requests;

    for (size_t at = 0; (at = free_rooms_next(&t->free, at, wanted)) != SIZE_MAX; at++) {
        t->c->work -= 100;
        if (!room_takes(&p->market, &p->rooms.items[t->rooms[at]], s->shape))
            continue;
        rooms_put(&p->market, &p->rooms, t->rooms[at], s);
        free_rooms_renew(&t->free, &p->rooms, at);
        return true;
    }
    return false;
}

/* Where its pods look at other pods, each is given cells first. */
static void give_cells(struct thinning *t, struct candidate *one)
{
    const struct way plain = {0};
    const struct caps none = {0};
    struct apportionment places;
    struct plan *p = t->c->plan;

    one->count = teams_form(&p->market, &p->rooms, one->seekers, one->count);
    apportion(&p->market, &p->rooms, one->seekers, one->count, &plain, &none, &places);
    t->c->work -= 20 * (int64_t)(p->rooms.count * one->count + p->market.shape_count);
}

static void stay(struct thinning *t, const struct candidate *one, size_t changes, bool concerned)
{
    struct plan *p = t->c->plan;
    size_t until = p->rooms.change_count;

    rooms_undo(&p->market, &p->rooms, p->rooms.count, changes);
    for (size_t i = changes; i < until; i++)
        if (p->rooms.changes[i].kind == ROOM_PLACED)
            free_rooms_renew(&t->free, &p->rooms, t->position_of[p->rooms.changes[i].room]);
    if (t->position_of[one->room] != SIZE_MAX)
        free_rooms_renew(&t->free, &p->rooms, t->position_of[one->room]);
    if (concerned && p->market.topology.count_total)
        memcpy(p->market.topology.all_counts, t->counts,
               p->market.topology.count_total * sizeof(*t->counts));
}

static bool try_going(struct thinning *t, struct candidate *one)
{
    struct plan *p = t->c->plan;
    const struct topology *of = &p->market.topology;
    size_t changes = p->rooms.change_count;

    if (of->count_total)
        memcpy(t->counts, of->all_counts, of->count_total * sizeof(*t->counts));
    candidate_leave(t->c, one);
    if (t->position_of[one->room] != SIZE_MAX)
        free_rooms_close(&t->free, t->position_of[one->room]);
    bool concerned = is_concerned(&p->market, one), all = true;
    if (concerned)
        give_cells(t, one);
    for (size_t i = 0; i < one->count && all; i++)
        all = !one->seekers[i].nowhere && find_room(t, &one->seekers[i]);
    if (!all)
        stay(t, one, changes, concerned);
    return all;
}

/* Going makes everybody else's share larger. */
static bool keeps_shares(struct thinning *t, const struct candidate *one)
{
    size_t pool = t->c->plan->rooms.items[one->room].pool;
    struct shares *then = &t->then[pool];

    if (!then->shop)
        return true;
    shares_count(then, one->claim, -1);
    if (!shares_worsen(&t->c->at_first[pool], then))
        return true;
    shares_count(then, one->claim, 1);
    return false;
}

static bool goes(struct thinning *t, struct candidate *one)
{
    size_t pool = t->c->plan->rooms.items[one->room].pool;

    if (!keeps_shares(t, one))
        return false;
    if (try_going(t, one))
        return true;
    if (t->then[pool].shop)
        shares_count(&t->then[pool], one->claim, 1);
    return false;
}

int64_t thin(struct consolidating *c)
{
    struct thinning t = {.c = c};
    int64_t gain = 0;

    order_rooms(&t);
    t.then = shares_of_all(c->plan->arena, &c->plan->market, c->plan->left);
    t.counts = ARENA_ARRAY(c->plan->arena, int32_t, c->plan->market.topology.count_total);
    for (size_t i = 0; i < c->count && c->work > 0; i++) {
        struct candidate *one = &c->items[i];
        int64_t worth = worth_of_going(one);
        if (one->fate == WENT)
            continue;
        const struct room *r = &c->plan->rooms.items[one->room];
        if (worth <= 0 || r->guests || !candidate_take_turn(c, one)) {
            one->fate = STAYS;
            continue;
        }
        one->fate = goes(&t, one) ? GOES : STAYS;
        if (one->fate == STAYS)
            candidate_give_back(c, one);
        gain += one->fate == GOES ? worth : 0;
    }
    return gain;
}

void thin_apply(struct consolidating *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct candidate *one = &c->items[i];
        if (one->fate != GOES)
            continue;
        one->fate = WENT;
        plan_cordon(c->plan, one->claim, REASON_UNDERUTILIZED);
        for (size_t k = 0; k < one->count; k++)
            plan_move(c->plan, one->claim, &one->seekers[k], REASON_UNDERUTILIZED);
    }
}
