#include "engine/base/rng.h"
#include "engine/objects/catalog_builtin.h"
#include "tests/bench/worlds.h"

#define MIB ((int64_t)1 << 20)
#define GIB ((int64_t)1 << 30)

void bench_sell_fakes(struct bench *b)
{
    enum { TYPES = 400 };
    static const struct {
        const char *zone;
        enum capacity_type capacity_type;
    } places[] = {{"test-zone-1", CAPACITY_SPOT},
                  {"test-zone-2", CAPACITY_SPOT},
                  {"test-zone-1", CAPACITY_ON_DEMAND},
                  {"test-zone-2", CAPACITY_ON_DEMAND},
                  {"test-zone-3", CAPACITY_ON_DEMAND}};
    struct arena *a = b->arena;
    struct instance_type *types = ARENA_ARRAY(a, struct instance_type, TYPES);

    for (int64_t i = 0; i < TYPES; i++) {
        struct instance_type *t = &types[i];
        struct offering *offerings = ARENA_ARRAY(a, struct offering, 5);
        bool large = i + 1 > 4 && 2 * (i + 1) > 8;
        for (size_t k = 0; k < 5; k++)
            offerings[k] =
                (struct offering){.zone = str_of(places[k].zone),
                                  .capacity_type = places[k].capacity_type,
                                  /* 0.1 $ a core and 0.1 $ a GB (10^9 bytes) of memory */
                                  .price_microusd_per_hour = (i + 1) * (100000 + 2 * GIB / 10000)};
        *t = (struct instance_type){.name = arena_printf(a, "fake-it-%03lld", (long long)i),
                                    .capacity = {{(i + 1) * 1000, 2 * (i + 1) * GIB, 10 * (i + 1)}},
                                    .offerings = offerings,
                                    .offering_count = 5};
        t->allocatable = t->capacity;
        t->allocatable.amount[RESOURCE_CPU] -= 100;
        t->allocatable.amount[RESOURCE_MEMORY] -= 10 * MIB;
        labels_set(a, &t->labels, LABEL_INSTANCE_TYPE, t->name);
        labels_set(a, &t->labels, LABEL_ARCH, STR("amd64"));
        labels_set(a, &t->labels, LABEL_OS, STR("linux"));
        labels_set(a, &t->labels, STR("integer"), arena_printf(a, "%lld", (long long)i + 1));
        labels_set(a, &t->labels, STR("size"), large ? STR("large") : STR("small"));
        if (large)
            labels_set(a, &t->labels, STR("special"), STR("optional"));
    }
    b->catalog.types = types;
    b->catalog.count = TYPES;
}

static struct catalog builtin_types_of_us_east_1(struct bench *b)
{
    struct node_class c = {.name = STR("default"), .family = FAMILY_AL2023};
    struct builtin_catalog all;

    catalog_builtin(b->arena, &c, STR("us-east-1"), 0, &b->table, &all);
    return all.catalog;
}

void bench_sell_ec2(struct bench *b)
{
    enum { ZONES = 3 };
    struct catalog all = builtin_types_of_us_east_1(b);
    struct instance_type *types = ARENA_ARRAY(b->arena, struct instance_type, all.count);
    struct rng r = {7};

    memcpy(types, all.types, all.count * sizeof(*types));
    for (size_t i = 0; i < all.count; i++) {
        struct offering *offerings = ARENA_ARRAY(b->arena, struct offering, 2 * ZONES);
        int64_t price = types[i].offerings[0].price_microusd_per_hour;
        for (size_t z = 0; z < ZONES; z++) {
            struct str zone = arena_printf(b->arena, "us-east-1%c", (int)('a' + z));
            int64_t spot = price * (25 + (int64_t)rng_below(&r, 45)) / 100;
            offerings[2 * z] = (struct offering){zone, CAPACITY_ON_DEMAND, price, 0};
            offerings[2 * z + 1] = (struct offering){zone, CAPACITY_SPOT, spot, 0};
        }
        types[i].offerings = offerings;
        types[i].offering_count = 2 * ZONES;
    }
    b->catalog.types = types;
    b->catalog.count = all.count;
}

void bench_sell_on_demand(struct bench *b)
{
    struct catalog all = builtin_types_of_us_east_1(b);
    struct instance_type *types = ARENA_ARRAY(b->arena, struct instance_type, all.count);

    b->catalog.count = 0;
    for (size_t i = 0; i < all.count; i++)
        if (str_eq(labels_get(&all.types[i].labels, LABEL_ARCH), STR("amd64")))
            types[b->catalog.count++] = all.types[i];
    b->catalog.types = types;
}
