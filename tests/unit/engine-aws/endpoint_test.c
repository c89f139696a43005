#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/service.h"
#include "tests/unit/engine-aws/fixture.h"

static struct error *resolve(struct arena *a, const struct aws_service *service, const char *region,
                             const struct aws_endpoint_override *overrides, size_t count,
                             struct endpoint *out)
{
    struct endpoint_rules rules = {.overrides = overrides, .override_count = count};
    return endpoint_resolve(a, service, str_of(region), &rules, out);
}

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
        {&service_iam, "us-gov-east-1", "https://iam.us-gov.amazonaws.com/", "us-gov-west-1"},
        {&service_iam, "eu-isoe-west-1", "https://iam.eu-isoe-west-1.cloud.adc-e.uk/",
         "eu-isoe-west-1"},
        {&service_iam, "eusc-de-east-1", "https://iam.eusc-de-east-1.amazonaws.eu/",
         "eusc-de-east-1"},
        {&service_sqs, "us-isof-south-1", "https://sqs.us-isof-south-1.csp.hci.ic.gov/",
         "us-isof-south-1"},
        {&service_sts, "us-east-1", "https://sts.us-east-1.amazonaws.com/", "us-east-1"},
        {&service_pricing, "us-east-1", "https://api.pricing.us-east-1.amazonaws.com/",
         "us-east-1"},
    };
    (void)state;
    forget_environment();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct endpoint e;
        assert_fine(resolve(&a, rows[i].service, rows[i].region, NULL, 0, &e));
        assert_str(e.url, rows[i].url);
        assert_str(e.signing_region, rows[i].signed_for);
        assert_str(e.path, "/");
        assert_false(e.custom);
    }
}

/* As AWS's own endpoint rules for each service have it. */
static void fips_and_dual_stack_have_endpoints_of_their_own(void **state)
{
    static const struct {
        const struct aws_service *service;
        const char *region;
        bool fips, dualstack;
        const char *host;
    } rows[] = {
        {&service_sqs, "us-east-1", true, false, "sqs-fips.us-east-1.amazonaws.com"},
        {&service_sqs, "us-east-1", false, true, "sqs.us-east-1.api.aws"},
        {&service_sqs, "us-east-1", true, true, "sqs-fips.us-east-1.api.aws"},
        {&service_sqs, "us-gov-west-1", true, false, "sqs.us-gov-west-1.amazonaws.com"},
        {&service_sqs, "us-gov-west-1", true, true, "sqs-fips.us-gov-west-1.api.aws"},
        {&service_sqs, "cn-north-1", false, true, "sqs.cn-north-1.api.amazonwebservices.com.cn"},
        {&service_ec2, "us-west-2", true, false, "ec2-fips.us-west-2.amazonaws.com"},
        {&service_ec2, "eusc-de-east-1", false, true,
         "ec2.eusc-de-east-1.api.amazonwebservices.eu"},
        {&service_sts, "us-east-1", true, false, "sts-fips.us-east-1.amazonaws.com"},
        {&service_events, "ca-central-1", true, false, "events-fips.ca-central-1.amazonaws.com"},
        {&service_events, "us-iso-east-1", false, true, "events.us-iso-east-1.api.aws.ic.gov"},
        {&service_ssm, "us-east-2", true, false, "ssm-fips.us-east-2.amazonaws.com"},
        {&service_pricing, "us-east-1", true, false, "api.pricing-fips.us-east-1.amazonaws.com"},
        {&service_iam, "eu-west-1", true, false, "iam-fips.amazonaws.com"},
        {&service_iam, "eu-west-1", false, true, "iam.global.api.aws"},
        {&service_iam, "eu-west-1", true, true, "iam-fips.global.api.aws"},
        {&service_iam, "us-gov-east-1", true, false, "iam.us-gov.amazonaws.com"},
        {&service_iam, "us-gov-east-1", true, true, "iam.us-gov.api.aws"},
        {&service_iam, "cn-north-1", false, true, "iam.global.api.amazonwebservices.com.cn"},
        {&service_iam, "us-iso-east-1", true, false, "iam-fips.us-iso-east-1.c2s.ic.gov"},
    };
    (void)state;
    forget_environment();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct endpoint e;
        struct endpoint_rules rules = {.fips = rows[i].fips, .dualstack = rows[i].dualstack};
        assert_fine(endpoint_resolve(&a, rows[i].service, str_of(rows[i].region), &rules, &e));
        assert_str(e.host, rows[i].host);
    }
}

static void a_given_endpoint_is_taken_as_it_is(void **state)
{
    ARENA_AUTO a = {0};
    struct endpoint e;
    struct aws_endpoint_override o = {STR("sqs"), STR("https://queues.example")};
    struct endpoint_rules rules = {
        .overrides = &o, .override_count = 1, .fips = true, .dualstack = true};
    (void)state;

    forget_environment();
    assert_fine(endpoint_resolve(&a, &service_sqs, STR("us-east-1"), &rules, &e));
    assert_str(e.host, "queues.example");
}

static const char with_services[] =
    "[profile dev]\nservices = local\nendpoint_url = http://profile:1\n"
    "use_fips_endpoint = true\n"
    "[profile shy]\nendpoint_url = http://profile:1\nignore_configured_endpoint_urls = true\n"
    "[profile odd]\nuse_dualstack_endpoint = perhaps\n"
    "[services local]\nsqs =\n  endpoint_url = http://section:2\neventbridge = \n"
    "  endpoint_url = http://section:3\n";

