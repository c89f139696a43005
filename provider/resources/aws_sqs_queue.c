#include "engine/aws/sqs.h"
#include "engine/base/time.h"
#include "provider/grammar/names.h"
#include "provider/grammar/policy.h"
#include "provider/grammar/redrive.h"
#include "provider/resources/queue_part.h"
#include "provider/resources/shared.h"

struct queue {
    struct tf_string arn, deduplication_scope, fifo_throughput_limit, id, kms_master_key_id;
    struct tf_string name, name_prefix, policy, redrive_allow_policy, redrive_policy, region, url;
    struct tf_bool content_based_deduplication, fifo_queue, sqs_managed_sse_enabled;
    struct tf_int delay_seconds, kms_data_key_reuse_period_seconds, max_message_size;
    struct tf_int message_retention_seconds, receive_wait_time_seconds, visibility_timeout_seconds;
    struct tf_map tags, tags_all;
    struct tf_blocks timeouts;
};

/* clang-format off */
static const struct attr queue_attrs[] = {
    ATTR(queue, arn,                         COMPUTED, .arn = "arn:{partition}:sqs:{region}:{account}:{name}", .api = "QueueArn", .describe = "ARN of the queue."),
    ATTR(queue, content_based_deduplication, OPTIONAL, .dflt = "false", .api = "ContentBasedDeduplication",
         .describe = "Whether messages of equal bodies within five minutes count as one. FIFO queues only."),
    ATTR(queue, deduplication_scope,         OPTIONAL | COMPUTED, .one_of = VALUES("messageGroup", "queue"), .api = "DeduplicationScope",
         .describe = "Whether duplicates are looked for in the queue or in a message group. FIFO queues only."),
    ATTR(queue, delay_seconds,               OPTIONAL, .dflt = "0", .max = 900, .api = "DelaySeconds", .describe = "Seconds that every message waits before it is delivered."),
    ATTR(queue, fifo_queue,                  OPTIONAL | FORCE_NEW, .dflt = "false", .api = "FifoQueue", .describe = "Whether the queue keeps order. Its name then ends in `.fifo`."),
    ATTR(queue, fifo_throughput_limit,       OPTIONAL | COMPUTED, .one_of = VALUES("perQueue", "perMessageGroupId"), .api = "FifoThroughputLimit",
         .describe = "Whether the throughput quota is counted for the queue or for each message group. FIFO queues only."),
    ATTR(queue, id,                          COMPUTED, .describe = "URL of the queue."),
    ATTR(queue, kms_data_key_reuse_period_seconds, OPTIONAL | COMPUTED | FOLLOWS, .min = 60, .max = 86400, .api = "KmsDataKeyReusePeriodSeconds",
         .describe = "Seconds for which a data key is used before KMS is asked again."),
    ATTR(queue, kms_master_key_id,           OPTIONAL | EMPTY_OK, .api = "KmsMasterKeyId", .conflicts = "sqs_managed_sse_enabled", .describe = "Id, ARN or alias of the KMS key that encrypts messages."),
    ATTR(queue, max_message_size,            OPTIONAL, .dflt = "262144", .min = 1024, .max = 1048576, .api = "MaximumMessageSize", .describe = "Largest message, in bytes."),
    ATTR(queue, message_retention_seconds,   OPTIONAL, .dflt = "345600", .min = 60, .max = 1209600, .api = "MessageRetentionPeriod", .describe = "Seconds that a message is kept."),
    ATTR(queue, name,                        OPTIONAL | COMPUTED | FORCE_NEW, .conflicts = "name_prefix", .describe = "Name. Unset: made up."),
    ATTR(queue, name_prefix,                 OPTIONAL | COMPUTED | FORCE_NEW, .conflicts = "name", .describe = "What a made-up name begins with."),
    ATTR(queue, policy,                      OPTIONAL | COMPUTED | FOLLOWS, .check = check_queue_policy, .review = REVIEW_RESOURCE_POLICY, .equal = equal_iam_policy, .normal = normal_json, .api = "Policy", .describe = "Access policy: who may do what with the queue. Unset: left to others."),
    ATTR(queue, receive_wait_time_seconds,   OPTIONAL, .dflt = "0", .api = "ReceiveMessageWaitTimeSeconds", .describe = "Seconds that a receive waits for a message to come."),
    ATTR(queue, redrive_allow_policy,        OPTIONAL | COMPUTED, .check = check_redrive_allow_policy, .equal = equal_json, .normal = normal_json, .api = "RedriveAllowPolicy", .describe = "Which queues may use this one as their dead-letter queue."),
    ATTR(queue, redrive_policy,              OPTIONAL | COMPUTED, .check = check_redrive_policy, .equal = equal_redrive_policy, .normal = normal_json, .api = "RedrivePolicy", .describe = "Where messages go that were received too often: `deadLetterTargetArn` and `maxReceiveCount`."),
    ATTR_REGION(queue),
    ATTR(queue, sqs_managed_sse_enabled,     OPTIONAL | COMPUTED | FOLLOWS, .api = "SqsManagedSseEnabled", .conflicts = "kms_master_key_id", .describe = "Whether SQS encrypts messages with keys of its own."),
    ATTR(queue, tags,                        OPTIONAL | EMPTY_OK, .check_map = check_tags, .describe = "Tags of the queue."),
    ATTR(queue, tags_all,                    OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(queue, url,                         COMPUTED, .describe = "URL of the queue."),
    ATTR(queue, visibility_timeout_seconds,  OPTIONAL, .dflt = "30", .max = 43200, .api = "VisibilityTimeout", .describe = "Seconds that a received message is hidden from other receivers."),
    ATTR(queue, timeouts,                    OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_cud),
};
/* clang-format on */

static const struct model queue_model = MODEL(queue, queue_attrs);
static const struct tags_api queue_tags = {sqs_tag_queue, sqs_untag_queue};

/* SQS says that a change can take 60 s to be seen everywhere, as can a deletion. */
static const int64_t consistency_ms = 180 * 1000;
/* A name is free again 60 s after its queue was deleted. */
static const int64_t recreation_ms = 75 * 1000;

/* Names. */

static bool name_is_legal(struct str name, bool fifo)
{
    if (fifo) {
        if (!str_ends_with(name, STR(".fifo")))
            return false;
        name.len -= STR(".fifo").len;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && c != '-')
            return false;
    }
    return name.len > 0 && name.len + (fifo ? STR(".fifo").len : 0) <= 80;
}

