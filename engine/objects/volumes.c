#include "engine/objects/volumes.h"

#include <stdlib.h>

#include "engine/core/allocatable.h"
#include "engine/objects/pod_parts.h"
#include "engine/objects/values.h"

/* Kubernetes has moved its own plug-ins to these drivers. */
static struct str driver_of_provisioner(struct str name)
{
    return str_eq(name, STR("kubernetes.io/aws-ebs")) ? EBS_DRIVER : name;
}

static struct str driver_of_volume(const struct json *spec)
{
    if (json_get(spec, "awsElasticBlockStore")->kind == JSON_OBJECT)
        return EBS_DRIVER;
    return json_string_or(json_path(spec, "csi", "driver", NULL), STR(""));
}

static void push_reach(struct arena *a, struct reach *out, size_t *capacity,
                       struct requirements set)
{
    ARENA_PUSH(a, out->items, out->count, *capacity, set);
}

/* A volume of one machine names that machine, which the fleet that is to come knows nothing of. */
static void forget_host(struct requirements *set)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->count; i++)
        if (!str_eq(set->items[i].key, LABEL_HOSTNAME))
            set->items[kept++] = set->items[i];
    set->count = kept;
}

static void read_affinity(struct reader *r, const struct json *spec, struct reach *out)
{
    struct place spec_at = place_member(NULL, "spec"),
                 affinity = place_member(&spec_at, "nodeAffinity"),
                 required = place_member(&affinity, "required"),
                 list = place_member(&required, "nodeSelectorTerms");
    const struct json *terms =
        json_path(spec, "nodeAffinity", "required", "nodeSelectorTerms", NULL);
    bool is_local = json_get(spec, "local")->kind == JSON_OBJECT ||
                    json_get(spec, "hostPath")->kind == JSON_OBJECT;
    size_t capacity = 0;

    out->anywhere = !read_list(r, &list, terms);
    for (size_t i = 0; !out->anywhere && i < terms->count; i++) {
        struct place each = place_index(&list, i);
        struct requirements set = {0};
        if (!node_expressions_read(r, &each, &terms->items[i], &set))
            continue; /* an empty term matches nothing */
        if (is_local)
            forget_host(&set);
        push_reach(r->keep, out, &capacity, set);
    }
}

static bool is_going(const struct json *object)
{
    return json_path(object, "metadata", "deletionTimestamp", NULL)->kind != JSON_NULL;
}

static void add_volume(struct reader *r, const struct object *o, struct volumes *out)
{
    struct place spec_at = place_member(NULL, "spec");
    const struct json *spec = json_get(o->json, "spec");
    struct volume v = {.name = o->name, .deleting = is_going(o->json)};

    if (!read_map(r, &spec_at, spec))
        return;
    read_affinity(r, spec, &v.reach);
    v.driver = driver_of_volume(spec);
    ARENA_PUSH(r->keep, out->volumes, out->volume_count, out->volume_capacity, v);
}

static void read_topology(struct reader *r, const struct place *at, const struct json *j,
                          struct requirements *out)
{
    struct place list = place_member(at, "matchLabelExpressions");
    const struct json *expressions = json_get(j, "matchLabelExpressions");

    for (size_t i = 0; read_list(r, &list, expressions) && i < expressions->count; i++) {
        struct place each = place_index(&list, i), key_at = place_member(&each, "key"),
                     values_at = place_member(&each, "values");
        const struct json *e = &expressions->items[i];
        struct requirement one;
        struct str key = {0}, *values = NULL;
        size_t count = 0;
        if (!read_map(r, &each, e))
            continue;
        bool good = read_string(r, &key_at, json_get(e, "key"), &key);
        good &= read_strings(r, &values_at, json_get(e, "values"), &values, &count);
        struct error *bad =
            good ? requirement_new(r->keep, key, OPERATOR_IN, values, count, 0, &one) : NULL;
        reader_adopt(r, &each, e, bad);
        if (good && !bad)
            requirements_add(r->keep, out, &one);
    }
}

