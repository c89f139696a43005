#include "engine/core/budgets.h"

#include "engine/core/interrupted.h"
#include "engine/core/plan.h"
#include "engine/core/schedule.h"

int64_t share_amount(struct share s, int64_t whole)
{
    if (!s.set)
        return INT64_MAX;
    return s.percent ? (whole * s.value + 99) / 100 : s.value;
}

struct str share_text(struct arena *a, struct share s)
{
    if (!s.set)
        return STR("");
    return arena_printf(a, "%lld%s", (long long)s.value, s.percent ? "%" : "");
}

bool share_parse(struct str text, struct share *out)
{
    bool percent = str_ends_with(text, STR("%"));

    *out = (struct share){.set = true, .percent = percent};
    return str_to_int64(percent ? str_slice(text, 0, text.len - 1) : text, &out->value) &&
           out->value >= 0 && (!percent || out->value <= 100);
}

static bool is_for(const struct budget *b, enum reason reason)
{
    return !b->reasons || b->reasons >> reason & 1;
}

/* The strictest of those that hold: its index, or SIZE_MAX. */
static size_t strictest(const struct plan *p, size_t pool, enum reason reason, int64_t *allowed)
{
    const struct pool *of = &p->world->pools[pool];
    size_t at = SIZE_MAX;

    *allowed = INT64_MAX;
    for (size_t i = 0; i < of->budget_count; i++) {
        int64_t nodes = share_amount(of->budgets[i].nodes, p->purses.pools[pool].nodes);
        if (nodes >= *allowed || !p->purses.pools[pool].windows[i].open ||
            !is_for(&of->budgets[i], reason))
            continue;
        *allowed = nodes;
        at = i;
    }
    return at;
}

static int64_t left_in(const struct purse *purse, int64_t allowed)
{
    return allowed == INT64_MAX ? INT64_MAX : allowed - purse->away - purse->taken;
}

static int64_t ready_left(const struct plan *p)
{
    const struct purses *all = &p->purses;
    int64_t most = share_amount(p->world->max_unready, all->fleet.nodes);

    return most == INT64_MAX ? INT64_MAX : most - all->unready - all->replacing;
}

/* An empty node needs no replacement; it stays only while too much is not ready already. */
static bool fleet_bears(const struct plan *p, enum reason reason)
{
    return reason == REASON_EMPTY ? ready_left(p) >= 0 : ready_left(p) >= 1;
}

static int64_t fleet_left(const struct plan *p)
{
    return left_in(&p->purses.fleet, share_amount(p->world->max_disrupted, p->purses.fleet.nodes));
}

/* Will a node start for it alone?  None does for an empty one, and those whose pods run for less
 * elsewhere share what starts for them, if anything does (budget_start). */
static bool is_replaced(enum reason reason)
{
    return reason != REASON_EMPTY && reason != REASON_UNDERUTILIZED;
}

/* An unhealthy node is away and not ready already; its pods come to be so. */
static void count_taken(struct plan *p, const struct room *r, enum reason reason, int sign)
{
    int more = reason == REASON_UNHEALTHY ? 0 : sign;

    p->purses.pools[r->pool].taken += more;
    p->purses.fleet.taken += more;
    p->purses.replacing += more * is_replaced(reason);
    guards_count(p, r->claim, sign);
}

void budget_count(struct plan *p, const struct room *r, enum reason reason)
{
    count_taken(p, r, reason, 1);
}

bool budget_start(struct plan *p, size_t starts, size_t leavers)
{
    int64_t left = ready_left(p);

    if (leavers > 1 && left != INT64_MAX && (int64_t)starts > left)
        return false;
    p->purses.replacing += (int64_t)starts;
    return true;
}

bool budget_allows(const struct plan *p, const struct room *r, enum reason reason)
{
    int64_t allowed;

    strictest(p, r->pool, reason, &allowed);
    return !fault_of(p, r->pool, reason).len && left_in(&p->purses.pools[r->pool], allowed) >= 1 &&
           fleet_left(p) >= 1 && fleet_bears(p, reason) &&
           (!plan_heeds_pods(p, r->pool, reason) || guards_allow(p, r->claim, reason));
}

bool budget_take(struct plan *p, const struct room *r, enum reason reason)
{
    if (!budget_allows(p, r, reason))
        return false;
    budget_count(p, r, reason);
    return true;
}

void budget_return(struct plan *p, const struct room *r, enum reason reason)
{
    count_taken(p, r, reason, -1);
}

static size_t at_least_none(int64_t n)
{
    return n > 0 ? (size_t)n : 0;
}

static int64_t smaller(int64_t x, int64_t y)
{
    return x < y ? x : y;
}

size_t budget_starts(const struct plan *p)
{
    int64_t most = share_amount(p->world->max_unready, p->purses.fleet.nodes);

    return most == INT64_MAX ? SIZE_MAX : at_least_none(most - p->purses.unready);
}

