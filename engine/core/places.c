#include "engine/core/places.h"

/* Where pods of a shape could be, and what that costs. */

static bool same_place(const struct topology *t, const struct profile *p, uint32_t x, uint32_t y)
{
    for (size_t i = 0; i < p->stance_count; i++)
        if (topology_domain(t, p->stances[i].crowd, x) !=
            topology_domain(t, p->stances[i].crowd, y))
            return false;
    for (size_t i = 0; i < p->member_count; i++)
        if (topology_domain(t, p->members[i].crowd, x) !=
            topology_domain(t, p->members[i].crowd, y))
            return false;
    return true;
}

static bool is_stocked(struct market *m, size_t cohort, uint32_t cell)
{
    for (size_t i = 0; i < m->world->pool_count; i++) {
        if (!shop_sells(&m->shops[i]))
            continue;
        const struct admission *ad = shop_admission(m, i, cohort);
        const struct shop *s = &m->shops[i];
        for (size_t k = 0; k < s->stock_count; k++)
            for (size_t j = 0; s->stocks[k].cell == cell && j < ad->count; j++)
                for (size_t w = 0; w < s->word_count; w++)
                    if (s->stocks[k].offers.words[w] & ad->items[j].offers.words[w] &
                        s->now.words[w])
                        return true;
    }
    return false;
}

static bool has_rooms(const struct work *w, uint32_t cell)
{
    for (size_t i = 0; i < w->rooms->count; i++)
        if (w->rooms->items[i].cell == cell)
            return true;
    return false;
}

static void add_cell(struct work *w, struct places *all, uint32_t cell, bool stocked)
{
    const struct topology *t = &w->m->topology;
    size_t i = 0;

    while (i < all->count &&
           !same_place(t, &t->profiles[all->profile], all->items[i].cells[0], cell))
        i++;
    if (i == all->count)
        ARENA_PUSH(w->m->arena, all->items, all->count, all->capacity, (struct place){0});
    struct place *p = &all->items[i];
    ARENA_PUSH(w->m->arena, p->cells, p->cell_count, p->cell_capacity, cell);
    p->stocked |= stocked;
}

static struct places *find_places(struct work *w, size_t cohort, uint32_t profile)
{
    struct places *all = ARENA_NEW(w->m->arena, struct places);

    *all = (struct places){.cohort = cohort, .profile = profile};
    for (uint32_t i = 0; i < w->m->topology.cell_count; i++) {
        bool stocked = is_stocked(w->m, cohort, i);
        if (stocked || has_rooms(w, i))
            add_cell(w, all, i, stocked);
    }
    for (size_t i = 0; i < all->count; i++) {
        struct cohort confined = w->m->cohorts[cohort];
        confined.cells = all->items[i].cells;
        confined.cell_count = all->items[i].cell_count;
        all->items[i].cohort = market_cohort(w->m, confined);
    }
    return all;
}

const struct places *places_find(struct work *w, size_t cohort, uint32_t profile)
{
    struct known_places *k = &w->rooms->known;

    if (k->version != w->rooms->version) /* a room may be where nobody sells anything */
        *k = (struct known_places){.version = w->rooms->version};
    for (size_t i = 0; i < k->count; i++)
        if (k->items[i]->cohort == cohort && k->items[i]->profile == profile)
            return k->items[i];
    ARENA_PUSH(w->m->arena, k->items, k->count, k->capacity, find_places(w, cohort, profile));
    return k->items[k->count - 1];
}

static struct confinement *confinement_of(struct market *m, uint32_t shape, size_t cohort)
{
    struct market_index *x = &m->confinement_index;
    uint64_t hash = hash_mix(hash_mix(0, shape), cohort);

    hash ^= hash >> 29;
    market_index_make_room(m->arena, x);
    size_t at = hash & (x->size - 1);
    for (; x->places[at]; at = (at + 1) & (x->size - 1)) {
        struct confinement *c = &m->confinements[x->places[at] - 1];
        if (c->shape == shape && c->cohort == cohort)
            return c;
    }
    ARENA_PUSH(m->arena, m->confinements, m->confinement_count, m->confinement_capacity,
               (struct confinement){shape, NO_SHAPE, cohort, {{0}}});
    market_index_put(x, at, hash, m->confinement_count);
    return &m->confinements[m->confinement_count - 1];
}

static uint32_t confine(struct market *m, struct confinement *c)
{
    if (c->confined == NO_SHAPE) {
        struct shape s = m->shapes[c->shape];
        s.origin = c->shape;
        s.cohort = c->cohort;
        c->confined = market_shape(m, s);
    }
    return c->confined;
}

uint32_t place_confine(struct market *m, uint32_t shape, size_t cohort)
{
    return confine(m, confinement_of(m, shape, cohort));
}

/* The cheapest new node there for one of the shape, of the heaviest pools that sell one. */
static struct lowest find_lowest(struct market *m, uint32_t shape, const struct place *place)
{
    struct lowest best = {INT64_MIN, INT64_MAX, true};

