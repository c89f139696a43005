#include "engine/loop/foreign.h"

#include <stdlib.h>

#include "engine/loop/running.h"

static bool has_instance(const struct state *s, struct str instance_id)
{
    for (size_t i = 0; instance_id.len && i < s->claims.count; i++)
        if (str_eq(CLAIM_AT(s, i)->claim.instance_id, instance_id))
            return true;
    return false;
}

static bool is_ours(const struct state *s, const struct nodes *ours, const struct claim *node)
{
    return nodes_find(ours, node->id) || has_instance(s, node->instance_id) ||
           state_pool(s, labels_get(&node->labels, LABEL_NODE_POOL));
}

static struct resources named_by(struct resource_table *to, const struct resource_table *names,
                                 const struct resources *from)
{
    struct resources renamed = {0};

    for (size_t i = 0; i < names->count; i++) {
        size_t at = from->amount[i] ? resource_table_add(to, names->name[i]) : RESOURCES_MAX;
        if (at < RESOURCES_MAX)
            renamed.amount[at] = from->amount[i];
    }
    return renamed;
}

struct foreign_nodes foreign_nodes(struct arena *a, const struct state *s)
{
    struct foreign_nodes found = {.resources = s->resources};
    struct nodes ours = nodes_of(a, s);

    if (!s->workload)
        return found;
    const struct workload *w = &s->workload->workload;
    found.items = ARENA_ARRAY(a, struct claim, w->node_count);
    for (size_t i = 0; i < w->node_count; i++) {
        if (is_ours(s, &ours, &w->nodes[i]))
            continue;
        struct claim *node = &found.items[found.count++];
        *node = w->nodes[i];
        node->capacity = named_by(&found.resources, &w->resources, &node->capacity);
        node->allocatable = named_by(&found.resources, &w->resources, &node->allocatable);
    }
    return found;
}

static int by_id(const void *x, const void *y)
{
    return str_cmp(((const struct claim *)x)->id, ((const struct claim *)y)->id);
}

bool foreign_nodes_hold(const struct foreign_nodes *nodes, struct str name)
{
    const struct claim wanted = {.id = name};

    return name.len && nodes->count &&
           bsearch(&wanted, nodes->items, nodes->count, sizeof(wanted), by_id);
}
