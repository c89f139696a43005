#include "provider/datasources/registry.h"

extern const struct resource_type data_aws_arn, data_aws_availability_zones,
    data_aws_caller_identity, data_aws_cloudwatch_event_bus, data_aws_default_tags,
    data_aws_ec2_instance_type_offerings, data_aws_ec2_instance_types, data_aws_eks_cluster,
    data_aws_eks_cluster_auth, data_aws_iam_openid_connect_provider, data_aws_iam_policy,
    data_aws_iam_policy_document, data_aws_iam_role, data_aws_iam_session_context,
    data_aws_instances, data_aws_partition, data_aws_region, data_aws_regions,
    data_aws_security_group, data_aws_security_groups, data_aws_service_principal,
    data_aws_sqs_queue, data_aws_sqs_queues, data_aws_ssm_parameter, data_aws_subnet,
    data_aws_subnets, data_aws_vpc;

/* clang-format off */
const struct resource_type *const data_sources[] = {
    &data_aws_arn,
    &data_aws_availability_zones,
    &data_aws_caller_identity,
    &data_aws_cloudwatch_event_bus,
    &data_aws_default_tags,
    &data_aws_ec2_instance_type_offerings,
    &data_aws_ec2_instance_types,
    &data_aws_eks_cluster,
    &data_aws_eks_cluster_auth,
    &data_aws_iam_openid_connect_provider,
    &data_aws_iam_policy,
    &data_aws_iam_policy_document,
    &data_aws_iam_role,
    &data_aws_iam_session_context,
    &data_aws_instances,
    &data_aws_partition,
    &data_aws_region,
    &data_aws_regions,
    &data_aws_security_group,
    &data_aws_security_groups,
    &data_aws_service_principal,
    &data_aws_sqs_queue,
    &data_aws_sqs_queues,
    &data_aws_ssm_parameter,
    &data_aws_subnet,
    &data_aws_subnets,
    &data_aws_vpc,
};
/* clang-format on */
const size_t data_source_count = sizeof(data_sources) / sizeof(*data_sources);
