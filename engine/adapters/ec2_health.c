#include "engine/adapters/ec2_health.h"

#include "engine/base/log.h"
#include "engine/base/time.h"

enum { ASK_MS = 60 * 1000, REFUSED_MS = 10 * 60 * 1000, ANSWER_MS = 5 * 1000 };

static void say_refused(struct ec2_health *h, const struct error *e)
{
    if (!h->refused)
        log_event(LOG_WARN, "status_checks_unknown", LOG_STR("error", e->summary));
    h->refused = true;
}

static void ask(struct ec2_health *h, const struct aws_call *call, int64_t now_ms)
{
    struct aws_call own = *call;

    arena_free(&h->arena);
    h->found = (struct ec2_impaired_list){0};
    own.arena = &h->arena;
    own.deadline_ms = now_ms + ANSWER_MS; /* the list waits for it */
    struct error *e = ec2_describe_impaired(&own, &h->found);
    h->next_ms = now_ms + (e ? REFUSED_MS : ASK_MS);
    if (!e) {
        h->refused = false;
        return;
    }
    say_refused(h, e);
    h->found = (struct ec2_impaired_list){0};
}

static struct cloud_instance *instance_of(struct event *list, struct str id)
{
    struct cloud_instance *all = (struct cloud_instance *)(uintptr_t)list->instances;

    for (size_t i = 0; i < list->instance_count; i++)
        if (str_eq(all[i].id, id))
            return &all[i];
    return NULL; /* somebody else's */
}

void ec2_health_note(struct ec2_health *h, const struct aws_call *call, struct event *list)
{
    int64_t now_ms = time_monotonic_ms();

    if (!list->instance_count)
        return;
    if (now_ms >= h->next_ms)
        ask(h, call, now_ms);
    for (size_t i = 0; i < h->found.count; i++) {
        const struct ec2_impaired *f = &h->found.items[i];
        struct cloud_instance *c = instance_of(list, f->id);
        if (c && f->since_ms && (!c->impaired_ms || f->since_ms < c->impaired_ms))
            c->impaired_ms = f->since_ms;
    }
}

void ec2_health_finish(struct ec2_health *h)
{
    arena_free(&h->arena);
}
