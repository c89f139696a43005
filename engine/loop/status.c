#include "engine/loop/status.h"

#include "engine/base/json.h"
#include "engine/loop/failed.h"
#include "engine/loop/snapshot.h"

enum { NAMED_MOST = 20 }; /* pods, notes or instances in one list of notices */

static bool acts_on(const struct decision *d, struct str pool)
{
    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *x = &d->actions[i];
        if (str_eq(x->pool ? x->pool->name : x->claim ? x->claim->pool : (struct str){0}, pool))
            return true;
    }
    return false;
}

/* Pods that wait for what will pass: capacity, a node on its way. */
static bool waits_for(const struct decision *d, struct str pool)
{
    for (size_t i = 0; i < d->waiting_count; i++) {
        const struct waiting *x = &d->waiting[i];
        if (!reason_row(x->reason)->lasts && x->pool && str_eq(x->pool->name, pool))
            return true;
    }
    return false;
}

static bool pool_is_settled(const struct state *s, const struct pool_entry *p,
                            const struct decision *d, const struct pool_verdict *verdict,
                            int64_t now_ms)
{
    return !p->error && !p->text.deleting && verdict->settled && state_knows_cluster(s) &&
           pool_has_catalog(s, p) && p->cool_until_ms <= now_ms && !acts_on(d, p->name.key) &&
           !waits_for(d, p->name.key);
}

static bool class_is_settled(const struct state *s, const struct class_entry *c)
{
    for (size_t i = 0; i < s->pools.count; i++)
        if (str_eq(POOL_AT(s, i)->pool.node_class, c->name.key) && !POOL_AT(s, i)->status.settled)
            return false;
    return c->answer && c->current && !c->text.deleting;
}

void status_judge(struct state *s, const struct world *w, const struct decision *d, int64_t now_ms)
{
    for (size_t i = 0; i < w->pool_count; i++) {
        struct pool_entry *p = state_pool(s, w->pools[i].name);
        p->status.settled = pool_is_settled(s, p, d, &d->pools[i], now_ms);
        p->headroom = d->pools[i].headroom;
        p->headroom_ready = d->pools[i].headroom_ready;
    }
    for (size_t i = 0; i < s->classes.count; i++) {
        struct class_entry *c = CLASS_AT(s, i);
        c->status.settled = class_is_settled(s, c);
    }
}

static void notice(struct json_writer *w, bool is_error, const char *path, struct str summary,
                   struct str detail)
{
    json_begin_object(w);
    json_member_bool(w, "is_error", is_error);
    json_member(w, "path", str_of(path));
    json_member(w, "summary", summary);
    json_member(w, "detail", detail);
    json_end_object(w);
}

static bool concerns(const struct waiting *x, struct str pool)
{
    return !x->pool || str_eq(x->pool->name, pool);
}

static void notice_waiting(struct arena *a, struct json_writer *w, const struct decision *d,
                           struct str pool)
{
    size_t found = 0;
    for (size_t i = 0; i < d->waiting_count; i++) {
        const struct waiting *x = &d->waiting[i];
        if (!concerns(x, pool) || ++found > NAMED_MOST)
            continue;
        notice(w, false, "",
               arena_printf(a, "pod " STR_FMT " waits: %s", STR_ARG(x->pod->name),
                            reason_row(x->reason)->code),
               x->message.len ? x->message : str_of(reason_row(x->reason)->meaning));
    }
    if (found > NAMED_MOST)
        notice(w, false, "", arena_printf(a, "%zu more pods wait", found - NAMED_MOST), STR(""));
}

/* What is due in a pool and cannot be done. */
static void notice_verdict(struct arena *a, struct json_writer *w, const struct decision *d,
                           const struct world *world, struct str pool)
{
    for (size_t i = 0; i < world->pool_count; i++)
        if (str_eq(world->pools[i].name, pool) && d->pools[i].reason != REASON_NONE)
            notice(w, false, "",
                   arena_printf(a, "something is due and cannot be done: %s",
                                reason_row(d->pools[i].reason)->code),
                   d->pools[i].message.len ? d->pools[i].message
                                           : str_of(reason_row(d->pools[i].reason)->meaning));
}

static void notice_nodes(struct arena *a, struct json_writer *w, const struct state *s,
                         struct str pool)
{
    size_t found = 0;
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim_entry *c = CLAIM_AT(s, i);
        if (c->claim.phase == CLAIM_READY || !str_eq(c->claim.pool, pool) || ++found > NAMED_MOST)
            continue;
        struct str phase = claim_phase_text(c->claim.phase);
        notice(w, false, "",
               c->claim.instance_id.len
                   ? arena_printf(a, "instance " STR_FMT " is " STR_FMT,
                                  STR_ARG(c->claim.instance_id), STR_ARG(phase))
                   : arena_printf(a, "a launch is under way"),
               arena_printf(a, "claim " STR_FMT, STR_ARG(c->id.key)));
    }
}

/* A jump that the next answer explains is not worth a word. */
static void notice_date(struct arena *a, struct json_writer *w, const struct state *s)
{
    const struct calendar *c = &s->calendar;
    int64_t apart_ms = c->apart_ms < 0 ? -c->apart_ms : c->apart_ms;
    if (c->sure || (c->told && !apart_ms))
        return;
    notice(w, false, "", STR("nothing expires and no empty node goes: the date is not sure"),
           apart_ms ? arena_printf(a,
                                   "This machine's clock is " STR_FMT " %s of the cloud's. Set it "
                                   "right.",
                                   STR_ARG(duration_format(a, apart_ms / 1000 * 1000)),
                                   c->apart_ms > 0 ? "ahead" : "behind")
                    : STR("The cloud has not said what date it is, so this machine's clock is "
                          "all there is to go by."));
}