static struct error *check_name(struct call *c, const struct queue *m, bool fifo)
{
    if (!TF_IS_KNOWN(m->name) || name_is_legal(m->name.v, fifo))
        return NULL;
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "name is \"" STR_FMT "\"", STR_ARG(m->name.v));
    e->detail = fifo
                    ? STR("A FIFO queue's name has 1 to 80 letters, digits, _ and -, the ending "
                          ".fifo included.")
                    : STR("A standard queue's name has 1 to 80 letters, digits, _ and -; only with "
                          "fifo_queue = true does it end in .fifo.");
    return e;
}

static struct error *check_fifo(struct call *c, const struct queue *m)
{
    if (!m->content_based_deduplication.v || m->fifo_queue.v)
        return NULL;
    struct error *e = error_new(c->arena, ERROR_INVALID,
                                "content_based_deduplication is true on a standard queue");
    e->detail = STR("Only FIFO queues know it: set fifo_queue = true as well, or leave it out.");
    return e;
}

static struct error *check_wait(struct call *c, const struct queue *m)
{
    int64_t wait = m->receive_wait_time_seconds.v;

    if (wait >= 0 && wait <= 20)
        return NULL;
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "receive_wait_time_seconds is %lld", (long long)wait);
    e->detail = STR("SQS allows 0 to 20 seconds.");
    return error_at(e, STR("receive_wait_time_seconds"));
}

