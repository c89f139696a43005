#include "engine/core/arrivals.h"

/* All ways to share a handful of pods among rooms and new nodes.
 *
 * Where each pod goes is chosen in one fixed order, kept to by what never changes: room, labels,
 * company, anti-affinity.  Only of what would be the best is it asked whether its spreads and
 * affinity hold at the end, and whether there is an order in which the pods could have come. */

enum { WORK = 200 * 1000 };

struct all {
    struct arrivals *w;
    size_t left;                  /* pods that go without */
    bool seen[1 << ARRIVALS_FEW]; /* lots of pods from which the others cannot come */
};

static bool may_come(struct all *s, unsigned here, size_t i)
{
    const struct arrival *a = &s->w->items[i];

    return !(here >> i & 1) && stop_welcomes(s->w, &s->w->stops[a->stop], a, a->place);
}

static bool some_order(struct all *s, unsigned here, unsigned all)
{
    bool found = here == all;

    if (s->seen[here])
        return false;
    for (size_t i = 0; !found && i < s->w->count; i++) {
        if (!(all >> i & 1) || !may_come(s, here, i))
            continue;
        arrival_count(s->w, &s->w->items[i]);
        found = some_order(s, here | 1u << i, all);
        arrival_uncount(s->w, &s->w->items[i]);
    }
    s->seen[here] = !found;
    s->w->work--;
    return found;
}

/* As they are: everybody goes, and comes again one after the other. */
static bool could_have_come(struct all *s)
{
    struct arrivals *w = s->w;
    unsigned all = 0;

    for (size_t i = 0; i < w->count; i++)
        if (w->items[i].stop != NO_STOP) {
            all |= 1u << i;
            arrival_uncount(w, &w->items[i]);
        }
    memset(s->seen, 0, sizeof(s->seen));
    bool found = some_order(s, 0, all);
    for (size_t i = 0; i < w->count; i++)
        if (all >> i & 1)
            arrival_count(w, &w->items[i]);
    return found;
}

static void descend(struct all *s, size_t depth);

static void try_at(struct all *s, size_t depth, uint32_t stop, uint32_t place)
{
    struct arrival *a = &s->w->items[depth];
    struct stop before = s->w->stops[stop];
    int32_t context;

    if (!stop_bears(s->w, &before, a, place, &context))
        return;
    arrival_come(s->w, a, stop, place, context);
    descend(s, depth + 1);
    arrival_go(s->w, a, &before);
}

static void try_stop(struct all *s, size_t depth, uint32_t stop)
{
    const struct arrival *a = &s->w->items[depth];

    for (size_t i = 0; i < arrival_places(s->w, a) && s->w->work > 0; i++)
        try_at(s, depth, stop, arrival_place(s->w, a, i));
}

static void try_new(struct all *s, size_t depth)
{
    struct arrivals *w = s->w;
    uint32_t at = (uint32_t)w->stop_count;

    w->stop_count++;
    for (size_t i = 0; i < w->shop_count; i++) {
        struct companies company = w->stops[at].company; /* its memory is used again */
        w->stops[at] = stop_new(w->shops[i], SIZE_MAX);
        company.count = 0;
        w->stops[at].company = company;
        try_stop(s, depth, at);
    }
    w->stop_count--;
}

/* Of two pods alike the second goes no further left: the rest is the same by another name. */
static void descend(struct all *s, size_t depth)
{
    struct arrivals *w = s->w;

    if (w->work <= 0 || !arrivals_are_better(w, s->left))
        return;
    if (depth == w->count) {
        if (arrivals_within_limits(w) && arrivals_hold_at_last(w) && could_have_come(s))
            arrivals_remember(w, s->left);
        return;
    }
    bool alike = depth && w->items[depth].kind == w->items[depth - 1].kind;
    uint32_t from = alike ? w->items[depth - 1].stop : 0;
    for (uint32_t i = from; i < w->stop_count; i++)
        try_stop(s, depth, i);
    if (from != NO_STOP)
        try_new(s, depth);
    w->items[depth].stop = NO_STOP;
    s->left++;
    descend(s, depth + 1);
    s->left--;
}

/* Under limits a node had better be another than the cheapest, which is not looked at. */
static bool is_unlimited(const struct arrivals *w)
{
    for (size_t i = 0; i < w->shop_count; i++) {
        const struct limits *l = &w->m->shops[w->shops[i]].pool->limits;
        if (l->nodes != INT64_MAX || l->microusd_per_hour != INT64_MAX)
            return false;
        for (size_t k = 0; k < RESOURCES_MAX; k++)
            if (l->amount.amount[k] != INT64_MAX)
                return false;
    }
    return true;
}

void arrivals_search(struct arrivals *w)
{
    struct all s = {.w = w};

    if (w->count > ARRIVALS_FEW)
        return;
    w->work = WORK;
    descend(&s, 0);
    w->complete = w->work > 0 && w->room_count == w->plan->rooms.count && is_unlimited(w);
}
