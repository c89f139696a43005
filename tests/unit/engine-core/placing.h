#ifndef TESTS_UNIT_ENGINE_CORE_PLACING_H
#define TESTS_UNIT_ENGINE_CORE_PLACING_H

#include "tests/unit/engine-core/worlds.h"

/* Which pods are where, and whether that breaks a hard constraint: written for tests, from the
 * rules, without a look at how the engine places.  Slow and plain: worlds of tests are small.
 *
 * A node is one that exists or one to be launched, of one offer; a pod's place is its index.  Of
 * requirements only "has this value" and "may be absent" are taken from the engine, which have a
 * truth table of their own. */
enum { NODES_MOST = 128, PODS_MOST = 128, NOWHERE = -1, REASON_MOST = 200 };

struct node {
    const struct claim *claim; /* NULL: to be launched, as ... */
    const struct pool *pool;   /* NULL: nobody's */
    const struct instance_type *type;
    const struct offering *offering;
    const struct labels *chosen; /* ... with the pool's labels and those that pods chose; NULL: the
                                    pool's */
};

struct placing {
    const struct town *town;
    struct node nodes[NODES_MOST];
    size_t node_count;
    int at[PODS_MOST]; /* by the pod's place in the world */
    char broken[REASON_MOST];
};

static inline bool broke(struct placing *p, const struct pod *pod, const char *what)
{
    snprintf(p->broken, sizeof(p->broken), STR_FMT ": %s", STR_ARG(pod->name), what);
    return false;
}

static inline struct str node_label(const struct node *n, struct str key)
{
    if (n->claim)
        return labels_get(&n->claim->labels, key);
    if (str_eq(key, LABEL_ZONE))
        return n->offering->zone;
    if (str_eq(key, LABEL_CAPACITY_TYPE))
        return capacity_type_text(n->offering->capacity_type);
    if (str_eq(key, LABEL_NODE_POOL))
        return n->pool->name;
    struct str own = labels_get(n->chosen ? n->chosen : &n->pool->labels, key);
    return own.ptr ? own : labels_get(&n->type->labels, key);
}

static inline const struct taints *node_taints(const struct node *n)
{
    return n->claim ? &n->claim->taints : &n->pool->taints;
}

static inline int64_t node_price(const struct node *n)
{
    return n->claim ? 0 : n->offering->price_microusd_per_hour;
}

static inline bool node_satisfies(const struct node *n, const struct requirements *all)
{
    for (size_t i = 0; i < all->count; i++) {
        struct str value = node_label(n, all->items[i].key);
        if (value.ptr ? !requirement_has(&all->items[i], value)
                      : !requirement_allows_absence(&all->items[i]))
            return false;
    }
    return true;
}

static inline bool node_satisfies_any(const struct node *n, const struct requirements *terms,
                                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (node_satisfies(n, &terms[i]))
            return true;
    return false;
}

static inline bool taint_is_tolerated(const struct taint *t, const struct tolerations *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct toleration *o = &all->items[i];
        bool key = str_eq(o->key, t->key) || (o->exists && !o->key.len);
        if (key && (o->any_effect || o->effect == t->effect) &&
            (o->exists || str_eq(o->value, t->value)))
            return true;
    }
    return t->effect == EFFECT_PREFER_NO_SCHEDULE;
}

static inline bool node_is_tolerated(const struct node *n, const struct pod_spec *s)
{
    for (size_t i = 0; i < node_taints(n)->count; i++)
        if (!taint_is_tolerated(&node_taints(n)->items[i], &s->tolerations))
            return false;
    return true;
}

static inline bool node_wanted_by(const struct node *n, const struct pod_spec *s)
{
    return node_is_tolerated(n, s) && node_satisfies_any(n, s->terms, s->term_count);
}

/* Can the pool launch it? */
static inline bool node_is_for_sale(const struct node *n)
{
    return n->pool->replicas < 0 && !n->pool->deleting && node_satisfies(n, &n->pool->requirements);
}

