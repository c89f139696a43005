#include "tests/unit/provider-cty/cty.h"

#include "provider/cty/path.h"

static void types_read_and_print_as_terraform_writes_them(void **state)
{
    static const char *const types[] = {
        "\"string\"",
        "\"number\"",
        "\"bool\"",
        "\"dynamic\"",
        "[\"list\",\"string\"]",
        "[\"set\",[\"object\",{\"name\":\"string\",\"policy\":\"string\"}]]",
        "[\"map\",[\"list\",\"number\"]]",
        "[\"tuple\",[\"string\",[\"tuple\",[]]]]",
        "[\"object\",{}]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        ARENA_AUTO a = {0};
        struct cty_type t = type_of(&a, types[i]), again = type_of(&a, types[i]);
        struct buf out = buf_in(&a);
        cty_type_print(&out, &t);
        assert_str(buf_str(&out), types[i]);
        assert_true(cty_type_eq(&t, &again));
    }
}

static void what_is_no_type_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "{}",
        "\"text\"",
        "[\"list\"]",
        "[\"string\",\"string\"]",
        "[\"object\",[]]",
        "[\"tuple\",{}]",
        "[\"list\",\"null\"]",
        "\"unknown\"",
        "[1,2]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        ARENA_AUTO a = {0};
        struct cty_type t;
        if (!cty_type_parse(&a, str_of(texts[i]), &t))
            fail_msg("taken: %s", texts[i]);
    }
}

static void a_type_that_nests_beyond_any_schema_is_refused(void **state)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    struct cty_type t;
    (void)state;
    for (int i = 0; i < 60; i++)
        buf_add(&text, STR("[\"list\","));
    buf_add(&text, STR("\"string\""));
    for (int i = 0; i < 60; i++)
        buf_add(&text, STR("]"));
    assert_non_null(cty_type_parse(&a, buf_str(&text), &t));
}

static void numbers_are_equal_by_value_whatever_their_notation(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"1", "1.0", true},
        {"1", "10e-1", true},
        {"100", "1e2", true},
        {"0", "-0.000", true},
        {"0.1", "0.10", true},
        {"0.1", "1e-1", true},
        {"0.1", "0.1000000000000000055511151231257827", false},
        {"1e400", "10e399", true},
        {"1e400", "1e401", false},
        {"-1.5", "1.5", false},
        {"9223372036854775808", "9223372036854775808.0", true},
        {"9223372036854775807", "9223372036854775808", false},
        {"12.30", "1.23e1", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct cty_number x, y;
        assert_true(cty_number_parse(str_of(rows[i].a), &x));
        assert_true(cty_number_parse(str_of(rows[i].b), &y));
        if (cty_number_eq(x, y) != rows[i].equal || cty_number_eq(y, x) != rows[i].equal)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const texts[] = {"",    "-",   "+1",  ".5", "5.",  "1e",  "1e99999999999",
                                        "0x1", "Inf", "NaN", "1 ", "1,5", "007", "--1"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct cty_number n;
        if (cty_number_parse(str_of(texts[i]), &n))
            fail_msg("taken: %s", texts[i]);
    }
}

