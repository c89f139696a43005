#include <stdio.h>

#include "engine/loop/failed.h"

enum {
    SOON_MOST_MS = 60 * 1000,
    /* Each try costs an instance for a quarter of an hour. */
    AFTER_LONG_MOST_MS = 30 * 60 * 1000,
};

void failed_keep(struct pool_entry *p, const struct failed *f)
{
    failed_finish(p);
    p->failed.claim = arena_str(&p->failed.arena, f->claim);
    p->failed.instance_id = arena_str(&p->failed.arena, f->instance_id);
    p->failed.hash = arena_str(&p->failed.arena, f->hash);
    p->failed.image_id = arena_str(&p->failed.arena, f->image_id);
    p->failed.date_ms = f->date_ms;
}

static bool is_of_now(const struct state *s, const struct pool_entry *p, const struct failed *f)
{
    return f->claim.len && str_eq(f->hash, p->hash) &&
           class_means_image(state_class(s, p->pool.node_class), f->image_id);
}

void failed_note(const struct state *s, struct pool_entry *p, const struct claim_entry *c,
                 int64_t date_ms)
{
    struct failed f = {.claim = c->id.key,
                       .instance_id = c->claim.instance_id,
                       .hash = c->claim.hash,
                       .image_id = c->image_id,
                       .date_ms = date_ms};

    if (str_eq(p->text.uid, c->uid) && c->claim.phase <= CLAIM_LAUNCHED &&
        (is_of_now(s, p, &f) || !is_of_now(s, p, &p->failed)))
        failed_keep(p, &f);
}

void failed_pause(struct pool_entry *p, enum failed_after after, int64_t now_ms)
{
    bool soon = after == FAILED_SOON;

    if (p->cool_until_ms > now_ms)
        return;
    p->cool_until_ms =
        now_ms + backoff_ms(p->failures + (soon ? 2 : 6), soon ? SOON_MOST_MS : AFTER_LONG_MOST_MS);
    p->failures++;
}

void failed_give_up(struct state *s, struct pool_entry *p, const struct claim_entry *c,
                    int64_t now_ms)
{
    failed_note(s, p, c, calendar_date_ms(&s->calendar, now_ms));
    failed_pause(p, FAILED_AFTER_LONG, now_ms);
    snprintf(p->problem, sizeof(p->problem),
             "instance " STR_FMT " was not ready in time, and has been given up",
             STR_ARG(c->claim.instance_id));
}

void failed_forget(struct pool_entry *p, const struct claim_entry *c)
{
    if (c->claim.created_ms >= p->failed.date_ms)
        failed_finish(p);
}

struct str failed_text(struct arena *a, const struct state *s, const struct pool_entry *p)
{
    return is_of_now(s, p, &p->failed) ? claim_text(a, p->failed.claim, p->failed.instance_id)
                                       : (struct str){0};
}

void failed_write(struct json_writer *w, const struct pool_entry *p)
{
    if (!p->failed.claim.len)
        return;
    json_key(w, STR("failed"));
    json_begin_object(w);
    json_member(w, "claim", p->failed.claim);
    json_member(w, "instance_id", p->failed.instance_id);
    json_member(w, "hash", p->failed.hash);
    json_member(w, "image_id", p->failed.image_id);
    json_member_int(w, "date_ms", p->failed.date_ms);
    json_end_object(w);
}

struct failed failed_read(const struct record *status)
{
    struct record from = record_object(status, "failed");

    return (struct failed){.claim = record_text(&from, "claim"),
                           .instance_id = record_text(&from, "instance_id"),
                           .hash = record_text(&from, "hash"),
                           .image_id = record_text(&from, "image_id"),
                           .date_ms = record_int(&from, "date_ms", 0, RECORD_DATE_MOST, 0)};
}

void failed_finish(struct pool_entry *p)
{
    arena_free(&p->failed.arena);
    p->failed = (struct failed){0};
}
