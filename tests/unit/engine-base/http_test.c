#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/http.h"
#include "engine/base/time.h"
#include "tests/unit/loopback.h"

struct fixture {
    struct arena arena;
    struct loopback server;
    struct http_client *client;
    struct str url;
};

static void begin(struct fixture *f, const struct loopback_step *steps, size_t count)
{
    const struct http_options plain = {.no_proxy = STR("")};

    *f = (struct fixture){.client = http_client_new(&plain)};
    loopback_start(&f->server, steps, count);
    f->url = arena_printf(&f->arena, "http://127.0.0.1:%d/a/../b", f->server.port);
}

static void end(struct fixture *f)
{
    http_client_free(f->client);
    loopback_stop(&f->server);
    arena_free(&f->arena);
}

static struct error *post(struct fixture *f, struct cancel *cancel, bool changes,
                          struct http_response *out)
{
    struct http_request r = {.method = "POST",
                             .url = f->url,
                             .body = STR("x=1"),
                             .changes = changes,
                             .timeout_ms = 2000};
    return http_send(f->client, &f->arena, cancel, &r, out);
}

static bool contains(struct str s, const char *part)
{
    return str_find_str(s, str_of(part)) < s.len;
}

static void an_answer_has_status_headers_and_body(void **state)
{
    static const struct loopback_step steps[] = {
        {.status = 404, .body = "gone", .headers = "X-Amzn-RequestId:  r-1 \r\nEmpty:\r\n"}};
    struct fixture f;
    struct http_response r;
    struct http_header headers[] = {{STR("X-One"), STR("1")}, {STR("X-Empty"), STR("")}};
    (void)state;

    begin(&f, steps, 1);
    struct http_request request = {
        .method = "GET", .url = f.url, .headers = headers, .header_count = 2};
    assert_null(http_send(f.client, &f.arena, NULL, &request, &r));
    assert_int_equal(r.status, 404);
    assert_true(str_eq(r.body, STR("gone")));
    assert_true(str_eq(http_header(&r, "x-amzn-requestid"), STR("r-1")));
    assert_int_equal(http_header(&r, "none").len, 0);
    struct str sent = f.server.requests[0];
    assert_true(str_starts_with(sent, STR("GET /a/../b HTTP/1.1\r\n")));
    assert_true(contains(sent, "\r\nX-One: 1\r\n"));
    assert_true(contains(sent, "\r\nX-Empty:\r\n"));
    end(&f);
}

static void a_post_carries_its_body_and_nothing_that_was_not_asked_for(void **state)
{
    static const struct loopback_step steps[] = {{.body = "ok"}};
    struct fixture f;
    struct http_response r;
    (void)state;

    begin(&f, steps, 1);
    assert_null(post(&f, NULL, true, &r));
    struct str sent = f.server.requests[0];
    assert_true(str_ends_with(sent, STR("\r\n\r\nx=1")));
    assert_true(contains(sent, "\r\nContent-Length: 3\r\n"));
    assert_false(contains(sent, "Expect"));
    assert_false(contains(sent, "Content-Type"));
    end(&f);
}

static void connections_are_kept_between_requests(void **state)
{
    static const struct loopback_step steps[] = {{.body = "ok"}};
    struct fixture f;
    struct http_response r;
    (void)state;

    begin(&f, steps, 1);
    for (int i = 0; i < 5; i++)
        assert_null(post(&f, NULL, i % 2, &r));
    assert_int_equal(atomic_load(&f.server.connection_count), 1);
    assert_int_equal(atomic_load(&f.server.request_count), 5);
    end(&f);
}

