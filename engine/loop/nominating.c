#include "engine/loop/nominating.h"

#include "engine/loop/nodes.h"

/* The node of a claim that boots, or NULL: before a launch is answered it has no name, and one that
 * takes pods already the scheduler knows as well as we do. */
static const struct node_entry *booting_node(const struct state *s, const struct waiting *x)
{
    const struct claim_entry *c = x->claim ? state_claim(s, x->claim->id) : NULL;

    if (!c || c->claim.phase != CLAIM_LAUNCHED)
        return NULL;
    return c->known ? c->known : c->node;
}

static bool is_news(struct pod_entry *e, const struct claim *c)
{
    uint64_t now = str_hash(c->id);
    bool news = e->nominated != now;

    e->nominated = now;
    return news;
}

void nominating_send(struct arena *a, struct state *s, const struct cluster_port *cluster,
                     const struct decision *d)
{
    struct nomination *all = NULL;
    size_t count = 0, capacity = 0;

    if (s->engine_binds || !cluster->submit_nominate)
        return;
    for (size_t i = 0; i < d->waiting_count; i++) {
        const struct waiting *x = &d->waiting[i];
        const struct node_entry *n = booting_node(s, x);
        struct pod_entry *e = n ? pods_find(&s->pods, x->pod->name) : NULL;
        if (e && e->waits != POD_WAITS_NOT && is_news(e, x->claim))
            ARENA_PUSH(a, all, count, capacity, (struct nomination){x->pod->name, n->name.key});
    }
    if (count)
        cluster->submit_nominate(cluster->self, all, count);
}
