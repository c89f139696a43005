/* What comes of a world, decision after decision (that it is what the engine then does, the loop's
 * preview_test holds). */
#include "engine/worlds/preview.h"

#include "tests/unit/engine-core/worlds.h"

enum { NODES = 3 };

/* Each node is full, and none of them is any more as its pool is. */
static void drifted_fleet(struct town *t, struct arena *a)
{
    town_init(t, a);
    struct instance_type *type = town_type(t, "m5.large", 2000, 8192, 96000, 0, 3);
    struct pool *pool = town_pool(t, "default");

    for (int i = 0; i < NODES; i++) {
        struct claim *c = town_claim(t, arena_printf(a, "c%d", i).ptr, pool, type);
        town_pod(t, arena_printf(a, "default/p%d", i).ptr, 1900, 1000)->claim = c->id;
    }
    pool->hash = STR("h2");
    town_bind(t);
}

static void must_be_replaced(const struct preview *p)
{
    const struct world *end = &p->end.world;

    assert_true(p->at_rest);
    assert_int_equal(p->kept, 0);
    assert_int_equal(p->gone, NODES);
    assert_int_equal(p->launched, NODES);
    assert_int_equal(p->moved, NODES);
    assert_int_equal(end->claim_count, NODES);
    for (size_t i = 0; i < end->claim_count; i++) {
        assert_int_equal(end->claims[i].pod_count, 1);
        assert_true(i == 0 || str_cmp(end->claims[i - 1].id, end->claims[i].id) < 0);
    }
}

static void a_plan_foretells_each_node_s_replacement_once(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct preview p;

    drifted_fleet(&t, &a);
    preview_make(&a, &t.world, true, &p);
    must_be_replaced(&p);
    size_t launches = 0;
    for (size_t i = 0; i < p.coming_count; i++)
        launches += p.coming[i].kind == ACTION_LAUNCH;
    assert_int_equal(launches, NODES);
}

/* Imagined nodes are found by their names, so none may have that of one before. */
static void what_is_imagined_of_an_imagined_world_has_names_of_its_own(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct preview first, then;

    drifted_fleet(&t, &a);
    preview_make(&a, &t.world, true, &first);
    struct world again = first.end.world;
    struct pool changed = again.pools[0];
    changed.hash = STR("h3");
    again.pools = &changed;
    preview_make(&a, &again, true, &then);
    for (size_t i = 0; i < then.end.world.claim_count; i++)
        assert_null(world_claim(&first.end.world, then.end.world.claims[i].id));
    assert_int_equal(then.end.world.claim_count, NODES);
    for (size_t i = 0; i < NODES; i++)
        assert_int_equal(then.end.world.claims[i].pod_count, 1);
}

static void the_cost_in_the_end_is_what_a_plan_s_preview_comes_to(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct preview p;

    drifted_fleet(&t, &a);
    town_type(&t, "m5.small", 2000, 8192, 48000, 0, 3);
    preview_make(&a, &t.world, true, &p);
    assert_int_equal(p.before_microusd_per_hour, NODES * 96000);
    assert_int_equal(p.after_microusd_per_hour, NODES * 48000);
    assert_int_equal(preview_cost(&t.world), p.after_microusd_per_hour);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_foretells_each_node_s_replacement_once),
        cmocka_unit_test(what_is_imagined_of_an_imagined_world_has_names_of_its_own),
        cmocka_unit_test(the_cost_in_the_end_is_what_a_plan_s_preview_comes_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
