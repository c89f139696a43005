#include "engine/core/job.h"

enum {
    BY_VALUE = 8, /* types tried for a node: those that sell value cheapest ... */
    BY_PRICE = 4, /* ... and the cheapest that hold its first pod */
    WINDOW = 192, /* shapes looked at for one node */
};

struct filling {
    struct bin bin;
    struct resources rest;
    int64_t weight;
};

struct window {
    uint32_t shape[WINDOW];
    size_t count;
};

static int64_t how_many(const struct job *j, uint32_t shape, const struct resources *rest,
                        uint32_t left)
{
    int64_t n = resources_times(&j->m->shapes[shape].requests, rest);

    return n < left ? n : left;
}

/* Puts up to `most` in, as room and labels allow; returns how many. */
static uint32_t fill_with(struct job *j, struct filling *f, uint32_t shape, const uint32_t *left,
                          uint32_t most)
{
    uint32_t already = 0;
    int32_t context;

    for (size_t i = 0; i < f->bin.part_count; i++)
        if (f->bin.parts[i].shape == shape)
            already = f->bin.parts[i].count;
    uint32_t available = left[shape] - already < most ? left[shape] - already : most;
    uint32_t n = (uint32_t)how_many(j, shape, &f->rest, available);
    if (!n || !bin_joins(j, &f->bin, shape, &context) ||
        j->m->shops[f->bin.shop].contexts[context].price_of_type[f->bin.type] == INT64_MAX)
        return 0;
    n = (uint32_t)bin_bears(j, &f->bin, shape, n);
    if (n && j->m->shops[f->bin.shop].has_min_values)
        n = bin_keeps_min_values(j, &f->bin, shape, context) ? 1 : 0;
    if (!n)
        return 0;
    bin_put(j, &f->bin, shape, n, context);
    for (size_t i = 0; i < j->m->resource_count; i++)
        f->rest.amount[i] -= j->m->shapes[shape].requests.amount[i] * n;
    f->weight += j->weight[shape] * n;
    return n;
}

/* Largest first. */
static void fill_in_order(struct job *j, struct filling *f, const struct window *w,
                          const uint32_t *left)
{
    for (size_t i = 0; i < w->count; i++)
        while (fill_with(j, f, w->shape[i], left, UINT32_MAX) &&
               j->m->shops[f->bin.shop].has_min_values)
            ;
    j->work -= (int64_t)w->count;
}

/* In 1/4096 of the node. */
static void shares(const struct job *j, const struct resources *of, const struct resources *room,
                   int64_t *out)
{
    for (size_t i = 0; i < j->m->resource_count; i++)
        out[i] =
            room->amount[i] > 0 ? (int64_t)(((__int128)of->amount[i] << 12) / room->amount[i]) : 0;
}

/* The shape that asks most of what is most left, again and again: CPU and memory run out
 * together. */
static void fill_in_balance(struct job *j, struct filling *f, const struct window *w,
                            const uint32_t *left)
{
    const struct resources *room = &j->m->shops[f->bin.shop].space[f->bin.type];
    int64_t share[WINDOW][RESOURCES_MAX], rest[RESOURCES_MAX];
    bool closed[WINDOW] = {false};

    for (size_t i = 0; i < w->count; i++)
        shares(j, &j->m->shapes[w->shape[i]].requests, room, share[i]);
    for (;;) {
        size_t best = w->count;
        int64_t best_score = -1;
        shares(j, &f->rest, room, rest);
        for (size_t i = 0; i < w->count; i++) {
            int64_t score = 0;
            for (size_t k = 0; k < j->m->resource_count && !closed[i]; k++)
                score += share[i][k] * rest[k];
            if (!closed[i] && score > best_score) {
                best_score = score;
                best = i;
            }
        }
        j->work -= (int64_t)w->count;
        if (best == w->count)
            return;
        int64_t room_for = how_many(j, w->shape[best], &f->rest, left[w->shape[best]]);
        if (!fill_with(j, f, w->shape[best], left, (uint32_t)(room_for / 8 + 1)))
            closed[best] = true;
    }
}

static struct filling begin(struct job *j, size_t shop, int32_t context, uint32_t type,
                            uint32_t seed)
{
    struct filling f = {.bin = {.shop = shop, .context = context, .type = type}};

    bin_put(j, &f.bin, seed, 1, context);
    f.rest = j->m->shops[shop].space[type];
    resources_subtract(&f.rest, &f.bin.sum);
    f.weight = j->weight[seed];
    return f;
}

