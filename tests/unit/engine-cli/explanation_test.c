#include "engine/cli/constraints.h"
#include "engine/cli/explanation.h"
#include "tests/unit/engine-core/worlds.h"

/* c5.large (2 cpu, 0.08 $/h, spot 0.03) and c5.xlarge (4 cpu, 0.17, no spot) in two zones. */
static void begin(struct town *t, struct arena *a)
{
    town_init(t, a);
    town_type(t, "c5.large", 2000, 4096, 80000, 30000, 2);
    town_type(t, "c5.xlarge", 4000, 8192, 170000, 0, 2);
}

static struct explanation explain(struct town *t, const struct pod *pod)
{
    struct planned_fleet *f = ARENA_NEW(t->arena, struct planned_fleet);
    struct explanation e;

    planned_fleet_make(t->arena, &t->world, f);
    explanation_make(t->arena, f, pod, &e);
    return e;
}

static struct str table_of(struct arena *a, const struct explanation *e)
{
    struct buf out = buf_in(a);

    explanation_table(&out, e);
    return buf_str(&out);
}

static void each_pool_says_why_it_does_not_take_the_pod(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct taint taint = {STR("dedicated"), STR("gpu"), EFFECT_NO_SCHEDULE};

    begin(&t, &a);
    town_pool(&t, "a-full")->limits.nodes = 0;
    town_pool(&t, "b-other");
    require(&t, &t.pools[1].requirements, "team", OPERATOR_IN, "b");
    struct pool *tainted = town_pool(&t, "c-tainted");
    ARENA_PUSH(&a, tainted->taints.items, tainted->taints.count, tainted->taints.capacity, taint);
    town_pool(&t, "d-static")->replicas = 0;
    struct pod *p = town_pod(&t, "default/p", 1500, 512);
    pod_selects(&t, p, "kubernetes.io/arch", "amd64");
    pod_selects(&t, p, "node.kubernetes.io/instance-type", "c5.xlarge");
    struct requirements *term = (struct requirements *)p->spec->terms;
    require(&t, term, "team", OPERATOR_DOES_NOT_EXIST, NULL);
    struct explanation e = explain(&t, p);
    static const enum reason wanted[] = {REASON_LIMIT, REASON_REQUIREMENTS, REASON_NOT_TOLERATED,
                                         REASON_NONE};
    assert_null(e.node);
    assert_non_null(e.why);
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_false(e.pools[i].takes);
        assert_int_equal(e.pools[i].reason, wanted[i]);
        assert_true(e.pools[i].message.len > 0);
    }
    assert_true(says(table_of(&a, &e), "default/p has no place: Limit"));
}

static void a_pool_that_would_take_it_names_its_cheapest_node(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a);
    town_pool(&t, "cheap");
    town_pool(&t, "heavy")->weight = 10;
    require(&t, &t.pools[1].requirements, "karpenter.sh/capacity-type", OPERATOR_IN, "on-demand");
    struct explanation e = explain(&t, town_pod(&t, "default/p", 1500, 512));
    assert_string_equal(e.node->launch->pool->name.ptr, "heavy");
    assert_true(e.pools[0].takes && e.pools[1].takes);
    assert_int_equal(e.pools[0].option.offering->price_microusd_per_hour, 30000);
    assert_int_equal(e.pools[1].option.offering->price_microusd_per_hour, 80000);
}

/* The other pods' nodes have used the limit up, its own has not. */
static void limits_count_the_rest_of_the_fleet(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a);
    town_pool(&t, "default")->limits.nodes = 2;
    for (int i = 0; i < 3; i++)
        town_pod(&t, arena_printf(&a, "default/p-%d", i).ptr, 3500, 512);
    struct explanation placed = explain(&t, &t.pods[0]), waits = explain(&t, &t.pods[2]);
    assert_non_null(placed.node);
    assert_true(placed.pools[0].takes);
    assert_null(waits.node);
    assert_int_equal(waits.pools[0].reason, REASON_LIMIT);
}

/* As a world that was kept has them: each list stands for itself. */
static void terms_of_its_own_are_no_volumes_wherever_they_lie(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a);
    struct pod *p = town_pod(&t, "default/p", 1500, 512);
    pod_selects(&t, p, "topology.kubernetes.io/zone", "b");
    struct requirements again = {0};
    requirements_add(&a, &again, &p->spec->terms[0].items[0]);
    spec_of(p)->own_terms = &again;
    assert_int_equal(constraints_of(&a, p->spec).count, 1);
    again.count = 0;
    assert_int_equal(constraints_of(&a, p->spec).count, 1);
    assert_int_equal(constraints_of(&a, p->spec).items[0].kind, CONSTRAINT_VOLUMES);
}

