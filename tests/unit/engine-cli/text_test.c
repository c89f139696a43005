#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/cli/cli.h"
#include "engine/cli/options.h"
#include "engine/cli/status_text.h"
#include "engine/cli/table.h"

static void money_is_rounded_half_up_to_the_digits_asked_for(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    static const struct {
        int64_t microusd;
        int digits;
        const char *text;
    } rows[] = {
        {96000, 6, "0.096000"}, {96000, 4, "0.0960"},   {96049, 4, "0.0960"}, {96050, 4, "0.0961"},
        {1999999, 0, "2"},      {53070000, 2, "53.07"}, {0, 4, "0.0000"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(money_text(&a, rows[i].microusd, rows[i].digits).ptr, rows[i].text);
}

static void columns_are_as_wide_as_their_widest_character_count(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    static const struct table_column columns[] = {{"A", false}, {"N", true}, {"B", false}};
    const struct str cells[] = {STR("gr\xc3\xbcn"), STR("7"),    STR("x"),
                                STR("b"),           STR("1000"), STR("y")};

    table_print(&out, columns, 3, cells, 2);
    assert_string_equal(buf_str(&out).ptr, "A        N  B\n"
                                           "gr\xc3\xbcn     7  x\n"
                                           "b     1000  y\n");
}

static void the_status_names_nodes_waiting_pods_and_the_bound(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct json status;
    struct str text =
        STR("{\"cluster\":\"dev\",\"hourly_usd\":0.1664,\"bound_usd\":0.1,\"pools\":[{\"name\":"
            "\"default\",\"nodes\":1,\"hourly_usd\":0.1664,\"limits\":{},\"headroom\":3,"
            "\"headroom_ready\":2,\"converged\":true}],"
            "\"nodes\":[{\"name\":\"default-1\",\"instance_type\":\"t3.xlarge\",\"zone\":"
            "\"us-east-1a\",\"capacity_type\":\"on-demand\",\"phase\":\"ready\",\"hourly_usd\":"
            "0.1664,\"pods\":[\"a/x\",\"a/y\",\"a/z\"]}],\"waiting\":[{\"pod\":\"a/w\","
            "\"reason\":\"Limit\",\"message\":\"pool default: cpu\"}],"
            "\"notices\":{\"ours\":1,\"problem\":\"the queue is missing\"}}");

    assert_null(json_parse(&a, text, &status));
    status_print(&out, &status);
    struct str printed = buf_str(&out);
    static const char *const wanted[] = {
        "default-1  t3.xlarge  us-east-1a  on-demand  ready  0.1664  a/x a/y and 1 more",
        "a/w      Limit   pool default: cpu",
        "Interruptions are not heard of: the queue is missing",
        "default      1  0.1664  2 of 3    yes",
        "dev: 1 nodes, 0.1664 $/h (nothing can be below 0.1000), 1 pods waiting",
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
        assert_true(str_find_str(printed, str_of(wanted[i])) < printed.len);
}

static void nodes_stand_in_the_order_that_people_count_in(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct json status;
    size_t last = 0;

    assert_null(json_parse(&a,
                           STR("{\"nodes\":[{\"name\":\"p-10\"},{\"name\":\"p-2\"},{\"name\":"
                               "\"p-02-1\"},{\"name\":\"a-11\"}]}"),
                           &status));
    status_print(&out, &status);
    static const char *const wanted[] = {"a-11", "p-2 ", "p-02-1", "p-10"};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
        size_t at = str_find_str(buf_str(&out), str_of(wanted[i]));
        assert_true(at < out.len && at >= last);
        last = at;
    }
}

static void options_take_values_in_both_forms_and_collect_operands(void **state)
{
    (void)state;
    struct str store = {0}, output = {0};
    bool once = false;
    const struct cli_option options[] = {
        {"store", "STORE", "", .text = &store},
        {"output", "FORM", "", .text = &output,
         .one_of = (const char *const[]){"table", "json", NULL}},
        {"once", NULL, "", .flag = &once},
    };
    const struct cli_usage usage = {"x", "", "FILE...", options, 3};
    char *argv[] = {(char[]){"x"},        (char[]){"one"},  (char[]){"--store=s"},
                    (char[]){"--output"}, (char[]){"json"}, (char[]){"--once"},
                    (char[]){"--"},       (char[]){"--two"}};
    int operands, code;

    assert_true(options_parse(&usage, 8, argv, &operands, &code));
    assert_int_equal(code, CLI_DONE);
    assert_true(str_eq(store, STR("s")) && str_eq(output, STR("json")) && once);
    assert_int_equal(operands, 2);
    assert_string_equal(argv[0], "one");
    assert_string_equal(argv[1], "--two");
}

static void wrong_usage_is_told_from_help(void **state)
{
    (void)state;
    struct str output = {0};
    const struct cli_option options[] = {{"output", "FORM", "", .text = &output,
                                          .one_of = (const char *const[]){"table", "json", NULL}}};
    const struct cli_usage usage = {"x", "", NULL, options, 1};
    static const char *const wrong[] = {"--outptu=json", "--output=xml", "--output", "operand"};
    int operands, code;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char word[32] = {0};
        memcpy(word, wrong[i], strlen(wrong[i]));
        char *argv[] = {(char[]){"x"}, word};
        assert_false(options_parse(&usage, 2, argv, &operands, &code));
        assert_int_equal(code, CLI_USAGE);
    }
    char *argv[] = {(char[]){"x"}, (char[]){"--help"}};
    assert_false(options_parse(&usage, 2, argv, &operands, &code));
    assert_int_equal(code, CLI_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_rounded_half_up_to_the_digits_asked_for),
        cmocka_unit_test(columns_are_as_wide_as_their_widest_character_count),
        cmocka_unit_test(the_status_names_nodes_waiting_pods_and_the_bound),
        cmocka_unit_test(nodes_stand_in_the_order_that_people_count_in),
        cmocka_unit_test(options_take_values_in_both_forms_and_collect_operands),
        cmocka_unit_test(wrong_usage_is_told_from_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
