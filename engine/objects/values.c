#include "engine/objects/values.h"

#include "engine/objects/names.h"

static bool label_key_is_good(struct reader *r, const struct place *at, const struct json *found,
                              struct str key, bool restricted)
{
    const char *why = restricted ? label_restriction(key) : NULL;

    if (!label_key_is_valid(key))
        reader_fault(r, at, found, STR("is no label key"), STR(LABEL_KEY_RULE));
    else if (why)
        reader_fault(r, at, found, STR("is a label that a pool may not state"), str_of(why));
    else
        return true;
    return false;
}

void read_labels(struct reader *r, const struct place *at, const struct json *j, bool restricted,
                 struct labels *out)
{
    if (!read_map(r, at, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        const struct json *item = &j->items[i];
        struct place each = place_key(at, j->keys[i]);
        struct str value = {0};
        bool good = label_key_is_good(r, &each, item, j->keys[i], restricted);
        if (item->kind == JSON_NULL)
            reader_refuse(r, &each, item, "A string is expected.");
        if (!read_string(r, &each, item, &value))
            continue;
        if (!label_value_is_valid(value))
            reader_refuse(r, &each, item, LABEL_VALUE_RULE);
        else if (good)
            labels_set(r->keep, out, j->keys[i], value);
    }
}

void read_string_map(struct reader *r, const struct place *at, const struct json *j,
                     struct labels *out)
{
    if (!read_map(r, at, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_key(at, j->keys[i]);
        struct str value = {0};
        if (j->items[i].kind == JSON_NULL)
            reader_refuse(r, &each, &j->items[i], "A string is expected.");
        if (read_string(r, &each, &j->items[i], &value))
            labels_set(r->keep, out, j->keys[i], value);
    }
}

bool read_requirement(struct reader *r, const struct place *at, const struct json *j,
                      const char *const *operators, struct requirement *out)
{
    struct place key_at = place_member(at, "key"), operator_at = place_member(at, "operator"),
                 values_at = place_member(at, "values"), least_at = place_member(at, "minValues");
    enum requirement_operator op = OPERATOR_IN;
    struct str key = {0}, *values = NULL;
    size_t count = 0, word = 0;
    int64_t min_values = 0;

    if (!read_map(r, at, j))
        return false;
    if (json_get(j, "key")->kind == JSON_NULL)
        reader_missing(r, &key_at, j, LABEL_KEY_RULE);
    if (json_get(j, "operator")->kind == JSON_NULL)
        reader_missing(
            r, &operator_at, j,
            arena_printf(r->keep, "Allowed: " STR_FMT ".", STR_ARG(words_text(r->keep, operators)))
                .ptr);
    bool good = read_string(r, &key_at, json_get(j, "key"), &key);
    good &= read_choice(r, &operator_at, json_get(j, "operator"), operators, &word);
    if (json_get(j, "values")->kind != JSON_NULL)
        good &= read_strings(r, &values_at, json_get(j, "values"), &values, &count);
    if (json_get(j, "minValues")->kind != JSON_NULL)
        good &= read_int(r, &least_at, json_get(j, "minValues"), 1, 50, &min_values);
    if (!good || !requirement_operator_parse(str_of(operators[word]), &op))
        return false;
    struct error *e = requirement_new(r->keep, key, op, values, count, min_values, out);
    reader_adopt(r, at, j, e);
    return e == NULL;
}

static void read_taint(struct reader *r, const struct place *at, const struct json *j,
                       struct taints *out)
{
    struct place key_at = place_member(at, "key"), value_at = place_member(at, "value"),
                 effect_at = place_member(at, "effect");
    struct error *before = r->last;
    struct str effect = {0};
    struct taint t = {0};

    if (!read_map(r, at, j))
        return;
    if (!read_string(r, &key_at, json_get(j, "key"), &t.key) && r->last == before)
        reader_missing(r, &key_at, j, LABEL_KEY_RULE);
    else if (r->last == before && !label_key_is_valid(t.key))
        reader_refuse(r, &key_at, json_get(j, "key"), LABEL_KEY_RULE);
    read_string(r, &value_at, json_get(j, "value"), &t.value);
    read_string(r, &effect_at, json_get(j, "effect"), &effect);
    if (!taint_effect_parse(effect, &t.effect) && r->last == before)
        reader_refuse(r, &effect_at, json_get(j, "effect"),
                      "Allowed: NoSchedule, PreferNoSchedule or NoExecute.");
    if (r->last == before)
        ARENA_PUSH(r->keep, out->items, out->count, out->capacity, t);
}

void read_taints(struct reader *r, const struct place *at, const struct json *j, struct taints *out)
{
    for (size_t i = 0; read_list(r, at, j) && i < j->count; i++) {
        struct place each = place_index(at, i);
        read_taint(r, &each, &j->items[i], out);
    }
}

/* In the order of the core's enum. */
bool read_amount(struct reader *r, const struct place *at, struct str resource,
                 const struct json *j, int64_t *out)
{
    return str_eq(resource, STR("cpu")) ? read_quantity_milli(r, at, j, out)
                                        : read_quantity(r, at, j, out);
}

void read_resources(struct reader *r, const struct place *at, const struct json *j,
                    struct resource_table *table, struct resources *out, struct str *unserved)
{
    if (!read_map(r, at, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_key(at, j->keys[i]);
        int64_t amount = 0;
        if (j->items[i].kind == JSON_NULL)
            reader_refuse(r, &each, &j->items[i], "A quantity such as 500m or 2Gi is expected.");
        if (!read_amount(r, &each, j->keys[i], &j->items[i], &amount) || amount == 0)
            continue;
        size_t n = resource_table_add(table, j->keys[i]);
        if (n < RESOURCES_MAX)
            out->amount[n] = amount;
        else if (unserved->len == 0)
            *unserved = j->keys[i];
    }
}

bool usd_parse_micro(struct str text, int64_t *microusd)
{
    enum { DECIMALS = 6 };
    size_t dot = str_find(text, '.');
    int64_t value = 0;

    if (dot == 0 || text.len - dot == 1 || text.len > dot + 1 + DECIMALS)
        return false;
    for (size_t i = 0; i < dot + 1 + DECIMALS; i++) {
        char c = i < text.len ? text.ptr[i] : '0';
        if (i == dot)
            continue;
        if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, c - '0', &value))
            return false;
    }
    *microusd = value;
    return true;
}
