#include "engine/core/apportion.h"

#include "engine/base/rng.h"

enum { AGAIN = 3 }; /* times that those who had to give up their place seek another */

/* A choice for pods of one cohort and profile: cells that none of its crowds tells apart. */
struct place {
    uint32_t *cells; /* sorted */
    size_t cell_count, cell_capacity;
    size_t cohort; /* the pods' own, confined to these cells */
    bool stocked;  /* new nodes can be had there */
};

struct places {
    size_t cohort;
    uint32_t profile;
    struct place *items;
    size_t count, capacity;
};

/* One kind of pods to be placed. */
struct batch {
    uint32_t shape;
    const struct places *places;
    struct offer_price {
        int64_t weight, price; /* of the heaviest pool that sells there; price INT64_MAX: none */
        int64_t room;          /* how many more the rooms there take */
        uint32_t cap;          /* how many more may be there at all */
        uint32_t confined;     /* the shape that is there alone; NO_SHAPE: not known yet */
    } * prices;                /* by place */
    size_t open;               /* places that could take one, whatever others do */
    size_t *seekers, count, capacity;
    size_t next; /* the first of them without a place */
    bool begins; /* some of them have to be placed while there is none of their kind */
    uint64_t draw;
};

struct work {
    struct market *m;
    struct rooms *rooms;
    struct seeker *seekers;
    const struct way *way;
    const struct caps *caps;
    struct apportionment *out;
    struct batch *batches;
    size_t batch_count, batch_capacity;
    struct places *known;
    size_t known_count, known_capacity;
    int32_t **reach; /* by crowd and domain: pods that want to be near it and could be there */
    uint64_t state;
};

/* Equal ways draw equal numbers. */
static uint64_t draw(struct work *w)
{
    struct rng r = {w->state};
    uint64_t drawn = rng_next(&r);

    w->state = r.state;
    return drawn;
}

bool apportion_concerns(const struct market *m, uint32_t shape)
{
    const struct profile *p = &m->topology.profiles[m->shapes[shape].profile];

    return p->stance_count > 0 || p->member_count > 0;
}

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

static const struct places *find_places(struct work *w, size_t cohort, uint32_t profile)
{
    struct places all = {.cohort = cohort, .profile = profile};

    for (size_t i = 0; i < w->known_count; i++)
        if (w->known[i].cohort == cohort && w->known[i].profile == profile)
            return &w->known[i];
    for (uint32_t i = 0; i < w->m->topology.cell_count; i++) {
        bool stocked = is_stocked(w->m, cohort, i);
        if (stocked || has_rooms(w, i))
            add_cell(w, &all, i, stocked);
    }
    for (size_t i = 0; i < all.count; i++) {
        struct cohort confined = w->m->cohorts[cohort];
        confined.cells = all.items[i].cells;
        confined.cell_count = all.items[i].cell_count;
        all.items[i].cohort = market_cohort(w->m, confined);
    }
    if (w->known_count == w->known_capacity) { /* pointers to those before have to last */
        w->known = ARENA_ARRAY(w->m->arena, struct places, 64);
        w->known_count = 0;
        w->known_capacity = 64;
    }
    w->known[w->known_count] = all;
    return &w->known[w->known_count++];
}

/* The cheapest new node there for one of the shape, of the heaviest pools that sell one. */
static struct offer_price price_in(struct work *w, uint32_t shape, const struct place *place)
{
    struct offer_price best = {INT64_MIN, INT64_MAX, 0, UINT32_MAX, NO_SHAPE};

    for (size_t i = 0; place->stocked && i < w->m->world->pool_count; i++) {
        const struct shop *s = &w->m->shops[i];
        size_t at = 0;
        if (!shop_sells(s) || s->pool->weight < best.weight)
            continue;
        int32_t context = shop_join(w->m, i, CONTEXT_ANY, place->cohort);
        int64_t price = context == CONTEXT_NONE
                            ? INT64_MAX
                            : shop_price(w->m, i, context, &w->m->shapes[shape].requests, &at);
        if (price == INT64_MAX || (s->pool->weight == best.weight && price >= best.price))
            continue;
        best.weight = s->pool->weight;
        best.price = price;
    }
    return best;
}

