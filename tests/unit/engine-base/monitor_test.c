#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/monitor.h"
#include "engine/base/time.h"

struct shared {
    struct monitor monitor;
    int came, taken;
};

static void *take_one(void *self)
{
    struct shared *s = self;
    monitor_enter(&s->monitor);
    while (s->taken == s->came)
        monitor_wait(&s->monitor, NEVER_MS);
    s->taken++;
    monitor_wake(&s->monitor); /* who waits for all to be taken */
    monitor_leave(&s->monitor);
    return NULL;
}

static void what_one_thread_brings_another_that_waits_takes(void **state)
{
    enum { TAKERS = 4 };
    struct shared s = {.came = 0};
    pthread_t takers[TAKERS];

    (void)state;
    monitor_init(&s.monitor);
    for (int i = 0; i < TAKERS; i++)
        assert_int_equal(pthread_create(&takers[i], NULL, take_one, &s), 0);
    monitor_enter(&s.monitor);
    s.came = TAKERS;
    monitor_wake(&s.monitor);
    while (s.taken < TAKERS)
        monitor_wait(&s.monitor, NEVER_MS);
    monitor_leave(&s.monitor);
    for (int i = 0; i < TAKERS; i++)
        pthread_join(takers[i], NULL);
    monitor_finish(&s.monitor);
}

static void a_wait_whose_end_has_passed_returns_at_once_and_says_so(void **state)
{
    struct shared s = {.came = 0};

    (void)state;
    monitor_init(&s.monitor);
    monitor_enter(&s.monitor);
    assert_false(monitor_wait(&s.monitor, time_monotonic_ms() - 1));
    assert_false(monitor_wait(&s.monitor, 0));
    assert_false(monitor_wait(&s.monitor, -NEVER_MS));
    monitor_leave(&s.monitor);
    monitor_finish(&s.monitor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_thread_brings_another_that_waits_takes),
        cmocka_unit_test(a_wait_whose_end_has_passed_returns_at_once_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
