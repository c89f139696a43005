#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine/adapters/lease_kube.h"

/* What is seen of a Lease; how it is taken and kept is tested against a real API server
 * (tests/cluster/store_test.py). */

static void see(struct lease_sight *s, const char *text, int64_t now_ms)
{
    ARENA_AUTO a = {0};
    struct json lease;

    assert_null(json_parse(&a, str_of(text), &lease));
    lease_sight_take(s, &lease, now_ms);
}

#define LEASE(version, spec) \
    "{\"metadata\":{\"resourceVersion\":\"" version "\"},\"spec\":{" spec "}}"
#define HELD "\"holderIdentity\":\"x\""

static void a_holder_is_dead_ten_seconds_after_it_was_last_seen_to_write(void **state)
{
    struct lease_sight s = {0};
    (void)state;

    see(&s, LEASE("1", HELD), 5000);
    see(&s, LEASE("1", HELD), 14000);
    assert_true(lease_sight_is_alive(&s, 14999));
    assert_false(lease_sight_is_alive(&s, 15000));
    see(&s, LEASE("2", HELD), 15000);
    assert_true(lease_sight_is_alive(&s, 24999));
}

static void dates_of_others_are_not_looked_at(void **state)
{
    struct lease_sight s = {0};
    (void)state;

    see(&s, LEASE("1", HELD ",\"renewTime\":\"1999-01-01T00:00:00.000000Z\""), 0);
    assert_true(lease_sight_is_alive(&s, 9999));
    see(&s, LEASE("2", HELD ",\"renewTime\":\"2999-01-01T00:00:00.000000Z\""), 0);
    assert_false(lease_sight_is_alive(&s, 10000));
}

static void a_holder_that_renews_it_more_seldom_is_given_its_time_but_no_hour(void **state)
{
    struct lease_sight s = {0};
    (void)state;

    see(&s, LEASE("1", HELD ",\"leaseDurationSeconds\":30"), 0);
    assert_true(lease_sight_is_alive(&s, 29999));
    assert_false(lease_sight_is_alive(&s, 30000));
    see(&s, LEASE("2", HELD ",\"leaseDurationSeconds\":3600"), 0);
    assert_false(lease_sight_is_alive(&s, 60000));
    see(&s, LEASE("3", HELD ",\"leaseDurationSeconds\":1"), 0);
    assert_true(lease_sight_is_alive(&s, 9999));
}

static void what_was_given_back_is_nobodys_at_once(void **state)
{
    static const char *const free_ones[] = {LEASE("1", ""),
                                            LEASE("1", "\"holderIdentity\":\"\""),
                                            LEASE("1", "\"holderIdentity\":null"),
                                            "{}",
                                            "[]",
                                            LEASE("1", "\"holderIdentity\":7")};
    (void)state;

    for (size_t i = 0; i < sizeof(free_ones) / sizeof(*free_ones); i++) {
        struct lease_sight s = {0};
        see(&s, free_ones[i], 0);
        assert_false(lease_sight_is_alive(&s, 0));
    }
}

static void a_count_of_transitions_that_is_nonsense_does_not_overflow(void **state)
{
    struct lease_sight s = {0};
    (void)state;

    see(&s, LEASE("1", "\"leaseTransitions\":41"), 0);
    assert_int_equal(s.transitions, 41);
    see(&s, LEASE("2", "\"leaseTransitions\":-3"), 0);
    assert_int_equal(s.transitions, 0);
    see(&s, LEASE("3", "\"leaseTransitions\":9223372036854775807"), 0);
    assert_true(s.transitions < INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_holder_is_dead_ten_seconds_after_it_was_last_seen_to_write),
        cmocka_unit_test(dates_of_others_are_not_looked_at),
        cmocka_unit_test(a_holder_that_renews_it_more_seldom_is_given_its_time_but_no_hour),
        cmocka_unit_test(what_was_given_back_is_nobodys_at_once),
        cmocka_unit_test(a_count_of_transitions_that_is_nonsense_does_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
