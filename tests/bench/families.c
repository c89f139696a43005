#include <math.h>

#include "engine/base/rng.h"
#include "tests/bench/worlds.h"

struct size {
    int64_t cpu, memory_mib;
};

const char *family_text(enum family f)
{
    static const char *const text[FAMILIES] = {"web", "bimodal", "batch", "random"};
    return text[f];
}

static struct size draw_web(struct rng *r)
{
    static const struct size sizes[] = {{100, 128},   {100, 256},   {200, 256},   {250, 512},
                                        {250, 1024},  {500, 512},   {500, 1024},  {500, 2048},
                                        {1000, 2048}, {1000, 4096}, {2000, 4096}, {4000, 8192}};
    size_t a = rng_below(r, 12), b = rng_below(r, 12);
    return sizes[a < b ? a : b]; /* the smaller of two draws */
}

static struct size draw_bimodal(struct rng *r)
{
    static const int64_t cpu[] = {250, 500, 1000, 2000, 4000};
    int64_t c = cpu[rng_below(r, 5)], gib_a_core = rng_below(r, 2) ? 8 : 2;
    return (struct size){c, c * gib_a_core * 1024 / 1000};
}

static struct size draw_batch(struct rng *r)
{
    static const int64_t cpu[] = {1750, 2500, 3250, 3900, 5500, 7250, 9500, 11750, 15500};
    static const int64_t mib_a_core[] = {1536, 2560, 3840};
    int64_t c = cpu[rng_below(r, 9)];
    return (struct size){c, c * mib_a_core[rng_below(r, 3)] / 1000};
}

/* Near enough to the normal distribution: the sum of twelve uniform draws less its mean. */
static double draw_normal(struct rng *r)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += (double)rng_below(r, 1 << 20) / (1 << 20);
    return sum;
}

static void draw_shapes(struct rng *r, struct size *shapes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        shapes[i] = (struct size){50 + (int64_t)(500 * exp(draw_normal(r))),
                                  64 + (int64_t)(1024 * exp(1.2 * draw_normal(r)))};
}

void bench_draw_family(struct bench *b, enum family f, uint64_t seed, size_t pods)
{
    enum { SHAPES = 24 };
    struct rng r = {seed * FAMILIES + f};
    struct size shapes[SHAPES];

    draw_shapes(&r, shapes, SHAPES);
    for (size_t i = 0; i < pods; i++) {
        struct size s = f == FAMILY_WEB       ? draw_web(&r)
                        : f == FAMILY_BIMODAL ? draw_bimodal(&r)
                        : f == FAMILY_BATCH   ? draw_batch(&r)
                                              : shapes[rng_below(&r, SHAPES)];
        b->before = arena_mark(b->arena);
        bench_add_pod(b, bench_spec_new(b, s.cpu, s.memory_mib));
    }
}
