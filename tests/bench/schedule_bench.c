/* room: engine/cli
 * How fast and how well waiting pods are placed; worlds.h says in which worlds.
 *
 *   schedule_bench mix PODS         Karpenter's mix on its 400 types
 *   schedule_bench preferences PODS pods with preferences that cannot all hold
 *   schedule_bench ec2 PODS         the mix on all priced types of EC2
 *   schedule_bench gap PODS         plain pods of four families, 20 seeds each, on amd64 on demand
 *   schedule_bench memory PODS      how much the process grows by the mix's world and its decision
 *   schedule_bench idle PODS        a decision in which nothing changed: pods that run on 1,000
 * nodes
 *   schedule_bench preview PODS     what a plan says of 1,000 nodes with so many pods: from the
 * text of the kept world to the words, of a change that touches no node and of one that replaces
 * them all, also where a budget keeps a tenth of them, with headroom and with a spread_limit
 *
 *   --draws FILE     take the mix's pods from such a file instead of drawing them
 *   --files FOLDER   write the world, the placement and the proof of its bound as files that
 *                    `tenon estimate` reads and tests/verify checks; of a gap the proofs alone
 *   --rounds N       5 unless told; each on a fresh state, of times the median is printed
 *
 * What is decided at once is measured first; _improved_ is what comes of it when optimize may
 * propose for BUDGET_MS.  Bounds are those of optimize, with more work
 * than estimate does for them: nobody waits here.
 *
 * Prints a figure a line, `name value`.  Times are milliseconds of the wall clock, topology and all
 * grouping inside; _cpu_ms beside them is what the process used, for machines that are busy. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/optimize/bound.h"
#include "engine/optimize/propose.h"
#include "engine/worlds/effect.h"
#include "engine/worlds/kept.h"
#include "tests/bench/files.h"
#include "tests/bench/worlds.h"

enum {
    ROUNDS_MOST = 99,
    SEEDS = 20,
    IDLE_NODES = 1000,
    BUDGET_MS = 5000,
    GAP_BUDGET_MS = 700, /* the whole is to take a second */
    BOUND_PATIENCE = 4
};

struct options {
    size_t pods, rounds;
    const char *draws, *files;
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

/* A placement's worth. */
struct quality {
    int64_t cost_microusd;
    size_t nodes, unplaced;
};

static struct quality judge(const struct decision *d)
{
    struct quality q = {.unplaced = d->waiting_count};

    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_LAUNCH) {
            q.cost_microusd += d->actions[i].options[0].offering->price_microusd_per_hour;
            q.unplaced -= d->actions[i].pod_count; /* until their node is there they wait too */
            q.nodes++;
        }
    return q;
}

/* What optimize makes of a fleet until nothing cheaper comes, or the next round, which may work
 * twice as hard as the last, would not end in time.  The first works half as hard as estimate's,
 * for that has seconds. */
static void improve(struct arena *a, const struct world *w, struct decision *d, double until_ms)
{
    double now_ms = clock_ms(CLOCK_MONOTONIC), took_ms = 0;

    for (int64_t work = PROPOSE_WORK / 2; now_ms + 2 * took_ms < until_ms; work *= 2) {
        struct proposal *p = ARENA_NEW(a, struct proposal);
        struct world asked = *w;
        struct decision other;
        fleet_propose(a, w, d, work, p);
        if (p->count == 0)
            return;
        asked.proposal = p;
        decide(a, &asked, &other);
        struct quality was = judge(d), is = judge(&other);
        if (is.unplaced > was.unplaced || is.cost_microusd >= was.cost_microusd)
            return;
        *d = other;
        took_ms = clock_ms(CLOCK_MONOTONIC) - now_ms;
        now_ms += took_ms;
    }
}

static double ratio(int64_t cost, int64_t bound)
{
    return bound ? (double)cost / (double)bound : 0;
}

static void print_quality(const char *name, const struct options *o, const struct quality *q,
                          int64_t bound)
{
    printf("%s_%zu_nodes %zu\n", name, o->pods, q->nodes);
    printf("%s_%zu_unplaced %zu\n", name, o->pods, q->unplaced);
    printf("%s_%zu_usd %.6f\n", name, o->pods, (double)q->cost_microusd / 1e6);
    printf("%s_%zu_bound_usd %.6f\n", name, o->pods, (double)bound / 1e6);
    printf("%s_%zu_ratio %.4f\n", name, o->pods, ratio(q->cost_microusd, bound));
}

