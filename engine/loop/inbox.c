#include "engine/loop/inbox.h"

#include "engine/base/time.h"

void inbox_init(struct inbox *b)
{
    *b = (struct inbox){0};
    monitor_init(&b->monitor);
}

void inbox_finish(struct inbox *b)
{
    for (struct event *e; (e = inbox_take(b));)
        event_free(e);
    monitor_finish(&b->monitor);
}

void inbox_post(struct inbox *b, struct event *e)
{
    monitor_enter(&b->monitor);
    e->next = NULL;
    if (b->last)
        b->last->next = e;
    else
        b->first = e;
    b->last = e;
    monitor_wake(&b->monitor);
    monitor_leave(&b->monitor);
}

struct event *inbox_take(struct inbox *b)
{
    monitor_enter(&b->monitor);
    struct event *e = b->first;
    if (e)
        b->first = e->next;
    if (!b->first)
        b->last = NULL;
    monitor_leave(&b->monitor);
    return e;
}

bool inbox_is_empty(struct inbox *b)
{
    monitor_enter(&b->monitor);
    bool empty = !b->first;
    monitor_leave(&b->monitor);
    return empty;
}

void inbox_wait(struct inbox *b, int64_t ms, bool heed_stop)
{
    if (ms <= 0)
        return;
    int64_t until_ms = time_add_ms(time_monotonic_ms(), ms);
    monitor_enter(&b->monitor);
    while (!b->first && !(heed_stop && b->stop) && monitor_wait(&b->monitor, until_ms))
        ;
    monitor_leave(&b->monitor);
}

void inbox_stop(struct inbox *b)
{
    monitor_enter(&b->monitor);
    b->stop = true;
    monitor_wake(&b->monitor);
    monitor_leave(&b->monitor);
}

bool inbox_is_stopped(struct inbox *b)
{
    monitor_enter(&b->monitor);
    bool stop = b->stop;
    monitor_leave(&b->monitor);
    return stop;
}
