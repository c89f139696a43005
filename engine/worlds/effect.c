#include "engine/worlds/effect.h"

#include <stdlib.h>

#include "engine/optimize/bound.h"

static bool is_never_met(const struct decision *d, const struct pod_budget *b)
{
    for (size_t i = 0; i < d->never_met_count; i++)
        if (str_eq(d->never_met[i].budget, b->name))
            return true;
    return false;
}

/* The same world without the budgets of pods that let none of these go. */
static struct world without_never_met(struct arena *a, const struct world *w,
                                      const struct decision *d)
{
    struct world out = *w;
    struct pod_budget *left = ARENA_ARRAY(a, struct pod_budget, w->pod_budget_count);

    out.pod_budget_count = 0;
    for (size_t i = 0; i < w->pod_budget_count; i++)
        if (!is_never_met(d, &w->pod_budgets[i]))
            left[out.pod_budget_count++] = w->pod_budgets[i];
    out.pod_budgets = left;
    return out;
}

/* What would be saved if they let their pods go, once all else is done: so much more is moved as
 * they keep, which is often little, and not all of it a second time.  It goes on from the end of a
 * plan's preview, and who asks for it wants to know no more than what the fleet then costs. */
static int64_t cost_of_never_met(const struct world *w, const struct preview *p)
{
    ARENA_AUTO scratch = {0};
    const struct preview *with = p;
    struct preview hurried;

    if (!p->last.never_met_count)
        return 0;
    if (!p->end.hurried) {
        preview_make(&scratch, w, true, &hurried);
        with = &hurried;
    }
    struct world without = without_never_met(&scratch, &with->end.world, &p->last);
    int64_t cost = with->after_microusd_per_hour - preview_cost(&without);
    return cost > 0 ? cost : 0;
}

struct effect effect_of(const struct world *w, const struct preview *p)
{
    ARENA_AUTO scratch = {0};
    const struct world *end = &p->end.world;
    struct pod *pods = ARENA_ARRAY(&scratch, struct pod, end->pod_count);
    struct certificate proof;

    for (size_t i = 0; i < end->pod_count; i++) {
        pods[i] = end->pods[i];
        pods[i].never_serve |= !pods[i].claim.len;
    }
    struct world served = world_with_pods(&scratch, end, pods);
    bound_prove(&scratch, &served, 0, &proof);
    return (struct effect){.world = w,
                           .preview = p,
                           .seen_ms = w->now_ms,
                           .rollout = p->end.hurried ? rollout_of(p->end.arena, w, p)
                                                     : (struct rollout){0},
                           .never_met_microusd_per_hour = cost_of_never_met(w, p),
                           .bound_microusd_per_hour = proof.microusd_per_hour};
}

size_t effect_leaving(const struct preview *p, struct leaving_count *out)
{
    size_t gone[REASON_COUNT] = {0}, launched[REASON_COUNT] = {0}, n = 0;

    for (size_t i = 0; i < p->coming_count; i++)
        (p->coming[i].kind == ACTION_LAUNCH ? launched : gone)[p->coming[i].reason]++;
    for (int r = 0; r < REASON_COUNT; r++)
        if (gone[r])
            out[n++] = (struct leaving_count){(enum reason)r, gone[r],
                                              launched[r] < gone[r] ? launched[r] : gone[r]};
    return n;
}

static int alike(const struct coming *x, const struct coming *y)
{
    int order = str_cmp(x->pool, y->pool);

    if (!order)
        order = str_cmp(x->instance_type, y->instance_type);
    if (!order)
        order = (int)x->capacity_type - (int)y->capacity_type;
    return order ? order : str_cmp(x->zone, y->zone);
}

static int by_likeness(const void *x, const void *y)
{
    return alike(((const struct launch_count *)x)->like, ((const struct launch_count *)y)->like);
}

struct launch_count *effect_launches(struct arena *a, const struct preview *p, size_t *count)
{
    struct launch_count *all = ARENA_ARRAY(a, struct launch_count, p->coming_count);
    size_t n = 0, kinds = 0;

    for (size_t i = 0; i < p->coming_count; i++)
        if (p->coming[i].kind == ACTION_LAUNCH)
            all[n++] = (struct launch_count){&p->coming[i], 1};
    if (n)
        qsort(all, n, sizeof(*all), by_likeness);
    for (size_t i = 0; i < n; i++) {
        if (kinds && !alike(all[kinds - 1].like, all[i].like))
            all[kinds - 1].count++;
        else
            all[kinds++] = all[i];
    }
    *count = kinds;
    return all;
}

static bool held_alike(const struct held *x, const struct held *y)
{
    return x->due == y->due && x->by == y->by && str_eq(x->claim->pool, y->claim->pool);
}

/* Who is held back: a plan goes as far as it comes before it asks. */
static const struct decision *asked(const struct preview *p)
{
    return p->end.hurried ? &p->last : &p->now;
}

/* There are as many kinds as pools, reasons and rules meet: few. */
struct held_count *effect_held(struct arena *a, const struct preview *p, size_t *count)
{
    const struct decision *d = asked(p);
    struct held_count *kinds = ARENA_ARRAY(a, struct held_count, d->held_count);

    *count = 0;
    for (size_t i = 0; i < d->held_count; i++) {
        size_t at = 0;
        while (at < *count && !held_alike(kinds[at].like, &d->held[i]))
            at++;
        if (at == *count)
            kinds[(*count)++].like = &d->held[i];
        kinds[at].count++;
        kinds[at].saves_microusd_per_hour += d->held[i].saves_microusd_per_hour;
    }
    return kinds;
}

struct str *effect_held_claims(struct arena *a, const struct preview *p,
                               const struct held_count *kind)
{
    const struct decision *d = asked(p);
    struct str *names = ARENA_ARRAY(a, struct str, kind->count);
    size_t n = 0;

    for (size_t i = 0; i < d->held_count; i++)
        if (held_alike(kind->like, &d->held[i]))
            names[n++] = d->held[i].claim->id;
    return names;
}
