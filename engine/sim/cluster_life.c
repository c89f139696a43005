#include "engine/sim/inside.h"

/* What happens in a cluster with a scheduler and an API server as time passes.  Its pods are those
 * that manifests say, for controllers make them anew wherever they are lost; its nodes are
 * instances that join; its scheduler takes the first node that has room. */

static struct sim_machine *machine_of(struct sim *s, const struct sim_node *n)
{
    for (size_t i = 0; i < s->machine_count; i++)
        if (str_eq(s->machines[i].tags.id, n->instance))
            return &s->machines[i];
    return NULL;
}

static int64_t ready_at_ms(const struct sim *s, const struct sim_node *n)
{
    return n->joined_ms + s->joining.ready_ms;
}

static bool is_ready(struct sim *s, const struct sim_node *n)
{
    const struct sim_machine *m = machine_of(s, n);
    return s->now_ms >= ready_at_ms(s, n) && m && sim_state_of(s, m) == INSTANCE_RUNNING;
}

static int64_t joins_ms(const struct sim *s, const struct sim_machine *m)
{
    return s->joining.join_ms == NEVER_MS ? NEVER_MS
                                          : time_add_ms(m->running_ms, s->joining.join_ms);
}

static bool has_joined(const struct sim *s, const struct sim_machine *m)
{
    for (size_t i = 0; i < s->node_count; i++)
        if (str_eq(s->nodes[i].instance, m->tags.id))
            return true;
    return false;
}

static void join(struct sim *s)
{
    for (size_t i = 0; i < s->machine_count; i++) {
        const struct sim_machine *m = &s->machines[i];
        if (s->now_ms < joins_ms(s, m) || has_joined(s, m) ||
            sim_state_of(s, m) != INSTANCE_RUNNING)
            continue;
        struct sim_node n = {.name = arena_printf(&s->arena, STR_FMT ".sim", STR_ARG(m->tags.id)),
                             .instance = m->tags.id,
                             .instance_type = m->tags.instance_type,
                             .joined_ms = s->now_ms};
        labels_set(&s->arena, &n.labels, LABEL_NODE_POOL, m->tags.pool);
        if (s->joining.taint.key.len)
            ARENA_PUSH(&s->arena, n.taints.items, n.taints.count, n.taints.capacity,
                       s->joining.taint);
        ARENA_PUSH(&s->arena, s->nodes, s->node_count, s->node_capacity, n);
    }
}

void sim_untaint(struct sim_node *n, struct str key)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->taints.count; i++)
        if (!str_eq(n->taints.items[i].key, key))
            n->taints.items[kept++] = n->taints.items[i];
    n->taints.count = kept;
}

void sim_unlabel(struct sim_node *n, struct str key)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->labels.count; i++)
        if (!str_eq(n->labels.items[i].key, key))
            n->labels.items[kept++] = n->labels.items[i];
    n->labels.count = kept;
}

/* The agent takes its taint away when it is done. */
static void finish_starting(struct sim *s)
{
    for (size_t i = 0; i < s->node_count; i++)
        if (s->joining.taint.key.len &&
            s->now_ms >= ready_at_ms(s, &s->nodes[i]) + s->joining.taint_ms)
            sim_untaint(&s->nodes[i], s->joining.taint.key);
}

struct sim_node *sim_find_node(struct sim *s, struct str name)
{
    for (size_t i = 0; i < s->node_count; i++)
        if (!s->nodes[i].deleted && str_eq(s->nodes[i].name, name))
            return &s->nodes[i];
    return NULL;
}

/* Pods. */

struct sim_pod *sim_find_pod(struct sim *s, struct str name)
{
    for (size_t i = 0; i < s->pod_count; i++)
        if (str_eq(s->pods[i].name, name))
            return &s->pods[i];
    return NULL;
}

void sim_pod_leave(struct sim_pod *p)
{
    p->node = (struct str){0};
    p->marked = false;
    p->ends_ms = 0;
}

/* Those that end, and those whose node has. */
static void lose_pods(struct sim *s)
{
    for (size_t i = 0; i < s->pod_count; i++) {
        struct sim_pod *p = &s->pods[i];
        const struct sim_node *n = p->node.len ? sim_find_node(s, p->node) : NULL;
        const struct sim_machine *m = n ? machine_of(s, n) : NULL;
        bool lost = p->node.len && (!n || !m || sim_state_of(s, m) > INSTANCE_RUNNING);
        if (lost || (p->ends_ms && s->now_ms >= p->ends_ms))
            sim_pod_leave(p);
    }
}

/* Controllers make and remove what the manifests say. */
static void make_pods(struct sim *s, const struct workload *w)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->pod_count; i++)
        s->pods[i].heard = false;
    for (size_t i = 0; i < w->pod_count; i++) {
        struct sim_pod *p = sim_find_pod(s, w->pods[i].name);
        if (!p) {
            struct sim_pod new = {.name = arena_str(&s->arena, w->pods[i].name)};
            ARENA_PUSH(&s->arena, s->pods, s->pod_count, s->pod_capacity, new);
            p = &s->pods[s->pod_count - 1];
        }
        p->heard = true;
    }
    for (size_t i = 0; i < s->pod_count; i++)
        if (s->pods[i].heard)
            s->pods[kept++] = s->pods[i];
    s->pod_count = kept;
}

/* The scheduler: the first node that has room, in the order in which they joined. */

struct scheduling {
    struct sim *sim;
    struct event *types; /* a catalog */
    const struct workload *all;
    struct resources *rest; /* of each node */
};

