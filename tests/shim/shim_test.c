/* The plugin contract from outside: a real process, a real socket, real TLS.
 * ECHO_SERVER names the program that tests/shim/echo_server.c became. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <grpc/status.h>

#include "engine/base/cancel.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "go-plugin-shim/crash.h"
#include "tests/shim/client.h"
#include "tests/unit/range.h"

enum { BLOCKED_CALLS = 64, BIG_BYTES = 5 * 1024 * 1024 + 17 };

#define START(a, ...) plugin_start((a), (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void shut_down(struct plugin *p, grpc_channel *channel)
{
    assert_int_equal(
        client_ask(channel, "/plugin.GRPCController/Shutdown", STR(""), p->arena, NULL),
        GRPC_STATUS_OK);
    grpc_channel_destroy(channel);
    int status = plugin_end(p);
    if (status != 0)
        fail_msg("wait status %d, stderr: " STR_FMT, status, STR_ARG(p->log));
}

static void without_the_right_cookie_it_says_what_it_is_and_fails(void **state)
{
    (void)state;
    static const char *const cookies[] = {"TF_PLUGIN_MAGIC_COOKIE=",
                                          "TF_PLUGIN_MAGIC_COOKIE=wrong"};

    for (int i = 0; i < 2; i++) {
        ARENA_AUTO a = {0};
        struct plugin p = START(&a, cookies[i]);
        int status = plugin_end(&p);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
        assert_int_equal(p.line.len + p.rest.len, 0);
        assert_true(str_find_str(p.log, STR("not started by Terraform")) < p.log.len);
    }
}

static void any_list_of_versions_is_answered_with_6(void **state)
{
    (void)state;
    static const char *const lists[] = {"PLUGIN_PROTOCOL_VERSIONS=5,6",
                                        "PLUGIN_PROTOCOL_VERSIONS=6,5",
                                        "PLUGIN_PROTOCOL_VERSIONS=7", "PLUGIN_PROTOCOL_VERSIONS="};

    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        ARENA_AUTO a = {0};
        struct plugin p = START(&a, lists[i]);
        assert_true(str_matches(STR("1|6|unix|/*|grpc|MII*"), p.line));
        shut_down(&p, client_connect(&p));
    }
}

static void the_line_has_a_seventh_field_only_when_asked(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a), asked = START(&a, "PLUGIN_MULTIPLEX_GRPC=true");
    size_t bars = 0;

    for (size_t i = 0; i < p.line.len; i++)
        bars += p.line.ptr[i] == '|';
    assert_int_equal(bars, 5);
    assert_true(str_ends_with(asked.line, STR("|false")));
    shut_down(&p, client_connect(&p));
    shut_down(&asked, client_connect(&asked));
}

static void without_a_client_certificate_there_is_no_tls(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a, "PLUGIN_CLIENT_CERT=");

    assert_true(str_ends_with(p.line, STR("|grpc|")));
    shut_down(&p, client_connect(&p));
}

static void a_broken_client_certificate_is_refused_with_a_reason(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a, "PLUGIN_CLIENT_CERT=garbage");

    assert_int_equal(WEXITSTATUS(plugin_end(&p)), 1);
    assert_int_equal(p.line.len, 0);
    assert_true(str_find_str(p.log, STR("PLUGIN_CLIENT_CERT")) < p.log.len);
}

static void the_socket_is_ours_alone_and_gone_at_the_end(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    struct stat found;

    assert_int_equal(stat(p.path.ptr, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
    assert_int_equal(found.st_mode & 0077, 0);
    shut_down(&p, client_connect(&p));
    assert_int_equal(stat(p.path.ptr, &found), -1);
}

static void grpc_settings_in_the_environment_do_no_harm(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p =
        START(&a, "GRPC_POLL_STRATEGY=none", "GRPC_TRACE=all", "GRPC_VERBOSITY=debug", "TF_LOG=");

    shut_down(&p, client_connect(&p));
    assert_int_equal(p.log.len, 0);
}

static void only_the_hosts_certificate_is_heard(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    struct identity foreign;

    assert_null(identity_make(&a, &foreign));
    assert_true(client_bytes_heard(&p, &p.own) > 0);
    assert_int_equal(client_bytes_heard(&p, &foreign), 0);
    assert_int_equal(client_bytes_heard(&p, NULL), 0);
    shut_down(&p, client_connect(&p));
}

static void messages_go_both_ways_at_any_size(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);
    struct str big = {arena_alloc(&a, BIG_BYTES), BIG_BYTES}, back;

    memset((char *)big.ptr, 'b', big.len);
    assert_int_equal(client_ask(channel, "/test.Echo/Echo", big, &a, &back), GRPC_STATUS_OK);
    assert_true(str_eq(back, big));
    assert_int_equal(client_ask(channel, "/test.Echo/Echo", STR(""), &a, &back), GRPC_STATUS_OK);
    assert_int_equal(back.len, 0);
    assert_int_equal(client_ask(channel, "/test.Echo/PromptEcho", big, &a, &back), GRPC_STATUS_OK);
    assert_true(str_eq(back, big));
    assert_int_equal(client_ask(channel, "/test.Echo/PromptEcho", STR("b"), &a, &back),
                     GRPC_STATUS_OK);
    assert_true(str_eq(back, STR("b")));
    assert_int_equal(client_ask(channel, "/test.Echo/Big", STR("6000000"), &a, &back),
                     GRPC_STATUS_OK);
    assert_int_equal(back.len, 6000000);
    shut_down(&p, channel);
}

static void an_unknown_method_is_unimplemented(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);

    assert_int_equal(client_ask(channel, "/test.Echo/Nothing", STR("x"), &a, NULL),
                     GRPC_STATUS_UNIMPLEMENTED);
    assert_int_equal(client_ask(channel, "/tfplugin5.Provider/GetSchema", STR(""), &a, NULL),
                     GRPC_STATUS_UNIMPLEMENTED);
    shut_down(&p, channel);
}

static void a_handlers_error_is_a_status(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);

    assert_int_equal(client_ask(channel, "/test.Echo/Fail", STR(""), &a, NULL),
                     GRPC_STATUS_INVALID_ARGUMENT);
    assert_int_equal(client_ask(channel, "/test.Echo/PromptFail", STR(""), &a, NULL),
                     GRPC_STATUS_INVALID_ARGUMENT);
    shut_down(&p, channel);
}

static void the_plugins_health_can_be_asked(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);
    const char *method = "/grpc.health.v1.Health/Check";
    struct str back;

    assert_int_equal(client_ask(channel, method, STR("\x0a\x06plugin"), &a, &back), 0);
    assert_true(str_eq(back, STR("\x08\x01"))); /* SERVING */
    assert_int_equal(client_ask(channel, method, STR("\x0a\x05other"), &a, NULL),
                     GRPC_STATUS_NOT_FOUND);
    assert_int_equal(client_ask(channel, method, STR("\xff"), &a, NULL),
                     GRPC_STATUS_INVALID_ARGUMENT);
    shut_down(&p, channel);
}

