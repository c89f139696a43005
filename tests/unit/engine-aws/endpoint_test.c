#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/service.h"
#include "tests/unit/engine-aws/fixture.h"

static void awss_own_endpoints_follow_partition_and_region(void **state)
{
    static const struct {
        const struct aws_service *service;
        const char *region, *url, *signed_for;
    } rows[] = {
        {&service_sqs, "eu-west-1", "https://sqs.eu-west-1.amazonaws.com/", "eu-west-1"},
        {&service_ec2, "us-gov-west-1", "https://ec2.us-gov-west-1.amazonaws.com/",
         "us-gov-west-1"},
        {&service_ec2, "cn-north-1", "https://ec2.cn-north-1.amazonaws.com.cn/", "cn-north-1"},
        {&service_ec2, "mx-central-1", "https://ec2.mx-central-1.amazonaws.com/", "mx-central-1"},
        {&service_iam, "eu-west-1", "https://iam.amazonaws.com/", "us-east-1"},
        {&service_iam, "cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn/", "cn-north-1"},
        {&service_iam, "us-gov-east-1", "https://iam.us-gov-west-1.amazonaws.com/",
         "us-gov-west-1"},
        {&service_sts, "us-east-1", "https://sts.us-east-1.amazonaws.com/", "us-east-1"},
        {&service_pricing, "us-east-1", "https://api.pricing.us-east-1.amazonaws.com/",
         "us-east-1"},
    };
    (void)state;
    forget_environment();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct endpoint e;
        assert_fine(endpoint_resolve(&a, rows[i].service, str_of(rows[i].region), NULL, 0, &e));
        assert_str(e.url, rows[i].url);
        assert_str(e.signing_region, rows[i].signed_for);
        assert_str(e.path, "/");
        assert_false(e.custom);
    }
}

static void settings_come_before_the_environment_and_a_service_before_all(void **state)
{
    ARENA_AUTO a = {0};
    struct endpoint e;
    struct aws_endpoint_override overrides[] = {{STR("sqs"), STR("http://localhost:4566")},
                                                {STR("ec2"), STR("")}};
    (void)state;

    forget_environment();
    setenv("AWS_ENDPOINT_URL", "http://all:1", 1);
    assert_fine(endpoint_resolve(&a, &service_sqs, STR("us-east-1"), NULL, 0, &e));
    assert_str(e.url, "http://all:1/");
    setenv("AWS_ENDPOINT_URL_SQS", "http://one:2/path/", 1);
    assert_fine(endpoint_resolve(&a, &service_sqs, STR("us-east-1"), NULL, 0, &e));
    assert_str(e.url, "http://one:2/path/");
    assert_str(e.path, "/path/");
    assert_fine(endpoint_resolve(&a, &service_sqs, STR("us-east-1"), overrides, 2, &e));
    assert_str(e.url, "http://localhost:4566/");
    assert_str(e.host, "localhost:4566");
    assert_true(e.custom);
    assert_fine(endpoint_resolve(&a, &service_ec2, STR("us-east-1"), overrides, 2, &e));
    assert_str(e.url, "http://all:1/");
    forget_environment();
}

static void a_default_port_is_not_part_of_the_signed_host(void **state)
{
    ARENA_AUTO a = {0};
    struct endpoint e;
    struct aws_endpoint_override o = {STR("sqs"), STR("https://proxy.example:443/x")};
    (void)state;

    forget_environment();
    assert_fine(endpoint_resolve(&a, &service_sqs, STR("us-east-1"), &o, 1, &e));
    assert_str(e.host, "proxy.example");
    assert_str(e.url, "https://proxy.example/x/");
}

static void what_is_no_endpoint_is_refused_by_name(void **state)
{
    static const char *const urls[] = {"localhost:4566", "ftp://h",       "http://",
                                       "http://u:p@h/",  "http://h/?a=b", "http://a b"};
    (void)state;
    forget_environment();
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        ARENA_AUTO a = {0};
        struct endpoint out;
        struct aws_endpoint_override o = {STR("iam"), str_of(urls[i])};
        struct error *e = endpoint_resolve(&a, &service_iam, STR("us-east-1"), &o, 1, &out);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_INVALID);
        assert_contains(e->summary, "endpoints.iam is `");
    }
}

static void partitions_are_told_by_the_regions_prefix(void **state)
{
    static const struct {
        const char *region, *partition, *suffix;
    } rows[] = {
        {"us-east-1", "aws", "amazonaws.com"},
        {"us-gov-east-1", "aws-us-gov", "amazonaws.com"},
        {"cn-north-1", "aws-cn", "amazonaws.com.cn"},
        {"us-iso-east-1", "aws-iso", "c2s.ic.gov"},
        {"us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"},
        {"eusc-de-east-1", "aws-eusc", "amazonaws.eu"},
        {"xx-nowhere-1", "aws", "amazonaws.com"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_str(aws_partition_of(str_of(rows[i].region)), rows[i].partition);
        assert_str(aws_dns_suffix_of(str_of(rows[i].region)), rows[i].suffix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(awss_own_endpoints_follow_partition_and_region),
        cmocka_unit_test(settings_come_before_the_environment_and_a_service_before_all),
        cmocka_unit_test(a_default_port_is_not_part_of_the_signed_host),
        cmocka_unit_test(what_is_no_endpoint_is_refused_by_name),
        cmocka_unit_test(partitions_are_told_by_the_regions_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
