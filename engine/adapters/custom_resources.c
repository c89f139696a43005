#include "engine/adapters/custom_resources.h"

#include "engine/base/time.h"
#include "engine/objects/class_form.h"
#include "engine/objects/form_schema.h"
#include "engine/objects/pool_form.h"

enum { KNOWN_MS = 10 * 1000, LOOK_MS = 100 };

#define CONVERGED                                                                    \
    {                                                                                \
        "Converged", "string", ".status.conditions[?(@.type==\"Converged\")].status" \
    }
#define ACCEPTED                                                                   \
    {                                                                              \
        "Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status" \
    }
#define AGE                                          \
    {                                                \
        "Age", "date", ".metadata.creationTimestamp" \
    }

static const struct custom_column pool_columns[] = {
    {"Class", "string", ".spec.node_class"},
    {"Weight", "integer", ".spec.weight"},
    ACCEPTED,
    CONVERGED,
    AGE,
};
static const struct custom_column class_columns[] = {
    {"Family", "string", ".spec.ami_family"},
    ACCEPTED,
    CONVERGED,
    AGE,
};
static const struct custom_column claim_columns[] = {
    {"Pool", "string", ".spec.pool"},
    {"Phase", "string", ".status.phase_name"},
    {"Type", "string", ".status.instance_type"},
    {"Zone", "string", ".status.zone"},
    {"Instance", "string", ".status.instance_id"},
    AGE,
};
static const struct custom_column record_columns[] = {
    {"Record", "string", ".spec.kind"},
    {"Key", "string", ".spec.key"},
    AGE,
};

#define CUSTOM(plural_, kind_, singular_, short_, form_, columns_)                     \
    {                                                                                  \
        .resource = {STR_INIT("tenon.dev"), STR_INIT("v1"), STR_INIT(plural_), false}, \
        .kind = kind_, .singular = singular_, .short_name = short_, .form = form_,     \
        .columns = columns_, .column_count = sizeof(columns_) / sizeof(*(columns_)),   \
    }
const struct custom_resource custom_resources[CUSTOM_KINDS] = {
    [CUSTOM_POOL] = CUSTOM("nodepools", "NodePool", "nodepool", "tnp", &pool_form, pool_columns),
    [CUSTOM_CLASS] =
        CUSTOM("nodeclasses", "NodeClass", "nodeclass", "tnc", &class_form, class_columns),
    [CUSTOM_CLAIM] = CUSTOM("nodeclaims", "NodeClaim", "nodeclaim", "tncl", NULL, claim_columns),
    [CUSTOM_RECORD] =
        CUSTOM("enginerecords", "EngineRecord", "enginerecord", "ter", NULL, record_columns),
};

static void write_kept_as_it_is(struct json_writer *w, const char *key)
{
    json_key(w, str_of(key));
    json_begin_object(w);
    json_member(w, "type", STR("object"));
    json_member_bool(w, "x-kubernetes-preserve-unknown-fields", true);
    json_end_object(w);
}

static void write_properties(struct json_writer *w, const struct custom_resource *r)
{
    json_key(w, STR("properties"));
    json_begin_object(w);
    if (r->form) {
        json_key(w, STR("spec"));
        form_schema_write(w, r->form);
    } else {
        write_kept_as_it_is(w, "spec");
    }
    write_kept_as_it_is(w, "status");
    if (r == &custom_resources[CUSTOM_RECORD]) {
        json_key(w, STR("data"));
        json_begin_object(w);
        json_member(w, "type", STR("string"));
        json_end_object(w);
    }
    json_end_object(w);
}

static void write_schema(struct json_writer *w, const struct custom_resource *r)
{
    json_key(w, STR("schema"));
    json_begin_object(w);
    json_key(w, STR("openAPIV3Schema"));
    json_begin_object(w);
    json_member(w, "type", STR("object"));
    json_key(w, STR("required"));
    json_begin_array(w);
    json_string(w, STR("spec"));
    json_end_array(w);
    write_properties(w, r);
    json_end_object(w);
    json_end_object(w);
}

