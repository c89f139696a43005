#include "engine/adapters/kube_specs.h"

#include "engine/objects/class_document.h"
#include "engine/objects/pool_document.h"

#define FINALIZER  STR("tenon.dev/termination")
#define UID_NOTE   STR("tenon.dev/uid")
#define GENERATION STR("tenon.dev/generation")
#define DRAIN_BY   STR("tenon.dev/drain-by-ms")

struct str kube_object_text(struct arena *a, const struct json *object)
{
    struct buf out = buf_in(a);
    json_print(&out, object, true);
    return buf_str(&out);
}

struct str kube_object_member(const struct json *object, const char *outer, const char *key)
{
    return json_string_or(json_path(object, outer, key, NULL), STR(""));
}

static struct json *member(struct arena *a, struct json *object, struct str key)
{
    if (json_get_str(object, key)->kind != JSON_OBJECT)
        json_set(a, object, key, json_new_object());
    return &object->items[(size_t)(json_get_str(object, key) - object->items)];
}

/* The object's finalizers, with ours or without. */
static void set_finalizer(struct arena *a, struct json *object, bool with)
{
    struct json *metadata = member(a, object, STR("metadata"));
    const struct json *old = json_get(metadata, "finalizers");
    struct json list = json_new_array();

    for (size_t i = 0; old->kind == JSON_ARRAY && i < old->count; i++)
        if (!str_eq(json_string_or(&old->items[i], STR("")), FINALIZER))
            json_add(a, &list, old->items[i]);
    if (with)
        json_add(a, &list, json_new_string(FINALIZER));
    json_set(a, metadata, STR("finalizers"), list);
}

static bool has_finalizer(const struct json *object)
{
    const struct json *list = json_path(object, "metadata", "finalizers", NULL);

    for (size_t i = 0; list->kind == JSON_ARRAY && i < list->count; i++)
        if (str_eq(json_string_or(&list->items[i], STR("")), FINALIZER))
            return true;
    return false;
}

static bool is_deleting(const struct json *object)
{
    return kube_object_member(object, "metadata", "deletionTimestamp").len > 0;
}

bool kube_spec_to_hold(struct arena *a, struct json *object, struct str *out)
{
    if (has_finalizer(object) || is_deleting(object))
        return false;
    set_finalizer(a, object, true);
    *out = kube_object_text(a, object);
    return true;
}

struct str kube_spec_let_go(struct arena *a, struct json *object)
{
    set_finalizer(a, object, false);
    return kube_object_text(a, object);
}

static void note(struct arena *a, struct json *object, struct str key, const struct json *value)
{
    struct json *notes = member(a, member(a, object, STR("metadata")), STR("annotations"));

    if (value->kind == JSON_STRING || value->kind == JSON_NUMBER)
        json_set(a, notes, key, json_new_string(value->text));
}

static struct json without_name(struct arena *a, const struct json *document)
{
    struct json spec = json_new_object();

    for (size_t i = 0; document->kind == JSON_OBJECT && i < document->count; i++)
        if (!str_eq(document->keys[i], STR("name")))
            json_set(a, &spec, document->keys[i], document->items[i]);
    return spec;
}

static struct json new_object(struct arena *a, enum custom_kind kind, struct str name)
{
    struct json object = json_new_object(), metadata = json_new_object();

    json_set(a, &metadata, STR("name"), json_new_string(name));
    json_set(a, &object, STR("apiVersion"), json_new_string(CUSTOM_VERSION));
    json_set(a, &object, STR("kind"), json_new_string(str_of(custom_resources[kind].kind)));
    json_set(a, &object, STR("metadata"), metadata);
    return object;
}

struct error *kube_spec_object(struct arena *a, enum custom_kind kind, const struct store_record *r,
                               struct json *there, struct str *out)
{
    struct json body, made = new_object(a, kind, r->key), *object = there ? there : &made;

