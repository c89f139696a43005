/* What the decision says in worlds that a person can check. */
#include "tests/unit/engine-core/worlds.h"

/* Two types, on-demand and spot, in two zones. */
static struct pool *simple_town(struct town *t, struct arena *a)
{
    town_init(t, a);
    town_type(t, "c5.xlarge", 3920, 7000, 170000, 60000, 2);
    town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    return town_pool(t, "default");
}

static void a_pending_pod_gets_the_cheapest_node_that_holds_it(void **state)
{
    (void)state;
    static const struct {
        int64_t cpu, memory;
        const char *type;
        int64_t price;
    } rows[] = {
        {500, 512, "m5.large", 40000},
        {1930, 6903, "m5.large", 40000},
        {1931, 512, "c5.xlarge", 60000}, /* a 2-core worker never lands on a *.large */
        {2000, 4096, "c5.xlarge", 60000},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        simple_town(&t, &a);
        town_pod(&t, "p", rows[i].cpu, rows[i].memory);
        struct decision d = town_decide(&t);
        assert_int_equal(d.action_count, 1);
        const struct launch_option *best = &d.actions[0].options[0];
        assert_int_equal(d.actions[0].kind, ACTION_LAUNCH);
        assert_true(str_eq(best->type->name, str_of(rows[i].type)));
        assert_int_equal(best->offering->price_microusd_per_hour, rows[i].price);
        assert_int_equal(find_waiting(&d, "p")->reason, REASON_ON_ITS_WAY);
        assert_false(d.pools[0].settled);
    }
}

static void spot_is_bought_when_cheaper_or_equal(void **state)
{
    (void)state;
    static const struct {
        int64_t spot;
        enum capacity_type want;
    } rows[] = {{95999, CAPACITY_SPOT}, {96000, CAPACITY_SPOT}, {96001, CAPACITY_ON_DEMAND}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        town_init(&t, &a);
        town_type(&t, "m5.large", 1930, 6903, 96000, rows[i].spot, 2);
        town_pool(&t, "default");
        town_pod(&t, "p", 500, 512);
        struct decision d = town_decide(&t);
        const struct action *launch = find_action(&d, ACTION_LAUNCH);
        assert_int_equal(launch->option_count, 2); /* one a zone, of one capacity type */
        for (size_t k = 0; k < launch->option_count; k++)
            assert_int_equal(launch->options[k].offering->capacity_type, rows[i].want);
    }
}

static void options_stay_within_a_tenth_of_the_best_price(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_init(&t, &a);
    town_type(&t, "best", 2000, 4096, 100000, 0, 1);
    town_type(&t, "dear", 2000, 4096, 110001, 0, 1);
    town_type(&t, "near", 2000, 4096, 110000, 0, 1);
    town_pool(&t, "default");
    town_pod(&t, "p", 1000, 512);
    struct decision d = town_decide(&t);
    const struct action *launch = find_action(&d, ACTION_LAUNCH);
    assert_int_equal(launch->option_count, 2);
    assert_true(str_eq(launch->options[0].type->name, STR("best")));
    assert_true(str_eq(launch->options[1].type->name, STR("near")));
}

static void no_spot_option_is_dearer_than_the_cheapest_on_demand(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_init(&t, &a);
    town_type(&t, "a", 2000, 4096, 300000, 100000, 1);
    town_type(&t, "b", 2000, 4096, 105000, 104000, 1);
    town_type(&t, "c", 2000, 4096, 300000, 108000, 1);
    town_pool(&t, "default");
    town_pod(&t, "p", 1000, 512);
    struct decision d = town_decide(&t);
    const struct action *launch = find_action(&d, ACTION_LAUNCH);
    assert_int_equal(launch->option_count, 2);
    assert_true(launch->options[1].type == &t.types[1]);
    assert_int_equal(launch->options[1].offering->capacity_type, CAPACITY_SPOT);
}

static void existing_room_comes_before_new_nodes(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);

    town_claim(&t, "c1", pool, &t.types[1]);
    town_pod(&t, "p1", 1000, 512);
    town_pod(&t, "p2", 900, 512);
    town_pod(&t, "p3", 900, 512);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 2);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

static void a_claim_on_its_way_is_room_and_nothing_is_launched_twice(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);
    struct claim *c = town_claim(&t, "c1", pool, &t.types[1]);

    c->phase = CLAIM_LAUNCHED;
    town_pod(&t, "p1", 1000, 512);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(find_waiting(&d, "p1")->reason, REASON_ON_ITS_WAY);
    assert_true(find_waiting(&d, "p1")->pool == pool);
    assert_false(d.pools[0].settled);
}

static void every_option_of_a_claim_on_its_way_must_take_the_pod(void **state)
{
    (void)state;
    static const struct {
        bool known; /* are its options? */
        size_t option_count;
        bool launches;
    } rows[] = {
        {true, 2, true},  /* it may come up in zone b */
        {true, 1, false}, /* it is in zone a or nowhere */
        {false, 0, false} /* nobody knows yet: wait and see */
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pool *pool = simple_town(&t, &a);
        struct claim *c = town_claim(&t, "c1", pool, &t.types[1]);
        struct launch_option options[] = {{&t.types[1], &t.types[1].offerings[0]},
                                          {&t.types[1], &t.types[1].offerings[2]}};
        c->phase = CLAIM_RECORDED;
        c->instance_type = c->zone = (struct str){0};
        c->labels = (struct labels){0};
        c->options = options;
        c->option_count = rows[i].option_count;
        struct pod *p = town_pod(&t, "p1", 1000, 512);
        pod_selects(&t, p, "topology.kubernetes.io/zone", "a");
        struct decision d = town_decide(&t);
        if ((count_actions(&d, ACTION_LAUNCH) == 1) != rows[i].launches)
            fail_msg("row %zu", i);
    }
}

