#include "engine/optimize/hosting.h"

bool claim_is_free(const struct claim *c)
{
    return c->foreign || c->price_microusd_per_hour <= 0;
}

void hosting_open(struct hosting *h, struct market *m, const size_t *shops, size_t shop_count,
                  bool now)
{
    *h = (struct hosting){.m = m, .now = now, .shops = shops, .shop_count = shop_count};
    for (size_t i = 0; i < shop_count; i++)
        if (m->shops[shops[i]].catalog)
            h->word_count += m->shops[shops[i]].word_count;
    if (!now)
        h->word_count += (m->world->claim_count + 63) / 64;
    h->classes = ARENA_ARRAY(m->arena, struct bits, CLASSES_MOST);
    h->class_of = ARENA_ARRAY(m->arena, uint32_t, m->cohort_count);
    for (size_t i = 0; i < m->cohort_count; i++)
        h->class_of[i] = UINT32_MAX;
}

/* The offers that admit the cohort, into `words`. */
static void admitted(struct hosting *h, size_t shop, size_t cohort, uint64_t *words)
{
    const struct shop *s = &h->m->shops[shop];

    if (h->now) {
        int32_t context = shop_join(h->m, shop, CONTEXT_ANY, cohort);
        if (context != CONTEXT_NONE)
            memcpy(words, s->contexts[context].offers.words, s->word_count * sizeof(*words));
        return;
    }
    const struct admission *ad = shop_admission(h->m, shop, cohort);
    for (size_t i = 0; i < ad->count; i++)
        for (size_t k = 0; k < s->word_count; k++)
            words[k] |= ad->items[i].offers.words[k];
}

static struct bits set_of(struct hosting *h, size_t cohort)
{
    struct bits set = {ARENA_ARRAY(h->m->arena, uint64_t, h->word_count)};
    size_t at = 0;

    for (size_t i = 0; i < h->shop_count; i++)
        if (h->m->shops[h->shops[i]].catalog) {
            admitted(h, h->shops[i], cohort, set.words + at);
            at += h->m->shops[h->shops[i]].word_count;
        }
    for (size_t i = 0; !h->now && i < h->m->world->claim_count; i++)
        if (claim_admits(&h->m->cohorts[cohort], NULL, &h->m->world->claims[i]))
            bits_set((struct bits){set.words + at}, i);
    return set;
}

uint32_t hosting_class(struct hosting *h, size_t cohort)
{
    uint32_t *class = &h->class_of[cohort];

    if (*class != UINT32_MAX)
        return *class;
    struct bits set = set_of(h, cohort);
    for (*class = 0; *class < h->class_count; ++*class)
        if (memcmp(h->classes[*class].words, set.words, h->word_count * sizeof(*set.words)) == 0)
            return *class;
    if (*class < CLASSES_MOST) {
        h->classes[h->class_count++] = set;
        return *class;
    }
    /* Too many to tell apart: the last class may go wherever one of its members may. */
    *class = CLASSES_MOST - 1;
    for (size_t i = 0; i < h->word_count; i++)
        h->classes[*class].words[i] |= set.words[i];
    return *class;
}

/* The classes that the offer or claim at this place admits; false: none. */
static bool classes_at(const struct hosting *h, size_t at, struct bits *out)
{
    uint64_t word = 0;

    for (size_t i = 0; i < h->class_count; i++)
        word |= (uint64_t)bits_has(h->classes[i], at) << i;
    if (!word)
        return false;
    out->words = ARENA_NEW(h->m->arena, uint64_t);
    out->words[0] = word;
    return true;
}

static bool daemon_runs(const struct daemon *d, const struct shop *s, const struct offer *o)
{
    if (taints_untolerated(&s->pool->taints, &d->spec->tolerations))
        return false;
    for (size_t i = 0; i < d->spec->term_count; i++)
        if (offer_satisfies(s->pool, &s->catalog->types[o->type], o->offering, &d->spec->terms[i],
                            &s->open))
            return true;
    return false;
}

/* For what can be bought now the engine reckons with each DaemonSet of the type; a bound only with
 * those that run on this very offer. */
