#include <stdlib.h>

#include "engine/core/apportion.h"
#include "engine/core/consolidate.h"

/* Nodes whose pods run for less on new ones: any number by any number.
 *
 * Which nodes can gain at all is known by what their pods cost at least, and near a fleet's rest
 * hardly any can.  Of those that can, all are tried together, then the worst ones, fewer and fewer
 * of them as long as so few can gain more than was found, then each alone.  All their pods come to
 * new nodes, none to room that is there: what is on its way says for whom it comes, so the
 * decisions that follow find the move again as it was meant. */

struct repacking {
    struct consolidating *c;
    struct candidate **items; /* that can gain, those first that gain most for their pods */
    size_t count;
};

/* Of options at the price of the first one all, and of spot enough to come and stay; with
 * min_values all. */
static void narrow(struct action *launch)
{
    const struct launch_option *o = launch->options;
    bool spot = o[0].offering->capacity_type == CAPACITY_SPOT;
    size_t n = 1;

    for (size_t i = 0; i < launch->pool->requirements.count; i++)
        if (launch->pool->requirements.items[i].min_values)
            return;
    while (n < launch->option_count &&
           ((spot && n < SPOT_OPTIONS) ||
            o[n].offering->price_microusd_per_hour == o[0].offering->price_microusd_per_hour))
        n++;
    launch->option_count = n;
}

/* On demand the cheapest comes; of spot, any. */
static int64_t price_of(const struct action *launch)
{
    size_t at =
        launch->options[0].offering->capacity_type == CAPACITY_SPOT ? launch->option_count - 1 : 0;

    return launch->options[at].offering->price_microusd_per_hour;
}

/* What the group saves an hour counts as long as its nodes' savings do on average, by their prices.
 */
static int64_t worth_of_group(const struct group *g, int64_t new_price)
{
    __int128 weighted = 0;
    int64_t price = 0, evictions = 0;

    for (size_t i = 0; i < g->count; i++) {
        weighted += (__int128)g->items[i]->price * g->items[i]->horizon_ms;
        price += g->items[i]->price;
        evictions += g->items[i]->evictions;
    }
    if (price <= new_price)
        return -1;
    return worth_over(price - new_price, (int64_t)(weighted / price)) - evictions -
           worth_over(new_price, OVERLAP_MS);
}

static struct seeker *gather(struct consolidating *c, const struct group *g, size_t *count)
{
    struct plan *p = c->plan;
    const struct rooms none = {0};
    struct rooms nowhere = none;
    const struct way plain = {0};
    const struct caps no_caps = {0};
    struct apportionment places;
    size_t n = 0, total = 0;
    bool concerned = false;

    for (size_t i = 0; i < g->count; i++) {
        candidate_leave(c, g->items[i]);
        total += g->items[i]->count;
    }
    struct seeker *all = ARENA_ARRAY(p->arena, struct seeker, total);
    for (size_t i = 0; i < g->count; i++)
        for (size_t k = 0; k < g->items[i]->count; k++) {
            all[n++] = g->items[i]->seekers[k];
            concerned |= p->market.shapes[all[n - 1].shape].profile != 0;
        }
    if (concerned) {
        n = teams_form(&p->market, &p->rooms, all, n);
        apportion(&p->market, &nowhere, all, n, &plain, &no_caps, &places);
    }
    *count = n;
    return all;
}

static struct wanted *want(struct plan *p, struct seeker *seekers, size_t count)
{
    struct wanted *wanted = ARENA_ARRAY(p->arena, struct wanted, count);

    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct wanted){.seeker = &seekers[i], .reason = REASON_UNDERUTILIZED};
    return wanted;
}

/* Nodes with a pod that got no place cannot go this way. */
static bool find_stuck(const struct group *g, const struct wanted *wanted, size_t count)
{
    bool any = false;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < g->count && !wanted[i].launched; k++)
            if (str_eq(g->items[k]->claim->id, wanted[i].seeker->pod->claim))
                any = g->items[k]->stuck = true;
    return any;
}

/* Those of the group that budgets let go, all others included.  The trial is the caller's. */
static size_t take_turns(struct consolidating *c, const struct group *g, struct candidate **taken)
{
    size_t n = 0;

    for (size_t i = 0; i < g->count; i++)
        if (candidate_take_turn(c, g->items[i]))
            taken[n++] = g->items[i];
    return n;
}

/* Would a type in a zone have too large a share of a pool, once the group has gone and what was
 * launched for it stands? */
static bool worsens_shares(const struct consolidating *c)
{
    ARENA_AUTO scratch = {0};
    const struct plan *p = c->plan;
    const struct shares *then = shares_of_all(&scratch, &p->market, p->left);

    for (size_t i = 0; i < p->world->pool_count; i++)
        if (shares_worsen(&c->at_first[i], &then[i]))
            return true;
    return false;
}

/* Launches nodes for the pods of all; what is gained.  INT64_MIN: some are stuck.  The trial is the
 * caller's. */
