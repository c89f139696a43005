#include "engine/base/json.h"

#include <assert.h>
#include <stdarg.h>

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

/* A number as its digits without zeros at either end, times a power of ten: two numbers are equal
 * exactly when these are.  The digits stay in the text, a '.' may stand among them. */
struct decimal {
    bool negative;
    struct str digits; /* empty: zero */
    int64_t exponent;  /* of the last digit */
};

static int64_t clamped(struct str digits)
{
    int64_t value;
    if (str_to_int64(digits, &value) && value > -INT64_MAX / 4 && value < INT64_MAX / 4)
        return value;
    return digits.ptr[0] == '-' ? -INT64_MAX / 4 : INT64_MAX / 4;
}

static struct decimal decimal_of(struct str text)
{
    struct decimal d = {0};
    size_t e = 0;

    if (text.len && text.ptr[0] == '-') {
        d.negative = true;
        text = str_slice(text, 1, text.len);
    }
    while (e < text.len && text.ptr[e] != 'e' && text.ptr[e] != 'E')
        e++;
    if (e < text.len)
        d.exponent = clamped(str_slice(text, e + 1, text.len));
    struct str mantissa = str_slice(text, 0, e);
    size_t dot = str_find(mantissa, '.'), first = 0, last = mantissa.len;
    while (first < mantissa.len && strchr("0.", mantissa.ptr[first]))
        first++;
    while (last > first && strchr("0.", mantissa.ptr[last - 1]))
        last--;
    if (first == last)
        return (struct decimal){0};
    d.digits = str_slice(mantissa, first, last);
    d.exponent += last <= dot ? (int64_t)(dot - last) : -(int64_t)(last - dot - 1);
    return d;
}

static bool same_digits(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        i += i < a.len && a.ptr[i] == '.';
        k += k < b.len && b.ptr[k] == '.';
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (a.ptr[i++] != b.ptr[k++])
            return false;
    }
}

static bool numbers_eq(struct str a, struct str b)
{
    struct decimal x = decimal_of(a), y = decimal_of(b);

    return str_eq(a, b) ||
           (x.negative == y.negative && x.exponent == y.exponent && x.exponent > -INT64_MAX / 8 &&
            x.exponent < INT64_MAX / 8 && same_digits(x.digits, y.digits));
}

bool json_to_int64(const struct json *j, int64_t *out)
{
    if (j->kind != JSON_NUMBER)
        return false;
    struct decimal d = decimal_of(j->text);
    int64_t value = 0; /* negative all the way, for INT64_MIN has no positive twin */
    if (d.exponent < 0 || d.exponent > 18)
        return false;
    for (size_t i = 0; i < d.digits.len; i++)
        if (d.digits.ptr[i] != '.' &&
            (__builtin_mul_overflow(value, 10, &value) ||
             __builtin_sub_overflow(value, d.digits.ptr[i] - '0', &value)))
            return false;
    for (; d.exponent > 0; d.exponent--)
        if (__builtin_mul_overflow(value, 10, &value))
            return false;
    if (!d.negative && value == INT64_MIN)
        return false;
    *out = d.negative ? value : -value;
    return true;
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
        return numbers_eq(a->text, b->text);
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
