/* How many nodes may be away at a time: budgets of pools, and what holds of the whole fleet. */
#include "engine/core/schedule.h"
#include "tests/unit/engine-core/worlds.h"

#define MINUTE_MS ((int64_t)60000)

/* So many full nodes of a pool, the first the oldest. */
static struct pool *fleet(struct town *t, const char *name, size_t nodes)
{
    struct pool *pool = town_pool(t, name);

    for (size_t i = 0; i < nodes; i++) {
        struct claim *c =
            town_claim(t, arena_printf(t->arena, "%s%02zu", name, i).ptr, pool, &t->types[0]);
        c->created_ms -= HOUR_MS - (int64_t)i;
        town_pod(t, arena_printf(t->arena, "%s-p%02zu", name, i).ptr, 1900, 6000)->claim = c->id;
    }
    return pool;
}

static struct pool *begin(struct town *t, struct arena *a, size_t nodes)
{
    town_init(t, a);
    town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    return fleet(t, "default", nodes);
}

static size_t held_by(const struct decision *d, enum reason by)
{
    size_t n = 0;

    for (size_t i = 0; i < d->held_count; i++)
        n += d->held[i].by == by;
    return n;
}

static void empty_all(struct town *t, struct pool *pool)
{
    t->world.pod_count = 0;
    pool->empty_after_ms = 0;
}

/* A node on its way for somebody's pod. */
static struct claim *starting(struct town *t, const char *id, const char *pod)
{
    struct claim *c = town_claim(t, id, &t->pools[0], &t->types[0]);
    struct str *name = ARENA_NEW(t->arena, struct str);

    *name = str_of(pod);
    c->phase = CLAIM_LAUNCHED;
    c->ready_ms = NEVER_MS;
    c->planned_pods = name;
    c->planned_pod_count = 1;
    return c;
}

static void shares_are_rounded_up(void **state)
{
    (void)state;
    static const struct {
        struct share share;
        int64_t whole, is;
    } rows[] = {
        {{true, true, 10}, 0, 0},   {{true, true, 10}, 1, 1},  {{true, true, 10}, 10, 1},
        {{true, true, 10}, 11, 2},  {{true, true, 100}, 7, 7}, {{true, true, 0}, 7, 0},
        {{true, false, 3}, 100, 3}, {{true, false, 3}, 1, 3},  {{false, false, 0}, 9, INT64_MAX},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (share_amount(rows[i].share, rows[i].whole) != rows[i].is)
            fail_msg("row %zu", i);
}

static void without_budgets_all_that_drifted_goes_at_once(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a, 20)->hash = STR("h2");
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 20);
    assert_int_equal(d.held_count, 0);
}

static void the_strictest_budget_that_is_for_the_reason_counts(void **state)
{
    (void)state;
    static const struct {
        int64_t nodes;
        enum reason due;
    } rows[] = {{5, REASON_DRIFTED}, {3, REASON_EXPIRED}, {2, REASON_EMPTY}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pool *pool = begin(&t, &a, 20);
        pool_budget(&t, pool, 40, true);
        pool_budget(&t, pool, 5, false)->reasons = INT64_C(1) << REASON_DRIFTED;
        pool_budget(&t, pool, 2, false)->reasons = INT64_C(1) << REASON_EMPTY;
        if (rows[i].due == REASON_EXPIRED)
            pool_budget(&t, pool, 3, false);
        pool->hash = rows[i].due == REASON_DRIFTED ? STR("h2") : pool->hash;
        pool->expire_after_ms = rows[i].due == REASON_EXPIRED ? 1 : NEVER_MS;
        if (rows[i].due == REASON_EMPTY)
            empty_all(&t, pool);
        struct decision d = town_decide(&t);
        assert_int_equal(d.action_count, rows[i].nodes);
        assert_int_equal(d.actions[0].reason, rows[i].due);
        assert_int_equal(held_by(&d, REASON_BUDGET), 20 - rows[i].nodes);
        assert_true(says(d.held[0].message, "of its 20 nodes"));
        assert_false(d.pools[0].settled);
    }
}

