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

/* How cheap a cohort can have value at best. */
static struct rate lowest_rate(const struct job *j, size_t cohort, const struct direction *d)
{
    struct rate best = {0};

    for (size_t i = 0; i < j->shop_count; i++) {
        const struct shop *s = &j->m->shops[j->shops[i]];
        int32_t context = shop_join(j->m, j->shops[i], CONTEXT_ANY, cohort);
        if (context == CONTEXT_NONE)
            continue;
        const struct context *c = &s->contexts[context];
        for (size_t k = 0; k < c->best_count; k++) {
            struct rate r = {c->best[k].price,
                             direction_value(d, &s->space[c->best[k].type], j->m->resource_count)};
            if (rate_is_lower(r, best))
                best = r;
        }
    }
    return best;
}

/* The weights of one direction; returns their sum over all pods. */
static __int128 weigh(const struct job *j, const struct direction *d, struct rate *rates,
                      bool *known, int64_t *weight)
{
    __int128 sum = 0;

    memset(known, 0, j->m->cohort_count * sizeof(*known));
    for (size_t i = 0; i < j->kind_count; i++) {
        const struct shape *s = &j->m->shapes[j->kinds[i]];
        if (!known[s->cohort])
            rates[s->cohort] = lowest_rate(j, s->cohort, d);
        known[s->cohort] = true;
        int64_t value = direction_value(d, &s->requests, j->m->resource_count);
        weight[j->kinds[i]] = rate_weight(rates[s->cohort], value);
        sum += (__int128)weight[j->kinds[i]] * j->want[j->kinds[i]];
    }
    return sum;
}

/* Weights by the direction in which the pods are dearest: what is scarce counts most. */
static void choose_weights(struct job *j)
{
    const struct direction *all;
    size_t count = directions(j->arena, j->m->resource_count, &all);
    struct rate *rates = ARENA_ARRAY(j->arena, struct rate, j->m->cohort_count);
    bool *known = ARENA_ARRAY(j->arena, bool, j->m->cohort_count);
    int64_t *weight = ARENA_ARRAY(j->arena, int64_t, j->m->shape_count);
    __int128 most = -1;

    for (size_t i = 0; i < count; i++) {
        __int128 sum = weigh(j, &all[i], rates, known, weight);
        if (sum > most) {
            most = sum;
            j->direction = all[i];
        }
    }
    weigh(j, &j->direction, rates, known, weight);
    j->weight = weight;
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
    choose_weights(j);
    j->kinds = job_kinds(j, BY_WEIGHT);
}
