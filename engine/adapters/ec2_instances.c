#include "engine/adapters/ec2_instances.h"

#include "engine/adapters/ec2_tags.h"

static enum instance_state state_of(struct str word)
{
    static const struct {
        struct str word;
        enum instance_state state;
    } states[] = {
        {STR_INIT("pending"), INSTANCE_PENDING},        {STR_INIT("running"), INSTANCE_RUNNING},
        {STR_INIT("shutting-down"), INSTANCE_STOPPING}, {STR_INIT("stopping"), INSTANCE_STOPPING},
        {STR_INIT("stopped"), INSTANCE_STOPPING},       {STR_INIT("terminated"), INSTANCE_GONE},
    };
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
        if (str_eq(states[i].word, word))
            return states[i].state;
    return INSTANCE_PENDING; /* a state of which we know nothing is not gone */
}

struct error *ec2_list_instances(const struct aws_call *call, struct str cluster, struct event *out)
{
    const struct ec2_filter ours = {arena_printf(call->arena, "tag:" STR_FMT, STR_ARG(TAG_CLUSTER)),
                                    &cluster, 1};
    struct ec2_instances found = {0};

    TRY(ec2_describe_instances(call, &(struct ec2_query){.filters = &ours, .filter_count = 1},
                               &found));
    struct cloud_instance *list = ARENA_ARRAY(call->arena, struct cloud_instance, found.count + 1);
    for (size_t i = 0; i < found.count; i++) {
        const struct ec2_instance *f = &found.items[i];
        list[i] =
            (struct cloud_instance){.id = f->id,
                                    .claim = ec2_tag(&f->tags, TAG_CLAIM),
                                    .pool = ec2_tag(&f->tags, TAG_POOL),
                                    .hash = ec2_tag(&f->tags, TAG_HASH),
                                    .instance_type = f->instance_type,
                                    .zone = f->zone,
                                    .image_id = f->image_id,
                                    .node_name = f->private_dns_name,
                                    .capacity_type = f->spot ? CAPACITY_SPOT : CAPACITY_ON_DEMAND,
                                    .state = state_of(f->state),
                                    .launched_ms = f->launched_ms};
    }
    out->instances = list;
    out->instance_count = found.count;
    out->complete = true; /* a page that is missing is an error */
    return NULL;
}
