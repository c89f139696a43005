#include "engine/objects/kubernetes_objects.h"

#include <stdlib.h>

#include "engine/objects/names.h"
#include "engine/objects/node.h"
#include "engine/objects/object_outline.h"
#include "engine/objects/pod_rules.h"
#include "engine/objects/priorities.h"
#include "engine/objects/volumes.h"

struct collection {
    struct reader r;
    struct kubernetes_objects *out;
    struct objects found;
    struct arena trees; /* of the pod at hand */
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
static struct str written_name(struct arena *a, const struct object *o)
{
    const struct json *metadata = json_get(o->json, "metadata");
    struct str name = json_string_or(json_get(metadata, "name"), STR(""));
    struct str space = json_string_or(json_get(metadata, "namespace"), STR("default"));
    bool of_cluster = o->kind && workload_kind_is_of_cluster(o->kind);

    return name.len && !of_cluster
               ? arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(space), STR_ARG(name))
               : name;
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

/* A pod is let go until it is read: there may be a million. */
static void keep(struct collection *c, const struct manifest_item *item, struct object *o)
{
    struct arena *a = c->r.keep;
    bool let_go = item->source.text.len && str_eq(o->kind_name, STR("Pod"));

    object_outline(a, item, o);
    o->json = let_go ? NULL : manifest_item_keep(a, item);
    o->source = item->source;
    o->kind_name = manifest_item_str(a, item, o->kind_name);
    o->api_version = manifest_item_str(a, item, o->api_version);
    o->full_name = manifest_item_str(a, item, o->full_name);
    o->namespace = manifest_item_str(a, item, o->namespace);
    o->name = manifest_item_str(a, item, o->name);
    o->order = c->found.count;
    ARENA_PUSH(a, c->found.items, c->found.count, c->found.capacity, *o);
}

static void add_object(void *self, const struct manifest_item *item)
{
    struct collection *c = self;
    struct object o = {.json = item->json,
                       .line = c->r.line,
                       .file = c->r.file,
                       .kind_name = item->kind,
                       .api_version = item->api_version,
                       .kind = workload_kind_find(item->api_version, item->kind)};

    if (!o.kind && !holds_containers(o.json))
        return;
    o.full_name = written_name(c->r.keep, &o);
    object_announce(&c->r, &o);
    if (!o.kind)
        notes_add(&c->r, &c->out->notes, o.json,
                  arena_printf(c->r.keep,
                               "ignored: the kind " STR_FMT " of " STR_FMT
                               " holds pods, but Tenon does not know how many",
                               STR_ARG(o.kind_name), STR_ARG(o.api_version)));
    else if (read_identity(&c->r, &o))
        keep(c, item, &o);
    c->r.object = (struct str){0};
}

/* Each pod and each template has one list of containers; inside of quoted text, such as an
 * annotation that holds the object as it was applied, the quote is escaped. */
static size_t count_lists_of_containers(struct str text)
{
    const struct str needles[] = {STR("\"containers\":"), STR(" containers:")};
    size_t count = 0;

    for (size_t i = 0; i < sizeof(needles) / sizeof(*needles); i++) {
        struct str rest = text;
        for (size_t at; (at = str_find_str(rest, needles[i])) < rest.len; count++)
            rest = str_slice(rest, at + needles[i].len, rest.len);
    }
    return count;
}

static void refuse_amount(struct reader *r, const struct manifest_text *file, bool json,
                          struct str amount)
{
    r->file = file->name;
    r->line = 1;
    reader_fault(r, NULL, NULL, amount,
                 json ? STR("Up to 1000000 pods are read: nothing of the file is.")
                      : STR("Of YAML up to 150000 pods and 256 MiB are read, of JSON (kubectl get "
                            "-o json) up to 1000000: nothing of the file is."));
}

/* Before anything is made of it. */
static bool is_too_much(struct reader *r, const struct manifest_text *file)
{
    bool json = manifest_is_json(file);
    size_t count = count_lists_of_containers(file->text);

    if (count > (json ? LISTED_PODS_MAX : YAML_PODS_MAX))
        refuse_amount(r, file, json, arena_printf(r->keep, "holds %zu pods", count));
    else if (!json && file->text.len > YAML_MAX_BYTES)
        refuse_amount(r, file, json,
                      arena_printf(r->keep, "is %zu MiB of YAML", file->text.len >> 20));
    else
        return false;
    return true;
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
        notes_add(&c->r, &c->out->notes, NULL,
                  arena_printf(c->r.keep,
                               "ignored: " STR_FMT ":%d has it too, and the later one counts",
                               STR_ARG(later->file), later->line));
    }
    all->count = kept;
}

