#include "engine/worlds/preview.h"

#include "engine/optimize/propose.h"

static void note_launch(struct arena *a, struct preview *p, const struct action *x, int64_t now_ms)
{
    const struct launch_option *o = &x->options[0];
    struct coming c = {.at_ms = now_ms,
                       .kind = ACTION_LAUNCH,
                       .reason = x->reason,
                       .pool = x->pool->name,
                       .instance_type = o->type->name,
                       .zone = o->offering->zone,
                       .capacity_type = o->offering->capacity_type,
                       .microusd_per_hour = o->offering->price_microusd_per_hour,
                       .premium = launch_premium(x),
                       .pod_count = x->pod_count};

    ARENA_PUSH(a, p->coming, p->coming_count, p->coming_capacity, c);
}

static void note_leave(struct arena *a, struct preview *p, const struct action *x, int64_t now_ms)
{
    const struct claim *l = x->claim;
    struct coming c = {.at_ms = now_ms,
                       .kind = ACTION_CORDON,
                       .reason = x->reason,
                       .claim = l->id,
                       .pool = l->pool,
                       .instance_type = l->instance_type,
                       .zone = l->zone,
                       .capacity_type = l->capacity_type,
                       .microusd_per_hour = l->price_microusd_per_hour};

    for (size_t i = 0; i < l->pod_count; i++)
        c.pod_count += !l->pods[i]->never_serve;
    ARENA_PUSH(a, p->coming, p->coming_count, p->coming_capacity, c);
}

static void note(struct arena *a, struct preview *p, const struct decision *d, int64_t now_ms)
{
    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *x = &d->actions[i];
        if (x->kind == ACTION_LAUNCH && x->option_count)
            note_launch(a, p, x, now_ms);
        else if (x->kind == ACTION_CORDON)
            note_leave(a, p, x, now_ms);
    }
}

/* ---- until nothing happens ---- */

/* Who waits, who is held and what stands in the way, without the actions. */
static struct decision copy_of_reasons(struct arena *a, const struct decision *d, size_t pools)
{
    struct decision out = {.wake_at_ms = d->wake_at_ms,
                           .waiting_count = d->waiting_count,
                           .held_count = d->held_count,
                           .never_met_count = d->never_met_count};

    out.waiting = ARENA_ARRAY(a, struct waiting, d->waiting_count);
    out.pools = ARENA_ARRAY(a, struct pool_verdict, pools);
    for (size_t i = 0; i < d->waiting_count; i++) {
        out.waiting[i] = d->waiting[i];
        out.waiting[i].message = arena_str(a, d->waiting[i].message);
    }
    out.held = ARENA_ARRAY(a, struct held, d->held_count);
    for (size_t i = 0; i < d->held_count; i++) {
        out.held[i] = d->held[i];
        out.held[i].message = arena_str(a, d->held[i].message);
    }
    out.never_met = ARENA_ARRAY(a, struct never_met, d->never_met_count);
    for (size_t i = 0; i < d->never_met_count; i++)
        out.never_met[i] = d->never_met[i];
    for (size_t i = 0; i < pools; i++) {
        out.pools[i] = d->pools[i];
        out.pools[i].message = arena_str(a, d->pools[i].message);
    }
    return out;
}

/* One decision and what it does; false: nothing more happens. */
static bool step(struct arena *a, struct preview *p, int64_t *acted_ms, bool enough)
{
    ARENA_AUTO scratch = {0};
    struct future *f = &p->end;
    struct decision d;

    fleet_decide(&scratch, &f->world, &d);
    if (d.action_count)
        *acted_ms = f->world.now_ms;
    int64_t until_ms = f->hurried ? f->world.now_ms : time_add_ms(*acted_ms, PREVIEW_REST_MS);
    bool ends = enough;
    if (d.action_count && !enough) {
        note(a, p, &d, f->world.now_ms);
        future_carry_out(f, &f->world, &d);
    } else if (!enough) {
        p->at_rest = ends = !future_pass(f, d.wake_at_ms, until_ms);
    }
    if (ends)
        p->last = copy_of_reasons(a, &d, f->world.pool_count);
    return !ends;
}

