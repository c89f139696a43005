#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "engine/aws/sqs.h"
#include "engine/aws/sts.h"
#include "tests/unit/engine-aws/fixture.h"

/* What a client does beside sending: signing in, its own limits, proxies, settings that are wrong.
 */
static const char identity[] =
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn>"
    "<UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
    "</GetCallerIdentityResponse>";
static const char expired[] =
    "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>";
static const char throttled[] =
    "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";
#define ROLE(n)                                                                                    \
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>K" n                          \
    "</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken><Expiration>" \
    "2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"

static struct aws_config plain(void)
{
    forget_environment();
    return (struct aws_config){
        .region = STR("us-east-1"), .access_key = STR("AK"), .secret_key = STR("SK")};
}

/* A fixture whose client is made of `config` with every call going to the script. */
static void begin_with(struct fixture *f, struct aws_config config,
                       const struct loopback_step *steps, size_t count)
{
    *f = (struct fixture){0};
    loopback_start(&f->server, steps, count);
    setenv("AWS_ENDPOINT_URL", arena_printf(&f->arena, "http://127.0.0.1:%d", f->server.port).ptr,
           1);
    assert_fine(aws_client_new(&f->arena, &config, &f->client));
    f->call = (struct aws_call){.client = f->client, .arena = &f->arena};
}

static void assert_signed_by(struct fixture *f, size_t n, const char *key)
{
    assert_contains(f->server.requests[n], arena_printf(&f->arena, "Credential=%s/", key).ptr);
}

static void a_session_that_a_service_calls_expired_is_replaced_and_the_call_repeated_once(
    void **state)
{
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/r")};
    struct aws_config config = plain();
    struct fixture f;
    struct sts_identity who;
    (void)state;

    config.roles = &role;
    config.role_count = 1;
    config.max_attempts = 1; /* it is no repeat of that kind */
    begin_with(&f, config,
               STEPS({.body = ROLE("1")}, {.status = 403, .body = expired}, {.body = ROLE("2")},
                     {.body = identity}, {.status = 403, .body = expired}, {.body = ROLE("3")},
                     {.status = 403, .body = expired}),
               7);
    assert_fine(sts_get_caller_identity(&f.call, &who));
    assert_signed_by(&f, 0, "AK");
    assert_signed_by(&f, 1, "K1");
    assert_signed_by(&f, 2, "AK");
    assert_signed_by(&f, 3, "K2");
    struct error *e = sts_get_caller_identity(&f.call, &who);
    assert_non_null(e);
    assert_str(e->code, "ExpiredToken");
    assert_int_equal(atomic_load(&f.server.request_count), 7);
    end(&f);
}

static void keys_of_a_file_that_have_expired_are_an_error_at_once(void **state)
{
    struct fixture f;
    struct sts_identity who;
    (void)state;

    begin_with(&f, plain(), STEPS({.status = 403, .body = expired}), 1);
    struct error *e = sts_get_caller_identity(&f.call, &who);
    assert_non_null(e);
    assert_contains(e->detail, "The session token has expired");
    assert_int_equal(atomic_load(&f.server.request_count), 1);
    end(&f);
}

static void signing_in_costs_nothing_where_keys_are_given(void **state)
{
    struct fixture f;
    (void)state;

    begin_with(&f, plain(), STEPS({.status = 500}), 1);
    assert_fine(aws_sign_in(&f.call));
    assert_int_equal(atomic_load(&f.server.request_count), 0);
    end(&f);
}

/* What could not be signed is not tried again for every attempt of the call itself. */
static void a_sign_in_that_fails_is_repeated_by_itself_only(void **state)
{
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/r")};
    struct aws_config config = plain();
    struct fixture f;
    struct sts_identity who;
    (void)state;

    config.roles = &role;
    config.role_count = 1;
    config.max_attempts = 2;
    begin_with(&f, config, STEPS({.status = 503, .body = "<x/>"}), 1);
    struct error *e = sts_get_caller_identity(&f.call, &who);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_DENIED);
    assert_contains(e->summary, "gave no credentials: calling STS AssumeRole");
    assert_int_equal(atomic_load(&f.server.request_count), 2);
    end(&f);
}

