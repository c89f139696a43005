#include "provider/resource/bind.h"

#include "provider/resource/call.h"

static struct error *wrong(struct arena *a, const struct attr *row, const char *wanted)
{
    struct error *e = error_new(a, ERROR_INVALID, "%s must be %s", row->name, wanted);
    return error_at(e, str_of(row->name));
}

/* Null elements are left out: a map without the key, a list without the place. */
static struct tf_strings strings_of(struct arena *a, const struct cty_value *v)
{
    struct tf_strings s = {TF_KNOWN, ARENA_ARRAY(a, struct str, v->count), 0};
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].kind == CTY_STRING)
            s.v[s.count++] = v->items[i].string;
    return s;
}

static struct tf_map map_of(struct arena *a, const struct cty_value *v)
{
    struct tf_map m = {TF_KNOWN, ARENA_ARRAY(a, struct str, v->count),
                       ARENA_ARRAY(a, struct str, v->count), 0};
    for (size_t i = 0; i < v->count; i++) {
        if (v->items[i].kind != CTY_STRING)
            continue;
        m.keys[m.count] = v->keys[i];
        m.v[m.count++] = v->items[i].string;
    }
    return m;
}

static struct error *decode_blocks(struct arena *a, const struct attr *row,
                                   const struct cty_value *v, struct tf_blocks *into)
{
    const struct model *m = row->nested;
    const struct cty_value *items = attr_is_single(row) ? v : v->items;
    size_t count = attr_is_single(row) ? 1 : v->count;
    char *block = arena_array(a, count, m->bytes);

    *into = (struct tf_blocks){TF_KNOWN, block, count};
    for (size_t i = 0; i < count; i++) {
        struct error *e = bind_decode(a, m, &items[i], block + i * m->bytes);
        if (e && attr_is_single(row))
            return error_in(a, e, "%s", row->name);
        if (e)
            return error_in(a, e, "%s[%zu]", row->name, i);
    }
    return NULL;
}

/* A collection with an unknown element tells a function nothing it could rely on.  Objects are
 * looked into instead: their members say for themselves. */
static bool has_unknown_element(const struct attr *row, const struct cty_value *v)
{
    if (row->kind != ATTR_STRINGS && row->kind != ATTR_MAP && row->kind != ATTR_BLOCKS)
        return false;
    if (attr_is_single(row))
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].kind == CTY_UNKNOWN)
            return true;
    return false;
}

static struct error *decode_attr(struct arena *a, const struct attr *row, const struct cty_value *v,
                                 void *member)
{
    if (v->kind == CTY_UNKNOWN || has_unknown_element(row, v)) {
        *(enum tf_state *)member = TF_UNKNOWN;
        return NULL;
    }
    if (v->kind == CTY_NULL)
        return NULL;
    switch (row->kind) {
    case ATTR_STRING:
        *(struct tf_string *)member = tf_string_of(v->string);
        return NULL;
    case ATTR_INT:
        if (!v->number.is_integer)
            return wrong(a, row, "a whole number");
        *(struct tf_int *)member = tf_int_of(v->number.integer);
        return NULL;
    case ATTR_NUMBER:
        *(struct tf_number *)member = (struct tf_number){TF_KNOWN, cty_number_text(a, v->number)};
        return NULL;
    case ATTR_BOOL:
        *(struct tf_bool *)member = tf_bool_of(v->boolean);
        return NULL;
    case ATTR_STRINGS:
        *(struct tf_strings *)member = strings_of(a, v);
        return NULL;
    case ATTR_MAP:
        *(struct tf_map *)member = map_of(a, v);
        return NULL;
    case ATTR_BLOCKS:
        return decode_blocks(a, row, v, member);
    }
    return error_new(a, ERROR_BUG, "no such attribute kind");
}

struct error *bind_decode(struct arena *a, const struct model *m, const struct cty_value *object,
                          void *into)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        const struct cty_value *v = cty_get(object, str_of(row->name));
        if (object->kind == CTY_UNKNOWN)
            v = object;
        TRY(decode_attr(a, row, v, (char *)into + row->offset));
    }
    return NULL;
}

void *bind_new(struct arena *a, const struct model *m)
{
    return arena_alloc(a, m->bytes);
}

static struct cty_value encode_strings(struct arena *a, enum cty_kind kind, const struct str *v,
                                       size_t count)
{
    struct cty_value list = cty_collection(a, kind, count);
    for (size_t i = 0; i < count; i++)
        list.items[i] = cty_string(v[i]);
    return list;
}

static struct cty_value encode_map(struct arena *a, const struct tf_map *map)
{
    struct cty_value v = encode_strings(a, CTY_MAP, map->v, map->count);
    for (size_t i = 0; i < map->count; i++)
        v.keys[i] = map->keys[i];
    return v;
}

static const void *block_at(const struct attr *row, const struct tf_blocks *blocks, size_t i)
{
    return (const char *)blocks->v + i * row->nested->bytes;
}

