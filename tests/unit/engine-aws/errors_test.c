#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/errors.h"

static const struct endpoint own = {.url = STR_INIT("https://x.amazonaws.com/")};
static const struct endpoint custom = {.url = STR_INIT("http://localhost:4566/"), .custom = true};

static void assert_contains(struct str s, const char *part)
{
    if (str_find_str(s, str_of(part)) == s.len)
        fail_msg("`" STR_FMT "` lacks `%s`", STR_ARG(s), part);
}

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static void codes_become_kinds(void **state)
{
    static const struct {
        const char *code;
        enum error_kind kind;
    } rows[] = {
        {"NoSuchEntity", ERROR_NOT_FOUND},
        {"AWS.SimpleQueueService.NonExistentQueue", ERROR_NOT_FOUND},
        {"QueueDoesNotExist", ERROR_NOT_FOUND},
        {"ResourceNotFoundException", ERROR_NOT_FOUND},
        {"ParameterNotFound", ERROR_NOT_FOUND},
        {"InvalidInstanceID.NotFound", ERROR_NOT_FOUND},
        {"InvalidLaunchTemplateName.NotFoundException", ERROR_NOT_FOUND},
        {"InvalidInstanceID.Malformed", ERROR_INVALID},
        {"EntityAlreadyExists", ERROR_EXISTS},
        {"QueueNameExists", ERROR_EXISTS},
        {"InvalidLaunchTemplateName.AlreadyExistsException", ERROR_EXISTS},
        {"DeleteConflict", ERROR_CONFLICT},
        {"AWS.SimpleQueueService.QueueDeletedRecently", ERROR_CONFLICT},
        {"QueueDeletedRecently", ERROR_CONFLICT},
        {"AccessDenied", ERROR_DENIED},
        {"AccessDeniedException", ERROR_DENIED},
        {"UnauthorizedOperation", ERROR_DENIED},
        {"InvalidClientTokenId", ERROR_DENIED},
        {"SignatureDoesNotMatch", ERROR_DENIED},
        {"ExpiredToken", ERROR_DENIED},
        {"ExpiredTokenException", ERROR_DENIED},
        {"UnrecognizedClientException", ERROR_DENIED},
        {"AuthFailure", ERROR_DENIED},
        {"Throttling", ERROR_THROTTLED},
        {"ThrottlingException", ERROR_THROTTLED},
        {"RequestThrottled", ERROR_THROTTLED},
        {"RequestLimitExceeded", ERROR_THROTTLED},
        {"TooManyRequestsException", ERROR_THROTTLED},
        {"InsufficientInstanceCapacity", ERROR_NO_CAPACITY},
        {"InsufficientFreeAddressesInSubnet", ERROR_NO_CAPACITY},
        {"UnfulfillableCapacity", ERROR_NO_CAPACITY},
        {"MaxSpotInstanceCountExceeded", ERROR_NO_CAPACITY},
        {"VcpuLimitExceeded", ERROR_NO_CAPACITY},
        {"LimitExceeded", ERROR_INVALID},
        {"IdempotentParameterMismatch", ERROR_INVALID},
        {"MalformedPolicyDocument", ERROR_INVALID},
        {"ValidationError", ERROR_INVALID},
        {"InternalFailure", ERROR_UNREACHABLE},
        {"ServiceUnavailable", ERROR_UNREACHABLE},
        {"", ERROR_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (aws_error_kind(str_of(rows[i].code)) != rows[i].kind)
            fail_msg("%s is %d", rows[i].code, aws_error_kind(str_of(rows[i].code)));
}

static void every_protocols_error_body_is_read(void **state)
{
    static const struct {
        const struct aws_service *service;
        const char *body, *code, *request_id;
        enum error_kind kind;
    } rows[] = {
        {&service_iam,
         "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender"
         "</Type><Code>NoSuchEntity</Code><Message>the m</Message></Error><RequestId>r-1"
         "</RequestId></ErrorResponse>",
         "NoSuchEntity", "r-1", ERROR_NOT_FOUND},
        {&service_ec2,
         "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>the m</Message>"
         "</Error></Errors><RequestID>r-2</RequestID></Response>",
         "UnauthorizedOperation", "r-2", ERROR_DENIED},
        {&service_sqs, "{\"__type\":\"com.amazonaws.sqs#QueueNameExists\",\"message\":\"the m\"}",
         "QueueNameExists", "r-h", ERROR_EXISTS},
        {&service_ssm, "{\"__type\":\"ThrottlingException\",\"Message\":\"the m\"}",
         "ThrottlingException", "r-h", ERROR_THROTTLED},
    };
    struct http_header headers[] = {{STR("x-amzn-RequestId"), STR("r-h")}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct refusal r = {rows[i].service, "DoIt", &own, true};
        struct http_response answer = {400, headers, 1, str_of(rows[i].body)};
        struct error *e = refusal_error(&a, &r, &answer);
        assert_int_equal(e->kind, rows[i].kind);
        assert_str(e->code, rows[i].code);
        assert_str(e->request_id, rows[i].request_id);
        assert_false(e->outcome_unknown);
        assert_str(e->summary, arena_printf(&a, "calling %s DoIt: %s: the m",
                                            rows[i].service->title, rows[i].code)
                                   .ptr);
    }
}

static void the_older_name_of_a_json_error_counts_too(void **state)
{
    ARENA_AUTO a = {0};
    struct refusal r = {&service_sqs, "DeleteQueue", &own, true};
    struct http_header headers[] = {
        {STR("X-Amzn-Query-Error"), STR("AWS.SimpleQueueService.NonExistentQueue;Sender")}};
    struct http_response answer = {400, headers, 1, STR("{\"__type\":\"x#SomethingNew\"}")};
    (void)state;
    struct error *e = refusal_error(&a, &r, &answer);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    assert_str(e->code, "SomethingNew");
}

static void what_the_user_can_do_is_said(void **state)
{
    static const struct {
        const struct endpoint *at;
        const char *body, *says;
    } rows[] = {
        {&own, "<E><Error><Code>AccessDenied</Code></Error></E>",
         "HTTP status 403. The credentials need the permission iam:CreateRole."},
        {&own, "<E><Error><Code>InvalidClientTokenId</Code></Error></E>",
         "AWS does not know this access key"},
        {&own, "<E><Error><Code>Throttling</Code></Error></E>", "max_retries"},
        {&own, "<E><Error><Code>ExpiredToken</Code></Error></E>", "The session token has expired"},
        {&own, "<E><Error><Code>SignatureDoesNotMatch</Code></Error></E>", "clock"},
        {&custom, "<E><Error><Code>NoSuchEntity</Code></Error></E>",
         "endpoint http://localhost:4566/"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct refusal r = {&service_iam, "CreateRole", rows[i].at, true};
        struct http_response answer = {403, NULL, 0, str_of(rows[i].body)};
        assert_contains(refusal_error(&a, &r, &answer)->detail, rows[i].says);
    }
}

#define SAYS(text) "<E><Error><Code>AccessDenied</Code><Message>" text "</Message></Error></E>"

static void the_permission_that_is_missing_is_named(void **state)
{
    static const struct {
        const struct aws_service *service;
        const char *operation, *body, *says;
    } rows[] = {
        {&service_iam, "CreateRole", SAYS("Access denied"), "the permission iam:CreateRole."},
        {&service_iam, "AddRoleToInstanceProfile",
         SAYS("User: arn:aws:iam::1:user/u is not authorized to perform: iam:PassRole on resource: "
              "arn:aws:iam::1:role/r because no identity-based policy allows the iam:PassRole "
              "action"),
         "the permission iam:PassRole on arn:aws:iam::1:role/r."},
        {&service_iam, "CreateRole",
         SAYS("User: u is not authorized to perform: iam:TagRole on resource: arn:r with an "
              "explicit deny in a service control policy"),
         "iam:TagRole on arn:r. A policy denies it in so many words"},
        {&service_sqs, "CreateQueue",
         "{\"__type\":\"AccessDenied\",\"message\":\"User: u is not authorized to perform: "
         "sqs:createqueue on resource: arn:q\"}",
         "the permission sqs:CreateQueue on arn:q."},
        {&service_sqs, "CreateQueue",
         "{\"__type\":\"AccessDenied\",\"message\":\"User u is not authorized to perform: this\"}",
         "the permission sqs:CreateQueue."},
        {&service_sqs, "CreateQueue",
         "{\"__type\":\"AccessDenied\",\"message\":\"u is not authorized to perform: \"}",
         "the permission sqs:CreateQueue."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct refusal r = {rows[i].service, rows[i].operation, &own, true};
        struct http_response answer = {403, NULL, 0, str_of(rows[i].body)};
        assert_contains(refusal_error(&a, &r, &answer)->detail, rows[i].says);
    }
}

static void an_encoded_reason_comes_with_the_command_that_decodes_it(void **state)
{
    ARENA_AUTO a = {0};
    struct refusal r = {&service_ec2, "RunInstances", &own, true};
    struct http_response answer = {
        403, NULL, 0,
        STR("<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not "
            "authorized to perform this operation. Encoded authorization failure message: "
            "AbC-123</Message></Error></Errors></Response>")};
    (void)state;
    struct error *e = refusal_error(&a, &r, &answer);
    assert_str(e->summary, "calling EC2 RunInstances: UnauthorizedOperation: You are not "
                           "authorized to perform this operation.");
    assert_contains(e->detail, "the permission ec2:RunInstances.");
    assert_contains(e->detail, "aws sts decode-authorization-message --encoded-message AbC-123");
}

static void the_request_that_aws_repeats_is_left_out_for_its_token(void **state)
{
    ARENA_AUTO a = {0};
    struct refusal r = {&service_iam, "CreateRole", &own, true};
    struct http_response answer = {
        403, NULL, 0,
        STR("<E><Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we "
            "calculated does not match. The Canonical String for this request should have been "
            "'POST / x-amz-security-token:hidden-token'</Message></Error></E>")};
    (void)state;
    struct error *e = refusal_error(&a, &r, &answer);
    assert_str(e->summary, "calling IAM CreateRole: SignatureDoesNotMatch: The request signature "
                           "we calculated does not match.");
    assert_int_equal(str_find_str(e->detail, STR("hidden")), e->detail.len);
}

static void a_refused_entry_is_an_error_like_any_other(void **state)
{
    ARENA_AUTO a = {0};
    struct refusal r = {&service_events, "PutTargets", &own, true};
    (void)state;
    struct error *e =
        entry_error(&a, &r, STR("AccessDeniedException"),
                    STR("not authorized to perform: iam:PassRole on resource: arn:r"), STR("r-9"));
    assert_int_equal(e->kind, ERROR_DENIED);
    assert_false(e->outcome_unknown);
    assert_str(e->code, "AccessDeniedException");
    assert_contains(e->summary, "EventBridge PutTargets: AccessDeniedException: not authorized");
    assert_contains(e->detail, "request id r-9");
    assert_contains(e->detail, "iam:PassRole on arn:r.");
}

static void an_answer_that_is_not_awss_is_judged_by_its_status(void **state)
{
    static const struct {
        int status;
        bool changes, unknown;
        enum error_kind kind;
    } rows[] = {
        {500, true, true, ERROR_UNREACHABLE},  {502, true, true, ERROR_UNREACHABLE},
        {503, true, false, ERROR_UNREACHABLE}, {502, false, false, ERROR_UNREACHABLE},
        {429, true, false, ERROR_THROTTLED},   {401, true, false, ERROR_DENIED},
        {404, true, false, ERROR_INVALID},     {302, true, false, ERROR_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct refusal r = {&service_iam, "CreateRole", &custom, rows[i].changes};
        struct http_response answer = {rows[i].status, NULL, 0, STR("<html>secret-ish")};
        struct error *e = refusal_error(&a, &r, &answer);
        assert_int_equal(e->kind, rows[i].kind);
        assert_int_equal(e->outcome_unknown, rows[i].unknown);
        assert_str(e->summary, "calling IAM CreateRole: an answer that is not AWS's");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_become_kinds),
        cmocka_unit_test(every_protocols_error_body_is_read),
        cmocka_unit_test(the_older_name_of_a_json_error_counts_too),
        cmocka_unit_test(what_the_user_can_do_is_said),
        cmocka_unit_test(the_permission_that_is_missing_is_named),
        cmocka_unit_test(an_encoded_reason_comes_with_the_command_that_decodes_it),
        cmocka_unit_test(the_request_that_aws_repeats_is_left_out_for_its_token),
        cmocka_unit_test(a_refused_entry_is_an_error_like_any_other),
        cmocka_unit_test(an_answer_that_is_not_awss_is_judged_by_its_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
