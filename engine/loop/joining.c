#include "engine/loop/joining.h"

#include "engine/base/log.h"
#include "engine/loop/fold.h"
#include "engine/loop/learning.h"
#include "engine/loop/steering.h"

/* Kubernetes' own of a node that begins, and those of drivers without which volumes and devices are
 * not to be had. */
static const struct str passing[] = {
    STR_INIT("node.kubernetes.io/not-ready"),
    STR_INIT("node.kubernetes.io/unreachable"),
    STR_INIT("node.cloudprovider.kubernetes.io/uninitialized"),
    STR_INIT("node.kubernetes.io/network-unavailable"),
    STR_INIT("ebs.csi.aws.com/agent-not-ready"),
    STR_INIT("efs.csi.aws.com/agent-not-ready"),
    STR_INIT("fsx.csi.aws.com/agent-not-ready"),
};

static bool has_taint(const struct taints *all, const struct taint *t)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(all->items[i].key, t->key) && all->items[i].effect == t->effect)
            return true;
    return false;
}

bool joining_is_passing(const struct state *s, const struct claim_entry *c, const struct taint *t)
{
    const struct pool_entry *p = state_pool(s, c->claim.pool);

    for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
        if (str_eq(t->key, passing[i]))
            return true;
    return p && has_taint(&p->pool.startup_taints, t);
}

static struct str lacks_taint(struct arena *a, const struct state *s, const struct claim_entry *c)
{
    const struct taints *all = &c->known->said->taints;

    for (size_t i = 0; i < all->count; i++)
        if (joining_is_passing(s, c, &all->items[i]))
            return arena_printf(a, "it has the taint " STR_FMT " yet",
                                STR_ARG(taint_text(a, &all->items[i])));
    return STR("");
}

/* Whatever its effect: that is somebody's wish. */
static bool has_key(const struct taints *all, struct str key)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(all->items[i].key, key))
            return true;
    return false;
}

/* What steering.c gives it, unless its kubelet did: without its labels nobody knows it for a node
 * of our pools once its claim has gone, and without its taints anybody may come. */
static struct str lacks_order(struct arena *a, const struct claim_entry *c)
{
    const struct claim *node = c->known->said;

    for (size_t i = 0; i < c->claim.labels.count; i++) {
        const struct label *l = &c->claim.labels.items[i];
        if (!str_eq(labels_get(&node->labels, l->key), l->value))
            return arena_printf(a, "it has yet to get its label " STR_FMT, STR_ARG(l->key));
    }
    for (size_t i = 0; i < c->claim.taints.count; i++)
        if (!has_key(&node->taints, c->claim.taints.items[i].key))
            return arena_printf(a, "it has yet to get its taint " STR_FMT,
                                STR_ARG(taint_text(a, &c->claim.taints.items[i])));
    return STR("");
}

/* A device that its type has, and whose plugin has not told kubelet of it.  What nobody asks for is
 * not named by the node, and may come when it will. */
static struct str lacks_device(struct arena *a, const struct state *s, const struct claim_entry *c)
{
    const struct node_entry *n = c->known;

    for (size_t i = RESOURCE_FIRST_EXTENDED; i < s->resources.count; i++) {
        struct str name = s->resources.name[i];
        size_t at = resource_table_find(&n->names, name);
        bool expected = c->claim.allocatable.amount[i] > 0 &&
                        !str_starts_with(name, STR(RESOURCE_ATTACHABLE_PREFIX));
        if (expected && at < RESOURCES_MAX && !n->said->allocatable.amount[at])
            return arena_printf(a, "it has no " STR_FMT " yet", STR_ARG(name));
    }
    return STR("");
}

struct str joining_lacks(struct arena *a, const struct state *s, const struct claim_entry *c)
{
    if (!c->runs)
        return STR("its instance does not run yet");
    if (!c->known)
        return STR("it has not joined the cluster yet");
    if (c->known->said->ready_ms == NEVER_MS || c->known->said->unhealthy)
        return STR("it is not Ready yet");
    struct str taint = lacks_taint(a, s, c), order = lacks_order(a, c);
    return taint.len ? taint : order.len ? order : lacks_device(a, s, c);
}

static void look_for_node(struct state *s, struct claim_entry *c, int64_t now_ms)
{
    bool gone = !c->known;

    /* One that leaves loses it by our own doing. */
    if (c->claim.phase != CLAIM_READY || !state_knows_cluster(s) ||
        gone == (c->unregistered_ms > 0))
        return;
    c->unregistered_ms = gone ? now_ms : 0;
    log_event(gone ? LOG_WARN : LOG_INFO, gone ? "node_unregistered" : "node_registered",
              LOG_STR("claim", c->id.key), LOG_STR("instance_id", c->claim.instance_id));
    state_decide_at(s, now_ms);
}

void joining_look(struct state *s, int64_t now_ms)
{
    for (size_t i = 0; i < s->claims.count && !s->engine_binds; i++) {
        ARENA_AUTO a = {0};
        struct claim_entry *c = CLAIM_AT(s, i);
        look_for_node(s, c, now_ms);
        if (c->claim.phase == CLAIM_READY && c->known && !c->has_taught)
            c->has_taught = learning_look(s, c);
        if (c->claim.phase != CLAIM_LAUNCHED || joining_lacks(&a, s, c).len)
            continue;
        claim_ready(s, c, now_ms);
        state_decide_at(s, now_ms);
    }
}
