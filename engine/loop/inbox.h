#ifndef ENGINE_LOOP_INBOX_H
#define ENGINE_LOOP_INBOX_H

#include "engine/base/monitor.h"
#include "engine/ports.h"

/* Where all threads put events and the engine's takes them, in the order they came. */
struct inbox {
    struct monitor monitor;
    struct event *first, *last;
    bool stop;
};

void inbox_init(struct inbox *b);
void inbox_finish(struct inbox *b); /* frees what was not taken */
void inbox_post(struct inbox *b, struct event *e);
struct event *inbox_take(struct inbox *b); /* NULL: there is none */
bool inbox_is_empty(struct inbox *b);
/* Sleeps until an event comes, or the stop where that is heeded, at most `ms` (NEVER_MS: however
 * long). */
void inbox_wait(struct inbox *b, int64_t ms, bool heed_stop);
void inbox_stop(struct inbox *b);
bool inbox_is_stopped(struct inbox *b);

#endif
