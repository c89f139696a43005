#include "engine/objects/workload.h"

#include "engine/objects/job_pods.h"
#include "engine/objects/node.h"
#include "engine/objects/values.h"
#include "engine/objects/volumes.h"

struct workload_kind {
    struct str kind;
    const char *const *groups; /* of its API, "" is the core's */
    bool of_cluster;           /* it stands in no namespace */
    /* NULL: it makes none, or what it makes is listed itself. */
    void (*expand)(struct reader *r, const struct object *o, const struct cluster *cluster,
                   struct kubernetes_objects *out);
    /* How many pods, and the ordinal of the first (StatefulSets may start elsewhere). */
    int64_t (*count)(struct reader *r, const struct json *object, int64_t *first);
};

#define SPEC place_member(NULL, "spec")

static int64_t read_count(struct reader *r, const struct json *spec, const char *name,
                          int64_t otherwise)
{
    struct place outer = SPEC, at = place_member(&outer, name);
    int64_t n = otherwise;

    read_int(r, &at, json_get(spec, name), 0, PODS_MAX, &n);
    return n;
}

static int64_t count_replicas(struct reader *r, const struct json *object, int64_t *first)
{
    *first = 0;
    return read_count(r, json_get(object, "spec"), "replicas", 1);
}

static int64_t count_stateful(struct reader *r, const struct json *object, int64_t *first)
{
    struct place outer = SPEC, ordinals = place_member(&outer, "ordinals"),
                 start = place_member(&ordinals, "start");

    *first = 0;
    read_int(r, &start, json_path(object, "spec", "ordinals", "start", NULL), 0, INT32_MAX, first);
    return read_count(r, json_get(object, "spec"), "replicas", 1);
}

static int64_t count_job(struct reader *r, const struct json *object, int64_t *first)
{
    *first = 0;
    return job_pods_wanted(r, object);
}

static int64_t created_ms(const struct json *object)
{
    int64_t ms = 0;
    struct str text =
        json_string_or(json_path(object, "metadata", "creationTimestamp", NULL), STR(""));
    return time_parse(text, &ms) ? ms : 0;
}

static void push_pod(struct reader *r, struct kubernetes_objects *out, const struct pod *p)
{
    ARENA_PUSH(r->keep, out->pods, out->pod_count, out->pod_capacity, *p);
}

static void push_daemon(struct reader *r, struct kubernetes_objects *out, struct str name,
                        const struct pod *p)
{
    struct daemon d = {.name = name, .spec = p->spec};
    ARENA_PUSH(r->keep, out->daemons, out->daemon_count, out->daemon_capacity, d);
}

/* A DaemonSet of which there are only pods. */
static void infer_daemon(struct reader *r, const struct object *o, const struct cluster *cluster,
                         struct kubernetes_objects *out)
{
    struct pod_surroundings around = {.namespace = o->namespace, .cluster = cluster, .unpin = true};
    struct notes untold = {0};
    struct pod p = {0};

    for (size_t i = 0; i < out->daemon_count; i++)
        if (str_eq(out->daemons[i].name, o->daemon_set))
            return;
    pod_template_read(r, NULL, o->json, &around, &untold, &p);
    push_daemon(r, out, o->daemon_set, &p);
}

static void expand_pod(struct reader *r, const struct object *o, const struct cluster *cluster,
                       struct kubernetes_objects *out)
{
    struct pod_surroundings around = {o->namespace, cluster, .pod_name = o->name};
    struct pod p = {.name = o->full_name, .created_ms = created_ms(o->json)};

    size_t noted = out->notes.count;
    pod_template_read(r, NULL, o->json, &around, &out->notes, &p);
    for (size_t i = noted; i < out->notes.count; i++)
        out->notes.items[i].placed = p.node.len > 0;
    push_pod(r, out, &p);
    if (o->daemon_set.len && pod_lives(o->json))
        infer_daemon(r, o, cluster, out);
}