static void planned_pods_go_to_the_node_that_was_launched_for_them(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);
    struct claim *c1 = town_claim(&t, "c1", pool, &t.types[1]);
    struct claim *c2 = town_claim(&t, "c2", pool, &t.types[1]);
    struct str for1[] = {STR("p2"), STR("p3")}, for2[] = {STR("p1")};

    c1->planned_pods = for1;
    c1->planned_pod_count = 2;
    c2->planned_pods = for2;
    c2->planned_pod_count = 1;
    town_pod(&t, "p1", 1000, 512); /* first-fit would put it onto c1, and p2 would be homeless */
    town_pod(&t, "p2", 965, 512);
    town_pod(&t, "p3", 965, 512);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 3);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
}

static void an_empty_node_goes_exactly_at_its_ttl(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);
    int64_t start_ms = t.world.now_ms;

    pool->empty_after_ms = 60000;
    struct claim *c = town_claim(&t, "c1", pool, &t.types[1]);
    t.world.now_ms = start_ms + 59999;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.wake_at_ms, start_ms + 60000);
    assert_true(d.pools[0].settled);
    t.world.now_ms = start_ms + 60000;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_CORDON);
    assert_int_equal(d.actions[0].reason, REASON_EMPTY);
    c->phase = CLAIM_DRAINING;
    c->reason = STR("Empty");
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_TERMINATE);
    assert_int_equal(d.actions[0].reason, REASON_EMPTY);
}

static void an_empty_node_that_a_pod_is_about_to_take_stays(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);

    pool->empty_after_ms = 0;
    town_claim(&t, "c1", pool, &t.types[1]);
    town_pod(&t, "p1", 500, 512);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_BIND);
}

static void nothing_is_disturbed_where_nothing_may_be(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);

    pool->empty_after_ms = 0;
    pool->expire_after_ms = 1;
    struct claim *c = town_claim(&t, "c1", pool, &t.types[1]);
    c->created_ms -= HOUR_MS;
    c->hash = STR("old");
    pool->may_disrupt = false;
    assert_int_equal(town_decide(&t).action_count, 0);
    pool->may_disrupt = true;
    t.world.only_add = true;
    assert_int_equal(town_decide(&t).action_count, 0);
    t.world.only_add = false;
    assert_int_equal(town_decide(&t).action_count, 1);
}

static void an_instance_of_an_unknown_pool_serves_and_is_left_alone(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a), gone = *pool;

    gone.name = STR("gone");
    town_claim(&t, "c1", &gone, &t.types[1]);
    town_pod(&t, "p1", 500, 512);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_BIND);
}

/* 1 h old, expires after 1 h, with one pod. */
static struct claim *expired_town(struct town *t, struct arena *a)
{
    struct pool *pool = simple_town(t, a);
    struct claim *c = town_claim(t, "old", pool, &t->types[1]);

    pool->expire_after_ms = HOUR_MS;
    c->created_ms -= HOUR_MS;
    town_pod(t, "p1", 1000, 512)->claim = c->id;
    return c;
}

/* So many of a fleet that came together are due after so much of an hour. */
static size_t due_after(int64_t age_ms)
{
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);

    pool->expire_after_ms = HOUR_MS;
    for (size_t i = 0; i < 40; i++) {
        struct claim *c =
            town_claim(&t, arena_printf(&a, "moon/web/u1/%zu", i + 1).ptr, pool, &t.types[1]);
        c->created_ms -= age_ms;
        c->ready_ms -= age_ms;
        town_pod(&t, arena_printf(&a, "p%02zu", i).ptr, 1930, 6903)->claim = c->id;
    }
    struct decision d = town_decide(&t);
    return count_actions(&d, ACTION_LAUNCH);
}

static void nodes_that_came_together_expire_one_after_the_other_and_none_too_late(void **state)
{
    (void)state;
    assert_int_equal(due_after(HOUR_MS / 10 * 9 - 1), 0);
    size_t half = due_after(HOUR_MS / 20 * 19);
    assert_true(half >= 10 && half <= 30);
    assert_int_equal(due_after(HOUR_MS), 40);
    assert_int_equal(due_after(HOUR_MS / 20 * 19), half); /* always the same */
}

static void a_node_that_expires_before_it_is_ready_serves_for_a_minute(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct claim *c = expired_town(&t, &a);

    c->ready_ms = t.world.now_ms - 59 * 1000;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + 1000);
    c->ready_ms -= 1000;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].reason, REASON_EXPIRED);
}

static void an_expired_node_is_replaced_before_it_is_drained(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct claim *old = expired_town(&t, &a);

    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_LAUNCH);
    assert_int_equal(d.actions[0].reason, REASON_EXPIRED);

    struct claim *new = town_claim(&t, "new", &t.pools[0], &t.types[1]);
    new->phase = CLAIM_LAUNCHED;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_false(d.pools[0].settled);

    new->phase = CLAIM_READY;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 3);
    assert_int_equal(d.actions[0].kind, ACTION_CORDON);
    assert_int_equal(d.actions[1].kind, ACTION_EVICT);
    assert_true(d.actions[0].claim == old && d.actions[1].claim == old);
    assert_true(d.actions[2].kind == ACTION_BIND &&
                d.actions[2].claim == new &&d.actions[2].pod == d.actions[1].pod);

    t.world.engine_binds = false; /* whoever places it then finds the room */
    d = town_decide(&t);
    assert_int_equal(d.action_count, 2);
    assert_int_equal(d.actions[1].kind, ACTION_EVICT);
    t.world.engine_binds = true;

    old->phase = CLAIM_DRAINING;
    old->reason = STR("Expired");
    t.pods[0].claim = (struct str){0};
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 1);
    assert_int_equal(count_actions(&d, ACTION_TERMINATE), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
}

