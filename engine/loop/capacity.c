#include "engine/loop/capacity.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/memory.h"

enum {
    OFFERING_FIRST_MS = 10 * 1000,
    OFFERING_MOST_MS = 5 * 60 * 1000,
    TYPE_FIRST_MS = 5 * 1000,
    TYPE_MOST_MS = 55 * 1000,
    MARKED_LATER_MS = 5 * 1000,
    TAKEN_MS = 3 * 60 * 1000,
    FORGET_MS = 10 * 60 * 1000,
    DOUBLINGS_MOST = 10,
};

/* An offering that was refused. */
struct mark {
    struct keyed offering; /* type/zone/capacity type */
    int64_t until_ms;
    unsigned refusals; /* in a row */
    char bytes[];
};

static int64_t doubled_ms(int64_t first_ms, unsigned times, int64_t most_ms)
{
    int64_t wait_ms = first_ms << (times < DOUBLINGS_MOST ? times : DOUBLINGS_MOST);
    return wait_ms < most_ms ? wait_ms : most_ms;
}

static struct str offering_key(char *into, size_t size, struct str type, struct str zone,
                               enum capacity_type capacity_type)
{
    int n = snprintf(into, size, STR_FMT "/" STR_FMT "/%d", STR_ARG(type), STR_ARG(zone),
                     (int)capacity_type);
    return (struct str){into, n < (int)size ? (size_t)n : size - 1};
}

static struct mark *find_mark(const struct state *s, struct str type, struct str zone,
                              enum capacity_type capacity_type)
{
    char text[128];
    return map_find(&s->marks, offering_key(text, sizeof(text), type, zone, capacity_type));
}

static struct mark *add_mark(struct state *s, const struct unavailable *u)
{
    char text[128];
    struct str key = offering_key(text, sizeof(text), u->instance_type, u->zone, u->capacity_type);
    struct mark *m = must_have(calloc(1, sizeof(*m) + key.len));
    memcpy(m->bytes, key.ptr, key.len);
    m->offering.key = (struct str){m->bytes, key.len};
    map_add(&s->marks, &m->offering);
    return m;
}

/* Launches that were on their way together meet the same shortage: it counts once. */
static void mark(struct state *s, const struct unavailable *u, int64_t now_ms)
{
    struct mark *m = find_mark(s, u->instance_type, u->zone, u->capacity_type);
    if (!m)
        m = add_mark(s, u);
    if (m->until_ms <= now_ms)
        m->until_ms = now_ms + doubled_ms(OFFERING_FIRST_MS, m->refusals++, OFFERING_MOST_MS);
}

static void mark_all(struct state *s, const struct event *e, int64_t now_ms)
{
    for (size_t i = 0; i < e->unavailable_count; i++)
        mark(s, &e->unavailable[i], now_ms);
}

static void end_unsent(struct state *s, const struct pool_entry *p, enum capacity_type type)
{
    for (size_t i = s->claims.count; i-- > 0;) {
        struct claim_entry *c = CLAIM_AT(s, i);
        if (str_eq(c->claim.pool, p->name.key) && c->claim.capacity_type == type &&
            c->claim.phase == CLAIM_RECORDED && !c->sent_ms)
            state_end_claim(s, c);
    }
}

void capacity_refused(struct state *s, struct pool_entry *p, const struct claim_entry *c,
                      const struct event *e, int64_t now_ms)
{
    enum capacity_type type = c->claim.capacity_type;
    struct shortage *short_of = &p->shortages[type];
    mark_all(s, e, now_ms);
    if (c->since_ms < short_of->counted_ms)
        return; /* decided before the last refusal: it says nothing new */
    short_of->counted_ms = now_ms;
    short_of->came = false;
    if (short_of->refusals++)
        short_of->until_ms =
            now_ms + doubled_ms(TYPE_FIRST_MS, short_of->refusals - 2, TYPE_MOST_MS);
    end_unsent(s, p, type);
}

