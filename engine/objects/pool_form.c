#include "engine/objects/pool_form.h"

#include "engine/objects/names.h"
#include "engine/objects/values.h"

/* Seconds that still fit when counted in milliseconds. */
#define SECONDS_MAX (INT64_MAX / 1000)

static void check_name(struct reader *r, const struct place *at, const struct json *j,
                       const void *filled)
{
    if (!is_dns_label(*(const struct str *)filled))
        reader_refuse(r, at, j, DNS_LABEL_RULE);
}

static void check_label_key(struct reader *r, const struct place *at, const struct json *j,
                            const void *filled)
{
    if (!label_key_is_valid(*(const struct str *)filled))
        reader_refuse(r, at, j, LABEL_KEY_RULE);
}

static void check_label_value(struct reader *r, const struct place *at, const struct json *j,
                              const void *filled)
{
    if (!label_value_is_valid(*(const struct str *)filled))
        reader_refuse(r, at, j, LABEL_VALUE_RULE);
}

static void check_labels(struct reader *r, const struct place *at, const struct json *j,
                         const void *filled)
{
    struct labels good = {0};
    const struct labels *read = filled;

    if (read->count == j->count) /* else some value was no string, and has been reported */
        read_labels(r, at, j, true, &good);
}

static void check_annotations(struct reader *r, const struct place *at, const struct json *j,
                              const void *filled)
{
    const struct labels *read = filled;

    for (size_t i = 0; i < read->count; i++) {
        struct place each = place_key(at, read->items[i].key);
        if (!label_key_is_valid(read->items[i].key))
            reader_fault(r, &each, j, STR("is no annotation key"), STR(LABEL_KEY_RULE));
    }
}

static const struct field taint_fields[] = {
    FIELD(STRING, taint_spec, key, .flags = FIELD_REQUIRED, .check = check_label_key),
    FIELD(STRING, taint_spec, value, .dflt = "\"\"", .check = check_label_value),
    FIELD(STRING, taint_spec, effect, .flags = FIELD_REQUIRED,
          .words = WORDS("NoSchedule", "PreferNoSchedule", "NoExecute")),
};
static const struct form taint_form = FORM(taint_spec, taint_fields);

static void check_limits(struct reader *r, const struct place *at, const struct json *j,
                         const void *filled)
{
    int64_t ignored;

    (void)filled;
    for (size_t i = 0; i < j->count; i++) {
        const struct json *value = &j->items[i];
        struct place each = place_key(at, j->keys[i]);
        if (value->kind != JSON_STRING)
            continue; /* refused already */
        if (str_eq(j->keys[i], LIMIT_HOURLY_USD)) {
            if (!usd_parse_micro(value->text, &ignored))
                reader_refuse(
                    r, &each, value,
                    "Dollars per hour are expected, such as 12 or 0.5, not below zero and "
                    "with at most six decimals.");
        } else if (str_eq(j->keys[i], LIMIT_NODES)) {
            if (!str_to_int64(value->text, &ignored) || ignored < 0)
                reader_refuse(r, &each, value, "A whole number of at least 0 is expected.");
        } else if (!label_key_is_valid(j->keys[i])) {
            reader_fault(r, &each, value, STR("is no resource name"),
                         STR("Allowed are cpu, memory, ephemeral-storage, extended resources such "
                             "as nvidia.com/gpu, nodes and hourly_usd."));
        } else {
            read_amount(r, &each, j->keys[i], value, &ignored);
        }
    }
}

static const struct field consolidation_fields[] = {
    FIELD(BOOL, consolidation_spec, enabled, .dflt = "true"),
    FIELD(STRING, consolidation_spec, policy, .dflt = "\"WhenEmptyOrUnderutilized\"",
          .words = WORDS("WhenEmpty", "WhenEmptyOrUnderutilized")),
    FIELD(INT, consolidation_spec, after_seconds, .max = SECONDS_MAX, .dflt = "0"),
    FIELD(INT, consolidation_spec, payback_seconds, .max = SECONDS_MAX, .unset = -1),
};
static const struct form consolidation_form = FORM(consolidation_spec, consolidation_fields);

static const struct field headroom_fields[] = {
    FIELD(MAP, headroom_spec, resources, .flags = FIELD_REQUIRED | FIELD_QUANTITIES, .min = 1),
    FIELD(INT, headroom_spec, count, .min = 1, .max = 10000, .dflt = "1"),
};
static const struct form headroom_form = FORM(headroom_spec, headroom_fields);

