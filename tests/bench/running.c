#include "tests/bench/worlds.h"

static bool is_alone(const struct pod_spec *s)
{
    return s->topology_count && s->topology[0].kind == TOPOLOGY_ANTI_AFFINITY;
}

static struct claim node_of(struct bench *b, size_t serial, const struct resources *sum)
{
    const struct instance_type *t = b->catalog.types;
    const struct offering *o;

    while (t->allocatable.amount[RESOURCE_CPU] < sum->amount[RESOURCE_CPU] ||
           t->allocatable.amount[RESOURCE_MEMORY] < sum->amount[RESOURCE_MEMORY] ||
           t->allocatable.amount[RESOURCE_PODS] < sum->amount[RESOURCE_PODS])
        t++; /* the largest of the fakes holds a thousand pods */
    o = &t->offerings[2 + serial % 3];
    struct claim c = {.id = arena_printf(b->arena, "bench/default/u/%05zu", serial),
                      .pool = b->pool.name,
                      .phase = CLAIM_READY,
                      .instance_id = arena_printf(b->arena, "i-%05zu", serial),
                      .instance_type = t->name,
                      .zone = o->zone,
                      .capacity_type = o->capacity_type,
                      .price_microusd_per_hour = o->price_microusd_per_hour,
                      .capacity = t->capacity,
                      .allocatable = t->allocatable,
                      .ready_ms = 0,
                      .empty_since_ms = NEVER_MS};
    for (size_t i = 0; i < t->labels.count; i++)
        labels_set(b->arena, &c.labels, t->labels.items[i].key, t->labels.items[i].value);
    labels_set(b->arena, &c.labels, LABEL_ZONE, o->zone);
    labels_set(b->arena, &c.labels, LABEL_CAPACITY_TYPE, capacity_type_text(o->capacity_type));
    labels_set(b->arena, &c.labels, LABEL_NODE_POOL, b->pool.name);
    return c;
}

/* Every node has the pods i, i + nodes, i + 2 nodes, ... of the world. */
void bench_run_on(struct bench *b, size_t nodes)
{
    size_t alone = 0, kept = 0;

    for (size_t i = 0; i < b->world.pod_count; i++)
        if (!is_alone(b->pods[i].spec) || alone++ < nodes)
            b->pods[kept++] = b->pods[i];
    b->world.pod_count = kept;
    b->claims = ARENA_ARRAY(b->arena, struct claim, nodes);
    for (size_t n = 0; n < nodes; n++) {
        const struct pod **on = ARENA_ARRAY(b->arena, const struct pod *, kept / nodes + 1);
        struct resources sum = {0};
        size_t count = 0;
        for (size_t i = n; i < kept; i += nodes) {
            on[count++] = &b->pods[i];
            resources_add(&sum, &b->pods[i].spec->requests);
        }
        b->claims[n] = node_of(b, n, &sum);
        b->claims[n].pods = on;
        b->claims[n].pod_count = count;
        for (size_t i = n; i < kept; i += nodes)
            b->pods[i].claim = b->pods[i].node = b->claims[n].id;
    }
    b->world.claims = b->claims;
    b->world.claim_count = nodes;
}
