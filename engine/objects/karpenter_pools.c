#include "engine/objects/karpenter_pools.h"

#include <stdlib.h>

#include "engine/objects/karpenter_class.h"
#include "engine/objects/names.h"
#include "engine/objects/values.h"

/* Where a version keeps what; paths end in NULL. */
struct version {
    struct str api_version, kind;
    const char *const *labels, *const *node, *const *limits, *const *class_name, *const *kubelet;
    bool defaults_all; /* architecture and capacity type too */
};

#define PATH(...)         \
    (const char *const[]) \
    {                     \
        __VA_ARGS__, NULL \
    }

static const struct version versions[] = {
    {STR_INIT("karpenter.sh/v1"), STR_INIT("NodePool"),
     PATH("spec", "template", "metadata", "labels"), PATH("spec", "template", "spec"),
     PATH("spec", "limits"), PATH("spec", "template", "spec", "nodeClassRef", "name"), NULL, false},
    {STR_INIT("karpenter.sh/v1beta1"), STR_INIT("NodePool"),
     PATH("spec", "template", "metadata", "labels"), PATH("spec", "template", "spec"),
     PATH("spec", "limits"), PATH("spec", "template", "spec", "nodeClassRef", "name"),
     PATH("spec", "template", "spec", "kubelet"), false},
    {STR_INIT("karpenter.sh/v1alpha5"), STR_INIT("Provisioner"), PATH("spec", "labels"),
     PATH("spec"), PATH("spec", "limits", "resources"), PATH("spec", "providerRef", "name"),
     PATH("spec", "kubeletConfiguration"), true},
};

struct collection {
    struct reader r;
    struct resource_table *resources;
    struct karpenter_pools *out;
    struct node_class *classes;
    size_t class_count, class_capacity;
};

/* The value at a path, and the chain of places that leads there. */
struct spot {
    struct place steps[5];
    const struct place *at;
    const struct json *found;
};

/* A null on the way is null at its end; what is no map on the way is refused. */
static void go_to(struct reader *r, const struct json *object, const char *const *path,
                  struct spot *out)
{
    out->found = object;
    out->at = NULL;
    for (size_t i = 0; path[i]; i++) {
        if (i > 0 && out->found->kind != JSON_NULL && !read_map(r, out->at, out->found))
            out->found = json_get(out->found, ""); /* null */
        out->steps[i] = place_member(out->at, path[i]);
        out->at = &out->steps[i];
        out->found = json_get(out->found, path[i]);
    }
}

/* Karpenter's operators are those of a pool here too (pool_requirements.c). */
static const char *const operators[] = {"In",  "NotIn", "Exists", "DoesNotExist", "Gt", "Lt",
                                        "Gte", "Lte",   NULL};

static void note_contradiction(struct collection *c, const struct json *found,
                               const struct requirements *set)
{
    const struct requirement *none = requirements_contradiction(set);

    if (none)
        notes_add(&c->r, &c->out->notes, found,
                  arena_printf(c->r.keep,
                               "its requirements of " STR_FMT
                               " contradict each other: no node can satisfy all of them, and the "
                               "pool launches none",
                               STR_ARG(none->key)));
}

static void read_requirements(struct collection *c, const struct spot *node,
                              struct requirements *out)
{
    struct reader *r = &c->r;
    struct place list = place_member(node->at, "requirements");
    const struct json *j = json_get(node->found, "requirements");

