#include "engine/core/job.h"

static void find_alone(struct job *j, struct alone *alone, uint32_t shape)
{
    const struct shape *s = &j->m->shapes[shape];

    alone[shape].price = INT64_MAX;
    if (j->m->topology.profiles[s->profile].mate_count)
        return; /* on a new node it would lack the company that it must have */
    for (size_t i = 0; i < j->shop_count; i++) {
        int32_t context = shop_join(j->m, j->shops[i], CONTEXT_ANY, s->cohort);
        size_t at = 0;
        if (context == CONTEXT_NONE)
            continue;
        int64_t price = shop_price(j->m, j->shops[i], context, &s->requests, &at);
        if (price < alone[shape].price)
            alone[shape] = (struct alone){j->shops[i], context, price, at};
    }
}

/* The lowest rate of a context's types in each direction.  Many small packings ask for the same, so
 * it is kept with the context. */
static const struct rate *lowest_of(const struct job *j, const struct shop *s, struct context *c,
                                    const struct direction *all, size_t count)
{
    if (c->lowest)
        return c->lowest;
    c->lowest = ARENA_ARRAY(j->m->arena, struct rate, count);
    for (size_t d = 0; d < count; d++)
        for (size_t k = 0; k < c->best_count; k++) {
            struct rate r = {c->best[k].price, direction_value(&all[d], &s->space[c->best[k].type],
                                                               j->m->resource_count)};
            if (rate_is_lower(r, c->lowest[d]))
                c->lowest[d] = r;
        }
    return c->lowest;
}

/* How cheap a cohort can have value at best, by direction. */
static struct rate *lowest_rates(const struct job *j, size_t cohort, const struct direction *all,
                                 size_t count)
{
    struct rate *best = ARENA_ARRAY(j->arena, struct rate, count);

    for (size_t i = 0; i < j->shop_count; i++) {
        const struct shop *s = &j->m->shops[j->shops[i]];
        int32_t context = shop_join(j->m, j->shops[i], CONTEXT_ANY, cohort);
        if (context == CONTEXT_NONE)
            continue;
        const struct rate *of = lowest_of(j, s, &s->contexts[context], all, count);
        for (size_t d = 0; d < count; d++)
            if (rate_is_lower(of[d], best[d]))
                best[d] = of[d];
    }
    return best;
}

/* The weights of one direction, by stack; returns their sum over all pods. */
static __int128 weigh(const struct job *j, const struct direction *all, size_t d,
                      struct rate *const *rates, int64_t **weights)
{
    __int128 sum = 0;

    for (size_t i = 0; i < j->stack_count; i++) {
        const struct stack *s = &j->stacks[i];
        int64_t value = direction_value(&all[d], s->requests, j->m->resource_count);
        weights[i][d] = rate_weight(rates[s->cohort][d], value);
        sum += (__int128)weights[i][d] * s->total;
    }
    return sum;
}

/* Weights by the direction in which the pods are dearest: what is scarce counts most. */
static void choose_weights(struct job *j)
{
    const struct direction *all;
    size_t count = directions(j->arena, j->m->resource_count, &all), best = 0;
    struct rate **rates = ARENA_ARRAY(j->arena, struct rate *, j->m->cohort_count); /* by cohort */
    int64_t **weights = ARENA_ARRAY(j->arena, int64_t *, j->stack_count);
    int64_t *weight = ARENA_ARRAY(j->arena, int64_t, j->m->shape_count);
    __int128 most = -1;

    for (size_t i = 0; i < j->stack_count; i++) {
        size_t cohort = j->stacks[i].cohort;
        weights[i] = ARENA_ARRAY(j->arena, int64_t, count);
        if (!rates[cohort])
            rates[cohort] = lowest_rates(j, cohort, all, count);
    }
    for (size_t d = 0; d < count; d++) {
        __int128 sum = weigh(j, all, d, rates, weights);
        if (sum > most) {
            most = sum;
            best = d;
        }
    }
    j->direction = all[best];
    j->direction_count = count;
    j->direction_at = best;
    for (size_t i = 0; i < j->stack_count; i++) {
        j->stacks[i].weights = weights[i];
        j->stacks[i].weight = weights[i][best];
        for (uint32_t k = 0; k < j->stacks[i].shape_count; k++)
            weight[j->stacks[i].shapes[k]] = weights[i][best];
    }
    j->weight = weight;
}

