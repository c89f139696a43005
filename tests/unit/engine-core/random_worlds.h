#ifndef TESTS_UNIT_ENGINE_CORE_RANDOM_WORLDS_H
#define TESTS_UNIT_ENGINE_CORE_RANDOM_WORLDS_H

#include "tests/unit/engine-core/placing.h"

/* Random worlds: up to four pods, or some dozens, over a few types, with constraints of every kind
 * that `with` names. */
enum {
    WITH_SELECTORS = 1 << 0,
    WITH_TAINTS = 1 << 1,
    WITH_DAEMONS = 1 << 2,
    WITH_NODES = 1 << 3,
    WITH_FOREIGN = 1 << 4,
    WITH_LIMITS = 1 << 5,
    WITH_ZONE_SPREAD = 1 << 6,
    WITH_HOST_SPREAD = 1 << 7,
    WITH_OTHER_SPREAD = 1 << 8,
    WITH_AFFINITY = 1 << 9,
    WITH_ANTI_AFFINITY = 1 << 10,
    WITH_PORTS = 1 << 11,
    WITH_VOLUMES = 1 << 12,
    WITH_NAMESPACES = 1 << 13,
    WITH_ALL = (1 << 14) - 1,
    WITH_TOPOLOGY = WITH_ZONE_SPREAD | WITH_HOST_SPREAD | WITH_OTHER_SPREAD | WITH_AFFINITY |
                    WITH_ANTI_AFFINITY | WITH_NAMESPACES,
};
#define LABEL_RACK "example.com/rack"

static inline bool now_and_then(struct rng *r, unsigned with, unsigned kind, uint64_t of)
{
    uint64_t drawn = rng_below(r, of); /* drawn whether it counts or not: other kinds stay as they
                                          are when one is switched */
    return (with & kind) && drawn == 0;
}

static inline void add_types(struct town *t, struct rng *r, size_t count)
{
    static const char *const racks[] = {"r1", "r2"};

    for (size_t i = 0; i < count; i++) {
        int64_t cpu = 1000 * (1 + (int64_t)rng_below(r, 12));
        int64_t memory = 1024 * (1 + (int64_t)rng_below(r, 24));
        int64_t price = cpu * 30 + memory * 4 + (int64_t)rng_below(r, 40000);
        int64_t spot = rng_below(r, 2) ? price * (3 + (int64_t)rng_below(r, 9)) / 10 : 0;
        struct instance_type *type = town_type(t, arena_printf(t->arena, "t%zu", i).ptr, cpu,
                                               memory, price, spot, 1 + rng_below(r, 3));
        labels_put(t, &type->labels, LABEL_RACK, str_of(racks[rng_below(r, 2)]));
    }
}

static struct toleration everything = {.exists = true, .any_effect = true};

/* One pool that takes all, and one that keeps strangers away and does not sell everywhere. */
static inline void add_pools(struct town *t, struct rng *r, unsigned with)
{
    struct pool *p = town_pool(t, "default");
    bool second = rng_below(r, 3) == 0 && (with & WITH_TAINTS);

    if (now_and_then(r, with, WITH_LIMITS, 6))
        p->limits.nodes = (int64_t)rng_below(r, 4);
    if (!second)
        return;
    struct pool *q = town_pool(t, "special");
    struct taint *taint = ARENA_NEW(t->arena, struct taint);
    *taint = (struct taint){STR("special"), STR("yes"), EFFECT_NO_SCHEDULE};
    q->taints = (struct taints){taint, 1, 1};
    labels_put(t, &q->labels, "team", STR("special"));
    require(t, &q->requirements, "topology.kubernetes.io/zone", OPERATOR_NOT_IN, "b");
}

