#include "engine/core/plan.h"

#include <stdlib.h>

/* Room that pools keep free for pods to come.
 *
 * Each piece of it is a pod that nobody has made, of the lowest standing: what pods and those of
 * leavers have not taken is looked through for it, and only what is lacking then is launched.  So a
 * pod that comes takes the room of a piece, and another piece is launched behind it.  A node that
 * holds a piece is not empty (it has a guest).  Nothing of this is remembered: the same nodes are
 * chosen again as long as they are there. */

/* Pieces alike. */
struct piece {
    const struct pod_spec *spec;
    uint32_t shape;
    int64_t lacking;
    int64_t never; /* as many, where nobody serves a resource of it */
    int64_t alone; /* price of a node for one; INT64_MAX: there is none */
};

struct keeping {
    struct plan *p;
    size_t pool;
    struct piece *pieces; /* largest first */
    size_t count;
    int64_t wanted;
};

/* Pods of the pool alone, which bear all its taints. */
static size_t cohort_of(struct plan *p, size_t pool)
{
    static const struct toleration all = {.exists = true, .any_effect = true};
    struct arena *a = p->arena;
    struct requirements *term = ARENA_NEW(a, struct requirements);
    struct tolerations *tolerations = ARENA_NEW(a, struct tolerations);
    struct requirement own;
    struct error *e =
        requirement_new(a, LABEL_NODE_POOL, OPERATOR_IN, &p->world->pools[pool].name, 1, 0, &own);

    if (!e) /* a name is a value */
        requirements_add(a, term, &own);
    *tolerations = (struct tolerations){ARENA_NEW(a, struct toleration), 1, 1};
    tolerations->items[0] = all;
    return market_cohort(
        &p->market, (struct cohort){.terms = term, .term_count = 1, .tolerations = tolerations});
}

static int largest_first(const void *x, const void *y)
{
    const struct resources *a = &((const struct piece *)x)->spec->requests;
    const struct resources *b = &((const struct piece *)y)->spec->requests;

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (a->amount[i] != b->amount[i])
            return a->amount[i] > b->amount[i] ? -1 : 1;
    return 0;
}

static int64_t price_alone(struct plan *p, size_t pool, uint32_t shape)
{
    const struct shape *s = &p->market.shapes[shape];
    size_t at = 0;

    if (!shop_sells(&p->market.shops[pool]))
        return INT64_MAX;
    int32_t context = shop_join(&p->market, pool, CONTEXT_ANY, s->cohort);
    return context == CONTEXT_NONE ? INT64_MAX
                                   : shop_price(&p->market, pool, context, &s->requests, &at);
}

static struct keeping list_pieces(struct plan *p, size_t pool)
{
    const struct pool *of = &p->world->pools[pool];
    struct keeping k = {p, pool, ARENA_ARRAY(p->arena, struct piece, of->headroom_count),
                        of->headroom_count, 0};
    size_t cohort = cohort_of(p, pool);

    for (size_t i = 0; i < k.count; i++) {
        const struct headroom *h = &of->headroom[i];
        uint32_t shape = market_shape(&p->market, (struct shape){.requests = h->spec->requests,
                                                                 .cohort = cohort,
                                                                 .priority = INT64_MIN,
                                                                 .spec = h->spec,
                                                                 .origin = NO_SHAPE,
                                                                 .weaker = NO_SHAPE});
        k.pieces[i] =
            (struct piece){.spec = h->spec, .shape = shape, .alone = price_alone(p, pool, shape)};
        *(h->spec->unserved_resource.len ? &k.pieces[i].never : &k.pieces[i].lacking) = h->count;
        k.wanted += h->count;
    }
    qsort(k.pieces, k.count, sizeof(*k.pieces), largest_first);
    return k;
}

/* In nodes that stand or start. */

/* What is sure to stay first, then what is ready, then what is used anyway; among equals the
 * oldest, so that a new node takes no piece from one that has it. */
static int rank_of(const struct room *r)
{
    bool used = r->guests > 0 || claim_holds_pods(r->claim);

    return 4 * r->due + 2 * (r->claim->phase != CLAIM_READY) + !used;
}

