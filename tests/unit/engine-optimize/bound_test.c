#include "engine/optimize/bound.h"

#include "engine/optimize/generate.h"
#include "engine/optimize/weights.h"
#include "tests/unit/engine-core/worlds.h"

enum { WORLDS = 600, PODS_MOST = 8, TYPES_MOST = 6 };

/* Pods of a kind keep off each other's nodes: required anti-affinity over hostnames. */
static void keep_apart(struct town *t, struct pod_spec *spec, const char *app)
{
    struct topology_term *term = ARENA_NEW(t->arena, struct topology_term);
    struct requirement *r = ARENA_NEW(t->arena, struct requirement);
    struct str *namespaces = ARENA_NEW(t->arena, struct str), value = str_of(app);

    assert_null(requirement_new(t->arena, STR("app"), OPERATOR_IN, &value, 1, 0, r));
    labels_put(t, &spec->labels, "app", value);
    spec->namespace = namespaces[0] = STR("default");
    *term = (struct topology_term){
        .kind = TOPOLOGY_ANTI_AFFINITY,
        .key = LABEL_HOSTNAME,
        .required = true,
        .who = {.labels = {.present = true, .items = r, .count = 1, .capacity = 1},
                .namespaces = namespaces,
                .namespace_count = 1}};
    spec->topology = term;
    spec->topology_count = 1;
}

/* Up to eight pods, some choosy, some that keep apart; six types at most. */
static void random_town(struct town *t, struct arena *a, uint64_t seed)
{
    struct rng r = {seed};
    size_t types = 1 + rng_below(&r, TYPES_MOST), pods = 1 + rng_below(&r, PODS_MOST);

    town_init(t, a);
    for (size_t i = 0; i < types; i++) {
        int64_t cpu = 1000 * (1 + (int64_t)rng_below(&r, 16));
        int64_t memory = 1024 * (1 + (int64_t)rng_below(&r, 32));
        int64_t price = cpu * 30 + memory * 4 + (int64_t)rng_below(&r, 40000);
        int64_t spot = rng_below(&r, 2) ? price * (3 + (int64_t)rng_below(&r, 9)) / 10 : 0;
        town_type(t, arena_printf(a, "t%zu", i).ptr, cpu, memory, price, spot,
                  1 + rng_below(&r, 2));
    }
    town_pool(t, "default");
    for (size_t i = 0; i < pods; i++) {
        struct pod *p =
            town_pod(t, arena_printf(a, "p%zu", i).ptr, 100 * (1 + (int64_t)rng_below(&r, 60)),
                     128 * (1 + (int64_t)rng_below(&r, 100)));
        if (rng_below(&r, 4) == 0)
            pod_selects(t, p, "topology.kubernetes.io/zone", rng_below(&r, 2) ? "a" : "b");
        if (rng_below(&r, 3) == 0)
            keep_apart(t, spec_of(p), rng_below(&r, 2) ? "x" : "y");
        if (rng_below(&r, 6) == 0)
            spec_of(p)->requests.amount[RESOURCE_CPU] = 0; /* it fits where all cores are taken */
        if (i && rng_below(&r, 3) == 0)
            p->spec = t->pods[i - 1].spec;
    }
    if (rng_below(&r, 4) == 0) {
        struct requirements *term = ARENA_NEW(a, struct requirements);
        struct pod_spec *spec = ARENA_NEW(a, struct pod_spec);
        *spec = (struct pod_spec){.requests = amounts(100, 128, 1), .terms = term, .term_count = 1};
        t->daemons[t->world.daemon_count++] = (struct daemon){.spec = spec};
    }
}

static bool shares(const struct town *t, unsigned pods)
{
    for (size_t i = 0; i < t->world.pod_count; i++)
        for (size_t k = 0; (pods >> i & 1) && k < i; k++)
            if ((pods >> k & 1) && t->pods[i].spec->topology_count &&
                t->pods[k].spec->topology_count &&
                str_eq(labels_get(&t->pods[i].spec->labels, STR("app")),
                       labels_get(&t->pods[k].spec->labels, STR("app"))))
                return false;
    return true;
}

static int64_t node_cost(const struct town *t, unsigned pods)
{
    struct resources sum = {0};
    int64_t best = INT64_MAX;

    for (size_t i = 0; i < t->world.pod_count; i++)
        if (pods >> i & 1)
            resources_add(&sum, &t->pods[i].spec->requests);
    for (size_t i = 0; i < t->world.daemon_count; i++)
        resources_add(&sum, &t->daemons[i].spec->requests);
    for (size_t i = 0; shares(t, pods) && i < t->catalog.count; i++)
        for (size_t k = 0; k < t->types[i].offering_count; k++) {
            const struct offering *o = &t->types[i].offerings[k];
            bool ok = fits(&sum, &t->types[i].allocatable, RESOURCES_MAX);
            for (size_t p = 0; ok && p < t->world.pod_count; p++)
                if (pods >> p & 1)
                    for (size_t n = 0; n < t->pods[p].spec->terms[0].count; n++)
                        ok &= requirement_has(&t->pods[p].spec->terms[0].items[n], o->zone);
            if (ok && o->price_microusd_per_hour < best)
                best = o->price_microusd_per_hour;
        }
    return best;
}

