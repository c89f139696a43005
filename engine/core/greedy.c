#include "engine/core/job.h"

/* The node that sells most value for its price, filled with what is there, and that node again as
 * long as its pods last; then the next.
 *
 * Pods that bear none of their own beside them are given their nodes first: so many nodes there
 * will be in any case, and what is filled into them is cheaper than on nodes of its own. */
enum {
    BY_VALUE = 8,  /* types tried for a node: those that sell value cheapest ... */
    BY_PRICE = 4,  /* ... and the cheapest that hold its first pod; ... */
    WINDOW = 192,  /* stacks looked at for one node */
    SHARPNESS = 4, /* squarings of how near a direction is to the dearest */
    TRIES = 24,    /* shapes of a stack looked at for one that bears a node's company */
    OVERFULL =
        160, /* per cent of its share of all pods that a node of one who stands alone takes */
};

/* What is left of the job, by stack and by the place of a shape in its stack. */
struct stock_left {
    uint32_t *total;  /* by stack */
    uint32_t **left;  /* by stack and shape */
    uint32_t **taken; /* of these, by the node at hand */
    uint32_t *first;  /* by stack: shapes before this are used up */
    int64_t *value;   /* by stack: what a pod of it is worth, now that so many of each are left */
    int64_t pods, valued_pods; /* left; and when that was reckoned */
};

struct filling {
    struct bin bin;
    struct resources rest;
    int64_t value;
    struct pick {
        uint32_t stack, shape, count; /* the shape by its place */
    } * picks;
    size_t pick_count, pick_capacity;
};

struct window {
    uint32_t stack[WINDOW];
    size_t count;
};

static void take(struct job *j, struct stock_left *s, struct filling *f, uint32_t stack,
                 uint32_t at, uint32_t count, int32_t context)
{
    uint32_t shape = j->stacks[stack].shapes[at];

    bin_put(j, &f->bin, shape, count, context);
    for (size_t i = 0; i < j->m->resource_count; i++)
        f->rest.amount[i] -= j->stacks[stack].requests->amount[i] * count;
    f->value += s->value[stack] * count;
    s->taken[stack][at] += count;
    ARENA_PUSH(j->arena, f->picks, f->pick_count, f->pick_capacity,
               (struct pick){stack, at, count});
}

static void put_back(struct stock_left *s, const struct filling *f)
{
    for (size_t i = 0; i < f->pick_count; i++)
        s->taken[f->picks[i].stack][f->picks[i].shape] = 0;
}

static bool is_sold(const struct job *j, const struct bin *b, int32_t context)
{
    return j->m->shops[b->shop].contexts[context].price_of_type[b->type] != INT64_MAX;
}

/* Up to `most` pods of the stack, as room, labels and company allow; returns how many. */
static uint32_t fill_with(struct job *j, struct stock_left *s, struct filling *f, uint32_t stack,
                          uint32_t most)
{
    const struct stack *all = &j->stacks[stack];
    bool picky = j->m->shops[f->bin.shop].has_min_values;
    int64_t room = resources_times(all->requests, &f->rest);
    uint32_t placed = 0;

    if (room < most)
        most = (uint32_t)(room > 0 ? room : 0);
    int32_t context =
        most ? shop_join(j->m, f->bin.shop, f->bin.context, all->cohort) : CONTEXT_NONE;
    if (context == CONTEXT_NONE || !is_sold(j, &f->bin, context))
        return 0;
    for (uint32_t i = s->first[stack], tries = 0;
         i < all->shape_count && placed < most && tries < TRIES; i++) {
        uint32_t there = s->left[stack][i] - s->taken[stack][i];
        if (!there)
            continue;
        uint32_t n = there < most - placed ? there : most - placed;
        n = (uint32_t)bin_bears(j, &f->bin, all->shapes[i], picky && n > 1 ? 1 : n);
        tries++;
        if (!n || (picky && !bin_keeps_min_values(j, &f->bin, all->shapes[i], context)))
            continue;
        take(j, s, f, stack, i, n, context);
        placed += n;
    }
    j->work -= placed;
    return placed;
}

/* Largest first. */
static void fill_in_order(struct job *j, struct stock_left *s, struct filling *f,
                          const struct window *w)
{
    for (size_t i = 0; i < w->count; i++)
        while (fill_with(j, s, f, w->stack[i], UINT32_MAX) &&
               j->m->shops[f->bin.shop].has_min_values)
            ;
    j->work -= (int64_t)w->count;
}

