#include "provider/cty/json.h"
#include "provider/resource/bind.h"
#include "provider/resource/region.h"

/* How state comes in from outside: by an import id, or as the JSON that this or another provider
 * stored. */

static struct error *model_of_id(struct call *c, const struct resource_type *t, struct str id,
                                 void *model)
{
    const struct attr *row = model_row(&t->model, STR("id"));
    if (t->import)
        return t->import(c, id, model);
    if (!row)
        return error_new(c->arena, ERROR_INVALID, "%s cannot be imported", t->name);
    *(struct tf_string *)(void *)((char *)model + row->offset) = tf_string_of(id);
    return NULL;
}

struct error *resource_import_here(struct call *c, const struct resource_type *t, struct str id,
                                   struct cty_value *state)
{
    void *model = bind_new(c->arena, &t->model);
    struct cty_value none = cty_null();
    call_begin(c, t, OPERATION_READ, &none);
    TRY(model_of_id(c, t, id, model));
    region_settle(c, &t->model, model);
    struct cty_value v = bind_encode(c->arena, &t->model, model);
    *state = cty_unknown_as_null(c->arena, &v);
    call_sign(c);
    call_mark_import(c);
    return NULL;
}

struct error *resource_import(struct call *c, const struct resource_type *t, struct str id,
                              struct cty_value *state)
{
    TRY(region_import(c, &t->model, &id));
    return resource_import_here(c, t, id, state);
}

static struct cty_value with_blocks(struct arena *a, const struct model *m,
                                    const struct cty_value *object);

static struct cty_value nested_with_blocks(struct arena *a, const struct attr *row,
                                           const struct cty_value *v)
{
    if (v->kind == CTY_OBJECT)
        return with_blocks(a, row->nested, v);
    struct cty_value out = *v;
    out.items = ARENA_ARRAY(a, struct cty_value, v->count);
    for (size_t i = 0; i < v->count; i++)
        out.items[i] = with_blocks(a, row->nested, &v->items[i]);
    return out;
}

/* State of an older schema lacks blocks that came later; they are empty, not null. */
static struct cty_value with_blocks(struct arena *a, const struct model *m,
                                    const struct cty_value *object)
{
    if (object->kind != CTY_OBJECT)
        return *object;
    struct cty_value out = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        out.keys[i] = str_of(row->name);
        out.items[i] = *cty_get(object, out.keys[i]);
        if (out.items[i].kind == CTY_NULL)
            out.items[i] = attr_absent(a, row);
        else if (row->kind == ATTR_BLOCKS)
            out.items[i] = nested_with_blocks(a, row, &out.items[i]);
    }
    return out;
}

/* A single block of ours may be a list of at most one elsewhere, and so it stands in old state. */
static void unwrap_singles(const struct model *m, struct json *state)
{
    for (size_t i = 0; state->kind == JSON_OBJECT && i < state->count; i++) {
        const struct attr *row = model_row(m, state->keys[i]);
        struct json *v = &state->items[i];
        if (row && attr_is_single(row) && v->kind == JSON_ARRAY)
            *v = v->count ? v->items[0] : (struct json){0};
    }
}

struct error *resource_upgrade(struct call *c, const struct resource_type *t, int64_t version,
                               struct str json, struct cty_value *state)
{
    struct json *tree = ARENA_NEW(c->arena, struct json);
    struct cty_type type = model_type(c->arena, &t->model);
    struct cty_value v;

    TRY(json_parse(c->arena, json, tree));
    if (version < t->schema_version && t->upgrade)
        TRY(t->upgrade(c, version, tree));
    unwrap_singles(&t->model, tree);
    TRY(cty_from_json(c->arena, tree, &type, &v));
    *state = with_blocks(c->arena, &t->model, &v);
    return NULL;
}
