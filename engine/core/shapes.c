#include "engine/core/market.h"

/* Pods alike: equal requests, terms and tolerations (a cohort), equal in what they ask of other
 * pods and in who counts them (a profile), and in what they would rather have. */

static uint64_t hash_requirement(const struct requirement *r)
{
    uint64_t h = hash_mix(str_hash(r->key), r->complement ? 7 : 3);

    h = hash_mix(h, (uint64_t)r->at_least);
    h = hash_mix(h, (uint64_t)r->at_most);
    for (size_t i = 0; i < r->count; i++)
        h = hash_mix(h, str_hash(r->values[i]));
    return h;
}

static uint64_t hash_cohort(const struct cohort *c)
{
    uint64_t h = c->term_count;

    for (size_t i = 0; i < c->term_count; i++)
        for (size_t k = 0; k < c->terms[i].count; k++)
            h = hash_mix(h, hash_requirement(&c->terms[i].items[k]));
    for (size_t i = 0; c->tolerations && i < c->tolerations->count; i++)
        h = hash_mix(h, str_hash(c->tolerations->items[i].key));
    for (size_t i = 0; i < c->cell_count; i++)
        h = hash_mix(h, c->cells[i]);
    for (size_t i = 0; i < c->team_count; i++)
        h = hash_mix(h, c->team[i]);
    return h ^ h >> 29;
}

static bool same_numbers(const uint32_t *x, const uint32_t *y, size_t count)
{
    return count == 0 || memcmp(x, y, count * sizeof(*x)) == 0;
}

static bool same_cohort(const struct cohort *c, const struct cohort *d)
{
    bool same = c->term_count == d->term_count && c->port_count == d->port_count &&
                !c->tolerations == !d->tolerations &&
                (!c->tolerations || tolerations_eq(c->tolerations, d->tolerations)) &&
                !c->cells == !d->cells && c->cell_count == d->cell_count &&
                same_numbers(c->cells, d->cells, c->cell_count) && c->team_count == d->team_count &&
                same_numbers(c->team, d->team, c->team_count);

    for (size_t i = 0; same && c->terms != d->terms && i < c->term_count; i++)
        same = requirements_eq(&c->terms[i], &d->terms[i]);
    for (size_t i = 0; same && i < c->port_count; i++)
        same = c->ports[i].port == d->ports[i].port && str_eq(c->ports[i].ip, d->ports[i].ip) &&
               str_eq(c->ports[i].protocol, d->ports[i].protocol);
    return same;
}

size_t market_cohort(struct market *m, struct cohort c)
{
    uint64_t hash = hash_cohort(&c);
    struct market_index *x = &m->cohort_index;

    market_index_make_room(m->arena, x);
    size_t at = hash & (x->size - 1);
    for (; x->places[at]; at = (at + 1) & (x->size - 1))
        if (x->hashes[at] == hash && same_cohort(&m->cohorts[x->places[at] - 1], &c))
            return x->places[at] - 1;
    ARENA_PUSH(m->arena, m->cohorts, m->cohort_count, m->cohort_capacity, c);
    market_index_put(x, at, hash, m->cohort_count);
    return m->cohort_count - 1;
}

static uint64_t hash_shape(const struct shape *s)
{
    uint64_t h = hash_mix(s->cohort, s->profile);

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        h = hash_mix(h ^ h >> 31, (uint64_t)s->requests.amount[i]);
    h = hash_mix(h, (uint64_t)s->priority);
    h = hash_mix(h, (uint64_t)s->weaker << 32);
    return h ^ h >> 29;
}

static bool same_shape(const struct shape *x, const struct shape *y)
{
    return x->cohort == y->cohort && x->profile == y->profile && x->priority == y->priority &&
           x->weaker == y->weaker && str_eq(x->given_up, y->given_up) &&
           x->never_count == y->never_count && (!x->never_count || x->spec == y->spec) &&
           memcmp(&x->requests, &y->requests, sizeof(x->requests)) == 0;
}

uint32_t market_shape(struct market *m, struct shape s)
{
    uint64_t hash = hash_shape(&s);
    struct market_index *x = &m->shape_index;

    market_index_make_room(m->arena, x);
    size_t at = hash & (x->size - 1);
    for (; x->places[at]; at = (at + 1) & (x->size - 1))
        if (x->hashes[at] == hash && same_shape(&m->shapes[x->places[at] - 1], &s))
            return x->places[at] - 1;
    if (s.origin == NO_SHAPE)
        s.origin = (uint32_t)m->shape_count;
    ARENA_PUSH(m->arena, m->shapes, m->shape_count, m->shape_capacity, s);
    market_index_put(x, at, hash, m->shape_count);
    return x->places[at] - 1;
}

void market_list_shapes(struct market *m)
{
    ARENA_RESERVE(m->arena, m->shapes, m->shape_count, m->shape_capacity, m->spec_count);
    for (size_t i = 0; i < m->spec_count; i++)
        m->specs[i].shape = wishes_shape(m, &m->specs[i]);
    m->shape_of_pod = ARENA_ARRAY(m->arena, uint32_t, m->world->pod_count);
    for (size_t i = 0; i < m->world->pod_count; i++)
        m->shape_of_pod[i] = m->specs[m->spec_of_pod[i]].shape;
}
