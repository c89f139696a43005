#include "engine/objects/pod_specs.h"

/* Hashes only have to tell most apart; who is equal is decided by pod_spec_eq. */
static uint64_t mix(uint64_t h, uint64_t value)
{
    return (h ^ value) * 0x9e3779b97f4a7c15u + (h >> 29);
}

static uint64_t hash_requirements(uint64_t h, const struct requirements *set)
{
    for (size_t i = 0; i < set->count; i++) {
        h = mix(h, str_hash(set->items[i].key));
        for (size_t k = 0; k < set->items[i].count; k++)
            h = mix(h, str_hash(set->items[i].values[k]));
    }
    return h;
}

static uint64_t hash(const struct pod_spec *s)
{
    uint64_t h = mix(str_hash(s->namespace), (uint64_t)s->priority);

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        h = mix(h, (uint64_t)s->requests.amount[i]);
    for (size_t i = 0; i < s->labels.count; i++)
        h = mix(mix(h, str_hash(s->labels.items[i].key)), str_hash(s->labels.items[i].value));
    for (size_t i = 0; i < s->term_count; i++)
        h = hash_requirements(h, &s->terms[i]);
    for (size_t i = 0; i < s->topology_count; i++)
        h = mix(mix(h, str_hash(s->topology[i].key)), (uint64_t)s->topology[i].kind);
    return mix(h, s->tolerations.count + s->port_count + s->volume_count + s->preference_count);
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

    for (size_t i = 0; eq && i < x_count; i++)
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

    for (size_t i = 0; eq && i < x->topology_count; i++)
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

bool pod_spec_eq(const struct pod_spec *x, const struct pod_spec *y)
{
    return str_eq(x->namespace, y->namespace) && x->priority == y->priority &&
           memcmp(&x->requests, &y->requests, sizeof(x->requests)) == 0 &&
           str_eq(x->unserved_resource, y->unserved_resource) &&
           str_eq(x->impossible, y->impossible) && labels_eq(&x->labels, &y->labels) &&
           terms_eq(x->terms, x->term_count, y->terms, y->term_count) &&
           terms_eq(x->own_terms, x->own_term_count, y->own_terms, y->own_term_count) &&
           tolerations_eq(&x->tolerations, &y->tolerations) && topology_eq(x, y) &&
           ports_and_volumes_eq(x, y);
}

/* Where it is, or the free slot where it belongs. */
static struct spec_slot *slot_of(const struct pod_specs *set, uint64_t h,
                                 const struct pod_spec *spec)
{
    size_t at = h & (set->capacity - 1);

    while (set->slots[at].spec &&
           (set->slots[at].hash != h || !pod_spec_eq(set->slots[at].spec, spec)))
        at = (at + 1) & (set->capacity - 1);
    return &set->slots[at];
}

static void grow(struct arena *keep, struct pod_specs *set)
{
    struct pod_specs larger = {.capacity = set->capacity ? 2 * set->capacity : 64};

    larger.slots = ARENA_ARRAY(keep, struct spec_slot, larger.capacity);
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].spec)
            *slot_of(&larger, set->slots[i].hash, set->slots[i].spec) = set->slots[i];
    larger.count = set->count;
    *set = larger;
}

const struct pod_spec *pod_specs_intern(struct arena *keep, struct pod_specs *set,
                                        const struct pod_spec *spec)
{
    uint64_t h = hash(spec);
    const struct pod_spec *found = set->capacity ? slot_of(set, h, spec)->spec : NULL;

    if (found)
        return found;
    if (4 * (set->count + 1) > 3 * set->capacity)
        grow(keep, set);
    *slot_of(set, h, spec) = (struct spec_slot){h, spec};
    set->count++;
    return spec;
}
