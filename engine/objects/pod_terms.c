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

/* One nodeSelectorTerm on top of the nodeSelector; false: it matches no node that there will be. */
static bool read_term(struct reader *r, const struct place *at, const struct json *j,
                      struct notes *notes, struct requirements *out)
{
    const struct json *expressions = json_get(j, "matchExpressions");
    const struct json *fields = json_get(j, "matchFields");
    struct place list = place_member(at, "matchExpressions");

    if (!read_map(r, at, j))
        return false;
    if (read_list(r, &list, expressions))
        for (size_t i = 0; i < expressions->count; i++) {
            struct place each = place_index(&list, i);
            struct requirement one;
            if (read_requirement(r, &each, &expressions->items[i], operators, &one))
                requirements_add(r->keep, out, &one);
        }
    if (fields->kind == JSON_ARRAY && fields->count) {
        notes_add(r, notes, fields,
                  STR("matchFields names nodes that exist: a term of nodeAffinity with it matches "
                      "no node that Tenon launches, and is passed over"));
        return false;
    }
    return expressions->kind == JSON_ARRAY && expressions->count > 0;
}

static struct requirements copy_of(struct arena *a, const struct requirements *set)
{
    struct requirements copy = {0};
    requirements_add_all(a, &copy, set);
    return copy;
}

void pod_terms_read(struct reader *r, const struct place *at, const struct json *spec,
                    struct notes *notes, struct pod_spec *out)
{
    struct place selector_at = place_member(at, "nodeSelector"),
                 affinity = place_member(at, "affinity"),
                 node = place_member(&affinity, "nodeAffinity"),
                 required = place_member(&node, "requiredDuringSchedulingIgnoredDuringExecution"),
                 terms_at = place_member(&required, "nodeSelectorTerms");
    const struct json *wanted = json_path(spec, "affinity", "nodeAffinity",
                                          "requiredDuringSchedulingIgnoredDuringExecution", NULL);
    const struct json *terms = json_get(wanted, "nodeSelectorTerms");
    struct requirements selector = {0};

    read_node_selector(r, &selector_at, json_get(spec, "nodeSelector"), &selector);
    bool has_terms = read_map(r, &required, wanted);
    if (has_terms && terms->kind == JSON_NULL)
        reader_missing(r, &terms_at, wanted, "At least one nodeSelectorTerm is needed.");
    if (has_terms && !read_list(r, &terms_at, terms))
        return;
    size_t most = has_terms ? terms->count : 1;
    struct requirements *found = ARENA_ARRAY(r->keep, struct requirements, most);
    for (size_t i = 0; i < most; i++) {
        struct place each = place_index(&terms_at, i);
        struct requirements *term = &found[out->term_count];
        *term = copy_of(r->keep, &selector);
        if (has_terms && !read_term(r, &each, &terms->items[i], notes, term))
            continue;
        /* What contradicts itself matches nothing, which is allowed among several terms. */
        if (!requirements_contradiction(term))
            out->term_count++;
    }
    out->terms = out->own_terms = found;
    out->own_term_count = out->term_count;
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
