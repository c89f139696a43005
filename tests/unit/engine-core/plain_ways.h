#ifndef TESTS_UNIT_ENGINE_CORE_PLAIN_WAYS_H
#define TESTS_UNIT_ENGINE_CORE_PLAIN_WAYS_H

#include "tests/unit/engine-core/placing.h"

/* Two plain ways of placing, to compare with: first fit, and all there are. */

static inline bool joins(struct placing *p, size_t pod, int at)
{
    bool good = node_wanted_by(&p->nodes[at], pod_of(p, pod)->spec);

    p->at[pod] = at;
    good = good && node_holds(p, at) && volumes_are_free(p, pod);
    p->at[pod] = NOWHERE;
    return good;
}

/* A spot quote above on-demand in the same zone is not used. */
static inline bool is_too_dear(const struct instance_type *t, const struct offering *spot)
{
    for (size_t i = 0; i < t->offering_count && spot->capacity_type == CAPACITY_SPOT; i++)
        if (t->offerings[i].capacity_type == CAPACITY_ON_DEMAND &&
            str_eq(t->offerings[i].zone, spot->zone) &&
            t->offerings[i].price_microusd_per_hour < spot->price_microusd_per_hour)
            return true;
    return false;
}

static const struct node *offers_of(const struct town *t, size_t *count)
{
    struct node *all = ARENA_ARRAY(t->arena, struct node, 1000);

    *count = 0;
    for (size_t i = 0; i < t->world.pool_count; i++)
        for (size_t k = 0; k < t->catalog.count; k++)
            for (size_t o = 0; o < t->types[k].offering_count; o++) {
                struct node n = {.pool = &t->pools[i],
                                 .type = &t->types[k],
                                 .offering = &t->types[k].offerings[o]};
                if (node_is_for_sale(&n) && !is_too_dear(n.type, n.offering))
                    all[(*count)++] = n;
            }
    return all;
}

/* The first node that takes it, else the cheapest that can be bought for it. */
static inline bool place_first(struct placing *p, size_t pod, const struct node *offers,
                               size_t count)
{
    const struct node *cheapest = NULL;

    for (size_t n = 0; n < p->node_count; n++)
        if (joins(p, pod, (int)n) && may_arrive(p, pod, (int)n)) {
            p->at[pod] = (int)n;
            return true;
        }
    for (size_t i = 0; i < count; i++) {
        int at = placing_open(p, offers[i]);
        if ((!cheapest || node_price(&offers[i]) < node_price(cheapest)) && joins(p, pod, at) &&
            may_arrive(p, pod, at))
            cheapest = &offers[i];
        p->node_count--;
    }
    if (cheapest)
        p->at[pod] = placing_open(p, *cheapest);
    return cheapest != NULL;
}

/* The order of first fit: most cpu first. */
static inline void list_by_cpu(const struct town *t, size_t *order)
{
    for (size_t i = 0; i < t->world.pod_count; i++) {
        size_t k = i;
        int64_t cpu = t->pods[i].spec->requests.amount[RESOURCE_CPU];
        for (; k && t->pods[order[k - 1]].spec->requests.amount[RESOURCE_CPU] < cpu; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
}

/* Who joins others may have to come after them, so those that are left are tried again. */
static inline void first_fit(struct placing *p, const struct town *t)
{
    size_t order[PODS_MOST], count;
    const struct node *offers = offers_of(t, &count);
    bool moved = true;

    placing_begin(p, t);
    list_by_cpu(t, order);
    while (moved) {
        moved = false;
        for (size_t i = 0; i < t->world.pod_count; i++)
            if (p->at[order[i]] == NOWHERE)
                moved |= place_first(p, order[i], offers, count);
    }
}

/* Looks for a better placement than one that is given: all that it places for less, or more pods at
 * any price.  Which pods wait is not compared, for that is a choice. */
struct search {
    struct placing p;
    const struct placing *given;
    const struct node *offers;
    size_t offer_count;
    size_t most_left; /* more pods than these may not wait; ... */
    bool same;        /* ... or just those that wait in the given one */
    int64_t cost;     /* to beat */
    bool found;
    struct placing best;
};

static inline void search_from(struct search *s, size_t pod, size_t left, int64_t cost);

static inline void try_at(struct search *s, size_t pod, int at, size_t left, int64_t cost)
{
    if (!joins(&s->p, pod, at))
        return;
    s->p.at[pod] = at;
    if (is_suffered(&s->p, pod))
        search_from(s, pod + 1, left, cost);
    s->p.at[pod] = NOWHERE;
}

static inline void try_everywhere(struct search *s, size_t pod, size_t left, int64_t cost)
{
    for (size_t n = 0; n < s->p.node_count; n++)
        try_at(s, pod, (int)n, left, cost);
    for (size_t i = 0; i < s->offer_count; i++) {
        int at = placing_open(&s->p, s->offers[i]);
        try_at(s, pod, at, left, cost + node_price(&s->offers[i]));
        s->p.node_count--;
    }
}

static inline void search_from(struct search *s, size_t pod, size_t left, int64_t cost)
{
    if (left > s->most_left || cost >= s->cost)
        return;
    if (pod == s->p.town->world.pod_count) {
        if (placing_holds(&s->p)) {
            s->found = true;
            s->best = s->p;
            s->cost = cost;
        }
        return;
    }
    if (s->p.at[pod] != NOWHERE) {
        search_from(s, pod + 1, left, cost);
        return;
    }
    bool waits = s->given->at[pod] == NOWHERE;
    if (!s->same || !waits)
        try_everywhere(s, pod, left, cost);
    if (!s->same || waits)
        search_from(s, pod + 1, left + 1, cost);
}

static inline bool search_begin(struct search *s, const struct placing *given)
{
    s->given = given;
    s->found = false;
    s->offers = offers_of(given->town, &s->offer_count);
    placing_begin(&s->p, given->town);
    search_from(s, 0, 0, 0);
    return s->found;
}

static inline bool search_cheaper(struct search *s, const struct placing *given)
{
    s->same = true;
    s->most_left = placing_left(given);
    s->cost = placing_cost(given);
    return search_begin(s, given);
}

static inline bool search_more(struct search *s, const struct placing *given)
{
    s->same = false;
    s->most_left = placing_left(given) - 1;
    s->cost = INT64_MAX;
    return placing_left(given) && search_begin(s, given);
}

#endif
