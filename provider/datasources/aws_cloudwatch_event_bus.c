#include "engine/aws/events.h"
#include "provider/resource/of_aws.h"

struct dead_letters {
    struct tf_string arn;
};
struct bus {
    struct tf_string arn, description, id, kms_key_identifier, name, region;
    struct tf_blocks dead_letter_config;
};

/* clang-format off */
static const struct attr dead_letters_attrs[] = {
    ATTR(dead_letters, arn, COMPUTED, .describe = "ARN of the queue."),
};
static const struct model dead_letters_model = MODEL(dead_letters, dead_letters_attrs);

static const struct attr bus_attrs[] = {
    ATTR(bus, arn,                COMPUTED, .describe = "ARN of the bus."),
    ATTR(bus, dead_letter_config, COMPUTED, .nesting = BLOCK_LIST_COMPUTED, .nested = &dead_letters_model, .describe = "Where events go that could not be delivered; empty: nowhere."),
    ATTR(bus, description,        COMPUTED, .describe = "Description."),
    ATTR(bus, id,                 OPTIONAL | COMPUTED, .describe = "The name again."),
    ATTR(bus, kms_key_identifier, COMPUTED, .describe = "Key of KMS by which its events are kept."),
    ATTR(bus, name,               REQUIRED, .describe = "Name of the bus, such as `default`."),
    ATTR_REGION_READ(bus),
};
/* clang-format on */

static struct error *bus_read(struct call *c, void *model)
{
    struct bus *m = model;
    struct aws_call aws = aws_call_of(c);
    struct events_bus found;
    struct dead_letters *letters = ARENA_NEW(c->arena, struct dead_letters);

    TRY(error_at(events_describe_bus(&aws, m->name.v, &found), STR("name")));
    letters->arn = tf_string_of(found.dead_letter_arn);
    m->arn = tf_string_of(found.arn);
    m->dead_letter_config =
        (struct tf_blocks){TF_KNOWN, letters, found.dead_letter_arn.len ? 1 : 0};
    m->description = tf_string_of(found.description);
    m->id = m->name;
    m->kms_key_identifier = tf_string_of(found.kms_key);
    return NULL;
}

extern const struct resource_type data_aws_cloudwatch_event_bus;
const struct resource_type data_aws_cloudwatch_event_bus = {
    .name = "aws_cloudwatch_event_bus",
    .describe = "A bus of EventBridge that somebody else manages.",
    .subcategory = "EventBridge",
    .model = MODEL(bus, bus_attrs),
    .read = bus_read,
};
