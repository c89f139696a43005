#include "provider/datasources/filters.h"
#include "provider/resource/of_aws.h"

struct subnets {
    struct tf_string id, region;
    struct tf_strings ids;
    struct tf_map tags;
    struct tf_blocks filter, timeouts;
};

/* clang-format off */
static const struct attr subnets_attrs[] = {
    ATTR(subnets, id,       OPTIONAL | COMPUTED, .describe = "The region."),
    ATTR(subnets, ids,      COMPUTED, .describe = "Ids of those that fit, in the order in which EC2 tells them; none is no error."),
    ATTR_REGION_READ(subnets),
    ATTR(subnets, tags,     OPTIONAL | COMPUTED, .describe = "Tags that they have to have."),
    FILTER_ROW(subnets),
    ATTR(subnets, timeouts, OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */

static struct error *subnets_read(struct call *c, void *model)
{
    struct subnets *m = model;
    struct aws_call aws = aws_call_of(c);
    struct ec2_query query = {0};
    struct ec2_subnets found;

    query.filters = filters_with_tags(c, &m->filter, &m->tags, &query.filter_count);
    TRY(ec2_describe_subnets(&aws, &query, &found));
    struct str *ids = ARENA_ARRAY(c->arena, struct str, found.count);
    for (size_t i = 0; i < found.count; i++)
        ids[i] = found.items[i].id;
    m->id = tf_string_of(call_region(c));
    m->ids = (struct tf_strings){TF_KNOWN, ids, found.count};
    return NULL;
}

extern const struct resource_type data_aws_subnets;
const struct resource_type data_aws_subnets = {
    .name = "aws_subnets",
    .describe = "Subnets by what they are.",
    .subcategory = "EC2",
    .model = MODEL(subnets, subnets_attrs),
    .read = subnets_read,
};
