/* Where things are found, how often we ask, when again, and what a refusal means: no wire needed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/kube/limit.h"
#include "engine/kube/retry.h"
#include "engine/kube/status.h"
#include "tests/unit/range.h"

static const struct kube_resource pods = {STR_INIT(""), STR_INIT("v1"), STR_INIT("pods"), true};
static const struct kube_resource nodes = {STR_INIT(""), STR_INIT("v1"), STR_INIT("nodes"), false};
static const struct kube_resource budgets = {STR_INIT("policy"), STR_INIT("v1"),
                                             STR_INIT("poddisruptionbudgets"), true};

static void assert_text(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static void things_are_found_by_group_namespace_and_name(void **state)
{
    static const struct {
        struct kube_target target;
        const char *path, *name;
    } rows[] = {
        {{&pods, STR_INIT(""), STR_INIT(""), STR_INIT("")}, "/api/v1/pods", "pods"},
        {{&pods, STR_INIT("a b"), STR_INIT(""), STR_INIT("")},
         "/api/v1/namespaces/a%20b/pods",
         "pods"},
        {{&pods, STR_INIT("n"), STR_INIT("p"), STR_INIT("eviction")},
         "/api/v1/namespaces/n/pods/p/eviction",
         "pods/eviction"},
        {{&nodes, STR_INIT("n"), STR_INIT("x"), STR_INIT("")}, "/api/v1/nodes/x", "nodes"},
        {{&budgets, STR_INIT("n"), STR_INIT("b"), STR_INIT("")},
         "/apis/policy/v1/namespaces/n/poddisruptionbudgets/b",
         "poddisruptionbudgets.policy"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        assert_text(kube_path(&a, &rows[i].target), rows[i].path);
        assert_text(kube_resource_name(&a, &rows[i].target), rows[i].name);
    }
}

static void so_many_go_at_once_and_then_so_many_a_second(void **state)
{
    struct kube_limit l = kube_limit_new(50, 3, 1000);
    (void)state;

    for (int i = 0; i < 3; i++)
        assert_int_equal(kube_limit_wait_ms(&l, 1000), 0);
    assert_int_equal(kube_limit_wait_ms(&l, 1000), 20);
    assert_int_equal(kube_limit_wait_ms(&l, 1019), 1);
    assert_int_equal(kube_limit_wait_ms(&l, 1020), 0);
    assert_int_equal(kube_limit_wait_ms(&l, 1020), 20);
    for (int i = 0; i < 3; i++) /* a long quiet saves up no more than the burst */
        assert_int_equal(kube_limit_wait_ms(&l, INT64_C(1) << 60), 0);
    assert_true(kube_limit_wait_ms(&l, INT64_C(1) << 60) > 0);
}

static void in_a_minute_no_more_go_than_are_allowed(void **state)
{
    struct kube_limit l = kube_limit_new(7, 10, 0);
    int64_t now_ms = 0, count = 0;
    (void)state;

    while (now_ms < 60000) {
        int64_t wait_ms = kube_limit_wait_ms(&l, now_ms);
        count += wait_ms == 0;
        now_ms += wait_ms;
    }
    assert_true(count <= 10 + 7 * 60 && count >= 10 + 7 * 60 - 10);
}

static void what_may_be_made_again_is_and_what_may_not_is_not(void **state)
{
    static const struct {
        enum error_kind kind;
        const char *code;
        bool unknown, idempotent;
        int last; /* the attempt after which no other is made */
    } rows[] = {
        {ERROR_THROTTLED, "TooManyRequests", false, false, 10},
        {ERROR_UNREACHABLE, "ConnectFailed", false, false, 5},
        {ERROR_UNREACHABLE, "ConnectionLost", true, false, 1},
        {ERROR_UNREACHABLE, "ConnectionLost", true, true, 5},
        {ERROR_UNREACHABLE, "HostNotFound", false, true, 3},
        {ERROR_UNREACHABLE, "TlsFailed", false, true, 3},
        {ERROR_CONFLICT, "Conflict", false, true, 1},
        {ERROR_CONFLICT, "DisruptionBudget", false, true, 1},
        {ERROR_NOT_FOUND, "NotFound", false, true, 1},
        {ERROR_DENIED, "Forbidden", false, true, 1},
        {ERROR_INVALID, "Invalid", false, true, 1},
        {ERROR_CANCELLED, "", false, true, 1},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct error e = {
            .kind = rows[i].kind, .code = str_of(rows[i].code), .outcome_unknown = rows[i].unknown};
        struct kube_retry_case c = {.error = &e, .idempotent = rows[i].idempotent};
        for (c.attempt = 1; c.attempt < rows[i].last; c.attempt++)
            assert_true(kube_retry_ms(&c) >= 50);
        assert_int_equal(kube_retry_ms(&c), KUBE_RETRY_NEVER);
    }
}

