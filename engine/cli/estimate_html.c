#include <stdlib.h>

#include "engine/base/version.h"
#include "engine/cli/estimate.h"
#include "engine/cli/html.h"
#include "engine/cli/planned_groups.h"
#include "engine/cli/sayings.h"
#include "engine/cli/table.h"

/* The report stays readable, and small, whatever the fleet: of nodes of one kind the commonest
 * fillings are drawn, the rest as one. */
enum { FILLINGS_SHOWN = 6, PARTS_NAMED = 8, REASONS_SHOWN = 60, PODS_NAMED = 6, NOTES_SHOWN = 60 };

struct page {
    struct buf *out;
    const struct estimate *estimate;
    struct planned_groups groups;
    struct str *workloads; /* those with a colour, in its order */
    size_t workload_count, workload_capacity;
};

/* ---- names and colours of pods ---- */

/* The letters of which Kubernetes makes the ends of names. */
static bool is_made_up(struct str s, size_t least, size_t most)
{
    static const struct str letters = STR_INIT("bcdfghjklmnpqrstvwxz2456789");

    for (size_t i = 0; i < s.len; i++)
        if (str_find(letters, s.ptr[i]) == letters.len)
            return false;
    return s.len >= least && s.len <= most;
}

static bool is_ordinal(struct str s)
{
    int64_t n;
    return str_to_int64(s, &n);
}

static struct str last_word(struct str name)
{
    size_t at = name.len;

    while (at > 0 && name.ptr[at - 1] != '-')
        at--;
    return at ? str_slice(name, at, name.len) : (struct str){0};
}

static struct str without(struct str name, struct str word)
{
    return str_slice(name, 0, name.len - word.len - 1);
}

/* "default/web" of "default/web-0" and of "default/web-7d9c5b8f64-x2v9z". */
static struct str workload_of(struct str pod)
{
    struct str last = last_word(pod);

    if (last.len && is_ordinal(last))
        return without(pod, last);
    if (!is_made_up(last, 5, 5))
        return pod;
    pod = without(pod, last);
    last = last_word(pod);
    return is_made_up(last, 6, 10) ? without(pod, last) : pod;
}

static size_t colour_of(struct page *p, struct str workload)
{
    size_t i = 0;

    while (i < p->workload_count && !str_eq(p->workloads[i], workload))
        i++;
    if (i == p->workload_count)
        ARENA_PUSH(p->out->arena, p->workloads, p->workload_count, p->workload_capacity, workload);
    return i % HTML_COLOURS;
}

/* ---- sums ---- */

static struct str per_month(struct arena *a, int64_t microusd)
{
    return money_text(a, microusd * HOURS_OF_MONTH, 0);
}

static void price_bar(struct page *p, const char *name, const char *class, int64_t microusd,
                      int64_t whole)
{
    struct buf *out = p->out;
    struct arena *a = out->arena;

    buf_printf(out,
               "<span>%s</span><div class=\"bar\"><i class=\"%s\" style=\"width:" STR_FMT
               "%%\"></i></div><span class=\"num\"><b>" STR_FMT
               "</b> $/h <span class=\"soft\">" STR_FMT " $/month</span></span>\n",
               name, class, STR_ARG(percent_text(a, microusd, whole > 0 ? whole : 1)),
               STR_ARG(money_text(a, microusd, 4)), STR_ARG(per_month(a, microusd)));
}

static void say_today(struct page *p)
{
    const struct estimate_today *t = &p->estimate->today;
    int64_t saved = t->microusd_per_hour - p->estimate->fleet.microusd_per_hour;
    struct buf *out = p->out;

    if (t->unpriced_count) {
        buf_printf(out, "<p>Of today's %zu nodes %zu are of a type without a price:", t->count,
                   t->unpriced_count);
        for (size_t i = 0; i < t->unpriced_count && i < PODS_NAMED; i++) {
            buf_add(out, STR(" <code>"));
            html_text(out, t->unpriced[i]);
            buf_add(out, STR("</code>"));
        }
        buf_add(out, t->unpriced_count > PODS_NAMED ? STR(" and others.</p>\n") : STR(".</p>\n"));
    } else if (t->count && saved > 0) {
        buf_printf(out,
                   "<p>Today %zu nodes run. This fleet saves <b>" STR_FMT " $</b> a month, " STR_FMT
                   " %%.</p>\n",
                   t->count, STR_ARG(per_month(out->arena, saved)),
                   STR_ARG(percent_text(out->arena, saved, t->microusd_per_hour)));
    } else if (t->count) {
        buf_printf(out, "<p>Today %zu nodes run, and cost no more than this fleet.</p>\n",
                   t->count);
    }
}

