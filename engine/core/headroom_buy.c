#include "engine/core/headroom.h"

/* In nodes that are launched for pods, which become larger where that is cheaper than another. */

enum { WIDENING_WORK = 1000 * 1000 }; /* looks at a node */

struct widening {
    struct bin *bins; /* one a node that the plan launches, in its order */
    bool *wider;
    int64_t *lacking; /* by piece */
    struct allowance left;
    int64_t cost, work;
};

static bool is_planned_here(const struct keeping *k, size_t i)
{
    return k->p->roomy[i].bin.shop == k->pool;
}

/* All nodes as the types that they were packed for. */
static struct widening widening_begin(const struct keeping *k)
{
    struct plan *p = k->p;
    struct widening w = {ARENA_ARRAY(p->arena, struct bin, p->roomy_count),
                         ARENA_ARRAY(p->arena, bool, p->roomy_count),
                         ARENA_ARRAY(p->arena, int64_t, k->count),
                         p->left[k->pool],
                         0,
                         WIDENING_WORK};

    for (size_t i = 0; i < p->roomy_count; i++) {
        const struct bin *b = &p->roomy[i].bin;
        w.bins[i] = *b;
        if (!is_planned_here(k, i))
            continue;
        options_return(&p->out->actions[p->roomy[i].action], &w.left);
        allowance_take(&w.left, &p->market.shops[b->shop].types[b->type]->capacity, b->cost);
    }
    for (size_t i = 0; i < k->count; i++)
        w.lacking[i] = k->pieces[i].lacking;
    return w;
}

/* The node with one piece more, and what it then costs more; INT64_MAX: not below `most`. */
static int64_t widened(struct keeping *k, struct widening *w, const struct bin *b, uint32_t shape,
                       int64_t most, struct bin *out)
{
    struct market *m = &k->p->market;
    const struct shop *s = &m->shops[b->shop];
    struct allowance left = w->left;

    *out = *b;
    out->context = shop_join(m, b->shop, b->context, m->shapes[shape].cohort);
    if (out->context == CONTEXT_NONE)
        return INT64_MAX;
    const struct context *c = &s->contexts[out->context];
    resources_add(&out->sum, &m->shapes[shape].requests);
    if (fits(&out->sum, &s->space[b->type], m->resource_count))
        return 0;
    if (s->pool->spread_limit) /* it may be nothing but what it has been granted */
        return INT64_MAX;
    allowance_give(&left, &s->types[b->type]->capacity, b->cost);
    for (size_t i = 0; i < c->all_count && c->all[i].price - b->cost < most; i++, w->work--) {
        out->type = c->all[i].type;
        out->cost = c->all[i].price;
        if (out->cost >= b->cost && fits(&out->sum, &s->space[out->type], m->resource_count) &&
            allowance_admits(&left, s->types[out->type], out->cost))
            return out->cost - b->cost;
    }
    return INT64_MAX;
}

/* One piece into the node where it costs least, if that is below `most`. */
static bool widen_one(struct keeping *k, struct widening *w, uint32_t shape, int64_t most)
{
    const struct shop *s = &k->p->market.shops[k->pool];
    struct bin best, one;
    size_t at = SIZE_MAX;

    for (size_t i = 0; i < k->p->roomy_count && most > 0 && w->work-- > 0; i++) {
        if (!is_planned_here(k, i))
            continue;
        int64_t more = widened(k, w, &w->bins[i], shape, most, &one);
        if (more >= most)
            continue;
        most = more;
        best = one;
        at = i;
    }
    if (at == SIZE_MAX)
        return false;
    allowance_give(&w->left, &s->types[w->bins[at].type]->capacity, w->bins[at].cost);
    allowance_take(&w->left, &s->types[best.type]->capacity, best.cost);
    w->cost += most;
    w->bins[at] = best;
    w->wider[at] = true;
    return true;
}

/* How dear a larger node may be: never dearer, cheaper than one beside it, or whatever it costs. */
enum way { LEFTOVERS, CHEAPER, DEARER, WAYS };

static struct widening widen(struct keeping *k, enum way way)
{
    struct widening w = widening_begin(k);

    for (size_t i = 0; i < k->count; i++) {
        int64_t most = way == LEFTOVERS ? 1 : way == CHEAPER ? k->pieces[i].alone : INT64_MAX;
        while (w.lacking[i] && widen_one(k, &w, k->pieces[i].shape, most))
            w.lacking[i]--;
    }
    return w;
}

