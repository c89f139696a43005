#include "engine/aws/sqs.h"
#include "provider/resources/shared.h"
#include "provider/resources/wire.h"

struct queue_policy {
    struct tf_string id, policy, queue_url, region;
};

/* clang-format off */
static const struct attr queue_policy_attrs[] = {
    ATTR(queue_policy, id,        COMPUTED, .describe = "URL of the queue."),
    ATTR(queue_policy, policy,    REQUIRED, .check = check_json, .equal = equal_iam_policy, .normal = normal_json, .describe = "Access policy: who may do what with the queue."),
    ATTR(queue_policy, queue_url, REQUIRED | FORCE_NEW, .describe = "URL of the queue."),
    ATTR_REGION(queue_policy),
};
/* clang-format on */

/* SQS says that a change can take 60 s to be seen everywhere. */
static const int64_t consistency_ms = 180 * 1000;

struct expectation {
    struct str url, policy;
};

static struct error *send_attempt(struct call *c, void *self)
{
    const struct expectation *x = self;
    struct aws_call aws = aws_call_of(c);
    struct sqs_attribute one = {STR("Policy"), x->policy};
    struct sqs_attributes attributes = {&one, 1, 1};

    return sqs_set_queue_attributes(&aws, x->url, &attributes);
}

static bool is_fresh(const struct error *e)
{
    return is_missing(e) || is_unknown_to_sqs(e);
}

/* The queue, or a principal of the policy, may have been made a moment ago. */
static struct error *send_policy(struct call *c, struct expectation *x)
{
    return keep_trying(c, fresh_ms(c), send_attempt, is_fresh, x);
}

static struct error *read_policy(struct call *c, struct str url, struct str *policy)
{
    struct aws_call aws = aws_call_of(c);
    struct sqs_attributes shown = {0};

    TRY(sqs_get_queue_attributes(&aws, url, &shown));
    *policy = sqs_attribute(&shown, STR("Policy"));
    return NULL;
}

static struct error *look(struct call *c, void *self)
{
    const struct expectation *x = self;
    struct str shown;

    TRY(read_policy(c, x->url, &shown));
    if (str_eq(shown, x->policy) || equal_iam_policy(c->arena, shown, x->policy))
        return NULL;
    return not_yet(c, "the queue's new policy");
}

static struct error *queue_policy_create(struct call *c, void *model)
{
    struct queue_policy *m = model;
    struct expectation x = {m->queue_url.v, m->policy.v};

    struct error *lost = send_policy(c, &x);
    if (lost && !lost->outcome_unknown)
        return lost;
    m->id = m->queue_url;
    if (lost)
        return look_for_lost(c, look, &x) ? in_doubt(c, lost) : NULL;
    return keep_trying(c, consistency_ms, look, is_not_yet, &x);
}

static struct error *queue_policy_read(struct call *c, void *model)
{
    struct queue_policy *m = model;
    struct str shown;

    TRY(read_policy(c, m->id.v, &shown));
    if (!shown.len)
        return error_new(c->arena, ERROR_NOT_FOUND, "queue " STR_FMT " has no policy",
                         STR_ARG(m->id.v));
    m->policy = tf_string_of(shown);
    m->queue_url = m->id;
    return NULL;
}

static struct error *queue_policy_update(struct call *c, const void *prior, void *model)
{
    const struct queue_policy *was = prior, *m = model;

    if (equal_iam_policy(c->arena, was->policy.v, m->policy.v))
        return NULL;
    struct expectation x = {m->id.v, m->policy.v};
    TRY(send_policy(c, &x));
    return keep_trying(c, consistency_ms, look, is_not_yet, &x);
}

/* An empty policy is none. */
static struct error *queue_policy_destroy(struct call *c, const void *prior)
{
    const struct queue_policy *m = prior;

    struct expectation x = {m->id.v, STR("")};

    TRY(send_attempt(c, &x)); /* a queue that is gone has no policy */
    return keep_trying(c, consistency_ms, look, is_not_yet, &x);
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
    .model = MODEL(queue_policy, queue_policy_attrs),
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