static struct resources room_of(const struct hosting *h, const struct shop *s,
                                const struct offer *o)
{
    struct resources room = s->catalog->types[o->type].allocatable;

    if (h->now)
        return s->space[o->type];
    for (size_t i = 0; i < h->m->world->daemon_count; i++)
        if (daemon_runs(&h->m->world->daemons[i], s, o))
            resources_subtract(&room, &h->m->world->daemons[i].spec->requests);
    return room;
}

/* Of offers of a type that admit the same, only the cheapest matters; they stand together. */
static void add_offer(struct hosting *h, size_t shop, size_t offer, size_t at)
{
    const struct shop *s = &h->m->shops[shop];
    const struct offer *o = &s->offers[offer];
    struct host host = {
        .price = o->offering->price_microusd_per_hour, .shop = shop, .type = o->type};

    if (!classes_at(h, at, &host.rows))
        return;
    host.room = room_of(h, s, o);
    for (size_t i = h->host_count; i-- > 0;) {
        struct host *known = &h->hosts[i];
        if (known->shop != shop || known->type != o->type)
            break;
        if (known->rows.words[0] != host.rows.words[0] ||
            memcmp(&known->room, &host.room, sizeof(host.room)) != 0)
            continue;
        if (host.price < known->price)
            known->price = host.price;
        return;
    }
    ARENA_PUSH(h->m->arena, h->hosts, h->host_count, h->host_capacity, host);
}

/* A claim with a price could be had again, as it stands in a fleet of yesterday; what is left on
 * one that costs nothing is there once.  What is not launched yet is among the offers. */
static void add_claim(struct hosting *h, const struct claim *c, size_t at)
{
    struct host host = {
        .price = c->price_microusd_per_hour, .room = c->allocatable, .shop = SIZE_MAX};

    if (!classes_at(h, at, &host.rows))
        return;
    if (!claim_is_free(c)) {
        if (c->instance_type.len)
            ARENA_PUSH(h->m->arena, h->hosts, h->host_count, h->host_capacity, host);
        return;
    }
    for (size_t i = 0; i < c->pod_count; i++)
        resources_subtract(&host.room, &c->pods[i]->spec->requests);
    host.price = 0;
    ARENA_PUSH(h->m->arena, h->rooms, h->room_count, h->room_capacity, host);
}

static int by_price(const void *x, const void *y)
{
    const struct host *a = x, *b = y;

    if (a->price != b->price)
        return a->price < b->price ? -1 : 1;
    if (a->shop != b->shop)
        return a->shop < b->shop ? -1 : 1;
    return (a->type > b->type) - (a->type < b->type);
}

static bool surpasses(const struct hosting *h, const struct host *x, const struct host *y)
{
    return (y->rows.words[0] & ~x->rows.words[0]) == 0 &&
           fits(&y->room, &x->room, h->m->resource_count);
}

static void prune(struct hosting *h)
{
    size_t kept = 0;

    if (h->host_count)
        qsort(h->hosts, h->host_count, sizeof(*h->hosts), by_price);
    for (size_t i = 0; i < h->host_count; i++) {
        bool surpassed = false;
        for (size_t k = 0; k < kept && !surpassed; k++)
            surpassed = surpasses(h, &h->hosts[k], &h->hosts[i]);
        if (!surpassed)
            h->hosts[kept++] = h->hosts[i];
    }
    h->host_count = kept;
}

void hosting_list(struct hosting *h)
{
    const struct world *w = h->m->world;
    size_t at = 0;

    for (size_t i = 0; i < h->shop_count; i++) {
        const struct shop *s = &h->m->shops[h->shops[i]];
        for (size_t k = 0; s->catalog && k < s->offer_count; k++)
            add_offer(h, h->shops[i], k, at + k);
        at += s->catalog ? 64 * s->word_count : 0;
    }
    for (size_t i = 0; !h->now && i < w->claim_count; i++)
        add_claim(h, &w->claims[i], at + i);
    prune(h);
}

bool hosting_serves(const struct hosting *h, uint32_t class, const struct resources *amount)
{
    for (size_t i = 0; i < h->host_count; i++)
        if (bits_has(h->hosts[i].rows, class) &&
            fits(amount, &h->hosts[i].room, h->m->resource_count))
            return true;
    return false;
}