static int64_t move_out(struct consolidating *c, struct group *g)
{
    struct plan *p = c->plan;
    size_t count, before = p->out->action_count;
    struct seeker *seekers = gather(c, g, &count);
    struct wanted *wanted = want(p, seekers, count);
    struct packing packing;

    c->work -= 5000 * (int64_t)count + 20 * (int64_t)p->market.shape_count;
    wanted_pack(p, wanted, count, &packing);
    if (find_stuck(g, wanted, count))
        return INT64_MIN;
    plan_launch(p, &packing, wanted, count);
    if (find_stuck(g, wanted, count))
        return INT64_MIN;
    bool may_start = c->patient || budget_start(p, p->out->action_count - before, g->count);
    if (!may_start || worsens_shares(c))
        return -1;
    g->new_price = 0;
    for (size_t i = before; i < p->out->action_count; i++) {
        narrow(&p->out->actions[i]);
        g->new_price += price_of(&p->out->actions[i]);
    }
    return worth_of_group(g, g->new_price);
}

static void without_stuck(struct group *g)
{
    size_t n = 0;

    for (size_t i = 0; i < g->count; i++)
        if (!g->items[i]->stuck)
            g->items[n++] = g->items[i];
    g->count = n;
}

/* Leaves no trace but who is stuck. */
static void try_group(struct consolidating *c, struct candidate *const *items, size_t count,
                      struct group *best)
{
    struct plan *p = c->plan;
    struct group g = {.items = ARENA_ARRAY(p->arena, struct candidate *, count), .count = count};
    struct trial t = trial_begin(p);

    memcpy(g.items, items, count * sizeof(*items));
    do {
        without_stuck(&g);
        g.count = take_turns(c, &g, g.items);
        g.gain = g.count ? move_out(c, &g) : -1;
        trial_drop(p, &t);
    } while (g.gain == INT64_MIN);
    if (g.gain > best->gain)
        *best = g;
}

/* x gains more for its pods than y. */
static int by_gain(const void *x, const void *y)
{
    const struct candidate *a = *(struct candidate *const *)x, *b = *(struct candidate *const *)y;
    __int128 left = (__int128)worth_of_moving(a) * (b->least + 1),
             right = (__int128)worth_of_moving(b) * (a->least + 1);

    if (left != right)
        return left > right ? -1 : 1;
    return str_cmp(a->claim->id, b->claim->id);
}

static void list_gaining(struct repacking *r)
{
    struct consolidating *c = r->c;

    r->items = ARENA_ARRAY(c->plan->arena, struct candidate *, c->count);
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].fate != WENT && !c->plan->rooms.items[c->items[i].room].guests &&
            worth_of_moving(&c->items[i]) > 0)
            r->items[r->count++] = &c->items[i];
    if (r->count)
        qsort(r->items, r->count, sizeof(struct candidate *), by_gain);
}

/* Whoever has thought of better nodes for these pods has thought of the group as well. */
static void try_proposed(const struct repacking *r, struct group *best)
{
    const struct plan *p = r->c->plan;
    const struct proposal *all = p->world->proposal;
    bool *named = ARENA_ARRAY(p->arena, bool, p->world->claim_count);
    struct candidate **items = ARENA_ARRAY(p->arena, struct candidate *, r->count);
    size_t n = 0;

    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < all->nodes[i].pod_count; k++) {
            const struct claim *c = world_claim(p->world, all->nodes[i].pods[k]->claim);
            if (c)
                named[c - p->world->claims] = true;
        }
    for (size_t i = 0; i < r->count; i++)
        if (named[r->items[i]->claim - p->world->claims])
            items[n++] = r->items[i];
    if (n)
        try_group(r->c, items, n, best);
}

/* What the first so many can gain at most. */
static int64_t most_of(struct candidate *const *items, size_t count)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += worth_of_moving(items[i]);
    return sum;
}

struct group repack_find(struct consolidating *c)
{
    struct repacking r = {.c = c};
    struct group best = {0};

    list_gaining(&r);
    if (c->plan->world->proposal)
        try_proposed(&r, &best);
    if (best.count)
        return best;
    for (size_t k = r.count; k > 1 && c->work > 0; k -= (k + 2) / 3)
        if (most_of(r.items, k) > best.gain) /* else it cannot be better */
            try_group(c, r.items, k, &best);
    for (size_t i = 0; i < r.count && c->work > 0 && best.gain <= 0; i++)
        try_group(c, &r.items[i], 1, &best);
    return best;
}

static int by_id(const void *x, const void *y)
{
    return str_cmp((*(const struct claim *const *)x)->id, (*(const struct claim *const *)y)->id);
}

/* Whose pods the node is for. */
static void note_replaced(struct plan *p, struct action *launch)
{
    const struct claim **all = ARENA_ARRAY(p->arena, const struct claim *, launch->pod_count);
    size_t n = 0;

    for (size_t i = 0; i < launch->pod_count; i++) {
        const struct claim *c = plan_claim_of(p, launch->pods[i]);
        bool known = false;
        for (size_t k = 0; k < n && !known; k++)
            known = all[k] == c;
        if (!known)
            all[n++] = c;
    }
    qsort(all, n, sizeof(*all), by_id);
    launch->replaces = all;
    launch->replace_count = n;
}

bool repack_apply(struct consolidating *c, struct group *g)
{
    struct plan *p = c->plan;
    struct trial t = trial_begin(p);
    size_t before = p->out->action_count;

    take_turns(c, g, g->items);
    int64_t gain = move_out(c, g);
    p->market.effort = 0;
    if (gain <= 0) {
        trial_drop(p, &t);
        return false;
    }
    for (size_t i = before; i < p->out->action_count; i++)
        note_replaced(p, &p->out->actions[i]);
    for (size_t i = 0; i < g->count; i++) {
        g->items[i]->fate = WENT;
        p->busy[p->rooms.items[g->items[i]->room].pool] = true;
    }
    return true;
}
