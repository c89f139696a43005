#include "engine/base/json.h"
#include "engine/cli/estimate.h"
#include "engine/cli/table.h"
#include "engine/loop/fleet_json.h"

static void write_premium(struct json_writer *w, const struct premium *p, int64_t microusd_per_hour)
{
    json_member_usd(w, "premium_usd", p->most);
    json_member_usd(w, "premium_mean_usd", p->mean);
    json_key(w, STR("premium_percent"));
    json_raw(w, microusd_per_hour > 0 ? percent_text(w->out->arena, p->most, microusd_per_hour)
                                      : STR("0.0"));
}

static void write_node(struct json_writer *w, const struct planned_fleet *f,
                       const struct planned_node *n)
{
    ARENA_AUTO scratch = {0};
    struct claim c = planned_claim(&scratch, n);

    struct premium premium = launch_premium(n->launch);

    json_begin_node(w, f->world->resources, &c, c.id, STR("planned"));
    json_member_int(w, "options", (int64_t)n->launch->option_count);
    write_premium(w, &premium, c.price_microusd_per_hour);
    json_key(w, STR("pods"));
    json_begin_array(w);
    for (size_t i = 0; i < n->pod_count; i++)
        json_string(w, n->pods[i]->name);
    json_end_array(w);
    json_end_object(w);
}

static void write_fleet(struct json_writer *w, const struct planned_fleet *f)
{
    json_key(w, STR("nodes"));
    json_begin_array(w);
    for (size_t i = 0; i < f->count; i++)
        write_node(w, f, &f->nodes[i]);
    json_end_array(w);
    json_key(w, STR("unplaced"));
    json_begin_array(w);
    for (size_t i = 0; i < f->unplaced_count; i++)
        json_waiting(w, &f->unplaced[i]);
    json_end_array(w);
    json_key(w, STR("relaxed"));
    json_begin_array(w);
    for (size_t i = 0; i < f->relaxed_count; i++) {
        json_begin_object(w);
        json_member(w, "pod", f->relaxed[i]->pod->name);
        json_member(w, "dropped", f->relaxed[i]->dropped);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_texts(struct json_writer *w, const char *key, const struct str *texts,
                        size_t count)
{
    json_key(w, str_of(key));
    json_begin_array(w);
    for (size_t i = 0; i < count; i++)
        json_string(w, texts[i]);
    json_end_array(w);
}

static void write_today(struct json_writer *w, const struct estimate *e)
{
    if (estimate_has_today(e)) {
        json_member_usd(w, "today_usd", e->today.microusd_per_hour);
    } else {
        json_key(w, STR("today_usd"));
        json_null(w);
    }
    json_key(w, STR("today"));
    json_begin_object(w);
    json_member_int(w, "nodes", (int64_t)e->today.count);
    write_texts(w, "without_price", e->today.unpriced, e->today.unpriced_count);
    json_end_object(w);
}

void estimate_json(struct buf *out, const struct estimate *e)
{
    struct json_writer w = json_writer_to(out);

    json_begin_object(&w);
    json_member_usd(&w, "hourly_usd", e->fleet.microusd_per_hour);
    write_premium(&w, &e->fleet.premium, e->fleet.microusd_per_hour);
    json_member_usd(&w, "bound_usd", e->bound.proof.microusd_per_hour);
    write_today(&w, e);
    json_member_int(&w, "elapsed_ms", e->elapsed_ms);
    json_member_int(&w, "decide_ms", e->decide_ms);
    write_fleet(&w, &e->fleet);
    write_texts(&w, "notes", e->notes, e->note_count);
    json_end_object(&w);
    buf_add_char(out, '\n');
}
