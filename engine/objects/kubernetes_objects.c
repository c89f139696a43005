#include "engine/objects/kubernetes_objects.h"

#include "engine/base/yaml.h"
#include "engine/objects/names.h"
#include "engine/objects/pod_rules.h"

struct collection {
    struct reader r;
    struct kubernetes_objects *out;
    struct objects found;
};

/* Is there a list called `containers` anywhere in it?  Then it makes pods in some way. */
static bool holds_containers(const struct json *j)
{
    if (j->kind != JSON_OBJECT && j->kind != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < j->count; i++)
        if ((j->kind == JSON_OBJECT && str_eq(j->keys[i], STR("containers")) &&
             j->items[i].kind == JSON_ARRAY) ||
            holds_containers(&j->items[i]))
            return true;
    return false;
}

/* What it is called, good or not, for whatever is to be said about it. */
static struct str written_name(struct arena *a, const struct json *object)
{
    const struct json *metadata = json_get(object, "metadata");
    struct str name = json_string_or(json_get(metadata, "name"), STR(""));
    struct str space = json_string_or(json_get(metadata, "namespace"), STR("default"));

    return name.len ? arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(space), STR_ARG(name)) : name;
}

/* Name and namespace; false when they are unusable. */
static bool read_identity(struct reader *r, struct object *o)
{
    struct place metadata_at = place_member(NULL, "metadata"),
                 name_at = place_member(&metadata_at, "name"),
                 namespace_at = place_member(&metadata_at, "namespace");
    const struct json *metadata = json_get(o->json, "metadata");
    const struct json *name = json_get(metadata, "name"), *space = json_get(metadata, "namespace");
    bool good = true;

    o->namespace = STR("default");
    if (name->kind == JSON_NULL) {
        reader_missing(r, &name_at, metadata->line ? metadata : o->json,
                       "Every object of a manifest needs a name of its own.");
        good = false;
    } else if (!read_string(r, &name_at, name, &o->name)) {
        good = false;
    } else if (!is_dns_subdomain(o->name)) {
        reader_refuse(r, &name_at, name,
                      "Lower-case letters, digits, '-' and '.' are allowed, up to 253.");
        good = false;
    }
    if (read_string(r, &namespace_at, space, &o->namespace) && !is_dns_label(o->namespace)) {
        reader_refuse(r, &namespace_at, space, DNS_LABEL_RULE);
        good = false;
    }
    return good;
}

static void add_object(struct collection *c, struct object *o)
{
    o->kind = workload_kind_find(o->api_version, o->kind_name);
    if (!o->kind && !holds_containers(o->json))
        return;
    o->full_name = written_name(c->r.keep, o->json);
    object_announce(&c->r, o);
    if (!o->kind) {
        notes_add(&c->r, &c->out->notes, o->json,
                  arena_printf(c->r.keep,
                               "ignored: the kind " STR_FMT " of " STR_FMT
                               " holds pods, but Tenon does not know how many",
                               STR_ARG(o->kind_name), STR_ARG(o->api_version)));
    } else if (read_identity(&c->r, o)) {
        o->order = c->found.count;
        ARENA_PUSH(c->r.keep, c->found.items, c->found.count, c->found.capacity, *o);
    }
    c->r.object = (struct str){0};
}

static void add_document(struct collection *c, const struct json *j, struct str kind_otherwise,
                         struct str version_otherwise);

/* `kind: List`, or a typed list whose items may leave out what they are. */
static void add_list(struct collection *c, const struct json *items, struct str kind,
                     struct str version)
{
    struct place items_at = place_member(NULL, "items");
    bool is_typed = kind.len > 4 && str_ends_with(kind, STR("List"));
    struct str each = is_typed ? str_slice(kind, 0, kind.len - 4) : (struct str){0};

    if (!read_list(&c->r, &items_at, items))
        return;
    for (size_t i = 0; i < items->count; i++)
        add_document(c, &items->items[i], each, is_typed ? version : (struct str){0});
}

static void add_document(struct collection *c, const struct json *j, struct str kind_otherwise,
                         struct str version_otherwise)
{
    struct place kind_at = place_member(NULL, "kind"),
                 version_at = place_member(NULL, "apiVersion");
    struct object o = {.json = j,
                       .file = c->r.file,
                       .kind_name = kind_otherwise,
                       .api_version = version_otherwise};
    const struct json *items = json_get(j, "items");

    c->r.line = j->line ? j->line : 1;
    if (j->kind != JSON_OBJECT) {
        reader_refuse(&c->r, NULL, j, "A Kubernetes object with apiVersion and kind is expected.");
        return;
    }
    read_string(&c->r, &kind_at, json_get(j, "kind"), &o.kind_name);
    read_string(&c->r, &version_at, json_get(j, "apiVersion"), &o.api_version);
    if (o.kind_name.len == 0)
        reader_missing(&c->r, &kind_at, j,
                       "Every document of a manifest is a Kubernetes object: say its apiVersion "
                       "and kind.");
    else if (o.api_version.len == 0)
        reader_missing(&c->r, &version_at, j, "Every Kubernetes object has one, such as apps/v1.");
    else if (str_ends_with(o.kind_name, STR("List")) && items->kind != JSON_NULL)
        add_list(c, items, o.kind_name, o.api_version);
    else
        add_object(c, &o);
}

