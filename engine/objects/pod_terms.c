#include "engine/objects/pod_parts.h"
#include "engine/objects/values.h"

/* Node affinity knows fewer operators than a pool does. */
static const char *const operators[] = {"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", NULL};

/* nodeSelector: every label must have that value. */
static void read_node_selector(struct reader *r, const struct place *at, const struct json *j,
                               struct requirements *out)
{
    if (!read_map(r, at, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_key(at, j->keys[i]);
        struct str value = {0};
        struct requirement one;
        if (j->items[i].kind == JSON_NULL)
            reader_refuse(r, &each, &j->items[i], "A string is expected.");
        if (!read_string(r, &each, &j->items[i], &value))
            continue;
        struct error *e = requirement_new(r->keep, j->keys[i], OPERATOR_IN, &value, 1, 0, &one);
        reader_adopt(r, &each, &j->items[i], e);
        if (!e)
            requirements_add(r->keep, out, &one);
    }
}

bool node_expressions_read(struct reader *r, const struct place *at, const struct json *j,
                           struct requirements *out)
{
    const struct json *expressions = json_get(j, "matchExpressions");
    struct place list = place_member(at, "matchExpressions");

    if (!read_map(r, at, j))
        return false;
    for (size_t i = 0; read_list(r, &list, expressions) && i < expressions->count; i++) {
        struct place each = place_index(&list, i);
        struct requirement one;
        if (read_requirement(r, &each, &expressions->items[i], operators, &one))
            requirements_add(r->keep, out, &one);
    }
    return expressions->kind == JSON_ARRAY && expressions->count > 0;
}

/* One nodeSelectorTerm on top of the nodeSelector; false: it matches no node that there will be. */
static bool read_term(struct reader *r, const struct place *at, const struct json *j, bool unpin,
                      struct notes *notes, struct requirements *out)
{
    const struct json *fields = json_get(j, "matchFields");
    bool says_something = node_expressions_read(r, at, j, out);

    if (fields->kind == JSON_ARRAY && fields->count && !unpin) {
        notes_add(r, notes, fields,
                  STR("matchFields names nodes that exist: a term of nodeAffinity with it matches "
                      "no node that Tenon launches, and is passed over"));
        return false;
    }
    return says_something;
}

static bool only_pins(const struct json *terms)
{
    bool pins = terms->kind == JSON_ARRAY && terms->count;

    for (size_t i = 0; pins && i < terms->count; i++)
        pins = json_get(&terms->items[i], "matchFields")->kind == JSON_ARRAY &&
               json_get(&terms->items[i], "matchExpressions")->kind == JSON_NULL;
    return pins;
}

static struct requirements copy_of(struct arena *a, const struct requirements *set)
{
    struct requirements copy = {0};
    requirements_add_all(a, &copy, set);
    return copy;
}

void pod_terms_read(struct reader *r, const struct place *at, const struct json *spec, bool unpin,
                    struct notes *notes, struct pod_spec *out)
{
    struct place selector_at = place_member(at, "nodeSelector"),
                 affinity = place_member(at, "affinity"),
                 node = place_member(&affinity, "nodeAffinity"),
                 required = place_member(&node, REQUIRED_RULES),
                 terms_at = place_member(&required, "nodeSelectorTerms");
    const struct json *wanted = json_path(spec, "affinity", "nodeAffinity", REQUIRED_RULES, NULL);
    const struct json *terms = json_get(wanted, "nodeSelectorTerms");
    struct requirements selector = {0};

