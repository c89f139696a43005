#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/cron.h"
#include "engine/objects/names.h"
#include "engine/objects/values.h"

static void schedules_are_the_five_fields_of_cron_or_a_word(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fault; /* NULL: good */
    } rows[] = {
        {"0 9 * * mon-fri", NULL},
        {"@daily", NULL},
        {"@annually", NULL},
        {"*/15 0-23/2 1,15 JAN-mar 0", NULL},
        {"  0   9 * *  7 ", NULL},
        {"59 23 31 12 6", NULL},
        {"0 0 29 2 *", NULL},
        {"0 0 31 1-12 ?", NULL},
        {"0 0 31 4 mon", NULL}, /* either day is enough */
        {"0 0 31 4 */2", NULL},
        {"0 0 30 2,3 *", NULL},
        {"0 0 20/5 2 *", NULL},
        {"0 0 * * sun-sat", NULL},
        {"0 0 * * 6-7", NULL},
        {"0 0 31 2 *", "It never comes: no month that it names has such a day"},
        {"0 0 30 feb ?", "It never comes"},
        {"0 0 31 4,6,9,11 *", "It never comes"},
        {"0 0 31 */2 *", NULL}, /* January */
        {"0 0 31 2/2 *", NULL}, /* August */
        {"* * * * sat-sun", "The day of week \"sat-sun\" runs backwards, for a week begins with "
                            "sun: write \"sat,sun\""},
        {"* * * * fri-mon", "write \"fri-sat,sun-mon\""},
        {"* * * * 6-1", "for a week begins with 0: write \"6,0-1\""},
        {"* 22-6 * * *",
         "The hour \"22-6\" runs backwards, for a day begins with 0: write \"22-23,0-6\""},
        {"50-10/5 * * * *", "write \"50-59,0-10\""},
        {"* * * nov-feb *", "for a year begins with jan: write \"nov-dec,jan-feb\""},
        {"* * 28-1 * *", "write \"28-31,1\""},
        {"", "It has 0 fields"},
        {"* * * *", "It has 4 fields"},
        {"* * * * * *", "It has 6 fields"},
        {"@never", "minute"},
        {"60 * * * *", "The minute \"60\" is none: allowed are 0 to 59."},
        {"-1 * * * *", "minute"},
        {"* 24 * * *", "hour"},
        {"* * 0 * *", "day of month"},
        {"* * 32 * *", "day of month"},
        {"* * * 13 *", "allowed are 1 to 12 and jan to dec."},
        {"* * * mon *", "month"},
        {"* * * * 8", "day of week"},
        {"*/0 * * * *", "minute"},
        {"1- * * * *", "minute"},
        {"1,,2 * * * *", "minute"},
        {", * * * *", "minute"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct cron cron;
        struct str fault = cron_read(&a, str_of(rows[i].text), &cron);
        if (!fault.len != !rows[i].fault)
            fail_msg("%s: " STR_FMT, rows[i].text, STR_ARG(fault));
        if (fault.len)
            assert_holds(fault, rows[i].fault);
    }
}

static void dollars_are_read_to_the_millionth(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t microusd; /* -1: refused */
    } rows[] = {
        {"0", 0},
        {"12", 12000000},
        {"0.0416", 41600},
        {"0.000001", 1},
        {"9223372036854.775807", INT64_MAX},
        {"9223372036854.775808", -1},
        {"0.0000001", -1},
        {"", -1},
        {".5", -1},
        {"5.", -1},
        {"-1", -1},
        {"+1", -1},
        {"1e3", -1},
        {"1.2.3", -1},
        {"1 ", -1},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t microusd = -1;
        bool good = usd_parse_micro(str_of(rows[i].text), &microusd);
        if (good != (rows[i].microusd >= 0) || microusd != rows[i].microusd)
            fail_msg("\"%s\": %lld", rows[i].text, (long long)microusd);
    }
}

static void names_follow_kubernetes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool label, subdomain;
    } rows[] = {
        {"web", true, true},
        {"web-1", true, true},
        {"a.b", false, true},
        {"", false, false},
        {"-a", false, false},
        {"a-", false, false},
        {"Web", false, false},
        {"a_b", false, false},
        {"a..b", false, false},
        {".a", false, false},
        {"a.", false, false},
        {"a.-b", false, false},
        {"1", true, true},
        {"0123456789012345678901234567890123456789012345678901234567890123", false, true},
        {"012345678901234567890123456789012345678901234567890123456789012", true, true},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (is_dns_label(str_of(rows[i].text)) != rows[i].label ||
            is_dns_subdomain(str_of(rows[i].text)) != rows[i].subdomain)
            fail_msg("%s", rows[i].text);
}

static void labels_and_amounts_are_read(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct reader r = {.keep = &a};
    struct json labels = quoted(&a, "{'a': 'x', 'example.com/b': ''}");
    struct json amounts = quoted(&a, "{'cpu': '1930m', 'memory': '3246Mi', 'nvidia.com/gpu': '2'}");
    struct resource_table table = resource_table_new();
    struct labels l = {0};
    struct resources n = {0};
    struct str unserved = {0};

    read_labels(&r, NULL, &labels, false, &l);
    read_resources(&r, NULL, &amounts, &table, &n, &unserved);
    assert_null(r.errors);
    assert_int_equal(l.count, 2);
    assert_string_equal(labels_get(&l, STR("a")).ptr, "x");
    assert_int_equal(labels_get(&l, STR("example.com/b")).len, 0);
    assert_int_equal(n.amount[RESOURCE_CPU], 1930);
    assert_int_equal(n.amount[RESOURCE_MEMORY], (int64_t)3246 << 20);
    assert_int_equal(n.amount[resource_table_find(&table, STR("nvidia.com/gpu"))], 2);
}

static void long_values_are_cut_in_errors_at_a_characters_boundary(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct reader r = {.keep = &a};
    struct buf text = buf_in(&a);
    for (int i = 0; i < 59; i++)
        buf_add_char(&text, 'x');
    buf_add(&text, STR("\xc3\xa9 and more"));
    struct json j = json_new_string(buf_str(&text));
    int64_t n;
    struct place at = place_member(NULL, "weight");

    read_int(&r, &at, &j, 0, 1, &n);
    assert_holds(r.errors->summary, "xxx...\"");
    assert_true(str_find_str(r.errors->summary, STR("\xc3")) == r.errors->summary.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_are_the_five_fields_of_cron_or_a_word),
        cmocka_unit_test(dollars_are_read_to_the_millionth),
        cmocka_unit_test(names_follow_kubernetes),
        cmocka_unit_test(labels_and_amounts_are_read),
        cmocka_unit_test(long_values_are_cut_in_errors_at_a_characters_boundary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
