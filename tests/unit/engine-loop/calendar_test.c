#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/base/log.h"
#include "engine/loop/calendar.h"

#define HOUR_MS   ((int64_t)3600 * 1000)
#define BEGIN_MS  ((int64_t)1700000000 * 1000)
#define LATER(ms) (BEGIN_MS + (ms))

/* One whose machine and cloud have agreed at the instant 0. */
static struct calendar agreed(void)
{
    struct calendar c = {0};
    assert_true(calendar_look(&c, 0, BEGIN_MS));
    assert_false(c.sure);
    assert_true(calendar_hear(&c, 0, BEGIN_MS));
    assert_true(c.sure);
    return c;
}

static void a_jump_makes_unsure_at_once_and_not_only_when_the_cloud_disagrees(void **state)
{
    (void)state;
    struct calendar c = agreed();
    assert_true(calendar_look(&c, 1000, LATER(1000) + 4000)); /* slewed */
    assert_true(c.sure);
    assert_false(calendar_look(&c, 2000, LATER(2000) + 744 * HOUR_MS));
    assert_false(c.sure);
    calendar_hear(&c, 3000, LATER(3000));
    assert_false(c.sure);
    assert_false(calendar_look(&c, 4000, LATER(4000))); /* set right: that is a jump as well */
    assert_false(c.sure);
    calendar_hear(&c, 5000, LATER(5000));
    assert_true(c.sure);
}

static void a_cloud_that_tells_no_date_confirms_nothing(void **state)
{
    (void)state;
    struct calendar c = {0};
    calendar_look(&c, 0, BEGIN_MS);
    assert_false(calendar_hear(&c, 0, 0));
    assert_false(c.sure);
}

static void dates_become_instants_and_back_and_never_stays_never(void **state)
{
    (void)state;
    struct calendar c = agreed();
    assert_int_equal(calendar_instant_ms(&c, LATER(HOUR_MS)), HOUR_MS);
    assert_int_equal(calendar_date_ms(&c, HOUR_MS), LATER(HOUR_MS));
    assert_int_equal(calendar_date_ms(&c, NEVER_MS), NEVER_MS);
    assert_int_equal(calendar_instant_ms(&c, NEVER_MS), NEVER_MS);
    assert_int_equal(calendar_date_ms(&c, NEVER_MS - 1), NEVER_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jump_makes_unsure_at_once_and_not_only_when_the_cloud_disagrees),
        cmocka_unit_test(a_cloud_that_tells_no_date_confirms_nothing),
        cmocka_unit_test(dates_become_instants_and_back_and_never_stays_never),
    };
    setenv("TENON_LOG", "off", 0);
    log_init(LOG_PLAIN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