/* Where a pod is now or by the placing: NULL: nowhere. */
static inline const struct node *place_of(const struct placing *p, size_t pod)
{
    return p->at[pod] == NOWHERE ? NULL : &p->nodes[p->at[pod]];
}

static inline const struct pod *pod_of(const struct placing *p, size_t pod)
{
    return &p->town->pods[pod];
}

/* A pod that is placed, or was all along. */
static inline bool is_new(const struct placing *p, size_t pod)
{
    return pod_of(p, pod)->claim.len == 0;
}

/* What one node holds. */

static inline bool ports_meet(const struct pod_spec *x, const struct pod_spec *y)
{
    for (size_t i = 0; i < x->port_count; i++)
        for (size_t k = 0; k < y->port_count; k++) {
            const struct host_port *a = &x->ports[i], *b = &y->ports[k];
            bool all = !a->ip.len || !b->ip.len || str_eq(a->ip, STR("0.0.0.0")) ||
                       str_eq(b->ip, STR("0.0.0.0")) || str_eq(a->ip, STR("::")) ||
                       str_eq(b->ip, STR("::"));
            if (a->port == b->port && str_eq(a->protocol, b->protocol) &&
                (all || str_eq(a->ip, b->ip)))
                return true;
        }
    return false;
}

/* Pods of DaemonSets come first, then every pod that is there. */
static inline bool node_holds(struct placing *p, int at)
{
    const struct world *w = &p->town->world;
    const struct node *n = &p->nodes[at];
    const struct pod_spec *on[PODS_MOST + 2];
    struct resources rest = n->claim ? n->claim->allocatable : n->type->allocatable;
    size_t count = 0, daemons;

    for (size_t i = 0; i < w->daemon_count; i++)
        if (node_wanted_by(n, w->daemons[i].spec))
            on[count++] = w->daemons[i].spec;
    daemons = count;
    for (size_t i = 0; i < w->pod_count; i++)
        if (p->at[i] == at)
            on[count++] = w->pods[i].spec;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < RESOURCES_MAX; k++)
            rest.amount[k] -= on[i]->requests.amount[k];
        for (size_t k = 0; k < i && i >= daemons; k++)
            if (ports_meet(on[i], on[k]))
                return false;
    }
    for (size_t k = 0; k < RESOURCES_MAX && count > daemons; k++)
        if (rest.amount[k] < 0)
            return false;
    return true;
}

/* No other pod that is somewhere else, or of one-pod volumes anywhere, holds a volume of it. */
static inline bool volumes_are_free(const struct placing *p, size_t pod)
{
    const struct pod_spec *s = pod_of(p, pod)->spec;

    for (size_t i = 0; i < p->town->world.pod_count; i++) {
        const struct pod_spec *other = pod_of(p, i)->spec;
        for (size_t v = 0; i != pod && p->at[i] != NOWHERE && v < s->volume_count; v++)
            for (size_t k = 0; k < other->volume_count; k++)
                if (str_eq(s->volumes[v].claim, other->volumes[k].claim) &&
                    (s->volumes[v].by_one_pod || other->volumes[k].by_one_pod ||
                     p->at[i] != p->at[pod]))
                    return false;
    }
    return true;
}

/* Topology. */

static inline bool selects(const struct label_selector *s, const struct labels *l)
{
    for (size_t i = 0; i < s->count; i++) {
        struct str value = labels_get(l, s->items[i].key);
        if (value.ptr ? !requirement_has(&s->items[i], value)
                      : !requirement_allows_absence(&s->items[i]))
            return false;
    }
    return s->present;
}

static inline bool term_counts(const struct placing *p, const struct topology_term *t,
                               const struct pod_spec *s)
{
    const struct world *w = &p->town->world;
    const struct labels *of_namespace = NULL;
    static const struct labels none;
    bool there = false;

    for (size_t i = 0; i < t->who.namespace_count; i++)
        there |= str_eq(t->who.namespaces[i], s->namespace);
    for (size_t i = 0; i < w->namespace_count; i++)
        if (str_eq(w->namespaces[i].name, s->namespace))
            of_namespace = &w->namespaces[i].labels;
    there |= selects(&t->who.namespace_labels, of_namespace ? of_namespace : &none);
    return there && selects(&t->who.labels, &s->labels);
}

