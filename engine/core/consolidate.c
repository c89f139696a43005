#include <stdlib.h>

#include "engine/core/consolidate.h"
#include "engine/core/schedule.h"

/* Which nodes may go to save their cost, and what of it is done now.
 *
 * Nothing is remembered from one decision to the next but what a claim's record says: a node that
 * was launched in the place of others names them, and they leave when it is ready (find_moving).
 * Rooms that are given away, be it to pods of other moves, are taken, and who has guests stays; so
 * moves of several decisions do not meet. */

enum {
    /* A few seconds for 5,000 nodes with 100,000 pods; hardly anything where nothing gains. */
    WORK = 2000 * 1000 * 1000,
    /* A node that has come to replace others and cannot after so long is one like any. */
    REPLACES_MS = 15 * 60 * 1000,
    /* Ages count as at the beginning of such a step of the clock, and lives as at its end, so all
     * through it a search comes to the same. */
    STEP_MS = 5 * 60 * 1000,
};

static int64_t sooner(int64_t x_ms, int64_t y_ms)
{
    return x_ms < y_ms ? x_ms : y_ms;
}

bool claim_brings_relief(const struct world *w, const struct claim *c)
{
    if (!c->replace_count)
        return false;
    return c->phase == CLAIM_RECORDED || c->phase == CLAIM_LAUNCHED ||
           (c->phase == CLAIM_READY && time_add_ms(c->ready_ms, REPLACES_MS) > w->now_ms);
}

/* By claim of the world, counted from 1: its room and, if it moves, its place among the leavers. */
struct moving {
    size_t *rooms, *leavers;
};

static void find_rooms(struct plan *p, struct moving *m)
{
    m->rooms = ARENA_ARRAY(p->arena, size_t, p->world->claim_count);
    m->leavers = ARENA_ARRAY(p->arena, size_t, p->world->claim_count);
    for (size_t i = 0; i < p->rooms.count; i++)
        m->rooms[p->rooms.items[i].claim - p->world->claims] = i + 1;
}

static bool may_still_go(const struct plan *p, const struct room *r)
{
    return r->claim->phase == CLAIM_READY && plan_may_disrupt(p, r->pool) && !r->due &&
           p->world->pools[r->pool].replicas < 0;
}

static void leave_for(struct plan *p, struct moving *m, const struct claim *old,
                      const struct claim *by)
{
    size_t at = (size_t)(old - p->world->claims), room = m->rooms[at] - 1;
    struct waiting why;

    if (!m->leavers[at]) {
        if (!m->rooms[at] || !may_still_go(p, &p->rooms.items[room]))
            return;
        plan_leave(p, (struct leaver){.claim = old,
                                      .room = room,
                                      .pool = p->rooms.items[room].pool,
                                      .reason = REASON_UNDERUTILIZED,
                                      .blocked = old->pods_unknown || plan_stays(p, old, &why)});
        p->rooms.items[room].due = true;
        m->leavers[at] = p->leaver_count;
    }
    p->leavers[m->leavers[at] - 1].awaits |= by->phase != CLAIM_READY;
}

void find_moving(struct plan *p)
{
    struct moving m = {0};

    for (size_t i = 0; i < p->world->claim_count; i++) {
        const struct claim *c = &p->world->claims[i];
        if (!claim_brings_relief(p->world, c))
            continue;
        if (!m.rooms)
            find_rooms(p, &m);
        for (size_t k = 0; k < c->replace_count; k++) {
            const struct claim *old = world_claim(p->world, c->replaces[k]);
            if (old)
                leave_for(p, &m, old, c);
        }
    }
}

/* A move that is off and that nothing more comes for: its nodes are like others. */
static void forget_moves(struct plan *p)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        const struct leaver *l = &p->leavers[i];
        if (l->reason == REASON_UNDERUTILIZED && l->blocked && !l->awaits)
            p->rooms.items[l->room].due = false;
    }
}

static bool is_quiet(struct plan *p, const struct claim *c, const struct pool *pool)
{
    int64_t since_ms = c->changed_ms > c->ready_ms && c->changed_ms <= p->world->now_ms
                           ? c->changed_ms
                           : c->ready_ms;
    int64_t due_ms = time_add_ms(since_ms, pool->consolidation.after_ms);

    plan_wake(p, due_ms);
    return due_ms <= p->world->now_ms;
}

/* What a PodDisruptionBudget keeps for good is said: nobody would see why it stays.  Where it is
 * asked who would gain by going, only of those (name_held). */
static bool pods_let_go(struct plan *p, const struct room *r)
{
    struct waiting why;
    bool lasts;

    if (plan_stays(p, r->claim, &why))
        return false;
    if (!guards_refuse(p, r->claim, REASON_UNDERUTILIZED, &why, &lasts))
        return true;
    if (lasts && !p->world->names_held)
        plan_hold(p, (struct held){.claim = r->claim,
                                   .due = REASON_UNDERUTILIZED,
                                   .by = why.reason,
                                   .message = why.message});
    return false;
}

/* As far as rules are left aside that hold a node back which had better go. */
static bool might_go(struct plan *p, const struct room *r)
{
    if (r->claim->phase != CLAIM_READY || !plan_may_disrupt(p, r->pool))
        return false;
    const struct pool *pool = &p->world->pools[r->pool];
    return pool->consolidation.enabled && !pool->consolidation.only_empty && pool->replicas < 0 &&
           !r->due && !r->leaving && !r->guests && !r->claim->pods_unknown &&
           claim_holds_pods(r->claim) && is_quiet(p, r->claim, pool);
}

