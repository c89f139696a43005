/* Base64 is read back as it is written, and what is not base64 is said to be none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/digest.h"

static void what_base64_was_made_of_comes_back(void **state)
{
    char bytes[256];
    (void)state;

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 37);
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        ARENA_AUTO a = {0};
        struct str back;
        assert_true(base64_decode(&a, base64_encode(&a, (struct str){bytes, len}), &back));
        assert_true(str_eq(back, (struct str){bytes, len}));
    }
}

static void ends_of_lines_do_not_count(void **state)
{
    ARENA_AUTO a = {0};
    struct str back;
    (void)state;

    assert_true(base64_decode(&a, STR("aGVs\r\nbG8\n=\n"), &back));
    assert_true(str_eq(back, STR("hello")));
}

static void what_is_no_base64_is_refused(void **state)
{
    static const char *const texts[] = {
        "a",   "ab",   "abc",   "=",    "a===",      "====",    "ab=c",
        "ab=", "a b=", "aGVs-", "aGV_", "aGVsbG8=a", "ab==ab=="};
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        ARENA_AUTO a = {0};
        struct str back;
        if (base64_decode(&a, str_of(texts[i]), &back))
            fail_msg("%s was taken", texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_base64_was_made_of_comes_back),
        cmocka_unit_test(ends_of_lines_do_not_count),
        cmocka_unit_test(what_is_no_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
