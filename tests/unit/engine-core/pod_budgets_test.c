/* Budgets of pods, do-not-disrupt and grace periods: what keeps a node, and in which steps it
 * drains. */
#include "tests/unit/engine-core/worlds.h"

#define MINUTE_MS ((int64_t)60000)

/* A node with so many pods of app web, drifted, and room for them elsewhere. */
static struct pool *begin(struct town *t, struct arena *a, size_t pods)
{
    town_init(t, a);
    struct instance_type *type = town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    struct pool *pool = town_pool(t, "default");
    struct claim *old = town_claim(t, "c0", pool, type);

    old->hash = STR("h0");
    town_claim(t, "c1", pool, type);
    for (size_t i = 0; i < pods; i++) {
        struct pod *p = town_pod(t, arena_printf(a, "default/web-%zu", i).ptr, 100, 100);
        pod_label(t, p, "app", "web");
        p->claim = old->id;
    }
    return pool;
}

/* One more budget, of app web. */
static struct pod_budget *budget(struct town *t, const char *name)
{
    struct pod_budget *all =
        ARENA_ARRAY(t->arena, struct pod_budget, t->world.pod_budget_count + 1);
    struct requirement *who = ARENA_NEW(t->arena, struct requirement);
    struct str web = STR("web");

    if (t->world.pod_budget_count)
        memcpy(all, t->world.pod_budgets, t->world.pod_budget_count * sizeof(*all));
    assert_null(requirement_new(t->arena, STR("app"), OPERATOR_IN, &web, 1, 0, who));
    t->world.pod_budgets = all;
    all += t->world.pod_budget_count++;
    *all = (struct pod_budget){
        .name = str_of(name), .namespace = STR("default"), .selector = {true, who, 1, 1}};
    return all;
}

static void set(struct share *s, int64_t value, bool percent)
{
    *s = (struct share){true, percent, value};
}

static void as_many_are_evicted_at_once_as_the_budget_leaves(void **state)
{
    (void)state;
    static const struct {
        bool is_min, percent;
        int64_t value, evicted;
    } rows[] = {
        {false, false, 1, 1}, {false, false, 3, 3}, {false, true, 25, 2}, {false, true, 100, 5},
        {true, false, 4, 1},  {true, true, 50, 2},  {true, true, 41, 2},  {true, false, 0, 5},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        begin(&t, &a, 5);
        struct pod_budget *b = budget(&t, "default/web");
        set(rows[i].is_min ? &b->min_available : &b->max_unavailable, rows[i].value,
            rows[i].percent);
        struct decision d = town_decide(&t);
        if (count_actions(&d, ACTION_CORDON) != 1 ||
            count_actions(&d, ACTION_EVICT) != (size_t)rows[i].evicted)
            fail_msg("row %zu: %zu", i, count_actions(&d, ACTION_EVICT));
    }
}

static void the_next_goes_when_the_one_before_is_healthy_again(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a, 2);
    set(&budget(&t, "default/web")->max_unavailable, 1, false);
    t.claims[0].phase = CLAIM_DRAINING;
    t.claims[0].reason = STR("Drifted");
    t.pods[0].claim = (struct str){0};
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 0);
    assert_int_equal(count_actions(&d, ACTION_BIND), 1);
    assert_true(says(d.held[0].message, "default/web wants 1 of its 2 pods available"));
    assert_int_equal(d.pools[0].reason, REASON_NONE);
    t.pods[0].claim = t.claims[1].id;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
    t.pods[0].unready = true;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 0);
}

static void a_budget_that_can_never_be_met_keeps_the_node_and_is_named(void **state)
{
    (void)state;
    for (int least = 0; least < 2; least++) {
        ARENA_AUTO a = {0};
        struct town t;
        begin(&t, &a, 2);
        struct pod_budget *b = budget(&t, "default/web");
        set(least ? &b->min_available : &b->max_unavailable, least ? 2 : 0, false);
        struct decision d = town_decide(&t);
        assert_int_equal(d.action_count, 0);
        assert_int_equal(d.pools[0].reason, REASON_POD_BUDGET);
        assert_true(d.pools[0].settled);
        assert_true(says(d.pools[0].message, "pod default/web-0 stays: the PodDisruptionBudget "
                                             "default/web wants 2 of its 2 pods available"));
        assert_int_equal(d.held[0].by, REASON_POD_BUDGET);
        assert_int_equal(d.never_met_count, 1);
        assert_true(str_eq(d.never_met[0].budget, STR("default/web")));
        assert_int_equal(d.never_met[0].pods, 2);
        assert_int_equal(d.never_met[0].wanted, 2);
    }
}

static void a_pod_of_two_budgets_is_never_evicted(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a, 2);
    set(&budget(&t, "default/web-a")->max_unavailable, 1, false);
    set(&budget(&t, "default/web-b")->max_unavailable, 1, false);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_true(says(d.held[0].message, "default/web-a and default/web-b both select it"));
}

