#include "engine/loop/foreign.h"

#include <stdlib.h>

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

static int by_name(const void *x, const void *y)
{
    return str_cmp((*(const struct node_entry *const *)x)->name.key,
                   (*(const struct node_entry *const *)y)->name.key);
}

static struct claim foreign_claim(const struct state *s, const struct node_entry *n,
                                  struct resource_table *resources)
{
    struct claim node = *n->said;

    node.capacity = named_by(resources, &n->names, &node.capacity);
    node.allocatable = named_by(resources, &n->names, &node.allocatable);
    node.pods = &s->pods.grouped[n->home.first];
    node.pod_count = n->home.shown;
    return node;
}

struct foreign_nodes foreign_nodes(struct arena *a, const struct state *s)
{
    struct foreign_nodes found = {.resources = s->resources};
    struct index_walk w = {.of = &s->nodes};
    struct node_entry **all = ARENA_ARRAY(a, struct node_entry *, s->nodes.count);

    for (struct node_entry *n; (n = index_next(&w));)
        if (n->foreign)
            all[found.count++] = n;
    if (found.count) /* in their order, for so the table grows */
        qsort(all, found.count, sizeof(*all), by_name);
    found.items = ARENA_ARRAY(a, struct claim, found.count);
    for (size_t i = 0; i < found.count; i++)
        found.items[i] = foreign_claim(s, all[i], &found.resources);
    for (size_t i = 0; i < found.count; i++) /* of what others brought into the table */
        resources_lift_unstated(&found.items[i].allocatable, &found.resources);
    return found;
}
