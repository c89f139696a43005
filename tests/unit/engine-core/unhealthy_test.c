/* Nodes that have been ready and are not any more. */
#include "engine/core/budgets.h"
#include "tests/unit/engine-core/worlds.h"

#define MINUTE_MS ((int64_t)60000)

/* So many nodes of two CPUs, each with a pod of half of it. */
static struct pool *half_full(struct town *t, struct arena *a, size_t count)
{
    town_init(t, a);
    t->world.now_ms = 1000 * HOUR_MS;
    struct instance_type *type = town_type(t, "m5.large", 2000, 8000, 96000, 40000, 2);
    struct pool *pool = town_pool(t, "default");

    pool->may_disrupt = true;
    for (size_t i = 0; i < count; i++) {
        struct claim *c = town_claim(t, arena_printf(a, "c%zu", i).ptr, pool, type);
        c->empty_since_ms = NEVER_MS;
        town_pod(t, arena_printf(a, "p%zu", i).ptr, 1000, 1000)->claim = c->id;
    }
    return pool;
}

static void falls_ill(struct town *t, size_t claim, int64_t repair_in_ms)
{
    t->claims[claim].unhealthy = true;
    t->claims[claim].repair_ms = t->world.now_ms + repair_in_ms;
}

static void nobody_comes_to_a_node_that_is_not_healthy(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    half_full(&t, &a, 1);
    town_pod(&t, "new", 1000, 1000);
    t.world.engine_binds = true;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 1);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
    falls_ill(&t, 0, MINUTE_MS);
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_BIND), 0);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    /* One that has not been ready yet is not judged. */
    t.claims[0].phase = CLAIM_LAUNCHED;
    t.claims[0].ready_ms = NEVER_MS;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
}

static void room_that_is_kept_free_is_not_kept_on_a_node_that_is_not_healthy(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = half_full(&t, &a, 1);

    town_headroom(&t, pool, 1000, 1000, 1);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
    falls_ill(&t, 0, MINUTE_MS);
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

static void the_pods_of_a_failed_node_find_room_on_healthy_ones_alone(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    half_full(&t, &a, 6);
    falls_ill(&t, 0, 0);
    falls_ill(&t, 1, MINUTE_MS);
    struct decision d = town_decide(&t);
    const struct action *cordon = find_action(&d, ACTION_CORDON);
    assert_non_null(cordon);
    assert_true(cordon->claim == &t.claims[0]);
    for (size_t i = 0; i < d.action_count; i++)
        assert_true(d.actions[i].kind != ACTION_BIND || d.actions[i].claim != &t.claims[1]);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
}

/* A drain of it waits for nobody: what a budget or an annotation guards is disrupted by now. */
static void the_guarded_pods_of_a_failed_node_are_evicted(void **state)
{
    (void)state;
    static const struct {
        const char *reason;
        size_t evictions;
    } rows[] = {{"Drifted", 0}, {"Expired", 0}, {"Unhealthy", 2}, {"NotReady", 2}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pod_budget budget = {.name = STR("default/all"),
                                    .namespace = STR("default"),
                                    .selector = {.present = true},
                                    .max_unavailable = {.set = true}};
        half_full(&t, &a, 1);
        town_pod(&t, "held", 1000, 1000)->claim = t.claims[0].id;
        t.pods[0].undisturbed_ms = NEVER_MS;
        t.world.pod_budgets = &budget;
        t.world.pod_budget_count = 1;
        t.claims[0].phase = CLAIM_DRAINING;
        t.claims[0].reason = str_of(rows[i].reason);
        struct decision d = town_decide(&t);
        assert_int_equal(count_actions(&d, ACTION_EVICT), rows[i].evictions);
    }
}

static void a_static_pool_gives_up_what_does_not_work_first(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = half_full(&t, &a, 3);

    pool->replicas = 2;
    t.pods[0].claim = (struct str){0};
    t.pods[0].never_serve = true; /* c0 is empty */
    struct decision d = town_decide(&t);
    assert_true(find_action(&d, ACTION_CORDON)->claim == &t.claims[0]);
    falls_ill(&t, 1, MINUTE_MS);
    d = town_decide(&t);
    assert_true(find_action(&d, ACTION_CORDON)->claim == &t.claims[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_comes_to_a_node_that_is_not_healthy),
        cmocka_unit_test(room_that_is_kept_free_is_not_kept_on_a_node_that_is_not_healthy),
        cmocka_unit_test(the_pods_of_a_failed_node_find_room_on_healthy_ones_alone),
        cmocka_unit_test(the_guarded_pods_of_a_failed_node_are_evicted),
        cmocka_unit_test(a_static_pool_gives_up_what_does_not_work_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
