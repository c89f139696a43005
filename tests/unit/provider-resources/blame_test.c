#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/resource/resource.h"
#include "provider/resources/registry.h"

static const struct resource_type *type_named(const char *name)
{
    for (size_t i = 0; i < resource_type_count; i++)
        if (strcmp(resource_types[i]->name, name) == 0)
            return resource_types[i];
    fail_msg("no type %s", name);
    return NULL;
}

static struct str blamed(struct arena *a, const char *type, const char *code, const char *text)
{
    struct error *e = error_new(a, ERROR_INVALID, "calling IAM DoIt: %s", text);
    e->code = str_of(code);
    return find_blame(type_named(type), e)->path;
}

static void what_aws_says_leads_to_the_attribute_that_is_to_blame(void **state)
{
    static const struct {
        const char *type, *code, *text, *attribute;
    } rows[] = {
        {"aws_iam_role", "EntityAlreadyExists", "Role with name r already exists.", "name"},
        {"aws_iam_role", "MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"x\"",
         "assume_role_policy"},
        {"aws_iam_role", "NoSuchEntity", "Scope ARN: x does not exist or is not attachable.",
         "permissions_boundary"},
        {"aws_iam_role", "AccessDenied", "User u is not authorized to perform: iam:TagRole on r",
         "tags"},
        {"aws_iam_role", "AccessDenied", "User u is not authorized to perform: iam:CreateRole", ""},
        {"aws_iam_role", "ValidationError",
         "1 validation error detected: Value at 'roleName' failed to satisfy constraint", "name"},
        {"aws_iam_policy", "EntityAlreadyExists", "A policy called p already exists.", "name"},
        {"aws_iam_policy", "MalformedPolicyDocument", "Syntax errors in policy.", "policy"},
        {"aws_iam_policy", "LimitExceeded", "Cannot exceed quota for PolicySize: 6144", "policy"},
        {"aws_iam_role_policy_attachment", "NoSuchEntity",
         "The role with name my-policy cannot be found.", "role"},
        {"aws_iam_role_policy_attachment", "NoSuchEntity",
         "Policy arn:aws:iam::aws:policy/X does not exist or is not attachable.", "policy_arn"},
        {"aws_iam_role_policy_attachment", "LimitExceeded",
         "Cannot exceed quota for PoliciesPerRole: 10", "role"},
        {"aws_iam_instance_profile", "EntityAlreadyExists", "Instance Profile p already exists.",
         "name"},
        {"aws_sqs_queue", "QueueNameExists",
         "A queue already exists with the same name and a different value for attribute "
         "VisibilityTimeout",
         "name"},
        {"aws_sqs_queue", "InvalidAttributeValue",
         "Invalid value for the parameter MessageRetentionPeriod.", "message_retention_seconds"},
        {"aws_sqs_queue", "InvalidAttributeName", "Unknown Attribute FifoThroughputLimit.",
         "fifo_throughput_limit"},
        {"aws_sqs_queue", "InvalidAttributeName", "Unknown Attribute DelaySecondsOfOld.", ""},
        {"aws_sqs_queue", "InvalidParameterValue",
         "Value {} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not "
         "exist.",
         "redrive_policy"},
        {"aws_sqs_queue", "KMS.NotFoundException", "no key", "kms_master_key_id"},
        {"aws_sqs_queue_policy", "QueueDoesNotExist", "The specified queue does not exist.",
         "queue_url"},
        {"aws_sqs_queue_policy", "InvalidAttributeValue", "Invalid value for the parameter Policy.",
         "policy"},
        {"aws_cloudwatch_event_rule", "InvalidEventPatternException",
         "Event pattern is not valid. Reason: x", "event_pattern"},
        {"aws_cloudwatch_event_rule", "ValidationException",
         "Parameter ScheduleExpression is not valid.", "schedule_expression"},
        {"aws_cloudwatch_event_rule", "ResourceNotFoundException", "Event bus b does not exist.",
         "event_bus_name"},
        {"aws_cloudwatch_event_rule", "AccessDeniedException",
         "not authorized to perform: iam:PassRole on resource: r", "role_arn"},
        {"aws_cloudwatch_event_target", "ResourceNotFoundException",
         "Rule r does not exist on EventBus default.", "rule"},
        {"aws_cloudwatch_event_target", "ValidationException",
         "Provided role 'r' cannot be assumed by principal 'events.amazonaws.com'.", "role_arn"},
        {"aws_cloudwatch_event_target", "ValidationException",
         "Parameter(s) EcsParameters must be specified for target: t.", "ecs_target"},
        {"aws_cloudwatch_event_target", "ValidationException",
         "Provided Arn is not in correct format.", "arn"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct str got = blamed(&a, rows[i].type, rows[i].code, rows[i].text);
        if (!str_eq(got, str_of(rows[i].attribute)))
            fail_msg("%s `%s`: `" STR_FMT "`, not `%s`", rows[i].type, rows[i].text, STR_ARG(got),
                     rows[i].attribute);
    }
}

static void an_attribute_that_is_known_already_and_errors_of_ours_are_left_alone(void **state)
{
    ARENA_AUTO a = {0};
    const struct resource_type *t = type_named("aws_iam_role");
    struct error *known = error_new(&a, ERROR_INVALID, "taken"), *own;
    (void)state;

    known->code = STR("EntityAlreadyExists");
    known->path = STR("inline_policy");
    own = error_new(&a, ERROR_INVALID, "about the 'path'");
    struct error *e = find_blame(t, error_join(known, own));
    assert_true(str_eq(e->path, STR("inline_policy")));
    assert_int_equal(e->next->path.len, 0);
    assert_null(find_blame(t, NULL));
}

static void every_attribute_that_can_be_blamed_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < resource_type_count; i++)
        for (const struct blame *row = resource_types[i]->blame; row && row->attribute; row++)
            if (!model_row(&resource_types[i]->model, str_of(row->attribute)))
                fail_msg("%s has no %s", resource_types[i]->name, row->attribute);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_aws_says_leads_to_the_attribute_that_is_to_blame),
        cmocka_unit_test(an_attribute_that_is_known_already_and_errors_of_ours_are_left_alone),
        cmocka_unit_test(every_attribute_that_can_be_blamed_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
