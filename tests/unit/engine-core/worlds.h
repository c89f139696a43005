#ifndef TESTS_UNIT_ENGINE_CORE_WORLDS_H
#define TESTS_UNIT_ENGINE_CORE_WORLDS_H

#include "engine/base/rng.h"
#include "engine/core/decide.h"
#include "tests/unit/engine-core/test.h"

/* Small worlds for tests: one catalog, growing arrays, and short ways to say what matters. */

#define MIB          ((int64_t)1 << 20)
#define GIB          ((int64_t)1 << 30)
#define PODS_OF_NODE 29
#define HOUR_MS      ((int64_t)3600000)

struct town {
    struct arena *arena;
    struct resource_table table;
    struct instance_type types[40];
    struct catalog catalog;
    struct pool pools[4];
    struct pod *pods;
    struct daemon daemons[2];
    struct claim *claims;
    struct world world;
};

static inline void town_init(struct town *t, struct arena *a)
{
    *t = (struct town){.arena = a, .table = resource_table_new()};
    t->pods = ARENA_ARRAY(a, struct pod, 400);
    t->claims = ARENA_ARRAY(a, struct claim, 400);
    t->catalog = (struct catalog){STR("default"), t->types, 0};
    t->world = (struct world){.resources = &t->table,
                              .pools = t->pools,
                              .pods = t->pods,
                              .daemons = t->daemons,
                              .claims = t->claims,
                              .now_ms = 1000000,
                              .engine_binds = true,
                              .batch_idle_ms = 1000};
}

static inline struct resources amounts(int64_t cpu_milli, int64_t memory_mib, int64_t pods)
{
    return (struct resources){{cpu_milli, memory_mib * MIB, pods}};
}

/* What a DaemonSet asks on every node that the term allows. */
static inline void town_daemon(struct town *t, const struct requirements *term, int64_t cpu_milli,
                               int64_t memory_mib)
{
    struct pod_spec *spec = ARENA_NEW(t->arena, struct pod_spec);

    *spec = (struct pod_spec){.requests = amounts(cpu_milli, memory_mib, 1),
                              .terms = term,
                              .term_count = 1,
                              .own_terms = term,
                              .own_term_count = 1};
    t->daemons[t->world.daemon_count++] = (struct daemon){.spec = spec};
}

static inline void labels_put(struct town *t, struct labels *l, const char *key, struct str value)
{
    labels_set(t->arena, l, str_of(key), value);
}

/* A type sold in `zones` zones ("a", "b", ...), on-demand at `price` and, if `spot`, at that. */
static inline struct instance_type *town_type(struct town *t, const char *name, int64_t cpu_milli,
                                              int64_t memory_mib, int64_t price, int64_t spot,
                                              size_t zones)
{
    struct instance_type *type = &t->types[t->catalog.count++];
    struct offering *o = ARENA_ARRAY(t->arena, struct offering, zones * 2);
    size_t n = 0;

    for (size_t i = 0; i < zones; i++) {
        struct str zone = arena_printf(t->arena, "%c", (int)('a' + i));
        o[n++] = (struct offering){zone, CAPACITY_ON_DEMAND, price, 0};
        if (spot)
            o[n++] = (struct offering){zone, CAPACITY_SPOT, spot, 0};
    }
    *type = (struct instance_type){.name = arena_str(t->arena, str_of(name)),
                                   .capacity = amounts(cpu_milli, memory_mib, PODS_OF_NODE),
                                   .allocatable = amounts(cpu_milli, memory_mib, PODS_OF_NODE),
                                   .offerings = o,
                                   .offering_count = n};
    labels_put(t, &type->labels, "node.kubernetes.io/instance-type", type->name);
    labels_put(t, &type->labels, "kubernetes.io/arch", STR("amd64"));
    return type;
}

static inline struct pool *town_pool(struct town *t, const char *name)
{
    struct pool *p = &t->pools[t->world.pool_count++];

    *p = (struct pool){.name = str_of(name),
                       .node_class = STR("default"),
                       .limits = {.nodes = INT64_MAX, .microusd_per_hour = INT64_MAX},
                       .replicas = -1,
                       .empty_after_ms = NEVER_MS,
                       .expire_after_ms = NEVER_MS,
                       .hash = STR("h1"),
                       .may_disrupt = true,
                       .catalog = &t->catalog};
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        p->limits.amount.amount[i] = INT64_MAX;
    return p;
}

