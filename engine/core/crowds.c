#include "engine/core/crowds.h"

/* From the terms of pods to crowds. */
enum { MEANINGS = 256 };

static bool same_selector(const struct label_selector *x, const struct label_selector *y)
{
    bool same = x->present == y->present && x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++)
        same = requirement_eq(&x->items[i], &y->items[i]);
    return same;
}

static bool same_who(const struct pod_selector *x, const struct pod_selector *y)
{
    bool same = x->namespace_count == y->namespace_count && same_selector(&x->labels, &y->labels) &&
                same_selector(&x->namespace_labels, &y->namespace_labels);

    for (size_t i = 0; same && i < x->namespace_count; i++)
        same = str_eq(x->namespaces[i], y->namespaces[i]);
    return same;
}

static uint64_t hash_selector(uint64_t h, const struct label_selector *s)
{
    for (size_t i = 0; i < s->count; i++) {
        h = hash_mix(h, str_hash(s->items[i].key));
        for (size_t k = 0; k < s->items[i].count; k++)
            h = hash_mix(h, str_hash(s->items[i].values[k]));
    }
    return hash_mix(h, s->present);
}

static uint64_t hash_who(const struct pod_selector *who)
{
    uint64_t h = hash_selector(who->namespace_count, &who->labels);

    for (size_t i = 0; i < who->namespace_count; i++)
        h = hash_mix(h, str_hash(who->namespaces[i]));
    return hash_selector(h, &who->namespace_labels);
}

static uint32_t who_of(struct market *m, const struct pod_selector *who)
{
    struct topology *t = &m->topology;
    uint64_t hash = hash_who(who);
    size_t hashes = t->who_count;

    for (size_t i = 0; i < t->who_count; i++)
        if (t->who[i] == who || (t->who_hash[i] == hash && same_who(t->who[i], who)))
            return (uint32_t)i;
    ARENA_PUSH(m->arena, t->who, t->who_count, t->who_capacity, who);
    ARENA_PUSH(m->arena, t->who_hash, hashes, t->hash_capacity, hash);
    return (uint32_t)hashes - 1;
}

static uint32_t key_of(struct market *m, struct str key)
{
    struct topology *t = &m->topology;

    if (str_eq(key, LABEL_HOSTNAME))
        return HOST_KEY;
    for (size_t i = 0; i < t->key_count; i++)
        if (str_eq(t->keys[i].key, key))
            return (uint32_t)i;
    ARENA_PUSH(m->arena, t->keys, t->key_count, t->key_capacity, (struct key_domains){.key = key});
    return (uint32_t)t->key_count - 1;
}

static bool asks_nothing(const struct pod_spec *s)
{
    return s->own_term_count == 1 && s->own_terms[0].count == 0;
}

static bool some_taints(const struct world *w)
{
    for (size_t i = 0; i < w->pool_count; i++)
        if (w->pools[i].taints.count)
            return true;
    for (size_t i = 0; i < w->claim_count; i++)
        if (w->claims[i].taints.count)
            return true;
    return false;
}

/* What tells no node from another is no filter. */
static uint32_t filter_of(struct market *m, const struct pod_spec *s,
                          const struct topology_term *term)
{
    struct topology *t = &m->topology;
    bool by_terms = term->heeds_affinity && !asks_nothing(s);
    bool by_taints = term->heeds_taints && some_taints(m->world);
    struct filter f = {by_terms ? s->own_terms : NULL, by_terms ? s->own_term_count : 0,
                       by_taints ? &s->tolerations : NULL};

    if (!by_terms && !by_taints)
        return NO_FILTER;
    for (size_t i = 0; i < t->filter_count; i++) {
        const struct filter *g = &t->filters[i];
        bool same = g->term_count == f.term_count && !g->tolerations == !f.tolerations;
        for (size_t k = 0; same && k < f.term_count; k++)
            same = requirements_eq(&g->terms[k], &f.terms[k]);
        if (same && (!f.tolerations || tolerations_eq(g->tolerations, f.tolerations)))
            return (uint32_t)i;
    }
    ARENA_PUSH(m->arena, t->filters, t->filter_count, t->filter_capacity, f);
    return (uint32_t)t->filter_count - 1;
}

uint32_t crowd_find(const struct topology *t, struct crowd c)
{
    for (size_t i = 0; i < t->crowd_count; i++)
        if (t->crowds[i].who == c.who && t->crowds[i].key == c.key &&
            t->crowds[i].filter == c.filter && t->crowds[i].owners == c.owners)
            return (uint32_t)i;
    return NO_DOMAIN;
}