/* The cheapest fleet of every subset: the node of its lowest pod, and the rest. */
static int64_t optimum(const struct town *t, unsigned all)
{
    static int64_t cost[1 << PODS_MOST], node[1 << PODS_MOST];

    cost[0] = 0;
    for (unsigned set = 1; set <= all; set++) {
        node[set] = node_cost(t, set);
        cost[set] = INT64_MAX;
        for (unsigned part = set; part; part = (part - 1) & set)
            if (node[part] != INT64_MAX && cost[set & ~part] != INT64_MAX &&
                node[part] + cost[set & ~part] < cost[set])
                cost[set] = node[part] + cost[set & ~part];
    }
    return cost[all];
}

static unsigned placeable(const struct town *t)
{
    unsigned set = 0;

    for (unsigned i = 0; i < t->world.pod_count; i++)
        if (node_cost(t, 1u << i) != INT64_MAX)
            set |= 1u << i;
    return set;
}

/* The heaviest that a host can hold, by trying everything. */
static __int128 heaviest(const struct cover *c, const int64_t *weight, const struct host *h,
                         uint32_t row, struct resources rest, uint32_t *in_group)
{
    if (row == c->row_count)
        return 0;
    uint32_t group = c->rows[row].group, before = group == NO_GROUP ? 0 : in_group[group];
    __int128 best = heaviest(c, weight, h, row + 1, rest, in_group), held = 0;

    for (uint32_t n = 0; bits_has(h->rows, row) && n < c->rows[row].count; n++) {
        if (!fits(&c->rows[row].amount, &rest, c->resource_count) ||
            (group != NO_GROUP && in_group[group] == c->group_most[group]))
            break;
        resources_subtract(&rest, &c->rows[row].amount);
        if (group != NO_GROUP)
            in_group[group]++;
        held += weight[row];
        __int128 other = held + heaviest(c, weight, h, row + 1, rest, in_group);
        best = other > best ? other : best;
    }
    if (group != NO_GROUP)
        in_group[group] = before;
    return best;
}

static bool weights_hold(const struct cover *c, const int64_t *weight)
{
    for (size_t i = 0; i < c->host_count; i++) {
        uint32_t in_group[64] = {0};
        if (heaviest(c, weight, &c->hosts[i], 0, c->hosts[i].room, in_group) >
            (__int128)c->hosts[i].price << WEIGHT_BITS)
            return false;
    }
    return true;
}

static void count_all(bool *counted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        counted[i] = true;
}

/* The bound of all covers by weights alone, checked. */
static int64_t dual_bound(struct town *t, uint64_t seed)
{
    struct market m;
    struct covers covers;
    bool counted[PODS_MOST];
    int64_t sum = 0;

    market_open(t->arena, &t->world, &m);
    count_all(counted, t->world.pod_count);
    cover_for_bound(&m, counted, SIZE_MAX, &covers);
    for (size_t i = 0; i < covers.count; i++) {
        struct generation g;
        generation_open(t->arena, &covers.items[i], BOUND_WORK_LITTLE, &g);
        generation_run(&g, 12);
        if (!weights_hold(&covers.items[i], g.weight) ||
            !weights_hold(&covers.items[i], weights_by_worth(t->arena, &covers.items[i])))
            fail_msg("seed %llu: a host holds more than its price", (unsigned long long)seed);
        sum += (int64_t)(g.proved >> WEIGHT_BITS);
    }
    return sum;
}

static void no_bound_is_above_the_cheapest_fleet(void **state)
{
    (void)state;
    int64_t exact = 0, compared = 0, permille = 0;

    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct certificate c;

        random_town(&t, &a, seed);
        bound_prove(&a, &t.world, BOUND_WORK_LITTLE, &c);
        unsigned set = placeable(&t);
        int64_t best = optimum(&t, set), dual = dual_bound(&t, seed);
        if (c.microusd_per_hour > best || dual > best)
            fail_msg("seed %llu: bound %lld, by weights %lld, optimum %lld",
                     (unsigned long long)seed, (long long)c.microusd_per_hour, (long long)dual,
                     (long long)best);
        if (!set)
            continue;
        exact += c.microusd_per_hour == best;
        permille += dual * 1000 / best;
        compared++;
    }
    print_message("%lld worlds, bound at the optimum in %lld, weights at %lld/1000 of it\n",
                  (long long)compared, (long long)exact, (long long)(permille / compared));
    assert_int_equal(exact, compared);
    assert_true(permille / compared > 930);
}

