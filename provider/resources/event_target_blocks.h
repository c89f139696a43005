#ifndef PROVIDER_RESOURCES_EVENT_TARGET_BLOCKS_H
#define PROVIDER_RESOURCES_EVENT_TARGET_BLOCKS_H

#include "provider/resource/schema.h"

/* The blocks of aws_cloudwatch_event_target: what EventBridge is told about each kind of target.
 * Their rows carry EventBridge's own names. */

struct retry_policy {
    struct tf_int maximum_event_age_in_seconds, maximum_retry_attempts;
};
struct ecs_network {
    struct tf_bool assign_public_ip; /* on the wire "ENABLED" or "DISABLED" */
    struct tf_strings security_groups, subnets;
};
struct ecs_target {
    struct tf_string group, launch_type, platform_version, propagate_tags, task_definition_arn;
    struct tf_bool enable_ecs_managed_tags, enable_execute_command;
    struct tf_int task_count;
    struct tf_map tags; /* on the wire a list of keys and values */
    struct tf_blocks capacity_provider_strategy, network_configuration;
    struct tf_blocks ordered_placement_strategy, placement_constraint;
};

extern const struct model appsync_target_model, batch_target_model, dead_letter_config_model,
    ecs_target_model, http_target_model, input_transformer_model, kinesis_target_model,
    redshift_target_model, retry_policy_model, run_command_target_model,
    sagemaker_pipeline_target_model, sqs_target_model;

struct input_transformer {
    struct tf_map input_paths;
    struct tf_string input_template;
};

#endif
