#include "provider/datasources/ec2_item.h"

struct instances {
    struct tf_string id, region;
    struct tf_strings ids, instance_state_names, ipv6_addresses, private_ips, public_ips;
    struct tf_map instance_tags;
    struct tf_blocks filter, timeouts;
};

/* clang-format off */
static const struct attr instances_attrs[] = {
    ATTR(instances, id,             OPTIONAL | COMPUTED, .describe = "The region."),
    ATTR(instances, ids,            COMPUTED, .describe = "Ids of those that fit; none is no error."),
    ATTR(instances, instance_state_names, OPTIONAL | SET, .one_of = VALUES("pending", "running", "shutting-down", "stopped", "stopping", "terminated"),
         .describe = "States of which one has to be theirs. Unset: `running`."),
    ATTR(instances, instance_tags,  OPTIONAL | COMPUTED, .describe = "Tags that they have to have."),
    ATTR(instances, ipv6_addresses, COMPUTED, .describe = "First IPv6 address of each that has one."),
    ATTR(instances, private_ips,    COMPUTED, .describe = "Private address of each that has one."),
    ATTR(instances, public_ips,     COMPUTED, .describe = "Public address of each that has one."),
    ATTR_REGION_READ(instances),
    FILTER_ROW(instances),
    ATTR(instances, timeouts,       OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */

static struct error *instances_read(struct call *c, void *model)
{
    struct instances *m = model;
    struct aws_call aws = aws_call_of(c);
    struct ec2_query query = {0};
    struct ec2_items found;
    struct str running = STR("running");
    struct ec2_filter state = {STR("instance-state-name"), &running, 1};
    struct ec2_filter *given =
        filters_with_tags(c, &m->filter, &m->instance_tags, &query.filter_count);
    struct ec2_filter *filters = ARENA_ARRAY(c->arena, struct ec2_filter, query.filter_count + 1);

    if (m->instance_state_names.count) {
        state.values = m->instance_state_names.v;
        state.count = m->instance_state_names.count;
    }
    filters[0] = state;
    for (size_t i = 0; i < query.filter_count; i++)
        filters[i + 1] = given[i];
    query.filters = filters;
    query.filter_count++;
    TRY(ec2_describe(&aws, EC2_INSTANCES, &query, &found));
    m->id = tf_string_of(call_region(c));
    m->ids = items_texts(c, &found, "instanceId");
    m->private_ips = items_texts(c, &found, "privateIpAddress");
    m->public_ips = items_texts(c, &found, "ipAddress");
    m->ipv6_addresses = items_texts(c, &found, "ipv6Address");
    return NULL;
}

extern const struct resource_type data_aws_instances;
const struct resource_type data_aws_instances = {
    .name = "aws_instances",
    .describe = "Instances by what they are.",
    .subcategory = "EC2",
    .model = MODEL(instances, instances_attrs),
    .read = instances_read,
};