static int by_stack(const void *x, const void *y)
{
    const struct stack *a = x, *b = y;

    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return (a->shapes[0] > b->shapes[0]) - (a->shapes[0] < b->shapes[0]);
}

static uint64_t hash_of(const struct shape *s)
{
    uint64_t h = s->cohort;

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        h = hash_mix(h ^ h >> 31, (uint64_t)s->requests.amount[i]);
    return h ^ h >> 29;
}

/* Numbers the stacks by their first shapes; the table is twice as large as there can be stacks. */
static size_t number_stacks(const struct job *j, uint32_t *stack_of)
{
    size_t size = 64, count = 0;

    while (size < 2 * j->kind_count)
        size *= 2;
    uint32_t *table = ARENA_ARRAY(j->arena, uint32_t, size);
    for (size_t i = 0; i < j->kind_count; i++) {
        const struct shape *s = &j->m->shapes[j->kinds[i]];
        size_t at = hash_of(s) & (size - 1);
        for (; table[at]; at = (at + 1) & (size - 1)) {
            const struct shape *t = &j->m->shapes[table[at] - 1];
            if (t->cohort == s->cohort &&
                memcmp(&t->requests, &s->requests, sizeof(s->requests)) == 0)
                break;
        }
        stack_of[j->kinds[i]] = table[at] ? stack_of[table[at] - 1] : (uint32_t)count++;
        if (!table[at])
            table[at] = j->kinds[i] + 1;
    }
    return count;
}

static void make_stacks(struct job *j)
{
    uint32_t *stack_of = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    uint32_t *shapes = ARENA_ARRAY(j->arena, uint32_t, j->kind_count);

    j->stack_count = number_stacks(j, stack_of);
    j->stacks = ARENA_ARRAY(j->arena, struct stack, j->stack_count);
    for (size_t i = 0; i < j->kind_count; i++)
        j->stacks[stack_of[j->kinds[i]]].shape_count++;
    uint32_t *at = shapes;
    for (size_t i = 0; i < j->stack_count; i++) {
        j->stacks[i].shapes = at;
        at += j->stacks[i].shape_count;
        j->stacks[i].shape_count = 0;
    }
    for (size_t i = 0; i < j->kind_count; i++) {
        const struct shape *s = &j->m->shapes[j->kinds[i]];
        struct stack *stack = &j->stacks[stack_of[j->kinds[i]]];
        shapes[(size_t)(stack->shapes - shapes) + stack->shape_count++] = j->kinds[i];
        stack->requests = &s->requests;
        stack->cohort = s->cohort;
        stack->total += j->want[j->kinds[i]];
    }
    j->stack_of = stack_of;
}

/* The company that bears none of its own beside it; NO_DOMAIN: it has none such. */
static uint32_t shuns(const struct market *m, uint32_t shape)
{
    const struct profile *p = &m->topology.profiles[m->shapes[shape].profile];

    for (size_t i = 0; i < p->company_count; i++)
        if (p->company[i].count && p->company[i].most == p->company[i].count)
            return p->company[i].crowd;
    return NO_DOMAIN;
}

/* The crowd of which most nodes are needed, one a pod, and who is of it. */
static void find_alone_stacks(struct job *j)
{
    uint32_t *pods = ARENA_ARRAY(j->arena, uint32_t, j->m->topology.crowd_count);
    uint32_t largest = NO_DOMAIN;

    for (size_t i = 0; i < j->kind_count; i++) {
        uint32_t crowd = shuns(j->m, j->kinds[i]);
        if (crowd == NO_DOMAIN)
            continue;
        pods[crowd] += j->want[j->kinds[i]];
        if (largest == NO_DOMAIN || pods[crowd] > pods[largest])
            largest = crowd;
    }
    for (size_t i = 0; i < j->stack_count && largest != NO_DOMAIN; i++) {
        j->stacks[i].alone = pods[largest] > 1;
        for (uint32_t k = 0; k < j->stacks[i].shape_count; k++)
            j->stacks[i].alone &= shuns(j->m, j->stacks[i].shapes[k]) == largest;
    }
}

