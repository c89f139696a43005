#include "engine/objects/pod_template.h"

#include "engine/objects/pod_parts.h"
#include "engine/objects/values.h"

struct str note_text(struct arena *a, const struct note *n)
{
    return arena_printf(a, STR_FMT ": " STR_FMT "%s" STR_FMT, STR_ARG(n->where), STR_ARG(n->object),
                        n->object.len ? ": " : "", STR_ARG(n->text));
}

void notes_add(struct reader *r, struct notes *notes, const struct json *found, struct str text)
{
    struct note n = {reader_where(r, found), r->object, text};
    ARENA_PUSH(r->keep, notes->items, notes->count, notes->capacity, n);
}

static bool list_has_entries(const struct json *j)
{
    return j->kind == JSON_ARRAY && j->count > 0;
}

static const struct json *rules_of(const struct json *spec, const char *affinity, const char *mode)
{
    return json_path(spec, "affinity", affinity, mode, NULL);
}

#define REQUIRED_RULES  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED_RULES "preferredDuringSchedulingIgnoredDuringExecution"

/* Each returns what asks, or NULL. */
static const struct json *spread(const struct json *spec)
{
    const struct json *j = json_get(spec, "topologySpreadConstraints");
    return list_has_entries(j) ? j : NULL;
}

static const struct json *pod_affinity(const struct json *spec)
{
    const struct json *j = rules_of(spec, "podAffinity", REQUIRED_RULES);
    return list_has_entries(j) ? j : NULL;
}

static const struct json *pod_anti_affinity(const struct json *spec)
{
    const struct json *j = rules_of(spec, "podAntiAffinity", REQUIRED_RULES);
    return list_has_entries(j) ? j : NULL;
}

static const struct json *preferences(const struct json *spec)
{
    const char *const kinds[] = {"nodeAffinity", "podAffinity", "podAntiAffinity"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        const struct json *j = rules_of(spec, kinds[i], PREFERRED_RULES);
        if (list_has_entries(j))
            return j;
    }
    return NULL;
}

static const struct json *host_ports(const struct json *spec)
{
    const struct json *containers = json_get(spec, "containers");
    int64_t port;

    for (size_t i = 0; containers->kind == JSON_ARRAY && i < containers->count; i++) {
        const struct json *ports = json_get(&containers->items[i], "ports");
        for (size_t k = 0; ports->kind == JSON_ARRAY && k < ports->count; k++)
            if (json_to_int64(json_get(&ports->items[k], "hostPort"), &port) && port > 0)
                return &ports->items[k];
    }
    return NULL;
}

static const struct json *volume_claims(const struct json *spec)
{
    const struct json *volumes = json_get(spec, "volumes");

    for (size_t i = 0; volumes->kind == JSON_ARRAY && i < volumes->count; i++)
        if (json_get(&volumes->items[i], "persistentVolumeClaim")->kind == JSON_OBJECT ||
            json_get(&volumes->items[i], "ephemeral")->kind == JSON_OBJECT)
            return &volumes->items[i];
    return NULL;
}

static const struct json *resource_claims(const struct json *spec)
{
    const struct json *j = json_get(spec, "resourceClaims");
    return list_has_entries(j) ? j : NULL;
}

static const struct unheeded_row {
    const struct json *(*asks)(const struct json *spec);
    struct str text;
} unheeded_rows[] = {
    {spread, STR_INIT("topologySpreadConstraints are not acted on by this version: its pods may "
                      "land on the same nodes and zones")},
    {pod_affinity, STR_INIT("required podAffinity is not acted on by this version: its pods may "
                            "land apart from those it names")},
    {pod_anti_affinity, STR_INIT("required podAntiAffinity is not acted on by this version: its "
                                 "pods may land beside those it names")},
    {preferences,
     STR_INIT("preferred affinity is not weighed by this version: only what is required counts")},
    {host_ports, STR_INIT("hostPort is not acted on by this version: two pods with the same port "
                          "may land on one node")},
    {volume_claims, STR_INIT("volume claims are not acted on by this version: a volume's zone does "
                             "not bind its pod")},
    {resource_claims, STR_INIT("resourceClaims are not acted on by this version: the devices they "
                               "ask for are not counted")},
};

