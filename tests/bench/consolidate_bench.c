/* room: engine/cli
 * How fast, how well and at what cost in evictions a fleet becomes cheaper.
 *
 *   consolidate_bench fleet NODES   a fleet packed by first fit, of which 30 % is left
 *   consolidate_bench week PODS     seven days of so many pods at the peak, side by side with the
 *                                   rule that moves one node at a time whenever it saves anything
 *
 *   --rounds N       5 unless told; of the time of one decision the median is printed
 *   --payback SECONDS   3600 unless told
 *   --days N         of the week, 7 unless told
 *   --show           each decision on the way to rest, on standard error
 *
 * Prints a figure a line, `name value`: of one decision the time; then it and those that follow are
 * carried out until none does anything; then of one more the time, as it searches and as it knows
 * that nothing has changed.  The bound is that of optimize, with much work. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/optimize/bound.h"
#include "engine/optimize/propose.h"
#include "tests/bench/fleets.h"
#include "tests/bench/week.h"

enum {
    ROUNDS_MOST = 99,
    DECISIONS_MOST = 1000,
    STEP_MS = 60 * 1000,
    DECIDE_WORK = 1000 * 1000 /* as in the loop */
};

struct options {
    size_t count, rounds, days; /* of nodes, or pods */
    int64_t payback_ms;
    bool show;
};

static double clock_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), by_size);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static void measure(const struct options *o, const struct fleet *f)
{
    double wall[ROUNDS_MOST], cpu[ROUNDS_MOST];

    for (size_t i = 0; i < o->rounds; i++) {
        ARENA_AUTO a = {0};
        struct decision d;
        double wall_begin = clock_ms(CLOCK_MONOTONIC);
        double cpu_begin = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        fleet_decide(&a, &f->bench.world, &d);
        cpu[i] = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin;
        wall[i] = clock_ms(CLOCK_MONOTONIC) - wall_begin;
    }
    printf("consolidate_%zu_ms %.3f\n", o->count, median(wall, o->rounds));
    printf("consolidate_%zu_cpu_ms %.3f\n", o->count, median(cpu, o->rounds));
}

/* A decision in which nothing has changed since the last. */
static void measure_rest(const struct options *o, struct fleet *f)
{
    double cpu[ROUNDS_MOST];
    int64_t rest_until_ms = 0;

    for (size_t i = 0; i <= o->rounds; i++) { /* the first searches */
        ARENA_AUTO a = {0};
        struct world w = f->bench.world;
        struct decision d;
        double begin = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        w.rest_until_ms = rest_until_ms;
        fleet_decide(&a, &w, &d);
        rest_until_ms = d.rest_until_ms;
        if (i)
            cpu[i - 1] = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - begin;
        else
            printf("consolidate_%zu_search_ms %.3f\n", o->count,
                   clock_ms(CLOCK_PROCESS_CPUTIME_ID) - begin);
    }
    printf("consolidate_%zu_rest_ms %.3f\n", o->count, median(cpu, o->rounds));
}

/* Returns how many decisions it took. */
static size_t come_to_rest(const struct options *o, struct fleet *f)
{
    for (size_t i = 0; i < DECISIONS_MOST; i++) {
        ARENA_AUTO a = {0};
        struct decision d;
        double begin = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        fleet_decide(&a, &f->bench.world, &d);
        if (o->show)
            fprintf(stderr, "%zu: %zu actions in %.0f ms, %zu nodes, %.4f $/h, %zu launches\n", i,
                    d.action_count, clock_ms(CLOCK_PROCESS_CPUTIME_ID) - begin,
                    f->bench.world.claim_count, (double)fleet_cost(f) / 1e6, f->launches);
        if (!d.action_count)
            return i;
        fleet_carry_out(f, &d);
        f->bench.world.now_ms += STEP_MS;
    }
    return DECISIONS_MOST;
}

