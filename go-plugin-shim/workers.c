#include "go-plugin-shim/workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "go-plugin-shim/crash.h"

/* Pages of a stack that nobody touches cost nothing: this bounds what 500 blocked calls could. */
enum { STACK_BYTES = 2 * 1024 * 1024, IDLE_SECONDS = 10 };

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t work, ended;
    struct worker_job *first, **last;
    size_t queued, idle, threads;
    bool closing;
};

static void *must_have(void *memory)
{
    if (!memory) {
        fputs("panic: tenon: out of memory\n", stderr);
        abort();
    }
    return memory;
}

struct workers *workers_new(void)
{
    struct workers *w = must_have(calloc(1, sizeof(*w)));
    pthread_condattr_t monotonic;

    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->work, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&w->ended, NULL);
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
    struct timespec until;
    bool patient = true;
    struct worker_job *job;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_SECONDS;
    while (!(job = take(w)) && patient && !w->closing) {
        w->idle++;
        patient = pthread_cond_timedwait(&w->work, &w->lock, &until) != ETIMEDOUT;
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
    pthread_mutex_lock(&w->lock);
    while ((job = wait_for_job(w))) {
        pthread_mutex_unlock(&w->lock);
        job->run(job->self);
        pthread_mutex_lock(&w->lock);
    }
    crash_stack_end(&stack);
    if (--w->threads == 0)
        pthread_cond_broadcast(&w->ended);
    pthread_mutex_unlock(&w->lock);
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
    pthread_mutex_lock(&w->lock);
    /* Every queued job needs a thread of its own: idle ones may have been promised already. */
    bool taken = w->queued < w->idle || start_thread(w) || w->threads > 0;
    if (taken) {
        job->next = NULL;
        *w->last = job;
        w->last = &job->next;
        w->queued++;
    }
    pthread_mutex_unlock(&w->lock);
    if (taken)
        pthread_cond_signal(&w->work); /* whoever wakes finds the lock free */
    return taken;
}

void workers_free(struct workers *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->work);
    while (w->threads > 0)
        pthread_cond_wait(&w->ended, &w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->ended);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