/* Where others bind, its pods end on the old node before they come to the new one. */
static void an_empty_node_whose_pods_have_yet_to_leave_another_is_not_empty(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    expired_town(&t, &a);
    t.world.engine_binds = false;
    t.pools[0].empty_after_ms = 0;
    struct claim *old = &t.claims[0], *new = town_claim(&t, "young", &t.pools[0], &t.types[1]);
    old->phase = CLAIM_DRAINING;
    old->reason = STR("Expired");
    new->empty_since_ms = 0;
    t.pods[0].never_serve = t.pods[0].ending = true;
    new->planned_pods = &t.pods[0].name;
    new->planned_pod_count = 1;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 0);

    new->planned_pod_count = 0;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);

    new->replaces = &old->id;
    new->replace_count = 1;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 0);
}

static void a_node_is_not_ended_under_pods_that_end(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    expired_town(&t, &a);
    t.claims[0].phase = CLAIM_DRAINING;
    t.claims[0].reason = STR("Expired");
    t.pods[0].never_serve = t.pods[0].ending = true;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);

    t.pods[0].ending = false; /* it has ended */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_TERMINATE), 1);
}

static void an_expiry_beyond_the_limit_waits_and_says_so(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    expired_town(&t, &a);
    t.pools[0].limits.nodes = 1;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_EXPIRED);
    assert_true(says(d.pools[0].message, "limit of 1 nodes") && says(d.pools[0].message, "old"));
    assert_true(d.pools[0].settled);
}

/* Full nodes, all expired, c00 the oldest. */
static void expired_fleet(struct town *t, struct arena *a, size_t nodes)
{
    struct pool *pool = simple_town(t, a);

    pool->expire_after_ms = HOUR_MS;
    for (size_t i = 0; i < nodes; i++) {
        struct claim *c = town_claim(t, arena_printf(a, "c%02zu", i).ptr, pool, &t->types[1]);
        c->created_ms -= 2 * HOUR_MS - (int64_t)i;
        town_pod(t, arena_printf(a, "p%02zu", i).ptr, 1930, 6903)->claim = c->id;
    }
}

static void expired_nodes_take_turns_when_the_limit_is_near(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    expired_fleet(&t, &a, 20);    /* so two may go at a time, */
    t.pools[0].limits.nodes = 21; /* and there is room for one */
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_LAUNCH);
    assert_true(str_eq(d.actions[0].pods[0]->name, STR("p00")));
    assert_true(says(d.pools[0].message, "c01"));
}

static void a_new_pod_does_not_move_onto_a_node_that_leaves(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    expired_town(&t, &a);
    town_pod(&t, "p2", 500, 512);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 0);
    t.pools[0].limits.nodes = 1; /* unless there is nothing else */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 1);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 0);
}

/* The old node's larger pod finds no place, and the limit admits no node for it. */
static void what_a_blocked_node_would_have_taken_is_free_for_others(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct claim *old = expired_town(&t, &a);
    struct claim *empty = town_claim(&t, "empty", &t.pools[0], &t.types[1]);

    town_pod(&t, "p2", 930, 512)->claim = old->id; /* would fit there, p1 would not */
    empty->allocatable.amount[RESOURCE_CPU] = 950;
    t.pools[0].empty_after_ms = 0;
    t.pools[0].limits.nodes = 2;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].kind == ACTION_CORDON && d.actions[0].claim == empty);
    assert_int_equal(d.actions[0].reason, REASON_EMPTY);
    assert_true(says(d.pools[0].message, "old"));
}

static void a_pending_pod_takes_the_room_of_a_node_that_cannot_leave(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct claim *old = expired_town(&t, &a);

    town_pod(&t, "p2", 500, 512);
    t.pools[0].limits.nodes = 2; /* one more, and two would be needed */
    spec_of(&t.pods[0])->requests = amounts(1400, 6000, 1);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].kind == ACTION_BIND && d.actions[0].claim == old);
    assert_int_equal(d.pools[0].reason, REASON_EXPIRED);
}

static void pods_of_a_draining_node_have_their_place_kept(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct claim *old = expired_town(&t, &a);
    struct claim *empty = town_claim(&t, "new", &t.pools[0], &t.types[1]);

    old->phase = CLAIM_DRAINING;
    t.pools[0].empty_after_ms = 0;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1); /* not evicted yet: asked again, and `new` stays */
    assert_int_equal(d.actions[0].kind, ACTION_EVICT);
    empty->allocatable.amount[RESOURCE_CPU] = 10; /* no place: one is launched meanwhile */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

static void a_pod_that_must_not_be_disrupted_keeps_its_node(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    expired_town(&t, &a);
    t.pods[0].undisturbed_ms = NEVER_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_true(says(d.pools[0].message, "p1"));
    t.pools[0].deleting = true; /* but a destroyed pool goes */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
}

static void a_drifted_node_is_replaced_like_an_expired_one(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct claim *old = expired_town(&t, &a);

    t.pools[0].expire_after_ms = NEVER_MS;
    assert_int_equal(town_decide(&t).action_count, 0);
    old->hash = STR("h0");
    assert_int_equal(town_decide(&t).actions[0].reason, REASON_DRIFTED);
    old->hash = t.pools[0].hash;
    require(&t, &t.pools[0].requirements, "topology.kubernetes.io/zone", OPERATOR_IN, "b");
    assert_int_equal(town_decide(&t).actions[0].reason, REASON_DRIFTED);
}

