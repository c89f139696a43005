#include "engine/host/inside.h"

struct str spec_record_kind(enum spec_kind kind)
{
    return kind == SPEC_POOL ? STR("pool") : STR("class");
}

struct str spec_key(struct arena *a, enum spec_kind kind, struct str name)
{
    return arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(spec_record_kind(kind)), STR_ARG(name));
}

struct str document_print(struct arena *a, struct str document)
{
    struct json tree;
    struct buf out = buf_in(a);
    if (!document.len || json_parse(a, document, &tree) || tree.kind != JSON_OBJECT)
        return (struct str){0};
    json_print(&out, &tree, true);
    return buf_str(&out);
}

static int64_t number(const struct json *body, const char *key)
{
    int64_t n = 0;
    return json_to_int64(json_get(body, key), &n) ? n : 0;
}

struct error *spec_read(struct arena *a, struct store_door *s, enum spec_kind kind, struct str name,
                        struct spec *out)
{
    struct store_record r, status;
    struct json body;
    struct buf document = buf_in(a);
    TRY(store_door_get(s, a, spec_record_kind(kind), name, &r));
    TRY(json_parse(a, r.body, &body));
    *out = (struct spec){
        .kind = kind,
        .name = arena_str(a, name),
        .uid = json_string_or(json_get(&body, "uid"), STR("")),
        .generation = number(&body, "generation"),
        .deleting = json_bool_or(json_get(&body, "deleting"), false),
    };
    if (json_get(&body, "document")->kind == JSON_OBJECT) {
        json_print(&document, json_get(&body, "document"), true);
        out->document = buf_str(&document);
    }
    struct error *e = store_door_get(s, a, STR("status"), spec_key(a, kind, name), &status);
    if (!e)
        e = json_parse(a, status.body, &body);
    if (!e) {
        out->observed_generation = number(&body, "observed");
        out->converged_generation = number(&body, "converged");
    }
    return e && e->kind != ERROR_NOT_FOUND ? e : NULL; /* no engine has looked at it yet */
}

struct store_record spec_write(struct arena *a, const struct spec *spec)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    struct str document = document_print(a, spec->document);

    json_begin_object(&w);
    json_member(&w, "uid", spec->uid);
    json_member_int(&w, "generation", spec->generation);
    json_member_bool(&w, "deleting", spec->deleting);
    json_key(&w, STR("document"));
    if (document.len)
        json_raw(&w, document);
    else
        json_null(&w);
    json_end_object(&w);
    return (struct store_record){spec_record_kind(spec->kind), spec->name, buf_str(&out)};
}
