#include <stdlib.h>

#include "engine/base/log.h"
#include "tests/unit/engine-loop/judge.h"

/* The judge of bounds_test refuses what must never be: each rule is broken on purpose, in the
 * records and instances that it looks at, of a fleet in which all is well. */

struct court {
    struct scene *scene;
    struct judge judge;
};

static const char *const pools[] = {
    "{'name':'default','node_class':'default'}",
    "{'name':'fixed','node_class':'default','replicas':3,"
    "'taints':[{'key':'fixed','effect':'NoSchedule'}]}",
};

/* Four nodes with seven pods, and three of the static pool. */
static void open_court(struct court *c)
{
    struct scene *s = scene_new(HELD_POD + 1);

    *c = (struct court){.scene = s, .judge = {.s = s}};
    s->pod_milli = 900;
    s->pod_at[HELD_POD].holds = true;
    scene_put_class(s);
    scene_put(s, "pool", "default", "u1", 1, false, pools[0]);
    scene_put(s, "pool", "fixed", "u2", 1, false, pools[1]);
    assert_true(scene_settles(s, 10 * MINUTE));
    judge_look(&c->judge);
    assert_int_equal(c->judge.fault.len, 0);
}

static void close_court(struct court *c)
{
    arena_free(&c->judge.arena);
    scene_free(c->scene);
}

static void blames(struct court *c, const char *fault)
{
    judge_look(&c->judge);
    if (str_find_str(c->judge.fault, str_of(fault)) == c->judge.fault.len)
        fail_msg("not \"%s\" but \"" STR_FMT "\"", fault, STR_ARG(c->judge.fault));
}

static void finds_nothing(struct court *c)
{
    judge_look(&c->judge);
    if (c->judge.fault.len)
        fail_msg("it found: " STR_FMT, STR_ARG(c->judge.fault));
}

/* The record says so from now on, and whatever else it said. */
static void rewrite(struct court *c, const char *kind, struct str key, const char *members)
{
    struct arena *a = &c->scene->arena;
    struct str was = sim_record(c->scene->sim, str_of(kind), key);
    struct buf body = buf_in(a);
    struct json record = json_new_object(), changes;

    assert_null(json_parse(a, str_of(members), &changes));
    assert_true(!was.ptr || !json_parse(a, was, &record));
    for (size_t i = 0; i < changes.count; i++)
        json_set(a, &record, changes.keys[i], changes.items[i]);
    json_print(&body, &record, false);
    sim_put_record(c->scene->sim,
                   (struct store_record){.kind = str_of(kind), .key = key, .body = buf_str(&body)});
}

static struct str claim_of(struct court *c, const char *pool, size_t number)
{
    struct cloud_instance one;

    for (size_t i = 0; sim_instance(c->scene->sim, i, &one); i++)
        if (str_eq(one.pool, str_of(pool)) && !number--)
            return arena_str(&c->scene->arena, one.claim);
    fail_msg("pool %s has no such node", pool);
    return (struct str){0};
}

static void drain(struct court *c, struct str claim, const char *reason)
{
    rewrite(
        c, "claim", claim,
        arena_printf(&c->scene->arena, "{\"phase\":%d,\"reason\":\"%s\"}", CLAIM_DRAINING, reason)
            .ptr);
}

static struct str pod_name(struct court *c, size_t pod)
{
    return arena_printf(&c->scene->arena, "default/web-%zu", pod);
}

/* Its node drains, and its record says that it is elsewhere. */
static void evict(struct court *c, size_t pod)
{
    struct json record;
    struct arena *a = &c->scene->arena;

    assert_null(
        json_parse(a, sim_record(c->scene->sim, STR("binding"), pod_name(c, pod)), &record));
    drain(c, json_get(&record, "claim")->text, "Drifted");
    rewrite(c, "binding", pod_name(c, pod), "{\"claim\":\"elsewhere\"}");
}

static void more_nodes_than_a_pool_may_have(void **state)
{
    (void)state;
    struct court c;

    open_court(&c);
    for (int i = 0; i < 3; i++) {
        finds_nothing(&c);
        sim_add_instance(c.scene->sim,
                         &(struct cloud_instance){
                             .id = arena_printf(&c.scene->arena, "i-more-%d", i),
                             .claim = arena_printf(&c.scene->arena, "moon/default/u1/9%d", i),
                             .pool = STR("default"),
                             .instance_type = STR("c5.large"),
                             .zone = STR("us-east-1a"),
                             .state = INSTANCE_RUNNING});
    }
    blames(&c, "pool default has 7 nodes, of which 0 leave");
    close_court(&c);
}