/* Do two nodes lie in one domain?  A host is a domain of its own. */
static inline bool same_domain(const struct topology_term *t, const struct node *x,
                               const struct node *y)
{
    struct str a = node_label(x, t->key), b = node_label(y, t->key);

    if (str_eq(t->key, LABEL_HOSTNAME))
        return x == y;
    return a.ptr && b.ptr && str_eq(a, b);
}

static inline bool has_domain(const struct topology_term *t, const struct node *n)
{
    return str_eq(t->key, LABEL_HOSTNAME) || node_label(n, t->key).ptr;
}

/* Does the node count for this spread of such pods? */
static inline bool is_eligible(const struct topology_term *t, const struct pod_spec *s,
                               const struct node *n)
{
    return (!t->heeds_affinity || node_satisfies_any(n, s->own_terms, s->own_term_count)) &&
           (!t->heeds_taints || node_is_tolerated(n, s));
}

/* Pods that the term counts in the node's domain; of spreads on eligible nodes alone. `but`: a pod
 * that is not looked at. */
static inline int64_t count_in_domain(const struct placing *p, const struct topology_term *t,
                                      const struct pod_spec *s, const struct node *n, size_t but)
{
    int64_t found = 0;

    for (size_t i = 0; i < p->town->world.pod_count; i++) {
        const struct node *other = place_of(p, i);
        if (other && i != but && !pod_of(p, i)->never_serve && same_domain(t, n, other) &&
            term_counts(p, t, pod_of(p, i)->spec) &&
            (t->kind != TOPOLOGY_SPREAD || is_eligible(t, s, other)))
            found++;
    }
    return found;
}

/* The fewest pods in any domain of a spread: of nodes that could be launched, and that are. */
struct least {
    struct str seen[32];
    size_t domains;
    int64_t fewest;
};

static inline void look_at(struct least *l, const struct placing *p, const struct topology_term *t,
                           const struct pod_spec *s, const struct node *n)
{
    struct str domain = node_label(n, t->key);

    if (!domain.ptr || !is_eligible(t, s, n))
        return;
    for (size_t i = 0; i < l->domains; i++)
        if (str_eq(l->seen[i], domain))
            return;
    int64_t found = count_in_domain(p, t, s, n, SIZE_MAX);
    l->fewest = !l->domains || found < l->fewest ? found : l->fewest;
    assert_true(l->domains < 32);
    l->seen[l->domains++] = domain;
}

static inline int64_t least_of_domains(const struct placing *p, const struct topology_term *t,
                                       const struct pod_spec *s)
{
    const struct world *w = &p->town->world;
    struct least l = {0};

    if (str_eq(t->key, LABEL_HOSTNAME))
        return 0; /* a new host can always be made */
    /* A pool that may have no node opens no zone. */
    for (size_t i = 0; i < w->pool_count; i++)
        for (size_t k = 0; w->pools[i].limits.nodes > 0 && k < w->pools[i].catalog->count; k++)
            for (size_t o = 0; o < w->pools[i].catalog->types[k].offering_count; o++) {
                const struct instance_type *type = &w->pools[i].catalog->types[k];
                struct node n = {
                    .pool = &w->pools[i], .type = type, .offering = &type->offerings[o]};
                if (node_is_for_sale(&n))
                    look_at(&l, p, t, s, &n);
            }
    for (size_t i = 0; i < p->node_count; i++)
        look_at(&l, p, t, s, &p->nodes[i]);
    return (int64_t)l.domains < t->min_domains ? 0 : l.fewest;
}

static inline bool is_anywhere(const struct placing *p, const struct topology_term *t, size_t but)
{
    for (size_t i = 0; i < p->town->world.pod_count; i++)
        if (i != but && place_of(p, i) && !pod_of(p, i)->never_serve &&
            term_counts(p, t, pod_of(p, i)->spec))
            return true;
    return false;
}