static void a_request_has_nothing_of_the_one_before_it(void **state)
{
    static const struct loopback_step steps[] = {
        {.body = "1"}, {.body = "2"}, {.body = "3"}, {.body = "4"}};
    static const struct http_header one = {STR_INIT("X-One"), STR_INIT("1")};
    struct http_request requests[] = {
        {.method = "PUT", .body = STR("a long body"), .headers = &one, .header_count = 1},
        {.method = "GET"},
        {.method = "POST", .body = STR("y")},
        {.method = "GET"},
    };
    static const char *const lengths[] = {"11", NULL, "1", NULL};
    struct fixture f;
    (void)state;

    begin(&f, steps, 4);
    for (size_t i = 0; i < 4; i++) {
        struct http_response r;
        requests[i].url = f.url;
        assert_null(http_send(f.client, &f.arena, NULL, &requests[i], &r));
        struct str sent = f.server.requests[i];
        assert_true(
            str_starts_with(sent, arena_printf(&f.arena, "%s /a/../b ", requests[i].method)));
        assert_int_equal(contains(sent, "X-One"), i == 0);
        if (lengths[i])
            assert_true(contains(
                sent, arena_printf(&f.arena, "\r\nContent-Length: %s\r\n", lengths[i]).ptr));
        else
            assert_false(contains(sent, "Content-Length"));
        assert_false(contains(sent, "Transfer-Encoding"));
    }
    end(&f);
}

static void a_cut_connection_leaves_the_outcome_of_a_change_unknown(void **state)
{
    static const struct loopback_step steps[] = {{.act = LOOPBACK_CUT}};
    struct fixture f;
    struct http_response r;
    (void)state;

    begin(&f, steps, 1);
    for (int changes = 0; changes < 2; changes++) {
        struct error *e = post(&f, NULL, changes, &r);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_UNREACHABLE);
        assert_int_equal(e->outcome_unknown, changes);
        assert_true(str_eq(e->code, STR("ConnectionLost")));
        assert_true(contains(e->summary, "127.0.0.1"));
    }
    end(&f);
}

static void a_change_is_never_sent_twice_when_a_kept_connection_dies(void **state)
{
    static const struct loopback_step steps[] = {{.body = "ok"}, {.act = LOOPBACK_CUT}};
    struct fixture f;
    struct http_response r;
    (void)state;

    begin(&f, steps, 2);
    assert_null(post(&f, NULL, true, &r));
    struct error *e = post(&f, NULL, true, &r);
    assert_non_null(e);
    assert_true(e->outcome_unknown);
    assert_true(str_eq(e->code, STR("ConnectionLost")));
    assert_true(contains(e->summary, "closed before its answer came"));
    assert_int_equal(atomic_load(&f.server.request_count), 2);
    end(&f);
}

static void a_read_is_sent_again_with_its_body_when_a_kept_connection_dies(void **state)
{
    static const struct loopback_step steps[] = {
        {.body = "ok"}, {.act = LOOPBACK_CUT}, {.body = "again"}};
    struct fixture f;
    struct http_response r;
    (void)state;

    begin(&f, steps, 3);
    assert_null(post(&f, NULL, false, &r));
    assert_null(post(&f, NULL, false, &r));
    assert_true(str_eq(r.body, STR("again")));
    assert_int_equal(atomic_load(&f.server.request_count), 3);
    assert_true(str_ends_with(f.server.requests[2], STR("\r\n\r\nx=1")));
    end(&f);
}

/* libcurl 8.14 keeps the failure in the handle: each request on it would fail from then on. */
static void a_lost_answer_is_forgotten_by_the_next_request(void **state)
{
    static const struct loopback_step steps[] = {{.body = "1"},         {.act = LOOPBACK_CUT},
                                                 {.body = "3"},         {.body = "4"},
                                                 {.act = LOOPBACK_CUT}, {.body = "6"}};
    static const bool lost[] = {false, true, false, false, true, false};
    struct fixture f;
    (void)state;

    begin(&f, steps, 6);
    for (size_t i = 0; i < 6; i++) {
        struct http_response r;
        struct error *e = post(&f, NULL, true, &r);
        assert_int_equal(e != NULL, lost[i]);
        assert_int_equal(atomic_load(&f.server.request_count), i + 1);
        assert_true(str_ends_with(f.server.requests[i], STR("\r\n\r\nx=1")));
    }
    end(&f);
}