/* After so many decisions, the last of which left the world like this. */
static bool is_enough(const struct world *w, int64_t decisions, int64_t *work)
{
    *work -= (int64_t)(w->pod_count + w->claim_count) + 1;
    return *work < 0 && decisions >= PREVIEW_STEPS_LEAST;
}

static void follow(struct arena *a, struct preview *p, int64_t work)
{
    int64_t acted_ms = p->end.world.now_ms;
    bool enough = false;

    for (int64_t n = 1; step(a, p, &acted_ms, enough); n++)
        enough = is_enough(&p->end.world, n, &work);
}

/* Budgets make things late, not other than they are (rollout.h says how late); the same goes for
 * TTLs of empty nodes, for the quiet while before a node is looked at to save its cost, and for
 * facts that are to be heard of again. */
static struct world unhurried_by_nothing(struct arena *a, const struct world *w)
{
    struct world out = *w;
    struct pool *pools = ARENA_ARRAY(a, struct pool, w->pool_count);

    for (size_t i = 0; i < w->pool_count; i++) {
        pools[i] = w->pools[i];
        pools[i].budget_count = 0;
        if (pools[i].empty_after_ms != NEVER_MS)
            pools[i].empty_after_ms = 0;
        pools[i].consolidation.after_ms = 0;
    }
    out.pools = pools;
    out.facts = (struct facts){0};
    out.max_staleness_ms = 0;
    out.max_disrupted = out.max_unready = (struct share){0};
    return out;
}

/* ---- what it comes to ---- */

static int64_t cost_of(const struct world *w)
{
    int64_t sum = 0;

    for (size_t i = 0; i < w->claim_count; i++)
        if (!w->claims[i].foreign)
            sum += w->claims[i].price_microusd_per_hour;
    return sum;
}

static size_t own_nodes(const struct world *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->claim_count; i++)
        n += !w->claims[i].foreign;
    return n;
}

static void sum_up(struct preview *p, const struct world *w)
{
    const struct world *end = &p->end.world;
    size_t left = own_nodes(end);

    for (size_t i = 0; i < end->claim_count; i++)
        p->launched += future_is_new(&end->claims[i]);
    p->kept = left - p->launched;
    p->gone = own_nodes(w) - p->kept;
    p->before_microusd_per_hour = cost_of(w);
    p->after_microusd_per_hour = cost_of(end);
    for (size_t i = 0; i < w->pod_count; i++) {
        struct str was = w->pods[i].claim, is = end->pods[i].claim;
        p->placed += !was.len && is.len;
        p->moved += was.len && !str_eq(was, is);
    }
}

void preview_make(struct arena *a, const struct world *w, bool hurried, struct preview *out)
{
    struct world begin = hurried ? unhurried_by_nothing(a, w) : *w, asked = *w;

    *out = (struct preview){0};
    asked.names_held = true;
    if (!hurried)
        fleet_decide(a, &asked, &out->now);
    future_begin(a, &begin, hurried, &out->end);
    follow(a, out, hurried ? PREVIEW_WORK_OF_PLAN : PREVIEW_WORK);
    sum_up(out, w);
}

/* It takes the decisions of `follow` but for the last one, which only says who waits and why. */
int64_t preview_cost(const struct world *w)
{
    ARENA_AUTO a = {0};
    struct world begin = unhurried_by_nothing(&a, w);
    int64_t work = PREVIEW_WORK_OF_PLAN;
    bool more = true;
    struct future f;

    future_begin(&a, &begin, true, &f);
    for (int64_t n = 1; more; n++) {
        ARENA_AUTO scratch = {0};
        struct decision d;
        fleet_decide(&scratch, &f.world, &d);
        if (d.action_count)
            future_carry_out(&f, &f.world, &d);
        else
            more = future_pass(&f, d.wake_at_ms, f.world.now_ms);
        more = more && !is_enough(&f.world, n, &work);
    }
    return cost_of(&f.world);
}

bool preview_acts(const struct preview *p)
{
    return p->now.action_count > 0;
}
