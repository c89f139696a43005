#include "provider/resource/wire.h"

#include "engine/base/xml.h"

/* To the wire. */

/* Sets a member at a path, making the objects on the way to it. */
static void put(struct arena *a, struct json *object, struct str path, struct json value)
{
    struct str name = str_cut(&path, '/');

    if (!path.ptr) {
        json_set(a, object, name, value);
        return;
    }
    struct json inner = *json_get_str(object, name);
    if (inner.kind != JSON_OBJECT)
        inner = json_new_object();
    put(a, &inner, path, value);
    json_set(a, object, name, inner);
}

static struct json strings_out(struct arena *a, const struct tf_strings *strings)
{
    struct json out = json_new_array();
    for (size_t i = 0; i < strings->count; i++)
        json_add(a, &out, json_new_string(strings->v[i]));
    return out;
}

static struct json map_out(struct arena *a, const struct tf_map *map)
{
    struct json out = json_new_object();
    for (size_t i = 0; i < map->count; i++)
        json_set(a, &out, map->keys[i], json_new_string(map->v[i]));
    return out;
}

static bool is_single(const struct attr *row)
{
    return row->max == 1 || row->nesting == BLOCK_SINGLE || row->nesting == NESTED_SINGLE;
}

static struct json blocks_out(struct arena *a, const struct attr *row,
                              const struct tf_blocks *blocks)
{
    struct json out = json_new_array();
    if (is_single(row))
        return wire_of(a, row->nested, blocks->v);
    for (size_t i = 0; i < blocks->count; i++)
        json_add(a, &out,
                 wire_of(a, row->nested, (const char *)blocks->v + i * row->nested->bytes));
    return out;
}

/* A 0 that silence stands for, where 0 means something. */
static bool is_silent_zero(const struct attr *row, enum tf_state state)
{
    return row->kind == ATTR_INT && (row->flags & FOLLOWS) && state == TF_NULL && row->min <= 0;
}

/* False for what is left out. */
static bool member_out(struct arena *a, const struct attr *row, const void *member,
                       struct json *out)
{
    const struct tf_string *text = member;
    const struct tf_int *number = member;
    const struct tf_strings *strings = member;
    const struct tf_map *map = member;
    const struct tf_blocks *blocks = member;

    if (is_silent_zero(row, *(const enum tf_state *)member)) {
        *out = json_new_int(a, 0);
        return true;
    }
    if (*(const enum tf_state *)member != TF_KNOWN)
        return false;
    switch (row->kind) {
    case ATTR_STRING:
    case ATTR_NUMBER:
        *out = json_new_string(text->v);
        return text->v.len > 0;
    case ATTR_INT:
        *out = json_new_int(a, number->v);
        return number->v != 0 || row->min <= 0;
    case ATTR_BOOL:
        *out = json_new_bool(((const struct tf_bool *)member)->v);
        return true;
    case ATTR_STRINGS:
        *out = strings_out(a, strings);
        return strings->count > 0;
    case ATTR_MAP:
        *out = map_out(a, map);
        return map->count > 0;
    case ATTR_BLOCKS:
        if (blocks->count > 0)
            *out = blocks_out(a, row, blocks);
        return blocks->count > 0;
    }
    return false;
}

struct json wire_of(struct arena *a, const struct model *m, const void *model)
{
    struct json out = json_new_object();

    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        struct json value;
        if (row->api && member_out(a, row, (const char *)model + row->offset, &value))
            put(a, &out, str_of(row->api), value);
    }
    return out;
}

/* And back. */

static const struct json *at(const struct json *object, struct str path)
{
    while (path.ptr)
        object = json_get_str(object, str_cut(&path, '/'));
    return object;
}

static struct tf_strings strings_in(struct arena *a, const struct json *wire)
{
    struct tf_strings out = {TF_KNOWN, ARENA_ARRAY(a, struct str, wire->count), wire->count};
    for (size_t i = 0; i < wire->count; i++)
        out.v[i] = json_string_or(&wire->items[i], STR(""));
    return out;
}

static struct tf_map map_in(struct arena *a, const struct json *wire)
{
    struct tf_map out = {TF_KNOWN, wire->keys, ARENA_ARRAY(a, struct str, wire->count),
                         wire->count};
    for (size_t i = 0; i < wire->count; i++)
        out.v[i] = json_string_or(&wire->items[i], STR(""));
    return out;
}

static size_t member_bytes(enum attr_kind kind)
{
    static const size_t bytes[] = {
        [ATTR_STRING] = sizeof(struct tf_string),   [ATTR_INT] = sizeof(struct tf_int),
        [ATTR_BOOL] = sizeof(struct tf_bool),       [ATTR_NUMBER] = sizeof(struct tf_number),
        [ATTR_STRINGS] = sizeof(struct tf_strings), [ATTR_MAP] = sizeof(struct tf_map),
        [ATTR_BLOCKS] = sizeof(struct tf_blocks),
    };
    return bytes[kind];
}

