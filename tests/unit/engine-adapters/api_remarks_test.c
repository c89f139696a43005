/* Remarks as Events: what the API server is asked to write, and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/adapters/api_remarks.h"
#include "engine/base/cancel.h"
#include "engine/base/time.h"
#include "tests/unit/loopback.h"

enum { PATIENCE_MS = 60000 };
#define DATE_MS (1700000000LL * 1000) /* 2023-11-14T22:13:20Z */

/* It goes by tests' own time, so that nothing becomes old while a busy machine thinks. */
static int64_t still(void *self)
{
    return atomic_load((_Atomic int64_t *)self);
}

static int64_t a_date(void *self)
{
    (void)self;
    return DATE_MS;
}

struct fixture {
    struct arena arena;
    struct loopback server;
    struct kube_access access;
    struct kube_client *client;
    _Atomic int64_t now_ms;
    struct api_remarks *remarks;
};

static void begin(struct fixture *f, const struct loopback_step *steps, size_t count)
{
    *f = (struct fixture){0};
    loopback_start(&f->server, steps, count);
    f->access = (struct kube_access){
        .server = arena_printf(&f->arena, "http://127.0.0.1:%d", f->server.port)};
    assert_null(kube_client_new(&f->arena, &f->access,
                                &(struct kube_client_options){.per_second = 1000, .burst = 1000},
                                &f->client));
    f->remarks = api_remarks_new(
        f->client,
        (struct clock_port){.self = &f->now_ms, .monotonic_ms = still, .date_ms = a_date});
}

static void await(const struct fixture *f, size_t requests)
{
    int64_t until_ms = time_monotonic_ms() + PATIENCE_MS;

    while (atomic_load(&f->server.request_count) < requests) {
        assert_true(time_monotonic_ms() < until_ms);
        cancel_wait_ms(NULL, 1);
    }
}

static void end(struct fixture *f)
{
    api_remarks_free(f->remarks);
    kube_client_free(f->client);
    loopback_stop(&f->server);
    arena_free(&f->arena);
}

static void assert_asked(const struct fixture *f, size_t i, const char *line, const char *body)
{
    struct str asked = f->server.requests[i];

    if (!str_starts_with(asked, str_of(line)) || !str_ends_with(asked, str_of(body)))
        fail_msg("asked was " STR_FMT "\nand not %s ... %s", STR_ARG(asked), line, body);
}

static const struct remark no_pool = {.name = STR_INIT("shop/web-1"),
                                      .reason = "FailedScheduling",
                                      .message = STR_INIT("NoPool: there is none"),
                                      .warns = true};

#define EVENT_OF_POD                                                                     \
    "\"involvedObject\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"namespace\":\"shop\"," \
    "\"name\":\"web-1\",\"uid\":\"u-1\"},\"reason\":\"FailedScheduling\","               \
    "\"source\":{\"component\":\"tenon\"},\"reportingComponent\":\"tenon\","             \
    "\"firstTimestamp\":\"2023-11-14T22:13:20Z\",\"message\":\"NoPool: there is none\"," \
    "\"type\":\"Warning\",\"count\":1,\"lastTimestamp\":\"2023-11-14T22:13:20Z\"}"

static void what_is_said_again_is_counted_and_no_event_more(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.body = "{}"}, 1);
    for (int i = 0; i < 3; i++)
        api_remarks_put(f.remarks, STR("u-1"), &no_pool);
    await(&f, 3);
    assert_asked(&f, 0, "POST /api/v1/namespaces/shop/events ", EVENT_OF_POD);
    assert_asked(&f, 1, "PATCH /api/v1/namespaces/shop/events/web-1.",
                 "{\"message\":\"NoPool: there is none\",\"type\":\"Warning\",\"count\":2,"
                 "\"lastTimestamp\":\"2023-11-14T22:13:20Z\"}");
    assert_asked(&f, 2, "PATCH ", "\"count\":3,\"lastTimestamp\":\"2023-11-14T22:13:20Z\"}");
    end(&f);
}

static void an_event_that_the_server_has_let_go_of_begins_anew(void **state)
{
    const struct loopback_step steps[] = {
        {.body = "{}"},
        {.status = 404, .body = "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"code\":404}"},
        {.body = "{}"}};
    struct fixture f;
    (void)state;

    begin(&f, steps, 3);
    api_remarks_put(f.remarks, STR("u-1"), &no_pool);
    api_remarks_put(f.remarks, STR("u-1"), &no_pool);
    await(&f, 3);
    assert_asked(&f, 2, "POST /api/v1/namespaces/shop/events ", EVENT_OF_POD);
    end(&f);
}

static void another_object_and_another_reason_have_events_of_their_own(void **state)
{
    struct remark other = no_pool;
    struct remark node = {.of_node = true,
                          .name = STR("ip-10-0-1-2.ec2.internal"),
                          .reason = "Launched",
                          .message = STR("instance i-1")};
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.body = "{}"}, 1);
    other.reason = "Nominated";
    api_remarks_put(f.remarks, STR("u-1"), &no_pool);
    api_remarks_put(f.remarks, STR("u-1"), &other);
    api_remarks_put(f.remarks, STR("u-2"), &no_pool);
    api_remarks_put(f.remarks, node.name, &node);
    await(&f, 4);
    for (size_t i = 0; i < 3; i++)
        assert_asked(&f, i, "POST /api/v1/namespaces/shop/events ", "");
    assert_asked(&f, 3, "POST /api/v1/namespaces/default/events ",
                 "\"type\":\"Normal\",\"count\":1,\"lastTimestamp\":\"2023-11-14T22:13:20Z\"}");
    end(&f);
}

/* The sixty-fourth request of a loopback is the last that it keeps. */
static void of_many_at_once_fifty_are_written_and_what_became_old_never(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.body = "{}"}, 1);
    for (int i = 0; i < 2000; i++)
        api_remarks_put(f.remarks, STR("u-1"), &no_pool);
    await(&f, 50);
    atomic_store(&f.now_ms, 1000); /* and ten a second */
    await(&f, 60);
    atomic_store(&f.now_ms, 61 * 1000);
    api_remarks_put(f.remarks, STR("u-2"), &no_pool);
    await(&f, 61);
    assert_asked(&f, 60, "POST ", "");
    end(&f);
    assert_int_equal(atomic_load(&f.server.request_count), 61);
}

static void of_what_is_not_there_nothing_is_said(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.body = "{}"}, 1);
    api_remarks_put(f.remarks, (struct str){0}, &no_pool);
    api_remarks_put(f.remarks, STR("u-1"), &no_pool);
    await(&f, 1);
    assert_asked(&f, 0, "POST ", EVENT_OF_POD);
    end(&f);
}

static void a_server_that_does_not_answer_keeps_nobody_from_ending(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.act = LOOPBACK_HANG}, 1);
    for (int i = 0; i < 10; i++)
        api_remarks_put(f.remarks, STR("u-1"), &no_pool);
    await(&f, 1);
    api_remarks_stop(f.remarks);
    end(&f);
    assert_int_equal(atomic_load(&f.server.request_count), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_again_is_counted_and_no_event_more),
        cmocka_unit_test(an_event_that_the_server_has_let_go_of_begins_anew),
        cmocka_unit_test(another_object_and_another_reason_have_events_of_their_own),
        cmocka_unit_test(of_many_at_once_fifty_are_written_and_what_became_old_never),
        cmocka_unit_test(of_what_is_not_there_nothing_is_said),
        cmocka_unit_test(a_server_that_does_not_answer_keeps_nobody_from_ending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
