#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/access_analyzer.h"
#include "tests/unit/engine-aws/fixture.h"

static const struct policy_question question = {
    .document = STR_INIT("{\"Statement\": []}"),
    .policy_type = "RESOURCE_POLICY",
    .resource_type = "AWS::IAM::AssumeRolePolicyDocument",
};

static void findings_of_all_pages_are_gathered(void **state)
{
    struct fixture f;
    struct policy_findings found;
    (void)state;

    begin(
        &f,
        STEPS({.body = "{\"findings\":[{\"findingType\":\"ERROR\",\"issueCode\":\"INVALID_ACTION\","
                       "\"findingDetails\":\"No such action.\",\"learnMoreLink\":\"https://x\","
                       "\"locations\":[{\"path\":[{\"value\":\"Statement\"},{\"index\":0},"
                       "{\"value\":\"Action\"},{\"substring\":{\"start\":0,\"length\":3}}]},"
                       "{\"path\":[]}]}],\"nextToken\":\"a b\"}"},
              {.body = "{\"findings\":[{\"findingType\":\"SECURITY_WARNING\"},"
                       "{\"findingType\":\"SUGGESTION\"},{\"findingType\":\"WARNING\"},"
                       "{\"findingType\":\"OF_TOMORROW\",\"locations\":[]}]}"}),
        2);
    assert_fine(access_analyzer_validate_policy(&f.call, &question, &found));
    assert_true(str_starts_with(f.server.requests[0],
                                STR("POST /policy/validation?maxResults=100 HTTP/1.1")));
    assert_true(str_starts_with(
        f.server.requests[1], STR("POST /policy/validation?maxResults=100&nextToken=a%20b HTTP")));
    assert_str(sent_body(&f, 0),
               "{\"locale\":\"EN\",\"policyDocument\":\"{\\\"Statement\\\": []}\",\"policyType\":"
               "\"RESOURCE_POLICY\",\"validatePolicyResourceType\":"
               "\"AWS::IAM::AssumeRolePolicyDocument\"}");
    assert_int_equal(found.count, 5);
    assert_str(found.items[0].code, "INVALID_ACTION");
    assert_str(found.items[0].details, "No such action.");
    assert_int_equal(found.items[0].step_count, 3);
    assert_str(found.items[0].steps[1], "0");
    assert_int_equal(found.items[1].kind, POLICY_FINDING_WARNING);
    assert_int_equal(found.items[2].kind, POLICY_FINDING_SUGGESTION);
    assert_int_equal(found.items[3].kind, POLICY_FINDING_WARNING);
    assert_int_equal(found.items[4].kind, POLICY_FINDING_SUGGESTION);
    assert_int_equal(found.items[4].step_count, 0);
    end(&f);
}

static void pages_that_do_not_end_are_an_error(void **state)
{
    struct fixture f;
    struct policy_findings found;
    (void)state;

    begin(&f, STEPS({.body = "{\"nextToken\":\"a\"}"}, {.body = "{\"nextToken\":\"a\"}"}), 2);
    struct error *e = access_analyzer_validate_policy(&f.call, &question, &found);
    assert_non_null(e);
    assert_true(str_find_str(e->summary, STR("page")) < e->summary.len);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_of_all_pages_are_gathered),
        cmocka_unit_test(pages_that_do_not_end_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