/* A dump of workloads without their pods, whose nodes are therefore not known. */
static void note_unlisted_pods(struct reader *r, const struct object *o, struct notes *notes)
{
    const struct json *ready = json_path(o->json, "status", "readyReplicas", NULL);
    int64_t count = 0;

    if (!o->own_pod_count && json_to_int64(ready, &count) && count > 0)
        notes_add(r, notes, ready,
                  arena_printf(r->keep,
                               "its status says that %lld of its pods run already, but none of "
                               "them is in the files: all are taken as waiting (kubectl get "
                               "pods -A -o yaml lists them)",
                               (long long)count));
}

/* Told to go: its controller makes nothing any more. */
static bool is_going(const struct json *object)
{
    return json_path(object, "metadata", "deletionTimestamp", NULL)->kind != JSON_NULL;
}

/* A workload's pods before they have names. */
struct template
{
    const struct json *json;
    struct place at;
    struct pod_surroundings around;
    struct pod pod;
};

/* A claim that is there already has a volume in some zone, so its pod is not like the others. */
static bool has_claims(const struct template *t, struct str pod_name)
{
    const struct json *templates = t->around.claim_templates;

    for (size_t i = 0; templates->kind == JSON_ARRAY && i < templates->count; i++) {
        ARENA_AUTO a = {0};
        struct str name =
            json_string_or(json_path(&templates->items[i], "metadata", "name", NULL), STR(""));
        struct str full =
            arena_printf(&a, STR_FMT "/" STR_FMT "-" STR_FMT, STR_ARG(t->around.namespace),
                         STR_ARG(name), STR_ARG(pod_name));
        if (volumes_find_claim(t->around.cluster->volumes, full))
            return true;
    }
    return false;
}

static void push_one(struct reader *r, const struct object *o, struct kubernetes_objects *out,
                     const struct template *t, int64_t ordinal)
{
    ARENA_AUTO scratch = {0};
    struct pod_surroundings around = t->around;
    struct notes untold = {0}; /* it was said of the template */
    struct pod p = t->pod;

    p.name = arena_printf(r->keep, STR_FMT "-%lld", STR_ARG(o->pod_prefix), (long long)ordinal);
    around.pod_name = arena_printf(&scratch, STR_FMT "-%lld", STR_ARG(o->name), (long long)ordinal);
    if (!r->errors && has_claims(t, around.pod_name))
        pod_template_read(r, &t->at, t->json, &around, &untold, &p);
    push_pod(r, out, &p);
    out->made_count++;
}

/* The pods that the files do not list, by ordinals that none of those listed has. */
static void push_missing(struct reader *r, const struct object *o, struct kubernetes_objects *out,
                         const struct template *t, int64_t first, int64_t missing)
{
    for (int64_t i = first; missing > 0; i++) {
        ARENA_AUTO a = {0};
        struct str name = arena_printf(&a, STR_FMT "-%lld", STR_ARG(o->pod_prefix), (long long)i);
        if (str_is_among(name, o->own_pods, o->own_pod_count))
            continue;
        push_one(r, o, out, t, i);
        missing--;
    }
}

static void expand_template(struct reader *r, const struct object *o, const struct cluster *cluster,
                            struct kubernetes_objects *out)
{
    struct place spec_at = SPEC, template_at = place_member(&spec_at, "template");
    const struct json *spec = json_get(o->json, "spec"), *template = json_get(spec, "template");
    struct pod_surroundings around = {o->namespace, cluster,
                                      .claim_templates = json_get(spec, "volumeClaimTemplates")};
    struct pod p = {.created_ms = created_ms(o->json)};
    int64_t first = 0;

    if (spec->kind == JSON_NULL || (spec->kind == JSON_OBJECT && template->kind == JSON_NULL))
        reader_missing(r, &template_at, o->json, "The template of its pods stands there.");
    if (!read_map(r, &spec_at, spec) || !read_map(r, &template_at, template))
        return;
    int64_t wanted = is_going(o->json) ? 0 : o->kind->count(r, o->json, &first);
    int64_t missing = wanted > o->live_pods ? wanted - o->live_pods : 0;
    struct notes untold = {0}, *notes = missing ? &out->notes : &untold;
    pod_template_read(r, &template_at, template, &around, notes, &p);
    note_unlisted_pods(r, o, notes);
    if ((int64_t)out->made_count + missing > PODS_MAX)
        reader_fault(r, &spec_at, spec,
                     arena_printf(r->keep, "brings the files to %lld pods",
                                  (long long)out->pod_count + (long long)missing),
                     STR("Kubernetes itself takes up to 150000 in a cluster."));
    else
        push_missing(r, o, out, &(struct template){template, template_at, around, p}, first,
                     missing);
}

