#include "engine/loop/send.h"

#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/loop/templates.h"
#include "engine/loop/tombstones.h"

enum {
    QUICK_FIRST_MS = 1000,
    QUICK_MOST_MS = 5 * 1000,
    SLOW_MS = 60 * 1000,
    CATALOG_AGE_MS = 5 * 60 * 1000,
    JITTER_MS = 250,
};

static bool is_stored(const struct claim_entry *c)
{
    return !c->dirty && !c->writing;
}

static bool wants_launch(const struct claim_entry *c)
{
    return c->claim.phase == CLAIM_RECORDED && !c->claim.instance_id.len && !c->spent &&
           !c->doomed && !c->in_flight;
}

static bool wants_terminate(const struct claim_entry *c)
{
    return c->claim.phase == CLAIM_TERMINATING && !c->in_flight;
}

/* Templates are being removed: one that is found now may be gone when the launch needs it. */
static bool is_being_swept(const struct state *s, const struct claim_entry *c)
{
    const struct pool_entry *p = state_pool(s, c->claim.pool);
    return p && p->sweeping;
}

static void send_launch(const struct state *s, const struct cloud_port *cloud,
                        struct claim_entry *c)
{
    const struct launch launch = {.claim = c->id.key,
                                  .request = c->request,
                                  .template = templates_text(s, c->template_name),
                                  .repeat = c->sent};
    log_event(LOG_INFO, "launch", LOG_STR("claim", c->id.key),
              LOG_INT("attempt", (int64_t)c->attempts + 1));
    c->in_flight = c->sent = true;
    cloud->submit_launch(cloud->self, &launch);
}

static void send_launches(struct state *s, const struct cloud_port *cloud, int64_t now_ms)
{
    for (size_t i = 0; i < s->claims.count; i++) {
        struct claim_entry *c = CLAIM_AT(s, i);
        if (wants_launch(c) && is_stored(c) && now_ms >= c->retry_ms && !is_being_swept(s, c))
            send_launch(s, cloud, c);
    }
}

struct terminations {
    struct arena arena;
    struct termination *items;
    size_t count, capacity;
};

static void add_termination(struct terminations *t, struct str claim, struct str instance_id,
                            struct str reason)
{
    log_event(LOG_INFO, "terminate", LOG_STR("claim", claim), LOG_STR("instance_id", instance_id),
              LOG_STR("reason", reason));
    ARENA_PUSH(&t->arena, t->items, t->count, t->capacity,
               (struct termination){claim, instance_id});
}

static void drop_extras(struct state *s)
{
    for (size_t i = 0; i < s->extras.count; i++)
        free(s->extras.items[i]);
    map_free(&s->extras); /* the next list brings back what is still there */
}

/* All that are due in one order: a decision ends many nodes at once. */
static void send_terminations(struct state *s, const struct cloud_port *cloud, int64_t now_ms)
{
    struct terminations due = {0};
    for (size_t i = 0; i < s->extras.count; i++) {
        const struct extra *x = (const struct extra *)s->extras.items[i];
        add_termination(&due, x->claim, x->instance.key, STR("a second instance of its claim"));
    }
    for (size_t i = 0; i < s->claims.count; i++) {
        struct claim_entry *c = CLAIM_AT(s, i);
        if (!wants_terminate(c) || !is_stored(c) || now_ms < c->retry_ms)
            continue;
        c->in_flight = true;
        add_termination(&due, c->id.key, c->claim.instance_id, c->claim.reason);
    }
    if (due.count)
        cloud->submit_terminate(cloud->self, due.items, due.count);
    drop_extras(s);
    arena_free(&due.arena);
}

static bool something_moves(const struct state *s)
{
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim_entry *c = CLAIM_AT(s, i);
        if (c->claim.phase <= CLAIM_LAUNCHED || c->claim.phase == CLAIM_TERMINATING)
            return true;
    }
    for (size_t i = 0; i < s->pools.count; i++)
        if (POOL_AT(s, i)->text.deleting)
            return true;
    return false;
}

static void send_list(struct state *s, const struct cloud_port *cloud, struct rng *jitter,
                      int64_t now_ms)
{
    if (s->list_in_flight || now_ms < s->list_ms)
        return;
    int64_t pause = SLOW_MS;
    if (something_moves(s)) {
        pause = s->list_pause_ms ? s->list_pause_ms * 3 / 2 : QUICK_FIRST_MS;
        pause = pause < QUICK_MOST_MS ? pause : QUICK_MOST_MS;
    }
    s->list_pause_ms = pause < SLOW_MS ? pause : 0;
    s->list_ms = now_ms + pause + (int64_t)rng_below(jitter, JITTER_MS);
    s->list_sent_ms = now_ms;
    s->list_in_flight = true;
    cloud->submit_list(cloud->self);
}

static void send_catalog(const struct cloud_port *cloud, struct class_entry *c, bool ages,
                         int64_t now_ms)
{
    if (c->asked || c->text.deleting || !c->text.document.len)
        return;
    if (c->ask_ms == NEVER_MS && ages) /* answered just now: prices are good for a while */
        c->ask_ms = now_ms + CATALOG_AGE_MS;
    if (now_ms < c->ask_ms)
        return;
    c->asked = true;
    cloud->submit_catalog(cloud->self, c->name.key, c->text.document);
}

static bool has_claims(const struct state *s, struct str pool)
{
    for (size_t i = 0; i < s->claims.count; i++)
        if (str_eq(CLAIM_AT(s, i)->claim.pool, pool))
            return true;
    return false;
}