static void more_nodes_of_a_pool_that_leave_than_its_budget_lets(void **state)
{
    (void)state;
    struct court c;

    open_court(&c);
    drain(&c, claim_of(&c, "default", 0), "Drifted");
    finds_nothing(&c);
    drain(&c, claim_of(&c, "default", 1), "Expired");
    blames(&c, "pool default has 4 nodes, of which 2 leave");
    close_court(&c);
}

/* Who must go asks nobody, and who goes of free will has to look at all of them. */
static void more_nodes_of_the_fleet_that_leave_than_max_disrupted(void **state)
{
    (void)state;
    struct court c;

    open_court(&c);
    drain(&c, claim_of(&c, "default", 0), "SpotInterrupted");
    drain(&c, claim_of(&c, "default", 1), "SpotInterrupted");
    drain(&c, claim_of(&c, "fixed", 0), "SpotInterrupted");
    finds_nothing(&c);
    drain(&c, claim_of(&c, "fixed", 1), "Drifted");
    blames(&c, "3 nodes of the fleet are away, and 1 follow");
    close_court(&c);
}

/* They are away from their warning on. */
static void a_node_that_leaves_beside_those_that_the_cloud_takes(void **state)
{
    (void)state;
    struct court c;

    open_court(&c);
    rewrite(&c, "claim", claim_of(&c, "default", 0), "{\"interruption\":\"spot\"}");
    rewrite(&c, "claim", claim_of(&c, "fixed", 0), "{\"interruption\":\"spot\"}");
    finds_nothing(&c);
    drain(&c, claim_of(&c, "default", 1), "Drifted");
    blames(&c, "2 nodes of the fleet are away, and 1 follow");
    close_court(&c);
}

static void a_static_pool_s_node_that_is_taken_to_save_its_cost(void **state)
{
    (void)state;
    struct court c;

    open_court(&c);
    drain(&c, claim_of(&c, "fixed", 0), "Drifted");
    finds_nothing(&c);
    drain(&c, claim_of(&c, "fixed", 1), "Underutilized");
    blames(&c, "a static pool's node leaves as Underutilized");
    close_court(&c);
}

/* Of the pods of the second budget so many are healthy. */
static void heal(struct court *c, size_t healthy)
{
    for (size_t i = 0; i < COUNT(judge_budgets[1]); i++) {
        struct scene_pod *p = &c->scene->pod_at[judge_budgets[1][i]];
        p->home = STR("somewhere");
        p->ready = i < healthy;
    }
}

static void a_pod_that_its_budget_keeps_is_evicted(void **state)
{
    (void)state;
    struct court c;

    open_court(&c);
    heal(&c, HEALTHY_LEAST);
    evict(&c, 3);
    finds_nothing(&c);
    assert_int_equal(c.judge.saw_evictions, 1);
    close_court(&c);
    open_court(&c);
    heal(&c, HEALTHY_LEAST - 1);
    evict(&c, 3);
    blames(&c, "web-3 is evicted, and 1 of its budget are left");
    close_court(&c);
}

static void a_pod_that_must_not_be_disrupted_is_evicted(void **state)
{
    (void)state;
    struct court c;

    open_court(&c);
    evict(&c, HELD_POD);
    blames(&c, "web-6 must not be disrupted, and is evicted");
    close_court(&c);
}

static void start(struct court *c, int number, const char *replaces)
{
    rewrite(c, "claim", arena_printf(&c->scene->arena, "moon/default/u1/8%d", number),
            arena_printf(&c->scene->arena, "{\"phase\":%d,\"reason\":\"\",\"replaces\":[\"%s\"]}",
                         CLAIM_RECORDED, replaces)
                .ptr);
}

static void more_nodes_that_start_for_moves_than_max_unready(void **state)
{
    (void)state;
    struct court c;

    open_court(&c);
    start(&c, 0, "x");
    start(&c, 1, "x");
    finds_nothing(&c);
    start(&c, 2, "y");
    blames(&c, "3 nodes start to replace 2");
    close_court(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_nodes_than_a_pool_may_have),
        cmocka_unit_test(more_nodes_of_a_pool_that_leave_than_its_budget_lets),
        cmocka_unit_test(more_nodes_of_the_fleet_that_leave_than_max_disrupted),
        cmocka_unit_test(a_node_that_leaves_beside_those_that_the_cloud_takes),
        cmocka_unit_test(a_static_pool_s_node_that_is_taken_to_save_its_cost),
        cmocka_unit_test(a_pod_that_its_budget_keeps_is_evicted),
        cmocka_unit_test(a_pod_that_must_not_be_disrupted_is_evicted),
        cmocka_unit_test(more_nodes_that_start_for_moves_than_max_unready),
    };
    setenv("TENON_LOG", "off", 0);
    log_init(LOG_PLAIN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
