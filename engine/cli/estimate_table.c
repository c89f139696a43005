#include "engine/cli/estimate.h"
#include "engine/cli/planned_groups.h"
#include "engine/cli/sayings.h"
#include "engine/cli/table.h"

enum { SAYINGS_SHOWN = 40, PODS_NAMED = 3, NOTES_SHOWN = 20 };

struct str estimate_gap(struct arena *a, const struct estimate *e)
{
    int64_t bound = e->bound.proof.microusd_per_hour;
    int64_t over = e->fleet.microusd_per_hour - bound;

    if (over <= 0 || bound <= 0)
        return STR("no fleet for these pods can cost less than this one");
    return arena_printf(a,
                        "no fleet for these pods can cost less; this one is " STR_FMT " %% above",
                        STR_ARG(percent_text(a, over, bound)));
}

struct str estimate_premium(struct arena *a, const struct planned_fleet *f)
{
    if (f->premium.most <= 0 || f->microusd_per_hour <= 0)
        return (struct str){0};
    return arena_printf(a,
                        "if of what each launch may turn out to be the dearest comes: " STR_FMT
                        " %% more, " STR_FMT " %% on average",
                        STR_ARG(percent_text(a, f->premium.most, f->microusd_per_hour)),
                        STR_ARG(percent_text(a, f->premium.mean, f->microusd_per_hour)));
}

static void print_line(struct buf *out, const char *name, int64_t microusd, const char *says)
{
    struct str hour = money_text(out->arena, microusd, 4);
    struct str month = money_text(out->arena, microusd * HOURS_OF_MONTH, 0);

    buf_printf(out, "%-6s %12.*s $/h %12.*s $/month%s", name, STR_ARG(hour), STR_ARG(month), says);
}

static void print_today(struct buf *out, const struct estimate *e)
{
    int64_t saved = e->today.microusd_per_hour - e->fleet.microusd_per_hour;

    if (e->today.count == 0)
        return;
    print_line(out, "today", e->today.microusd_per_hour, "  ");
    buf_printf(out, "%zu nodes", e->today.count);
    if (e->today.unpriced_count) {
        buf_printf(out, ", %zu of them without a price:", e->today.unpriced_count);
        for (size_t i = 0; i < e->today.unpriced_count && i < NOTES_SHOWN; i++)
            buf_printf(out, " " STR_FMT, STR_ARG(e->today.unpriced[i]));
        buf_add(out, e->today.unpriced_count > NOTES_SHOWN ? STR(" ...\n") : STR("\n"));
        return;
    }
    buf_add_char(out, '\n');
    if (saved <= 0)
        return;
    print_line(out, "saved", saved, "  ");
    buf_printf(out, STR_FMT " %% of today\n",
               STR_ARG(percent_text(out->arena, saved, e->today.microusd_per_hour)));
}

static void print_sums(struct buf *out, const struct estimate *e)
{
    const struct planned_fleet *f = &e->fleet;

    print_line(out, "cost", f->microusd_per_hour, "  ");
    buf_printf(out, "%zu node%s for %zu pod%s\n", f->count, f->count == 1 ? "" : "s",
               f->placed_count, f->placed_count == 1 ? "" : "s");
    struct str premium = estimate_premium(out->arena, f);
    if (premium.len) {
        print_line(out, "most", f->microusd_per_hour + f->premium.most, "  ");
        buf_printf(out, STR_FMT "\n", STR_ARG(premium));
    }
    print_line(out, "bound", e->bound.proof.microusd_per_hour, "  ");
    buf_printf(out, STR_FMT "\n", STR_ARG(estimate_gap(out->arena, e)));
    print_today(out, e);
}

/* "a b": of the groups before `end` that are akin, each zone once. */
static struct str zones_of(struct arena *a, const struct planned_group *g,
                           const struct planned_group *end)
{
    struct buf out = buf_in(a);
    struct str last = {0};

    /* Equal zones stand together. */
    for (; g < end; g++) {
        struct str zone = planned_option(g->first)->offering->zone;
        if (!str_eq(zone, last))
            buf_printf(&out, "%s" STR_FMT, out.len ? " " : "", STR_ARG(zone));
        last = zone;
    }
    return buf_str(&out);
}

static struct str share(struct arena *a, const struct planned_sum *s, size_t resource)
{
    struct resources filled = s->used;