/* One more budget of a pool; what more there is to say of it, the caller says. */
static inline struct budget *pool_budget(struct town *t, struct pool *p, int64_t nodes,
                                         bool percent)
{
    struct budget *all = ARENA_ARRAY(t->arena, struct budget, p->budget_count + 1);

    if (p->budget_count)
        memcpy(all, p->budgets, p->budget_count * sizeof(*all));
    p->budgets = all;
    all += p->budget_count++;
    all->nodes = (struct share){true, percent, nodes};
    return all;
}

/* So many pieces more that the pool keeps free. */
static inline void town_headroom(struct town *t, struct pool *p, int64_t cpu_milli,
                                 int64_t memory_mib, int64_t count)
{
    struct headroom *all = ARENA_ARRAY(t->arena, struct headroom, p->headroom_count + 1);
    struct pod_spec *spec = ARENA_NEW(t->arena, struct pod_spec);

    *spec = (struct pod_spec){.requests = amounts(cpu_milli, memory_mib, 1)};
    if (p->headroom_count)
        memcpy(all, p->headroom, p->headroom_count * sizeof(*all));
    all[p->headroom_count++] = (struct headroom){spec, count};
    p->headroom = all;
}

static inline void require(struct town *t, struct requirements *set, const char *key,
                           enum requirement_operator op, const char *value)
{
    struct requirement r;
    struct str v = str_of(value);
    struct error *e = requirement_new(t->arena, str_of(key), op, &v, value ? 1 : 0, 0, &r);

    assert_null(e);
    requirements_add(t->arena, set, &r);
}

static inline struct pod *town_pod(struct town *t, const char *name, int64_t cpu_milli,
                                   int64_t memory_mib)
{
    struct pod *p = &t->pods[t->world.pod_count++];
    struct requirements *term = ARENA_NEW(t->arena, struct requirements);
    struct pod_spec *spec = ARENA_NEW(t->arena, struct pod_spec);

    *spec = (struct pod_spec){.namespace = STR("default"),
                              .requests = amounts(cpu_milli, memory_mib, 1),
                              .terms = term,
                              .term_count = 1,
                              .own_terms = term,
                              .own_term_count = 1};
    *p = (struct pod){.name = arena_str(t->arena, str_of(name)), .spec = spec};
    return p;
}

/* A town's pods each have a spec of their own, which a test may still change. */
static inline struct pod_spec *spec_of(const struct pod *p)
{
    return (struct pod_spec *)p->spec;
}

/* nodeSelector key=value on the pod's only term. */
static inline void pod_selects(struct town *t, struct pod *p, const char *key, const char *value)
{
    struct requirements *term = ARENA_NEW(t->arena, struct requirements);

    requirements_add_all(t->arena, term, &p->spec->terms[0]);
    require(t, term, key, OPERATOR_IN, value);
    spec_of(p)->terms = spec_of(p)->own_terms = term;
}

static inline void pod_label(struct town *t, struct pod *p, const char *key, const char *value)
{
    labels_set(t->arena, &spec_of(p)->labels, str_of(key), str_of(value));
}

/* Another required term of where other pods are: those of its own namespace with this label, or
 * with any value of it (NULL).  What more there is to say of a term, the caller says. */
static inline struct topology_term *pod_term(struct town *t, struct pod *p, enum topology_kind kind,
                                             struct str key, const char *label, const char *value)
{
    struct pod_spec *s = spec_of(p);
    struct topology_term *all = ARENA_ARRAY(t->arena, struct topology_term, s->topology_count + 1);
    struct requirement *who = ARENA_NEW(t->arena, struct requirement);
    struct str *namespace = ARENA_NEW(t->arena, struct str), wanted = str_of(value);

    if (s->topology_count)
        memcpy(all, s->topology, s->topology_count * sizeof(*all));
    *namespace = s->namespace;
    assert_null(requirement_new(t->arena, str_of(label), value ? OPERATOR_IN : OPERATOR_EXISTS,
                                &wanted, value ? 1 : 0, 0, who));
    s->topology = all;
    all += s->topology_count++;
    *all = (struct topology_term){
        .kind = kind,
        .key = key,
        .who = {.labels = {true, who, 1, 1}, .namespaces = namespace, .namespace_count = 1},
        .required = true,
        .max_skew = 1,
        .min_domains = 1,
        .heeds_affinity = true};
    return all;
}