static uint32_t confine(struct market *m, uint32_t shape, size_t cohort)
{
    struct shape s = m->shapes[shape];

    s.origin = shape;
    s.cohort = cohort;
    return market_shape(m, s);
}

static uint32_t cap_of(const struct caps *caps, uint32_t confined)
{
    for (size_t i = 0; i < caps->count; i++)
        if (caps->items[i].shape == confined)
            return caps->items[i].most;
    return UINT32_MAX;
}

/* Leaving nodes are counted too: it is a guess, and what does not come true buys a node there. */
static int64_t rooms_for(struct work *w, uint32_t confined, const struct place *place)
{
    int64_t sum = 0;

    for (size_t i = 0; i < w->rooms->count; i++) {
        struct room *r = &w->rooms->items[i];
        bool in = false;
        for (size_t k = 0; k < place->cell_count; k++)
            in |= place->cells[k] == r->cell;
        if (in && !r->leaving && room_takes(w->m, r, confined))
            sum += resources_times(&w->m->shapes[confined].requests, &r->rest);
    }
    return sum;
}

static void price_places(struct work *w, struct batch *b)
{
    b->prices = ARENA_ARRAY(w->m->arena, struct offer_price, b->places->count);
    for (size_t i = 0; i < b->places->count; i++) {
        const struct place *place = &b->places->items[i];
        struct offer_price *p = &b->prices[i];
        *p = price_in(w, b->shape, place);
        if (w->rooms->count || w->caps->count) {
            p->confined = confine(w->m, b->shape, place->cohort);
            p->room = rooms_for(w, p->confined, place);
            p->cap = cap_of(w->caps, p->confined);
        }
        b->open += p->price != INT64_MAX || p->room > 0;
    }
}

static struct batch *batch_of(struct work *w, uint32_t shape, uint32_t *table)
{
    if (!table[shape]) {
        const struct shape *s = &w->m->shapes[shape];
        struct batch b = {.shape = shape, .places = find_places(w, s->cohort, s->profile)};
        price_places(w, &b);
        ARENA_PUSH(w->m->arena, w->batches, w->batch_count, w->batch_capacity, b);
        table[shape] = (uint32_t)w->batch_count;
    }
    return &w->batches[table[shape] - 1];
}

static void make_batches(struct work *w, size_t count)
{
    uint32_t *table = ARENA_ARRAY(w->m->arena, uint32_t, w->m->shape_count);

    for (size_t i = 0; i < count; i++) {
        uint32_t shape = w->seekers[i].shape;
        if (w->seekers[i].room || w->seekers[i].nowhere || !apportion_concerns(w->m, shape))
            continue;
        struct batch *b = batch_of(w, shape, table);
        ARENA_PUSH(w->m->arena, b->seekers, b->count, b->capacity, i);
        b->begins |= w->seekers[i].begins;
        w->seekers[i].nowhere = true;
    }
}

/* Who has least choice comes first, then who matters most, then the largest. */
static int by_choice(const void *x, const void *y)
{
    const struct batch *a = x, *b = y;

    if (a->begins != b->begins)
        return a->begins ? -1 : 1;
    if (a->open != b->open)
        return a->open < b->open ? -1 : 1;
    if (a->draw != b->draw)
        return a->draw < b->draw ? -1 : 1;
    return (a->shape > b->shape) - (a->shape < b->shape);
}

/* Where the pods that want to be near a crowd could be. */
static void find_reach(struct work *w)
{
    const struct topology *t = &w->m->topology;

    w->reach = ARENA_ARRAY(w->m->arena, int32_t *, t->crowd_count);
    for (size_t i = 0; i < w->batch_count; i++) {
        const struct batch *b = &w->batches[i];
        const struct profile *p = &t->profiles[w->m->shapes[b->shape].profile];
        for (size_t k = 0; k < p->stance_count; k++) {
            uint32_t crowd = p->stances[k].crowd;
            if (p->stances[k].kind != TOPOLOGY_AFFINITY)
                continue;
            if (!w->reach[crowd])
                w->reach[crowd] =
                    ARENA_ARRAY(w->m->arena, int32_t, t->keys[t->crowds[crowd].key].count);
            for (size_t j = 0; j < b->places->count; j++) {
                uint32_t d = topology_domain(t, crowd, b->places->items[j].cells[0]);
                if (d != NO_DOMAIN && (b->prices[j].price != INT64_MAX || b->prices[j].room))
                    w->reach[crowd][d] += (int32_t)b->count;
            }
        }
    }
}

