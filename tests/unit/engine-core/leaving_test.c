/* Whose turn it is to leave, and what stops it. */
#include "tests/unit/engine-core/worlds.h"

#define MINUTE_MS ((int64_t)60000)

/* So many full nodes of a pool, c00 the oldest. */
static struct pool *fleet(struct town *t, struct arena *a, size_t nodes)
{
    town_init(t, a);
    struct instance_type *type = town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    struct pool *pool = town_pool(t, "default");

    for (size_t i = 0; i < nodes; i++) {
        struct claim *c = town_claim(t, arena_printf(a, "c%02zu", i).ptr, pool, type);
        c->created_ms -= HOUR_MS - (int64_t)i;
        town_pod(t, arena_printf(a, "p%02zu", i).ptr, 1900, 6000)->claim = c->id;
    }
    return pool;
}

/* A tenth of it may be away at a time. */
static struct pool *drifted_fleet(struct town *t, struct arena *a, size_t nodes)
{
    static const struct budget tenth = {.nodes = {true, true, 10}};
    struct pool *pool = fleet(t, a, nodes);

    pool->budgets = &tenth;
    pool->budget_count = 1;
    pool->hash = STR("h2");
    return pool;
}

/* For the pods of the oldest. */
static void launched(struct town *t, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct claim *c =
            town_claim(t, arena_printf(t->arena, "n%02zu", i).ptr, &t->pools[0], &t->types[0]);
        struct str *pod = ARENA_NEW(t->arena, struct str);
        *pod = arena_printf(t->arena, "p%02zu", i);
        c->planned_pods = pod;
        c->planned_pod_count = 1;
        c->phase = CLAIM_LAUNCHED;
        c->ready_ms = NEVER_MS;
    }
}

static void set_phase(struct town *t, size_t from, size_t count, enum claim_phase phase)
{
    for (size_t i = from; i < from + count; i++)
        t->claims[i].phase = phase;
}

static void a_tenth_of_a_pool_is_replaced_at_a_time(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    drifted_fleet(&t, &a, 40);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 4);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 4);
    assert_int_equal(d.actions[0].reason, REASON_DRIFTED);
    assert_false(d.pools[0].settled);
    launched(&t, 4);
    assert_int_equal(town_decide(&t).action_count, 0);
    set_phase(&t, 40, 2, CLAIM_READY); /* two of four: their two go, no others come */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 2);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
    assert_true(d.actions[0].claim == &t.claims[0]);
    set_phase(&t, 0, 2, CLAIM_TERMINATING);
    t.pods[0].claim = t.claims[40].id;
    t.pods[1].claim = t.claims[41].id;
    assert_int_equal(town_decide(&t).action_count, 0);
    set_phase(&t, 42, 2, CLAIM_READY);
    t.pods[2].claim = t.claims[42].id;
    t.pods[3].claim = t.claims[43].id;
    set_phase(&t, 2, 2, CLAIM_TERMINATING);
    assert_int_equal(town_decide(&t).action_count, 0);
    t.claims += 4; /* they are gone: the next four */
    t.world.claims = t.claims;
    t.world.claim_count -= 4;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 4);
    assert_true(str_eq(d.actions[0].pods[0]->name, STR("p04")));
}

static void fewer_leave_where_each_would_need_several_nodes(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    drifted_fleet(&t, &a, 40);
    for (size_t i = 0; i < 40; i++) { /* two pods each, and no type holds both any more */
        t.claims[i].allocatable.amount[RESOURCE_CPU] *= 2;
        t.claims[i].allocatable.amount[RESOURCE_MEMORY] *= 2;
        town_pod(&t, arena_printf(&a, "q%02zu", i).ptr, 1900, 6000)->claim = t.claims[i].id;
    }
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 4);
    for (size_t i = 0; i < d.action_count; i++)
        assert_true(str_eq(d.actions[i].pods[0]->claim, t.claims[0].id) ||
                    str_eq(d.actions[i].pods[0]->claim, t.claims[1].id));
    launched(&t, 4);
    assert_int_equal(town_decide(&t).action_count, 0);
}

