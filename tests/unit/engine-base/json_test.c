#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/json.h"

static struct json parsed(struct arena *a, const char *text)
{
    struct json j;
    struct error *e = json_parse(a, str_of(text), &j);
    if (e)
        fail_msg("%s: " STR_FMT, text, STR_ARG(e->summary));
    return j;
}

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static struct str printed(struct arena *a, const struct json *j, bool sorted)
{
    struct buf out = buf_in(a);
    json_print(&out, j, sorted);
    return buf_str(&out);
}

static void numbers_keep_the_text_they_were_written_with(void **state)
{
    static const char *const texts[] = {
        "0.12345678901234567890123",
        "1e400",
        "9223372036854775807",
        "-0",
        "-0.0",
        "100000000000000000000000000000001",
        "1E+2",
        "1.50",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        ARENA_AUTO a = {0};
        struct json j = parsed(&a, texts[i]);
        assert_int_equal(j.kind, JSON_NUMBER);
        assert_str(j.text, texts[i]);
        assert_str(printed(&a, &j, false), texts[i]);
    }
}

static void whole_numbers_are_read_in_any_notation(void **state)
{
    static const struct {
        const char *text;
        bool whole;
        int64_t value;
    } rows[] = {
        {"1", true, 1},
        {"-3", true, -3},
        {"2e3", true, 2000},
        {"4.0", true, 4},
        {"1.5e1", true, 15},
        {"1200e-2", true, 12},
        {"0e99999999999999999999", true, 0},
        {"-0.0", true, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"1e19", false, 0},
        {"1.5", false, 0},
        {"1e-1", false, 0},
        {"1e99999999999999999999", false, 0},
        {"\"1\"", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct json j = parsed(&a, rows[i].text);
        int64_t value = 0;
        if (json_to_int64(&j, &value) != rows[i].whole || value != rows[i].value)
            fail_msg("%s: %lld", rows[i].text, (long long)value);
    }
}

static void strings_come_through_whatever_they_hold(void **state)
{
    static const struct {
        const char *json, *text;
    } rows[] = {
        {"\"\"", ""},
        {"\"s12:x\"", "s12:x"},
        {"\"n:1\"", "n:1"},
        {"\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d"},
        {"\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t"},
        {"\"\\u00e9\\uD83D\\uDE00\"", "\xC3\xA9\xF0\x9F\x98\x80"},
        {"\"{\\\"a\\\":[1,2]}\"", "{\"a\":[1,2]}"},
        {"\"\\u0041\\u07ff\\u20AC\\uffff\"", "A\xDF\xBF\xE2\x82\xAC\xEF\xBF\xBF"},
        {"\"\\udbff\\udfff\\ud800\\udc00x\"", "\xF4\x8F\xBF\xBF\xF0\x90\x80\x80x"},
        {"\"\xF0\x9F\x98\x80\"", "\xF0\x9F\x98\x80"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct json j = parsed(&a, rows[i].json);
        assert_int_equal(j.kind, JSON_STRING);
        assert_str(j.text, rows[i].text);
    }
}

static void what_is_not_json_is_refused_with_its_line_and_column(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "line 1, column 1: the document ends too early"},
        {" \n ", "the document ends too early"},
        {"{\"a\":1", "line 1, column 7: the document ends too early"},
        {"[1,\n2,\n]", "line 3, column 1: unexpected `]` where a value belongs"},
        {"[1 2]", "line 1, column 4: unexpected `2` where a comma or `]` belongs"},
        {"[\"\xC3\xA9\" 2]", "line 1, column 6: unexpected `2`"},
        {"\xEF\xBB\xBF[1 2]", "line 1, column 4: unexpected `2`"},
        {"{\"a\":1 \"b\":2}", "line 1, column 8: unexpected `\"` where a comma or `}` belongs"},
        {"{\"a\":1,}", "line 1, column 8: unexpected `}` where a key in quotes belongs"},
        {"[1,\n ]]", "line 2, column 2: unexpected `]` where a value belongs"},
        {"[}", "line 1, column 2: unexpected `}` where a value belongs"},
        {"{\"a\" 1}", "line 1, column 6: unexpected `1` where a colon belongs"},
        {"{1:2}", "line 1, column 2: unexpected `1` where a key in quotes belongs"},
        {"\n[1] x", "line 2, column 5: unexpected `x` where the end of the document belongs"},
        {"[1] [2]", "line 1, column 5"},
        {"truefalse", "line 1, column 5"},
        {"True", "unexpected `T`"},
        {"nul", "unexpected `n`"},
        {"01", "line 1, column 1: a number is malformed"},
        {"1.", "a number is malformed"},
        {"-", "a number is malformed"},
        {"1e", "a number is malformed"},
        {"1.2.3", "a number is malformed"},
        {"0x10", "unexpected `x`"},
        {"+1", "unexpected `+`"},
        {"'a'", "unexpected `'`"},
        {"\"a", "the document ends inside a string"},
        {"\"a\\", "an escape that JSON does not know"},
        {"\n\"a\nb\"", "line 2, column 3: a string has a control character"},
        {"\"\\x41\"", "an escape that JSON does not know"},
        {"\"\\u12g4\"", "four hexadecimal digits"},
        {"\"a\\u0000b\"", "U+0000"},
        {"\"\\ud800\"", "half a pair"},
        {"\"\\ud800\\u0041\"", "half a pair"},
        {"\"\\udc00\"", "half a pair"},
        {"\"\\ud83d\\ude0\"", "half a pair"},
        {"\n [{\"a\":1,\n\"b\":2,\"a\":3}]",
         "line 2, column 3: the object has the key \"a\" twice"},
        {"{\"a\":1,\"\\u0061\":3}", "has the key \"a\" twice"},
        {"\x01", "unexpected byte 0x01"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct json j;
        struct error *e = json_parse(&a, str_of(rows[i].text), &j);
        if (!e)
            fail_msg("%s was taken", rows[i].text);
        assert_int_equal(e->kind, ERROR_INVALID);
        if (str_find_str(e->summary, str_of(rows[i].says)) == e->summary.len)
            fail_msg("%s: " STR_FMT, rows[i].text, STR_ARG(e->summary));
    }
}

/* More keys than are compared each with each, and with escapes. */
static void keys_of_large_objects_may_not_repeat_either(void **state)
{
    (void)state;
    for (int repeated = 0; repeated <= 1; repeated++) {
        ARENA_AUTO a = {0};
        struct buf text = buf_in(&a);
        struct json j;
        for (int i = 0; i < 1000; i++)
            buf_printf(&text, "%c\"k%d\":%d", i ? ',' : '{', i, i);
        buf_printf(&text, ",\"\\u006b%d\":1}", repeated ? 500 : 1000);
        struct error *e = json_parse(&a, buf_str(&text), &j);
        assert_int_equal(e != NULL, repeated);
        for (int i = 0; i <= 1000 && !repeated; i++) {
            int64_t value;
            assert_true(json_to_int64(&j.items[i], &value) && value == (i < 1000 ? i : 1));
            assert_ptr_equal(json_get_str(&j, j.keys[i]), &j.items[i]);
        }
    }
}

static void a_nul_byte_in_the_document_is_refused(void **state)
{
    ARENA_AUTO a = {0};
    struct json j;
    (void)state;
    assert_non_null(json_parse(&a, STR("[1]\0"), &j));
    assert_non_null(json_parse(&a, STR("\"a\0b\""), &j));
}

static void nesting_is_taken_to_256_levels(void **state)
{
    (void)state;
    for (size_t depth = 256; depth <= 257; depth++) {
        ARENA_AUTO a = {0};
        struct buf text = buf_in(&a);
        struct json j;
        for (size_t i = 0; i < depth; i++)
            buf_add_char(&text, '[');
        for (size_t i = 0; i < depth; i++)
            buf_add_char(&text, ']');
        struct error *e = json_parse(&a, buf_str(&text), &j);
        assert_int_equal(e == NULL, depth == 256);
    }
}

static void every_value_knows_its_line(void **state)
{
    ARENA_AUTO a = {0};
    struct json j = parsed(&a, "{\n\"a\": 1,\n\"b\":\n[\n\"x\",\n{\"c\": {}}]\n}");
    (void)state;
    assert_int_equal(j.line, 1);
    assert_int_equal(json_get(&j, "a")->line, 2);
    assert_int_equal(json_get(&j, "b")->line, 3);
    assert_int_equal(json_get(&j, "b")->items[0].line, 5);
    assert_int_equal(json_get(&j, "b")->items[1].line, 6);
    assert_int_equal(json_path(&j.items[1].items[1], "c", NULL)->line, 6);
}

static void look_ups_of_what_is_not_there_end_in_null(void **state)
{
    ARENA_AUTO a = {0};
    struct json j = parsed(&a, "{\"a\":{\"b\":\"x\",\"t\":true}}");
    (void)state;
    assert_str(json_string_or(json_path(&j, "a", "b", NULL), STR("-")), "x");
    assert_str(json_string_or(json_path(&j, "a", "z", "y", NULL), STR("-")), "-");
    assert_str(json_string_or(json_path(&j, "a", "b", "c", NULL), STR("-")), "-");
    assert_true(json_bool_or(json_path(&j, "a", "t", NULL), false));
    assert_false(json_bool_or(json_get(&j, "a"), false));
    assert_int_equal(json_get(&j, "b")->kind, JSON_NULL);
}

static void documents_are_equal_by_meaning(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"{\"a\":1,\"b\":[1,2]}", "{\"b\":[1.0,2e0],\"a\":10e-1}", true},
        {"[1,2]", "[2,1]", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
        {"{\"a\":null}", "{\"b\":null}", false},
        {"\"1\"", "1", false},
        {"0", "-0.0e7", true},
        {"120", "1.2e2", true},
        {"0.12345678901234567890123", "0.12345678901234567890124", false},
        {"1e400", "10e399", true},
        {"1e99999999999999999999", "1e99999999999999999998", false},
        {"12", "1.2", false},
        {"1.23", "1.2", false},
        {"-1", "1", false},
        {"\"\\u0061\"", "\"a\"", true},
        {"false", "null", false},
        {"{}", "[]", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct json x = parsed(&a, rows[i].a), y = parsed(&a, rows[i].b);
        if (json_eq(&x, &y) != rows[i].equal || json_eq(&y, &x) != rows[i].equal)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
    }
}

static void a_printed_tree_reads_back_equal(void **state)
{
    ARENA_AUTO a = {0};
    struct json j =
        parsed(&a, "{\"b\" : [ true , null, -1.50e3 ], \"a\\n\\\"\" : {\"\":\"\\u001f\"}}");
    (void)state;
    assert_str(printed(&a, &j, false),
               "{\"b\":[true,null,-1.50e3],\"a\\n\\\"\":{\"\":\"\\u001f\"}}");
    assert_str(printed(&a, &j, true),
               "{\"a\\n\\\"\":{\"\":\"\\u001f\"},\"b\":[true,null,-1.50e3]}");
    struct json again = parsed(&a, printed(&a, &j, true).ptr);
    assert_true(json_eq(&j, &again));
}

static void the_writer_escapes_and_places_commas(void **state)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct json_writer w = json_writer_to(&out);
    (void)state;

    json_begin_object(&w);
    json_member(&w, "na\"me", STR("a\"b\\\n\x01\x7f/"));
    json_member_int(&w, "n", INT64_MIN);
    json_member_bool(&w, "t", true);
    json_key(&w, STR("list"));
    json_begin_array(&w);
    json_null(&w);
    json_begin_object(&w);
    json_end_object(&w);
    json_begin_array(&w);
    json_end_array(&w);
    json_raw(&w, STR("1.50"));
    json_string(&w, STR("x"));
    json_end_array(&w);
    json_end_object(&w);
    assert_str(buf_str(&out),
               "{\"na\\\"me\":\"a\\\"b\\\\\\n\\u0001\x7f/\",\"n\":-9223372036854775808,"
               "\"t\":true,\"list\":[null,{},[],1.50,\"x\"]}");
}

