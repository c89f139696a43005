#include "engine/objects/pool_form.h"

/* Requirements of a pool: each by itself, and whether they can hold together. */

static const struct field requirement_fields[] = {
    FIELD(STRING, requirement_spec, key, .flags = FIELD_REQUIRED),
    FIELD_AS(STRING, "operator", requirement_spec, op, .flags = FIELD_REQUIRED,
             .words = WORDS("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte")),
    FIELD(STRINGS, requirement_spec, values, .dflt = "[]"),
    FIELD(INT, requirement_spec, min_values, .min = 1, .max = 50),
};
const struct form requirement_form = FORM(requirement_spec, requirement_fields);

struct error *requirement_of_spec(struct arena *a, const struct requirement_spec *spec,
                                  struct requirement *out)
{
    enum requirement_operator op = OPERATOR_IN;

    if (!requirement_operator_parse(spec->op, &op))
        return error_at(error_new(a, ERROR_INVALID, "unknown operator"), STR("operator"));
    return requirement_new(a, spec->key, op, spec->values.items, spec->values.count,
                           spec->min_values, out);
}

/* Numbers that Gt and its like compare with are those of labels, which have no sign. */
static bool compares_below_zero(const struct requirement_spec *spec)
{
    return spec->values.count == 1 && spec->values.items[0].len > 0 &&
           spec->values.items[0].ptr[0] == '-' &&
           (spec->op.ptr[0] == 'G' || spec->op.ptr[0] == 'L');
}

static bool requirement_is_good(struct reader *r, const struct place *at, const struct json *j,
                                const struct requirement_spec *spec, struct requirement *out)
{
    struct place key = place_member(at, "key"), values = place_member(at, "values");
    const char *why = label_restriction(spec->key);
    struct error *e = requirement_of_spec(r->keep, spec, out);

    if (e) {
        reader_adopt(r, at, j, e);
    } else if (why) {
        reader_fault(r, &key, j,
                     arena_printf(r->keep, "names " STR_FMT ", which a pool may not state",
                                  STR_ARG(spec->key)),
                     arena_printf(r->keep, "Use another label: %s.", why));
    } else if (compares_below_zero(spec)) {
        struct place first = place_index(&values, 0);
        reader_refuse(r, &first, &json_get(j, "values")->items[0],
                      "A whole number of at least 0 is expected.");
    } else {
        return true;
    }
    return false;
}

static void check_against_earlier(struct reader *r, const struct place *at, const struct json *j,
                                  const struct requirements *set, const struct requirement *new)
{
    const struct requirement *earlier = requirements_get(set, new->key);
    struct requirement both = *new;

    if (earlier)
        both = requirement_intersect(r->keep, earlier, new);
    if (!requirement_is_contradiction(&both))
        return;
    struct str mine = requirement_text(r->keep, new);
    struct str theirs = earlier ? requirement_text(r->keep, earlier) : (struct str){0};
    reader_fault(r, at, j,
                 earlier ? arena_printf(r->keep, "(" STR_FMT ") contradicts " STR_FMT,
                                        STR_ARG(mine), STR_ARG(theirs))
                         : arena_printf(r->keep, "(" STR_FMT ") can never hold", STR_ARG(mine)),
                 STR("No node can satisfy it. All requirements of a key must hold together: leave "
                     "at least one value that they share."));
}

/* What the requirements of its key leave together must be as many as it asks to choose from. */
static void check_choice(struct reader *r, const struct place *at, const struct json *j,
                         const struct requirements *set, const struct requirement *new)
{
    const struct requirement *all = requirements_get(set, new->key);
    struct place min_values = place_member(at, "min_values");

    if (all->complement || !all->count || all->min_values <= (int64_t)all->count)
        return;
    reader_fault(r, &min_values, j,
                 arena_printf(r->keep, "asks for %lld values, and there is " STR_FMT,
                              (long long)all->min_values, STR_ARG(requirement_text(r->keep, all))),
                 STR("The requirements of this key leave fewer values together: ask for fewer, or "
                     "allow more."));
}

void check_requirements(struct reader *r, const struct place *at, const struct json *j,
                        const void *filled)
{
    const struct list *list = filled;
    const struct requirement_spec *specs = list->items;
    struct requirements set = {0};

    for (size_t i = 0; i < list->count; i++) {
        struct place each = place_index(at, i);
        struct requirement one;
        /* Without key or operator it has been refused already. */
        if (!specs[i].key.len || !specs[i].op.len ||
            !requirement_is_good(r, &each, &j->items[i], &specs[i], &one))
            continue;
        check_against_earlier(r, &each, &j->items[i], &set, &one);
        requirements_add(r->keep, &set, &one);
        check_choice(r, &each, &j->items[i], &set, &one);
    }
}

/* A label is a requirement too: nodes carry exactly that value. */
void check_labels_against_requirements(struct reader *r, const struct place *at,
                                       const struct json *j, const struct pool_spec *spec)
{
    const struct requirement_spec *specs = spec->requirements.items;
    struct place list = place_member(at, "requirements");

    for (size_t i = 0; i < spec->requirements.count; i++) {
        struct place each = place_index(&list, i);
        struct requirement one;
        if (requirement_of_spec(r->keep, &specs[i], &one))
            continue; /* refused already */
        struct str value = labels_get(&spec->labels, one.key);
        if (value.ptr && !requirement_has(&one, value)) {
            struct str text = requirement_text(r->keep, &one);
            reader_fault(r, &each, j,
                         arena_printf(r->keep,
                                      "(" STR_FMT ") contradicts the label " STR_FMT " = \"" STR_FMT
                                      "\"",
                                      STR_ARG(text), STR_ARG(one.key), STR_ARG(value)),
                         STR("Every node of the pool carries the label: allow its value, or remove "
                             "one of the two."));
        }
    }
}
