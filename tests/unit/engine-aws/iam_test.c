#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/iam.h"
#include "engine/aws/sqs.h"
#include "tests/unit/engine-aws/fixture.h"

static void a_role_is_created_by_exactly_this_request(void **state)
{
    struct fixture f;
    struct iam_role role;
    struct aws_tag tags[] = {{STR("a b"), STR("c/d+e=\xC3\xA9")}, {STR("empty"), STR("")}};
    (void)state;

    begin(&f,
          STEPS({.body = "<CreateRoleResponse><CreateRoleResult><Role><RoleName>r</RoleName><Arn>"
                         "arn:aws:iam::1:role/r</Arn></Role></CreateRoleResult>"
                         "</CreateRoleResponse>"}),
          1);
    struct iam_role_new want = {.name = STR("r"),
                                .assume_role_policy = STR("{\"a\": \"%&<>\"}"),
                                .description = STR(""),
                                .max_session_seconds = 7200,
                                .tags = {tags, 2, 2}};
    assert_fine(iam_create_role(&f.call, &want, &role));
    assert_str(role.arn, "arn:aws:iam::1:role/r");
    assert_str(sent_body(&f, 0),
               "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%22a%22"
               "%3A%20%22%25%26%3C%3E%22%7D&Description=&MaxSessionDuration=7200&Tags.member.1.Key="
               "a%20b&Tags.member.1.Value=c%2Fd%2Be%3D%C3%A9&Tags.member.2.Key=empty&"
               "Tags.member.2.Value=");
    end(&f);
}

static void a_role_is_read_with_its_documents_decoded(void **state)
{
    struct fixture f;
    struct iam_role role;
    (void)state;

    begin(&f,
          STEPS({.body =
                     "<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
                     "<GetRoleResult><Role><Path>/x/</Path><RoleName>r</RoleName>"
                     "<RoleId>AROA1</RoleId><Arn>arn:aws:iam::1:role/x/r</Arn>"
                     "<CreateDate>2024-01-02T03:04:05Z</CreateDate>"
                     "<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D"
                     "</AssumeRolePolicyDocument><Description>d &amp; e</Description>"
                     "<MaxSessionDuration>3600</MaxSessionDuration><PermissionsBoundary>"
                     "<PermissionsBoundaryType>Policy</PermissionsBoundaryType>"
                     "<PermissionsBoundaryArn>arn:p</PermissionsBoundaryArn></PermissionsBoundary>"
                     "<Tags><member><Key>k</Key><Value>v</Value></member></Tags></Role>"
                     "</GetRoleResult><ResponseMetadata><RequestId>1</RequestId>"
                     "</ResponseMetadata></GetRoleResponse>"}),
          1);
    assert_fine(iam_get_role(&f.call, STR("r"), &role));
    assert_str(role.assume_role_policy, "{\"Version\":\"2012-10-17\"}");
    assert_str(role.description, "d & e");
    assert_str(role.permissions_boundary, "arn:p");
    assert_int_equal(role.max_session_seconds, 3600);
    assert_int_equal(role.tags.count, 1);
    assert_str(role.tags.items[0].value, "v");
    end(&f);
}

#define ATTACHED(arn, more)                                                                \
    "<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies>" \
    "<member><PolicyName>p</PolicyName><PolicyArn>" arn "</PolicyArn></member>"            \
    "</AttachedPolicies>" more "</ListAttachedRolePoliciesResult>"                         \
    "</ListAttachedRolePoliciesResponse>"

static void lists_are_read_to_their_last_page(void **state)
{
    struct fixture f;
    struct iam_names names;
    (void)state;

    begin(&f,
          STEPS({.body = ATTACHED("arn:1", "<IsTruncated>true</IsTruncated><Marker>m/1</Marker>")},
                {.body = ATTACHED("arn:2", "<IsTruncated>false</IsTruncated>")}),
          2);
    assert_fine(iam_list_attached_role_policies(&f.call, STR("r"), &names));
    assert_int_equal(names.count, 2);
    assert_str(names.items[1], "arn:2");
    assert_str(sent_body(&f, 1), "Action=ListAttachedRolePolicies&Version=2010-05-08&RoleName=r&"
                                 "Marker=m%2F1");
    end(&f);
}

static void a_list_that_does_not_end_is_an_error(void **state)
{
    struct fixture f;
    struct iam_names names;
    (void)state;

    begin(&f,
          STEPS({.body = ATTACHED("arn:1", "<IsTruncated>true</IsTruncated><Marker>m</Marker>")}),
          1);
    struct error *e = iam_list_attached_role_policies(&f.call, STR("r"), &names);
    assert_non_null(e);
    assert_contains(e->summary, "the same page comes again");
    end(&f);
}

static void a_create_without_its_result_may_have_happened(void **state)
{
    struct fixture f;
    struct iam_role role;
    (void)state;

    begin(&f, STEPS({.body = "<CreateRoleResponse/>"}), 1);
    struct error *e = iam_create_role(&f.call, &(struct iam_role_new){.name = STR("r")}, &role);
    assert_non_null(e);
    assert_true(e->outcome_unknown);
    end(&f);
}

static void a_queue_is_created_by_exactly_this_request(void **state)
{
    struct fixture f;
    struct str url;
    struct sqs_attribute attributes[] = {{STR("DelaySeconds"), STR("5")},
                                         {STR("Policy"), STR("{\"a\":\"\\n\"}")}};
    struct aws_tag tags[] = {{STR("k\""), STR("v")}};
    (void)state;

    begin(&f, STEPS({.body = "{\"QueueUrl\":\"https://sqs/1/q\"}"}), 1);
    assert_fine(sqs_create_queue(&f.call, STR("q"), &(struct sqs_attributes){attributes, 2, 2},
                                 &(struct aws_tags){tags, 1, 1}, &url));
    assert_str(url, "https://sqs/1/q");
    assert_str(sent_body(&f, 0),
               "{\"QueueName\":\"q\",\"Attributes\":{\"DelaySeconds\":\"5\",\"Policy\":"
               "\"{\\\"a\\\":\\\"\\\\n\\\"}\"},\"tags\":{\"k\\\"\":\"v\"}}");
    end(&f);
}

static void attributes_of_a_queue_are_found_by_name(void **state)
{
    struct fixture f;
    struct sqs_attributes found;
    (void)state;

    begin(&f, STEPS({.body = "{\"Attributes\":{\"DelaySeconds\":\"7\",\"QueueArn\":\"arn:q\"}}"}),
          1);
    assert_fine(sqs_get_queue_attributes(&f.call, STR("u"), &found));
    assert_str(sqs_attribute(&found, STR("QueueArn")), "arn:q");
    assert_int_equal(sqs_attribute(&found, STR("Policy")).len, 0);
    assert_str(sent_body(&f, 0), "{\"QueueUrl\":\"u\",\"AttributeNames\":[\"All\"]}");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_is_created_by_exactly_this_request),
        cmocka_unit_test(a_role_is_read_with_its_documents_decoded),
        cmocka_unit_test(lists_are_read_to_their_last_page),
        cmocka_unit_test(a_list_that_does_not_end_is_an_error),
        cmocka_unit_test(a_create_without_its_result_may_have_happened),
        cmocka_unit_test(a_queue_is_created_by_exactly_this_request),
        cmocka_unit_test(attributes_of_a_queue_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
