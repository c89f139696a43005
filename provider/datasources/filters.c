#include "provider/datasources/filters.h"

struct filter {
    struct tf_string name;
    struct tf_strings values;
};

/* clang-format off */
static const struct attr filter_attrs[] = {
    ATTR(filter, name,   REQUIRED, .describe = "Name of the filter, as EC2's describe call has it."),
    ATTR(filter, values, REQUIRED | SET, .describe = "Values of which one has to fit; `*` and `?` stand for any characters."),
};
/* clang-format on */

const struct model filter_model = MODEL(filter, filter_attrs);

struct ec2_filter *filters_of(struct call *c, const struct tf_blocks *blocks, size_t more)
{
    struct ec2_filter *filters = ARENA_ARRAY(c->arena, struct ec2_filter, blocks->count + more);

    for (size_t i = 0; i < blocks->count; i++) {
        const struct filter *f = TF_BLOCK(*blocks, struct filter, i);
        filters[i] = (struct ec2_filter){f->name.v, f->values.v, f->values.count};
    }
    return filters;
}

struct ec2_filter *filters_with_tags(struct call *c, const struct tf_blocks *blocks,
                                     const struct tf_map *tags, size_t *count)
{
    struct ec2_filter *filters = filters_of(c, blocks, tags->count);

    *count = blocks->count;
    for (size_t i = 0; TF_IS_KNOWN(*tags) && i < tags->count; i++)
        filters[(*count)++] = (struct ec2_filter){
            arena_printf(c->arena, "tag:" STR_FMT, STR_ARG(tags->keys[i])), &tags->v[i], 1};
    return filters;
}
