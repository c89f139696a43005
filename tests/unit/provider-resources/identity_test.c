#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/aws.h"
#include "provider/resource/identity.h"
#include "provider/resource/provider.h"
#include "provider/resources/registry.h"

#define ARN  "arn:aws:iam::123456789012:policy/p"
#define URL  "https://sqs.us-east-2.amazonaws.com/123456789012/q"
#define MOTO "http://localhost:5000/123456789012/q"
#define OIDC "arn:aws:iam::123456789012:oidc-provider/issuer.example.com/id"
#define SPOT                                                              \
    "arn:aws:iam::123456789012:role/aws-service-role/spot.amazonaws.com/" \
    "AWSServiceRoleForEC2Spot"

static const struct resource_type *type_named(const char *name)
{
    for (size_t i = 0; i < resource_type_count; i++)
        if (str_eq(str_of(resource_types[i]->name), str_of(name)))
            return resource_types[i];
    fail_msg("there is no %s", name);
    return NULL;
}

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static struct provider *provider_in_ireland(struct arena *a)
{
    const struct resource_type like = {.name = "provider", .model = provider_model};
    struct call c = {.arena = a};
    struct cty_value block;
    struct provider *p;
    assert_null(resource_upgrade(
        &c, &like, 0,
        STR("{\"access_key\":\"a\",\"secret_key\":\"s\",\"region\":\"eu-west-1\","
            "\"skip_credentials_validation\":true,\"skip_requesting_account_id\":true}"),
        &block));
    assert_null(provider_configure(&c, NULL, &block, &p));
    return p;
}

/* Names and versions of hashicorp/aws 6.69: state has them, and a difference is an error there. */
static void each_type_is_known_by_what_hashicorp_aws_knows_it_by(void **state)
{
    static const struct {
        const char *type, *members;
        int64_t version;
    } rows[] = {
        {"aws_iam_role", "name! account_id ", 0},
        {"aws_iam_policy", "arn! ", 0},
        {"aws_iam_role_policy_attachment", "role! policy_arn! account_id ", 0},
        {"aws_iam_role_policy", "role! name! account_id ", 0},
        {"aws_iam_instance_profile", "name! account_id ", 0},
        {"aws_sqs_queue", "url! ", 1},
        {"aws_iam_openid_connect_provider", "arn! ", 0},
        {"aws_eks_access_entry", "cluster_name! principal_arn! account_id region ", 0},
        {"aws_eks_pod_identity_association", "cluster_name! association_id! account_id region ", 0},
        {"aws_cloudwatch_event_permission", "statement_id! account_id region ", 0},
        {"aws_iam_service_linked_role", "arn! ", 0},
        {"aws_sqs_queue_policy", "queue_url! ", 1},
        {"aws_sqs_queue_redrive_policy", "queue_url! ", 1},
        {"aws_sqs_queue_redrive_allow_policy", "queue_url! ", 1},
        {"aws_cloudwatch_event_bus", "name! account_id region ", 0},
        {"aws_cloudwatch_event_rule", "name! account_id region ", 0},
        {"aws_cloudwatch_event_target", "event_bus_name! rule! target_id! account_id region ", 0},
    };
    ARENA_AUTO a = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct resource_type *t = type_named(rows[i].type);
        struct buf members = buf_in(&a);
        struct str name;
        bool required;
        for (size_t k = 0; identity_member(t, k, &name, &required); k++)
            buf_printf(&members, STR_FMT "%s ", STR_ARG(name), required ? "!" : "");
        assert_str(buf_str(&members), rows[i].members);
        assert_int_equal(t->identity.version, rows[i].version);
    }
    /* Those that hashicorp/aws 6.69 gives none. */
    assert_false(has_identity(type_named("aws_iam_policy_attachment")));
    assert_false(has_identity(type_named("aws_launch_template")));
    assert_false(has_identity(type_named("tenon_node_pool")));
}