static void an_empty_bucket_ends_the_repeats(void **state)
{
    struct aws_config config = plain();
    struct fixture f;
    struct sts_identity who;
    (void)state;

    config.max_attempts = 10;
    config.retry_capacity = 12;
    begin_with(&f, config, STEPS({.act = LOOPBACK_CUT}), 1);
    struct error *e = sts_get_caller_identity(&f.call, &who);
    assert_non_null(e);
    assert_contains(e->detail, "(token_bucket_rate_limiter_capacity) is used up. Tried 3 times.");
    assert_int_equal(atomic_load(&f.server.request_count), 3);
    end(&f);
}

static void the_mode_adaptive_serves_as_well(void **state)
{
    struct fixture f;
    struct sts_identity who;
    (void)state;

    struct aws_config config = plain();
    setenv("AWS_RETRY_MODE", "adaptive", 1);
    begin_with(&f, config, STEPS({.status = 400, .body = throttled}, {.body = identity}), 2);
    assert_fine(sts_get_caller_identity(&f.call, &who));
    assert_fine(sts_get_caller_identity(&f.call, &who));
    assert_int_equal(atomic_load(&f.server.request_count), 3);
    end(&f);
}

static void proxies_come_from_the_configuration_or_the_environment(void **state)
{
    static const struct {
        const char *http, *https, *environment_https, *no_proxy;
        bool https_direct, asked;
    } rows[] = {
        {"PROXY", "", NULL, NULL, false, true}, /* http_proxy serves https too */
        {"", "PROXY", NULL, NULL, false, true},        {"", "", "PROXY", NULL, false, true},
        {"PROXY", "", NULL, NULL, true, false}, /* https_proxy = "" */
        {"PROXY", "", NULL, ".invalid", false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct loopback proxy;
        struct loopback_step refuses = {.act = LOOPBACK_ANSWER, .status = 403};
        struct aws_config config = plain();
        struct aws_client *client;
        struct sts_identity who;

        loopback_start(&proxy, &refuses, 1);
        struct str address = arena_printf(&a, "http://127.0.0.1:%d", proxy.port);
        if (rows[i].http[0])
            config.http_proxy = address;
        if (rows[i].https[0])
            config.https_proxy = address;
        if (rows[i].environment_https)
            setenv("HTTPS_PROXY", address.ptr, 1);
        if (rows[i].no_proxy)
            setenv("NO_PROXY", rows[i].no_proxy, 1);
        config.https_direct = rows[i].https_direct;
        config.max_attempts = 1;
        setenv("AWS_ENDPOINT_URL", "https://sts.invalid", 1);
        assert_fine(aws_client_new(&a, &config, &client));
        struct aws_call call = {.client = client, .arena = &a};
        assert_non_null(sts_get_caller_identity(&call, &who));
        assert_int_equal(atomic_load(&proxy.request_count), rows[i].asked);
        if (rows[i].asked)
            assert_true(str_starts_with(proxy.requests[0], STR("CONNECT sts.invalid:443 ")));
        aws_client_free(client);
        loopback_stop(&proxy);
        forget_environment();
    }
}

static void settings_that_are_wrong_are_told_with_their_name(void **state)
{
    static const struct {
        const char *variable, *value, *path, *text;
    } rows[] = {
        {"AWS_RETRY_MODE", "eager", "retry_mode", "retry_mode is `eager`"},
        {"AWS_CA_BUNDLE", "/nonexistent/ca.pem", "custom_ca_bundle",
         "the CA bundle /nonexistent/ca.pem cannot be read: No such file"},
        {"AWS_USE_FIPS_ENDPOINT", "yes", "", "AWS_USE_FIPS_ENDPOINT is `yes`"},
        {"AWS_ENDPOINT_URL_STS", "sts", "", "AWS_ENDPOINT_URL_STS is `sts`"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct aws_config config = plain();
        struct aws_client *client;

        setenv(rows[i].variable, rows[i].value, 1);
        struct error *e = aws_client_new(&a, &config, &client);
        assert_non_null(e);
        assert_null(client);
        assert_str(e->path, rows[i].path);
        assert_contains(e->summary, rows[i].text);
        forget_environment();
        unsetenv("AWS_CA_BUNDLE");
    }
}

static void sts_may_be_called_in_another_region(void **state)
{
    ARENA_AUTO a = {0};
    struct aws_config config = plain();
    struct aws_client *client;
    (void)state;

    config.sts_region = STR("eu-west-1");
    config.fips = AWS_ON;
    assert_fine(aws_client_new(&a, &config, &client));
    assert_str(aws_client_endpoint(client, AWS_STS), "https://sts-fips.eu-west-1.amazonaws.com/");
    assert_str(aws_client_endpoint(client, AWS_SQS), "https://sqs-fips.us-east-1.amazonaws.com/");
    aws_client_free(client);
}

static void answers_tell_the_date_and_one_without_leaves_it(void **state)
{
    const int64_t told_ms = 784111777000; /* 1994-11-06T08:49:37Z */
    struct aws_config config = plain();
    struct fixture f;
    struct sts_identity who;
    (void)state;

    begin_with(&f, config,
               STEPS({.body = identity, .headers = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"},
                     {.body = identity, .headers = "Date: yesterday\r\n"}),
               2);
    assert_int_equal(aws_client_date_ms(f.client), 0);
    for (int i = 0; i < 2; i++) {
        assert_fine(sts_get_caller_identity(&f.call, &who));
        assert_true(aws_client_date_ms(f.client) >= told_ms);
        assert_true(aws_client_date_ms(f.client) < told_ms + 60 * 60 * 1000);
    }
    end(&f);
}

/* The role's session ends, and the next one is of another account: of a role that was made anew, or
 * because the profile that assumes it is another one now. */
static void nothing_is_signed_with_credentials_of_another_account_than_the_client_is_held_to(
    void **state)
{
    static const char theirs[] =
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::2:user/u</Arn>"
        "<Account>222222222222</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    static const char url[] = "{\"QueueUrl\":\"http://q/\"}";
    static const char over[] = "{\"__type\":\"com.amazon.coral.service#ExpiredTokenException\"}";
    struct aws_role role = {.arn = STR("arn:aws:iam::1:role/r")};
    struct aws_config config = plain();
    struct fixture f;
    struct sts_identity who;
    struct str found;
    (void)state;

    config.roles = &role;
    config.role_count = 1;
    begin_with(&f, config,
               STEPS({.body = ROLE("1")}, {.body = identity}, {.body = url},
                     {.status = 400, .body = over}, {.body = ROLE("2")}, {.body = identity},
                     {.body = url}, {.status = 400, .body = over}, {.body = ROLE("3")},
                     {.body = theirs}),
               10);
    assert_fine(sts_identify(&f.call, &who));
    aws_client_hold_to(f.client, who.account);
    assert_fine(sqs_get_queue_url(&f.call, STR("q"), &found)); /* asked for already */
    assert_fine(sqs_get_queue_url(&f.call, STR("q"), &found)); /* another session of ours */
    assert_signed_by(&f, 5, "K2");
    struct error *e = sqs_get_queue_url(&f.call, STR("q"), &found);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_CONFLICT);
    assert_contains(e->summary, "222222222222 (arn:aws:iam::2:user/u), not of 123456789012");
    assert_int_equal(atomic_load(&f.server.request_count), 10);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_session_that_a_service_calls_expired_is_replaced_and_the_call_repeated_once),
        cmocka_unit_test(keys_of_a_file_that_have_expired_are_an_error_at_once),
        cmocka_unit_test(signing_in_costs_nothing_where_keys_are_given),
        cmocka_unit_test(a_sign_in_that_fails_is_repeated_by_itself_only),
        cmocka_unit_test(an_empty_bucket_ends_the_repeats),
        cmocka_unit_test(the_mode_adaptive_serves_as_well),
        cmocka_unit_test(proxies_come_from_the_configuration_or_the_environment),
        cmocka_unit_test(settings_that_are_wrong_are_told_with_their_name),
        cmocka_unit_test(answers_tell_the_date_and_one_without_leaves_it),
        cmocka_unit_test(sts_may_be_called_in_another_region),
        cmocka_unit_test(
            nothing_is_signed_with_credentials_of_another_account_than_the_client_is_held_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
