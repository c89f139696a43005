#include <stdlib.h>

#include "engine/core/consolidate.h"

/* What moves save and what they cost. */

enum { HOUR_MS = 60 * 60 * 1000, DAY_MS = 24 * HOUR_MS };

int64_t worth_over(int64_t microusd_per_hour, int64_t ms)
{
    __int128 sum = (__int128)microusd_per_hour * ms / HOUR_MS;

    return sum > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)sum;
}

/* As Karpenter weighs deletion cost and priority, and by age: of pods alike the younger has less
 * to lose, as a ReplicaSet sees it too.  Costs grow with age, so waiting alone makes no move pay.
 */
static int64_t worth_of_pod(const struct pod *pod, int64_t now_ms)
{
    const int64_t one = INT64_C(1) << 27, most = 10 * one;
    int64_t age_ms = pod->created_ms ? now_ms - pod->created_ms : 0;
    int64_t weight = one + pod->deletion_cost + 4 * pod->spec->priority;

    age_ms = age_ms < 0 ? 0 : age_ms > DAY_MS ? DAY_MS : age_ms;
    weight += one * age_ms / DAY_MS;
    weight = weight < 0 ? 0 : weight > most ? most : weight;
    return EVICTION_MICROUSD * weight / one;
}

int64_t worth_of_pods(const struct claim *c, int64_t now_ms)
{
    int64_t sum = 0;

    for (size_t i = 0; i < c->pod_count; i++)
        if (!c->pods[i]->never_serve)
            sum += worth_of_pod(c->pods[i], now_ms);
    return sum;
}

static int by_type(const void *name, const void *type)
{
    return str_cmp(*(const struct str *)name, ((const struct instance_type *)type)->name);
}

int64_t worth_price(const struct claim *c, const struct pool *pool)
{
    int64_t price = c->price_microusd_per_hour;
    const struct instance_type *t =
        pool->catalog && pool->catalog->count
            ? bsearch(&c->instance_type, pool->catalog->types, pool->catalog->count,
                      sizeof(*pool->catalog->types), by_type)
            : NULL;

    for (size_t i = 0; t && i < t->offering_count; i++) {
        const struct offering *o = &t->offerings[i];
        if (o->capacity_type == c->capacity_type && str_eq(o->zone, c->zone) &&
            o->price_microusd_per_hour < price)
            price = o->price_microusd_per_hour;
    }
    return price;
}

/* A type on sale for a cohort, at what value costs there. */
struct rated {
    struct rate rate;
    const struct resources *space;
};
struct rating {
    bool known;
    struct rated *items; /* cheapest first */
    size_t count;
};

static int cheapest_first(const void *x, const void *y)
{
    struct rate a = ((const struct rated *)x)->rate, b = ((const struct rated *)y)->rate;

    return rate_is_lower(b, a) - rate_is_lower(a, b);
}

static void rate_types(struct market *m, struct arena *a, size_t cohort, const struct direction *d,
                       struct rating *out)
{
    size_t capacity = 0;

    out->known = true;
    for (size_t i = 0; i < m->world->pool_count; i++) {
        const struct shop *s = &m->shops[i];
        int32_t at = shop_sells(s) ? shop_join(m, i, CONTEXT_ANY, cohort) : CONTEXT_NONE;
        for (size_t k = 0; at != CONTEXT_NONE && k < s->contexts[at].best_count; k++) {
            const struct choice *c = &s->contexts[at].best[k];
            const struct resources *space = &s->space[c->type];
            struct rated one = {{c->price, direction_value(d, space, m->resource_count)}, space};
            ARENA_PUSH(a, out->items, out->count, capacity, one);
        }
    }
    if (out->count)
        qsort(out->items, out->count, sizeof(*out->items), cheapest_first);
}

/* What a pod costs at least in the direction, in 1/1024 micro-dollars an hour: of the types that
 * could hold it, none sells value for less. */
static int64_t least_of(const struct market *m, const struct rating *r, const struct shape *s,
                        const struct direction *d)
{
    for (size_t i = 0; i < r->count; i++)
        if (fits(&s->requests, r->items[i].space, m->resource_count))
            return rate_weight(r->items[i].rate,
                               direction_value(d, &s->requests, m->resource_count));
    return 0;
}

/* The same of all the candidates' pods, by candidate; returns the sum. */
static int64_t least_in(const struct consolidating *c, const struct direction *d, int64_t *least)
{
    ARENA_AUTO scratch = {0};
    struct market *m = &c->plan->market;
    struct rating *ratings = ARENA_ARRAY(&scratch, struct rating, m->cohort_count);
    int64_t *of_shape = ARENA_ARRAY(&scratch, int64_t, m->shape_count), sum = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct claim *claim = c->items[i].claim;
        least[i] = 0;
        for (size_t k = 0; k < claim->pod_count; k++) {
            uint32_t shape = m->shape_of_pod[claim->pods[k] - c->plan->world->pods];
            const struct shape *s = &m->shapes[shape];
            if (claim->pods[k]->never_serve)
                continue;
            if (!ratings[s->cohort].known)
                rate_types(m, &scratch, s->cohort, d, &ratings[s->cohort]);
            if (!of_shape[shape])
                of_shape[shape] = 1 + least_of(m, &ratings[s->cohort], s, d);
            least[i] += of_shape[shape] - 1;
        }
        sum += least[i];
    }
    return sum;
}

void worth_least(struct consolidating *c)
{
    ARENA_AUTO scratch = {0};
    const struct direction *all;
    size_t count = directions(&scratch, c->plan->market.resource_count, &all);
    int64_t *least = ARENA_ARRAY(&scratch, int64_t, c->count), most = -1;

    for (size_t d = 0; d < count; d++) {
        int64_t sum = least_in(c, &all[d], least);
        if (sum <= most)
            continue;
        most = sum;
        c->direction = all[d];
        for (size_t i = 0; i < c->count; i++)
            c->items[i].least = least[i] >> WEIGHT_BITS;
    }
}

int64_t worth_of_going(const struct candidate *one)
{
    return worth_over(one->price, one->horizon_ms) - one->evictions;
}

int64_t worth_of_moving(const struct candidate *one)
{
    return worth_over(one->price - one->least, one->horizon_ms) - one->evictions -
           worth_over(one->least, OVERLAP_MS);
}