static struct error *parse_json(struct arena *keep, const struct manifest_text *file,
                                struct yaml_documents *out)
{
    out->items = ARENA_NEW(keep, struct json);
    out->count = 1;
    struct error *e = json_parse(keep, file->text, out->items);
    if (e)
        e->summary =
            arena_printf(keep, STR_FMT ": " STR_FMT, STR_ARG(file->name), STR_ARG(e->summary));
    return e;
}

static void add_file(struct collection *c, const struct manifest_text *file)
{
    struct yaml_documents documents = {0};
    struct error *e = str_ends_with(file->name, STR(".json"))
                          ? parse_json(c->r.keep, file, &documents)
                          : yaml_parse(c->r.keep, file->name, file->text, &documents);

    c->r.file = file->name;
    if (e) {
        if (e->detail.len == 0)
            e->detail = STR("Nothing is read from a file that does not parse: correct it.");
        reader_keep(&c->r, e);
        return;
    }
    for (size_t i = 0; i < documents.count; i++)
        add_document(c, &documents.items[i], (struct str){0}, (struct str){0});
}

/* As `kubectl apply` has it, the later of two objects with one name stands. */
static void drop_repeated(struct collection *c)
{
    struct objects *all = &c->found;
    size_t kept = 0;

    if (all->count)
        qsort(all->items, all->count, sizeof(*all->items), owners_by_identity);
    for (size_t i = 0; i < all->count; i++) {
        const struct object *o = &all->items[i], *later = o + 1;
        if (i + 1 == all->count || !owners_same_identity(o, later)) {
            all->items[kept++] = *o;
            continue;
        }
        object_announce(&c->r, o);
        notes_add(&c->r, &c->out->notes, o->json,
                  arena_printf(c->r.keep,
                               "ignored: " STR_FMT ":%d has it too, and the later one counts",
                               STR_ARG(later->file), later->json->line));
    }
    all->count = kept;
}

static int by_pod_name(const void *x, const void *y)
{
    return str_cmp(((const struct pod *)x)->name, ((const struct pod *)y)->name);
}

static int by_daemon_name(const void *x, const void *y)
{
    return str_cmp(((const struct daemon *)x)->name, ((const struct daemon *)y)->name);
}

/* A Deployment and a Job may share a name, as their pods' real names differ; the first kind of the
 * alphabet keeps the plain one. */
static void name_pods_apart(struct collection *c)
{
    for (size_t i = 0; i < c->found.count; i++) {
        struct object *o = &c->found.items[i];
        o->pod_prefix = o->full_name;
        if (i > 0 && str_eq(o->full_name, o[-1].full_name))
            o->pod_prefix = arena_printf(c->r.keep, STR_FMT "-" STR_FMT, STR_ARG(o->full_name),
                                         STR_ARG(arena_lower(c->r.keep, o->kind_name)));
    }
}

/* What is left: a Pod web-0 beside a Deployment web. */
static void check_names_differ(struct reader *r, const struct kubernetes_objects *out)
{
    for (size_t i = 1; i < out->pod_count; i++)
        if (str_eq(out->pods[i - 1].name, out->pods[i].name)) {
            struct error *e = error_new(r->keep, ERROR_INVALID, "two pods are called " STR_FMT,
                                        STR_ARG(out->pods[i].name));
            e->detail = STR("Pods are named after their workload and an ordinal: rename one of the "
                            "workloads.");
            reader_keep(r, e);
            return;
        }
}

static void sort_all(struct kubernetes_objects *out)
{
    if (out->pod_count)
        qsort(out->pods, out->pod_count, sizeof(*out->pods), by_pod_name);
    if (out->daemon_count)
        qsort(out->daemons, out->daemon_count, sizeof(*out->daemons), by_daemon_name);
}

struct error *kubernetes_objects_read(struct arena *keep, const struct manifest_text *files,
                                      size_t count, struct resource_table *resources,
                                      struct kubernetes_objects *out)
{
    struct collection c = {.r = {.keep = keep}, .out = out};
    struct pod_rules rules;

    *out = (struct kubernetes_objects){0};
    for (size_t i = 0; i < count; i++)
        add_file(&c, &files[i]);
    drop_repeated(&c);
    name_pods_apart(&c);
    owners_find(keep, &c.found);
    pod_rules_read(&c.r, &c.found, &rules);
    for (size_t i = 0; i < c.found.count; i++) {
        struct object *o = &c.found.items[i];
        if (o->maker && workload_kind_makes_pods(o->kind))
            continue; /* its pods are its maker's */
        object_announce(&c.r, o);
        o->json = pod_rules_apply(&c.r, &rules, o, &out->notes);
        workload_expand(&c.r, o, resources, out);
    }
    sort_all(out);
    check_names_differ(&c.r, out);
    return c.r.errors;
}