/* On new nodes. */

struct fresh {
    struct packing packing;
    uint32_t *unplaced; /* by shape */
    size_t unserved;
};

static struct fresh pack(const struct keeping *k, const int64_t *lacking, struct allowance *left)
{
    struct plan *p = k->p;
    struct fresh f = {.unplaced = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count)};
    struct allowance *all = ARENA_ARRAY(p->arena, struct allowance, p->world->pool_count);
    size_t total = 0, n = 0;

    for (size_t i = 0; i < k->count; i++)
        total += (size_t)lacking[i];
    uint32_t *sequence = ARENA_ARRAY(p->arena, uint32_t, total);
    for (size_t i = 0; i < k->count; i++)
        for (int64_t c = 0; c < lacking[i]; c++)
            sequence[n++] = k->pieces[i].shape;
    memcpy(all, p->left, p->world->pool_count * sizeof(*all));
    all[k->pool] = *left;
    packing_solve(&p->market, sequence, n, all, &f.packing, f.unplaced);
    *left = all[k->pool];
    for (size_t i = 0; i < p->market.shape_count; i++)
        f.unserved += f.unplaced[i];
    return f;
}

static bool is_better(const struct fresh *x, int64_t x_more, const struct fresh *y, int64_t y_more)
{
    if (x->unserved != y->unserved)
        return x->unserved < y->unserved;
    return x->packing.cost + x_more < y->packing.cost + y_more;
}

/* Launches become what they are to be; one that limits no longer admit stays as it was. */
static void apply(struct keeping *k, const struct widening *w)
{
    struct plan *p = k->p;
    struct allowance *left = &p->left[k->pool];

    for (size_t i = 0; i < p->roomy_count; i++) {
        struct action *old = &p->out->actions[p->roomy[i].action], act = *old;
        const struct bin *b = &w->bins[i];
        struct allowance before = *left;
        if (!w->wider[i])
            continue;
        options_return(old, left);
        allowance_take(left, &p->market.shops[b->shop].types[b->type]->capacity, b->cost);
        if (options_make(&p->market, b, left, &act))
            *old = act;
        else
            *left = before;
    }
    for (size_t i = 0; i < k->count; i++)
        k->pieces[i].lacking = w->lacking[i];
}

static void launch(struct keeping *k)
{
    struct plan *p = k->p;
    int64_t *lacking = ARENA_ARRAY(p->arena, int64_t, k->count);

    for (size_t i = 0; i < k->count; i++)
        lacking[i] = k->pieces[i].lacking;
    struct fresh f = pack(k, lacking, &p->left[k->pool]);
    for (size_t i = 0; i < f.packing.count; i++) {
        const struct bin *b = &f.packing.bins[i];
        struct action act = {.kind = ACTION_LAUNCH, .reason = REASON_HEADROOM};
        bool made = options_make(&p->market, b, &p->left[k->pool], &act);
        if (made)
            plan_act(p, act);
        for (size_t part = 0; part < b->part_count && !made; part++)
            f.unplaced[b->parts[part].shape] += b->parts[part].count;
    }
    for (size_t i = 0; i < k->count; i++) {
        struct piece *piece = &k->pieces[i];
        uint32_t *unplaced = &f.unplaced[piece->shape]; /* of all pieces that are the same */
        if (*unplaced < piece->lacking)
            piece->lacking = *unplaced;
        *unplaced -= (uint32_t)piece->lacking;
    }
}

/* Whether nodes had better be larger depends on what new ones for the rest cost; where limits leave
 * no others, they have to be. */
void headroom_buy(struct keeping *k)
{
    struct widening best = {0};
    struct fresh cheapest = {0};

    for (enum way way = LEFTOVERS; way < WAYS && (way != DEARER || cheapest.unserved); way++) {
        struct widening w = widen(k, way);
        struct allowance left = w.left;
        struct fresh f = pack(k, w.lacking, &left);
        if (way != LEFTOVERS && !is_better(&f, w.cost, &cheapest, best.cost))
            continue;
        best = w;
        cheapest = f;
    }
    apply(k, &best);
    if (headroom_lacking(k))
        launch(k);
}
