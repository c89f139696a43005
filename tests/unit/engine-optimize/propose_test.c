#include "engine/optimize/propose.h"

#include "engine/optimize/bound.h"
#include "tests/unit/engine-core/worlds.h"
#include "tests/unit/more.h"

enum { PODS = 90 };

/* A dozen shapes, some of them choosy, over types in two zones. */
static void random_town(struct town *t, struct arena *a, uint64_t seed)
{
    struct rng r = {seed};

    town_init(t, a);
    for (size_t i = 0; i < 8; i++) {
        int64_t cpu = 1000 << rng_below(&r, 5);
        int64_t memory = (1 + (int64_t)rng_below(&r, 8)) * cpu * 1024 / 1000;
        int64_t price = cpu * 30 + memory * 4 + (int64_t)rng_below(&r, 9000);
        town_type(t, arena_printf(a, "t%zu", i).ptr, cpu, memory, price,
                  rng_below(&r, 3) ? 0 : price / 2, 2);
    }
    town_pool(t, "default");
    for (size_t i = 0; i < PODS; i++) {
        struct pod *p = town_pod(t, arena_printf(a, "p%02zu", i).ptr, 0, 0);
        if (i >= 12) {
            p->spec = t->pods[rng_below(&r, 12)].spec;
            continue;
        }
        spec_of(p)->requests = amounts(100 * (1 + (int64_t)rng_below(&r, 20)),
                                       128 * (1 + (int64_t)rng_below(&r, 30)), 1);
        if (rng_below(&r, 5) == 0)
            pod_selects(t, p, "topology.kubernetes.io/zone", rng_below(&r, 2) ? "a" : "b");
    }
}

static int64_t cost_of(const struct decision *d)
{
    int64_t cost = 0;

    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_LAUNCH)
            cost += d->actions[i].options[0].offering->price_microusd_per_hour;
    return cost;
}

static size_t pods_of(const struct decision *d)
{
    size_t count = 0;

    for (size_t i = 0; i < d->action_count; i++)
        count += d->actions[i].pod_count;
    return count;
}

static void a_proposal_is_taken_where_it_is_cheaper(void **state)
{
    (void)state;
    int64_t before = 0, after = 0, bound = 0;

    for (uint64_t seed = 1; seed <= worlds_asked(8); seed++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct proposal p;
        struct certificate c;

        random_town(&t, &a, seed);
        struct decision first = town_decide(&t);
        fleet_propose(&a, &t.world, &first, PROPOSE_WORK, &p);
        t.world.proposal = &p;
        struct decision second = town_decide(&t);
        bound_prove(&a, &t.world, BOUND_WORK_MUCH, &c);
        assert_int_equal(pods_of(&second), pods_of(&first));
        if (cost_of(&second) > cost_of(&first) || cost_of(&second) < c.microusd_per_hour)
            fail_msg("seed %llu: %lld, with the proposal %lld, bound %lld",
                     (unsigned long long)seed, (long long)cost_of(&first),
                     (long long)cost_of(&second), (long long)c.microusd_per_hour);
        before += cost_of(&first);
        after += cost_of(&second);
        bound += c.microusd_per_hour;
    }
    print_message("%lld of the bound's thousandths before, %lld with proposals\n",
                  (long long)(before * 1000 / bound), (long long)(after * 1000 / bound));
    assert_true(after * 1000 / bound < 1020);
}

static void equal_worlds_get_equal_proposals(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct proposal p, q;

    random_town(&t, &a, 7);
    struct decision d = town_decide(&t);
    fleet_propose(&a, &t.world, &d, PROPOSE_WORK, &p);
    fleet_propose(&a, &t.world, &d, PROPOSE_WORK, &q);
    assert_int_equal(p.count, q.count);
    for (size_t i = 0; i < p.count; i++) {
        assert_int_equal(p.nodes[i].pod_count, q.nodes[i].pod_count);
        assert_memory_equal(p.nodes[i].pods, q.nodes[i].pods,
                            p.nodes[i].pod_count * sizeof(*p.nodes[i].pods));
    }
}