static void an_expired_node_lets_go_of_whom_it_may(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 2);
    town_pod(&t, "default/zz", 100, 100)->claim = t.claims[0].id;
    set(&budget(&t, "default/web")->max_unavailable, 0, false);
    pool->expire_after_ms = HOUR_MS;
    t.claims[0].created_ms = -HOUR_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
    assert_true(str_eq(find_action(&d, ACTION_EVICT)->pod->name, STR("default/zz")));
    t.claims[0].phase = CLAIM_DRAINING;
    t.claims[0].reason = STR("Expired");
    t.pods[2].claim = t.claims[1].id;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_POD_BUDGET);
    assert_true(says(d.pools[0].message, "default/web-0") && says(d.pools[0].message, "drains"));
}

static void who_is_not_healthy_goes_as_its_budget_says(void **state)
{
    (void)state;
    static const struct {
        bool always;
        int64_t unready;
        size_t evicted;
    } rows[] = {{false, 1, 1}, {true, 1, 1}, {false, 2, 0}, {true, 2, 2}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        begin(&t, &a, 3);
        struct pod_budget *b = budget(&t, "default/web");
        set(&b->min_available, 2, false);
        b->evicts_unhealthy = rows[i].always;
        for (int64_t n = 0; n < rows[i].unready; n++)
            t.pods[n].unready = true;
        t.claims[0].phase = CLAIM_DRAINING;
        t.claims[0].reason = STR("Drifted");
        struct decision d = town_decide(&t);
        if (count_actions(&d, ACTION_EVICT) != rows[i].evicted)
            fail_msg("row %zu: %zu", i, count_actions(&d, ACTION_EVICT));
    }
}

static void a_pod_is_left_alone_for_as_long_as_it_says(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a, 1);
    t.pods[0].started_ms = t.world.now_ms - 10 * MINUTE_MS;
    t.pods[0].undisturbed_ms = 30 * MINUTE_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.held[0].by, REASON_DO_NOT_DISRUPT);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + 20 * MINUTE_MS);
    t.world.now_ms += 20 * MINUTE_MS;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
}

static void a_node_that_must_not_be_disrupted_stays_empty_too(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 1);
    t.claims[0].do_not_disrupt = t.claims[1].do_not_disrupt = true;
    pool->empty_after_ms = 0;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_true(says(d.pools[0].message, "its node must not be disrupted"));
    pool->deleting = true; /* the user's word is the last */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 2);
}

static void who_came_and_must_stay_keeps_a_node_that_drains(void **state)
{
    (void)state;
    static const struct {
        const char *reason;
        bool stays;
    } rows[] = {{"Empty", true},         {"Drifted", true}, {"Expired", true},
                {"Underutilized", true}, {"Surplus", true}, {"SpotInterrupted", false}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        begin(&t, &a, 2);
        t.claims[0].phase = CLAIM_DRAINING;
        t.claims[0].reason = str_of(rows[i].reason);
        t.pods[1].undisturbed_ms = NEVER_MS;
        struct decision d = town_decide(&t);
        if ((count_actions(&d, ACTION_UNCORDON) == 1) != rows[i].stays ||
            (count_actions(&d, ACTION_EVICT) == 0) != rows[i].stays)
            fail_msg("%s", rows[i].reason);
    }
}

static void after_its_grace_a_draining_node_goes_whatever_holds_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 2);
    pool->has_grace = true;
    pool->grace_ms = HOUR_MS;
    t.pods[0].undisturbed_ms = NEVER_MS;
    set(&budget(&t, "default/web")->max_unavailable, 0, false);
    struct decision d = town_decide(&t); /* an end is in sight, so it begins */
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 0);
    t.claims[0].phase = CLAIM_DRAINING;
    t.claims[0].reason = STR("Drifted");
    t.claims[0].draining_ms = t.world.now_ms;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + HOUR_MS - MINUTE_MS / 2);
    t.world.now_ms = d.wake_at_ms; /* pods have half a minute to end */
    t.world.date_unsure = true;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    t.world.date_unsure = false;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 2);
    assert_int_equal(count_actions(&d, ACTION_TERMINATE), 0);
    t.world.now_ms += MINUTE_MS / 2;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_TERMINATE), 1);
}

static void a_grace_period_moves_no_pod_that_stays_only_to_save(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = begin(&t, &a, 2);

    pool->has_grace = true;
    pool->consolidation = (struct consolidation){.enabled = true, .payback_ms = HOUR_MS};
    t.claims[0].hash = pool->hash;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 2);
    t.pods[1].undisturbed_ms = NEVER_MS;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 0);
}

/* Nodes c0 to c2, drifted, with a pod of app web each, and room for all of them on a fourth. */
static void spread(struct town *t, struct arena *a)
{
    struct pool *pool = begin(t, a, 3);

    for (int i = 2; i < 4; i++)
        town_claim(t, arena_printf(a, "c%d", i).ptr, pool, &t->types[0]);
    for (int i = 0; i < 3; i++) {
        t->claims[i].hash = STR("h0");
        t->claims[i].created_ms = i;
        t->pods[i].claim = t->claims[i].id;
    }
}

