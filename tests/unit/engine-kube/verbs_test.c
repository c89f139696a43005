/* Requests as they go over the wire, and what becomes of their answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/time.h"
#include "engine/kube/verbs.h"
#include "tests/unit/loopback.h"

static const struct kube_resource pods = {STR_INIT(""), STR_INIT("v1"), STR_INIT("pods"), true};
static const struct kube_target web = {&pods, STR_INIT("apps"), STR_INIT("web-1"), STR_INIT("")};

struct fixture {
    struct arena arena;
    struct loopback server;
    struct kube_access access;
    struct kube_client *client;
    struct kube_call call;
};

static void begin(struct fixture *f, const struct loopback_step *steps, size_t count)
{
    static const struct kube_client_options plain = {0};

    *f = (struct fixture){0};
    loopback_start(&f->server, steps, count);
    f->access = (struct kube_access){
        .source = STR("the test"),
        .server = arena_printf(&f->arena, "http://127.0.0.1:%d/k8s", f->server.port),
        .login = KUBE_LOGIN_TOKEN,
        .token = STR("t0"),
    };
    assert_null(kube_client_new(&f->arena, &f->access, &plain, &f->client));
    f->call = (struct kube_call){.client = f->client, .arena = &f->arena};
}

static void end(struct fixture *f)
{
    kube_client_free(f->client);
    loopback_stop(&f->server);
    arena_free(&f->arena);
}

static void assert_text(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static void assert_fine(struct error *e)
{
    if (e)
        fail_msg(STR_FMT, STR_ARG(e->summary));
}

/* The n-th request holds all of these, NULL at the end. */
static void assert_sent(const struct fixture *f, size_t n, const char *const *parts)
{
    struct str sent = f->server.requests[n];
    for (; *parts; parts++)
        if (str_find_str(sent, str_of(*parts)) == sent.len)
            fail_msg("`" STR_FMT "` lacks `%s`", STR_ARG(sent), *parts);
}
#define SENT(f, n, ...) assert_sent(f, n, (const char *const[]){__VA_ARGS__, NULL})
#define STEPS(...)      ((const struct loopback_step[]){__VA_ARGS__})

static void an_object_is_got_with_who_we_are(void **state)
{
    struct fixture f;
    struct json pod;
    static const struct str groups[] = {STR_INIT("ops"), STR_INIT("dev")};
    (void)state;

    begin(&f, STEPS({.body = "{\"kind\":\"Pod\"}"}), 1);
    f.access.as = STR("jane");
    f.access.as_uid = STR("7");
    f.access.as_groups = groups;
    f.access.as_group_count = 2;
    assert_fine(kube_get(&f.call, &web, &pod));
    assert_text(json_string_or(json_get(&pod, "kind"), STR("")), "Pod");
    SENT(&f, 0, "GET /k8s/api/v1/namespaces/apps/pods/web-1 HTTP/1.1\r\n",
         "\r\nAuthorization: Bearer t0\r\n", "\r\nAccept: application/json\r\n",
         "\r\nUser-Agent: Tenon/", "\r\nImpersonate-User: jane\r\n", "\r\nImpersonate-Uid: 7\r\n",
         "\r\nImpersonate-Group: ops\r\nImpersonate-Group: dev\r\n");
    assert_fine(kube_get_path(&f.call, STR("/version"), &pod));
    SENT(&f, 1, "GET /k8s/version HTTP/1.1\r\n");
    end(&f);
}

