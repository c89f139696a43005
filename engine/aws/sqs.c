#include "engine/aws/sqs.h"

#include "engine/aws/client.h"

/* A request is an object of a few members; what starts one and what ends it. */
struct body {
    struct buf text;
    struct json_writer writer;
};

static struct json_writer *begin(struct arena *a, struct body *b)
{
    b->text = buf_in(a);
    b->writer = json_writer_to(&b->text);
    json_begin_object(&b->writer);
    return &b->writer;
}

static struct aws_request request_of(const char *operation, enum aws_effect effect, struct body *b)
{
    json_end_object(&b->writer);
    return (struct aws_request){
        .service = &service_sqs,
        .operation = operation,
        .effect = effect,
        .body = buf_str(&b->text),
    };
}

static struct error *send(const struct aws_call *c, const char *operation, enum aws_effect effect,
                          struct body *b, struct json *out)
{
    struct aws_request request = request_of(operation, effect, b);
    struct aws_answer answer;

    TRY(aws_send(c, c->arena, &request, &answer));
    *out = answer.json;
    return NULL;
}

static struct error *send_url(const struct aws_call *c, const char *operation,
                              enum aws_effect effect, struct str url, struct json *out)
{
    struct body b;

    json_member(begin(c->arena, &b), "QueueUrl", url);
    return send(c, operation, effect, &b, out);
}

static void write_attributes(struct json_writer *w, const struct sqs_attributes *attributes)
{
    if (!attributes || !attributes->count)
        return;
    json_key(w, STR("Attributes"));
    json_begin_object(w);
    for (size_t i = 0; i < attributes->count; i++) {
        json_key(w, attributes->items[i].name);
        json_string(w, attributes->items[i].value);
    }
    json_end_object(w);
}

/* CreateQueue calls them "tags", TagQueue "Tags". */
static void write_tags(struct json_writer *w, const char *member, const struct aws_tags *tags)
{
    if (!tags || !tags->count)
        return;
    json_key(w, str_of(member));
    json_begin_object(w);
    for (size_t i = 0; i < tags->count; i++) {
        json_key(w, tags->items[i].key);
        json_string(w, tags->items[i].value);
    }
    json_end_object(w);
}

static struct error *read_url(const struct aws_call *c, const char *operation,
                              const struct json *answer, struct str *url)
{
    *url = json_string_or(json_get(answer, "QueueUrl"), STR(""));
    if (url->len)
        return NULL;
    return error_new(c->arena, ERROR_UNREACHABLE, "calling SQS %s: the answer has no QueueUrl",
                     operation);
}

struct error *sqs_create_queue(const struct aws_call *c, struct str name,
                               const struct sqs_attributes *attributes, const struct aws_tags *tags,
                               struct str *url)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "QueueName", name);
    write_attributes(w, attributes);
    write_tags(w, "tags", tags);
    TRY(send(c, "CreateQueue", AWS_CHANGES, &b, &answer));
    struct error *e = read_url(c, "CreateQueue", &answer, url);
    if (e)
        e->outcome_unknown = true;
    return e;
}

struct error *sqs_get_queue_url(const struct aws_call *c, struct str name, struct str *url)
{
    struct body b;
    struct json answer;

    json_member(begin(c->arena, &b), "QueueName", name);
    TRY(send(c, "GetQueueUrl", AWS_READS, &b, &answer));
    return read_url(c, "GetQueueUrl", &answer, url);
}

/* SQS tells of more than a thousand queues only where a page's size is asked for. */
static void begin_page(struct arena *a, struct body *b, struct str prefix, struct str token)
{
    enum { PAGE_MOST = 1000 };
    struct json_writer *w = begin(a, b);

    json_member_int(w, "MaxResults", PAGE_MOST);
    if (prefix.len)
        json_member(w, "QueueNamePrefix", prefix);
    if (token.len)
        json_member(w, "NextToken", token);
}

struct error *sqs_list_queues(const struct aws_call *c, struct str prefix, struct sqs_urls *out)
{
    struct str token = STR("");

    *out = (struct sqs_urls){0};
    do {
        struct body b;
        struct aws_answer answer;
        begin_page(c->arena, &b, prefix, token);
        struct aws_request request = request_of("ListQueues", AWS_READS, &b);
        TRY(aws_send(c, c->arena, &request, &answer));
        const struct json *urls = json_get(&answer.json, "QueueUrls");
        for (size_t i = 0; i < urls->count; i++)
            ARENA_PUSH(c->arena, out->items, out->count, out->capacity,
                       json_string_or(&urls->items[i], STR("")));
        TRY(aws_next_page(c, &request, &token,
                          json_string_or(json_get(&answer.json, "NextToken"), STR(""))));
    } while (token.len);
    return NULL;
}

