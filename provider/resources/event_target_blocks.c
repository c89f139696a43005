#include "provider/resources/event_target_blocks.h"

#include "provider/grammar/event_target.h"

struct appsync_target {
    struct tf_string graphql_operation;
};
struct batch_target {
    struct tf_string job_definition, job_name;
    struct tf_int array_size, job_attempts;
};
struct dead_letter_config {
    struct tf_string arn;
};
struct capacity_provider {
    struct tf_string capacity_provider;
    struct tf_int base, weight;
};
struct placement_strategy {
    struct tf_string field, type;
};
struct placement_constraint {
    struct tf_string expression, type;
};
struct http_target {
    struct tf_map header_parameters, query_string_parameters;
    struct tf_strings path_parameter_values;
};
struct kinesis_target {
    struct tf_string partition_key_path;
};
struct redshift_target {
    struct tf_string database, db_user, secrets_manager_arn, sql, statement_name;
    struct tf_bool with_event;
};
struct run_command_target {
    struct tf_string key;
    struct tf_strings values;
};
struct pipeline_parameter {
    struct tf_string name, value;
};
struct sagemaker_pipeline_target {
    struct tf_blocks pipeline_parameter_list;
};
struct sqs_target {
    struct tf_string message_group_id;
};

static struct error *check_command_value(struct arena *a, struct str value)
{
    enum { MOST_CHARS = 256 };

    if (value.len >= 1 && value.len <= MOST_CHARS)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "a value of %zu characters", value.len);
    e->detail = arena_printf(a, "It must have 1 to %d.", MOST_CHARS);
    return e;
}

/* clang-format off */
static const struct attr appsync_target_attrs[] = {
    ATTR(appsync_target, graphql_operation, OPTIONAL | EMPTY_OK, .min = 1, .max = 1048576, .api = "GraphQLOperation", .describe = "GraphQL operation to run."),
};
const struct model appsync_target_model = MODEL(appsync_target, appsync_target_attrs);

static const struct attr batch_target_attrs[] = {
    ATTR(batch_target, array_size,     OPTIONAL | EMPTY_OK | FOLLOWS, .min = 2, .max = 10000, .api = "ArrayProperties/Size", .describe = "How many children an array job has. 0 is no array job."),
    ATTR(batch_target, job_attempts,   OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .max = 10, .api = "RetryStrategy/Attempts", .describe = "How often the job is tried. 0 leaves it to the job definition."),
    ATTR(batch_target, job_definition, REQUIRED, .api = "JobDefinition", .describe = "Name or ARN of the job definition."),
    ATTR(batch_target, job_name,       REQUIRED, .api = "JobName", .describe = "Name of the job."),
};
const struct model batch_target_model = MODEL(batch_target, batch_target_attrs);

static const struct attr dead_letter_config_attrs[] = {
    ATTR(dead_letter_config, arn, OPTIONAL | EMPTY_OK, .check = check_dead_letter_arn, .api = "Arn", .describe = "The SQS queue for events that could not be delivered."),
};
const struct model dead_letter_config_model = MODEL(dead_letter_config, dead_letter_config_attrs);

static const struct attr capacity_provider_attrs[] = {
    ATTR(capacity_provider, base,              OPTIONAL | EMPTY_OK, .max = 100000, .api = "base", .describe = "How many tasks run on it at the least."),
    ATTR(capacity_provider, capacity_provider, REQUIRED, .min = 1, .max = 255, .api = "capacityProvider", .describe = "Name of the capacity provider."),
    ATTR(capacity_provider, weight,            OPTIONAL | EMPTY_OK, .max = 1000, .api = "weight", .describe = "Its share of the tasks beyond the base."),
};
static const struct model capacity_provider_model = MODEL(capacity_provider, capacity_provider_attrs);

static const struct attr ecs_network_attrs[] = {
    ATTR(ecs_network, assign_public_ip, OPTIONAL, .dflt = "false", .describe = "Whether tasks get public addresses. Fargate only."),
    ATTR(ecs_network, security_groups,  OPTIONAL | EMPTY_OK | SET, .api = "awsvpcConfiguration/SecurityGroups", .describe = "Ids of the security groups."),
    ATTR(ecs_network, subnets,          REQUIRED | SET, .api = "awsvpcConfiguration/Subnets", .describe = "Ids of the subnets."),
};
static const struct model ecs_network_model = MODEL(ecs_network, ecs_network_attrs);

