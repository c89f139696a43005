/* room: engine/core
 * How fast and how well pending pods are packed: n pods over about 700 types in six zones, spot and
 * on-demand.
 *
 *   pack_bench [PODS.csv]   without a file: sizes drawn as below, n = 100 to 20,000, first of 30
 *                           shapes, then all different; the file has columns cpu_m and memory_mib
 *                           as its fifth and sixth
 *
 * Prints one line a run: pods, seconds, pods per second, nodes, $/h, first-fit-decreasing $/h, the
 * lower bound and cost over bound. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/rng.h"
#include "engine/base/time.h"
#include "engine/core/allocatable.h"
#include "engine/core/packing.h"

enum { FAMILIES = 72, SIZES = 10, ZONES = 6, PODS_MOST = 20000 };

struct bench {
    struct arena arena;
    struct resource_table table;
    struct catalog catalog;
    struct pool pool;
    struct world world;
    struct pod *pods;
};

/* Families of 2, 4 or 8 GiB a core that differ a little in price, as generations and makers do. */
static void make_catalog(struct bench *b)
{
    static const char *const size_names[SIZES] = {"large",    "xlarge",   "2xlarge",  "4xlarge",
                                                  "8xlarge",  "12xlarge", "16xlarge", "24xlarge",
                                                  "32xlarge", "48xlarge"};
    static const int64_t cores[SIZES] = {2, 4, 8, 16, 32, 48, 64, 96, 128, 192};
    static const int64_t enis[SIZES] = {3, 4, 4, 8, 8, 8, 15, 15, 15, 15};
    static const int64_t ips[SIZES] = {10, 15, 15, 30, 30, 30, 50, 50, 50, 50};
    struct instance_type *types = ARENA_ARRAY(&b->arena, struct instance_type, FAMILIES * SIZES);
    struct rng r = {7};
    struct node_settings settings = {.node_class = STR("default")};

    for (size_t f = 0; f < FAMILIES; f++) {
        int64_t gib = 2 << f % 3, factor = 900 + (int64_t)rng_below(&r, 300);
        for (size_t s = 0; s < SIZES; s++) {
            struct instance_type *t = &types[b->catalog.count++];
            struct offering *o = ARENA_ARRAY(&b->arena, struct offering, 2 * ZONES);
            int64_t price = cores[s] * (30500 + gib * 4400) * factor / 1000;
            struct instance_facts facts = {
                .name = arena_printf(&b->arena, "%c%zu.%s", "cmr"[f % 3], f / 3 + 3, size_names[s]),
                .arch = STR("amd64"),
                .vcpu_count = cores[s],
                .memory_mib = cores[s] * gib * 1024,
                .eni_count = enis[s],
                .ipv4_per_eni = ips[s]};
            t->name = facts.name;
            allocatable_of_type(&facts, &settings, &b->table, &t->capacity, &t->allocatable);
            t->labels = labels_of_type(&b->arena, &facts, &settings);
            for (size_t z = 0; z < ZONES; z++) {
                struct str zone = arena_printf(&b->arena, "us-east-1%c", (int)('a' + z));
                int64_t spot = price * (25 + (int64_t)rng_below(&r, 45)) / 100;
                o[2 * z] = (struct offering){zone, CAPACITY_ON_DEMAND, price, 0};
                o[2 * z + 1] = (struct offering){zone, CAPACITY_SPOT, spot, 0};
            }
            t->offerings = o;
            t->offering_count = 2 * ZONES;
        }
    }
    b->catalog.types = types;
}

static void make_pool(struct bench *b, const char *capacity_type)
{
    struct requirement r;
    struct str value = str_of(capacity_type);

    b->pool = (struct pool){.name = STR("default"),
                            .limits = {.nodes = INT64_MAX, .microusd_per_hour = INT64_MAX},
                            .replicas = -1,
                            .catalog = &b->catalog};
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        b->pool.limits.amount.amount[i] = INT64_MAX;
    if (capacity_type &&
        !requirement_new(&b->arena, LABEL_CAPACITY_TYPE, OPERATOR_IN, &value, 1, 0, &r))
        requirements_add(&b->arena, &b->pool.requirements, &r);
}

