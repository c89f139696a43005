#include "engine/core/quantity.h"
#include "tests/unit/engine-core/test.h"

static void quantities_parse_as_kubernetes_does(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t units;
        bool milli_ok;
        int64_t milli;
    } rows[] = {
        {"0", true, 0, true, 0},
        {"2", true, 2, true, 2000},
        {"+2", true, 2, true, 2000},
        {"250m", true, 1, true, 250},
        {"1.5", true, 2, true, 1500},
        {".5", true, 1, true, 500},
        {"5.", true, 5, true, 5000},
        {"0.0001", true, 1, true, 1},
        {"100n", true, 1, true, 1},
        {"2500u", true, 1, true, 3},
        {"1e3", true, 1000, true, 1000000},
        {"1E3", true, 1000, true, 1000000},
        {"1E", true, 1000000000000000000, false, 0},
        {"12e-1", true, 2, true, 1200},
        {"4Gi", true, 4294967296, true, 4294967296000},
        {"1.5Gi", true, 1610612736, true, 1610612736000},
        {"0.1Ki", true, 103, true, 102400},
        {"7Ei", true, 8070450532247928832, false, 0},
        {"8Ei", false, 0, false, 0},
        {"9223372036854775807", true, INT64_MAX, false, 0},
        {"9223372036854775808", false, 0, false, 0},
        {"9223372036854775806.9", true, INT64_MAX, false, 0},
        {"0.00000000000000000000000000000000000001", true, 1, true, 1},
        {"1e-1000", true, 1, true, 1},
        {"100000000000000000000000e-20", true, 1000, true, 1000000},
        {"1.0000000000000000000000000001", true, 2, true, 1001},
        {"-1", true, -1, true, -1000},
        {"-1.5", true, -2, true, -1500},
        {"1e1001", false, 0, false, 0},
        {"1e99999999999999999999", false, 0, false, 0},
        {"1e40", false, 0, false, 0},
        {"", false, 0, false, 0},
        {".", false, 0, false, 0},
        {"-", false, 0, false, 0},
        {"m", false, 0, false, 0},
        {"1.5.2", false, 0, false, 0},
        {"1 Gi", false, 0, false, 0},
        {" 1", false, 0, false, 0},
        {"4gi", false, 0, false, 0},
        {"4K", false, 0, false, 0},
        {"0x10", false, 0, false, 0},
        {"1e", false, 0, false, 0},
        {"1e1.5", false, 0, false, 0},
        {"lots", false, 0, false, 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t units = 0, milli = 0;
        bool ok = quantity_parse(str_of(rows[i].text), &units);
        bool milli_ok = quantity_parse_milli(str_of(rows[i].text), &milli);
        if (ok != rows[i].ok || units != rows[i].units || milli_ok != rows[i].milli_ok ||
            milli != rows[i].milli)
            fail_msg("%s: %d %lld, %d %lld", rows[i].text, ok, (long long)units, milli_ok,
                     (long long)milli);
    }
}

static void equal_amounts_are_equal_in_any_notation(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"50Gi", "51200Mi", true}, {"0.5", "500m", true}, {"1", "1000m", true},
        {"1e3", "1k", true},       {"0", "-0", true},     {"1Ei", "1152921504606846976", true},
        {"1", "-1", false},        {"1Gi", "1G", false},  {"1", "1001m", false},
        {"x", "x", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (quantity_eq(str_of(rows[i].a), str_of(rows[i].b)) != rows[i].equal)
            fail_msg("%s %s", rows[i].a, rows[i].b);
}

static void amounts_are_printed_in_their_shortest_exact_form(void **state)
{
    (void)state;
    static const struct {
        int64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1"},
        {1000, "1k"},
        {1024, "1Ki"},
        {3403677696, "3246Mi"},
        {500000000, "500M"},
        {53687091200, "50Gi"},
        {1001, "1001"},
        {INT64_MAX, "9223372036854775807"},
        {-2048, "-2Ki"},
    };
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(quantity_format_bytes(&a, rows[i].bytes).ptr, rows[i].text);
    assert_string_equal(quantity_format_milli(&a, 1930).ptr, "1930m");
    assert_string_equal(quantity_format_milli(&a, 2000).ptr, "2");
    assert_string_equal(quantity_format_milli(&a, 0).ptr, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_parse_as_kubernetes_does),
        cmocka_unit_test(equal_amounts_are_equal_in_any_notation),
        cmocka_unit_test(amounts_are_printed_in_their_shortest_exact_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
