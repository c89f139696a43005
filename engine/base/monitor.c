#include "engine/base/monitor.h"

#include <errno.h>

#include "engine/base/time.h"

void monitor_init(struct monitor *m)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&m->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&m->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void monitor_finish(struct monitor *m)
{
    pthread_cond_destroy(&m->changed);
    pthread_mutex_destroy(&m->lock);
}

void monitor_enter(struct monitor *m)
{
    pthread_mutex_lock(&m->lock);
}

void monitor_leave(struct monitor *m)
{
    pthread_mutex_unlock(&m->lock);
}

bool monitor_wait(struct monitor *m, int64_t until_ms)
{
    if (until_ms == NEVER_MS)
        return pthread_cond_wait(&m->changed, &m->lock) == 0;
    if (until_ms < 0)
        return false; /* before the clock's beginning: no timespec says that */
    const struct timespec until = {(time_t)(until_ms / 1000), (long)(until_ms % 1000) * 1000000L};
    return pthread_cond_timedwait(&m->changed, &m->lock, &until) != ETIMEDOUT;
}

void monitor_wake(struct monitor *m)
{
    pthread_cond_broadcast(&m->changed);
}

void monitor_wake_one(struct monitor *m)
{
    pthread_cond_signal(&m->changed);
}
