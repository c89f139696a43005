#ifndef TESTS_UNIT_ENGINE_AWS_FIXTURE_H
#define TESTS_UNIT_ENGINE_AWS_FIXTURE_H

#include "engine/aws/aws.h"
#include "tests/unit/loopback.h"

/* A client whose every endpoint is a scripted server, in an environment without AWS's settings. */
struct fixture {
    struct arena arena;
    struct loopback server;
    struct aws_client *client;
    struct aws_call call;
};

static inline void forget_environment(void)
{
    static const char *const names[] = {
        "AWS_PROFILE",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_RETRY_MODE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "AWS_EC2_METADATA_V1_DISABLED",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_STS",
        "NO_PROXY",
        "no_proxy",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_MAX_ATTEMPTS",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SQS",
        "AWS_CA_BUNDLE",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "HTTPS_PROXY",
        "https_proxy",
        "all_proxy",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
    setenv("HOME", "/nonexistent", 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1); /* who wants it gives its own */
}

static inline struct aws_client *client_at(struct arena *a, struct str url, int max_attempts)
{
    static const char *const services[] = {"access-analyzer", "ec2", "eks", "iam",
                                           "pricing",         "sqs", "ssm", "sts"};
    enum { SERVICES = sizeof(services) / sizeof(services[0]) };
    struct aws_endpoint_override overrides[SERVICES];
    struct aws_client *client = NULL;
    struct aws_config config = {
        .region = STR("us-east-1"),
        .access_key = STR("AKIDEXAMPLE"),
        .secret_key = STR("hidden-secret"),
        .token = STR("hidden-token"),
        .endpoints = overrides,
        .endpoint_count = SERVICES,
        .max_attempts = max_attempts,
    };

    for (size_t i = 0; i < SERVICES; i++)
        overrides[i] = (struct aws_endpoint_override){str_of(services[i]), url};
    forget_environment();
    struct error *e = aws_client_new(a, &config, &client);
    if (e)
        fail_msg(STR_FMT, STR_ARG(e->summary));
    return client;
}

static inline void begin_tries(struct fixture *f, const struct loopback_step *steps, size_t count,
                               int max_attempts)
{
    *f = (struct fixture){0};
    loopback_start(&f->server, steps, count);
    f->client = client_at(&f->arena, arena_printf(&f->arena, "http://127.0.0.1:%d", f->server.port),
                          max_attempts);
    f->call = (struct aws_call){.client = f->client, .arena = &f->arena};
}

static inline void begin(struct fixture *f, const struct loopback_step *steps, size_t count)
{
    begin_tries(f, steps, count, 3);
}

static inline void end(struct fixture *f)
{
    aws_client_free(f->client);
    loopback_stop(&f->server);
    arena_free(&f->arena);
}

static inline void assert_fine(struct error *e)
{
    if (e)
        fail_msg(STR_FMT " (" STR_FMT ")", STR_ARG(e->summary), STR_ARG(e->detail));
}

static inline void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static inline void assert_contains(struct str s, const char *part)
{
    if (str_find_str(s, str_of(part)) == s.len)
        fail_msg("`" STR_FMT "` lacks `%s`", STR_ARG(s), part);
}

/* The body of the n-th request. */
static inline struct str sent_body(const struct fixture *f, size_t n)
{
    struct str r = f->server.requests[n];
    return str_slice(r, str_find_str(r, STR("\r\n\r\n")) + 4, r.len);
}

#define STEPS(...) ((const struct loopback_step[]){__VA_ARGS__})

#endif
