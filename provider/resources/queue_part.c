#include "provider/resources/queue_part.h"

#include "engine/aws/sqs.h"
#include "provider/resources/shared.h"

/* SQS says that a change can take 60 s to be seen everywhere. */
static const int64_t consistency_ms = 180 * 1000;

struct expectation {
    const struct queue_part_kind *kind;
    struct str url, text; /* empty: none */
};

static struct error *send_attempt(struct call *c, void *self)
{
    const struct expectation *x = self;
    struct aws_call aws = aws_call_of(c);
    struct sqs_attribute one = {x->kind->attribute, x->text};
    struct sqs_attributes attributes = {&one, 1, 1};

    return sqs_set_queue_attributes(&aws, x->url, &attributes);
}

static bool is_fresh(const struct error *e)
{
    return is_missing(e) || is_unknown_to_sqs(e);
}

/* The queue, or what the text names, may have been made a moment ago. */
static struct error *send(struct call *c, struct expectation *x)
{
    return keep_trying(c, fresh_ms(c), send_attempt, is_fresh, x);
}

static struct error *read_text(struct call *c, const struct expectation *x, struct str *text)
{
    struct aws_call aws = aws_call_of(c);
    struct sqs_attributes shown = {0};

    TRY(sqs_get_queue_attributes(&aws, x->url, &shown));
    *text = sqs_attribute(&shown, x->kind->attribute);
    return NULL;
}

static struct error *look(struct call *c, void *self)
{
    const struct expectation *x = self;
    struct str shown;

    TRY(read_text(c, x, &shown));
    if (str_eq(shown, x->text) || x->kind->equal(c->arena, shown, x->text))
        return NULL;
    return not_yet(c, x->kind->what);
}

struct error *queue_part_create(struct call *c, const struct queue_part_kind *k,
                                struct queue_part *m)
{
    struct expectation x = {k, m->queue_url.v, m->text.v};

    struct error *lost = send(c, &x);
    if (lost && !lost->outcome_unknown)
        return lost;
    m->id = m->queue_url;
    if (lost)
        return look_for_lost(c, look, &x) ? in_doubt(c, lost) : NULL;
    return keep_trying(c, consistency_ms, look, is_not_yet, &x);
}

struct error *queue_part_read(struct call *c, const struct queue_part_kind *k, struct queue_part *m)
{
    struct expectation x = {k, m->id.v, STR("")};
    struct str shown;

    TRY(read_text(c, &x, &shown));
    if (!shown.len)
        return error_new(c->arena, ERROR_NOT_FOUND, "queue " STR_FMT " has no " STR_FMT,
                         STR_ARG(m->id.v), STR_ARG(k->attribute));
    m->text = tf_string_of(shown);
    m->queue_url = m->id;
    return NULL;
}

struct error *queue_part_update(struct call *c, const struct queue_part_kind *k,
                                const struct queue_part *prior, struct queue_part *m)
{
    struct expectation x = {k, m->id.v, m->text.v};

    if (k->equal(c->arena, prior->text.v, m->text.v))
        return NULL;
    TRY(send(c, &x));
    return keep_trying(c, consistency_ms, look, is_not_yet, &x);
}

/* An empty text is none. */
struct error *queue_part_destroy(struct call *c, const struct queue_part_kind *k,
                                 const struct queue_part *prior)
{
    struct expectation x = {k, prior->id.v, STR("")};

    TRY(send_attempt(c, &x)); /* a queue that is gone has none either */
    return keep_trying(c, consistency_ms, look, is_not_yet, &x);
}

static void count_as_number(struct arena *a, struct json *policy)
{
    const struct str name = STR("maxReceiveCount");
    const struct json *count = json_get_str(policy, name);
    int64_t number;

    if (count->kind == JSON_STRING && str_to_int64(count->text, &number))
        json_set(a, policy, name, json_new_int(a, number));
}

bool equal_redrive_policy(struct arena *scratch, struct str a, struct str b)
{
    struct json x, y;

    if (json_parse(scratch, a, &x) || json_parse(scratch, b, &y))
        return false;
    count_as_number(scratch, &x);
    count_as_number(scratch, &y);
    return json_eq(&x, &y);
}
