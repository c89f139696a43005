#include "provider/datasources/filters.h"
#include "provider/resource/of_aws.h"

struct groups {
    struct tf_string id, region;
    struct tf_strings arns, ids, vpc_ids;
    struct tf_map tags;
    struct tf_blocks filter, timeouts;
};

/* clang-format off */
static const struct attr groups_attrs[] = {
    ATTR(groups, arns,     COMPUTED, .describe = "Their ARNs."),
    ATTR(groups, id,       OPTIONAL | COMPUTED, .describe = "The region."),
    ATTR(groups, ids,      COMPUTED, .describe = "Ids of those that fit, in the order in which EC2 tells them; none is no error."),
    ATTR_REGION_READ(groups),
    ATTR(groups, tags,     OPTIONAL | COMPUTED, .describe = "Tags that they have to have."),
    ATTR(groups, vpc_ids,  COMPUTED, .describe = "Of each the VPC that it is in."),
    FILTER_ROW(groups),
    ATTR(groups, timeouts, OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */

static struct tf_strings with_room(struct call *c, size_t count)
{
    return (struct tf_strings){TF_KNOWN, ARENA_ARRAY(c->arena, struct str, count), count};
}

static struct error *groups_read(struct call *c, void *model)
{
    struct groups *m = model;
    struct aws_call aws = aws_call_of(c);
    struct str region = call_region(c), partition = call_partition(c);
    struct ec2_query query = {0};
    struct ec2_security_groups found;

    query.filters = filters_with_tags(c, &m->filter, &m->tags, &query.filter_count);
    TRY(ec2_describe_security_groups(&aws, &query, &found));
    m->arns = with_room(c, found.count);
    m->ids = with_room(c, found.count);
    m->vpc_ids = with_room(c, found.count);
    for (size_t i = 0; i < found.count; i++) {
        const struct ec2_security_group *g = &found.items[i];
        m->arns.v[i] = arena_printf(
            c->arena, "arn:" STR_FMT ":ec2:" STR_FMT ":" STR_FMT ":security-group/" STR_FMT,
            STR_ARG(partition), STR_ARG(region), STR_ARG(g->owner), STR_ARG(g->id));
        m->ids.v[i] = g->id;
        m->vpc_ids.v[i] = g->vpc_id;
    }
    m->id = tf_string_of(region);
    return NULL;
}

extern const struct resource_type data_aws_security_groups;
const struct resource_type data_aws_security_groups = {
    .name = "aws_security_groups",
    .describe = "Security groups by what they are.",
    .subcategory = "EC2",
    .model = MODEL(groups, groups_attrs),
    .read = groups_read,
};
