#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>

#include "engine/adapters/orders.h"

struct log {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    char names[64];
    size_t count, running, most_running, stopped;
};

static struct log log_new(void)
{
    return (struct log){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
}

static void write_down(void *self, struct order *order, struct cancel *stop)
{
    struct log *log = self;

    pthread_mutex_lock(&log->lock);
    log->names[log->count++] = *(const char *)order->what;
    log->stopped += cancel_is_raised(stop);
    pthread_cond_broadcast(&log->changed);
    pthread_mutex_unlock(&log->lock);
}

/* Ends when `text` orders run at the same time: only then is everybody let go. */
static void meet_the_others(void *self, struct order *order, struct cancel *stop)
{
    struct log *log = self;
    size_t wanted = (size_t)(*(const char *)order->what - '0');

    (void)stop;
    pthread_mutex_lock(&log->lock);
    if (++log->running > log->most_running)
        log->most_running = log->running;
    pthread_cond_broadcast(&log->changed);
    while (log->most_running < wanted)
        pthread_cond_wait(&log->changed, &log->lock);
    log->running--;
    pthread_mutex_unlock(&log->lock);
}

static void wait_for_stop(void *self, struct order *order, struct cancel *stop)
{
    while (!cancel_wait_ms(stop, 60000))
        ;
    write_down(self, order, stop);
}

static void await_count(struct log *log, size_t count)
{
    pthread_mutex_lock(&log->lock);
    while (log->count < count)
        pthread_cond_wait(&log->changed, &log->lock);
    pthread_mutex_unlock(&log->lock);
}

static void submit(struct orders *o, void (*run)(void *, struct order *, struct cancel *),
                   char what)
{
    struct order *order = order_new(run);
    char *copy = arena_alloc(&order->arena, 1);
    *copy = what;
    order->what = copy;
    orders_submit(o, order);
}

static void one_thread_carries_out_orders_in_the_order_they_came(void **state)
{
    (void)state;
    struct log log = log_new();
    struct orders *o = orders_new(&log, 1);

    for (char c = 'a'; c <= 'j'; c++)
        submit(o, write_down, c);
    await_count(&log, 10);
    orders_free(o);
    assert_memory_equal(log.names, "abcdefghij", 10);
    assert_int_equal(log.stopped, 0);
}

static void orders_run_side_by_side(void **state)
{
    (void)state;
    struct log log = log_new();
    struct orders *o = orders_new(&log, 4);

    for (int i = 0; i < 4; i++)
        submit(o, meet_the_others, '4');
    orders_free(o);
    assert_int_equal(log.most_running, 4);
}

static void stopping_ends_waits_and_still_runs_what_is_queued(void **state)
{
    (void)state;
    struct log log = log_new();
    struct orders *o = orders_new(&log, 1);

    submit(o, wait_for_stop, 'w');
    submit(o, write_down, 'x');
    submit(o, write_down, 'y');
    orders_free(o);
    assert_memory_equal(log.names, "wxy", 3);
    assert_int_equal(log.stopped, 3);
}

static void meet_as_a_part(void *arg)
{
    struct log *log = arg;
    struct order order = {.what = "3"};
    meet_the_others(log, &order, NULL);
}

static void parts_run_at_the_same_time(void **state)
{
    (void)state;
    struct log log = log_new();

    errands_run(
        (struct errand[]){{meet_as_a_part, &log}, {meet_as_a_part, &log}, {meet_as_a_part, &log}},
        3);
    assert_int_equal(log.most_running, 3);
    assert_int_equal(log.running, 0);
}

static void nothing_submitted_is_nothing_to_wait_for(void **state)
{
    (void)state;
    orders_free(orders_new(NULL, 4));
    orders_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_carries_out_orders_in_the_order_they_came),
        cmocka_unit_test(orders_run_side_by_side),
        cmocka_unit_test(stopping_ends_waits_and_still_runs_what_is_queued),
        cmocka_unit_test(parts_run_at_the_same_time),
        cmocka_unit_test(nothing_submitted_is_nothing_to_wait_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
