#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/adapters/ec2_profile.h"
#include "tests/unit/engine-aws/fixture.h"

#define PROFILE(role)                                                                         \
    "<InstanceProfile><InstanceProfileName>tenon-dev.default.us-east-1</InstanceProfileName>" \
    "<Roles>" role "</Roles></InstanceProfile>"
#define NODE "<member><RoleName>node</RoleName></member>"
#define GOT(role)                                                     \
    "<GetInstanceProfileResponse><GetInstanceProfileResult>" PROFILE( \
        role) "</GetInstanceProfileResult></GetInstanceProfileResponse>"
#define MADE                                                                \
    "<CreateInstanceProfileResponse><CreateInstanceProfileResult>" PROFILE( \
        "") "</CreateInstanceProfileResult></CreateInstanceProfileResponse>"
#define ADDED        "<AddRoleToInstanceProfileResponse></AddRoleToInstanceProfileResponse>"
#define FAILED(code) "<ErrorResponse><Error><Code>" code "</Code></Error></ErrorResponse>"
#define ABSENT                                        \
    {                                                 \
        .status = 404, .body = FAILED("NoSuchEntity") \
    }
#define LOST                \
    {                       \
        .act = LOOPBACK_CUT \
    }

static struct error *ensure(struct fixture *f)
{
    const struct ec2_options options = {.cluster = STR("dev"), .region = STR("us-east-1")};
    const struct node_class c = {.name = STR("default"), .role = STR("node")};
    return ec2_profile_ensure(&f->call, &options, &c);
}

static size_t times_sent(const struct fixture *f, const char *action)
{
    size_t n = 0;
    for (size_t i = 0; i < f->server.request_count; i++)
        n += str_starts_with(sent_body(f, i), arena_printf((struct arena *)(uintptr_t)&f->arena,
                                                           "Action=%s&", action));
    return n;
}

static void a_create_whose_answer_was_lost_is_looked_for(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, STEPS(ABSENT, LOST, {.body = GOT("")}, {.body = ADDED}), 4);
    assert_fine(ensure(&f));
    assert_int_equal(times_sent(&f, "CreateInstanceProfile"), 1);
    assert_int_equal(times_sent(&f, "AddRoleToInstanceProfile"), 1);
    end(&f);
}

static void a_role_whose_adding_was_lost_is_looked_for(void **state)
{
    struct fixture f;
    (void)state;

    /* The client repeats it, and the repeat is refused because the first was heard. */
    begin(&f,
          STEPS(ABSENT, {.body = MADE}, LOST, {.status = 409, .body = FAILED("LimitExceeded")},
                {.body = GOT(NODE)}),
          5);
    assert_fine(ensure(&f));
    assert_int_equal(times_sent(&f, "GetInstanceProfile"), 2);
    end(&f);
}

static void a_role_that_is_full_of_another_is_an_error_at_role(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f,
          STEPS(ABSENT, {.body = MADE}, {.status = 409, .body = FAILED("LimitExceeded")},
                {.body = GOT("<member><RoleName>other</RoleName></member>")}),
          4);
    struct error *e = ensure(&f);
    assert_non_null(e);
    assert_str(e->path, "role");
    end(&f);
}

static void a_profile_that_may_not_be_looked_at_is_taken_as_there(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, STEPS({.status = 403, .body = FAILED("AccessDenied")}), 1);
    assert_fine(ec2_profile_check(&f.call, STR("dev-node")));
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_create_whose_answer_was_lost_is_looked_for),
        cmocka_unit_test(a_role_whose_adding_was_lost_is_looked_for),
        cmocka_unit_test(a_role_that_is_full_of_another_is_an_error_at_role),
        cmocka_unit_test(a_profile_that_may_not_be_looked_at_is_taken_as_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
