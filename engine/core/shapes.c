#include "engine/core/market.h"

/* Pods alike: equal requests, terms and tolerations. */

static uint64_t mix(uint64_t h, uint64_t more)
{
    return (h ^ more) * 1099511628211u;
}

static uint64_t hash_requirement(const struct requirement *r)
{
    uint64_t h = mix(str_hash(r->key), r->complement ? 7 : 3);

    h = mix(h, (uint64_t)r->at_least);
    h = mix(h, (uint64_t)r->at_most);
    for (size_t i = 0; i < r->count; i++)
        h = mix(h, str_hash(r->values[i]));
    return h;
}

static uint64_t hash_cohort(const struct pod_spec *p)
{
    uint64_t h = p->term_count;

    for (size_t i = 0; i < p->term_count; i++)
        for (size_t k = 0; k < p->terms[i].count; k++)
            h = mix(h, hash_requirement(&p->terms[i].items[k]));
    for (size_t i = 0; i < p->tolerations.count; i++)
        h = mix(h, str_hash(p->tolerations.items[i].key));
    return h;
}

static bool same_tolerations(const struct tolerations *x, const struct tolerations *y)
{
    bool same = x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++) {
        const struct toleration *a = &x->items[i], *b = &y->items[i];
        same = str_eq(a->key, b->key) && str_eq(a->value, b->value) && a->exists == b->exists &&
               a->any_effect == b->any_effect && a->effect == b->effect;
    }
    return same;
}

static bool same_cohort(const struct cohort *c, const struct pod_spec *p)
{
    bool same = c->term_count == p->term_count && same_tolerations(c->tolerations, &p->tolerations);

    for (size_t i = 0; same && c->terms != p->terms && i < c->term_count; i++)
        same = requirements_eq(&c->terms[i], &p->terms[i]);
    return same;
}

/* Open addressing over indexes plus one; 0 is a free place. */
static size_t cohort_of(struct market *m, uint32_t *table, const struct pod_spec *p, uint64_t hash)
{
    size_t at = hash & (m->table_size - 1);

    for (; table[at]; at = (at + 1) & (m->table_size - 1))
        if (same_cohort(&m->cohorts[table[at] - 1], p))
            return table[at] - 1;
    struct cohort c = {p->terms, p->term_count, &p->tolerations};
    ARENA_PUSH(m->arena, m->cohorts, m->cohort_count, m->cohort_capacity, c);
    table[at] = (uint32_t)m->cohort_count;
    return m->cohort_count - 1;
}

static uint32_t shape_of(struct market *m, uint32_t *table, const struct pod *p, size_t cohort)
{
    uint64_t hash = mix(cohort, str_hash((struct str){(const char *)p->spec->requests.amount,
                                                      sizeof(p->spec->requests.amount)}));
    size_t at = (hash ^ hash >> 29) & (m->table_size - 1);

    for (; table[at]; at = (at + 1) & (m->table_size - 1)) {
        const struct shape *s = &m->shapes[table[at] - 1];
        if (s->cohort == cohort &&
            memcmp(&s->requests, &p->spec->requests, sizeof(p->spec->requests)) == 0)
            return table[at] - 1;
    }
    struct shape s = {p->spec->requests, cohort, p};
    ARENA_PUSH(m->arena, m->shapes, m->shape_count, m->shape_capacity, s);
    table[at] = (uint32_t)m->shape_count;
    return table[at] - 1;
}

void market_group_pods(struct market *m)
{
    const struct world *w = m->world;

    m->table_size = 64;
    while (m->table_size < 2 * w->pod_count)
        m->table_size *= 2;
    uint32_t *cohorts = ARENA_ARRAY(m->arena, uint32_t, m->table_size);
    uint32_t *shapes = ARENA_ARRAY(m->arena, uint32_t, m->table_size);
    m->shape_of_pod = ARENA_ARRAY(m->arena, uint32_t, w->pod_count);
    for (size_t i = 0; i < w->pod_count; i++) {
        const struct pod *p = &w->pods[i];
        uint64_t hash = hash_cohort(p->spec);
        size_t cohort = cohort_of(m, cohorts, p->spec, hash ^ hash >> 29);
        m->shape_of_pod[i] = shape_of(m, shapes, p, cohort);
    }
}
