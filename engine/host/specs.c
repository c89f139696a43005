#include "engine/base/time.h"
#include "engine/host/inside.h"

struct str spec_record_kind(enum spec_kind kind)
{
    return kind == SPEC_POOL ? STR("pool") : STR("class");
}

struct str spec_key(struct arena *a, enum spec_kind kind, struct str name)
{
    return arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(spec_record_kind(kind)), STR_ARG(name));
}

static int64_t number(const struct json *body, const char *key)
{
    int64_t n = 0;
    return json_to_int64(json_get(body, key), &n) ? n : 0;
}

static bool is_of(struct arena *a, const struct json *status, const struct spec *spec)
{
    return str_eq(json_string_or(json_get(status, "uid"), STR("")), spec->uid) &&
           str_eq(json_string_or(json_get(status, "content"), STR("")),
                  spec_content(a, spec->document));
}

struct error *spec_status(struct arena *a, struct store_door *s, const struct spec *spec,
                          struct json *out)
{
    struct store_record r;
    struct error *e = store_door_get(s, a, STR("status"), spec_key(a, spec->kind, spec->name), &r);
    if (!e)
        e = json_parse(a, r.body, out);
    if (e || !is_of(a, out, spec))
        *out = json_new_object();
    return e && e->kind != ERROR_NOT_FOUND ? e : NULL;
}

static struct error *spec_parse(struct arena *a, enum spec_kind kind, struct str name,
                                struct str record, struct spec *out)
{
    struct json body;
    struct buf document = buf_in(a);
    TRY(json_parse(a, record, &body));
    *out = (struct spec){
        .kind = kind,
        .name = arena_str(a, name),
        .uid = json_string_or(json_get(&body, "uid"), STR("")),
        .generation = number(&body, "generation"),
        .deleting = json_bool_or(json_get(&body, "deleting"), false),
        .drain_by_ms = number(&body, "drain_by_ms"),
    };
    if (json_get(&body, "document")->kind == JSON_OBJECT) {
        json_print(&document, json_get(&body, "document"), true);
        out->document = buf_str(&document);
    }
    return NULL;
}

struct error *spec_see(struct arena *a, struct store_door *s, enum spec_kind kind, struct str name,
                       struct record_list *seen, struct spec *out, bool *found)
{
    *out = (struct spec){.kind = kind, .name = name};
    TRY(store_door_see(s, a, spec_record_kind(kind), name, seen));
    struct str body = seen->items[seen->count - 1].body;
    *found = body.ptr;
    return *found ? spec_parse(a, kind, name, body, out) : NULL;
}

struct error *spec_read(struct arena *a, struct store_door *s, enum spec_kind kind, struct str name,
                        struct spec *out)
{
    struct store_record r;
    struct json status;
    TRY(store_door_get(s, a, spec_record_kind(kind), name, &r));
    TRY(spec_parse(a, kind, name, r.body, out));
    TRY(spec_status(a, s, out, &status));
    out->converged = json_bool_or(json_get(&status, "converged"), false);
    return NULL;
}

struct error *spec_check_alive(struct arena *a, struct store_door *s, const struct spec *spec,
                               struct record_list *seen)
{
    struct json body;
    TRY(store_door_see(s, a, STR("tombstone"), spec_key(a, spec->kind, spec->uid), seen));
    struct str tombstone = seen->items[seen->count - 1].body;
    if (!tombstone.ptr)
        return NULL;
    TRY(json_parse(a, tombstone, &body));
    struct error *e = error_new(a, ERROR_NOT_FOUND, "%s " STR_FMT " was destroyed",
                                spec->kind == SPEC_POOL ? "tenon_node_pool" : "tenon_node_class",
                                STR_ARG(spec->name));
    e->detail = arena_printf(
        a,
        "State has uid " STR_FMT ", which the store knows to have been "
        "destroyed at " STR_FMT ": it is state of before that. Plan again: refreshing takes it out "
        "of state, and the plan is to create a new one.",
        STR_ARG(spec->uid), STR_ARG(time_format(a, number(&body, "at_ms"), false)));
    return error_at(e, STR("name"));
}

struct store_record spec_write(struct arena *a, const struct spec *spec)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    struct str document = spec_document(a, spec->document);

    json_begin_object(&w);
    json_member(&w, "uid", spec->uid);
    json_member_int(&w, "generation", spec->generation);
    json_member_bool(&w, "deleting", spec->deleting);
    if (spec->deleting && spec->drain_by_ms)
        json_member_int(&w, "drain_by_ms", spec->drain_by_ms);
    json_key(&w, STR("document"));
    if (document.len)
        json_raw(&w, document);
    else
        json_null(&w);
    json_end_object(&w);
    return (struct store_record){spec_record_kind(spec->kind), spec->name, buf_str(&out)};
}
