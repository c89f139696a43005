#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine/objects/builtin.h"

static void types_are_sorted_and_each_is_found(void **state)
{
    (void)state;
    assert_true(builtin_type_count > 1000);
    for (size_t i = 0; i < builtin_type_count; i++) {
        assert_true(i == 0 || strcmp(builtin_types[i - 1].name, builtin_types[i].name) < 0);
        assert_ptr_equal(builtin_type_find(str_of(builtin_types[i].name)), &builtin_types[i]);
    }
}

static void prices_are_sorted_and_each_is_found(void **state)
{
    (void)state;
    assert_true(builtin_price_count > 2000);
    for (size_t i = 0; i < builtin_price_count; i++) {
        const struct builtin_price *price = &builtin_prices[i];
        int64_t found = 0;
        assert_true(
            builtin_price_find(str_of(price->region), str_of(price->instance_type), &found));
        assert_int_equal(found, price->microusd_per_hour);
        assert_true(found > 0);
    }
}

static void a_gpu_type_says_what_ec2_says(void **state)
{
    (void)state;
    const struct builtin_type *t = builtin_type_find(STR("p4d.24xlarge"));
    assert_non_null(t);
    assert_int_equal(t->vcpu, 96);
    assert_int_equal(t->memory_mib, 1179648);
    assert_true(t->amd64 && !t->arm64 && t->spot && t->on_demand);
    assert_int_equal(t->gpu_count, 8);
    assert_string_equal(t->gpu_name, "A100");
    assert_int_equal(t->max_enis_default_card, 15);
    assert_int_equal(t->local_nvme_gb, 8000);
    assert_string_equal(t->hypervisor, "nitro");
    assert_null(t->accelerator_name);
}

static void a_price_is_exact(void **state)
{
    (void)state;
    int64_t price = 0;
    assert_true(builtin_price_find(STR("us-east-1"), STR("t3.medium"), &price));
    assert_int_equal(price, 41600);
}

static void zones_are_those_of_the_region(void **state)
{
    (void)state;
    struct builtin_zones zones = builtin_zones(STR("us-east-1"), STR("a1.large"));
    assert_int_equal(zones.count, 3);
    assert_string_equal(zones.names[0], "us-east-1a");
    assert_string_equal(zones.names[2], "us-east-1c");
}

static void what_the_tables_lack_is_not_found(void **state)
{
    (void)state;
    int64_t price = 7;
    assert_null(builtin_type_find(STR("m5.larg")));
    assert_null(builtin_type_find(STR("mac2.metal")));
    assert_null(builtin_type_find(STR("")));
    assert_false(builtin_price_find(STR("eu-west-1"), STR("m5.large"), &price));
    assert_false(builtin_price_find(STR("us-east-1"), STR("m5"), &price));
    assert_int_equal(price, 7);
    assert_int_equal(builtin_zones(STR("us-gov-east-1"), STR("m5.large")).count, 0);
    assert_int_equal(builtin_zones(STR("us-east-1"), STR("nothing")).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_sorted_and_each_is_found),
        cmocka_unit_test(prices_are_sorted_and_each_is_found),
        cmocka_unit_test(a_gpu_type_says_what_ec2_says),
        cmocka_unit_test(a_price_is_exact),
        cmocka_unit_test(zones_are_those_of_the_region),
        cmocka_unit_test(what_the_tables_lack_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