static void pauses_grow_and_are_half_chance(void **state)
{
    struct error busy = {.kind = ERROR_THROTTLED};
    struct kube_retry_case c = {.attempt = 1, .error = &busy, .retry_after_ms = 7000};
    (void)state;

    assert_int_equal(kube_retry_ms(&c), 7100);
    assert_int_equal(kube_backoff_ms(1, 0), 500);
    assert_int_equal(kube_backoff_ms(1, 250), 250);
    assert_int_equal(kube_backoff_ms(3, 0), 2000);
    assert_int_equal(kube_backoff_ms(1000, 0), 30000);
    for (uint64_t random = 0; random < 100000; random += 777)
        assert_true(in_range(kube_backoff_ms(9, random), 15000, 30000));
}

#define STATUS(reason, code, more)                                                       \
    "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"M\",\"reason\":\"" reason \
    "\",\"code\":" code more "}"

static void a_refusal_has_a_kind_and_a_code(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum error_kind kind;
        const char *code, *says;
    } rows[] = {
        {404, STATUS("NotFound", "404", ""), ERROR_NOT_FOUND, "NotFound", "n/p: M"},
        {404, "404 page not found\n", ERROR_NOT_FOUND, "NotFound", "the API server answers 404"},
        {409, STATUS("AlreadyExists", "409", ""), ERROR_EXISTS, "AlreadyExists", "M"},
        {409, STATUS("Conflict", "409", ""), ERROR_CONFLICT, "Conflict", "M"},
        {410, STATUS("Expired", "410", ""), ERROR_CONFLICT, "Expired", "M"},
        {0, STATUS("Gone", "410", ""), ERROR_CONFLICT, "Expired", "M"},
        {0, STATUS("", "410", ""), ERROR_CONFLICT, "Expired", "M"},
        {401, STATUS("Unauthorized", "401", ""), ERROR_DENIED, "Unauthorized", "M"},
        {403, STATUS("Forbidden", "403", ""), ERROR_DENIED, "Forbidden",
         "cannot create pods/eviction n/p: M"},
        {422, STATUS("Invalid", "422", ""), ERROR_INVALID, "Invalid", "M"},
        {400, STATUS("BadRequest", "400", ""), ERROR_INVALID, "BadRequest", "M"},
        {429, STATUS("TooManyRequests", "429", ""), ERROR_THROTTLED, "TooManyRequests", "M"},
        {429, "", ERROR_THROTTLED, "TooManyRequests", "answers 429"},
        {429,
         STATUS("TooManyRequests", "429",
                ",\"details\":{\"causes\":[{\"reason\":\"DisruptionBudget\"}]}"),
         ERROR_CONFLICT, "DisruptionBudget", "M"},
        {500, STATUS("InternalError", "500", ""), ERROR_UNREACHABLE, "InternalError", "M"},
        {503, "busy", ERROR_UNREACHABLE, "ServiceUnavailable", "answers 503"},
        {504, STATUS("Timeout", "504", ""), ERROR_UNREACHABLE, "Timeout", "M"},
        {418, STATUS("Teapot", "418", ""), ERROR_INVALID, "Teapot", "M"},
        {302, "<html>", ERROR_UNREACHABLE, "", "answers 302"},
        {599, STATUS("New", "599", ""), ERROR_UNREACHABLE, "New", "M"},
    };
    const struct kube_target target = {&pods, STR("n"), STR("p"), STR("eviction")};
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct kube_refusal r = {"create", &target, true, rows[i].status, str_of(rows[i].body)};
        struct error *e = kube_refusal_error(&a, &r);
        assert_int_equal(e->kind, rows[i].kind);
        assert_text(e->code, rows[i].code);
        assert_true(str_ends_with(e->summary, str_of(rows[i].says)));
        assert_int_equal(e->outcome_unknown, e->kind == ERROR_UNREACHABLE);
        assert_int_equal(kube_is_expired(e), strcmp(rows[i].code, "Expired") == 0);
    }
}

static void a_forbidden_verb_is_named_with_its_resource(void **state)
{
    ARENA_AUTO a = {0};
    const struct kube_target target = {&budgets, STR(""), STR(""), STR("")};
    struct kube_refusal r = {"list", &target, false, 403, STR(STATUS("Forbidden", "403", ""))};
    (void)state;

    struct error *e = kube_refusal_error(&a, &r);
    assert_text(e->summary, "cannot list poddisruptionbudgets.policy: M");
    assert_true(str_find_str(e->detail, STR("allow the verb list on poddisruptionbudgets.policy")) <
                e->detail.len);
    assert_false(kube_is_expired(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(things_are_found_by_group_namespace_and_name),
        cmocka_unit_test(so_many_go_at_once_and_then_so_many_a_second),
        cmocka_unit_test(in_a_minute_no_more_go_than_are_allowed),
        cmocka_unit_test(what_may_be_made_again_is_and_what_may_not_is_not),
        cmocka_unit_test(pauses_grow_and_are_half_chance),
        cmocka_unit_test(a_refusal_has_a_kind_and_a_code),
        cmocka_unit_test(a_forbidden_verb_is_named_with_its_resource),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
