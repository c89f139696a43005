#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/resource/schema.h"

typedef bool equal_fn(struct arena *scratch, struct str a, struct str b);

static const struct {
    equal_fn *equal;
    const char *a, *b;
    bool same;
} rows[] = {
    {equal_json, "{\"a\":1,\"b\":[1,2]}", "{ \"b\": [1.0, 2], \"a\": 1 }", true},
    {equal_json, "[1,2]", "[2,1]", false},
    {equal_json, "", "", false},
    {equal_json, "{", "{", false},
    {equal_duration, "60m", "1h", true},
    {equal_duration, "1h", "1h1s", false},
    {equal_duration, "x", "x", false},
    {equal_ignoring_case, "Eth0", "eTH0", true},
    {equal_ignoring_case, "a", "ab", false},
    {equal_iam_policy, "{\"Statement\":{\"Action\":\"a\"}}",
     "{\"Statement\":[{\"Action\":[\"a\"]}]}", true},
    {equal_iam_policy, "{\"Statement\":[{\"Action\":[\"a\",\"b\"]}]}",
     "{\"Statement\":[{\"Action\":[\"b\",\"a\"]}]}", true},
    {equal_iam_policy, "{\"Statement\":[{\"Sid\":\"1\"},{\"Sid\":\"2\"}]}",
     "{\"Statement\":[{\"Sid\":\"2\"},{\"Sid\":\"1\"}]}", true},
    {equal_iam_policy, "{\"Statement\":[{\"Action\":[\"a\",\"a\"]}]}",
     "{\"Statement\":[{\"Action\":[\"a\",\"b\"]}]}", false},
    {equal_iam_policy, "{\"Principal\":\"*\"}", "{\"Principal\":{\"AWS\":\"*\"}}", false},
    {equal_iam_policy, "{\"Effect\":\"Allow\"}", "{\"Effect\":\"allow\",\"Sid\":\"\"}", true},
    {equal_iam_policy, "{\"Sid\":\"\"}", "{\"Sid\":\"a\"}", false},
    {equal_iam_policy, "{\"Principal\":\"*\"}", "{\"Principal\":{\"Service\":\"*\"}}", false},
    {equal_iam_policy, "{\"Principal\":{\"AWS\":\"123456789012\"}}",
     "{\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"}}", true},
    {equal_iam_policy, "{\"Principal\":{\"AWS\":\"123456789012\"}}",
     "{\"Principal\":{\"AWS\":\"arn:aws:iam::210987654321:root\"}}", false},
    {equal_iam_policy, "{\"Condition\":{\"Bool\":{\"k\":true}}}",
     "{\"Condition\":{\"Bool\":{\"k\":[\"true\"]}}}", true},
    {equal_iam_policy, "{\"Effect\":\"Allow\"}", "{\"Effect\":\"Deny\"}", false},
    {equal_iam_policy, "{\"a\":1}", "{\"b\":1}", false},
};

static void two_writings_of_one_meaning_are_equal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO scratch = {0};
        bool there = rows[i].equal(&scratch, str_of(rows[i].a), str_of(rows[i].b));
        bool back = rows[i].equal(&scratch, str_of(rows[i].b), str_of(rows[i].a));
        if (there != rows[i].same || back != rows[i].same)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
    }
}

typedef struct error *check_fn(struct arena *a, struct str value);

static void checks_take_what_is_right_and_refuse_what_is_not(void **state)
{
    static const struct {
        check_fn *check;
        const char *value;
        bool fine;
    } checks[] = {
        {check_json, "[]", true},
        {check_json, "{", false},
        {check_json, "", true},
        {check_json, "\xef\xbb\xbf{}", false},
        {check_arn, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", true},
        {check_arn, "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q", true},
        {check_arn, "arn:azure:iam::aws:policy/x", false},
        {check_arn, "arn:aws:iam", false},
        {check_arn, "role/x", false},
        {check_arn, "", true},
        {check_arn, "arn:aws:iam::12345:role/x", false},
        {check_arn, "arn:aws:iam::aws-managed:x", true},
        {check_arn, "arn:aws:iam:somewhere:123456789012:role/x", false},
        {check_arn, "arn:aws:sqs:us-east-11:123456789012:x", true},
        {check_arn, "arn:aws:sqs:us-east-123:123456789012:x", false},
        {check_arn, "arn:aws:sqs:us-1:123456789012:x", false},
        {check_arn, "arn:aws:sqs:us-:123456789012:x", false},
        {check_arn, "arn:aws:sqs:usa-east-1:123456789012:x", false},
        {check_arn, "arn:aws-iso-b:iam::123456789012:role/x", true},
        {check_arn, "arn:aws-:iam::123456789012:role/x", false},
        {check_arn, "arn:aws-ISO:iam::123456789012:role/x", false},
        {check_arn, "arn:awsome:iam::123456789012:role/x", false},
        {check_arn, "arn:aws:x::cw0123456789:y", true},
        {check_arn, "arn:aws:x::1234567890ab:y", false},
        {check_arn, "arn:aws:iam::123456789012:", false},
        {check_arn, "arn:aws:sqs:us-east-111:123456789012:x", false},
        {check_arn, "arn:aws-2:iam::123456789012:role/x", false},
        {check_arn, "arn:aws:iam::123456789012:", false},
        {check_arn, "arn:aws:::123456789012:x", true},
        {check_duration, "1h30m", true},
        {check_duration, "10", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        ARENA_AUTO a = {0};
        struct error *e = checks[i].check(&a, str_of(checks[i].value));
        if (!e != checks[i].fine)
            fail_msg("%s", checks[i].value);
        if (e)
            assert_true(e->detail.len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_writings_of_one_meaning_are_equal),
        cmocka_unit_test(checks_take_what_is_right_and_refuse_what_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