static void add_pod(struct bench *b, struct str name, int64_t cpu_milli, int64_t memory_mib)
{
    static struct requirements none;
    struct pod *p = &b->pods[b->world.pod_count++];

    struct pod_spec *spec = ARENA_NEW(&b->arena, struct pod_spec);

    *spec = (struct pod_spec){.requests = {{cpu_milli, memory_mib << 20, 1}},
                              .terms = &none,
                              .term_count = 1,
                              .own_terms = &none,
                              .own_term_count = 1};
    *p = (struct pod){.name = name, .spec = spec};
}

/* As Karpenter's benchmark draws them; or every pod a size of its own. */
static void draw_pods(struct bench *b, size_t count, bool all_different)
{
    static const int64_t cpu[] = {100, 250, 500, 1000, 1500};
    static const int64_t memory[] = {100, 256, 512, 1024, 2048, 4096};
    struct rng r = {42};

    b->world.pod_count = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t c = cpu[rng_below(&r, 5)], m = memory[rng_below(&r, 6)];
        if (all_different) {
            c = 50 + (int64_t)rng_below(&r, 3000);
            m = 64 + (int64_t)rng_below(&r, 8000);
        }
        add_pod(b, arena_printf(&b->arena, "pod-%05zu", i), c, m);
    }
}

static bool read_pods(struct bench *b, const char *path)
{
    char line[256];
    long long index, cpu, memory;
    FILE *f = fopen(path, "re");

    if (!f)
        return false;
    while (fgets(line, sizeof(line), f) && b->world.pod_count < PODS_MOST)
        if (sscanf(line, "%lld,%*[^,],%*[^,],%*[^,],%lld,%lld", &index, &cpu, &memory) == 3 ||
            sscanf(line, "%lld,%*[^,],%*[^,],,%lld,%lld", &index, &cpu, &memory) == 3)
            add_pod(b, arena_printf(&b->arena, "pod-%05lld", index), cpu, memory);
    fclose(f);
    return b->world.pod_count > 0;
}

static void run(struct bench *b, const char *label)
{
    ARENA_AUTO a = {0};
    struct decision d;
    struct market m;
    struct packing first_fit;
    int64_t cost = 0;

    int64_t begin_ms = time_monotonic_ms();
    decide(&a, &b->world, &d);
    int64_t took_ms = time_monotonic_ms() - begin_ms + 1;
    for (size_t i = 0; i < d.action_count; i++)
        cost += d.actions[i].options[0].offering->price_microusd_per_hour;
    int64_t bound = bound_microusd_per_hour(&a, &b->world);
    market_open(&a, &b->world, &m);
    packing_first_fit(&m, m.shape_of_pod, b->world.pod_count, &first_fit,
                      ARENA_ARRAY(&a, uint32_t, m.shape_count));
    printf("%-24s %6zu pods %7.3f s %8lld pods/s %5zu nodes  %10.4f $/h  ffd %10.4f  bound "
           "%10.4f  ratio %.4f\n",
           label, b->world.pod_count, (double)took_ms / 1e3,
           (long long)((int64_t)b->world.pod_count * 1000 / took_ms), d.action_count,
           (double)cost / 1e6, (double)first_fit.cost / 1e6, (double)bound / 1e6,
           (double)cost / (double)bound);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {100, 500, 1000, 5000, 20000};
    struct bench b = {.table = resource_table_new()};

    b.pods = ARENA_ARRAY(&b.arena, struct pod, PODS_MOST);
    make_catalog(&b);
    b.world = (struct world){
        .resources = &b.table, .pools = &b.pool, .pool_count = 1, .pods = b.pods, .now_ms = 1};
    if (argc > 1) {
        make_pool(&b, "on-demand");
        if (!read_pods(&b, argv[1])) {
            fprintf(stderr, "pack_bench: no pods in %s\n", argv[1]);
            return 1;
        }
        run(&b, "file, on-demand");
    }
    for (int different = 0; argc == 1 && different < 2; different++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
            make_pool(&b, NULL);
            draw_pods(&b, sizes[i], different);
            run(&b, different ? "all different, any" : "30 shapes, any");
            make_pool(&b, "on-demand");
            run(&b, different ? "all different, on-demand" : "30 shapes, on-demand");
        }
    arena_free(&b.arena);
    return 0;
}
