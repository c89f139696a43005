#include "engine/loop/calendar.h"

#include "engine/base/log.h"

enum {
    JUMP_MS = 5 * 1000,       /* clocks that are slewed go a few ms a second */
    AGREE_MS = 5 * 60 * 1000, /* as AWS's signatures */
    TOLD_MS = 2 * 1000,       /* Date headers are whole seconds, and their way takes a while */
};

static int64_t distance_ms(int64_t x_ms, int64_t y_ms)
{
    return x_ms > y_ms ? x_ms - y_ms : y_ms - x_ms;
}

bool calendar_look(struct calendar *c, int64_t now_ms, int64_t machine_date_ms)
{
    int64_t machine_ms = machine_date_ms - now_ms, was_ms = c->machine_ms;
    bool jumped = c->looked && distance_ms(machine_ms, was_ms) > JUMP_MS;

    if (!c->looked)
        c->ahead_ms = machine_ms;
    c->looked = true;
    c->machine_ms = machine_ms;
    if (!jumped)
        return true;
    c->sure = false;
    log_event(LOG_WARN, "clock_jumped", LOG_INT("by_ms", machine_ms - was_ms));
    return false;
}

bool calendar_hear(struct calendar *c, int64_t now_ms, int64_t cloud_date_ms)
{
    if (!cloud_date_ms)
        return false;
    int64_t cloud_ms = cloud_date_ms - now_ms, apart_ms = c->machine_ms - cloud_ms;
    bool was_sure = c->sure, was_apart = c->apart_ms;

    c->told = true;
    c->sure = distance_ms(c->machine_ms, cloud_ms) <= AGREE_MS;
    c->apart_ms = c->sure ? 0 : apart_ms;
    if (c->sure && distance_ms(c->ahead_ms, cloud_ms) > TOLD_MS)
        c->ahead_ms = cloud_ms;
    if (!c->sure && !was_apart)
        log_event(LOG_WARN, "clock_is_wrong", LOG_INT("ahead_of_cloud_ms", apart_ms));
    return c->sure != was_sure || (c->apart_ms != 0) != was_apart;
}

static int64_t shifted_ms(int64_t at_ms, int64_t by_ms)
{
    int64_t sum_ms;
    if (at_ms == NEVER_MS || __builtin_add_overflow(at_ms, by_ms, &sum_ms))
        return NEVER_MS;
    return sum_ms;
}

int64_t calendar_date_ms(const struct calendar *c, int64_t instant_ms)
{
    return shifted_ms(instant_ms, c->ahead_ms);
}

int64_t calendar_instant_ms(const struct calendar *c, int64_t date_ms)
{
    return shifted_ms(date_ms, -c->ahead_ms);
}
