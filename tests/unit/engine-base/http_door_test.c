#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/http_door.h"
#include "engine/base/time.h"

static void echo(void *self, struct str path, struct http_answer *out)
{
    ++*(int *)self;
    buf_printf(&out->body, "you asked for " STR_FMT, STR_ARG(path));
    if (str_eq(path, STR("/no")))
        out->status = 404;
}

static int connect_to(const struct http_door *d)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_door_port(d)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* All of what comes back, until the other side closes. */
static struct str ask(struct arena *a, const struct http_door *d, struct str request)
{
    struct buf answer = buf_in(a);
    char piece[512];
    int fd = connect_to(d);
    assert_int_equal(send(fd, request.ptr, request.len, MSG_NOSIGNAL), (ssize_t)request.len);
    for (ssize_t n; (n = recv(fd, piece, sizeof(piece), 0)) > 0;)
        buf_add(&answer, (struct str){piece, (size_t)n});
    close(fd);
    return buf_str(&answer);
}

static void assert_holds(struct str text, const char *part)
{
    if (str_find_str(text, str_of(part)) == text.len)
        fail_msg("`" STR_FMT "` lacks `%s`", STR_ARG(text), part);
}

static void a_path_is_answered_and_what_is_no_request_is_not(void **state)
{
    static const struct {
        const char *request, *answer;
    } rows[] = {
        {"GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n"},
        {"GET /metrics HTTP/1.0\r\n\r\n", "\r\nContent-Length: 22\r\n"},
        {"GET /metrics HTTP/1.0\r\n\r\n", "\r\n\r\nyou asked for /metrics"},
        {"GET /no HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n"},
        {"POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed\r\n"},
        {"GET metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
        {"GET /metrics\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
        {"\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
    };
    ARENA_AUTO a = {0};
    struct http_door *d;
    int asked = 0;
    (void)state;

    assert_null(http_door_open(&a, STR("127.0.0.1:0"), echo, &asked, &d));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_holds(ask(&a, d, str_of(rows[i].request)), rows[i].answer);
    http_door_close(d);
    assert_int_equal(asked, 4);
}

static void a_head_without_end_is_hung_up_on(void **state)
{
    ARENA_AUTO a = {0};
    struct buf long_one = buf_in(&a);
    struct http_door *d;
    int asked = 0;
    (void)state;

    assert_null(http_door_open(&a, STR("127.0.0.1:0"), echo, &asked, &d));
    for (int i = 0; i < 8192; i++)
        buf_add_char(&long_one, 'x');
    assert_int_equal(ask(&a, d, buf_str(&long_one)).len, 0);
    assert_int_equal(asked, 0);
    http_door_close(d);
}

static void closing_does_not_wait_for_one_who_says_nothing(void **state)
{
    ARENA_AUTO a = {0};
    struct http_door *d;
    int asked = 0;
    (void)state;

    assert_null(http_door_open(&a, STR("127.0.0.1:0"), echo, &asked, &d));
    int silent = connect_to(d);
    int64_t began_ms = time_monotonic_ms();
    http_door_close(d);
    assert_true(time_monotonic_ms() - began_ms < 4000);
    close(silent);
}

static void an_address_that_is_none_is_said(void **state)
{
    static const char *const wrong[] = {
        "", "8080", "127.0.0.1:", "127.0.0.1:x", "192.0.2.1:0", "[::1:0", "example.com:8080"};
    ARENA_AUTO a = {0};
    struct http_door *d;
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct error *e = http_door_open(&a, str_of(wrong[i]), echo, NULL, &d);
        assert_non_null(e);
        assert_holds(e->summary, "cannot listen at ");
        assert_null(d);
    }
}

/* Whatever the machine's name service says. */
static void localhost_is_the_loop(void **state)
{
    ARENA_AUTO a = {0};
    struct http_door *d;
    int asked = 0;
    (void)state;

    assert_null(http_door_open(&a, STR("localhost:0"), echo, &asked, &d));
    assert_holds(ask(&a, d, STR("GET /metrics HTTP/1.1\r\n\r\n")), "HTTP/1.1 200 OK\r\n");
    http_door_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_answered_and_what_is_no_request_is_not),
        cmocka_unit_test(a_head_without_end_is_hung_up_on),
        cmocka_unit_test(closing_does_not_wait_for_one_who_says_nothing),
        cmocka_unit_test(an_address_that_is_none_is_said),
        cmocka_unit_test(localhost_is_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