static void check_taint_is_new(struct reader *r, const struct place *at, const struct json *j,
                               const struct taint_spec *t, const struct list *others, size_t until)
{
    const struct taint_spec *other = others->items;

    for (size_t i = 0; i < until; i++)
        if (t->key.len && str_eq(t->key, other[i].key) && str_eq(t->effect, other[i].effect)) {
            reader_fault(r, at, j,
                         arena_printf(r->keep, "repeats the taint " STR_FMT ":" STR_FMT,
                                      STR_ARG(t->key), STR_ARG(t->effect)),
                         STR("A node has one taint of a key and effect, in taints and "
                             "startup_taints together: remove one."));
            return;
        }
}

static void check_taints_differ(struct reader *r, const struct place *at, const struct json *j,
                                const struct pool_spec *spec)
{
    struct place taints = place_member(at, "taints"), startup = place_member(at, "startup_taints");
    const struct taint_spec *t = spec->taints.items, *s = spec->startup_taints.items;

    for (size_t i = 0; i < spec->taints.count; i++) {
        struct place each = place_index(&taints, i);
        check_taint_is_new(r, &each, j, &t[i], &spec->taints, i);
    }
    for (size_t i = 0; i < spec->startup_taints.count; i++) {
        struct place each = place_index(&startup, i);
        check_taint_is_new(r, &each, j, &s[i], &spec->startup_taints, i);
        check_taint_is_new(r, &each, j, &s[i], &spec->taints, spec->taints.count);
    }
}

static void check_static(struct reader *r, const struct place *at, const struct json *j)
{
    struct place replicas = place_member(at, "replicas");

    if (json_get(j, "replicas")->kind == JSON_NULL)
        return;
    if (json_get(j, "weight")->kind != JSON_NULL)
        reader_fault(
            r, &replicas, j, STR("stands beside weight"),
            STR("A pool with replicas keeps that many nodes whatever the pods, so a weight "
                "has nothing to decide: remove one of the two."));
    if (json_get(j, "consolidation")->kind != JSON_NULL)
        reader_fault(
            r, &replicas, j, STR("stands beside consolidation"),
            STR("A pool with replicas keeps that many nodes whatever the pods, so there is "
                "nothing to consolidate: remove one of the two."));
}

static void check_pool(struct reader *r, const struct place *at, const struct json *j,
                       const void *filled)
{
    check_labels_against_requirements(r, at, j, filled);
    check_taints_differ(r, at, j, filled);
    check_static(r, at, j);
}

static const struct field pool_fields[] = {
    FIELD(STRING, pool_spec, name, .flags = FIELD_REQUIRED, .check = check_name),
    FIELD(STRING, pool_spec, node_class, .flags = FIELD_REQUIRED | FIELD_SHAPES_NODES,
          .check = check_name),
    FIELD(MAP, pool_spec, labels, .flags = FIELD_SHAPES_NODES, .dflt = "{}", .max = 100,
          .check = check_labels),
    FIELD(MAP, pool_spec, annotations, .flags = FIELD_SHAPES_NODES, .dflt = "{}",
          .check = check_annotations,
          .unheeded = "Annotations are kept, but this version does not write them to nodes."),
    FIELD(LIST, pool_spec, requirements, .dflt = "[]", .max = 100, .form = &requirement_form,
          .check = check_requirements),
    FIELD(LIST, pool_spec, taints, .flags = FIELD_SHAPES_NODES, .dflt = "[]", .form = &taint_form),
    FIELD(LIST, pool_spec, startup_taints, .flags = FIELD_SHAPES_NODES, .dflt = "[]",
          .form = &taint_form),
    FIELD(MAP, pool_spec, limits, .flags = FIELD_QUANTITIES, .dflt = "{}", .check = check_limits),
    FIELD(INT, pool_spec, weight, .min = 1, .max = 100),
    FIELD(INT, pool_spec, ttl_seconds_after_empty, .max = SECONDS_MAX, .unset = -1),
    /* A node takes about a minute to start; one that expired sooner would be replaced for ever. */
    FIELD(INT, pool_spec, ttl_seconds_until_expired, .min = 60, .max = SECONDS_MAX, .unset = -1),
    FIELD(OBJECT, pool_spec, consolidation, .dflt = "{}", .form = &consolidation_form),
    FIELD(LIST, pool_spec, budgets, .dflt = "[]", .max = 50, .form = &budget_form),
    FIELD(INT, pool_spec, termination_grace_period_seconds, .max = SECONDS_MAX, .unset = -1),
    FIELD(INT, pool_spec, replicas, .max = 10000, .unset = -1),
    FIELD(INT, pool_spec, spread_limit, .min = 1, .max = 100),
    FIELD(LIST, pool_spec, headroom, .dflt = "[]", .form = &headroom_form),
};
const struct form pool_form = FORM(pool_spec, pool_fields, .check = check_pool);