static void a_profile_names_endpoints_for_a_service_and_for_all(void **state)
{
    static const struct {
        const char *profile;
        const struct aws_service *service;
        const char *url;
    } rows[] = {
        {"dev", &service_sqs, "http://section:2/"},
        {"dev", &service_events, "http://section:3/"},
        {"dev", &service_ec2, "http://profile:1/"},
        {"shy", &service_ec2, "https://ec2.us-east-1.amazonaws.com/"},
        {"nobody", &service_ec2, "https://ec2.us-east-1.amazonaws.com/"},
    };
    (void)state;
    forget_environment();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct shared_config files = {0};
        struct endpoint_rules rules;
        struct endpoint e;
        struct aws_config config = {.profile = str_of(rows[i].profile)};
        assert_fine(shared_config_read(&a, str_of(with_services), true, &files));
        assert_fine(endpoint_rules_of(&a, &config, &files, &rules));
        assert_int_equal(rules.fips, strcmp(rows[i].profile, "dev") == 0);
        assert_fine(endpoint_resolve(&a, rows[i].service, STR("us-east-1"), &rules, &e));
        assert_str(e.url, rows[i].url);
    }
}

static void switches_come_from_the_configuration_the_environment_and_the_profile(void **state)
{
    ARENA_AUTO a = {0};
    struct shared_config files = {0};
    struct endpoint_rules rules;
    struct aws_config config = {.profile = STR("dev")};
    (void)state;

    forget_environment();
    assert_fine(shared_config_read(&a, str_of(with_services), true, &files));
    setenv("AWS_USE_FIPS_ENDPOINT", "false", 1);
    assert_fine(endpoint_rules_of(&a, &config, &files, &rules));
    assert_false(rules.fips);
    config.fips = AWS_ON;
    assert_fine(endpoint_rules_of(&a, &config, &files, &rules));
    assert_true(rules.fips);
    config.profile = STR("odd");
    struct error *e = endpoint_rules_of(&a, &config, &files, &rules);
    assert_non_null(e);
    assert_str(e->summary, "use_dualstack_endpoint of the profile odd is `perhaps`");
    setenv("AWS_USE_DUALSTACK_ENDPOINT", "1", 1);
    e = endpoint_rules_of(&a, &config, &files, &rules);
    assert_non_null(e);
    assert_str(e->summary, "AWS_USE_DUALSTACK_ENDPOINT is `1`");
    forget_environment();
}

static void configured_urls_can_be_ignored_but_not_the_configurations_own(void **state)
{
    ARENA_AUTO a = {0};
    struct shared_config files = {0};
    struct aws_endpoint_override o = {STR("sqs"), STR("http://own:1")};
    struct aws_config config = {.endpoints = &o, .endpoint_count = 1};
    struct endpoint_rules rules;
    struct endpoint e;
    (void)state;

    forget_environment();
    setenv("AWS_ENDPOINT_URL", "http://all:1", 1);
    setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
    assert_fine(shared_config_read(&a, STR(""), true, &files));
    assert_fine(endpoint_rules_of(&a, &config, &files, &rules));
    assert_fine(endpoint_resolve(&a, &service_ec2, STR("us-east-1"), &rules, &e));
    assert_str(e.host, "ec2.us-east-1.amazonaws.com");
    assert_fine(endpoint_resolve(&a, &service_sqs, STR("us-east-1"), &rules, &e));
    assert_str(e.url, "http://own:1/");
    forget_environment();
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
    assert_fine(resolve(&a, &service_sqs, "us-east-1", NULL, 0, &e));
    assert_str(e.url, "http://all:1/");
    setenv("AWS_ENDPOINT_URL_SQS", "http://one:2/path/", 1);
    assert_fine(resolve(&a, &service_sqs, "us-east-1", NULL, 0, &e));
    assert_str(e.url, "http://one:2/path/");
    assert_str(e.path, "/path/");
    assert_fine(resolve(&a, &service_sqs, "us-east-1", overrides, 2, &e));
    assert_str(e.url, "http://localhost:4566/");
    assert_str(e.host, "localhost:4566");
    assert_true(e.custom);
    assert_fine(resolve(&a, &service_ec2, "us-east-1", overrides, 2, &e));
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
    assert_fine(resolve(&a, &service_sqs, "us-east-1", &o, 1, &e));
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
        struct error *e = resolve(&a, &service_iam, "us-east-1", &o, 1, &out);
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
        {"eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"},
        {"us-isof-east-1", "aws-iso-f", "csp.hci.ic.gov"},
        {"mx-central-1", "aws", "amazonaws.com"},
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
        cmocka_unit_test(fips_and_dual_stack_have_endpoints_of_their_own),
        cmocka_unit_test(a_given_endpoint_is_taken_as_it_is),
        cmocka_unit_test(a_profile_names_endpoints_for_a_service_and_for_all),
        cmocka_unit_test(switches_come_from_the_configuration_the_environment_and_the_profile),
        cmocka_unit_test(configured_urls_can_be_ignored_but_not_the_configurations_own),
        cmocka_unit_test(settings_come_before_the_environment_and_a_service_before_all),
        cmocka_unit_test(a_default_port_is_not_part_of_the_signed_host),
        cmocka_unit_test(what_is_no_endpoint_is_refused_by_name),
        cmocka_unit_test(partitions_are_told_by_the_regions_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