static void a_connection_that_was_closed_while_idle_costs_nothing(void **state)
{
    static const struct loopback_step steps[] = {
        {.act = LOOPBACK_RAW, .body = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
        {.body = "ok"},
    };
    struct fixture f;
    struct http_response r;
    (void)state;

    begin(&f, steps, 2);
    assert_null(post(&f, NULL, true, &r));
    while (atomic_load(&f.server.closed_count) == 0)
        sched_yield();
    assert_null(post(&f, NULL, true, &r));
    assert_int_equal(atomic_load(&f.server.connection_count), 2);
    end(&f);
}

static void a_truncated_answer_is_no_answer(void **state)
{
    static const struct loopback_step steps[] = {
        {.act = LOOPBACK_RAW, .body = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}};
    struct fixture f;
    struct http_response r;
    (void)state;

    begin(&f, steps, 1);
    struct error *e = post(&f, NULL, true, &r);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_true(e->outcome_unknown);
    end(&f);
}

static void what_never_left_has_a_known_outcome(void **state)
{
    static const struct {
        const char *url, *code;
    } rows[] = {
        {"http://no-such-host.invalid/", "HostNotFound"},
        {NULL, "ConnectFailed"},
    };
    struct http_client *client = http_client_new(&(struct http_options){0});
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct http_response r;
        struct http_request request = {.method = "POST", .body = STR("x"), .changes = true};
        request.url = rows[i].url ? str_of(rows[i].url)
                                  : arena_printf(&a, "http://127.0.0.1:%d/", loopback_dead_port());
        struct error *e = http_send(client, &a, NULL, &request, &r);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_UNREACHABLE);
        assert_false(e->outcome_unknown);
        assert_true(str_eq(e->code, str_of(rows[i].code)));
    }
    http_client_free(client);
}

static void tls_to_a_server_without_it_fails_before_the_request_leaves(void **state)
{
    static const struct loopback_step steps[] = {{.act = LOOPBACK_CUT}};
    struct fixture f;
    struct http_response r;
    (void)state;

    begin(&f, steps, 1);
    loopback_stop(&f.server);
    struct loopback_step garbage = {.act = LOOPBACK_RAW, .body = "not TLS at all\r\n\r\n"};
    loopback_start(&f.server, &garbage, 1);
    f.url = arena_printf(&f.arena, "https://127.0.0.1:%d/", f.server.port);
    struct http_request request = {
        .method = "POST", .url = f.url, .body = STR("x"), .changes = true, .timeout_ms = 300};
    struct error *e = http_send(f.client, &f.arena, NULL, &request, &r);
    assert_non_null(e);
    assert_false(e->outcome_unknown);
    end(&f);
}

/* The proxy is our scripted server: it sees the whole URL (http) or a CONNECT (https). */
static void a_proxy_is_chosen_by_scheme_and_left_out_by_host(void **state)
{
    static const struct {
        const char *url, *no_proxy;
        bool http, https;
        const char *seen; /* NULL: the proxy is not asked */
    } rows[] = {
        {"http://queue.example/x", "", true, false, "GET http://queue.example/x HTTP/1.1"},
        {"https://queue.example/x", "", false, true, "CONNECT queue.example:443 HTTP/1.1"},
        {"http://queue.invalid/x", "", false, true, NULL},
        {"http://queue.invalid/x", "queue.invalid", true, false, NULL},
        {"http://a.queue.invalid/x", ".queue.invalid,other", true, false, NULL},
        {"http://127.0.0.1:1/x", "", true, true, NULL},
    };
    (void)state;
    setenv("http_proxy", "http://environment.invalid:1", 1); /* not looked at here */
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct loopback proxy;
        struct loopback_step refuses = {.act = LOOPBACK_ANSWER, .status = 407, .body = ""};
        loopback_start(&proxy, &refuses, 1);
        struct str address = arena_printf(&a, "http://127.0.0.1:%d", proxy.port);
        struct http_client *client = http_client_new(&(struct http_options){
            .http_proxy = rows[i].http ? address : STR(""),
            .https_proxy = rows[i].https ? address : STR(""),
            .no_proxy = str_of(rows[i].no_proxy),
        });
        struct http_request request = {.method = "GET", .url = str_of(rows[i].url)};
        struct http_response r;
        struct error *e = http_send(client, &a, NULL, &request, &r);
        bool got_the_proxys = !e && r.status == 407;
        assert_int_equal(got_the_proxys, rows[i].seen && strncmp(rows[i].seen, "GET", 3) == 0);
        http_client_free(client);
        assert_int_equal(atomic_load(&proxy.request_count), rows[i].seen ? 1 : 0);
        if (rows[i].seen)
            assert_true(str_starts_with(proxy.requests[0], str_of(rows[i].seen)));
        loopback_stop(&proxy);
    }
    unsetenv("http_proxy");
}

