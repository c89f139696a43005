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

struct json labels_to_json(struct arena *a, const struct labels *l)
{
    struct json map = json_new_object();
    for (size_t i = 0; i < l->count; i++)
        json_set(a, &map, l->items[i].key, json_new_string(l->items[i].value));
    return map;
}

/* In the order of the core's enum. */
static const char *const effects[] = {
    [EFFECT_NO_SCHEDULE] = "NoSchedule",
    [EFFECT_PREFER_NO_SCHEDULE] = "PreferNoSchedule",
    [EFFECT_NO_EXECUTE] = "NoExecute",
    NULL,
};

static bool read_taint(struct reader *r, const struct place *at, const struct json *j,
                       struct taint *out)
{
    struct place key = place_member(at, "key"), value = place_member(at, "value"),
                 effect = place_member(at, "effect");
    size_t word = 0;

    if (!read_map(r, at, j)) {
        if (j->kind == JSON_NULL)
            reader_refuse(r, at, j, "A taint with key, value and effect is expected.");
        return false;
    }
    struct error *last = r->last;
    if (json_get(j, "key")->kind == JSON_NULL)
        reader_missing(r, &key, j, LABEL_KEY_RULE);
    else if (read_string(r, &key, json_get(j, "key"), &out->key) && !label_key_is_valid(out->key))
        reader_refuse(r, &key, json_get(j, "key"), LABEL_KEY_RULE);
    if (read_string(r, &value, json_get(j, "value"), &out->value) &&
        !label_value_is_valid(out->value))
        reader_refuse(r, &value, json_get(j, "value"), LABEL_VALUE_RULE);
    if (json_get(j, "effect")->kind == JSON_NULL)
        reader_missing(r, &effect, j, "Allowed: NoSchedule, PreferNoSchedule or NoExecute.");
    else if (read_choice(r, &effect, json_get(j, "effect"), effects, &word))
        out->effect = (enum taint_effect)word;
    return r->last == last;
}

void read_taints(struct reader *r, const struct place *at, const struct json *j, struct taints *out)
{
    if (!read_list(r, at, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(at, i);
        struct taint t = {0};
        if (read_taint(r, &each, &j->items[i], &t))
            ARENA_PUSH(r->keep, out->items, out->count, out->capacity, t);
    }
}

struct json taints_to_json(struct arena *a, const struct taints *t)
{
    struct json list = json_new_array();
    for (size_t i = 0; i < t->count; i++) {
        struct json each = json_new_object();
        json_set(a, &each, STR("key"), json_new_string(t->items[i].key));
        json_set(a, &each, STR("value"), json_new_string(t->items[i].value));
        json_set(a, &each, STR("effect"), json_new_string(taint_effect_text(t->items[i].effect)));
        json_add(a, &list, each);
    }
    return list;
}

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

struct json resources_to_json(struct arena *a, const struct resource_table *table,
                              const struct resources *amounts)
{
    struct json map = json_new_object();
    for (size_t i = 0; i < table->count; i++)
        if (amounts->amount[i] != 0)
            json_set(a, &map, table->name[i],
                     json_new_string(resource_amount_text(a, i, amounts->amount[i])));
    return map;
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
