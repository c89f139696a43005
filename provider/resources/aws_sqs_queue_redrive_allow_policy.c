#include "provider/grammar/redrive.h"
#include "provider/resources/queue_part.h"

/* clang-format off */
static const struct attr redrive_allow_policy_attrs[] = {
    ATTR_AS("redrive_allow_policy", queue_part, text, REQUIRED, .check = check_redrive_allow_policy, .equal = equal_json, .normal = normal_json, .describe = "Which queues may use this one as their dead-letter queue: `redrivePermission` and, where that is `byQueue`, `sourceQueueArns`."),
    QUEUE_PART_ROWS,
};
/* clang-format on */

static const struct queue_part_kind kind = {STR_INIT("RedriveAllowPolicy"),
                                            "the queue's new redrive allow policy", equal_json};

static struct error *redrive_allow_policy_create(struct call *c, void *model)
{
    return queue_part_create(c, &kind, model);
}

static struct error *redrive_allow_policy_read(struct call *c, void *model)
{
    return queue_part_read(c, &kind, model);
}

static struct error *redrive_allow_policy_update(struct call *c, const void *prior, void *model)
{
    return queue_part_update(c, &kind, prior, model);
}

static struct error *redrive_allow_policy_destroy(struct call *c, const void *prior)
{
    return queue_part_destroy(c, &kind, prior);
}

extern const struct resource_type aws_sqs_queue_redrive_allow_policy;
const struct resource_type aws_sqs_queue_redrive_allow_policy = {
    .name = "aws_sqs_queue_redrive_allow_policy",
    .describe = "Whose dead letters an SQS queue takes, apart from the queue.",
    .notes = "Beside `redrive_allow_policy` of the same `aws_sqs_queue` the two would undo each "
             "other: use one.",
    .subcategory = "SQS",
    .import_id = "{queue_url}",
    .import_says = "the queue's URL",
    .model = MODEL(queue_part, redrive_allow_policy_attrs),
    .identity = {.version = 1, .required = "queue_url"},
    .blame = BLAME({"*NonExistentQueue", NULL, "queue_url"},
                   {"QueueDoesNotExist", NULL, "queue_url"}, {"InvalidAddress", NULL, "queue_url"},
                   {NULL, "RedriveAllowPolicy", "redrive_allow_policy"}),
    .create = redrive_allow_policy_create,
    .read = redrive_allow_policy_read,
    .update = redrive_allow_policy_update,
    .destroy = redrive_allow_policy_destroy,
};
