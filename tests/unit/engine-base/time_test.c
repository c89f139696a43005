#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/time.h"

static void never_absorbs_and_overflow_is_never(void **state)
{
    (void)state;
    assert_true(time_add_ms(NEVER_MS, 1) == NEVER_MS);
    assert_true(time_add_ms(1, NEVER_MS) == NEVER_MS);
    assert_true(time_add_ms(NEVER_MS - 5, 6) == NEVER_MS);
    assert_true(time_add_ms(40, 2) == 42);
}

static void instants_are_printed_in_utc(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        bool with_ms;
        const char *text;
    } rows[] = {
        {0, false, "1970-01-01T00:00:00Z"},
        {1795490160000, false, "2026-11-24T03:16:00Z"},
        {1795490160007, true, "2026-11-24T03:16:00.007Z"},
        {1795490160999, false, "2026-11-24T03:16:00Z"},
        {-1, true, "1969-12-31T23:59:59.999Z"},
        {951782400000, false, "2000-02-29T00:00:00Z"},
    };
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(time_format(&a, rows[i].ms, rows[i].with_ms).ptr, rows[i].text);
}

static void instants_are_read_with_any_offset_and_fraction(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-24T03:16:00Z", 1795490160000},
        {"2026-11-24t03:16:00z", 1795490160000},
        {"2026-11-24T05:16:00+02:00", 1795490160000},
        {"2026-11-23T22:46:00-04:30", 1795490160000},
        {"2026-11-24T03:16:00.5Z", 1795490160500},
        {"2026-11-24T03:16:00.123456789123Z", 1795490160123},
        {"2000-02-29T00:00:00Z", 951782400000},
        {"1969-12-31T23:59:59.999Z", -1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int64_t ms = 42;
        assert_true(time_parse(str_of(rows[i].text), &ms));
        assert_true(ms == rows[i].ms);
    }
}

static void what_is_no_instant_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2026-11-24",
        "2026-11-24T03:16:00",
        "2026-11-24 03:16:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T03:60:00Z",
        "2026-11-24T03:16:60Z",
        "2026-11-24T03:16:00.Z",
        "2026-11-24T03:16:00+0200",
        "2026-11-24T03:16:00+24:00",
        "2026-11-24T03:16:00Zz",
        "+026-11-24T03:16:00Z",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        int64_t ms;
        if (time_parse(str_of(texts[i]), &ms))
            fail_msg("accepted %s", texts[i]);
    }
}

static void durations_are_read_as_go_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        {"0", 0},
        {"0s", 0},
        {"1h30m", 5400000},
        {"90s", 90000},
        {"1.5h", 5400000},
        {".5s", 500},
        {"1.s", 1000},
        {"300ms", 300},
        {"2562047h", INT64_C(9223369200000)},
        {"1500us", 1},
        {"1500\xc2\xb5s", 1},
        {"1500\xce\xbcs", 1},
        {"1m1ms", 60001},
        {"0.1s0.9s", 1000},
        {"1000000ns", 1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int64_t ms = 42;
        if (!duration_parse(str_of(rows[i].text), &ms))
            fail_msg("refused %s", rows[i].text);
        assert_true(ms == rows[i].ms);
    }
}

static void what_is_no_duration_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",         " ",    "1",  "-1s",  "+1s",  ".",
                                        ".s",       "1d",   "1w", "1h m", "1 h",  "h1",
                                        "2562048h", "1e3s", "s",  "1H",   "Never"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        int64_t ms;
        if (duration_parse(str_of(texts[i]), &ms))
            fail_msg("accepted %s", texts[i]);
    }
}

static void durations_are_printed_short_and_read_back_equal(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0, "0s"},
        {45000, "45s"},
        {250, "250ms"},
        {60000, "1m"},
        {5400000, "1h30m"},
        {3600000, "1h"},
        {3605000, "1h0m5s"},
        {90000, "1m30s"},
        {1500, "1.5s"},
        {1250, "1.25s"},
        {1007, "1.007s"},
        {720 * 3600000LL, "720h"},
        {3600001, "1h0m0.001s"},
    };
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int64_t back = -1;
        struct str text = duration_format(&a, rows[i].ms);
        assert_string_equal(text.ptr, rows[i].text);
        assert_true(duration_parse(text, &back) && back == rows[i].ms);
    }
    assert_string_equal(duration_format(&a, -90000).ptr, "-1m30s");
}

static void dates_of_http_are_read(void **state)
{
    int64_t ms = 0;
    (void)state;
    assert_true(time_parse_http(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &ms));
    assert_int_equal(ms, 784111777000);
    assert_true(time_parse_http(STR("Thu, 29 Feb 2024 00:00:00 GMT"), &ms));
    assert_int_equal(ms, 1709164800000);
}

static void what_is_no_date_of_http_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "Sun,",
        "Sun, ",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 2023 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int64_t ms;
        assert_false(time_parse_http(str_of(rows[i]), &ms));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_absorbs_and_overflow_is_never),
        cmocka_unit_test(instants_are_printed_in_utc),
        cmocka_unit_test(instants_are_read_with_any_offset_and_fraction),
        cmocka_unit_test(what_is_no_instant_is_refused),
        cmocka_unit_test(dates_of_http_are_read),
        cmocka_unit_test(what_is_no_date_of_http_is_refused),
        cmocka_unit_test(durations_are_read_as_go_reads_them),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(durations_are_printed_short_and_read_back_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