static void nodes_share_what_a_budget_of_pods_leaves(void **state)
{
    (void)state;
    for (int64_t most = 1; most <= 3; most++) {
        ARENA_AUTO a = {0};
        struct town t;
        spread(&t, &a);
        set(&budget(&t, "default/web")->max_unavailable, most, false);
        struct decision d = town_decide(&t);
        assert_int_equal(count_actions(&d, ACTION_CORDON), most);
        assert_int_equal(count_actions(&d, ACTION_EVICT), most);
        assert_int_equal(d.held_count, 3 - most);
        assert_false(d.pools[0].settled);
        assert_int_equal(d.pools[0].reason, REASON_NONE); /* it is waited for */
    }
}

static void who_drains_comes_before_who_is_due(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    spread(&t, &a);
    set(&budget(&t, "default/web")->max_unavailable, 1, false);
    t.claims[2].phase = CLAIM_DRAINING;
    t.claims[2].reason = STR("Drifted");
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_EVICT);
    assert_true(d.actions[0].claim == &t.claims[2]);
}

static void what_the_cloud_takes_waits_for_a_budget_of_pods_until_its_end(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = begin(&t, &a, 3);

    t.claims[0].hash = pool->hash;
    t.claims[0].interruption = INTERRUPTION_SPOT;
    t.claims[0].leave_by_ms = t.world.now_ms + 2 * MINUTE_MS;
    set(&budget(&t, "default/web")->max_unavailable, 1, false);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    t.world.now_ms = t.claims[0].leave_by_ms - MINUTE_MS / 2;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 3);
}

static void a_destroyed_pool_waits_for_a_budget_of_pods_until_its_time_is_up(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = begin(&t, &a, 3), *other = town_pool(&t, "other");

    t.claims[1].pool = other->name;
    t.claims[0].hash = pool->hash;
    pool->deleting = true;
    pool->drain_by_ms = t.world.now_ms + MINUTE_MS;
    set(&budget(&t, "default/web")->min_available, 2, false);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
    t.world.now_ms = pool->drain_by_ms;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 3);
}

static void a_static_pool_is_scaled_in_where_pods_may_go(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    spread(&t, &a);
    t.pools[0].hash = STR("h0");
    t.claims[3].hash = STR("h0");
    t.pools[0].replicas = 3;
    set(&budget(&t, "default/web")->max_unavailable, 0, false);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_true(find_action(&d, ACTION_CORDON)->claim == &t.claims[3]);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 0);
    t.pools[0].replicas = 2;
    t.world.claim_count = 3;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.held_count, 3);
    assert_int_equal(d.held[0].due, REASON_SURPLUS);
    assert_int_equal(d.held[0].by, REASON_POD_BUDGET);
}

static void consolidation_goes_round_whom_two_budgets_cover_and_says_so(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = begin(&t, &a, 2);

    pool->consolidation = (struct consolidation){.enabled = true, .payback_ms = HOUR_MS};
    t.claims[0].hash = pool->hash;
    t.pods[1].claim = t.claims[1].id;
    town_pod(&t, "default/idle", 100, 100)->claim = town_claim(&t, "c2", pool, &t.types[0])->id;
    set(&budget(&t, "default/web-a")->max_unavailable, 1, false);
    set(&budget(&t, "default/web-b")->max_unavailable, 1, false);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
    assert_true(str_eq(find_action(&d, ACTION_EVICT)->pod->name, STR("default/idle")));
    assert_int_equal(d.held_count, 2);
    assert_true(says(d.held[1].message, "default/web-a and default/web-b both select it"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_are_evicted_at_once_as_the_budget_leaves),
        cmocka_unit_test(the_next_goes_when_the_one_before_is_healthy_again),
        cmocka_unit_test(a_budget_that_can_never_be_met_keeps_the_node_and_is_named),
        cmocka_unit_test(a_pod_of_two_budgets_is_never_evicted),
        cmocka_unit_test(an_expired_node_lets_go_of_whom_it_may),
        cmocka_unit_test(who_is_not_healthy_goes_as_its_budget_says),
        cmocka_unit_test(a_pod_is_left_alone_for_as_long_as_it_says),
        cmocka_unit_test(a_node_that_must_not_be_disrupted_stays_empty_too),
        cmocka_unit_test(who_came_and_must_stay_keeps_a_node_that_drains),
        cmocka_unit_test(after_its_grace_a_draining_node_goes_whatever_holds_it),
        cmocka_unit_test(a_grace_period_moves_no_pod_that_stays_only_to_save),
        cmocka_unit_test(nodes_share_what_a_budget_of_pods_leaves),
        cmocka_unit_test(who_drains_comes_before_who_is_due),
        cmocka_unit_test(what_the_cloud_takes_waits_for_a_budget_of_pods_until_its_end),
        cmocka_unit_test(a_destroyed_pool_waits_for_a_budget_of_pods_until_its_time_is_up),
        cmocka_unit_test(a_static_pool_is_scaled_in_where_pods_may_go),
        cmocka_unit_test(consolidation_goes_round_whom_two_budgets_cover_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