static int32_t adds(const struct profile *p, uint32_t crowd)
{
    for (size_t i = 0; i < p->member_count; i++)
        if (p->members[i].crowd == crowd)
            return p->members[i].count;
    return 0;
}

/* The least count among the domains that the crowd's spread looks at, and how many there are. */
static int64_t least(const struct topology *t, uint32_t crowd, int64_t *domains)
{
    const struct key_domains *k = &t->keys[t->crowds[crowd].key];
    int64_t low = INT64_MAX;

    *domains = 0;
    for (size_t d = 0; d < k->count; d++) {
        if (!t->opens[crowd][d])
            continue;
        ++*domains;
        if (t->counts[crowd][d] < low)
            low = t->counts[crowd][d];
    }
    return *domains ? low : 0;
}

static int64_t floor_of(const struct topology *t, const struct stance *s)
{
    int64_t domains, low = least(t, s->crowd, &domains);

    return domains < s->min_domains ? 0 : low;
}

static bool is_empty(const struct topology *t, uint32_t crowd)
{
    for (size_t d = 0; d < t->keys[t->crowds[crowd].key].count; d++)
        if (t->counts[crowd][d])
            return false;
    return true;
}

/* Would it hold for one more of the profile there? */
static bool holds(const struct topology *t, const struct profile *p, const struct stance *s,
                  uint32_t cell)
{
    uint32_t d = topology_domain(t, s->crowd, cell);
    int32_t own = adds(p, s->crowd);

    switch (s->kind) {
    case TOPOLOGY_SPREAD:
        return d != NO_DOMAIN && t->counts[s->crowd][d] + own - floor_of(t, s) <= s->max_skew;
    case TOPOLOGY_AFFINITY:
        return d != NO_DOMAIN &&
               (t->counts[s->crowd][d] > 0 || (own && !s->outside && is_empty(t, s->crowd)));
    case TOPOLOGY_ANTI_AFFINITY:
        return d == NO_DOMAIN || t->counts[s->crowd][d] == 0;
    }
    return true;
}

/* What speaks for a place, weightiest first. */
struct score {
    int64_t disturbs; /* spreads of others that it would break */
    int64_t lost;     /* preferences, the weightier ones counting for more than all lighter ones */
    int64_t reach;    /* pods that could then not follow, negative */
    int64_t weight;   /* of the pool, negative */
    int64_t price;
    int64_t load;
    uint64_t draw;
};

