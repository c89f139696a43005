#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/datasources/policy_text.h"
#include "provider/datasources/registry.h"

/* The texts of whole documents are held against hashicorp/aws's by tests/terraform/data_test.py. */

static struct str merged(struct arena *a, const char *one, const char *two, bool unique)
{
    struct policy p = {0};
    struct str texts[] = {str_of(one), str_of(two)};
    struct error *e = policy_add_texts(a, &p, texts, two ? 2 : 1, "documents", unique);

    return e ? arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(e->path), STR_ARG(e->summary))
             : policy_text(a, &p, false);
}

static void assert_merged(const char *one, const char *two, const char *wanted)
{
    ARENA_AUTO a = {0};
    struct str got = merged(&a, one, two, false);

    if (!str_eq(got, str_of(wanted)))
        fail_msg("got " STR_FMT ", wanted %s", STR_ARG(got), wanted);
}

static void a_later_statement_of_a_sid_takes_the_place_of_the_first(void **state)
{
    (void)state;
    assert_merged("{\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Allow\"},{\"Sid\":\"b\"}]}",
                  "{\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Deny\"},{\"Effect\":\"Allow\"}]}",
                  "{\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Deny\"},{\"Sid\":\"b\"},"
                  "{\"Effect\":\"Allow\"}]}");
}

static void the_greatest_version_and_the_last_id_count(void **state)
{
    (void)state;
    assert_merged("{\"Version\":\"2012-10-17\",\"Id\":\"x\"}", "{\"Version\":\"2008-10-17\"}",
                  "{\"Version\":\"2012-10-17\",\"Id\":\"x\"}");
    assert_merged("{\"version\":\"2008-10-17\",\"id\":\"x\"}",
                  "{\"VERSION\":\"2012-10-17\",\"ID\":\"y\"}",
                  "{\"Version\":\"2012-10-17\",\"Id\":\"y\"}");
}

static void principals_and_conditions_have_one_writing(void **state)
{
    (void)state;
    assert_merged("{\"Statement\":[{\"Principal\":{\"Service\":\"s\",\"AWS\":[\"a\",\"b\"]},"
                  "\"Condition\":{\"Z\":{\"k\":[\"one\"]},\"B\":{\"t\":true,\"n\":1},\"E\":{}}}]}",
                  NULL,
                  "{\"Statement\":[{\"Principal\":{\"AWS\":[\"b\",\"a\"],\"Service\":\"s\"},"
                  "\"Condition\":{\"B\":{\"t\":\"true\"},\"Z\":{\"k\":\"one\"}}}]}");
    assert_merged("{\"Statement\":[{\"Principal\":\"anything\"}]}", NULL,
                  "{\"Statement\":[{\"Principal\":\"*\"}]}");
}

static void what_is_wrong_is_said_of_its_document(void **state)
{
    static const char *const rows[][3] = {
        {"{}", "{\"Statement\":{}}", "documents[1]: Statement of a policy document is no list"},
        {"{}", "[]", "documents[1]: the whole of a policy document is no object"},
        {"{\"Statement\":[1]}", NULL,
         "documents[0]: an element of Statement of a policy document is no object"},
        {"{\"Statement\":[{\"Sid\":1}]}", NULL,
         "documents[0]: Sid of a policy document is no text"},
        {"{\"Statement\":[{\"Sid\":\"a\"}]}", "{\"Statement\":[{\"Sid\":\"a\"}]}",
         "documents[1]: the Sid \"a\" is there twice"},
        {"{\"Statement\":[{\"Sid\":\"a\"},{\"Sid\":\"a\"}]}", NULL,
         "documents[0]: the Sid \"a\" is there twice"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct str got = merged(&a, rows[i][0], rows[i][1], true);
        if (!str_eq(got, str_of(rows[i][2])))
            fail_msg("got " STR_FMT ", wanted %s", STR_ARG(got), rows[i][2]);
    }
}

static void strings_of_a_set_stand_in_descending_order_and_once(void **state)
{
    ARENA_AUTO a = {0};
    const struct str strings[] = {STR("a"), STR("B"), STR("c"), STR("a")};
    struct json all = policy_strings(&a, strings, 4), one = policy_strings(&a, strings, 1);

    (void)state;
    assert_int_equal(all.count, 3);
    assert_true(str_eq(all.items[0].text, STR("c")) && str_eq(all.items[2].text, STR("B")));
    assert_true(one.kind == JSON_STRING);
    assert_int_equal(policy_strings(&a, strings, 0).kind, JSON_ARRAY);
}

static size_t undescribed(const struct model *m)
{
    size_t count = 0;

    for (size_t i = 0; i < m->count; i++) {
        if (str_eq(str_of(m->attrs[i].name), STR("timeouts"))) /* has a section of its own */
            continue;
        count += !str_ends_with(str_of(m->attrs[i].describe), STR("."));
        if (m->attrs[i].nested)
            count += undescribed(m->attrs[i].nested);
    }
    return count;
}

static void every_data_source_is_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < data_source_count; i++) {
        assert_true(str_ends_with(str_of(data_sources[i]->describe), STR(".")));
        assert_non_null(data_sources[i]->subcategory);
        assert_non_null(data_sources[i]->read);
        assert_int_equal(undescribed(&data_sources[i]->model), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_statement_of_a_sid_takes_the_place_of_the_first),
        cmocka_unit_test(the_greatest_version_and_the_last_id_count),
        cmocka_unit_test(principals_and_conditions_have_one_writing),
        cmocka_unit_test(what_is_wrong_is_said_of_its_document),
        cmocka_unit_test(strings_of_a_set_stand_in_descending_order_and_once),
        cmocka_unit_test(every_data_source_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