/* A hint is not believed: pods that do not fit together, that stand on two nodes, or of which a
 * pool knows nothing. */
static void a_false_proposal_does_no_harm(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool stranger = {.name = STR("stranger")};

    random_town(&t, &a, 3);
    struct decision first = town_decide(&t);
    const struct pod *all[PODS];
    for (size_t i = 0; i < PODS; i++)
        all[i] = &t.pods[i];
    struct proposed_node nodes[] = {{&t.pools[0], all, PODS},
                                    {&t.pools[0], all, 3},
                                    {&t.pools[0], all, 3},
                                    {&stranger, all, PODS},
                                    {&t.pools[0], all, 0}};
    struct proposal p = {nodes, COUNT(nodes), COUNT(nodes)};
    t.world.proposal = &p;
    struct decision second = town_decide(&t);
    assert_int_equal(pods_of(&second), pods_of(&first));
}

/* Its pods bear one of those that they are spread over beside them. */
static void spread_over(struct town *t, struct pod_spec *spec, const char *app)
{
    struct topology_term *term = ARENA_NEW(t->arena, struct topology_term);
    struct requirement *r = ARENA_NEW(t->arena, struct requirement);
    struct str *namespaces = ARENA_NEW(t->arena, struct str), value = str_of(app);

    assert_null(requirement_new(t->arena, STR("app"), OPERATOR_IN, &value, 1, 0, r));
    namespaces[0] = spec->namespace;
    *term = (struct topology_term){
        .kind = TOPOLOGY_SPREAD,
        .key = LABEL_HOSTNAME,
        .required = true,
        .max_skew = 1,
        .min_domains = 1,
        .heeds_affinity = true,
        .who = {.labels = {.present = true, .items = r, .count = 1, .capacity = 1},
                .namespaces = namespaces,
                .namespace_count = 1}};
    spec->topology = term;
    spec->topology_count = 1;
}

/* The plan knows sizes and places; who of several alike goes where, company decides. */
static void a_pod_that_company_keeps_out_is_exchanged_for_its_like(void **state)
{
    (void)state;
    enum { NODES = 150 }; /* so many pods that first fit is not tried besides */
    ARENA_AUTO a = {0};
    struct town t;
    struct pod *of[3]; /* the first of each kind */
    const char *const apps[] = {"busy", "idle", "watcher"};

    town_init(&t, &a);
    t.world.pods = t.pods = ARENA_ARRAY(&a, struct pod, 3 * NODES);
    town_type(&t, "three", 3000, 3072, 90000, 0, 1);
    struct pool *pool = town_pool(&t, "default");
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < NODES; i++) {
            struct pod *p = town_pod(&t, arena_printf(&a, "p%zu-%03zu", k, i).ptr, 1000, 1024);
            if (i) {
                p->spec = of[k]->spec;
                continue;
            }
            of[k] = p;
            spec_of(p)->namespace = STR("default");
            labels_put(&t, &spec_of(p)->labels, "app", str_of(apps[k]));
            if (k == 2)
                spread_over(&t, spec_of(p), "busy");
        }
    struct proposed_node *nodes = ARENA_ARRAY(&a, struct proposed_node, NODES);
    for (size_t i = 0; i < NODES; i++) {
        const struct pod **pods = ARENA_ARRAY(&a, const struct pod *, 3);
        pods[0] = of[2] + i;
        pods[1] = of[0] + 2 * i; /* two busy ones on each, or two idle ones: */
        pods[2] = of[0] + 2 * i + 1;
        nodes[i] = (struct proposed_node){pool, pods, 3};
    }
    struct proposal p = {nodes, NODES, NODES};
    t.world.proposal = &p;
    struct decision d = town_decide(&t);
    assert_int_equal(pods_of(&d), 3 * NODES);
    assert_int_equal(cost_of(&d), NODES * 90000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proposal_is_taken_where_it_is_cheaper),
        cmocka_unit_test(equal_worlds_get_equal_proposals),
        cmocka_unit_test(a_false_proposal_does_no_harm),
        cmocka_unit_test(a_pod_that_company_keeps_out_is_exchanged_for_its_like),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
