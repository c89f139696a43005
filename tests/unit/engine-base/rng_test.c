#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "tests/unit/range.h"

/* The sequence of the published reference implementation for the seed 1234567. */
static void the_sequence_is_that_of_splitmix64(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    struct rng r = {1234567};

    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
        assert_true(rng_next(&r) == expected[i]);
}

static void below_stays_below_and_reaches_every_number(void **state)
{
    (void)state;
    struct rng r = {1};
    unsigned seen = 0;

    for (int i = 0; i < 1000; i++) {
        uint64_t n = rng_below(&r, 7);
        assert_true(in_range((int64_t)n, 0, 6));
        seen |= 1u << n;
    }
    assert_int_equal(seen, 0x7f);
    assert_int_equal(rng_below(&r, 1), 0);
    assert_true(rng_below(&r, UINT64_MAX) < UINT64_MAX);
}

static void the_system_gives_different_bytes_each_time(void **state)
{
    (void)state;
    unsigned char a[32] = {0}, b[32] = {0};

    rng_system(a, sizeof(a));
    rng_system(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sequence_is_that_of_splitmix64),
        cmocka_unit_test(below_stays_below_and_reaches_every_number),
        cmocka_unit_test(the_system_gives_different_bytes_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
