#include "engine/loop/homes.h"

#include "engine/loop/waiting.h"

static void leave_home(struct state *s, struct pod_entry *e)
{
    if (!e->home)
        return;
    e->home->count--;
    if (e->takes_room) {
        e->home->tally.count--;
        e->home->tally.who -= str_hash(e->name.key);
    }
    e->home = NULL;
    s->pods.ungrouped = true;
}

static void enter_home(struct state *s, struct pod_entry *e, struct home *home)
{
    e->home = home;
    e->takes_room = !e->never_serve;
    if (!home)
        return;
    home->count++;
    if (e->takes_room) {
        home->tally.count++;
        home->tally.who += str_hash(e->name.key);
    }
    s->pods.ungrouped = true;
}

static void set_adrift(struct state *s, struct pod_entry *e, bool adrift)
{
    s->pods.adrift += (size_t)adrift - (size_t)e->adrift;
    e->adrift = adrift;
}

/* Where the engine binds, a pod of ours is where it is bound to; else where its node is. */
static struct claim_entry *claim_of(struct state *s, struct pod_entry *e)
{
    struct claim_entry *c = e->binding ? state_claim(s, e->binding->claim) : NULL;

    if (!s->engine_binds)
        return e->node ? e->node->claim : NULL;
    set_adrift(s, e, e->binding && !c);
    return c;
}

/* A claim of ours, or a node of somebody else's; NULL: it is nowhere. */
static struct home *home_of(struct state *s, struct pod_entry *e, struct str *claim)
{
    struct claim_entry *c = claim_of(s, e);

    if (e->node && e->node->foreign) {
        *claim = e->node->name.key;
        return &e->node->home;
    }
    if (!c)
        return NULL;
    *claim = c->id.key;
    return &c->home;
}

void pod_settle(struct state *s, struct pod_entry *e)
{
    const struct claim_entry *there = e->node ? e->node->claim : NULL;
    struct str claim = {0};
    struct home *home = home_of(s, e, &claim);

    waiting_settle(s, e);
    if (home != e->home || e->takes_room == e->never_serve) {
        leave_home(s, e);
        enter_home(s, e, home);
    }
    e->pod.claim = claim;
    e->pod.node = e->node ? e->node->name.key : (struct str){0};
    /* Its status is of where it was before we moved it. */
    e->pod.unready = e->unready && (!there || str_eq(there->id.key, claim));
    /* On a node that nobody knows, or else it had to leave one of ours and waits for another. */
    e->pod.never_serve =
        e->never_serve || (e->node && !home && !there) || waiting_may_find_a_place(e);
    e->pod.ending = e->ending && !s->engine_binds;
    pods_touch(&s->pods, e);
}

void homes_settle_node(struct state *s, struct node_entry *n)
{
    for (struct pod_entry *e = n->pods; e; e = e->next)
        pod_settle(s, e);
}

void pod_set_node(struct state *s, struct pod_entry *e, struct str name)
{
    struct node_entry *before = e->node;

    if (before && str_eq(before->name.key, name))
        return;
    waiting_leave(s, e); /* one that waits has no node: its links serve the one list or the other */
    if (before)
        pod_unlink(&before->pods, e);
    e->node = name.len ? node_of(s, name) : NULL;
    if (e->node)
        pod_link(&e->node->pods, e);
    if (before)
        node_forget(s, before);
}

void pod_leave(struct state *s, struct pod_entry *e)
{
    leave_home(s, e);
    waiting_leave(s, e);
    set_adrift(s, e, false);
    pod_set_node(s, e, (struct str){0});
}

static void settle_all(struct state *s, const struct home *home)
{
    struct index_walk w = {.of = &s->pods.by_name};

    for (struct pod_entry *e; home->count && (e = index_next(&w));)
        if (e->home == home)
            pod_settle(s, e);
}

void homes_lose_claim(struct state *s, struct claim_entry *c)
{
    nodes_lose_claim(s, c);
    settle_all(s, &c->home);
}

static void settle_adrift(struct state *s)
{
    struct index_walk w = {.of = &s->pods.by_name};

    for (struct pod_entry *e; s->pods.adrift && (e = index_next(&w));)
        if (e->adrift)
            pod_settle(s, e);
}

void homes_settle(struct state *s)
{
    nodes_judge(s);
    if (s->claims_came)
        settle_adrift(s);
    s->claims_came = false;
}

void homes_group(struct state *s)
{
    ARENA_AUTO a = {0};
    struct index_walk w = {.of = &s->nodes};
    size_t count = 0;

    if (!pods_are_ungrouped(&s->pods))
        return;
    struct home **homes = ARENA_ARRAY(&a, struct home *, s->claims.count + s->nodes.count);
    for (size_t i = 0; i < s->claims.count; i++)
        homes[count++] = &CLAIM_AT(s, i)->home;
    for (struct node_entry *n; (n = index_next(&w));)
        homes[count++] = &n->home;
    pods_group(&s->pods, homes, count);
}