static void at_least_one_leaves_and_empty_drifted_nodes_keep_the_pace_too(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    drifted_fleet(&t, &a, 5);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    t.world.pod_count = 0;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_CORDON);
}

static void a_replacement_that_is_not_ready_in_time_stops_the_rest(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    int64_t start_ms;

    struct pool *pool = drifted_fleet(&t, &a, 10);
    start_ms = t.world.now_ms;
    launched(&t, 1);
    t.world.now_ms = start_ms + 15 * MINUTE_MS - 1;
    struct decision d = town_decide(&t);
    assert_int_equal(d.pools[0].reason, REASON_NONE);
    assert_int_equal(d.wake_at_ms, start_ms + 15 * MINUTE_MS);
    t.world.now_ms++;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1); /* it is given up, and nothing else is tried */
    assert_true(d.actions[0].kind == ACTION_CORDON && d.actions[0].claim == &t.claims[10]);
    assert_int_equal(d.actions[0].reason, REASON_NOT_READY);
    assert_int_equal(d.pools[0].reason, REASON_NOT_READY);
    assert_true(says(d.pools[0].message, "n00") && says(d.pools[0].message, "10 of its nodes"));
    assert_false(d.pools[0].settled); /* it is not what was asked for */

    t.world.date_unsure = true; /* who knows whether it is late */
    assert_int_equal(town_decide(&t).action_count, 0);
    t.world.date_unsure = false;
    pool->hash = STR("h3"); /* the cure: it goes all the same, and another is tried */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(d.pools[0].reason, REASON_NONE);
}

/* It says nothing of what the pool is now, and is given up for the same reason as any. */
static void a_drifted_node_that_is_not_ready_in_time_stops_nothing(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    drifted_fleet(&t, &a, 10);
    launched(&t, 1);
    t.claims[10].hash = STR("h1");
    t.world.now_ms += 15 * MINUTE_MS;
    struct decision d = town_decide(&t);
    const struct action *cordon = find_action(&d, ACTION_CORDON);
    assert_true(cordon && cordon->claim == &t.claims[10]);
    assert_int_equal(cordon->reason, REASON_NOT_READY);
    assert_int_equal(d.pools[0].reason, REASON_NONE);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

/* The loop pauses the pool from then on. */
static void after_two_in_a_row_that_hang_the_next_is_not_launched_at_once(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = fleet(&t, &a, 0);
    town_pod(&t, "p1", 100, 100);
    launched(&t, 1);
    t.claims[0].instance_id = STR("i-2");
    pool->failed = STR("claim n-1 (i-1)");
    struct decision d = town_decide(&t);
    const struct waiting *w = find_waiting(&d, "p1");
    assert_int_equal(w->reason, REASON_ON_ITS_WAY);
    assert_true(says(w->message, "starting; claim n-1 (i-1)"));
    t.world.now_ms += 15 * MINUTE_MS;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
    w = find_waiting(&d, "p1");
    assert_int_equal(w->reason, REASON_CANNOT_LAUNCH);
    assert_true(says(w->message, "claim n00 (i-2) and claim n-1 (i-1) before it"));
}

static void who_waits_for_a_node_that_hangs_gets_another(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fleet(&t, &a, 0)->may_disrupt = false;
    town_pod(&t, "p1", 100, 100);
    launched(&t, 1);
    assert_int_equal(town_decide(&t).action_count, 0);
    t.world.now_ms += 15 * MINUTE_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

static void a_replacement_that_was_gone_before_it_was_ready_stops_the_rest(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = drifted_fleet(&t, &a, 10);
    pool->failed = STR("claim dev/default/u1/11");
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_NOT_READY);
    assert_true(says(d.pools[0].message, "dev/default/u1/11"));
    town_pod(&t, "new", 100, 100); /* who waits is served all the same */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    t.world.pod_count--;
    pool->hash = STR("h1"); /* nothing is due */
    assert_true(town_decide(&t).pools[0].settled);
}

static void drift_beyond_a_limit_names_both(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = drifted_fleet(&t, &a, 3);
    pool->limits.amount.amount[RESOURCE_CPU] = 3 * 1930;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_DRIFTED);
    assert_true(says(d.pools[0].message, "drifted") && says(d.pools[0].message, "limit of 5790m"));
}

