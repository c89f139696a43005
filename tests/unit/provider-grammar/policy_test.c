#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/buf.h"
#include "provider/grammar/arn.h"
#include "provider/grammar/policy.h"
#include "provider/grammar/value_forms.h"

/* How faults are said.  Which there are is held by provider-resources/certain_test.c. */

static struct error *faults(struct arena *a, enum policy_kind kind, const char *text)
{
    return policy_check(a, kind, str_of(text));
}

static void assert_said(const struct error *e, const char *summary, const char *detail)
{
    assert_non_null(e);
    if (!str_eq(e->summary, str_of(summary)))
        fail_msg("said " STR_FMT ", wanted %s", STR_ARG(e->summary), summary);
    if (str_find_str(e->detail, str_of(detail)) == e->detail.len)
        fail_msg("allowed " STR_FMT ", wanted %s", STR_ARG(e->detail), detail);
}

static void a_fault_names_its_place_as_a_pointer_and_as_line_and_column(void **state)
{
    ARENA_AUTO a = {0};
    (void)state;
    struct error *e = faults(&a, POLICY_MANAGED,
                             "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Sid\": "
                             "\"größe\", \"Effect\": \"allow\", \"Action\": [\"s3:*\", \"x\"], "
                             "\"Resource\": \"*\"}\n  ]\n}");
    assert_said(e, "/Statement/0/Sid (line 4, column 13): it is \"größe\"", "[0-9A-Za-z]*");
    assert_said(e->next, "/Statement/0/Effect (line 4, column 32): it is \"allow\"",
                "\"Allow\" or \"Deny\"");
    assert_said(e->next->next, "/Statement/0/Action/1 (line 4, column 60): \"x\" names no service",
                "SERVICE:ACTION");
    assert_null(e->next->next->next);
}

static void keys_with_slashes_and_tildes_are_escaped_in_a_pointer(void **state)
{
    ARENA_AUTO a = {0};
    (void)state;
    struct error *e =
        faults(&a, POLICY_INLINE,
               "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
               "\"Condition\":{\"Bool\":{\"aws:PrincipalTag/a~b\":\"yes\"}}}}");
    assert_said(e,
                "/Statement/Condition/Bool/aws:PrincipalTag~1a~0b (line 1, column 104): Bool "
                "cannot compare with \"yes\"",
                "true");
    assert_null(e->next);
}

static void what_is_missing_is_said_of_what_should_have_it(void **state)
{
    ARENA_AUTO a = {0};
    (void)state;
    struct error *e = faults(&a, POLICY_TRUST, "{\"Statement\":[{\"Effect\":\"Allow\"}]}");
    assert_said(e, "/Statement/0 (line 1, column 15): the statement has no \"Principal\"",
                "ec2.amazonaws.com");
    assert_said(
        e->next,
        "/Statement/0 (line 1, column 15): the statement has neither \"Action\" nor \"NotAction\"",
        "required");
    assert_said(faults(&a, POLICY_MANAGED, "{\"Statement\":[]}"),
                "line 1, column 1: the document has no \"Version\"", "2012-10-17");
}

static void a_slip_of_the_case_is_named(void **state)
{
    ARENA_AUTO a = {0};
    (void)state;
    assert_said(faults(&a, POLICY_INLINE, "{\"statement\":{}}"),
                "/statement (line 1, column 14): no element of a policy has this name",
                "It is written \"Statement\".");
}

/* A document of a megabyte is not read further than its size. */
static void a_document_that_is_too_long_has_that_one_fault(void **state)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    (void)state;
    buf_add(&text, STR("{\"Statement\":["));
    for (int i = 0; i < 100000; i++)
        buf_printf(&text, "%s{\"Sid\":\"x\"}", i ? "," : "");
    buf_add(&text, STR("]}"));
    struct error *e = policy_check(&a, POLICY_MANAGED, buf_str(&text));
    assert_said(e, "line 1, column 1: the document has 1200015 characters", "6144");
    assert_null(e->next);
}