static void changes_go_out_as_they_are_meant(void **state)
{
    struct fixture f;
    struct json out;
    const struct kube_target all = {&pods, STR("apps"), STR(""), STR("")};
    const struct kube_patch merge = {KUBE_PATCH_MERGE, STR("{\"a\":1}"), STR(""), false};
    const struct kube_patch apply = {KUBE_PATCH_APPLY, STR("{\"b\":1}"), STR("ten on"), true};
    const struct kube_delete how = {STR("u-1"), STR("9"), true, 0};
    (void)state;

    begin(&f, STEPS({.status = 201, .body = "{\"kind\":\"Pod\"}"}), 1);
    assert_fine(kube_create(&f.call, &all, STR("{\"kind\":\"Pod\"}"), &out));
    SENT(&f, 0, "POST /k8s/api/v1/namespaces/apps/pods HTTP/1.1\r\n",
         "\r\nContent-Type: application/json\r\n", "\r\n\r\n{\"kind\":\"Pod\"}");
    assert_fine(kube_patch(&f.call, &web, &merge, &out));
    SENT(&f, 1, "PATCH /k8s/api/v1/namespaces/apps/pods/web-1 HTTP/1.1\r\n",
         "\r\nContent-Type: application/merge-patch+json\r\n", "\r\n\r\n{\"a\":1}");
    assert_fine(kube_patch(&f.call, &web, &apply, &out));
    SENT(&f, 2, "PATCH /k8s/api/v1/namespaces/apps/pods/web-1?fieldManager=ten%20on&force=true ",
         "\r\nContent-Type: application/apply-patch+yaml\r\n");
    assert_fine(kube_delete(&f.call, &web, &how));
    SENT(&f, 3, "DELETE /k8s/api/v1/namespaces/apps/pods/web-1 HTTP/1.1\r\n",
         "\r\n\r\n{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"gracePeriodSeconds\":0,"
         "\"preconditions\":{\"uid\":\"u-1\",\"resourceVersion\":\"9\"}}");
    assert_fine(kube_evict(&f.call, STR("apps"), STR("web-1"), &(struct kube_delete){0}));
    SENT(&f, 4, "POST /k8s/api/v1/namespaces/apps/pods/web-1/eviction HTTP/1.1\r\n",
         "\r\n\r\n{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":"
         "\"web-1\",\"namespace\":\"apps\"},\"deleteOptions\":{}}");
    assert_int_equal(atomic_load(&f.server.connection_count), 1);
    end(&f);
}

#define STATUS(reason, code) \
    "{\"kind\":\"Status\",\"message\":\"M\",\"reason\":\"" reason "\",\"code\":" code "}"

static void a_busy_server_is_asked_again_when_it_says(void **state)
{
    struct fixture f;
    struct json out;
    (void)state;

    begin(&f,
          STEPS({.status = 429, .headers = "Retry-After: 1\r\n"}, {.status = 503, .body = "x"},
                {.body = "{}"}),
          3);
    int64_t began_ms = time_monotonic_ms();
    assert_fine(kube_get(&f.call, &web, &out));
    assert_true(time_monotonic_ms() - began_ms >= 1000);
    assert_int_equal(atomic_load(&f.server.request_count), 3);
    end(&f);
}

static void what_a_server_refuses_is_asked_once(void **state)
{
    struct fixture f;
    struct json out;
    (void)state;

    begin(&f,
          STEPS({.status = 404, .body = STATUS("NotFound", "404")},
                {.status = 409, .body = STATUS("AlreadyExists", "409")},
                {.status = 403, .body = STATUS("Forbidden", "403")}),
          3);
    struct error *e = kube_get(&f.call, &web, &out);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    assert_text(e->summary, "cannot get pods apps/web-1: M");
    assert_int_equal(kube_create(&f.call, &web, STR("{}"), &out)->kind, ERROR_EXISTS);
    e = kube_evict(&f.call, STR("apps"), STR("web-1"), &(struct kube_delete){0});
    assert_int_equal(e->kind, ERROR_DENIED);
    assert_text(e->summary, "cannot create pods/eviction apps/web-1: M");
    assert_int_equal(atomic_load(&f.server.request_count), 3);
    end(&f);
}

static void a_change_whose_answer_is_lost_is_repeated_only_where_that_is_harmless(void **state)
{
    struct fixture f;
    struct json out;
    const struct kube_patch merge = {KUBE_PATCH_MERGE, STR("{}"), STR(""), false};
    (void)state;

    begin(&f, STEPS({.act = LOOPBACK_CUT}, {.act = LOOPBACK_CUT}, {.body = "{}"}), 3);
    struct error *e = kube_create(&f.call, &web, STR("{}"), &out);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_true(e->outcome_unknown);
    assert_int_equal(atomic_load(&f.server.request_count), 1);
    assert_fine(kube_patch(&f.call, &web, &merge, &out));
    assert_int_equal(atomic_load(&f.server.request_count), 3);
    end(&f);
}

