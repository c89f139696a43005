#include "engine/core/arrivals.h"

/* Which pods, which nodes, and whether they are such as arrivals look at. */

/* Places of a kind, and its shape in each of them: where others are matters to it, or where it is
 * to others. */
static void find_places(struct arrivals *w, struct work *places, struct arrival_kind *k)
{
    const struct shape *s = &w->m->shapes[k->shape];
    size_t cohort = s->cohort;
    uint32_t profile = s->profile;

    if (!apportion_concerns(w->m, k->shape))
        return;
    k->places = places_find(places, cohort, profile);
    k->confined = ARENA_ARRAY(w->job.arena, uint32_t, k->places->count);
    for (size_t i = 0; i < k->places->count; i++)
        k->confined[i] = place_confine(w->m, k->shape, k->places->items[i].cohort);
}

static bool is_larger(const struct market *m, uint32_t x, uint32_t y)
{
    const int64_t *a = m->shapes[x].requests.amount, *b = m->shapes[y].requests.amount;

    if (a[RESOURCE_CPU] != b[RESOURCE_CPU])
        return a[RESOURCE_CPU] > b[RESOURCE_CPU];
    return a[RESOURCE_MEMORY] > b[RESOURCE_MEMORY];
}

static void list_kinds(struct arrivals *w, const struct seeker *seekers, size_t count)
{
    const struct way plain = {0};
    const struct caps none = {0};
    struct work places = {.m = w->m, .rooms = &w->plan->rooms, .way = &plain, .caps = &none};

    for (size_t i = 0; i < count; i++) {
        size_t k = 0, at;
        while (k < w->kind_count && w->kinds[k].shape != seekers[i].shape)
            k++;
        if (k < w->kind_count)
            continue;
        ARENA_PUSH(w->job.arena, w->kinds, w->kind_count, w->kind_capacity,
                   (struct arrival_kind){0});
        for (at = w->kind_count - 1;
             at && is_larger(w->m, seekers[i].shape, w->kinds[at - 1].shape); at--)
            w->kinds[at] = w->kinds[at - 1];
        w->kinds[at] = (struct arrival_kind){.shape = seekers[i].shape};
    }
    for (size_t i = 0; i < w->kind_count; i++)
        find_places(w, &places, &w->kinds[i]);
}

static void list_arrivals(struct arrivals *w, const struct seeker *seekers, size_t count)
{
    w->items = ARENA_ARRAY(w->job.arena, struct arrival, count);
    for (uint32_t k = 0; k < w->kind_count; k++)
        for (size_t i = 0; i < count; i++)
            if (seekers[i].shape == w->kinds[k].shape)
                w->items[w->count++] = (struct arrival){
                    .seeker = &seekers[i], .kind = k, .stop = NO_STOP, .place = NO_PLACE};
}

static void list_stops(struct arrivals *w)
{
    struct rooms *rooms = &w->plan->rooms;

    w->stops = ARENA_ARRAY(w->job.arena, struct stop, rooms->count + w->count);
    for (size_t i = 0; i < rooms->count; i++) {
        struct room *r = &rooms->items[i];
        if (!r->due && !r->leaving)
            w->stops[w->stop_count++] =
                (struct stop){.room = r,
                              .offer = SIZE_MAX,
                              .rest = r->rest,
                              .company = company_copy(w->job.arena, &r->company)};
    }
    w->room_count = w->stop_count;
}

/* False: they weigh differently, or one wants min_values or spread_limit. */
static bool list_shops(struct arrivals *w)
{
    const struct world *world = w->m->world;

    w->shops = ARENA_ARRAY(w->job.arena, size_t, world->pool_count);
    for (size_t i = 0; i < world->pool_count; i++) {
        const struct shop *s = &w->m->shops[i];
        if (!shop_sells(s))
            continue;
        if (s->has_min_values || s->pool->spread_limit ||
            (w->shop_count && s->pool->weight != world->pools[w->shops[0]].weight))
            return false;
        w->shops[w->shop_count++] = i;
    }
    return true;
}

static bool prefers(const struct market *m, const struct shape *s)
{
    const struct profile *p = &m->topology.profiles[s->profile];

    for (size_t i = 0; i < p->stance_count; i++)
        if (!p->stances[i].required)
            return true;
    return s->weaker != NO_SHAPE;
}

/* While nodes take the place of others, pods had better go where the move reckoned with them: else
 * there is no room for those who come next, and the move is made again, and again. */
static bool some_move(const struct plan *p)
{
    for (size_t i = 0; i < p->rooms.count; i++)
        if (claim_brings_relief(p->world, p->rooms.items[i].claim))
            return true;
    return false;
}

bool arrivals_open(struct plan *p, const struct seeker *seekers, size_t count, struct arrivals *out)
{
    struct market *m = &p->market;
    bool some = p->rooms.count > 0;

    *out = (struct arrivals){.plan = p, .m = m, .job = {.m = m, .arena = p->arena}};
    if (!count || count > ARRIVALS_MOST || p->hold_launches || m->has_unwelcoming ||
        !list_shops(out) || rooms_are_planned(m, &p->rooms, seekers, count) || some_move(p))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct shape *s = &m->shapes[seekers[i].shape];
        if (prefers(m, s) || seekers[i].room)
            return false;
        some |= s->profile != 0;
    }
    if (!some)
        return false;
    list_kinds(out, seekers, count);
    list_arrivals(out, seekers, count);
    list_stops(out);
    return true;
}
