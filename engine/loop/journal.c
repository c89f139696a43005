#include "engine/loop/journal.h"

#include <stdlib.h>

#include "engine/base/json.h"
#include "engine/base/memory.h"

enum { JOURNAL_MOST = 500 };

static const char *action_code(enum action_kind k)
{
    static const char *const codes[] = {
        [ACTION_BIND] = "bind",   [ACTION_LAUNCH] = "launch",       [ACTION_CORDON] = "cordon",
        [ACTION_EVICT] = "evict", [ACTION_TERMINATE] = "terminate",
    };
    return codes[k];
}

static void write_launch(struct json_writer *w, const struct action *x)
{
    json_member(w, "pool", x->pool->name);
    if (x->option_count) {
        json_member(w, "first_choice", x->options[0].type->name);
        json_member(w, "zone", x->options[0].offering->zone);
        json_member_int(w, "microusd_per_hour", x->options[0].offering->price_microusd_per_hour);
    }
    json_member_int(w, "choices", (int64_t)x->option_count);
    json_key(w, STR("pods"));
    json_begin_array(w);
    for (size_t i = 0; i < x->pod_count; i++)
        json_string(w, x->pods[i]->name);
    json_end_array(w);
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

/* A key after all that are there: instants sort as text, and two decisions may share one. */
static struct keyed *next_key(const struct state *s, int64_t date_ms)
{
    ARENA_AUTO a = {0};
    struct str key = arena_printf(&a, "%015lld-0000", (long long)date_ms);
    for (unsigned n = 1; map_find(&s->journal, key); n++)
        key = arena_printf(&a, "%015lld-%04u", (long long)date_ms, n);
    struct keyed *k = must_have(calloc(1, sizeof(*k) + key.len + 1));
    memcpy((char *)(k + 1), key.ptr, key.len);
    k->key = (struct str){(char *)(k + 1), key.len};
    return k;
}

static void drop_oldest(struct state *s)
{
    while (s->journal.count > JOURNAL_MOST) {
        struct keyed *oldest = s->journal.items[0];
        state_delete_record(s, STR("journal"), oldest->key);
        free(map_remove(&s->journal, oldest->key));
    }
}

void journal_decision(struct state *s, const struct decision *d, int64_t now_ms)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct json_writer w = json_writer_to(&out);
    int64_t date_ms = calendar_date_ms(&s->calendar, now_ms);
    struct keyed *k = next_key(s, date_ms);

    json_begin_object(&w);
    json_member(&w, "at", time_format(&a, date_ms, true));
    json_key(&w, STR("actions"));
    json_begin_array(&w);
    for (size_t i = 0; i < d->action_count; i++)
        write_action(&w, &d->actions[i]);
    json_end_array(&w);
    json_end_object(&w);
    state_write_record(s, STR("journal"), k->key, buf_str(&out));
    map_add(&s->journal, k);
    drop_oldest(s);
}