static void wait_for_count(grpc_channel *channel, const char *method, const char *wanted)
{
    ARENA_AUTO a = {0};
    struct str count = {0};
    int64_t until_ms = time_monotonic_ms() + 120 * 1000;

    while (!str_eq(count, str_of(wanted))) {
        assert_true(time_monotonic_ms() < until_ms);
        assert_int_equal(client_ask(channel, method, STR(""), &a, &count), GRPC_STATUS_OK);
    }
}

/* They never end by themselves: a Stop that waited behind them would not be answered. */
static void stop_answers_while_64_calls_are_blocked_and_ends_them(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);
    struct client_call *calls[BLOCKED_CALLS];

    for (int i = 0; i < BLOCKED_CALLS; i++)
        calls[i] = client_begin(channel, "/test.Echo/Block", STR(""));
    wait_for_count(channel, "/test.Echo/Blocked", "64");
    assert_int_equal(client_ask(channel, "/test.Echo/Stop", STR(""), &a, NULL), GRPC_STATUS_OK);
    for (int i = 0; i < BLOCKED_CALLS; i++)
        assert_int_equal(client_finish(calls[i], &a, NULL), GRPC_STATUS_CANCELLED);
    shut_down(&p, channel);
}

static void a_cancelled_call_raises_its_own_token_and_no_other(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);
    struct client_call *given_up = client_begin(channel, "/test.Echo/Block", STR(""));
    struct client_call *kept = client_begin(channel, "/test.Echo/Block", STR(""));

    wait_for_count(channel, "/test.Echo/Blocked", "2");
    client_cancel(given_up);
    assert_int_equal(client_finish(given_up, &a, NULL), GRPC_STATUS_CANCELLED);
    wait_for_count(channel, "/test.Echo/Raised", "1");
    wait_for_count(channel, "/test.Echo/Blocked", "1");
    assert_int_equal(client_ask(channel, "/test.Echo/Stop", STR(""), &a, NULL), GRPC_STATUS_OK);
    client_finish(kept, &a, NULL);
    shut_down(&p, channel);
}

static void shutdown_ends_it_while_streams_are_held(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);
    struct client_call *stdio = client_begin(channel, "/plugin.GRPCStdio/StreamStdio", STR(""));
    struct client_call *broker = client_begin(channel, "/plugin.GRPCBroker/StartStream", STR(""));

    client_ask(channel, "/test.Echo/Echo", STR("x"), &a, NULL);
    shut_down(&p, channel);
    client_finish(stdio, &a, NULL);
    client_finish(broker, &a, NULL);
}