/* In 1/4096 of the node.  A node has less than 2^50 of anything. */
static void shares(const struct job *j, const struct resources *of, const struct resources *room,
                   int64_t *out)
{
    for (size_t i = 0; i < j->m->resource_count; i++)
        out[i] = room->amount[i] > 0 && room->amount[i] < (int64_t)1 << 50
                     ? (of->amount[i] << 12) / room->amount[i]
                     : 0;
}

/* The stack that asks most of what is most left, again and again: CPU and memory run out
 * together. */
static void fill_in_balance(struct job *j, struct stock_left *s, struct filling *f,
                            const struct window *w)
{
    const struct resources *room = &j->m->shops[f->bin.shop].space[f->bin.type];
    int64_t share[WINDOW][RESOURCES_MAX], rest[RESOURCES_MAX];
    uint32_t open[WINDOW];
    size_t count = 0;

    for (size_t i = 0; i < w->count; i++)
        if (fits(j->stacks[w->stack[i]].requests, &f->rest, j->m->resource_count)) {
            shares(j, j->stacks[w->stack[i]].requests, room, share[count]);
            open[count++] = w->stack[i];
        }
    while (count) {
        size_t best = 0;
        int64_t best_score = -1;
        shares(j, &f->rest, room, rest);
        for (size_t i = 0; i < count; i++) {
            int64_t score = 0;
            for (size_t k = 0; k < j->m->resource_count; k++)
                score += share[i][k] * rest[k];
            if (score > best_score) {
                best_score = score;
                best = i;
            }
        }
        j->work -= (int64_t)count;
        int64_t times = resources_times(j->stacks[open[best]].requests, &f->rest);
        uint32_t most = times / 8 + 1 < UINT32_MAX ? (uint32_t)(times / 8 + 1) : UINT32_MAX;
        if (times > 0 && fill_with(j, s, f, open[best], most))
            continue;
        count--; /* the order among equals does not matter, but has to be the same each time */
        memmove(&open[best], &open[best + 1], (count - best) * sizeof(*open));
        memmove(&share[best], &share[best + 1], (count - best) * sizeof(*share));
    }
}

/* A node of the type with one pod of the stack. */
static bool begin(struct job *j, struct stock_left *s, size_t shop, uint32_t type, uint32_t seed,
                  struct filling *f)
{
    *f = (struct filling){.bin = {.shop = shop, .context = CONTEXT_ANY, .type = type}};
    f->rest = j->m->shops[shop].space[type];
    return fill_with(j, s, f, seed, 1) == 1;
}

/* More value for the price? */
static bool is_better(const struct filling *x, const struct filling *y)
{
    if (!y->bin.part_count)
        return true;
    return (__int128)x->value * y->bin.cost > (__int128)y->value * x->bin.cost;
}

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
        if (!begin(x->job, x->left, shop, type, x->seed, &f))
            return;
        ways[i](x->job, x->left, &f, x->window);
        put_back(x->left, &f);
        f.bin.at = 0;
        if (bin_reprice(x->job, &f.bin) && (f.value <= x->most || !x->best.bin.part_count) &&
            is_better(&f, &x->best))
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

/* The largest that are left, and evenly spread ones of the rest when there are too many. */
static void look(const struct job *j, const struct stock_left *s, struct window *w)
{
    size_t there = 0, seen = 0;

    for (size_t i = 0; i < j->stack_count; i++)
        there += s->total[i] > 0;
    size_t step = there / WINDOW + 1;
    w->count = 0;
    for (uint32_t i = 0; i < j->stack_count; i++)
        if (s->total[i] && seen++ % step == 0)
            w->stack[w->count++] = i;
}

static void use_up(const struct job *j, struct stock_left *s, const struct filling *f)
{
    for (size_t i = 0; i < f->pick_count; i++) {
        const struct pick *p = &f->picks[i];
        s->left[p->stack][p->shape] -= p->count;
        s->total[p->stack] -= p->count;
        s->pods -= p->count;
        s->taken[p->stack][p->shape] = 0;
        while (s->first[p->stack] < j->stacks[p->stack].shape_count &&
               !s->left[p->stack][s->first[p->stack]])
            s->first[p->stack]++;
    }
}

/* The same node again, of the same stacks if not of the same shapes; what company keeps out is
 * made up for.  False: it would not be as good. */