static struct resources allocatable_of(const struct scheduling *x, const struct sim_node *n)
{
    const struct catalog *c = &x->types->catalog;
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->types[i].name, n->instance_type)) {
            struct resources has = c->types[i].allocatable;
            has.amount[RESOURCE_MEMORY] -= x->sim->joining.less_memory;
            return has;
        }
    return (struct resources){0};
}

static void open_nodes(struct scheduling *x)
{
    struct sim *s = x->sim;
    x->rest = ARENA_ARRAY(&x->types->arena, struct resources, s->node_count + 1);
    for (size_t n = 0; n < s->node_count; n++) {
        x->rest[n] = allocatable_of(x, &s->nodes[n]);
        for (size_t i = 0; i < x->all->pod_count; i++) {
            const struct sim_pod *p = sim_find_pod(s, x->all->pods[i].name);
            if (str_eq(p->node, s->nodes[n].name) && !x->all->pods[i].never_serve)
                resources_subtract(&x->rest[n], &x->all->pods[i].spec->requests);
        }
    }
}

static bool fits(const struct scheduling *x, size_t n, const struct pod_spec *spec)
{
    const struct sim_node *node = &x->sim->nodes[n];
    return !node->deleted && is_ready(x->sim, node) &&
           !taints_untolerated(&node->taints, &spec->tolerations) &&
           resources_times(&spec->requests, &x->rest[n]) > 0;
}

static void schedule_one(struct scheduling *x, const struct pod *wanted, struct sim_pod *p)
{
    for (size_t n = 0; n < x->sim->node_count; n++)
        if (fits(x, n, wanted->spec)) {
            p->node = x->sim->nodes[n].name;
            resources_subtract(&x->rest[n], &wanted->spec->requests);
            return;
        }
    p->marked = true;
}

static void schedule(struct scheduling *x)
{
    open_nodes(x);
    for (size_t i = 0; i < x->all->pod_count; i++) {
        struct sim_pod *p = sim_find_pod(x->sim, x->all->pods[i].name);
        if (!p->node.len && !x->all->pods[i].never_serve)
            schedule_one(x, &x->all->pods[i], p);
    }
}

/* A volume stays attached while somebody may use it, and is let go of a while after that. */
static void use_nodes(struct sim *s)
{
    for (size_t i = 0; i < s->pod_count; i++) {
        struct sim_node *n = s->pods[i].node.len ? sim_find_node(s, s->pods[i].node) : NULL;
        if (n)
            n->used_ms = s->now_ms;
    }
}

/* What is told. */

static void show_pods(struct sim *s, struct workload *w, struct arena *a)
{
    struct pod *pods = ARENA_ARRAY(a, struct pod, w->pod_count);
    for (size_t i = 0; i < w->pod_count; i++) {
        const struct sim_pod *p = sim_find_pod(s, w->pods[i].name);
        pods[i] = w->pods[i];
        pods[i].node = p->node;
        pods[i].unschedulable = p->marked && !p->node.len;
        pods[i].ending = p->ends_ms > 0;
        pods[i].never_serve |= pods[i].ending;
    }
    w->pods = pods;
}

static struct claim show_node(const struct scheduling *x, struct arena *a, const struct sim_node *n)
{
    struct claim node = {.id = n->name,
                         .foreign = true,
                         .phase = CLAIM_READY,
                         .instance_id = n->instance,
                         .instance_type = n->instance_type,
                         .allocatable = allocatable_of(x, n),
                         .ready_ms = NEVER_MS,
                         .empty_since_ms = NEVER_MS};
    bool began = x->sim->now_ms >= ready_at_ms(x->sim, n);
    if (began)
        node.ready_ms = x->sim->options.date_ms;
    node.unhealthy = began && !is_ready(x->sim, n);
    node.attached = n->used_ms && x->sim->now_ms < n->used_ms + x->sim->joining.detach_ms;
    for (size_t i = 0; i < n->labels.count; i++)
        labels_set(a, &node.labels, n->labels.items[i].key, n->labels.items[i].value);
    for (size_t i = 0; i < n->taints.count; i++)
        ARENA_PUSH(a, node.taints.items, node.taints.count, node.taints.capacity,
                   n->taints.items[i]);
    return node;
}

static void show_nodes(const struct scheduling *x, struct workload *w, struct arena *a)
{
    struct claim *nodes = ARENA_ARRAY(a, struct claim, w->node_count + x->sim->node_count);
    size_t count = w->node_count;
    if (count)
        memcpy(nodes, w->nodes, count * sizeof(*nodes));
    for (size_t i = 0; i < x->sim->node_count; i++)
        if (!x->sim->nodes[i].deleted)
            nodes[count++] = show_node(x, a, &x->sim->nodes[i]);
    w->nodes = nodes;
    w->node_count = count;
}

/* All of it, after time has done what it does. */
struct event *sim_cluster_picture(struct sim *s)
{
    struct event *e = sim_workload(s);
    if (e->error)
        return e;
    struct scheduling x = {s, event_new(EVENT_CATALOG), &e->workload, NULL};
    s->options.fill_catalog(s->options.self, x.types);
    join(s);
    finish_starting(s);
    make_pods(s, &e->workload);
    lose_pods(s);
    schedule(&x);
    use_nodes(s);
    show_pods(s, &e->workload, &e->arena);
    show_nodes(&x, &e->workload, &e->arena);
    event_free(x.types);
    return e;
}
