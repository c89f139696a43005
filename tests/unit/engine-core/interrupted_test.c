/* Nodes that the cloud takes away: the new node first, and the old one goes in time. */
#include "engine/core/interrupted.h"
#include "tests/unit/engine-core/worlds.h"

#define MINUTE_MS ((int64_t)60000)

/* Two full nodes on spot, c0 with p0 and c1 with p1. */
static struct pool *fleet(struct town *t, struct arena *a)
{
    town_init(t, a);
    t->world.now_ms = 1000 * HOUR_MS;
    struct instance_type *type = town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    struct pool *pool = town_pool(t, "default");

    for (size_t i = 0; i < 2; i++) {
        struct claim *c = town_claim(t, arena_printf(a, "c%zu", i).ptr, pool, type);
        c->empty_since_ms = NEVER_MS;
        town_pod(t, arena_printf(a, "p%zu", i).ptr, 1900, 6000)->claim = c->id;
    }
    return pool;
}

static void announce(struct town *t, size_t claim, enum interruption what, int64_t in_ms)
{
    t->claims[claim].interruption = what;
    t->claims[claim].leave_by_ms = time_add_ms(t->world.now_ms, in_ms);
}

static struct claim *start(struct town *t)
{
    struct claim *c = town_claim(t, "n0", &t->pools[0], &t->types[0]);

    c->phase = CLAIM_LAUNCHED;
    c->ready_ms = NEVER_MS;
    return c;
}

static void a_node_that_is_taken_goes_when_its_replacement_is_ready(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fleet(&t, &a);
    announce(&t, 0, INTERRUPTION_SPOT, 2 * MINUTE_MS);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].kind == ACTION_LAUNCH && d.actions[0].pods[0] == &t.pods[0]);
    assert_int_equal(d.actions[0].reason, REASON_SPOT_INTERRUPTED);
    assert_int_equal(d.wake_at_ms, t.claims[0].leave_by_ms - MINUTE_MS / 2);
    assert_false(d.pools[0].settled);
    struct claim *new = start(&t);
    assert_int_equal(town_decide(&t).action_count, 0);
    new->phase = CLAIM_READY;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 3);
    assert_true(d.actions[0].kind == ACTION_CORDON && d.actions[0].claim == &t.claims[0]);
    assert_true(d.actions[1].kind == ACTION_EVICT && d.actions[1].pod == &t.pods[0]);
    assert_true(d.actions[2].kind == ACTION_BIND && d.actions[2].claim == new);
}

static void a_node_that_is_taken_goes_half_a_minute_before_its_end_in_any_case(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fleet(&t, &a);
    announce(&t, 0, INTERRUPTION_SPOT, 2 * MINUTE_MS);
    t.pods[0].undisturbed_ms = NEVER_MS; /* the cloud does not ask */
    start(&t);
    t.world.now_ms += 2 * MINUTE_MS - MINUTE_MS / 2 - 1;
    assert_int_equal(town_decide(&t).action_count, 0);
    t.world.now_ms++;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
}

static void a_node_that_is_taken_is_away_for_budgets_before_it_drains(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = fleet(&t, &a);

    pool_budget(&t, pool, 1, false);
    pool->hash = STR("h2"); /* both have drifted */
    announce(&t, 0, INTERRUPTION_SPOT, 2 * MINUTE_MS);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].reason, REASON_SPOT_INTERRUPTED);
    assert_int_equal(d.held_count, 1);
    assert_true(d.held[0].claim == &t.claims[1] && d.held[0].by == REASON_BUDGET);
}

static void without_a_replacement_it_runs_as_long_as_it_can(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = fleet(&t, &a);
    pool->limits.nodes = 2; /* a reason that lasts, and none that would */
    announce(&t, 0, INTERRUPTION_SPOT, 2 * MINUTE_MS);
    assert_int_equal(town_decide(&t).action_count, 0);
    t.world.now_ms += 2 * MINUTE_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
}

static void nothing_is_placed_on_a_node_that_is_taken(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fleet(&t, &a);
    t.world.pod_count = 0;
    announce(&t, 0, INTERRUPTION_RESERVATION, 2 * MINUTE_MS);
    announce(&t, 1, INTERRUPTION_RESERVATION, 2 * MINUTE_MS);
    town_pod(&t, "new", 100, 100);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 0);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 2); /* they hold nobody */
    assert_int_equal(find_action(&d, ACTION_CORDON)->reason, REASON_RESERVATION_TAKEN);
}

static void an_apply_of_another_pool_and_strangers_do_not_keep_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fleet(&t, &a)->may_disrupt = false;
    t.world.only_add = true;
    announce(&t, 1, INTERRUPTION_SPOT, 2 * MINUTE_MS);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

static void a_static_pool_launches_another_at_once(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fleet(&t, &a)->replicas = 2;
    announce(&t, 0, INTERRUPTION_SPOT, 2 * MINUTE_MS);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_LAUNCH);
    start(&t);
    assert_int_equal(town_decide(&t).action_count, 0);
}

static void in_a_pool_that_is_destroyed_the_earlier_end_counts(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *old = fleet(&t, &a);
    old->deleting = true;
    old->drain_by_ms = t.world.now_ms + 10 * MINUTE_MS;
    town_pool(&t, "other");
    announce(&t, 0, INTERRUPTION_SPOT, MINUTE_MS / 2);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_true(find_action(&d, ACTION_CORDON)->claim == &t.claims[0]);
}

static void maintenance_is_like_drift_until_it_is_near(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = fleet(&t, &a);
    announce(&t, 0, INTERRUPTION_MAINTENANCE, 48 * HOUR_MS);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(d.actions[0].reason, REASON_MAINTENANCE);
    t.pods[0].undisturbed_ms = NEVER_MS;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_MAINTENANCE);
    assert_true(says(d.pools[0].message, "claim c0 is to be maintained and waits: pod p0 must"));
    pool->may_disrupt = false;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.wake_at_ms, t.claims[0].leave_by_ms - 10 * MINUTE_MS);
    t.world.now_ms = d.wake_at_ms;
    t.world.date_unsure = true; /* who knows whether it is near */
    assert_int_equal(town_decide(&t).action_count, 0);
    t.world.date_unsure = false;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

static void a_rebalance_recommendation_moves_only_what_has_a_place(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fleet(&t, &a);
    announce(&t, 0, INTERRUPTION_REBALANCE, NEVER_MS);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(d.actions[0].reason, REASON_REBALANCE);
    t.catalog.count = 0;
    t.world.now_ms += 1000 * HOUR_MS;
    assert_int_equal(town_decide(&t).action_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_is_taken_goes_when_its_replacement_is_ready),
        cmocka_unit_test(a_node_that_is_taken_goes_half_a_minute_before_its_end_in_any_case),
        cmocka_unit_test(a_node_that_is_taken_is_away_for_budgets_before_it_drains),
        cmocka_unit_test(without_a_replacement_it_runs_as_long_as_it_can),
        cmocka_unit_test(nothing_is_placed_on_a_node_that_is_taken),
        cmocka_unit_test(an_apply_of_another_pool_and_strangers_do_not_keep_it),
        cmocka_unit_test(a_static_pool_launches_another_at_once),
        cmocka_unit_test(in_a_pool_that_is_destroyed_the_earlier_end_counts),
        cmocka_unit_test(maintenance_is_like_drift_until_it_is_near),
        cmocka_unit_test(a_rebalance_recommendation_moves_only_what_has_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
