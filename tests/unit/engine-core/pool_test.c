#include "engine/core/pool.h"

#include "tests/unit/engine-core/worlds.h"

static void a_pool_that_can_launch_nothing_says_which_requirement_is_to_blame(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_init(&t, &a);
    town_type(&t, "m5.large", 2000, 8192, 96000, 0, 2);
    town_type(&t, "c5.large", 2000, 4096, 85000, 30000, 2);
    struct pool *p = town_pool(&t, "default");
    require(&t, &p->requirements, "node.kubernetes.io/instance-type", OPERATOR_IN, "m5.large");
    assert_null(pool_can_be_served(&a, p));
    require(&t, &p->requirements, "karpenter.sh/capacity-type", OPERATOR_IN, "spot");
    struct error *e = pool_can_be_served(&a, p);
    assert_non_null(e);
    assert_true(str_eq(e->path, STR("requirements")) && says(e->detail, "m5.large"));

    struct pool *q = town_pool(&t, "other");
    require(&t, &q->requirements, "kubernetes.io/arch", OPERATOR_IN, "arm64");
    e = pool_can_be_served(&a, q);
    assert_true(says(e->detail, "None of the 2 instance types satisfies kubernetes.io/arch"));
    assert_true(says(e->detail, "There it is amd64: allow some of that."));
    q->catalog = NULL;
    assert_null(pool_can_be_served(&a, q));
}

static void a_pool_whose_types_have_no_price_is_told_so(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_init(&t, &a);
    town_type(&t, "c5.large", 2000, 4096, 85000, 30000, 2);
    town_type(&t, "n9.new", 2000, 8192, 96000, 0, 2)->offering_count = 0;
    struct pool *p = town_pool(&t, "default");
    assert_null(pool_can_be_served(&a, p));
    require(&t, &p->requirements, "node.kubernetes.io/instance-type", OPERATOR_IN, "n9.new");
    require(&t, &p->requirements, "topology.kubernetes.io/zone", OPERATOR_IN, "a");
    struct error *e = pool_can_be_served(&a, p);
    assert_non_null(e);
    assert_true(says(e->detail, "n9.new would do and has no price"));
    p->replicas = 1;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_NO_PRICE);
    assert_true(says(d.pools[0].message, "what would do for it has no price"));
    require(&t, &p->requirements, "kubernetes.io/arch", OPERATOR_IN, "arm64"); /* nor would it do */
    e = pool_can_be_served(&a, p);
    assert_false(says(e->detail, "price"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_that_can_launch_nothing_says_which_requirement_is_to_blame),
        cmocka_unit_test(a_pool_whose_types_have_no_price_is_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
