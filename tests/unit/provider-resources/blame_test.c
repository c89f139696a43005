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
    const struct resource_type *t = type_named(type);
    void *model = arena_alloc(a, t->model.bytes);
    e->code = str_of(code);
    e = find_blame(a, t, model, e);
    assert_int_equal(e->path.len, 0);
    struct str rest = e->detail, lead = STR("It is about ");
    if (!str_starts_with(rest, lead))
        return rest;
    rest = str_slice(rest, lead.len, rest.len);
    return str_cut(&rest, '.');
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
        {"aws_iam_role_policy", "NoSuchEntity", "The role with name r cannot be found.", "role"},
        {"aws_iam_role_policy", "MalformedPolicyDocument", "Syntax errors in policy.", "policy"},
        {"aws_iam_role_policy", "LimitExceeded",
         "Maximum policy size of 10240 bytes exceeded for role r", "policy"},
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
        {"aws_sqs_queue_redrive_policy", "InvalidParameterValue",
         "Value {} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not "
         "exist.",
         "redrive_policy"},
        {"aws_sqs_queue_redrive_allow_policy", "InvalidAttributeValue",
         "Invalid value for the parameter RedriveAllowPolicy.", "redrive_allow_policy"},
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

static struct str said_of_role(struct arena *a, struct error *e)
{
    const struct resource_type *t = type_named("aws_iam_role");
    void *model = arena_alloc(a, t->model.bytes);
    const char *path =
        "/a/path/that/goes/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/";
    e->detail = STR("HTTP status 409.");
    assert_null(attr_set_text(a, model_row(&t->model, STR("name")), model, STR("r")));
    assert_null(attr_set_text(a, model_row(&t->model, STR("path")), model, str_of(path)));
    return find_blame(a, t, model, e)->detail;
}

static void what_the_attribute_is_is_said_as_far_as_it_fits(void **state)
{
    ARENA_AUTO a = {0};
    struct error *taken = error_new(&a, ERROR_EXISTS, "Role with name r already exists.");
    struct error *path = error_new(&a, ERROR_INVALID, "Value at 'path' failed"), *known, *own;
    (void)state;
    taken->code = STR("EntityAlreadyExists");
    assert_true(str_eq(said_of_role(&a, taken),
                       STR("HTTP status 409. It is about name, which is \"r\". To manage what is "
                           "there: terraform import aws_iam_role.NAME 'r'.")));
    path->code = STR("ValidationError");
    assert_true(str_ends_with(said_of_role(&a, path), STR("...\".")));
    known = error_new(&a, ERROR_INVALID, "The policy r is wrong.");
    known->code = STR("MalformedPolicyDocument");
    known->path = STR("inline_policy");
    assert_true(
        str_eq(said_of_role(&a, known), STR("HTTP status 409. It is about inline_policy.")));
    own = error_new(&a, ERROR_TIMEOUT, "AWS does not show the 'path' yet");
    assert_true(str_eq(said_of_role(&a, own), STR("HTTP status 409.")));
    assert_null(find_blame(&a, type_named("aws_iam_role"), NULL, NULL));
}

static void other_types_keep_their_paths(void **state)
{
    ARENA_AUTO a = {0};
    struct error *e = error_at(error_new(&a, ERROR_INVALID, "no type"), STR("requirements"));
    (void)state;
    e = find_blame(&a, type_named("tenon_node_pool"), NULL, e);
    assert_true(str_eq(e->path, STR("requirements")));
    assert_int_equal(e->detail.len, 0);
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
        cmocka_unit_test(what_the_attribute_is_is_said_as_far_as_it_fits),
        cmocka_unit_test(other_types_keep_their_paths),
        cmocka_unit_test(every_attribute_that_can_be_blamed_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
