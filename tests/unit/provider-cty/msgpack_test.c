#include "tests/unit/provider-cty/cty.h"

/* Bytes as Terraform 1.11.4 was seen to send them, and every other width of the same form. */
static const struct {
    const char *type, *hex, *json;
} vectors[] = {
    {"\"string\"", "c0", "null"},
    {"\"bool\"", "c2", "false"},
    {"\"bool\"", "c3", "true"},
    {"\"string\"", "a0", "\"\""},
    {"\"string\"", "a3 61 c3 a9", "\"a\u00e9\""},
    {"\"string\"", "d9 02 68 69", "\"hi\""},
    {"\"string\"", "da 00 02 68 69", "\"hi\""},
    {"\"string\"", "db 00 00 00 02 68 69", "\"hi\""},
    {"\"string\"", "c4 02 68 69", "\"hi\""},
    {"\"number\"", "00", "0"},
    {"\"number\"", "7f", "127"},
    {"\"number\"", "e0", "-32"},
    {"\"number\"", "cc ff", "255"},
    {"\"number\"", "cd ff ff", "65535"},
    {"\"number\"", "ce ff ff ff ff", "4294967295"},
    {"\"number\"", "cf 00 00 00 1c be 99 1a 14", "123456789012"},
    {"\"number\"", "cf ff ff ff ff ff ff ff ff", "18446744073709551615"},
    {"\"number\"", "d0 80", "-128"},
    {"\"number\"", "d1 80 00", "-32768"},
    {"\"number\"", "d2 80 00 00 00", "-2147483648"},
    {"\"number\"", "d3 80 00 00 00 00 00 00 00", "-9223372036854775808"},
    {"\"number\"", "cb 40 0c 00 00 00 00 00 00", "3.5"},
    {"\"number\"", "ca 40 60 00 00", "3.5"},
    {"\"number\"", "cb 40 00 00 00 00 00 00 00", "2"},
    {"\"number\"", "a3 30 2e 31", "0.1"},
    {"\"number\"", "ac 31 30 30 30 30 30 30 30 30 30 30 30", "100000000000"},
    {"[\"list\",\"string\"]", "90", "[]"},
    {"[\"list\",\"string\"]", "92 a1 61 c0", "[\"a\",null]"},
    {"[\"list\",\"string\"]", "dc 00 01 a1 61", "[\"a\"]"},
    {"[\"list\",\"string\"]", "dd 00 00 00 01 a1 61", "[\"a\"]"},
    {"[\"set\",\"number\"]", "92 01 02", "[1,2]"},
    {"[\"tuple\",[\"string\",\"bool\"]]", "92 a1 61 c3", "[\"a\",true]"},
    {"[\"map\",\"string\"]", "80", "{}"},
    {"[\"map\",\"string\"]", "81 a1 6b a1 76", "{\"k\":\"v\"}"},
    {"[\"map\",\"string\"]", "de 00 01 a1 6b a1 76", "{\"k\":\"v\"}"},
    {"[\"map\",\"string\"]", "df 00 00 00 01 a1 6b a1 76", "{\"k\":\"v\"}"},
    {"[\"object\",{\"b\":\"bool\",\"a\":\"string\"}]", "82 a1 61 a1 78 a1 62 c3",
     "{\"b\":true,\"a\":\"x\"}"},
    {"\"dynamic\"", "92 c4 08 22 73 74 72 69 6e 67 22 a1 78",
     "{\"type\":\"string\",\"value\":\"x\"}"},
    {"\"dynamic\"", "c0", "null"},
};

static void every_form_of_a_value_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
        ARENA_AUTO a = {0};
        struct cty_type t = type_of(&a, vectors[i].type);
        struct cty_value v;
        struct error *e = cty_from_msgpack(&a, bytes_of(&a, vectors[i].hex), &t, &v);
        if (e)
            fail_msg("%s: " STR_FMT, vectors[i].hex, STR_ARG(e->detail));
        assert_str(json_of(&a, &v, &t), vectors[i].json);
        assert_true(cty_conforms(&v, &t));
    }
}

static void what_is_written_reads_back_equal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
        ARENA_AUTO a = {0};
        struct cty_type t = type_of(&a, vectors[i].type);
        struct cty_value v, again;
        assert_null(cty_from_msgpack(&a, bytes_of(&a, vectors[i].hex), &t, &v));
        struct str bytes = cty_to_msgpack(&a, &v, &t);
        assert_null(cty_from_msgpack(&a, bytes, &t, &again));
        assert_true(cty_eq(&v, &again));
        assert_str(json_of(&a, &again, &t), vectors[i].json);
    }
}

