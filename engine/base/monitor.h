#ifndef ENGINE_BASE_MONITOR_H
#define ENGINE_BASE_MONITOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A lock with one condition: threads that share data enter, look, change it, wake whoever waits for
 * a change, and leave.  Waits are told their end by the monotonic clock, so that a wall clock that
 * is set delays nobody. */
struct monitor {
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

void monitor_init(struct monitor *m);
void monitor_finish(struct monitor *m);
void monitor_enter(struct monitor *m);
void monitor_leave(struct monitor *m);

/* For those inside; the lock is given up while they wait.  A waiter may wake for nothing: it looks
 * again at what it waits for.  False: `until_ms` (time_monotonic_ms; NEVER_MS) has passed. */
bool monitor_wait(struct monitor *m, int64_t until_ms);
void monitor_wake(struct monitor *m); /* all who wait */
/* One of them, where any will do: the one woken takes what came. */
void monitor_wake_one(struct monitor *m);

#endif
