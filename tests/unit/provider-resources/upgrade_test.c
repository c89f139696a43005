#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/resource/resource.h"

/* State as older releases of hashicorp/aws stored it, brought to the schema of today. */

extern const struct resource_type aws_cloudwatch_event_rule, aws_cloudwatch_event_target,
    aws_iam_role, aws_sqs_queue, aws_sqs_queue_policy;

struct fixture {
    struct arena arena;
    struct call call;
    struct cty_value state;
};

static void upgrade(struct fixture *f, const struct resource_type *t, int64_t version,
                    const char *json)
{
    *f = (struct fixture){0};
    f->call.arena = &f->arena;
    struct error *e = resource_upgrade(&f->call, t, version, str_of(json), &f->state);
    if (e)
        fail_msg(STR_FMT, STR_ARG(e->summary));
}

static const struct cty_value *member(struct fixture *f, const char *name)
{
    return cty_get(&f->state, str_of(name));
}

static void assert_text(struct fixture *f, const char *name, const char *text)
{
    const struct cty_value *v = member(f, name);
    assert_int_equal(v->kind, CTY_STRING);
    if (!str_eq(v->string, str_of(text)))
        fail_msg("%s is " STR_FMT, name, STR_ARG(v->string));
}

static void assert_bool(struct fixture *f, const char *name, bool value)
{
    assert_int_equal(member(f, name)->kind, CTY_BOOL);
    assert_int_equal(member(f, name)->boolean, value);
}

static void a_rule_of_version_0_gains_what_came_later(void **unused)
{
    struct fixture f;

    (void)unused;
    upgrade(&f, &aws_cloudwatch_event_rule, 0,
            "{\"id\":\"r\",\"name\":\"r\",\"arn\":\"arn:aws:events:us-east-1:123456789012:rule/r\","
            "\"event_bus_name\":\"default\",\"is_enabled\":false,\"tags\":null}");
    assert_bool(&f, "force_destroy", false);
    assert_bool(&f, "is_enabled", false);
    assert_text(&f, "state", "DISABLED");
    assert_int_equal(member(&f, "tags")->kind, CTY_NULL);
    arena_free(&f.arena);
    upgrade(&f, &aws_cloudwatch_event_rule, 0, "{\"id\":\"r\",\"is_enabled\":true}");
    assert_text(&f, "state", "ENABLED");
    arena_free(&f.arena);
}

static void a_rule_of_today_is_left_as_it_is(void **unused)
{
    struct fixture f;

    (void)unused;
    upgrade(&f, &aws_cloudwatch_event_rule, 1,
            "{\"id\":\"r\",\"is_enabled\":true,\"force_destroy\":true,\"state\":"
            "\"ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS\"}");
    assert_bool(&f, "force_destroy", true);
    assert_text(&f, "state", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    arena_free(&f.arena);
}

static void a_target_of_version_0_is_on_the_default_bus(void **unused)
{
    struct fixture f;

    (void)unused;
    upgrade(&f, &aws_cloudwatch_event_target, 0,
            "{\"id\":\"r-t\",\"rule\":\"r\",\"target_id\":\"t\",\"arn\":"
            "\"arn:aws:sqs:us-east-1:123456789012:q\",\"run_command_targets\":[{\"key\":\"k\","
            "\"values\":[\"v\"]}],\"ecs_target\":[{\"task_count\":1,\"task_definition_arn\":"
            "\"arn:aws:ecs:us-east-1:123456789012:task-definition/x\"}]}");
    assert_text(&f, "event_bus_name", "default");
    assert_bool(&f, "force_destroy", false);
    assert_int_equal(member(&f, "run_command_targets")->count, 1);
    assert_int_equal(member(&f, "http_target")->kind, CTY_LIST); /* unknown then: none */
    const struct cty_value *ecs = &member(&f, "ecs_target")->items[0];
    assert_int_equal(cty_get(ecs, STR("capacity_provider_strategy"))->kind, CTY_SET);
    assert_int_equal(cty_get(ecs, STR("network_configuration"))->kind, CTY_LIST);
    arena_free(&f.arena);
}

static void a_queue_policy_of_version_0_is_known_by_its_queue(void **unused)
{
    struct fixture f;

    (void)unused;
    upgrade(&f, &aws_sqs_queue_policy, 0,
            "{\"id\":\"sqs-policy-https://sqs.us-east-1.amazonaws.com/123456789012/q\",\"policy\":"
            "\"{}\",\"queue_url\":\"https://sqs.us-east-1.amazonaws.com/123456789012/q\"}");
    assert_text(&f, "id", "https://sqs.us-east-1.amazonaws.com/123456789012/q");
    arena_free(&f.arena);
}

/* What later releases dropped is dropped, what they added is null. */
static void attributes_of_other_releases_do_no_harm(void **unused)
{
    struct fixture f;

    (void)unused;
    upgrade(&f, &aws_iam_role, 0,
            "{\"id\":\"r\",\"name\":\"r\",\"assume_role_policy\":\"{}\",\"role_last_used\":[],"
            "\"inline_policy\":[{\"name\":\"\",\"policy\":\"\"}],\"max_session_duration\":3600}");
    assert_int_equal(member(&f, "inline_policy")->count, 1);
    assert_int_equal(member(&f, "permissions_boundary")->kind, CTY_NULL);
    arena_free(&f.arena);
    upgrade(&f, &aws_sqs_queue, 0,
            "{\"id\":\"http://x/1/q\",\"name\":\"q\",\"delay_seconds\":0,\"timeouts\":null}");
    assert_text(&f, "id", "http://x/1/q");
    assert_int_equal(member(&f, "sqs_managed_sse_enabled")->kind, CTY_NULL);
    arena_free(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_of_version_0_gains_what_came_later),
        cmocka_unit_test(a_rule_of_today_is_left_as_it_is),
        cmocka_unit_test(a_target_of_version_0_is_on_the_default_bus),
        cmocka_unit_test(a_queue_policy_of_version_0_is_known_by_its_queue),
        cmocka_unit_test(attributes_of_other_releases_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
