#include "engine/optimize/bound.h"

#include "engine/core/pool.h"
#include "engine/optimize/generate.h"
#include "engine/optimize/search.h"
#include "engine/optimize/weights.h"

enum { PRECISION = 12 }; /* of the linear program: one part in 4096 */

static int64_t common_divisor(int64_t x, int64_t y)
{
    while (y) {
        int64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x;
}

static int64_t step_of(const struct cover *c)
{
    int64_t step = 0;

    for (size_t i = 0; i < c->host_count; i++)
        step = common_divisor(c->hosts[i].price, step);
    return step > 0 ? step : 1;
}

/* Up to what sums of prices can be. */
static int64_t whole_steps(__int128 weight, int64_t step)
{
    __int128 unit = (__int128)step << WEIGHT_BITS;
    __int128 steps = weight > 0 ? (weight + unit - 1) / unit : 0;

    return steps * step > INT64_MAX ? INT64_MAX : (int64_t)(steps * step);
}

static void prove_by_search(struct arena *a, struct proved *p)
{
    struct searched s;

    if (p->cover.room_count || !search_cheapest(a, &p->cover, SEARCH_STATES, &s))
        return;
    p->how = PROOF_SEARCH;
    p->microusd_per_hour = s.cost;
    p->weight = ARENA_ARRAY(a, int64_t, p->cover.row_count);
}

static void prove_part(struct arena *a, const struct cover *c, int64_t work, struct proved *out)
{
    *out = (struct proved){.cover = *c, .how = PROOF_DUAL, .step = step_of(c)};
    prove_by_search(a, out);
    if (out->weight)
        return;
    struct generation g;
    generation_open(a, &out->cover, work, &g);
    g.proves = true;
    generation_prove(&g, weights_by_worth(a, c));
    if (c->row_count <= ROWS_MOST)
        generation_run(&g, PRECISION);
    out->weight = g.weight;
    out->microusd_per_hour = whole_steps(g.proved, out->step);
}

static void prove_all(struct arena *a, const struct covers *covers, int64_t work,
                      struct certificate *out)
{
    *out = (struct certificate){.parts = ARENA_ARRAY(a, struct proved, covers->count),
                                .part_count = covers->count,
                                .part_of_pod = covers->cover_of_pod,
                                .row_of_pod = covers->row_of_pod};
    for (size_t i = 0; i < covers->count; i++) {
        prove_part(a, &covers->items[i], work / (int64_t)covers->count, &out->parts[i]);
        if (__builtin_add_overflow(out->microusd_per_hour, out->parts[i].microusd_per_hour,
                                   &out->microusd_per_hour))
            out->microusd_per_hour = INT64_MAX;
    }
}

static bool has_many_rows(const struct covers *covers)
{
    for (size_t i = 0; i < covers->count; i++)
        if (covers->items[i].row_count > ROWS_MOST)
            return true;
    return false;
}

/* Rows as they are; if they are too many for the linear program, also with fewer. */
static void bear(struct market *m, const bool *counted, int64_t work, struct certificate *out)
{
    struct certificate other;
    struct covers covers;

    cover_for_bound(m, counted, SIZE_MAX, &covers);
    prove_all(m->arena, &covers, work, out);
    if (!has_many_rows(&covers) || !work)
        return;
    cover_for_bound(m, counted, ROWS_MOST, &covers);
    prove_all(m->arena, &covers, work, &other);
    if (other.microusd_per_hour > out->microusd_per_hour)
        *out = other;
}

/* Pods on a claim that costs nothing, or nobody knows what, are left out. */
static bool counts(const struct world *w, const struct pod *p)
{
    if (p->never_serve || p->spec->term_count == 0 || p->spec->unserved_resource.len ||
        p->spec->impossible.len)
        return false;
    if (!p->claim.len)
        return true;
    const struct claim *c = world_claim(w, p->claim);
    return c && c->price_microusd_per_hour > 0 && !c->foreign;
}

static bool is_static(const struct pool *p)
{
    return p->replicas >= 0 && !p->deleting;
}
/* As many nodes as the pool's limits admit of the smallest and cheapest there are: a static pool
 * has no more than these. */
static int64_t most_nodes(const struct shop *s)
{
    const struct limits *limits = &s->pool->limits;
    int64_t most = s->pool->replicas < limits->nodes ? s->pool->replicas : limits->nodes;
    struct resources smallest = {0};
    int64_t price = INT64_MAX;

    for (size_t r = 0; r < RESOURCES_MAX; r++)
        smallest.amount[r] = INT64_MAX;
    for (size_t i = 0; i < s->offer_count; i++) {
        const struct offer *o = &s->offers[i];
        const int64_t *capacity = s->types[o->type]->capacity.amount;
        if (!bits_has(s->usable, i))
            continue;
        for (size_t r = 0; r < RESOURCES_MAX; r++)
            if (capacity[r] < smallest.amount[r])
                smallest.amount[r] = capacity[r];
        if (o->offering->price_microusd_per_hour < price)
            price = o->offering->price_microusd_per_hour;
    }
    for (size_t r = 0; r < RESOURCES_MAX; r++)
        if (smallest.amount[r] > 0 && limits->amount.amount[r] / smallest.amount[r] < most)
            most = limits->amount.amount[r] / smallest.amount[r];
    if (price > 0 && limits->microusd_per_hour / price < most)
        most = limits->microusd_per_hour / price;
    return most > 0 ? most : 0;
}

/* What the nodes of static pools cost at least. */
static int64_t standing(const struct market *m)
{
    int64_t sum = 0;

    for (size_t i = 0; i < m->world->pool_count; i++) {
        const struct shop *s = &m->shops[i];
        int64_t price = INT64_MAX, cost;
        if (!s->catalog || !is_static(s->pool))
            continue;
        for (size_t k = 0; k < s->offer_count; k++)
            if (bits_has(s->usable, k) && s->offers[k].offering->price_microusd_per_hour < price)
                price = s->offers[k].offering->price_microusd_per_hour;
        if (price != INT64_MAX && !__builtin_mul_overflow(price, most_nodes(s), &cost) &&
            __builtin_add_overflow(sum, cost, &sum))
            return INT64_MAX;
    }
    return sum;
}

/* May no node of a static pool, living or to come, host the cohort? */
static bool is_kept_off_static_pools(struct market *m, size_t cohort)
{
    const struct world *w = m->world;

    for (size_t i = 0; i < w->pool_count; i++)
        if (is_static(&w->pools[i]) &&
            (!m->shops[i].catalog ||
             (shop_admission(m, i, cohort)->tolerated && shop_matches_labels(m, i, cohort))))
            return false;
    for (size_t i = 0; i < w->claim_count; i++) {
        size_t pool = pool_place(w, w->claims[i].pool);
        if (pool != SIZE_MAX && is_static(&w->pools[pool]) &&
            claim_admits(&m->cohorts[cohort], &w->pools[pool], &w->claims[i]))
            return false;
    }
    return true;
}

/* Without the pods that nodes of static pools could take. */
static bool *beside_static(struct market *m, const bool *counted)
{
    const struct world *w = m->world;
    bool *out = ARENA_ARRAY(m->arena, bool, w->pod_count);
    uint8_t *kept_off = ARENA_ARRAY(m->arena, uint8_t, m->cohort_count); /* 0: not asked yet */

    for (size_t i = 0; i < w->pod_count; i++) {
        size_t cohort = m->specs[m->spec_of_pod[i]].cohort;
        if (counted[i] && !kept_off[cohort])
            kept_off[cohort] = is_kept_off_static_pools(m, cohort) ? 1 : 2;
        out[i] = counted[i] && kept_off[cohort] == 1;
    }
    return out;
}

/* Those of static pools: what they keep off is not theirs to host (is_kept_off_static_pools). */
static void keep_static(struct arena *a, const struct world *w, struct world *out)
{
    struct claim *claims = ARENA_ARRAY(a, struct claim, w->claim_count);

    out->claims = claims;
    out->claim_count = 0;
    for (size_t i = 0; i < w->claim_count; i++) {
        size_t pool = pool_place(w, w->claims[i].pool);
        if (pool == SIZE_MAX || !is_static(&w->pools[pool]))
            continue;
        claims[out->claim_count] = w->claims[i];
        claims[out->claim_count].pods = NULL;
        claims[out->claim_count++].pod_count = 0;
    }
}

struct world bound_world(struct arena *a, const struct world *w)
{
    struct pod *pods = ARENA_ARRAY(a, struct pod, w->pod_count);
    struct world out = {.resources = w->resources,
                        .pools = w->pools,
                        .pool_count = w->pool_count,
                        .pods = pods,
                        .pod_count = w->pod_count,
                        .daemons = w->daemons,
                        .daemon_count = w->daemon_count,
                        .namespaces = w->namespaces,
                        .namespace_count = w->namespace_count,
                        .no_preferences = w->no_preferences};

    for (size_t i = 0; i < w->pod_count; i++)
        pods[i] = (struct pod){.spec = w->pods[i].spec, .never_serve = !counts(w, &w->pods[i])};
    keep_static(a, w, &out);
    return out;
}

void bound_prove(struct arena *a, const struct world *w, int64_t work, struct certificate *out)
{
    struct market m;
    struct certificate beside;

    market_open(a, w, &m);
    bool *counted = ARENA_ARRAY(a, bool, w->pod_count);
    for (size_t i = 0; i < w->pod_count; i++)
        counted[i] = counts(w, &w->pods[i]);
    bear(&m, counted, work, out);
    int64_t stands = standing(&m);
    if (!stands)
        return;
    bear(&m, beside_static(&m, counted), work, &beside);
    beside.standing_microusd_per_hour = stands;
    if (__builtin_add_overflow(beside.microusd_per_hour, stands, &beside.microusd_per_hour))
        beside.microusd_per_hour = INT64_MAX;
    if (beside.microusd_per_hour > out->microusd_per_hour)
        *out = beside;
}
