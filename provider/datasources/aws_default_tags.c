#include "provider/resource/of_aws.h"

struct default_tags {
    struct tf_string id;
    struct tf_map tags;
};

/* clang-format off */
static const struct attr default_tags_attrs[] = {
    ATTR(default_tags, id,   OPTIONAL | COMPUTED, .describe = "The partition, which says nothing of the tags."),
    ATTR(default_tags, tags, COMPUTED, .describe = "What `default_tags` of the provider block says, less what `ignore_tags` hides."),
};
/* clang-format on */

static struct error *default_tags_read(struct call *c, void *model)
{
    struct default_tags *m = model;
    struct tf_map none = {.state = TF_KNOWN}, all = call_tags_new(c, &none), own = none;

    call_tags_read(c, &all, &own, &m->tags);
    m->id = tf_string_of(call_partition(c));
    return NULL;
}

extern const struct resource_type data_aws_default_tags;
const struct resource_type data_aws_default_tags = {
    .name = "aws_default_tags",
    .describe = "The tags that the provider adds to everything it makes.",
    .notes = "Of use where tags have to be written out, as in a launch template for the instances "
             "that others start from it. Nobody is asked for it.",
    .subcategory = "Meta",
    .model = MODEL(default_tags, default_tags_attrs),
    .read = default_tags_read,
};
