#include "provider/cty/value.h"

struct cty_value cty_string(struct str s)
{
    return (struct cty_value){.kind = CTY_STRING, .string = s};
}

struct cty_value cty_int(int64_t n)
{
    return (struct cty_value){.kind = CTY_NUMBER, .number = {.is_integer = true, .integer = n}};
}

struct cty_value cty_bool(bool b)
{
    return (struct cty_value){.kind = CTY_BOOL, .boolean = b};
}

struct cty_value cty_collection(struct arena *a, enum cty_kind kind, size_t count)
{
    struct cty_value v = {.kind = kind, .count = count};
    v.items = ARENA_ARRAY(a, struct cty_value, count);
    if (kind == CTY_MAP || kind == CTY_OBJECT)
        v.keys = ARENA_ARRAY(a, struct str, count);
    return v;
}

const struct cty_value *cty_get(const struct cty_value *object, struct str key)
{
    static const struct cty_value absent = {.kind = CTY_NULL};

    if (object->kind == CTY_OBJECT || object->kind == CTY_MAP)
        for (size_t i = 0; i < object->count; i++)
            if (str_eq(object->keys[i], key))
                return &object->items[i];
    return &absent;
}

struct cty_value cty_with(struct arena *a, const struct cty_value *object, struct str key,
                          struct cty_value member)
{
    struct cty_value v = cty_collection(a, object->kind, object->count);
    for (size_t i = 0; i < object->count; i++) {
        v.keys[i] = object->keys[i];
        v.items[i] = str_eq(object->keys[i], key) ? member : object->items[i];
    }
    return v;
}

static bool same_in_order(const struct cty_value *a, const struct cty_value *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!cty_eq(&a->items[i], &b->items[i]))
            return false;
    return true;
}

/* Every element of `a` finds an element of `b` of its own.  Greedy is right: equality is an
 * equivalence. */
static bool same_as_sets(const struct cty_value *a, const struct cty_value *b)
{
    ARENA_AUTO scratch = {0};
    bool *taken = ARENA_ARRAY(&scratch, bool, b->count);
    for (size_t i = 0; i < a->count; i++) {
        size_t j = 0;
        while (j < b->count && (taken[j] || !cty_eq(&a->items[i], &b->items[j])))
            j++;
        if (j == b->count)
            return false;
        taken[j] = true;
    }
    return true;
}

static bool same_by_key(const struct cty_value *a, const struct cty_value *b)
{
    for (size_t i = 0; i < a->count; i++) {
        size_t j = i < b->count && str_eq(a->keys[i], b->keys[i]) ? i : 0;
        while (j < b->count && !str_eq(a->keys[i], b->keys[j]))
            j++;
        if (j == b->count || !cty_eq(&a->items[i], &b->items[j]))
            return false;
    }
    return true;
}

bool cty_eq(const struct cty_value *a, const struct cty_value *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    switch (a->kind) {
    case CTY_NULL:
    case CTY_UNKNOWN:
    case CTY_DYNAMIC:
        return true;
    case CTY_STRING:
        return str_eq(a->string, b->string);
    case CTY_NUMBER:
        return cty_number_eq(a->number, b->number);
    case CTY_BOOL:
        return a->boolean == b->boolean;
    case CTY_LIST:
    case CTY_TUPLE:
        return same_in_order(a, b);
    case CTY_SET:
        return same_as_sets(a, b);
    case CTY_MAP:
    case CTY_OBJECT:
        return same_by_key(a, b);
    }
    return false;
}

bool cty_is_wholly_known(const struct cty_value *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (!cty_is_wholly_known(&v->items[i]))
            return false;
    return v->kind != CTY_UNKNOWN;
}

bool cty_is_empty(const struct cty_value *v)
{
    switch (v->kind) {
    case CTY_NULL:
        return true;
    case CTY_STRING:
        return v->string.len == 0;
    case CTY_LIST:
    case CTY_SET:
    case CTY_TUPLE:
    case CTY_MAP:
        return v->count == 0;
    case CTY_UNKNOWN:
    case CTY_NUMBER:
    case CTY_BOOL:
    case CTY_OBJECT:
    case CTY_DYNAMIC:
        return false;
    }
    return false;
}

struct cty_value cty_unknown_as_null(struct arena *a, const struct cty_value *v)
{
    if (v->kind == CTY_UNKNOWN)
        return cty_null();
    if (cty_is_wholly_known(v))
        return *v;
    struct cty_value known = *v;
    known.items = ARENA_ARRAY(a, struct cty_value, v->count);
    for (size_t i = 0; i < v->count; i++)
        known.items[i] = cty_unknown_as_null(a, &v->items[i]);
    return known;
}