static void equality_is_by_meaning(void **state)
{
    static const struct {
        const char *type, *a, *b;
        bool equal;
    } rows[] = {
        {"[\"list\",\"string\"]", "[\"a\",\"b\"]", "[\"b\",\"a\"]", false},
        {"[\"set\",\"string\"]", "[\"a\",\"b\"]", "[\"b\",\"a\"]", true},
        {"[\"set\",\"string\"]", "[\"a\",\"a\"]", "[\"a\",\"b\"]", false},
        {"[\"set\",[\"set\",\"number\"]]", "[[1,2],[3]]", "[[3.0],[2,1]]", true},
        {"[\"map\",\"number\"]", "{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":1}", true},
        {"[\"map\",\"number\"]", "{\"a\":1}", "{\"a\":null}", false},
        {"[\"map\",\"number\"]", "{}", "null", false},
        {"[\"object\",{\"a\":\"string\"}]", "{\"a\":null}", "{}", true},
        {"\"string\"", "\"\"", "null", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct cty_type t = type_of(&a, rows[i].type);
        struct cty_value x = value_of(&a, rows[i].a, &t), y = value_of(&a, rows[i].b, &t);
        if (cty_eq(&x, &y) != rows[i].equal || cty_eq(&y, &x) != rows[i].equal)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
    }
}

static void state_of_another_shape_is_read_as_far_as_it_goes(void **state)
{
    ARENA_AUTO a = {0};
    struct cty_type t =
        type_of(&a, "[\"object\",{\"n\":\"number\",\"b\":\"bool\",\"s\":\"string\",\"new\":"
                    "[\"list\",\"string\"]}]");
    struct cty_value v =
        value_of(&a, "{\"n\":\"5\",\"b\":\"true\",\"s\":1.50,\"gone\":{\"x\":1}}", &t);
    (void)state;
    assert_str(json_of(&a, &v, &t), "{\"n\":5,\"b\":true,\"s\":\"1.50\",\"new\":null}");
}

static void state_that_cannot_be_read_is_refused_with_its_path(void **state)
{
    static const struct {
        const char *type, *json, *path;
    } rows[] = {
        {"\"number\"", "\"five\"", ""},
        {"\"bool\"", "1", ""},
        {"[\"object\",{\"a\":[\"list\",\"number\"]}]", "{\"a\":[1,[]]}", "a[1]"},
        {"[\"object\",{\"a\":[\"set\",\"number\"]}]", "{\"a\":[1,[]]}", "a"},
        {"[\"map\",\"string\"]", "{\"k\\\"\":{}}", "[\"k\\\"\"]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct cty_type t = type_of(&a, rows[i].type);
        struct json tree;
        struct cty_value v;
        assert_null(json_parse(&a, str_of(rows[i].json), &tree));
        struct error *e = cty_from_json(&a, &tree, &t, &v);
        assert_non_null(e);
        assert_str(e->path, rows[i].path);
    }
}

static void a_path_reads_back_as_its_steps(void **state)
{
    static const struct {
        const char *text;
        size_t steps;
    } rows[] = {
        {"", 0},           {"name", 1},         {"requirements[1].values[0]", 4},
        {"a[\"k\"].b", 3}, {"a[\"q\\\"\"]", 2}, {"a[x]", 1},
        {"a[-1]", 1},      {"a[\"k", 1},        {"[0]", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct cty_steps steps = cty_path_parse(&a, str_of(rows[i].text));
        if (steps.count != rows[i].steps)
            fail_msg("%s has %zu steps", rows[i].text, steps.count);
    }
}

static void a_path_ends_at_the_outermost_set(void **state)
{
    ARENA_AUTO a = {0};
    struct cty_path set = cty_path_attribute(NULL, STR("inline_policy"));
    struct cty_path element = cty_path_set_element(&set);
    struct cty_path inner = cty_path_attribute(&element, STR("policy"));
    (void)state;
    assert_str(cty_path_text(&a, &inner), "inline_policy");
}

static void unknown_becomes_null_at_any_depth(void **state)
{
    ARENA_AUTO a = {0};
    struct cty_value list = cty_collection(&a, CTY_LIST, 2);
    struct cty_type t = type_of(&a, "[\"list\",\"string\"]");
    (void)state;
    list.items[0] = cty_unknown();
    list.items[1] = cty_string(STR("x"));
    assert_false(cty_is_wholly_known(&list));
    struct cty_value known = cty_unknown_as_null(&a, &list);
    assert_true(cty_is_wholly_known(&known));
    assert_str(json_of(&a, &known, &t), "[null,\"x\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_read_and_print_as_terraform_writes_them),
        cmocka_unit_test(what_is_no_type_is_refused),
        cmocka_unit_test(a_type_that_nests_beyond_any_schema_is_refused),
        cmocka_unit_test(numbers_are_equal_by_value_whatever_their_notation),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(equality_is_by_meaning),
        cmocka_unit_test(state_of_another_shape_is_read_as_far_as_it_goes),
        cmocka_unit_test(state_that_cannot_be_read_is_refused_with_its_path),
        cmocka_unit_test(a_path_reads_back_as_its_steps),
        cmocka_unit_test(a_path_ends_at_the_outermost_set),
        cmocka_unit_test(unknown_becomes_null_at_any_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