    TRY(json_parse(a, r->body, &body));
    note(a, object, UID_NOTE, json_get(&body, "uid"));
    note(a, object, GENERATION, json_get(&body, "generation"));
    note(a, object, DRAIN_BY, json_get(&body, "drain_by_ms"));
    if (json_get(&body, "document")->kind == JSON_OBJECT)
        json_set(a, object, STR("spec"), without_name(a, json_get(&body, "document")));
    if (!is_deleting(object)) /* a finalizer may not be added to what goes */
        set_finalizer(a, object, true);
    *out = kube_object_text(a, object);
    return NULL;
}

static struct str noted(const struct json *object, struct str key)
{
    return json_string_or(json_get_str(json_path(object, "metadata", "annotations", NULL), key),
                          STR(""));
}

static int64_t noted_number(const struct json *object, struct str key, int64_t otherwise)
{
    int64_t n;
    return str_to_int64(noted(object, key), &n) && n >= 0 ? n : otherwise;
}

struct json kube_spec_document(struct arena *a, const struct json *object)
{
    struct json document = json_new_object();
    const struct json *spec = json_get(object, "spec");

    for (size_t i = 0; spec->kind == JSON_OBJECT && i < spec->count; i++)
        if (spec->items[i].kind != JSON_NULL)
            json_set(a, &document, spec->keys[i], spec->items[i]);
    json_set(a, &document, STR("name"),
             json_new_string(kube_object_member(object, "metadata", "name")));
    return document;
}

struct error *kube_spec_check(struct arena *a, enum custom_kind kind, const struct json *document)
{
    return kind == CUSTOM_POOL ? pool_document_check(a, document)
                               : class_document_check(a, document);
}

static struct str spec_body(struct arena *a, const struct json *object, const struct json *document)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    struct str uid = noted(object, UID_NOTE);
    int64_t generation = 0;
    bool deleting = is_deleting(object);

    if (!json_to_int64(json_path(object, "metadata", "generation", NULL), &generation))
        generation = 1;
    json_begin_object(&w);
    json_member(&w, "uid", uid.len ? uid : kube_object_member(object, "metadata", "uid"));
    json_member_int(&w, "generation", noted_number(object, GENERATION, generation));
    json_member_bool(&w, "deleting", deleting);
    if (deleting && noted(object, DRAIN_BY).len)
        json_member_int(&w, "drain_by_ms", noted_number(object, DRAIN_BY, 0));
    json_key(&w, STR("document"));
    if (document->kind == JSON_OBJECT)
        json_raw(&w, kube_object_text(a, document));
    else
        json_null(&w);
    json_end_object(&w);
    return buf_str(&out);
}

struct error *kube_spec_of(struct arena *a, enum custom_kind kind, const struct json *object,
                           struct store_record *out, struct error **faults)
{
    struct json document = kube_spec_document(a, object);
    struct str name = kube_object_member(object, "metadata", "name");
    const struct json *holds = &document;

    *faults = kube_spec_check(a, kind, &document);
    if (*faults)
        holds = json_path(object, "status", "accepted", NULL);
    *out = (struct store_record){
        .kind = kind == CUSTOM_POOL ? STR("pool") : STR("class"),
        .key = arena_str(a, name),
        .body = spec_body(a, object, holds),
    };
    return name.len ? NULL
                    : error_new(a, ERROR_INVALID, "a %s has no name", custom_resources[kind].kind);
}

bool kube_status_of(struct arena *a, enum custom_kind kind, const struct json *object,
                    struct store_record *out)
{
    const struct json *engine = json_path(object, "status", "engine", NULL);

    if (engine->kind != JSON_OBJECT)
        return false;
    *out = (struct store_record){
        .kind = STR("status"),
        .key = arena_printf(a, STR_FMT "/" STR_FMT,
                            STR_ARG(kind == CUSTOM_POOL ? STR("pool") : STR("class")),
                            STR_ARG(kube_object_member(object, "metadata", "name"))),
        .body = kube_object_text(a, engine),
    };
    return true;
}
