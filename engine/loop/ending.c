#include "engine/loop/ending.h"

#include "engine/base/log.h"
#include "engine/loop/templates.h"
#include "engine/loop/tombstones.h"

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

/* Is it time, as far as the cloud is known? */
static bool pool_may_end(const struct state *s, const struct pool_entry *p)
{
    bool looked = s->listed && s->list_answered_ms >= p->status.deleting_since_ms;
    return p->text.deleting && looked && !p->sweeping && !has_claims(s, p->name.key);
}

static bool class_may_end(const struct state *s, const struct class_entry *c)
{
    return c->text.deleting && !class_is_used(s, c->name.key);
}

static void end_pool(struct state *s, const struct cloud_port *cloud, struct pool_entry *p,
                     int64_t now_ms)
{
    if (!pool_may_end(s, p))
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
    if (!class_may_end(s, c))
        return;
    if (!c->status.forgotten) {
        send_forget(cloud, &c->status, STR("class"), c->name.key, now_ms);
        return;
    }
    delete_records(s, STR("class"), c->name.key, c->text.uid, now_ms);
    state_remove_class(s, c);
    state_decide_at(s, now_ms);
}

void ending_send(struct state *s, const struct cloud_port *cloud, int64_t now_ms)
{
    for (size_t i = s->pools.count; i-- > 0;)
        end_pool(s, cloud, POOL_AT(s, i), now_ms);
    for (size_t i = s->classes.count; i-- > 0;)
        end_class(s, cloud, CLASS_AT(s, i), now_ms);
}

static void sooner(int64_t *next_ms, bool may_end, const struct spec_status *status)
{
    if (may_end && !status->forgetting && status->retry_ms < *next_ms)
        *next_ms = status->retry_ms;
}

int64_t ending_next_ms(const struct state *s)
{
    int64_t next_ms = NEVER_MS;
    for (size_t i = 0; i < s->pools.count; i++)
        sooner(&next_ms, pool_may_end(s, POOL_AT(s, i)), &POOL_AT(s, i)->status);
    for (size_t i = 0; i < s->classes.count; i++)
        sooner(&next_ms, class_may_end(s, CLASS_AT(s, i)), &CLASS_AT(s, i)->status);
    return next_ms;
}