static void limits_are_reckoned_with_what_may_come(void **state)
{
    (void)state;
    static const struct {
        int64_t cpu_milli, nodes, microusd;
        size_t launches;
    } rows[] = {
        {INT64_MAX, INT64_MAX, INT64_MAX, 3}, {7839, INT64_MAX, INT64_MAX, 1},
        {7840, INT64_MAX, INT64_MAX, 2},      {1929, INT64_MAX, INT64_MAX, 0},
        {INT64_MAX, 1, INT64_MAX, 1},         {INT64_MAX, INT64_MAX, 119999, 1},
        {INT64_MAX, INT64_MAX, 120000, 2},    {INT64_MAX, INT64_MAX, 59999, 0},
        {0, INT64_MAX, INT64_MAX, 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pool *pool = simple_town(&t, &a);
        pool->limits.amount.amount[RESOURCE_CPU] = rows[i].cpu_milli;
        pool->limits.nodes = rows[i].nodes;
        pool->limits.microusd_per_hour = rows[i].microusd;
        for (int k = 0; k < 3; k++)
            town_pod(&t, arena_printf(&a, "p%d", k).ptr, 3000, 512);
        struct decision d = town_decide(&t);
        int64_t cpu = 0;
        for (size_t k = 0; k < d.action_count; k++)
            cpu += d.actions[k].options[0].type->capacity.amount[RESOURCE_CPU];
        assert_int_equal(count_actions(&d, ACTION_LAUNCH), rows[i].launches);
        assert_true(cpu <= rows[i].cpu_milli);
        for (size_t k = 0; k < d.waiting_count; k++)
            assert_true(d.waiting[k].reason == REASON_LIMIT ||
                        d.waiting[k].reason == REASON_ON_ITS_WAY);
    }
}

static void the_heaviest_pool_that_can_take_a_pod_has_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct taint taint = {STR("dedicated"), STR("x"), EFFECT_NO_SCHEDULE};
    struct toleration tolerance = {.key = STR("dedicated"), .exists = true, .any_effect = true};

    simple_town(&t, &a);
    struct pool *heavy = town_pool(&t, "heavy");
    heavy->weight = 10;
    heavy->taints = (struct taints){&taint, 1, 1};
    require(&t, &heavy->requirements, "karpenter.sh/capacity-type", OPERATOR_IN, "on-demand");
    struct pod *p = town_pod(&t, "p1", 500, 512);
    assert_true(town_decide(&t).actions[0].pool == &t.pools[0]);
    pods_tolerate(p, &tolerance);
    struct decision d = town_decide(&t); /* dearer, and all the same */
    assert_true(d.actions[0].pool == heavy);
    heavy->limits.nodes = 0;
    assert_true(town_decide(&t).actions[0].pool == &t.pools[0]);
}

static void custom_labels_take_the_value_that_pods_ask_for(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);

    require(&t, &pool->requirements, "team", OPERATOR_EXISTS, NULL);
    labels_set(&a, &pool->labels, STR("workload-type"), STR("migration"));
    struct pod *p1 = town_pod(&t, "p1", 500, 512), *p2 = town_pod(&t, "p2", 500, 512);
    struct pod *p3 = town_pod(&t, "p3", 500, 512);
    pod_selects(&t, p1, "team", "red");
    pod_selects(&t, p2, "team", "blue");
    pod_selects(&t, p3, "workload-type", "other");
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
    for (size_t i = 0; i < d.action_count; i++) {
        const struct action *act = &d.actions[i];
        struct str want = str_eq(act->pods[0]->name, STR("p1")) ? STR("red") : STR("blue");
        assert_true(str_eq(labels_get(&act->labels, STR("team")), want));
        assert_true(str_eq(labels_get(&act->labels, STR("workload-type")), STR("migration")));
        assert_true(str_eq(labels_get(&act->labels, LABEL_NODE_POOL), STR("default")));
    }
    assert_int_equal(find_waiting(&d, "p3")->reason, REASON_REQUIREMENTS);
}

static void a_bound_at_the_end_of_the_numbers_has_a_value_too(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);

    require(&t, &pool->requirements, "level", OPERATOR_GTE, "9223372036854775806");
    town_pod(&t, "p1", 500, 512);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_true(str_eq(labels_get(&d.actions[0].labels, STR("level")), STR("9223372036854775806")));
}

/* Every kind of requirement that a pool may state of a key of its own (NULL: none) against every
 * kind that a pod may ask: the pod is placed exactly when one value, or the label's absence, meets
 * both, and that is what the node carries. */