/* The bound, and what the fleet becomes with time. */
static void assess(struct arena *a, const struct options *o, const char *name,
                   const struct world *w, struct decision *d)
{
    struct certificate proof;
    struct quality q = judge(d);

    bound_prove(a, w, BOUND_PATIENCE * BOUND_WORK_MUCH, &proof);
    print_quality(name, o, &q, proof.microusd_per_hour);
    if (o->files)
        bench_write_files(w, d, &proof, o->files);
    if (w->claim_count)
        return;
    double begin_ms = clock_ms(CLOCK_MONOTONIC);
    improve(a, w, d, begin_ms + BUDGET_MS);
    q = judge(d);
    printf("%s_%zu_improved_ms %.3f\n", name, o->pods, clock_ms(CLOCK_MONOTONIC) - begin_ms);
    printf("%s_%zu_improved_usd %.6f\n", name, o->pods, (double)q.cost_microusd / 1e6);
    printf("%s_%zu_improved_ratio %.4f\n", name, o->pods,
           ratio(q.cost_microusd, proof.microusd_per_hour));
}

/* Decides once a round, each time with nothing left of the last; prints the time's median, and of
 * the last round what came out. */
static void measure(const struct options *o, const char *name, const struct world *w)
{
    double wall[ROUNDS_MOST], cpu[ROUNDS_MOST];

    for (size_t i = 0; i < o->rounds; i++) {
        ARENA_AUTO a = {0};
        struct decision d;
        double wall_begin = clock_ms(CLOCK_MONOTONIC);
        double cpu_begin = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        decide(&a, w, &d);
        cpu[i] = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin;
        wall[i] = clock_ms(CLOCK_MONOTONIC) - wall_begin;
        if (i + 1 < o->rounds)
            continue;
        printf("%s_%zu_ms %.3f\n", name, o->pods, median(wall, o->rounds));
        printf("%s_%zu_cpu_ms %.3f\n", name, o->pods, median(cpu, o->rounds));
        assess(&a, o, name, w, &d);
    }
}

static void fill_with_mix(struct bench *b, const struct options *o)
{
    if (!o->draws)
        bench_draw_mix(b, o->pods);
    else if (!bench_read_mix(b, o->draws) || b->world.pod_count != o->pods) {
        fprintf(stderr, "schedule_bench: %s does not hold %zu pods of the mix\n", o->draws,
                o->pods);
        exit(1);
    }
}

static void run_mix(const struct options *o)
{
    ARENA_AUTO a = {0};
    struct bench b;

    bench_begin(&b, &a, o->pods);
    bench_sell_fakes(&b);
    fill_with_mix(&b, o);
    measure(o, "schedule_mix", &b.world);
}

static void run_preferences(const struct options *o)
{
    ARENA_AUTO a = {0};
    struct bench b;

    bench_begin(&b, &a, o->pods);
    bench_sell_fakes(&b);
    bench_draw_preferences(&b, o->pods);
    measure(o, "schedule_preferences", &b.world);
}

static void run_ec2(const struct options *o)
{
    ARENA_AUTO a = {0};
    struct bench b;

    bench_begin(&b, &a, o->pods);
    bench_sell_ec2(&b);
    fill_with_mix(&b, o);
    measure(o, "schedule_ec2", &b.world);
}

/* One fleet: how far above the bound it is, in per cent, and how long it took. */
static double gap_of(const struct options *o, enum family f, uint64_t seed, double *took_ms,
                     double *took_cpu_ms)
{
    ARENA_AUTO a = {0};
    struct bench b;
    struct decision d;
    struct certificate proof;

    bench_begin(&b, &a, o->pods);
    bench_sell_on_demand(&b);
    bench_draw_family(&b, f, seed, o->pods);
    double begin_ms = clock_ms(CLOCK_MONOTONIC);
    double cpu_begin_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    decide(&a, &b.world, &d);
    improve(&a, &b.world, &d, begin_ms + GAP_BUDGET_MS);
    *took_ms = clock_ms(CLOCK_MONOTONIC) - begin_ms;
    *took_cpu_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin_ms;
    bound_prove(&a, &b.world, BOUND_WORK_MUCH, &proof);
    if (o->files) {
        struct str name = arena_printf(&a, "%s-%02d.proof", family_text(f), (int)seed);
        bench_write_proof(&b.world, &proof, o->files, name.ptr);
    }
    return 100 * (ratio(judge(&d).cost_microusd, proof.microusd_per_hour) - 1);
}