void capacity_came(struct state *s, struct pool_entry *p, const struct event *e, int64_t now_ms)
{
    const struct cloud_instance *i = &e->instance;
    p->shortages[i->capacity_type] = (struct shortage){.came = true};
    mark_all(s, e, now_ms);
    struct mark *m = find_mark(s, i->instance_type, i->zone, i->capacity_type);
    if (m)
        free(map_remove(&s->marks, m->offering.key));
}

void capacity_taken(struct state *s, const struct claim_entry *c, int64_t now_ms)
{
    const struct unavailable u = {c->claim.instance_type, c->claim.zone, c->claim.capacity_type};
    struct mark *m = find_mark(s, u.instance_type, u.zone, u.capacity_type);
    if (!m)
        m = add_mark(s, &u);
    if (m->until_ms < now_ms + TAKEN_MS)
        m->until_ms = now_ms + TAKEN_MS;
}

bool capacity_is_short(const struct pool_entry *p)
{
    return p->shortages[CAPACITY_ON_DEMAND].refusals || p->shortages[CAPACITY_SPOT].refusals;
}

bool capacity_holds(const struct state *s, const struct pool_entry *p, enum capacity_type type)
{
    if (!capacity_is_short(p) || p->shortages[type].came)
        return false;
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim *c = &CLAIM_AT(s, i)->claim;
        if (c->phase == CLAIM_RECORDED && c->capacity_type == type && str_eq(c->pool, p->name.key))
            return true;
    }
    return false;
}

/* 0: it may be asked for. */
static int64_t left_alone_until_ms(const struct state *s, const struct pool_entry *p,
                                   struct str type, const struct offering *o)
{
    const struct shortage *short_of = &p->shortages[o->capacity_type];
    const struct mark *m = find_mark(s, type, o->zone, o->capacity_type);
    int64_t marked_ms = m ? m->until_ms : 0, later_ms = short_of->until_ms + MARKED_LATER_MS;
    if (short_of->refusals < 2)
        return marked_ms;
    if (marked_ms > later_ms)
        marked_ms = later_ms;
    return marked_ms > short_of->until_ms ? marked_ms : short_of->until_ms;
}

static struct offering *usable_offerings(struct arena *a, const struct state *s,
                                         const struct pool_entry *p, const struct instance_type *t)
{
    struct offering *offerings = ARENA_ARRAY(a, struct offering, t->offering_count);
    for (size_t i = 0; i < t->offering_count; i++) {
        offerings[i] = t->offerings[i];
        int64_t until_ms = left_alone_until_ms(s, p, t->name, &offerings[i]);
        if (until_ms)
            offerings[i].unavailable_until_ms = calendar_date_ms(&s->calendar, until_ms);
    }
    return offerings;
}

const struct catalog *capacity_catalog(struct arena *a, const struct state *s,
                                       const struct pool_entry *p, const struct class_entry *c)
{
    if (!s->marks.count && !capacity_is_short(p))
        return &c->catalog;
    struct catalog *usable = ARENA_NEW(a, struct catalog);
    struct instance_type *types = ARENA_ARRAY(a, struct instance_type, c->catalog.count);
    for (size_t i = 0; i < c->catalog.count; i++) {
        types[i] = c->catalog.types[i];
        types[i].offerings = usable_offerings(a, s, p, &types[i]);
    }
    *usable = (struct catalog){c->name.key, types, c->catalog.count};
    return usable;
}

void capacity_forget(struct state *s, int64_t now_ms)
{
    for (size_t i = s->marks.count; i-- > 0;) {
        struct mark *m = (struct mark *)s->marks.items[i];
        if (now_ms - m->until_ms >= FORGET_MS)
            free(map_remove(&s->marks, m->offering.key));
    }
    for (size_t i = 0; i < s->pools.count; i++)
        for (int t = CAPACITY_ON_DEMAND; t <= CAPACITY_SPOT; t++) {
            struct shortage *short_of = &POOL_AT(s, i)->shortages[t];
            if (now_ms - short_of->counted_ms >= FORGET_MS)
                *short_of = (struct shortage){0};
        }
}
