#include "engine/base/cancel.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"

/* One monitor for a whole family of tokens: raising any of them wakes every waiter
 * of the family, and each looks at its own line of parents.  Raising is rare, so the waste is
 * small, and no list of children has to be kept. */
struct family {
    struct monitor monitor;
    size_t members; /* inside */
};

struct cancel {
    struct cancel *parent;
    struct family *family;
    atomic_bool raised;
};

static struct family *family_new(void)
{
    struct family *f = must_have(calloc(1, sizeof(*f)));

    monitor_init(&f->monitor);
    return f;
}

static void family_free(struct family *f)
{
    monitor_finish(&f->monitor);
    free(f);
}

struct cancel *cancel_new(struct cancel *parent)
{
    struct cancel *c = must_have(calloc(1, sizeof(*c)));
    c->parent = parent;
    c->family = parent ? parent->family : family_new();
    atomic_init(&c->raised, false);

    monitor_enter(&c->family->monitor);
    c->family->members++;
    monitor_leave(&c->family->monitor);
    return c;
}

void cancel_free(struct cancel *c)
{
    if (!c)
        return;
    monitor_enter(&c->family->monitor);
    size_t left = --c->family->members;
    monitor_leave(&c->family->monitor);
    assert(c->parent || left == 0); /* children went first */
    if (left == 0)
        family_free(c->family);
    free(c);
}

void cancel_raise(struct cancel *c)
{
    monitor_enter(&c->family->monitor);
    atomic_store(&c->raised, true);
    monitor_wake(&c->family->monitor);
    monitor_leave(&c->family->monitor);
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

static void sleep_until(int64_t until_ms)
{
    const struct timespec until = {(time_t)(until_ms / 1000), (long)(until_ms % 1000) * 1000000L};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

bool cancel_wait_ms(struct cancel *c, int64_t ms)
{
    int64_t until_ms = time_add_ms(time_monotonic_ms(), ms > 0 ? ms : 0);

    if (!c) {
        sleep_until(until_ms);
        return false;
    }
    monitor_enter(&c->family->monitor);
    while (!cancel_is_raised(c) && monitor_wait(&c->family->monitor, until_ms))
        ;
    monitor_leave(&c->family->monitor);
    return cancel_is_raised(c);
}