uint32_t crowd_of(struct market *m, struct crowd c)
{
    struct topology *t = &m->topology;
    uint32_t found = crowd_find(t, c);

    if (found != NO_DOMAIN)
        return found;
    ARENA_PUSH(m->arena, t->crowds, t->crowd_count, t->crowd_capacity, c);
    return (uint32_t)t->crowd_count - 1;
}

struct crowd crowd_meant(struct market *m, const struct pod_spec *s,
                         const struct topology_term *term)
{
    struct crowd c = {.who = who_of(m, &term->who),
                      .key = key_of(m, term->key),
                      .filter = NO_FILTER,
                      .skew = INT64_MAX};

    /* By hostname a node that does not count is one that the pod cannot be on. */
    if (term->kind == TOPOLOGY_SPREAD && c.key != HOST_KEY)
        c.filter = filter_of(m, s, term);
    return c;
}

/* Of pods that run, only what they hold against others still matters. */
bool crowd_matters(const struct spec_entry *e, const struct topology_term *term,
                   const struct world *w)
{
    bool wanted = term->required || !w->no_preferences;

    return (e->pending && wanted) || (term->kind == TOPOLOGY_ANTI_AFFINITY && term->required);
}

static void find_crowds(struct market *m, const struct spec_entry *e)
{
    for (size_t i = 0; i < e->spec->topology_count; i++) {
        const struct topology_term *term = &e->spec->topology[i];
        if (!crowd_matters(e, term, m->world))
            continue;
        struct crowd c = crowd_meant(m, e->spec, term);
        uint32_t at = crowd_of(m, c);
        struct crowd *it = &m->topology.crowds[at];
        /* Of pods that run nobody asks again whether their spread holds. */
        if (term->kind == TOPOLOGY_SPREAD && term->required && e->waits &&
            term->max_skew < it->skew)
            it->skew = term->max_skew;
        if (term->kind == TOPOLOGY_ANTI_AFFINITY && term->required) {
            c.owners = true;
            crowd_of(m, c);
        }
    }
}

static const struct labels *namespace_labels(const struct world *w, struct str name)
{
    static const struct labels none;
    size_t low = 0, high = w->namespace_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(w->namespaces[middle].name, name);
        if (order == 0)
            return &w->namespaces[middle].labels;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return &none;
}

static bool means(const struct world *w, const struct pod_selector *who, const struct pod_spec *s)
{
    bool there = str_is_among(s->namespace, who->namespaces, who->namespace_count);

    if (!there && who->namespace_labels.present)
        there = label_selector_matches(&who->namespace_labels, namespace_labels(w, s->namespace));
    return there && label_selector_matches(&who->labels, &s->labels);
}

static uint64_t hash_labels(const struct pod_spec *s)
{
    uint64_t h = str_hash(s->namespace);

    for (size_t i = 0; i < s->labels.count; i++) {
        h = hash_mix(h, str_hash(s->labels.items[i].key));
        h = hash_mix(h ^ h >> 29, str_hash(s->labels.items[i].value));
    }
    return h ^ h >> 32;
}

static bool same_labels(const struct pod_spec *x, const struct pod_spec *y)
{
    bool same = x->labels.count == y->labels.count && str_eq(x->namespace, y->namespace);

    for (size_t i = 0; same && i < x->labels.count; i++)
        same = str_eq(x->labels.items[i].key, y->labels.items[i].key) &&
               str_eq(x->labels.items[i].value, y->labels.items[i].value);
    return same;
}

/* By selector: does it mean the pod?  Pods of one workload have the same labels. */
const bool *crowd_who_mean(struct market *m, const struct pod_spec *s)
{
    struct topology *t = &m->topology;
    uint64_t hash = hash_labels(s);

    if (!t->meanings)
        t->meanings = ARENA_ARRAY(m->arena, struct meaning, MEANINGS);
    struct meaning *known = &t->meanings[hash % MEANINGS];
    if (known->of && known->hash == hash && same_labels(known->of, s))
        return known->means;
    if (!known->means)
        known->means = ARENA_ARRAY(m->arena, bool, t->who_count);
    known->hash = hash;
    known->of = s;
    for (size_t i = 0; i < t->who_count; i++)
        known->means[i] = means(m->world, t->who[i], s);
    return known->means;
}

void topology_read(struct market *m)
{
    const struct soft_hosts all = {SIZE_MAX, SIZE_MAX};
    struct profile nothing = {0};

    profile_intern(m, &nothing);
    for (size_t i = 0; i < m->spec_count; i++)
        if (m->specs[i].model == i)
            find_crowds(m, &m->specs[i]);
    for (size_t i = 0; i < m->spec_count; i++) /* models come before those that are as they are */
        m->specs[i].profile = m->specs[i].model == i ? topology_profile(m, &m->specs[i], all)
                                                     : m->specs[m->specs[i].model].profile;
}
