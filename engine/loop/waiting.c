#include "engine/loop/waiting.h"

#include "engine/loop/homes.h"

bool waiting_may_find_a_place(const struct pod_entry *e)
{
    return e->waits == POD_WAITS_UNSEEN && !e->spec->marked;
}

/* Settling one does not take it out of the list: how it waits is as before. */
static void settle_unseen(struct state *s, const struct shared_spec *spec)
{
    for (struct pod_entry *e = spec->unseen; e; e = e->next)
        pod_settle(s, e);
}

void waiting_leave(struct state *s, struct pod_entry *e)
{
    enum pod_waits before = e->waits;

    e->waits = POD_WAITS_NOT;
    if (before == POD_WAITS_UNSEEN)
        pod_unlink(&e->spec->unseen, e);
    else if (before == POD_WAITS_MARKED && !--e->spec->marked)
        settle_unseen(s, e->spec);
}

/* A pod that is gated, or ends, or is another scheduler's says nothing of others. */
static enum pod_waits waits(const struct state *s, const struct pod_entry *e)
{
    if (s->engine_binds || e->node || e->never_serve)
        return POD_WAITS_NOT;
    return e->pod.unschedulable ? POD_WAITS_MARKED : POD_WAITS_UNSEEN;
}

void waiting_settle(struct state *s, struct pod_entry *e)
{
    enum pod_waits now = waits(s, e);

    if (now == e->waits)
        return;
    waiting_leave(s, e);
    e->waits = now;
    if (now == POD_WAITS_UNSEEN)
        pod_link(&e->spec->unseen, e);
    else if (now == POD_WAITS_MARKED && !e->spec->marked++)
        settle_unseen(s, e->spec);
}
