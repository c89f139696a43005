#include "engine/loop/failed.h"

void failed_keep(struct pool_entry *p, const struct failed *f)
{
    failed_finish(p);
    p->failed.claim = arena_str(&p->failed.arena, f->claim);
    p->failed.hash = arena_str(&p->failed.arena, f->hash);
    p->failed.image_id = arena_str(&p->failed.arena, f->image_id);
    p->failed.date_ms = f->date_ms;
}

void failed_note(struct pool_entry *p, const struct claim_entry *c, int64_t date_ms)
{
    struct failed f = {
        .claim = c->id.key, .hash = c->claim.hash, .image_id = c->image_id, .date_ms = date_ms};

    if (str_eq(p->text.uid, c->uid) && c->claim.phase <= CLAIM_LAUNCHED)
        failed_keep(p, &f);
}

void failed_forget(struct pool_entry *p, const struct claim_entry *c)
{
    if (c->claim.created_ms >= p->failed.date_ms)
        failed_finish(p);
}

struct str failed_claim(const struct state *s, const struct pool_entry *p)
{
    const struct class_entry *class = state_class(s, p->pool.node_class);

    if (!p->failed.claim.len || !str_eq(p->failed.hash, p->hash))
        return (struct str){0};
    return class_means_image(class, p->failed.image_id) ? p->failed.claim : (struct str){0};
}

void failed_write(struct json_writer *w, const struct pool_entry *p)
{
    if (!p->failed.claim.len)
        return;
    json_key(w, STR("failed"));
    json_begin_object(w);
    json_member(w, "claim", p->failed.claim);
    json_member(w, "hash", p->failed.hash);
    json_member(w, "image_id", p->failed.image_id);
    json_member_int(w, "date_ms", p->failed.date_ms);
    json_end_object(w);
}

struct failed failed_read(const struct record *status)
{
    struct record from = record_object(status, "failed");

    return (struct failed){.claim = record_text(&from, "claim"),
                           .hash = record_text(&from, "hash"),
                           .image_id = record_text(&from, "image_id"),
                           .date_ms = record_int(&from, "date_ms", 0, RECORD_DATE_MOST, 0)};
}

void failed_finish(struct pool_entry *p)
{
    arena_free(&p->failed.arena);
    p->failed = (struct failed){0};
}
