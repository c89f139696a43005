#include "engine/loop/running.h"

static bool takes_back(const struct claim_entry *runs, const struct pod_entry *e)
{
    return runs->claim.phase < CLAIM_DRAINING && !e->never_serve &&
           !(e->binding && str_eq(e->binding->claim, runs->id.key));
}

static void bind_there(struct state *s, const struct claim_entry *runs, const struct pod_entry *e)
{
    state_bind(s, e->name.key, runs->id.key, str_of(e->spec->digest), true);
}

void bind_running(struct state *s)
{
    struct index_walk w = {.of = &s->nodes};

    if (!s->engine_binds)
        return;
    for (struct node_entry *n; (n = index_next(&w));)
        for (struct pod_entry *e = n->claim ? n->pods : NULL; e; e = e->next)
            if (takes_back(n->claim, e))
                bind_there(s, n->claim, e);
}

void bind_running_pod(struct state *s, struct pod_entry *e)
{
    const struct claim_entry *runs = e->node ? e->node->claim : NULL;
    const struct claim_entry *at = e->binding ? state_claim(s, e->binding->claim) : NULL;

    if (!s->engine_binds || !e->node || e->never_serve)
        return;
    if (runs && takes_back(runs, e))
        bind_there(s, runs, e);
    else if (!runs && at && at->node)
        state_unbind(s, e->name.key);
}
