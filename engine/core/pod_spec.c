#include "engine/core/pod_spec.h"

/* Hashes only have to tell most apart; who is equal is decided by pod_spec_eq. */
static uint64_t mix(uint64_t h, uint64_t value)
{
    return ((h ^ value) * 0x9e3779b97f4a7c15u) ^ (h >> 29);
}

/* Eight bytes at a time: specifications are hashed whenever a decision is made. */
static uint64_t mix_text(uint64_t h, struct str s)
{
    uint64_t word = 0;

    h = mix(h, s.len);
    for (; s.len >= sizeof(word); s.ptr += sizeof(word), s.len -= sizeof(word)) {
        memcpy(&word, s.ptr, sizeof(word));
        h = mix(h, word);
    }
    word = 0;
    if (s.len)
        memcpy(&word, s.ptr, s.len);
    return mix(h, word);
}

static uint64_t mix_requirements(uint64_t h, const struct requirement *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        h = mix_text(h, items[i].key);
        for (size_t k = 0; k < items[i].count; k++)
            h = mix_text(h, items[i].values[k]);
    }
    return h;
}

static uint64_t mix_topology(uint64_t h, const struct topology_term *t)
{
    h = mix(mix_text(h, t->key), (uint64_t)t->kind);
    return mix_requirements(h, t->who.labels.items, t->who.labels.count);
}

uint64_t pod_spec_rules_hash(const struct pod_spec *s)
{
    uint64_t h = mix(mix_text(0, s->namespace), (uint64_t)s->priority);

    for (size_t i = 0; i < s->labels.count; i++)
        h = mix_text(mix_text(h, s->labels.items[i].key), s->labels.items[i].value);
    for (size_t i = 0; i < s->term_count; i++)
        h = mix_requirements(h, s->terms[i].items, s->terms[i].count);
    for (size_t i = 0; i < s->topology_count; i++)
        h = mix_topology(h, &s->topology[i]);
    h = mix(h, s->tolerations.count + s->port_count + s->volume_count + s->preference_count);
    return h ^ h >> 29;
}

uint64_t pod_spec_hash_amounts(uint64_t of_rules, const struct resources *requests)
{
    uint64_t h = of_rules;

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        h = mix(h, (uint64_t)requests->amount[i]);
    return h ^ h >> 29;
}

uint64_t pod_spec_hash(const struct pod_spec *s)
{
    return pod_spec_hash_amounts(pod_spec_rules_hash(s), &s->requests);
}

static bool labels_eq(const struct labels *x, const struct labels *y)
{
    bool eq = x->count == y->count;

    for (size_t i = 0; eq && i < x->count; i++)
        eq = str_eq(x->items[i].key, y->items[i].key) &&
             str_eq(x->items[i].value, y->items[i].value);
    return eq;
}

static bool terms_eq(const struct requirements *x, size_t x_count, const struct requirements *y,
                     size_t y_count)
{
    bool eq = x_count == y_count;

    for (size_t i = 0; eq && x != y && i < x_count; i++)
        eq = requirements_eq(&x[i], &y[i]);
    return eq;
}

static bool selectors_eq(const struct label_selector *x, const struct label_selector *y)
{
    bool eq = x->present == y->present && x->count == y->count;

    for (size_t i = 0; eq && i < x->count; i++)
        eq = requirement_eq(&x->items[i], &y->items[i]);
    return eq;
}

static bool names_eq(const struct str *x, size_t x_count, const struct str *y, size_t y_count)
{
    bool eq = x_count == y_count;

    for (size_t i = 0; eq && i < x_count; i++)
        eq = str_eq(x[i], y[i]);
    return eq;
}

static bool topology_term_eq(const struct topology_term *x, const struct topology_term *y)
{
    return x->kind == y->kind && str_eq(x->key, y->key) && x->required == y->required &&
           x->weight == y->weight && x->max_skew == y->max_skew &&
           x->min_domains == y->min_domains && x->heeds_affinity == y->heeds_affinity &&
           x->heeds_taints == y->heeds_taints && selectors_eq(&x->who.labels, &y->who.labels) &&
           selectors_eq(&x->who.namespace_labels, &y->who.namespace_labels) &&
           names_eq(x->who.namespaces, x->who.namespace_count, y->who.namespaces,
                    y->who.namespace_count);
}

static bool topology_eq(const struct pod_spec *x, const struct pod_spec *y)
{
    bool eq = x->topology_count == y->topology_count && x->preference_count == y->preference_count;

    for (size_t i = 0; eq && x->topology != y->topology && i < x->topology_count; i++)
        eq = topology_term_eq(&x->topology[i], &y->topology[i]);
    for (size_t i = 0; eq && i < x->preference_count; i++)
        eq = x->preferences[i].weight == y->preferences[i].weight &&
             requirements_eq(&x->preferences[i].node, &y->preferences[i].node);
    return eq;
}

static bool ports_and_volumes_eq(const struct pod_spec *x, const struct pod_spec *y)
{
    bool eq = x->port_count == y->port_count && x->volume_count == y->volume_count;

    for (size_t i = 0; eq && i < x->port_count; i++)
        eq = x->ports[i].port == y->ports[i].port && str_eq(x->ports[i].ip, y->ports[i].ip) &&
             str_eq(x->ports[i].protocol, y->ports[i].protocol);
    for (size_t i = 0; eq && i < x->volume_count; i++)
        eq = str_eq(x->volumes[i].claim, y->volumes[i].claim) &&
             x->volumes[i].by_one_pod == y->volumes[i].by_one_pod;
    return eq;
}

bool pod_spec_rules_eq(const struct pod_spec *x, const struct pod_spec *y)
{
    return str_eq(x->namespace, y->namespace) && x->priority == y->priority &&
           str_eq(x->unserved_resource, y->unserved_resource) &&
           str_eq(x->impossible, y->impossible) && labels_eq(&x->labels, &y->labels) &&
           terms_eq(x->terms, x->term_count, y->terms, y->term_count) &&
           terms_eq(x->own_terms, x->own_term_count, y->own_terms, y->own_term_count) &&
           tolerations_eq(&x->tolerations, &y->tolerations) && topology_eq(x, y) &&
           ports_and_volumes_eq(x, y);
}

bool pod_spec_eq(const struct pod_spec *x, const struct pod_spec *y)
{
    return memcmp(&x->requests, &y->requests, sizeof(x->requests)) == 0 && pod_spec_rules_eq(x, y);
}
