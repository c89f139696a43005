#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/iam.h"
#include "engine/aws/sqs.h"
#include "engine/aws/sts.h"
#include "engine/base/time.h"
#include "tests/unit/engine-aws/fixture.h"

static const char identity[] =
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn>"
    "<UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
    "</GetCallerIdentityResponse>";
static const char throttled[] =
    "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";

static void a_signed_form_goes_out_and_an_answer_comes_back(void **state)
{
    struct fixture f;
    struct sts_identity who;
    (void)state;

    begin(&f, STEPS({.body = identity}), 1);
    assert_fine(sts_get_caller_identity(&f.call, &who));
    assert_str(who.account, "123456789012");
    struct str sent = f.server.requests[0];
    assert_str(sent_body(&f, 0), "Action=GetCallerIdentity&Version=2011-06-15");
    assert_true(str_starts_with(sent, STR("POST / HTTP/1.1\r\n")));
    assert_contains(sent, "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/");
    assert_contains(sent, "/us-east-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
                          "x-amz-security-token, Signature=");
    assert_contains(sent, "X-Amz-Security-Token: hidden-token\r\n");
    assert_contains(sent, "User-Agent: Tenon/");
    assert_int_equal(str_find_str(sent, STR("hidden-secret")), sent.len);
    end(&f);
}

static void throttling_and_lost_answers_are_tried_again(void **state)
{
    struct fixture f;
    struct sts_identity who;
    (void)state;

    begin_tries(&f,
                STEPS({.status = 400, .body = throttled}, {.act = LOOPBACK_CUT},
                      {.status = 503, .body = "<x/>"}, {.body = identity}),
                4, 4);
    assert_fine(sts_get_caller_identity(&f.call, &who));
    assert_int_equal(atomic_load(&f.server.request_count), 4);
    end(&f);
}

static void attempts_are_counted_and_told(void **state)
{
    struct fixture f;
    struct sts_identity who;
    (void)state;

    begin_tries(&f, STEPS({.act = LOOPBACK_CUT}), 1, 2);
    struct error *e = sts_get_caller_identity(&f.call, &who);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_contains(e->summary, "calling STS GetCallerIdentity: no answer from 127.0.0.1:");
    assert_contains(e->detail, "Tried 2 times.");
    assert_int_equal(atomic_load(&f.server.request_count), 2);
    end(&f);
}

static void refusals_are_not_tried_again(void **state)
{
    struct fixture f;
    struct sts_identity who;
    (void)state;

    begin(&f,
          STEPS({.status = 403,
                 .body = "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The "
                         "security token included in the request is invalid.</Message></Error>"
                         "<RequestId>r-9</RequestId></ErrorResponse>"}),
          1);
    struct error *e = sts_get_caller_identity(&f.call, &who);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_DENIED);
    assert_str(e->request_id, "r-9");
    assert_int_equal(atomic_load(&f.server.request_count), 1);
    end(&f);
}

static void a_change_that_may_have_happened_is_not_repeated_blindly(void **state)
{
    struct fixture f;
    struct iam_role role;
    (void)state;

    begin(&f, STEPS({.act = LOOPBACK_CUT}), 1);
    struct error *e = iam_create_role(
        &f.call, &(struct iam_role_new){.name = STR("r"), .assume_role_policy = STR("{}")}, &role);
    assert_non_null(e);
    assert_true(e->outcome_unknown);
    assert_int_equal(atomic_load(&f.server.request_count), 1);
    end(&f);
}

static void a_change_that_is_the_same_twice_is_repeated(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, STEPS({.act = LOOPBACK_CUT}, {.body = "{}"}), 2);
    assert_fine(sqs_delete_queue(&f.call, STR("http://q")));
    assert_str(sent_body(&f, 1), "{\"QueueUrl\":\"http://q\"}");
    assert_contains(f.server.requests[1], "X-Amz-Target: AmazonSQS.DeleteQueue\r\n");
    assert_contains(f.server.requests[1], "Content-Type: application/x-amz-json-1.0\r\n");
    end(&f);
}

static void a_lost_attempt_stays_unknown_when_a_later_one_is_refused(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, STEPS({.act = LOOPBACK_CUT}, {.status = 400, .body = "{\"__type\":\"x#Bad\"}"}), 2);
    struct error *e = sqs_delete_queue(&f.call, STR("http://q"));
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_INVALID);
    assert_true(e->outcome_unknown);
    end(&f);
}

static void garbage_is_an_error_that_names_operation_and_endpoint(void **state)
{
    static const char *const bodies[] = {"<html>hello</html>", "not xml", "{}", "", "<a/>"};
    (void)state;

    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct fixture f;
        struct iam_role role;
        begin_tries(&f, STEPS({.body = bodies[i], .headers = "Content-Type: text/html\r\n"}), 1, 1);
        struct error *e = iam_create_role(&f.call, &(struct iam_role_new){.name = STR("r")}, &role);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_UNREACHABLE);
        assert_true(e->outcome_unknown);
        assert_contains(e->summary, "calling IAM CreateRole: the answer cannot be read: ");
        assert_contains(e->detail, "http://127.0.0.1:");
        assert_contains(e->detail, "`text/html`");
        end(&f);
    }
}

static void json_that_is_no_object_is_garbage(void **state)
{
    struct fixture f;
    struct str url;
    (void)state;

    begin_tries(&f, STEPS({.body = "[1]"}), 1, 1);
    struct error *e = sqs_get_queue_url(&f.call, STR("q"), &url);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_contains(e->summary, "calling SQS GetQueueUrl");
    end(&f);
}

