/* What is asked of a store is asked of a fleet that is made from nothing. */
#include "engine/cli/store_world.h"
#include "tests/unit/engine-core/worlds.h"

static void what_runs_already_is_placed_anew_and_what_runs_elsewhere_stays(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    static const struct headroom spare = {.count = 1};

    town_init(&t, &a);
    struct instance_type *type = town_type(&t, "m5.large", 2000, 8192, 96000, 0, 1);
    struct pool *pool = town_pool(&t, "default");
    pool->headroom = &spare;
    pool->headroom_count = 1;
    struct claim *ours = town_claim(&t, "c1", pool, type),
                 *other = town_claim(&t, "ip-1", pool, type);
    other->foreign = true;
    town_pod(&t, "p1", 500, 512)->claim = ours->id;
    town_pod(&t, "p2", 500, 512)->claim = other->id;
    town_pod(&t, "p3", 500, 512);
    t.world.only_add = t.world.date_unsure = true;
    struct world w = world_from_nothing(&a, &t.world);
    assert_int_equal(w.claim_count, 0);
    assert_int_equal(w.pools[0].headroom_count, 0);
    assert_ptr_equal(w.pools[0].catalog, pool->catalog);
    assert_false(w.only_add || w.date_unsure);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(w.pods[i].claim.len, 0);
        assert_int_equal(w.pods[i].never_serve, i == 1);
    }
    assert_true(str_eq(t.pods[0].claim, ours->id)); /* the world itself stays as it was */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_runs_already_is_placed_anew_and_what_runs_elsewhere_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