static void print_prices(struct page *p)
{
    const struct estimate *e = p->estimate;
    int64_t cost = e->fleet.microusd_per_hour, today = e->today.microusd_per_hour;
    int64_t whole = today > cost ? today : cost;

    buf_add(p->out, STR("<div class=\"card\"><div class=\"price\">\n"));
    price_bar(p, "bound", "bound", e->bound.proof.microusd_per_hour, whole);
    price_bar(p, "cost", "cost", cost, whole);
    if (e->today.count)
        price_bar(p, "today", "today", today, whole);
    buf_printf(p->out, "</div>\n<p>The bound: " STR_FMT ".</p>\n",
               STR_ARG(estimate_gap(p->out->arena, e)));
    struct str premium = estimate_premium(p->out->arena, &e->fleet);
    if (premium.len)
        buf_printf(p->out, "<p>The premium: up to <b>" STR_FMT "</b> $/h " STR_FMT ".</p>\n",
                   STR_ARG(money_text(p->out->arena, e->fleet.premium.most, 4)), STR_ARG(premium));
    say_today(p);
    buf_add(p->out, STR("</div>\n"));
}

static int64_t filled(const struct planned_sum *s, size_t resource)
{
    int64_t sum;

    return __builtin_add_overflow(s->used.amount[resource], s->reserved.amount[resource], &sum)
               ? INT64_MAX
               : sum;
}

static struct str share(struct arena *a, const struct planned_sum *s, size_t resource)
{
    return percent_text(a, filled(s, resource),
                        s->space.amount[resource] > 0 ? s->space.amount[resource] : 1);
}

static void print_pool_row(struct page *p, struct str pool, const struct planned_sum *s)
{
    struct buf *out = p->out;
    struct arena *a = out->arena;

    buf_add(out, STR("<tr><td>"));
    html_text(out, pool);
    buf_printf(out,
               "</td><td class=\"num\">%zu</td><td class=\"num\">%zu</td>"
               "<td class=\"num\">" STR_FMT " %%</td><td class=\"num\">" STR_FMT " %%</td>"
               "<td class=\"num\">" STR_FMT "</td><td class=\"num\">" STR_FMT "</td></tr>\n",
               s->nodes, s->pods, STR_ARG(share(a, s, RESOURCE_CPU)),
               STR_ARG(share(a, s, RESOURCE_MEMORY)),
               STR_ARG(money_text(a, s->microusd_per_hour, 4)),
               STR_ARG(per_month(a, s->microusd_per_hour)));
}

static struct str pool_of(const struct planned_group *g)
{
    return g->first->launch->pool->name;
}

static void print_pools(struct page *p)
{
    const struct planned_groups *g = &p->groups;

    if (g->count == 0)
        return;
    buf_add(p->out, STR("<h2>Pools</h2>\n<div class=\"scroll\"><table><tr><th>pool</th>"
                        "<th class=\"num\">nodes</th><th class=\"num\">pods</th>"
                        "<th class=\"num\">cpu filled</th><th class=\"num\">memory filled</th>"
                        "<th class=\"num\">$/h</th><th class=\"num\">$/month</th></tr>\n"));
    for (size_t i = 0; i < g->count;) {
        struct str pool = pool_of(&g->items[i]);
        struct planned_sum sum = {0};
        for (; i < g->count && str_eq(pool_of(&g->items[i]), pool); i++)
            planned_sum_add(&sum, p->estimate->fleet.world, &g->items[i]);
        print_pool_row(p, pool, &sum);
    }
    buf_add(p->out, STR("</table></div>\n"));
}

/* ---- nodes ---- */

static void segment(struct page *p, const char *class, int64_t amount, int64_t space,
                    struct str title)
{
    if (amount <= 0 || space <= 0)
        return;
    buf_printf(p->out, "<i class=\"%s\" style=\"width:" STR_FMT "%%\" title=\"", class,
               STR_ARG(percent_text(p->out->arena, amount, space)));
    html_text(p->out, title);
    buf_add(p->out, STR("\"></i>"));
}

static struct str part_text(struct arena *a, const struct planned_part *part)
{
    struct str name = workload_of(part->first->name);

