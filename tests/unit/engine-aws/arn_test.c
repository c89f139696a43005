#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/arn.h"

static void assert_parts(const char *text, const char *const parts[5])
{
    struct arn arn = {0};

    assert_null(arn_parse(str_of(text), &arn));
    const struct str got[] = {arn.partition, arn.service, arn.region, arn.account, arn.resource};
    for (size_t i = 0; i < 5; i++)
        assert_true(str_eq(got[i], str_of(parts[i])));
}

static void an_arn_has_six_parts_and_colons_of_the_last_are_its_own(void **state)
{
    (void)state;
    assert_parts("arn:aws:iam::123456789012:role/a/b",
                 (const char *const[]){"aws", "iam", "", "123456789012", "role/a/b"});
    assert_parts("arn:aws:logs:eu-west-1:1:log-group:x:*",
                 (const char *const[]){"aws", "logs", "eu-west-1", "1", "log-group:x:*"});
    assert_parts("arn:::::", (const char *const[]){"", "", "", "", ""});
}

static void what_is_no_arn_says_what_it_lacks(void **state)
{
    static const char *const few[] = {"arn:", "arn:aws", "arn:aws:iam::1", "arn::::"};
    static const char *const other[] = {"", "arn", "ARN:aws:iam::1:x", " arn:aws:iam::1:x", "x"};
    struct arn arn;

    (void)state;
    for (size_t i = 0; i < sizeof(few) / sizeof(*few); i++)
        assert_string_equal(arn_parse(str_of(few[i]), &arn), "not enough sections");
    for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
        assert_string_equal(arn_parse(str_of(other[i]), &arn), "invalid prefix");
}

static void what_is_taken_apart_is_put_together_again(void **state)
{
    ARENA_AUTO a = {0};
    const struct str text = STR("arn:aws:sqs:eu-west-1:123456789012:q:r");
    struct arn arn;

    (void)state;
    assert_null(arn_parse(text, &arn));
    assert_true(str_eq(arn_text(&a, &arn), text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arn_has_six_parts_and_colons_of_the_last_are_its_own),
        cmocka_unit_test(what_is_no_arn_says_what_it_lacks),
        cmocka_unit_test(what_is_taken_apart_is_put_together_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
