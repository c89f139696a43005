#include "engine/core/market.h"
#include "engine/core/pod_spec.h"

/* The specifications that pods of the world have, by what they say: equal ones are one, however
 * often it stands in memory, so that all that comes after is worked out once for pods alike. */

void market_index_make_room(struct arena *a, struct market_index *x)
{
    struct market_index bigger = {.size = x->size ? 4 * x->size : 256, .count = x->count};

    if (x->size >= 2 * (x->count + 1))
        return;
    bigger.places = ARENA_ARRAY(a, uint32_t, bigger.size);
    bigger.hashes = ARENA_ARRAY(a, uint64_t, bigger.size);
    for (size_t i = 0; i < x->size; i++) {
        size_t at = x->hashes[i] & (bigger.size - 1);
        if (!x->places[i])
            continue;
        while (bigger.places[at])
            at = (at + 1) & (bigger.size - 1);
        bigger.places[at] = x->places[i];
        bigger.hashes[at] = x->hashes[i];
    }
    *x = bigger;
}

void market_index_put(struct market_index *x, size_t at, uint64_t hash, size_t index_plus_one)
{
    x->places[at] = (uint32_t)index_plus_one;
    x->hashes[at] = hash;
    x->count++;
}

struct listing {
    struct market *m;
    struct arena *scratch;
    struct market_index by_address, by_rules, by_content;
};

static uint32_t add(struct market *m, struct spec_entry e)
{
    ARENA_PUSH(m->arena, m->specs, m->spec_count, m->spec_capacity, e);
    return (uint32_t)m->spec_count - 1;
}

static uint32_t add_model(struct market *m, const struct pod_spec *spec)
{
    struct cohort c = {.terms = spec->terms,
                       .term_count = spec->term_count,
                       .tolerations = &spec->tolerations,
                       .ports = spec->ports,
                       .port_count = spec->port_count};

    return add(m, (struct spec_entry){.spec = spec,
                                      .requests = spec->requests,
                                      .model = (uint32_t)m->spec_count,
                                      .cohort = market_cohort(m, c)});
}

static uint32_t add_alike(struct market *m, const struct pod_spec *spec, uint32_t model)
{
    return add(m, (struct spec_entry){.spec = spec,
                                      .requests = spec->requests,
                                      .model = model,
                                      .cohort = m->specs[model].cohort});
}

/* The first specification with these rules; where there is none, this one is added and is it. */
static uint32_t find_model(struct listing *l, const struct pod_spec *spec, uint64_t hash)
{
    struct market_index *x = &l->by_rules;

    market_index_make_room(l->scratch, x);
    size_t at = hash & (x->size - 1);
    for (; x->places[at]; at = (at + 1) & (x->size - 1))
        if (x->hashes[at] == hash && pod_spec_rules_eq(l->m->specs[x->places[at] - 1].spec, spec))
            return x->places[at] - 1;
    market_index_put(x, at, hash, add_model(l->m, spec) + 1);
    return x->places[at] - 1;
}

static uint32_t find_by_content(struct listing *l, const struct pod_spec *spec)
{
    struct market_index *x = &l->by_content;
    uint64_t of_rules = pod_spec_rules_hash(spec);
    uint64_t hash = pod_spec_hash_amounts(of_rules, &spec->requests);
    uint32_t model = find_model(l, spec, of_rules);

    market_index_make_room(l->scratch, x);
    size_t at = hash & (x->size - 1);
    for (; x->places[at]; at = (at + 1) & (x->size - 1)) {
        const struct spec_entry *e = &l->m->specs[x->places[at] - 1];
        if (x->hashes[at] == hash && e->model == model &&
            memcmp(&e->requests, &spec->requests, sizeof(spec->requests)) == 0)
            return x->places[at] - 1;
    }
    bool is_new = l->m->specs[model].spec == spec;
    market_index_put(x, at, hash, (is_new ? model : add_alike(l->m, spec, model)) + 1);
    return x->places[at] - 1;
}

/* Most pods share theirs with others of their template, and then it is not read. */
static uint32_t find(struct listing *l, const struct pod_spec *spec)
{
    struct market_index *x = &l->by_address;
    uint64_t hash = (uint64_t)(uintptr_t)spec * 0x9e3779b97f4a7c15u; /* no two have the same */

    hash ^= hash >> 29;
    market_index_make_room(l->scratch, x);
    size_t at = hash & (x->size - 1);
    for (; x->places[at]; at = (at + 1) & (x->size - 1))
        if (x->hashes[at] == hash)
            return x->places[at] - 1;
    market_index_put(x, at, hash, find_by_content(l, spec) + 1);
    return x->places[at] - 1;
}

/* What one of them asks all of them ask, so that their profile is one. */
static void share_with_models(struct market *m)
{
    for (size_t i = 0; i < m->spec_count; i++) {
        m->specs[m->specs[i].model].pending |= m->specs[i].pending;
        m->specs[m->specs[i].model].waits |= m->specs[i].waits;
    }
    for (size_t i = 0; i < m->spec_count; i++) {
        m->specs[i].pending = m->specs[m->specs[i].model].pending;
        m->specs[i].waits = m->specs[m->specs[i].model].waits;
    }
}

void market_list_specs(struct market *m)
{
    ARENA_AUTO scratch = {0};
    struct listing l = {.m = m, .scratch = &scratch};
    const struct world *w = m->world;

    m->spec_of_pod = ARENA_ARRAY(m->arena, uint32_t, w->pod_count);
    for (size_t i = 0; i < w->pod_count; i++) {
        const struct pod *pod = &w->pods[i];
        m->spec_of_pod[i] = find(&l, pod->spec);
        struct spec_entry *e = &m->specs[m->spec_of_pod[i]];
        /* Pods of nodes that will leave are pending then: they too ask what pending ones do. */
        e->pending |= !pod->never_serve;
        e->waits |= !pod->never_serve && !pod->claim.len;
    }
    share_with_models(m);
}
