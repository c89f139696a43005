#include "engine/base/dollars.h"
#include "engine/base/time.h"
#include "engine/core/pool.h"
#include "engine/worlds/effect.h"

/* An effect in words, as a terminal and a log have them. */

enum { NAMED_MOST = 5 }; /* pods and nodes in one list */

static struct str nodes_text(struct arena *a, size_t n)
{
    return arena_printf(a, "%zu node%s", n, n == 1 ? "" : "s");
}

static struct str cost_text(struct arena *a, const struct preview *p)
{
    struct str before = month_text(a, p->before_microusd_per_hour);
    struct str after = month_text(a, p->after_microusd_per_hour);

    if (str_eq(before, after))
        return arena_printf(a, STR_FMT " as before", STR_ARG(after));
    return arena_printf(a, STR_FMT " become " STR_FMT, STR_ARG(before), STR_ARG(after));
}

struct str effect_line(struct arena *a, const struct effect *e)
{
    const struct preview *p = e->preview;
    struct leaving_count leaving[REASON_COUNT];
    size_t count = effect_leaving(p, leaving), replaced = 0, gone = 0;
    struct buf out = buf_in(a);

    for (size_t i = 0; i < count; i++) {
        replaced += leaving[i].replaced;
        gone += leaving[i].gone - leaving[i].replaced;
    }
    size_t fresh = p->launched > replaced ? p->launched - replaced : 0;
    const struct {
        size_t count;
        const char *one, *many;
    } parts[] = {{replaced, "is replaced", "are replaced"},
                 {gone, "goes", "go"},
                 {fresh, "is launched", "are launched"}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if (parts[i].count)
            buf_printf(&out, "%s" STR_FMT " %s", out.len ? ", " : "",
                       STR_ARG(nodes_text(a, parts[i].count)),
                       parts[i].count == 1 ? parts[i].one : parts[i].many);
    if (!out.len)
        buf_add(&out, STR("no node changes"));
    buf_printf(&out, "; " STR_FMT, STR_ARG(cost_text(a, p)));
    return buf_str(&out);
}

static void line(struct buf *out, const char *title, struct str text)
{
    buf_printf(out, "%-9s" STR_FMT "\n", title, STR_ARG(text));
}

/* How long no pod may have come or gone before nodes go to save their cost: of their pools the
 * longest while. */
static int64_t quiet_ms(const struct effect *e)
{
    const struct preview *p = e->preview;
    int64_t most_ms = 0;

    for (size_t i = 0; i < p->coming_count; i++) {
        size_t pool = pool_place(e->world, p->coming[i].pool);
        if (p->coming[i].reason != REASON_UNDERUTILIZED || pool == SIZE_MAX)
            continue;
        int64_t after_ms = e->world->pools[pool].consolidation.after_ms;
        most_ms = after_ms > most_ms ? after_ms : most_ms;
    }
    return most_ms;
}

/* "Drifted", "Underutilized, after 5m" */
static struct str reason_text(const struct effect *e, struct arena *a, enum reason reason)
{
    struct str code = str_of(reason_row(reason)->code);
    int64_t after_ms = reason == REASON_UNDERUTILIZED ? quiet_ms(e) : 0;