static void sigint_is_ignored_and_sigterm_lets_calls_answer(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);
    struct client_call *call = client_begin(channel, "/test.Echo/Block", STR(""));
    struct str count;

    wait_for_count(channel, "/test.Echo/Blocked", "1");
    kill(p.pid, SIGINT);
    cancel_wait_ms(NULL, 500); /* it looks at signals five times a second */
    assert_int_equal(client_ask(channel, "/test.Echo/Blocked", STR(""), &a, &count), 0);
    assert_true(str_eq(count, STR("1")));
    kill(p.pid, SIGTERM);
    assert_int_equal(client_finish(call, &a, NULL), GRPC_STATUS_CANCELLED); /* its own answer */
    grpc_channel_destroy(channel);
    assert_int_equal(plugin_end(&p), 0);
}

static void a_handler_that_heeds_nothing_does_not_keep_the_process(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a, "ECHO_GRACE_MS=200", "TF_LOG=ERROR");
    grpc_channel *channel = client_connect(&p);
    struct client_call *call = client_begin(channel, "/test.Echo/Stubborn", STR(""));

    client_ask(channel, "/test.Echo/Echo", STR("x"), &a, NULL);
    kill(p.pid, SIGTERM);
    assert_true(client_finish(call, &a, NULL) > 0);
    grpc_channel_destroy(channel);
    assert_int_equal(WEXITSTATUS(plugin_end(&p)), 1);
    assert_true(str_find_str(p.log, STR("calls did not end")) < p.log.len);
}

static void an_orphan_ends_by_itself(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    /* The shell stands for Terraform: the plugin's parent, to be killed. */
    const char *const argv[] = {"/bin/sh", "-c", "\"$ECHO_SERVER\"; exit 0", NULL};
    struct plugin p = plugin_start_program(&a, argv, (const char *const[]){NULL});
    grpc_channel *channel = client_connect(&p);
    struct client_call *stdio = client_begin(channel, "/plugin.GRPCStdio/StreamStdio", STR(""));
    struct client_call *call = client_begin(channel, "/test.Echo/Block", STR(""));

    wait_for_count(channel, "/test.Echo/Blocked", "1");
    kill(p.pid, SIGKILL);
    client_cancel(stdio);
    client_finish(stdio, &a, NULL);
    client_finish(call, &a, NULL);
    grpc_channel_destroy(channel);
    assert_int_not_equal(plugin_end(&p), -1);
    assert_int_equal(access(p.path.ptr, F_OK), -1);
}

static void a_crash_leaves_text_that_terraform_shows(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        struct str text;
    } rows[] = {
        {"/test.Echo/Abort", STR_INIT("panic: tenon: signal 6 (aborted)\n")},
        {"/test.Echo/Assert", STR_INIT("hold and does not: call->request.len == 12345\n")},
#ifndef CRASH_FAULTS_ARE_WATCHED
        {"/test.Echo/Fault", STR_INIT("panic: tenon: signal 11 (segmentation fault)")},
#endif
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct plugin p = START(&a, "TF_LOG=");
        grpc_channel *channel = client_connect(&p);
        assert_int_equal(client_ask(channel, rows[i].method, STR("x"), &a, NULL),
                         GRPC_STATUS_UNAVAILABLE);
        grpc_channel_destroy(channel);
        int status = plugin_end(&p);
        if (!WIFSIGNALED(status))
            fail_msg("wait status %d, stderr: " STR_FMT, status, STR_ARG(p.log));
        assert_true(str_starts_with(p.log, STR("panic: tenon: ")));
        assert_true(str_find_str(p.log, rows[i].text) < p.log.len);
        assert_true(str_find_str(p.log, STR("backtrace")) < p.log.len);
        unlink(p.path.ptr);
    }
}

static void stdout_is_silent_after_the_line(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct plugin p = START(&a);
    grpc_channel *channel = client_connect(&p);

    assert_int_equal(client_ask(channel, "/test.Echo/Print", STR(""), &a, NULL), GRPC_STATUS_OK);
    shut_down(&p, channel);
    assert_int_equal(p.rest.len, 0);
}