size_t budget_room(const struct plan *p, size_t pool)
{
    int64_t expired, drifted;

    strictest(p, pool, REASON_EXPIRED, &expired);
    strictest(p, pool, REASON_DRIFTED, &drifted);
    int64_t allowed = expired > drifted ? expired : drifted;
    return at_least_none(
        smaller(left_in(&p->purses.pools[pool], allowed), smaller(fleet_left(p), ready_left(p))));
}

static struct str window_text(const struct plan *p, struct window w)
{
    if (w.until_ms == NEVER_MS)
        return STR("");
    return arena_printf(p->arena, ", until " STR_FMT,
                        STR_ARG(time_format(p->arena, w.until_ms, false)));
}

static struct str budget_text(struct plan *p, size_t pool, size_t at, int64_t allowed)
{
    struct purse *purse = &p->purses.pools[pool];
    const struct pool *of = &p->world->pools[pool];

    if (!purse->said.len || purse->said_of != at)
        purse->said =
            arena_printf(p->arena,
                         "budgets[%zu] of pool " STR_FMT " (nodes = \"" STR_FMT
                         "\") lets %lld of its %lld nodes be away at a time" STR_FMT,
                         at, STR_ARG(of->name),
                         STR_ARG(share_text(p->arena, of->budgets[at].nodes)), (long long)allowed,
                         (long long)purse->nodes, STR_ARG(window_text(p, purse->windows[at])));
    purse->said_of = at;
    return purse->said;
}

static void wake_at_edges(struct plan *p, size_t pool)
{
    for (size_t i = 0; i < p->world->pools[pool].budget_count; i++)
        plan_wake(p, p->purses.pools[pool].windows[i].until_ms);
}

static struct refusal fleet_refusal(struct plan *p)
{
    const struct purses *all = &p->purses;
    const struct world *w = p->world;
    bool away = fleet_left(p) < 1;
    struct share share = away ? w->max_disrupted : w->max_unready;
    int64_t most = share_amount(share, all->fleet.nodes);

    return (struct refusal){
        away ? REASON_MAX_DISRUPTED : REASON_MAX_UNREADY,
        arena_printf(p->arena, "%s = \"" STR_FMT "\" lets %lld of the fleet's %lld nodes %s",
                     away ? "max_disrupted" : "max_unready", STR_ARG(share_text(p->arena, share)),
                     (long long)most, (long long)all->fleet.nodes,
                     away ? "be away at a time" : "be not ready, replacements counted"),
        most <= 0};
}

bool refusal_is_said(const struct refusal *r)
{
    return r->lasts || r->by == REASON_STALE || r->by == REASON_MANY_UNHEALTHY;
}

/* What pods have against it.  False: nothing, or it goes without them (plan_heeds_pods). */
static bool pods_refuse(struct plan *p, const struct room *r, enum reason reason,
                        struct refusal *out)
{
    struct waiting why;

    if (!plan_heeds_pods(p, r->pool, reason) ||
        !guards_refuse(p, r->claim, reason, &why, &out->lasts))
        return false;
    out->by = why.reason;
    out->message = why.message;
    return true;
}

/* What lasts is said first: there is no use in waiting for the rest. */
struct refusal budget_refusal(struct plan *p, const struct room *r, enum reason reason)
{
    struct str fault = fault_of(p, r->pool, reason);
    struct refusal of_pods;
    bool pods_keep = pods_refuse(p, r, reason, &of_pods);
    int64_t allowed;
    size_t at = strictest(p, r->pool, reason, &allowed);

    if (fault.len)
        return (struct refusal){.by = REASON_STALE, .message = fault};
    if (pods_keep && of_pods.lasts)
        return of_pods;
    if (left_in(&p->purses.pools[r->pool], allowed) < 1) {
        wake_at_edges(p, r->pool);
        return (struct refusal){REASON_BUDGET, budget_text(p, r->pool, at, allowed), allowed <= 0};
    }
    if (fleet_left(p) < 1 || !fleet_bears(p, reason))
        return fleet_refusal(p);
    return of_pods;
}

struct refusal repair_refusal(struct plan *p, size_t pool)
{
    static const struct share most = {.set = true, .percent = true, .value = 20};
    const struct purse *purse = &p->purses.pools[pool];
    struct str fault = fault_of(p, pool, REASON_UNHEALTHY);

    if (fault.len)
        return (struct refusal){.by = REASON_STALE, .message = fault};
    if (purse->unhealthy <= share_amount(most, purse->nodes))
        return (struct refusal){0};
    return (struct refusal){
        .by = REASON_MANY_UNHEALTHY,
        .message = arena_printf(
            p->arena,
            "%lld of the %lld nodes of pool " STR_FMT " are unhealthy, more than " STR_FMT,
            (long long)purse->unhealthy, (long long)purse->nodes,
            STR_ARG(p->world->pools[pool].name), STR_ARG(share_text(p->arena, most)))};
}
