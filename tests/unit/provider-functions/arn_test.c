#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/functions/registry.h"

/* What hashicorp/aws 5.100.0 answered to the same. */

static const struct function *named(const char *name)
{
    for (size_t i = 0; i < function_count; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    fail_msg("no function %s", name);
    return NULL;
}

static struct str text_of(struct arena *a, const char *name, const struct str *arguments)
{
    struct cty_value v;
    struct error *e = named(name)->call(a, arguments, &v);

    if (!e)
        return v.string;
    assert_true(str_eq(e->path, STR("arn")));
    return arena_printf(a, "error: " STR_FMT, STR_ARG(e->summary));
}

static void assert_text(const char *name, const struct str *arguments, const char *wanted)
{
    ARENA_AUTO a = {0};
    struct str got = text_of(&a, name, arguments);

    if (!str_eq(got, str_of(wanted)))
        fail_msg("%s: got " STR_FMT ", wanted %s", name, STR_ARG(got), wanted);
}

static void an_arn_is_built_of_whatever_it_is_given(void **state)
{
    (void)state;
    assert_text("arn_build",
                (const struct str[]){STR("aws"), STR("iam"), STR(""), STR("444455556666"),
                                     STR("role/example")},
                "arn:aws:iam::444455556666:role/example");
    assert_text("arn_build", (const struct str[]){STR(""), STR(""), STR(""), STR(""), STR("")},
                "arn:::::");
}

static void a_path_is_taken_out_of_a_roles_arn(void **state)
{
    static const char *const rows[][2] = {
        {"arn:aws:iam::444455556666:role/with/path/example",
         "arn:aws:iam::444455556666:role/example"},
        {"arn:aws:iam::444455556666:role/example", "arn:aws:iam::444455556666:role/example"},
        {"arn:aws:iam::444455556666:role/", "arn:aws:iam::444455556666:role/"},
        {"arn:aws:sts::444455556666:assumed-role/x/y", "error: service must be \"iam\""},
        {"arn:aws:iam::444455556666:user/x", "error: resource must begin with \"role/\""},
        {"arn:aws:iam::444455556666:role", "error: resource must begin with \"role/\""},
        {"x", "error: arn: invalid prefix"},
        {"", "error: arn: invalid prefix"},
        {"arn:aws:iam", "error: arn: not enough sections"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct str argument = str_of(rows[i][0]);
        assert_text("trim_iam_role_path", &argument, rows[i][1]);
    }
}

static void an_arn_is_taken_apart_as_its_type_says(void **state)
{
    ARENA_AUTO a = {0};
    const struct function *parse = named("arn_parse");
    struct str argument = STR("arn:aws:logs:eu-west-1:444455556666:log-group:x:*");
    struct cty_value v;

    (void)state;
    assert_null(parse->call(&a, &argument, &v));
    assert_true(cty_conforms(&v, parse->returns));
    assert_true(str_eq(cty_get(&v, STR("account_id"))->string, STR("444455556666")));
    assert_true(str_eq(cty_get(&v, STR("partition"))->string, STR("aws")));
    assert_true(str_eq(cty_get(&v, STR("region"))->string, STR("eu-west-1")));
    assert_true(str_eq(cty_get(&v, STR("resource"))->string, STR("log-group:x:*")));
    assert_true(str_eq(cty_get(&v, STR("service"))->string, STR("logs")));
}

static void every_function_is_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < function_count; i++) {
        assert_true(str_ends_with(str_of(functions[i].describe), STR(".")));
        for (size_t j = 0; j < functions[i].parameter_count; j++)
            assert_true(str_ends_with(str_of(functions[i].parameters[j].describe), STR(".")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arn_is_built_of_whatever_it_is_given),
        cmocka_unit_test(a_path_is_taken_out_of_a_roles_arn),
        cmocka_unit_test(an_arn_is_taken_apart_as_its_type_says),
        cmocka_unit_test(every_function_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