/* More value for the price? */
static bool is_better(const struct filling *x, const struct filling *y)
{
    if (!y->bin.part_count)
        return true;
    return (__int128)x->weight * y->bin.cost > (__int128)y->weight * x->bin.cost;
}

static void try_type(struct job *j, size_t shop, int32_t context, uint32_t type,
                     const struct window *w, const uint32_t *left, struct filling *best)
{
    void (*const ways[])(struct job *, struct filling *, const struct window *,
                         const uint32_t *) = {fill_in_order, fill_in_balance};

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct filling f = begin(j, shop, context, type, w->shape[0]);
        ways[i](j, &f, w, left);
        f.bin.at = 0;
        if (bin_reprice(j, &f.bin) && is_better(&f, best))
            *best = f;
    }
}

/* The types worth trying for a node that begins with this pod. */
static size_t pick_types(const struct job *j, const struct shop *s, const struct context *c,
                         const struct resources *seed, uint32_t *out)
{
    struct rate rates[BY_VALUE];
    size_t count = 0, cheap = 0;

    for (size_t i = 0; i < c->best_count; i++) {
        const struct resources *room = &s->space[c->best[i].type];
        if (!fits(seed, room, j->m->resource_count))
            continue;
        struct rate r = {c->best[i].price,
                         direction_value(&j->direction, room, j->m->resource_count)};
        if (cheap < BY_PRICE)
            out[BY_VALUE + cheap++] = c->best[i].type;
        size_t at = count < BY_VALUE ? count++ : BY_VALUE;
        for (; at && rate_is_lower(r, rates[at - 1]); at--)
            if (at < BY_VALUE) {
                rates[at] = rates[at - 1];
                out[at] = out[at - 1];
            }
        if (at < BY_VALUE) {
            rates[at] = r;
            out[at] = c->best[i].type;
        }
    }
    memmove(out + count, out + BY_VALUE, cheap * sizeof(*out));
    return count + cheap;
}

static void try_shop(struct job *j, size_t shop, const struct window *w, const uint32_t *left,
                     struct filling *best)
{
    const struct shape *seed = &j->m->shapes[w->shape[0]];
    int32_t context = shop_join(j->m, shop, CONTEXT_ANY, seed->cohort);
    uint32_t types[BY_VALUE + BY_PRICE];

    if (context == CONTEXT_NONE)
        return;
    const struct shop *s = &j->m->shops[shop];
    size_t count = pick_types(j, s, &s->contexts[context], &seed->requests, types);
    for (size_t i = 0; i < count && (i == 0 || j->work > 0); i++)
        try_type(j, shop, context, types[i], w, left, best);
}

/* The largest, and evenly spread ones of the rest when there are too many. */
static void look(struct window *w, const uint32_t *kinds, size_t count)
{
    size_t step = count / WINDOW + 1;

    w->count = 0;
    for (size_t i = 0; i < count; i += step)
        w->shape[w->count++] = kinds[i];
}

static size_t drop_finished(uint32_t *kinds, size_t count, const uint32_t *left)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (left[kinds[i]])
            kinds[kept++] = kinds[i];
    return kept;
}

/* The same node as often as its pods allow. */
static uint32_t repeats(const struct bin *b, const uint32_t *left)
{
    uint32_t times = UINT32_MAX;

    for (size_t i = 0; i < b->part_count; i++)
        if (left[b->parts[i].shape] / b->parts[i].count < times)
            times = left[b->parts[i].shape] / b->parts[i].count;
    return times;
}

void pack_greedy(struct job *j, struct packing *out)
{
    uint32_t *left = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    uint32_t *kinds = ARENA_ARRAY(j->arena, uint32_t, j->kind_count);
    size_t count = j->kind_count;
    struct window w;

    memcpy(left, j->want, j->m->shape_count * sizeof(*left));
    memcpy(kinds, j->kinds, count * sizeof(*kinds));
    while (count) {
        struct filling best = {0};
        look(&w, kinds, count);
        for (size_t i = 0; i < j->shop_count; i++)
            try_shop(j, j->shops[i], &w, left, &best);
        if (!best.bin.part_count)
            best.bin = bin_open(j, w.shape[0]);
        for (uint32_t n = repeats(&best.bin, left); n; n--) {
            packing_push(j, out, bin_copy(j, &best.bin));
            for (size_t i = 0; i < best.bin.part_count; i++)
                left[best.bin.parts[i].shape] -= best.bin.parts[i].count;
        }
        count = drop_finished(kinds, count, left);
    }
    out->cost = packing_cost(out);
}
