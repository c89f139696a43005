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