struct error *sqs_get_queue_attributes(const struct aws_call *c, struct str url,
                                       struct sqs_attributes *out)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    *out = (struct sqs_attributes){0};
    json_member(w, "QueueUrl", url);
    json_key(w, STR("AttributeNames"));
    json_begin_array(w);
    json_string(w, STR("All"));
    json_end_array(w);
    TRY(send(c, "GetQueueAttributes", AWS_READS, &b, &answer));
    const struct json *attributes = json_get(&answer, "Attributes");
    for (size_t i = 0; i < attributes->count; i++)
        ARENA_PUSH(c->arena, out->items, out->count, out->capacity,
                   (struct sqs_attribute){attributes->keys[i],
                                          json_string_or(&attributes->items[i], STR(""))});
    return NULL;
}

struct error *sqs_set_queue_attributes(const struct aws_call *c, struct str url,
                                       const struct sqs_attributes *attributes)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "QueueUrl", url);
    write_attributes(w, attributes);
    return send(c, "SetQueueAttributes", AWS_CHANGES, &b, &answer);
}

struct error *sqs_list_queue_tags(const struct aws_call *c, struct str url, struct aws_tags *out)
{
    struct json answer;

    *out = (struct aws_tags){0};
    TRY(send_url(c, "ListQueueTags", AWS_READS, url, &answer));
    const struct json *tags = json_get(&answer, "Tags");
    for (size_t i = 0; i < tags->count; i++)
        ARENA_PUSH(c->arena, out->items, out->count, out->capacity,
                   (struct aws_tag){tags->keys[i], json_string_or(&tags->items[i], STR(""))});
    return NULL;
}

struct error *sqs_tag_queue(const struct aws_call *c, struct str url, const struct aws_tags *tags)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "QueueUrl", url);
    write_tags(w, "Tags", tags);
    return send(c, "TagQueue", AWS_CHANGES, &b, &answer);
}

struct error *sqs_untag_queue(const struct aws_call *c, struct str url, const struct str *keys,
                              size_t count)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "QueueUrl", url);
    json_key(w, STR("TagKeys"));
    json_begin_array(w);
    for (size_t i = 0; i < count; i++)
        json_string(w, keys[i]);
    json_end_array(w);
    return send(c, "UntagQueue", AWS_CHANGES, &b, &answer);
}

struct error *sqs_delete_queue(const struct aws_call *c, struct str url)
{
    struct json answer;

    return send_url(c, "DeleteQueue", AWS_CHANGES, url, &answer);
}

static int64_t sent_ms(const struct json *message)
{
    int64_t date_ms = 0;
    struct str text =
        json_string_or(json_path(message, "Attributes", "SentTimestamp", NULL), STR(""));

    return str_to_int64(text, &date_ms) ? date_ms : 0;
}

struct error *sqs_receive_messages(const struct aws_call *c, struct str url, int wait_seconds,
                                   int hidden_seconds, struct sqs_messages *out)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    *out = (struct sqs_messages){0};
    json_member(w, "QueueUrl", url);
    json_member_int(w, "MaxNumberOfMessages", SQS_BATCH_MOST);
    json_member_int(w, "WaitTimeSeconds", wait_seconds);
    json_member_int(w, "VisibilityTimeout", hidden_seconds);
    json_key(w, STR("MessageSystemAttributeNames"));
    json_begin_array(w);
    json_string(w, STR("SentTimestamp"));
    json_end_array(w);
    TRY(send(c, "ReceiveMessage", AWS_READS, &b, &answer));
    const struct json *messages = json_get(&answer, "Messages");
    for (size_t i = 0; i < messages->count; i++) {
        const struct json *m = &messages->items[i];
        ARENA_PUSH(c->arena, out->items, out->count, out->capacity,
                   (struct sqs_message){json_string_or(json_get(m, "Body"), STR("")),
                                        json_string_or(json_get(m, "ReceiptHandle"), STR("")),
                                        sent_ms(m)});
    }
    return NULL;
}

static void write_entries(struct json_writer *w, struct arena *a, const struct str *receipts,
                          size_t count)
{
    json_key(w, STR("Entries"));
    json_begin_array(w);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(w);
        json_member(w, "Id", arena_printf(a, "%zu", i));
        json_member(w, "ReceiptHandle", receipts[i]);
        json_end_object(w);
    }
    json_end_array(w);
}

struct error *sqs_delete_messages(const struct aws_call *c, struct str url,
                                  const struct str *receipts, size_t count)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "QueueUrl", url);
    write_entries(w, c->arena, receipts, count);
    TRY(send(c, "DeleteMessageBatch", AWS_CHANGES, &b, &answer));
    const struct json *failed = json_get(&answer, "Failed");
    if (!failed->count)
        return NULL;
    struct str code = json_string_or(json_get(&failed->items[0], "Code"), STR(""));
    struct error *e = error_new(c->arena, aws_error_kind(code),
                                "SQS DeleteMessageBatch refused %zu of %zu messages: " STR_FMT,
                                failed->count, count, STR_ARG(code));
    e->code = code;
    return e;
}

struct str sqs_attribute(const struct sqs_attributes *attributes, struct str name)
{
    for (size_t i = 0; i < attributes->count; i++)
        if (str_eq(attributes->items[i].name, name))
            return attributes->items[i].value;
    return (struct str){0};
}
