#include "engine/loop/inbox.h"

#include <stdlib.h>
#include <time.h>

void inbox_init(struct inbox *b)
{
    pthread_condattr_t attributes;
    *b = (struct inbox){0};
    pthread_mutex_init(&b->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&b->came, &attributes);
    pthread_condattr_destroy(&attributes);
}

void inbox_finish(struct inbox *b)
{
    for (struct event *e; (e = inbox_take(b));)
        event_free(e);
    pthread_cond_destroy(&b->came);
    pthread_mutex_destroy(&b->lock);
}

void inbox_post(struct inbox *b, struct event *e)
{
    pthread_mutex_lock(&b->lock);
    e->next = NULL;
    if (b->last)
        b->last->next = e;
    else
        b->first = e;
    b->last = e;
    pthread_cond_signal(&b->came);
    pthread_mutex_unlock(&b->lock);
}

struct event *inbox_take(struct inbox *b)
{
    pthread_mutex_lock(&b->lock);
    struct event *e = b->first;
    if (e)
        b->first = e->next;
    if (!b->first)
        b->last = NULL;
    pthread_mutex_unlock(&b->lock);
    return e;
}

bool inbox_is_empty(struct inbox *b)
{
    pthread_mutex_lock(&b->lock);
    bool empty = !b->first;
    pthread_mutex_unlock(&b->lock);
    return empty;
}

/* The instant in `ms` by the monotonic clock; a day is as good as for ever. */
static struct timespec in_ms(int64_t ms)
{
    const int64_t day_ms = 24LL * 3600 * 1000;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    if (ms > day_ms)
        ms = day_ms;
    t.tv_sec += (time_t)(ms / 1000);
    t.tv_nsec += (long)(ms % 1000) * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000L;
    }
    return t;
}

void inbox_wait(struct inbox *b, int64_t ms, bool heed_stop)
{
    if (ms <= 0)
        return;
    struct timespec until = in_ms(ms);
    pthread_mutex_lock(&b->lock);
    while (!b->first && !(heed_stop && b->stop))
        if (pthread_cond_timedwait(&b->came, &b->lock, &until))
            break;
    pthread_mutex_unlock(&b->lock);
}

void inbox_stop(struct inbox *b)
{
    pthread_mutex_lock(&b->lock);
    b->stop = true;
    pthread_cond_broadcast(&b->came);
    pthread_mutex_unlock(&b->lock);
}

bool inbox_is_stopped(struct inbox *b)
{
    pthread_mutex_lock(&b->lock);
    bool stop = b->stop;
    pthread_mutex_unlock(&b->lock);
    return stop;
}
