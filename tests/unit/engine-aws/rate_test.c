#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/rate.h"
#include "tests/unit/range.h"

static void repeats_are_paid_for_until_the_bucket_is_empty(void **state)
{
    struct retry_quota q = retry_quota_new(22);
    (void)state;
    assert_int_equal(retry_quota_take(&q, false), 5);
    assert_int_equal(retry_quota_take(&q, true), 10);
    assert_int_equal(retry_quota_take(&q, false), 5);
    assert_int_equal(retry_quota_take(&q, false), -1);
    retry_quota_give(&q, 0); /* a first try that succeeds gives one */
    retry_quota_give(&q, 0);
    assert_int_equal(retry_quota_take(&q, false), -1);
    retry_quota_give(&q, 0);
    assert_int_equal(retry_quota_take(&q, false), 5);
    retry_quota_give(&q, 5); /* a repeat that succeeds gives back what it cost */
    assert_int_equal(retry_quota_take(&q, false), 5);
    retry_quota_give(&q, 1000); /* never more than it holds */
    assert_int_equal(q.left, 22);
}

static void without_a_capacity_repeats_are_free(void **state)
{
    struct retry_quota q = retry_quota_new(0);
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(retry_quota_take(&q, true), 0);
    retry_quota_give(&q, 5);
    assert_int_equal(q.left, 0);
}

/* `per_second` calls for `seconds`, of which the service refuses those beyond `limit` a second; the
 * calls that came through in the last second. */
struct service {
    int64_t now_ms, second;
    int limit, taken, let_through;
};

static bool service_refuses(struct service *s)
{
    if (s->now_ms / 1000 != s->second) {
        s->let_through = s->taken < s->limit ? s->taken : s->limit;
        s->second = s->now_ms / 1000;
        s->taken = 0;
    }
    return ++s->taken > s->limit;
}

static void nobody_is_slowed_down_before_the_first_throttling(void **state)
{
    struct pace p = {0};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(pace_wait_ms(&p, 1000 + i), 0);
        pace_answered(&p, 1000 + i, false);
    }
}

/* One caller that always has a next call: refusals become rare, and the limit is nearly used. */
static void a_throttled_caller_settles_under_what_the_service_takes(void **state)
{
    struct pace p = {0};
    struct service s = {.now_ms = 1000, .limit = 20};
    int refused = 0, calls = 0;
    (void)state;
    while (s.now_ms < 121000) {
        s.now_ms += pace_wait_ms(&p, s.now_ms) + 10; /* a call takes 10 ms: 100 a second unpaced */
        bool throttled = service_refuses(&s);
        pace_answered(&p, s.now_ms, throttled);
        if (s.now_ms > 61000) {
            calls++;
            refused += throttled;
        }
    }
    assert_true(in_range(calls, 10 * 60, 24 * 60));
    assert_true(in_range(refused, 0, calls / 5));
}

static void the_pace_recovers_when_the_service_does(void **state)
{
    struct pace p = {0};
    struct service s = {.now_ms = 1000, .limit = 5};
    int calls = 0;
    (void)state;
    while (s.now_ms < 200000) {
        s.limit = s.now_ms < 60000 ? 5 : 1000000;
        s.now_ms += pace_wait_ms(&p, s.now_ms) + 10;
        pace_answered(&p, s.now_ms, service_refuses(&s));
        calls += s.now_ms > 190000;
    }
    assert_true(in_range(calls, 500, 1001)); /* of 100 a second */
}

static void waits_are_short_and_never_negative(void **state)
{
    struct pace p = {0};
    (void)state;
    pace_answered(&p, 1000, true);
    for (int i = 0; i < 4; i++)
        assert_true(in_range(pace_wait_ms(&p, 1000), 0, 10000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_are_paid_for_until_the_bucket_is_empty),
        cmocka_unit_test(without_a_capacity_repeats_are_free),
        cmocka_unit_test(nobody_is_slowed_down_before_the_first_throttling),
        cmocka_unit_test(a_throttled_caller_settles_under_what_the_service_takes),
        cmocka_unit_test(the_pace_recovers_when_the_service_does),
        cmocka_unit_test(waits_are_short_and_never_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
