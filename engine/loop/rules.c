#include "engine/loop/rules.h"

#include <stdlib.h>

#include "engine/worlds/clone.h"

/* Replaces what was kept of a part: `kept` points to the pointer to it. */
static void keep(void *kept, size_t *kept_count, enum table_name of, const void *items,
                 size_t count)
{
    void *copy = parts_clone(of, items, count), *before;

    memcpy(&before, kept, sizeof(before));
    free(before);
    memcpy(kept, &copy, sizeof(copy));
    *kept_count = count;
}

void rules_hear(struct cluster_rules *r, struct shared_specs *specs, const struct workload *w)
{
    if (w->whole & WORKLOAD_DAEMONS) {
        keep(&r->daemons, &r->daemon_count, TABLE_DAEMON, w->daemons, w->daemon_count);
        r->names = shared_specs_names(specs, &w->resources);
    }
    if (w->whole & WORKLOAD_NAMESPACES)
        keep(&r->namespaces, &r->namespace_count, TABLE_NAMESPACE, w->namespaces,
             w->namespace_count);
    if (w->whole & WORKLOAD_BUDGETS)
        keep(&r->pod_budgets, &r->pod_budget_count, TABLE_POD_BUDGET, w->pod_budgets,
             w->pod_budget_count);
    if (w->whole & WORKLOAD_NOTES)
        keep(&r->notes, &r->note_count, TABLE_TEXT, w->notes, w->note_count);
}

void rules_free(struct cluster_rules *r)
{
    free(r->daemons);
    free(r->namespaces);
    free(r->pod_budgets);
    free(r->notes);
    *r = (struct cluster_rules){0};
}
