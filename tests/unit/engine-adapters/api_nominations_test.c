/* Nominations: what the API server is asked, and which servers are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/adapters/api_nominations.h"
#include "engine/adapters/api_orders.h"
#include "engine/base/time.h"
#include "tests/unit/loopback.h"

enum { PATIENCE_MS = 60000 };

struct fixture {
    struct arena arena;
    struct loopback server;
    struct kube_access access;
    struct api_hands hands;
    struct orders *orders;
};

static void begin(struct fixture *f, const struct loopback_step *steps, size_t count)
{
    *f = (struct fixture){0};
    loopback_start(&f->server, steps, count);
    f->access = (struct kube_access){
        .server = arena_printf(&f->arena, "http://127.0.0.1:%d", f->server.port)};
    assert_null(
        kube_client_new(&f->arena, &f->access, &(struct kube_client_options){0}, &f->hands.client));
    f->orders = orders_new(&f->hands, 1);
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
    orders_free(f->orders);
    kube_client_free(f->hands.client);
    loopback_stop(&f->server);
    arena_free(&f->arena);
}

static void assert_asked(const struct fixture *f, size_t i, const char *line, const char *body)
{
    struct str asked = f->server.requests[i];

    if (!str_starts_with(asked, str_of(line)) || !str_ends_with(asked, str_of(body)))
        fail_msg("asked was " STR_FMT "\nand not %s ... %s", STR_ARG(asked), line, body);
}

static void each_pod_that_is_there_is_told_its_node_whatever_becomes_of_others(void **state)
{
    const struct loopback_step steps[] = {
        {.status = 409, .body = "{\"kind\":\"Status\",\"reason\":\"Conflict\",\"code\":409}"},
        {.body = "{}"}};
    const struct api_nomination all[] = {
        {{STR("shop/web-1"), STR("n1")}, STR("u-1")},
        {{STR("shop/gone"), STR("n1")}, {0}},
        {{STR("jobs/b"), STR("n2")}, STR("u-2")},
    };
    struct fixture f;
    (void)state;

    begin(&f, steps, 2);
    api_nominate(f.orders, all, 3);
    await(&f, 2);
    assert_asked(&f, 0, "PATCH /api/v1/namespaces/shop/pods/web-1/status ",
                 "{\"metadata\":{\"uid\":\"u-1\"},\"status\":{\"nominatedNodeName\":\"n1\"}}");
    assert_asked(&f, 1, "PATCH /api/v1/namespaces/jobs/pods/b/status ",
                 "{\"metadata\":{\"uid\":\"u-2\"},\"status\":{\"nominatedNodeName\":\"n2\"}}");
    end(&f);
    assert_int_equal(atomic_load(&f.server.request_count), 2);
}

static void servers_whose_schedulers_keep_nominations_are_told_by_their_version(void **state)
{
    static const struct {
        const char *version;
        bool heeds;
    } rows[] = {
        {"{\"major\":\"1\",\"minor\":\"34\"}", false},
        {"{\"major\":\"1\",\"minor\":\"34+\"}", false},
        {"{\"major\":\"1\",\"minor\":\"35\"}", true},
        {"{\"major\":\"1\",\"minor\":\"35+\"}", true},
        {"{\"major\":\"1\",\"minor\":\"100\"}", true},
        {"{\"major\":\"2\",\"minor\":\"0\"}", true},
        {"{\"major\":\"0\",\"minor\":\"99\"}", false},
        {"{\"major\":\"1\",\"minor\":\"99999999999999999999\"}", true},
        {"{\"major\":1,\"minor\":35}", false}, /* texts, as servers have them */
        {"{\"major\":\"1\"}", false},
        {"{}", false},
        {"[]", false},
        {"null", false},
    };
    struct arena a = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct json version;
        assert_null(json_parse(&a, str_of(rows[i].version), &version));
        if (api_heeds_nominations(&version) != rows[i].heeds)
            fail_msg("%s", rows[i].version);
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pod_that_is_there_is_told_its_node_whatever_becomes_of_others),
        cmocka_unit_test(servers_whose_schedulers_keep_nominations_are_told_by_their_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
