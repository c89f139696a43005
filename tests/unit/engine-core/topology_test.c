#include "tests/unit/engine-core/worlds.h"
#include "tests/unit/range.h"

/* What pods ask of where other pods are, rule by rule (random worlds: placing_test.c). */

#define ZONE "topology.kubernetes.io/zone"
#define HOST "kubernetes.io/hostname"

/* One pool; one type, sold in three zones. */
static struct pool *three_zones(struct town *t, struct arena *a)
{
    town_init(t, a);
    town_type(t, "m5.large", 2000, 8192, 100000, 0, 3);
    return town_pool(t, "default");
}

static struct pod *web(struct town *t, const char *name)
{
    struct pod *p = town_pod(t, name, 100, 100);

    pod_label(t, p, "app", "web");
    return p;
}

static size_t launched_in(const struct decision *d, const char *zone)
{
    size_t pods = 0;

    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_LAUNCH &&
            str_eq(d->actions[i].options[0].offering->zone, str_of(zone)))
            pods += d->actions[i].pod_count;
    return pods;
}

static void a_spread_shares_pods_out_and_its_options_stay_in_their_zone(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a);
    for (int i = 0; i < 7; i++)
        pod_term(&t, web(&t, arena_printf(&a, "p%d", i).ptr), TOPOLOGY_SPREAD, STR(ZONE), "app",
                 "web");
    struct decision d = town_decide(&t);
    assert_int_equal(launched_in(&d, "a") + launched_in(&d, "b") + launched_in(&d, "c"), 7);
    assert_true(in_range((int64_t)launched_in(&d, "a"), 2, 3));
    assert_true(in_range((int64_t)launched_in(&d, "b"), 2, 3));
    assert_true(in_range((int64_t)launched_in(&d, "c"), 2, 3));
    for (size_t i = 0; i < d.action_count; i++)
        for (size_t k = 1; k < d.actions[i].option_count; k++)
            assert_true(str_eq(d.actions[i].options[k].offering->zone,
                               d.actions[i].options[0].offering->zone));
}

static void what_runs_counts_in_a_spread(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = three_zones(&t, &a);
    town_claim(&t, "c1", pool, &t.types[0]); /* in zone a */
    web(&t, "p0")->claim = STR("c1");
    web(&t, "p1")->claim = STR("c1");
    pod_term(&t, web(&t, "p2"), TOPOLOGY_SPREAD, STR(ZONE), "app", "web");
    pod_term(&t, web(&t, "p3"), TOPOLOGY_SPREAD, STR(ZONE), "app", "web");
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 0);
    assert_int_equal(launched_in(&d, "b"), 1);
    assert_int_equal(launched_in(&d, "c"), 1);
}

static void the_spread_of_who_runs_keeps_nobody_away(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = three_zones(&t, &a);
    town_claim(&t, "c1", pool, &t.types[0]);
    struct pod *runs = web(&t, "p0"), *another = web(&t, "p2");
    pod_term(&t, runs, TOPOLOGY_SPREAD, STR(HOST), "app", "web")->max_skew = 1;
    runs->claim = STR("c1");
    web(&t, "p1"); /* counts in that spread, and asks nothing itself */
    pod_term(&t, another, TOPOLOGY_SPREAD, STR(HOST), "app", "web")->max_skew = 1;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1); /* its own it has to hold */
}

static void pods_of_two_kinds_that_each_want_to_be_first_do_not_both_begin(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a);
    struct pod *lone = web(&t, "p0");
    pod_term(&t, lone, TOPOLOGY_AFFINITY, STR(ZONE), "app", "web");
    pod_term(&t, lone, TOPOLOGY_ANTI_AFFINITY, STR(ZONE), "app", "web");
    for (int i = 1; i < 3; i++)
        pod_term(&t, web(&t, arena_printf(&a, "p%d", i).ptr), TOPOLOGY_AFFINITY, STR(HOST), "app",
                 "web");
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(launched_in(&d, "a") + launched_in(&d, "b") + launched_in(&d, "c"), 2);
}

static void anti_affinity_by_hostname_is_a_node_each_and_holds_against_who_runs(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = three_zones(&t, &a);
    town_claim(&t, "c1", pool, &t.types[0]);
    struct pod *there = web(&t, "p0");
    pod_term(&t, there, TOPOLOGY_ANTI_AFFINITY, STR(HOST), "app", "web");
    there->claim = STR("c1");
    web(&t, "p1"); /* asks nothing, but p0 will not have it */
    town_pod(&t, "p2", 100, 100);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(count_actions(&d, ACTION_BIND), 1);
    assert_string_equal(find_action(&d, ACTION_BIND)->pod->name.ptr, "p2");
}

