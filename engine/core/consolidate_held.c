#include "engine/base/dollars.h"
#include "engine/base/time.h"
#include "engine/core/consolidate.h"

/* Who would go for its cost, and the rule that keeps it: without that nobody would see why a fleet
 * stays dearer than it could be.  The search is the one that moves nodes, but for the rules; what
 * it finds is named and then forgotten. */

enum { HOUR_MS = 60 * 60 * 1000 };

struct saver {
    struct held held;
    size_t room;
};

struct naming {
    struct consolidating *c;
    bool *noted; /* by claim of the world: it is among these */
    struct saver *items;
    size_t count, capacity;
};

/* What all of them save an hour, and cost at once. */
struct sum {
    int64_t price, saves, overlap;
};

static struct sum sum_of(const struct group *g)
{
    struct sum s = {0};

    for (size_t i = 0; i < g->count; i++)
        s.price += g->items[i]->price;
    s.saves = s.price - g->new_price;
    s.overlap = worth_over(g->new_price, OVERLAP_MS);
    return s;
}

static int64_t share_of(int64_t amount, int64_t part, int64_t whole)
{
    return whole > 0 ? (int64_t)((__int128)amount * part / whole) : 0;
}

static int64_t pays_in_ms(const struct held *h)
{
    return h->saves_microusd_per_hour > 0
               ? (int64_t)((__int128)h->costs_microusd * HOUR_MS / h->saves_microusd_per_hour)
               : NEVER_MS;
}

static struct str payback_text(struct arena *a, const struct held *h, const struct pool *pool)
{
    return arena_printf(a,
                        "moving its pods costs $" STR_FMT ", which pays in " STR_FMT
                        " and not within the payback_seconds of pool " STR_FMT ", " STR_FMT,
                        STR_ARG(money_text(a, h->costs_microusd, 4)),
                        STR_ARG(duration_format(a, pays_in_ms(h) / 1000 * 1000)),
                        STR_ARG(pool->name),
                        STR_ARG(duration_format(a, pool->consolidation.payback_ms)));
}

/* By REASON_NONE: there is none. */
static struct refusal rule_against(struct plan *p, const struct room *r, const struct held *h)
{
    const struct pool *pool = &p->world->pools[r->pool];
    struct waiting why;

    if (plan_stays(p, r->claim, &why))
        return (struct refusal){.by = why.reason, .message = why.message};
    if (!budget_allows(p, r, REASON_UNDERUTILIZED))
        return budget_refusal(p, r, REASON_UNDERUTILIZED);
    if (pays_in_ms(h) >= pool->consolidation.payback_ms)
        return (struct refusal){.by = REASON_PAYBACK, .message = payback_text(p->arena, h, pool)};
    return (struct refusal){0};
}

static void note(struct naming *n, const struct candidate *one, const struct sum *all)
{
    struct held h = {
        .claim = one->claim,
        .due = REASON_UNDERUTILIZED,
        .saves_microusd_per_hour = share_of(all->saves, one->price, all->price),
        .costs_microusd = one->evictions + share_of(all->overlap, one->price, all->price),
    };
    bool *noted = &n->noted[one->claim - n->c->plan->world->claims];

    if (!*noted)
        ARENA_PUSH(n->c->plan->arena, n->items, n->count, n->capacity,
                   ((struct saver){h, one->room}));
    *noted = true;
}

/* Of a group with new nodes, or each by itself where there is room for its pods. */
static void note_moved(struct naming *n, const struct group *moved, bool *was_there)
{
    const struct consolidating *c = n->c;
    struct sum sum = sum_of(moved);

    for (size_t i = 0; i < moved->count; i++)
        note(n, moved->items[i], &sum);
    for (size_t i = 0; i < c->count && !moved->count; i++) {
        struct candidate *one = &c->items[i];
        if (one->fate == WENT && !was_there[i])
            note(n, one, &(struct sum){.price = one->price, .saves = one->price});
    }
    for (size_t i = 0; i < c->count; i++)
        was_there[i] = c->items[i].fate == WENT;
}

static void find(struct naming *n)
{
    struct consolidating *c = n->c;
    bool *was_there = ARENA_ARRAY(c->plan->arena, bool, c->count);
    struct group moved;

    for (int i = 0; i < ROUNDS && c->work > 0 && consolidate_move(c, &moved); i++)
        note_moved(n, &moved, was_there);
}

/* What the search itself takes of budgets must not be what holds: it has been dropped by now. */
static void hold(struct plan *p, struct saver *s)
{
    struct refusal rule = rule_against(p, &p->rooms.items[s->room], &s->held);

    if (rule.by == REASON_NONE)
        return;
    s->held.by = rule.by;
    s->held.message = rule.message;
    plan_hold(p, s->held);
}

void name_held(struct consolidating *c)
{
    struct plan *p = c->plan;
    struct naming n = {.c = c, .noted = ARENA_ARRAY(p->arena, bool, p->world->claim_count)};
    int64_t wake_at_ms = p->out->wake_at_ms;

    c->patient = true;
    candidates_list(c);
    if (!c->count)
        return;
    struct trial t = trial_begin(p);
    consolidate_prepare(c);
    find(&n);
    trial_drop(p, &t);
    for (size_t i = 0; i < n.count; i++)
        hold(p, &n.items[i]);
    p->out->wake_at_ms = wake_at_ms; /* what is only named is not waited for */
}
