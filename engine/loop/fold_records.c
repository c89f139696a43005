#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/loop/applying.h"
#include "engine/loop/capacity.h"
#include "engine/loop/claim_record.h"
#include "engine/loop/failed.h"
#include "engine/loop/fold.h"
#include "engine/loop/journal.h"
#include "engine/loop/learning.h"
#include "engine/loop/remarks.h"
#include "engine/loop/templates.h"
#include "engine/loop/tombstones.h"

#include <stdlib.h>

/* What the store holds becomes pools, classes, claims and bindings. */

void pool_rehash(struct state *s, const struct document_port *documents, struct pool_entry *p)
{
    ARENA_AUTO a = {0};
    struct str text;
    const struct class_entry *c = state_class(s, p->pool.node_class);
    p->hash = (struct str){0};
    if (!c || !c->text.document.len || !p->text.document.len || p->error)
        return;
    if (documents->drift_text(&a, p->text.document, c->text.document, &text))
        return; /* a document that cannot be read has no hash: nothing counts as drifted */
    p->hash = str_slice(sha256_hex(&p->text.arena, text), 0, 32);
}

static void parse_pool(struct state *s, const struct document_port *documents, struct pool_entry *p)
{
    struct arena *keep = &p->text.arena;
    p->pool =
        (struct pool){.replicas = -1, .empty_after_ms = NEVER_MS, .expire_after_ms = NEVER_MS};
    p->resources = resource_table_new();
    p->error = NULL;
    if (p->text.document.len)
        p->error = documents->parse_pool(keep, p->text.document, &p->resources, &p->pool);
    p->pool.name = p->name.key;
    p->pool.uid = p->text.uid;
    p->pool.generation = p->text.generation;
    p->pool.deleting = p->text.deleting;
    pool_rehash(s, documents, p);
}

static void spec_changed(struct spec_status *status, const struct spec_text *t, int64_t now_ms)
{
    status->settled = false;
    if (t->deleting && !status->deleting_since_ms)
        status->deleting_since_ms = now_ms;
}

/* An instant of a door's date: doors and engine share the machine's, right or wrong. */
static int64_t instant_of(const struct state *s, int64_t machine_date_ms, int64_t now_ms)
{
    int64_t left_ms;
    if (__builtin_sub_overflow(machine_date_ms, now_ms + s->calendar.machine_ms, &left_ms))
        left_ms = NEVER_MS;
    return time_add_ms(now_ms, left_ms);
}

static void fold_pool(struct state *s, const struct document_port *documents, struct str name,
                      const struct spec_text *from, int64_t now_ms)
{
    struct pool_entry *p = state_pool(s, name);
    bool other = p && !str_eq(p->text.uid, from->uid);
    if (!p) {
        p = state_add_pool(s, name);
        p->templates_lost = true; /* unless its status says that this store knows it */
    }
    if (!state_put_spec(&p->text, from))
        return;
    if (other)
        p->serial = 0;
    parse_pool(s, documents, p);
    spec_changed(&p->status, &p->text, now_ms);
    if (p->text.deleting)
        s->pool_deleted_ms = now_ms;
    p->drain_by_ms = p->text.drain_by_ms ? instant_of(s, p->text.drain_by_ms, now_ms) : 0;
    failed_finish(p);
    p->cool_until_ms = 0; /* the change may be the cure of what was refused */
    p->failures = 0;
    memset(p->shortages, 0, sizeof(p->shortages));
    p->problem[0] = 0;
    p->definite = false;
    state_changed(s, now_ms);
    state_list_soon(s, now_ms); /* instances that were nobody's may be this pool's */
}

static void fold_class(struct state *s, const struct document_port *documents, struct str name,
                       const struct spec_text *from, int64_t now_ms)
{
    struct class_entry *c = state_class(s, name);
    if (!c)
        c = state_add_class(s, name);
    bool same_document = str_eq(c->text.document, from->document);
    if (!state_put_spec(&c->text, from))
        return;
    spec_changed(&c->status, &c->text, now_ms);
    if (!same_document) /* another image or kubelet leaves another amount */
        learning_forget(c);
    if (!same_document || !c->answer) {
        c->current = c->asked = false;
        c->ask_ms = 0;
        c->failures = 0;
        c->problem[0] = 0; /* was said of another document */
        c->definite = false;
    }
    for (size_t i = 0; i < s->pools.count; i++)
        if (str_eq(POOL_AT(s, i)->pool.node_class, name))
            pool_rehash(s, documents, POOL_AT(s, i)), failed_finish(POOL_AT(s, i));
    state_changed(s, now_ms);
}