static struct error *blocks_in(struct arena *a, const struct attr *row, const struct json *wire,
                               struct tf_blocks *out)
{
    const struct model *m = row->nested;
    const struct json *items = is_single(row) ? wire : wire->items;
    size_t count = is_single(row) ? 1 : wire->count;
    char *block = arena_array(a, count, m->bytes);

    for (size_t i = 0; i < count; i++)
        TRY(wire_take(a, m, &items[i], block + i * m->bytes));
    *out = (struct tf_blocks){TF_KNOWN, block, count};
    return NULL;
}

static struct error *unreadable(struct arena *a, const struct attr *row)
{
    return error_new(a, ERROR_UNREACHABLE, "the answer's %s is not what it should be", row->api);
}

static struct error *member_in(struct arena *a, const struct attr *row, const struct json *wire,
                               void *model)
{
    void *member = (char *)model + row->offset;
    bool text = wire->kind == JSON_STRING || wire->kind == JSON_NUMBER;

    switch (row->kind) {
    case ATTR_STRING:
    case ATTR_INT:
    case ATTR_NUMBER:
        return text ? attr_set_text(a, row, model, wire->text) : unreadable(a, row);
    case ATTR_BOOL:
        *(struct tf_bool *)member = tf_bool_of(json_bool_or(wire, false));
        return wire->kind == JSON_BOOL ? NULL : unreadable(a, row);
    case ATTR_STRINGS:
        if (wire->kind != JSON_ARRAY)
            return unreadable(a, row);
        *(struct tf_strings *)member = strings_in(a, wire);
        return NULL;
    case ATTR_MAP:
        if (wire->kind != JSON_OBJECT)
            return unreadable(a, row);
        *(struct tf_map *)member = map_in(a, wire);
        return NULL;
    case ATTR_BLOCKS:
        if (wire->kind != (is_single(row) ? JSON_OBJECT : JSON_ARRAY))
            return unreadable(a, row);
        return blocks_in(a, row, wire, member);
    }
    return NULL;
}

/* Nothing, in the form that EMPTY_OK has for it. */
static void take_nothing(const struct attr *row, void *member)
{
    memset(member, 0, member_bytes(row->kind));
    if (row->flags & EMPTY_OK)
        *(enum tf_state *)member = TF_KNOWN;
}

struct error *wire_take(struct arena *a, const struct model *m, const struct json *wire,
                        void *model)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        if (!row->api)
            continue;
        const struct json *value = at(wire, str_of(row->api));
        if (value->kind != JSON_NULL)
            TRY(member_in(a, row, value, model));
        else if (row->dflt)
            TRY(attr_set_text(a, row, model, str_of(row->dflt)));
        else
            take_nothing(row, (char *)model + row->offset);
    }
    return NULL;
}

/* From XML, which does not say what is a list and what a number: the rows do. */

/* What EC2 tells by another name than it is asked by. */
static const struct {
    const char *asked, *told;
} told_otherwise[] = {
    {"LicenseSpecification", "licenseSet"},
    {"SecurityGroupId", "groupSet"}, /* of a network interface */
};

static const struct xml *told(struct arena *a, const struct attr *row, const struct xml *answer)
{
    bool list = row->kind == ATTR_STRINGS || (row->kind == ATTR_BLOCKS && !is_single(row));
    struct str name =
        arena_printf(a, "%c%s%s", char_lower(row->api[0]), row->api + 1, list ? "Set" : "");
    const struct xml *found = xml_get(answer, name.ptr);

    for (size_t i = 0; i < sizeof(told_otherwise) / sizeof(*told_otherwise); i++)
        if (!found->name.len && str_eq(str_of(row->api), str_of(told_otherwise[i].asked)))
            found = xml_get(answer, told_otherwise[i].told);
    return found;
}

static struct json list_of_xml(struct arena *a, const struct attr *row, const struct xml *list)
{
    struct json out = json_new_array();

    for (size_t i = 0; i < list->count; i++)
        json_add(a, &out,
                 row->kind == ATTR_BLOCKS ? wire_of_xml(a, row->nested, &list->items[i])
                                          : json_new_string(list->items[i].text));
    return out;
}

static struct json text_of_xml(const struct attr *row, struct str text)
{
    bool is_true = str_eq(text, STR("true")), is_false = str_eq(text, STR("false"));

    if (!text.len)
        return (struct json){.kind = JSON_NULL};
    return row->kind == ATTR_BOOL && (is_true || is_false) ? json_new_bool(is_true)
                                                           : json_new_string(text);
}

struct json wire_of_xml(struct arena *a, const struct model *m, const struct xml *answer)
{
    struct json out = json_new_object();

    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        const struct xml *e = row->api ? told(a, row, answer) : NULL;
        struct json value = {.kind = JSON_NULL};
        if (!e || !e->name.len)
            continue;
        if (row->kind == ATTR_BLOCKS && is_single(row))
            value = wire_of_xml(a, row->nested, e);
        else if (row->kind == ATTR_BLOCKS || row->kind == ATTR_STRINGS)
            value = list_of_xml(a, row, e);
        else
            value = text_of_xml(row, e->text);
        if (value.kind != JSON_NULL)
            json_set(a, &out, str_of(row->api), value);
    }
    return out;
}
