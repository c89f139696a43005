#include "provider/datasources/ec2_item.h"

struct security_group {
    struct tf_string id, region, arn, description, name, vpc_id;
    struct tf_map tags;
    struct tf_blocks filter, timeouts;
};

/* clang-format off */
static const struct attr group_attrs[] = {
    ATTR(security_group, arn,         COMPUTED, .describe = "ARN of the group."),
    ATTR(security_group, description, COMPUTED, .api = "groupDescription", .describe = "Its description."),
    ATTR(security_group, id,          OPTIONAL | COMPUTED, .api = "groupId", .describe = "Its id."),
    ATTR(security_group, name,        OPTIONAL | COMPUTED, .api = "groupName", .describe = "Its name."),
    ATTR_REGION_READ(security_group),
    ATTR(security_group, tags,        OPTIONAL | COMPUTED, .describe = "Tags that it has to have; then all that it has."),
    ATTR(security_group, vpc_id,      OPTIONAL | COMPUTED, .api = "vpcId", .describe = "VPC that it is in."),
    FILTER_ROW(security_group),
    ATTR(security_group, timeouts,    OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */
static const struct model group_model = MODEL(security_group, group_attrs);

static struct error *group_read(struct call *c, void *model)
{
    struct security_group *m = model;
    const struct item_filter rows[] = {{"group-name", m->name.v}, {"vpc-id", m->vpc_id.v}};
    const struct item_search search = {
        EC2_SECURITY_GROUPS, "security group", &m->filter, &m->tags, &m->id, rows, 2};
    const struct xml *found;

    TRY(item_find(c, &search, &found));
    TRY(item_take(c, &group_model, found, m));
    m->tags = item_tags(c, found);
    m->arn = tf_string_of(arena_printf(
        c->arena, "arn:" STR_FMT ":ec2:" STR_FMT ":" STR_FMT ":security-group/" STR_FMT,
        STR_ARG(call_partition(c)), STR_ARG(call_region(c)), STR_ARG(xml_text(found, "ownerId")),
        STR_ARG(m->id.v)));
    return NULL;
}

extern const struct resource_type data_aws_security_group;
const struct resource_type data_aws_security_group = {
    .name = "aws_security_group",
    .describe = "One security group, by its id, its name or what it is tagged with.",
    .subcategory = "EC2",
    .model = MODEL(security_group, group_attrs),
    .read = group_read,
};
