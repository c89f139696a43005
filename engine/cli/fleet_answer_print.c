#include "engine/base/dollars.h"
#include "engine/cli/fleet_answer.h"
#include "engine/loop/fleet_json.h"

enum { PODS_NAMED = 10 };

static void write_otherwise(struct json_writer *w, const struct otherwise *o)
{
    json_begin_object(w);
    json_member(w, "what", o->what);
    json_member_usd(w, "hourly_usd", o->microusd_per_hour);
    json_member_int(w, "waiting", (int64_t)o->waiting);
    json_end_object(w);
}

void fleet_answer_json(struct buf *out, const struct fleet_answer *x)
{
    struct json_writer w = json_writer_to(out);

    json_begin_object(&w);
    json_member(&w, "subject", x->subject);
    json_member(&w, "is", x->is);
    json_member(&w, "reason", str_of(reason_row(x->reason)->code));
    json_member(&w, "next", x->next);
    json_member(&w, "bound_reason", str_of(reason_row(x->bound_reason)->code));
    json_member(&w, "bound_by", x->bound_by);
    json_member_usd(&w, "premium_usd", x->premium_microusd_per_hour);
    json_key(&w, STR("pods"));
    json_begin_array(&w);
    for (size_t i = 0; i < x->pod_count; i++)
        json_string(&w, x->pods[i]);
    json_end_array(&w);
    json_member_usd(&w, "hourly_usd", x->now.microusd_per_hour);
    json_member_int(&w, "waiting", (int64_t)x->now.waiting);
    json_key(&w, STR("otherwise"));
    json_begin_array(&w);
    for (size_t i = 0; i < x->otherwise_count; i++)
        write_otherwise(&w, &x->otherwise[i]);
    json_end_array(&w);
    json_end_object(&w);
    buf_add_char(out, '\n');
}

static void add_pods(struct buf *out, const struct fleet_answer *x)
{
    buf_printf(out, "  pods       %zu:", x->pod_count);
    for (size_t i = 0; i < x->pod_count && i < PODS_NAMED; i++)
        buf_printf(out, " " STR_FMT, STR_ARG(x->pods[i]));
    if (x->pod_count > PODS_NAMED)
        buf_printf(out, " and %zu more", x->pod_count - PODS_NAMED);
    buf_add_char(out, '\n');
}

static void add_otherwise(struct buf *out, const struct otherwise *o, const struct otherwise *now)
{
    int64_t more = o->microusd_per_hour - now->microusd_per_hour;
    struct str difference = money_text(out->arena, more < 0 ? -more : more, 4);

    buf_printf(out, "  " STR_FMT ": ", STR_ARG(o->what));
    if (more)
        buf_printf(out, STR_FMT " (" STR_FMT " $/h %s)",
                   STR_ARG(month_text(out->arena, o->microusd_per_hour)), STR_ARG(difference),
                   more < 0 ? "less" : "more");
    else
        buf_add(out, STR("costs the same"));
    if (o->waiting != now->waiting)
        buf_printf(out, ", %zu pods without a place instead of %zu", o->waiting, now->waiting);
    buf_add_char(out, '\n');
}

void fleet_answer_table(struct buf *out, const struct fleet_answer *x)
{
    buf_printf(out, STR_FMT "\n  is         " STR_FMT "\n", STR_ARG(x->subject), STR_ARG(x->is));
    if (x->pod_count)
        add_pods(out, x);
    buf_printf(out, "  next       " STR_FMT "\n", STR_ARG(x->next));
    if (x->reason != REASON_NONE)
        buf_printf(out, "  because    %s: %s\n", reason_row(x->reason)->code,
                   reason_row(x->reason)->meaning);
    if (x->bound_by.len)
        buf_printf(out, "  in the way %s: " STR_FMT "\n", reason_row(x->bound_reason)->code,
                   STR_ARG(x->bound_by));
    buf_printf(out, "\nThe fleet becomes " STR_FMT "%s",
               STR_ARG(month_text(out->arena, x->now.microusd_per_hour)),
               x->otherwise_count ? "; otherwise:\n" : "\n");
    for (size_t i = 0; i < x->otherwise_count; i++)
        add_otherwise(out, &x->otherwise[i], &x->now);
}
