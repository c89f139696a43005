#include "engine/sim/inside.h"

#include "engine/core/pod_spec.h"

/* The cluster port: of manifests that somebody reads, told whole at each change; or of a cluster
 * with a scheduler and an API server (cluster_life.c), told by changes, which takes orders. */

static void set_silent(struct sim *s, bool silent)
{
    if (!silent)
        s->silent_since_ms = 0;
    else if (!s->silent_since_ms)
        s->silent_since_ms = s->now_ms;
}

struct event *sim_workload(struct sim *s)
{
    struct event *e = event_new(EVENT_WORKLOAD);

    e->complete = true;
    if (s->options.fill_workload)
        s->options.fill_workload(s->options.self, e);
    set_silent(s, e->error != NULL);
    return e;
}

static bool pods_are_same(const struct pod *x, const struct pod *y)
{
    return str_eq(x->node, y->node) && x->unschedulable == y->unschedulable &&
           x->ending == y->ending && x->never_serve == y->never_serve && x->unready == y->unready &&
           x->undisturbed_ms == y->undisturbed_ms && pod_spec_eq(x->spec, y->spec);
}

static bool nodes_are_same(const struct claim *x, const struct claim *y)
{
    bool same = x->ready_ms == y->ready_ms && x->attached == y->attached &&
                x->unhealthy == y->unhealthy && x->labels.count == y->labels.count &&
                x->taints.count == y->taints.count;
    for (size_t i = 0; same && i < x->taints.count; i++)
        same = str_eq(x->taints.items[i].key, y->taints.items[i].key);
    return same;
}

static const struct pod *told_pod(const struct workload *w, struct str name)
{
    for (size_t i = 0; i < w->pod_count; i++)
        if (str_eq(w->pods[i].name, name))
            return &w->pods[i];
    return NULL;
}

static const struct claim *told_node(const struct workload *w, struct str name)
{
    for (size_t i = 0; i < w->node_count; i++)
        if (str_eq(w->nodes[i].id, name))
            return &w->nodes[i];
    return NULL;
}

/* Of `now` only what is new or otherwise than in `was`, and what is no more. */
static struct workload changes(struct arena *a, const struct workload *was,
                               const struct workload *now)
{
    struct workload all = *now, *out = &all;
    struct pod *pods = ARENA_ARRAY(a, struct pod, now->pod_count);
    struct claim *nodes = ARENA_ARRAY(a, struct claim, now->node_count);
    struct str *pods_gone = ARENA_ARRAY(a, struct str, was->pod_count);
    struct str *nodes_gone = ARENA_ARRAY(a, struct str, was->node_count);

    out->whole &= ~(unsigned)(WORKLOAD_PODS | WORKLOAD_NODES);
    out->pod_count = out->node_count = 0;
    for (size_t i = 0; i < now->pod_count; i++) {
        const struct pod *old = told_pod(was, now->pods[i].name);
        if (!old || !pods_are_same(old, &now->pods[i]))
            pods[out->pod_count++] = now->pods[i];
    }
    for (size_t i = 0; i < now->node_count; i++) {
        const struct claim *old = told_node(was, now->nodes[i].id);
        if (!old || !nodes_are_same(old, &now->nodes[i]))
            nodes[out->node_count++] = now->nodes[i];
    }
    for (size_t i = 0; i < was->pod_count; i++)
        if (!told_pod(now, was->pods[i].name))
            pods_gone[out->pod_gone_count++] = arena_str(a, was->pods[i].name);
    for (size_t i = 0; i < was->node_count; i++)
        if (!told_node(now, was->nodes[i].id))
            nodes_gone[out->node_gone_count++] = arena_str(a, was->nodes[i].id);
    out->pods = pods;
    out->nodes = nodes;
    out->pods_gone = pods_gone;
    out->nodes_gone = nodes_gone;
    return all;
}

/* Time passes once; what is told and what is remembered are two pictures of the same. */
static void tell(struct sim *s, bool whole)
{
    struct event *e = sim_cluster_picture(s), *told = s->told;

    if (!e->error) {
        s->told = sim_cluster_picture(s);
        if (told && !whole)
            e->workload = changes(&e->arena, &told->workload, &e->workload);
        event_free(told);
    }
    sim_answer(s, e);
}