/* The document as it was written: its text, not a tree printed anew, so that equal means equal. */
static void fold_spec(struct state *s, const struct document_port *documents,
                      const struct store_record *r, const struct record *in, int64_t now_ms)
{
    struct buf document = buf_in(in->arena);
    struct record tree = record_object(in, "document");
    if (json_get(in->body, "document")->kind == JSON_OBJECT)
        json_print(&document, tree.body, true);
    struct spec_text from = {
        .uid = record_text(in, "uid"),
        .document = buf_str(&document),
        .generation = record_int(in, "generation", 0, RECORD_COUNT_MOST, 0),
        .deleting = record_bool(in, "deleting", false),
        .drain_by_ms = record_int(in, "drain_by_ms", 0, RECORD_DATE_MOST, 0),
    };
    if (*in->wrong)
        return;
    if (str_eq(r->kind, STR("pool")))
        fold_pool(s, documents, r->key, &from, now_ms);
    else
        fold_class(s, documents, r->key, &from, now_ms);
}

/* Taken out of the store by somebody else. */
static void fold_deleted(struct state *s, const struct store_record *r, int64_t now_ms)
{
    if (str_eq(r->kind, STR("pool")) && state_pool(s, r->key)) {
        state_remove_pool(s, state_pool(s, r->key));
        templates_drop(s, r->key);
    } else if (str_eq(r->kind, STR("class")) && state_class(s, r->key))
        state_remove_class(s, state_class(s, r->key));
    else
        return;
    state_changed(s, now_ms);
    state_list_soon(s, now_ms);
}

/* What belongs to a pool or class: its status, and who applies it. */

/* "pool/NAME" or "class/NAME". */
static struct spec_status *status_of(struct state *s, struct str key, struct pool_entry **pool,
                                     const struct spec_text **text)
{
    struct str rest = key, kind = str_cut(&rest, '/');
    *pool = str_eq(kind, STR("pool")) ? state_pool(s, rest) : NULL;
    struct class_entry *c = str_eq(kind, STR("class")) ? state_class(s, rest) : NULL;
    *text = *pool ? &(*pool)->text : c ? &c->text : NULL;
    return *pool ? &(*pool)->status : c ? &c->status : NULL;
}

/* What an engine before this one said.  It still holds if it was said of the specification that is
 * in the store now; numbers that were given to launches stay given in any case. */
static void fold_status(struct state *s, const struct store_record *r, const struct record *in)
{
    struct str uid = record_text(in, "uid"), content = record_text(in, "content");
    bool converged = content.len && record_bool(in, "converged", false); /* once a generation */
    bool templates_lost = record_bool(in, "templates_lost", true);
    int64_t serial = record_int(in, "serial", 0, RECORD_COUNT_MOST, 0);
    struct failed failed = failed_read(in);
    struct pool_entry *p;
    const struct spec_text *text;
    struct spec_status *status = status_of(s, r->key, &p, &text);
    if (!status || *in->wrong)
        return;
    bool is_of = str_eq(uid, text->uid) && str_eq(content, text->content);
    if (is_of)
        status->settled = converged;
    if (p && serial > p->serial)
        p->serial = serial;
    if (p)
        p->templates_lost = templates_lost;
    if (p && is_of)
        failed_keep(p, &failed);
}

static void fold_apply(struct state *s, const struct store_record *r, const struct record *in,
                       int64_t now_ms)
{
    int64_t until_ms = record_int(in, "until_ms", 0, INT64_MAX, 0);
    if (*in->wrong)
        return;
    applying_note(s, r->key, r->body.ptr ? instant_of(s, until_ms, now_ms) : 0);
    if (r->body.ptr)
        state_changed(s, now_ms);
}

/* What only this engine writes: read once, after the lease. */