static void what_is_away_for_another_reason_uses_the_budget_up(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 20);
    pool_budget(&t, pool, 4, false);
    pool->hash = STR("h2");
    t.claims[0].phase = CLAIM_TERMINATING;
    t.pods[0].claim = (struct str){0};
    t.pods[0].never_serve = true;
    t.claims[1].unhealthy = true;
    t.claims[2].phase = CLAIM_DRAINING;
    t.pods[2].never_serve = true;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

static void a_budget_of_none_is_said_and_an_apply_does_not_wait_for_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 3);
    pool_budget(&t, pool, 0, true);
    pool->hash = STR("h2");
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_BUDGET);
    assert_true(says(d.pools[0].message, "budgets[0] of pool default (nodes = \"0%\")"));
    assert_true(d.pools[0].settled);
    assert_int_equal(held_by(&d, REASON_BUDGET), 3);
}

static void empty_nodes_keep_the_budget_and_those_empty_longest_go_first(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 10);
    empty_all(&t, pool);
    pool_budget(&t, pool, 10, true);
    t.claims[7].empty_since_ms -= MINUTE_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].claim == &t.claims[7]);
    assert_int_equal(held_by(&d, REASON_BUDGET), 9);
}

static void max_disrupted_counts_the_nodes_of_all_pools(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a, 6)->hash = STR("h2");
    fleet(&t, "other", 6)->hash = STR("h2");
    t.world.max_disrupted = (struct share){true, true, 25};
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 3);
    assert_int_equal(held_by(&d, REASON_MAX_DISRUPTED), 9);
    assert_true(says(d.held[0].message, "max_disrupted = \"25%\" lets 3 of the fleet's 12"));
}

static void max_unready_counts_what_starts_and_the_replacements_to_come(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a, 10)->hash = STR("h2");
    t.world.max_unready = (struct share){true, true, 20};
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
    assert_int_equal(held_by(&d, REASON_MAX_UNREADY), 8);
    /* Those two are under way: they stand for the nodes that they replace. */
    starting(&t, "n1", "default-p00");
    starting(&t, "n2", "default-p01");
    assert_int_equal(town_decide(&t).action_count, 0);
    t.world.claim_count -= 2;
    t.claims[9].unhealthy = true;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    town_pod(&t, "waits", 1900, 6000);
    starting(&t, "n3", "waits");
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(held_by(&d, REASON_MAX_UNREADY), 10);
}

static void an_empty_node_goes_unless_too_much_is_not_ready(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 10);
    empty_all(&t, pool);
    t.world.max_unready = (struct share){true, false, 2};
    t.claims[0].unhealthy = t.claims[1].unhealthy = true;
    struct decision d = town_decide(&t);
    assert_true(count_actions(&d, ACTION_CORDON) >= 8);
    t.claims[2].unhealthy = true;
    assert_int_equal(town_decide(&t).action_count, 0);
}

/* Not the number of nodes, but that of those who use them. */
static void replacements_make_a_pool_no_larger(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 10);
    pool_budget(&t, pool, 10, true);
    pool->hash = STR("h2");
    starting(&t, "n1", "default-p00")->phase = CLAIM_READY;
    t.claims[10].ready_ms = t.world.now_ms;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
}

static void a_window_is_heeded_and_looked_at_again_at_its_edge(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    /* Each day from nine for eight hours. */
    const struct schedule working = {.cron = {.minutes = 1,
                                              .hours = 1 << 9,
                                              .days_of_month = -1,
                                              .months = -1,
                                              .days_of_week = 0x7f,
                                              .any_day_of_month = true,
                                              .any_day_of_week = true},
                                     .duration_ms = 8 * HOUR_MS};
    struct pool *pool = begin(&t, &a, 2);
    pool_budget(&t, pool, 0, false)->schedule = &working;
    pool->hash = STR("h2");
    for (int hour = 0; hour < 24; hour++) {
        t.world.now_ms = 100 * 24 * HOUR_MS + hour * HOUR_MS;
        struct decision d = town_decide(&t);
        bool closed = hour >= 9 && hour < 17;
        assert_int_equal(count_actions(&d, ACTION_LAUNCH), closed ? 0 : 2);
        if (closed) {
            assert_int_equal(d.wake_at_ms, 100 * 24 * HOUR_MS + 17 * HOUR_MS);
            assert_true(says(d.held[0].message, "until 1970-04-11T17:00:00Z"));
        }
    }
    t.world.date_unsure = true; /* who knows whether it is nine */
    assert_int_equal(town_decide(&t).action_count, 0);
}

