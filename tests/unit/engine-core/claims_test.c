/* Which pods lie on which claims, also in a world that is a copy. */
#include "engine/optimize/bound.h"
#include "tests/unit/engine-core/random_worlds.h"
#include "tests/unit/more.h"

static void claims_have_the_pods_that_say_so_in_their_order(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;

    (void)state;
    town_init(&t, &a);
    struct instance_type *type = town_type(&t, "large", 4000, 8192, 100, 0, 1);
    struct pool *pool = town_pool(&t, "default");
    for (int i = 0; i < 3; i++)
        town_claim(&t, arena_printf(&a, "c%d", i).ptr, pool, type);
    static const char *const on[] = {"c2", "c0", "", "c2", "elsewhere"};
    for (size_t i = 0; i < COUNT(on); i++)
        town_pod(&t, arena_printf(&a, "p%zu", i).ptr, 100, 100)->claim = str_of(on[i]);
    claims_take_pods(&a, &t.world, t.claims);
    assert_int_equal(t.claims[0].pod_count, 1);
    assert_int_equal(t.claims[1].pod_count, 0);
    assert_int_equal(t.claims[2].pod_count, 2);
    assert_ptr_equal(t.claims[0].pods[0], &t.pods[1]);
    assert_ptr_equal(t.claims[2].pods[0], &t.pods[0]);
    assert_ptr_equal(t.claims[2].pods[1], &t.pods[3]);
}

/* What is asked of a copy must not look at the pods of the first. */
static void a_world_with_other_pods_has_them_on_its_claims_too(void **state)
{
    (void)state;

    for (uint64_t seed = 1; seed <= worlds_asked(20); seed++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct certificate once, again;
        random_town(&t, &a, seed, WITH_ALL, true);
        town_bind(&t);
        struct pod *pods = ARENA_ARRAY(&a, struct pod, t.world.pod_count);
        memcpy(pods, t.pods, t.world.pod_count * sizeof(*pods));
        struct world copy = world_with_pods(&a, &t.world, pods);
        for (size_t i = 0; i < copy.claim_count; i++)
            for (size_t k = 0; k < copy.claims[i].pod_count; k++)
                assert_true(copy.claims[i].pods[k] >= pods &&
                            copy.claims[i].pods[k] < pods + copy.pod_count);
        bound_prove(&a, &t.world, BOUND_WORK_LITTLE, &once);
        bound_prove(&a, &copy, BOUND_WORK_LITTLE, &again);
        assert_int_equal(once.microusd_per_hour, again.microusd_per_hour);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_have_the_pods_that_say_so_in_their_order),
        cmocka_unit_test(a_world_with_other_pods_has_them_on_its_claims_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