static void add_class(struct reader *r, const struct object *o, struct volumes *out)
{
    struct place list = place_member(NULL, "allowedTopologies"),
                 mode = place_member(NULL, "volumeBindingMode");
    static const char *const modes[] = {"Immediate", "WaitForFirstConsumer", NULL};
    const struct json *metadata = json_get(o->json, "metadata"),
                      *topologies = json_get(o->json, "allowedTopologies");
    struct str marked = json_string_or(
        json_path(metadata, "annotations", "storageclass.kubernetes.io/is-default-class", NULL),
        STR(""));
    struct storage_class c = {
        .name = o->name,
        .is_default = str_eq(marked, STR("true")),
        .created = json_string_or(json_get(metadata, "creationTimestamp"), STR("")),
        .driver = driver_of_provisioner(json_string_or(json_get(o->json, "provisioner"), STR(""))),
    };
    size_t word = 0, capacity = 0;

    read_choice(r, &mode, json_get(o->json, "volumeBindingMode"), modes, &word);
    c.waits = word == 1;
    c.reach.anywhere = !read_list(r, &list, topologies) || !topologies->count;
    for (size_t i = 0; !c.reach.anywhere && i < topologies->count; i++) {
        struct place each = place_index(&list, i);
        struct requirements set = {0};
        read_topology(r, &each, &topologies->items[i], &set);
        push_reach(r->keep, &c.reach, &capacity, set);
    }
    ARENA_PUSH(r->keep, out->classes, out->class_count, out->class_capacity, c);
}

static void read_modes(const struct json *modes, struct volume_claim *out)
{
    for (size_t i = 0; modes->kind == JSON_ARRAY && i < modes->count; i++) {
        struct str mode = json_string_or(&modes->items[i], STR(""));
        out->by_many_nodes |=
            str_eq(mode, STR("ReadWriteMany")) || str_eq(mode, STR("ReadOnlyMany"));
        out->by_one_pod |= str_eq(mode, STR("ReadWriteOncePod"));
    }
}

struct volume_claim volume_claim_of(struct reader *r, const struct json *object)
{
    struct place spec_at = place_member(NULL, "spec"),
                 class_at = place_member(&spec_at, "storageClassName"),
                 volume_at = place_member(&spec_at, "volumeName");
    const struct json *spec = json_get(object, "spec");
    struct str phase = json_string_or(json_path(object, "status", "phase", NULL), STR(""));
    struct volume_claim c = {.deleting = is_going(object), .lost = str_eq(phase, STR("Lost"))};

    /* The phase is written last; what people write down of a cluster often has it alone. */
    c.bound = str_eq(phase, STR("Bound")) ||
              json_path(object, "metadata", "annotations", "pv.kubernetes.io/bind-completed", NULL)
                      ->kind == JSON_STRING;
    if (!read_map(r, &spec_at, spec))
        return c;
    c.names_class = read_string(r, &class_at, json_get(spec, "storageClassName"), &c.class);
    read_string(r, &volume_at, json_get(spec, "volumeName"), &c.volume);
    read_modes(json_get(spec, "accessModes"), &c);
    return c;
}

static void add_claim(struct reader *r, const struct object *o, struct volumes *out)
{
    struct volume_claim c = volume_claim_of(r, o->json);

    c.name = o->full_name;
    c.listed = true;
    ARENA_PUSH(r->keep, out->claims, out->claim_count, out->claim_capacity, c);
}

static void add_limits(struct reader *r, const struct object *o, struct volumes *out)
{
    struct place spec_at = place_member(NULL, "spec"), list = place_member(&spec_at, "drivers");
    const struct json *drivers = json_path(o->json, "spec", "drivers", NULL);

    for (size_t i = 0; read_list(r, &list, drivers) && i < drivers->count; i++) {
        struct place each = place_index(&list, i), name = place_member(&each, "name"),
                     amount = place_member(&each, "allocatable"),
                     count = place_member(&amount, "count");
        const struct json *j = &drivers->items[i];
        struct attach_limit l = {.node = o->name};
        if (read_map(r, &each, j) && read_string(r, &name, json_get(j, "name"), &l.driver) &&
            read_int(r, &count, json_path(j, "allocatable", "count", NULL), 0, INT32_MAX, &l.count))
            ARENA_PUSH(r->keep, out->limits, out->limit_count, out->limit_capacity, l);
    }
}