static void expand_daemon(struct reader *r, const struct object *o, const struct cluster *cluster,
                          struct kubernetes_objects *out)
{
    struct place spec_at = SPEC, template_at = place_member(&spec_at, "template");
    const struct json *template = json_path(o->json, "spec", "template", NULL);
    struct pod_surroundings around = {.namespace = o->namespace, .cluster = cluster};
    struct pod p = {0};

    if (template->kind == JSON_NULL)
        reader_missing(r, &template_at, o->json, "The template of its pods stands there.");
    if (!read_map(r, &template_at, template) || is_going(o->json))
        return;
    pod_template_read(r, &template_at, template, &around, &out->notes, &p);
    push_daemon(r, out, o->full_name, &p);
}

static void read_share(struct reader *r, const struct place *at, const struct json *j,
                       struct share *out)
{
    struct str text = j->text;
    bool percent = j->kind == JSON_STRING && str_ends_with(text, STR("%"));
    int64_t n = -1;

    if (j->kind == JSON_NULL)
        return;
    bool good = j->kind == JSON_NUMBER
                    ? json_to_int64(j, &n) && n <= INT32_MAX
                    : percent && str_to_int64(str_slice(text, 0, text.len - 1), &n) && n <= 100;
    if (!good || n < 0)
        reader_refuse(r, at, j,
                      "A number of pods or a share of them, \"0%%\" to \"100%%\", is expected.");
    else
        *out = (struct share){true, percent, n};
}

static void read_unhealthy_policy(struct reader *r, const struct place *at, const struct json *j,
                                  bool *always)
{
    static const char *const words[] = {"IfHealthyBudget", "AlwaysAllow", NULL};
    size_t which = 0;

    if (read_choice(r, at, j, words, &which))
        *always = which == 1;
}

static void check_shares(struct reader *r, const struct place *at, const struct place *most,
                         const struct json *spec, const struct pod_budget *b)
{
    if (b->min_available.set && b->max_unavailable.set)
        reader_fault(r, most, spec, STR("stands beside minAvailable"),
                     STR("Kubernetes takes one of the two."));
    else if (json_get(spec, "minAvailable")->kind == JSON_NULL &&
             json_get(spec, "maxUnavailable")->kind == JSON_NULL)
        reader_fault(r, at, spec, STR("says neither minAvailable nor maxUnavailable"),
                     STR("One of the two says how many of its pods may be away."));
}

static void expand_budget(struct reader *r, const struct object *o, const struct cluster *cluster,
                          struct kubernetes_objects *out)
{
    struct place spec_at = SPEC, selector = place_member(&spec_at, "selector"),
                 least = place_member(&spec_at, "minAvailable"),
                 most = place_member(&spec_at, "maxUnavailable"),
                 policy_at = place_member(&spec_at, "unhealthyPodEvictionPolicy");
    const struct json *spec = json_get(o->json, "spec");
    struct pod_budget b = {.name = o->full_name, .namespace = o->namespace};

    (void)cluster;
    if (!read_map(r, &spec_at, spec))
        return;
    label_selector_read(r, &selector, json_get(spec, "selector"), &b.selector);
    read_share(r, &least, json_get(spec, "minAvailable"), &b.min_available);
    read_share(r, &most, json_get(spec, "maxUnavailable"), &b.max_unavailable);
    read_unhealthy_policy(r, &policy_at, json_get(spec, "unhealthyPodEvictionPolicy"),
                          &b.evicts_unhealthy);
    check_shares(r, &spec_at, &most, spec, &b);
    if (!is_going(o->json))
        ARENA_PUSH(r->keep, out->budgets, out->budget_count, out->budget_capacity, b);
}

