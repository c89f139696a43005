#include "engine/sim/sim.h"

#include <stdlib.h>

#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/sim/inside.h"

struct sim *sim_new(const struct sim_options *options)
{
    struct sim *s = must_have(calloc(1, sizeof(*s)));
    pthread_mutex_init(&s->lock, NULL);
    s->options = *options;
    s->now_ms = options->start_ms;
    return s;
}

static void drop_answers(struct sim *s)
{
    for (size_t i = 0; i < s->answer_count; i++)
        event_free(s->answers[i].event);
    s->answer_count = 0;
}

void sim_free(struct sim *s)
{
    if (!s)
        return;
    drop_answers(s);
    event_free(s->told);
    free(s->answers);
    arena_free(&s->arena);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void insert(struct sim *s, struct sim_answer answer)
{
    if (s->answer_count == s->answer_capacity) {
        s->answer_capacity = s->answer_capacity ? 2 * s->answer_capacity : 16;
        s->answers = must_have(realloc(s->answers, s->answer_capacity * sizeof(*s->answers)));
    }
    size_t at = s->answer_count++;
    for (; at > 0 && s->answers[at - 1].at_ms > answer.at_ms; at--)
        s->answers[at] = s->answers[at - 1];
    s->answers[at] = answer;
}

static int64_t delay_ms(const struct sim *s, const struct event *e)
{
    int64_t more = e->kind == EVENT_LAUNCH && s->launches ? s->launches - 1 : 0;
    return s->options.answer_ms + more * s->options.launch_more_ms;
}

void sim_answer(struct sim *s, struct event *e)
{
    if (!s->attached || s->crashed)
        event_free(e);
    else if (!s->options.answer_ms)
        s->sink.post(s->sink.self, e);
    else
        insert(s, (struct sim_answer){s->now_ms + delay_ms(s, e), ++s->answer_number, e});
}

bool sim_order(struct sim *s)
{
    if (s->crashed || !s->attached)
        return false;
    s->orders++;
    s->crashed = s->crash_at && s->orders >= s->crash_at;
    return true;
}

bool sim_fails(struct sim *s, enum sim_fault fault)
{
    if (!s->faults[fault])
        return false;
    s->faults[fault]--;
    return true;
}

int64_t sim_date_ms(const struct sim *s)
{
    return s->options.date_ms + (s->now_ms - s->options.start_ms);
}

static int64_t steady(void *self)
{
    return sim_now_ms(self);
}

static int64_t machine_date(void *self)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    int64_t date_ms = sim_date_ms(s) + s->clock_ahead_ms;
    pthread_mutex_unlock(&s->lock);
    return date_ms;
}

struct engine_ports sim_ports(struct sim *s, const struct document_port *documents)
{
    return (struct engine_ports){
        .clock = {s, steady, machine_date},
        .store = sim_store(s),
        .cloud = sim_cloud(s),
        .launches = sim_launch_port,
        .notices = sim_notices(s),
        .cluster = sim_cluster(s),
        .documents = *documents,
    };
}

void sim_attach(struct sim *s, struct event_sink sink)
{
    pthread_mutex_lock(&s->lock);
    drop_answers(s);
    s->sink = sink;
    s->attached = true;
    s->crashed = s->lease_held = s->watched = s->listening = false;
    s->crash_at = 0;
    pthread_mutex_unlock(&s->lock);
}

int64_t sim_now_ms(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t now_ms = s->now_ms;
    pthread_mutex_unlock(&s->lock);
    return now_ms;
}

int64_t sim_next_ms(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t at_ms = s->answer_count ? s->answers[0].at_ms : NEVER_MS;
    if (sim_next_poll_ms(s) < at_ms)
        at_ms = sim_next_poll_ms(s);
    if (sim_cluster_next_ms(s) < at_ms)
        at_ms = sim_cluster_next_ms(s);
    pthread_mutex_unlock(&s->lock);
    return at_ms;
}

void sim_advance(struct sim *s, int64_t to_ms)
{
    pthread_mutex_lock(&s->lock);
    if (to_ms > s->now_ms)
        s->now_ms = to_ms;
    sim_poll(s);
    sim_cluster_live(s);
    size_t due = 0;
    while (due < s->answer_count && s->answers[due].at_ms <= s->now_ms)
        s->sink.post(s->sink.self, s->answers[due++].event);
    s->answer_count -= due;
    if (due)
        memmove(s->answers, s->answers + due, s->answer_count * sizeof(*s->answers));
    pthread_mutex_unlock(&s->lock);
}

void sim_set_clock_ahead(struct sim *s, int64_t ahead_ms)
{
    pthread_mutex_lock(&s->lock);
    s->clock_ahead_ms = ahead_ms;
    pthread_mutex_unlock(&s->lock);
}

void sim_hide_date(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    s->date_hidden = true;
    pthread_mutex_unlock(&s->lock);
}

void sim_fail(struct sim *s, enum sim_fault fault, unsigned times)
{
    pthread_mutex_lock(&s->lock);
    s->faults[fault] = times;
    pthread_mutex_unlock(&s->lock);
}

void sim_crash_at(struct sim *s, unsigned n)
{
    pthread_mutex_lock(&s->lock);
    s->crash_at = n ? s->orders + n : 0;
    pthread_mutex_unlock(&s->lock);
}

bool sim_has_crashed(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    bool crashed = s->crashed;
    pthread_mutex_unlock(&s->lock);
    return crashed;
}

unsigned sim_orders(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned orders = s->orders;
    pthread_mutex_unlock(&s->lock);
    return orders;
}
