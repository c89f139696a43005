#include "engine/loop/notices.h"

#include "engine/base/log.h"
#include "engine/loop/capacity.h"
#include "engine/loop/fold.h"

enum {
    WARNED_MS = 2 * 60 * 1000,       /* from EC2's warning to the end */
    NEIGHBOURS_MS = 5 * 60 * 1000,   /* what is not ours is left for so long */
    APPOINTED_LEAST_MS = 10 * 60000, /* a late word of maintenance still leaves time to launch */
};

/* What a notice means for the nodes that it names; for the others it is none. */
static const enum interruption announced[] = {
    [NOTICE_REBALANCE] = INTERRUPTION_REBALANCE,
    [NOTICE_MAINTENANCE] = INTERRUPTION_MAINTENANCE,
    [NOTICE_RESERVATION] = INTERRUPTION_RESERVATION,
    [NOTICE_SPOT] = INTERRUPTION_SPOT,
    [NOTICE_STOPPED] = INTERRUPTION_NONE,
};

/* A date.  Warnings are as old as their message, by the queue's own clock, so that a wrong date of
 * this machine makes no minute of two. */
static int64_t leave_by_ms(const struct state *s, const struct cloud_notice *n, int64_t now_ms)
{
    int64_t date_ms = calendar_date_ms(&s->calendar, now_ms);

    switch (n->kind) {
    case NOTICE_SPOT:
    case NOTICE_RESERVATION:
        return date_ms + WARNED_MS - (n->age_ms < WARNED_MS ? n->age_ms : WARNED_MS);
    case NOTICE_MAINTENANCE:
        return n->starts_ms > date_ms + APPOINTED_LEAST_MS ? n->starts_ms
                                                           : date_ms + APPOINTED_LEAST_MS;
    case NOTICE_BROKEN:
    case NOTICE_OTHER:
    case NOTICE_REBALANCE:
    case NOTICE_STOPPED:
        return NEVER_MS;
    }
    return NEVER_MS;
}

/* A copy of a message is none, nor is a milder one; a node may get another appointment. */
static bool is_news(const struct claim *c, const struct cloud_notice *n, enum interruption what,
                    int64_t by_ms)
{
    bool appointed = what == INTERRUPTION_MAINTENANCE && by_ms == n->starts_ms && by_ms != NEVER_MS;

    return c->phase < CLAIM_DRAINING &&
           (what > c->interruption ||
            (what == c->interruption && appointed && by_ms != c->leave_by_ms));
}

static void interrupt(struct state *s, struct claim_entry *c, const struct cloud_notice *n,
                      int64_t now_ms)
{
    enum interruption what = announced[n->kind];
    int64_t by_ms = leave_by_ms(s, n, now_ms);

    if (what == INTERRUPTION_SPOT)
        capacity_taken(s, c, now_ms);
    if (!is_news(&c->claim, n, what, by_ms))
        return;
    c->claim.interruption = what;
    c->claim.leave_by_ms = by_ms;
    c->dirty = true;
    state_decide_now(s, now_ms);
    log_event(LOG_INFO, "interrupted", LOG_STR("claim", c->id.key),
              LOG_STR("instance_id", c->claim.instance_id),
              LOG_STR("notice", interruption_text(what)), LOG_INT("age_ms", n->age_ms));
}

static void act_on(struct state *s, struct claim_entry *c, const struct cloud_notice *n,
                   int64_t now_ms)
{
    if (n->kind == NOTICE_STOPPED)
        claim_stopped(s, c, now_ms);
    else if (n->kind != NOTICE_REBALANCE || s->heeds_rebalance)
        interrupt(s, c, n, now_ms);
}

/* Ids of instances are unique in a region, and whoever may write into the queue can write any. */
static bool is_from_here(const struct state *s, const struct cloud_notice *n)
{
    return (!s->account.len || str_eq(n->account, s->account)) && str_eq(n->region, s->region);
}

/* Returns whether the message has been dealt with. */
static bool fold_notice(struct state *s, const struct cloud_notice *n, int64_t now_ms)
{
    size_t ours = 0;

    for (size_t i = 0; i < n->instance_count && is_from_here(s, n); i++) {
        struct claim_entry *c = state_claim_of_instance(s, n->instances[i]);
        if (!c)
            continue;
        ours++;
        act_on(s, c, n, now_ms);
    }
    if (ours)
        s->heard.ours++;
    else
        s->heard.not_ours++;
    return ours == n->instance_count || n->age_ms >= NEIGHBOURS_MS;
}

static void fold_unread(struct state *s, const struct cloud_notice *n)
{
    bool broken = n->kind == NOTICE_BROKEN;

    s->heard.broken += broken;
    s->heard.other += !broken;
    log_event(broken ? LOG_WARN : LOG_DEBUG, broken ? "notice_broken" : "notice_passed_over",
              LOG_STR("why", n->what));
}

static void keep_receipt(struct state *s, struct str receipt)
{
    struct receipts *r = &s->receipts[RECEIPTS_NEW];
    ARENA_PUSH(&r->arena, r->items, r->count, r->capacity, arena_str(&r->arena, receipt));
}

static void note_problem(struct state *s, const struct error *e)
{
    char before[sizeof(s->notices_problem)];

    memcpy(before, s->notices_problem, sizeof(before));
    s->notices_problem[0] = 0;
    if (e)
        keep_problem(s->notices_problem, sizeof(s->notices_problem), e);
    if (str_eq(str_of(before), str_of(s->notices_problem)))
        return;
    s->status_due = true;
    if (e)
        log_event(LOG_WARN, "notices_unheard", LOG_STR("error", str_of(s->notices_problem)));
}

void fold_notices(struct state *s, const struct event *e, int64_t now_ms)
{
    note_problem(s, e->error);
    for (size_t i = 0; i < e->notice_count; i++) {
        const struct cloud_notice *n = &e->notices[i];
        bool speaks = n->kind > NOTICE_OTHER, done = true;
        if (speaks)
            done = fold_notice(s, n, now_ms);
        else
            fold_unread(s, n);
        if (done)
            keep_receipt(s, n->receipt);
    }
}

/* Receipts go from new to taken to written, all of them together. */
static void hand_on(struct state *s, enum receipt_stage from, enum receipt_stage to)
{
    struct receipts *f = &s->receipts[from], *t = &s->receipts[to];

    for (size_t i = 0; i < f->count; i++)
        ARENA_PUSH(&t->arena, t->items, t->count, t->capacity, arena_str(&t->arena, f->items[i]));
    arena_free(&f->arena);
    *f = (struct receipts){0};
}

void notices_taken(struct state *s)
{
    hand_on(s, RECEIPTS_NEW, RECEIPTS_TAKEN);
}

void notices_written(struct state *s)
{
    hand_on(s, RECEIPTS_TAKEN, RECEIPTS_WRITTEN);
}

void notices_send(struct state *s, const struct notices_port *port)
{
    struct receipts *r = &s->receipts[RECEIPTS_WRITTEN];

    if (!port->submit_watch || !s->listed)
        return;
    if (!s->listens)
        port->submit_watch(port->self);
    s->listens = true;
    if (r->count)
        port->submit_acknowledge(port->self, r->items, r->count);
    arena_free(&r->arena);
    *r = (struct receipts){0};
}

void notices_rest(struct state *s, const struct notices_port *port)
{
    if (s->listens)
        port->submit_rest(port->self);
    s->listens = false;
}