static void what_a_pod_may_ask_of_a_pools_own_label(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum requirement_operator op;
        const char *values[2];
    } kinds[] = {
        {NULL, OPERATOR_EXISTS, {NULL}},
        {"In [a]", OPERATOR_IN, {"a"}},
        {"In [a 4]", OPERATOR_IN, {"4", "a"}},
        {"In [c]", OPERATOR_IN, {"c"}},
        {"NotIn [a]", OPERATOR_NOT_IN, {"a"}},
        {"Exists", OPERATOR_EXISTS, {NULL}},
        {"DoesNotExist", OPERATOR_DOES_NOT_EXIST, {NULL}},
        {"Gt 3", OPERATOR_GT, {"3"}},
        {"Lt 5", OPERATOR_LT, {"5"}},
        {"Gte 5", OPERATOR_GTE, {"5"}},
        {"Lte 4", OPERATOR_LTE, {"4"}},
    };

    for (size_t i = 0; i < COUNT(kinds); i++)
        for (size_t k = 1; k < COUNT(kinds); k++) {
            ARENA_AUTO a = {0};
            struct town t;
            struct requirement sides[2];
            size_t picked[] = {i, k};
            struct pool *pool = simple_town(&t, &a);
            struct pod *p = town_pod(&t, "p", 500, 512);
            struct requirements *term = ARENA_NEW(&a, struct requirements);
            for (size_t s = 0; s < 2; s++) {
                struct str values[2];
                size_t n = 0;
                for (; n < 2 && kinds[picked[s]].values[n]; n++)
                    values[n] = str_of(kinds[picked[s]].values[n]);
                assert_null(
                    requirement_new(&a, STR("team"), kinds[picked[s]].op, values, n, 0, &sides[s]));
            }
            if (kinds[i].text)
                requirements_add(&a, &pool->requirements, &sides[0]);
            requirements_add(&a, term, &sides[1]);
            spec_of(p)->terms = term;
            struct requirement both = requirement_intersect(&a, &sides[0], &sides[1]);
            bool fits = kinds[i].text ? !requirement_is_contradiction(&both)
                                      : requirement_allows_absence(&sides[1]);
            struct decision d = town_decide(&t);
            const char *pools = kinds[i].text ? kinds[i].text : "nothing";
            if (count_actions(&d, ACTION_LAUNCH) != fits)
                fail_msg("pool: %s, pod: %s", pools, kinds[k].text);
            if (!fits)
                continue;
            struct str value = labels_get(&d.actions[0].labels, STR("team"));
            bool holds = !value.ptr      ? requirement_allows_absence(&sides[1])
                         : kinds[i].text ? requirement_has(&both, value)
                                         : false;
            if (!holds || (!value.ptr && kinds[i].text && !requirement_allows_absence(&sides[0])))
                fail_msg("pool: %s, pod: %s, node: %s", pools, kinds[k].text,
                         value.ptr ? value.ptr : "no label");
        }
}

static void a_well_known_label_may_be_asked_for_freely(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value;
        bool placed;
    } rows[] = {
        {"topology.kubernetes.io/zone", "b", true},
        {"topology.kubernetes.io/zone", "z", false},
        {"karpenter.sh/capacity-type", "on-demand", true},
        {"kubernetes.io/arch", "amd64", true},
        {"kubernetes.io/arch", "arm64", false},
        {"failure-domain.beta.kubernetes.io/zone", "a", true},
        {"team", "red", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        simple_town(&t, &a);
        pod_selects(&t, town_pod(&t, "p", 500, 512), rows[i].key, rows[i].value);
        struct decision d = town_decide(&t);
        if (count_actions(&d, ACTION_LAUNCH) != rows[i].placed)
            fail_msg("%s = %s", rows[i].key, rows[i].value);
    }
}

static void any_term_will_do_and_the_cheapest_wins(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct requirements terms[2] = {{0}, {0}};

    simple_town(&t, &a);
    require(&t, &terms[0], "karpenter.sh/capacity-type", OPERATOR_IN, "on-demand");
    require(&t, &terms[1], "topology.kubernetes.io/zone", OPERATOR_IN, "b");
    struct pod *p = town_pod(&t, "p1", 500, 512);
    spec_of(p)->terms = terms;
    spec_of(p)->term_count = 2;
    struct decision d = town_decide(&t);
    assert_int_equal(d.actions[0].options[0].offering->price_microusd_per_hour, 40000);
    assert_true(str_eq(d.actions[0].options[0].offering->zone, STR("b")));
}

static void min_values_are_kept_or_the_pod_waits(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct requirement r;

    struct pool *pool = simple_town(&t, &a);
    assert_null(requirement_new(&a, LABEL_INSTANCE_TYPE, OPERATOR_EXISTS, NULL, 0, 2, &r));
    requirements_add(&a, &pool->requirements, &r);
    struct pod *p = town_pod(&t, "p1", 500, 512);
    struct decision d = town_decide(&t);
    const struct action *launch = find_action(&d, ACTION_LAUNCH);
    bool large = false, xlarge = false;
    for (size_t i = 0; i < launch->option_count; i++) {
        large |= launch->options[i].type == &t.types[1];
        xlarge |= launch->options[i].type == &t.types[0];
    }
    assert_true(large && xlarge);
    spec_of(p)->requests.amount[RESOURCE_CPU] = 3000; /* only one type is large enough */
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(find_waiting(&d, "p1")->reason, REASON_MIN_VALUES);
}

static void daemons_take_room_where_they_run(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct requirements everywhere = {0}, nowhere = {0};

    struct pool *pool = simple_town(&t, &a);
    require(&t, &nowhere, "kubernetes.io/arch", OPERATOR_IN, "arm64");
    town_daemon(&t, &everywhere, 100, 100);
    town_daemon(&t, &nowhere, 1000, 100);
    town_pod(&t, "p1", 1900, 512);
    struct decision d = town_decide(&t);
    assert_true(d.actions[0].options[0].type == &t.types[0]);
    town_claim(&t, "c1", pool, &t.types[1]); /* nor does it fit the node that is there */
    assert_int_equal(count_actions(&d, ACTION_BIND), 0);
    spec_of(&t.pods[0])->requests.amount[RESOURCE_CPU] = 1830;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 1);
}

