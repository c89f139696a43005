#include "engine/objects/pod_template.h"

#include "engine/objects/pod_parts.h"
#include "engine/objects/priorities.h"
#include "engine/objects/values.h"

struct str note_text(struct arena *a, const struct note *n)
{
    return arena_printf(a, STR_FMT ": " STR_FMT "%s" STR_FMT, STR_ARG(n->where), STR_ARG(n->object),
                        n->object.len ? ": " : "", STR_ARG(n->text));
}

void notes_add(struct reader *r, struct notes *notes, const struct json *found, struct str text)
{
    struct note n = {.where = reader_where(r, found), .object = r->object, .text = text};
    ARENA_PUSH(r->keep, notes->items, notes->count, notes->capacity, n);
}

static bool list_has_entries(const struct json *j)
{
    return j->kind == JSON_ARRAY && j->count > 0;
}

static void note_devices(struct reader *r, const struct json *spec, struct notes *notes)
{
    const struct json *claims = json_get(spec, "resourceClaims");

    if (list_has_entries(claims))
        notes_add(r, notes, claims,
                  STR("resourceClaims are not acted on by this version: the devices they ask for "
                      "are not counted"));
}

/* karpenter.sh/do-not-disrupt: "true", or for how long from the pod's start; the alpha's
 * do-not-evict only "true".  What is neither holds nothing, as with Karpenter, and is said. */
static int64_t undisturbed_ms(struct reader *r, const struct json *metadata, struct notes *notes)
{
    const struct json *annotations = json_get(metadata, "annotations");
    const struct json *now = json_get(annotations, "karpenter.sh/do-not-disrupt");
    struct str old = json_string_or(json_get(annotations, "karpenter.sh/do-not-evict"), STR(""));
    struct str text = json_string_or(now, STR("false"));
    int64_t ms;

    if (str_eq(text, STR("true")) || str_eq(old, STR("true")))
        return NEVER_MS;
    if (str_eq(text, STR("false")))
        return 0;
    if (duration_parse(text, &ms) && ms > 0)
        return ms;
    notes_add(r, notes, now,
              arena_printf(r->keep,
                           "metadata.annotations[\"karpenter.sh/do-not-disrupt\"] is \"" STR_FMT
                           "\" and holds nothing: \"true\" or a time such as \"30m\" is expected",
                           STR_ARG(text)));
    return 0;
}

static bool text_is(const struct json *object, const char *member, const char *text)
{
    return str_eq(json_string_or(json_get(object, member), STR("")), str_of(text));
}

/* NULL: its status does not say. */
static const struct json *condition_of(const struct json *pod, const char *type)
{
    const struct json *all = json_path(pod, "status", "conditions", NULL);

    for (size_t i = 0; all->kind == JSON_ARRAY && i < all->count; i++)
        if (text_is(&all->items[i], "type", type))
            return &all->items[i];
    return NULL;
}

static bool is_unready(const struct json *pod)
{
    const struct json *ready = condition_of(pod, "Ready");

    return ready && !text_is(ready, "status", "True");
}

/* (A pod with scheduling gates is not scheduled either, for another reason.) */
static bool is_unschedulable(const struct json *pod)
{
    const struct json *scheduled = condition_of(pod, "PodScheduled");

    return scheduled && text_is(scheduled, "status", "False") &&
           text_is(scheduled, "reason", "Unschedulable");
}

static int64_t started_ms(const struct json *pod)
{
    int64_t ms = 0;

    return time_parse(json_string_or(json_path(pod, "status", "startTime", NULL), STR("")), &ms)
               ? ms
               : 0;
}

/* How dear it is to lose, beside its like; what is no number of 32 bits says nothing, as in
 * Kubernetes. */
static int64_t deletion_cost(const struct json *metadata)
{
    const struct json *cost =
        json_path(metadata, "annotations", "controller.kubernetes.io/pod-deletion-cost", NULL);
    int64_t n;

    if (!str_to_int64(json_string_or(cost, STR("")), &n) || n < INT32_MIN || n > INT32_MAX)
        return 0;
    return n;
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

/* Told to go, and not over yet. */
static bool is_ending(const struct json *pod)
{
    const struct json *status = json_get(pod, "status");

    return json_path(pod, "metadata", "deletionTimestamp", NULL)->kind != JSON_NULL &&
           !text_is(status, "phase", "Succeeded") && !text_is(status, "phase", "Failed");
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

static void read_pod(struct reader *r, const struct place *at, const struct json *pod,
                     const struct pod_surroundings *around, struct notes *notes,
                     struct pod_spec *read, struct pod *out)
{
    struct place metadata_at = place_member(at, "metadata"), spec_at = place_member(at, "spec");
    struct place labels_at = place_member(&metadata_at, "labels"),
                 node_at = place_member(&spec_at, "nodeName");
    const struct json *metadata = json_get(pod, "metadata"), *spec = json_get(pod, "spec");
    const struct cluster *cluster = around->cluster;
    struct notes untold = {0};

    read->namespace = around->namespace;
    out->never_serve = counts_for_nothing(pod);
    read_string(r, &node_at, json_get(spec, "nodeName"), &out->node);
    if (out->never_serve)
        notes = &untold; /* what it asks for is not acted on, whatever this version can do */
    read_map(r, &metadata_at, metadata);
    read_labels(r, &labels_at, json_get(metadata, "labels"), false, &read->labels);
    out->deletion_cost = deletion_cost(metadata);
    out->undisturbed_ms = undisturbed_ms(r, metadata, notes);
    out->started_ms = started_ms(pod);
    out->unready = out->node.len && is_unready(pod);
    out->unschedulable = !out->node.len && is_unschedulable(pod);
    /* Room for a daemon's is set aside wherever it would run, and it goes with its node. */
    out->ending = out->node.len && is_ending(pod) && !has_owner(metadata, "DaemonSet") &&
                  !has_owner(metadata, "Node");
    if (spec->kind == JSON_NULL)
        reader_missing(r, &spec_at, pod, "The pod's containers stand there.");
    if (!read_map(r, &spec_at, spec))
        return;
    pod_requests_read(r, &spec_at, spec, json_get(pod, "status"), cluster->resources, read);
    pod_terms_read(r, &spec_at, spec, around->unpin, notes, read);
    pod_preferences_read(r, &spec_at, spec, read);
    pod_topology_read(r, &spec_at, spec, read);
    pod_ports_read(r, &spec_at, spec, read);
    pod_volumes_read(r, &spec_at, spec, around, notes, read);
    pod_tolerations_read(r, &spec_at, spec, &read->tolerations);
    read->priority = priorities_of_pod(r, cluster->priorities, &spec_at, spec, notes);
    note_devices(r, spec, notes);
}

/* A dump repeats itself: what says the same as a pod before costs no memory, unless it has left
 * something else behind. */
void pod_template_read(struct reader *r, const struct place *at, const struct json *pod,
                       const struct pod_surroundings *around, struct notes *notes, struct pod *out)
{
    const struct cluster *cluster = around->cluster;
    const struct error *wrong = r->last;
    size_t said = notes->count, named = cluster->resources->count;
    struct arena_mark mark = arena_mark(r->keep);
    struct pod_spec *read = ARENA_NEW(r->keep, struct pod_spec);

    read_pod(r, at, pod, around, notes, read, out);
    out->spec = pod_specs_intern(r->keep, cluster->specs, read);
    if (out->spec != read && r->last == wrong && notes->count == said &&
        cluster->resources->count == named)
        arena_rewind(r->keep, mark);
}