static void run_gap(const struct options *o)
{
    double sum = 0, most = 0, slowest_ms = 0, slowest_cpu_ms = 0;

    for (enum family f = 0; f < FAMILIES; f++) {
        double sum_of_family = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            double took_ms, took_cpu_ms, gap = gap_of(o, f, seed, &took_ms, &took_cpu_ms);
            sum_of_family += gap;
            most = gap > most ? gap : most;
            slowest_ms = took_ms > slowest_ms ? took_ms : slowest_ms;
            slowest_cpu_ms = took_cpu_ms > slowest_cpu_ms ? took_cpu_ms : slowest_cpu_ms;
        }
        printf("gap_mean_%s_%zu_pct %.3f\n", family_text(f), o->pods, sum_of_family / SEEDS);
        sum += sum_of_family;
    }
    printf("gap_mean_%zu_pct %.3f\n", o->pods, sum / (FAMILIES * SEEDS));
    printf("gap_max_%zu_pct %.3f\n", o->pods, most);
    printf("gap_slowest_%zu_ms %.3f\n", o->pods, slowest_ms);
    printf("gap_slowest_%zu_cpu_ms %.3f\n", o->pods, slowest_cpu_ms);
}

/* The most that this process has ever had resident, in 10^6 bytes. */
static double peak_mb(void)
{
    char line[128];
    long long kib = 0;
    FILE *f = fopen("/proc/self/status", "re");

    while (f && fgets(line, sizeof(line), f) && sscanf(line, "VmHWM: %lld", &kib) != 1)
        continue;
    if (f)
        fclose(f);
    return (double)kib * 1024 / 1e6;
}

/* What is for sale is there whether pods wait or not, so it does not count. */
static void run_memory(const struct options *o)
{
    ARENA_AUTO a = {0}, pods = {0};
    struct bench b;
    struct decision d;

    bench_begin(&b, &a, 0);
    bench_sell_fakes(&b);
    double before = peak_mb();
    b.arena = &pods;
    bench_make_room(&b, o->pods);
    b.shared = true;
    fill_with_mix(&b, o);
    decide(&pods, &b.world, &d);
    printf("memory_%zuk_pods_mb %.1f\n", o->pods / 1000, peak_mb() - before);
    arena_free(&pods);
}

static void run_idle(const struct options *o)
{
    ARENA_AUTO a = {0};
    struct bench b;
    size_t drawn = (o->pods - IDLE_NODES) * 5 / 4; /* a fifth is left out but for one a node */

    bench_begin(&b, &a, drawn);
    b.shared = true; /* as the reader of manifests hands them on, decision after decision */
    bench_sell_fakes(&b);
    bench_draw_mix(&b, drawn);
    bench_run_on(&b, IDLE_NODES);
    measure(o, "decide_idle", &b.world);
}

static void say_effect(struct str text, bool drift)
{
    ARENA_AUTO a = {0};
    struct kept kept;
    struct preview p;
    struct buf out = buf_in(&a);

    if (kept_read(&a, text, &kept))
        abort();
    struct pool changed = kept.world.pools[0];
    changed.weight = 7;
    changed.hash = drift ? STR("changed") : changed.hash;
    kept.world.pools = &changed;
    preview_make(&a, &kept.world, true, &p);
    struct effect e = effect_of(&kept.world, &p);
    buf_add(&out, effect_line(&a, &e));
    effect_lines(&out, &e);
}

static void measure_effect(const struct options *o, const char *name, struct str text, bool drift)
{
    double times[ROUNDS_MOST];

    for (size_t i = 0; i < o->rounds; i++) {
        double begin_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        say_effect(text, drift);
        times[i] = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - begin_ms;
    }
    printf("%s_ms %.3f\n", name, median(times, o->rounds));
}