    for (size_t i = 0; place->stocked && i < m->world->pool_count; i++) {
        const struct shop *s = &m->shops[i];
        size_t at = 0;
        if (!shop_sells(s) || s->pool->weight < best.weight)
            continue;
        int32_t context = shop_join(m, i, CONTEXT_ANY, place->cohort);
        int64_t price = context == CONTEXT_NONE
                            ? INT64_MAX
                            : shop_price(m, i, context, &m->shapes[shape].requests, &at);
        if (price == INT64_MAX || (s->pool->weight == best.weight && price >= best.price))
            continue;
        best.weight = s->pool->weight;
        best.price = price;
    }
    return best;
}

/* What a new node of the place costs, and no rooms yet. */
static struct offer_price price_in(struct market *m, struct confinement *c,
                                   const struct place *place)
{
    struct lowest *l = &c->lowest[m->heeds];

    if (!l->known)
        *l = find_lowest(m, c->shape, place);
    return (struct offer_price){l->weight, l->price, 0, UINT32_MAX, NO_SHAPE};
}

uint32_t place_cap(const struct caps *caps, uint32_t confined)
{
    for (size_t i = 0; i < caps->count; i++)
        if (caps->items[i].shape == confined)
            return caps->items[i].most;
    return UINT32_MAX;
}

static bool is_in(const struct room *r, const struct place *place)
{
    for (size_t k = 0; k < place->cell_count; k++)
        if (place->cells[k] == r->cell)
            return true;
    return false;
}

/* Each room as if no other shape came there: it is a guess, and what does not come true buys a node
 * in that place.  No more than the batch has pods can ever be taken of it, so that many are enough
 * to know of: a large fleet with room to spare is not looked through for the few pods alike of each
 * node that leaves. */
static int64_t rooms_for(struct work *w, const struct batch *b, uint32_t confined,
                         const struct place *place)
{
    const struct resources *requests = &w->m->shapes[confined].requests;
    int64_t sum = 0;

    for (size_t at = 0; sum < (int64_t)b->count; at++) {
        at = rooms_next(w->m, w->rooms, confined, at);
        if (at == SIZE_MAX)
            break;
        if (is_in(&w->rooms->items[at], place))
            sum += resources_times(requests, &w->rooms->items[at].rest);
    }
    return sum;
}

/* What those whose nodes await them have taken of a place already. */
static void less_expected(struct offer_price *p, const struct expected *e)
{
    p->room -= e->settled;
    p->cap -= p->cap == UINT32_MAX ? 0 : e->settled;
}

void batch_price(struct work *w, struct batch *b)
{
    if (b->prices)
        return;
    b->prices = ARENA_ARRAY(w->scratch, struct offer_price, b->places->count);
    for (size_t i = 0; i < b->places->count; i++) {
        const struct place *place = &b->places->items[i];
        struct offer_price *p = &b->prices[i];
        struct confinement *c = confinement_of(w->m, b->shape, place->cohort);
        *p = price_in(w->m, c, place);
        if (w->rooms->count || w->caps->count) {
            p->confined = confine(w->m, c);
            p->room = rooms_for(w, b, p->confined, place);
            p->cap = place_cap(w->caps, p->confined);
        }
        if (b->expected)
            less_expected(p, &b->expected[i]);
        b->open += p->price != INT64_MAX || p->room > 0;
    }
}

void batch_settle(struct work *w, const struct batch *b, size_t seeker, const struct place *place,
                  uint32_t confined)
{
    topology_count(w->m, w->m->shapes[b->shape].profile, place->cells[0], 1);
    w->seekers[seeker].nowhere = false;
    w->seekers[seeker].shape = confined;
}

/* The batches by shape.  It is as long as there are seekers and not shapes, of which a market has
 * thousands: each of a thousand nodes that leave has a few pods. */
struct batch_table {
    uint32_t *places; /* 1 + place among the batches; 0: free */
    size_t mask;
};

static struct batch_table table_for(struct work *w)
{
    size_t size = 16;

    while (size < 2 * w->seeker_count)
        size *= 2;
    return (struct batch_table){ARENA_ARRAY(w->scratch, uint32_t, size), size - 1};
}

static struct batch *batch_of(struct work *w, uint32_t shape, struct batch_table *t)
{
    size_t at = hash_mix(0, shape) >> 32 & t->mask;

    while (t->places[at] && w->batches[t->places[at] - 1].shape != shape)
        at = (at + 1) & t->mask;
    if (!t->places[at]) {
        const struct shape *s = &w->m->shapes[shape];
        struct batch b = {.shape = shape, .places = places_find(w, s->cohort, s->profile)};
        ARENA_PUSH(w->scratch, w->batches, w->batch_count, w->batch_capacity, b);
        t->places[at] = (uint32_t)w->batch_count;
    }
    return &w->batches[t->places[at] - 1];
}

void batches_make(struct work *w)
{
    struct batch_table table = table_for(w);

    for (size_t i = 0; i < w->seeker_count; i++) {
        uint32_t shape = w->seekers[i].shape;
        if (w->seekers[i].room || w->seekers[i].nowhere || !apportion_concerns(w->m, shape))
            continue;
        struct batch *b = batch_of(w, shape, &table);
        ARENA_PUSH(w->scratch, b->seekers, b->count, b->capacity, (uint32_t)i);
        b->begins |= w->seekers[i].begins;
        w->seekers[i].nowhere = true;
    }
}
