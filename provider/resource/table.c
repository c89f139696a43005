#include "provider/resource/table.h"

#include <assert.h>

#include "provider/resource/call.h"

bool attr_is_block(const struct attr *row)
{
    return row->kind == ATTR_BLOCKS && row->nesting >= BLOCK_LIST && row->nesting <= BLOCK_SINGLE;
}

bool attr_is_whole(const struct attr *row)
{
    return row->kind == ATTR_BLOCKS && row->nesting >= BLOCK_SET_COMPUTED;
}

bool attr_is_single(const struct attr *row)
{
    return row->kind == ATTR_BLOCKS &&
           (row->nesting == NESTED_SINGLE || row->nesting == BLOCK_SINGLE);
}

bool attr_is_set(const struct attr *row)
{
    if (row->kind != ATTR_BLOCKS)
        return row->kind == ATTR_STRINGS && (row->flags & SET);
    return row->nesting == NESTED_SET || row->nesting == BLOCK_SET ||
           row->nesting == BLOCK_SET_COMPUTED;
}

bool attr_is_computed(const struct attr *row)
{
    return (row->flags & (COMPUTED | EMPTY_OK)) || row->dflt;
}

bool attr_is_nothing(const struct attr *row, const struct cty_value *v)
{
    if (!(row->flags & EMPTY_OK))
        return v->kind == CTY_NULL;
    if (v->kind == CTY_NUMBER)
        return v->number.is_integer && v->number.integer == 0;
    return v->kind == CTY_BOOL ? !v->boolean : cty_is_empty(v);
}

bool attr_stores_empty(const struct attr *row)
{
    bool left_to_us = (row->flags & (COMPUTED | EMPTY_OK)) && (row->flags & OPTIONAL);
    bool is_its_own = (row->flags & EMPTY_OK) && (row->flags & FOLLOWS);
    return row->kind == ATTR_STRING && left_to_us && !is_its_own;
}

static struct cty_type blocks_type(struct arena *a, const struct attr *row)
{
    struct cty_type *object = ARENA_NEW(a, struct cty_type);
    *object = model_type(a, row->nested);
    if (attr_is_single(row))
        return *object;
    return (struct cty_type){.kind = attr_is_set(row) ? CTY_SET : CTY_LIST, .element = object};
}

struct cty_type attr_type(struct arena *a, const struct attr *row)
{
    switch (row->kind) {
    case ATTR_STRING:
        return cty_type_string;
    case ATTR_INT:
    case ATTR_NUMBER:
        return cty_type_number;
    case ATTR_BOOL:
        return cty_type_bool;
    case ATTR_STRINGS:
        return row->flags & SET ? cty_type_string_set : cty_type_strings;
    case ATTR_MAP:
        return cty_type_string_map;
    case ATTR_BLOCKS:
        return blocks_type(a, row);
    }
    return cty_type_dynamic;
}

struct cty_type model_type(struct arena *a, const struct model *m)
{
    struct cty_type *types = ARENA_ARRAY(a, struct cty_type, m->count);
    struct str *names = ARENA_ARRAY(a, struct str, m->count);
    for (size_t i = 0; i < m->count; i++) {
        names[i] = str_of(m->attrs[i].name);
        types[i] = attr_type(a, &m->attrs[i]);
    }
    return (struct cty_type){.kind = CTY_OBJECT, .items = types, .names = names, .count = m->count};
}

struct cty_value attr_default(const struct attr *row)
{
    struct str text = str_of(row->dflt);
    struct cty_value v = {.kind = CTY_NUMBER};

    switch (row->kind) {
    case ATTR_STRING:
        return cty_string(text);
    case ATTR_BOOL:
        return cty_bool(str_eq(text, STR("true")));
    case ATTR_INT:
    case ATTR_NUMBER:
        if (cty_number_parse(text, &v.number))
            return v;
        break;
    case ATTR_STRINGS:
    case ATTR_MAP:
    case ATTR_BLOCKS:
        break;
    }
    assert(!"a row has a default that its kind cannot have");
    return cty_null();
}

struct cty_value attr_absent(struct arena *a, const struct attr *row)
{
    if (attr_is_block(row) && !attr_is_single(row))
        return cty_collection(a, attr_is_set(row) ? CTY_SET : CTY_LIST, 0);
    return cty_null();
}

const struct attr *model_row(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->count; i++)
        if (str_eq(str_of(m->attrs[i].name), name))
            return &m->attrs[i];
    return NULL;
}

bool next_name(struct str *rest, struct str *name)
{
    if (!rest->ptr)
        return false;
    *name = str_trim(str_cut(rest, ','));
    return true;
}