/* A pod on each tenth node is one of those that a budget never lets go. */
static void keep_a_tenth(struct bench *b)
{
    struct pod_budget *budget = ARENA_NEW(b->arena, struct pod_budget);
    struct requirement *kept = ARENA_NEW(b->arena, struct requirement);
    struct str *yes = ARENA_NEW(b->arena, struct str);

    *yes = STR("yes");
    if (requirement_new(b->arena, STR("kept"), OPERATOR_IN, yes, 1, 0, kept))
        abort();
    *budget = (struct pod_budget){.name = STR("default/kept"),
                                  .namespace = STR("default"),
                                  .selector = {true, kept, 1, 1},
                                  .max_unavailable = {.set = true}};
    for (size_t i = 0; i < IDLE_NODES; i += 10) {
        struct pod_spec *spec = ARENA_NEW(b->arena, struct pod_spec);
        *spec = *b->pods[i].spec;
        spec->labels = (struct labels){0};
        for (size_t k = 0; k < b->pods[i].spec->labels.count; k++)
            labels_set(b->arena, &spec->labels, b->pods[i].spec->labels.items[k].key,
                       b->pods[i].spec->labels.items[k].value);
        labels_set(b->arena, &spec->labels, STR("kept"), *yes);
        b->pods[i].spec = spec;
    }
    b->world.pod_budgets = budget;
    b->world.pod_budget_count = 1;
}

static void keep_room_free(struct bench *b)
{
    struct headroom *h = ARENA_NEW(b->arena, struct headroom);

    *h = (struct headroom){bench_spec_new(b, 1000, 2048), 100};
    b->pool.headroom = h;
    b->pool.headroom_count = 1;
}

static void limit_shares(struct bench *b)
{
    b->pool.spread_limit = 10;
}

/* Of the same nodes and pods, but for what `change` makes of them. */
static struct str preview_text(struct arena *a, const struct options *o,
                               void (*change)(struct bench *))
{
    struct bench b;
    size_t drawn = (o->pods - IDLE_NODES) * 5 / 4; /* as of run_idle */

    bench_begin(&b, a, drawn);
    b.shared = true; /* as of run_idle */
    bench_sell_fakes(&b);
    bench_draw_mix(&b, drawn);
    bench_run_on(&b, IDLE_NODES);
    b.pool.hash = STR("as it was");
    for (size_t i = 0; i < b.world.claim_count; i++)
        b.claims[i].hash = b.pool.hash;
    if (change)
        change(&b);
    return kept_write(a, &b.world, NULL);
}

static void run_preview(const struct options *o)
{
    static const struct {
        const char *name;
        void (*change)(struct bench *);
        bool drift;
    } kinds[] = {{"preview_1000_same", NULL, false},
                 {"preview_1000", NULL, true},
                 {"preview_1000_never_met", keep_a_tenth, true},
                 {"preview_1000_headroom", keep_room_free, true},
                 {"preview_1000_spread_limit", limit_shares, true}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        ARENA_AUTO a = {0};
        struct str text = preview_text(&a, o, kinds[i].change);
        if (!i)
            printf("preview_world_kb %.1f\n", (double)text.len / 1e3);
        measure_effect(o, kinds[i].name, text, kinds[i].drift);
    }
}

static const struct bench_case {
    const char *name;
    void (*run)(const struct options *o);
} cases[] = {{"mix", run_mix},        {"preferences", run_preferences}, {"ec2", run_ec2},
             {"gap", run_gap},        {"memory", run_memory},           {"idle", run_idle},
             {"preview", run_preview}};

static bool read_option(struct options *o, const char *name, const char *value)
{
    if (!strcmp(name, "--draws"))
        o->draws = value;
    else if (!strcmp(name, "--files"))
        o->files = value;
    else if (!strcmp(name, "--rounds"))
        o->rounds = strtoul(value, NULL, 10);
    else
        return false;
    return o->rounds >= 1 && o->rounds <= ROUNDS_MOST;
}

int main(int argc, char **argv)
{
    struct options o = {.rounds = 5};
    bool good = argc >= 3 && argc % 2 == 1;

    if (good)
        o.pods = strtoul(argv[2], NULL, 10);
    for (int i = 3; good && i < argc; i += 2)
        good = read_option(&o, argv[i], argv[i + 1]);
    for (size_t i = 0; good && o.pods && i < sizeof(cases) / sizeof(*cases); i++)
        if (!strcmp(cases[i].name, argv[1])) {
            cases[i].run(&o);
            return 0;
        }
    fprintf(stderr, "usage: schedule_bench mix|preferences|ec2|gap|memory|idle|preview PODS "
                    "[--draws FILE] [--files FOLDER] [--rounds N]\n");
    return 64;
}
