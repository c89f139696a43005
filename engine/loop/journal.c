#include "engine/loop/journal.h"

#include "engine/base/json.h"

enum { PODS_NAMED_MOST = 20 }; /* of a launch */

static const char *action_code(enum action_kind k)
{
    static const char *const codes[] = {
        [ACTION_BIND] = "bind",   [ACTION_LAUNCH] = "launch",       [ACTION_CORDON] = "cordon",
        [ACTION_EVICT] = "evict", [ACTION_TERMINATE] = "terminate", [ACTION_UNCORDON] = "uncordon",
    };
    return codes[k];
}
enum { ACTION_KINDS = ACTION_TERMINATE + 1 };

static void write_launch(struct json_writer *w, const struct action *x)
{
    json_member(w, "pool", x->pool->name);
    if (x->option_count) {
        json_member(w, "first_choice", x->options[0].type->name);
        json_member(w, "zone", x->options[0].offering->zone);
        json_member_int(w, "microusd_per_hour", x->options[0].offering->price_microusd_per_hour);
    }
    struct premium premium = launch_premium(x);
    json_member_int(w, "choices", (int64_t)x->option_count);
    json_member_int(w, "premium_microusd_per_hour", premium.most);
    json_member_int(w, "mean_premium_microusd_per_hour", premium.mean);
    json_key(w, STR("pods"));
    json_begin_array(w);
    for (size_t i = 0; i < x->pod_count && i < PODS_NAMED_MOST; i++)
        json_string(w, x->pods[i]->name);
    json_end_array(w);
    json_member_int(w, "pod_count", (int64_t)x->pod_count);
}

static void write_action(struct json_writer *w, const struct action *x)
{
    json_begin_object(w);
    json_member(w, "action", str_of(action_code(x->kind)));
    json_member(w, "reason", str_of(reason_row(x->reason)->code));
    if (x->claim)
        json_member(w, "claim", x->claim->id);
    if (x->pod)
        json_member(w, "pod", x->pod->name);
    if (x->kind == ACTION_LAUNCH)
        write_launch(w, x);
    json_end_object(w);
}

/* Launches, drains and ends before bindings, of which there can be as many as there are pods. */
static void write_actions(struct json_writer *w, const struct decision *d, size_t *left_out)
{
    for (int binds = 0; binds < 2; binds++)
        for (size_t i = 0; i < d->action_count; i++) {
            const struct action *x = &d->actions[i];
            if ((x->kind == ACTION_BIND) != binds)
                continue;
            if (w->out->len < JOURNAL_ENTRY_BYTES)
                write_action(w, x);
            else
                left_out[x->kind]++;
        }
}

static void write_left_out(struct json_writer *w, const size_t *left_out)
{
    json_key(w, STR("left_out"));
    json_begin_object(w);
    for (size_t k = 0; k < ACTION_KINDS; k++)
        if (left_out[k])
            json_member_int(w, action_code((enum action_kind)k), (int64_t)left_out[k]);
    json_end_object(w);
}

static struct str entry_of(struct arena *a, const struct decision *d, int64_t date_ms)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    size_t left_out[ACTION_KINDS] = {0};
    json_begin_object(&w);
    json_member(&w, "at", time_format(a, date_ms, true));
    json_key(&w, STR("actions"));
    json_begin_array(&w);
    write_actions(&w, d, left_out);
    json_end_array(&w);
    write_left_out(&w, left_out);
    json_end_object(&w);
    return buf_str(&out);
}

void journal_fold(struct state *s, const struct store_record *r)
{
    trail_fold(&s->journal, r->key, r->body.len);
}

struct str journal_decision(struct arena *a, struct state *s, const struct decision *d,
                            int64_t now_ms)
{
    int64_t date_ms = calendar_date_ms(&s->calendar, now_ms);
    struct str key = trail_next_key(a, &s->journal, date_ms);

    trail_write(s, &s->journal, STR("journal"), key, entry_of(a, d, date_ms), JOURNAL_BYTES);
    return key;
}