static void any_extension_is_an_unknown(void **state)
{
    static const char *const forms[] = {
        "d4 00 00",          "d5 00 00 00",
        "d6 07 00 00 00 00", "c7 09 0c 82 01 c2 02 a4 70 72 65 2d",
        "c8 00 01 0c 80",    "c9 00 00 00 01 0c 80",
    };
    static const char *const types[] = {"\"string\"", "[\"list\",\"string\"]", "\"dynamic\"",
                                        "[\"object\",{\"a\":\"string\"}]"};
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        for (size_t j = 0; j < sizeof(types) / sizeof(*types); j++) {
            ARENA_AUTO a = {0};
            struct cty_type t = type_of(&a, types[j]);
            struct cty_value v;
            assert_null(cty_from_msgpack(&a, bytes_of(&a, forms[i]), &t, &v));
            assert_int_equal(v.kind, CTY_UNKNOWN);
        }
}

static void a_refinement_goes_back_as_it_came(void **state)
{
    ARENA_AUTO a = {0};
    struct str bytes = bytes_of(&a, "c7 09 0c 82 01 c2 02 a4 70 72 65 2d");
    struct cty_value v;
    (void)state;
    assert_null(cty_from_msgpack(&a, bytes, &cty_type_string, &v));
    assert_true(str_eq(cty_to_msgpack(&a, &v, &cty_type_string), bytes));
    struct cty_value plain = cty_unknown();
    assert_true(cty_eq(&plain, &v));
    assert_true(str_eq(cty_to_msgpack(&a, &plain, &cty_type_string), bytes_of(&a, "d4 00 00")));
}

static void bytes_that_do_not_fit_the_type_are_refused_with_their_path(void **state)
{
    static const struct {
        const char *type, *hex, *path;
    } rows[] = {
        {"\"string\"", "", ""},
        {"\"string\"", "a3 61", ""},
        {"\"string\"", "c3", ""},
        {"\"string\"", "c1", ""},
        {"\"string\"", "a0 a0", ""},
        {"\"bool\"", "a4 74 72 75 65", ""},
        {"\"number\"", "a1 78", ""},
        {"\"number\"", "cb 7f f0 00 00 00 00 00 00", ""},
        {"[\"list\",\"string\"]", "dd ff ff ff ff", ""},
        {"[\"map\",\"string\"]", "df 7f ff ff ff a1 61", ""},
        {"[\"list\",\"bool\"]", "92 c3 01", "[1]"},
        {"[\"set\",\"bool\"]", "92 c3 01", ""},
        {"[\"map\",\"bool\"]", "81 a1 6b 01", "[\"k\"]"},
        {"[\"map\",\"bool\"]", "82 a1 6b c3 a1 6b c3", NULL}, /* taken: the first counts */
        {"[\"map\",\"bool\"]", "81 01 c3", ""},
        {"[\"object\",{\"a\":[\"list\",\"bool\"]}]", "81 a1 61 91 01", "a[0]"},
        {"[\"object\",{\"a\":\"bool\"}]", "80", ""},
        {"[\"object\",{\"a\":\"bool\"}]", "81 a1 62 c3", ""},
        {"[\"object\",{\"a\":\"bool\",\"b\":\"bool\"}]", "82 a1 61 c3 a1 61 c3", ""},
        {"[\"tuple\",[\"bool\"]]", "92 c3 c3", ""},
        {"\"dynamic\"", "93 c0 c0 c0", ""},
        {"\"dynamic\"", "92 c4 03 22 78 22 c0", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct cty_type t = type_of(&a, rows[i].type);
        struct cty_value v;
        struct error *e = cty_from_msgpack(&a, bytes_of(&a, rows[i].hex), &t, &v);
        if (!e != !rows[i].path)
            fail_msg("%s as %s", rows[i].hex, rows[i].type);
        if (e)
            assert_int_equal(e->kind, ERROR_INVALID);
        if (e && str_find_str(e->summary, STR("type")) == e->summary.len)
            assert_str(e->path, rows[i].path);
    }
}

static void a_value_that_nests_without_end_is_refused(void **state)
{
    ARENA_AUTO a = {0};
    struct buf bytes = buf_in(&a);
    struct cty_value v;
    (void)state;
    for (int i = 0; i < 5000; i++)
        buf_add(&bytes, bytes_of(&a, "92 c4 09 22 64 79 6e 61 6d 69 63 22"));
    assert_non_null(cty_from_msgpack(&a, buf_str(&bytes), &cty_type_dynamic, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_a_value_is_read),
        cmocka_unit_test(what_is_written_reads_back_equal),
        cmocka_unit_test(any_extension_is_an_unknown),
        cmocka_unit_test(a_refinement_goes_back_as_it_came),
        cmocka_unit_test(bytes_that_do_not_fit_the_type_are_refused_with_their_path),
        cmocka_unit_test(a_value_that_nests_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