static void write_columns(struct json_writer *w, const struct custom_resource *r)
{
    json_key(w, STR("additionalPrinterColumns"));
    json_begin_array(w);
    for (size_t i = 0; i < r->column_count; i++) {
        json_begin_object(w);
        json_member(w, "name", str_of(r->columns[i].name));
        json_member(w, "type", str_of(r->columns[i].type));
        json_member(w, "jsonPath", str_of(r->columns[i].path));
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_version(struct json_writer *w, const struct custom_resource *r)
{
    json_key(w, STR("versions"));
    json_begin_array(w);
    json_begin_object(w);
    json_member(w, "name", r->resource.version);
    json_member_bool(w, "served", true);
    json_member_bool(w, "storage", true);
    write_schema(w, r);
    if (r->form) { /* what people write and what the engine says are apart; else all is its own */
        json_key(w, STR("subresources"));
        json_begin_object(w);
        json_key(w, STR("status"));
        json_begin_object(w);
        json_end_object(w);
        json_end_object(w);
    }
    write_columns(w, r);
    json_end_object(w);
    json_end_array(w);
}

static void write_list_of_one(struct json_writer *w, const char *key, const char *text)
{
    json_key(w, str_of(key));
    json_begin_array(w);
    json_string(w, str_of(text));
    json_end_array(w);
}

static struct str definition_name(struct arena *a, const struct custom_resource *r)
{
    return arena_printf(a, STR_FMT "." STR_FMT, STR_ARG(r->resource.plural),
                        STR_ARG(r->resource.group));
}

static void write_names(struct json_writer *w, struct arena *a, const struct custom_resource *r)
{
    json_key(w, STR("names"));
    json_begin_object(w);
    json_member(w, "kind", str_of(r->kind));
    json_member(w, "listKind", arena_printf(a, "%sList", r->kind));
    json_member(w, "plural", r->resource.plural);
    json_member(w, "singular", str_of(r->singular));
    write_list_of_one(w, "shortNames", r->short_name);
    write_list_of_one(w, "categories", "tenon");
    json_end_object(w);
}

struct str custom_definition(struct arena *a, const struct custom_resource *r)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("apiextensions.k8s.io/v1"));
    json_member(&w, "kind", STR("CustomResourceDefinition"));
    json_key(&w, STR("metadata"));
    json_begin_object(&w);
    json_member(&w, "name", definition_name(a, r));
    json_end_object(&w);
    json_key(&w, STR("spec"));
    json_begin_object(&w);
    json_member(&w, "group", r->resource.group);
    json_member(&w, "scope", STR("Cluster"));
    write_names(&w, a, r);
    write_version(&w, r);
    json_end_object(&w);
    json_end_object(&w);
    return buf_str(&out);
}

struct str custom_definitions(struct arena *a)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("v1"));
    json_member(&w, "kind", STR("List"));
    json_key(&w, STR("items"));
    json_begin_array(&w);
    for (size_t i = 0; i < CUSTOM_KINDS; i++)
        json_raw(&w, custom_definition(a, &custom_resources[i]));
    json_end_array(&w);
    json_end_object(&w);
    return buf_str(&out);
}

/* Installing. */

static const struct kube_resource definitions = {.group = STR_INIT("apiextensions.k8s.io"),
                                                 .version = STR_INIT("v1"),
                                                 .plural = STR_INIT("customresourcedefinitions")};

static bool is_established(const struct json *definition)
{
    const struct json *conditions = json_path(definition, "status", "conditions", NULL);

    for (size_t i = 0; conditions->kind == JSON_ARRAY && i < conditions->count; i++)
        if (str_eq(json_string_or(json_get(&conditions->items[i], "type"), STR("")),
                   STR("Established")))
            return str_eq(json_string_or(json_get(&conditions->items[i], "status"), STR("")),
                          STR("True"));
    return false;
}

/* Does it say at least what ours says?  The server fills in what we leave out. */
static bool holds(const struct json *there, const struct json *ours)
{
    if (ours->kind == JSON_OBJECT) {
        for (size_t i = 0; i < ours->count; i++)
            if (!holds(json_get_str(there, ours->keys[i]), &ours->items[i]))
                return false;
        return there->kind == JSON_OBJECT;
    }
    if (ours->kind != JSON_ARRAY)
        return json_eq(there, ours);
    for (size_t i = 0; i < ours->count; i++)
        if (i >= there->count || !holds(&there->items[i], &ours->items[i]))
            return false;
    return there->kind == JSON_ARRAY && there->count == ours->count;
}

static bool is_as_it_should_be(struct arena *a, const struct json *there, struct str body)
{
    struct json ours;

    return is_established(there) && !json_parse(a, body, &ours) &&
           holds(json_get(there, "spec"), json_get(&ours, "spec"));
}

static struct error *await_established(const struct kube_call *c, const struct kube_target *t)
{
    int64_t give_up_ms = time_monotonic_ms() + KNOWN_MS;
    struct json there;

    for (;;) {
        TRY(kube_get(c, t, &there));
        if (is_established(&there))
            return NULL;
        if (time_monotonic_ms() >= give_up_ms)
            break;
        if (cancel_wait_ms(c->cancel, LOOK_MS))
            return error_new(c->arena, ERROR_CANCELLED, "cancelled");
    }
    struct error *e =
        error_new(c->arena, ERROR_UNREACHABLE, STR_FMT " is not served", STR_ARG(t->name));
    e->detail = STR("The API server has taken the definition and does not establish it: see its "
                    "conditions with kubectl describe crd.");
    return e;
}

static struct error *install(const struct kube_call *c, const struct custom_resource *r)
{
    const struct kube_target t = {.resource = &definitions, .name = definition_name(c->arena, r)};
    const struct kube_patch patch = {.kind = KUBE_PATCH_APPLY,
                                     .body = custom_definition(c->arena, r),
                                     .manager = STR("tenon"),
                                     .force = true};
    struct json there;
    struct error *e = kube_get(c, &t, &there);

    if (!e && is_as_it_should_be(c->arena, &there, patch.body))
        return NULL;
    if (e && e->kind != ERROR_NOT_FOUND)
        return e;
    e = kube_patch(c, &t, &patch, &there);
    if (e && e->kind == ERROR_DENIED)
        e->detail = arena_printf(c->arena,
                                 STR_FMT " Or install the definitions yourself: kubectl apply "
                                         "--server-side -k deploy/kustomize/crds.",
                                 STR_ARG(e->detail));
    return e ? e : await_established(c, &t);
}

struct error *custom_resources_install(const struct kube_call *c)
{
    for (size_t i = 0; i < CUSTOM_KINDS; i++)
        TRY(install(c, &custom_resources[i]));
    return NULL;
}
