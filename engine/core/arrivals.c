#include "engine/core/arrivals.h"

/* Who comes, where to, and what each step changes. */

static const struct profile *profile_of(const struct arrivals *w, const struct arrival *a)
{
    return &w->m->topology.profiles[w->m->shapes[w->kinds[a->kind].shape].profile];
}

static uint32_t cell_of(const struct arrivals *w, const struct arrival *a, uint32_t place)
{
    return w->kinds[a->kind].places->items[place].cells[0];
}

/* Its kind is kept away by those who are there, or keeps them away: that never ends. */
static bool is_shunned(const struct arrivals *w, const struct arrival *a, uint32_t place)
{
    const struct profile *p = profile_of(w, a);

    for (size_t i = 0; place != NO_PLACE && i < p->stance_count; i++)
        if (p->stances[i].kind == TOPOLOGY_ANTI_AFFINITY &&
            !stance_holds(&w->m->topology, p, &p->stances[i], cell_of(w, a, place)))
            return true;
    return false;
}

static bool bin_bears_it(struct arrivals *w, const struct stop *at, uint32_t shape,
                         int32_t *context)
{
    const struct shape *s = &w->m->shapes[shape];
    const struct shop *shop = &w->m->shops[at->bin.shop];
    struct resources sum = at->bin.sum;

    *context = shop_join(w->m, at->bin.shop, at->bin.context, s->cohort);
    if (*context == CONTEXT_NONE)
        return false;
    if (at->offer != SIZE_MAX)
        return bits_has(shop->contexts[*context].offers, at->offer) &&
               fits(&s->requests, &at->rest, w->m->resource_count);
    size_t from = *context == at->bin.context ? at->bin.at : 0;
    resources_add(&sum, &s->requests);
    return shop_price(w->m, at->bin.shop, *context, &sum, &from) != INT64_MAX;
}

bool stop_bears(struct arrivals *w, const struct stop *at, const struct arrival *a, uint32_t place,
                int32_t *context)
{
    uint32_t shape = arrival_shape(w, a, place);
    const struct shape *s = &w->m->shapes[shape];

    w->work--;
    *context = CONTEXT_NONE;
    if (at->room ? !fits(&s->requests, &at->rest, w->m->resource_count) ||
                       !room_admits(w->m, at->room, shape)
                 : !bin_bears_it(w, at, shape, context))
        return false;
    return company_admits(at->company.items, at->company.count, profile_of(w, a), 1) == 1 &&
           !is_shunned(w, a, place);
}

static int32_t in_company(const struct companies *all, uint32_t crowd)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].crowd == crowd)
            return all->items[i].count;
    return 0;
}

static bool is_anywhere(const struct arrivals *w, uint32_t crowd)
{
    for (size_t i = 0; i < w->plan->rooms.count; i++)
        if (in_company(&w->plan->rooms.items[i].company, crowd))
            return true;
    for (size_t i = 0; i < w->stop_count; i++)
        if (in_company(&w->stops[i].company, crowd))
            return true;
    return false;
}

/* Whom it wants on its node is there; or it is the first of its own kind, who may begin anywhere.
 */
static bool has_mates(const struct arrivals *w, const struct stop *at, const struct profile *p)
{
    const struct companies own = {p->company, p->company_count, p->company_count};

    for (size_t i = 0; i < p->mate_count; i++)
        if (!in_company(&at->company, p->mates[i]) &&
            (!in_company(&own, p->mates[i]) || is_anywhere(w, p->mates[i])))
            return false;
    return true;
}

bool stop_welcomes(const struct arrivals *w, const struct stop *at, const struct arrival *a,
                   uint32_t place)
{
    const struct profile *p = profile_of(w, a);

    for (size_t i = 0; place != NO_PLACE && i < p->stance_count; i++)
        if (!stance_holds(&w->m->topology, p, &p->stances[i], cell_of(w, a, place)))
            return false;
    return has_mates(w, at, p);
}

