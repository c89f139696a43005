#include "engine/adapters/orders.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

struct orders {
    void *self;
    struct cancel *stop;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t came;
    struct order *first, **last;
    pthread_t *threads;
    size_t thread_count, max_threads, idle_count, waiting_count;
    bool closing;
};

struct orders *orders_new(void *self, size_t max_threads)
{
    struct orders *o = calloc(1, sizeof(*o));
    pthread_t *threads = calloc(max_threads, sizeof(*threads));
    if (!o || !threads)
        abort();
    *o = (struct orders){
        .self = self, .stop = cancel_new(NULL), .threads = threads, .max_threads = max_threads};
    o->last = &o->first;
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->came, NULL);
    return o;
}

/* The next order, or NULL when there will be none; the lock is held. */
static struct order *take(struct orders *o)
{
    o->idle_count++;
    while (!o->first && !o->closing)
        pthread_cond_wait(&o->came, &o->lock);
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

    pthread_mutex_lock(&o->lock);
    for (struct order *order; (order = take(o));) {
        pthread_mutex_unlock(&o->lock);
        order->run(o->self, order, o->stop);
        order_free(order);
        pthread_mutex_lock(&o->lock);
    }
    pthread_mutex_unlock(&o->lock);
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

void orders_submit(struct orders *o, void (*run)(void *, struct order *, struct cancel *),
                   struct str name, struct str text)
{
    struct order *order = calloc(1, sizeof(*order));
    if (!order)
        abort();
    order->run = run;
    order->name = arena_str(&order->arena, name);
    order->text = arena_str(&order->arena, text);

    pthread_mutex_lock(&o->lock);
    assert(!o->closing);
    *o->last = order;
    o->last = &order->next;
    o->waiting_count++;
    if (o->waiting_count > o->idle_count && o->thread_count < o->max_threads)
        start_thread(o);
    pthread_cond_signal(&o->came);
    pthread_mutex_unlock(&o->lock);
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
    pthread_mutex_lock(&o->lock);
    o->closing = true;
    pthread_cond_broadcast(&o->came);
    pthread_mutex_unlock(&o->lock);
    for (size_t i = 0; i < o->thread_count; i++)
        pthread_join(o->threads[i], NULL);
    cancel_free(o->stop);
    pthread_cond_destroy(&o->came);
    pthread_mutex_destroy(&o->lock);
    free(o->threads);
    free(o);
}

static void *run_part(void *arg)
{
    const struct part *part = arg;
    part->run(part->arg);
    return NULL;
}

void parts_run(const struct part *parts, size_t count)
{
    enum { PARTS_MAX = 8 };
    pthread_t threads[PARTS_MAX];
    bool started[PARTS_MAX] = {0};

    assert(count <= PARTS_MAX);
    for (size_t i = 1; i < count; i++)
        started[i] = start_quiet_thread(&threads[i], run_part, (void *)&parts[i]);
    for (size_t i = 0; i < count; i++) {
        if (started[i])
            pthread_join(threads[i], NULL);
        else
            parts[i].run(parts[i].arg);
    }
}
