#include "provider/datasources/ec2_item.h"

struct offerings {
    struct tf_string id, region, location_type;
    struct tf_strings instance_types, locations, location_types;
    struct tf_blocks filter, timeouts;
};

/* clang-format off */
static const struct attr offerings_attrs[] = {
    ATTR(offerings, id,             OPTIONAL | COMPUTED, .describe = "The region."),
    ATTR(offerings, instance_types, COMPUTED, .describe = "Type of each offering that fits; none is no error."),
    ATTR(offerings, location_type,  OPTIONAL, .one_of = VALUES("region", "availability-zone", "availability-zone-id", "outpost"), .describe = "What a location is: a `region` (as where it is unset), an `availability-zone`, an `availability-zone-id` or an `outpost`."),
    ATTR(offerings, location_types, COMPUTED, .describe = "What the location of each of them is."),
    ATTR(offerings, locations,      COMPUTED, .describe = "Where each of them is."),
    ATTR_REGION_READ(offerings),
    FILTER_ROW(offerings),
    ATTR(offerings, timeouts,       OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */

static struct error *offerings_read(struct call *c, void *model)
{
    struct offerings *m = model;
    struct aws_call aws = aws_call_of(c);
    struct ec2_query query = {.filters = filters_of(c, &m->filter, 0),
                              .filter_count = m->filter.count,
                              .location_type = m->location_type.v};
    struct ec2_items found;

    TRY(ec2_describe(&aws, EC2_OFFERINGS, &query, &found));
    m->id = tf_string_of(call_region(c));
    m->instance_types = items_texts(c, &found, "instanceType");
    m->locations = items_texts(c, &found, "location");
    m->location_types = items_texts(c, &found, "locationType");
    return NULL;
}

extern const struct resource_type data_aws_ec2_instance_type_offerings;
const struct resource_type data_aws_ec2_instance_type_offerings = {
    .name = "aws_ec2_instance_type_offerings",
    .describe = "Which types of instances there are where.",
    .subcategory = "EC2",
    .model = MODEL(offerings, offerings_attrs),
    .read = offerings_read,
};
