#include "engine/core/pool.h"
#include "engine/core/rates.h"

/* The lower bound of every fleet (rates.h): the best over all directions of what the pods must bear
 * together, and over all pods of what the cheapest host of one costs.
 *
 * A host is any offer of any pool that the pod's labels and taints admit and that holds it,
 * available or not; and any claim that exists.  So weights of pools, limits and today's stock do
 * not matter: the bound holds for fleets of yesterday too.  DaemonSets decide only whether a pod
 * has a host at all. */
struct host {
    int64_t price;
    const struct resources *space; /* allocatable */
    const struct resources *after; /* less DaemonSets */
};

/* The hosts of one cohort, with the claims among them. */
struct hosts {
    bool known;
    struct host *items;
    size_t count, capacity;
};

struct bounding {
    struct market *market;
    struct hosts *hosts; /* by cohort */
    uint32_t *counts;    /* by shape: pods that count */
};

/* Of a type only its cheapest offer matters; offers of a type stand together. */
static void add_host(struct arena *a, struct hosts *h, struct host host)
{
    struct host *last = h->count ? &h->items[h->count - 1] : NULL;

    if (last && last->space == host.space) {
        if (host.price < last->price)
            last->price = host.price;
        return;
    }
    ARENA_PUSH(a, h->items, h->count, h->capacity, host);
}

static void add_shop(struct market *m, size_t shop, size_t cohort, struct hosts *h)
{
    const struct shop *s = &m->shops[shop];
    const struct admission *ad = s->catalog ? shop_admission(m, shop, cohort) : NULL;

    for (size_t i = 0; ad && i < s->offer_count; i++)
        for (size_t k = 0; k < ad->count; k++)
            if (bits_has(ad->items[k].offers, i)) {
                uint32_t type = s->offers[i].type;
                struct host host = {s->offers[i].offering->price_microusd_per_hour,
                                    &s->types[type]->allocatable, &s->space[type]};
                add_host(m->arena, h, host);
            }
}

static void add_claims(struct market *m, size_t cohort, struct hosts *h)
{
    for (size_t i = 0; i < m->world->claim_count; i++) {
        const struct claim *c = &m->world->claims[i];
        /* What is not launched yet is among the offers. */
        if (c->instance_type.len && c->price_microusd_per_hour > 0 &&
            claim_admits(&m->cohorts[cohort], NULL, c))
            add_host(m->arena, h,
                     (struct host){c->price_microusd_per_hour, &c->allocatable, &c->allocatable});
    }
}

static int by_price(const void *x, const void *y)
{
    const struct host *a = x, *b = y;

    return (a->price > b->price) - (a->price < b->price);
}

/* Hosts that a cheaper one surpasses in every resource never matter. */
static void prune(const struct market *m, struct hosts *h)
{
    size_t kept = 0;

    if (h->count)
        qsort(h->items, h->count, sizeof(*h->items), by_price);
    for (size_t i = 0; i < h->count; i++) {
        bool surpassed = false;
        for (size_t k = 0; k < kept && !surpassed; k++)
            surpassed = fits(h->items[i].space, h->items[k].space, m->resource_count) &&
                        fits(h->items[i].after, h->items[k].after, m->resource_count);
        if (!surpassed)
            h->items[kept++] = h->items[i];
    }
    h->count = kept;
}

static const struct hosts *hosts_of(struct bounding *b, size_t cohort)
{
    struct hosts *h = &b->hosts[cohort];

    if (h->known)
        return h;
    h->known = true;
    for (size_t i = 0; i < b->market->world->pool_count; i++)
        add_shop(b->market, i, cohort, h);
    add_claims(b->market, cohort, h);
    prune(b->market, h);
    return h;
}

/* Pods on a claim without a price cost nobody knows what: they are left out. */
static bool counts(const struct world *w, const struct pod *p)
{
    if (p->never_serve || p->spec->term_count == 0 || p->spec->unserved_resource.len)
        return false;
    for (size_t i = 0; p->claim.len && i < w->claim_count; i++)
        if (str_eq(w->claims[i].id, p->claim))
            return w->claims[i].price_microusd_per_hour > 0;
    return p->claim.len == 0;
}