    return part->count == 1 ? name
                            : arena_printf(a, STR_FMT " \xc3\x97%zu", STR_ARG(name), part->count);
}

/* One resource of nodes of a kind: its parts, what DaemonSets take, and what is free.  `parts`
 * none: all pods in one. */
static void print_fill(struct page *p, const char *name, size_t resource,
                       const struct planned_sum *sum, const struct planned_group *g)
{
    struct buf *out = p->out;
    int64_t space = sum->space.amount[resource];

    buf_printf(out, "<div class=\"fill\"><b>%s</b><div class=\"bar\">", name);
    for (size_t i = 0; g && i < g->part_count; i++) {
        char class[8];
        snprintf(class, sizeof(class), "c%zu", colour_of(p, workload_of(g->parts[i].first->name)));
        segment(p, class,
                g->parts[i].spec->requests.amount[resource] *
                    (int64_t)(g->parts[i].count * g->count),
                space, part_text(out->arena, &g->parts[i]));
    }
    if (!g)
        segment(p, "cost", sum->used.amount[resource], space, STR("pods"));
    segment(p, "held", sum->reserved.amount[resource], space, STR("DaemonSets"));
    buf_printf(out, "</div><span>" STR_FMT " %%</span></div>\n",
               STR_ARG(share(out->arena, sum, resource)));
}

static void print_parts(struct page *p, const struct planned_group *g)
{
    buf_add(p->out, STR("<div class=\"pods\">"));
    for (size_t i = 0; i < g->part_count && i < PARTS_NAMED; i++) {
        buf_printf(p->out, "<span><i class=\"c%zu\"></i>",
                   colour_of(p, workload_of(g->parts[i].first->name)));
        html_text(p->out, part_text(p->out->arena, &g->parts[i]));
        buf_add(p->out, STR("</span>"));
    }
    if (g->part_count > PARTS_NAMED)
        buf_printf(p->out, "<span>and %zu more</span>", g->part_count - PARTS_NAMED);
    buf_add(p->out, g->part_count ? STR("</div>\n") : STR("no pods</div>\n"));
}

/* `g` NULL: those that are not drawn one by one. */
static void print_node(struct page *p, const struct planned_sum *sum, const struct planned_group *g)
{
    struct buf *out = p->out;

    buf_printf(out, "<div class=\"node\"><div><b>%zu</b> node%s", sum->nodes,
               sum->nodes == 1 ? "" : "s");
    if (g) {
        buf_add(out, STR(" in "));
        html_text(out, planned_option(g->first)->offering->zone);
    } else {
        buf_add(out, STR(" filled otherwise"));
    }
    size_t pods = g ? g->first->pod_count : sum->pods;
    buf_printf(out, "<br><span class=\"soft\">%zu pod%s%s</span></div>\n<div>", pods,
               pods == 1 ? "" : "s", sum->nodes > 1 ? g ? " each" : " together" : "");
    print_fill(p, "cpu", RESOURCE_CPU, sum, g);
    print_fill(p, "memory", RESOURCE_MEMORY, sum, g);
    buf_add(out, STR("</div>\n"));
    if (g)
        print_parts(p, g);
    buf_add(out, STR("</div>\n"));
}

static void print_kind_heading(struct page *p, const struct planned_group *g, size_t nodes)
{
    const struct launch_option *o = planned_option(g->first);
    struct buf *out = p->out;

    buf_add(out, STR("<h3>"));
    html_text(out, pool_of(g));
    buf_printf(out, ": %zu \xc3\x97 ", nodes);
    html_text(out, o->type->name);
    buf_printf(out, " <span class=\"soft\">" STR_FMT ", " STR_FMT " $/h each</span></h3>\n",
               STR_ARG(capacity_type_text(o->offering->capacity_type)),
               STR_ARG(money_text(out->arena, o->offering->price_microusd_per_hour, 4)));
}