static void a_token_that_is_refused_is_read_again_once(void **state)
{
    struct fixture f;
    struct json out;
    char path[] = "/tmp/tenon-token-XXXXXX";
    (void)state;

    int fd = mkstemp(path);
    assert_int_equal(write(fd, "old", 3), 3);
    begin(&f,
          STEPS({.body = "{}"}, {.status = 401, .body = STATUS("Unauthorized", "401")},
                {.body = "{}"}, {.status = 401, .body = STATUS("Unauthorized", "401")}),
          4);
    f.access.login = KUBE_LOGIN_TOKEN_FILE;
    f.access.token_file = str_of(path);
    assert_fine(kube_get(&f.call, &web, &out));
    assert_int_equal(pwrite(fd, "new", 3, 0), 3);
    assert_fine(kube_get(&f.call, &web, &out));
    SENT(&f, 1, "Bearer old\r\n");
    SENT(&f, 2, "Bearer new\r\n");
    struct error *e = kube_get(&f.call, &web, &out);
    assert_int_equal(e->kind, ERROR_DENIED);
    assert_text(e->code, "Unauthorized");
    assert_int_equal(atomic_load(&f.server.request_count), 5);
    end(&f);
    close(fd);
    unlink(path);
}

static void a_cancelled_call_returns_and_says_what_it_does_not_know(void **state)
{
    struct fixture f;
    struct json out;
    struct cancel *cancel = cancel_new(NULL);
    (void)state;

    begin(&f, STEPS({.act = LOOPBACK_HANG}), 1);
    f.call.cancel = cancel;
    cancel_raise(cancel);
    assert_int_equal(kube_get(&f.call, &web, &out)->kind, ERROR_CANCELLED);
    assert_int_equal(atomic_load(&f.server.request_count), 0);
    end(&f);
    cancel_free(cancel);
}

static void *raise_once_asked(void *self)
{
    struct fixture *f = self;

    while (atomic_load(&f->server.request_count) == 0)
        cancel_wait_ms(NULL, 1);
    cancel_raise(f->call.cancel);
    return NULL;
}

static void a_cancellation_ends_a_wait(void **state)
{
    struct fixture f;
    struct json out;
    pthread_t thread;
    (void)state;

    begin(&f, STEPS({.act = LOOPBACK_HANG}), 1);
    f.call.cancel = cancel_new(NULL);
    assert_int_equal(pthread_create(&thread, NULL, raise_once_asked, &f), 0);
    struct error *e = kube_create(&f.call, &web, STR("{}"), &out);
    assert_int_equal(e->kind, ERROR_CANCELLED);
    assert_true(e->outcome_unknown);
    pthread_join(thread, NULL);
    cancel_free(f.call.cancel);
    end(&f);
}

static void a_call_ends_at_its_deadline(void **state)
{
    struct fixture f;
    struct json out;
    (void)state;

    begin(&f, STEPS({.act = LOOPBACK_HANG}), 1);
    f.call.deadline_ms = time_monotonic_ms() + 200;
    struct error *e = kube_create(&f.call, &web, STR("{}"), &out);
    assert_int_equal(e->kind, ERROR_TIMEOUT);
    assert_true(e->outcome_unknown);
    end(&f);
}

static void what_would_be_repeated_after_the_deadline_is_not(void **state)
{
    struct fixture f;
    struct json out;
    (void)state;

    begin(&f, STEPS({.status = 429, .headers = "Retry-After: 60\r\n"}), 1);
    f.call.deadline_ms = time_monotonic_ms() + 30000;
    struct error *e = kube_get(&f.call, &web, &out);
    assert_int_equal(e->kind, ERROR_THROTTLED);
    assert_int_equal(atomic_load(&f.server.request_count), 1);
    end(&f);
}

static struct error *note_name(void *self, const struct json *object)
{
    struct buf *names = self;
    buf_add(names, json_string_or(json_path(object, "metadata", "name", NULL), STR("?")));
    return NULL;
}

#define NAMED(name) "{\"metadata\":{\"name\":\"" name "\"}}"

