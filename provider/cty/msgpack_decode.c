#include <math.h>

#include "provider/cty/msgpack.h"
#include "provider/cty/msgpack_read.h"
#include "provider/cty/path.h"

/* Only dynamic values can nest deeper than their type says; a schema never comes near this. */
enum { DEEPEST = 64 };
enum { EXTENSION_REFINED = 12 };

struct decoder {
    struct arena *arena;
    struct msgpack_reader reader;
    int depth;
};

static struct error *decode(struct decoder *d, const struct cty_type *t,
                            const struct cty_path *path, struct cty_value *out);

static struct error *wrong(struct decoder *d, const struct cty_path *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static struct error *wrong(struct decoder *d, const struct cty_path *path, const char *fmt, ...)
{
    struct error *e = error_new(d->arena, ERROR_INVALID, "a value cannot be decoded");
    va_list args;

    va_start(args, fmt);
    e->detail = arena_vprintf(d->arena, fmt, args);
    va_end(args);
    return error_at(e, cty_path_text(d->arena, path));
}

static struct error *next(struct decoder *d, const struct cty_path *path, struct msgpack_item *item)
{
    return msgpack_next(&d->reader, item) ? NULL : wrong(d, path, "The msgpack ends early.");
}

/* The decimal digits of a double, all of them: Terraform compares numbers exactly. */
static struct str exact_text(struct arena *a, double d)
{
    struct str s = arena_printf(a, "%.1074f", d);
    while (s.ptr[s.len - 1] == '0')
        s.len--;
    if (s.ptr[s.len - 1] == '.')
        s.len--;
    return s;
}

static bool number_of(struct arena *a, const struct msgpack_item *item, struct cty_number *out)
{
    if (item->kind == MSGPACK_INT) {
        *out = (struct cty_number){.is_integer = true, .integer = item->integer};
        return true;
    }
    if (item->kind == MSGPACK_UINT)
        return cty_number_parse(arena_printf(a, "%llu", (unsigned long long)item->integer), out);
    if (item->kind == MSGPACK_FLOAT)
        return isfinite(item->number) && cty_number_parse(exact_text(a, item->number), out);
    return item->kind == MSGPACK_STRING && cty_number_parse(arena_str(a, item->bytes), out);
}

static struct error *decode_items(struct decoder *d, const struct cty_type *t,
                                  const struct cty_path *path, size_t count, struct cty_value *out)
{
    if (t->kind == CTY_TUPLE && count != t->count)
        return wrong(d, path, "A tuple of another length was expected.");
    *out = cty_collection(d->arena, t->kind, count);
    for (size_t i = 0; i < count; i++) {
        struct cty_path at = cty_path_index(path, i);
        at.in_set = t->kind == CTY_SET;
        const struct cty_type *element = t->kind == CTY_TUPLE ? &t->items[i] : t->element;
        TRY(decode(d, element, &at, &out->items[i]));
    }
    return NULL;
}

static struct error *decode_key(struct decoder *d, const struct cty_path *path, struct str *out)
{
    struct msgpack_item item;
    TRY(next(d, path, &item));
    if (item.kind != MSGPACK_STRING && item.kind != MSGPACK_BINARY)
        return wrong(d, path, "A key must be a string.");
    *out = arena_str(d->arena, item.bytes);
    return NULL;
}

static struct error *decode_map(struct decoder *d, const struct cty_type *t,
                                const struct cty_path *path, size_t count, struct cty_value *out)
{
    *out = cty_collection(d->arena, CTY_MAP, count);
    for (size_t i = 0; i < count; i++) {
        TRY(decode_key(d, path, &out->keys[i]));
        struct cty_path at = cty_path_key(path, out->keys[i]);
        TRY(decode(d, t->element, &at, &out->items[i]));
    }
    return NULL;
}

static size_t member_index(const struct cty_type *t, struct str name, size_t guess)
{
    if (guess < t->count && str_eq(t->names[guess], name))
        return guess;
    for (size_t i = 0; i < t->count; i++)
        if (str_eq(t->names[i], name))
            return i;
    return t->count;
}

/* Members come in any order, each exactly once; the value has them in the type's order. */
static struct error *decode_object(struct decoder *d, const struct cty_type *t,
                                   const struct cty_path *path, size_t count, struct cty_value *out)
{
    if (count != t->count)
        return wrong(d, path, "An object with other attributes was expected.");
    *out = cty_collection(d->arena, CTY_OBJECT, count);
    for (size_t i = 0; i < count; i++) {
        struct str name;
        TRY(decode_key(d, path, &name));
        size_t at = member_index(t, name, i);
        if (at == count || out->keys[at].ptr)
            return wrong(d, path, "An attribute is unknown or repeated: \"" STR_FMT "\".",
                         STR_ARG(name));
        out->keys[at] = t->names[at];
        struct cty_path member = cty_path_attribute(path, t->names[at]);
        TRY(decode(d, &t->items[at], &member, &out->items[at]));
    }
    return NULL;
}

/* A pair of a type's JSON and a value of that type. */
static struct error *decode_dynamic(struct decoder *d, const struct msgpack_item *pair,
                                    const struct cty_path *path, struct cty_value *out)
{
    struct msgpack_item json;
    struct cty_type *t = ARENA_NEW(d->arena, struct cty_type);
    if (pair->kind != MSGPACK_ARRAY || pair->count != 2)
        return wrong(d, path, "A dynamic value must come with its type.");
    TRY(next(d, path, &json));
    if (json.kind != MSGPACK_BINARY && json.kind != MSGPACK_STRING)
        return wrong(d, path, "The type of a dynamic value must be text.");
    TRY(cty_type_parse(d->arena, arena_str(d->arena, json.bytes), t));
    if (t->kind == CTY_DYNAMIC)
        return wrong(d, path, "A dynamic value must come with the type that it has.");
    TRY(decode(d, t, path, out));
    out->dynamic = t;
    return NULL;
}

static struct error *decode_known(struct decoder *d, const struct msgpack_item *item,
                                  const struct cty_type *t, const struct cty_path *path,
                                  struct cty_value *out)
{
    static const enum msgpack_kind form[] = {
        [CTY_BOOL] = MSGPACK_BOOL,   [CTY_LIST] = MSGPACK_ARRAY, [CTY_SET] = MSGPACK_ARRAY,
        [CTY_TUPLE] = MSGPACK_ARRAY, [CTY_MAP] = MSGPACK_MAP,    [CTY_OBJECT] = MSGPACK_MAP,
    };
    if (t->kind == CTY_DYNAMIC)
        return decode_dynamic(d, item, path, out);
    *out = (struct cty_value){.kind = t->kind};
    if (t->kind == CTY_NUMBER)
        return number_of(d->arena, item, &out->number) ? NULL
                                                       : wrong(d, path, "A number was expected.");
    if (t->kind == CTY_STRING) {
        if (item->kind != MSGPACK_STRING && item->kind != MSGPACK_BINARY)
            return wrong(d, path, "A string was expected.");
        out->string = arena_str(d->arena, item->bytes);
        return NULL;
    }
    if (item->kind != form[t->kind])
        return wrong(d, path, "A %s was expected.", cty_kind_name(t->kind));
    out->boolean = item->boolean;
    if (item->kind == MSGPACK_ARRAY)
        return decode_items(d, t, path, item->count, out);
    if (t->kind == CTY_MAP)
        return decode_map(d, t, path, item->count, out);
    return t->kind == CTY_OBJECT ? decode_object(d, t, path, item->count, out) : NULL;
}

static struct error *decode(struct decoder *d, const struct cty_type *t,
                            const struct cty_path *path, struct cty_value *out)
{
    struct msgpack_item item;
    TRY(next(d, path, &item));
    if (item.kind == MSGPACK_NIL) {
        *out = cty_null();
        return NULL;
    }
    if (item.kind == MSGPACK_EXTENSION) {
        *out = cty_unknown();
        if (item.extension_type == EXTENSION_REFINED)
            out->refinement = arena_str(d->arena, item.bytes);
        return NULL;
    }
    if (d->depth == DEEPEST)
        return wrong(d, path, "A value nests too deep.");
    d->depth++;
    TRY(decode_known(d, &item, t, path, out));
    d->depth--;
    return NULL;
}

struct error *cty_from_msgpack(struct arena *a, struct str bytes, const struct cty_type *t,
                               struct cty_value *out)
{
    struct decoder d = {a, {(const unsigned char *)bytes.ptr, bytes.len}, 0};
    TRY(decode(&d, t, NULL, out));
    return d.reader.left ? wrong(&d, NULL, "Bytes follow the value.") : NULL;
}