static int compare(const struct score *x, const struct score *y)
{
    const int64_t a[] = {x->disturbs, x->lost, x->reach, x->weight, x->price, x->load},
                  b[] = {y->disturbs, y->lost, y->reach, y->weight, y->price, y->load};

    for (size_t i = 0; i < sizeof(a) / sizeof(*a); i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return (x->draw > y->draw) - (x->draw < y->draw);
}

/* Preferences in the order in which they are kept: spreads, then anti-affinity, then affinity,
 * heavier ones first. */
int64_t apportion_worth(const struct stance *s)
{
    static const int64_t of_kind[] = {[TOPOLOGY_SPREAD] = 2 * INT64_C(1000000000),
                                      [TOPOLOGY_ANTI_AFFINITY] = 1000000,
                                      [TOPOLOGY_AFFINITY] = 1000};

    return of_kind[s->kind] * (s->kind == TOPOLOGY_SPREAD ? 1 : s->weight);
}

/* False: what it must have does not hold there. */
static bool judge(struct work *w, const struct batch *b, size_t place, struct score *out)
{
    const struct topology *t = &w->m->topology;
    const struct profile *p = &t->profiles[w->m->shapes[b->shape].profile];
    const struct offer_price *price = &b->prices[place];
    uint32_t cell = b->places->items[place].cells[0];

    *out = (struct score){0};
    if (!price->cap || (price->price == INT64_MAX && price->room <= 0))
        return false;
    for (size_t i = 0; i < p->stance_count; i++) {
        const struct stance *s = &p->stances[i];
        if (holds(t, p, s, cell))
            continue;
        if (s->required)
            return false;
        out->lost += apportion_worth(s);
    }
    for (size_t i = 0; i < p->member_count; i++) {
        uint32_t crowd = p->members[i].crowd, d = topology_domain(t, crowd, cell);
        int64_t domains;
        if (d == NO_DOMAIN)
            continue;
        if (t->crowds[crowd].skew != INT64_MAX) {
            out->disturbs += t->counts[crowd][d] + p->members[i].count - least(t, crowd, &domains) >
                             t->crowds[crowd].skew;
            out->load += t->counts[crowd][d];
        }
        if (w->reach[crowd] && is_empty(t, crowd))
            out->reach -= w->reach[crowd][d];
    }
    out->weight = price->room > 0 ? INT64_MIN : -price->weight;
    out->price = price->room > 0 ? 0 : price->price;
    if (w->way->together)
        out->load = -out->load;
    if (w->way->seed) {
        /* What is dearer for one pod may have room for the next. */
        out->draw = draw(w);
        out->price = out->price / 128 * (int64_t)(64 + out->draw % 128);
    }
    return true;
}

static bool settle(struct work *w, struct batch *b)
{
    struct score best = {0};
    size_t at = SIZE_MAX;

    for (size_t i = 0; i < b->places->count; i++) {
        struct score s;
        if (judge(w, b, i, &s) && (at == SIZE_MAX || compare(&s, &best) < 0)) {
            best = s;
            at = i;
        }
    }
    if (at == SIZE_MAX)
        return false;
    size_t seeker = b->seekers[b->next++];
    const struct place *place = &b->places->items[at];
    topology_count(w->m, w->m->shapes[b->shape].profile, place->cells[0], 1);
    w->seekers[seeker].nowhere = false;
    if (b->prices[at].confined == NO_SHAPE)
        b->prices[at].confined = confine(w->m, b->shape, place->cohort);
    w->seekers[seeker].shape = b->prices[at].confined;
    b->prices[at].room--;
    b->prices[at].cap -= b->prices[at].cap != UINT32_MAX;
    return true;
}

/* One after the other until nobody finds a place any more: who waits for company, or for others to
 * fill up the least domain, comes again. */
static void settle_all(struct work *w)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < w->batch_count; i++)
            while (w->batches[i].next < w->batches[i].count && settle(w, &w->batches[i]))
                moved = true;
    }
}

static uint32_t cell_of(const struct market *m, uint32_t shape)
{
    return m->cohorts[m->shapes[shape].cohort].cells[0];
}

/* Does it hold at the end, its own pod counted in that cell? */
static bool holds_at_last(const struct topology *t, const struct profile *p, const struct stance *s,
                          uint32_t cell)
{
    uint32_t d = topology_domain(t, s->crowd, cell);
    int32_t own = adds(p, s->crowd);
    int32_t there = d == NO_DOMAIN ? 0 : t->counts[s->crowd][d];

    switch (s->kind) {
    case TOPOLOGY_SPREAD:
        return d != NO_DOMAIN && there - floor_of(t, s) <= s->max_skew;
    case TOPOLOGY_AFFINITY:
        return there > 0;
    case TOPOLOGY_ANTI_AFFINITY:
        return there <= own;
    }
    return true;
}

/* Anti-affinity did when it was placed, and those who came later have heeded it. */
bool apportion_holds(const struct market *m, uint32_t shape)
{
    const struct topology *t = &m->topology;
    const struct profile *p = &t->profiles[m->shapes[shape].profile];

    for (size_t i = 0; i < p->stance_count; i++)
        if (p->stances[i].kind != TOPOLOGY_ANTI_AFFINITY && p->stances[i].required &&
            !holds_at_last(t, p, &p->stances[i], cell_of(m, shape)))
            return false;
    return true;
}

void apportion_count(struct market *m, uint32_t shape, int32_t times)
{
    topology_count(m, m->shapes[shape].profile, cell_of(m, shape), times);
}