    read_node_selector(r, &selector_at, json_get(spec, "nodeSelector"), &selector);
    bool has_terms = !(unpin && only_pins(terms)) && read_map(r, &required, wanted);
    if (has_terms && terms->kind == JSON_NULL)
        reader_missing(r, &terms_at, wanted, "At least one nodeSelectorTerm is needed.");
    if (has_terms && !read_list(r, &terms_at, terms))
        return;
    const struct requirement *contradicted = NULL;
    size_t most = has_terms ? terms->count : 1;
    struct requirements *found = ARENA_ARRAY(r->keep, struct requirements, most);
    for (size_t i = 0; i < most; i++) {
        struct place each = place_index(&terms_at, i);
        struct requirements *term = &found[out->term_count];
        *term = copy_of(r->keep, &selector);
        if (has_terms && !read_term(r, &each, &terms->items[i], unpin, notes, term))
            continue;
        /* What contradicts itself matches nothing, which is allowed among several terms. */
        const struct requirement *no_value = requirements_contradiction(term);
        contradicted = contradicted ? contradicted : no_value;
        out->term_count += !no_value;
    }
    if (!out->term_count && contradicted)
        out->impossible = arena_printf(r->keep,
                                       "what it asks of the label " STR_FMT
                                       " contradicts itself: no value satisfies all of it",
                                       STR_ARG(contradicted->key));
    out->terms = out->own_terms = found;
    out->own_term_count = out->term_count;
}

/* False for what is wrong, and for what asks nothing: Kubernetes takes that as no preference. */
static bool read_preference(struct reader *r, const struct place *at, const struct json *j,
                            struct preference *out)
{
    struct place weight = place_member(at, "weight"), node = place_member(at, "preference");
    const struct json *wanted = json_get(j, "preference");

    if (!read_map(r, at, j))
        return false;
    if (json_get(j, "weight")->kind == JSON_NULL)
        reader_missing(r, &weight, j, "A whole number from 1 to 100 is expected.");
    if (wanted->kind == JSON_NULL)
        reader_missing(r, &node, j, "What the node had better be stands there.");
    bool weighs = read_int(r, &weight, json_get(j, "weight"), 1, 100, &out->weight);
    return node_expressions_read(r, &node, wanted, &out->node) && weighs;
}

/* Stable: of equal weights the first comes first. */
static void sort_by_weight(struct preference *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct preference one = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1].weight < one.weight; at--)
            items[at] = items[at - 1];
        items[at] = one;
    }
}

void pod_preferences_read(struct reader *r, const struct place *at, const struct json *spec,
                          struct pod_spec *out)
{
    struct place affinity = place_member(at, "affinity"),
                 node = place_member(&affinity, "nodeAffinity"),
                 list = place_member(&node, PREFERRED_RULES);
    const struct json *j = json_path(spec, "affinity", "nodeAffinity", PREFERRED_RULES, NULL);

    if (!read_list(r, &list, j))
        return;
    struct preference *found = ARENA_ARRAY(r->keep, struct preference, j->count);
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(&list, i);
        struct preference one = {0};
        if (read_preference(r, &each, &j->items[i], &one))
            found[out->preference_count++] = one;
    }
    sort_by_weight(found, out->preference_count);
    out->preferences = found;
}

static bool read_toleration(struct reader *r, const struct place *at, const struct json *j,
                            struct toleration *out)
{
    struct place key = place_member(at, "key"), operator_at = place_member(at, "operator"),
                 value = place_member(at, "value"), effect = place_member(at, "effect");
    static const char *const words[] = {"Equal", "Exists", NULL};
    struct str text = {0};
    size_t word = 0;

    if (!read_map(r, at, j))
        return false;
    struct error *before = r->last;
    read_string(r, &key, json_get(j, "key"), &out->key);
    read_string(r, &value, json_get(j, "value"), &out->value);
    read_choice(r, &operator_at, json_get(j, "operator"), words, &word);
    out->exists = word == 1;
    out->any_effect = !read_string(r, &effect, json_get(j, "effect"), &text) || text.len == 0;
    if (!out->any_effect && !taint_effect_parse(text, &out->effect))
        reader_refuse(r, &effect, json_get(j, "effect"),
                      "Allowed: NoSchedule, PreferNoSchedule or NoExecute, or nothing for all.");
    if (out->key.len == 0 && !out->exists)
        reader_missing(r, &key, j, "Only with operator Exists may it be left out.");
    return r->last == before;
}

void pod_tolerations_read(struct reader *r, const struct place *at, const struct json *spec,
                          struct tolerations *out)
{
    struct place list = place_member(at, "tolerations");
    const struct json *j = json_get(spec, "tolerations");

    if (!read_list(r, &list, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(&list, i);
        struct toleration t = {0};
        if (read_toleration(r, &each, &j->items[i], &t))
            ARENA_PUSH(r->keep, out->items, out->count, out->capacity, t);
    }
}