static void invalid_utf8_is_written_as_the_replacement_character(void **state)
{
    static const struct {
        const char *bytes, *json;
    } rows[] = {
        {"\xC3\xA9", "\"\xC3\xA9\""},
        {"a\xFFz", "\"a\xEF\xBF\xBDz\""},
        {"\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},                 /* over-long NUL */
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""}, /* surrogate */
        {"\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},                 /* cut short */
        {"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF4\x8F\xBF\xBF", "\"\xF4\x8F\xBF\xBF\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct json j = json_new_string(str_of(rows[i].bytes));
        assert_str(printed(&a, &j, false), rows[i].json);
    }
}

static void trees_can_be_built_and_extended(void **state)
{
    ARENA_AUTO a = {0};
    struct json j = parsed(&a, "{\"k0\":0}");
    (void)state;
    for (int i = 1; i < 40; i++)
        json_set(&a, &j, arena_printf(&a, "k%d", i), json_new_int(&a, i));
    json_set(&a, &j, STR("k7"), json_new_bool(true));
    assert_int_equal(j.count, 40);
    assert_true(json_bool_or(json_get(&j, "k7"), false));
    int64_t value = 0;
    assert_true(json_to_int64(json_get(&j, "k39"), &value) && value == 39);

    struct json list = json_new_array(), object = json_new_object();
    json_set(&a, &object, STR("a"), json_new_string(STR("b")));
    json_add(&a, &list, object);
    json_add(&a, &list, json_new_int(&a, -5));
    assert_str(printed(&a, &list, false), "[{\"a\":\"b\"},-5]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_keep_the_text_they_were_written_with),
        cmocka_unit_test(whole_numbers_are_read_in_any_notation),
        cmocka_unit_test(strings_come_through_whatever_they_hold),
        cmocka_unit_test(what_is_not_json_is_refused_with_its_line_and_column),
        cmocka_unit_test(keys_of_large_objects_may_not_repeat_either),
        cmocka_unit_test(a_nul_byte_in_the_document_is_refused),
        cmocka_unit_test(nesting_is_taken_to_256_levels),
        cmocka_unit_test(every_value_knows_its_line),
        cmocka_unit_test(look_ups_of_what_is_not_there_end_in_null),
        cmocka_unit_test(documents_are_equal_by_meaning),
        cmocka_unit_test(a_printed_tree_reads_back_equal),
        cmocka_unit_test(the_writer_escapes_and_places_commas),
        cmocka_unit_test(invalid_utf8_is_written_as_the_replacement_character),
        cmocka_unit_test(trees_can_be_built_and_extended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
