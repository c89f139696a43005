/* What Kubernetes says of our nodes' health reaches the claims that they are of. */
#include "tests/unit/engine-loop/scene.h"

/* One claim with one pod, whose Node Kubernetes knows and does not like since now. */
static struct claim *failing(struct scene **out)
{
    struct scene *s = *out = scene_new(1);
    struct cloud_instance i;

    s->disrupts_all = true;
    scene_restart(s);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 3 * MINUTE));
    assert_true(sim_instance(s->sim, 0, &i));
    struct claim *node = scene_node(s, arena_printf(&s->arena, STR_FMT ".sim", STR_ARG(i.id)));
    node->instance_id = arena_str(&s->arena, i.id);
    node->unhealthy = true;
    node->repair_ms = scene_date_ms(s) + 10 * MINUTE;
    sim_workload_changed(s->sim);
    return node;
}

static void a_node_that_kubernetes_finds_bad_is_repaired(void **state)
{
    (void)state;
    struct scene *s;

    failing(&s);
    scene_run(s, 9 * MINUTE);
    assert_int_equal(sim_launches(s->sim), 1);
    scene_run(s, 3 * MINUTE);
    assert_int_equal(sim_launches(s->sim), 2);
    assert_int_equal(sim_living(s->sim), 1);
    scene_free(s);
}

/* EC2 gives a name again, which is an address. */
static void the_node_of_an_instance_that_is_gone_says_nothing_of_one_with_its_name(void **state)
{
    (void)state;
    struct scene *s;

    struct claim *node = failing(&s);
    node->instance_id = STR("i-before");
    node->do_not_disrupt = true;
    sim_workload_changed(s->sim);
    scene_run(s, 20 * MINUTE);
    assert_int_equal(sim_launches(s->sim), 1);
    scene_set_pods(s, 0); /* nor must it stay */
    scene_run(s, 3 * MINUTE);
    assert_int_equal(sim_living(s->sim), 0);
    scene_free(s);
}

static void of_what_kubernetes_and_ec2_say_the_sooner_counts(void **state)
{
    (void)state;
    struct scene *s;
    struct cloud_instance i;

    failing(&s);
    assert_true(sim_instance(s->sim, 0, &i));
    sim_impair_instance(s->sim, i.id, true);
    scene_run(s, 6 * MINUTE);
    assert_int_equal(sim_launches(s->sim), 2);
    scene_free(s);

    struct claim *node = failing(&s);
    assert_true(sim_instance(s->sim, 0, &i));
    node->repair_ms = 0; /* since when nobody knows */
    sim_workload_changed(s->sim);
    scene_run(s, 2 * 60 * MINUTE);
    assert_int_equal(sim_launches(s->sim), 1);
    sim_impair_instance(s->sim, i.id, true);
    scene_run(s, 10 * MINUTE);
    assert_int_equal(sim_launches(s->sim), 2);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_kubernetes_finds_bad_is_repaired),
        cmocka_unit_test(the_node_of_an_instance_that_is_gone_says_nothing_of_one_with_its_name),
        cmocka_unit_test(of_what_kubernetes_and_ec2_say_the_sooner_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
