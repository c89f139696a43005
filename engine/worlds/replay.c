#include "engine/worlds/replay.h"
#include "engine/optimize/propose.h"

static const char *verb(enum action_kind k)
{
    switch (k) {
    case ACTION_BIND:
        return "bind";
    case ACTION_LAUNCH:
        return "launch";
    case ACTION_CORDON:
        return "cordon";
    case ACTION_EVICT:
        return "evict";
    case ACTION_UNCORDON:
        return "uncordon";
    case ACTION_TERMINATE:
        return "terminate";
    }
    return "";
}

static void add_launch(struct buf *out, const struct action *x)
{
    buf_printf(out, " of pool " STR_FMT " as", STR_ARG(x->pool->name));
    for (size_t i = 0; i < x->option_count; i++)
        buf_printf(out, "%s" STR_FMT "/" STR_FMT "/" STR_FMT " at %lld", i ? ", " : " ",
                   STR_ARG(x->options[i].type->name), STR_ARG(x->options[i].offering->zone),
                   STR_ARG(capacity_type_text(x->options[i].offering->capacity_type)),
                   (long long)x->options[i].offering->price_microusd_per_hour);
    for (size_t i = 0; i < x->labels.count; i++)
        buf_printf(out, " " STR_FMT "=" STR_FMT, STR_ARG(x->labels.items[i].key),
                   STR_ARG(x->labels.items[i].value));
    buf_add(out, STR(" for"));
    for (size_t i = 0; i < x->pod_count; i++)
        buf_printf(out, " " STR_FMT, STR_ARG(x->pods[i]->name));
}

static void add_action(struct buf *out, const struct action *x)
{
    buf_printf(out, "%s (%s)", verb(x->kind), reason_row(x->reason)->code);
    if (x->pod)
        buf_printf(out, " pod " STR_FMT, STR_ARG(x->pod->name));
    if (x->claim)
        buf_printf(out, " claim " STR_FMT, STR_ARG(x->claim->id));
    if (x->kind == ACTION_LAUNCH)
        add_launch(out, x);
    buf_add_char(out, '\n');
}

static void add_waiting(struct buf *out, const struct waiting *w)
{
    buf_printf(out, "pod " STR_FMT " waits (%s)", STR_ARG(w->pod->name),
               reason_row(w->reason)->code);
    if (w->pool)
        buf_printf(out, " pool " STR_FMT, STR_ARG(w->pool->name));
    if (w->claim)
        buf_printf(out, " claim " STR_FMT, STR_ARG(w->claim->id));
    buf_printf(out, ": " STR_FMT "\n", STR_ARG(w->message));
}

struct str decision_text(struct arena *a, const struct decision *d, size_t pool_count)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < d->action_count; i++)
        add_action(&out, &d->actions[i]);
    for (size_t i = 0; i < d->waiting_count; i++)
        add_waiting(&out, &d->waiting[i]);
    for (size_t i = 0; i < d->relaxed_count; i++)
        buf_printf(&out, "pod " STR_FMT " gives up " STR_FMT "\n", STR_ARG(d->relaxed[i].pod->name),
                   STR_ARG(d->relaxed[i].dropped));
    for (size_t i = 0; i < pool_count; i++)
        buf_printf(&out, "pool " STR_FMT " is %s (%s): " STR_FMT "\n",
                   STR_ARG(d->pools[i].pool->name), d->pools[i].settled ? "settled" : "busy",
                   reason_row(d->pools[i].reason)->code, STR_ARG(d->pools[i].message));
    buf_printf(&out, "looks again at %lld\n", (long long)d->wake_at_ms);
    return buf_str(&out);
}

/* The first line of the two texts that is not the same in both. */
static void find_difference(struct str was, struct str is, struct replayed *out)
{
    while (was.ptr || is.ptr) {
        out->was = str_cut(&was, '\n');
        out->is = str_cut(&is, '\n');
        if (!str_eq(out->was, out->is))
            return;
    }
    out->was = out->is = STR("something that its text does not show");
}

struct error *replay(struct arena *a, struct str text, struct replayed *out)
{
    *out = (struct replayed){0};
    TRY(kept_read(a, text, &out->kept));
    if (!out->kept.decided)
        return error_new(a, ERROR_INVALID, "the world was kept without its decision");
    const struct world *w = &out->kept.world;
    fleet_decide(a, w, &out->again);
    out->same = str_eq(text, kept_write(a, w, &out->again));
    if (!out->same)
        find_difference(decision_text(a, &out->kept.decision, w->pool_count),
                        decision_text(a, &out->again, w->pool_count), out);
    return NULL;
}

/* ---- files ---- */

#define FILE_HEAD "tenon-journal 1\n"

void journal_file_begin(struct buf *out)
{
    buf_add(out, STR(FILE_HEAD));
}

void journal_file_add(struct buf *out, struct str name, struct str text)
{
    buf_printf(out, "world " STR_FMT " %zu\n", STR_ARG(name), text.len);
    buf_add(out, text);
}

struct error *journal_file_open(struct arena *a, struct str text, struct journal_file *out)
{
    if (!str_starts_with(text, STR(FILE_HEAD))) {
        struct error *e = error_new(a, ERROR_INVALID, "this is no journal");
        e->detail = STR("tenon replay --save FILE writes one. Its first line is tenon-journal 1.");
        return e;
    }
    *out = (struct journal_file){.rest = str_slice(text, sizeof(FILE_HEAD) - 1, text.len)};
    return NULL;
}

struct error *journal_file_next(struct arena *a, struct journal_file *f, struct str *name,
                                struct str *text, bool *found)
{
    struct str rest = f->rest, line = str_cut(&rest, '\n'), word = str_cut(&line, ' ');
    int64_t bytes;

    *found = f->rest.len > 0;
    if (!*found)
        return NULL;
    *name = str_cut(&line, ' ');
    if (!str_eq(word, STR("world")) || !str_to_int64(line, &bytes) || bytes < 0 ||
        (uint64_t)bytes > rest.len)
        return error_new(a, ERROR_INVALID, "the journal is damaged behind its world %zu", f->read);
    *text = str_slice(rest, 0, (size_t)bytes);
    f->rest = str_slice(rest, (size_t)bytes, rest.len);
    f->read++;
    return NULL;
}