static struct cty_value encode_blocks(struct arena *a, const struct attr *row,
                                      const struct tf_blocks *blocks)
{
    if (attr_is_single(row))
        return blocks->count ? bind_encode(a, row->nested, blocks->v) : cty_null();
    struct cty_value v = cty_collection(a, attr_is_set(row) ? CTY_SET : CTY_LIST, blocks->count);
    for (size_t i = 0; i < blocks->count; i++)
        v.items[i] = bind_encode(a, row->nested, block_at(row, blocks, i));
    return v;
}

static struct cty_value encode_number(struct str text)
{
    struct cty_value v = {.kind = CTY_NUMBER};
    return cty_number_parse(text, &v.number) ? v : cty_null();
}

static struct cty_value encode_attr(struct arena *a, const struct attr *row, const void *member)
{
    enum tf_state state = *(const enum tf_state *)member;
    const struct tf_strings *strings = member;

    if (state == TF_NULL)
        return attr_absent(a, row);
    if (state == TF_UNKNOWN)
        return cty_unknown();
    switch (row->kind) {
    case ATTR_STRING:
        return cty_string(((const struct tf_string *)member)->v);
    case ATTR_INT:
        return cty_int(((const struct tf_int *)member)->v);
    case ATTR_NUMBER:
        return encode_number(((const struct tf_number *)member)->v);
    case ATTR_BOOL:
        return cty_bool(((const struct tf_bool *)member)->v);
    case ATTR_STRINGS:
        return encode_strings(a, row->flags & SET ? CTY_SET : CTY_LIST, strings->v, strings->count);
    case ATTR_MAP:
        return encode_map(a, member);
    case ATTR_BLOCKS:
        return encode_blocks(a, row, member);
    }
    return cty_null();
}

struct cty_value bind_encode(struct arena *a, const struct model *m, const void *from)
{
    struct cty_value object = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        object.keys[i] = str_of(row->name);
        object.items[i] = encode_attr(a, row, (const char *)from + row->offset);
    }
    return object;
}

bool attr_eq(const struct attr *row, const void *model_a, const void *model_b)
{
    ARENA_AUTO scratch = {0};
    struct cty_value x = encode_attr(&scratch, row, (const char *)model_a + row->offset);
    struct cty_value y = encode_attr(&scratch, row, (const char *)model_b + row->offset);
    return cty_eq(&x, &y);
}

static bool same_shape(const struct attr *row, const struct cty_value *base,
                       const struct tf_blocks *before, const struct tf_blocks *after)
{
    size_t count = attr_is_single(row) ? 1 : base->count;
    bool there = base->kind == CTY_LIST || base->kind == CTY_OBJECT;
    return there && before->state == TF_KNOWN && after->state == TF_KNOWN &&
           before->count == count && after->count == count;
}

static struct cty_value merge_blocks(struct arena *a, const struct attr *row,
                                     const struct cty_value *base, const struct tf_blocks *before,
                                     const struct tf_blocks *after)
{
    if (!same_shape(row, base, before, after))
        return encode_attr(a, row, after);
    if (attr_is_single(row))
        return bind_merge(a, row->nested, base, before->v, after->v);
    struct cty_value merged = cty_collection(a, base->kind, base->count);
    for (size_t i = 0; i < base->count; i++)
        merged.items[i] = bind_merge(a, row->nested, &base->items[i], block_at(row, before, i),
                                     block_at(row, after, i));
    return merged;
}

struct cty_value bind_merge(struct arena *a, const struct model *m, const struct cty_value *base,
                            const void *before, const void *after)
{
    struct cty_value merged = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        const void *mine = (const char *)after + row->offset;
        merged.keys[i] = str_of(row->name);
        merged.items[i] = *cty_get(base, merged.keys[i]);
        if (attr_eq(row, before, after))
            continue;
        merged.items[i] =
            row->kind == ATTR_BLOCKS
                ? merge_blocks(a, row, &merged.items[i],
                               (const void *)((const char *)before + row->offset), mine)
                : encode_attr(a, row, mine);
    }
    return merged;
}

bool attr_text(struct arena *a, const struct attr *row, const void *model, struct str *out)
{
    struct cty_value v = encode_attr(a, row, (const char *)model + row->offset);
    if (v.kind == CTY_STRING)
        *out = v.string;
    else if (v.kind == CTY_NUMBER)
        *out = cty_number_text(a, v.number);
    else if (v.kind == CTY_BOOL)
        *out = v.boolean ? STR("true") : STR("false");
    else
        return false;
    return true;
}

struct error *attr_set_text(struct arena *a, const struct attr *row, void *model, struct str text)
{
    void *member = (char *)model + row->offset;
    struct cty_value v = {.kind = CTY_NUMBER};

    if (row->kind == ATTR_STRING) {
        *(struct tf_string *)member = tf_string_of(text);
        return NULL;
    }
    if (row->kind == ATTR_BOOL) {
        bool yes = str_eq(text, STR("true"));
        *(struct tf_bool *)member = tf_bool_of(yes);
        return yes || str_eq(text, STR("false")) ? NULL : wrong(a, row, "true or false");
    }
    if ((row->kind != ATTR_INT && row->kind != ATTR_NUMBER) || !cty_number_parse(text, &v.number))
        return wrong(a, row, "a number");
    return decode_attr(a, row, &v, member);
}