static const struct attr placement_strategy_attrs[] = {
    ATTR(placement_strategy, field, OPTIONAL | EMPTY_OK, .max = 255, .api = "field", .describe = "What the strategy goes by, such as `memory` or `attribute:ecs.availability-zone`."),
    ATTR(placement_strategy, type,  REQUIRED, .one_of = VALUES("random", "spread", "binpack"), .api = "type", .describe = "Kind of the strategy."),
};
static const struct model placement_strategy_model = MODEL(placement_strategy, placement_strategy_attrs);

static const struct attr placement_constraint_attrs[] = {
    ATTR(placement_constraint, expression, OPTIONAL | EMPTY_OK, .max = 2000, .api = "expression", .describe = "Cluster query that instances must satisfy, where the type is `memberOf`."),
    ATTR(placement_constraint, type,       REQUIRED, .one_of = VALUES("distinctInstance", "memberOf"), .api = "type", .describe = "Kind of the constraint."),
};
static const struct model placement_constraint_model = MODEL(placement_constraint, placement_constraint_attrs);

static const struct attr ecs_target_attrs[] = {
    ATTR(ecs_target, enable_ecs_managed_tags, OPTIONAL, .dflt = "false", .api = "EnableECSManagedTags", .describe = "Whether ECS adds its own tags to the tasks."),
    ATTR(ecs_target, enable_execute_command,  OPTIONAL, .dflt = "false", .api = "EnableExecuteCommand", .describe = "Whether commands may be run in the tasks."),
    ATTR(ecs_target, group,                   OPTIONAL | EMPTY_OK, .min = 1, .max = 255, .api = "Group", .describe = "Task group of the tasks."),
    ATTR(ecs_target, launch_type,             OPTIONAL | EMPTY_OK, .one_of = VALUES("EC2", "FARGATE", "EXTERNAL"), .api = "LaunchType", .describe = "Where the tasks run."),
    ATTR(ecs_target, platform_version,        OPTIONAL | EMPTY_OK, .max = 1600, .api = "PlatformVersion", .describe = "Platform version, such as `1.4.0`. Fargate only."),
    ATTR(ecs_target, propagate_tags,          OPTIONAL | EMPTY_OK, .one_of = VALUES("TASK_DEFINITION"), .api = "PropagateTags", .describe = "Whose tags the tasks take over."),
    ATTR(ecs_target, tags,                    OPTIONAL | EMPTY_OK, .describe = "Tags of the tasks."),
    ATTR(ecs_target, task_count,              OPTIONAL, .dflt = "1", .min = 1, .api = "TaskCount", .describe = "How many tasks are run."),
    ATTR(ecs_target, task_definition_arn,     REQUIRED, .check = check_arn, .api = "TaskDefinitionArn", .describe = "The task definition."),
    ATTR(ecs_target, capacity_provider_strategy, OPTIONAL, .nesting = BLOCK_SET, .nested = &capacity_provider_model, .api = "CapacityProviderStrategy", .describe = "Capacity providers and their shares, in place of `launch_type`."),
    ATTR(ecs_target, network_configuration,      OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &ecs_network_model, .api = "NetworkConfiguration", .describe = "Network of the tasks, where they run in the awsvpc mode."),
    ATTR(ecs_target, ordered_placement_strategy, OPTIONAL, .max = 5, .nesting = BLOCK_LIST, .nested = &placement_strategy_model, .api = "PlacementStrategy", .describe = "How tasks are placed, in order of precedence."),
    ATTR(ecs_target, placement_constraint,       OPTIONAL, .max = 10, .nesting = BLOCK_SET, .nested = &placement_constraint_model, .api = "PlacementConstraints", .describe = "Where tasks may be placed."),
};
const struct model ecs_target_model = MODEL(ecs_target, ecs_target_attrs);

static const struct attr http_target_attrs[] = {
    ATTR(http_target, header_parameters,       OPTIONAL | EMPTY_OK, .api = "HeaderParameters", .describe = "Headers to send."),
    ATTR(http_target, path_parameter_values,   OPTIONAL | EMPTY_OK, .api = "PathParameterValues", .describe = "Values for the wildcards of the path, in order."),
    ATTR(http_target, query_string_parameters, OPTIONAL | EMPTY_OK, .api = "QueryStringParameters", .describe = "Query parameters to send."),
};
const struct model http_target_model = MODEL(http_target, http_target_attrs);

