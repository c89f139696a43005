#include "engine/loop/picture.h"

#include <stdlib.h>

#include "engine/base/json.h"
#include "engine/loop/act.h"
#include "engine/loop/fleet_json.h"

/* Pods that are somewhere, whoever bound them, by claim, of one claim by name. */
struct housed {
    const struct pod **items;
    size_t count;
};

static int by_claim(const void *x, const void *y)
{
    const struct pod *a = *(const struct pod *const *)x, *b = *(const struct pod *const *)y;
    int order = str_cmp(a->claim, b->claim);
    return order ? order : str_cmp(a->name, b->name);
}

static struct housed housed_of(struct arena *a, const struct state *s)
{
    struct index_walk w = {.of = &s->pods.by_name};
    struct housed h = {ARENA_ARRAY(a, const struct pod *, s->pods.by_name.count), 0};

    for (const struct pod_entry *e; (e = index_next(&w));)
        if (e->home)
            h.items[h.count++] = &e->pod;
    if (h.count)
        qsort(h.items, h.count, sizeof(*h.items), by_claim);
    return h;
}

static void write_pods(struct json_writer *w, const struct housed *h, struct str claim)
{
    size_t first = 0, end = h->count;
    while (first < end) {
        size_t middle = (first + end) / 2;
        if (str_cmp(h->items[middle]->claim, claim) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    json_key(w, STR("pods"));
    json_begin_array(w);
    for (size_t i = first; i < h->count && str_eq(h->items[i]->claim, claim); i++)
        json_string(w, h->items[i]->name);
    json_end_array(w);
}

static void write_node(struct arena *a, struct json_writer *w, const struct state *s,
                       const struct housed *housed, const struct claim_entry *c)
{
    json_begin_node(w, &s->resources, &c->claim, claim_node_name(a, c),
                    claim_phase_text(c->claim.phase));
    json_member(w, "claim", c->id.key);
    json_member(w, "instance_id", c->claim.instance_id);
    json_member(w, "reason", c->claim.reason);
    json_member(w, "interruption", interruption_text(c->claim.interruption));
    json_member(w, "created", time_format(a, c->claim.created_ms, false));
    write_pods(w, housed, c->id.key);
    json_end_object(w);
}

/* What runs costs; what is only recorded does not yet. */
static int64_t cost(const struct state *s, struct str pool, int64_t *nodes)
{
    int64_t sum = 0;
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim *c = &CLAIM_AT(s, i)->claim;
        if ((pool.ptr && !str_eq(c->pool, pool)) || c->phase == CLAIM_RECORDED)
            continue;
        sum += c->price_microusd_per_hour;
        if (nodes)
            ++*nodes;
    }
    return sum;
}

static void write_pool(struct arena *a, struct json_writer *w, const struct state *s,
                       const struct pool_entry *p)
{
    int64_t nodes = 0, microusd = cost(s, p->name.key, &nodes);
    struct json document = {0};
    json_begin_object(w);
    json_member(w, "name", p->name.key);
    json_member_int(w, "nodes", nodes);
    json_member_usd(w, "hourly_usd", microusd);
    json_key(w, STR("limits"));
    struct buf limits = buf_in(a);
    bool parsed = p->text.document.len && !json_parse(a, p->text.document, &document);
    if (parsed && json_get(&document, "limits")->kind == JSON_OBJECT)
        json_print(&limits, json_get(&document, "limits"), true);
    json_raw(w, limits.len ? buf_str(&limits) : STR("{}"));
    json_member_int(w, "headroom", p->headroom);
    json_member_int(w, "headroom_ready", p->headroom_ready);
    json_member_bool(w, "converged", p->status.settled);
    json_member_bool(w, "deleting", p->text.deleting);
    json_end_object(w);
}

static void write_heard(struct json_writer *w, const struct state *s)
{
    json_key(w, STR("notices"));
    json_begin_object(w);
    json_member_int(w, "ours", s->heard.ours);
    json_member_int(w, "not_ours", s->heard.not_ours);
    json_member_int(w, "other", s->heard.other);
    json_member_int(w, "broken", s->heard.broken);
    json_member(w, "problem", str_of(s->notices_problem));
    json_end_object(w);
}

struct str picture_of(struct arena *a, const struct state *s, const struct decision *d)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    struct housed housed = housed_of(a, s);
    json_begin_object(&w);
    json_member(&w, "cluster", s->cluster);
    json_member_usd(&w, "hourly_usd", cost(s, (struct str){0}, NULL));
    json_member_usd(&w, "bound_usd", s->bounding.microusd_per_hour);
    json_key(&w, STR("pools"));
    json_begin_array(&w);
    for (size_t i = 0; i < s->pools.count; i++)
        write_pool(a, &w, s, POOL_AT(s, i));
    json_end_array(&w);
    json_key(&w, STR("nodes"));
    json_begin_array(&w);
    for (size_t i = 0; i < s->claims.count; i++)
        write_node(a, &w, s, &housed, CLAIM_AT(s, i));
    json_end_array(&w);
    json_key(&w, STR("waiting"));
    json_begin_array(&w);
    for (size_t i = 0; i < d->waiting_count; i++)
        json_waiting(&w, &d->waiting[i]);
    json_end_array(&w);
    write_heard(&w, s);
    json_member(&w, "stale", d->stale);
    json_end_object(&w);
    return buf_str(&out);
}

void picture_write(struct state *s, const struct decision *d)
{
    ARENA_AUTO a = {0};

    state_write_changed(s, STR("snapshot"), STR("last"), picture_of(&a, s, d),
                        &s->snapshot_written);
}
