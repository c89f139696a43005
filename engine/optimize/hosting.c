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

/* Are all labels by which pods look at each other as on the pin's offer? */
static bool is_pinned(const struct hosting *h, const struct shop *s, const struct offer *o,
                      const struct pin *pin)
{
    const struct topology *t = &h->m->topology;

    for (size_t i = 0; i < t->key_count; i++)
        if (!str_eq(offer_label(s->pool, s->types[o->type], o->offering, t->keys[i].key),
                    offer_label(pin->pool, pin->option.type, pin->option.offering, t->keys[i].key)))
            return false;
    return true;
}

static void keep_pinned(const struct hosting *h, const struct shop *s, const struct pin *pin,
                        uint64_t *words)
{
    for (size_t i = 0; i < s->offer_count; i++)
        if (bits_has((struct bits){words}, i) && !is_pinned(h, s, &s->offers[i], pin))
            words[i / 64] &= ~((uint64_t)1 << (i % 64));
}

static struct bits set_of(struct hosting *h, size_t cohort, uint32_t pin)
{
    struct bits set = {ARENA_ARRAY(h->m->arena, uint64_t, h->word_count)};
    size_t at = 0;

    for (size_t i = 0; i < h->shop_count; i++) {
        const struct shop *s = &h->m->shops[h->shops[i]];
        if (!s->catalog)
            continue;
        admitted(h, h->shops[i], cohort, set.words + at);
        if (pin != NO_PIN)
            keep_pinned(h, s, &h->pins[pin], set.words + at);
        at += s->word_count;
    }
    for (size_t i = 0; !h->now && i < h->m->world->claim_count; i++)
        if (claim_admits(&h->m->cohorts[cohort], NULL, &h->m->world->claims[i]))
            bits_set((struct bits){set.words + at}, i);
    return set;
}

static uint32_t class_of_set(struct hosting *h, struct bits set)
{
    uint32_t class = 0;

    for (; class < h->class_count; class ++)
        if (memcmp(h->classes[class].words, set.words, h->word_count * sizeof(*set.words)) == 0)
            return class;
    if (class < CLASSES_MOST) {
        h->classes[h->class_count++] = set;
        return class;
    }
    /* Too many to tell apart: the last class may go wherever one of its members may. */
    for (size_t i = 0; i < h->word_count; i++)
        h->classes[CLASSES_MOST - 1].words[i] |= set.words[i];
    return CLASSES_MOST - 1;
}

/* Most pods are of a cohort and a pin that were asked about before. */
uint32_t hosting_class(struct hosting *h, size_t cohort, uint32_t pin)
{
    size_t at = cohort * (h->pin_count + 1) + (pin == NO_PIN ? h->pin_count : pin);

    if (!h->class_of)
        h->class_of = ARENA_ARRAY(h->m->arena, uint32_t, h->m->cohort_count * (h->pin_count + 1));
    if (!h->class_of[at])
        h->class_of[at] = class_of_set(h, set_of(h, cohort, pin)) + 1;
    return h->class_of[at] - 1;
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

/* Of offers of a type that admit the same, only the cheapest matters; they stand together. */
static void add_offer(struct hosting *h, size_t shop, size_t offer, size_t at)
{
    const struct shop *s = &h->m->shops[shop];
    const struct offer *o = &s->offers[offer];
    struct host host = {
        .price = o->offering->price_microusd_per_hour, .shop = shop, .type = o->type};

    if (!classes_at(h, at, &host.rows))
        return;
    host.room = s->space[o->type];
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