static bool repeat(struct job *j, struct stock_left *s, const struct window *w,
                   const struct filling *model, struct filling *f)
{
    *f = (struct filling){
        .bin = {.shop = model->bin.shop, .context = CONTEXT_ANY, .type = model->bin.type}};
    f->rest = j->m->shops[f->bin.shop].space[f->bin.type];
    for (size_t i = 0; i < model->pick_count; i++)
        if (s->total[model->picks[i].stack])
            fill_with(j, s, f, model->picks[i].stack, model->picks[i].count);
    if (f->value < model->value)
        fill_in_balance(j, s, f, w);
    f->bin.at = 0;
    if (f->bin.part_count && bin_reprice(j, &f->bin) && !is_better(model, f))
        return true;
    put_back(s, f);
    return false;
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

/* What a node of one who stands alone may take, so that there is something for the others. */
static int64_t share_of_one(const struct job *j, const struct stock_left *s)
{
    __int128 value = 0;
    int64_t alone = 0;

    for (size_t i = 0; i < j->stack_count; i++) {
        value += (__int128)s->value[i] * s->total[i];
        alone += j->stacks[i].alone ? s->total[i] : 0;
    }
    __int128 share = alone ? value * OVERFULL / 100 / alone : INT64_MAX;
    return share > INT64_MAX ? INT64_MAX : (int64_t)share;
}

/* A direction counts the more the nearer it is to the one in which what is left is dearest: what is
 * scarce now is worth most, and what would be scarce next is worth something. */
static void reckon_values(struct job *j, struct stock_left *s)
{
    ARENA_AUTO scratch = {0};
    size_t count = j->direction_count;
    __int128 *sums = ARENA_ARRAY(&scratch, __int128, count), most = 1;
    int64_t *share = ARENA_ARRAY(&scratch, int64_t, count), all = 0;

    for (size_t d = 0; d < count; d++) {
        for (size_t i = 0; i < j->stack_count; i++)
            sums[d] += (__int128)j->stacks[i].weights[d] * s->total[i];
        most = sums[d] > most ? sums[d] : most;
    }
    for (size_t d = 0; d < count; d++) {
        share[d] = (int64_t)((sums[d] << 10) / most);
        for (int i = 0; i < SHARPNESS; i++)
            share[d] = share[d] * share[d] >> 10;
        all += share[d];
    }
    for (size_t i = 0; i < j->stack_count; i++) {
        __int128 value = 0;
        for (size_t d = 0; d < count; d++)
            value += (__int128)j->stacks[i].weights[d] * share[d];
        s->value[i] = (int64_t)(value / (all ? all : 1));
    }
    j->work -= (int64_t)(count * j->stack_count) / 4;
    s->valued_pods = s->pods;
}

/* An array that doubles leaves as much again behind, and the nodes of many pods are most of what a
 * decision holds: by the weight of those so far it is known about how many will come. */
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
    ARENA_RESERVE(j->arena, out->bins, out->count, out->capacity, more + (out->count + more) / 16);
}

static void keep(struct job *j, struct stock_left *s, struct packing *out, const struct filling *f)
{
    make_room(j, s, out);
    packing_push(j, out, bin_copy(j, &f->bin));
    use_up(j, s, f);
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
    look(j, s, &w);
    if (!s->valued_pods || s->pods * 16 < s->valued_pods * 15)
        reckon_values(j, s);
    own.work = j->work;
    if (j->stacks[seed].alone)
        x.most = share_of_one(j, s);
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
    for (uint32_t n = 1; n < times && repeat(&own, s, &w, &x.best, &again); n++)
        keep(j, s, out, &again);
    j->work = own.work;
}

static struct stock_left stock_of(struct job *j)
{
    struct stock_left s = {.total = ARENA_ARRAY(j->arena, uint32_t, j->stack_count),
                           .left = ARENA_ARRAY(j->arena, uint32_t *, j->stack_count),
                           .taken = ARENA_ARRAY(j->arena, uint32_t *, j->stack_count),
                           .first = ARENA_ARRAY(j->arena, uint32_t, j->stack_count)};
    uint32_t *all = ARENA_ARRAY(j->arena, uint32_t, 2 * j->kind_count);

    for (size_t i = 0; i < j->stack_count; i++) {
        const struct stack *stack = &j->stacks[i];
        s.total[i] = stack->total;
        s.left[i] = all;
        s.taken[i] = all + stack->shape_count;
        for (uint32_t k = 0; k < stack->shape_count; k++)
            s.left[i][k] = j->want[stack->shapes[k]];
        all += 2 * stack->shape_count;
        s.pods += stack->total;
    }
    s.value = ARENA_ARRAY(j->arena, int64_t, j->stack_count);
    return s;
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
