#include "go-plugin-shim/workers.h"

#include <stdint.h>

#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"
#include "go-plugin-shim/crash.h"

/* Pages of a stack that nobody touches cost nothing: this bounds what 500 blocked calls could. */
enum { STACK_BYTES = 2 * 1024 * 1024, IDLE_MS = 10 * 1000 };

struct workers {
    struct monitor monitor; /* work comes; closing, threads end */
    struct worker_job *first, **last;
    size_t queued, idle, threads;
    bool closing;
};

struct workers *workers_new(void)
{
    struct workers *w = must_have(calloc(1, sizeof(*w)));

    monitor_init(&w->monitor);
    w->last = &w->first;
    return w;
}

static struct worker_job *take(struct workers *w)
{
    struct worker_job *job = w->first;

    if (job) {
        w->first = job->next;
        if (!w->first)
            w->last = &w->first;
        w->queued--;
    }
    return job;
}

/* The next job, or NULL when this thread has been idle long enough or the pool closes. */
static struct worker_job *wait_for_job(struct workers *w)
{
    int64_t until_ms = time_monotonic_ms() + IDLE_MS;
    bool patient = true;
    struct worker_job *job;

    while (!(job = take(w)) && patient && !w->closing) {
        w->idle++;
        patient = monitor_wait(&w->monitor, until_ms);
        w->idle--;
    }
    return job;
}

static void *work(void *pool)
{
    struct workers *w = pool;
    struct crash_stack stack; /* handlers that overflow their stack still leave crash text */
    struct worker_job *job;

    crash_stack_begin(&stack);
    monitor_enter(&w->monitor);
    while ((job = wait_for_job(w))) {
        monitor_leave(&w->monitor);
        job->run(job->self);
        monitor_enter(&w->monitor);
    }
    crash_stack_end(&stack);
    if (--w->threads == 0)
        monitor_wake(&w->monitor);
    monitor_leave(&w->monitor);
    return NULL;
}

static bool start_thread(struct workers *w)
{
    pthread_t thread;
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    bool started = pthread_create(&thread, &attributes, work, w) == 0;
    pthread_attr_destroy(&attributes);
    w->threads += started;
    return started;
}

bool workers_submit(struct workers *w, struct worker_job *job)
{
    monitor_enter(&w->monitor);
    /* Every queued job needs a thread of its own: idle ones may have been promised already. */
    bool taken = w->queued < w->idle || start_thread(w) || w->threads > 0;
    if (taken) {
        job->next = NULL;
        *w->last = job;
        w->last = &job->next;
        w->queued++;
    }
    monitor_leave(&w->monitor);
    if (taken)
        monitor_wake_one(&w->monitor); /* whoever wakes finds the lock free */
    return taken;
}

void workers_free(struct workers *w)
{
    if (!w)
        return;
    monitor_enter(&w->monitor);
    w->closing = true;
    monitor_wake(&w->monitor);
    while (w->threads > 0)
        monitor_wait(&w->monitor, NEVER_MS);
    monitor_leave(&w->monitor);
    monitor_finish(&w->monitor);
    free(w);
}
