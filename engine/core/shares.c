#include "engine/core/shares.h"

#include "engine/core/interrupted.h"

int64_t shares_most(const struct pool *p, int64_t nodes)
{
    int64_t most = nodes * p->spread_limit / 100;

    return most > 1 ? most : 1;
}

int64_t shares_most_at_worst(const struct pool *p, int64_t nodes)
{
    int64_t most = (nodes * p->spread_limit + 99) / 100;

    return most > 1 ? most : 1;
}

static void find_pairs(struct arena *a, struct shares *s)
{
    const struct catalog *c = s->shop->catalog;
    size_t offer = 0;

    s->pair = ARENA_ARRAY(a, uint32_t, s->shop->offer_count);
    s->first = ARENA_ARRAY(a, size_t, c ? c->count : 0);
    for (size_t i = 0; c && i < c->count; i++) {
        s->first[i] = offer;
        for (size_t k = 0; k < c->types[i].offering_count; k++, offer++) {
            size_t same = 0;
            while (!str_eq(c->types[i].offerings[same].zone, c->types[i].offerings[k].zone))
                same++;
            s->pair[offer] = (uint32_t)(s->first[i] + same);
        }
    }
}

/* SIZE_MAX: the catalog does not have it, so nobody can come to share it. */
static size_t pair_named(const struct shares *s, struct str type, struct str zone)
{
    const struct catalog *c = s->shop->catalog;
    size_t low = 0, high = c ? c->count : 0;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(c->types[middle].name, type) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (!c || low == c->count || !str_eq(c->types[low].name, type))
        return SIZE_MAX;
    for (size_t i = 0; i < c->types[low].offering_count; i++)
        if (str_eq(c->types[low].offerings[i].zone, zone))
            return s->first[low] + i;
    return SIZE_MAX;
}

/* The options of one node count once a pair: spot and on-demand of it are the same. */
static void count_once(struct shares *s, struct bits seen, size_t pair, int64_t by)
{
    if (pair == SIZE_MAX || bits_has(seen, pair))
        return;
    bits_set(seen, pair);
    s->counts[pair] += by;
}

static struct bits none_seen(const struct shares *s)
{
    memset(s->shop->scratch.words, 0, s->shop->word_count * sizeof(uint64_t));
    return s->shop->scratch;
}

void shares_count(struct shares *s, const struct claim *c, int64_t by)
{
    struct bits seen = none_seen(s);

    s->nodes += by;
    if (c->instance_type.len)
        count_once(s, seen, pair_named(s, c->instance_type, c->zone), by);
    for (size_t i = 0; !c->instance_type.len && i < c->option_count; i++)
        count_once(s, seen, pair_named(s, c->options[i].type->name, c->options[i].offering->zone),
                   by);
}

static void count_planned(struct shares *s, const struct planned_share *planned)
{
    struct bits seen = none_seen(s);

    s->nodes++;
    for (size_t i = 0; i < s->shop->offer_count; i++) {
        if (!planned->offers.words[i / 64])
            i |= 63; /* of thousands of offers it has a few */
        else if (bits_has(planned->offers, i))
            count_once(s, seen, s->pair[i], 1);
    }
}

static bool stays(const struct market *m, size_t claim)
{
    const struct claim *c = &m->world->claims[claim];

    return c->phase <= CLAIM_READY && !m->leaving[claim] && !claim_is_taken(m->world, c);
}

struct shares shares_now(struct arena *a, const struct market *m, size_t shop,
                         const struct allowance *left)
{
    struct shares s = {.m = m, .shop = &m->shops[shop]};

    find_pairs(a, &s);
    s.counts = ARENA_ARRAY(a, int64_t, s.shop->offer_count);
    for (size_t i = 0; i < m->world->claim_count; i++)
        if (str_eq(m->world->claims[i].pool, s.shop->pool->name) && stays(m, i))
            shares_count(&s, &m->world->claims[i], 1);
    for (const struct planned_share *p = left->planned; p; p = p->next)
        count_planned(&s, p);
    return s;
}

struct shares *shares_of_all(struct arena *a, const struct market *m, const struct allowance *left)
{
    struct shares *all = ARENA_ARRAY(a, struct shares, m->world->pool_count);

    for (size_t i = 0; i < m->world->pool_count; i++)
        if (m->world->pools[i].spread_limit)
            all[i] = shares_now(a, m, i, &left[i]);
    return all;
}

bool shares_worsen(const struct shares *before, const struct shares *after)
{
    if (!before->shop)
        return false;
    int64_t most = shares_most_at_worst(before->shop->pool, after->nodes);
    for (size_t i = 0; i < before->shop->offer_count; i++)
        if (after->counts[i] > most &&
            after->counts[i] * before->nodes > before->counts[i] * after->nodes)
            return true;
    return false;
}

bool shares_leave(const struct market *m, size_t shop, int32_t context, const struct resources *sum,
                  const struct allowance *left, bool later)
{
    ARENA_AUTO scratch = {0};
    struct shares s = shares_now(&scratch, m, shop, left);
    int64_t most = shares_most_at_worst(s.shop->pool, s.nodes + 1);

    for (uint32_t i = 0; i < s.shop->offer_count; i++) {
        const struct offer *o = &s.shop->offers[i];
        bool sold = later ? bits_has(s.shop->usable, i) && !o->available
                          : bits_has(s.shop->contexts[context].offers, i);
        if (sold && s.counts[s.pair[i]] < most &&
            fits(sum, &s.shop->space[o->type], m->resource_count) &&
            allowance_admits(left, s.shop->types[o->type], o->offering->price_microusd_per_hour))
            return true;
    }
    return false;
}