/* Does a required term of a placed pod hold?  `arriving`: as the pod comes, itself not there yet,
 * so pods which join their own like need one that is, unless they are the first of all. */
static inline bool term_holds(const struct placing *p, size_t pod, const struct topology_term *t,
                              bool arriving)
{
    const struct pod_spec *s = pod_of(p, pod)->spec;
    const struct node *n = place_of(p, pod);

    switch (t->kind) {
    case TOPOLOGY_SPREAD:
        return has_domain(t, n) &&
               count_in_domain(p, t, s, n, SIZE_MAX) - least_of_domains(p, t, s) <= t->max_skew;
    case TOPOLOGY_AFFINITY:
        return has_domain(t, n) && (count_in_domain(p, t, s, n, arriving ? pod : SIZE_MAX) > 0 ||
                                    (term_counts(p, t, s) && !is_anywhere(p, t, pod)));
    case TOPOLOGY_ANTI_AFFINITY:
        return !has_domain(t, n) || count_in_domain(p, t, s, n, pod) == 0;
    }
    return false;
}

static inline bool terms_hold(const struct placing *p, size_t pod)
{
    const struct pod_spec *s = pod_of(p, pod)->spec;

    for (size_t i = 0; i < s->topology_count; i++)
        if (s->topology[i].required && !term_holds(p, pod, &s->topology[i], false))
            return false;
    return true;
}

/* Nobody who was there before keeps such pods away. */
static inline bool is_suffered(const struct placing *p, size_t pod)
{
    for (size_t i = 0; i < p->town->world.pod_count; i++) {
        const struct pod_spec *other = pod_of(p, i)->spec;
        for (size_t k = 0; i != pod && place_of(p, i) && k < other->topology_count; k++) {
            const struct topology_term *t = &other->topology[k];
            if (t->kind == TOPOLOGY_ANTI_AFFINITY && t->required &&
                same_domain(t, place_of(p, i), place_of(p, pod)) &&
                term_counts(p, t, pod_of(p, pod)->spec))
                return false;
        }
    }
    return true;
}

/* Of a spread, the pod that arrives counts in its own domain, but not yet for the least of all. */
static inline bool may_arrive(struct placing *p, size_t pod, int at)
{
    const struct pod_spec *s = pod_of(p, pod)->spec;
    bool holds = true;

    for (size_t i = 0; holds && i < s->topology_count; i++) {
        const struct topology_term *t = &s->topology[i];
        if (!t->required || t->kind != TOPOLOGY_SPREAD)
            continue;
        holds = has_domain(t, &p->nodes[at]) && count_in_domain(p, t, s, &p->nodes[at], pod) +
                                                        term_counts(p, t, s) -
                                                        least_of_domains(p, t, s) <=
                                                    t->max_skew;
    }
    p->at[pod] = at;
    for (size_t i = 0; holds && i < s->topology_count; i++)
        if (s->topology[i].required && s->topology[i].kind != TOPOLOGY_SPREAD)
            holds = term_holds(p, pod, &s->topology[i], true);
    holds = holds && is_suffered(p, pod);
    p->at[pod] = NOWHERE;
    return holds;
}

/* Places one after the other of those that `wanted` places, in any order that works; `budget` of
 * tries keeps a wrong world from taking for ever. */
static inline bool arrive_all(struct placing *p, const int *wanted, size_t left, size_t *budget)
{
    if (!left)
        return true;
    for (size_t i = 0; i < p->town->world.pod_count && *budget; i++) {
        if (wanted[i] == NOWHERE || p->at[i] != NOWHERE)
            continue;
        --*budget;
        if (!may_arrive(p, i, wanted[i]))
            continue;
        p->at[i] = wanted[i];
        if (arrive_all(p, wanted, left - 1, budget))
            return true;
        p->at[i] = NOWHERE;
    }
    return false;
}

static inline bool some_order_works(const struct placing *p)
{
    struct placing empty = *p;
    size_t left = 0, budget = 20000;

    for (size_t i = 0; i < p->town->world.pod_count; i++)
        if (is_new(p, i) && p->at[i] != NOWHERE) {
            empty.at[i] = NOWHERE;
            left++;
        }
    return arrive_all(&empty, p->at, left, &budget);
}