/* "Dead-letter queue must be same type of queue as the source." */
static struct error *check_redrive(struct call *c, const struct queue *m)
{
    bool known = TF_IS_KNOWN(m->redrive_policy) && !TF_IS_UNKNOWN(m->fifo_queue);
    struct str target = known ? redrive_target(c->arena, m->redrive_policy.v) : STR("");

    if (!target.len || str_ends_with(target, STR(".fifo")) == m->fifo_queue.v)
        return NULL;
    struct error *e = error_new(c->arena, ERROR_INVALID,
                                "redrive_policy names a queue of the other type: \"" STR_FMT "\"",
                                STR_ARG(target));
    e->detail = STR("Messages of a FIFO queue go to a FIFO queue, those of a standard queue to a "
                    "standard queue.");
    return error_at(e, STR("redrive_policy"));
}

/* Checked when planning, as hashicorp/aws does, and not before: what is said of a queue then comes
 * together with what is said of the others.  Matters of two attributes are the resource's. */
static struct error *check_planned(struct call *c, const struct queue *m)
{
    if (TF_IS_UNKNOWN(m->fifo_queue))
        return NULL;
    struct error *errors = check_name(c, m, m->fifo_queue.v);
    errors = error_join(errors, check_fifo(c, m));
    errors = error_join(errors, check_redrive(c, m));
    return error_join(errors, check_wait(c, m));
}

/* Attributes by row. */

