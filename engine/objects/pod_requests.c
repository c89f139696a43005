#include "engine/objects/pod_parts.h"
#include "engine/objects/values.h"

/* Requests and limits of a container, or of the pod as a whole. */
struct demand {
    struct resources requests, limits;
};

static struct demand read_demand(struct reader *r, const struct place *at,
                                 const struct json *holder, struct resource_table *table,
                                 struct str *unserved)
{
    struct place here = place_member(at, "resources");
    struct place requests = place_member(&here, "requests"), limits = place_member(&here, "limits");
    const struct json *resources = json_get(holder, "resources");
    struct demand c = {0};

    if (!read_map(r, &here, resources))
        return c;
    read_resources(r, &requests, json_get(resources, "requests"), table, &c.requests, unserved);
    read_resources(r, &limits, json_get(resources, "limits"), table, &c.limits, unserved);
    return c;
}

/* A request of zero stands, as in Kubernetes: only an absent one is taken from the limit. */
static void limits_become_requests(struct demand *c, const struct json *holder,
                                   const struct resource_table *table)
{
    const struct json *requests = json_path(holder, "resources", "requests", NULL);

    for (size_t i = 0; i < table->count; i++)
        if (json_get_str(requests, table->name[i])->kind == JSON_NULL)
            c->requests.amount[i] = c->limits.amount[i];
}

static void take_larger(struct resources *most, const struct resources *other)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (other->amount[i] > most->amount[i])
            most->amount[i] = other->amount[i];
}

bool container_is_sidecar(const struct json *container)
{
    return str_eq(json_string_or(json_get(container, "restartPolicy"), STR("")), STR("Always"));
}

struct containers {
    struct reader *r;
    const struct json *status; /* of the pod */
    bool resize_is_infeasible;
    struct resource_table *table;
    struct str *unserved;
};

/* PodResizePending since Kubernetes 1.33, status.resize before. */
static bool resize_is_infeasible(const struct json *status)
{
    const struct json *conditions = json_get(status, "conditions");
    struct str infeasible = STR("Infeasible");

    for (size_t i = 0; conditions->kind == JSON_ARRAY && i < conditions->count; i++) {
        const struct json *each = &conditions->items[i];
        if (str_eq(json_string_or(json_get(each, "type"), STR("")), STR("PodResizePending")))
            return str_eq(json_string_or(json_get(each, "reason"), STR("")), infeasible);
    }
    return str_eq(json_string_or(json_get(status, "resize"), STR("")), infeasible);
}

static const struct json *status_of(const struct json *statuses, struct str name)
{
    for (size_t i = 0; statuses->kind == JSON_ARRAY && i < statuses->count; i++)
        if (str_eq(json_string_or(json_get(&statuses->items[i], "name"), STR("")), name))
            return &statuses->items[i];
    return json_get(statuses, ""); /* null */
}

/* What the node has set aside for the container, or given it already. */
static void heed_resize(const struct containers *c, const struct json *container, bool is_init,
                        struct resources *requests)
{
    const char *list = is_init ? "initContainerStatuses" : "containerStatuses";
    struct place status_at = place_member(NULL, "status"), at = place_member(&status_at, list);
    struct str name = json_string_or(json_get(container, "name"), STR(""));
    const struct json *found = status_of(json_get(c->status, list), name);
    struct resources given = {0}, set_aside = {0};

    if (json_get(found, "resources")->kind != JSON_OBJECT)
        return;
    read_resources(c->r, &at, json_path(found, "resources", "requests", NULL), c->table, &given,
                   c->unserved);
    read_resources(c->r, &at, json_get(found, "allocatedResources"), c->table, &set_aside,
                   c->unserved);
    if (c->resize_is_infeasible)
        *requests = (struct resources){0};
    take_larger(requests, &given);
    take_larger(requests, &set_aside);
}

static struct resources container_requests(const struct containers *c, const struct place *list,
                                           size_t index, const struct json *container, bool is_init)
{
    struct place at = place_index(list, index);

    if (!read_map(c->r, &at, container)) {
        if (container->kind == JSON_NULL)
            reader_refuse(c->r, &at, container, "A container is expected.");
        return (struct resources){0};
    }
    struct demand demand = read_demand(c->r, &at, container, c->table, c->unserved);
    limits_become_requests(&demand, container, c->table);
    if (!is_init || container_is_sidecar(container))
        heed_resize(c, container, is_init, &demand.requests);
    return demand.requests;
}

/* The most that is asked for at any moment of the pod's life. */
static struct resources all_containers(const struct containers *c, const struct place *at,
                                       const struct json *spec)
{
    struct place list = place_member(at, "containers"), inits = place_member(at, "initContainers");
    const struct json *containers = json_get(spec, "containers");
    const struct json *init_containers = json_get(spec, "initContainers");
    struct resources sum = {0}, sidecars = {0}, most_at_start = {0};

    if (containers->kind == JSON_NULL || (containers->kind == JSON_ARRAY && !containers->count))
        reader_missing(c->r, &list, spec, "A pod has at least one container.");
    for (size_t i = 0; read_list(c->r, &list, containers) && i < containers->count; i++) {
        struct resources one = container_requests(c, &list, i, &containers->items[i], false);
        resources_add(&sum, &one);
    }
    for (size_t i = 0; read_list(c->r, &inits, init_containers) && i < init_containers->count;
         i++) {
        struct resources one = container_requests(c, &inits, i, &init_containers->items[i], true);
        if (container_is_sidecar(&init_containers->items[i])) {
            resources_add(&sum, &one);
            resources_add(&sidecars, &one);
            one = sidecars;
        } else {
            resources_add(&one, &sidecars);
        }
        take_larger(&most_at_start, &one);
    }
    take_larger(&sum, &most_at_start);
    return sum;
}

/* What the pod states as a whole wins; its limit counts where neither it nor a container requests
 * (that is how the API server fills it in). */
static void pod_level(const struct demand *pod, const struct json *spec,
                      const struct resource_table *table, struct resources *sum)
{
    const struct json *requests = json_path(spec, "resources", "requests", NULL);

    for (size_t i = 0; i < table->count; i++)
        if (json_get_str(requests, table->name[i])->kind != JSON_NULL)
            sum->amount[i] = pod->requests.amount[i];
        else if (sum->amount[i] == 0)
            sum->amount[i] = pod->limits.amount[i];
}

void pod_requests_read(struct reader *r, const struct place *at, const struct json *spec,
                       const struct json *status, struct resource_table *resources,
                       struct pod_spec *out)
{
    struct containers c = {r, status, resize_is_infeasible(status), resources,
                           &out->unserved_resource};
    struct place overhead_at = place_member(at, "overhead");
    struct resources overhead = {0};

    out->requests = all_containers(&c, at, spec);
    struct demand pod = read_demand(r, at, spec, resources, &out->unserved_resource);
    pod_level(&pod, spec, resources, &out->requests);
    read_resources(r, &overhead_at, json_get(spec, "overhead"), resources, &overhead,
                   &out->unserved_resource);
    resources_add(&out->requests, &overhead);
    out->requests.amount[RESOURCE_PODS] = 1;
}