static bool may_go(struct plan *p, const struct room *r)
{
    return might_go(p, r) && pods_let_go(p, r) && budget_allows(p, r, REASON_UNDERUTILIZED);
}

bool candidate_take_turn(struct consolidating *c, const struct candidate *one)
{
    return c->patient ||
           budget_take(c->plan, &c->plan->rooms.items[one->room], REASON_UNDERUTILIZED);
}

void candidate_give_back(struct consolidating *c, const struct candidate *one)
{
    if (!c->patient)
        budget_return(c->plan, &c->plan->rooms.items[one->room], REASON_UNDERUTILIZED);
}

/* What goes saves its price; for its pods much or little. */
static int worst_first(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    __int128 left = (__int128)worth_of_going(a) * (b->least + 1),
             right = (__int128)worth_of_going(b) * (a->least + 1);

    if (left != right)
        return left > right ? -1 : 1;
    return str_cmp(a->claim->id, b->claim->id);
}

void candidates_list(struct consolidating *c)
{
    struct plan *p = c->plan;
    const struct world *w = p->world;

    c->items = ARENA_ARRAY(p->arena, struct candidate, p->rooms.count);
    c->count = 0;
    for (size_t i = 0; i < p->rooms.count; i++) {
        const struct room *r = &p->rooms.items[i];
        if (!(c->patient ? might_go(p, r) : may_go(p, r)))
            continue;
        const struct pool *pool = &w->pools[r->pool];
        int64_t life_ms = plan_expires_ms(r->claim, pool) - c->end_ms;
        int64_t payback_ms = pool->consolidation.payback_ms;
        if (c->patient && payback_ms < PATIENCE_MS)
            payback_ms = PATIENCE_MS;
        c->items[c->count++] =
            (struct candidate){.room = i,
                               .claim = r->claim,
                               .price = worth_price(r->claim, pool),
                               .horizon_ms = sooner(life_ms, payback_ms),
                               .evictions = worth_of_pods(r->claim, c->begin_ms)};
    }
}

/* While pods wait for nodes, what is there may be what they need. */
static bool is_calm(const struct plan *p)
{
    for (size_t i = 0; i < p->out->action_count; i++)
        if (p->out->actions[i].kind == ACTION_LAUNCH)
            return false;
    return !p->hold_launches && !p->world->only_add && !p->world->date_unsure && !p->lacks_capacity;
}

bool consolidate_move(struct consolidating *c, struct group *moved)
{
    struct group group = repack_find(c);
    struct trial t = trial_begin(c->plan);
    int64_t gain = thin(c);

    *moved = (struct group){0};
    if (gain >= group.gain) {
        thin_apply(c);
        return gain > 0;
    }
    trial_drop(c->plan, &t);
    *moved = group;
    return repack_apply(c, moved);
}

void consolidate_prepare(struct consolidating *c)
{
    struct market *m = &c->plan->market;

    worth_least(c);
    qsort(c->items, c->count, sizeof(*c->items), worst_first);
    c->at_first = shares_of_all(c->plan->arena, m, c->plan->left);
    c->work = WORK;
    m->heeds = m->has_unwelcoming;
    m->effort = 0;
}

static void search(struct consolidating *c)
{
    struct group moved;

    if (!c->count)
        return;
    consolidate_prepare(c);
    for (int i = 0; i < ROUNDS && c->work > 0 && consolidate_move(c, &moved); i++)
        ;
}

/* What the search looks at that time alone changes, and that does not wake a decision: with it one
 * might find what another did not. */
static int64_t next_change_ms(const struct consolidating *c)
{
    const struct plan *p = c->plan;
    const struct world *w = p->world;
    int64_t next_ms = c->end_ms;

    for (size_t i = 0; i < w->pool_count; i++) {
        const struct shop *s = &p->market.shops[i];
        for (size_t k = 0; k < s->offer_count; k++)
            if (s->offers[k].offering->unavailable_until_ms > w->now_ms)
                next_ms = sooner(next_ms, s->offers[k].offering->unavailable_until_ms);
        for (size_t k = 0; k < w->pools[i].budget_count; k++)
            next_ms = sooner(next_ms, p->purses.pools[i].windows[k].until_ms);
    }
    for (size_t i = 0; i < w->claim_count; i++)
        if (claim_brings_relief(w, &w->claims[i]))
            next_ms = sooner(next_ms, time_add_ms(w->claims[i].ready_ms, REPLACES_MS));
    return next_ms;
}

/* Was all of this looked at before, and nothing found? */
static bool is_known(const struct plan *p)
{
    return p->world->now_ms < p->world->rest_until_ms && !p->out->action_count &&
           !p->out->stale.len && !p->world->proposal;
}

void try_consolidation(struct plan *p)
{
    struct consolidating c = {.plan = p};
    bool heeds = p->market.heeds;

    c.begin_ms = p->world->now_ms - p->world->now_ms % STEP_MS;
    c.end_ms = c.begin_ms + STEP_MS;
    forget_moves(p);
    if (!is_calm(p))
        return;
    candidates_list(&c);
    if (c.count)
        p->rest_ms = next_change_ms(&c);
    if (!is_known(p))
        search(&c);
    if (p->world->names_held)
        name_held(&c);
    p->market.heeds = heeds;
    p->market.effort = p->world->effort;
}