/* All of it, but limits: false, and `broken` says what. */
static inline bool placing_holds(struct placing *p)
{
    for (size_t i = 0; i < p->town->world.pod_count; i++) {
        const struct pod *pod = pod_of(p, i);
        const struct node *n = place_of(p, i);
        if (!n || !is_new(p, i))
            continue;
        if (pod->spec->unserved_resource.len || pod->spec->impossible.len || pod->never_serve)
            return broke(p, pod, "can never run");
        if (!n->claim && !node_is_for_sale(n))
            return broke(p, pod, "is on a node that its pool does not launch");
        if (!node_wanted_by(n, pod->spec))
            return broke(p, pod, "does not match its node");
        if (!node_holds(p, p->at[i]))
            return broke(p, pod, "is on a node that is too small, or whose port is taken");
        if (!volumes_are_free(p, i))
            return broke(p, pod, "has a volume that is in use");
        if (!terms_hold(p, i))
            return broke(p, pod, "has a topology term that does not hold in the end");
        if (!is_suffered(p, i))
            return broke(p, pod, "is where another's anti-affinity does not suffer it");
    }
    if (!some_order_works(p)) {
        snprintf(p->broken, sizeof(p->broken), "in no order can all be placed");
        return false;
    }
    return true;
}

static inline int64_t placing_cost(const struct placing *p)
{
    int64_t sum = 0;

    for (size_t i = 0; i < p->node_count; i++)
        sum += node_price(&p->nodes[i]);
    return sum;
}

static inline size_t placing_left(const struct placing *p)
{
    size_t left = 0;

    for (size_t i = 0; i < p->town->world.pod_count; i++)
        left += p->at[i] == NOWHERE && !pod_of(p, i)->never_serve;
    return left;
}

/* The world as it is: nodes that exist, and the pods on them. */
static inline void placing_begin(struct placing *p, const struct town *t)
{
    const struct world *w = &t->world;

    *p = (struct placing){.town = t, .node_count = w->claim_count};
    assert_true(w->claim_count <= NODES_MOST && w->pod_count <= PODS_MOST);
    for (size_t i = 0; i < w->claim_count; i++) {
        p->nodes[i].claim = &w->claims[i];
        for (size_t k = 0; k < w->pool_count; k++)
            if (str_eq(w->pools[k].name, w->claims[i].pool))
                p->nodes[i].pool = &w->pools[k];
    }
    for (size_t i = 0; i < w->pod_count; i++) {
        p->at[i] = NOWHERE;
        for (size_t k = 0; k < w->claim_count; k++)
            if (str_eq(w->pods[i].claim, w->claims[k].id))
                p->at[i] = (int)k;
    }
}

static inline int placing_open(struct placing *p, struct node n)
{
    assert_true(p->node_count < NODES_MOST);
    p->nodes[p->node_count] = n;
    return (int)p->node_count++;
}

/* What a decision does, taking of each launch the option `pick` modulo their number: any of them
 * may be the one that comes. */
static inline void placing_of_decision(struct placing *p, const struct town *t,
                                       const struct decision *d, size_t pick)
{
    placing_begin(p, t);
    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *act = &d->actions[i];
        if (act->kind == ACTION_BIND)
            p->at[act->pod - t->pods] = (int)(act->claim - t->claims);
        if (act->kind != ACTION_LAUNCH)
            continue;
        const struct launch_option *o = &act->options[pick % act->option_count];
        int at = placing_open(p, (struct node){.pool = act->pool,
                                               .type = o->type,
                                               .offering = o->offering,
                                               .chosen = &act->labels});
        for (size_t k = 0; k < act->pod_count; k++)
            p->at[act->pods[k] - t->pods] = at;
    }
    for (size_t i = 0; i < d->waiting_count; i++) /* for a node that is not ours, or that starts */
        if (d->waiting[i].claim)
            p->at[d->waiting[i].pod - t->pods] = (int)(d->waiting[i].claim - t->claims);
}

#endif