static int by_count(const void *x, const void *y)
{
    const struct planned_group *a = x, *b = y;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

/* Groups of one pool, type and capacity type. */
static void print_kind(struct page *p, const struct planned_group *from, size_t count, size_t nodes)
{
    const struct world *w = p->estimate->fleet.world;
    struct planned_group *groups = ARENA_ARRAY(p->out->arena, struct planned_group, count);
    struct planned_sum rest = {0};

    memcpy(groups, from, count * sizeof(*groups));
    qsort(groups, count, sizeof(*groups), by_count);
    print_kind_heading(p, &groups[0], nodes);
    for (size_t i = 0; i < count; i++) {
        struct planned_sum sum = {0};
        bool shown = i < FILLINGS_SHOWN;
        planned_sum_add(shown ? &sum : &rest, w, &groups[i]);
        if (shown)
            print_node(p, &sum, &groups[i]);
    }
    if (rest.nodes)
        print_node(p, &rest, NULL);
}

static void print_nodes(struct page *p)
{
    const struct planned_groups *g = &p->groups;

    if (g->count == 0)
        return;
    buf_add(p->out, STR("<h2>Nodes</h2>\n<p class=\"soft\">Bars show what pods ask for, hatched "
                        "what DaemonSets do. Equal nodes are drawn once.</p>\n"));
    for (size_t i = 0; i < g->count;) {
        size_t first = i, nodes = 0;
        for (; i < g->count && planned_group_is_akin(&g->items[first], &g->items[i]); i++)
            nodes += g->items[i].count;
        print_kind(p, &g->items[first], i - first, nodes);
    }
}

/* ---- pods that something is to be said of ---- */

static void print_saying(struct buf *out, const struct saying *s)
{
    buf_add(out, STR("<tr><td>"));
    for (size_t i = 0; i < s->pod_count && i < PODS_NAMED; i++) {
        buf_add(out, STR("<code>"));
        html_text(out, s->pods[i]->name);
        buf_add(out, STR("</code> "));
    }
    if (s->pod_count > PODS_NAMED)
        buf_printf(out, "and %zu more", s->pod_count - PODS_NAMED);
    if (s->code.len) {
        buf_add(out, STR("</td><td>"));
        html_text(out, s->code);
    }
    buf_add(out, STR("</td><td>"));
    html_text(out, s->text);
    buf_add(out, STR("</td></tr>\n"));
}

static void print_sayings(struct buf *out, const char *title, const char *head,
                          const struct sayings *s)
{
    if (s->count == 0)
        return;
    buf_printf(out, "<h2>%s</h2>\n<div class=\"scroll\"><table><tr>%s</tr>\n", title, head);
    for (size_t i = 0; i < s->count && i < REASONS_SHOWN; i++)
        print_saying(out, &s->items[i]);
    buf_add(out, STR("</table></div>\n"));
    if (s->count > REASONS_SHOWN)
        buf_printf(out, "<p class=\"soft\">and %zu more</p>\n", s->count - REASONS_SHOWN);
}

static void print_pods(struct page *p)
{
    const struct planned_fleet *f = &p->estimate->fleet;
    struct sayings s = sayings_of_unplaced(p->out->arena, f);

    print_sayings(p->out, "Pods without a place",
                  "<th>pods</th><th>reason</th><th>nearest miss</th>", &s);
    s = sayings_of_relaxed(p->out->arena, f);
    print_sayings(p->out, "Preferences that could not be held", "<th>pods</th><th>preference</th>",
                  &s);
}

static void print_notes(struct page *p)
{
    const struct estimate *e = p->estimate;

    if (e->note_count == 0)
        return;
    buf_add(p->out, STR("<h2>Notes</h2>\n<ul>\n"));
    for (size_t i = 0; i < e->note_count && i < NOTES_SHOWN; i++) {
        buf_add(p->out, STR("<li>"));
        html_text(p->out, e->notes[i]);
        buf_add(p->out, STR("</li>\n"));
    }
    if (e->note_count > NOTES_SHOWN)
        buf_printf(p->out, "<li>and %zu more</li>\n", e->note_count - NOTES_SHOWN);
    buf_add(p->out, STR("</ul>\n"));
}

void estimate_html(struct buf *out, const struct estimate *e)
{
    struct page p = {.out = out, .estimate = e};

    planned_groups_make(out->arena, &e->fleet, &p.groups);
    html_begin(out, STR("Fleet estimate"));
    buf_printf(out,
               "<h1>The fleet for these pods</h1>\n<p class=\"soft\">%zu nodes for %zu pods, "
               "%zu without a place. Decided in %lld ms by tenon " TENON_VERSION ".</p>\n",
               e->fleet.count, e->fleet.placed_count, e->fleet.unplaced_count,
               (long long)e->decide_ms);
    print_prices(&p);
    print_pods(&p);
    print_pools(&p);
    print_nodes(&p);
    print_notes(&p);
    html_end(out);
}