static void a_spread_that_nothing_satisfies_says_which(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a);
    pod_term(&t, web(&t, "p0"), TOPOLOGY_SPREAD, STR("example.com/rack"), "app", "web");
    struct decision d = town_decide(&t);
    const struct waiting *w = find_waiting(&d, "p0");
    assert_int_equal(w->reason, REASON_TOPOLOGY);
    assert_true(says(w->message, "spread over example.com/rack"));
}

static void pods_that_want_each_other_share_a_node_or_wait(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a);
    for (int i = 0; i < 3; i++) {
        struct pod *p = web(&t, arena_printf(&a, "p%d", i).ptr);
        pod_term(&t, p, TOPOLOGY_AFFINITY, STR(HOST), "app", "web");
        spec_of(p)->requests.amount[RESOURCE_CPU] = 900;
    }
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(find_action(&d, ACTION_LAUNCH)->pod_count, 2);
    assert_int_equal(find_waiting(&d, "p2")->reason, REASON_TOPOLOGY);
}

static void one_port_of_a_node_goes_to_one_pod(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a);
    pod_takes_port(&t, town_pod(&t, "p0", 100, 100), "", 80);
    pod_takes_port(&t, town_pod(&t, "p1", 100, 100), "127.0.0.1", 80);
    pod_takes_port(&t, town_pod(&t, "p2", 100, 100), "", 81);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
}

static void prefer_zone(struct town *t, struct pod *p, const char *zone)
{
    struct preference *wish = ARENA_NEW(t->arena, struct preference);

    wish->weight = 1;
    require(t, &wish->node, ZONE, OPERATOR_IN, zone);
    spec_of(p)->preferences = wish;
    spec_of(p)->preference_count = 1;
}

static void a_preference_is_held_where_it_can_be_and_else_named(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a);
    prefer_zone(&t, town_pod(&t, "p0", 100, 100), "c");
    prefer_zone(&t, town_pod(&t, "p1", 100, 100), "nowhere");
    struct decision d = town_decide(&t);
    assert_true(launched_in(&d, "c") >= 1);
    assert_int_equal(d.relaxed_count, 1);
    assert_string_equal(d.relaxed[0].pod->name.ptr, "p1");
    assert_true(says(d.relaxed[0].dropped, ZONE));
}

static void a_preference_keeps_no_node_from_being_replaced(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = three_zones(&t, &a);
    struct offering *offerings = (struct offering *)t.types[0].offerings;
    offerings[1].unavailable_until_ms = t.world.now_ms + HOUR_MS; /* zone b */
    town_claim(&t, "c1", pool, &t.types[0])->hash = STR("as it was");
    struct pod *p = town_pod(&t, "p0", 100, 100);
    p->claim = STR("c1");
    prefer_zone(&t, p, "b");
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(d.pools[0].reason, REASON_NONE);
}

static void preferences_that_are_to_be_ignored_cost_nothing(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a);
    for (int i = 0; i < 4; i++)
        pod_term(&t, web(&t, arena_printf(&a, "p%d", i).ptr), TOPOLOGY_ANTI_AFFINITY, STR(HOST),
                 "app", "web")
            ->required = false;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 4);
    t.world.no_preferences = true;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(d.relaxed_count, 0);
}

static void a_foreign_node_takes_pods_and_nothing_is_done_to_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a);
    const struct claim *theirs = town_foreign(&t, "ip-10-0-0-1", &t.types[0]);
    town_pod(&t, "p0", 100, 100);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_ptr_equal(find_waiting(&d, "p0")->claim, theirs);
}

/* More than arrivals look at, and nothing on sale: only what rooms are thought to take lets them
 * in, so that must be neither nothing nor too little. */
static void a_crowd_is_spread_over_rooms_alone(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    enum { PODS = 72, NODES = 6 }; /* of 20 such pods each */
    size_t given = 0;

    three_zones(&t, &a)->catalog = NULL;
    for (int i = 0; i < NODES; i++) {
        struct claim *c = town_foreign(&t, arena_printf(&a, "n%d", i).ptr, &t.types[0]);
        c->zone = arena_printf(&a, "%c", 'a' + i % 3);
        labels_set(&a, &c->labels, STR(ZONE), c->zone);
    }
    for (int i = 0; i < PODS; i++)
        pod_term(&t, web(&t, arena_printf(&a, "p%02d", i).ptr), TOPOLOGY_SPREAD, STR(ZONE), "app",
                 "web");
    struct decision d = town_decide(&t);
    for (size_t i = 0; i < d.waiting_count; i++)
        given += d.waiting[i].claim != NULL; /* binding them there is the scheduler's */
    assert_int_equal(given, PODS);
}