/* Claims that pods name, each as often as it may be counted on to be used: of a template twice. */
struct uses {
    struct str *items;
    size_t count, capacity;
};

static void add_use(struct arena *a, const struct object *o, struct str name, int times,
                    struct uses *out)
{
    struct str full = arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(o->namespace), STR_ARG(name));

    for (int n = 0; n < times; n++)
        ARENA_PUSH(a, out->items, out->count, out->capacity, full);
}

static void add_uses_of_template(struct arena *a, const struct object *o, struct uses *out)
{
    const struct json *volumes = json_path(o->json, "spec", "template", "spec", "volumes", NULL);

    for (size_t i = 0; volumes->kind == JSON_ARRAY && i < volumes->count; i++) {
        struct str name = json_string_or(
            json_path(&volumes->items[i], "persistentVolumeClaim", "claimName", NULL), STR(""));
        if (name.len)
            add_use(a, o, name, 2, out);
    }
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static void find_shared(struct reader *r, const struct objects *all, struct volumes *out)
{
    ARENA_AUTO scratch = {0};
    struct uses uses = {0};

    for (size_t i = 0; i < all->count; i++) {
        const struct object *o = &all->items[i];
        for (size_t k = 0; k < o->volume_claim_count; k++)
            add_use(&scratch, o, o->volume_claims[k], 1, &uses);
        if (workload_kind_makes_pods(o->kind) && !o->maker)
            add_uses_of_template(&scratch, o, &uses);
    }
    if (uses.count)
        qsort(uses.items, uses.count, sizeof(*uses.items), by_text);
    out->shared_claims = ARENA_ARRAY(r->keep, struct str, uses.count);
    for (size_t i = 1; i < uses.count; i++) {
        bool again = out->shared_claim_count &&
                     str_eq(out->shared_claims[out->shared_claim_count - 1], uses.items[i]);
        if (str_eq(uses.items[i], uses.items[i - 1]) && !again)
            out->shared_claims[out->shared_claim_count++] = arena_str(r->keep, uses.items[i]);
    }
}

/* Objects come sorted by name, so what is made of them is too. */
void volumes_read(struct reader *r, const struct objects *all, struct volumes *out)
{
    static const struct {
        struct str kind;
        void (*add)(struct reader *r, const struct object *o, struct volumes *out);
    } kinds[] = {
        {STR_INIT("PersistentVolume"), add_volume},
        {STR_INIT("StorageClass"), add_class},
        {STR_INIT("PersistentVolumeClaim"), add_claim},
        {STR_INIT("CSINode"), add_limits},
    };

    *out = (struct volumes){0};
    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
            if (str_eq(all->items[i].kind_name, kinds[k].kind)) {
                object_announce(r, &all->items[i]);
                kinds[k].add(r, &all->items[i], out);
            }
    if (out->claim_count)
        find_shared(r, all, out);
}

/* Each of these structs begins with its name. */
static const void *find(const void *items, size_t count, size_t size, struct str name)
{
    return count ? bsearch(&name, items, count, size, by_text) : NULL;
}

const struct volume *volumes_find(const struct volumes *v, struct str name)
{
    return find(v->volumes, v->volume_count, sizeof(*v->volumes), name);
}

const struct storage_class *volumes_find_class(const struct volumes *v, struct str name)
{
    return find(v->classes, v->class_count, sizeof(*v->classes), name);
}

const struct storage_class *volumes_default_class(const struct volumes *v)
{
    const struct storage_class *best = NULL;

    for (size_t i = 0; i < v->class_count; i++)
        if (v->classes[i].is_default &&
            (!best || str_cmp(best->created, v->classes[i].created) < 0))
            best = &v->classes[i];
    return best;
}

const struct volume_claim *volumes_find_claim(const struct volumes *v, struct str name)
{
    return find(v->claims, v->claim_count, sizeof(*v->claims), name);
}

bool volumes_claim_is_shared(const struct volumes *v, struct str name)
{
    return str_is_among(name, v->shared_claims, v->shared_claim_count);
}

bool volumes_are_limited(const struct volumes *v, struct str driver)
{
    for (size_t i = 0; i < v->limit_count; i++)
        if (str_eq(v->limits[i].driver, driver))
            return true;
    return str_eq(driver, EBS_DRIVER);
}
