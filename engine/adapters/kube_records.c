#include "engine/adapters/kube_records.h"

#include "engine/base/digest.h"

#define FINALIZER    STR("tenon.dev/termination")
#define UID_NOTE     STR("tenon.dev/uid")
#define GENERATION   STR("tenon.dev/generation")
#define DRAIN_BY     STR("tenon.dev/drain-by-ms")
#define RECORD_LABEL STR("tenon.dev/record")

/* Where things are. */

enum custom_kind kube_record_kind(struct str kind)
{
    return str_eq(kind, STR("pool"))    ? CUSTOM_POOL
           : str_eq(kind, STR("class")) ? CUSTOM_CLASS
           : str_eq(kind, STR("claim")) ? CUSTOM_CLAIM
                                        : CUSTOM_RECORD;
}

bool kube_record_is_kept(const struct store_record *r)
{
    if (str_eq(r->kind, STR("journal")))
        return false;
    if (str_eq(r->kind, STR("world")) && !str_eq(r->key, STR("last")))
        return false;
    return r->body.len <= RECORD_BODY_MOST || !kube_record_may_wait(r->kind);
}

bool kube_record_may_wait(struct str kind)
{
    return str_eq(kind, STR("status")) || str_eq(kind, STR("snapshot")) ||
           str_eq(kind, STR("world")) || str_eq(kind, STR("journal"));
}

/* A claim's id is cluster/pool/uid/serial. */
static struct str pool_of_claim(struct str id)
{
    struct str rest = id;

    str_cut(&rest, '/');
    return str_cut(&rest, '/');
}

static struct str object_name(struct arena *a, struct str kind, struct str key)
{
    struct str whole = arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(kind), STR_ARG(key));
    struct str digest = str_slice(sha256_hex(a, whole), 0, 20);

    switch (kube_record_kind(kind)) {
    case CUSTOM_POOL:
    case CUSTOM_CLASS:
        return key;
    case CUSTOM_CLAIM: /* pools' names are DNS labels */
        return arena_printf(a, STR_FMT "-" STR_FMT, STR_ARG(pool_of_claim(key)), STR_ARG(digest));
    case CUSTOM_RECORD:
    case CUSTOM_KINDS:
        break;
    }
    return arena_printf(a, STR_FMT "-" STR_FMT, STR_ARG(kind), STR_ARG(digest));
}

struct kube_target kube_record_target(struct arena *a, struct str kind, struct str key)
{
    struct str what = kind, name = key;

    if (str_eq(kind, STR("status"))) { /* it stands in the object that it is the status of */
        what = str_cut(&name, '/');
        return (struct kube_target){.resource = &custom_resources[kube_record_kind(what)].resource,
                                    .name = name};
    }
    return (struct kube_target){.resource = &custom_resources[kube_record_kind(kind)].resource,
                                .name = object_name(a, kind, key)};
}

/* The engine's own. */

static void write_head(struct json_writer *w, enum custom_kind kind, struct str name)
{
    json_member(w, "apiVersion", CUSTOM_VERSION);
    json_member(w, "kind", str_of(custom_resources[kind].kind));
    json_key(w, STR("metadata"));
    json_begin_object(w);
    json_member(w, "name", name);
}

/* `phase_name` is for people; readers of the record go by its number. */
static struct str claim_status(struct arena *a, struct str body)
{
    struct json status;
    struct buf out = buf_in(a);
    int64_t phase;

    if (json_parse(a, body, &status) || status.kind != JSON_OBJECT)
        return STR("{}"); /* not a record of ours: nothing of it could be read again */
    if (json_to_int64(json_get(&status, "phase"), &phase) && phase >= 0 &&
        phase <= CLAIM_TERMINATING)
        json_set(a, &status, STR("phase_name"),
                 json_new_string(claim_phase_text((enum claim_phase)phase)));
    json_print(&out, &status, false);
    return buf_str(&out);
}

struct str kube_record_object(struct arena *a, const struct store_record *r)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    enum custom_kind kind = kube_record_kind(r->kind);

    json_begin_object(&w);
    write_head(&w, kind, object_name(a, r->kind, r->key));
    if (kind == CUSTOM_RECORD) {
        json_key(&w, STR("labels"));
        json_begin_object(&w);
        json_key(&w, RECORD_LABEL);
        json_string(&w, r->kind);
        json_end_object(&w);
    }
    json_end_object(&w);
    json_key(&w, STR("spec"));
    json_begin_object(&w);
    if (kind == CUSTOM_CLAIM)
        json_member(&w, "pool", pool_of_claim(r->key));
    else
        json_member(&w, "kind", r->kind);
    json_member(&w, kind == CUSTOM_CLAIM ? "id" : "key", r->key);
    json_end_object(&w);
    if (kind == CUSTOM_CLAIM) {
        json_key(&w, STR("status"));
        json_raw(&w, claim_status(a, r->body));
    } else {
        json_member(&w, "data", r->body);
    }
    json_end_object(&w);
    return buf_str(&out);
}

/* NULL where one of ours is not as we make them. */
static struct error *own_record(struct arena *a, enum custom_kind kind, const struct json *object,
                                struct store_record *out)
{
    bool is_claim = kind == CUSTOM_CLAIM;
    struct str key = kube_object_member(object, "spec", is_claim ? "id" : "key");
    const struct json *data = json_get(object, is_claim ? "status" : "data");

    *out = (struct store_record){
        .kind = arena_str(a, is_claim ? STR("claim") : kube_object_member(object, "spec", "kind")),
        .key = arena_str(a, key),
    };
    if (!key.len || !out->kind.len || data->kind != (is_claim ? JSON_OBJECT : JSON_STRING))
        return error_new(a, ERROR_INVALID, "%s " STR_FMT " is none of ours",
                         custom_resources[kind].kind,
                         STR_ARG(kube_object_member(object, "metadata", "name")));
    out->body = is_claim ? kube_object_text(a, data) : arena_str(a, data->text);
    return NULL;
}

struct error *kube_record_of(struct arena *a, enum custom_kind kind, const struct json *object,
                             struct store_record *out, struct error **faults)
{
    *faults = NULL;
    return kind == CUSTOM_POOL || kind == CUSTOM_CLASS ? kube_spec_of(a, kind, object, out, faults)
                                                       : own_record(a, kind, object, out);
}
