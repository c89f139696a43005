#include "engine/worlds/rollout.h"

#include <stdlib.h>

#include "engine/core/pool.h"
#include "engine/core/schedule.h"

#define YEAR_MS (INT64_C(365) * 24 * 3600 * 1000)

/* Nodes of a pool that go for one reason. */
struct group {
    size_t pool;
    enum reason reason;
    size_t left;
    int64_t taken;   /* in the turn at hand */
    int64_t allowed; /* at a time, until the clock reaches `edge_ms` */
    size_t budget;   /* by that one of its pool's; SIZE_MAX: by none */
};

struct clock {
    const struct world *world;
    struct group *groups;
    size_t count;
    int64_t *nodes; /* by pool */
    int64_t fleet;  /* nodes of all of them */
    int64_t now_ms, edge_ms, turn_ms;
};

static int smaller_first(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

    return (a > b) - (a < b);
}

/* From launch to ready, as half of this fleet's nodes took less and half took more. */
static int64_t boot_ms(struct arena *a, const struct world *w)
{
    int64_t *took = ARENA_ARRAY(a, int64_t, w->claim_count);
    size_t n = 0;

    for (size_t i = 0; i < w->claim_count; i++) {
        const struct claim *c = &w->claims[i];
        if (!c->foreign && c->ready_ms != NEVER_MS && c->ready_ms > c->created_ms)
            took[n++] = c->ready_ms - c->created_ms;
    }
    if (!n)
        return FUTURE_BOOT_MS;
    qsort(took, n, sizeof(*took), smaller_first);
    return took[n / 2];
}

static void count_nodes(struct arena *a, struct clock *c)
{
    const struct world *w = c->world;

    c->nodes = ARENA_ARRAY(a, int64_t, w->pool_count);
    for (size_t i = 0; i < w->claim_count; i++) {
        size_t pool = pool_place(w, w->claims[i].pool);
        if (pool != SIZE_MAX && w->claims[i].phase == CLAIM_READY)
            c->nodes[pool]++;
    }
    for (size_t i = 0; i < w->pool_count; i++)
        c->fleet += c->nodes[i];
}

/* What a user destroys and what the cloud takes asks no budget. */
static bool asks(const struct world *w, const struct coming *x)
{
    size_t pool = pool_place(w, x->pool);

    return x->kind == ACTION_CORDON && pool != SIZE_MAX && !w->pools[pool].deleting &&
           x->reason != REASON_SPOT_INTERRUPTED && x->reason != REASON_RESERVATION_TAKEN;
}

static void list_groups(struct arena *a, struct clock *c, const struct preview *p)
{
    c->groups = ARENA_ARRAY(a, struct group, p->coming_count);
    for (size_t i = 0; i < p->coming_count; i++) {
        const struct coming *x = &p->coming[i];
        size_t at = 0;
        if (!asks(c->world, x))
            continue;
        size_t pool = pool_place(c->world, x->pool);
        while (at < c->count && (c->groups[at].pool != pool || c->groups[at].reason != x->reason))
            at++;
        if (at == c->count)
            c->groups[c->count++] = (struct group){.pool = pool, .reason = x->reason};
        c->groups[at].left++;
    }
}

/* What each group's budgets allow by now, and until when that is so. */
static void look_at_budgets(struct clock *c)
{
    c->edge_ms = NEVER_MS;
    for (size_t i = 0; i < c->count; i++) {
        struct group *g = &c->groups[i];
        const struct pool *of = &c->world->pools[g->pool];
        g->allowed = INT64_MAX;
        g->budget = SIZE_MAX;
        for (size_t k = 0; k < of->budget_count; k++) {
            const struct budget *b = &of->budgets[k];
            struct window w = b->schedule ? schedule_window(b->schedule, c->now_ms)
                                          : (struct window){true, NEVER_MS};
            int64_t nodes = share_amount(b->nodes, c->nodes[g->pool]);
            if (b->reasons && !(b->reasons >> g->reason & 1))
                continue;
            c->edge_ms = w.until_ms < c->edge_ms ? w.until_ms : c->edge_ms;
            if (!w.open || nodes >= g->allowed)
                continue;
            g->allowed = nodes;
            g->budget = k;
        }
    }
}