static void urls_that_are_none_are_refused(void **state)
{
    static const char *const urls[] = {"", "file:///etc/passwd", "ftp://h/", "http://[::/"};
    struct http_client *client = http_client_new(&(struct http_options){0});
    (void)state;

    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        ARENA_AUTO a = {0};
        struct http_response r;
        struct http_request request = {.method = "GET", .url = str_of(urls[i])};
        struct error *e = http_send(client, &a, NULL, &request, &r);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_INVALID);
    }
    http_client_free(client);
}

struct raiser {
    struct loopback *server;
    struct cancel *cancel;
};

/* Raises once the server has the request. */
static void *raise_when_asked(void *self)
{
    struct raiser *r = self;
    while (atomic_load(&r->server->request_count) == 0)
        sched_yield();
    cancel_raise(r->cancel);
    return NULL;
}

static struct error *post_and_cancel(struct fixture *f, bool changes, int64_t timeout_ms)
{
    struct cancel *cancel = cancel_new(NULL);
    struct raiser raiser = {&f->server, cancel};
    pthread_t thread;
    struct http_response r;
    struct http_request request = {.method = "POST",
                                   .url = f->url,
                                   .body = STR("x"),
                                   .changes = changes,
                                   .timeout_ms = timeout_ms};

    pthread_create(&thread, NULL, raise_when_asked, &raiser);
    struct error *e = http_send(f->client, &f->arena, cancel, &request, &r);
    pthread_join(thread, NULL);
    cancel_free(cancel);
    return e;
}

static void cancellation_ends_a_read_at_once(void **state)
{
    static const struct loopback_step steps[] = {{.act = LOOPBACK_HANG}};
    struct fixture f;
    (void)state;

    begin(&f, steps, 1);
    int64_t start = time_monotonic_ms();
    struct error *e = post_and_cancel(&f, false, 60000);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_CANCELLED);
    assert_true(time_monotonic_ms() - start < 50000);
    end(&f);
}

static void a_change_on_its_way_is_awaited_to_its_own_limit(void **state)
{
    static const struct loopback_step steps[] = {{.act = LOOPBACK_HANG}};
    struct fixture f;
    (void)state;

    begin(&f, steps, 1);
    struct error *e = post_and_cancel(&f, true, 400);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_true(str_eq(e->code, STR("TimedOut")));
    assert_true(e->outcome_unknown);
    end(&f);
}

static void nothing_is_sent_after_a_cancellation(void **state)
{
    static const struct loopback_step steps[] = {{.body = "ok"}};
    struct fixture f;
    struct http_response r;
    struct cancel *cancel = cancel_new(NULL);
    (void)state;

    begin(&f, steps, 1);
    cancel_raise(cancel);
    struct error *e = post(&f, cancel, true, &r);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_CANCELLED);
    assert_int_equal(atomic_load(&f.server.connection_count), 0);
    end(&f);
    cancel_free(cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_has_status_headers_and_body),
        cmocka_unit_test(a_post_carries_its_body_and_nothing_that_was_not_asked_for),
        cmocka_unit_test(connections_are_kept_between_requests),
        cmocka_unit_test(a_request_has_nothing_of_the_one_before_it),
        cmocka_unit_test(a_cut_connection_leaves_the_outcome_of_a_change_unknown),
        cmocka_unit_test(a_change_is_never_sent_twice_when_a_kept_connection_dies),
        cmocka_unit_test(a_read_is_sent_again_with_its_body_when_a_kept_connection_dies),
        cmocka_unit_test(a_lost_answer_is_forgotten_by_the_next_request),
        cmocka_unit_test(a_connection_that_was_closed_while_idle_costs_nothing),
        cmocka_unit_test(a_truncated_answer_is_no_answer),
        cmocka_unit_test(what_never_left_has_a_known_outcome),
        cmocka_unit_test(tls_to_a_server_without_it_fails_before_the_request_leaves),
        cmocka_unit_test(a_proxy_is_chosen_by_scheme_and_left_out_by_host),
        cmocka_unit_test(urls_that_are_none_are_refused),
        cmocka_unit_test(cancellation_ends_a_read_at_once),
        cmocka_unit_test(a_change_on_its_way_is_awaited_to_its_own_limit),
        cmocka_unit_test(nothing_is_sent_after_a_cancellation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
