#include "provider/grammar/redrive.h"
#include "provider/resources/queue_part.h"

/* clang-format off */
static const struct attr redrive_policy_attrs[] = {
    ATTR_AS("redrive_policy", queue_part, text, REQUIRED, .check = check_redrive_policy, .equal = equal_redrive_policy, .normal = normal_json, .describe = "Where messages go that were received too often: `deadLetterTargetArn` and `maxReceiveCount`."),
    QUEUE_PART_ROWS,
};
/* clang-format on */

static const struct queue_part_kind kind = {STR_INIT("RedrivePolicy"),
                                            "the queue's new redrive policy", equal_redrive_policy};

static struct error *redrive_policy_create(struct call *c, void *model)
{
    return queue_part_create(c, &kind, model);
}

static struct error *redrive_policy_read(struct call *c, void *model)
{
    return queue_part_read(c, &kind, model);
}

static struct error *redrive_policy_update(struct call *c, const void *prior, void *model)
{
    return queue_part_update(c, &kind, prior, model);
}

static struct error *redrive_policy_destroy(struct call *c, const void *prior)
{
    return queue_part_destroy(c, &kind, prior);
}

extern const struct resource_type aws_sqs_queue_redrive_policy;
const struct resource_type aws_sqs_queue_redrive_policy = {
    .name = "aws_sqs_queue_redrive_policy",
    .describe = "Where an SQS queue sends its dead letters, apart from the queue.",
    .notes = "Beside `redrive_policy` of the same `aws_sqs_queue` the two would undo each other: "
             "use one.",
    .subcategory = "SQS",
    .import_id = "{queue_url}",
    .import_says = "the queue's URL",
    .model = MODEL(queue_part, redrive_policy_attrs),
    .identity = {.version = 1, .required = "queue_url"},
    .blame =
        BLAME({"*NonExistentQueue", NULL, "queue_url"}, {"QueueDoesNotExist", NULL, "queue_url"},
              {"InvalidAddress", NULL, "queue_url"}, {NULL, "RedrivePolicy", "redrive_policy"}),
    .create = redrive_policy_create,
    .read = redrive_policy_read,
    .update = redrive_policy_update,
    .destroy = redrive_policy_destroy,
};