static inline void add_topology(struct town *t, struct rng *r, struct pod *p, unsigned with)
{
    static const char *const apps[] = {"x", "y", NULL};
    const char *app = apps[rng_below(r, 5) % 3];
    struct str zone_or_host = rng_below(r, 2) ? LABEL_ZONE : LABEL_HOSTNAME;
    struct topology_term *term = NULL;

    if (now_and_then(r, with, WITH_ZONE_SPREAD, 4))
        term = pod_term(t, p, TOPOLOGY_SPREAD, LABEL_ZONE, "app", app);
    else if (now_and_then(r, with, WITH_HOST_SPREAD, 5))
        term = pod_term(t, p, TOPOLOGY_SPREAD, LABEL_HOSTNAME, "app", app);
    else if (now_and_then(r, with, WITH_OTHER_SPREAD, 6))
        term = pod_term(t, p, TOPOLOGY_SPREAD,
                        rng_below(r, 2) ? LABEL_CAPACITY_TYPE : STR(LABEL_RACK), "app", app);
    if (term) {
        term->max_skew = 1 + (int64_t)rng_below(r, 2);
        term->min_domains = 1 + (int64_t)rng_below(r, 6) / 4;
        term->heeds_affinity = rng_below(r, 4) != 0;
        term->heeds_taints = rng_below(r, 3) == 0;
    }
    if (now_and_then(r, with, WITH_AFFINITY, 5))
        term = pod_term(t, p, TOPOLOGY_AFFINITY, zone_or_host, "app", app);
    if (now_and_then(r, with, WITH_ANTI_AFFINITY, 5))
        term = pod_term(t, p, TOPOLOGY_ANTI_AFFINITY, zone_or_host, "app", app);
    if (term && term->kind != TOPOLOGY_SPREAD && now_and_then(r, with, WITH_NAMESPACES, 3))
        term->who.namespace_labels.present = true; /* an empty selector: all namespaces */
}

static inline void add_pod(struct town *t, struct rng *r, size_t i, unsigned with)
{
    struct pod *p =
        town_pod(t, arena_printf(t->arena, "p%02zu", i).ptr, 100 * (1 + (int64_t)rng_below(r, 40)),
                 128 * (1 + (int64_t)rng_below(r, 60)));
    static const char *const zones[] = {"a", "b"};

    pod_label(t, p, "app", rng_below(r, 2) ? "x" : "y");
    if (now_and_then(r, with, WITH_NAMESPACES, 4))
        spec_of(p)->namespace = STR("other");
    if (now_and_then(r, with, WITH_SELECTORS, 5))
        pod_selects(t, p, "topology.kubernetes.io/zone", zones[rng_below(r, 2)]);
    if (now_and_then(r, with, WITH_SELECTORS, 8))
        pod_selects(t, p, "karpenter.sh/capacity-type", "on-demand");
    if (now_and_then(r, with, WITH_SELECTORS, 8))
        pod_selects(t, p, LABEL_RACK, "r1");
    if (now_and_then(r, with, WITH_TAINTS, 2))
        pods_tolerate(p, &everything);
    if (now_and_then(r, with, WITH_PORTS, 6))
        pod_takes_port(t, p, rng_below(r, 2) ? "" : "10.0.0.1", 80);
    if (now_and_then(r, with, WITH_VOLUMES, 8))
        pod_holds_volume(t, p, "default/v", rng_below(r, 2));
    add_topology(t, r, p, with);
    if (i && rng_below(r, 3) == 0)
        p->spec = t->pods[i - 1].spec; /* of one template */
}

/* Nodes that are there, and on each the first pods that it holds; all volumes are one, which no two
 * nodes have. */
static inline void add_nodes(struct town *t, struct rng *r, unsigned with)
{
    size_t count = rng_below(r, 3), next = 0;
    bool held = false;

    for (size_t i = 0; i < count && (with & WITH_NODES); i++) {
        const struct instance_type *type = &t->types[rng_below(r, t->catalog.count)];
        struct str id = arena_printf(t->arena, "c%zu", i);
        struct claim *c = now_and_then(r, with, WITH_FOREIGN, 2)
                              ? town_foreign(t, id.ptr, type)
                              : town_claim(t, id.ptr, &t->pools[0], type);
        struct resources rest = c->allocatable;
        for (size_t k = rng_below(r, 2); k && next < t->world.pod_count; k--, next++) {
            const struct pod_spec *s = t->pods[next].spec;
            resources_subtract(&rest, &s->requests);
            if (rest.amount[RESOURCE_CPU] < 500 || rest.amount[RESOURCE_MEMORY] < 512 * MIB ||
                !node_wanted_by(&(struct node){.claim = c}, s) || (held && s->volume_count))
                break;
            held |= s->volume_count > 0;
            t->pods[next].claim = t->pods[next].node = c->id;
        }
    }
}