static void a_pod_that_waits_is_told_the_nearest_miss(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct taint taint = {STR("dedicated"), STR("x"), EFFECT_NO_SCHEDULE};
    static const struct {
        const char *pod;
        enum reason reason;
        const char *text;
    } rows[] = {
        {"arm", REASON_REQUIREMENTS, "kubernetes.io/arch In [arm64]"},
        {"gpu", REASON_UNSERVED_RESOURCE, "nvidia.com/gpu"},
        {"huge", REASON_NO_TYPE_FITS,
         "pool default: asks for 8 cpu, its largest type c5.xlarge offers 3920m"},
        {"never", REASON_REQUIREMENTS, "no term"},
    };

    simple_town(&t, &a);
    struct pool *tainted = town_pool(&t, "tainted");
    tainted->taints = (struct taints){&taint, 1, 1};
    pod_selects(&t, town_pod(&t, "arm", 100, 100), "kubernetes.io/arch", "arm64");
    spec_of(town_pod(&t, "gpu", 100, 100))->unserved_resource = STR("nvidia.com/gpu");
    town_pod(&t, "huge", 8000, 100);
    spec_of(town_pod(&t, "never", 100, 100))->term_count = 0;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct waiting *w = find_waiting(&d, rows[i].pod);
        if (!w || w->reason != rows[i].reason || !says(w->message, rows[i].text))
            fail_msg("%s: " STR_FMT, rows[i].pod, STR_ARG(w ? w->message : STR("")));
    }
    assert_true(d.pools[0].settled && d.pools[1].settled);
    t.pools[0].deleting = true;
    d = town_decide(&t);
    assert_int_equal(find_waiting(&d, "huge")->reason, REASON_NOT_TOLERATED);
    assert_true(says(find_waiting(&d, "huge")->message, "dedicated=x:NoSchedule"));
    t.world.pool_count = 0;
    d = town_decide(&t);
    assert_int_equal(find_waiting(&d, "huge")->reason, REASON_NO_POOL);
}

static void missing_capacity_is_waited_for_and_does_not_last(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_init(&t, &a);
    struct instance_type *type = town_type(&t, "m5.large", 1930, 6903, 96000, 0, 1);
    struct offering out = type->offerings[0];
    out.unavailable_until_ms = t.world.now_ms + 180000;
    type->offerings = &out;
    town_pool(&t, "default");
    town_pod(&t, "p1", 500, 512);
    struct decision d = town_decide(&t);
    assert_int_equal(find_waiting(&d, "p1")->reason, REASON_NO_CAPACITY);
    assert_int_equal(d.wake_at_ms, out.unavailable_until_ms);
    assert_false(d.pools[0].settled);
    t.world.now_ms = out.unavailable_until_ms;
    assert_int_equal(town_decide(&t).action_count, 1);

    t.pools[0].catalog = NULL;
    d = town_decide(&t);
    assert_int_equal(find_waiting(&d, "p1")->reason, REASON_NO_CATALOG);
    assert_false(d.pools[0].settled);

    t.pools[0].closed = STR("a launch was refused");
    d = town_decide(&t);
    assert_int_equal(find_waiting(&d, "p1")->reason, REASON_CANNOT_LAUNCH);
    assert_true(says(find_waiting(&d, "p1")->message, "pool default: a launch was refused"));
    assert_false(d.pools[0].settled);
}

static void pods_of_a_destroyed_pool_wait_for_a_quiet_moment(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    simple_town(&t, &a);
    town_pod(&t, "p1", 500, 512);
    t.world.pool_deleted_ms = t.world.now_ms - 999;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + 1);
    assert_false(d.pools[0].settled);
    t.world.now_ms++;
    assert_int_equal(town_decide(&t).action_count, 1);
}

static void a_static_pool_keeps_its_number(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);

    pool->replicas = 2;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
    assert_int_equal(d.actions[0].reason, REASON_REPLICAS);
    assert_true(d.actions[0].options[0].type == &t.types[1]);
    town_pod(&t, "p1", 500, 512); /* it has no say in how many, and waits for one of them */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
    assert_int_equal(find_waiting(&d, "p1")->reason, REASON_ON_ITS_WAY);

    struct claim *c1 = town_claim(&t, "c1", pool, &t.types[1]);
    town_claim(&t, "c2", pool, &t.types[1]);
    town_claim(&t, "c3", pool, &t.types[1]);
    t.pods[0].claim = c1->id;
    pool->empty_after_ms = 0; /* has no meaning here */
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_CORDON);
    assert_int_equal(d.actions[0].reason, REASON_SURPLUS);
    assert_true(d.actions[0].claim != c1); /* the one with a pod goes last */
}

static void a_static_pool_never_falls_below_its_number(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);

    pool->replicas = 1;
    struct claim *c1 = town_claim(&t, "c1", pool, &t.types[1]);
    c1->hash = STR("h0");
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1); /* drifted: the replacement first */
    assert_int_equal(d.actions[0].kind, ACTION_LAUNCH);
    assert_int_equal(d.actions[0].reason, REASON_DRIFTED);
    struct claim *c2 = town_claim(&t, "c2", pool, &t.types[1]);
    c2->phase = CLAIM_LAUNCHED;
    assert_int_equal(town_decide(&t).action_count, 0);
    c2->phase = CLAIM_READY;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].kind == ACTION_CORDON && d.actions[0].claim == c1);

    c1->hash = pool->hash; /* one too many, and only one of them is ready */
    c2->phase = CLAIM_LAUNCHED;
    assert_int_equal(town_decide(&t).action_count, 0);
    c2->phase = CLAIM_READY;
    assert_int_equal(town_decide(&t).action_count, 1);
}

static void a_finished_pod_counts_for_nothing(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = simple_town(&t, &a);
    struct claim *c = town_claim(&t, "c1", pool, &t.types[1]);

    pool->empty_after_ms = 0;
    struct pod *p = town_pod(&t, "p1", 1930, 512);
    p->claim = c->id;
    p->never_serve = true;
    town_pod(&t, "p2", 1930, 512)->never_serve = true;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_CORDON);
    assert_int_equal(d.waiting_count, 0);
}

