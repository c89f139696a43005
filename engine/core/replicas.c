#include "engine/core/plan.h"

/* Static pools: as many nodes as they state, whatever the pods. */

struct tally {
    int64_t live, ready, fresh; /* fresh: neither going nor to be replaced */
};

static struct tally count_claims(const struct plan *p, size_t pool)
{
    struct tally t = {0};

    for (size_t i = 0; i < p->rooms.count; i++) {
        const struct room *r = &p->rooms.items[i];
        if (r->pool != pool)
            continue;
        t.live++;
        t.ready += r->claim->phase == CLAIM_READY;
        t.fresh += !r->leaving;
    }
    return t;
}

/* The pods that fit the node about to be launched should wait for it and not for one of their own:
 * it stands among the rooms from now on. */
static void expect(struct plan *p, const struct action *launch, size_t pool)
{
    struct claim *c = ARENA_NEW(p->arena, struct claim);

    c->pool = launch->pool->name;
    c->phase = CLAIM_RECORDED;
    c->labels = launch->labels;
    c->taints = launch->pool->taints;
    c->options = launch->options;
    c->option_count = launch->option_count;
    c->allocatable = launch->options[0].type->allocatable;
    for (size_t i = 1; i < launch->option_count; i++)
        for (size_t k = 0; k < RESOURCES_MAX; k++)
            if (launch->options[i].type->allocatable.amount[k] < c->allocatable.amount[k])
                c->allocatable.amount[k] = launch->options[i].type->allocatable.amount[k];
    rooms_add(&p->market, &p->rooms, c, pool);
}

static struct str count_text(struct plan *p, size_t pool, const char *why)
{
    return arena_printf(p->arena, "pool " STR_FMT ": %s", STR_ARG(p->world->pools[pool].name), why);
}

static bool sells_ever(const struct shop *s)
{
    for (size_t i = 0; i < s->offer_count; i++)
        if (bits_has(s->usable, i))
            return true;
    return false;
}

/* Why there is nothing to choose from. */
static void say_nothing_on_sale(struct plan *p, size_t pool)
{
    bool later = sells_ever(&p->market.shops[pool]);

    p->busy[pool] |= later;
    p->lacks_capacity |= later;
    if (later)
        plan_block(p, pool, REASON_NO_CAPACITY,
                   count_text(p, pool, "the cloud has no capacity for its types now"));
    else
        plan_block(p, pool, REASON_REQUIREMENTS,
                   count_text(p, pool, "its requirements leave no instance type"));
}

static bool choose_cheapest(const struct plan *p, struct bin *b)
{
    const struct shop *s = &p->market.shops[b->shop];
    const struct context *c = &s->contexts[CONTEXT_ANY];

    for (size_t i = 0; i < c->all_count; i++) {
        b->type = c->all[i].type;
        b->cost = c->all[i].price;
        if (allowance_admits(&p->left[b->shop], &s->catalog->types[b->type], b->cost))
            return true;
    }
    return false;
}

/* The cheapest node the pool may have; false when there is none, and why is said. */
static bool launch_one(struct plan *p, size_t pool, enum reason reason)
{
    const struct shop *s = &p->market.shops[pool];
    struct bin b = {.shop = pool, .context = CONTEXT_ANY};
    struct action act = {.kind = ACTION_LAUNCH, .reason = reason};

    if (!s->catalog) {
        p->busy[pool] = true;
        return false;
    }
    if (s->contexts[CONTEXT_ANY].all_count == 0) {
        say_nothing_on_sale(p, pool);
        return false;
    }
    if (!choose_cheapest(p, &b)) {
        plan_block(p, pool, REASON_LIMIT,
                   count_text(p, pool, "its limits leave no room for another node"));
        return false;
    }
    allowance_take(&p->left[pool], &s->catalog->types[b.type].capacity, b.cost);
    if (!options_make(&p->market, &b, &p->left[pool], &act)) {
        plan_block(p, pool, REASON_MIN_VALUES,
                   count_text(p, pool, "its min_values cannot be kept"));
        return false;
    }
    plan_act(p, act);
    expect(p, &act, pool);
    return true;
}

static enum reason first_reason(const struct plan *p, size_t pool)
{
    for (size_t i = 0; i < p->leaver_count; i++)
        if (p->leavers[i].pool == pool && p->leavers[i].room != SIZE_MAX)
            return p->leavers[i].reason;
    return REASON_REPLICAS;
}

/* Replacements come first: of what is to go, only as many as are ready beyond the number; the
 * others wait.  Returns how many more could. */
static int64_t hold_leavers(struct plan *p, size_t pool, int64_t spare)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        if (l->pool != pool || l->room == SIZE_MAX || !l->chosen)
            continue;
        l->waits = spare <= 0;
        spare -= !l->waits;
    }
    return spare;
}

/* Emptiest first, then youngest. */
static bool goes_before(const struct claim *x, const struct claim *y)
{
    if (x->pod_count != y->pod_count)
        return x->pod_count < y->pod_count;
    return x->created_ms > y->created_ms;
}

static bool scale_in_one(struct plan *p, size_t pool)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < p->rooms.count; i++) {
        const struct room *r = &p->rooms.items[i];
        if (r->pool == pool && r->claim->phase == CLAIM_READY && !r->claim->pods_unknown &&
            !r->leaving && !claim_who_stays(r->claim) &&
            (best == SIZE_MAX || goes_before(r->claim, p->rooms.items[best].claim)))
            best = i;
    }
    if (best == SIZE_MAX)
        return false;
    rooms_set_leaving(&p->market, &p->rooms, best, true);
    plan_leave(p, (struct leaver){.claim = p->rooms.items[best].claim,
                                  .room = best,
                                  .pool = pool,
                                  .reason = REASON_SURPLUS,
                                  .must = true,
                                  .chosen = true});
    return true;
}

static void keep_number(struct plan *p, size_t pool, int64_t number)
{
    struct tally t = count_claims(p, pool);
    enum reason reason = t.live < number ? REASON_REPLICAS : first_reason(p, pool);

    int64_t spare = hold_leavers(p, pool, t.ready - number);
    for (int64_t i = t.fresh; i < number; i++)
        if (!launch_one(p, pool, reason))
            break;
    if (!plan_may_disrupt(p, pool))
        return;
    for (int64_t i = t.fresh; i > number && spare > 0; i--, spare--)
        if (!scale_in_one(p, pool))
            break;
}

void try_replicas(struct plan *p)
{
    for (size_t i = 0; i < p->world->pool_count; i++)
        if (p->world->pools[i].replicas >= 0 && !p->world->pools[i].deleting)
            keep_number(p, i, p->world->pools[i].replicas);
}
