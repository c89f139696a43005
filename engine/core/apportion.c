#include "engine/core/places.h"

#include "engine/base/rng.h"

enum { AGAIN = 3 }; /* times that those who had to give up their place seek another */

/* Equal ways draw equal numbers. */
static uint64_t draw(struct work *w)
{
    struct rng r = {w->state};
    uint64_t drawn = rng_next(&r);

    w->state = r.state;
    return drawn;
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

    w->reach = ARENA_ARRAY(w->scratch, int32_t *, t->crowd_count);
    for (size_t i = 0; i < w->batch_count; i++) {
        const struct batch *b = &w->batches[i];
        const struct profile *p = &t->profiles[w->m->shapes[b->shape].profile];
        for (size_t k = 0; b->prices && k < p->stance_count; k++) {
            uint32_t crowd = p->stances[k].crowd;
            if (p->stances[k].kind != TOPOLOGY_AFFINITY)
                continue;
            if (!w->reach[crowd])
                w->reach[crowd] =
                    ARENA_ARRAY(w->scratch, int32_t, t->keys[t->crowds[crowd].key].count);
            for (size_t j = 0; j < b->places->count; j++) {
                uint32_t d = topology_domain(t, crowd, b->places->items[j].cells[0]);
                if (d != NO_DOMAIN && (b->prices[j].price != INT64_MAX || b->prices[j].room))
                    w->reach[crowd][d] += (int32_t)b->count;
            }
        }
    }
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
        if (stance_holds(t, p, s, cell))
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
            out->disturbs +=
                t->counts[crowd][d] + p->members[i].count - crowd_least(t, crowd, &domains) >
                t->crowds[crowd].skew;
            out->load += t->counts[crowd][d];
        }
        if (w->reach[crowd] && crowd_is_empty(t, crowd))
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
    const struct place *place = &b->places->items[at];
    if (b->prices[at].confined == NO_SHAPE)
        b->prices[at].confined = place_confine(w->m, b->shape, place->cohort);
    batch_settle(w, b, b->seekers[b->next++], place, b->prices[at].confined);
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

static void note_dropped(struct work *w, size_t count)
{
    const struct topology *t = &w->m->topology;

    for (size_t i = 0; i < count; i++) {
        const struct seeker *s = &w->seekers[i];
        const struct profile *p = &t->profiles[w->m->shapes[s->shape].profile];
        for (size_t k = 0; s->shape != s->own && k < p->stance_count; k++)
            if (!p->stances[k].required &&
                !stance_holds_at_last(t, p, &p->stances[k], place_cell(w->m, s->shape)))
                ARENA_PUSH(w->m->arena, w->out->dropped, w->out->dropped_count,
                           w->out->dropped_capacity, (struct dropped){s->pod, &p->stances[k]});
    }
}

/* The place that it had is another's to take, and it seeks one as those do who never had any. */
static void come_again(struct work *w, size_t seeker)
{
    struct seeker *s = &w->seekers[seeker];
    size_t i = 0;

    while (w->batches[i].shape != s->own)
        i++;
    struct batch *b = &w->batches[i];
    batch_price(w, b);
    for (size_t k = 0; k < b->places->count; k++)
        if (b->prices[k].confined == s->shape) {
            b->prices[k].room++;
            b->prices[k].cap += b->prices[k].cap != UINT32_MAX;
        }
    b->seekers[--b->next] = (uint32_t)seeker;
    apportion_count(w->m, s->shape, -1);
    s->shape = s->own;
    s->nowhere = true;
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
            come_again(w, i);
            again = any = true;
        }
    }
    return any;
}

void apportion(struct market *m, struct rooms *rooms, struct seeker *seekers, size_t count,
               const struct way *way, const struct caps *caps, struct apportionment *out)
{
    ARENA_AUTO scratch = {0};
    struct work w = {.m = m,
                     .scratch = &scratch,
                     .rooms = rooms,
                     .seekers = seekers,
                     .seeker_count = count,
                     .way = way,
                     .caps = caps,
                     .out = out,
                     .state = way->seed};

    *out = (struct apportionment){0};
    for (size_t i = 0; i < count; i++)
        seekers[i].own = seekers[i].shape;
    batches_make(&w);
    batches_settle_expected(&w);
    for (size_t i = 0; i < w.batch_count; i++)
        if (w.batches[i].next < w.batches[i].count)
            batch_price(&w, &w.batches[i]);
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

/* A key that nothing has and a selector that means nobody are slips of the pen more often than not.
 */
static const char *why_unheld(const struct topology *t, const struct stance *s)
{
    if (!t->keys[t->crowds[s->crowd].key].count)
        return ": no node has that label";
    if (s->kind != TOPOLOGY_AFFINITY || !crowd_is_empty(t, s->crowd))
        return "";
    for (size_t i = 0; i < t->profile_count; i++)
        if (profile_adds(&t->profiles[i], s->crowd))
            return ": none of the pods that it wants near has a place";
    return ": its selector means no pod at all";
}

struct str apportion_why(struct market *m, struct rooms *rooms, uint32_t shape)
{
    const struct way plain = {0};
    const struct caps none = {0};
    struct work w = {.m = m, .rooms = rooms, .way = &plain, .caps = &none};
    const struct profile *p = &m->topology.profiles[m->shapes[shape].profile];
    const struct places *places =
        places_find(&w, m->shapes[shape].cohort, m->shapes[shape].profile);

    for (size_t i = 0; i < p->stance_count; i++) {
        size_t good = 0;
        for (size_t k = 0; k < places->count; k++)
            good += stance_holds(&m->topology, p, &p->stances[i], places->items[k].cells[0]);
        if (p->stances[i].required && !good)
            return arena_printf(m->arena, "its " STR_FMT " leaves it no place%s",
                                STR_ARG(stance_text(m, &p->stances[i])),
                                why_unheld(&m->topology, &p->stances[i]));
    }
    return places->count ? STR("its spread and affinity leave it no place together")
                         : STR("its node selector leaves no place that its spread or affinity "
                               "could count");
}
