#include "tests/bench/week.h"

#include <math.h>

#include "engine/optimize/propose.h"
#include "tests/bench/fleets.h"

enum {
    SERVICES = 60,
    MINUTE_MS = 60 * 1000,
    TICK_MS = 15 * MINUTE_MS, /* so often the number of pods changes */
    TICKS_A_DAY = 24 * 60 * MINUTE_MS / TICK_MS,
    HOUR_MS = 60 * MINUTE_MS
};

struct service {
    const struct pod_spec *spec;
    double peak;  /* pods */
    double shift; /* of its day, in days */
    size_t count, serial;
};

struct week {
    struct arena arena;
    struct fleet fleet;
    struct rng rng; /* of the load alone, so that it is the same for all rules */
    struct service services[SERVICES];
    struct budget budget; /* where nodes move one at a time */
    struct pod *spare;    /* as many as bench.pods has room for */
    struct week_figures figures;
};

static double chance(struct rng *r)
{
    return (double)rng_below(r, 1 << 20) / (1 << 20);
}

/* Some services are small and a few are large. */
static void open_services(struct week *w, size_t pods)
{
    double sum = 0;

    for (size_t i = 0; i < SERVICES; i++) {
        struct service *s = &w->services[i];
        s->spec = w->fleet.bench.pods[i].spec;
        s->peak = 0.1 + pow(chance(&w->rng), 3);
        s->shift = (chance(&w->rng) - 0.5) / 6;
        sum += s->peak;
    }
    for (size_t i = 0; i < SERVICES; i++)
        w->services[i].peak *= (double)pods / sum;
}

static void week_open(struct week *w, const struct week_rule *rule, size_t pods)
{
    struct bench *b = &w->fleet.bench;

    w->rng.state = 11;
    w->fleet = (struct fleet){.arena = &w->arena, .rng = {7}, .claim_capacity = pods};
    bench_begin(b, &w->arena, 2 * pods);
    w->spare = ARENA_ARRAY(&w->arena, struct pod, 2 * pods);
    bench_sell_on_demand(b);
    bench_draw_family(b, FAMILY_WEB, 3, SERVICES);
    open_services(w, pods);
    b->world.pod_count = 0;
    b->world.claims = b->claims = ARENA_ARRAY(&w->arena, struct claim, w->fleet.claim_capacity);
    b->world.engine_binds = true;
    b->world.effort = rule->effort;
    b->world.now_ms = (int64_t)1000 * HOUR_MS;
    b->pool.consolidation = (struct consolidation){.enabled = true, .payback_ms = rule->payback_ms};
    w->budget = (struct budget){.nodes = {true, false, 1}, .reasons = 1 << REASON_UNDERUTILIZED};
    b->pool.budgets = &w->budget;
    b->pool.budget_count = rule->one_at_a_time;
}

/* How many pods a service has, when so many days of the week are over. */
static size_t wanted(struct week *w, const struct service *s, double days)
{
    const double pi = 3.14159265358979;
    double day = 0.6 - 0.4 * cos(2 * pi * (days + s->shift));
    double weekend = days >= 5 ? 0.6 : 1;
    double noise = 1 + 0.06 * (chance(&w->rng) + chance(&w->rng) - 1);

    return (size_t)(s->peak * day * weekend * noise + 0.5) + 1;
}

static struct pod pod_of(struct week *w, size_t at)
{
    struct service *s = &w->services[at];

    return (struct pod){.name =
                            arena_printf(&w->arena, "default/service-%02zu-%07zu", at, s->serial++),
                        .spec = s->spec,
                        .created_ms = w->fleet.bench.world.now_ms};
}

/* Which of a service's pods go is drawn: each of `left` with equal chances while `too_many` do. */
static size_t keep_some(struct week *w, const struct pod *pods, size_t left, size_t too_many,
                        struct pod *out)
{
    size_t kept = 0;

    for (; left; left--, pods++)
        if (rng_below(&w->rng, left) < too_many)
            too_many--;
        else
            out[kept++] = *pods;
    return kept;
}

static void change_load(struct week *w, double days)
{
    struct bench *b = &w->fleet.bench;
    struct pod *out = w->spare;
    size_t from = 0, n = 0;

    for (size_t i = 0; i < SERVICES; i++) {
        struct service *s = &w->services[i];
        size_t want = wanted(w, s, days), had = s->count;
        s->count = keep_some(w, &b->pods[from], had, had > want ? had - want : 0, &out[n]);
        from += had;
        n += s->count;
        for (; s->count < want; s->count++)
            out[n++] = pod_of(w, i);
    }
    w->spare = b->pods;
    b->world.pods = b->pods = out;
    b->world.pod_count = n;
    w->figures.pods_most = n > w->figures.pods_most ? n : w->figures.pods_most;
    fleet_tie(&w->fleet);
}

static void pass(struct week *w, int64_t ms)
{
    struct world *world = &w->fleet.bench.world;

    w->figures.usd += (double)fleet_cost(&w->fleet) / 1e6 * (double)ms / HOUR_MS;
    world->now_ms += ms;
    if (world->claim_count > w->figures.nodes_most)
        w->figures.nodes_most = world->claim_count;
}

/* Those that are on their way, and one. */
static int64_t one_more(const struct week *w)
{
    const struct world *world = &w->fleet.bench.world;
    int64_t moving = 0;

    for (size_t i = 0; i < world->claim_count; i++) {
        const struct claim *c = &world->claims[i];
        moving += c->phase == CLAIM_DRAINING || c->phase == CLAIM_TERMINATING;
        for (size_t k = 0; k < c->replace_count; k++) {
            const struct claim *old = world_claim(world, c->replaces[k]);
            moving += old && old->phase == CLAIM_READY;
        }
    }
    return moving + 1;
}

/* A decision a minute, until there is nothing to do or the load changes. */
static void follow(struct week *w, int64_t until_ms)
{
    struct world *world = &w->fleet.bench.world;
    size_t actions = 1;

    while (actions && world->now_ms < until_ms) {
        ARENA_AUTO a = {0};
        struct decision d;
        w->budget.nodes.value = one_more(w);
        fleet_decide(&a, world, &d);
        w->figures.decisions++;
        actions = d.action_count;
        fleet_carry_out(&w->fleet, &d);
        pass(w, MINUTE_MS);
    }
    pass(w, until_ms - world->now_ms);
}

struct week_figures week_run(const struct week_rule *rule, size_t pods, size_t days)
{
    struct week *w = &(struct week){0};

    week_open(w, rule, pods);
    int64_t begin_ms = w->fleet.bench.world.now_ms;
    for (size_t i = 0; i < days * TICKS_A_DAY; i++) {
        change_load(w, (double)i / TICKS_A_DAY);
        follow(w, begin_ms + (int64_t)(i + 1) * TICK_MS);
    }
    w->figures.evictions = w->fleet.evictions;
    w->figures.moves = w->fleet.moves;
    w->figures.launches = w->fleet.launches;
    arena_free(&w->arena);
    return w->figures;
}
