#include "engine/base/json.h"

#include <assert.h>
#include <stdarg.h>

#include "engine/base/decimal.h"

static const struct json null_value;

const struct json *json_get_str(const struct json *object, struct str key)
{
    if (object->kind == JSON_OBJECT)
        for (size_t i = 0; i < object->count; i++)
            if (str_eq(object->keys[i], key))
                return &object->items[i];
    return &null_value;
}

const struct json *json_get(const struct json *object, const char *key)
{
    return json_get_str(object, str_of(key));
}

const struct json *json_path(const struct json *object, ...)
{
    va_list names;
    const char *name;

    va_start(names, object);
    while ((name = va_arg(names, const char *)))
        object = json_get(object, name);
    va_end(names);
    return object;
}

struct str json_string_or(const struct json *j, struct str otherwise)
{
    return j->kind == JSON_STRING ? j->text : otherwise;
}

bool json_bool_or(const struct json *j, bool otherwise)
{
    return j->kind == JSON_BOOL ? j->boolean : otherwise;
}

bool json_to_int64(const struct json *j, int64_t *out)
{
    return j->kind == JSON_NUMBER && decimal_to_int64(decimal_of(j->text), out);
}

static bool members_eq(const struct json *a, const struct json *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct json *other =
            a->kind == JSON_ARRAY ? &b->items[i] : json_get_str(b, a->keys[i]);
        if (other == &null_value || !json_eq(&a->items[i], other))
            return false;
    }
    return true;
}

bool json_eq(const struct json *a, const struct json *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return a->boolean == b->boolean;
    case JSON_NUMBER:
        return str_eq(a->text, b->text) || decimal_eq(decimal_of(a->text), decimal_of(b->text));
    case JSON_STRING:
        return str_eq(a->text, b->text);
    case JSON_ARRAY:
    case JSON_OBJECT:
        return a->count == b->count && members_eq(a, b);
    }
    return false;
}

struct json json_new_string(struct str s)
{
    return (struct json){.kind = JSON_STRING, .text = s};
}

struct json json_new_int(struct arena *a, int64_t n)
{
    return (struct json){.kind = JSON_NUMBER, .text = arena_printf(a, "%lld", (long long)n)};
}

struct json json_new_bool(bool b)
{
    return (struct json){.kind = JSON_BOOL, .boolean = b};
}

struct json json_new_object(void)
{
    return (struct json){.kind = JSON_OBJECT};
}

struct json json_new_array(void)
{
    return (struct json){.kind = JSON_ARRAY};
}

/* Room for one more; trees made elsewhere may have exact arrays and capacity 0. */
static struct json *append(struct arena *a, struct json *to, struct json value)
{
    if (to->count >= to->capacity) {
        size_t capacity = to->count < 4 ? 8 : to->count * 2;
        struct json *items = ARENA_ARRAY(a, struct json, capacity);
        if (to->count)
            memcpy(items, to->items, to->count * sizeof(*items));
        to->items = items;
        if (to->kind == JSON_OBJECT) {
            struct str *keys = ARENA_ARRAY(a, struct str, capacity);
            if (to->count)
                memcpy(keys, to->keys, to->count * sizeof(*keys));
            to->keys = keys;
        }
        to->capacity = capacity;
    }
    to->items[to->count] = value;
    return &to->items[to->count++];
}

void json_set(struct arena *a, struct json *object, struct str key, struct json value)
{
    assert(object->kind == JSON_OBJECT);
    for (size_t i = 0; i < object->count; i++)
        if (str_eq(object->keys[i], key)) {
            object->items[i] = value;
            return;
        }
    append(a, object, value);
    object->keys[object->count - 1] = key;
}

void json_add(struct arena *a, struct json *array, struct json value)
{
    assert(array->kind == JSON_ARRAY);
    append(a, array, value);
}