static void a_constraint_costs_what_the_fleet_is_cheaper_without_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a);
    town_pool(&t, "default");
    struct pod *p = town_pod(&t, "default/p", 1500, 512);
    pod_selects(&t, p, "karpenter.sh/capacity-type", "on-demand");
    pod_selects(&t, p, "topology.kubernetes.io/zone", "b");
    spec_of(p)->own_terms = p->spec->terms;
    struct explanation e = explain(&t, p);
    assert_int_equal(e.without_count, 2);
    assert_int_equal(e.fleet->microusd_per_hour, 80000);
    assert_int_equal(e.without[0].microusd_per_hour, 30000);
    assert_int_equal(e.without[1].microusd_per_hour, 80000);
    struct str table = table_of(&a, &e);
    assert_true(says(table, "the node label karpenter.sh/capacity-type In [on-demand]  0.0300  "
                            "0.0500 $/h less"));
    assert_true(says(table, "costs the same"));
}

static void a_pod_that_waits_is_told_which_constraint_keeps_it_out(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct buf out = buf_in(&a);

    begin(&t, &a);
    town_pool(&t, "default");
    struct pod *p = town_pod(&t, "default/p", 1500, 512);
    pod_selects(&t, p, "topology.kubernetes.io/zone", "mars");
    spec_of(p)->own_terms = p->spec->terms;
    struct explanation e = explain(&t, p);
    assert_null(e.node);
    assert_true(e.without[0].places);
    assert_true(says(table_of(&a, &e), "0.0300 $/h more, 1 pod more placed, this one too"));
    explanation_json(&out, &e);
    assert_true(says(buf_str(&out), "\"reason\":\"Requirements\""));
    assert_true(says(buf_str(&out), "\"places\":true"));
}

static void every_constraint_can_be_taken_away_alone(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct requirements own[1] = {0}, with_volumes[1] = {0};
    struct topology_term topology[] = {
        {.kind = TOPOLOGY_SPREAD, .key = STR("zone"), .required = true},
        {.kind = TOPOLOGY_ANTI_AFFINITY, .key = STR("host")},
    };
    struct preference preferences[] = {{.weight = 1}, {.weight = 2}};
    struct host_port port = {.port = 80};
    struct town t;

    begin(&t, &a);
    require(&t, own, "team", OPERATOR_IN, "a");
    require(&t, own, "tier", OPERATOR_EXISTS, NULL);
    require(&t, with_volumes, "zone", OPERATOR_IN, "z");
    struct pod_spec spec = {.terms = with_volumes,
                            .term_count = 1,
                            .own_terms = own,
                            .own_term_count = 1,
                            .topology = topology,
                            .topology_count = 2,
                            .preferences = preferences,
                            .preference_count = 2,
                            .ports = &port,
                            .port_count = 1};
    struct constraints all = constraints_of(&a, &spec);
    assert_int_equal(all.count, 8);
    for (size_t i = 0; i < all.count; i++) {
        const struct pod_spec *less = constraint_dropped(&a, &spec, &all.items[i]);
        assert_int_equal(constraints_of(&a, less).count, 7);
    }
    assert_true(says(all.items[3].text, "its spread over zone"));
    assert_true(says(all.items[4].text, "its preferred anti-affinity within host"));
    const struct pod_spec *less = constraint_dropped(&a, &spec, &all.items[3]);
    assert_int_equal(less->topology[0].kind, TOPOLOGY_ANTI_AFFINITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pool_says_why_it_does_not_take_the_pod),
        cmocka_unit_test(a_pool_that_would_take_it_names_its_cheapest_node),
        cmocka_unit_test(limits_count_the_rest_of_the_fleet),
        cmocka_unit_test(terms_of_its_own_are_no_volumes_wherever_they_lie),
        cmocka_unit_test(a_constraint_costs_what_the_fleet_is_cheaper_without_it),
        cmocka_unit_test(a_pod_that_waits_is_told_which_constraint_keeps_it_out),
        cmocka_unit_test(every_constraint_can_be_taken_away_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
