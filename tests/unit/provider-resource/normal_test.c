#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/resource/links.h"
#include "provider/resource/schema.h"

/* What hashicorp/aws 5.100.0 made of these texts. */

static void assert_becomes(struct str (*normal)(struct arena *a, struct str text), const char *text,
                           const char *wanted)
{
    ARENA_AUTO a = {0};
    struct str got = normal(&a, str_of(text));

    if (!str_eq(got, str_of(wanted)))
        fail_msg("%s became " STR_FMT ", wanted %s", text, STR_ARG(got), wanted);
    struct str again = normal(&a, got);
    assert_true(str_eq(again, got));
}

static void keys_are_sorted_and_white_space_goes(void **state)
{
    (void)state;
    assert_becomes(normal_json, "{ \"b\" : [ 1, { \"d\":null, \"c\":true } ],\n\"a\":\"x\" }",
                   "{\"a\":\"x\",\"b\":[1,{\"c\":true,\"d\":null}]}");
    assert_becomes(normal_json, "no JSON {", "no JSON {");
    assert_becomes(normal_json, "", "");
}

static void numbers_are_doubles_in_their_shortest_form(void **state)
{
    static const char *const pairs[][2] = {
        {"0", "0"},
        {"-0", "-0"},
        {"1.50", "1.5"},
        {"1e3", "1000"},
        {"-12.5e1", "-125"},
        {"0.000001", "0.000001"},
        {"1e-7", "1e-7"},
        {"12345678901234567890", "12345678901234567000"},
        {"999999999999999999999", "1e+21"},
        {"1e20", "100000000000000000000"},
        {"1e25", "1e+25"},
        {"123456.789", "123456.789"},
        {"0.1", "0.1"},
        {"5e-324", "5e-324"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"1e400", "1e400"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        assert_becomes(normal_json, pairs[i][0], pairs[i][1]);
}

static void what_html_minds_is_escaped_but_in_patterns(void **state)
{
    const char *text = "{\"k\":\"a<b>&c \\u003c \\u00e9 \\u2028\xe2\x80\xa9 \\\" \\\\ \\/ \\t\"}";

    (void)state;
    assert_becomes(
        normal_json, text,
        "{\"k\":\"a\\u003cb\\u003e\\u0026c \\u003c \xc3\xa9 \\u2028\\u2029 \\\" \\\\ / \\t\"}");
    assert_becomes(normal_event_pattern, text,
                   "{\"k\":\"a<b>&c < \xc3\xa9 \\u2028\\u2029 \\\" \\\\ / \\t\"}");
}

static void the_version_of_an_inline_policy_comes_first(void **state)
{
    (void)state;
    assert_becomes(normal_inline_policy,
                   "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"a\"}],\"Id\":\"x\","
                   "\"Version\":\"2012-10-17\"}",
                   "{\"Version\":\"2012-10-17\",\"Id\":\"x\",\"Statement\":[{\"Action\":\"a\","
                   "\"Effect\":\"Allow\"}]}");
    assert_becomes(normal_inline_policy, "{ \"Version\" : \"v\" }", "{\"Version\":\"v\"}");
    assert_becomes(normal_inline_policy, "{ \"b\":1, \"a\":2 }", "{\"a\":2,\"b\":1}");
}

static void links_are_known_by_their_whole_name(void **state)
{
    struct links *l = links_new();

    (void)state;
    assert_false(links_has(l, STR("rule/default/a")));
    links_note(l, STR("rule/default/a"));
    links_note(l, STR("rule/default/a"));
    assert_true(links_has(l, STR("rule/default/a")));
    assert_false(links_has(l, STR("rule/default/b")));
    assert_false(links_has(l, STR("rule/default/")));
    links_free(l);
    links_free(NULL);
}

static void a_character_that_iam_loses_is_named(void **state)
{
    ARENA_AUTO a = {0};
    static const char *const good[] = {"", "plain", "Gr\xc3\xbc\xc3\x9f\x65\t\r\n",
                                       "~\xc2\xa1\xc3\xbf"};
    static const char *const bad[][2] = {
        {"a \xe2\x80\x93 b", "U+2013"},
        {"\xc4\x80", "U+0100"},
        {"\xf0\x9f\x9a\x80", "U+1F680"},
        {"\x01", "U+0001"},
        {"x\x7f", "U+007F"},
        {"\xc2\xa0", "U+00A0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_null(check_iam_description(&a, str_of(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct error *e = check_iam_description(&a, str_of(bad[i][0]));
        assert_non_null(e);
        assert_true(str_ends_with(e->summary, str_of(bad[i][1])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_sorted_and_white_space_goes),
        cmocka_unit_test(numbers_are_doubles_in_their_shortest_form),
        cmocka_unit_test(what_html_minds_is_escaped_but_in_patterns),
        cmocka_unit_test(the_version_of_an_inline_policy_comes_first),
        cmocka_unit_test(links_are_known_by_their_whole_name),
        cmocka_unit_test(a_character_that_iam_loses_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
