#include "engine/base/cancel.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* One lock and one condition for a whole family of tokens: raising any of them wakes every waiter
 * of the family, and each looks at its own line of parents.  Raising is rare, so the waste is
 * small, and no list of children has to be kept. */
struct family {
    pthread_mutex_t lock;
    pthread_cond_t raised;
    size_t members; /* under lock */
};

struct cancel {
    struct cancel *parent;
    struct family *family;
    atomic_bool raised;
};

static void *must_have(void *memory)
{
    if (!memory) {
        fputs("panic: tenon: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static struct family *family_new(void)
{
    struct family *f = must_have(calloc(1, sizeof(*f)));
    pthread_condattr_t monotonic;

    pthread_mutex_init(&f->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&f->raised, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return f;
}

static void family_free(struct family *f)
{
    pthread_cond_destroy(&f->raised);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

struct cancel *cancel_new(struct cancel *parent)
{
    struct cancel *c = must_have(calloc(1, sizeof(*c)));
    c->parent = parent;
    c->family = parent ? parent->family : family_new();
    atomic_init(&c->raised, false);

    pthread_mutex_lock(&c->family->lock);
    c->family->members++;
    pthread_mutex_unlock(&c->family->lock);
    return c;
}

void cancel_free(struct cancel *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->family->lock);
    size_t left = --c->family->members;
    pthread_mutex_unlock(&c->family->lock);
    assert(c->parent || left == 0); /* children went first */
    if (left == 0)
        family_free(c->family);
    free(c);
}

void cancel_raise(struct cancel *c)
{
    pthread_mutex_lock(&c->family->lock);
    atomic_store(&c->raised, true);
    pthread_cond_broadcast(&c->family->raised);
    pthread_mutex_unlock(&c->family->lock);
}

void cancel_reset(struct cancel *c)
{
    atomic_store(&c->raised, false);
}

bool cancel_is_raised(const struct cancel *c)
{
    for (; c; c = c->parent)
        if (atomic_load(&c->raised))
            return true;
    return false;
}

/* The instant `ms` from now, at most a year away so that no clock arithmetic overflows. */
static struct timespec instant_after_ms(int64_t ms)
{
    const int64_t year_ms = INT64_C(365) * 24 * 3600 * 1000;
    struct timespec t;

    if (ms > year_ms)
        ms = year_ms;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

bool cancel_wait_ms(struct cancel *c, int64_t ms)
{
    struct timespec until = instant_after_ms(ms > 0 ? ms : 0);

    if (!c) {
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
            ;
        return false;
    }
    pthread_mutex_lock(&c->family->lock);
    while (!cancel_is_raised(c))
        if (pthread_cond_timedwait(&c->family->raised, &c->family->lock, &until) == ETIMEDOUT)
            break;
    pthread_mutex_unlock(&c->family->lock);
    return cancel_is_raised(c);
}