static void a_port_where_nobody_listens_is_an_error_within_three_attempts(void **state)
{
    ARENA_AUTO a = {0};
    struct sts_identity who;
    struct str url = arena_printf(&a, "http://127.0.0.1:%d", loopback_dead_port());
    struct aws_client *client = client_at(&a, url, 25);
    struct aws_call call = {.client = client, .arena = &a};
    (void)state;

    struct error *e = sts_get_caller_identity(&call, &who);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_false(e->outcome_unknown);
    assert_contains(e->detail, url.ptr);
    assert_contains(e->detail, "as configured. Tried 3 times.");
    aws_client_free(client);
}

static void a_deadline_ends_the_attempts(void **state)
{
    struct fixture f;
    struct sts_identity who;
    (void)state;

    begin_tries(&f, STEPS({.status = 400, .body = throttled}), 1, 25);
    f.call.deadline_ms = 1; /* long past */
    struct error *e = sts_get_caller_identity(&f.call, &who);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_TIMEOUT);
    assert_int_equal(atomic_load(&f.server.request_count), 0);
    end(&f);
}

struct raiser {
    struct loopback *server;
    struct cancel *cancel;
};

static void *raise_when_asked(void *self)
{
    struct raiser *r = self;
    while (atomic_load(&r->server->request_count) == 0)
        sched_yield();
    cancel_raise(r->cancel);
    return NULL;
}

static void cancellation_ends_the_waits_between_attempts(void **state)
{
    struct fixture f;
    struct sts_identity who;
    pthread_t thread;
    struct cancel *cancel = cancel_new(NULL);
    (void)state;

    begin_tries(&f, STEPS({.status = 400, .body = throttled}), 1, 1000);
    struct raiser raiser = {&f.server, cancel};
    f.call.cancel = cancel;
    pthread_create(&thread, NULL, raise_when_asked, &raiser);
    int64_t start_ms = time_monotonic_ms();
    struct error *e = sts_get_caller_identity(&f.call, &who);
    pthread_join(thread, NULL);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_CANCELLED);
    assert_true(time_monotonic_ms() - start_ms < 50000);
    end(&f);
    cancel_free(cancel);
}

static void *ask_ten_times(void *self)
{
    for (int i = 0; i < 10; i++) {
        ARENA_AUTO a = {0};
        struct aws_call call = {.client = self, .arena = &a};
        struct sts_identity who;
        if (sts_get_caller_identity(&call, &who))
            return self; /* not NULL: trouble */
    }
    return NULL;
}

static void threads_share_one_client_and_its_connections(void **state)
{
    struct fixture f;
    pthread_t threads[4];
    (void)state;

    begin(&f, STEPS({.body = identity}), 1);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_ten_times, f.client), 0);
    for (int i = 0; i < 4; i++) {
        void *trouble;
        pthread_join(threads[i], &trouble);
        assert_null(trouble);
    }
    assert_int_equal(atomic_load(&f.server.request_count), 40);
    assert_true(atomic_load(&f.server.connection_count) <= 4);
    end(&f);
}

static void elsewhere_is_the_same_client_in_another_region(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct aws_endpoint_override sqs = {STR("sqs"), STR("http://127.0.0.1:4566")};
    struct aws_config config = {.region = STR("us-east-1"),
                                .access_key = STR("AKIDEXAMPLE"),
                                .secret_key = STR("secret"),
                                .endpoints = &sqs,
                                .endpoint_count = 1};
    struct aws_client *base, *moved;

    assert_null(aws_client_new(&a, &config, &base));
    assert_null(aws_client_elsewhere(&a, base, STR("eu-west-1"), &moved));
    assert_string_equal(aws_client_region(moved).ptr, "eu-west-1");
    assert_string_equal(aws_client_endpoint(moved, AWS_EC2).ptr,
                        "https://ec2.eu-west-1.amazonaws.com/");
    assert_string_equal(aws_client_endpoint(moved, AWS_SQS).ptr, "http://127.0.0.1:4566/");
    assert_string_equal(aws_client_endpoint(base, AWS_EC2).ptr,
                        "https://ec2.us-east-1.amazonaws.com/");
    aws_client_free(moved);
    aws_client_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_form_goes_out_and_an_answer_comes_back),
        cmocka_unit_test(throttling_and_lost_answers_are_tried_again),
        cmocka_unit_test(attempts_are_counted_and_told),
        cmocka_unit_test(refusals_are_not_tried_again),
        cmocka_unit_test(a_change_that_may_have_happened_is_not_repeated_blindly),
        cmocka_unit_test(a_change_that_is_the_same_twice_is_repeated),
        cmocka_unit_test(a_lost_attempt_stays_unknown_when_a_later_one_is_refused),
        cmocka_unit_test(garbage_is_an_error_that_names_operation_and_endpoint),
        cmocka_unit_test(json_that_is_no_object_is_garbage),
        cmocka_unit_test(a_port_where_nobody_listens_is_an_error_within_three_attempts),
        cmocka_unit_test(a_deadline_ends_the_attempts),
        cmocka_unit_test(cancellation_ends_the_waits_between_attempts),
        cmocka_unit_test(threads_share_one_client_and_its_connections),
        cmocka_unit_test(elsewhere_is_the_same_client_in_another_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