static int64_t least(int64_t x, int64_t y)
{
    return x < y ? x : y;
}

/* How many of the whole fleet may be away, or starting, at a time. */
static int64_t fleet_allows(const struct clock *c)
{
    return least(share_amount(c->world->max_disrupted, c->fleet),
                 share_amount(c->world->max_unready, c->fleet));
}

/* Groups of one pool share what its budgets allow. */
static int64_t room_of(const struct clock *c, size_t group)
{
    const struct group *g = &c->groups[group];
    int64_t room = g->allowed;

    for (size_t k = 0; k < group && room != INT64_MAX; k++)
        room -= c->groups[k].pool == g->pool ? c->groups[k].taken : 0;
    return room > 0 ? room : 0;
}

/* How many go in this turn. */
static size_t take_turn(struct clock *c)
{
    int64_t fleet = fleet_allows(c);
    size_t gone = 0;

    for (size_t i = 0; i < c->count; i++) {
        struct group *g = &c->groups[i];
        g->taken = least(least(room_of(c, i), fleet), (int64_t)g->left);
        g->left -= (size_t)g->taken;
        fleet -= fleet == INT64_MAX ? 0 : g->taken;
        gone += (size_t)g->taken;
    }
    return gone;
}

static bool all_have_gone(const struct clock *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->groups[i].left)
            return false;
    return true;
}

/* What holds back those that are left after a turn. */
static struct str limit_of(struct arena *a, const struct clock *c)
{
    const struct world *w = c->world;

    for (size_t i = 0; i < c->count; i++) {
        const struct group *g = &c->groups[i];
        if (!g->left || g->budget == SIZE_MAX || g->allowed > fleet_allows(c))
            continue;
        return arena_printf(a, "budgets[%zu] of pool " STR_FMT " (nodes = \"" STR_FMT "\")",
                            g->budget, STR_ARG(w->pools[g->pool].name),
                            STR_ARG(share_text(a, w->pools[g->pool].budgets[g->budget].nodes)));
    }
    bool unready =
        share_amount(w->max_unready, c->fleet) < share_amount(w->max_disrupted, c->fleet);
    return arena_printf(a, "%s = \"" STR_FMT "\"", unready ? "max_unready" : "max_disrupted",
                        STR_ARG(share_text(a, unready ? w->max_unready : w->max_disrupted)));
}

/* One turn, or the wait until budgets change. False: they never do. */
static bool go_on(struct arena *a, struct clock *c, struct rollout *out)
{
    if (c->now_ms >= c->edge_ms)
        look_at_budgets(c);
    size_t gone = take_turn(c);
    if (!out->turns && gone)
        out->first = gone;
    if (!out->limit.len && !all_have_gone(c))
        out->limit = limit_of(a, c);
    out->turns += gone > 0;
    c->now_ms = gone ? time_add_ms(c->now_ms, c->turn_ms) : c->edge_ms;
    return c->now_ms < time_add_ms(c->world->now_ms, YEAR_MS);
}

struct rollout rollout_of(struct arena *a, const struct world *w, const struct preview *p)
{
    struct clock c = {.world = w, .now_ms = w->now_ms};
    struct rollout out = {0};

    list_groups(a, &c, p);
    count_nodes(a, &c);
    c.turn_ms = boot_ms(a, w) + FUTURE_STOP_MS;
    look_at_budgets(&c);
    while (!all_have_gone(&c))
        if (!go_on(a, &c, &out)) {
            out.ms = NEVER_MS;
            return out;
        }
    out.ms = c.now_ms - w->now_ms;
    return out;
}
