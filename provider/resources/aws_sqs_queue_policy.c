#include "provider/grammar/policy.h"
#include "provider/resources/queue_part.h"

/* clang-format off */
static const struct attr queue_policy_attrs[] = {
    ATTR_AS("policy", queue_part, text, REQUIRED, .check = check_queue_policy, .review = REVIEW_RESOURCE_POLICY, .equal = equal_iam_policy, .normal = normal_json, .describe = "Access policy: who may do what with the queue."),
    QUEUE_PART_ROWS,
};
/* clang-format on */

static const struct queue_part_kind kind = {STR_INIT("Policy"), "the queue's new policy",
                                            equal_iam_policy};

static struct error *queue_policy_create(struct call *c, void *model)
{
    return queue_part_create(c, &kind, model);
}

static struct error *queue_policy_read(struct call *c, void *model)
{
    return queue_part_read(c, &kind, model);
}

static struct error *queue_policy_update(struct call *c, const void *prior, void *model)
{
    return queue_part_update(c, &kind, prior, model);
}

static struct error *queue_policy_destroy(struct call *c, const void *prior)
{
    return queue_part_destroy(c, &kind, prior);
}

/* Version 0 was known by an id of its own. */
static struct error *queue_policy_upgrade(struct call *c, int64_t from_version, struct json *state)
{
    (void)from_version;
    json_set(c->arena, state, STR("id"), *json_get(state, "queue_url"));
    return NULL;
}

extern const struct resource_type aws_sqs_queue_policy;
const struct resource_type aws_sqs_queue_policy = {
    .name = "aws_sqs_queue_policy",
    .describe = "The access policy of an SQS queue, apart from the queue.",
    .notes = "Beside `policy` of the same `aws_sqs_queue` the two would undo each other: use one.",
    .subcategory = "SQS",
    .import_id = "{queue_url}",
    .import_says = "the queue's URL",
    .schema_version = 1,
    .model = MODEL(queue_part, queue_policy_attrs),
    .identity = {.version = 1, .required = "queue_url"},
    .blame =
        BLAME({"*NonExistentQueue", NULL, "queue_url"}, {"QueueDoesNotExist", NULL, "queue_url"},
              {"InvalidAddress", NULL, "queue_url"}, {NULL, "Policy", "policy"}),
    .create = queue_policy_create,
    .read = queue_policy_read,
    .update = queue_policy_update,
    .destroy = queue_policy_destroy,
    .upgrade = queue_policy_upgrade,
};
