#include "engine/loop/steering.h"

#include "engine/base/log.h"

/* Kubernetes' priority class system-cluster-critical, and what is above it. */
enum { CRITICAL_PRIORITY = 2000 * 1000 * 1000 };

enum {
    AGAIN_MS = 10 * 1000,    /* an order without effect */
    REFUSED_MS = 5 * 1000,   /* an eviction that a budget does not allow just now */
    LET_GO_MS = 30 * 1000,   /* one that was allowed, until the pod is seen to go */
    VANISHED_MS = 60 * 1000, /* an instance that no list shows for so long is gone */
};

static void look_again(struct state *s, int64_t at_ms)
{
    if (at_ms < s->steer_ms)
        s->steer_ms = at_ms;
}

static bool is_due(struct state *s, int64_t *retry_ms, int64_t now_ms)
{
    bool due = now_ms >= *retry_ms;

    if (due)
        *retry_ms = now_ms + AGAIN_MS;
    look_again(s, *retry_ms);
    return due;
}

static const struct taint *find_taint(const struct taints *all, struct str key)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(all->items[i].key, key))
            return &all->items[i];
    return NULL;
}

/* Labels that kubelet was not told, because its user data is the user's own. */
static void add_labels(struct arena *a, const struct claim_entry *c, struct node_order *o)
{
    const struct labels *wanted = &c->claim.labels, *there = &c->known->said->labels;
    struct label *lacking = ARENA_ARRAY(a, struct label, wanted->count);

    o->labels = lacking;
    for (size_t i = 0; i < wanted->count; i++)
        if (!str_eq(labels_get(there, wanted->items[i].key), wanted->items[i].value))
            lacking[o->label_count++] = wanted->items[i];
}

static void add_taints(struct arena *a, const struct claim_entry *c, struct node_order *o)
{
    const struct taints *wanted = &c->claim.taints;
    struct taint *lacking = ARENA_ARRAY(a, struct taint, wanted->count + 1);

    o->taints = lacking;
    for (size_t i = 0; i < wanted->count; i++)
        if (!find_taint(&c->known->said->taints, wanted->items[i].key))
            lacking[o->taint_count++] = wanted->items[i];
}

static void order_leaving(struct arena *a, const struct claim *node, struct node_order *o)
{
    struct taint *taint = ARENA_NEW(a, struct taint);
    struct label *label = ARENA_NEW(a, struct label);

    *taint = (struct taint){.key = TAINT_DISRUPTED, .effect = EFFECT_NO_SCHEDULE};
    *label = (struct label){LABEL_UNBALANCED, STR("true")};
    o->taints = taint;
    o->taint_count = !find_taint(&node->taints, TAINT_DISRUPTED);
    o->labels = label;
    o->label_count = !labels_get(&node->labels, LABEL_UNBALANCED).ptr;
}

/* What we have not tainted somebody else may have taken out of load balancers. */
static void order_staying(const struct claim *node, struct node_order *o)
{
    if (!find_taint(&node->taints, TAINT_DISRUPTED))
        return;
    o->untaint = TAINT_DISRUPTED;
    o->unlabel = LABEL_UNBALANCED;
}

static void steer_node(struct state *s, const struct cluster_port *cluster, struct claim_entry *c,
                       int64_t now_ms)
{
    ARENA_AUTO a = {0};
    struct node_order o = {.node = c->known->name.key};

    if (c->claim.phase == CLAIM_LAUNCHED) {
        add_labels(&a, c, &o);
        add_taints(&a, c, &o);
    } else if (c->claim.phase >= CLAIM_DRAINING) {
        order_leaving(&a, c->known->said, &o);
    } else {
        order_staying(c->known->said, &o);
    }
    if ((o.label_count || o.taint_count || o.untaint.len) && is_due(s, &c->known->retry_ms, now_ms))
        cluster->submit_node(cluster->self, &o);
}

static bool is_critical(const struct pod_entry *e)
{
    return e->spec->said->priority >= CRITICAL_PRIORITY;
}

static bool has_others_to_evict(const struct node_entry *n)
{
    bool others = false;

    for (const struct pod_entry *e = n->pods; e; e = e->next)
        others |= !is_critical(e) && (e->evicting || e->pod.ending);
    return others;
}

static void steer_pods(struct state *s, const struct cluster_port *cluster,
                       const struct claim_entry *c, int64_t now_ms)
{
    bool others_first = has_others_to_evict(c->known);

    for (struct pod_entry *e = c->known->pods; e; e = e->next) {
        e->evicting &= c->claim.phase >= CLAIM_DRAINING; /* else it stays after all */
        if (!e->evicting || (others_first && is_critical(e)))
            continue;
        if (is_due(s, &e->retry_ms, now_ms)) {
            log_event(LOG_INFO, "evict", LOG_STR("pod", e->name.key), LOG_STR("claim", c->id.key),
                      LOG_STR("reason", c->claim.reason));
            cluster->submit_evict(cluster->self, e->name.key);
        }
    }
}

/* Of a pool of ours, and no claim's: its instance is gone, as its claim was when that ended, or
 * lists do not show it yet. */
static bool is_left_over(const struct state *s, const struct node_entry *n)
{
    bool vanished = s->listed && s->list_answered_ms >= n->heard_ms + VANISHED_MS;

    return n->said && !n->claim && !n->foreign && n->said->instance_id.len &&
           (n->outlived || vanished);
}

static void remove_left_over(struct state *s, const struct cluster_port *cluster, int64_t now_ms)
{
    struct index_walk w = {.of = &s->nodes};

    for (struct node_entry *n; (n = index_next(&w));)
        if (is_left_over(s, n) && is_due(s, &n->retry_ms, now_ms)) {
            log_event(LOG_INFO, "node_left_over", LOG_STR("node", n->name.key),
                      LOG_STR("instance_id", n->said->instance_id));
            cluster->submit_delete_node(cluster->self, n->name.key);
        }
}

void steering_send(struct state *s, const struct cluster_port *cluster, int64_t now_ms)
{
    if (s->engine_binds || !state_knows_cluster(s))
        return;
    s->steer_ms = NEVER_MS;
    for (size_t i = 0; i < s->claims.count; i++) {
        struct claim_entry *c = CLAIM_AT(s, i);
        if (!c->known || c->dirty || c->writing)
            continue;
        steer_node(s, cluster, c, now_ms);
        steer_pods(s, cluster, c, now_ms);
    }
    remove_left_over(s, cluster, now_ms);
}

int64_t steering_next_ms(const struct state *s)
{
    return s->engine_binds || !state_knows_cluster(s) ? NEVER_MS : s->steer_ms;
}

void fold_evict(struct state *s, const struct event *e, int64_t now_ms)
{
    struct pod_entry *pod = pods_find(&s->pods, e->name);
    int64_t wait_ms = e->retry_after_ms ? e->retry_after_ms : REFUSED_MS;

    if (!pod)
        return;
    pod->retry_ms = now_ms + (e->error ? wait_ms : LET_GO_MS);
    look_again(s, pod->retry_ms);
    if (e->error)
        log_event(LOG_INFO, "eviction_refused", LOG_STR("pod", e->name),
                  LOG_STR("why", e->error->summary));
}

void fold_node_order(struct state *s, const struct event *e, int64_t now_ms)
{
    if (!e->error)
        return;
    log_event(LOG_WARN, "node_not_changed", LOG_STR("node", e->name),
              LOG_STR("error", e->error->summary));
    look_again(s, now_ms + AGAIN_MS);
}
