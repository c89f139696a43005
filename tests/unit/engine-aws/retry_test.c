#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/aws.h"
#include "engine/aws/money.h"
#include "engine/aws/retry.h"

static int64_t delay(struct error e, struct retry_case c)
{
    c.error = &e;
    if (!c.attempt)
        c.attempt = 1;
    if (!c.max_attempts)
        c.max_attempts = 25;
    return retry_delay_ms(&c);
}

static void only_throttling_and_lost_answers_are_tried_again(void **state)
{
    (void)state;
    for (int kind = ERROR_INVALID; kind <= ERROR_BUG; kind++) {
        bool again = kind == ERROR_THROTTLED || kind == ERROR_UNREACHABLE;
        int64_t ms = delay((struct error){.kind = (enum error_kind)kind}, (struct retry_case){0});
        assert_int_equal(ms >= 0, again);
    }
}

static void of_conflicts_only_that_of_two_requests_is_tried_again(void **state)
{
    struct error ours = {.kind = ERROR_CONFLICT, .code = STR("ConcurrentModificationException")};
    struct error other = {.kind = ERROR_CONFLICT, .code = STR("DeleteConflict")};
    (void)state;
    assert_true(delay(ours, (struct retry_case){.changes = true}) >= 0);
    assert_int_equal(delay(other, (struct retry_case){.changes = true}), RETRY_NEVER);
}

static void a_change_of_unknown_outcome_is_repeated_only_when_idempotent(void **state)
{
    static const struct {
        bool unknown, changes, idempotent, again;
    } rows[] = {
        {false, false, false, true}, {false, true, false, true}, {true, true, false, false},
        {true, true, true, true},    {true, false, false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(
            delay((struct error){.kind = ERROR_UNREACHABLE, .outcome_unknown = rows[i].unknown},
                  (struct retry_case){.changes = rows[i].changes,
                                      .idempotent = rows[i].idempotent}) >= 0,
            rows[i].again);
}

static void the_last_attempt_is_the_last(void **state)
{
    struct error e = {.kind = ERROR_THROTTLED};
    (void)state;
    assert_true(delay(e, (struct retry_case){.attempt = 2, .max_attempts = 3}) >= 0);
    assert_int_equal(delay(e, (struct retry_case){.attempt = 3, .max_attempts = 3}), RETRY_NEVER);
    assert_int_equal(delay(e, (struct retry_case){.attempt = 1, .max_attempts = 1}), RETRY_NEVER);
}

static void unless_told_otherwise_throttling_is_outlasted_and_faults_are_not(void **state)
{
    static const struct {
        enum error_kind kind;
        int attempts;
    } rows[] = {{ERROR_THROTTLED, 26}, {ERROR_UNREACHABLE, 9}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct error e = {.kind = rows[i].kind};
        struct retry_case c = {.attempt = rows[i].attempts - 1, .error = &e};
        assert_true(retry_delay_ms(&c) >= 0);
        c.attempt++;
        assert_int_equal(retry_delay_ms(&c), RETRY_NEVER);
    }
}

static void a_wrong_setting_is_given_up_after_three_attempts(void **state)
{
    static const struct {
        const char *code;
        bool custom, given_up;
    } rows[] = {
        {"HostNotFound", false, true},   {"HostNotFound", true, true},
        {"TlsFailed", false, true},      {"ConnectFailed", true, true},
        {"ConnectFailed", false, false}, {"ConnectionLost", true, false},
        {"TimedOut", true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct error e = {.kind = ERROR_UNREACHABLE, .code = str_of(rows[i].code)};
        struct retry_case c = {.attempt = 3, .custom_endpoint = rows[i].custom};
        assert_int_equal(delay(e, c) == RETRY_NEVER, rows[i].given_up);
    }
}

static void the_bound_of_the_wait_doubles_to_20_seconds(void **state)
{
    static const struct {
        enum error_kind kind;
        int attempt;
        int64_t bound_ms;
    } rows[] = {
        {ERROR_UNREACHABLE, 1, 100}, {ERROR_UNREACHABLE, 4, 800}, {ERROR_UNREACHABLE, 24, 20000},
        {ERROR_THROTTLED, 1, 500},   {ERROR_THROTTLED, 6, 16000}, {ERROR_THROTTLED, 7, 20000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct error e = {.kind = rows[i].kind};
        struct retry_case c = {.attempt = rows[i].attempt};
        c.random = (uint64_t)rows[i].bound_ms;
        assert_int_equal(delay(e, c), rows[i].bound_ms); /* the longest */
        c.random++;
        assert_int_equal(delay(e, c), 0); /* one more is the shortest again */
    }
}

static void prices_are_read_exactly_and_rounded_up(void **state)
{
    static const struct {
        const char *text;
        bool fine;
        int64_t micro;
    } rows[] = {
        {"0.0416000000", true, 41600},
        {"0.0000004", true, 1},
        {"0.0416001", true, 41601},
        {"12", true, 12000000},
        {"12.", true, 12000000},
        {".5", true, 500000},
        {"0", true, 0},
        {"0.00001", true, 10},
        {"9223372036854.775807", true, INT64_MAX},
        {"9223372036854.775808", false, 0},
        {"", false, 0},
        {".", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {"1e3", false, 0},
        {"1.2.3", false, 0},
        {"N/A", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t micro = 0;
        bool fine = microusd_parse(str_of(rows[i].text), &micro);
        if (fine != rows[i].fine || (fine && micro != rows[i].micro))
            fail_msg("%s: %d %lld", rows[i].text, fine, (long long)micro);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_throttling_and_lost_answers_are_tried_again),
        cmocka_unit_test(of_conflicts_only_that_of_two_requests_is_tried_again),
        cmocka_unit_test(a_change_of_unknown_outcome_is_repeated_only_when_idempotent),
        cmocka_unit_test(the_last_attempt_is_the_last),
        cmocka_unit_test(unless_told_otherwise_throttling_is_outlasted_and_faults_are_not),
        cmocka_unit_test(a_wrong_setting_is_given_up_after_three_attempts),
        cmocka_unit_test(the_bound_of_the_wait_doubles_to_20_seconds),
        cmocka_unit_test(prices_are_read_exactly_and_rounded_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
