#include "engine/loop/send.h"

#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/core/faults.h"
#include "engine/loop/ending.h"
#include "engine/loop/listing.h"
#include "engine/loop/templates.h"

enum {
    CATALOG_AGE_MS = 5 * 60 * 1000,
    LAUNCHES_AT_ONCE = 16, /* of a pool */
};

static bool is_stored(const struct claim_entry *c)
{
    return !c->dirty && !c->writing;
}

static bool wants_launch(const struct state *s, const struct claim_entry *c)
{
    return c->claim.phase == CLAIM_RECORDED && !c->claim.instance_id.len && !c->spent &&
           !c->doomed && !c->in_flight && claim_may_launch(s, c);
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
                        struct claim_entry *c, int64_t now_ms)
{
    const struct launch launch = {.claim = c->id.key,
                                  .request = c->request,
                                  .template = templates_text(s, c->template_name),
                                  .repeat = c->sent_ms > 0};
    log_event(LOG_INFO, "launch", LOG_STR("claim", c->id.key),
              LOG_INT("attempt", (int64_t)c->attempts + 1));
    c->in_flight = true;
    c->sent_ms = now_ms;
    cloud->submit_launch(cloud->self, &launch);
}

/* The first answers may say that there is no capacity, and then the others need not be sent. */
static bool has_lane(const struct state *s, const struct claim_entry *c)
{
    const struct pool_entry *p = state_pool(s, c->claim.pool);
    return p && p->launching < LAUNCHES_AT_ONCE;
}

static void count_launching(struct state *s)
{
    for (size_t i = 0; i < s->pools.count; i++)
        POOL_AT(s, i)->launching = 0;
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim_entry *c = CLAIM_AT(s, i);
        struct pool_entry *p = state_pool(s, c->claim.pool);
        if (p && c->in_flight && c->claim.phase == CLAIM_RECORDED)
            p->launching++;
    }
}

static void send_launches(struct state *s, const struct cloud_port *cloud, int64_t now_ms)
{
    count_launching(s);
    for (size_t i = 0; i < s->claims.count; i++) {
        struct claim_entry *c = CLAIM_AT(s, i);
        if (wants_launch(s, c) && is_stored(c) && now_ms >= c->retry_ms && !is_being_swept(s, c) &&
            has_lane(s, c)) {
            send_launch(s, cloud, c, now_ms);
            state_pool(s, c->claim.pool)->launching++;
        }
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

/* Prices are good for a while.  An engine that ends with its apply hardly needs newer ones, but
 * must not come to think of its own as stale. */
static int64_t catalog_lasts_ms(bool ages)
{
    return ages ? CATALOG_AGE_MS : CATALOG_STALE_MS / 2;
}

static void send_catalog(const struct cloud_port *cloud, struct class_entry *c, bool ages,
                         int64_t now_ms)
{
    if (c->asked || c->text.deleting || !c->text.document.len)
        return;
    if (c->ask_ms == NEVER_MS) /* answered just now */
        c->ask_ms = now_ms + catalog_lasts_ms(ages);
    if (now_ms < c->ask_ms)
        return;
    c->asked = true;
    cloud->submit_catalog(cloud->self, c->name.key, c->text.document);
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
    listing_send(s, cloud, jitter, now_ms);
    if (!s->listed)
        return; /* a launch whose answer was lost may be found first */
    send_terminations(s, cloud, now_ms);
    send_launches(s, cloud, now_ms);
    if (is_at_rest(s, now_ms))
        templates_sweep(s, cloud, now_ms);
    ending_send(s, cloud, now_ms);
}

static void sooner(int64_t *next_ms, int64_t at_ms)
{
    if (at_ms < *next_ms)
        *next_ms = at_ms;
}

int64_t send_next_ms(const struct state *s, int64_t now_ms)
{
    int64_t next_ms = listing_next_ms(s);
    for (size_t i = 0; i < s->classes.count; i++) {
        const struct class_entry *c = CLASS_AT(s, i);
        if (!c->asked && !c->text.deleting)
            sooner(&next_ms, c->ask_ms);
    }
    if (!s->listed)
        return next_ms; /* nothing is sent before */
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim_entry *c = CLAIM_AT(s, i);
        bool launches = wants_launch(s, c) && !is_being_swept(s, c) && has_lane(s, c);
        if (is_stored(c) && (launches || wants_terminate(c)))
            sooner(&next_ms, c->retry_ms);
    }
    if (is_at_rest(s, now_ms))
        sooner(&next_ms, templates_sweep_ms(s));
    sooner(&next_ms, ending_next_ms(s));
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