struct place {
    size_t room;
    int rank;
    const struct claim *claim;
};

static int best_first(const void *x, const void *y)
{
    const struct place *a = x, *b = y;

    if (a->rank != b->rank)
        return a->rank - b->rank;
    if (a->claim->created_ms != b->claim->created_ms)
        return a->claim->created_ms < b->claim->created_ms ? -1 : 1;
    return a->room < b->room ? -1 : 1;
}

static size_t list_rooms(const struct plan *p, size_t pool, struct place *out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->rooms.count; i++) {
        const struct room *r = &p->rooms.items[i];
        if (r->pool == pool && !r->leaving && room_is_sound(r))
            out[n++] = (struct place){i, rank_of(r), r->claim};
    }
    if (n)
        qsort(out, n, sizeof(*out), best_first);
    return n;
}

static void hold_in_rooms(struct keeping *k)
{
    struct plan *p = k->p;
    struct place *rooms = ARENA_ARRAY(p->arena, struct place, p->rooms.count);
    size_t count = list_rooms(p, k->pool, rooms);
    struct pool_verdict *v = &p->out->pools[k->pool];

    for (size_t i = 0; i < k->count; i++) {
        struct piece *piece = &k->pieces[i];
        for (size_t at = 0; at < count && piece->lacking;) {
            const struct room *r = &p->rooms.items[rooms[at].room];
            if (!fits(&piece->spec->requests, &r->rest, p->market.resource_count)) {
                at++;
                continue;
            }
            v->headroom_ready += r->claim->phase == CLAIM_READY;
            rooms_hold(&p->market, &p->rooms, rooms[at].room, piece->shape);
            piece->lacking--;
        }
    }
}

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

static int64_t still_lacking(const struct keeping *k)
{
    int64_t n = 0;

    for (size_t i = 0; i < k->count; i++)
        n += k->pieces[i].lacking + k->pieces[i].never;
    return n;
}

/* Whether nodes had better be larger depends on what new ones for the rest cost; where limits leave
 * no others, they have to be. */
static void buy(struct keeping *k)
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
    if (still_lacking(k))
        launch(k);
}

static struct waiting why(struct plan *p, size_t pool, const struct piece *piece)
{
    const struct pool *of = &p->world->pools[pool];
    struct pod as_if = {.spec = piece->spec};

    if (of->replicas >= 0)
        return (struct waiting){.reason = REASON_LIMIT,
                                .message = arena_printf(p->arena,
                                                        "pool " STR_FMT
                                                        ": a static pool has as many nodes as its "
                                                        "replicas, and these have no room for it",
                                                        STR_ARG(of->name))};
    return explain_pool(&p->market, pool, &p->left[pool], &p->market.shapes[piece->shape], &as_if);
}

static void say_what_lacks(struct keeping *k)
{
    struct plan *p = k->p;
    int64_t lacking = still_lacking(k);

    for (size_t i = 0; i < k->count && lacking; i++) {
        if (!k->pieces[i].lacking && !k->pieces[i].never)
            continue;
        struct waiting w = why(p, k->pool, &k->pieces[i]);
        p->busy[k->pool] |= !reason_row(w.reason)->lasts;
        p->lacks_capacity |= w.reason == REASON_NO_CAPACITY;
        plan_block(p, k->pool, w.reason,
                   arena_printf(p->arena,
                                "of %lld pieces of headroom %lld cannot be kept free: " STR_FMT,
                                (long long)k->wanted, (long long)lacking, STR_ARG(w.message)));
        return;
    }
}

static void keep_free(struct plan *p, size_t pool)
{
    struct keeping k = list_pieces(p, pool);

    p->out->pools[pool].headroom = k.wanted;
    hold_in_rooms(&k);
    if (still_lacking(&k) && p->hold_launches)
        p->busy[pool] = true;
    else if (still_lacking(&k)) {
        if (p->world->pools[pool].replicas < 0)
            buy(&k);
        say_what_lacks(&k);
    }
}

void try_headroom(struct plan *p)
{
    for (size_t i = 0; i < p->world->pool_count; i++)
        if (p->world->pools[i].headroom_count && !p->world->pools[i].deleting)
            keep_free(p, i);
}
