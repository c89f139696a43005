/* Windows by cron and the clocks of a place.  Expected instants are those of the tz database. */
#include "engine/core/schedule.h"
#include "tests/unit/engine-core/test.h"

#define HOUR_MS   ((int64_t)3600000)
#define ALL_DAYS  .days_of_month = -1, .months = -1, .any_day_of_month = true
#define EVERY_DAY ALL_DAYS, .days_of_week = 0x7f, .any_day_of_week = true

static const struct time_zone berlin = {.offset_seconds = 3600,
                                        .has_summer = true,
                                        .summer_offset_seconds = 7200,
                                        .summer = {3, 5, 0, 2 * 3600},
                                        .winter = {10, 5, 0, 3 * 3600}};
static const struct time_zone adelaide = {.offset_seconds = 34200,
                                          .has_summer = true,
                                          .summer_offset_seconds = 37800,
                                          .summer = {10, 1, 0, 2 * 3600},
                                          .winter = {4, 1, 0, 3 * 3600}};
/* Its change comes at a quarter to three. */
static const struct time_zone chatham = {.offset_seconds = 45900,
                                         .has_summer = true,
                                         .summer_offset_seconds = 49500,
                                         .summer = {9, 5, 0, 9900},
                                         .winter = {4, 1, 0, 13500}};

static int64_t at(const char *text)
{
    int64_t ms = 0;

    assert_true(time_parse(str_of(text), &ms));
    return ms;
}

static void offsets_are_those_of_the_place(void **state)
{
    (void)state;
    static const struct {
        const struct time_zone *zone;
        const char *at;
        int64_t offset_seconds;
    } rows[] = {
        {&berlin, "2026-03-29T00:59:59Z", 3600},    {&berlin, "2026-03-29T01:00:00Z", 7200},
        {&berlin, "2026-10-25T00:59:59Z", 7200},    {&berlin, "2026-10-25T01:00:00Z", 3600},
        {&berlin, "2027-01-01T00:00:00Z", 3600},    {&adelaide, "2026-04-04T16:29:59Z", 37800},
        {&adelaide, "2026-04-04T16:30:00Z", 34200}, {&adelaide, "2026-10-03T16:29:59Z", 34200},
        {&adelaide, "2026-10-03T16:30:00Z", 37800}, {&adelaide, "2027-01-01T00:00:00Z", 37800},
        {&chatham, "2026-09-26T13:59:59Z", 45900},  {&chatham, "2026-09-26T14:00:00Z", 49500},
        {&chatham, "2026-04-04T13:59:59Z", 49500},  {&chatham, "2026-04-04T14:00:00Z", 45900},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (time_zone_offset_seconds(rows[i].zone, at(rows[i].at)) != rows[i].offset_seconds)
            fail_msg("row %zu: %s", i, rows[i].at);
}

struct look {
    const char *at;
    bool open;
    const char *until;
};

static void check(const struct schedule *s, const struct look *looks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ARENA_AUTO a = {0};
        struct window w = schedule_window(s, at(looks[i].at));
        struct str until =
            w.until_ms == NEVER_MS ? STR("never") : time_format(&a, w.until_ms, false);
        if (w.open != looks[i].open || !str_eq(until, str_of(looks[i].until)))
            fail_msg("at %s: %s until " STR_FMT, looks[i].at, w.open ? "open" : "closed",
                     STR_ARG(until));
    }
}

static void a_window_over_midnight_ends_the_next_morning(void **state)
{
    (void)state;
    const struct schedule nights = {
        .cron = {.minutes = 1, .hours = 1 << 16, ALL_DAYS, .days_of_week = 0x3e},
        .duration_ms = 16 * HOUR_MS};
    static const struct look looks[] = {
        {"2026-11-30T07:59:00Z", false, "2026-11-30T16:00:00Z"},
        {"2026-11-30T16:00:00Z", true, "2026-12-01T08:00:00Z"},
        {"2026-12-01T07:59:00Z", true, "2026-12-01T08:00:00Z"},
        {"2026-12-01T08:00:00Z", false, "2026-12-01T16:00:00Z"},
        {"2026-12-05T07:59:00Z", true, "2026-12-05T08:00:00Z"},
        {"2026-12-05T12:00:00Z", false, "2026-12-07T16:00:00Z"},
    };

    check(&nights, looks, COUNT(looks));
}