static void notice_stale(struct json_writer *w, const struct decision *d)
{
    if (d && d->stale.len)
        notice(w, false, "", STR("no node leaves that need not: what is known is stale"), d->stale);
}

static void notice_cluster(struct arena *a, struct json_writer *w, const struct state *s)
{
    if (s->workload_problem[0])
        notice(w, false, "",
               s->engine_binds ? STR("the manifests cannot be read")
                               : STR("the cluster cannot be read"),
               arena_printf(a, "%s%s", s->workload_problem,
                            state_knows_cluster(s) ? "; what was last read of them still counts"
                                                   : ""));
    if (s->cloud_problem[0])
        notice(w, false, "", STR("the instances cannot be listed"), str_of(s->cloud_problem));
    if (s->notices_problem[0])
        notice(w, false, "", STR("interruptions are not heard of"), str_of(s->notices_problem));
    notice_date(a, w, s);
    if (s->foreign_count)
        notice(w, false, "",
               arena_printf(a, "%zu instances belong to pools that this store does not know",
                            s->foreign_count),
               arena_printf(a,
                            "%s. They are left alone, and while they are there nodes are only "
                            "added. Applying or refreshing a pool of that name takes them in; "
                            "aws ec2 terminate-instances --instance-ids ID ends one.",
                            s->foreign));
    for (size_t i = 0; i < s->rules.note_count && i < NAMED_MOST; i++)
        notice(w, false, "", s->rules.notes[i], STR(""));
}

/* `path` is the attribute that names it: of the class itself there is none. */
static void notice_class(struct arena *a, struct json_writer *w, const struct state *s,
                         struct str name, const char *path)
{
    const struct class_entry *c = state_class(s, name);
    if (!c && name.len)
        notice(w, false, path,
               arena_printf(a, "node class " STR_FMT " does not exist", STR_ARG(name)),
               STR("Nothing can be launched until it is applied."));
    else if (c && c->problem[0])
        notice(w, c->definite && !(c->answer && c->current), path,
               arena_printf(a, "node class " STR_FMT " cannot be used", STR_ARG(name)),
               str_of(c->problem));
    if (c && c->answer && c->answer->warning)
        notice(w, false, path, c->answer->warning->summary, c->answer->warning->detail);
}

static void notice_pool(struct arena *a, struct json_writer *w, const struct state *s,
                        const struct pool_entry *p, const struct world *world,
                        const struct decision *d)
{
    if (p->error)
        notice(w, true, "", p->error->summary, p->error->detail);
    if (p->problem[0] && !p->status.settled)
        notice(w, p->definite, "", STR("a launch came to nothing"), str_of(p->problem));
    if (!p->text.deleting)
        notice_class(a, w, s, p->pool.node_class, "node_class");
    if (d) {
        notice_waiting(a, w, d, p->name.key);
        notice_verdict(a, w, d, world, p->name.key);
    }
    notice_nodes(a, w, s, p->name.key);
    notice_stale(w, d);
    notice_cluster(a, w, s);
}

static struct json_writer begin_status(struct buf *out, const struct spec_text *text,
                                       const struct spec_status *status)
{
    struct json_writer w = json_writer_to(out);
    json_begin_object(&w);
    json_member(&w, "uid", text->uid);
    json_member(&w, "content", text->content);
    json_member_int(&w, "generation", text->generation);
    json_member_bool(&w, "converged", status->settled);
    return w;
}

static void begin_notices(struct json_writer *w)
{
    json_key(w, STR("notices"));
    json_begin_array(w);
}

static void end_status(struct json_writer *w)
{
    json_end_array(w);
    json_end_object(w);
}

static void write_pool(struct state *s, struct pool_entry *p, const struct world *world,
                       const struct decision *d)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct json_writer w = begin_status(&out, &p->text, &p->status);
    json_member_int(&w, "serial", p->serial);
    json_member_bool(&w, "templates_lost", p->templates_lost || p->sweeping);
    failed_write(&w, p);
    begin_notices(&w);
    notice_pool(&a, &w, s, p, world, d);
    end_status(&w);
    state_write_changed(s, STR("status"), arena_printf(&a, "pool/" STR_FMT, STR_ARG(p->name.key)),
                        buf_str(&out), &p->status.written);
}

/* A change of the class is made true in its pools: who applies it hears what cannot be done there.
 */
static void notice_pools(struct arena *a, struct json_writer *w, const struct state *s,
                         const struct world *world, const struct decision *d, struct str class)
{
    for (size_t i = 0; i < s->pools.count; i++)
        if (str_eq(POOL_AT(s, i)->pool.node_class, class))
            notice_verdict(a, w, d, world, POOL_AT(s, i)->name.key);
}

static void write_class(struct state *s, struct class_entry *c, const struct world *world,
                        const struct decision *d)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct json_writer w = begin_status(&out, &c->text, &c->status);
    begin_notices(&w);
    notice_class(&a, &w, s, c->name.key, "");
    if (d)
        notice_pools(&a, &w, s, world, d, c->name.key);
    if (c->text.deleting && c->problem[0])
        notice(&w, false, "", STR("what was made for the class cannot be removed"),
               str_of(c->problem));
    end_status(&w);
    state_write_changed(s, STR("status"), arena_printf(&a, "class/" STR_FMT, STR_ARG(c->name.key)),
                        buf_str(&out), &c->status.written);
}

void status_write(struct state *s, const struct world *w, const struct decision *d)
{
    for (size_t i = 0; i < s->pools.count; i++)
        write_pool(s, POOL_AT(s, i), w, d);
    for (size_t i = 0; i < s->classes.count; i++)
        write_class(s, CLASS_AT(s, i), w, d);
}
