#include "engine/loop/foreign.h"

#include <stdlib.h>

#include "engine/loop/running.h"

/* What our claims are known by. */
struct ours {
    struct nodes nodes;
    struct str *instances; /* sorted */
    size_t instance_count;
};

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static struct ours ours_of(struct arena *a, const struct state *s)
{
    struct ours ours = {.nodes = nodes_of(a, s),
                        .instances = ARENA_ARRAY(a, struct str, s->claims.count)};

    for (size_t i = 0; i < s->claims.count; i++)
        if (CLAIM_AT(s, i)->claim.instance_id.len)
            ours.instances[ours.instance_count++] = CLAIM_AT(s, i)->claim.instance_id;
    if (ours.instance_count)
        qsort(ours.instances, ours.instance_count, sizeof(*ours.instances), by_text);
    return ours;
}

static bool is_ours(const struct state *s, const struct ours *ours, const struct claim *node)
{
    return nodes_find(&ours->nodes, node->id) ||
           str_is_among(node->instance_id, ours->instances, ours->instance_count) ||
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

    if (!s->workload)
        return found;
    const struct workload *w = &s->workload->workload;
    struct ours ours = ours_of(a, s);
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
