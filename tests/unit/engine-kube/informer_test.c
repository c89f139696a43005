/* What exists is listed page by page and then watched, whatever the server and the wire do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/cancel.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"
#include "engine/kube/informer.h"
#include "tests/unit/loopback.h"

static const struct kube_resource pods = {STR_INIT(""), STR_INIT("v1"), STR_INIT("pods"), true};

enum { PATIENCE_MS = 60000 };

/* Follows pods of a scripted server and writes down what is told, a word a change. */
struct fixture {
    struct arena arena;
    struct loopback server;
    struct kube_access access;
    struct kube_client *client;
    struct kube_informer *informer;
    struct monitor monitor;
    struct buf told; /* monitor */
};

static void take(void *self, const struct kube_change *c)
{
    struct fixture *f = self;
    static const char *const words[] = {
        [KUBE_LISTING] = "listing", [KUBE_CHANGED] = "+", [KUBE_GONE] = "-",
        [KUBE_WHOLE] = "whole",     [KUBE_LIVE] = "live", [KUBE_LOST] = "lost",
    };

    monitor_enter(&f->monitor);
    buf_printf(&f->told, "%s", words[c->kind]);
    if (c->kind == KUBE_CHANGED || c->kind == KUBE_GONE) {
        assert_int_equal(c->object->kind, JSON_OBJECT);
        buf_printf(&f->told, STR_FMT "/" STR_FMT "@" STR_FMT, STR_ARG(c->namespace),
                   STR_ARG(c->name), STR_ARG(c->version));
    }
    if (c->kind == KUBE_LOST)
        buf_printf(&f->told, "(" STR_FMT ")", STR_ARG(c->error->code));
    buf_add_char(&f->told, ' ');
    monitor_wake(&f->monitor);
    monitor_leave(&f->monitor);
}

static void begin(struct fixture *f, const struct loopback_step *steps, size_t count)
{
    struct kube_following what = {.resource = &pods, .take = take, .self = f};
    /* As fast as can be: what is tested is order, and the pauses are retry.c's. */
    struct kube_client_options options = {.per_second = 1000, .burst = 1000};

    *f = (struct fixture){.told = buf_in(&f->arena)};
    monitor_init(&f->monitor);
    loopback_start(&f->server, steps, count);
    f->access = (struct kube_access){
        .server = arena_printf(&f->arena, "http://127.0.0.1:%d", f->server.port)};
    assert_null(kube_client_new(&f->arena, &f->access, &options, &f->client));
    f->informer = kube_informer_new(f->client, &what);
}

static void end(struct fixture *f)
{
    kube_informer_free(f->informer);
    kube_client_free(f->client);
    loopback_stop(&f->server);
    monitor_finish(&f->monitor);
    arena_free(&f->arena);
}

/* Waits until that is what was told, to the letter, and nothing else. */
static void assert_told(struct fixture *f, const char *expected)
{
    int64_t until_ms = time_monotonic_ms() + PATIENCE_MS;

    monitor_enter(&f->monitor);
    while (f->told.len < strlen(expected) && monitor_wait(&f->monitor, until_ms))
        continue;
    bool same = str_eq(buf_str(&f->told), str_of(expected));
    struct str told = arena_str(&f->arena, buf_str(&f->told));
    monitor_leave(&f->monitor);
    if (!same)
        fail_msg("told:    " STR_FMT "\nexpected %s", STR_ARG(told), expected);
}

static void assert_asked(const struct fixture *f, size_t n, const char *const *parts)
{
    struct str line = f->server.requests[n];
    line = str_cut(&line, '\r');
    for (; *parts; parts++)
        if (str_find_str(line, str_of(*parts)) == line.len)
            fail_msg("`" STR_FMT "` lacks `%s`", STR_ARG(line), *parts);
}
#define ASKED(f, n, ...) assert_asked(f, n, (const char *const[]){__VA_ARGS__, NULL})
#define STEPS(...)       ((const struct loopback_step[]){__VA_ARGS__})