static bool says_something(struct sim *s)
{
    ARENA_AUTO a = {0};
    struct event *e = sim_cluster_picture(s);
    struct workload w = {0};

    if (!e->error && s->told)
        w = changes(&a, &s->told->workload, &e->workload);
    event_free(e);
    return w.pod_count || w.node_count || w.pod_gone_count || w.node_gone_count;
}

void sim_cluster_live(struct sim *s)
{
    if (s->watched && s->binds_itself && !s->silent_since_ms && says_something(s))
        tell(s, false);
}

static void tell_anew(struct sim *s, bool whole)
{
    if (s->binds_itself)
        tell(s, whole);
    else
        sim_answer(s, sim_workload(s));
}

/* Some instant at which something may happen by itself. */
static int64_t sooner(const struct sim *s, int64_t next_ms, int64_t at_ms)
{
    return at_ms > s->now_ms && at_ms < next_ms ? at_ms : next_ms;
}

int64_t sim_cluster_next_ms(const struct sim *s)
{
    int64_t next_ms = NEVER_MS;

    for (size_t i = 0; i < s->machine_count && s->binds_itself; i++) {
        const struct sim_machine *m = &s->machines[i];
        next_ms = sooner(s, next_ms, m->stopped_ms);
        if (s->joining.join_ms != NEVER_MS)
            next_ms = sooner(s, next_ms, time_add_ms(m->running_ms, s->joining.join_ms));
    }
    for (size_t i = 0; i < s->node_count; i++) {
        int64_t ready_ms = s->nodes[i].joined_ms + s->joining.ready_ms;
        next_ms = sooner(s, next_ms, ready_ms);
        next_ms = sooner(s, next_ms, ready_ms + s->joining.taint_ms);
        next_ms = sooner(s, next_ms, s->nodes[i].used_ms + s->joining.detach_ms);
    }
    for (size_t i = 0; i < s->pod_count; i++)
        next_ms = sooner(s, next_ms, s->pods[i].ends_ms);
    return next_ms;
}

/* Orders. */

static void submit_watch(void *self)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    s->watched = true;
    tell_anew(s, true);
    pthread_mutex_unlock(&s->lock);
}

/* Somebody looks at every instant, unless the cluster says nothing or what it says is wrong. */
static int64_t age_ms(void *self)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    int64_t age_ms = s->silent_since_ms ? s->now_ms - s->silent_since_ms : 0;
    pthread_mutex_unlock(&s->lock);
    return age_ms;
}

static void change_node(struct sim *s, struct sim_node *n, const struct node_order *o)
{
    for (size_t i = 0; i < o->label_count; i++)
        labels_set(&s->arena, &n->labels, arena_str(&s->arena, o->labels[i].key),
                   arena_str(&s->arena, o->labels[i].value));
    for (size_t i = 0; i < o->taint_count; i++) {
        struct taint t = o->taints[i];
        sim_untaint(n, t.key);
        t.key = arena_str(&s->arena, t.key);
        t.value = arena_str(&s->arena, t.value);
        ARENA_PUSH(&s->arena, n->taints.items, n->taints.count, n->taints.capacity, t);
    }
    if (o->untaint.len)
        sim_untaint(n, o->untaint);
    sim_unlabel(n, o->unlabel);
}

static void answer(struct sim *s, enum event_kind kind, struct str name, enum error_kind wrong,
                   const char *why)
{
    struct event *e = event_new(kind);
    e->name = arena_str(&e->arena, name);
    if (why)
        e->error = error_new(&e->arena, wrong, "%s", why);
    sim_answer(s, e);
}

static void submit_node(void *self, const struct node_order *order)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    if (sim_order(s)) {
        struct sim_node *n = sim_find_node(s, order->node);
        if (n)
            change_node(s, n, order);
        answer(s, EVENT_NODE, order->node, ERROR_NOT_FOUND, n ? NULL : "there is no such node");
        sim_cluster_live(s);
    }
    pthread_mutex_unlock(&s->lock);
}

static void submit_delete_node(void *self, struct str node)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    if (sim_order(s)) {
        struct sim_node *n = sim_find_node(s, node);
        if (n)
            n->deleted = true;
        answer(s, EVENT_NODE, node, ERROR_NOT_FOUND, n ? NULL : "there is no such node");
        sim_cluster_live(s);
    }
    pthread_mutex_unlock(&s->lock);
}

