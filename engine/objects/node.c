#include "engine/objects/node.h"

#include "engine/objects/node_conditions.h"
#include "engine/objects/values.h"

#define TAINT_UNSCHEDULABLE STR("node.kubernetes.io/unschedulable")

/* Who made the node says in a label of his own how it is paid for; without one it is on demand. */
static enum capacity_type capacity_type_of(const struct labels *labels)
{
    static const struct {
        struct str key, spot;
    } rows[] = {
        {STR_INIT("karpenter.sh/capacity-type"), STR_INIT("spot")},
        {STR_INIT("eks.amazonaws.com/capacityType"), STR_INIT("SPOT")},
        {STR_INIT("node-role.kubernetes.io/spot-worker"), STR_INIT("true")}, /* kops */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (str_eq(labels_get(labels, rows[i].key), rows[i].spot))
            return CAPACITY_SPOT;
    return CAPACITY_ON_DEMAND;
}

/* Karpenter's label is what pods select by, whoever made the node. */
static void read_node_labels(struct reader *r, const struct place *at, const struct json *j,
                             struct claim *out)
{
    struct labels written = {0};

    read_labels(r, at, j, false, &written);
    for (size_t i = 0; i < written.count; i++) {
        struct str key = label_normalize(written.items[i].key);
        if (str_eq(key, written.items[i].key) || !labels_get(&written, key).ptr)
            labels_set(r->keep, &out->labels, key, written.items[i].value);
    }
    out->capacity_type = capacity_type_of(&out->labels);
    out->instance_type = labels_get(&out->labels, LABEL_INSTANCE_TYPE);
    out->zone = labels_get(&out->labels, LABEL_ZONE);
}

/* "aws:///eu-central-1a/i-0123" */
static struct str instance_id_of(struct str provider_id)
{
    struct str rest = provider_id, last = provider_id;

    while (rest.ptr)
        last = str_cut(&rest, '/');
    return str_starts_with(provider_id, STR("aws:")) ? last : (struct str){0};
}

static void cordon(struct arena *a, struct taints *taints)
{
    const struct taint cordoned = {.key = TAINT_UNSCHEDULABLE, .effect = EFFECT_NO_SCHEDULE};

    for (size_t i = 0; i < taints->count; i++)
        if (str_eq(taints->items[i].key, TAINT_UNSCHEDULABLE) &&
            taints->items[i].effect == EFFECT_NO_SCHEDULE)
            return;
    ARENA_PUSH(a, taints->items, taints->count, taints->capacity, cordoned);
}

static bool has_annotation(const struct json *object, const char *key)
{
    const struct json *all = json_path(object, "metadata", "annotations", NULL);

    return str_eq(json_string_or(json_get(all, key), STR("")), STR("true"));
}

static void read_spec(struct reader *r, const struct json *spec, struct claim *out)
{
    struct place at = place_member(NULL, "spec"), taints = place_member(&at, "taints"),
                 cordoned_at = place_member(&at, "unschedulable"),
                 id_at = place_member(&at, "providerID");
    struct str provider_id = {0};
    bool cordoned = false;

    if (!read_map(r, &at, spec))
        return;
    read_taints(r, &taints, json_get(spec, "taints"), &out->taints);
    read_bool(r, &cordoned_at, json_get(spec, "unschedulable"), &cordoned);
    read_string(r, &id_at, json_get(spec, "providerID"), &provider_id);
    out->instance_id = instance_id_of(provider_id);
    if (cordoned)
        cordon(r->keep, &out->taints);
}

/* Only what pods ask for: nodes have much that nobody does, and the table is short. */
static void read_amounts(struct reader *r, const struct place *at, const struct json *j,
                         const struct resource_table *asked, struct resources *out)
{
    if (!read_map(r, at, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_key(at, j->keys[i]);
        size_t n = resource_table_find(asked, j->keys[i]);
        if (n < RESOURCES_MAX)
            read_amount(r, &each, j->keys[i], &j->items[i], &out->amount[n]);
    }
}

static void read_status(struct reader *r, const struct json *status,
                        const struct resource_table *asked, struct claim *out)
{
    struct place at = place_member(NULL, "status"), capacity = place_member(&at, "capacity"),
                 allocatable = place_member(&at, "allocatable"),
                 conditions = place_member(&at, "conditions");

    if (!read_map(r, &at, status))
        return;
    node_conditions_read(r, &conditions, json_get(status, "conditions"), out);
    read_amounts(r, &capacity, json_get(status, "capacity"), asked, &out->capacity);
    read_amounts(r, &allocatable, json_get(status, "allocatable"), asked, &out->allocatable);
}

/* Its CSINode says how many volumes of a driver it can attach. */
static void read_limits(const struct volumes *volumes, const struct resource_table *asked,
                        struct claim *out)
{
    resources_lift_unstated(&out->allocatable, asked);
    for (size_t i = 0; i < volumes->limit_count; i++) {
        const struct attach_limit *l = &volumes->limits[i];
        for (size_t k = 0; str_eq(l->node, out->id) && k < asked->count; k++) {
            struct str name = asked->name[k];
            if (str_starts_with(name, STR(RESOURCE_ATTACHABLE_PREFIX)) &&
                str_ends_with(name, l->driver) &&
                name.len == sizeof(RESOURCE_ATTACHABLE_PREFIX) - 1 + l->driver.len)
                out->allocatable.amount[k] = l->count;
        }
    }
}

void node_read(struct reader *r, const struct json *object, const struct resource_table *asked,
               const struct volumes *volumes, struct claim *out)
{
    struct place metadata = place_member(NULL, "metadata"),
                 labels = place_member(&metadata, "labels");
    struct str created =
        json_string_or(json_path(object, "metadata", "creationTimestamp", NULL), STR(""));

    *out =
        (struct claim){.foreign = true,
                       .phase = CLAIM_READY,
                       .id = json_string_or(json_path(object, "metadata", "name", NULL), STR("")),
                       .empty_since_ms = NEVER_MS};
    if (!time_parse(created, &out->created_ms))
        out->created_ms = 0;
    out->ready_ms = out->created_ms;
    out->do_not_disrupt = has_annotation(object, "karpenter.sh/do-not-disrupt") ||
                          has_annotation(object, "karpenter.sh/do-not-consolidate");
    read_node_labels(r, &labels, json_path(object, "metadata", "labels", NULL), out);
    read_spec(r, json_get(object, "spec"), out);
    read_status(r, json_get(object, "status"), asked, out);
    read_limits(volumes, asked, out);
}
