#include "engine/sim/inside.h"

/* The interruption queue: a message that was received is hidden for a while and comes again unless
 * it is acknowledged.  What a notice announces happens, too. */

enum {
    HIDDEN_MS = 20 * 1000,
    WARNED_MS = 2 * 60 * 1000,
    QUEUE_AGAIN_MS = 5 * 1000,
};

static struct cloud_notice notice_copy(struct arena *a, const struct cloud_notice *n)
{
    struct cloud_notice copy = *n;
    struct str *ids = ARENA_ARRAY(a, struct str, n->instance_count);
    for (size_t i = 0; i < n->instance_count; i++)
        ids[i] = arena_str(a, n->instances[i]);
    copy.instances = ids;
    copy.what = arena_str(a, n->what);
    copy.account = arena_str(a, n->account);
    copy.region = arena_str(a, n->region);
    copy.receipt = arena_str(a, n->receipt);
    return copy;
}

static void receive(struct sim *s, struct event *e)
{
    struct cloud_notice *all = ARENA_ARRAY(&e->arena, struct cloud_notice, s->message_count);
    e->notices = all;
    for (size_t i = 0; i < s->message_count; i++) {
        struct sim_message *m = &s->messages[i];
        if (m->deleted || m->visible_ms > s->now_ms)
            continue;
        m->visible_ms = s->now_ms + HIDDEN_MS;
        all[e->notice_count] = notice_copy(&e->arena, &m->notice);
        all[e->notice_count++].age_ms = s->now_ms - m->sent_ms;
    }
}

void sim_poll(struct sim *s)
{
    if (!s->listening || s->crashed || s->now_ms < s->queue_again_ms)
        return;
    struct event *e = event_new(EVENT_NOTICES);
    bool failed = s->queue_again_ms > 0;
    s->queue_again_ms = 0;
    if (sim_fails(s, SIM_NOTICES_FAIL)) {
        e->error = error_new(&e->arena, ERROR_NOT_FOUND, "the interruption queue does not exist");
        s->queue_again_ms = s->now_ms + QUEUE_AGAIN_MS;
    } else {
        receive(s, e);
    }
    if (e->error || e->notice_count || failed)
        sim_answer(s, e);
    else
        event_free(e);
}

int64_t sim_next_poll_ms(const struct sim *s)
{
    int64_t next_ms = s->queue_again_ms ? s->queue_again_ms : NEVER_MS;
    if (!s->listening || s->crashed)
        return NEVER_MS;
    for (size_t i = 0; i < s->message_count && !s->queue_again_ms; i++)
        if (!s->messages[i].deleted && s->messages[i].visible_ms < next_ms)
            next_ms = s->messages[i].visible_ms;
    return next_ms;
}

static void submit_watch(void *self)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    s->listening = true;
    sim_poll(s);
    pthread_mutex_unlock(&s->lock);
}

static void submit_rest(void *self)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    s->listening = false;
    pthread_mutex_unlock(&s->lock);
}

static void submit_acknowledge(void *self, const struct str *receipts, size_t count)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    if (sim_order(s) && !sim_fails(s, SIM_ACKNOWLEDGE_FAILS))
        for (size_t i = 0; i < s->message_count; i++)
            for (size_t r = 0; r < count; r++)
                s->messages[i].deleted |= str_eq(s->messages[i].notice.receipt, receipts[r]);
    pthread_mutex_unlock(&s->lock);
}

struct notices_port sim_notices(struct sim *s)
{
    return (struct notices_port){s, submit_watch, submit_rest, submit_acknowledge};
}

void sim_send_notice(struct sim *s, const struct cloud_notice *n)
{
    pthread_mutex_lock(&s->lock);
    struct sim_message m = {notice_copy(&s->arena, n), s->now_ms, s->now_ms, false};
    m.notice.receipt = arena_printf(&s->arena, "receipt-%zu", s->message_count);
    ARENA_PUSH(&s->arena, s->messages, s->message_count, s->message_capacity, m);
    for (size_t i = 0; i < n->instance_count; i++) {
        if (n->kind == NOTICE_SPOT || n->kind == NOTICE_RESERVATION)
            sim_stop_at(s, n->instances[i], s->now_ms + WARNED_MS);
        if (n->kind == NOTICE_STOPPED)
            sim_stop_at(s, n->instances[i], s->now_ms);
    }
    sim_poll(s);
    pthread_mutex_unlock(&s->lock);
}

size_t sim_message_count(struct sim *s)
{
    size_t count = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->message_count; i++)
        count += !s->messages[i].deleted;
    pthread_mutex_unlock(&s->lock);
    return count;
}
