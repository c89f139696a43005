#ifndef GO_PLUGIN_SHIM_WORKERS_H
#define GO_PLUGIN_SHIM_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

/* Threads for handlers.  A job never waits for another: when no thread is idle, one more is made.
 * Idle threads are used again and end after ten seconds. */
struct workers;

/* Embedded in what it works on; the memory must live until `run` is called. */
struct worker_job {
    void (*run)(void *self);
    void *self;
    struct worker_job *next;
};

struct workers *workers_new(void);
/* False when the system gives no thread and none is left to take the job later. */
bool workers_submit(struct workers *w, struct worker_job *job);
/* Waits for the jobs that were submitted; NULL is fine. */
void workers_free(struct workers *w);

#endif