void job_number(struct job *j)
{
    for (uint32_t i = 0; i < j->kind_count; i++)
        j->slot[j->kinds[i]] = i;
}

struct keyed_shape {
    int64_t first, second;
    uint32_t shape;
};

static int descending(const void *x, const void *y)
{
    const struct keyed_shape *a = x, *b = y;

    if (a->first != b->first)
        return a->first > b->first ? -1 : 1;
    if (a->second != b->second)
        return a->second > b->second ? -1 : 1;
    return (a->shape > b->shape) - (a->shape < b->shape);
}

const uint32_t *job_kinds(struct job *j, enum order by)
{
    struct keyed_shape *keyed = ARENA_ARRAY(j->arena, struct keyed_shape, j->kind_count);
    uint32_t *out = ARENA_ARRAY(j->arena, uint32_t, j->kind_count);

    for (size_t i = 0; i < j->kind_count; i++) {
        const int64_t *amount = j->m->shapes[j->kinds[i]].requests.amount;
        int64_t cpu = amount[RESOURCE_CPU], memory = amount[RESOURCE_MEMORY];
        keyed[i] = (struct keyed_shape){by == BY_WEIGHT ? j->weight[j->kinds[i]]
                                        : by == BY_CPU  ? cpu
                                                        : memory,
                                        by == BY_CPU ? memory : cpu, j->kinds[i]};
    }
    qsort(keyed, j->kind_count, sizeof(*keyed), descending);
    for (size_t i = 0; i < j->kind_count; i++)
        out[i] = keyed[i].shape;
    return out;
}

const uint32_t *job_sequence(struct job *j, const uint32_t *kinds)
{
    uint32_t *out = ARENA_ARRAY(j->arena, uint32_t, j->count);
    size_t n = 0;

    for (size_t i = 0; i < j->kind_count; i++)
        for (uint32_t k = 0; k < j->want[kinds[i]]; k++)
            out[n++] = kinds[i];
    return out;
}

static void order_stacks(struct job *j)
{
    uint32_t *stack_of = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);

    if (j->stack_count)
        qsort(j->stacks, j->stack_count, sizeof(*j->stacks), by_stack);
    for (uint32_t i = 0; i < j->stack_count; i++)
        for (uint32_t k = 0; k < j->stacks[i].shape_count; k++)
            stack_of[j->stacks[i].shapes[k]] = i;
    j->stack_of = stack_of;
}

void job_begin(struct job *j, const uint32_t *sequence, size_t count, const uint32_t *over)
{
    struct alone *alone = ARENA_ARRAY(j->arena, struct alone, j->m->shape_count);
    uint32_t *want = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    uint32_t *kinds = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    uint32_t *mine = ARENA_ARRAY(j->arena, uint32_t, count);

    for (uint32_t i = 0; i < j->m->shape_count; i++) {
        if (over[i])
            find_alone(j, alone, i);
        if (over[i] && alone[i].price != INT64_MAX) {
            want[i] = over[i];
            kinds[j->kind_count++] = i;
        }
    }
    uint32_t *still = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    memcpy(still, want, j->m->shape_count * sizeof(*still));
    for (size_t i = 0; i < count; i++)
        if (still[sequence[i]]) {
            still[sequence[i]]--;
            mine[j->count++] = sequence[i];
        }
    j->alone = alone;
    j->want = want;
    j->kinds = kinds;
    j->sequence = mine;
    j->slot = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    make_stacks(j);
    find_alone_stacks(j);
    choose_weights(j);
    j->kinds = job_kinds(j, BY_WEIGHT);
    job_number(j);
    order_stacks(j);
}
