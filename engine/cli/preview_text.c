#include "engine/cli/preview_text.h"

#include "engine/base/time.h"
#include "engine/cli/table.h"
#include "engine/loop/fleet_json.h"

static int64_t after_ms(const struct effect *e, const struct coming *c)
{
    return c->at_ms - e->world->now_ms;
}

static struct str after_text(struct arena *a, const struct effect *e, const struct coming *c)
{
    int64_t ms = after_ms(e, c);

    return ms < 1000 ? STR("now")
                     : arena_printf(a, "+" STR_FMT, STR_ARG(duration_format(a, ms / 1000 * 1000)));
}

/* What it is called, or what it would be. */
static struct str node_text(struct arena *a, const struct coming *c)
{
    if (c->kind == ACTION_LAUNCH)
        return STR("(new)");
    struct str rest = c->claim, last = rest;
    while (rest.ptr)
        last = str_cut(&rest, '/');
    return arena_printf(a, STR_FMT "-" STR_FMT, STR_ARG(c->pool), STR_ARG(last));
}

static void print_coming(struct buf *out, const struct effect *e)
{
    static const struct table_column columns[] = {
        {"WHEN", false},     {"WHAT", false}, {"NODE", false}, {"TYPE", false}, {"ZONE", false},
        {"CAPACITY", false}, {"$/H", true},   {"PODS", true},  {"WHY", false},
    };
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct arena *a = out->arena;
    const struct preview *p = e->preview;
    struct str *cells = ARENA_ARRAY(a, struct str, p->coming_count * COLUMNS);

    for (size_t i = 0; i < p->coming_count; i++) {
        const struct coming *c = &p->coming[i];
        struct str row[COLUMNS] = {
            after_text(a, e, c),
            c->kind == ACTION_LAUNCH ? STR("launch") : STR("leave"),
            node_text(a, c),
            c->instance_type,
            c->zone,
            capacity_type_text(c->capacity_type),
            money_text(a, c->microusd_per_hour, 4),
            arena_printf(a, "%zu", c->pod_count),
            str_of(reason_row(c->reason)->code),
        };
        memcpy(cells + i * COLUMNS, row, sizeof(row));
    }
    table_print(out, columns, COLUMNS, cells, p->coming_count);
}

void preview_print(struct buf *out, const struct effect *e)
{
    buf_printf(out, STR_FMT "\n\n", STR_ARG(effect_line(out->arena, e)));
    if (e->preview->coming_count) {
        print_coming(out, e);
        buf_add_char(out, '\n');
    }
    effect_lines(out, e);
}

/* ---- JSON ---- */

static void write_coming(struct json_writer *w, const struct effect *e, const struct coming *c)
{
    json_begin_object(w);
    json_member_int(w, "after_ms", after_ms(e, c));
    json_member(w, "action", c->kind == ACTION_LAUNCH ? STR("launch") : STR("leave"));
    json_member(w, "reason", str_of(reason_row(c->reason)->code));
    json_member(w, "claim", c->claim);
    json_member(w, "pool", c->pool);
    json_member(w, "instance_type", c->instance_type);
    json_member(w, "zone", c->zone);
    json_member(w, "capacity_type", capacity_type_text(c->capacity_type));
    json_member_usd(w, "hourly_usd", c->microusd_per_hour);
    if (c->kind == ACTION_LAUNCH)
        json_member_usd(w, "premium_usd", c->premium.most);
    json_member_int(w, "pods", (int64_t)c->pod_count);
    json_end_object(w);
}

/* What is due in a pool and cannot be done. */
static void write_stuck(struct json_writer *w, const struct effect *e)
{
    const struct world *end = &e->preview->end.world;

    json_key(w, STR("stuck"));
    json_begin_array(w);
    for (size_t i = 0; i < end->pool_count; i++) {
        const struct pool_verdict *v = &e->preview->last.pools[i];
        if (v->reason == REASON_NONE)
            continue;
        json_begin_object(w);
        json_member(w, "pool", end->pools[i].name);
        json_member(w, "reason", str_of(reason_row(v->reason)->code));
        json_member(w, "message", v->message);
        json_end_object(w);
    }
    json_end_array(w);
}

/* Nodes that would leave now, and the rule that keeps each. */
static void write_held(struct json_writer *w, const struct effect *e)
{
    const struct decision *d = &e->preview->now;

    json_key(w, STR("held"));
    json_begin_array(w);
    for (size_t i = 0; i < d->held_count; i++) {
        const struct held *h = &d->held[i];
        json_begin_object(w);
        json_member(w, "claim", h->claim->id);
        json_member(w, "pool", h->claim->pool);
        json_member(w, "reason", str_of(reason_row(h->due)->code));
        json_member(w, "held_by", str_of(reason_row(h->by)->code));
        json_member(w, "message", h->message);
        if (h->saves_microusd_per_hour) {
            json_member_usd(w, "saves_usd", h->saves_microusd_per_hour);
            json_member_usd(w, "costs_usd", h->costs_microusd);
        }
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_never_met(struct json_writer *w, const struct effect *e)
{
    const struct decision *d = &e->preview->last;

    json_member_usd(w, "never_met_usd", e->never_met_microusd_per_hour);
    json_key(w, STR("never_met"));
    json_begin_array(w);
    for (size_t i = 0; i < d->never_met_count; i++) {
        json_begin_object(w);
        json_member(w, "budget", d->never_met[i].budget);
        json_member_int(w, "pods", d->never_met[i].pods);
        json_member_int(w, "wanted", d->never_met[i].wanted);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_sums(struct json_writer *w, const struct effect *e)
{
    const struct preview *p = e->preview;

    json_member(w, "seen", time_format(w->out->arena, e->seen_ms, false));
    json_member_bool(w, "acts", preview_acts(p));
    json_member_bool(w, "at_rest", p->at_rest);
    json_member_usd(w, "hourly_usd", p->before_microusd_per_hour);
    json_member_usd(w, "hourly_usd_after", p->after_microusd_per_hour);
    json_member_usd(w, "bound_usd", e->bound_microusd_per_hour);
    json_member_int(w, "nodes_kept", (int64_t)p->kept);
    json_member_int(w, "nodes_launched", (int64_t)p->launched);
    json_member_int(w, "nodes_gone", (int64_t)p->gone);
    json_member_int(w, "pods_moved", (int64_t)p->moved);
    json_member_int(w, "pods_placed", (int64_t)p->placed);
}

void preview_json(struct buf *out, const struct effect *e)
{
    const struct preview *p = e->preview;
    struct json_writer w = json_writer_to(out);

    json_begin_object(&w);
    write_sums(&w, e);
    json_key(&w, STR("coming"));
    json_begin_array(&w);
    for (size_t i = 0; i < p->coming_count; i++)
        write_coming(&w, e, &p->coming[i]);
    json_end_array(&w);
    json_key(&w, STR("waiting"));
    json_begin_array(&w);
    for (size_t i = 0; i < p->last.waiting_count; i++)
        json_waiting(&w, &p->last.waiting[i]);
    json_end_array(&w);
    write_held(&w, e);
    write_stuck(&w, e);
    write_never_met(&w, e);
    json_member(&w, "stale", p->now.stale);
    json_end_object(&w);
    buf_add_char(out, '\n');
}
