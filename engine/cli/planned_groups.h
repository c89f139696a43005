#ifndef ENGINE_CLI_PLANNED_GROUPS_H
#define ENGINE_CLI_PLANNED_GROUPS_H

#include "engine/cli/planned_fleet.h"

/* Nodes that look the same to people: of one pool, type, zone and capacity type, and with as many
 * pods of each kind.  A fleet of thousands has few of them. */

/* Some pods of one specification: they are alike. */
struct planned_part {
    const struct pod_spec *spec;
    const struct pod *first;
    size_t count;
};

struct planned_group {
    const struct planned_node *first;
    size_t count;                     /* nodes */
    const struct planned_part *parts; /* of each node; those with most cpu first */
    size_t part_count;
};

struct planned_groups {
    struct planned_group *items; /* by pool, type, capacity type, zone; largest first */
    size_t count;
};

void planned_groups_make(struct arena *a, const struct planned_fleet *f,
                         struct planned_groups *out);

/* Is it the same pool, type and capacity type?  Zones may differ. */
bool planned_group_is_akin(const struct planned_group *x, const struct planned_group *y);

/* What some groups are together. */
struct planned_sum {
    size_t nodes, pods;
    struct resources used, reserved; /* by pods, by DaemonSets */
    struct resources space;          /* both and what is free */
    int64_t microusd_per_hour;
};
void planned_sum_add(struct planned_sum *sum, const struct world *w, const struct planned_group *g);

#endif
