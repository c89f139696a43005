#include "engine/aws/ec2.h"
#include "provider/datasources/filters.h"
#include "provider/resource/of_aws.h"

struct regions_of_aws {
    struct tf_bool all_regions;
    struct tf_string id;
    struct tf_strings names;
    struct tf_blocks filter;
};

/* clang-format off */
static const struct attr regions_attrs[] = {
    ATTR(regions_of_aws, all_regions, OPTIONAL, .describe = "Whether regions count that the account has not opted into."),
    ATTR(regions_of_aws, id,          OPTIONAL | COMPUTED, .describe = "The partition."),
    ATTR(regions_of_aws, names,       COMPUTED | SET, .describe = "Their names."),
    FILTER_ROW(regions_of_aws),
};
/* clang-format on */

static struct error *regions_read(struct call *c, void *model)
{
    struct regions_of_aws *m = model;
    struct aws_call aws = aws_call_of(c);
    struct ec2_query query = {.filters = filters_of(c, &m->filter, 0),
                              .filter_count = m->filter.count};
    struct ec2_regions found;

    TRY(ec2_describe_regions(&aws, &query, m->all_regions.v, &found));
    m->id = tf_string_of(call_partition(c));
    m->names = (struct tf_strings){TF_KNOWN, found.items, found.count};
    return NULL;
}

extern const struct resource_type data_aws_regions;
const struct resource_type data_aws_regions = {
    .name = "aws_regions",
    .describe = "The regions that the account can use.",
    .subcategory = "Meta",
    .model = MODEL(regions_of_aws, regions_attrs),
    .read = regions_read,
};
