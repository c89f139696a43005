#include "engine/adapters/ec2_tags.h"

void ec2_tag_set(struct arena *a, struct aws_tags *tags, struct str key, struct str value)
{
    for (size_t i = 0; i < tags->count; i++)
        if (str_eq(tags->items[i].key, key)) {
            tags->items[i].value = value;
            return;
        }
    ARENA_PUSH(a, tags->items, tags->count, tags->capacity, (struct aws_tag){key, value});
}

static void set_all(struct arena *a, struct aws_tags *tags, const struct labels *from)
{
    for (size_t i = 0; i < from->count; i++)
        ec2_tag_set(a, tags, from->items[i].key, from->items[i].value);
}

struct aws_tags ec2_own_tags(struct arena *a, const struct ec2_options *options,
                             const struct labels *class_tags)
{
    struct aws_tags tags = {0};

    set_all(a, &tags, &options->default_tags);
    set_all(a, &tags, class_tags);
    ec2_tag_set(a, &tags,
                arena_printf(a, "kubernetes.io/cluster/" STR_FMT, STR_ARG(options->cluster)),
                STR("owned"));
    ec2_tag_set(a, &tags, TAG_CLUSTER, options->cluster);
    return tags;
}