static void a_list_is_read_page_by_page(void **state)
{
    struct fixture f;
    const struct kube_target all = {&pods, STR(""), STR(""), STR("")};
    (void)state;

    begin(&f,
          STEPS({.body = "{\"metadata\":{\"continue\":\"x y\"},\"items\":[" NAMED("a") "," NAMED(
                     "b") "]}"},
                {.body = "{\"metadata\":{},\"items\":[" NAMED("c") "]}"}),
          2);
    struct buf names = buf_in(&f.arena);
    const struct kube_listing what = {STR("app=web"), note_name, &names};
    assert_fine(kube_list(&f.call, &all, &what));
    assert_text(buf_str(&names), "abc");
    SENT(&f, 0, "GET /k8s/api/v1/pods?limit=500&labelSelector=app%3Dweb HTTP/1.1\r\n");
    SENT(&f, 1, "GET /k8s/api/v1/pods?limit=500&labelSelector=app%3Dweb&continue=x%20y HTTP");
    end(&f);
}

static void a_plugin_that_hangs_is_ended_with_its_call(void **state)
{
    struct fixture f;
    struct json out;
    static const struct str arguments[] = {STR_INIT("-c"), STR_INIT("sleep 1000")};
    (void)state;

    begin(&f, STEPS({.body = "{}"}), 1);
    f.access.login = KUBE_LOGIN_PLUGIN;
    f.access.plugin =
        (struct kube_plugin){.command = STR("sh"), .arguments = arguments, .argument_count = 2};
    f.call.cancel = cancel_new(NULL);
    int64_t began_ms = time_monotonic_ms();
    pthread_t thread;
    atomic_store(&f.server.request_count, 1); /* so that it is cancelled at once */
    assert_int_equal(pthread_create(&thread, NULL, raise_once_asked, &f), 0);
    assert_int_equal(kube_get(&f.call, &web, &out)->kind, ERROR_CANCELLED);
    assert_true(time_monotonic_ms() - began_ms < 30000);
    pthread_join(thread, NULL);
    cancel_free(f.call.cancel);
    end(&f);
}

static void a_server_that_is_not_there_is_named(void **state)
{
    struct fixture f;
    struct json out;
    (void)state;

    begin(&f, STEPS({.body = "not JSON"}), 1);
    struct error *e = kube_get(&f.call, &web, &out);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_true(str_find_str(e->summary, STR("answer is broken")) < e->summary.len);
    kube_client_free(f.client);
    int port = loopback_dead_port();
    f.access.server = arena_printf(&f.arena, "http://127.0.0.1:%d", port);
    assert_null(kube_client_new(&f.arena, &f.access, &(struct kube_client_options){0}, &f.client));
    f.call.client = f.client;
    e = kube_create(&f.call, &web, STR("{}"), &out);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_text(e->code, "ConnectFailed");
    assert_false(e->outcome_unknown);
    struct str host = arena_printf(&f.arena, "127.0.0.1:%d", port);
    assert_true(str_find_str(e->summary, host) < e->summary.len);
    end(&f);
}

static void requests_beyond_the_limit_wait_for_their_turn(void **state)
{
    struct fixture f;
    struct json out;
    (void)state;

    begin(&f, STEPS({.body = "{}"}), 1);
    kube_client_free(f.client);
    struct kube_client_options slow = {.per_second = 20, .burst = 2};
    assert_null(kube_client_new(&f.arena, &f.access, &slow, &f.client));
    f.call.client = f.client;
    int64_t began_ms = time_monotonic_ms();
    for (int i = 0; i < 6; i++)
        assert_fine(kube_get(&f.call, &web, &out));
    assert_true(time_monotonic_ms() - began_ms >= 200);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_got_with_who_we_are),
        cmocka_unit_test(changes_go_out_as_they_are_meant),
        cmocka_unit_test(a_busy_server_is_asked_again_when_it_says),
        cmocka_unit_test(what_a_server_refuses_is_asked_once),
        cmocka_unit_test(a_change_whose_answer_is_lost_is_repeated_only_where_that_is_harmless),
        cmocka_unit_test(a_token_that_is_refused_is_read_again_once),
        cmocka_unit_test(a_cancelled_call_returns_and_says_what_it_does_not_know),
        cmocka_unit_test(a_cancellation_ends_a_wait),
        cmocka_unit_test(a_call_ends_at_its_deadline),
        cmocka_unit_test(what_would_be_repeated_after_the_deadline_is_not),
        cmocka_unit_test(a_list_is_read_page_by_page),
        cmocka_unit_test(a_plugin_that_hangs_is_ended_with_its_call),
        cmocka_unit_test(a_server_that_is_not_there_is_named),
        cmocka_unit_test(requests_beyond_the_limit_wait_for_their_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
