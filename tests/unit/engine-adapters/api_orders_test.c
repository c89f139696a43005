/* Orders to an API server: what is asked of it, and what the engine hears of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/adapters/api_orders.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"
#include "tests/unit/loopback.h"

enum { PATIENCE_MS = 60000 };

struct fixture {
    struct arena arena;
    struct loopback server;
    struct kube_access access;
    struct api_hands hands;
    struct orders *orders;
    struct monitor monitor;
    struct event *answer; /* monitor */
};

static void post(void *self, struct event *e)
{
    struct fixture *f = self;

    monitor_enter(&f->monitor);
    f->answer = e;
    monitor_wake(&f->monitor);
    monitor_leave(&f->monitor);
}

static void begin(struct fixture *f, const struct loopback_step *step)
{
    *f = (struct fixture){.hands.sink = {f, post}};
    monitor_init(&f->monitor);
    loopback_start(&f->server, step, 1);
    f->access = (struct kube_access){
        .server = arena_printf(&f->arena, "http://127.0.0.1:%d", f->server.port)};
    assert_null(
        kube_client_new(&f->arena, &f->access, &(struct kube_client_options){0}, &f->hands.client));
    f->orders = orders_new(&f->hands, 2);
}

static const struct event *answered(struct fixture *f)
{
    int64_t until_ms = time_monotonic_ms() + PATIENCE_MS;

    monitor_enter(&f->monitor);
    while (!f->answer && monitor_wait(&f->monitor, until_ms))
        continue;
    monitor_leave(&f->monitor);
    assert_non_null(f->answer);
    return f->answer;
}

static void end(struct fixture *f)
{
    orders_free(f->orders);
    kube_client_free(f->hands.client);
    loopback_stop(&f->server);
    monitor_finish(&f->monitor);
    event_free(f->answer);
    arena_free(&f->arena);
}

static void assert_asked(const struct fixture *f, const char *line, const char *body)
{
    struct str asked = f->server.requests[0];

    if (!str_starts_with(asked, str_of(line)) || !str_ends_with(asked, str_of(body)))
        fail_msg("asked was " STR_FMT "\nand not %s ... %s", STR_ARG(asked), line, body);
}

static void a_node_is_changed_by_what_is_to_change_and_nothing_else(void **state)
{
    const struct label labels[] = {{STR("team"), STR("a")}};
    const struct taint taints[] = {
        {.key = STR("gpu"), .value = STR("x"), .effect = EFFECT_NO_EXECUTE}};
    const struct node_order order = {.node = STR("n1"),
                                     .labels = labels,
                                     .label_count = 1,
                                     .taints = taints,
                                     .taint_count = 1,
                                     .untaint = STR("tenon.dev/disrupted"),
                                     .unlabel = STR("out")};
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.body = "{}"});
    api_order_node(f.orders, STR("u-1"), &order);
    const struct event *e = answered(&f);
    assert_int_equal(e->kind, EVENT_NODE);
    assert_true(str_eq(e->name, STR("n1")));
    assert_null(e->error);
    assert_asked(&f, "PATCH /api/v1/nodes/n1 ",
                 "{\"metadata\":{\"uid\":\"u-1\",\"labels\":{\"team\":\"a\",\"out\":null}},"
                 "\"spec\":{\"taints\":[{\"key\":\"gpu\",\"value\":\"x\",\"effect\":\"NoExecute\"},"
                 "{\"$patch\":\"delete\",\"key\":\"tenon.dev/disrupted\"}]}}");
    end(&f);
}

#define STATUS(reason, code, more) \
    "{\"kind\":\"Status\",\"message\":\"M\",\"reason\":\"" reason "\",\"code\":" code more "}"

static void an_eviction_names_the_very_pod_and_a_budget_may_refuse_it(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){
                  .status = 429,
                  .body = STATUS("TooManyRequests", "429",
                                 ",\"details\":{\"causes\":[{\"reason\":\"DisruptionBudget\"}]}")});
    api_order_evict(f.orders, STR("u-2"), STR("shop/web-1"));
    const struct event *e = answered(&f);
    assert_int_equal(e->kind, EVENT_EVICT);
    assert_true(str_eq(e->name, STR("shop/web-1")));
    assert_int_equal(e->error->kind, ERROR_CONFLICT);
    assert_asked(&f, "POST /api/v1/namespaces/shop/pods/web-1/eviction ",
                 "\"deleteOptions\":{\"preconditions\":{\"uid\":\"u-2\"}}}");
    end(&f);
}

static void a_pod_that_has_gone_needs_no_eviction(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.status = 404, .body = STATUS("NotFound", "404", "")});
    api_order_evict(f.orders, STR("u-2"), STR("shop/web-1"));
    assert_null(answered(&f)->error);
    end(&f);
}

static void a_node_is_removed_by_its_uid(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.status = 409, .body = STATUS("Conflict", "409", "")});
    api_order_delete_node(f.orders, STR("u-3"), STR("n1"));
    assert_int_equal(answered(&f)->error->kind, ERROR_CONFLICT);
    assert_asked(&f, "DELETE /api/v1/nodes/n1 ", "\"preconditions\":{\"uid\":\"u-3\"}}");
    end(&f);
}

static void of_what_is_not_there_the_server_is_not_asked(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, &(struct loopback_step){.body = "{}"});
    api_order_evict(f.orders, (struct str){0}, STR("shop/web-1"));
    assert_int_equal(answered(&f)->error->kind, ERROR_NOT_FOUND);
    assert_int_equal(atomic_load(&f.server.request_count), 0);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_is_changed_by_what_is_to_change_and_nothing_else),
        cmocka_unit_test(an_eviction_names_the_very_pod_and_a_budget_may_refuse_it),
        cmocka_unit_test(a_pod_that_has_gone_needs_no_eviction),
        cmocka_unit_test(a_node_is_removed_by_its_uid),
        cmocka_unit_test(of_what_is_not_there_the_server_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