static void faults_end_after_some(void **state)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    size_t count = 0;
    (void)state;
    buf_add(&text, STR("{\"Statement\":["));
    for (int i = 0; i < 200; i++)
        buf_printf(&text, "%s1", i ? "," : "");
    buf_add(&text, STR("]}"));
    for (struct error *e = policy_check(&a, POLICY_INLINE, buf_str(&text)); e; e = e->next)
        count++;
    assert_int_equal(count, 25);
}

static void colons_of_a_variable_part_no_arn(void **state)
{
    struct arn_pattern arn =
        arn_pattern_split(STR("arn:aws:logs:eu-west-1:${aws:PrincipalAccount}:log-group:a:*"));
    (void)state;
    assert_int_equal(arn.parts, 6);
    assert_true(str_eq(arn.account, STR("${aws:PrincipalAccount}")));
    assert_true(str_eq(arn.resource, STR("log-group:a:*")));
    assert_int_equal(arn_pattern_split(STR("arn:aws:s3")).parts, 3);
}

static void dates_are_read_as_iam_reads_them(void **state)
{
    static const char *const good[] = {"2026",
                                       "2026-01",
                                       "2026-01-31",
                                       "2026-01-31T",
                                       "2026-01-31T23",
                                       "2026-01-31T23:59Z",
                                       "2026-01-31t23:59:59.999999999z",
                                       "2026-01-31T23:59:59+02",
                                       "2026-01-31T23:59:59-07:30",
                                       "-44-03-15",
                                       "1767225600",
                                       "01T"};
    static const char *const bad[] = {"",
                                      "-",
                                      "x",
                                      "2026-",
                                      "2026-00",
                                      "2026-01-32",
                                      "2026-01-31T24",
                                      "2026-01-31T23:60",
                                      "2026-01-31 23:59",
                                      "2026-01-31T23:59:59.",
                                      "2026-01-31T23:59:59+25",
                                      "1767225600x",
                                      "99999999999999999999",
                                      "2026-01-31T23:59:59ZZ"};
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        if (!is_date(str_of(good[i])))
            fail_msg("%s is a date", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (is_date(str_of(bad[i])))
            fail_msg("%s is no date", bad[i]);
}

/* Some accounts have more than the quota that all begin with. */
static void a_long_trust_policy_is_doubtful_and_a_very_long_one_is_refused(void **state)
{
    static const size_t lengths[] = {1500, 2500, 9000};
    (void)state;

    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        ARENA_AUTO a = {0};
        struct buf text = buf_in(&a);
        buf_add(&text, STR("{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", "
                           "\"Action\": \"sts:AssumeRole\", \"Principal\": {\"Service\": "
                           "\"ec2.amazonaws.com\"}, \"Condition\": {\"StringEquals\": "
                           "{\"sts:ExternalId\": \""));
        for (size_t k = 0; k < lengths[i]; k++)
            buf_add_char(&text, 'x');
        buf_add(&text, STR("\"}}}]}"));
        assert_int_equal(advise_trust_policy(&a, buf_str(&text)) != NULL, lengths[i] > 2048);
        assert_int_equal(check_trust_policy(&a, buf_str(&text)) != NULL, lengths[i] > 8192);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_names_its_place_as_a_pointer_and_as_line_and_column),
        cmocka_unit_test(keys_with_slashes_and_tildes_are_escaped_in_a_pointer),
        cmocka_unit_test(what_is_missing_is_said_of_what_should_have_it),
        cmocka_unit_test(a_slip_of_the_case_is_named),
        cmocka_unit_test(a_document_that_is_too_long_has_that_one_fault),
        cmocka_unit_test(faults_end_after_some),
        cmocka_unit_test(a_long_trust_policy_is_doubtful_and_a_very_long_one_is_refused),
        cmocka_unit_test(colons_of_a_variable_part_no_arn),
        cmocka_unit_test(dates_are_read_as_iam_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