static int by_pod_name(const void *x, const void *y)
{
    return str_cmp(((const struct pod *)x)->name, ((const struct pod *)y)->name);
}

static int by_node_name(const void *x, const void *y)
{
    return str_cmp(((const struct claim *)x)->id, ((const struct claim *)y)->id);
}

static int by_namespace_name(const void *x, const void *y)
{
    return str_cmp(((const struct namespace *)x)->name, ((const struct namespace *)y)->name);
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

/* Files that are each within the limit. */
static void check_count(struct reader *r, const struct kubernetes_objects *out)
{
    if (out->pod_count <= LISTED_PODS_MAX)
        return;
    struct error *e = error_new(r->keep, ERROR_INVALID, "the files hold %zu pods", out->pod_count);
    e->detail = STR("Up to 1000000 are read.");
    reader_keep(r, e);
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

static int by_budget_name(const void *x, const void *y)
{
    return str_cmp(((const struct pod_budget *)x)->name, ((const struct pod_budget *)y)->name);
}

static void sort_all(struct kubernetes_objects *out)
{
    if (out->budget_count)
        qsort(out->budgets, out->budget_count, sizeof(*out->budgets), by_budget_name);
    if (out->pod_count)
        qsort(out->pods, out->pod_count, sizeof(*out->pods), by_pod_name);
    if (out->daemon_count)
        qsort(out->daemons, out->daemon_count, sizeof(*out->daemons), by_daemon_name);
    if (out->node_count)
        qsort(out->nodes, out->node_count, sizeof(*out->nodes), by_node_name);
    if (out->namespace_count)
        qsort(out->namespaces, out->namespace_count, sizeof(*out->namespaces), by_namespace_name);
}

/* Those that only pods speak of have the label that every namespace has. */
static void add_unlisted_namespaces(struct arena *a, struct kubernetes_objects *out)
{
    struct str last = {0};

    for (size_t i = 0, listed = out->namespace_count; i < out->pod_count; i++) {
        struct namespace found = {.name = out->pods[i].spec->namespace};
        if (str_eq(found.name, last)) /* pods stand sorted by it */
            continue;
        last = found.name;
        if (listed && bsearch(&found, out->namespaces, listed, sizeof(found), by_namespace_name))
            continue;
        labels_set(a, &found.labels, LABEL_NAMESPACE_NAME, found.name);
        ARENA_PUSH(a, out->namespaces, out->namespace_count, out->namespace_capacity, found);
    }
    if (out->namespace_count)
        qsort(out->namespaces, out->namespace_count, sizeof(*out->namespaces), by_namespace_name);
}

static void expand(struct collection *c, const struct pod_rules *rules, struct object *o,
                   const struct cluster *cluster)
{
    struct arena_mark empty = arena_mark(&c->trees);
    struct json again;

    if (o->maker && workload_kind_makes_pods(o->kind))
        return; /* its pods are its maker's */
    object_announce(&c->r, o);
    bool let_go = !o->json;
    if (let_go) {
        json_parse_item(&c->trees, c->r.keep, &o->source, &again);
        o->json = &again;
    }
    o->json = pod_rules_apply(&c->r, rules, o, &c->out->notes);
    workload_expand(&c->r, o, cluster, c->out);
    if (let_go)
        o->json = NULL;
    arena_rewind(&c->trees, empty);
}

struct error *kubernetes_objects_read(struct arena *keep, const struct manifest_text *files,
                                      size_t count, struct resource_table *resources,
                                      struct kubernetes_objects *out)
{
    struct collection c = {.r = {.keep = keep}, .out = out};
    struct priorities priorities;
    struct volumes volumes;
    struct pod_specs specs = {0};
    struct cluster cluster = {resources, &priorities, &volumes, &specs};
    struct pod_rules rules;

    *out = (struct kubernetes_objects){0};
    for (size_t i = 0; i < count; i++)
        if (!is_too_much(&c.r, &files[i]))
            manifest_walk(&c.r, &files[i], add_object, &c);
    drop_repeated(&c);
    name_pods_apart(&c);
    owners_find(keep, &c.found);
    pod_rules_read(&c.r, &c.found, &rules);
    priorities_read(&c.r, &c.found, &priorities);
    volumes_read(&c.r, &c.found, &volumes);
    for (int nodes = 0; nodes <= 1; nodes++) /* last: they say of what pods ask for how much */
        for (size_t i = 0; i < c.found.count; i++)
            if (str_eq(c.found.items[i].kind_name, STR("Node")) == nodes)
                expand(&c, &rules, &c.found.items[i], &cluster);
    sort_all(out);
    add_unlisted_namespaces(keep, out);
    check_names_differ(&c.r, out);
    check_count(&c.r, out);
    arena_free(&c.trees);
    return c.r.errors;
}