struct stop stop_new(size_t shop, size_t offer)
{
    return (struct stop){.bin = {.shop = shop, .context = CONTEXT_ANY}, .offer = offer};
}

void arrival_count(struct arrivals *w, struct arrival *a)
{
    const struct arrival_kind *k = &w->kinds[a->kind];

    a->here = true;
    company_add(w->job.arena, &w->stops[a->stop].company, profile_of(w, a), 1);
    if (a->place != NO_PLACE)
        topology_count(w->m, w->m->shapes[k->shape].profile, cell_of(w, a, a->place), 1);
}

/* What a company bears at most is not taken back pod by pod, so it is gathered anew. */
static void gather(struct arrivals *w, uint32_t stop)
{
    struct stop *at = &w->stops[stop];
    const struct companies none = {0}, *first = at->room ? &at->room->company : &none;

    at->company.count = 0;
    for (size_t i = 0; i < first->count; i++)
        ARENA_PUSH(w->job.arena, at->company.items, at->company.count, at->company.capacity,
                   first->items[i]);
    for (size_t i = 0; i < w->count; i++)
        if (w->items[i].here && w->items[i].stop == stop)
            company_add(w->job.arena, &at->company, profile_of(w, &w->items[i]), 1);
}

void arrival_uncount(struct arrivals *w, struct arrival *a)
{
    const struct arrival_kind *k = &w->kinds[a->kind];

    a->here = false;
    gather(w, a->stop);
    if (a->place != NO_PLACE)
        topology_count(w->m, w->m->shapes[k->shape].profile, cell_of(w, a, a->place), -1);
}

void arrival_come(struct arrivals *w, struct arrival *a, uint32_t stop, uint32_t place,
                  int32_t context)
{
    struct stop *at = &w->stops[stop];
    const struct resources *requests = &w->m->shapes[w->kinds[a->kind].shape].requests;

    a->stop = stop;
    a->place = place;
    resources_subtract(&at->rest, requests);
    arrival_count(w, a);
    if (at->room)
        return;
    w->cost -= at->bin.cost;
    resources_add(&at->bin.sum, requests);
    at->bin.at = context == at->bin.context ? at->bin.at : 0;
    at->bin.context = context;
    if (at->offer == SIZE_MAX)
        bin_reprice(&w->job, &at->bin);
    w->cost += at->bin.cost;
}

void arrival_go(struct arrivals *w, struct arrival *a, const struct stop *before)
{
    struct stop *at = &w->stops[a->stop];

    w->cost -= at->bin.cost - before->bin.cost;
    at->bin = before->bin;
    at->rest = before->rest;
    arrival_uncount(w, a);
    a->stop = NO_STOP;
}

bool arrivals_within_limits(const struct arrivals *w)
{
    ARENA_AUTO scratch = {0};
    size_t pools = w->m->world->pool_count;
    struct allowance *left = ARENA_ARRAY(&scratch, struct allowance, pools);

    memcpy(left, w->plan->left, pools * sizeof(*left));
    for (size_t i = w->room_count; i < w->stop_count; i++) {
        const struct bin *b = &w->stops[i].bin;
        const struct instance_type *t = w->m->shops[b->shop].types[b->type];
        if (!allowance_admits(&left[b->shop], t, b->cost))
            return false;
        allowance_take(&left[b->shop], &t->capacity, b->cost);
    }
    return true;
}

bool arrivals_hold_at_last(const struct arrivals *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct arrival *a = &w->items[i];
        if (a->stop != NO_STOP && a->place != NO_PLACE &&
            !apportion_holds(w->m, arrival_shape(w, a, a->place)))
            return false;
    }
    return true;
}

bool arrivals_are_better(const struct arrivals *w, size_t unserved)
{
    const struct arrived *b = &w->best;

    return !b->any || unserved < b->unserved || (unserved == b->unserved && w->cost < b->cost);
}

