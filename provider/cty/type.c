#include "provider/cty/type.h"

const struct cty_type cty_type_string = {.kind = CTY_STRING};
const struct cty_type cty_type_number = {.kind = CTY_NUMBER};
const struct cty_type cty_type_bool = {.kind = CTY_BOOL};
const struct cty_type cty_type_dynamic = {.kind = CTY_DYNAMIC};
const struct cty_type cty_type_strings = {.kind = CTY_LIST, .element = &cty_type_string};
const struct cty_type cty_type_string_set = {.kind = CTY_SET, .element = &cty_type_string};
const struct cty_type cty_type_string_map = {.kind = CTY_MAP, .element = &cty_type_string};

static const char *const kind_names[] = {
    [CTY_NULL] = "null",     [CTY_UNKNOWN] = "unknown", [CTY_STRING] = "string",
    [CTY_NUMBER] = "number", [CTY_BOOL] = "bool",       [CTY_LIST] = "list",
    [CTY_SET] = "set",       [CTY_TUPLE] = "tuple",     [CTY_MAP] = "map",
    [CTY_OBJECT] = "object", [CTY_DYNAMIC] = "dynamic",
};

const char *cty_kind_name(enum cty_kind kind)
{
    return kind_names[kind];
}

static void write_type(struct json_writer *w, const struct cty_type *t)
{
    bool simple = !t->element && t->kind != CTY_OBJECT && t->kind != CTY_TUPLE;
    if (simple) {
        json_string(w, str_of(kind_names[t->kind]));
        return;
    }
    json_begin_array(w);
    json_string(w, str_of(kind_names[t->kind]));
    if (t->element) {
        write_type(w, t->element);
    } else if (t->kind == CTY_TUPLE) {
        json_begin_array(w);
        for (size_t i = 0; i < t->count; i++)
            write_type(w, &t->items[i]);
        json_end_array(w);
    } else {
        json_begin_object(w);
        for (size_t i = 0; i < t->count; i++) {
            json_key(w, t->names[i]);
            write_type(w, &t->items[i]);
        }
        json_end_object(w);
    }
    json_end_array(w);
}

void cty_type_print(struct buf *out, const struct cty_type *t)
{
    struct json_writer w = json_writer_to(out);
    write_type(&w, t);
}

/* A type that goes deeper is no type of any resource; the bound keeps recursion in bounds. */
enum { DEEPEST = 24 };

static struct error *type_of_json(struct arena *a, const struct json *j, int depth,
                                  struct cty_type *out);

static enum cty_kind kind_by_name(struct str name, enum cty_kind first, enum cty_kind last)
{
    for (enum cty_kind k = first; k <= last; k++)
        if (str_eq(name, str_of(kind_names[k])))
            return k;
    return CTY_NULL;
}

static struct error *members_of_json(struct arena *a, const struct json *j, int depth,
                                     struct cty_type *out)
{
    enum json_kind wanted = out->kind == CTY_TUPLE ? JSON_ARRAY : JSON_OBJECT;
    if (j->kind != wanted)
        return error_new(a, ERROR_INVALID, "a type of kind %s lacks its members",
                         kind_names[out->kind]);
    struct cty_type *items = ARENA_ARRAY(a, struct cty_type, j->count);
    for (size_t i = 0; i < j->count; i++)
        TRY(type_of_json(a, &j->items[i], depth + 1, &items[i]));
    out->items = items;
    out->names = j->keys;
    out->count = j->count;
    return NULL;
}

static struct error *composite_of_json(struct arena *a, const struct json *j, int depth,
                                       struct cty_type *out)
{
    struct str name = j->count >= 2 ? json_string_or(&j->items[0], STR("")) : STR("");
    *out = (struct cty_type){.kind = kind_by_name(name, CTY_LIST, CTY_OBJECT)};
    if (out->kind == CTY_NULL)
        return error_new(a, ERROR_INVALID, "not a type constructor: \"" STR_FMT "\"",
                         STR_ARG(name));
    if (out->kind == CTY_TUPLE || out->kind == CTY_OBJECT)
        return members_of_json(a, &j->items[1], depth, out);
    struct cty_type *element = ARENA_NEW(a, struct cty_type);
    TRY(type_of_json(a, &j->items[1], depth + 1, element));
    out->element = element;
    return NULL;
}

static struct error *type_of_json(struct arena *a, const struct json *j, int depth,
                                  struct cty_type *out)
{
    if (depth > DEEPEST)
        return error_new(a, ERROR_INVALID, "a type may nest %d deep", DEEPEST);
    if (j->kind == JSON_ARRAY)
        return composite_of_json(a, j, depth, out);
    struct str name = json_string_or(j, STR(""));
    *out = (struct cty_type){.kind = kind_by_name(name, CTY_STRING, CTY_BOOL)};
    if (str_eq(name, STR("dynamic")))
        out->kind = CTY_DYNAMIC;
    if (out->kind == CTY_NULL)
        return error_new(a, ERROR_INVALID, "not a type: \"" STR_FMT "\"", STR_ARG(name));
    return NULL;
}

struct error *cty_type_parse(struct arena *a, struct str json_text, struct cty_type *out)
{
    struct json *tree = ARENA_NEW(a, struct json);
    TRY(json_parse(a, json_text, tree));
    return type_of_json(a, tree, 0, out);
}

static const struct cty_type *member_type(const struct cty_type *t, struct str name)
{
    for (size_t i = 0; i < t->count; i++)
        if (str_eq(t->names[i], name))
            return &t->items[i];
    return NULL;
}

static bool members_eq(const struct cty_type *a, const struct cty_type *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct cty_type *other =
            a->kind == CTY_TUPLE ? &b->items[i] : member_type(b, a->names[i]);
        if (!other || !cty_type_eq(&a->items[i], other))
            return false;
    }
    return true;
}

bool cty_type_eq(const struct cty_type *a, const struct cty_type *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    return a->element ? cty_type_eq(a->element, b->element) : members_eq(a, b);
}

static bool object_conforms(const struct cty_value *v, const struct cty_type *t)
{
    if (v->count != t->count)
        return false;
    for (size_t i = 0; i < v->count; i++) {
        const struct cty_type *member = member_type(t, v->keys[i]);
        if (!member || !cty_conforms(&v->items[i], member))
            return false;
    }
    return true;
}

bool cty_conforms(const struct cty_value *v, const struct cty_type *t)
{
    if (v->kind == CTY_NULL || v->kind == CTY_UNKNOWN)
        return true;
    if (t->kind == CTY_DYNAMIC)
        return v->dynamic && v->dynamic->kind != CTY_DYNAMIC && cty_conforms(v, v->dynamic);
    if (v->kind != t->kind)
        return false;
    if (t->kind == CTY_OBJECT)
        return object_conforms(v, t);
    if (t->kind == CTY_TUPLE && v->count != t->count)
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (!cty_conforms(&v->items[i], t->kind == CTY_TUPLE ? &t->items[i] : t->element))
            return false;
    return true;
}