/* A name behind the last is none, and nothing is written where it would be: arrays end there. */
static void behind_the_last_member_there_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < resource_type_count; i++) {
        struct str name = STR("untouched");
        bool required;
        if (has_identity(resource_types[i]))
            assert_false(identity_member(resource_types[i], 8, &name, &required));
        assert_str(name, "untouched");
    }
}

/* Every member is an attribute that is a text, or one of the two that the provider knows. */
static void members_are_attributes(void **state)
{
    (void)state;
    for (size_t i = 0; i < resource_type_count; i++) {
        const struct resource_type *t = resource_types[i];
        struct str name;
        bool required;
        for (size_t k = 0; has_identity(t) && identity_member(t, k, &name, &required); k++) {
            const struct attr *row = model_row(&t->model, name);
            bool ours = str_eq(name, STR("account_id")) || str_eq(name, STR("region"));
            if (!ours && (!row || row->kind != ATTR_STRING))
                fail_msg("%s: " STR_FMT, t->name, STR_ARG(name));
        }
    }
}

static struct error *import(struct arena *a, struct provider *p, const struct resource_type *t,
                            const char *json, struct cty_value *identity, struct cty_value *state)
{
    struct call c = {.arena = a, .provider = p, .aws = provider_aws(p)};
    assert_null(identity_upgrade(&c, t, str_of(json), identity));
    return identity_import(&c, t, identity, state);
}

static void an_identity_imports_as_the_id_does_that_says_the_same(void **state)
{
    static const struct {
        const char *type, *identity, *id;
    } rows[] = {
        {"aws_iam_role", "{\"name\":\"r\"}", "r"},
        {"aws_iam_policy", "{\"arn\":\"" ARN "\"}", ARN},
        {"aws_iam_role_policy_attachment", "{\"role\":\"r\",\"policy_arn\":\"" ARN "\"}", "r/" ARN},
        {"aws_iam_role_policy", "{\"role\":\"r\",\"name\":\"p\"}", "r:p"},
        {"aws_iam_instance_profile", "{\"name\":\"i\"}", "i"},
        {"aws_sqs_queue", "{\"url\":\"" URL "\"}", URL},
        {"aws_sqs_queue", "{\"url\":\"" MOTO "\"}", MOTO},
        {"aws_sqs_queue_policy", "{\"queue_url\":\"" URL "\"}", URL},
        {"aws_sqs_queue_redrive_policy", "{\"queue_url\":\"" URL "\"}", URL},
        {"aws_sqs_queue_redrive_allow_policy", "{\"queue_url\":\"" URL "\"}", URL},
        {"aws_iam_openid_connect_provider", "{\"arn\":\"" OIDC "\"}", OIDC},
        {"aws_iam_service_linked_role", "{\"arn\":\"" SPOT "\"}", SPOT},
        {"aws_cloudwatch_event_bus", "{\"name\":\"b\"}", "b"},
        {"aws_cloudwatch_event_bus", "{\"name\":\"b\",\"region\":\"us-east-2\"}", "b@us-east-2"},
        {"aws_cloudwatch_event_permission", "{\"statement_id\":\"s\"}", "s"},
        {"aws_cloudwatch_event_permission", "{\"statement_id\":\"s\",\"region\":\"us-east-2\"}",
         "s@us-east-2"},
        {"aws_eks_access_entry", "{\"cluster_name\":\"c\",\"principal_arn\":\"" SPOT "\"}",
         "c:" SPOT},
        {"aws_eks_pod_identity_association", "{\"cluster_name\":\"c\",\"association_id\":\"a-1\"}",
         "c,a-1"},
        {"aws_cloudwatch_event_rule", "{\"name\":\"e\"}", "e"},
        {"aws_cloudwatch_event_rule", "{\"name\":\"e\",\"region\":\"us-east-2\"}", "e@us-east-2"},
        {"aws_cloudwatch_event_target",
         "{\"event_bus_name\":\"default\",\"rule\":\"e\",\"target_id\":\"t\"}", "default/e/t"},
        {"aws_cloudwatch_event_target",
         "{\"event_bus_name\":\"b\",\"rule\":\"e\",\"target_id\":\"t\",\"region\":\"us-east-2\"}",
         "b/e/t@us-east-2"},
    };
    ARENA_AUTO a = {0};
    struct provider *p = provider_in_ireland(&a);
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct resource_type *t = type_named(rows[i].type);
        struct call c = {.arena = &a, .provider = p, .aws = provider_aws(p)};
        struct cty_value identity, by_identity, by_id;
        assert_null(import(&a, p, t, rows[i].identity, &identity, &by_identity));
        assert_null(resource_import(&c, t, str_of(rows[i].id), &by_id));
        if (!cty_eq(&by_identity, &by_id))
            fail_msg("%s by %s", rows[i].type, rows[i].identity);
    }
    provider_release(p);
}

