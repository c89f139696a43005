#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/resource/recall.h"

static void an_answer_counts_for_ten_seconds(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct recall *r = recall_new();
    struct str answer;

    assert_false(recall_get(r, &a, STR("role"), 1000, &answer));
    recall_put(r, STR("role"), 1000, STR("one"));
    assert_true(recall_get(r, &a, STR("role"), 10999, &answer));
    assert_true(str_eq(answer, STR("one")));
    assert_false(recall_get(r, &a, STR("role"), 11000, &answer));
    assert_false(recall_get(r, &a, STR("roles"), 1000, &answer));
    recall_free(r);
}

static void a_later_answer_takes_the_place_of_an_earlier_one(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct recall *r = recall_new();
    struct str answer;

    recall_put(r, STR("role"), 0, STR("one"));
    recall_put(r, STR("role"), 9000, STR(""));
    assert_true(recall_get(r, &a, STR("role"), 18000, &answer));
    assert_int_equal(answer.len, 0);
    recall_free(r);
}

static void many_answers_are_told_apart(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct recall *r = recall_new();
    struct str answer;

    for (int i = 0; i < 2000; i++)
        recall_put(r, arena_printf(&a, "role %d", i), 0, arena_printf(&a, "%d", i));
    for (int i = 0; i < 2000; i++) {
        assert_true(recall_get(r, &a, arena_printf(&a, "role %d", i), 0, &answer));
        assert_true(str_eq(answer, arena_printf(&a, "%d", i)));
    }
    recall_free(r);
}

static void after_the_end_nothing_is_known_nor_learnt(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct recall *r = recall_new();
    struct str answer;

    recall_put(r, STR("role"), 0, STR("one"));
    recall_end(r);
    assert_false(recall_get(r, &a, STR("role"), 0, &answer));
    recall_put(r, STR("role"), 0, STR("two"));
    assert_false(recall_get(r, &a, STR("role"), 0, &answer));
    recall_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_counts_for_ten_seconds),
        cmocka_unit_test(a_later_answer_takes_the_place_of_an_earlier_one),
        cmocka_unit_test(many_answers_are_told_apart),
        cmocka_unit_test(after_the_end_nothing_is_known_nor_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
