#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/cancel.h"
#include "engine/base/time.h"

static void a_new_token_is_not_raised(void **state)
{
    (void)state;
    struct cancel *c = cancel_new(NULL);

    assert_false(cancel_is_raised(c));
    assert_false(cancel_wait_ms(c, 0));
    cancel_free(c);
}

static void no_token_is_never_raised_and_its_wait_is_a_sleep(void **state)
{
    (void)state;
    assert_false(cancel_is_raised(NULL));
    assert_false(cancel_wait_ms(NULL, 1));
    cancel_free(NULL);
}

static void raising_a_parent_raises_its_children_and_not_the_reverse(void **state)
{
    (void)state;
    struct cancel *parent = cancel_new(NULL), *child = cancel_new(parent);
    struct cancel *grandchild = cancel_new(child), *sibling = cancel_new(parent);

    cancel_raise(child);
    assert_false(cancel_is_raised(parent));
    assert_false(cancel_is_raised(sibling));
    assert_true(cancel_is_raised(grandchild));
    cancel_raise(parent);
    assert_true(cancel_is_raised(sibling));
    cancel_free(grandchild);
    cancel_free(sibling);
    cancel_free(child);
    cancel_free(parent);
}

static void a_reset_takes_back_ones_own_flag_only(void **state)
{
    (void)state;
    struct cancel *parent = cancel_new(NULL), *child = cancel_new(parent);

    cancel_raise(parent);
    cancel_raise(child);
    cancel_reset(child);
    assert_true(cancel_is_raised(child));
    cancel_reset(parent);
    assert_false(cancel_is_raised(child));
    cancel_free(child);
    cancel_free(parent);
}

static void a_raised_token_does_not_wait(void **state)
{
    (void)state;
    struct cancel *c = cancel_new(NULL);

    cancel_raise(c);
    assert_true(cancel_wait_ms(c, NEVER_MS));
    cancel_free(c);
}

static void *wait_for_ever(void *token)
{
    return cancel_wait_ms(token, NEVER_MS) ? token : NULL;
}

static void a_raise_of_the_parent_wakes_who_waits_on_a_child(void **state)
{
    (void)state;
    struct cancel *parent = cancel_new(NULL), *children[4];
    pthread_t threads[4];

    for (int i = 0; i < 4; i++) {
        children[i] = cancel_new(parent);
        pthread_create(&threads[i], NULL, wait_for_ever, children[i]);
    }
    cancel_raise(parent);
    for (int i = 0; i < 4; i++) {
        void *woken;
        pthread_join(threads[i], &woken);
        assert_ptr_equal(woken, children[i]);
        cancel_free(children[i]);
    }
    cancel_free(parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_token_is_not_raised),
        cmocka_unit_test(no_token_is_never_raised_and_its_wait_is_a_sleep),
        cmocka_unit_test(raising_a_parent_raises_its_children_and_not_the_reverse),
        cmocka_unit_test(a_reset_takes_back_ones_own_flag_only),
        cmocka_unit_test(a_raised_token_does_not_wait),
        cmocka_unit_test(a_raise_of_the_parent_wakes_who_waits_on_a_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
