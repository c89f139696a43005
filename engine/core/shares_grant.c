#include <stdlib.h>

#include "engine/core/options.h"
#include "engine/core/shares.h"

/* What of a pool's shares each of the nodes that are planned together gets: first the offer that it
 * is, then what else its launch may turn out to be. */

struct seat {
    struct bin *bin;
    size_t at;      /* among the bins */
    size_t choices; /* offers that hold it */
    uint32_t offer; /* the one that it has got */
    struct bits granted;
};

static bool holds(const struct shares *s, const struct bin *b, uint32_t offer)
{
    return fits(&b->sum, &s->shop->space[s->shop->offers[offer].type], s->m->resource_count);
}

static size_t count_choices(struct market *m, const struct shares *s, const struct bin *b)
{
    const struct context *c = options_ranked(m, b->shop, b->context);
    size_t n = 0;

    for (size_t i = 0; i < c->ranked_count; i++)
        n += holds(s, b, c->ranked[i]);
    return n;
}

/* Who has little choice chooses first. */
static int by_choices(const void *x, const void *y)
{
    const struct seat *a = x, *b = y;

    if (a->choices != b->choices)
        return a->choices < b->choices ? -1 : 1;
    return a->at < b->at ? -1 : 1;
}

static struct seat *find_seats(struct arena *a, struct market *m, const struct shares *s,
                               struct bin *const *bins, size_t count)
{
    struct seat *seats = ARENA_ARRAY(a, struct seat, count);

    for (size_t i = 0; i < count; i++)
        seats[i] = (struct seat){.bin = bins[i], .at = i, .choices = count_choices(m, s, bins[i])};
    if (count)
        qsort(seats, count, sizeof(*seats), by_choices);
    return seats;
}

/* The cheapest offer of which fewer than `most` nodes are. */
static bool take_seat(struct shares *s, struct seat *seat, int64_t most, struct allowance *left)
{
    struct bin *b = seat->bin;
    const struct context *c = &s->shop->contexts[b->context];
    struct allowance without = *left;

    allowance_give(&without, &s->shop->types[b->type]->capacity, b->cost);
    for (size_t i = 0; i < c->ranked_count; i++) {
        const struct offer *o = &s->shop->offers[c->ranked[i]];
        int64_t price = o->offering->price_microusd_per_hour;
        if (s->counts[s->pair[c->ranked[i]]] >= most || !holds(s, b, c->ranked[i]) ||
            !allowance_admits(&without, s->shop->types[o->type], price))
            continue;
        allowance_take(&without, &s->shop->types[o->type]->capacity, price);
        *left = without;
        b->type = o->type;
        b->cost = price;
        b->at = 0; /* of best types, from which it may not be */
        seat->offer = c->ranked[i];
        s->counts[s->pair[seat->offer]]++;
        return true;
    }
    return false;
}

static bool seat_all(struct shares *s, struct seat *seats, size_t count, struct allowance *left,
                     bool *lost)
{
    const struct pool *pool = s->shop->pool;
    bool all = true;

    for (size_t i = 0; i < count; i++) {
        bool got = take_seat(s, &seats[i], shares_most(pool, s->nodes), left) ||
                   take_seat(s, &seats[i], shares_most_at_worst(pool, s->nodes), left);
        lost[seats[i].at] = !got;
        all &= got;
    }
    return all;
}

/* Would the launch make an option of it? */
static bool may_be(const struct shares *s, const struct seat *seat, uint32_t offer)
{
    const struct offering *own = s->shop->offers[seat->offer].offering,
                          *other = s->shop->offers[offer].offering;

    return own->capacity_type == other->capacity_type &&
           other->price_microusd_per_hour >= own->price_microusd_per_hour &&
           (s->shop->has_min_values || options_within_premium(s->shop->pool, other, own)) &&
           bits_has(s->shop->contexts[seat->bin->context].offers, offer) &&
           holds(s, seat->bin, offer);
}

/* What is left of each pair is dealt out in turn, so that none has much choice and another none. */
static void deal(struct shares *s, struct seat *seats, size_t count)
{
    int64_t most = shares_most(s->shop->pool, s->nodes);
    size_t turn = 0;

    for (uint32_t offer = 0; offer < s->shop->offer_count; offer++) {
        int64_t *taken = &s->counts[s->pair[offer]];
        for (size_t n = 0, from = turn; n < count && *taken < most; n++) {
            size_t at = (from + n) % count;
            if (bits_has(seats[at].granted, offer) || !may_be(s, &seats[at], offer))
                continue;
            bits_set(seats[at].granted, offer);
            turn = (at + 1) % count;
            ++*taken;
        }
    }
}

static void note_granted(struct market *m, const struct seat *seats, size_t count,
                         struct allowance *left)
{
    for (size_t i = 0; i < count; i++) {
        struct planned_share *note = ARENA_NEW(m->arena, struct planned_share);
        *note = (struct planned_share){left->planned, seats[i].granted};
        left->planned = note;
        seats[i].bin->granted = seats[i].granted;
    }
}

bool shares_grant(struct market *m, size_t shop, struct bin *const *bins, size_t count,
                  struct allowance *left, bool *lost)
{
    ARENA_AUTO scratch = {0};
    struct shares now = shares_now(&scratch, m, shop, left);
    struct seat *seats = find_seats(&scratch, m, &now, bins, count);

    now.nodes += (int64_t)count;
    if (!seat_all(&now, seats, count, left, lost))
        return false;
    for (size_t i = 0; i < count; i++) {
        seats[i].granted = bits_new(m->arena, now.shop);
        bits_set(seats[i].granted, seats[i].offer);
    }
    deal(&now, seats, count);
    note_granted(m, seats, count, left);
    return true;
}