static inline void pod_takes_port(struct town *t, struct pod *p, const char *ip, int64_t port)
{
    struct host_port *one = ARENA_NEW(t->arena, struct host_port);

    *one = (struct host_port){str_of(ip), port, STR("TCP")};
    spec_of(p)->ports = one;
    spec_of(p)->port_count = 1;
}

static inline void pod_holds_volume(struct town *t, struct pod *p, const char *claim,
                                    bool by_one_pod)
{
    struct held_volume *one = ARENA_NEW(t->arena, struct held_volume);

    *one = (struct held_volume){str_of(claim), by_one_pod};
    spec_of(p)->volumes = one;
    spec_of(p)->volume_count = 1;
}

static inline void pods_tolerate(struct pod *p, struct toleration *t)
{
    spec_of(p)->tolerations = (struct tolerations){t, 1, 1};
}

/* A ready node of the pool and type, in zone a. */
static inline struct claim *town_claim(struct town *t, const char *id, const struct pool *pool,
                                       const struct instance_type *type)
{
    struct claim *c = &t->claims[t->world.claim_count++];

    *c = (struct claim){.id = arena_str(t->arena, str_of(id)),
                        .pool = pool->name,
                        .phase = CLAIM_READY,
                        .instance_id = STR("i-1"),
                        .instance_type = type->name,
                        .zone = STR("a"),
                        .price_microusd_per_hour = type->offerings[0].price_microusd_per_hour,
                        .capacity = type->capacity,
                        .allocatable = type->allocatable,
                        .taints = pool->taints,
                        .created_ms = t->world.now_ms,
                        .ready_ms = t->world.now_ms - 10 * 60 * 1000,
                        .empty_since_ms = t->world.now_ms,
                        .hash = pool->hash};
    for (size_t i = 0; i < type->labels.count; i++)
        labels_set(t->arena, &c->labels, type->labels.items[i].key, type->labels.items[i].value);
    for (size_t i = 0; i < pool->labels.count; i++)
        labels_set(t->arena, &c->labels, pool->labels.items[i].key, pool->labels.items[i].value);
    labels_set(t->arena, &c->labels, LABEL_ZONE, STR("a"));
    labels_set(t->arena, &c->labels, LABEL_CAPACITY_TYPE, STR("on-demand"));
    labels_set(t->arena, &c->labels, LABEL_NODE_POOL, pool->name);
    return c;
}

/* A ready node that is not ours, in zone a. */
static inline struct claim *town_foreign(struct town *t, const char *id,
                                         const struct instance_type *type)
{
    static const struct pool nobody;
    struct claim *c = town_claim(t, id, &nobody, type);

    c->foreign = true;
    c->instance_id = c->hash = (struct str){0};
    c->price_microusd_per_hour = 0;
    c->labels = (struct labels){0};
    for (size_t i = 0; i < type->labels.count; i++)
        labels_set(t->arena, &c->labels, type->labels.items[i].key, type->labels.items[i].value);
    labels_set(t->arena, &c->labels, LABEL_ZONE, STR("a"));
    labels_set(t->arena, &c->labels, LABEL_CAPACITY_TYPE, STR("on-demand"));
    return c;
}

/* After pods' `claim` was set: what the snapshot would do. */
static inline void town_bind(struct town *t)
{
    for (size_t i = 0; i < t->world.claim_count; i++) {
        const struct pod **on = ARENA_ARRAY(t->arena, const struct pod *, t->world.pod_count);
        struct claim *c = &t->claims[i];
        c->pods = on;
        c->pod_count = 0;
        for (size_t k = 0; k < t->world.pod_count; k++)
            if (str_eq(t->pods[k].claim, c->id))
                on[c->pod_count++] = &t->pods[k];
    }
}

static inline struct decision town_decide(struct town *t)
{
    struct decision d;

    town_bind(t);
    decide(t->arena, &t->world, &d);
    return d;
}

static inline bool says(struct str text, const char *what)
{
    return str_find_str(text, str_of(what)) < text.len;
}

static inline size_t count_actions(const struct decision *d, enum action_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < d->action_count; i++)
        n += d->actions[i].kind == kind;
    return n;
}

static inline const struct action *find_action(const struct decision *d, enum action_kind kind)
{
    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == kind)
            return &d->actions[i];
    return NULL;
}

static inline const struct waiting *find_waiting(const struct decision *d, const char *pod)
{
    for (size_t i = 0; i < d->waiting_count; i++)
        if (str_eq(d->waiting[i].pod->name, str_of(pod)))
            return &d->waiting[i];
    return NULL;
}

#endif