static void run_fleet(const struct options *o)
{
    ARENA_AUTO a = {0};
    struct fleet f;
    struct certificate proof;

    fleet_pack(&f, &a, o->count, 30);
    f.bench.world.effort = (int64_t)DECIDE_WORK * EFFORT_OF_WORK;
    f.bench.pool.consolidation.payback_ms = o->payback_ms;
    printf("consolidate_%zu_pods %zu\n", o->count, f.bench.world.pod_count);
    printf("consolidate_%zu_before_usd %.6f\n", o->count, (double)fleet_cost(&f) / 1e6);
    measure(o, &f);
    printf("consolidate_%zu_decisions %zu\n", o->count, come_to_rest(o, &f));
    measure_rest(o, &f);
    bound_prove(&a, &f.bench.world, BOUND_WORK_MUCH, &proof);
    printf("consolidate_%zu_after_usd %.6f\n", o->count, (double)fleet_cost(&f) / 1e6);
    printf("consolidate_%zu_bound_usd %.6f\n", o->count, (double)proof.microusd_per_hour / 1e6);
    printf("consolidate_%zu_pct %.3f\n", o->count,
           100 * ((double)fleet_cost(&f) / (double)proof.microusd_per_hour - 1));
    printf("consolidate_%zu_moves %zu\n", o->count, f.moves);
    printf("consolidate_%zu_evictions %zu\n", o->count, f.evictions);
}

static void print_week(const char *rule, const struct week_figures *f)
{
    printf("week_%s_usd %.6f\n", rule, f->usd);
    printf("week_%s_evictions %zu\n", rule, f->evictions);
    printf("week_%s_moves %zu\n", rule, f->moves);
    printf("week_%s_launches %zu\n", rule, f->launches);
    printf("week_%s_nodes_most %zu\n", rule, f->nodes_most);
    fflush(stdout);
}

static void run_week(const struct options *o)
{
    const struct week_rule ours = {.payback_ms = o->payback_ms,
                                   .effort = (int64_t)DECIDE_WORK * EFFORT_OF_WORK},
                           naive = {.payback_ms = (int64_t)365 * 24 * 3600 * 1000,
                                    .one_at_a_time = true};
    double begin_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    struct week_figures x = week_run(&ours, o->count, o->days);

    print_week("tenon", &x);
    printf("week_tenon_decision_ms %.3f\n",
           (clock_ms(CLOCK_PROCESS_CPUTIME_ID) - begin_ms) / (double)x.decisions);
    struct week_figures y = week_run(&naive, o->count, o->days);
    print_week("naive", &y);
    printf("week_evictions_pct %.2f\n", 100 * (double)x.evictions / (double)y.evictions);
    printf("week_cost_pct %.3f\n", 100 * (x.usd / y.usd - 1));
}

static bool read_option(struct options *o, const char *name, const char *value)
{
    if (!strcmp(name, "--rounds"))
        o->rounds = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--payback"))
        o->payback_ms = strtol(value, NULL, 10) * 1000;
    else if (!strcmp(name, "--days"))
        o->days = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--show"))
        o->show = strtoul(value, NULL, 10);
    else
        return false;
    return o->rounds >= 1 && o->rounds <= ROUNDS_MOST;
}

int main(int argc, char **argv)
{
    struct options o = {.rounds = 5, .days = 7, .payback_ms = PAYBACK_MS};
    bool good = argc >= 3 && argc % 2 == 1;
    bool week = good && !strcmp(argv[1], "week");

    good = week || (good && !strcmp(argv[1], "fleet"));
    if (good)
        o.count = strtoul(argv[2], NULL, 10);
    for (int i = 3; good && i < argc; i += 2)
        good = read_option(&o, argv[i], argv[i + 1]);
    if (!good || !o.count) {
        fprintf(stderr, "usage: consolidate_bench fleet NODES|week PODS [--rounds N] [--days N] "
                        "[--payback SECONDS] [--show 1]\n");
        return 64;
    }
    if (week)
        run_week(&o);
    else
        run_fleet(&o);
    return 0;
}