    return after_ms ? arena_printf(a, STR_FMT ", after " STR_FMT, STR_ARG(code),
                                   STR_ARG(duration_format(a, after_ms)))
                    : code;
}

static void nodes_line(struct buf *out, const struct effect *e)
{
    struct arena *a = out->arena;
    struct leaving_count leaving[REASON_COUNT];
    size_t count = effect_leaving(e->preview, leaving);
    struct buf text = buf_in(a);

    buf_printf(&text, "%zu stay", e->preview->kept);
    for (size_t i = 0; i < count; i++) {
        struct str why = reason_text(e, a, leaving[i].reason);
        if (leaving[i].replaced)
            buf_printf(&text, ", %zu replaced (" STR_FMT ")", leaving[i].replaced, STR_ARG(why));
        if (leaving[i].gone > leaving[i].replaced)
            buf_printf(&text, ", %zu drained (" STR_FMT ")", leaving[i].gone - leaving[i].replaced,
                       STR_ARG(why));
    }
    line(out, "nodes", buf_str(&text));
}

static void launch_lines(struct buf *out, const struct effect *e)
{
    size_t count;
    const struct launch_count *all = effect_launches(out->arena, e->preview, &count);

    for (size_t i = 0; i < count; i++) {
        const struct coming *c = all[i].like;
        struct str capacity = capacity_type_text(c->capacity_type);
        line(out, i ? "" : "launched",
             arena_printf(out->arena,
                          "%zu " STR_FMT " " STR_FMT " in " STR_FMT " (pool " STR_FMT ")",
                          all[i].count, STR_ARG(c->instance_type), STR_ARG(capacity),
                          STR_ARG(c->zone), STR_ARG(c->pool)));
    }
}

static void cost_line(struct buf *out, const struct effect *e)
{
    struct arena *a = out->arena;
    struct buf text = buf_in(a);

    buf_add(&text, cost_text(a, e->preview));
    if (e->bound_microusd_per_hour > 0)
        buf_printf(&text, "; no fleet for these pods costs less than " STR_FMT,
                   STR_ARG(month_text(a, e->bound_microusd_per_hour)));
    line(out, "cost", buf_str(&text));
    if (e->list_prices)
        line(out, "", STR("a new pool is reckoned by on-demand list prices"));
}

/* Up to ten minutes to the second, more to the minute: it is no more than an estimate. */
static struct str about_text(struct arena *a, int64_t ms)
{
    int64_t step_ms = ms > 10 * 60 * 1000 ? 60 * 1000 : 1000;

    return duration_format(a, (ms + step_ms - 1) / step_ms * step_ms);
}

/* Only where it takes more than one turn. */
static void time_line(struct buf *out, const struct rollout *r)
{
    struct arena *a = out->arena;

    if (!r->limit.len)
        return;
    if (r->ms != NEVER_MS)
        line(out, "time",
             arena_printf(a, "about " STR_FMT ", %zu at a time: " STR_FMT,
                          STR_ARG(about_text(a, r->ms)), r->first, STR_ARG(r->limit)));
    else
        line(out, "time", arena_printf(a, "not within a year: " STR_FMT, STR_ARG(r->limit)));
}

/* Pods that wait for a reason that lasts, the first of them by name. */
static void never_lines(struct buf *out, const struct effect *e)
{
    const struct decision *d = &e->preview->last;
    size_t named = 0, more = 0;

    for (size_t i = 0; i < d->waiting_count; i++) {
        const struct waiting *w = &d->waiting[i];
        if (!reason_row(w->reason)->lasts)
            continue;
        if (named == NAMED_MOST) {
            more++;
            continue;
        }
        line(out, named++ ? "" : "no place",
             arena_printf(out->arena,
                          STR_FMT ": %s"
                                  "%s" STR_FMT,
                          STR_ARG(w->pod->name), reason_row(w->reason)->code,
                          w->message.len ? ", " : "", STR_ARG(w->message)));
    }
    if (more)
        line(out, "", arena_printf(out->arena, "and %zu more", more));
}

/* Is what was said of the first something of this node alone? */
static bool is_of_one(enum reason by)
{
    return by == REASON_DO_NOT_DISRUPT || by == REASON_POD_BUDGET || by == REASON_PAYBACK;
}

/* "4 nodes of pool default (Drifted) by Budget: budgets[0] ... be away at a time" */
static struct str held_text(struct arena *a, const struct held_count *k)
{
    const struct held *h = k->like;
    struct str text =
        arena_printf(a, STR_FMT " of pool " STR_FMT " (%s) by %s%s" STR_FMT "%s",
                     STR_ARG(nodes_text(a, k->count)), STR_ARG(h->claim->pool),
                     reason_row(h->due)->code, reason_row(h->by)->code, h->message.len ? ": " : "",
                     STR_ARG(h->message), k->count > 1 && is_of_one(h->by) ? ", and so on" : "");

