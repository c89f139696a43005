#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/loop/applying.h"

static bool is_applied(const struct state *s, const char *kind, const char *name, int64_t now_ms)
{
    return applying_is(s, str_of(kind), str_of(name), now_ms);
}

static void a_pool_is_applied_until_the_last_of_its_waiters_ends(void **state)
{
    struct state s;
    (void)state;
    state_init(&s, STR("moon"));
    assert_false(is_applied(&s, "pool", "a", 0));
    applying_note(&s, STR("pool/a/1"), 100);
    applying_note(&s, STR("pool/a/2"), 200);
    applying_note(&s, STR("pool/a/1"), 0);
    assert_true(is_applied(&s, "pool", "a", 50));
    applying_note(&s, STR("pool/a/2"), 0);
    assert_false(is_applied(&s, "pool", "a", 50));
    state_finish(&s);
}

static void a_word_runs_out_and_is_of_its_own_kind_and_name_only(void **state)
{
    struct state s;
    (void)state;
    state_init(&s, STR("moon"));
    applying_note(&s, STR("pool/a/1"), 100);
    applying_note(&s, STR("pool/a/1"), 300);
    assert_true(is_applied(&s, "pool", "a", 299));
    assert_false(is_applied(&s, "pool", "a", 300));
    assert_false(is_applied(&s, "class", "a", 0));
    assert_false(is_applied(&s, "pool", "aa", 0));
    assert_false(is_applied(&s, "pool", "a/1", 0));
    state_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_is_applied_until_the_last_of_its_waiters_ends),
        cmocka_unit_test(a_word_runs_out_and_is_of_its_own_kind_and_name_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