static void windows_that_meet_are_one(void **state)
{
    (void)state;
    const struct schedule weekend = {
        .cron = {.minutes = 1, .hours = 1, ALL_DAYS, .days_of_week = 0x41},
        .duration_ms = 24 * HOUR_MS};
    static const struct look looks[] = {
        {"2026-12-04T23:59:00Z", false, "2026-12-05T00:00:00Z"},
        {"2026-12-05T12:00:00Z", true, "2026-12-07T00:00:00Z"},
        {"2026-12-06T23:59:59Z", true, "2026-12-07T00:00:00Z"},
        {"2026-12-07T00:00:00Z", false, "2026-12-12T00:00:00Z"},
    };

    check(&weekend, looks, COUNT(looks));
}

static void days_of_month_or_of_week_are_enough_where_both_are_named(void **state)
{
    (void)state;
    const struct schedule either = {.cron = {.minutes = 1,
                                             .hours = 1,
                                             .days_of_month = 1 << 13,
                                             .months = -1,
                                             .days_of_week = 1 << 5},
                                    .duration_ms = HOUR_MS};
    static const struct look looks[] = {
        {"2026-12-05T00:00:00Z", false, "2026-12-11T00:00:00Z"},
        {"2026-12-11T01:00:00Z", false, "2026-12-13T00:00:00Z"},
    };

    check(&either, looks, COUNT(looks));
}

static void a_leap_day_is_waited_for(void **state)
{
    (void)state;
    const struct schedule leap = {.cron = {.minutes = 1,
                                           .hours = 1,
                                           .days_of_month = 1 << 29,
                                           .months = 1 << 2,
                                           .days_of_week = 0x7f,
                                           .any_day_of_week = true},
                                  .duration_ms = HOUR_MS};
    static const struct look looks[] = {
        {"2026-12-05T00:00:00Z", false, "2028-02-29T00:00:00Z"},
        {"2096-03-01T00:00:00Z", false, "2104-02-29T00:00:00Z"},
    };

    check(&leap, looks, COUNT(looks));
}

static void a_place_keeps_its_hours_when_its_clocks_change(void **state)
{
    (void)state;
    const struct schedule nine = {
        .cron = {.minutes = 1, .hours = 1 << 9, EVERY_DAY}, .zone = berlin, .duration_ms = HOUR_MS};
    static const struct look looks[] = {
        {"2026-03-28T08:30:00Z", true, "2026-03-28T09:00:00Z"},
        {"2026-03-29T07:00:00Z", true, "2026-03-29T08:00:00Z"},
        {"2026-10-24T07:00:00Z", true, "2026-10-24T08:00:00Z"},
        {"2026-10-25T07:30:00Z", false, "2026-10-25T08:00:00Z"},
    };

    check(&nine, looks, COUNT(looks));
}

static void an_hour_that_is_left_out_begins_nothing_and_one_shown_twice_begins_twice(void **state)
{
    (void)state;
    const struct schedule half_past_two = {
        .cron = {.minutes = INT64_C(1) << 30, .hours = 1 << 2, EVERY_DAY},
        .zone = berlin,
        .duration_ms = HOUR_MS / 2};
    static const struct look looks[] = {
        {"2026-03-29T00:00:00Z", false, "2026-03-30T00:30:00Z"},
        {"2026-10-25T00:00:00Z", false, "2026-10-25T00:30:00Z"},
        {"2026-10-25T00:45:00Z", true, "2026-10-25T01:00:00Z"},
        {"2026-10-25T01:00:00Z", false, "2026-10-25T01:30:00Z"},
        {"2026-10-25T01:30:00Z", true, "2026-10-25T02:00:00Z"},
    };

    check(&half_past_two, looks, COUNT(looks));
}

static void one_that_never_ends_is_looked_at_again_some_day(void **state)
{
    (void)state;
    const struct schedule always = {.cron = {.minutes = -1, .hours = -1, EVERY_DAY},
                                    .duration_ms = 24 * HOUR_MS};
    const int64_t now_ms = at("2026-12-05T00:00:00Z");
    struct window w = schedule_window(&always, now_ms);

    assert_true(w.open);
    assert_true(w.until_ms > now_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_those_of_the_place),
        cmocka_unit_test(a_window_over_midnight_ends_the_next_morning),
        cmocka_unit_test(windows_that_meet_are_one),
        cmocka_unit_test(days_of_month_or_of_week_are_enough_where_both_are_named),
        cmocka_unit_test(a_leap_day_is_waited_for),
        cmocka_unit_test(a_place_keeps_its_hours_when_its_clocks_change),
        cmocka_unit_test(an_hour_that_is_left_out_begins_nothing_and_one_shown_twice_begins_twice),
        cmocka_unit_test(one_that_never_ends_is_looked_at_again_some_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
