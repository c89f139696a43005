#include "provider/datasources/ec2_item.h"

struct instance_types {
    struct tf_string id, region;
    struct tf_strings instance_types;
    struct tf_blocks filter, timeouts;
};

/* clang-format off */
static const struct attr types_attrs[] = {
    ATTR(instance_types, id,             OPTIONAL | COMPUTED, .describe = "The region."),
    ATTR(instance_types, instance_types, COMPUTED, .describe = "Names of those that fit, in the order in which EC2 tells them; none is no error."),
    ATTR_REGION_READ(instance_types),
    FILTER_ROW(instance_types),
    ATTR(instance_types, timeouts,       OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */

static struct error *types_read(struct call *c, void *model)
{
    struct instance_types *m = model;
    struct aws_call aws = aws_call_of(c);
    struct ec2_query query = {.filters = filters_of(c, &m->filter, 0),
                              .filter_count = m->filter.count};
    struct ec2_items found;

    TRY(ec2_describe(&aws, EC2_INSTANCE_TYPES, &query, &found));
    m->id = tf_string_of(call_region(c));
    m->instance_types = items_texts(c, &found, "instanceType");
    return NULL;
}

extern const struct resource_type data_aws_ec2_instance_types;
const struct resource_type data_aws_ec2_instance_types = {
    .name = "aws_ec2_instance_types",
    .describe = "Types of instances by what they are.",
    .subcategory = "EC2",
    .model = MODEL(instance_types, types_attrs),
    .read = types_read,
};
