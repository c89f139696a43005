#include "engine/aws/service.h"

/* The first row is also that of regions nobody has heard of yet.
 * https://docs.aws.amazon.com/general/latest/gr/rande.html */
static const struct aws_partition partitions[] = {
    {
        .name = STR_INIT("aws"),
        .region_prefixes = {STR_INIT("us-"), STR_INIT("eu-"), STR_INIT("ap-"), STR_INIT("sa-"),
                            STR_INIT("ca-"), STR_INIT("me-"), STR_INIT("af-"), STR_INIT("il-"),
                            STR_INIT("mx-")},
        .dns_suffix = STR_INIT("amazonaws.com"),
        .dual_stack_suffix = STR_INIT("api.aws"),
        .global_region = STR_INIT("us-east-1"),
        .global_dual_stack_place = STR_INIT("global."),
    },
    {
        .name = STR_INIT("aws-cn"),
        .region_prefixes = {STR_INIT("cn-")},
        .dns_suffix = STR_INIT("amazonaws.com.cn"),
        .dual_stack_suffix = STR_INIT("api.amazonwebservices.com.cn"),
        .global_region = STR_INIT("cn-north-1"),
        .global_place = STR_INIT("cn-north-1."),
        .global_dual_stack_place = STR_INIT("global."),
    },
    {
        .name = STR_INIT("aws-us-gov"),
        .region_prefixes = {STR_INIT("us-gov-")},
        .dns_suffix = STR_INIT("amazonaws.com"),
        .dual_stack_suffix = STR_INIT("api.aws"),
        .global_region = STR_INIT("us-gov-west-1"),
        .global_place = STR_INIT("us-gov."),
        .global_dual_stack_place = STR_INIT("us-gov."),
        .all_fips = true,
    },
    {
        .name = STR_INIT("aws-iso"),
        .region_prefixes = {STR_INIT("us-iso-")},
        .dns_suffix = STR_INIT("c2s.ic.gov"),
        .dual_stack_suffix = STR_INIT("api.aws.ic.gov"),
        .global_region = STR_INIT("us-iso-east-1"),
        .global_place = STR_INIT("us-iso-east-1."),
    },
    {
        .name = STR_INIT("aws-iso-b"),
        .region_prefixes = {STR_INIT("us-isob-")},
        .dns_suffix = STR_INIT("sc2s.sgov.gov"),
        .dual_stack_suffix = STR_INIT("api.aws.scloud"),
        .global_region = STR_INIT("us-isob-east-1"),
        .global_place = STR_INIT("us-isob-east-1."),
    },
    {
        .name = STR_INIT("aws-iso-e"),
        .region_prefixes = {STR_INIT("eu-isoe-")},
        .dns_suffix = STR_INIT("cloud.adc-e.uk"),
        .dual_stack_suffix = STR_INIT("api.cloud-aws.adc-e.uk"),
        .global_region = STR_INIT("eu-isoe-west-1"),
        .global_place = STR_INIT("eu-isoe-west-1."),
    },
    {
        .name = STR_INIT("aws-iso-f"),
        .region_prefixes = {STR_INIT("us-isof-")},
        .dns_suffix = STR_INIT("csp.hci.ic.gov"),
        .dual_stack_suffix = STR_INIT("api.aws.hci.ic.gov"),
        .global_region = STR_INIT("us-isof-south-1"),
        .global_place = STR_INIT("us-isof-south-1."),
    },
    {
        .name = STR_INIT("aws-eusc"),
        .region_prefixes = {STR_INIT("eusc-")},
        .dns_suffix = STR_INIT("amazonaws.eu"),
        .dual_stack_suffix = STR_INIT("api.amazonwebservices.eu"),
        .global_region = STR_INIT("eusc-de-east-1"),
        .global_place = STR_INIT("eusc-de-east-1."),
    },
};

/* The longest prefix wins: "us-gov-" before "us-". */
const struct aws_partition *partition_of(struct str region)
{
    const struct aws_partition *best = &partitions[0];
    size_t best_len = 0;

    for (size_t i = 0; i < sizeof(partitions) / sizeof(partitions[0]); i++)
        for (size_t k = 0; k < 10 && partitions[i].region_prefixes[k].len; k++) {
            struct str prefix = partitions[i].region_prefixes[k];
            if (prefix.len > best_len && str_starts_with(region, prefix)) {
                best = &partitions[i];
                best_len = prefix.len;
            }
        }
    return best;
}

struct str aws_partition_of(struct str region)
{
    return partition_of(region)->name;
}

struct str aws_dns_suffix_of(struct str region)
{
    return partition_of(region)->dns_suffix;
}
