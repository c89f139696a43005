#include "engine/base/log.h"
#include "engine/loop/facts.h"
#include "engine/loop/fold.h"
#include "engine/loop/running.h"
#include "engine/loop/waiting.h"

/* What is heard of the cluster.  A change costs what it changes, and what says nothing new costs a
 * look: whoever relists a cluster, or reads manifests again, tells mostly what is known. */

static bool is_bound_in_error(const struct pod_entry *e)
{
    const struct binding_entry *b = e->binding;

    return e->never_serve || (b->spec.len && !str_eq(b->spec, str_of(e->spec->digest)));
}

void unbind_others(struct state *s)
{
    if (!(s->told & WORKLOAD_PODS) || !s->engine_binds)
        return;
    for (size_t i = s->bindings.count; i-- > 0;) {
        struct str pod = BINDING_AT(s, i)->pod.key;
        const struct pod_entry *e = pods_find(&s->pods, pod);
        if (!e || is_bound_in_error(e))
            state_unbind(s, pod);
    }
}

/* Pods of one template stand together. */
struct template
{
    const struct pod_spec *said;
    struct shared_spec *spec;
};

static struct shared_spec *take_spec(struct state *s, const struct workload *w,
                                     struct template *last, const struct pod_spec *said)
{
    if (said != last->said)
        *last = (struct template){said, shared_specs_take(&s->pods.specs, said, &w->resources)};
    else
        last->spec->users++;
    return last->spec;
}

/* All but whether it is marked. */
static bool says_what_is_known(const struct pod_entry *e, const struct pod *said,
                               const struct shared_spec *spec)
{
    const struct pod *p = &e->pod;

    return e->spec == spec && p->created_ms == said->created_ms &&
           p->deletion_cost == said->deletion_cost && p->started_ms == said->started_ms &&
           p->undisturbed_ms == said->undisturbed_ms && e->unready == said->unready &&
           e->never_serve == said->never_serve && e->ending == said->ending &&
           str_eq(e->node ? e->node->name.key : (struct str){0}, said->node);
}

static void set_pod(struct state *s, struct pod_entry *e, const struct pod *said)
{
    e->pod.created_ms = said->created_ms;
    e->pod.deletion_cost = said->deletion_cost;
    e->pod.started_ms = said->started_ms;
    e->pod.undisturbed_ms = said->undisturbed_ms;
    e->pod.unschedulable = said->unschedulable;
    e->unready = said->unready;
    e->never_serve = said->never_serve;
    e->ending = said->ending;
    if (!str_eq(e->pod.node, said->node) || said->ending)
        e->evicting = false; /* it has gone, or is going */
    pod_set_node(s, e, said->node);
    if (e->binding && is_bound_in_error(e))
        state_unbind(s, e->name.key);
    bind_running_pod(s, e);
    pod_settle(s, e);
}

static bool hear_pod(struct state *s, const struct pod *said, struct shared_spec *spec, bool whole)
{
    struct pod_entry *e = pods_find(&s->pods, said->name);
    bool known = e && says_what_is_known(e, said, spec);
    bool served = e && !e->pod.never_serve;

    if (e) { /* of its two users, the pod as it was and as it is, one goes */
        if (e->spec != spec)
            waiting_leave(s, e);
        shared_specs_drop(&s->pods.specs, e->spec);
        e->spec = spec;
    } else {
        e = pods_add(&s->pods, said->name, spec);
        e->binding = map_find(&s->bindings, said->name);
    }
    e->heard = whole;
    if (known && e->pod.unschedulable == said->unschedulable)
        return false;
    set_pod(s, e, said);
    /* A scheduler takes seconds to mark a thousand pods, one by one.  The first of each kind is
     * news; the others would only put the decision off. */
    return !known || served == e->pod.never_serve;
}

static void lose_pod(struct state *s, struct pod_entry *e)
{
    if (e->binding)
        state_unbind(s, e->name.key);
    pod_leave(s, e);
    pods_remove(&s->pods, e);
}

static bool lose_unheard_pods(struct state *s)
{
    struct index_walk w = {.of = &s->pods.by_name};
    size_t before = s->pods.by_name.count;

    for (struct pod_entry *e; (e = index_next(&w));)
        if (!e->heard)
            lose_pod(s, e);
        else
            e->heard = false;
    return s->pods.by_name.count < before;
}

/* These tell whether there was news. */

static bool fold_pods(struct state *s, const struct workload *w, int64_t now_ms)
{
    size_t before = s->pods.by_name.count;
    struct template last = {0};
    bool news = false, whole = w->whole & WORKLOAD_PODS;

    for (size_t i = 0; i < w->pod_count; i++)
        news |= hear_pod(s, &w->pods[i], take_spec(s, w, &last, w->pods[i].spec), whole);
    for (size_t i = 0; i < w->pod_gone_count; i++) {
        struct pod_entry *e = pods_find(&s->pods, w->pods_gone[i]);
        news |= e != NULL;
        if (e)
            lose_pod(s, e);
    }
    if (whole)
        news |= lose_unheard_pods(s);
    facts_note_pods(s, before, whole, now_ms);
    return news;
}

static bool fold_nodes(struct state *s, const struct workload *w, int64_t now_ms)
{
    bool news = false, whole = w->whole & WORKLOAD_NODES;

    for (size_t i = 0; i < w->node_count; i++)
        news |= node_hear(s, &w->nodes[i], &w->resources, whole, now_ms);
    for (size_t i = 0; i < w->node_gone_count; i++)
        news |= node_gone(s, w->nodes_gone[i]);
    if (whole)
        news |= nodes_forget_unheard(s);
    return news;
}

/* What cannot be read, and what is well again, people hear of. */
static bool fold_problem(struct state *s, const struct event *e)
{
    bool news = e->error || s->workload_problem[0];

    s->workload_problem[0] = 0;
    if (e->error) {
        keep_problem(s->workload_problem, sizeof(s->workload_problem), e->error);
        log_event(LOG_WARN, "cluster_unreadable", LOG_STR("error", str_of(s->workload_problem)));
    }
    return news;
}

/* A kubelet says every few minutes what it said before, and thousands do: that opens no batch, or
 * the next decision would be put off for ever. */
void fold_workload(struct state *s, const struct event *e, int64_t now_ms)
{
    bool news = fold_problem(s, e) || e->workload.whole;

    s->status_due |= news;
    if (!e->error || e->complete) { /* else what was known stays */
        news |= fold_nodes(s, &e->workload, now_ms);
        news |= fold_pods(s, &e->workload, now_ms);
        rules_hear(&s->rules, &s->pods.specs, &e->workload);
        s->told |= e->workload.whole;
    }
    if (news)
        state_changed(s, now_ms);
    s->workload_answered |= e->error || state_knows_cluster(s);
}
