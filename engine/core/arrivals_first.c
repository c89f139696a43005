#include "engine/core/arrivals.h"

/* First fit, most CPU first: each pod goes to the first node that takes it, rooms before nodes to
 * be, else to the cheapest offer that does, which then stays.  It is what everybody else does, so
 * no fleet of ours may cost more. */

enum { WORK = 400 * 1000 };

static int64_t cpu_of(const struct arrivals *w, const struct arrival *a)
{
    return w->m->shapes[w->kinds[a->kind].shape].requests.amount[RESOURCE_CPU];
}

/* As the seekers come, where they ask for as much. */
static struct arrival **in_order(const struct arrivals *w)
{
    struct arrival **order = ARENA_ARRAY(w->job.arena, struct arrival *, w->count);

    for (size_t i = 0; i < w->count; i++) {
        struct arrival *a = &w->items[i];
        int64_t cpu = cpu_of(w, a);
        size_t at = i;
        for (; at; at--) {
            int64_t other = cpu_of(w, order[at - 1]);
            if (other > cpu || (other == cpu && order[at - 1]->seeker < a->seeker))
                break;
            order[at] = order[at - 1];
        }
        order[at] = a;
    }
    return order;
}

static bool come_to(struct arrivals *w, struct arrival *a, uint32_t stop)
{
    int32_t context;

    for (size_t i = 0; i < arrival_places(w, a); i++) {
        uint32_t place = arrival_place(w, a, i);
        if (!stop_bears(w, &w->stops[stop], a, place, &context) ||
            !stop_welcomes(w, &w->stops[stop], a, place))
            continue;
        arrival_come(w, a, stop, place, context);
        return true;
    }
    return false;
}

struct opening_of {
    int64_t price;
    struct stop stop;
    uint32_t place;
    int32_t context;
};

static void consider(struct arrivals *w, const struct arrival *a, size_t shop, size_t offer,
                     struct opening_of *best)
{
    const struct shop *s = &w->m->shops[shop];
    const struct offer *o = &s->offers[offer];
    struct stop at = stop_new(shop, offer);
    int32_t context;

    if (o->offering->price_microusd_per_hour >= best->price)
        return;
    at.rest = s->space[o->type];
    at.bin.type = o->type;
    at.bin.cost = o->offering->price_microusd_per_hour;
    for (size_t i = 0; i < arrival_places(w, a); i++) {
        uint32_t place = arrival_place(w, a, i);
        if (!stop_bears(w, &at, a, place, &context) || !stop_welcomes(w, &at, a, place))
            continue;
        *best = (struct opening_of){at.bin.cost, at, place, context};
        return;
    }
}

/* False: nothing takes it yet. */
static bool open(struct arrivals *w, struct arrival *a)
{
    struct opening_of best = {.price = INT64_MAX};

    for (size_t i = 0; i < w->shop_count; i++) {
        const struct shop *s = &w->m->shops[w->shops[i]];
        for (size_t k = 0; k < s->offer_count; k++)
            if (bits_has(s->now, k))
                consider(w, a, w->shops[i], k, &best);
    }
    if (best.price == INT64_MAX)
        return false;
    w->stops[w->stop_count++] = best.stop;
    w->cost += best.price;
    arrival_come(w, a, (uint32_t)w->stop_count - 1, best.place, best.context);
    return true;
}

static bool place_first(struct arrivals *w, struct arrival *a)
{
    for (uint32_t i = 0; i < w->stop_count; i++)
        if (come_to(w, a, i))
            return true;
    return open(w, a);
}

/* Who joins others may have to come after them, so those that are left are tried again. */
static void place_all(struct arrivals *w, struct arrival **order)
{
    for (bool moved = true; moved && w->work > 0;) {
        moved = false;
        for (size_t i = 0; i < w->count; i++)
            if (order[i]->stop == NO_STOP && !order[i]->seeker->nowhere)
                moved |= place_first(w, order[i]);
    }
}

/* Once all have come each node is whatever holds them for least. */
static size_t settle(struct arrivals *w)
{
    size_t unserved = 0;

    w->cost = 0;
    for (size_t i = w->room_count; i < w->stop_count; i++) {
        w->stops[i].bin.at = 0;
        bin_reprice(&w->job, &w->stops[i].bin);
        w->cost += w->stops[i].bin.cost;
    }
    for (size_t i = 0; i < w->count; i++)
        unserved += w->items[i].stop == NO_STOP;
    return unserved;
}

static void leave_again(struct arrivals *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->items[i].stop != NO_STOP) {
            arrival_uncount(w, &w->items[i]);
            w->items[i].stop = NO_STOP;
        }
    for (size_t i = 0; i < w->room_count; i++)
        w->stops[i].rest = w->stops[i].room->rest;
    w->stop_count = w->room_count;
    w->cost = 0;
}

void arrivals_first_fit(struct arrivals *w)
{
    w->work = WORK;
    place_all(w, in_order(w));
    size_t unserved = settle(w);
    /* A spread that held at each step and does not at the end is no answer. */
    if (w->work > 0 && arrivals_are_better(w, unserved) && arrivals_hold_at_last(w) &&
        arrivals_within_limits(w))
        arrivals_remember(w, unserved);
    leave_again(w);
}