static void expand_node(struct reader *r, const struct object *o, const struct cluster *cluster,
                        struct kubernetes_objects *out)
{
    struct claim node;

    node_read(r, o->json, cluster->resources, cluster->volumes, &node);
    ARENA_PUSH(r->keep, out->nodes, out->node_count, out->node_capacity, node);
}

static void expand_namespace(struct reader *r, const struct object *o,
                             const struct cluster *cluster, struct kubernetes_objects *out)
{
    struct place metadata_at = place_member(NULL, "metadata"),
                 labels_at = place_member(&metadata_at, "labels");
    struct namespace found = {.name = o->name};

    (void)cluster;
    read_labels(r, &labels_at, json_path(o->json, "metadata", "labels", NULL), false,
                &found.labels);
    labels_set(r->keep, &found.labels, LABEL_NAMESPACE_NAME, o->name);
    ARENA_PUSH(r->keep, out->namespaces, out->namespace_count, out->namespace_capacity, found);
}

static const char *const apps[] = {"apps", "extensions", NULL};
static const char *const batch[] = {"batch", NULL};
static const char *const core[] = {"", NULL};
static const char *const storage[] = {"storage.k8s.io", NULL};
static const char *const scheduling[] = {"scheduling.k8s.io", NULL};
static const char *const runtime[] = {"node.k8s.io", NULL};
static const char *const policy[] = {"policy", NULL};

static const struct workload_kind kinds[] = {
    {STR_INIT("Deployment"), apps, false, expand_template, count_replicas},
    {STR_INIT("ReplicaSet"), apps, false, expand_template, count_replicas},
    {STR_INIT("StatefulSet"), apps, false, expand_template, count_stateful},
    {STR_INIT("ReplicationController"), core, false, expand_template, count_replicas},
    {STR_INIT("Job"), batch, false, expand_template, count_job},
    {STR_INIT("CronJob"), batch, false, NULL, NULL},
    {STR_INIT("PodTemplate"), core, false, NULL, NULL},
    {STR_INIT("DaemonSet"), apps, false, expand_daemon, NULL},
    {STR_INIT("Pod"), core, false, expand_pod, NULL},
    {STR_INIT("PodDisruptionBudget"), policy, false, expand_budget, NULL},
    {STR_INIT("RuntimeClass"), runtime, true, NULL, NULL},
    {STR_INIT("LimitRange"), core, false, NULL, NULL},
    {STR_INIT("PriorityClass"), scheduling, true, NULL, NULL},
    {STR_INIT("PersistentVolumeClaim"), core, false, NULL, NULL},
    {STR_INIT("PersistentVolume"), core, true, NULL, NULL},
    {STR_INIT("StorageClass"), storage, true, NULL, NULL},
    {STR_INIT("CSINode"), storage, true, NULL, NULL},
    {STR_INIT("Node"), core, true, expand_node, NULL},
    {STR_INIT("Namespace"), core, true, expand_namespace, NULL},
};

const struct workload_kind *workload_kind_find(struct str api_version, struct str kind)
{
    size_t slash = str_find(api_version, '/');
    struct str group = slash < api_version.len ? str_slice(api_version, 0, slash) : STR("");

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        for (size_t k = 0; str_eq(kind, kinds[i].kind) && kinds[i].groups[k]; k++)
            if (str_eq(group, str_of(kinds[i].groups[k])))
                return &kinds[i];
    return NULL;
}

bool workload_kind_makes_pods(const struct workload_kind *kind)
{
    return kind->count;
}

bool workload_kind_is_of_cluster(const struct workload_kind *kind)
{
    return kind->of_cluster;
}

void object_announce(struct reader *r, const struct object *o)
{
    struct str name = o->full_name.len ? o->full_name : STR("without a name");
    r->file = o->file;
    r->line = o->line;
    r->object = arena_printf(r->keep, STR_FMT " " STR_FMT, STR_ARG(o->kind_name), STR_ARG(name));
}

void workload_expand(struct reader *r, const struct object *o, const struct cluster *cluster,
                     struct kubernetes_objects *out)
{
    if (o->kind->expand)
        o->kind->expand(r, o, cluster, out);
}