void pod_unheeded(struct reader *r, const struct place *at, const struct json *spec,
                  struct notes *notes)
{
    (void)at;
    for (size_t i = 0; i < sizeof(unheeded_rows) / sizeof(*unheeded_rows); i++) {
        const struct json *found = unheeded_rows[i].asks(spec);
        if (found)
            notes_add(r, notes, found, unheeded_rows[i].text);
    }
}

/* karpenter.sh/do-not-disrupt: "true", or for how long from the pod's start; the alpha's
 * do-not-evict only "true". */
static bool may_not_be_disrupted(struct reader *r, const struct json *metadata, struct notes *notes)
{
    const struct json *annotations = json_get(metadata, "annotations");
    const struct json *now = json_get(annotations, "karpenter.sh/do-not-disrupt");
    struct str old = json_string_or(json_get(annotations, "karpenter.sh/do-not-evict"), STR(""));
    int64_t ms;

    if (now->kind == JSON_STRING && duration_parse(now->text, &ms) && ms > 0) {
        notes_add(r, notes, now,
                  STR("karpenter.sh/do-not-disrupt with a duration is taken as \"true\" by this "
                      "version: the pod is never disrupted"));
        return true;
    }
    return str_eq(json_string_or(now, STR("")), STR("true")) || str_eq(old, STR("true"));
}

static bool has_owner(const struct json *metadata, const char *kind)
{
    const struct json *owners = json_get(metadata, "ownerReferences");

    for (size_t i = 0; owners->kind == JSON_ARRAY && i < owners->count; i++)
        if (str_eq(json_string_or(json_get(&owners->items[i], "kind"), STR("")), str_of(kind)))
            return true;
    return false;
}

bool pod_lives(const struct json *pod)
{
    struct str phase = json_string_or(json_path(pod, "status", "phase", NULL), STR(""));

    return !str_eq(phase, STR("Succeeded")) && !str_eq(phase, STR("Failed")) &&
           json_path(pod, "metadata", "deletionTimestamp", NULL)->kind == JSON_NULL;
}

/* Gated, over, going, a DaemonSet's (its object takes the room), or a static pod of some node. */
static bool counts_for_nothing(const struct json *pod)
{
    const struct json *metadata = json_get(pod, "metadata");

    return list_has_entries(json_path(pod, "spec", "schedulingGates", NULL)) || !pod_lives(pod) ||
           has_owner(metadata, "DaemonSet") || has_owner(metadata, "Node") ||
           json_path(metadata, "annotations", "kubernetes.io/config.mirror", NULL)->kind ==
               JSON_STRING;
}

void pod_template_read(struct reader *r, const struct place *at, const struct json *pod,
                       const struct pod_surroundings *around, struct notes *notes, struct pod *out)
{
    struct place metadata_at = place_member(at, "metadata"), spec_at = place_member(at, "spec");
    struct place labels_at = place_member(&metadata_at, "labels"),
                 node_at = place_member(&spec_at, "nodeName");
    const struct json *metadata = json_get(pod, "metadata"), *spec = json_get(pod, "spec");
    struct pod_spec *read = ARENA_NEW(r->keep, struct pod_spec);
    struct notes untold = {0};

    read->namespace = around->namespace;
    out->spec = read;
    out->never_serve = counts_for_nothing(pod);
    read_string(r, &node_at, json_get(spec, "nodeName"), &out->node);
    if (out->never_serve || out->node.len)
        notes = &untold; /* what it asks for is not acted on, whatever this version can do */
    read_map(r, &metadata_at, metadata);
    read_labels(r, &labels_at, json_get(metadata, "labels"), false, &read->labels);
    out->do_not_disrupt = may_not_be_disrupted(r, metadata, notes);
    if (spec->kind == JSON_NULL)
        reader_missing(r, &spec_at, pod, "The pod's containers stand there.");
    if (!read_map(r, &spec_at, spec))
        return;
    pod_requests_read(r, &spec_at, spec, around->resources, read);
    pod_terms_read(r, &spec_at, spec, notes, read);
    pod_tolerations_read(r, &spec_at, spec, &read->tolerations);
    pod_unheeded(r, &spec_at, spec, notes);
}
