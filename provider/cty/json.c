#include "provider/cty/json.h"

#include "provider/cty/path.h"

static struct error *decode(struct arena *a, const struct json *j, const struct cty_type *t,
                            const struct cty_path *path, struct cty_value *out);

static struct error *wrong(struct arena *a, const struct cty_path *path, enum cty_kind wanted)
{
    struct error *e = error_new(a, ERROR_INVALID, "a value in state cannot be read");
    e->detail = arena_printf(a, "A %s was expected.", cty_kind_name(wanted));
    return error_at(e, cty_path_text(a, path));
}

static struct error *decode_scalar(struct arena *a, const struct json *j, const struct cty_type *t,
                                   const struct cty_path *path, struct cty_value *out)
{
    bool is_text = j->kind == JSON_STRING || j->kind == JSON_NUMBER;
    *out = (struct cty_value){.kind = t->kind};
    if (t->kind == CTY_NUMBER)
        return is_text && cty_number_parse(j->text, &out->number) ? NULL : wrong(a, path, t->kind);
    if (t->kind == CTY_STRING) {
        out->string = is_text ? j->text : j->boolean ? STR("true") : STR("false");
        return is_text || j->kind == JSON_BOOL ? NULL : wrong(a, path, t->kind);
    }
    bool is_true = j->kind == JSON_STRING && str_eq(j->text, STR("true"));
    bool is_false = j->kind == JSON_STRING && str_eq(j->text, STR("false"));
    out->boolean = is_true || (j->kind == JSON_BOOL && j->boolean);
    return j->kind == JSON_BOOL || is_true || is_false ? NULL : wrong(a, path, t->kind);
}

static struct error *decode_items(struct arena *a, const struct json *j, const struct cty_type *t,
                                  const struct cty_path *path, struct cty_value *out)
{
    if (j->kind != JSON_ARRAY || (t->kind == CTY_TUPLE && j->count != t->count))
        return wrong(a, path, t->kind);
    *out = cty_collection(a, t->kind, j->count);
    for (size_t i = 0; i < j->count; i++) {
        struct cty_path at = cty_path_index(path, i);
        at.in_set = t->kind == CTY_SET;
        TRY(decode(a, &j->items[i], t->kind == CTY_TUPLE ? &t->items[i] : t->element, &at,
                   &out->items[i]));
    }
    return NULL;
}

static struct error *decode_map(struct arena *a, const struct json *j, const struct cty_type *t,
                                const struct cty_path *path, struct cty_value *out)
{
    if (j->kind != JSON_OBJECT)
        return wrong(a, path, t->kind);
    *out = cty_collection(a, CTY_MAP, j->count);
    for (size_t i = 0; i < j->count; i++) {
        struct cty_path at = cty_path_key(path, j->keys[i]);
        out->keys[i] = j->keys[i];
        TRY(decode(a, &j->items[i], t->element, &at, &out->items[i]));
    }
    return NULL;
}

static struct error *decode_object(struct arena *a, const struct json *j, const struct cty_type *t,
                                   const struct cty_path *path, struct cty_value *out)
{
    if (j->kind != JSON_OBJECT)
        return wrong(a, path, t->kind);
    *out = cty_collection(a, CTY_OBJECT, t->count);
    for (size_t i = 0; i < t->count; i++) {
        struct cty_path at = cty_path_attribute(path, t->names[i]);
        out->keys[i] = t->names[i];
        TRY(decode(a, json_get_str(j, t->names[i]), &t->items[i], &at, &out->items[i]));
    }
    return NULL;
}

static struct error *decode_dynamic(struct arena *a, const struct json *j,
                                    const struct cty_path *path, struct cty_value *out)
{
    struct cty_type *t = ARENA_NEW(a, struct cty_type);
    struct buf text = buf_in(a);
    if (j->kind != JSON_OBJECT)
        return wrong(a, path, CTY_DYNAMIC);
    json_print(&text, json_get(j, "type"), false);
    TRY(cty_type_parse(a, buf_str(&text), t));
    if (t->kind == CTY_DYNAMIC)
        return wrong(a, path, CTY_DYNAMIC);
    TRY(decode(a, json_get(j, "value"), t, path, out));
    out->dynamic = t;
    return NULL;
}

static struct error *decode(struct arena *a, const struct json *j, const struct cty_type *t,
                            const struct cty_path *path, struct cty_value *out)
{
    if (j->kind == JSON_NULL) {
        *out = cty_null();
        return NULL;
    }
    switch (t->kind) {
    case CTY_STRING:
    case CTY_NUMBER:
    case CTY_BOOL:
        return decode_scalar(a, j, t, path, out);
    case CTY_LIST:
    case CTY_SET:
    case CTY_TUPLE:
        return decode_items(a, j, t, path, out);
    case CTY_MAP:
        return decode_map(a, j, t, path, out);
    case CTY_OBJECT:
        return decode_object(a, j, t, path, out);
    case CTY_DYNAMIC:
        return decode_dynamic(a, j, path, out);
    case CTY_NULL:
    case CTY_UNKNOWN:
        break;
    }
    return wrong(a, path, t->kind);
}

struct error *cty_from_json(struct arena *a, const struct json *j, const struct cty_type *t,
                            struct cty_value *out)
{
    return decode(a, j, t, NULL, out);
}

static const struct cty_type *type_at(const struct cty_type *t, size_t i)
{
    return t->kind == CTY_TUPLE || t->kind == CTY_OBJECT ? &t->items[i] : t->element;
}

static void write_members(struct json_writer *w, const struct cty_value *v,
                          const struct cty_type *t)
{
    json_begin_object(w);
    for (size_t i = 0; i < v->count; i++) {
        json_key(w, v->keys[i]);
        cty_to_json(w, &v->items[i], type_at(t, i));
    }
    json_end_object(w);
}

static void write_dynamic(struct json_writer *w, const struct cty_value *v)
{
    struct buf type = buf_in(w->out->arena);
    cty_type_print(&type, v->dynamic);
    json_begin_object(w);
    json_key(w, STR("type"));
    json_raw(w, buf_str(&type));
    json_key(w, STR("value"));
    cty_to_json(w, v, v->dynamic);
    json_end_object(w);
}

void cty_to_json(struct json_writer *w, const struct cty_value *v, const struct cty_type *t)
{
    if (t->kind == CTY_DYNAMIC && v->dynamic) {
        write_dynamic(w, v);
        return;
    }
    switch (v->kind) {
    case CTY_NULL:
    case CTY_UNKNOWN:
    case CTY_DYNAMIC:
        json_null(w);
        break;
    case CTY_STRING:
        json_string(w, v->string);
        break;
    case CTY_NUMBER:
        json_raw(w, cty_number_text(w->out->arena, v->number));
        break;
    case CTY_BOOL:
        json_bool(w, v->boolean);
        break;
    case CTY_LIST:
    case CTY_SET:
    case CTY_TUPLE:
        json_begin_array(w);
        for (size_t i = 0; i < v->count; i++)
            cty_to_json(w, &v->items[i], type_at(t, i));
        json_end_array(w);
        break;
    case CTY_MAP:
    case CTY_OBJECT:
        write_members(w, v, t);
        break;
    }
}
