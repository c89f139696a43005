#include "engine/loop/write.h"

#include "engine/base/json.h"
#include "engine/base/log.h"
#include "engine/loop/claim_record.h"
#include "engine/loop/notices.h"

enum { WRITE_AGAIN_MOST_MS = 5 * 1000 };

static void add(struct writer *w, struct str kind, struct str key, struct str body)
{
    struct arena *a = &w->arena;
    struct store_record r = {arena_str(a, kind), arena_str(a, key), {0}};
    if (body.ptr)
        r.body = arena_str(a, body);
    ARENA_PUSH(a, w->records, w->count, w->capacity, r);
}

static void add_outbox(struct writer *w, struct state *s)
{
    for (size_t i = 0; i < s->outbox_count; i++)
        add(w, s->outbox[i].kind, s->outbox[i].key, s->outbox[i].body);
    arena_free(&s->outbox_arena);
    s->outbox = NULL;
    s->outbox_count = s->outbox_capacity = 0;
}

static void add_claims(struct writer *w, struct state *s)
{
    for (size_t i = 0; i < s->claims.count; i++) {
        struct claim_entry *c = CLAIM_AT(s, i);
        if (!c->dirty)
            continue;
        add(w, STR("claim"), c->id.key, claim_record_write(&w->arena, s, c));
        c->dirty = false;
        c->writing = true;
    }
}

static void add_bindings(struct writer *w, struct state *s)
{
    for (size_t i = 0; i < s->bindings.count; i++) {
        struct binding_entry *b = BINDING_AT(s, i);
        if (!b->dirty)
            continue;
        struct buf body = buf_in(&w->arena);
        struct json_writer j = json_writer_to(&body);
        json_begin_object(&j);
        json_member(&j, "claim", b->claim);
        json_member(&j, "spec", b->spec);
        json_end_object(&j);
        add(w, STR("binding"), b->pod.key, buf_str(&body));
        b->dirty = false;
        b->writing = true;
    }
}

static void collect(struct writer *w, struct state *s)
{
    arena_free(&w->arena);
    w->records = NULL;
    w->count = w->capacity = 0;
    /* Deletions stand first: a pod that left one node and was bound to another is one record. */
    add_outbox(w, s);
    add_claims(w, s);
    add_bindings(w, s);
    notices_taken(s);
    if (!w->count)
        notices_written(s); /* what they said was there already */
}

void writer_flush(struct writer *w, struct state *s, const struct store_port *store, int64_t now_ms)
{
    if (w->in_flight || (w->failed && now_ms < w->retry_ms))
        return;
    if (!w->failed)
        collect(w, s);
    if (!w->count)
        return;
    w->failed = false;
    w->in_flight = true;
    store->submit_write(store->self, ++w->order, s->lease_epoch, w->records, w->count);
}

static void written(struct writer *w, struct state *s)
{
    w->failures = 0;
    w->problem[0] = 0;
    w->count = 0;
    for (size_t i = 0; i < s->claims.count; i++)
        CLAIM_AT(s, i)->writing = false;
    for (size_t i = 0; i < s->bindings.count; i++)
        BINDING_AT(s, i)->writing = false;
    notices_written(s);
}

bool writer_fold(struct writer *w, struct state *s, const struct event *e, int64_t now_ms)
{
    if (e->order != w->order || !w->in_flight)
        return true;
    w->in_flight = false;
    if (!e->error) {
        written(w, s);
        return true;
    }
    keep_problem(w->problem, sizeof(w->problem), e->error);
    log_event(LOG_ERROR, "write_failed", LOG_STR("error", e->error->summary),
              LOG_STR("detail", e->error->detail));
    if (e->error->kind == ERROR_CONFLICT)
        return false;
    w->failed = true;
    w->retry_ms = now_ms + backoff_ms(w->failures++, WRITE_AGAIN_MOST_MS);
    return true;
}

bool writer_is_idle(const struct writer *w, const struct state *s)
{
    if (w->in_flight || w->failed || s->outbox_count)
        return false;
    for (size_t i = 0; i < s->claims.count; i++)
        if (CLAIM_AT(s, i)->dirty)
            return false;
    for (size_t i = 0; i < s->bindings.count; i++)
        if (BINDING_AT(s, i)->dirty)
            return false;
    return true;
}

void writer_finish(struct writer *w)
{
    arena_free(&w->arena);
    *w = (struct writer){0};
}