static inline void random_town(struct town *t, struct arena *a, uint64_t seed, unsigned with,
                               bool large)
{
    static struct namespace namespaces[] = {{.name = STR_INIT("default")},
                                            {.name = STR_INIT("other")}};
    struct rng r = {seed};
    size_t pods = large ? 10 + rng_below(&r, 40) : 1 + rng_below(&r, 4);

    town_init(t, a);
    t->world.namespaces = namespaces;
    t->world.namespace_count = 2;
    add_types(t, &r, 1 + rng_below(&r, large ? 8 : 3));
    add_pools(t, &r, with);
    for (size_t i = 0; i < pods; i++)
        add_pod(t, &r, i, with);
    add_nodes(t, &r, with);
    if (now_and_then(&r, with, WITH_DAEMONS, 4))
        town_daemon(t, ARENA_NEW(a, struct requirements), 100, 128);
}

/* What is said when something fails. */

static inline void show_term(const struct topology_term *t)
{
    static const char *const kinds[] = {"spread", "join", "part"};

    print_message(
        " %s(" STR_FMT " app=" STR_FMT " skew %lld min %lld%s%s)", kinds[t->kind], STR_ARG(t->key),
        STR_ARG(t->who.labels.items[0].count ? t->who.labels.items[0].values[0] : STR("*")),
        (long long)t->max_skew, (long long)t->min_domains, t->heeds_affinity ? " affinity" : "",
        t->heeds_taints ? " taints" : "");
}

static inline void show_pod(const struct pod *p)
{
    const struct pod_spec *s = p->spec;

    print_message("  pod " STR_FMT " %lldm %lldMi app=" STR_FMT " on=" STR_FMT, STR_ARG(p->name),
                  (long long)s->requests.amount[RESOURCE_CPU],
                  (long long)(s->requests.amount[RESOURCE_MEMORY] / MIB),
                  STR_ARG(labels_get(&s->labels, STR("app"))), STR_ARG(p->claim));
    for (size_t i = 0; i < s->terms[0].count; i++) {
        ARENA_AUTO a = {0};
        struct str text = requirement_text(&a, &s->terms[0].items[i]);
        print_message(" [" STR_FMT "]", STR_ARG(text));
    }
    for (size_t i = 0; i < s->topology_count; i++)
        show_term(&s->topology[i]);
    print_message("%s%s%s\n", s->tolerations.count ? " tolerates" : "",
                  s->port_count ? " port" : "", s->volume_count ? " volume" : "");
}

static inline void show_placing(const char *whose, const struct placing *p)
{
    print_message("  %s, %lld:\n", whose, (long long)placing_cost(p));
    for (size_t i = 0; i < p->node_count; i++) {
        const struct node *n = &p->nodes[i];
        struct str kind = n->claim ? n->claim->id : n->type->name;
        struct str zone = node_label(n, LABEL_ZONE);
        print_message("    " STR_FMT " " STR_FMT " " STR_FMT ":", STR_ARG(kind), STR_ARG(zone),
                      STR_ARG(node_label(n, LABEL_CAPACITY_TYPE)));
        for (size_t k = 0; k < p->town->world.pod_count; k++)
            if (p->at[k] == (int)i)
                print_message(" " STR_FMT, STR_ARG(pod_of(p, k)->name));
        print_message("\n");
    }
}

static inline void show_town(const struct town *t)
{
    for (size_t i = 0; i < t->catalog.count; i++) {
        const struct instance_type *type = &t->types[i];
        print_message("  type " STR_FMT " %lldm %lldMi rack=" STR_FMT, STR_ARG(type->name),
                      (long long)type->allocatable.amount[RESOURCE_CPU],
                      (long long)(type->allocatable.amount[RESOURCE_MEMORY] / MIB),
                      STR_ARG(labels_get(&type->labels, STR(LABEL_RACK))));
        for (size_t o = 0; o < type->offering_count; o++)
            print_message(" " STR_FMT "/%s %lld", STR_ARG(type->offerings[o].zone),
                          type->offerings[o].capacity_type == CAPACITY_SPOT ? "spot" : "od",
                          (long long)type->offerings[o].price_microusd_per_hour);
        print_message("\n");
    }
    for (size_t i = 0; i < t->world.pod_count; i++)
        show_pod(&t->pods[i]);
}

#endif