static void every_line_of_the_log_is_json_that_terraform_can_take(void **state)
{
    (void)state;
    static const char *const keys[] = {"@level", "@message", "@timestamp"};
    ARENA_AUTO a = {0};
    struct plugin p = START(&a, "TF_LOG=TRACE");
    grpc_channel *channel = client_connect(&p);
    struct str line, rest;

    client_ask(channel, "/test.Echo/Echo", STR("x"), &a, NULL);
    client_ask(channel, "/test.Echo/Nothing", STR("x"), &a, NULL);
    shut_down(&p, channel);
    assert_true(str_find_str(p.log, STR("\"@message\":\"echo\"")) < p.log.len);
    for (rest = p.log; rest.ptr && (line = str_cut(&rest, '\n')).len;) {
        struct json object;
        if (json_parse(&a, line, &object))
            fail_msg("not JSON: " STR_FMT, STR_ARG(line));
        for (int k = 0; k < 3; k++)
            assert_int_equal(json_get(&object, keys[k])->kind, JSON_STRING);
    }
}

/* Reads stdout of a plugin that was started with -debug up to the JSON. */
static struct json reattach_of(struct plugin *p)
{
    static const struct str before = STR_INIT("TF_REATTACH_PROVIDERS='");
    char *text = arena_alloc(p->arena, 4096);
    size_t count = 0;
    struct json object = {0};

    for (ssize_t n; count < 4000 && (n = read(p->out, text + count, 1)) == 1;) {
        count++;
        struct str so_far = {text, count};
        size_t at = str_find_str(so_far, before);
        if (at < count && str_ends_with(so_far, STR("'\n"))) {
            struct str json = str_slice(so_far, at + before.len, count - 2);
            assert_null(json_parse(p->arena, json, &object));
            break;
        }
    }
    return object;
}

static void a_debugged_provider_serves_several_terraforms(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    const char *const argv[] = {getenv("ECHO_SERVER"), "-debug", NULL};
    struct plugin p = plugin_start_program(
        &a, argv, (const char *const[]){"TF_PLUGIN_MAGIC_COOKIE=", "PLUGIN_CLIENT_CERT=", NULL});
    struct json all = reattach_of(&p);
    const struct json *entry = json_get(&all, "registry.terraform.io/oko-investments/tenon");
    int64_t pid, version;

    assert_true(json_to_int64(json_get(entry, "Pid"), &pid) && pid == p.pid);
    assert_true(json_to_int64(json_get(entry, "ProtocolVersion"), &version) && version == 6);
    assert_true(json_bool_or(json_get(entry, "Test"), false));
    p.path = json_string_or(json_path(entry, "Addr", "String", NULL), STR(""));
    p.server = STR("");
    grpc_channel *first = client_connect(&p), *second = client_connect(&p);
    assert_int_equal(client_ask(first, "/test.Echo/Echo", STR("1"), &a, NULL), GRPC_STATUS_OK);
    assert_int_equal(client_ask(second, "/test.Echo/Echo", STR("2"), &a, NULL), GRPC_STATUS_OK);
    grpc_channel_destroy(first);
    assert_int_equal(client_ask(second, "/test.Echo/Echo", STR("3"), &a, NULL), GRPC_STATUS_OK);
    grpc_channel_destroy(second);
    kill(p.pid, SIGINT);
    assert_int_equal(plugin_end(&p), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_right_cookie_it_says_what_it_is_and_fails),
        cmocka_unit_test(any_list_of_versions_is_answered_with_6),
        cmocka_unit_test(the_line_has_a_seventh_field_only_when_asked),
        cmocka_unit_test(without_a_client_certificate_there_is_no_tls),
        cmocka_unit_test(a_broken_client_certificate_is_refused_with_a_reason),
        cmocka_unit_test(the_socket_is_ours_alone_and_gone_at_the_end),
        cmocka_unit_test(grpc_settings_in_the_environment_do_no_harm),
        cmocka_unit_test(only_the_hosts_certificate_is_heard),
        cmocka_unit_test(messages_go_both_ways_at_any_size),
        cmocka_unit_test(an_unknown_method_is_unimplemented),
        cmocka_unit_test(a_handlers_error_is_a_status),
        cmocka_unit_test(the_plugins_health_can_be_asked),
        cmocka_unit_test(stop_answers_while_64_calls_are_blocked_and_ends_them),
        cmocka_unit_test(a_cancelled_call_raises_its_own_token_and_no_other),
        cmocka_unit_test(shutdown_ends_it_while_streams_are_held),
        cmocka_unit_test(sigint_is_ignored_and_sigterm_lets_calls_answer),
        cmocka_unit_test(a_handler_that_heeds_nothing_does_not_keep_the_process),
        cmocka_unit_test(an_orphan_ends_by_itself),
        cmocka_unit_test(a_crash_leaves_text_that_terraform_shows),
        cmocka_unit_test(stdout_is_silent_after_the_line),
        cmocka_unit_test(every_line_of_the_log_is_json_that_terraform_can_take),
        cmocka_unit_test(a_debugged_provider_serves_several_terraforms),
    };
    signal(SIGPIPE, SIG_IGN); /* a server that turns us away closes first */
    grpc_init();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    grpc_shutdown_blocking();
    return failed;
}
