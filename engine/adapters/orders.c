#include "engine/adapters/orders.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"

struct orders {
    void *self;
    struct cancel *stop;
    struct monitor monitor; /* guards all below */
    struct order *first, **last;
    pthread_t *threads;
    size_t thread_count, max_threads, idle_count, waiting_count;
    bool closing;
};

struct orders *orders_new(void *self, size_t max_threads)
{
    struct orders *o = must_have(calloc(1, sizeof(*o)));
    pthread_t *threads = must_have(calloc(max_threads, sizeof(*threads)));
    *o = (struct orders){
        .self = self, .stop = cancel_new(NULL), .threads = threads, .max_threads = max_threads};
    o->last = &o->first;
    monitor_init(&o->monitor);
    return o;
}

/* The next order, or NULL when there will be none; inside. */
static struct order *take(struct orders *o)
{
    o->idle_count++;
    while (!o->first && !o->closing)
        monitor_wait(&o->monitor, NEVER_MS);
    o->idle_count--;
    struct order *order = o->first;
    if (!order)
        return NULL;
    o->first = order->next;
    if (!o->first)
        o->last = &o->first;
    o->waiting_count--;
    return order;
}

static void order_free(struct order *order)
{
    arena_free(&order->arena);
    free(order);
}

static void *work(void *arg)
{
    struct orders *o = arg;

    monitor_enter(&o->monitor);
    for (struct order *order; (order = take(o));) {
        monitor_leave(&o->monitor);
        order->run(o->self, order, o->stop);
        order_free(order);
        monitor_enter(&o->monitor);
    }
    monitor_leave(&o->monitor);
    return NULL;
}

/* Signals belong to the threads that expect them. */
static bool start_quiet_thread(pthread_t *thread, void *(*run)(void *), void *arg)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !failed;
}

static void start_thread(struct orders *o)
{
    if (start_quiet_thread(&o->threads[o->thread_count], work, o))
        o->thread_count++;
    else if (!o->thread_count) /* with one thread the orders only take longer */
        abort();
}

struct order *order_new(void (*run)(void *self, struct order *order, struct cancel *stop))
{
    struct order *order = must_have(calloc(1, sizeof(*order)));
    order->run = run;
    return order;
}

void orders_submit(struct orders *o, struct order *order)
{
    monitor_enter(&o->monitor);
    assert(!o->closing);
    *o->last = order;
    o->last = &order->next;
    o->waiting_count++;
    if (o->waiting_count > o->idle_count && o->thread_count < o->max_threads)
        start_thread(o);
    monitor_wake_one(&o->monitor);
    monitor_leave(&o->monitor);
}

void orders_stop(struct orders *o)
{
    cancel_raise(o->stop);
}

void orders_free(struct orders *o)
{
    if (!o)
        return;
    orders_stop(o);
    monitor_enter(&o->monitor);
    o->closing = true;
    monitor_wake(&o->monitor);
    monitor_leave(&o->monitor);
    for (size_t i = 0; i < o->thread_count; i++)
        pthread_join(o->threads[i], NULL);
    cancel_free(o->stop);
    monitor_finish(&o->monitor);
    free(o->threads);
    free(o);
}

static void *run_errand(void *arg)
{
    const struct errand *part = arg;
    part->run(part->arg);
    return NULL;
}

void errands_run(const struct errand *parts, size_t count)
{
    enum { ERRANDS_MAX = 8 };
    pthread_t threads[ERRANDS_MAX];
    bool started[ERRANDS_MAX] = {0};

    assert(count <= ERRANDS_MAX);
    for (size_t i = 1; i < count; i++)
        started[i] = start_quiet_thread(&threads[i], run_errand, (void *)&parts[i]);
    for (size_t i = 0; i < count; i++) {
        if (started[i])
            pthread_join(threads[i], NULL);
        else
            parts[i].run(parts[i].arg);
    }
}