/* The cheapest host of one pod; INT64_MAX: it can be served by nobody and bears nothing. */
static int64_t cheapest(struct bounding *b, const struct shape *s)
{
    const struct hosts *h = hosts_of(b, s->cohort);
    int64_t best = INT64_MAX;
    bool any = false;

    for (size_t i = 0; i < h->count; i++) {
        any |= fits(&s->requests, h->items[i].after, b->market->resource_count);
        if (h->items[i].price < best &&
            fits(&s->requests, h->items[i].space, b->market->resource_count))
            best = h->items[i].price;
    }
    return any ? best : INT64_MAX;
}

struct ranked {
    struct rate rate;
    const struct resources *space;
};

static int by_rate(const void *x, const void *y)
{
    struct rate a = ((const struct ranked *)x)->rate, b = ((const struct ranked *)y)->rate;

    return rate_is_lower(a, b) ? -1 : rate_is_lower(b, a);
}

/* The hosts of a cohort, best rate first. */
static struct ranked *rank(struct bounding *b, struct arena *scratch, size_t cohort,
                           const struct direction *d)
{
    const struct hosts *h = hosts_of(b, cohort);
    struct ranked *out = ARENA_ARRAY(scratch, struct ranked, h->count);

    for (size_t i = 0; i < h->count; i++) {
        int64_t value = direction_value(d, h->items[i].space, b->market->resource_count);
        out[i] = (struct ranked){{h->items[i].price, value}, h->items[i].space};
    }
    if (h->count)
        qsort(out, h->count, sizeof(*out), by_rate);
    return out;
}

/* What all pods bear in one direction, in 1/1024 micro-dollars. */
static __int128 borne(struct bounding *b, const struct direction *d)
{
    ARENA_AUTO scratch = {0};
    const struct market *m = b->market;
    struct ranked **ranks = ARENA_ARRAY(&scratch, struct ranked *, m->cohort_count);
    __int128 sum = 0;

    for (size_t i = 0; i < m->shape_count; i++) {
        const struct shape *s = &m->shapes[i];
        size_t k = 0;
        if (!b->counts[i])
            continue;
        if (!ranks[s->cohort])
            ranks[s->cohort] = rank(b, &scratch, s->cohort, d);
        /* Some host fits: shapes that nobody can serve do not count. */
        while (!fits(&s->requests, ranks[s->cohort][k].space, m->resource_count))
            k++;
        int64_t value = direction_value(d, &s->requests, m->resource_count);
        sum += (__int128)rate_weight(ranks[s->cohort][k].rate, value) * b->counts[i];
    }
    return sum;
}

static void count_pods(struct bounding *b)
{
    const struct world *w = b->market->world;

    b->counts = ARENA_ARRAY(b->market->arena, uint32_t, b->market->shape_count);
    for (size_t i = 0; i < w->pod_count; i++)
        b->counts[b->market->shape_of_pod[i]] += counts(w, &w->pods[i]);
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

/* What the counted pods bear: at least the dearest one's cheapest host. */
static int64_t bear(struct bounding *b)
{
    const struct market *m = b->market;
    const struct direction *all;
    int64_t best = 0;

    for (size_t i = 0; i < m->shape_count; i++) {
        int64_t price = b->counts[i] ? cheapest(b, &m->shapes[i]) : INT64_MAX;
        if (price == INT64_MAX)
            b->counts[i] = 0;
        else if (price > best)
            best = price;
    }
    size_t count = directions(m->arena, m->resource_count, &all);
    for (size_t i = 0; i < count; i++) {
        __int128 bound = borne(b, &all[i]) >> WEIGHT_BITS;
        if (bound > best)
            best = bound > INT64_MAX ? INT64_MAX : (int64_t)bound;
    }
    return best;
}

int64_t bound_microusd_per_hour(struct arena *a, const struct world *w)
{
    struct market m;
    struct bounding b = {.market = &m};

    market_open(a, w, &m);
    b.hosts = ARENA_ARRAY(a, struct hosts, m.cohort_count);
    count_pods(&b);
    int64_t all = bear(&b), beside = standing(&m);
    if (beside == 0)
        return all;
    for (size_t i = 0; i < m.shape_count; i++)
        if (b.counts[i] && !is_kept_off_static_pools(&m, m.shapes[i].cohort))
            b.counts[i] = 0;
    if (__builtin_add_overflow(beside, bear(&b), &beside))
        beside = INT64_MAX;
    return all > beside ? all : beside;
}