static const struct attr input_transformer_attrs[] = {
    ATTR(input_transformer, input_paths,    OPTIONAL | EMPTY_OK, .max = 100, .check_map = check_input_paths, .api = "InputPathsMap", .describe = "JSON paths into the event, by the names that the template uses."),
    ATTR(input_transformer, input_template, REQUIRED, .min = 1, .max = 8192, .api = "InputTemplate", .describe = "What the target is given. `<name>` stands for the value at the path of that name."),
};
const struct model input_transformer_model = MODEL(input_transformer, input_transformer_attrs);

static const struct attr kinesis_target_attrs[] = {
    ATTR(kinesis_target, partition_key_path, OPTIONAL | EMPTY_OK, .min = 1, .max = 256, .api = "PartitionKeyPath", .describe = "JSON path of the partition key in the event."),
};
const struct model kinesis_target_model = MODEL(kinesis_target, kinesis_target_attrs);

static const struct attr redshift_target_attrs[] = {
    ATTR(redshift_target, database,            REQUIRED, .min = 1, .max = 64, .api = "Database", .describe = "Name of the database."),
    ATTR(redshift_target, db_user,             OPTIONAL | EMPTY_OK, .min = 1, .max = 128, .api = "DbUser", .describe = "Database user, where credentials are temporary."),
    ATTR(redshift_target, secrets_manager_arn, OPTIONAL | EMPTY_OK, .check = check_arn, .api = "SecretManagerArn", .describe = "The secret with the credentials."),
    ATTR(redshift_target, sql,                 OPTIONAL | EMPTY_OK, .min = 1, .max = 100000, .api = "Sql", .describe = "Statement to run."),
    ATTR(redshift_target, statement_name,      OPTIONAL | EMPTY_OK, .min = 1, .max = 500, .api = "StatementName", .describe = "Name of the statement."),
    ATTR(redshift_target, with_event,          OPTIONAL | EMPTY_OK | FOLLOWS, .api = "WithEvent", .describe = "Whether an event tells when the statement has run."),
};
const struct model redshift_target_model = MODEL(redshift_target, redshift_target_attrs);

/* EventBridge takes ages from 60 s on; hashicorp/aws leaves that to it. */
static const struct attr retry_policy_attrs[] = {
    ATTR(retry_policy, maximum_event_age_in_seconds, OPTIONAL | EMPTY_OK | FOLLOWS, .max = 86400, .api = "MaximumEventAgeInSeconds", .describe = "Age in seconds up to which an event is tried again. 0 leaves it to EventBridge (a day)."),
    ATTR(retry_policy, maximum_retry_attempts,       OPTIONAL | EMPTY_OK | FOLLOWS, .max = 185, .api = "MaximumRetryAttempts", .describe = "How often it is tried again."),
};
const struct model retry_policy_model = MODEL(retry_policy, retry_policy_attrs);

static const struct attr run_command_target_attrs[] = {
    ATTR(run_command_target, key,    REQUIRED, .min = 1, .max = 128, .api = "Key", .describe = "`InstanceIds`, or `tag:` and the key of a tag."),
    ATTR(run_command_target, values, REQUIRED, .check = check_command_value, .api = "Values", .describe = "Ids of the instances, or values of that tag."),
};
const struct model run_command_target_model = MODEL(run_command_target, run_command_target_attrs);

static const struct attr pipeline_parameter_attrs[] = {
    ATTR(pipeline_parameter, name,  REQUIRED, .min = 1, .max = 256, .pattern = "[A-Za-z0-9](-*[A-Za-z0-9])*",
         .pattern_says = "letters and digits, with dashes between them", .api = "Name", .describe = "Name of the parameter."),
    ATTR(pipeline_parameter, value, REQUIRED, .min = 0, .max = 1024, .api = "Value", .describe = "Value of the parameter."),
};
static const struct model pipeline_parameter_model = MODEL(pipeline_parameter, pipeline_parameter_attrs);

static const struct attr sagemaker_pipeline_target_attrs[] = {
    ATTR(sagemaker_pipeline_target, pipeline_parameter_list, OPTIONAL, .max = 200, .nesting = BLOCK_SET, .nested = &pipeline_parameter_model,
         .api = "PipelineParameterList", .describe = "Parameters of the pipeline."),
};
const struct model sagemaker_pipeline_target_model = MODEL(sagemaker_pipeline_target, sagemaker_pipeline_target_attrs);

static const struct attr sqs_target_attrs[] = {
    ATTR(sqs_target, message_group_id, OPTIONAL | EMPTY_OK, .api = "MessageGroupId", .describe = "Message group of the messages."),
};
const struct model sqs_target_model = MODEL(sqs_target, sqs_target_attrs);
/* clang-format on */