static void a_static_pool_at_its_limit_replaces_one_by_one_the_old_one_first(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = drifted_fleet(&t, &a, 2);
    pool->replicas = pool->limits.nodes = 2;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 2);
    assert_true(d.actions[0].kind == ACTION_CORDON && d.actions[0].claim == &t.claims[0]);
    assert_int_equal(d.pools[0].reason, REASON_NONE);
    t.pods[0].claim = (struct str){0};
    set_phase(&t, 0, 1, CLAIM_TERMINATING);
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0); /* never below replicas - 1, nor beyond the limit */
    assert_int_equal(d.pools[0].reason, REASON_NONE);
    t.claims[0] = t.claims[1];
    t.world.claim_count = 1;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_LAUNCH);
    launched(&t, 1);
    assert_int_equal(town_decide(&t).action_count, 0);
    set_phase(&t, 1, 1, CLAIM_READY);
    t.pods[0].claim = t.claims[1].id;
    d = town_decide(&t);
    assert_true(find_action(&d, ACTION_CORDON)->claim == &t.claims[0]);
}

static void a_static_pool_with_room_replaces_first_and_in_its_own_pool(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = drifted_fleet(&t, &a, 2);
    town_pool(&t, "other"); /* might take the pods, too */
    pool->replicas = 2;
    pool->limits.nodes = 3;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].kind == ACTION_LAUNCH && d.actions[0].pool == pool);
    t.catalog.count = 0; /* nothing on sale: nobody leaves, nor moves to the other pool */
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
}

static void of_a_static_pool_that_is_scaled_in_the_drifted_go_first(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = fleet(&t, &a, 3);
    t.world.pod_count = 0;
    pool->replicas = 2;
    t.claims[1].hash = STR("h0");
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].claim == &t.claims[1]);
}

static void a_node_whose_pods_nobody_knows_is_neither_empty_nor_disrupted(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = drifted_fleet(&t, &a, 3);
    pool->empty_after_ms = 0;
    t.world.pod_count = 0;
    for (size_t i = 0; i < 3; i++)
        t.claims[i].pods_unknown = true;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_false(d.pools[0].settled);
    pool->replicas = 1;
    assert_int_equal(town_decide(&t).action_count, 0);
}

static void waiting_pods_are_placed_first_where_pods_are_not_known(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    drifted_fleet(&t, &a, 4);
    t.claims[2].pods_unknown = t.claims[3].pods_unknown = true;
    for (size_t i = 0; i < 4; i++)
        t.pods[i].claim = (struct str){0};
    t.world.pod_count = 2;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 2);
    for (size_t i = 0; i < d.action_count; i++)
        if (d.actions[i].kind == ACTION_BIND)
            assert_true(d.actions[i].claim->pods_unknown);
}

/* Three full nodes of `old`, which is being destroyed, and a pool that may take their pods. */
static struct pool *renamed_fleet(struct town *t, struct arena *a)
{
    struct pool *old = fleet(t, a, 3);

    old->deleting = true;
    old->drain_by_ms = t->world.now_ms + 10 * MINUTE_MS;
    return town_pool(t, "renamed");
}

static void pods_of_a_destroyed_pool_get_ready_nodes_of_another_before_it_is_drained(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *to = renamed_fleet(&t, &a);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 3);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 3);
    assert_true(d.actions[0].pool == to && d.actions[0].reason == REASON_POOL_DELETED);
    for (int i = 0; i < 3; i++) {
        struct claim *c = town_claim(&t, arena_printf(&a, "n%d", i).ptr, to, &t.types[0]);
        c->phase = CLAIM_LAUNCHED;
    }
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_false(d.pools[1].settled);
    assert_int_equal(d.wake_at_ms, t.pools[0].drain_by_ms);
    set_phase(&t, 3, 1, CLAIM_READY); /* the first goes where it can, the others wait */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
    t.world.now_ms = t.pools[0].drain_by_ms; /* the time is up */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 3);
}

