#include "tests/unit/engine-loop/scene.h"
#include "tests/unit/more.h"

/* Anything may happen, in any order; when it is over every pod runs, every instance belongs to one
 * claim, a destroyed pool leaves nothing, and no message is left in the queue. */

enum { SEEDS = 25, EVENTS = 25 };

static void restart_with_specs(struct scene *s)
{
    scene_restart(s);
    scene_put_class(s);
    scene_put_pool(s);
    scene_apply(s, "pool/default");
}

static void announce_something(struct scene *s, struct rng *r)
{
    struct cloud_instance i = {.id = STR("i-neighbour")};
    size_t living = sim_living(s->sim);
    if (living)
        sim_instance(s->sim, (size_t)rng_below(r, living + 1), &i);
    scene_announce(s, r, i.id);
}

static void something_happens(struct scene *s, struct rng *r)
{
    switch (rng_below(r, 9)) {
    case 0:
    case 1:
        scene_set_pods(s, (size_t)rng_below(r, 13));
        break;
    case 2:
        scene_fail_some(s, r);
        break;
    case 3:
        sim_crash_at(s->sim, 1 + (unsigned)rng_below(r, 6));
        break;
    case 4:
        sim_no_capacity(s->sim, str_of(scene_types[rng_below(r, COUNT(scene_types))].name),
                        sim_now_ms(s->sim) + (int64_t)rng_below(r, 5 * MINUTE));
        break;
    case 5:
        scene_stop_some(s, r);
        break;
    case 6:
        sim_drop_store(s->sim);
        restart_with_specs(s);
        break;
    case 7:
        scene_restart(s);
        break;
    case 8:
        announce_something(s, r);
        break;
    }
}

static void calm_down(struct scene *s)
{
    for (int f = 0; f < SIM_FAULT_COUNT; f++)
        sim_fail(s->sim, (enum sim_fault)f, 0);
    sim_crash_at(s->sim, 0);
    /* What hangs is given up after 15, and after several in a row the next launch waits longer. */
    scene_run(s, 60 * MINUTE);
}

static void each_instance_has_one_claim(struct scene *s)
{
    struct cloud_instance i, other;
    for (size_t n = 0; sim_instance(s->sim, n, &i); n++) {
        assert_non_null(sim_record(s->sim, STR("claim"), i.claim).ptr);
        for (size_t m = 0; m < n && sim_instance(s->sim, m, &other); m++)
            assert_false(str_eq(i.claim, other.claim));
    }
    assert_int_equal(sim_record_count(s->sim, STR("claim")), sim_living(s->sim));
}

static size_t running(struct scene *s)
{
    size_t count = 0;
    if (!sim_binds_itself(s->sim))
        return sim_record_count(s->sim, STR("binding"));
    for (size_t i = 0; i < s->pods; i++) {
        ARENA_AUTO a = {0};
        count += sim_pod_node(s->sim, arena_printf(&a, "default/web-%zu", i)).len > 0;
    }
    return count;
}

static void all_is_well(struct scene *s)
{
    assert_int_equal(running(s), s->pods);
    assert_int_equal(scene_status(s, "pool/default", "converged"), 1);
    assert_int_equal(sim_message_count(s->sim), 0);
    each_instance_has_one_claim(s);
    assert_int_equal(sim_template_count(s->sim), sim_record_count(s->sim, STR("template")));
    assert_true(sim_template_count(s->sim) <= 1); /* the class has not changed */
    if (sim_binds_itself(s->sim))
        assert_int_equal(sim_node_count(s->sim), sim_living(s->sim));
}

static void destroyed_it_leaves_nothing(struct scene *s)
{
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, 5 * MINUTE);
    assert_int_equal(sim_living(s->sim), 0);
    assert_int_equal(sim_record_count(s->sim, STR("claim")), 0);
    assert_int_equal(sim_record_count(s->sim, STR("template")), 0);
    assert_int_equal(sim_template_count(s->sim), 0);
    assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
}

static void live(uint64_t seed, bool binds_itself)
{
    const struct sim_joining joining = {.join_ms = 10 * SECOND,
                                        .ready_ms = 5 * SECOND,
                                        .end_ms = (int64_t)(seed % 3) * 10 * SECOND};
    struct rng r = {seed};
    struct scene *s = scene_new(3);
    print_message("seed %llu\n", (unsigned long long)seed);
    if (binds_itself)
        sim_bind_itself(s->sim, &joining);
    restart_with_specs(s);
    for (int i = 0; i < EVENTS; i++) {
        something_happens(s, &r);
        scene_run(s, (int64_t)rng_below(&r, MINUTE));
    }
    calm_down(s);
    all_is_well(s);
    destroyed_it_leaves_nothing(s);
    scene_free(s);
}

static void whatever_happens_every_pod_runs_and_nothing_is_left_in_the_end(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= worlds_asked(SEEDS); seed++)
        live(seed, false);
}

static void so_it_is_where_the_cluster_binds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= worlds_asked(SEEDS); seed++)
        live(seed, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_every_pod_runs_and_nothing_is_left_in_the_end),
        cmocka_unit_test(so_it_is_where_the_cluster_binds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
