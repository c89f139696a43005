#include "engine/core/greedy.h"

/* The node that sells most value for its price, filled with what is there, and that node again as
 * long as its pods last; then the next.
 *
 * Pods that bear none of their own beside them are given their nodes first: so many nodes there
 * will be in any case, and what is filled into them is cheaper than on nodes of its own. */
enum {
    BY_VALUE = 8, /* types tried for a node: those that sell value cheapest ... */
    BY_PRICE = 4, /* ... and the cheapest that hold its first pod */
};

struct search {
    struct job *job; /* with memory of its own */
    struct stock_left *left;
    const struct window *window;
    uint32_t seed;
    int64_t most; /* value that the node may take; INT64_MAX: any */
    struct filling best;
};

static void try_type(struct search *x, size_t shop, uint32_t type)
{
    void (*const ways[])(struct job *, struct stock_left *, struct filling *,
                         const struct window *) = {fill_in_order, fill_in_balance};

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct filling f;
        if (!filling_begin(x->job, x->left, shop, type, x->seed, &f))
            return;
        ways[i](x->job, x->left, &f, x->window);
        stock_put_back(x->left, &f);
        f.bin.at = 0;
        if (bin_reprice(x->job, &f.bin) && (f.value <= x->most || !x->best.bin.part_count) &&
            filling_is_better(&f, &x->best))
            x->best = f;
    }
}

struct rated {
    struct rate rate;
    uint32_t type;
};

static int by_rate(const void *x, const void *y)
{
    const struct rated *a = x, *b = y;

    if (rate_is_lower(a->rate, b->rate))
        return -1;
    if (rate_is_lower(b->rate, a->rate))
        return 1;
    return (a->type > b->type) - (a->type < b->type);
}

static const uint32_t *rated_types(struct job *j, const struct shop *s, struct context *c)
{
    ARENA_AUTO scratch = {0};
    struct rated *all;

    if (c->rated && c->rated_direction == j->direction_at + 1)
        return c->rated;
    all = ARENA_ARRAY(&scratch, struct rated, c->best_count);
    for (size_t i = 0; i < c->best_count; i++) {
        const struct resources *room = &s->space[c->best[i].type];
        int64_t value = direction_value(&j->direction, room, j->m->resource_count);
        all[i] = (struct rated){{c->best[i].price, value}, c->best[i].type};
    }
    if (c->best_count)
        qsort(all, c->best_count, sizeof(*all), by_rate);
    c->rated = ARENA_ARRAY(j->m->arena, uint32_t, c->best_count);
    for (size_t i = 0; i < c->best_count; i++)
        c->rated[i] = all[i].type;
    c->rated_direction = j->direction_at + 1;
    return c->rated;
}

/* The types worth trying for a node that begins with this pod and may take so much value: what
 * costs more than that would stand half empty. */
static size_t pick_types(struct job *j, const struct shop *s, struct context *c,
                         const struct resources *seed, int64_t most, uint32_t *out)
{
    const uint32_t *rated = rated_types(j, s, c);
    int64_t dearest = most == INT64_MAX ? INT64_MAX : (most >> WEIGHT_BITS) + 1;
    size_t n = 0;

    for (size_t i = 0; i < c->best_count && n < BY_VALUE; i++)
        if (c->price_of_type[rated[i]] <= dearest &&
            fits(seed, &s->space[rated[i]], j->m->resource_count))
            out[n++] = rated[i];
    size_t by_value = n;
    for (size_t i = 0; i < c->best_count && n < by_value + BY_PRICE; i++)
        if (fits(seed, &s->space[c->best[i].type], j->m->resource_count))
            out[n++] = c->best[i].type;
    return n;
}