static void note_dropped(struct work *w, size_t count)
{
    const struct topology *t = &w->m->topology;

    for (size_t i = 0; i < count; i++) {
        const struct seeker *s = &w->seekers[i];
        const struct profile *p = &t->profiles[w->m->shapes[s->shape].profile];
        for (size_t k = 0; s->shape != s->own && k < p->stance_count; k++)
            if (!p->stances[k].required &&
                !holds_at_last(t, p, &p->stances[k], cell_of(w->m, s->shape)))
                ARENA_PUSH(w->m->arena, w->out->dropped, w->out->dropped_count,
                           w->out->dropped_capacity, (struct dropped){s->pod, &p->stances[k]});
    }
}

static void come_again(struct work *w, size_t seeker)
{
    for (size_t i = 0; i < w->batch_count; i++)
        if (w->batches[i].shape == w->seekers[seeker].own)
            w->batches[i].seekers[--w->batches[i].next] = seeker;
}

/* Who has lost what it must have since it was placed goes without a place, the last ones first.
 * False: nobody. */
static bool withdraw(struct work *w, size_t count)
{
    bool any = false;

    for (bool again = true; again;) {
        again = false;
        for (size_t i = count; i-- > 0;) {
            struct seeker *s = &w->seekers[i];
            if (s->nowhere || s->room || s->shape == s->own || apportion_holds(w->m, s->shape))
                continue;
            apportion_count(w->m, s->shape, -1);
            s->shape = s->own;
            s->nowhere = again = any = true;
            come_again(w, i);
        }
    }
    return any;
}

void apportion(struct market *m, struct rooms *rooms, struct seeker *seekers, size_t count,
               const struct way *way, const struct caps *caps, struct apportionment *out)
{
    struct work w = {.m = m,
                     .rooms = rooms,
                     .seekers = seekers,
                     .way = way,
                     .caps = caps,
                     .out = out,
                     .state = way->seed};

    *out = (struct apportionment){0};
    for (size_t i = 0; i < count; i++)
        seekers[i].own = seekers[i].shape;
    make_batches(&w, count);
    find_reach(&w);
    for (size_t i = 0; i < w.batch_count && way->seed; i++) {
        w.batches[i].draw = draw(&w);
        w.batches[i].open *= way->seed % 2; /* half of the ways are in no order at all */
    }
    if (w.batch_count)
        qsort(w.batches, w.batch_count, sizeof(*w.batches), by_choice);
    settle_all(&w);
    for (int i = 0; withdraw(&w, count) && i < AGAIN; i++)
        settle_all(&w);
    note_dropped(&w, count);
    for (size_t i = 0; i < count; i++)
        out->nowhere += seekers[i].nowhere;
}

void apportion_undo(struct market *m, struct seeker *s)
{
    if (s->shape == s->own)
        return;
    apportion_count(m, s->shape, -1);
    s->shape = s->own;
}

struct str stance_text(const struct market *m, const struct stance *s)
{
    static const char *const kinds[] = {[TOPOLOGY_SPREAD] = "spread over",
                                        [TOPOLOGY_AFFINITY] = "affinity by",
                                        [TOPOLOGY_ANTI_AFFINITY] = "anti-affinity by"};

    return arena_printf(m->arena, "%s%s " STR_FMT, s->required ? "" : "preferred ",
                        s->inverse ? "other pods' anti-affinity by" : kinds[s->kind],
                        STR_ARG(m->topology.keys[m->topology.crowds[s->crowd].key].key));
}

struct str apportion_why(struct market *m, struct rooms *rooms, uint32_t shape)
{
    const struct way plain = {0};
    const struct caps none = {0};
    struct work w = {.m = m, .rooms = rooms, .way = &plain, .caps = &none};
    const struct profile *p = &m->topology.profiles[m->shapes[shape].profile];
    const struct places *places =
        find_places(&w, m->shapes[shape].cohort, m->shapes[shape].profile);

    for (size_t i = 0; i < p->stance_count; i++) {
        size_t good = 0;
        for (size_t k = 0; k < places->count; k++)
            good += holds(&m->topology, p, &p->stances[i], places->items[k].cells[0]);
        if (p->stances[i].required && !good)
            return arena_printf(m->arena, "its " STR_FMT " leaves it no place",
                                STR_ARG(stance_text(m, &p->stances[i])));
    }
    return places->count ? STR("its spread and affinity leave it no place together")
                         : STR("its node selector leaves no place that its spread or affinity "
                               "could count");
}
