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
