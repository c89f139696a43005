/* What a plan says of nodes, pods and cost: by the world that the engine saw last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/engine-host/yard.h"

static struct convergence plan_with(struct yard *y, const struct spec *s, const struct str *unknown,
                                    size_t count)
{
    struct convergence c = {0};
    y->pools->preview(y->pools->self, &y->arena, s, unknown, count, &c);
    for (size_t i = 0; i < c.notice_count; i++)
        print_message(STR_FMT "\n" STR_FMT "\n", STR_ARG(c.notices[i].summary),
                      STR_ARG(c.notices[i].detail));
    return c;
}

static struct convergence plan(struct yard *y, const struct spec *s)
{
    return plan_with(y, s, NULL, 0);
}

/* A pool with pods on its nodes, as an apply leaves it. */
static struct spec served(struct yard *y, size_t pods)
{
    struct spec pool = pool_spec(y, "default", "");
    y->pods = pods;
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    return pool;
}

static struct spec changed(struct yard *y, const char *members)
{
    struct spec pool = pool_spec(y, "default", members);
    pool.generation = 2;
    return pool;
}

static void a_plan_says_which_nodes_a_new_label_replaces(void **state)
{
    struct yard *y = *state;
    served(y, 1);
    struct spec labelled = changed(y, ",\"labels\":{\"team\":\"red\"}");
    struct convergence c = plan(y, &labelled);
    assert_int_equal(c.notice_count, 1);
    assert_false(c.notices[0].is_error);
    /* README.md shows this one. */
    assert_string_equal(c.notices[0].summary.ptr,
                        "pool default: 1 node is replaced; $70.08/month as before");
    assert_true(has(c.notices[0].detail,
                    "nodes    0 stay, 1 replaced (Drifted)\n"
                    "launched 1 m5.large on-demand in us-east-1a (pool default)\n"
                    "pods     1 move, 0 find a node\n"
                    "cost     $70.08/month as before; no fleet for these pods costs less than "
                    "$70.08/month\n"
                    "seen     by the engine "));
}

static void a_plan_that_touches_no_node_says_what_they_cost(void **state)
{
    struct yard *y = *state;
    served(y, 1);
    struct spec heavier = changed(y, ",\"weight\":7");
    struct convergence c = plan(y, &heavier);
    assert_int_equal(c.notice_count, 1);
    assert_true(has(c.notices[0].summary, "pool default: no node changes; $"));
    assert_true(has(c.notices[0].summary, "/month as before"));
}

static void a_plan_of_a_class_says_what_happens_to_the_nodes_of_its_pools(void **state)
{
    struct yard *y = *state;
    served(y, 1);
    struct spec class = class_spec();
    class.generation = 2;
    class.document = STR("{\"name\":\"default\",\"instance_profile\":\"other\","
                         "\"subnet_selector\":[{\"id\":\"subnet-0a1b2c3d\"}],"
                         "\"security_group_selector\":[{\"id\":\"sg-0a1b2c3d\"}]}");
    struct convergence c = plan(y, &class);
    assert_true(says(&c, "node class default: 1 node is replaced"));
}

static void a_limit_that_leaves_no_room_for_replacements_is_said(void **state)
{
    struct yard *y = *state;
    served(y, 1);
    struct spec tight = changed(y, ",\"labels\":{\"team\":\"red\"},\"limits\":{\"cpu\":\"1\"}");
    struct convergence c = plan(y, &tight);
    assert_true(says(&c, "no node changes"));
    assert_true(says(&c, "held     1 node of pool default (Drifted) by Limit"));
}

static void values_that_are_not_known_yet_are_named(void **state)
{
    struct yard *y = *state;
    const struct str unknown[] = {STR("labels[\"team\"]"), STR("weight")};
    struct spec pool = served(y, 1);
    struct convergence c = plan_with(y, &pool, unknown, COUNT(unknown));
    assert_int_equal(c.notice_count, 1);
    assert_true(says(&c, "what it does to nodes is not known yet"));
    assert_true(says(&c, "Known after apply: labels[\"team\"], weight."));
}

static void before_an_engine_has_decided_anything_nothing_is_said(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", "");
    assert_int_equal(plan(y, &pool).notice_count, 0);
    put_class(y);
    assert_int_equal(plan(y, &pool).notice_count, 0);
}

static void a_world_of_another_version_is_said_to_be_one(void **state)
{
    struct yard *y = *state;
    struct store_door *store;
    struct spec pool = served(y, 1);
    const struct store_record odd = {STR("world"), STR("last"), STR("tenon-world 0 1 2\n-")};
    assert_null(host_store(y->host, &y->arena, &store));
    assert_null(store_door_write(store, &y->arena, &odd, 1));
    struct convergence c = plan(y, &pool);
    assert_true(says(&c, "kept by another version of Tenon"));
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORY(a_plan_says_which_nodes_a_new_label_replaces),
        STORY(a_plan_that_touches_no_node_says_what_they_cost),
        STORY(a_plan_of_a_class_says_what_happens_to_the_nodes_of_its_pools),
        STORY(a_limit_that_leaves_no_room_for_replacements_is_said),
        STORY(values_that_are_not_known_yet_are_named),
        STORY(before_an_engine_has_decided_anything_nothing_is_said),
        STORY(a_world_of_another_version_is_said_to_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