#define POD(name, version)                                                    \
    "{\"metadata\":{\"namespace\":\"a\",\"name\":\"" name "\",\"uid\":\"u\"," \
    "\"resourceVersion\":\"" version "\"}}"
#define LIST(token, version, items)                                      \
    "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"" version \
    "\",\"continue\":\"" token "\"},\"items\":[" items "]}"
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"
#define BOOKMARK(version)   EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"" version "\"}}")
#define STATUS(reason, code) \
    "{\"kind\":\"Status\",\"message\":\"M\",\"reason\":\"" reason "\",\"code\":" code "}"
#define EMPTY                     \
    {                             \
        .body = LIST("", "1", "") \
    }
#define HANG                 \
    {                        \
        .act = LOOPBACK_HANG \
    }

static void pages_are_asked_for_until_the_last_and_then_it_watches(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f,
          STEPS({.body = LIST("c/1", "7", POD("p1", "3") "," POD("p2", "4"))},
                {.body = LIST("", "7", POD("p3", "5"))},
                {.body = EVENT("ADDED", POD("p4", "8")) EVENT("MODIFIED", POD("p1", "9"))
                     EVENT("DELETED", POD("p2", "10")) BOOKMARK("12")},
                HANG),
          4);
    assert_told(&f, "listing +a/p1@3 +a/p2@4 +a/p3@5 whole live +a/p4@8 +a/p1@9 -a/p2@10 ");
    while (atomic_load(&f.server.request_count) < 4)
        cancel_wait_ms(NULL, 1);
    ASKED(&f, 0, "GET /api/v1/pods?limit=500 ");
    ASKED(&f, 1, "?limit=500&continue=c%2F1 ");
    ASKED(&f, 2, "?watch=1&allowWatchBookmarks=true&timeoutSeconds=", "&resourceVersion=7 ");
    ASKED(&f, 3, "watch=1", "&resourceVersion=12 ");
    end(&f);
}

static void what_was_forgotten_amid_pages_is_listed_anew(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f,
          STEPS({.body = LIST("c", "7", POD("p1", "3"))},
                {.status = 410, .body = STATUS("Expired", "410")},
                {.body = LIST("", "20", POD("p1", "15"))}, HANG),
          4);
    assert_told(&f, "listing +a/p1@3 listing +a/p1@15 whole ");
    end(&f);
}

static void a_watch_that_was_forgotten_lists_anew(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f,
          STEPS(EMPTY, {.body = EVENT("ERROR", STATUS("Expired", "410"))},
                {.body = LIST("", "20", POD("p1", "15"))},
                {.status = 410, .body = STATUS("Gone", "410")}, EMPTY, HANG),
          6);
    assert_told(&f, "listing whole live listing +a/p1@15 whole listing whole ");
    end(&f);
}

static void what_fails_is_told_and_tried_again_where_it_was(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f,
          STEPS({.status = 403, .body = STATUS("Forbidden", "403")},
                {.body = LIST("c", "7", POD("p1", "3"))}, {.status = 500},
                {.body = LIST("", "7", "")},
                {.act = LOOPBACK_RAW, .body = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"},
                {.body = EVENT("ADDED", POD("p2", "8"))}, HANG),
          7);
    assert_told(&f, "listing lost(Forbidden) listing +a/p1@3 lost(InternalError) whole "
                    "live lost(ConnectionLost) live +a/p2@8 ");
    ASKED(&f, 3, "continue=c");
    ASKED(&f, 5, "resourceVersion=7");
    end(&f);
}

/* Half an event, and a whole one before it: the whole one counts, the half one comes again. */
static void a_watch_that_is_cut_goes_on_behind_its_last_whole_event(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f,
          STEPS(EMPTY,
                {.act = LOOPBACK_RAW,
                 .body = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" EVENT(
                     "ADDED", POD("p1", "8")) "{\"type\":\"ADD"},
                {.body = EVENT("ADDED", POD("p2", "9"))}, HANG),
          4);
    assert_told(&f, "listing whole live +a/p1@8 lost(ConnectionLost) live +a/p2@9 ");
    ASKED(&f, 2, "resourceVersion=8");
    end(&f);
}

