#ifndef ENGINE_LOOP_RULES_H
#define ENGINE_LOOP_RULES_H

#include "engine/loop/shared_specs.h"
#include "engine/ports.h"

/* What is true of the cluster's pods and nodes as a whole: daemons, namespaces, disruption budgets,
 * and notes on all of it.  It is little, so each part is told whole, and kept in a block of its
 * own. */
struct cluster_rules {
    struct daemon *daemons;
    size_t daemon_count;
    struct resource_table names; /* of what daemons ask for */
    struct namespace *namespaces;
    size_t namespace_count;
    struct pod_budget *pod_budgets;
    size_t pod_budget_count;
    struct str *notes;
    size_t note_count;
};

/* The parts that the workload tells; names of resources are kept with those of specifications. */
void rules_hear(struct cluster_rules *r, struct shared_specs *specs, const struct workload *w);
void rules_free(struct cluster_rules *r);

#endif