static bool priorities_differ(const struct arrivals *w)
{
    for (size_t i = 1; i < w->kind_count; i++)
        if (w->m->shapes[w->kinds[i].shape].priority != w->m->shapes[w->kinds[0].shape].priority)
            return true;
    return false;
}

/* Where not all get a place it matters who does, and arrivals do not look at that. */
bool arrivals_beat(const struct arrivals *w, size_t unserved, int64_t cost)
{
    const struct arrived *b = &w->best;

    if (!b->any || (b->unserved && priorities_differ(w)))
        return false;
    if (w->complete)
        return b->unserved != unserved || b->cost != cost;
    return b->unserved < unserved || (b->unserved == unserved && b->cost < cost);
}

void arrivals_remember(struct arrivals *w, size_t unserved)
{
    w->best.any = true;
    w->best.unserved = unserved;
    w->best.cost = w->cost;
    for (size_t i = 0; i < w->count; i++) {
        w->best.at[i].stop = w->items[i].stop;
        w->best.at[i].place = w->items[i].place;
    }
    for (size_t i = w->room_count; i < w->stop_count; i++)
        w->best.shop[i - w->room_count] = w->stops[i].bin.shop;
}

/* By the order in which pods come, as they did when it was found. */
static void fill_bins(struct arrivals *w, struct packing *out)
{
    size_t bin_of[ARRIVALS_MOST] = {0};
    int32_t context;

    w->job.weight = ARENA_ARRAY(w->job.arena, int64_t, w->m->shape_count);
    for (size_t i = 0; i < w->count; i++) {
        size_t stop = w->best.at[i].stop;
        if (stop == NO_STOP || stop < w->room_count)
            continue;
        size_t node = stop - w->room_count;
        if (!bin_of[node]) {
            packing_push(&w->job, out,
                         (struct bin){.shop = w->best.shop[node], .context = CONTEXT_ANY});
            bin_of[node] = out->count;
        }
        struct bin *b = &out->bins[bin_of[node] - 1];
        uint32_t shape = arrival_shape(w, &w->items[i], w->best.at[i].place);
        if (bin_joins(&w->job, b, shape, &context))
            bin_put(&w->job, b, shape, 1, context);
    }
    for (size_t i = 0; i < out->count; i++)
        bin_reprice(&w->job, &out->bins[i]);
    out->cost = packing_cost(out);
}

static void give_place(struct arrivals *w, size_t i, struct seeker *s)
{
    const struct arrival *a = &w->items[i];
    const struct arrival_kind *k = &w->kinds[a->kind];
    uint32_t stop = w->best.at[i].stop;

    *s = *a->seeker;
    s->own = k->shape;
    s->nowhere = stop == NO_STOP && (s->nowhere || k->places);
    if (stop == NO_STOP)
        return;
    s->shape = arrival_shape(w, a, w->best.at[i].place);
    if (k->places)
        apportion_count(w->m, s->shape, 1);
    if (stop < w->room_count)
        rooms_put(w->m, &w->plan->rooms, (size_t)(w->stops[stop].room - w->plan->rooms.items), s);
}

void arrivals_apply(struct arrivals *w, struct attempt *out)
{
    struct arena *a = w->job.arena;

    *out = (struct attempt){.seekers = ARENA_ARRAY(a, struct seeker, w->count),
                            .count = w->count,
                            .wanted = ARENA_ARRAY(a, struct wanted, w->count),
                            .unserved = w->best.unserved};
    for (size_t i = 0; i < w->count; i++)
        give_place(w, i, &out->seekers[i]);
    fill_bins(w, &out->packing);
    packing_take(w->m, &out->packing, w->plan->left); /* they do leave as much: that was asked */
    out->wanted_count = attempt_list_wanted(out, out->wanted);
    out->unplaced = ARENA_ARRAY(a, uint32_t, w->m->shape_count);
    for (size_t i = 0; i < w->count; i++)
        out->unplaced[out->seekers[i].shape] +=
            w->best.at[i].stop == NO_STOP && !out->seekers[i].nowhere;
}