static void try_shop(struct search *x, size_t shop)
{
    const struct stack *seed = &x->job->stacks[x->seed];
    int32_t context = shop_join(x->job->m, shop, CONTEXT_ANY, seed->cohort);
    uint32_t types[BY_VALUE + BY_PRICE];

    if (context == CONTEXT_NONE)
        return;
    const struct shop *s = &x->job->m->shops[shop];
    size_t count = pick_types(x->job, s, &s->contexts[context], seed->requests, x->most, types);
    x->job->work -= (int64_t)count;
    for (size_t i = 0; i < count && (i == 0 || x->job->work > 0); i++)
        try_type(x, shop, types[i]);
}

/* As often as the pods of its stacks allow, the company aside. */
static uint32_t repeats(const struct stock_left *s, const struct filling *f)
{
    uint32_t times = UINT32_MAX;

    for (size_t i = 0; i < f->pick_count; i++) {
        uint32_t one = 0, stack = f->picks[i].stack;
        for (size_t k = i; k < f->pick_count && f->picks[k].stack == stack; k++)
            one += f->picks[k].count; /* those of a stack that came later make it a guess */
        if (s->total[stack] / one < times)
            times = s->total[stack] / one;
    }
    return times;
}

/* An array that grows leaves its old self behind, and the nodes of many pods are most of what a
 * decision holds: by the weight of those so far it is known about how many will come.  The fullest
 * come first, so there are more of them than that, in a mix of pods by four tenths; room for half
 * as many more costs less than another array. */
static void make_room(struct job *j, const struct stock_left *s, struct packing *out)
{
    enum { SOME = 512 }; /* of fewer it says nothing */
    __int128 placed = 0, left = 0;

    if (out->count < out->capacity || out->count < SOME)
        return;
    for (size_t i = 0; i < out->count; i++)
        placed += out->bins[i].weight;
    for (size_t i = 0; i < j->stack_count; i++)
        left += (__int128)j->stacks[i].weight * s->total[i];
    size_t more = placed > 0 ? (size_t)(left * (__int128)out->count / placed) : 0;
    if (more > (size_t)s->pods) /* a node holds one at least */
        more = (size_t)s->pods;
    ARENA_RESERVE(j->arena, out->bins, out->count, out->capacity, more + (out->count + more) / 2);
}

static void keep(struct job *j, struct stock_left *s, struct packing *out, const struct filling *f)
{
    make_room(j, s, out);
    packing_push(j, out, bin_copy(j, &f->bin));
    stock_use_up(j, s, f);
}

/* The best node for one of the stack, as often as it goes. */
static void open_nodes(struct job *j, struct stock_left *s, uint32_t seed, struct packing *out)
{
    ARENA_AUTO scratch = {0};
    struct job own = *j;
    struct window w;
    struct search x = {.job = &own, .left = s, .window = &w, .seed = seed, .most = INT64_MAX};
    struct filling again;

    own.arena = &scratch;
    stock_look(j, s, &w);
    if (!s->valued_pods || s->pods * 16 < s->valued_pods * 15)
        stock_value(j, s);
    own.work = j->work;
    if (j->stacks[seed].alone)
        x.most = stock_share_of_one(j, s);
    for (size_t i = 0; i < j->shop_count; i++)
        try_shop(&x, j->shops[i]);
    if (!x.best.bin.part_count) {
        uint32_t at = s->first[seed];
        x.best.bin = bin_open(&own, j->stacks[seed].shapes[at]);
        ARENA_PUSH(&scratch, x.best.picks, x.best.pick_count, x.best.pick_capacity,
                   (struct pick){seed, at, 1});
    }
    uint32_t times = repeats(s, &x.best);
    keep(j, s, out, &x.best);
    for (uint32_t n = 1; n < times && filling_repeat(&own, s, &w, &x.best, &again); n++)
        keep(j, s, out, &again);
    j->work = own.work;
}

void pack_greedy(struct job *j, struct packing *out)
{
    struct stock_left s = stock_of(j);

    for (int alone = 1; alone >= 0; alone--)
        for (uint32_t i = 0; i < j->stack_count; i++)
            while (s.total[i] && (j->stacks[i].alone || !alone))
                open_nodes(j, &s, i, out);
    out->cost = packing_cost(out);
}