static void fold_claim(struct state *s, const struct store_record *r, const struct record *in,
                       int64_t now_ms)
{
    if (state_claim(s, r->key))
        return;
    *in->wrong = claim_record_read(in->arena, s, r->key, in);
    if (*in->wrong)
        return; /* its instance, if it has one, is found again by its tags */
    struct claim_entry *c = state_claim(s, r->key);
    c->sent_ms = now_ms;  /* as far as this engine can know, until it had the lease */
    c->doubtful = true;   /* and the answer went to the one before */
    c->since_ms = now_ms; /* lists have as long to show its instance as after a launch */
    c->said_stage = remarks_stage(c); /* the one before has said so */
    if (c->claim.interruption == INTERRUPTION_SPOT)
        capacity_taken(s, c, now_ms);
    struct pool_entry *p = state_pool(s, c->claim.pool);
    if (p && str_eq(p->text.uid, c->uid) && c->serial > p->serial)
        p->serial = c->serial;
}

static void fold_binding(struct state *s, const struct store_record *r, const struct record *in)
{
    struct str claim = record_text(in, "claim"), spec = record_text(in, "spec");
    if (!*in->wrong)
        state_bind(s, r->key, claim, spec, false);
}

static void fold_own(struct state *s, const struct store_record *r, const struct record *in,
                     int64_t now_ms)
{
    if (str_eq(r->kind, STR("status")))
        fold_status(s, r, in);
    else if (str_eq(r->kind, STR("claim")))
        fold_claim(s, r, in, now_ms);
    else if (str_eq(r->kind, STR("binding")))
        fold_binding(s, r, in);
    else if (str_eq(r->kind, STR("template")))
        templates_read(s, r->key, in->body);
    else if (str_eq(r->kind, STR("tombstone")))
        tombstone_fold(s, r->key, in->body);
}

/* All of them, in the order in which they refer to each other. */

static void fold_readable(struct state *s, const struct document_port *documents,
                          const struct store_record *r, const struct record *in, bool complete,
                          int64_t now_ms)
{
    if (str_eq(r->kind, STR("pool")) || str_eq(r->kind, STR("class"))) {
        if (r->body.ptr)
            fold_spec(s, documents, r, in, now_ms);
        else
            fold_deleted(s, r, now_ms);
    } else if (str_eq(r->kind, STR("apply"))) {
        fold_apply(s, r, in, now_ms);
    } else if (complete) {
        fold_own(s, r, in, now_ms);
    }
}

static bool is_of_the_past(struct str kind)
{
    return str_eq(kind, STR("journal")) || str_eq(kind, STR("world"));
}

static void fold_past(struct state *s, const struct store_record *r)
{
    if (str_eq(r->kind, STR("journal")))
        journal_fold(s, r);
    else if (!str_eq(r->key, STR("last")))
        trail_fold(&s->keeping.trail, r->key, r->body.len);
}

static void fold_record(struct state *s, const struct document_port *documents,
                        const struct store_record *r, bool complete, int64_t now_ms)
{
    if (is_of_the_past(r->kind)) { /* megabytes, and read by people only */
        if (complete)
            fold_past(s, r);
        return;
    }
    ARENA_AUTO a = {0};
    struct json body = json_new_object();
    struct error *wrong = r->body.ptr ? json_parse(&a, r->body, &body) : NULL;
    const struct record in = {&a, &body, &wrong};
    if (!wrong && body.kind != JSON_OBJECT)
        wrong = error_new(&a, ERROR_INVALID, "it is no object");
    if (!wrong)
        fold_readable(s, documents, r, &in, complete, now_ms);
    if (wrong)
        log_event(LOG_ERROR, "record_unreadable", LOG_STR("kind", r->kind), LOG_STR("key", r->key),
                  LOG_STR("error", wrong->summary));
}

void fold_records(struct state *s, const struct document_port *documents, const struct event *e,
                  int64_t now_ms)
{
    static const char *const order[] = {"class",   "pool",     "apply",   "status", "claim",
                                        "binding", "template", "journal", "world",  "tombstone"};
    for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
        for (size_t i = 0; i < e->record_count; i++)
            if (str_eq(e->records[i].kind, str_of(order[k])))
                fold_record(s, documents, &e->records[i], e->complete, now_ms);
    if (e->complete)
        s->loaded = true;
}