/* Each large pod fits on its own node alone, and each small one finds room anywhere: in the order
 * of who has least choice, the second large one would be sent to the other zone, where it would
 * need a node of its own. */
static void who_is_awaited_goes_where_its_node_is(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    static const struct str awaited[2][2] = {{STR("p0"), STR("p1")}, {STR("p2"), STR("p3")}};

    struct pool *pool = three_zones(&t, &a);
    town_type(&t, "m5.small", 500, 8192, 40000, 0, 3);
    for (int i = 0; i < 4; i++) {
        struct pod *p = web(&t, arena_printf(&a, "p%d", i).ptr);
        spec_of(p)->requests.amount[RESOURCE_CPU] = i < 2 ? 1000 : 250;
        pod_selects(&t, p, "kubernetes.io/arch", "amd64");
        pod_term(&t, p, TOPOLOGY_SPREAD, STR(ZONE), "app", "web");
    }
    for (int i = 0; i < 2; i++) {
        struct claim *c = town_claim(&t, arena_printf(&a, "n%d", i).ptr, pool, &t.types[i ? 1 : 0]);
        c->zone = i ? STR("b") : STR("a");
        labels_set(&a, &c->labels, STR(ZONE), c->zone);
        c->planned_pods = awaited[i];
        c->planned_pod_count = 2;
    }
    require(&t, &pool->requirements, ZONE, OPERATOR_NOT_IN, "c");
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
    assert_int_equal(count_actions(&d, ACTION_BIND), 4);
    for (size_t i = 0; i < d.action_count; i++)
        assert_string_equal(d.actions[i].claim->id.ptr,
                            d.actions[i].pod->name.ptr[1] < '2' ? "n0" : "n1");
}

/* What has come to run since then keeps it away from there. */
static void who_is_awaited_where_its_spread_does_not_hold_goes_elsewhere(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    static const struct str awaited[] = {STR("p2")};

    struct pool *pool = three_zones(&t, &a);
    struct claim *c = town_claim(&t, "n0", pool, &t.types[0]);
    c->planned_pods = awaited;
    c->planned_pod_count = 1;
    web(&t, "p0")->claim = web(&t, "p1")->claim = c->id;
    pod_term(&t, web(&t, "p2"), TOPOLOGY_SPREAD, STR(ZONE), "app", "web");
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 0);
    assert_int_equal(launched_in(&d, "b") + launched_in(&d, "c"), 1);
}

static void who_matters_most_gets_what_limits_leave(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_zones(&t, &a)->limits.nodes = 1;
    town_pod(&t, "p0", 1500, 100);
    spec_of(town_pod(&t, "p1", 1000, 100))->priority = 1000;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_string_equal(find_action(&d, ACTION_LAUNCH)->pods[0]->name.ptr, "p1");
    assert_int_equal(find_waiting(&d, "p0")->reason, REASON_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spread_shares_pods_out_and_its_options_stay_in_their_zone),
        cmocka_unit_test(what_runs_counts_in_a_spread),
        cmocka_unit_test(the_spread_of_who_runs_keeps_nobody_away),
        cmocka_unit_test(pods_of_two_kinds_that_each_want_to_be_first_do_not_both_begin),
        cmocka_unit_test(anti_affinity_by_hostname_is_a_node_each_and_holds_against_who_runs),
        cmocka_unit_test(a_spread_that_nothing_satisfies_says_which),
        cmocka_unit_test(pods_that_want_each_other_share_a_node_or_wait),
        cmocka_unit_test(one_port_of_a_node_goes_to_one_pod),
        cmocka_unit_test(a_preference_is_held_where_it_can_be_and_else_named),
        cmocka_unit_test(a_preference_keeps_no_node_from_being_replaced),
        cmocka_unit_test(preferences_that_are_to_be_ignored_cost_nothing),
        cmocka_unit_test(a_foreign_node_takes_pods_and_nothing_is_done_to_it),
        cmocka_unit_test(a_crowd_is_spread_over_rooms_alone),
        cmocka_unit_test(who_is_awaited_goes_where_its_node_is),
        cmocka_unit_test(who_is_awaited_where_its_spread_does_not_hold_goes_elsewhere),
        cmocka_unit_test(who_matters_most_gets_what_limits_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