    if (!read_list(r, &list, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(&list, i), key = place_member(&each, "key");
        struct requirement one;
        if (!read_requirement(r, &each, &j->items[i], operators, &one))
            continue;
        const char *why = label_restriction(one.key);
        if (why)
            reader_fault(r, &key, &j->items[i],
                         arena_printf(r->keep, "names " STR_FMT ", which a pool may not state",
                                      STR_ARG(one.key)),
                         arena_printf(r->keep, "Use another label: %s.", why));
        else
            requirements_add(r->keep, out, &one);
    }
    note_contradiction(c, j, out);
}

/* What admission fills in. */
static void add_defaults(struct arena *a, bool all, struct pool *pool)
{
    const struct {
        struct str key, value;
        bool always;
    } rows[] = {
        {LABEL_OS, STR("linux"), true},
        {LABEL_ARCH, STR("amd64"), false},
        {LABEL_CAPACITY_TYPE, STR("on-demand"), false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct requirement one;
        if ((!rows[i].always && !all) || labels_get(&pool->labels, rows[i].key).ptr ||
            requirements_get(&pool->requirements, rows[i].key))
            continue;
        struct error *bad =
            requirement_new(a, rows[i].key, OPERATOR_IN, &rows[i].value, 1, 0, &one);
        if (!bad)
            requirements_add(a, &pool->requirements, &one);
    }
}

/* Labels count under the keys of today. */
static void read_pool_labels(struct collection *c, const struct json *object,
                             const char *const *path, struct labels *out)
{
    struct labels written = {0};
    struct spot labels;

    go_to(&c->r, object, path, &labels);
    read_labels(&c->r, labels.at, labels.found, true, &written);
    for (size_t i = 0; i < written.count; i++)
        labels_set(c->r.keep, out, label_normalize(written.items[i].key), written.items[i].value);
}

static bool read_hourly_usd(struct reader *r, const struct place *at, const struct json *j,
                            int64_t *out)
{
    bool text = j->kind == JSON_STRING || j->kind == JSON_NUMBER;

    if (text && usd_parse_micro(j->text, out))
        return true;
    reader_refuse(r, at, j, "Dollars per hour such as 12 or \"0.5\" are expected.");
    return false;
}

static void read_limits(struct collection *c, const struct json *object, const char *const *path,
                        struct limits *out)
{
    struct spot limits;

    out->nodes = out->microusd_per_hour = INT64_MAX;
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        out->amount.amount[i] = INT64_MAX;
    go_to(&c->r, object, path, &limits);
    if (!read_map(&c->r, limits.at, limits.found))
        return;
    for (size_t i = 0; i < limits.found->count; i++) {
        struct str name = limits.found->keys[i];
        const struct json *value = &limits.found->items[i];
        struct place each = place_key(limits.at, name);
        if (str_eq(name, LIMIT_KARPENTER_HOURLY_USD)) {
            read_hourly_usd(&c->r, &each, value, &out->microusd_per_hour);
        } else if (str_eq(name, STR("nodes"))) {
            read_quantity(&c->r, &each, value, &out->nodes);
        } else {
            /* A name that finds no room in the table is offered by nobody. */
            size_t n = resource_table_add(c->resources, name);
            int64_t amount;
            if (read_amount(&c->r, &each, name, value, &amount) && n < RESOURCES_MAX)
                out->amount.amount[n] = amount;
        }
    }
}

static void read_size(struct reader *r, const struct json *object, struct pool *out)
{
    struct place spec = place_member(NULL, "spec"), weight_at = place_member(&spec, "weight"),
                 replicas_at = place_member(&spec, "replicas");
    const struct json *weight = json_path(object, "spec", "weight", NULL);

    out->replicas = -1;
    read_int(r, &weight_at, weight, 1, 100, &out->weight);
    if (read_int(r, &replicas_at, json_path(object, "spec", "replicas", NULL), 0, INT32_MAX,
                 &out->replicas) &&
        weight->kind != JSON_NULL)
        reader_fault(
            r, &weight_at, weight, STR("stands beside replicas"),
            STR("A static pool follows no pods, so it has no weight: remove one of them."));
}

static bool read_name(struct reader *r, const struct json *object, struct str *out)
{
    struct place metadata = place_member(NULL, "metadata"), at = place_member(&metadata, "name");
    const struct json *name = json_path(object, "metadata", "name", NULL);

    if (name->kind == JSON_NULL)
        reader_missing(r, &at, object, "Every pool and class needs a name of its own.");
    if (!read_string(r, &at, name, out))
        return false;
    if (is_dns_subdomain(*out))
        return true;
    reader_refuse(r, &at, name, "Lower-case letters, digits, '-' and '.' are allowed, up to 253.");
    return false;
}

static void add_pool(struct collection *c, const struct version *v, const struct json *object)
{
    struct karpenter_pool p = {.pool = {.empty_after_ms = NEVER_MS, .expire_after_ms = NEVER_MS}};
    struct spot node, class_name, kubelet;

    if (!read_name(&c->r, object, &p.pool.name))
        return;
    c->r.object =
        arena_printf(c->r.keep, STR_FMT " " STR_FMT, STR_ARG(v->kind), STR_ARG(p.pool.name));
    p.pool.deleting = json_path(object, "metadata", "deletionTimestamp", NULL)->kind != JSON_NULL;
    go_to(&c->r, object, v->node, &node);
    if (node.found->kind == JSON_NULL)
        reader_missing(&c->r, node.at, object, "What the pool's nodes are stands there.");
    if (!read_map(&c->r, node.at, node.found))
        return;
    struct place taints = place_member(node.at, "taints"),
                 startup = place_member(node.at, "startupTaints");
    read_pool_labels(c, object, v->labels, &p.pool.labels);
    read_requirements(c, &node, &p.pool.requirements);
    add_defaults(c->r.keep, v->defaults_all, &p.pool);
    read_taints(&c->r, &taints, json_get(node.found, "taints"), &p.pool.taints);
    read_taints(&c->r, &startup, json_get(node.found, "startupTaints"), &p.pool.startup_taints);
    read_limits(c, object, v->limits, &p.pool.limits);
    read_size(&c->r, object, &p.pool);
    go_to(&c->r, object, v->class_name, &class_name);
    read_string(&c->r, class_name.at, class_name.found, &p.pool.node_class);
    if (v->kubelet) {
        go_to(&c->r, object, v->kubelet, &kubelet);
        karpenter_kubelet_read(&c->r, kubelet.at, kubelet.found, &p.node_class.kubelet);
    }
    ARENA_PUSH(c->r.keep, c->out->items, c->out->count, c->out->capacity, p);
}

static void add_class(struct collection *c, struct str kind, const struct json *object)
{
    struct node_class class = {.family = FAMILY_AL2023};

    if (!read_name(&c->r, object, &class.name))
        return;
    c->r.object = arena_printf(c->r.keep, STR_FMT " " STR_FMT, STR_ARG(kind), STR_ARG(class.name));
    karpenter_class_read(&c->r, object, &class);
    ARENA_PUSH(c->r.keep, c->classes, c->class_count, c->class_capacity, class);
}

static void add_object(void *self, const struct manifest_item *item)
{
    struct collection *c = self;
    const struct json *object = manifest_item_keep(c->r.keep, item);
    struct str kind = json_string_or(json_get(object, "kind"), item->kind),
               api_version = json_string_or(json_get(object, "apiVersion"), item->api_version);
    struct place version_at = place_member(NULL, "apiVersion");
    bool is_pool = str_eq(kind, STR("NodePool")) || str_eq(kind, STR("Provisioner"));

    if (str_eq(kind, STR("EC2NodeClass")) || str_eq(kind, STR("AWSNodeTemplate"))) {
        add_class(c, kind, object);
    } else if (is_pool) {
        const struct version *found = NULL;
        for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
            if (str_eq(kind, versions[i].kind) && str_eq(api_version, versions[i].api_version))
                found = &versions[i];
        if (found)
            add_pool(c, found, object);
        else
            reader_refuse(&c->r, &version_at, json_get(object, "apiVersion"),
                          "A NodePool is of karpenter.sh/v1 or v1beta1, a Provisioner of "
                          "karpenter.sh/v1alpha5.");
    } else {
        notes_add(&c->r, &c->out->notes, object,
                  arena_printf(c->r.keep, "ignored: the kind " STR_FMT " is no pool of Karpenter's",
                               STR_ARG(kind)));
    }
    c->r.object = (struct str){0};
}

/* The older versions state the kubelet's settings at the pool, and they count there. */
static void join_class(const struct collection *c, struct karpenter_pool *p)
{
    struct kubelet_settings own = p->node_class.kubelet;
    bool has_own = own.max_pods || own.pods_per_core || own.system_reserved.count ||
                   own.kube_reserved.count || own.eviction_hard.count;

    p->node_class = (struct node_class){.name = p->pool.node_class, .family = FAMILY_AL2023};
    for (size_t i = 0; i < c->class_count; i++)
        if (str_eq(c->classes[i].name, p->pool.node_class))
            p->node_class = c->classes[i];
    if (has_own)
        p->node_class.kubelet = own;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct karpenter_pool *)x)->pool.name,
                   ((const struct karpenter_pool *)y)->pool.name);
}

static void check_names_differ(struct reader *r, const struct karpenter_pools *pools)
{
    for (size_t i = 1; i < pools->count; i++) {
        if (!str_eq(pools->items[i - 1].pool.name, pools->items[i].pool.name))
            continue;
        struct error *e = error_new(r->keep, ERROR_INVALID, "two pools are called " STR_FMT,
                                    STR_ARG(pools->items[i].pool.name));
        e->detail = STR("A node says by its pool's name where it belongs: rename one of them.");
        reader_keep(r, e);
        return;
    }
}

struct error *karpenter_pools_read(struct arena *keep, const struct manifest_text *files,
                                   size_t count, struct resource_table *resources,
                                   struct karpenter_pools *out)
{
    struct collection c = {.r = {.keep = keep}, .resources = resources, .out = out};

    *out = (struct karpenter_pools){0};
    for (size_t i = 0; i < count; i++)
        manifest_walk(&c.r, &files[i], add_object, &c);
    for (size_t i = 0; i < out->count; i++)
        join_class(&c, &out->items[i]);
    if (out->count)
        qsort(out->items, out->count, sizeof(*out->items), by_name);
    check_names_differ(&c.r, out);
    return c.r.errors;
}
