#include <stdlib.h>

#include "engine/objects/label_selector.h"
#include "engine/objects/names.h"
#include "engine/objects/pod_parts.h"
#include "engine/objects/values.h"

/* topologySpreadConstraints, podAffinity and podAntiAffinity, with the rules of Kubernetes'
 * validation (pkg/apis/core/validation: validateTopologySpreadConstraints, validatePodAffinityTerm)
 * as far as they decide what is meant. */

struct reading {
    struct reader *r;
    struct pod_spec *pod; /* its labels and namespace are read already */
    struct topology_term *terms;
    size_t count, capacity;
};

static void push(struct reading *t, struct topology_term term)
{
    ARENA_PUSH(t->r->keep, t->terms, t->count, t->capacity, term);
}

static bool read_topology_key(struct reader *r, const struct place *at, const struct json *j,
                              struct str *out)
{
    struct place key = place_member(at, "topologyKey");
    const struct json *found = json_get(j, "topologyKey");
    struct str text = {0};

    if (found->kind == JSON_NULL)
        reader_missing(r, &key, j, "It is the label whose values are the domains.");
    if (!read_string(r, &key, found, &text))
        return false;
    if (!label_key_is_valid(text)) {
        reader_refuse(r, &key, found, LABEL_KEY_RULE);
        return false;
    }
    *out = label_normalize(text);
    return true;
}

