#include "provider/datasources/registry.h"

extern const struct resource_type data_aws_caller_identity, data_aws_iam_policy_document,
    data_aws_partition, data_aws_region;

/* clang-format off */
const struct resource_type *const data_sources[] = {
    &data_aws_caller_identity,
    &data_aws_iam_policy_document,
    &data_aws_partition,
    &data_aws_region,
};
/* clang-format on */
const size_t data_source_count = sizeof(data_sources) / sizeof(*data_sources);
