/* The notices port over SQS, against a scripted server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/adapters/sqs_notices.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"
#include "tests/unit/engine-aws/fixture.h"
#include "tests/unit/range.h"

struct hearing {
    struct fixture f;
    struct monitor monitor;
    struct event *first, **last;
    struct sqs_notices *notices;
    struct notices_port port;
};

static void post(void *self, struct event *e)
{
    struct hearing *h = self;

    monitor_enter(&h->monitor);
    *h->last = e;
    h->last = &e->next;
    monitor_wake(&h->monitor);
    monitor_leave(&h->monitor);
}

static struct event *next_event(struct hearing *h)
{
    monitor_enter(&h->monitor);
    while (!h->first)
        monitor_wait(&h->monitor, NEVER_MS);
    struct event *e = h->first;
    h->first = e->next;
    if (!h->first)
        h->last = &h->first;
    monitor_leave(&h->monitor);
    return e;
}

static void open_ear(struct hearing *h, const struct loopback_step *steps, size_t count,
                     const char *queue)
{
    *h = (struct hearing){0};
    h->last = &h->first;
    monitor_init(&h->monitor);
    begin(&h->f, steps, count);
    const struct sqs_notices_options options = {
        .client = h->f.client, .queue = str_of(queue), .region = STR("us-east-1")};
    h->notices = sqs_notices_new(&options, (struct event_sink){h, post});
    h->port = sqs_notices_port(h->notices);
}

/* The server goes before the adapter is waited for: what hangs is cut. */
static void close_ear(struct hearing *h)
{
    sqs_notices_stop(h->notices);
    loopback_stop(&h->f.server);
    sqs_notices_free(h->notices);
    while (h->first) {
        struct event *e = h->first;
        h->first = e->next;
        event_free(e);
    }
    aws_client_free(h->f.client);
    arena_free(&h->f.arena);
    monitor_finish(&h->monitor);
}

static void await_requests(struct hearing *h, size_t count)
{
    while (atomic_load(&h->f.server.request_count) < count)
        cancel_wait_ms(NULL, 2);
}

#define QUEUE_URL "{\"QueueUrl\":\"http://sqs/123456789012/notices\"}"
#define MESSAGES                                                                        \
    "{\"Messages\":[{\"MessageId\":\"m\",\"ReceiptHandle\":\"r-1\",\"Body\":\"hello\"," \
    "\"Attributes\":{\"SentTimestamp\":\"784111776000\"}}]}"

static void a_message_comes_with_its_age_and_goes_by_its_receipt(void **state)
{
    (void)state;
    struct hearing h;
    open_ear(&h,
             STEPS({.body = QUEUE_URL},
                   {.body = MESSAGES, .headers = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"},
                   {.act = LOOPBACK_HANG}),
             3, "notices");
    h.port.submit_watch(h.port.self);
    struct event *e = next_event(&h);
    assert_int_equal(e->kind, EVENT_NOTICES);
    assert_null(e->error);
    assert_int_equal(e->notice_count, 1);
    assert_int_equal(e->notices[0].kind, NOTICE_BROKEN);
    assert_true(in_range(e->notices[0].age_ms, 1000, 600000));
    h.port.submit_acknowledge(h.port.self, &e->notices[0].receipt, 1);
    event_free(e);
    await_requests(&h, 4);
    assert_contains(h.f.server.requests[0], "GetQueueUrl");
    assert_contains(sent_body(&h.f, 0), "{\"QueueName\":\"notices\"}");
    assert_contains(h.f.server.requests[1], "ReceiveMessage");
    assert_contains(sent_body(&h.f, 1), "\"WaitTimeSeconds\":20");
    bool deletes_first = str_find_str(h.f.server.requests[2], STR("DeleteMessageBatch")) <
                         h.f.server.requests[2].len;
    assert_contains(sent_body(&h.f, deletes_first ? 2 : 3),
                    "{\"QueueUrl\":\"http://sqs/123456789012/notices\",\"Entries\":[{\"Id\":\"0\","
                    "\"ReceiptHandle\":\"r-1\"}]}");
    close_ear(&h);
}

static void a_rest_ends_the_poll_at_once_and_it_can_go_on(void **state)
{
    (void)state;
    struct hearing h;
    int64_t since_ms = time_monotonic_ms();
    open_ear(&h, STEPS({.act = LOOPBACK_HANG}), 1, "http://sqs/123456789012/notices");
    for (size_t i = 1; i <= 3; i++) {
        h.port.submit_watch(h.port.self);
        await_requests(&h, i);
        h.port.submit_rest(h.port.self);
    }
    close_ear(&h);
    assert_true(in_range(time_monotonic_ms() - since_ms, 0, 10000)); /* a poll hangs for 25 s */
}

static struct str problem(struct hearing *h, struct event **out)
{
    h->port.submit_watch(h->port.self);
    *out = next_event(h);
    assert_non_null((*out)->error);
    return arena_printf(&(*out)->arena, STR_FMT ": " STR_FMT, STR_ARG((*out)->error->summary),
                        STR_ARG((*out)->error->detail));
}

static void a_queue_that_is_missing_is_named_with_its_region(void **state)
{
    (void)state;
    struct hearing h;
    struct event *e;
    open_ear(&h,
             STEPS({.status = 400,
                    .body = "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\","
                            "\"message\":\"The specified queue does not exist.\"}"}),
             1, "notices");
    struct str text = problem(&h, &e);
    assert_int_equal(e->error->kind, ERROR_NOT_FOUND);
    assert_contains(text, "the interruption queue notices does not exist: It is looked for again "
                          "until it is made, in region us-east-1.");
    event_free(e);
    close_ear(&h);
}

static void a_queue_that_may_not_be_read_is_said_with_the_permission(void **state)
{
    (void)state;
    struct hearing h;
    struct event *e;
    open_ear(&h,
             STEPS({.status = 403,
                    .body = "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\","
                            "\"message\":\"User: arn:aws:iam::1:user/u is not authorized to "
                            "perform: sqs:receivemessage\"}"}),
             1, "https://sqs.us-east-1.amazonaws.com/123456789012/notices");
    struct str text = problem(&h, &e);
    assert_int_equal(e->error->kind, ERROR_DENIED);
    assert_contains(text, "the interruption queue https://sqs.us-east-1.amazonaws.com/123456789012/"
                          "notices cannot be read: ");
    assert_contains(text, "sqs:");
    event_free(e);
    close_ear(&h);
}

static void a_queue_of_another_region_is_not_even_asked(void **state)
{
    static const char *const urls[] = {
        "https://sqs.eu-west-1.amazonaws.com/123456789012/notices",
        "https://eu-west-1.queue.amazonaws.com/123456789012/notices",
        "https://sqs.eu-west-1.amazonaws.com.cn/123456789012/notices",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        struct hearing h;
        struct event *e;
        open_ear(&h, STEPS({.body = "{}"}), 1, urls[i]);
        struct str text = problem(&h, &e);
        assert_contains(text, "the interruption queue is in eu-west-1, the fleet in us-east-1");
        assert_int_equal(atomic_load(&h.f.server.request_count), 0);
        event_free(e);
        close_ear(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_comes_with_its_age_and_goes_by_its_receipt),
        cmocka_unit_test(a_rest_ends_the_poll_at_once_and_it_can_go_on),
        cmocka_unit_test(a_queue_that_is_missing_is_named_with_its_region),
        cmocka_unit_test(a_queue_that_may_not_be_read_is_said_with_the_permission),
        cmocka_unit_test(a_queue_of_another_region_is_not_even_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
