#include "engine/aws/sqs.h"
#include "provider/resource/of_aws.h"

struct queues {
    struct tf_string id, queue_name_prefix, region;
    struct tf_strings queue_urls;
};

/* clang-format off */
static const struct attr queues_attrs[] = {
    ATTR(queues, id,                OPTIONAL | COMPUTED, .describe = "The region."),
    ATTR(queues, queue_name_prefix, OPTIONAL, .describe = "What the names begin with. Unset: all queues."),
    ATTR(queues, queue_urls,        COMPUTED | SET, .describe = "URLs of the queues."),
    ATTR_REGION_READ(queues),
};
/* clang-format on */

static struct error *queues_read(struct call *c, void *model)
{
    struct queues *m = model;
    struct aws_call aws = aws_call_of(c);
    struct sqs_urls urls;

    TRY(sqs_list_queues(&aws, m->queue_name_prefix.v, &urls));
    m->id = tf_string_of(call_region(c));
    m->queue_urls = (struct tf_strings){TF_KNOWN, urls.items, urls.count};
    return NULL;
}

extern const struct resource_type data_aws_sqs_queues;
const struct resource_type data_aws_sqs_queues = {
    .name = "aws_sqs_queues",
    .describe = "The SQS queues of the region, or those whose names begin alike.",
    .subcategory = "SQS",
    .model = MODEL(queues, queues_attrs),
    .read = queues_read,
};
