#include "engine/core/explain_price.h"
#include "engine/core/plan.h"
#include "engine/core/shares.h"

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

static bool sells_ever(const struct shop *s)
{
    for (size_t i = 0; i < s->offer_count; i++)
        if (bits_has(s->usable, i))
            return true;
    return false;
}

static void say_why_none(struct plan *p, size_t pool, enum reason why)
{
    static const char *const text[REASON_COUNT] = {
        [REASON_NO_CAPACITY] = "the cloud has no capacity for its types now",
        [REASON_REQUIREMENTS] = "its requirements leave no instance type",
        [REASON_NO_PRICE] = "what would do for it has no price",
        [REASON_LIMIT] = "its limits leave no room for another node",
        [REASON_MIN_VALUES] = "its min_values cannot be kept",
        [REASON_SPREAD_LIMIT] = "its spread_limit leaves no type in any zone",
    };

    p->busy[pool] |= !reason_row(why)->lasts;
    p->lacks_capacity |= why == REASON_NO_CAPACITY;
    if (text[why])
        plan_block(p, pool, why,
                   arena_printf(p->arena, "pool " STR_FMT ": %s%s",
                                STR_ARG(p->world->pools[pool].name), text[why],
                                p->paces[pool].due ? ", and some are expired or drifted" : ""));
}

static bool choose_cheapest(const struct plan *p, struct bin *b)
{
    const struct shop *s = &p->market.shops[b->shop];
    const struct context *c = &s->contexts[CONTEXT_ANY];

    for (size_t i = 0; i < c->all_count; i++) {
        b->type = c->all[i].type;
        b->cost = c->all[i].price;
        if (allowance_admits(&p->left[b->shop], s->types[b->type], b->cost))
            return true;
    }
    return false;
}

/* As many of the cheapest nodes as the pool may have, up to `lacks`. */
static size_t choose_nodes(struct plan *p, size_t pool, size_t lacks, struct bin *out)
{
    size_t n = 0;

    for (; n < lacks; n++) {
        out[n] = (struct bin){.shop = pool, .context = CONTEXT_ANY};
        if (!choose_cheapest(p, &out[n]))
            break;
        allowance_take(&p->left[pool], &p->market.shops[pool].types[out[n].type]->capacity,
                       out[n].cost);
    }
    return n;
}

/* Those of them that the pool's spread_limit leaves something for. */
static size_t keep_shares(struct plan *p, size_t pool, struct bin *nodes, size_t count)
{
    ARENA_AUTO scratch = {0};
    struct bin **bins = ARENA_ARRAY(&scratch, struct bin *, count);
    bool *lost = ARENA_ARRAY(&scratch, bool, count);
    const struct shop *s = &p->market.shops[pool];

    for (size_t i = 0; i < count; i++)
        bins[i] = &nodes[i];
    while (count && s->pool->spread_limit &&
           !shares_grant(&p->market, pool, bins, count, &p->left[pool], lost)) {
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
            if (lost[i])
                allowance_give(&p->left[pool], &s->types[nodes[i].type]->capacity, nodes[i].cost);
            else
                nodes[kept++] = nodes[i];
        }
        count = kept;
    }
    return count;
}

static bool launch_one(struct plan *p, const struct bin *b, enum reason reason)
{
    struct action act = {.kind = ACTION_LAUNCH, .reason = reason};

    if (!options_make(&p->market, b, &p->left[b->shop], &act))
        return false;
    plan_act(p, act);
    expect(p, &act, b->shop);
    return true;
}

/* The cheapest nodes that the pool may have, at most `lacks`; *why there are no more.  Returns how
 * many there are. */
static size_t launch_some(struct plan *p, size_t pool, enum reason reason, size_t lacks,
                          enum reason *why)
{
    ARENA_AUTO scratch = {0};
    const struct shop *s = &p->market.shops[pool];
    size_t launched = 0;

    *why = REASON_NO_CATALOG;
    if (!s->catalog)
        return 0;
    *why = sells_ever(s)            ? REASON_NO_CAPACITY
           : pool_unpriced(s->pool) ? REASON_NO_PRICE
                                    : REASON_REQUIREMENTS;
    if (s->contexts[CONTEXT_ANY].all_count == 0)
        return 0;
    struct bin *nodes = ARENA_ARRAY(&scratch, struct bin, lacks);
    size_t possible = choose_nodes(p, pool, lacks, nodes);
    size_t count = keep_shares(p, pool, nodes, possible);
    *why = count < possible ? REASON_SPREAD_LIMIT : REASON_LIMIT;
    for (size_t i = 0; i < count; i++)
        launched += launch_one(p, &nodes[i], reason);
    if (launched < count)
        *why = REASON_MIN_VALUES;
    return launched;
}

/* Of this pool, due, and neither draining already nor surplus. */
static bool is_due(const struct leaver *l, size_t pool)
{
    return l->pool == pool && !l->must;
}

static enum reason first_reason(const struct plan *p, size_t pool)
{
    for (size_t i = 0; i < p->leaver_count; i++)
        if (is_due(&p->leavers[i], pool) && p->leavers[i].chosen)
            return p->leavers[i].reason;
    return REASON_REPLICAS;
}