    if (!k->saves_microusd_per_hour)
        return text;
    return arena_printf(a, STR_FMT "; without that the fleet would cost " STR_FMT " less",
                        STR_ARG(text), STR_ARG(month_text(a, k->saves_microusd_per_hour)));
}

/* What keeps one node keeps it by a pod of its own, so each is named that somebody has to look at,
 * as far as a line goes. */
static void held_names_line(struct buf *out, const struct preview *p, const struct held_count *k)
{
    struct arena *a = out->arena;
    const struct str *names = effect_held_claims(a, p, k);
    struct buf text = buf_in(a);

    for (size_t i = 0; i < k->count && i < NAMED_MOST; i++)
        buf_printf(&text, "%s" STR_FMT, i ? ", " : "claims ", STR_ARG(names[i]));
    if (k->count > NAMED_MOST)
        buf_printf(&text, " and %zu more; `tenon preview --output json` has each with its reason%s",
                   k->count - NAMED_MOST, p->end.hurried ? ", after the apply" : "");
    line(out, "", buf_str(&text));
}

static void held_lines(struct buf *out, const struct preview *p, const struct held_count *kinds,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        line(out, i ? "" : "held", held_text(out->arena, &kinds[i]));
        if (kinds[i].count > 1 && is_of_one(kinds[i].like->by))
            held_names_line(out, p, &kinds[i]);
    }
}

static bool is_held(const struct held_count *kinds, size_t count, struct str pool)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(kinds[i].like->claim->pool, pool))
            return true;
    return false;
}

/* Who may not go; and of pools in which no node in particular is held, what cannot be done. */
static void stay_lines(struct buf *out, const struct effect *e)
{
    const struct preview *p = e->preview;
    bool said = false;
    size_t count;
    const struct held_count *kinds = effect_held(out->arena, p, &count);

    held_lines(out, p, kinds, count);
    for (size_t i = 0; i < p->end.world.pool_count; i++) {
        const struct pool_verdict *v = &p->last.pools[i];
        if (v->reason == REASON_NONE || is_held(kinds, count, p->end.world.pools[i].name))
            continue;
        line(out, said ? "" : "stuck",
             arena_printf(out->arena, "pool " STR_FMT ": %s, " STR_FMT,
                          STR_ARG(p->end.world.pools[i].name), reason_row(v->reason)->code,
                          STR_ARG(v->message)));
        said = true;
    }
}

/* Budgets that keep every pod of theirs where it is, and what all of them cost by that. */
static void never_met_lines(struct buf *out, const struct effect *e)
{
    const struct decision *d = &e->preview->last;
    struct arena *a = out->arena;

    for (size_t i = 0; i < d->never_met_count && i < NAMED_MOST; i++) {
        const struct never_met *n = &d->never_met[i];
        line(out, i ? "" : "never",
             arena_printf(a,
                          "PodDisruptionBudget " STR_FMT
                          " wants %lld of its %lld pods available: none of them may ever go",
                          STR_ARG(n->budget), (long long)n->wanted, (long long)n->pods));
    }
    if (d->never_met_count > NAMED_MOST)
        line(out, "", arena_printf(a, "and %zu more", d->never_met_count - NAMED_MOST));
    if (d->never_met_count)
        line(out, "",
             e->never_met_microusd_per_hour
                 ? arena_printf(a, "for that nodes stay that cost " STR_FMT,
                                STR_ARG(month_text(a, e->never_met_microusd_per_hour)))
                 : STR("without that the fleet would cost the same"));
}

void effect_lines(struct buf *out, const struct effect *e)
{
    const struct preview *p = e->preview;
    int64_t age_ms = e->world->now_ms - e->seen_ms;

    nodes_line(out, e);
    launch_lines(out, e);
    if (p->moved || p->placed)
        line(out, "pods",
             arena_printf(out->arena, "%zu move, %zu find a node", p->moved, p->placed));
    cost_line(out, e);
    time_line(out, &e->rollout);
    if (p->now.stale.len)
        line(out, "stale", p->now.stale);
    never_lines(out, e);
    stay_lines(out, e);
    never_met_lines(out, e);
    if (!p->at_rest)
        line(out, "", STR("and so on: more follows than was looked at"));
    line(out, "seen",
         arena_printf(out->arena, "by the engine " STR_FMT " ago",
                      STR_ARG(duration_format(out->arena, age_ms / 1000 * 1000))));
}
