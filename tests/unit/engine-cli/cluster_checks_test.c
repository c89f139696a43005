/* What the doctor says of a cluster: all that an engine needs, and what of it is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/cli/cluster_checks.h"
#include "tests/unit/loopback.h"

enum { QUESTIONS = 27, STEPS = 2 + QUESTIONS + 4 };

#define ALLOWED(word) "{\"status\":{\"allowed\":" word "}}"
#define LIST(items)   "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" items "]}"
#define NAMED(name)   "{\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"1\"}}"

/* A cluster of two nodes and three pods in which everything is allowed. */
static void all_is_well(struct loopback_step steps[STEPS])
{
    steps[0] = (struct loopback_step){.body = "{\"gitVersion\":\"v1.34.2\"}"};
    steps[1] =
        (struct loopback_step){.body = "{\"status\":{\"userInfo\":{\"username\":\"jane\"}}}"};
    for (size_t i = 2; i < 2 + QUESTIONS; i++)
        steps[i] = (struct loopback_step){.body = ALLOWED("true")};
    steps[2 + QUESTIONS] = (struct loopback_step){.body = LIST(NAMED("a") "," NAMED("b"))};
    steps[3 + QUESTIONS] = (struct loopback_step){.act = LOOPBACK_BEGIN};
    steps[4 + QUESTIONS] =
        (struct loopback_step){.body = LIST(NAMED("p") "," NAMED("q") "," NAMED("r"))};
    steps[5 + QUESTIONS] = (struct loopback_step){.act = LOOPBACK_BEGIN};
}

static void examine(struct arena *a, const struct loopback_step *steps, size_t count,
                    struct cluster_checks *out)
{
    struct loopback server;
    struct kube_client *client;

    loopback_start(&server, steps, count);
    struct kube_access access = {.server = arena_printf(a, "http://127.0.0.1:%d", server.port)};
    struct kube_client_options options = {.per_second = 1000, .burst = 1000};
    assert_null(kube_client_new(a, &access, &options, &client));
    assert_null(cluster_checks_run(&(struct kube_call){.client = client, .arena = a}, false, out));
    kube_client_free(client);
    loopback_stop(&server);
}

static const struct cluster_check *the(const struct cluster_checks *c, const char *what)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->items[i].what, str_of(what)))
            return &c->items[i];
    fail_msg("%s was not looked at", what);
    return NULL;
}

static void a_cluster_in_which_all_is_well_is_fine(void **state)
{
    ARENA_AUTO a = {0};
    struct loopback_step steps[STEPS];
    struct cluster_checks c;
    (void)state;

    all_is_well(steps);
    examine(&a, steps, STEPS, &c);
    assert_true(cluster_checks_are_fine(&c));
    assert_true(str_eq(c.version, STR("v1.34.2")));
    assert_true(str_eq(c.user, STR("jane")));
    assert_int_equal(c.count, 2 + QUESTIONS + 2);
    assert_true(the(&c, "create pods/eviction")->is_fine);
    assert_true(the(&c, "watch poddisruptionbudgets.policy")->is_fine);
    assert_int_equal(c.nodes, 2);
    assert_int_equal(c.pods, 3);
}

static void what_is_not_allowed_is_named_with_the_way_out(void **state)
{
    ARENA_AUTO a = {0};
    struct loopback_step steps[STEPS];
    struct cluster_checks c;
    (void)state;

    all_is_well(steps);
    steps[2 + 4].body = ALLOWED("false");
    examine(&a, steps, STEPS, &c);
    assert_false(cluster_checks_are_fine(&c));
    const struct cluster_check *missing = the(&c, "patch nodes");
    assert_false(missing->is_fine);
    assert_true(str_find_str(missing->detail, STR("bound to jane")) < missing->detail.len);
}

static void an_older_server_does_not_say_who_we_are_and_that_is_no_fault(void **state)
{
    ARENA_AUTO a = {0};
    struct loopback_step steps[STEPS];
    struct cluster_checks c;
    (void)state;

    all_is_well(steps);
    steps[1] = (struct loopback_step){.status = 404, .body = "404 page not found"};
    examine(&a, steps, STEPS, &c);
    assert_true(cluster_checks_are_fine(&c));
    assert_int_equal(c.user.len, 0);
}

static void nobody_is_not_a_login(void **state)
{
    ARENA_AUTO a = {0};
    struct loopback_step steps[STEPS];
    struct cluster_checks c;
    (void)state;

    all_is_well(steps);
    steps[1].body = "{\"status\":{\"userInfo\":{\"username\":\"system:anonymous\"}}}";
    examine(&a, steps, STEPS, &c);
    assert_false(the(&c, "log in")->is_fine);
}

static void a_server_that_is_not_there_ends_it(void **state)
{
    static const struct loopback_step steps[] = {
        {.status = 403, .body = "{\"kind\":\"Status\",\"message\":\"M\",\"code\":403}"}};
    ARENA_AUTO a = {0};
    struct cluster_checks c;
    (void)state;

    examine(&a, steps, 1, &c);
    assert_int_equal(c.count, 1);
    assert_false(cluster_checks_are_fine(&c));
    assert_true(str_eq(c.items[0].message, STR("cannot get /version: M")));
    assert_int_equal(c.nodes, -1);
    assert_int_equal(c.pods, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cluster_in_which_all_is_well_is_fine),
        cmocka_unit_test(what_is_not_allowed_is_named_with_the_way_out),
        cmocka_unit_test(an_older_server_does_not_say_who_we_are_and_that_is_no_fault),
        cmocka_unit_test(nobody_is_not_a_login),
        cmocka_unit_test(a_server_that_is_not_there_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
