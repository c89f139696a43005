#include "engine/core/greedy.h"

/* One node of a type, filled with what is left. */
enum { TRIES = 24 }; /* shapes of a stack looked at for one that bears a node's company */

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
    uint32_t placed = 0;

    if (!fits(all->requests, &f->rest, j->m->resource_count)) /* most do not, and it divides not */
        return 0;
    int64_t room = resources_times(all->requests, &f->rest);
    if (room < most)
        most = (uint32_t)room;
    int32_t context = shop_join(j->m, f->bin.shop, f->bin.context, all->cohort);
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

void fill_in_order(struct job *j, struct stock_left *s, struct filling *f, const struct window *w)
{
    for (size_t i = 0; i < w->count; i++)
        while (fill_with(j, s, f, w->stack[i], UINT32_MAX) &&
               j->m->shops[f->bin.shop].has_min_values)
            ;
    j->work -= (int64_t)w->count;
}

/* What a window's stacks ask of a node, in 1/4096 of it: the measure by which what is most left and
 * who asks most of it are compared. */
struct measure {
    size_t amounts[RESOURCES_MAX]; /* places of what the node has */
    int64_t room[RESOURCES_MAX];
    int64_t scale[RESOURCES_MAX]; /* 2^62 / room: one division for all pods that are measured */
    size_t amount_count;
};
struct measured {
    const struct resources *requests;
    int32_t share[RESOURCES_MAX]; /* by place in measure.amounts */
    uint32_t stack;
};

/* A node has less than 2^50 of anything that counts here. */
static struct measure measure_of(const struct job *j, const struct resources *room)
{
    struct measure m = {0};

    for (size_t i = 0; i < j->m->resource_count; i++)
        if (room->amount[i] > 0 && room->amount[i] < (int64_t)1 << 50) {
            m.room[m.amount_count] = room->amount[i];
            m.scale[m.amount_count] = ((int64_t)1 << 62) / room->amount[i] + 1;
            m.amounts[m.amount_count++] = i;
        }
    return m;
}

/* Of what is in the node: no more than all of it, so nothing overflows.  The product may be one too
 * many. */
static void measure(const struct measure *m, const struct resources *of, int32_t *share)
{
    for (size_t k = 0; k < m->amount_count; k++) {
        int64_t amount = of->amount[m->amounts[k]], n = amount * m->scale[k] >> 50;
        share[k] = (int32_t)(n - (n * m->room[k] > amount << 12));
    }
}

/* The place in `open` of the stack that asks most of what is most left, the first of equals; those
 * that no longer fit are taken out.  SIZE_MAX: none fits. */
static size_t most_wanted(const struct job *j, const struct measure *m, const struct filling *f,
                          const struct measured *all, uint8_t *open, size_t *count)
{
    int32_t rest[RESOURCES_MAX], most = -1;
    size_t n = 0, best = SIZE_MAX;

    measure(m, &f->rest, rest);
    for (size_t i = 0; i < *count; i++) {
        const struct measured *one = &all[open[i]];
        int32_t score = 0;
        if (!fits(one->requests, &f->rest, j->m->resource_count))
            continue;
        for (size_t k = 0; k < m->amount_count; k++)
            score += one->share[k] * rest[k];
        if (score > most) {
            most = score;
            best = n;
        }
        open[n++] = open[i];
    }
    *count = n;
    return best;
}

void fill_in_balance(struct job *j, struct stock_left *s, struct filling *f, const struct window *w)
{
    struct measure m = measure_of(j, &j->m->shops[f->bin.shop].space[f->bin.type]);
    struct measured all[WINDOW];
    uint8_t open[WINDOW];
    size_t count = 0, best;

    for (size_t i = 0; i < w->count; i++) {
        const struct resources *requests = j->stacks[w->stack[i]].requests;
        if (!fits(requests, &f->rest, j->m->resource_count))
            continue;
        all[count] = (struct measured){.requests = requests, .stack = w->stack[i]};
        measure(&m, requests, all[count].share);
        open[count] = (uint8_t)count;
        count++;
    }
    while ((best = most_wanted(j, &m, f, all, open, &count)) != SIZE_MAX) {
        const struct measured *one = &all[open[best]];
        int64_t times = resources_times(one->requests, &f->rest) / 8 + 1;
        j->work -= (int64_t)count;
        if (fill_with(j, s, f, one->stack, times < UINT32_MAX ? (uint32_t)times : UINT32_MAX))
            continue;
        count--; /* the order among equals does not matter, but has to be the same each time */
        memmove(&open[best], &open[best + 1], count - best);
    }
}

bool filling_begin(struct job *j, struct stock_left *s, size_t shop, uint32_t type, uint32_t seed,
                   struct filling *f)
{
    *f = (struct filling){.bin = {.shop = shop, .context = CONTEXT_ANY, .type = type}};
    f->rest = j->m->shops[shop].space[type];
    return fill_with(j, s, f, seed, 1) == 1;
}

bool filling_is_better(const struct filling *x, const struct filling *y)
{
    if (!y->bin.part_count)
        return true;
    return (__int128)x->value * y->bin.cost > (__int128)y->value * x->bin.cost;
}

bool filling_repeat(struct job *j, struct stock_left *s, const struct window *w,
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
    if (f->bin.part_count && bin_reprice(j, &f->bin) && !filling_is_better(model, f))
        return true;
    stock_put_back(s, f);
    return false;
}
