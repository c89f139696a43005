#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include "engine/base/http.h"
#include "tests/unit/tls_server.h"

/* A change sent to the server; the error if any. */
static struct error *post(struct arena *a, struct tls_server *s, const char *bundle,
                          struct http_response *out)
{
    struct http_client *client =
        http_client_new(&(struct http_options){.ca_bundle = str_of(bundle)});
    struct http_request request = {
        .method = "POST",
        .url = arena_printf(a, "https://127.0.0.1:%d/", s->port),
        .body = STR("x=1"),
        .changes = true,
    };
    struct error *e = http_send(client, a, NULL, &request, out);

    http_client_free(client);
    tls_server_end(s);
    return e;
}

static void a_certificate_of_the_given_bundle_is_trusted(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct http_response r;
    (void)state;

    tls_server_start(&s, "IP:127.0.0.1", "\r\n\r\nx=1");
    assert_null(post(&a, &s, s.file, &r));
    assert_int_equal(r.status, 200);
    assert_true(str_eq(r.body, STR("ok")));
}

static void assert_refused(struct tls_server *s, const struct error *e)
{
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_true(str_eq(e->code, STR("TlsFailed")));
    assert_false(e->outcome_unknown);
    assert_false(s->asked);
}

static void a_certificate_of_nobody_known_is_refused_before_the_request_leaves(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct http_response r;
    (void)state;

    tls_server_start(&s, "IP:127.0.0.1", "\r\n\r\nx=1");
    assert_refused(&s, post(&a, &s, "", &r));
}

static void a_certificate_for_another_host_is_refused(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct http_response r;
    (void)state;

    tls_server_start(&s, "DNS:elsewhere.example", "\r\n\r\nx=1");
    assert_refused(&s, post(&a, &s, s.file, &r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_of_the_given_bundle_is_trusted),
        cmocka_unit_test(a_certificate_of_nobody_known_is_refused_before_the_request_leaves),
        cmocka_unit_test(a_certificate_for_another_host_is_refused),
    };
    signal(SIGPIPE, SIG_IGN); /* the server's: a client that refuses hangs up on it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