/* Two types, on-demand and spot, in two zones. */
static struct pool *simple_town(struct town *t, struct arena *a)
{
    town_init(t, a);
    town_type(t, "c5.xlarge", 3920, 7000, 170000, 60000, 2);
    town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    return town_pool(t, "default");
}

static int64_t bound_of(struct town *t)
{
    struct certificate c;

    bound_prove(t->arena, &t->world, BOUND_WORK_LITTLE, &c);
    return c.microusd_per_hour;
}

/* Pods on nodes, of which those of other owners and those without a price bear nothing. */
static unsigned place_on_nodes(struct town *t)
{
    struct claim *nodes = ARENA_ARRAY(t->arena, struct claim, 3);
    unsigned bearing = 0;

    for (size_t i = 0; i < 3; i++)
        nodes[i] = (struct claim){.id = arena_printf(t->arena, "n%zu", i),
                                  .pool = STR("default"),
                                  .foreign = i == 1,
                                  .price_microusd_per_hour = i == 2 ? 0 : 50000};
    for (size_t i = 0; i < t->world.pod_count; i++) {
        t->pods[i].claim = i % 4 == 3 ? (struct str){0} : nodes[i % 4].id;
        bearing |= (unsigned)(i % 4 == 0 || i % 4 == 3) << i;
    }
    t->world.claims = nodes;
    t->world.claim_count = 3;
    return bearing;
}

/* Where pods run and what they are called: a bound knows nothing of it, so a proof is good for as
 * long as the rest stays. */
static void the_bound_does_not_depend_on_where_pods_run(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS / 4; seed++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct certificate c;
        random_town(&t, &a, seed);
        unsigned set = placeable(&t) & place_on_nodes(&t);
        struct world less = bound_world(&a, &t.world);
        bound_prove(&a, &less, BOUND_WORK_LITTLE, &c);
        assert_int_equal(less.claim_count, 0);
        assert_int_equal(c.microusd_per_hour, optimum(&t, set));
    }
}

static void the_bound_is_what_the_fleet_cannot_go_below(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    simple_town(&t, &a);
    assert_int_equal(bound_of(&t), 0);
    town_pod(&t, "p1", 100, 100); /* one small pod still needs a whole node */
    assert_int_equal(bound_of(&t), 40000);
    for (int i = 0; i < 392; i++)
        town_pod(&t, arena_printf(&a, "q%d", i).ptr, 1000, 64);
    /* Three to a c5.xlarge, whose other 920m are of no use to them. */
    assert_int_equal(bound_of(&t), 131 * 60000);
    town_pod(&t, "huge", 100000, 64); /* nobody can serve it: it bears nothing */
    assert_int_equal(bound_of(&t), 131 * 60000);
}

static void pods_that_keep_apart_cost_a_node_each(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    simple_town(&t, &a);
    for (int i = 0; i < 300; i++)
        keep_apart(&t, spec_of(town_pod(&t, arena_printf(&a, "p%d", i).ptr, 100 + i % 20, 64)),
                   "nginx");
    assert_int_equal(bound_of(&t), 300 * 40000);
}

static void the_bound_counts_the_nodes_that_static_pools_have_anyway(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = simple_town(&t, &a);
    pool->replicas = 3;
    assert_int_equal(bound_of(&t), 3 * 40000);
    town_pod(&t, "p1", 1000, 100); /* it finds room on them */
    assert_int_equal(bound_of(&t), 3 * 40000);
    struct pod *other = town_pod(&t, "p2", 1000, 100);
    pod_selects(&t, other, "karpenter.sh/nodepool", "other"); /* and this one cannot */
    town_pool(&t, "other");
    assert_int_equal(bound_of(&t), 3 * 40000 + 40000);
    pool->limits.nodes = 2; /* what its limits forbid, no fleet has */
    assert_int_equal(bound_of(&t), 2 * 40000 + 40000);
    pool->limits.amount.amount[RESOURCE_CPU] = 1930;
    assert_int_equal(bound_of(&t), 40000 + 40000);
    pool->deleting = true;
    assert_int_equal(bound_of(&t), 60000);
}

/* What is left on a node that costs nothing may take pods, once. */
static void free_rooms_are_taken_off(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = simple_town(&t, &a);
    for (int i = 0; i < 4; i++)
        town_pod(&t, arena_printf(&a, "p%d", i).ptr, 1900, 64);
    assert_int_equal(bound_of(&t), 2 * 60000);
    struct claim *c = town_claim(&t, "stranger", pool, &t.types[1]);
    c->foreign = true;
    assert_int_equal(bound_of(&t), 60000 + 40000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bound_is_above_the_cheapest_fleet),
        cmocka_unit_test(the_bound_does_not_depend_on_where_pods_run),
        cmocka_unit_test(the_bound_is_what_the_fleet_cannot_go_below),
        cmocka_unit_test(pods_that_keep_apart_cost_a_node_each),
        cmocka_unit_test(the_bound_counts_the_nodes_that_static_pools_have_anyway),
        cmocka_unit_test(free_rooms_are_taken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