/* On a standard queue SQS refuses even to hear of these. */
static bool is_for_fifo(const struct attr *row)
{
    static const char *const names[] = {"FifoQueue", "ContentBasedDeduplication",
                                        "DeduplicationScope", "FifoThroughputLimit"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (str_eq(str_of(row->api), str_of(names[i])))
            return true;
    return false;
}

static bool is_zero_for_unset(const struct attr *row, const struct queue *m)
{
    const struct tf_int *number = (const void *)((const char *)m + row->offset);
    return row->kind == ATTR_INT && number->v == 0 && row->min > 0;
}

/* What has to be sent to get from `was` (NULL: from nothing) to `m`: unset texts are sent empty
 * when they were set before. */
static struct sqs_attributes wanted(struct call *c, const struct queue *was, const struct queue *m)
{
    struct sqs_attributes out = {0};

    for (size_t i = 0; i < queue_model.count; i++) {
        const struct attr *row = &queue_model.attrs[i];
        struct str text = STR("");
        if (!row->api || !(row->flags & OPTIONAL) || (is_for_fifo(row) && !m->fifo_queue.v))
            continue;
        if (was && attr_eq(row, was, m))
            continue;
        bool known = attr_text(c->arena, row, m, &text) && !is_zero_for_unset(row, m);
        if (known ? text.len || was : was && row->kind == ATTR_STRING)
            ARENA_PUSH(c->arena, out.items, out.count, out.capacity,
                       (struct sqs_attribute){str_of(row->api), text});
    }
    return out;
}

static const struct attr *row_of_api(struct str api)
{
    for (size_t i = 0; i < queue_model.count; i++)
        if (queue_model.attrs[i].api && str_eq(str_of(queue_model.attrs[i].api), api))
            return &queue_model.attrs[i];
    return NULL;
}

static bool is_shown(struct call *c, const struct sqs_attributes *shown,
                     const struct sqs_attribute *want)
{
    const struct attr *row = row_of_api(want->name);
    struct str value = sqs_attribute(shown, want->name);

    return str_eq(value, want->value) || (row->equal && row->equal(c->arena, value, want->value));
}

/* Waiting for what was written. */

struct expectation {
    struct str url;
    struct sqs_attributes wanted, shown;
};

static struct error *look(struct call *c, void *self)
{
    struct expectation *x = self;
    struct aws_call aws = aws_call_of(c);

    TRY(sqs_get_queue_attributes(&aws, x->url, &x->shown));
    for (size_t i = 0; i < x->wanted.count; i++)
        if (!is_shown(c, &x->shown, &x->wanted.items[i]))
            return not_yet(c, "the queue's new attributes");
    return NULL;
}

static struct error *set_attempt(struct call *c, void *self)
{
    struct expectation *x = self;
    struct aws_call aws = aws_call_of(c);
    return sqs_set_queue_attributes(&aws, x->url, &x->wanted);
}

static struct error *look_gone(struct call *c, void *self)
{
    struct expectation *x = self;
    struct aws_call aws = aws_call_of(c);
    struct error *e = sqs_get_queue_attributes(&aws, x->url, &x->shown);

    return e ? gone_is_fine(e) : not_yet(c, "that the queue is gone");
}

static struct error *take_in(struct call *c, struct queue *m, const struct sqs_attributes *shown)
{
    for (size_t i = 0; i < queue_model.count; i++) {
        const struct attr *row = &queue_model.attrs[i];
        struct str text = row->api ? sqs_attribute(shown, str_of(row->api)) : (struct str){0};
        if (!row->api)
            continue;
        if (text.len)
            TRY(attr_set_text(c->arena, row, m, text));
        else if (row->kind == ATTR_STRING)
            *(struct tf_string *)((char *)m + row->offset) =
                row->flags & EMPTY_OK ? tf_string_of(STR("")) : (struct tf_string){0};
        else if (row->kind == ATTR_BOOL)
            *(struct tf_bool *)((char *)m + row->offset) = tf_bool_of(false);
    }
    /* SQS leaves it out while no key of KMS is used; this is what holds then. */
    if (!TF_IS_KNOWN(m->kms_data_key_reuse_period_seconds))
        m->kms_data_key_reuse_period_seconds = tf_int_of(300);
    return NULL;
}

/* Fills in what the plan left open, or said and could not know; all else stays in the user's words.
 */
static struct error *fill_open(struct call *c, struct queue *m, const struct sqs_attributes *shown)
{
    struct queue found = {0};
    struct str text, mine;

    TRY(take_in(c, &found, shown));
    for (size_t i = 0; i < queue_model.count; i++) {
        const struct attr *row = &queue_model.attrs[i];
        enum tf_state *state = (enum tf_state *)((char *)m + row->offset);
        if (!row->api || (*state != TF_UNKNOWN && !(row->flags & FOLLOWS)))
            continue;
        bool there = attr_text(c->arena, row, &found, &text);
        if (there && row->equal && attr_text(c->arena, row, m, &mine) &&
            row->equal(c->arena, mine, text))
            continue;
        *state = TF_NULL;
        if (there)
            TRY(attr_set_text(c->arena, row, m, text));
    }
    return NULL;
}

/* The four functions. */

/* What is written of the period counts only where a key of KMS is used and SQS's own encryption is
 * not; in a new queue hashicorp/aws plans a 0 beside the latter. */
static struct tf_int planned_period(const struct queue *was, const struct queue *wrote,
                                    const struct queue *m)
{
    bool own = TF_IS_KNOWN(m->sqs_managed_sse_enabled) && m->sqs_managed_sse_enabled.v;
    bool no_key = !TF_IS_UNKNOWN(m->kms_master_key_id) && !m->kms_master_key_id.v.len;

    /* With a key of KMS, SQS's own encryption ends, though state still says that it is on; whether
     * what is not known yet is a key decides the rest. */
    if (!TF_IS_NULL(wrote->kms_data_key_reuse_period_seconds) && !no_key)
        return own && TF_IS_UNKNOWN(m->kms_master_key_id) ? (struct tf_int){.state = TF_UNKNOWN}
                                                          : m->kms_data_key_reuse_period_seconds;
    if (was)
        return was->kms_data_key_reuse_period_seconds;
    return own ? tf_int_of(0) : (struct tf_int){.state = TF_UNKNOWN};
}

static struct error *queue_plan(struct call *c, const void *prior, const void *config,
                                void *planned)
{
    const struct queue *wrote = config;
    struct queue *m = planned;

    if (!prior && TF_IS_NULL(wrote->sqs_managed_sse_enabled))
        m->sqs_managed_sse_enabled.state = TF_UNKNOWN;
    m->kms_data_key_reuse_period_seconds = planned_period(prior, wrote, m);
    return check_planned(c, m);
}

struct creation {
    struct str name, url;
    struct sqs_attributes attributes;
    struct aws_tags tags;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return sqs_create_queue(&aws, creation->name, &creation->attributes, &creation->tags,
                            &creation->url);
}

static struct error *create_naming_fresh(struct call *c, void *self)
{
    return keep_trying(c, fresh_ms(c), create_attempt, is_unknown_to_sqs, self);
}

static struct error *find_url(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return sqs_get_queue_url(&aws, creation->name, &creation->url);
}

static int64_t made_ms(const struct sqs_attributes *shown)
{
    struct str text = sqs_attribute(shown, STR("CreatedTimestamp"));
    int64_t seconds;
    return str_to_int64(str_cut(&text, '.'), &seconds) ? seconds * 1000 : NEVER_MS;
}

/* A queue of that name which was there before is only as good as a new one when it is as asked. */
static struct error *look_whose(struct call *c, const struct creation *creation)
{
    struct expectation x = {.url = creation->url, .wanted = creation->attributes};
    struct error *unlike = look(c, &x);

    if (!unlike || !is_not_yet(unlike) || is_made_just_now(made_ms(&x.shown)))
        return NULL;
    return name_taken(c, creation->name, made_ms(&x.shown));
}

static struct str url_of(struct call *c, struct str name)
{
    struct str account, endpoint = aws_client_endpoint(c->aws, AWS_SQS);

    if (call_account_id(c, &account) || !account.len)
        return STR("");
    return arena_printf(c->arena, STR_FMT STR_FMT "/" STR_FMT, STR_ARG(endpoint), STR_ARG(account),
                        STR_ARG(name));
}

/* Of a create whose answer was lost: the queue goes by its name, and so does its URL when nobody
 * can be asked. */
static struct error *find_lost(struct call *c, struct queue *m, struct creation *creation,
                               struct error *lost)
{
    struct error *unseen = look_for_lost(c, find_url, creation);

    if (!unseen)
        return look_whose(c, creation);
    if (unseen->kind == ERROR_NOT_FOUND)
        return lost;
    struct str url = url_of(c, creation->name);
    if (!url.len)
        return lost;
    m->id = m->url = tf_string_of(url);
    return in_doubt(c, lost);
}

/* The queue is there as it was asked for, which is what counts: an error would have Terraform make
 * another in its place, were it only because Ctrl-C came while it was looked at. */
static bool is_only_unseen(struct call *c, const struct error *e)
{
    if (!e || (e->kind != ERROR_CANCELLED && !is_not_yet(e)))
        return false;
    call_warn(c, STR(""), STR("the queue was made and could not be looked at yet"),
              arena_printf(c->arena, STR_FMT ". What is computed is filled in by the next refresh.",
                           STR_ARG(e->summary)));
    return true;
}

static struct error *queue_create(struct call *c, void *model)
{
    struct queue *m = model;

    name_make(c, &m->name, &m->name_prefix, m->fifo_queue.v ? STR(".fifo") : (struct str){0});
    struct creation creation = {
        .name = m->name.v,
        .attributes = wanted(c, NULL, m),
        .tags = tags_of_new(c, &m->tags),
    };
    struct error *e = keep_trying(c, recreation_ms, create_naming_fresh, is_conflict, &creation);
    if (e && e->outcome_unknown)
        e = find_lost(c, m, &creation, e);
    TRY(e);
    m->id = m->url = tf_string_of(creation.url);
    struct expectation x = {.url = creation.url, .wanted = creation.attributes};
    e = keep_trying(c, consistency_ms, look, is_missing_or_not_yet, &x);
    if (e && !is_only_unseen(c, e))
        return e;
    return fill_open(c, m, &x.shown);
}

static struct error *queue_read(struct call *c, void *model)
{
    struct queue *m = model;
    struct aws_call aws = aws_call_of(c);
    struct sqs_attributes shown = {0};
    struct aws_tags tags = {0};

    TRY(sqs_get_queue_attributes(&aws, m->id.v, &shown));
    TRY(no_stranger(c, m->name.v, made_ms(&shown)));
    TRY(sqs_list_queue_tags(&aws, m->id.v, &tags));
    TRY(take_in(c, m, &shown));
    struct tf_map remote = tags_from_aws(c, &tags);
    call_tags_read(c, &remote, &m->tags, &m->tags_all);
    struct str rest = m->arn.v, name = rest;
    while (rest.ptr)
        name = str_cut(&rest, ':');
    m->url = m->id;
    m->name = tf_string_of(name);
    m->name_prefix = name_prefix_of(c, name, m->fifo_queue.v ? STR(".fifo") : (struct str){0});
    return NULL;
}

static struct error *queue_update(struct call *c, const void *prior, void *model)
{
    const struct queue *was = prior;
    struct queue *m = model;
    struct expectation x = {.url = m->id.v, .wanted = wanted(c, was, m)};

    if (x.wanted.count) {
        TRY(keep_trying(c, fresh_ms(c), set_attempt, is_unknown_to_sqs, &x));
        for (size_t i = 0; i < x.wanted.count; i++)
            call_applied(c, row_of_api(x.wanted.items[i].name)->name);
    }
    TRY(tags_update(c, &queue_tags, m->id.v, &was->tags_all, &m->tags_all));
    TRY(keep_trying(c, consistency_ms, look, is_not_yet, &x));
    return fill_open(c, m, &x.shown);
}

static struct error *queue_destroy(struct call *c, const void *prior)
{
    const struct queue *m = prior;
    struct aws_call aws = aws_call_of(c);
    struct expectation x = {.url = m->id.v};

    TRY(sqs_delete_queue(&aws, m->id.v));
    return keep_trying(c, consistency_ms, look_gone, is_not_yet, &x);
}

extern const struct resource_type aws_sqs_queue;
const struct resource_type aws_sqs_queue = {
    .name = "aws_sqs_queue",
    .describe = "An SQS queue, standard or FIFO.",
    .notes = "SQS can take a minute to show a change. A create, update or destroy returns when SQS "
             "shows what was\n"
             "asked for.",
    .subcategory = "SQS",
    .import_id = "{url}",
    .import_says = "the queue's URL, such as "
                   "`https://sqs.us-east-1.amazonaws.com/123456789012/orders`",
    .model = MODEL(queue, queue_attrs),
    .identity = {.version = 1, .required = "url"},
    .blame =
        BLAME({"QueueNameExists", NULL, "name"}, {"*QueueDeletedRecently", NULL, "name"},
              {NULL, "an only include alphanumeric", "name"}, {"Kms*", NULL, "kms_master_key_id"},
              {"KMS*", NULL, "kms_master_key_id"}, {NULL, "sqs:TagQueue", "tags"},
              {NULL, "sqs:tagqueue", "tags"}, {NULL, "Dead letter target", "redrive_policy"}),
    .timeouts = {.create_ms = 3 * 60000, .update_ms = 3 * 60000, .delete_ms = 3 * 60000},
    .plan = queue_plan,
    .create = queue_create,
    .read = queue_read,
    .update = queue_update,
    .destroy = queue_destroy,
};
