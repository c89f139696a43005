#include "engine/loop/templates.h"

#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/base/memory.h"

enum { SWEEP_AGAIN_MS = 60 * 1000 };

struct template_entry {
    struct keyed name;
    struct str pool, text;
    bool going; /* the sweep on its way removes it */
    char bytes[];
};

static struct template_entry *at(const struct state *s, size_t i)
{
    return (struct template_entry *)s->templates.items[i];
}

static struct str put(char **into, struct str text)
{
    struct str kept = {*into, text.len};
    memcpy(*into, text.ptr, text.len);
    *into += text.len;
    return kept;
}

static void add(struct state *s, struct str name, struct str pool, struct str text)
{
    struct template_entry *t = must_have(calloc(1, sizeof(*t) + name.len + pool.len + text.len));
    char *bytes = t->bytes;
    t->name.key = put(&bytes, name);
    t->pool = put(&bytes, pool);
    t->text = put(&bytes, text);
    map_add(&s->templates, &t->name);
}

void templates_keep(struct state *s, const struct launch_text *t, struct str pool)
{
    ARENA_AUTO a = {0};
    if (map_find(&s->templates, t->template_name))
        return;
    struct buf body = buf_in(&a);
    struct json_writer w = json_writer_to(&body);
    json_begin_object(&w);
    json_member(&w, "pool", pool);
    json_member(&w, "text", t->template);
    json_end_object(&w);
    state_write_record(s, STR("template"), t->template_name, buf_str(&body));
    add(s, t->template_name, pool, t->template);
}

void templates_read(struct state *s, struct str name, const struct json *body)
{
    struct str pool = json_string_or(json_get(body, "pool"), STR(""));
    struct str text = json_string_or(json_get(body, "text"), STR(""));
    if (pool.len && text.len && !map_find(&s->templates, name))
        add(s, name, pool, text);
}

struct str templates_text(const struct state *s, struct str name)
{
    const struct template_entry *t = map_find(&s->templates, name);
    return t ? t->text : (struct str){0};
}

static bool is_needed(const struct state *s, struct str name)
{
    for (size_t i = 0; i < s->claims.count; i++)
        if (CLAIM_AT(s, i)->claim.phase < CLAIM_DRAINING &&
            str_eq(CLAIM_AT(s, i)->template_name, name))
            return true;
    return false;
}

/* After a lost store nobody here knows which templates there are; the cloud finds them by tag. */
static bool wants_sweep(const struct state *s, const struct pool_entry *p)
{
    if (p->sweeping || p->text.deleting)
        return false;
    if (p->templates_lost)
        return true;
    for (size_t i = 0; i < s->templates.count; i++)
        if (str_eq(at(s, i)->pool, p->name.key) && !is_needed(s, at(s, i)->name.key))
            return true;
    return false;
}

static void sweep(struct state *s, const struct cloud_port *cloud, struct pool_entry *p)
{
    ARENA_AUTO a = {0};
    struct str *keep = ARENA_ARRAY(&a, struct str, s->templates.count + 1);
    size_t keep_count = 0;
    for (size_t i = 0; i < s->templates.count; i++) {
        struct template_entry *t = at(s, i);
        if (!str_eq(t->pool, p->name.key))
            continue;
        t->going = !is_needed(s, t->name.key);
        if (!t->going)
            keep[keep_count++] = t->name.key;
    }
    p->sweeping = true;
    p->templates_lost = false;
    cloud->submit_forget(cloud->self, STR("pool"), p->name.key, keep, keep_count);
}

void templates_sweep(struct state *s, const struct cloud_port *cloud, int64_t now_ms)
{
    for (size_t i = 0; i < s->pools.count; i++)
        if (now_ms >= POOL_AT(s, i)->sweep_ms && wants_sweep(s, POOL_AT(s, i)))
            sweep(s, cloud, POOL_AT(s, i));
}

int64_t templates_sweep_ms(const struct state *s)
{
    int64_t next_ms = NEVER_MS;
    for (size_t i = 0; i < s->pools.count; i++) {
        const struct pool_entry *p = POOL_AT(s, i);
        if (p->sweep_ms < next_ms && wants_sweep(s, p))
            next_ms = p->sweep_ms;
    }
    return next_ms;
}

static void remove_record(struct state *s, struct template_entry *t)
{
    state_delete_record(s, STR("template"), t->name.key);
    free(map_remove(&s->templates, t->name.key));
}

/* One that a claim has come to need meanwhile keeps its record: its launch makes it again. */
void templates_swept(struct state *s, struct pool_entry *p, const struct error *e, int64_t now_ms)
{
    p->sweeping = false;
    if (e) {
        p->sweep_ms = now_ms + SWEEP_AGAIN_MS;
        p->templates_lost = true; /* some may be gone and some not */
        log_event(LOG_WARN, "launch_templates_stay", LOG_STR("pool", p->name.key),
                  LOG_STR("error", e->summary));
    }
    for (size_t i = s->templates.count; i-- > 0;) {
        struct template_entry *t = at(s, i);
        if (!t->going || !str_eq(t->pool, p->name.key))
            continue;
        t->going = false;
        if (!e && !is_needed(s, t->name.key))
            remove_record(s, t);
    }
}

void templates_drop(struct state *s, struct str pool)
{
    for (size_t i = s->templates.count; i-- > 0;)
        if (str_eq(at(s, i)->pool, pool))
            remove_record(s, at(s, i));
}