static void what_an_import_leaves_out_is_filled_in_and_then_stays(void **state)
{
    ARENA_AUTO a = {0};
    struct provider *p = provider_in_ireland(&a);
    struct call c = {.arena = &a, .provider = p, .aws = provider_aws(p)};
    const struct resource_type *t = type_named("aws_cloudwatch_event_rule");
    struct cty_value identity, imported, again, none = cty_null();
    (void)state;
    assert_null(import(&a, p, t, "{\"name\":\"e\"}", &identity, &imported));
    assert_str(cty_get(&identity, STR("region"))->string, "eu-west-1");
    assert_str(cty_get(&identity, STR("account_id"))->string, ""); /* not to be asked for */
    again = identity_of(&c, t, &imported, &none);
    assert_true(cty_eq(&identity, &again));
    c.region = STR("us-east-2"); /* what is stored is never taken back */
    again = identity_of(&c, t, &imported, &identity);
    assert_true(cty_eq(&identity, &again));
    provider_release(p);
}

static void what_state_does_not_tell_has_no_identity(void **state)
{
    ARENA_AUTO a = {0};
    struct provider *p = provider_in_ireland(&a);
    struct call c = {.arena = &a, .provider = p, .aws = provider_aws(p)};
    const struct resource_type *t = type_named("aws_sqs_queue");
    struct cty_value none = cty_null(), imported;
    (void)state;
    assert_int_equal(identity_of(&c, t, &none, &none).kind, CTY_NULL);
    assert_null(resource_import(&c, t, STR(URL), &imported)); /* `url` comes with the read */
    assert_int_equal(identity_of(&c, t, &imported, &none).kind, CTY_NULL);
    provider_release(p);
}

static void an_import_without_a_required_member_says_which(void **state)
{
    ARENA_AUTO a = {0};
    struct provider *p = provider_in_ireland(&a);
    struct cty_value identity, imported;
    (void)state;
    struct error *e = import(&a, p, type_named("aws_cloudwatch_event_target"),
                             "{\"event_bus_name\":\"b\",\"rule\":\"e\"}", &identity, &imported);
    assert_non_null(e);
    assert_true(str_find_str(e->summary, STR("target_id")) < e->summary.len);
    provider_release(p);
}

/* Version 0 of a queue's held account and region beside the URL. */
static void members_of_an_older_version_are_dropped(void **state)
{
    ARENA_AUTO a = {0};
    struct call c = {.arena = &a};
    struct cty_value identity;
    (void)state;
    assert_null(identity_upgrade(&c, type_named("aws_sqs_queue"),
                                 STR("{\"account_id\":\"123456789012\",\"region\":\"us-east-2\","
                                     "\"url\":\"" URL "\"}"),
                                 &identity));
    assert_int_equal(identity.count, 1);
    assert_str(cty_get(&identity, STR("url"))->string, URL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_is_known_by_what_hashicorp_aws_knows_it_by),
        cmocka_unit_test(behind_the_last_member_there_is_none),
        cmocka_unit_test(members_are_attributes),
        cmocka_unit_test(an_identity_imports_as_the_id_does_that_says_the_same),
        cmocka_unit_test(what_an_import_leaves_out_is_filled_in_and_then_stays),
        cmocka_unit_test(what_state_does_not_tell_has_no_identity),
        cmocka_unit_test(an_import_without_a_required_member_says_which),
        cmocka_unit_test(members_of_an_older_version_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