/* Would one less of the budget's pods that run and are ready be too few? */
static bool forbids(struct sim *s, const struct workload *w, const struct pod_budget *b)
{
    int64_t all = 0, healthy = 0;
    for (size_t i = 0; i < w->pod_count; i++) {
        const struct pod *p = &w->pods[i];
        if (p->never_serve || !label_selector_matches(&b->selector, &p->spec->labels))
            continue;
        all++;
        healthy += sim_find_pod(s, p->name)->node.len && !p->unready;
    }
    int64_t least = b->min_available.set ? share_amount(b->min_available, all)
                                         : all - share_amount(b->max_unavailable, all);
    return healthy <= least;
}

static bool is_protected(struct sim *s, const struct pod *pod)
{
    const struct workload *w = &s->told->workload;
    for (size_t i = 0; i < w->pod_budget_count; i++)
        if (label_selector_matches(&w->pod_budgets[i].selector, &pod->spec->labels) &&
            forbids(s, w, &w->pod_budgets[i]))
            return true;
    return false;
}

static void evict(struct sim *s, const struct pod *told, struct sim_pod *p)
{
    if (s->joining.end_ms)
        p->ends_ms = s->now_ms + s->joining.end_ms;
    else
        sim_pod_leave(p);
    answer(s, EVENT_EVICT, told->name, 0, NULL);
}

static void submit_evict(void *self, struct str pod)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    if (sim_order(s)) {
        struct sim_pod *p = sim_find_pod(s, pod);
        const struct pod *told = s->told ? told_pod(&s->told->workload, pod) : NULL;
        if (!p || !told || !p->node.len) {
            answer(s, EVENT_EVICT, pod, ERROR_NOT_FOUND, "there is no such pod");
        } else if (is_protected(s, told)) {
            s->refused_evictions++;
            answer(s, EVENT_EVICT, pod, ERROR_THROTTLED,
                   "it would violate the pod's disruption budget");
        } else {
            evict(s, told, p);
        }
        sim_cluster_live(s);
    }
    pthread_mutex_unlock(&s->lock);
}

struct cluster_port sim_cluster(struct sim *s)
{
    return (struct cluster_port){
        .self = s,
        .engine_binds = !s->binds_itself,
        .submit_node = submit_node,
        .submit_evict = submit_evict,
        .submit_delete_node = submit_delete_node,
        .submit_watch = submit_watch,
        .age_ms = age_ms,
    };
}

/* From outside. */

void sim_workload_changed(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    if (s->watched)
        tell_anew(s, false);
    pthread_mutex_unlock(&s->lock);
}

bool sim_remove_node(struct sim *s, struct str instance)
{
    bool found = false;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->node_count; i++)
        if (str_eq(s->nodes[i].instance, instance) && !s->nodes[i].deleted)
            found = s->nodes[i].deleted = true;
    if (found)
        sim_cluster_live(s);
    pthread_mutex_unlock(&s->lock);
    return found;
}

void sim_silence_cluster(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    set_silent(s, true);
    pthread_mutex_unlock(&s->lock);
}

void sim_bind_itself(struct sim *s, const struct sim_joining *joining)
{
    pthread_mutex_lock(&s->lock);
    s->binds_itself = true;
    s->joining = *joining;
    pthread_mutex_unlock(&s->lock);
}

bool sim_binds_itself(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    bool binds_itself = s->binds_itself;
    pthread_mutex_unlock(&s->lock);
    return binds_itself;
}

struct str sim_pod_node(struct sim *s, struct str pod)
{
    pthread_mutex_lock(&s->lock);
    const struct sim_pod *p = sim_find_pod(s, pod);
    struct str node = p ? p->node : (struct str){0};
    pthread_mutex_unlock(&s->lock);
    return node;
}

size_t sim_node_count(struct sim *s)
{
    size_t count = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->node_count; i++)
        count += !s->nodes[i].deleted;
    pthread_mutex_unlock(&s->lock);
    return count;
}

unsigned sim_refused_evictions(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned count = s->refused_evictions;
    pthread_mutex_unlock(&s->lock);
    return count;
}