    resources_add(&filled, &s->reserved);
    if (s->space.amount[resource] <= 0)
        return STR("-");
    return percent_text(a, filled.amount[resource], s->space.amount[resource]);
}

static void put_row(struct arena *a, const struct planned_group *g, const struct planned_group *end,
                    const struct planned_sum *s, struct str *row)
{
    const struct launch_option *o = planned_option(g->first);

    *row++ = g->first->launch->pool->name;
    *row++ = o->type->name;
    *row++ = capacity_type_text(o->offering->capacity_type);
    *row++ = arena_printf(a, "%zu", s->nodes);
    *row++ = arena_printf(a, "%zu", s->pods);
    *row++ = share(a, s, RESOURCE_CPU);
    *row++ = share(a, s, RESOURCE_MEMORY);
    *row++ = money_text(a, s->microusd_per_hour, 4);
    *row++ = zones_of(a, g, end);
}

static void print_nodes(struct buf *out, const struct planned_fleet *f)
{
    static const struct table_column columns[] = {
        {"POOL", false}, {"TYPE", false}, {"CAPACITY", false}, {"NODES", true},  {"PODS", true},
        {"CPU %", true}, {"MEM %", true}, {"$/H", true},       {"ZONES", false},
    };
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct arena *a = out->arena;
    struct planned_groups groups;
    size_t rows = 0;

    planned_groups_make(a, f, &groups);
    struct str *cells = ARENA_ARRAY(a, struct str, groups.count * COLUMNS);
    for (size_t i = 0; i < groups.count;) {
        const struct planned_group *first = &groups.items[i];
        struct planned_sum sum = {0};
        for (; i < groups.count && planned_group_is_akin(first, &groups.items[i]); i++)
            planned_sum_add(&sum, f->world, &groups.items[i]);
        put_row(a, first, &groups.items[i], &sum, cells + rows++ * COLUMNS);
    }
    if (rows) {
        buf_add_char(out, '\n');
        table_print(out, columns, COLUMNS, cells, rows);
    }
}

/* "default/web-0 default/web-1 and 7 more" */
static struct str pods_text(struct arena *a, const struct saying *s)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < s->pod_count && i < PODS_NAMED; i++)
        buf_printf(&out, "%s" STR_FMT, i ? " " : "", STR_ARG(s->pods[i]->name));
    if (s->pod_count > PODS_NAMED)
        buf_printf(&out, " and %zu more", s->pod_count - PODS_NAMED);
    return buf_str(&out);
}

static void print_sayings(struct buf *out, const struct sayings *s,
                          const struct table_column *columns, size_t column_count)
{
    size_t count = s->count < SAYINGS_SHOWN ? s->count : SAYINGS_SHOWN, n = 0;
    struct str *cells = ARENA_ARRAY(out->arena, struct str, count * column_count);

    for (size_t i = 0; i < count; i++) {
        cells[n++] = pods_text(out->arena, &s->items[i]);
        if (column_count == 3)
            cells[n++] = s->items[i].code;
        cells[n++] = s->items[i].text;
    }
    if (count) {
        buf_add_char(out, '\n');
        table_print(out, columns, column_count, cells, count);
    }
    if (count < s->count)
        buf_printf(out, "and %zu more (--output json lists them all)\n", s->count - count);
}

static void print_pods(struct buf *out, const struct planned_fleet *f)
{
    static const struct table_column unplaced[] = {
        {"UNPLACED", false}, {"REASON", false}, {"MESSAGE", false}};
    static const struct table_column relaxed[] = {{"PREFERS", false}, {"GIVEN UP", false}};
    struct sayings s = sayings_of_unplaced(out->arena, f);

    print_sayings(out, &s, unplaced, 3);
    s = sayings_of_relaxed(out->arena, f);
    print_sayings(out, &s, relaxed, 2);
}

static void print_notes(struct buf *out, const struct estimate *e)
{
    for (size_t i = 0; i < e->note_count && i < NOTES_SHOWN; i++)
        buf_printf(out, "%snote: " STR_FMT "\n", i ? "" : "\n", STR_ARG(e->notes[i]));
    if (e->note_count > NOTES_SHOWN)
        buf_printf(out, "and %zu more notes (--output json lists them all)\n",
                   e->note_count - NOTES_SHOWN);
}

void estimate_table(struct buf *out, const struct estimate *e)
{
    print_sums(out, e);
    print_nodes(out, &e->fleet);
    print_pods(out, &e->fleet);
    print_notes(out, e);
}