static const struct action *launch_for(const struct decision *d, const char *pod)
{
    for (size_t i = 0; i < d->action_count; i++)
        for (size_t k = 0; d->actions[i].kind == ACTION_LAUNCH && k < d->actions[i].pod_count; k++)
            if (str_eq(d->actions[i].pods[k]->name, str_of(pod)))
                return &d->actions[i];
    return NULL;
}

static void pods_go_where_they_are_welcome_while_any_pool_is_that_can_take_them(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct taint soft_taint = {STR("burst"), STR("yes"), EFFECT_PREFER_NO_SCHEDULE};
    struct toleration burst = {.key = STR("burst"), .exists = true, .any_effect = true};

    struct pool *soft = simple_town(&t, &a); /* cheaper, and heavier */
    soft->weight = 10;
    soft->taints = (struct taints){&soft_taint, 1, 1};
    struct pool *dear = town_pool(&t, "dear");
    require(&t, &dear->requirements, "node.kubernetes.io/instance-type", OPERATOR_IN, "c5.xlarge");
    require(&t, &dear->requirements, "topology.kubernetes.io/zone", OPERATOR_IN, "a");
    town_pod(&t, "anywhere", 500, 100);
    pod_selects(&t, town_pod(&t, "zone-b", 500, 100), "topology.kubernetes.io/zone", "b");
    spec_of(town_pod(&t, "tolerates", 500, 100))->tolerations = (struct tolerations){&burst, 1, 1};
    struct decision d = town_decide(&t);
    assert_ptr_equal(launch_for(&d, "anywhere")->pool, dear);
    assert_ptr_equal(launch_for(&d, "zone-b")->pool, soft); /* or it would wait */
    assert_ptr_equal(launch_for(&d, "tolerates")->pool, soft);
    dear->limits.nodes = 0;
    d = town_decide(&t);
    assert_ptr_equal(launch_for(&d, "anywhere")->pool, soft);
}

static void room_where_a_pod_is_not_welcome_comes_after_a_new_node_where_it_is(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct taint soft_taint = {STR("burst"), STR("yes"), EFFECT_PREFER_NO_SCHEDULE};

    struct pool *soft = simple_town(&t, &a);
    soft->taints = (struct taints){&soft_taint, 1, 1};
    struct pool *other = town_pool(&t, "other");
    town_claim(&t, "c1", soft, &t.types[0])->taints = soft->taints;
    town_pod(&t, "p1", 500, 100);
    struct decision d = town_decide(&t);
    assert_ptr_equal(launch_for(&d, "p1")->pool, other);
    other->limits.nodes = 0;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
    assert_int_equal(count_actions(&d, ACTION_BIND), 1);
}

/* What the only waiting pod of the town is told. */
static struct waiting told(struct town *t)
{
    struct decision d = town_decide(t);

    assert_int_equal(d.waiting_count, 1);
    return d.waiting[0];
}

static void assert_told(struct town *t, enum reason reason, const char *text)
{
    struct waiting w = told(t);

    if (w.reason != reason || !str_eq(w.message, str_of(text)))
        fail_msg("%s: " STR_FMT, reason_row(w.reason)->code, STR_ARG(w.message));
}

static void a_pod_that_names_a_pool_is_told_of_its_taint_and_not_of_other_pools(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct taint taint = {STR("dedicated"), STR("api"), EFFECT_NO_SCHEDULE};

    simple_town(&t, &a);
    struct pool *api = town_pool(&t, "api");
    api->taints = (struct taints){&taint, 1, 1};
    pod_selects(&t, town_pod(&t, "p1", 100, 100), "karpenter.sh/nodepool", "api");
    assert_told(&t, REASON_NOT_TOLERATED,
                "pool api: does not tolerate its taint dedicated=api:NoSchedule");
    /* A pool that it neither tolerates nor matches is further than one that it does not match. */
    spec_of(&t.pods[0])->terms = ARENA_NEW(&a, struct requirements);
    pod_selects(&t, &t.pods[0], "kubernetes.io/arch", "arm64");
    assert_int_equal(told(&t).reason, REASON_REQUIREMENTS);
}

static void a_limit_says_what_is_left_of_it_and_what_is_needed(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    simple_town(&t, &a);
    struct pool *pool = &t.pools[0];
    town_pod(&t, "p1", 1500, 100);
    pool->limits.amount.amount[RESOURCE_CPU] = 1000;
    assert_told(
        &t, REASON_LIMIT,
        "pool default: its limit of 1 cpu leaves 1; the cheapest type for it, m5.large, has "
        "1930m");
    pool->limits.amount.amount[RESOURCE_CPU] = 0;
    assert_told(&t, REASON_LIMIT, "pool default: its limit of 0 cpu is used up");
    town_claim(&t, "c1", pool, &t.types[1])->phase = CLAIM_TERMINATING;
    assert_told(&t, REASON_LIMIT, "pool default: its limit of 0 cpu is exceeded by 1930m");
    pool->limits.amount.amount[RESOURCE_CPU] = INT64_MAX;
    pool->limits.nodes = 1;
    assert_told(&t, REASON_LIMIT, "pool default: its limit of 1 nodes is used up");
    pool->limits.nodes = INT64_MAX;
    pool->limits.microusd_per_hour = t.claims[0].price_microusd_per_hour + 1500;
    assert_told(&t, REASON_LIMIT,
                "pool default: its limit of $0.0975 an hour leaves $0.0015; the cheapest type for "
                "it, m5.large, costs $0.0400");
}