static void a_static_pool_replaces_within_what_the_fleet_bears(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *pool = begin(&t, &a, 4);
    pool->replicas = 4;
    pool->hash = STR("h2");
    t.world.max_unready = (struct share){true, true, 50};
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
    for (size_t i = 0; i < 2; i++) {
        struct claim *c = town_claim(&t, i ? "n1" : "n0", pool, &t.types[0]);
        c->phase = CLAIM_LAUNCHED;
        c->ready_ms = NEVER_MS;
    }
    assert_int_equal(town_decide(&t).action_count, 0);
    t.claims[4].phase = CLAIM_READY;
    t.claims[4].ready_ms = t.world.now_ms;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
}

/* So many of 20 nodes, unhealthy until it is time to replace them. */
static void fail_some(struct town *t, struct arena *a, size_t count)
{
    begin(t, a, 20);
    t->world.max_unready = (struct share){true, true, 20};
    pool_budget(t, &t->pools[0], 0, false);
    for (size_t i = 0; i < count; i++) {
        t->claims[i].unhealthy = true;
        t->claims[i].repair_ms = t->world.now_ms;
    }
}

static void unhealthy_nodes_ask_no_budget_but_a_fifth_of_a_pool_at_most_is_replaced(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fail_some(&t, &a, 4);
    t.pods[0].undisturbed_ms = NEVER_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 4);
    assert_int_equal(d.actions[0].reason, REASON_UNHEALTHY);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 0); /* the new ones first */
    fail_some(&t, &a, 5);
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(held_by(&d, REASON_MANY_UNHEALTHY), 5);
    assert_int_equal(d.pools[0].reason, REASON_MANY_UNHEALTHY);
    assert_false(d.pools[0].settled);
}

static void an_unhealthy_node_is_replaced_when_its_time_has_come_and_not_before(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    fail_some(&t, &a, 1);
    t.claims[0].repair_ms = t.world.now_ms + MINUTE_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + MINUTE_MS);
    t.claims[0].repair_ms = 0; /* nobody knows since when */
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    t.claims[0].repair_ms = t.world.now_ms;
    t.world.date_unsure = true;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    t.world.date_unsure = false;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unhealthy_nodes_ask_no_budget_but_a_fifth_of_a_pool_at_most_is_replaced),
        cmocka_unit_test(an_unhealthy_node_is_replaced_when_its_time_has_come_and_not_before),
        cmocka_unit_test(shares_are_rounded_up),
        cmocka_unit_test(without_budgets_all_that_drifted_goes_at_once),
        cmocka_unit_test(the_strictest_budget_that_is_for_the_reason_counts),
        cmocka_unit_test(what_is_away_for_another_reason_uses_the_budget_up),
        cmocka_unit_test(a_budget_of_none_is_said_and_an_apply_does_not_wait_for_it),
        cmocka_unit_test(empty_nodes_keep_the_budget_and_those_empty_longest_go_first),
        cmocka_unit_test(max_disrupted_counts_the_nodes_of_all_pools),
        cmocka_unit_test(max_unready_counts_what_starts_and_the_replacements_to_come),
        cmocka_unit_test(an_empty_node_goes_unless_too_much_is_not_ready),
        cmocka_unit_test(replacements_make_a_pool_no_larger),
        cmocka_unit_test(a_window_is_heeded_and_looked_at_again_at_its_edge),
        cmocka_unit_test(a_static_pool_replaces_within_what_the_fleet_bears),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
