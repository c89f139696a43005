#include "engine/objects/kubernetes_objects.h"

#include "engine/objects/names.h"
#include "engine/objects/node.h"
#include "engine/objects/pod_rules.h"
#include "engine/objects/priorities.h"
#include "engine/objects/volumes.h"

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

static void add_object(struct collection *c, struct object *o)
{
    o->kind = workload_kind_find(o->api_version, o->kind_name);
    if (!o->kind && !holds_containers(o->json))
        return;
    o->full_name = written_name(c->r.keep, o);
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

static void add_found(void *self, const struct json *j, struct str kind, struct str api_version)
{
    struct collection *c = self;
    struct object o = {.json = j, .file = c->r.file, .kind_name = kind, .api_version = api_version};

    add_object(c, &o);
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

/* Before anything is made of it: a tree takes ten times the text. */
static bool is_too_much(struct reader *r, const struct manifest_text *file)
{
    size_t count = count_lists_of_containers(file->text);

    if (count <= PODS_MAX)
        return false;
    r->file = file->name;
    r->line = 1;
    reader_fault(r, NULL, NULL, arena_printf(r->keep, "holds %zu pods", count),
                 STR("Kubernetes itself takes up to 150000 in a cluster: nothing of the file is "
                     "read."));
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
    if (out->pod_count <= PODS_MAX)
        return;
    struct error *e = error_new(r->keep, ERROR_INVALID, "the files hold %zu pods", out->pod_count);
    e->detail = STR("Kubernetes itself takes up to 150000 in a cluster.");
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
    if (o->maker && workload_kind_makes_pods(o->kind))
        return; /* its pods are its maker's */
    object_announce(&c->r, o);
    o->json = pod_rules_apply(&c->r, rules, o, &c->out->notes);
    workload_expand(&c->r, o, cluster, c->out);
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
            manifest_walk(&c.r, &files[i], add_found, &c);
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
    return c.r.errors;
}
