#include "engine/aws/sqs.h"
#include "provider/resource/of_aws.h"

struct queue {
    struct tf_string arn, id, name, region, url;
    struct tf_map tags;
};

/* clang-format off */
static const struct attr queue_attrs[] = {
    ATTR(queue, arn,  COMPUTED, .describe = "ARN of the queue."),
    ATTR(queue, id,   OPTIONAL | COMPUTED, .describe = "The URL again."),
    ATTR(queue, name, REQUIRED, .describe = "Name of the queue; that of a FIFO queue ends in `.fifo`."),
    ATTR_REGION_READ(queue),
    ATTR(queue, tags, OPTIONAL | COMPUTED, .describe = "Tags of the queue."),
    ATTR(queue, url,  COMPUTED, .describe = "URL of the queue."),
};
/* clang-format on */

static struct error *queue_read(struct call *c, void *model)
{
    struct queue *m = model;
    struct aws_call aws = aws_call_of(c);
    struct sqs_attributes attributes;
    struct aws_tags tags;
    struct str url;

    TRY(error_at(sqs_get_queue_url(&aws, m->name.v, &url), STR("name")));
    TRY(sqs_get_queue_attributes(&aws, url, &attributes));
    TRY(sqs_list_queue_tags(&aws, url, &tags));
    m->arn = tf_string_of(sqs_attribute(&attributes, STR("QueueArn")));
    m->id = m->url = tf_string_of(url);
    m->tags = tags_shown(c, &tags);
    return NULL;
}

extern const struct resource_type data_aws_sqs_queue;
const struct resource_type data_aws_sqs_queue = {
    .name = "aws_sqs_queue",
    .describe = "An SQS queue that somebody else manages.",
    .subcategory = "SQS",
    .model = MODEL(queue, queue_attrs),
    .read = queue_read,
};
