#include "engine/aws/aws.h"
#include "provider/datasources/regions.h"
#include "provider/resource/call.h"

struct principal {
    struct tf_string id, name, region, service_name, suffix;
};

/* clang-format off */
static const struct attr principal_attrs[] = {
    ATTR(principal, id,           COMPUTED, .describe = "Service, region and suffix, joined by dots."),
    ATTR(principal, name,         COMPUTED, .describe = "The principal, such as `ec2.amazonaws.com`: what a trust policy names."),
    ATTR(principal, region,       OPTIONAL | COMPUTED, .describe = "Region in whose partition the service is to be named. Unset: the provider's."),
    ATTR(principal, service_name, REQUIRED, .describe = "Service, such as `ec2`."),
    ATTR(principal, suffix,       COMPUTED, .describe = "What the name ends in, such as `amazonaws.com`."),
};
/* clang-format on */

/* Nearly every service goes by the same name in all partitions.  These have the partition's own. */
static const struct {
    const char *partition, *service;
} own_names[] = {
    {"aws-cn", "codedeploy"},  {"aws-cn", "elasticmapreduce"}, {"aws-cn", "logs"},
    {"aws-iso", "cloudhsm"},   {"aws-iso", "config"},          {"aws-iso", "logs"},
    {"aws-iso", "workspaces"}, {"aws-iso-b", "dms"},           {"aws-iso-b", "logs"},
};

static struct str suffix_of(struct str service, struct str region)
{
    struct str partition = aws_partition_of(region);

    for (size_t i = 0; i < sizeof(own_names) / sizeof(*own_names); i++)
        if (str_eq(partition, str_of(own_names[i].partition)) &&
            str_eq(service, str_of(own_names[i].service)))
            return aws_dns_suffix_of(region);
    return STR("amazonaws.com");
}

static struct error *principal_read(struct call *c, void *model)
{
    struct principal *m = model;
    struct str region = TF_IS_KNOWN(m->region) && m->region.v.len ? m->region.v : call_region(c);

    if (!region_named(region) && !str_eq(region, call_region(c)))
        return region_unknown(c->arena, "region", region);
    struct str suffix = suffix_of(m->service_name.v, region);
    m->region = tf_string_of(region);
    m->suffix = tf_string_of(suffix);
    m->name = tf_string_of(
        arena_printf(c->arena, STR_FMT "." STR_FMT, STR_ARG(m->service_name.v), STR_ARG(suffix)));
    m->id =
        tf_string_of(arena_printf(c->arena, STR_FMT "." STR_FMT "." STR_FMT,
                                  STR_ARG(m->service_name.v), STR_ARG(region), STR_ARG(suffix)));
    return NULL;
}

extern const struct resource_type data_aws_service_principal;
const struct resource_type data_aws_service_principal = {
    .name = "aws_service_principal",
    .describe = "What a service of AWS is called in policies.",
    .notes = "Nobody is asked for it.",
    .subcategory = "Meta",
    .model = MODEL(principal, principal_attrs),
    .read = principal_read,
};
