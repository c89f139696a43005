/* What a pool's disruption budgets mean: shares, reasons, schedules and the clocks of places. */
#include "engine/core/decide.h"
#include "engine/core/schedule.h"
#include "engine/objects/builtin.h"
#include "engine/objects/cron.h"
#include "engine/objects/pool_document.h"
#include "engine/objects/time_zone.h"
#include "tests/unit/engine-objects/documents.h"

static int64_t instant(const char *text)
{
    int64_t ms = 0;

    assert_true(time_parse(str_of(text), &ms));
    return ms;
}

static void budgets_are_read_as_they_are_written(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct json j;
    struct pool pool;
    struct resource_table table = resource_table_new();

    assert_null(json_parse(
        &a,
        STR("{\"name\":\"p\",\"node_class\":\"c\",\"budgets\":[{},{\"nodes\":\"3\",\"reasons\":"
            "[\"Drifted\",\"Empty\"]},{\"nodes\":\"0%\",\"schedule\":\"30 9 * * mon-fri\","
            "\"duration\":\"8h\",\"time_zone\":\"Europe/Berlin\"}]}"),
        &j));
    assert_null(pool_document_read(&a, &j, &table, &pool));
    assert_int_equal(pool.budget_count, 3);
    assert_true(pool.budgets[0].nodes.percent && pool.budgets[0].nodes.value == 10);
    assert_int_equal(pool.budgets[0].reasons, 0);
    assert_null(pool.budgets[0].schedule);
    assert_true(!pool.budgets[1].nodes.percent && pool.budgets[1].nodes.value == 3);
    assert_int_equal(pool.budgets[1].reasons, 1 << REASON_DRIFTED | 1 << REASON_EMPTY);
    assert_true(pool.budgets[2].nodes.set && pool.budgets[2].nodes.value == 0);
    struct window w = schedule_window(pool.budgets[2].schedule, instant("2026-07-03T12:00:00Z"));
    assert_true(w.open);
    assert_int_equal(w.until_ms, instant("2026-07-03T15:30:00Z"));
    w = schedule_window(pool.budgets[2].schedule, w.until_ms);
    assert_false(w.open);
    assert_int_equal(w.until_ms, instant("2026-07-06T07:30:00Z"));
}

static void a_cron_expression_names_its_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct cron is;
    } rows[] = {
        {"0,30 9-11 1 jan mon-wed", {0x40000001, 0xe00, 0x2, 0x2, 0x0e, false, false}},
        {"*/20 0 * 2-12/5 7",
         {INT64_C(1) | INT64_C(1) << 20 | INT64_C(1) << 40, 0x1, 0xfffffffe, 0x1084, 0x01, true,
          false}},
        {"@hourly", {0x1, 0xffffff, 0xfffffffe, 0x1ffe, 0x7f, true, true}},
        {"@weekly", {0x1, 0x1, 0xfffffffe, 0x1ffe, 0x01, true, false}},
        {"@yearly", {0x1, 0x1, 0x2, 0x2, 0x7f, false, true}},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct cron c = {0};
        const struct cron *is = &rows[i].is;
        assert_int_equal(cron_read(&a, str_of(rows[i].text), &c).len, 0);
        if (c.minutes != is->minutes || c.hours != is->hours ||
            c.days_of_month != is->days_of_month || c.months != is->months ||
            c.days_of_week != is->days_of_week || c.any_day_of_month != is->any_day_of_month ||
            c.any_day_of_week != is->any_day_of_week)
            fail_msg("%s", rows[i].text);
    }
}

static void every_place_of_the_table_has_clocks(void **state)
{
    (void)state;
    struct time_zone zone;

    assert_true(builtin_time_zone_count > 400);
    for (size_t i = 0; i < builtin_time_zone_count; i++) {
        if (!time_zone_find(str_of(builtin_time_zones[i].name), &zone))
            fail_msg("%s", builtin_time_zones[i].name);
        int64_t ahead_s = time_zone_offset_seconds(&zone, instant("2026-07-01T00:00:00Z"));
        assert_true(ahead_s >= -12 * 3600 && ahead_s <= 14 * 3600);
    }
}

static void clocks_are_those_of_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *place, *at;
        int64_t ahead_minutes;
    } rows[] = {
        {"UTC", "2026-07-01T00:00:00Z", 0},
        {"Europe/Berlin", "2026-07-01T00:00:00Z", 120},
        {"Europe/Dublin", "2026-07-01T00:00:00Z", 60},
        {"Europe/Dublin", "2026-12-01T00:00:00Z", 0},
        {"America/New_York", "2026-07-01T00:00:00Z", -240},
        {"Asia/Kolkata", "2026-07-01T00:00:00Z", 330},
        {"Australia/Sydney", "2026-12-01T00:00:00Z", 660},
        {"Australia/Lord_Howe", "2026-07-01T00:00:00Z", 630},
        {"America/Nuuk", "2026-07-01T00:00:00Z", -60},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct time_zone zone;
        assert_true(time_zone_find(str_of(rows[i].place), &zone));
        if (time_zone_offset_seconds(&zone, instant(rows[i].at)) != rows[i].ahead_minutes * 60)
            fail_msg("%s at %s", rows[i].place, rows[i].at);
    }
}

static void what_is_no_rule_of_clocks_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "CET",
        "C-1",
        "<+01-1",
        "CET-1CEST",
        "CET-1CEST,",
        "CET-1CEST,M3.5",
        "CET-1CEST,M3.5.0,M13.5.0",
        "CET-1CEST,M3.5.0,J60",
        "CET-1x",
        "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1:99",
        "CET-1CEST,M3.0.0,M10.5.0",
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct time_zone zone;
        if (time_zone_parse(str_of(rows[i]), &zone))
            fail_msg("%s", rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budgets_are_read_as_they_are_written),
        cmocka_unit_test(a_cron_expression_names_its_values),
        cmocka_unit_test(every_place_of_the_table_has_clocks),
        cmocka_unit_test(clocks_are_those_of_the_place),
        cmocka_unit_test(what_is_no_rule_of_clocks_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
