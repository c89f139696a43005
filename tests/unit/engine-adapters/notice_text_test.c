/* What messages of the interruption queue say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/adapters/notice_text.h"
#include "engine/base/buf.h"
#include "engine/base/time.h"

static struct cloud_notice read_event(struct arena *a, const char *source, const char *type,
                                      const char *detail)
{
    return notice_read(a, arena_printf(a,
                                       "{\"version\":\"0\",\"id\":\"1\",\"detail-type\":\"%s\","
                                       "\"source\":\"%s\",\"account\":\"123456789012\","
                                       "\"time\":\"2026-11-24T03:16:00Z\",\"region\":\"us-east-1\","
                                       "\"resources\":[],\"detail\":%s}",
                                       type, source, detail));
}

static void each_event_that_rules_send_is_known(void **state)
{
    static const struct {
        const char *source, *type, *detail;
        enum notice_kind kind;
    } rows[] = {
        {"aws.ec2", "EC2 Spot Instance Interruption Warning",
         "{\"instance-id\":\"i-1\",\"instance-action\":\"terminate\"}", NOTICE_SPOT},
        {"aws.ec2", "EC2 Instance Rebalance Recommendation", "{\"instance-id\":\"i-1\"}",
         NOTICE_REBALANCE},
        {"aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning",
         "{\"instance-id\":\"i-1\",\"instance-action\":\"terminate\"}", NOTICE_RESERVATION},
        {"aws.ec2", "EC2 Instance State-change Notification",
         "{\"instance-id\":\"i-1\",\"state\":\"stopping\"}", NOTICE_STOPPED},
        {"aws.ec2", "EC2 Instance State-change Notification",
         "{\"instance-id\":\"i-1\",\"state\":\"stopped\"}", NOTICE_STOPPED},
        {"aws.ec2", "EC2 Instance State-change Notification",
         "{\"instance-id\":\"i-1\",\"state\":\"shutting-down\"}", NOTICE_STOPPED},
        {"aws.ec2", "EC2 Instance State-change Notification",
         "{\"instance-id\":\"i-1\",\"state\":\"terminated\"}", NOTICE_STOPPED},
        {"aws.ec2", "EC2 Instance State-change Notification",
         "{\"instance-id\":\"i-1\",\"state\":\"running\"}", NOTICE_OTHER},
        {"aws.health", "AWS Health Event",
         "{\"service\":\"EC2\",\"eventTypeCategory\":\"scheduledChange\","
         "\"affectedEntities\":[{\"entityValue\":\"i-1\"}]}",
         NOTICE_MAINTENANCE},
        {"aws.s3", "EC2 Spot Instance Interruption Warning", "{\"instance-id\":\"i-1\"}",
         NOTICE_OTHER},
        {"aws.ec2", "EC2 Fleet Spot Instance Request Error", "{}", NOTICE_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct cloud_notice n = read_event(&a, rows[i].source, rows[i].type, rows[i].detail);
        assert_int_equal(n.kind, rows[i].kind);
        assert_true(str_eq(n.what, str_of(rows[i].type)));
        assert_true(str_eq(n.account, STR("123456789012")));
        assert_true(str_eq(n.region, STR("us-east-1")));
        if (n.kind == NOTICE_OTHER)
            continue;
        assert_int_equal(n.instance_count, 1);
        assert_true(str_eq(n.instances[0], STR("i-1")));
    }
}

static struct cloud_notice health(struct arena *a, const char *more)
{
    return read_event(a, "aws.health", "AWS Health Event",
                      arena_printf(a,
                                   "{\"service\":\"EC2\",\"eventTypeCategory\":"
                                   "\"scheduledChange\",%s}",
                                   more)
                          .ptr);
}

static void maintenance_names_its_instances_and_when_it_begins(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    int64_t expected_ms;

    struct cloud_notice n =
        health(&a, "\"statusCode\":\"upcoming\",\"startTime\":\"Sat, 05 Dec 2026 15:10:09 GMT\","
                   "\"affectedEntities\":[{\"entityValue\":\"i-1\"},{\"entityValue\":\"vol-1\"},"
                   "{\"entityValue\":\"arn:aws:ec2:us-east-1:123456789012:instance/i-2\"}]");
    assert_int_equal(n.kind, NOTICE_MAINTENANCE);
    assert_int_equal(n.instance_count, 2);
    assert_true(str_eq(n.instances[1], STR("i-2")));
    assert_true(time_parse(STR("2026-12-05T15:10:09Z"), &expected_ms));
    assert_int_equal(n.starts_ms, expected_ms);
    n = health(&a, "\"affectedEntities\":[{\"entityValue\":\"i-1\"}]");
    assert_int_equal(n.starts_ms, NEVER_MS);
    n = health(&a, "\"statusCode\":\"closed\",\"affectedEntities\":[{\"entityValue\":\"i-1\"}]");
    assert_int_equal(n.kind, NOTICE_OTHER); /* it is over */
    n = health(&a, "\"affectedEntities\":[{\"entityValue\":\"vol-1\"}]");
    assert_int_equal(n.kind, NOTICE_OTHER);
    n = health(&a, "\"affectedEntities\":\"i-1\"");
    assert_int_equal(n.kind, NOTICE_OTHER);
}

static void what_cannot_be_read_says_why(void **state)
{
    static const char *const rows[][2] = {
        {"", "line 1"},
        {"hello", "line 1"},
        {"[]", "it is no JSON object"},
        {"{}", "it is no event of EventBridge"},
        {"{\"source\":\"aws.ec2\"}", "it is no event of EventBridge"},
        {"{\"source\":\"aws.ec2\",\"detail-type\":\"EC2 Spot Instance Interruption Warning\"}",
         "it names no instance"},
        {"{\"source\":\"aws.ec2\",\"detail-type\":\"EC2 Spot Instance Interruption Warning\","
         "\"detail\":{\"instance-id\":\"vol-1\"}}",
         "it names no instance"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct cloud_notice n = notice_read(&a, str_of(rows[i][0]));
        assert_int_equal(n.kind, NOTICE_BROKEN);
        assert_true(str_find_str(n.what, str_of(rows[i][1])) < n.what.len);
    }
}

/* The most that SQS carries. */
static void a_message_of_256_kib_is_read_whatever_it_is(void **state)
{
    enum { MOST = 256 * 1024 };
    (void)state;
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);

    while (buf_str(&out).len < MOST)
        buf_add(&out, STR("{\"a\":["));
    assert_int_equal(notice_read(&a, buf_str(&out)).kind, NOTICE_BROKEN);
    out = buf_in(&a);
    buf_add(&out, STR("\"affectedEntities\":["));
    while (buf_str(&out).len < MOST - 1000)
        buf_add(&out, STR("{\"entityValue\":\"i-0123456789abcdef0\"},"));
    buf_add(&out, STR("{}]"));
    struct cloud_notice n = health(&a, buf_str(&out).ptr);
    assert_int_equal(n.kind, NOTICE_MAINTENANCE);
    assert_true(n.instance_count > 6000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_that_rules_send_is_known),
        cmocka_unit_test(maintenance_names_its_instances_and_when_it_begins),
        cmocka_unit_test(what_cannot_be_read_says_why),
        cmocka_unit_test(a_message_of_256_kib_is_read_whatever_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
