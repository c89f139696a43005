#include "engine/objects/workload.h"

#include "engine/objects/values.h"

struct workload_kind {
    struct str kind;
    const char *const *groups; /* of its API, "" is the core's */
    void (*expand)(struct reader *r, const struct object *o, struct resource_table *resources,
                   struct kubernetes_objects *out);
    /* How many pods, and the ordinal of the first (StatefulSets may start elsewhere). */
    int64_t (*count)(struct reader *r, const struct json *spec, int64_t *first);
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

static int64_t count_replicas(struct reader *r, const struct json *spec, int64_t *first)
{
    *first = 0;
    return read_count(r, spec, "replicas", 1);
}

static int64_t count_stateful(struct reader *r, const struct json *spec, int64_t *first)
{
    struct place outer = SPEC, ordinals = place_member(&outer, "ordinals"),
                 start = place_member(&ordinals, "start");

    *first = 0;
    read_int(r, &start, json_path(spec, "ordinals", "start", NULL), 0, INT32_MAX, first);
    return read_count(r, spec, "replicas", 1);
}

/* As many as run at once.  A Job runs while its file lists it: what has completed is not known. */
static int64_t count_job(struct reader *r, const struct json *spec, int64_t *first)
{
    int64_t parallel = read_count(r, spec, "parallelism", 1);
    int64_t completions = read_count(r, spec, "completions", parallel);

    *first = 0;
    if (json_bool_or(json_get(spec, "suspend"), false))
        return 0;
    return parallel < completions ? parallel : completions;
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

static void expand_pod(struct reader *r, const struct object *o, struct resource_table *resources,
                       struct kubernetes_objects *out)
{
    struct pod p = {.name = o->full_name, .created_ms = created_ms(o->json)};

    pod_template_read(r, NULL, o->json, resources, &out->notes, &p);
    push_pod(r, out, &p);
}

/* A StatefulSet's pods each get volumes of their own. */
static void note_volume_templates(struct reader *r, const struct json *spec, struct notes *notes)
{
    const struct json *templates = json_get(spec, "volumeClaimTemplates");
    if (templates->kind == JSON_ARRAY && templates->count)
        notes_add(r, notes, templates,
                  STR("volumeClaimTemplates are not acted on by this version: a volume's zone does "
                      "not bind its pod"));
}

static void expand_template(struct reader *r, const struct object *o,
                            struct resource_table *resources, struct kubernetes_objects *out)
{
    struct place spec_at = SPEC, template_at = place_member(&spec_at, "template");
    const struct json *spec = json_get(o->json, "spec"), *template = json_get(spec, "template");
    struct pod p = {.created_ms = created_ms(o->json)};
    int64_t first = 0;

    if (spec->kind == JSON_NULL || (spec->kind == JSON_OBJECT && template->kind == JSON_NULL))
        reader_missing(r, &template_at, o->json, "The template of its pods stands there.");
    if (!read_map(r, &spec_at, spec) || !read_map(r, &template_at, template))
        return;
    int64_t count = o->kind->count(r, spec, &first);
    pod_template_read(r, &template_at, template, resources, &out->notes, &p);
    note_volume_templates(r, spec, &out->notes);
    if ((int64_t)out->pod_count + count > PODS_MAX) {
        reader_fault(r, &spec_at, spec,
                     arena_printf(r->keep, "brings the files to %lld pods",
                                  (long long)out->pod_count + (long long)count),
                     STR("Kubernetes itself takes up to 150000 in a cluster."));
        return;
    }
    for (int64_t i = first; i < first + count; i++) {
        p.name = arena_printf(r->keep, STR_FMT "-%lld", STR_ARG(o->pod_prefix), (long long)i);
        push_pod(r, out, &p);
    }
}

static void expand_daemon(struct reader *r, const struct object *o,
                          struct resource_table *resources, struct kubernetes_objects *out)
{
    struct place spec_at = SPEC, template_at = place_member(&spec_at, "template");
    const struct json *template = json_path(o->json, "spec", "template", NULL);
    struct pod p = {0};

    if (template->kind == JSON_NULL)
        reader_missing(r, &template_at, o->json, "The template of its pods stands there.");
    if (!read_map(r, &template_at, template))
        return;
    pod_template_read(r, &template_at, template, resources, &out->notes, &p);
    struct daemon d = {.name = o->full_name,
                       .requests = p.requests,
                       .terms = p.terms,
                       .term_count = p.term_count,
                       .tolerations = p.tolerations};
    ARENA_PUSH(r->keep, out->daemons, out->daemon_count, out->daemon_capacity, d);
}

static void read_int_or_percent(struct reader *r, const struct place *at, const struct json *j,
                                struct int_or_percent *out)
{
    struct str text = j->text;
    bool percent = j->kind == JSON_STRING && str_ends_with(text, STR("%"));
    int64_t n = -1;

    if (j->kind == JSON_NULL)
        return;
    bool good = j->kind == JSON_NUMBER
                    ? json_to_int64(j, &n)
                    : percent && str_to_int64(str_slice(text, 0, text.len - 1), &n);
    if (!good || n < 0)
        reader_refuse(r, at, j, "A number of pods or a share such as \"25%%\" is expected.");
    else
        *out = (struct int_or_percent){true, percent, n};
}

static void expand_budget(struct reader *r, const struct object *o,
                          struct resource_table *resources, struct kubernetes_objects *out)
{
    struct place spec_at = SPEC, selector = place_member(&spec_at, "selector"),
                 least = place_member(&spec_at, "minAvailable"),
                 most = place_member(&spec_at, "maxUnavailable");
    const struct json *spec = json_get(o->json, "spec");
    struct disruption_budget b = {.name = o->full_name, .namespace = o->namespace};

    (void)resources;
    if (!read_map(r, &spec_at, spec))
        return;
    label_selector_read(r, &selector, json_get(spec, "selector"), &b.selector);
    read_int_or_percent(r, &least, json_get(spec, "minAvailable"), &b.min_available);
    read_int_or_percent(r, &most, json_get(spec, "maxUnavailable"), &b.max_unavailable);
    if (b.min_available.set && b.max_unavailable.set)
        reader_fault(r, &most, spec, STR("stands beside minAvailable"),
                     STR("Kubernetes takes one of the two."));
    ARENA_PUSH(r->keep, out->budgets, out->budget_count, out->budget_capacity, b);
    notes_add(
        r, &out->notes, spec,
        STR("disruption budgets are not acted on by this version: they hold back no eviction"));
}

static const char *const apps[] = {"apps", "extensions", NULL};
static const char *const batch[] = {"batch", NULL};
static const char *const core[] = {"", NULL};
static const char *const policy[] = {"policy", NULL};

static const struct workload_kind kinds[] = {
    {STR_INIT("Deployment"), apps, expand_template, count_replicas},
    {STR_INIT("ReplicaSet"), apps, expand_template, count_replicas},
    {STR_INIT("StatefulSet"), apps, expand_template, count_stateful},
    {STR_INIT("ReplicationController"), core, expand_template, count_replicas},
    {STR_INIT("Job"), batch, expand_template, count_job},
    {STR_INIT("DaemonSet"), apps, expand_daemon, NULL},
    {STR_INIT("Pod"), core, expand_pod, NULL},
    {STR_INIT("PodDisruptionBudget"), policy, expand_budget, NULL},
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

void workload_expand(struct reader *r, const struct object *o, struct resource_table *resources,
                     struct kubernetes_objects *out)
{
    o->kind->expand(r, o, resources, out);
}
