#include "engine/loop/running.h"

#include <stdlib.h>

#include "engine/loop/pod_digest.h"

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct node *)x)->name, ((const struct node *)y)->name);
}

struct nodes nodes_of(struct arena *a, const struct state *s)
{
    struct nodes n = {.items = ARENA_ARRAY(a, struct node, s->claims.count)};

    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim_entry *c = CLAIM_AT(s, i);
        if (c->node_name.len)
            n.items[n.count++] = (struct node){c->node_name, c};
    }
    if (n.count)
        qsort(n.items, n.count, sizeof(*n.items), by_name);
    return n;
}

const struct claim_entry *nodes_find(const struct nodes *nodes, struct str name)
{
    const struct node wanted = {.name = name}, *found = NULL;

    if (name.len && nodes->count)
        found = bsearch(&wanted, nodes->items, nodes->count, sizeof(wanted), by_name);
    return found ? found->claim : NULL;
}

static void bind_one(struct state *s, const struct nodes *nodes, const struct pod *p, bool reading)
{
    ARENA_AUTO a = {0};
    const struct claim_entry *runs = nodes_find(nodes, p->node);
    struct str bound = state_binding(s, p->name);
    const struct claim_entry *at = state_claim(s, bound);

    if (runs && runs != at && runs->claim.phase < CLAIM_DRAINING)
        state_bind(s, p->name, runs->id.key,
                   pod_digest(&a, &s->workload->workload.resources, p->spec), true);
    else if (!runs && reading && at && at->node_name.len)
        state_unbind(s, p->name);
}

void bind_running(struct state *s, bool reading)
{
    ARENA_AUTO a = {0};
    struct nodes nodes = nodes_of(&a, s);

    if (!s->workload)
        return;
    for (size_t i = 0; i < s->workload->workload.pod_count; i++) {
        const struct pod *p = &s->workload->workload.pods[i];
        if (p->node.len && !p->never_serve)
            bind_one(s, &nodes, p, reading);
    }
}
