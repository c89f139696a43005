/* room: engine/objects
 * Any bytes as Karpenter's pools: they are named, sorted and distinct, or it is an error that says
 * something. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/objects/karpenter_pools.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct manifest_text file = {STR("f.yaml"), {(const char *)data, size}};
    struct karpenter_pools pools;
    struct error *e = karpenter_pools_read(&a, &file, 1, &table, &pools);

    for (const struct error *each = e; each; each = each->next)
        demand(each->summary.len > 0 && each->detail.len > 0);
    for (size_t i = 0; i < pools.count; i++) {
        const struct pool *p = &pools.items[i].pool;
        demand(p->name.len > 0 && p->weight >= 0 && p->replicas >= -1);
        demand(requirements_get(&p->requirements, LABEL_OS) ||
               labels_get(&p->labels, LABEL_OS).ptr);
        demand(e || i == 0 || str_cmp(pools.items[i - 1].pool.name, p->name) < 0);
    }
    for (size_t i = 0; i < pools.notes.count; i++)
        demand(note_text(&a, &pools.notes.items[i]).len > 0);
    return 0;
}