static void what_no_other_pool_takes_is_drained_at_once(void **state)
{
    (void)state;
    static const enum {
        LIMITED,
        DYING,
        UNFIT,
        NO_CAPACITY,
        MOMENT
    } worlds[] = {LIMITED, DYING, UNFIT, NO_CAPACITY, MOMENT};

    for (size_t i = 0; i < COUNT(worlds); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pool *to = renamed_fleet(&t, &a);
        to->limits.nodes = worlds[i] == LIMITED ? 0 : 9;
        to->deleting = worlds[i] == DYING;
        to->catalog = worlds[i] == NO_CAPACITY ? NULL : to->catalog;
        if (worlds[i] == UNFIT)
            require(&t, &to->requirements, "kubernetes.io/arch", OPERATOR_IN, "arm64");
        t.world.pool_deleted_ms = worlds[i] == MOMENT ? t.world.now_ms : 0;
        struct decision d = town_decide(&t);
        bool waits = worlds[i] == NO_CAPACITY || worlds[i] == MOMENT;
        if (count_actions(&d, ACTION_CORDON) != (waits ? 0 : 3) || count_actions(&d, ACTION_LAUNCH))
            fail_msg("world %zu", i);
    }
}

static void the_unknown_pods_of_a_destroyed_pool_get_their_nodes_first_too(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *to = renamed_fleet(&t, &a);
    for (size_t i = 0; i < 3; i++) {
        t.claims[i].pods_unknown = true;
        t.pods[i].claim = (struct str){0};
    }
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 3);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 3);
    for (int i = 0; i < 3; i++) {
        struct claim *c = town_claim(&t, arena_printf(&a, "n%d", i).ptr, to, &t.types[0]);
        c->phase = CLAIM_LAUNCHED;
    }
    assert_int_equal(town_decide(&t).action_count, 0);
    set_phase(&t, 3, 3, CLAIM_READY);
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 3);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenth_of_a_pool_is_replaced_at_a_time),
        cmocka_unit_test(fewer_leave_where_each_would_need_several_nodes),
        cmocka_unit_test(at_least_one_leaves_and_empty_drifted_nodes_keep_the_pace_too),
        cmocka_unit_test(a_replacement_that_is_not_ready_in_time_stops_the_rest),
        cmocka_unit_test(who_waits_for_a_node_that_hangs_gets_another),
        cmocka_unit_test(a_drifted_node_that_is_not_ready_in_time_stops_nothing),
        cmocka_unit_test(after_two_in_a_row_that_hang_the_next_is_not_launched_at_once),
        cmocka_unit_test(a_replacement_that_was_gone_before_it_was_ready_stops_the_rest),
        cmocka_unit_test(drift_beyond_a_limit_names_both),
        cmocka_unit_test(a_static_pool_at_its_limit_replaces_one_by_one_the_old_one_first),
        cmocka_unit_test(a_static_pool_with_room_replaces_first_and_in_its_own_pool),
        cmocka_unit_test(of_a_static_pool_that_is_scaled_in_the_drifted_go_first),
        cmocka_unit_test(a_node_whose_pods_nobody_knows_is_neither_empty_nor_disrupted),
        cmocka_unit_test(waiting_pods_are_placed_first_where_pods_are_not_known),
        cmocka_unit_test(pods_of_a_destroyed_pool_get_ready_nodes_of_another_before_it_is_drained),
        cmocka_unit_test(what_no_other_pool_takes_is_drained_at_once),
        cmocka_unit_test(the_unknown_pods_of_a_destroyed_pool_get_their_nodes_first_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