static void choose(struct plan *p, struct leaver *l, bool chosen)
{
    if (!chosen)
        budget_return(p, &p->rooms.items[l->room], l->reason);
    p->paces[l->pool].chosen += (size_t)chosen - (size_t)l->chosen;
    l->chosen = chosen;
    rooms_set_leaving(&p->market, &p->rooms, l->room, chosen);
}

/* So many that were to leave have no replacement: the youngest stay. */
static int64_t keep_youngest(struct plan *p, size_t pool, int64_t count)
{
    for (size_t i = p->leaver_count; i-- > 0 && count > 0;)
        if (is_due(&p->leavers[i], pool) && p->leavers[i].chosen) {
            choose(p, &p->leavers[i], false);
            count--;
        }
    return count;
}

/* Where the limits have no room for both, one goes before its replacement. */
static void send_ahead(struct plan *p, size_t pool)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        if (is_due(l, pool) && !l->blocked && budget_take(p, &p->rooms.items[l->room], l->reason)) {
            choose(p, l, true);
            l->ahead = true;
            return;
        }
    }
}

/* Replacements come first: of what is to go, only as many as are ready beyond the number; the
 * others wait.  Returns how many more could. */
static int64_t hold_leavers(struct plan *p, size_t pool, int64_t spare)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        if (!is_due(l, pool) || !l->chosen || l->ahead)
            continue;
        l->waits = spare <= 0;
        spare -= !l->waits;
    }
    return spare;
}

/* What does not work first, for its pods do not either; then the emptiest, then those that are due,
 * then the youngest. */
static bool goes_before(const struct room *x, const struct room *y)
{
    if (room_is_sound(x) != room_is_sound(y))
        return room_is_sound(y);
    if (x->claim->pod_count != y->claim->pod_count)
        return x->claim->pod_count < y->claim->pod_count;
    if (x->due != y->due)
        return x->due;
    return x->claim->created_ms > y->claim->created_ms;
}

/* May it be the one that goes?  A static pool is made smaller by hand: node budgets have no say. */
static bool may_be_surplus(struct plan *p, const struct room *r)
{
    struct waiting why;
    bool lasts;

    if (r->claim->phase != CLAIM_READY || r->leaving || r->claim->pods_unknown)
        return false;
    if (!plan_stays(p, r->claim, &why) && !guards_refuse(p, r->claim, REASON_SURPLUS, &why, &lasts))
        return true;
    plan_hold(
        p, (struct held){
               .claim = r->claim, .due = REASON_SURPLUS, .by = why.reason, .message = why.message});
    return false;
}

static bool scale_in_one(struct plan *p, size_t pool)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < p->rooms.count; i++) {
        const struct room *r = &p->rooms.items[i];
        if (r->pool == pool && may_be_surplus(p, r) &&
            (best == SIZE_MAX || goes_before(r, &p->rooms.items[best])))
            best = i;
    }
    if (best == SIZE_MAX)
        return false;
    guards_count(p, p->rooms.items[best].claim, 1);
    rooms_set_leaving(&p->market, &p->rooms, best, true);
    plan_leave(p, (struct leaver){.claim = p->rooms.items[best].claim,
                                  .room = best,
                                  .pool = pool,
                                  .reason = REASON_SURPLUS,
                                  .must = true,
                                  .chosen = true});
    return true;
}

/* The limits have no room for a replacement.  With all nodes ready and nobody else on the way out,
 * one node fewer for a while is what the user's limit asks for. */
static bool may_go_ahead(const struct plan *p, size_t pool, int64_t number, const struct tally *t)
{
    const struct pace *pace = &p->paces[pool];

    return t->ready >= number && pace->turns && !p->purses.pools[pool].away && !pace->chosen;
}

/* Launches what lacks to the number; what is to leave and cannot be replaced stays. */
static void fill_up(struct plan *p, size_t pool, int64_t number, const struct tally *t)
{
    enum reason reason = t->live < number ? REASON_REPLICAS : first_reason(p, pool);
    enum reason why = REASON_NONE;
    int64_t lacks = number - t->fresh;

    if (lacks > 0)
        lacks -= (int64_t)launch_some(p, pool, reason, (size_t)lacks, &why);
    if (lacks <= 0)
        return;
    lacks = keep_youngest(p, pool, lacks);
    if (lacks > 0 || why != REASON_LIMIT) {
        if (!p->purses.pools[pool].away) /* else there may be room when that has gone */
            say_why_none(p, pool, why);
    } else if (may_go_ahead(p, pool, number, t)) {
        send_ahead(p, pool);
    }
}

static void keep_number(struct plan *p, size_t pool, int64_t number)
{
    struct tally t = count_claims(p, pool);

    fill_up(p, pool, number, &t);
    int64_t spare = hold_leavers(p, pool, t.ready - number);
    if (!plan_may_disrupt(p, pool))
        return;
    struct str fault = fault_of(p, pool, REASON_SURPLUS);
    if (fault.len && t.fresh > number && spare > 0) {
        plan_block(p, pool, REASON_STALE, fault);
        p->busy[pool] = true;
        return;
    }
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
