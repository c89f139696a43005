#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/cty/json.h"
#include "provider/resource/resource.h"
#include "provider/resources/managed_policies.h"

extern const struct resource_type aws_iam_role_policy_attachment;

static void policies_of_aws_that_are_there_draw_no_advice(void **state)
{
    static const char *const arns[] = {
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws-cn:iam::aws:policy/NobodyKnows",
        "arn:aws:iam::123456789012:policy/AdministratorAcces",
    };
    ARENA_AUTO a = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(arns) / sizeof(*arns); i++)
        if (advise_managed_policy(&a, str_of(arns[i])))
            fail_msg("%s draws advice", arns[i]);
}

static void one_under_a_wrong_path_is_named_with_its_right_one(void **state)
{
    static const char *const pairs[][2] = {
        {"ViewOnlyAccess", "policy/job-function/ViewOnlyAccess\""},
        {"AWSLambdaBasicExecutionRole", "policy/service-role/AWSLambdaBasicExecutionRole\""},
        {"service-role/AdministratorAccess", "policy/AdministratorAccess\""},
    };
    ARENA_AUTO a = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        struct error *e =
            advise_managed_policy(&a, arena_printf(&a, "arn:aws:iam::aws:policy/%s", pairs[i][0]));
        assert_non_null(e);
        if (str_find_str(e->detail, str_of(pairs[i][1])) == e->detail.len)
            fail_msg("%s: " STR_FMT, pairs[i][0], STR_ARG(e->detail));
    }
}

static void advice_is_a_warning_at_the_attribute_and_refuses_nothing(void **state)
{
    ARENA_AUTO a = {0};
    const struct resource_type *t = &aws_iam_role_policy_attachment;
    struct call c = {.arena = &a};
    struct cty_type type = model_type(&a, &t->model);
    struct json config;
    struct cty_value value;
    (void)state;
    assert_null(json_parse(
        &a, STR("{\"role\":\"r\",\"policy_arn\":\"arn:aws:iam::aws:policy/AdminAccess\"}"),
        &config));
    assert_null(cty_from_json(&a, &config, &type, &value));
    assert_null(resource_validate(&c, t, &value));
    assert_non_null(c.warnings);
    assert_true(str_eq(c.warnings->path, STR("policy_arn")));
    assert_true(str_find_str(c.warnings->summary, STR("AdminAccess")) < c.warnings->summary.len);
    assert_null(c.warnings->next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_of_aws_that_are_there_draw_no_advice),
        cmocka_unit_test(one_under_a_wrong_path_is_named_with_its_right_one),
        cmocka_unit_test(advice_is_a_warning_at_the_attribute_and_refuses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