static void what_is_broken_is_no_end_of_it(void **state)
{
    static const char *const events[] = {
        "7",
        "{\"type\":\"NEW\",\"object\":{}}",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\"}}}",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":\"1\"}}}",
        "{\"type\":\"BOOKMARK\",\"object\":{}}",
        "{\"type\":}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
        struct fixture f;
        const struct loopback_step steps[] = {
            EMPTY, {.body = events[i]}, EMPTY, {.body = EVENT("ADDED", POD("p", "9"))}, HANG};
        /* What the splitter refuses makes it list anew; the rest is watched on. */
        bool lists = i == 0;
        const struct loopback_step on[] = {steps[0], steps[1], steps[3], steps[4]};
        begin(&f, lists ? steps : on, lists ? 5 : 4);
        assert_told(&f, lists ? "listing whole live lost() listing whole live +a/p@9 "
                              : "listing whole live lost() live +a/p@9 ");
        end(&f);
    }
}

static void a_list_that_is_none_is_asked_for_again(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, STEPS({.body = "<html>"}, {.body = "{\"items\":[{}]}"}, {.body = "{}"}, EMPTY, HANG),
          5);
    assert_told(&f, "listing lost() listing lost() listing lost() listing whole ");
    end(&f);
}

/* A watch stands for minutes without a word: what came is told at once, not when it ends. */
static void what_a_standing_watch_says_is_told_at_once(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f,
          STEPS(EMPTY, {.act = LOOPBACK_BEGIN,
                        .body = EVENT("ADDED", POD("p1", "8")) "{\"type\":\"ADDED\","}),
          2);
    assert_told(&f, "listing whole live +a/p1@8 ");
    end(&f);
}

static void selectors_and_namespaces_go_along(void **state)
{
    struct fixture f;
    struct kube_following what = {.resource = &pods,
                                  .namespace = STR("kube-system"),
                                  .label_selector = STR("a=b,c"),
                                  .field_selector = STR("spec.nodeName!="),
                                  .page_size = 7,
                                  .take = take,
                                  .self = &f};
    (void)state;

    begin(&f, STEPS(HANG), 1);
    struct kube_informer *other = kube_informer_new(f.client, &what);
    while (atomic_load(&f.server.request_count) < 2)
        cancel_wait_ms(NULL, 1);
    size_t n =
        str_find_str(f.server.requests[0], STR("kube-system")) < f.server.requests[0].len ? 0 : 1;
    ASKED(&f, n,
          "GET /api/v1/namespaces/kube-system/pods?limit=7&labelSelector=a%3Db%2Cc"
          "&fieldSelector=spec.nodeName%21%3D ");
    kube_informer_free(other);
    kube_informer_free(NULL);
    end(&f);
}

/* A watch that ends as it begins, again and again, is not asked for as fast as it ends. */
static void a_server_that_ends_every_watch_is_asked_ever_less(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, STEPS(EMPTY, {.body = ""}), 2);
    assert_told(&f, "listing whole live lost() live lost() live lost() ");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_asked_for_until_the_last_and_then_it_watches),
        cmocka_unit_test(what_was_forgotten_amid_pages_is_listed_anew),
        cmocka_unit_test(a_watch_that_was_forgotten_lists_anew),
        cmocka_unit_test(what_fails_is_told_and_tried_again_where_it_was),
        cmocka_unit_test(a_watch_that_is_cut_goes_on_behind_its_last_whole_event),
        cmocka_unit_test(what_is_broken_is_no_end_of_it),
        cmocka_unit_test(a_list_that_is_none_is_asked_for_again),
        cmocka_unit_test(what_a_standing_watch_says_is_told_at_once),
        cmocka_unit_test(selectors_and_namespaces_go_along),
        cmocka_unit_test(a_server_that_ends_every_watch_is_asked_ever_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