static bool class_is_used(const struct state *s, struct str class)
{
    for (size_t i = 0; i < s->claims.count; i++)
        if (str_eq(CLAIM_AT(s, i)->node_class, class))
            return true;
    for (size_t i = 0; i < s->pools.count; i++)
        if (str_eq(POOL_AT(s, i)->pool.node_class, class))
            return true;
    return false;
}

/* The end of pools and classes: nothing lives, then what we made for them goes, then they do. */

static void send_forget(const struct cloud_port *cloud, struct spec_status *status, struct str kind,
                        struct str name, int64_t now_ms)
{
    if (status->forgetting || now_ms < status->retry_ms)
        return;
    status->forgetting = true;
    cloud->submit_forget(cloud->self, kind, name, NULL, 0);
}

static void delete_records(struct state *s, struct str kind, struct str name, struct str uid,
                           int64_t now_ms)
{
    ARENA_AUTO a = {0};
    struct str both = arena_printf(&a, STR_FMT "/" STR_FMT, STR_ARG(kind), STR_ARG(name));
    log_event(LOG_INFO, "removed", LOG_STR("kind", kind), LOG_STR("name", name));
    state_delete_record(s, STR("status"), both);
    state_delete_record(s, kind, name);
    tombstone_add(s, kind, name, uid, now_ms);
}

static void end_pool(struct state *s, const struct cloud_port *cloud, struct pool_entry *p,
                     int64_t now_ms)
{
    bool looked = s->listed && s->list_answered_ms >= p->status.deleting_since_ms;
    if (!p->text.deleting || !looked || p->sweeping || has_claims(s, p->name.key))
        return;
    if (!p->status.forgotten) {
        send_forget(cloud, &p->status, STR("pool"), p->name.key, now_ms);
        return;
    }
    delete_records(s, STR("pool"), p->name.key, p->text.uid, now_ms);
    templates_drop(s, p->name.key);
    state_remove_pool(s, p);
    state_decide_at(s, now_ms);
}

static void end_class(struct state *s, const struct cloud_port *cloud, struct class_entry *c,
                      int64_t now_ms)
{
    if (!c->text.deleting || class_is_used(s, c->name.key))
        return;
    if (!c->status.forgotten) {
        send_forget(cloud, &c->status, STR("class"), c->name.key, now_ms);
        return;
    }
    delete_records(s, STR("class"), c->name.key, c->text.uid, now_ms);
    state_remove_class(s, c);
    state_decide_at(s, now_ms);
}

/* Is nothing about to be decided? */
static bool is_at_rest(const struct state *s, int64_t now_ms)
{
    return s->batch_first_ms == NEVER_MS && s->decide_ms > now_ms;
}

void send_due(struct state *s, const struct cloud_port *cloud, struct rng *jitter,
              bool catalogs_age, int64_t now_ms)
{
    for (size_t i = 0; i < s->classes.count; i++)
        send_catalog(cloud, CLASS_AT(s, i), catalogs_age, now_ms);
    send_list(s, cloud, jitter, now_ms);
    if (!s->listed)
        return; /* a launch whose answer was lost may be found first */
    send_terminations(s, cloud, now_ms);
    send_launches(s, cloud, now_ms);
    if (is_at_rest(s, now_ms))
        templates_sweep(s, cloud, now_ms);
    for (size_t i = s->pools.count; i-- > 0;)
        end_pool(s, cloud, POOL_AT(s, i), now_ms);
    for (size_t i = s->classes.count; i-- > 0;)
        end_class(s, cloud, CLASS_AT(s, i), now_ms);
}

static void sooner(int64_t *next_ms, int64_t at_ms)
{
    if (at_ms < *next_ms)
        *next_ms = at_ms;
}

int64_t send_next_ms(const struct state *s, int64_t now_ms)
{
    int64_t next_ms = s->list_in_flight ? NEVER_MS : s->list_ms;
    for (size_t i = 0; i < s->classes.count; i++) {
        const struct class_entry *c = CLASS_AT(s, i);
        if (!c->asked && !c->text.deleting)
            sooner(&next_ms, c->ask_ms);
        if (c->text.deleting && !c->status.forgetting && !class_is_used(s, c->name.key))
            sooner(&next_ms, c->status.retry_ms);
    }
    if (!s->listed)
        return next_ms; /* nothing is sent before */
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim_entry *c = CLAIM_AT(s, i);
        bool launches = wants_launch(c) && !is_being_swept(s, c);
        if (is_stored(c) && (launches || wants_terminate(c)))
            sooner(&next_ms, c->retry_ms);
    }
    if (is_at_rest(s, now_ms))
        sooner(&next_ms, templates_sweep_ms(s));
    for (size_t i = 0; i < s->pools.count; i++) {
        const struct pool_entry *p = POOL_AT(s, i);
        bool looked = s->listed && s->list_answered_ms >= p->status.deleting_since_ms;
        if (p->text.deleting && looked && !p->status.forgetting && !p->sweeping &&
            !has_claims(s, p->name.key))
            sooner(&next_ms, p->status.retry_ms);
    }
    return next_ms;
}

bool sent_is_unanswered(const struct state *s)
{
    for (size_t i = 0; i < s->claims.count; i++)
        if (CLAIM_AT(s, i)->in_flight)
            return true;
    for (size_t i = 0; i < s->pools.count; i++)
        if (POOL_AT(s, i)->status.forgetting || POOL_AT(s, i)->sweeping)
            return true;
    for (size_t i = 0; i < s->classes.count; i++)
        if (CLASS_AT(s, i)->status.forgetting)
            return true;
    return false;
}