static void amounts_that_are_compared_are_written_alike(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    simple_town(&t, &a);
    t.types[1].allocatable.amount[RESOURCE_MEMORY] = 223926258176;
    spec_of(town_pod(&t, "p1", 100, 0))->requests.amount[RESOURCE_MEMORY] = 300000000000;
    assert_told(&t, REASON_NO_TYPE_FITS,
                "pool default: asks for 279.4Gi memory, its largest type m5.large offers 208.5Gi");
    spec_of(&t.pods[0])->requests.amount[RESOURCE_MEMORY] = 223926258177;
    assert_true(says(told(&t).message, "asks for 223926258177 memory"));
}

static void places_that_daemons_take_are_not_called_a_small_type(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct requirements everywhere = {0};

    simple_town(&t, &a);
    for (size_t i = 0; i < t.catalog.count; i++)
        t.types[i].allocatable.amount[RESOURCE_PODS] = 1;
    town_daemon(&t, &everywhere, 10, 1);
    town_pod(&t, "p1", 100, 100);
    assert_told(&t, REASON_NO_TYPE_FITS,
                "pool default: its nodes take at most 1 pods (c5.xlarge), and DaemonSets need 1 of "
                "these");
}

static void min_values_that_cannot_be_kept_are_named_with_numbers(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    simple_town(&t, &a);
    require(&t, &t.pools[0].requirements, "node.kubernetes.io/instance-type", OPERATOR_EXISTS,
            NULL);
    t.pools[0].requirements.items[0].min_values = 3;
    town_pod(&t, "p1", 100, 100);
    assert_told(&t, REASON_MIN_VALUES,
                "pool default: min_values of node.kubernetes.io/instance-type is 3, and of what "
                "fits and is on sale there are 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pending_pod_gets_the_cheapest_node_that_holds_it),
        cmocka_unit_test(spot_is_bought_when_cheaper_or_equal),
        cmocka_unit_test(options_stay_within_a_tenth_of_the_best_price),
        cmocka_unit_test(no_spot_option_is_dearer_than_the_cheapest_on_demand),
        cmocka_unit_test(existing_room_comes_before_new_nodes),
        cmocka_unit_test(a_claim_on_its_way_is_room_and_nothing_is_launched_twice),
        cmocka_unit_test(every_option_of_a_claim_on_its_way_must_take_the_pod),
        cmocka_unit_test(planned_pods_go_to_the_node_that_was_launched_for_them),
        cmocka_unit_test(an_empty_node_goes_exactly_at_its_ttl),
        cmocka_unit_test(an_empty_node_that_a_pod_is_about_to_take_stays),
        cmocka_unit_test(nothing_is_disturbed_where_nothing_may_be),
        cmocka_unit_test(an_instance_of_an_unknown_pool_serves_and_is_left_alone),
        cmocka_unit_test(nodes_that_came_together_expire_one_after_the_other_and_none_too_late),
        cmocka_unit_test(a_node_that_expires_before_it_is_ready_serves_for_a_minute),
        cmocka_unit_test(an_expired_node_is_replaced_before_it_is_drained),
        cmocka_unit_test(an_empty_node_whose_pods_have_yet_to_leave_another_is_not_empty),
        cmocka_unit_test(a_node_is_not_ended_under_pods_that_end),
        cmocka_unit_test(an_expiry_beyond_the_limit_waits_and_says_so),
        cmocka_unit_test(expired_nodes_take_turns_when_the_limit_is_near),
        cmocka_unit_test(a_new_pod_does_not_move_onto_a_node_that_leaves),
        cmocka_unit_test(what_a_blocked_node_would_have_taken_is_free_for_others),
        cmocka_unit_test(a_pending_pod_takes_the_room_of_a_node_that_cannot_leave),
        cmocka_unit_test(pods_of_a_draining_node_have_their_place_kept),
        cmocka_unit_test(a_pod_that_must_not_be_disrupted_keeps_its_node),
        cmocka_unit_test(a_drifted_node_is_replaced_like_an_expired_one),
        cmocka_unit_test(limits_are_reckoned_with_what_may_come),
        cmocka_unit_test(the_heaviest_pool_that_can_take_a_pod_has_it),
        cmocka_unit_test(a_bound_at_the_end_of_the_numbers_has_a_value_too),
        cmocka_unit_test(custom_labels_take_the_value_that_pods_ask_for),
        cmocka_unit_test(what_a_pod_may_ask_of_a_pools_own_label),
        cmocka_unit_test(a_well_known_label_may_be_asked_for_freely),
        cmocka_unit_test(any_term_will_do_and_the_cheapest_wins),
        cmocka_unit_test(min_values_are_kept_or_the_pod_waits),
        cmocka_unit_test(daemons_take_room_where_they_run),
        cmocka_unit_test(a_pod_that_waits_is_told_the_nearest_miss),
        cmocka_unit_test(missing_capacity_is_waited_for_and_does_not_last),
        cmocka_unit_test(pods_of_a_destroyed_pool_wait_for_a_quiet_moment),
        cmocka_unit_test(a_static_pool_keeps_its_number),
        cmocka_unit_test(a_static_pool_never_falls_below_its_number),
        cmocka_unit_test(a_finished_pod_counts_for_nothing),
        cmocka_unit_test(pods_go_where_they_are_welcome_while_any_pool_is_that_can_take_them),
        cmocka_unit_test(room_where_a_pod_is_not_welcome_comes_after_a_new_node_where_it_is),
        cmocka_unit_test(a_pod_that_names_a_pool_is_told_of_its_taint_and_not_of_other_pools),
        cmocka_unit_test(a_limit_says_what_is_left_of_it_and_what_is_needed),
        cmocka_unit_test(amounts_that_are_compared_are_written_alike),
        cmocka_unit_test(places_that_daemons_take_are_not_called_a_small_type),
        cmocka_unit_test(min_values_that_cannot_be_kept_are_named_with_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