/* The pod's own value of each key is asked for, or refused; keys that it lacks say nothing. */
static void add_keys(struct reading *t, const struct place *at, const struct json *j,
                     const char *name, struct label_selector *out)
{
    struct place list = place_member(at, name);
    bool other = str_eq(str_of(name), STR("mismatchLabelKeys"));
    struct str *keys;
    size_t count;

    if (json_get(j, name)->kind == JSON_NULL ||
        !read_strings(t->r, &list, json_get(j, name), &keys, &count))
        return;
    if (count && !out->present)
        reader_fault(t->r, &list, json_get(j, name), STR("stands without a labelSelector"),
                     STR("The keys narrow a selector: write one, or leave them out."));
    for (size_t i = 0; i < count; i++) {
        struct label l = {keys[i], labels_get(&t->pod->labels, keys[i])};
        if (l.value.ptr && out->present)
            label_selector_add(t->r->keep, out, &l, other);
    }
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static const struct str *own_namespace(struct reading *t)
{
    struct str *one = ARENA_NEW(t->r->keep, struct str);
    *one = t->pod->namespace;
    return one;
}

/* Sorted and distinct. */
static void set_namespaces(struct str *items, size_t count, struct pod_selector *out)
{
    if (count)
        qsort(items, count, sizeof(*items), by_text);
    for (size_t i = 0; i < count; i++)
        if (!out->namespace_count || !str_eq(items[out->namespace_count - 1], items[i]))
            items[out->namespace_count++] = items[i];
    out->namespaces = items;
}

/* Neither a list nor a selector means the pod's own namespace. */
static void read_namespaces(struct reading *t, const struct place *at, const struct json *j,
                            struct pod_selector *out)
{
    struct place list = place_member(at, "namespaces"),
                 selector = place_member(at, "namespaceSelector");
    struct str *items = NULL;
    size_t count = 0;

    label_selector_read(t->r, &selector, json_get(j, "namespaceSelector"), &out->namespace_labels);
    if (json_get(j, "namespaces")->kind != JSON_NULL)
        read_strings(t->r, &list, json_get(j, "namespaces"), &items, &count);
    set_namespaces(items, count, out);
    if (count || out->namespace_labels.present)
        return;
    out->namespaces = own_namespace(t);
    out->namespace_count = 1;
}

static void read_selector(struct reading *t, const struct place *at, const struct json *j,
                          struct pod_selector *out)
{
    struct place selector = place_member(at, "labelSelector");

    label_selector_read(t->r, &selector, json_get(j, "labelSelector"), &out->labels);
    add_keys(t, at, j, "matchLabelKeys", &out->labels);
}

static bool read_policy(struct reader *r, const struct place *at, const struct json *j,
                        const char *name, bool otherwise)
{
    static const char *const words[] = {"Ignore", "Honor", NULL};
    struct place policy = place_member(at, name);
    size_t word = otherwise;

    read_choice(r, &policy, json_get(j, name), words, &word);
    return word == 1;
}

static void read_min_domains(struct reader *r, const struct place *at, const struct json *j,
                             struct topology_term *out)
{
    struct place least = place_member(at, "minDomains");
    const struct json *found = json_get(j, "minDomains");

    out->min_domains = 1;
    if (read_int(r, &least, found, 1, INT32_MAX, &out->min_domains) && !out->required)
        reader_fault(r, &least, found, STR("stands beside whenUnsatisfiable: ScheduleAnyway"),
                     STR("A minimum of domains is one for DoNotSchedule only."));
}

static bool repeats(struct reading *t, const struct place *at, const struct json *j,
                    const struct topology_term *term)
{
    for (size_t i = 0; i < t->count; i++) {
        if (!str_eq(t->terms[i].key, term->key) || t->terms[i].required != term->required)
            continue;
        reader_fault(
            t->r, at, j,
            arena_printf(t->r->keep, "repeats the topologyKey " STR_FMT, STR_ARG(term->key)),
            STR("Of one key there is one constraint that is required and one that is not."));
        return true;
    }
    return false;
}

static void read_spread(struct reading *t, const struct place *at, const struct json *j)
{
    static const char *const words[] = {"DoNotSchedule", "ScheduleAnyway", NULL};
    struct place skew = place_member(at, "maxSkew"), when = place_member(at, "whenUnsatisfiable");
    struct topology_term term = {.kind = TOPOLOGY_SPREAD, .max_skew = 1};
    struct reader *r = t->r;
    size_t word = 0;

    if (!read_map(r, at, j))
        return;
    if (json_get(j, "maxSkew")->kind == JSON_NULL)
        reader_missing(r, &skew, j, "It says by how many pods domains may differ, 1 or more.");
    if (json_get(j, "whenUnsatisfiable")->kind == JSON_NULL)
        reader_missing(r, &when, j, "Allowed: DoNotSchedule or ScheduleAnyway.");
    read_int(r, &skew, json_get(j, "maxSkew"), 1, INT32_MAX, &term.max_skew);
    read_choice(r, &when, json_get(j, "whenUnsatisfiable"), words, &word);
    term.required = word == 0;
    read_min_domains(r, at, j, &term);
    term.heeds_affinity = read_policy(r, at, j, "nodeAffinityPolicy", true);
    term.heeds_taints = read_policy(r, at, j, "nodeTaintsPolicy", false);
    read_selector(t, at, j, &term.who);
    term.who.namespaces = own_namespace(t);
    term.who.namespace_count = 1;
    if (read_topology_key(r, at, j, &term.key) && !repeats(t, at, j, &term))
        push(t, term);
}

static void read_spreads(struct reading *t, const struct place *at, const struct json *spec)
{
    struct place list = place_member(at, "topologySpreadConstraints");
    const struct json *j = json_get(spec, "topologySpreadConstraints");

    for (size_t i = 0; read_list(t->r, &list, j) && i < j->count; i++) {
        struct place each = place_index(&list, i);
        read_spread(t, &each, &j->items[i]);
    }
}

static void read_affinity_term(struct reading *t, const struct place *at, const struct json *j,
                               struct topology_term term)
{
    if (!read_map(t->r, at, j))
        return;
    read_selector(t, at, j, &term.who);
    add_keys(t, at, j, "mismatchLabelKeys", &term.who.labels);
    read_namespaces(t, at, j, &term.who);
    if (read_topology_key(t->r, at, j, &term.key))
        push(t, term);
}

static void read_weighted_term(struct reading *t, const struct place *at, const struct json *j,
                               struct topology_term term)
{
    struct place weight = place_member(at, "weight"), inner = place_member(at, "podAffinityTerm");
    const struct json *wanted = json_get(j, "podAffinityTerm");

    if (!read_map(t->r, at, j))
        return;
    if (json_get(j, "weight")->kind == JSON_NULL)
        reader_missing(t->r, &weight, j, "A whole number from 1 to 100 is expected.");
    if (wanted->kind == JSON_NULL)
        reader_missing(t->r, &inner, j, "Whom the pod would rather meet or avoid stands there.");
    if (read_int(t->r, &weight, json_get(j, "weight"), 1, 100, &term.weight))
        read_affinity_term(t, &inner, wanted, term);
}

static void read_affinity(struct reading *t, const struct place *spec_at, const struct json *spec,
                          const char *name, enum topology_kind kind)
{
    struct place affinity = place_member(spec_at, "affinity"), at = place_member(&affinity, name),
                 hard_at = place_member(&at, REQUIRED_RULES),
                 soft_at = place_member(&at, PREFERRED_RULES);
    const struct json *j = json_path(spec, "affinity", name, NULL);
    const struct json *hard = json_get(j, REQUIRED_RULES), *soft = json_get(j, PREFERRED_RULES);

    if (!read_map(t->r, &at, j))
        return;
    for (size_t i = 0; read_list(t->r, &hard_at, hard) && i < hard->count; i++) {
        struct place each = place_index(&hard_at, i);
        read_affinity_term(t, &each, &hard->items[i],
                           (struct topology_term){.kind = kind, .required = true});
    }
    for (size_t i = 0; read_list(t->r, &soft_at, soft) && i < soft->count; i++) {
        struct place each = place_index(&soft_at, i);
        read_weighted_term(t, &each, &soft->items[i], (struct topology_term){.kind = kind});
    }
}

void pod_topology_read(struct reader *r, const struct place *at, const struct json *spec,
                       struct pod_spec *out)
{
    struct reading t = {.r = r, .pod = out};

    read_spreads(&t, at, spec);
    read_affinity(&t, at, spec, "podAffinity", TOPOLOGY_AFFINITY);
    read_affinity(&t, at, spec, "podAntiAffinity", TOPOLOGY_ANTI_AFFINITY);
    out->topology = t.terms;
    out->topology_count = t.count;
}
