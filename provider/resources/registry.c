#include "provider/resources/registry.h"

extern const struct resource_type aws_cloudwatch_event_bus, aws_cloudwatch_event_permission,
    aws_cloudwatch_event_rule, aws_cloudwatch_event_target, aws_ec2_tag, aws_eks_access_entry,
    aws_eks_access_policy_association, aws_eks_pod_identity_association, aws_iam_instance_profile,
    aws_iam_openid_connect_provider, aws_iam_policy, aws_iam_policy_attachment, aws_iam_role,
    aws_iam_role_policies_exclusive, aws_iam_role_policy, aws_iam_role_policy_attachment,
    aws_iam_role_policy_attachments_exclusive, aws_iam_service_linked_role, aws_launch_template,
    aws_sqs_queue, aws_sqs_queue_policy, aws_sqs_queue_redrive_allow_policy,
    aws_sqs_queue_redrive_policy, tenon_node_class, tenon_node_pool;

/* clang-format off */
const struct resource_type *const resource_types[] = {
    &aws_cloudwatch_event_bus,
    &aws_cloudwatch_event_permission,
    &aws_cloudwatch_event_rule,
    &aws_cloudwatch_event_target,
    &aws_ec2_tag,
    &aws_eks_access_entry,
    &aws_eks_access_policy_association,
    &aws_eks_pod_identity_association,
    &aws_iam_instance_profile,
    &aws_iam_openid_connect_provider,
    &aws_iam_policy,
    &aws_iam_policy_attachment,
    &aws_iam_role,
    &aws_iam_role_policies_exclusive,
    &aws_iam_role_policy,
    &aws_iam_role_policy_attachment,
    &aws_iam_role_policy_attachments_exclusive,
    &aws_iam_service_linked_role,
    &aws_launch_template,
    &aws_sqs_queue,
    &aws_sqs_queue_policy,
    &aws_sqs_queue_redrive_allow_policy,
    &aws_sqs_queue_redrive_policy,
    &tenon_node_class,
    &tenon_node_pool,
};
/* clang-format on */
const size_t resource_type_count = sizeof(resource_types) / sizeof(*resource_types);
