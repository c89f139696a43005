#include "engine/core/packing.h"

#include "tests/unit/engine-core/worlds.h"

enum { WORLDS = 1000, PODS_MOST = 6, TYPES_MOST = 6 };

/* A world of at most six pods and six types: sizes and prices at random, some pods choosy. */
static void random_town(struct town *t, struct arena *a, uint64_t seed)
{
    struct rng r = {seed};
    size_t types = 1 + rng_below(&r, TYPES_MOST), pods = 1 + rng_below(&r, PODS_MOST);

    town_init(t, a);
    for (size_t i = 0; i < types; i++) {
        int64_t cpu = 1000 * (1 + (int64_t)rng_below(&r, 16));
        int64_t memory = 1024 * (1 + (int64_t)rng_below(&r, 32));
        int64_t price = cpu * 30 + memory * 4 + (int64_t)rng_below(&r, 40000);
        int64_t spot = rng_below(&r, 2) ? price * (3 + (int64_t)rng_below(&r, 9)) / 10 : 0;
        town_type(t, arena_printf(a, "t%zu", i).ptr, cpu, memory, price, spot,
                  1 + rng_below(&r, 2));
    }
    town_pool(t, "default");
    for (size_t i = 0; i < pods; i++) {
        struct pod *p =
            town_pod(t, arena_printf(a, "p%zu", i).ptr, 100 * (1 + (int64_t)rng_below(&r, 60)),
                     128 * (1 + (int64_t)rng_below(&r, 100)));
        if (rng_below(&r, 4) == 0)
            pod_selects(t, p, "topology.kubernetes.io/zone", rng_below(&r, 2) ? "a" : "b");
        if (rng_below(&r, 6) == 0)
            pod_selects(t, p, "karpenter.sh/capacity-type", "on-demand");
        if (i && rng_below(&r, 3) == 0)
            p->spec = t->pods[i - 1].spec;
    }
    if (rng_below(&r, 4) == 0) {
        struct requirements *term = ARENA_NEW(a, struct requirements);
        town_daemon(t, term, 100, 128);
    }
}

static bool offer_hosts(const struct town *t, const struct instance_type *type,
                        const struct offering *o, const struct resources *sum, unsigned pods)
{
    struct resources room = type->allocatable;

    for (size_t i = 0; i < t->world.daemon_count; i++)
        resources_subtract(&room, &t->daemons[i].spec->requests);
    if (!fits(sum, &room, RESOURCES_MAX))
        return false;
    for (size_t i = 0; i < t->world.pod_count; i++)
        for (size_t k = 0; (pods >> i & 1) && k < t->pods[i].spec->terms[0].count; k++) {
            const struct requirement *r = &t->pods[i].spec->terms[0].items[k];
            struct str value =
                str_eq(r->key, LABEL_ZONE) ? o->zone : capacity_type_text(o->capacity_type);
            if (!requirement_has(r, value))
                return false;
        }
    return true;
}

static int64_t node_cost(const struct town *t, unsigned pods)
{
    struct resources sum = {0};
    int64_t best = INT64_MAX;

    for (size_t i = 0; i < t->world.pod_count; i++)
        if (pods >> i & 1)
            resources_add(&sum, &t->pods[i].spec->requests);
    for (size_t i = 0; i < t->catalog.count; i++)
        for (size_t k = 0; k < t->types[i].offering_count; k++) {
            const struct offering *o = &t->types[i].offerings[k];
            if (o->price_microusd_per_hour < best && offer_hosts(t, &t->types[i], o, &sum, pods))
                best = o->price_microusd_per_hour;
        }
    return best;
}

/* The cheapest fleet of every subset: the node of its lowest pod, and the rest. */
static int64_t optimum(const struct town *t, unsigned all)
{
    int64_t cost[1 << PODS_MOST] = {0};

    for (unsigned set = 1; set <= all; set++) {
        cost[set] = INT64_MAX;
        for (unsigned node = set; node; node = (node - 1) & set) {
            int64_t price = node_cost(t, node);
            if (price != INT64_MAX && cost[set & ~node] != INT64_MAX &&
                price + cost[set & ~node] < cost[set])
                cost[set] = price + cost[set & ~node];
        }
    }
    return cost[all];
}

static unsigned placeable(const struct town *t)
{
    unsigned set = 0;

    for (unsigned i = 0; i < t->world.pod_count; i++)
        if (node_cost(t, 1u << i) != INT64_MAX)
            set |= 1u << i;
    return set;
}

struct packed {
    struct market market;
    struct packing solved, first_fit;
    uint32_t *unplaced;
    size_t left;
};

static void pack_town(struct town *t, struct packed *out)
{
    struct arena *a = t->arena;
    struct allowance left = allowance_left(&t->world, &t->pools[0]);

    market_open(a, &t->world, &out->market);
    uint32_t *more = ARENA_ARRAY(a, uint32_t, out->market.shape_count);
    out->unplaced = ARENA_ARRAY(a, uint32_t, out->market.shape_count);
    packing_solve(&out->market, out->market.shape_of_pod, t->world.pod_count, &left, &out->solved,
                  out->unplaced);
    packing_first_fit(&out->market, out->market.shape_of_pod, t->world.pod_count, &out->first_fit,
                      more);
    out->left = 0;
    for (size_t i = 0; i < out->market.shape_count; i++)
        out->left += out->unplaced[i];
}

static void small_worlds_are_packed_at_the_exhaustive_optimum(void **state)
{
    (void)state;
    int64_t above = 0, compared = 0;

    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct packed p = {0};

        random_town(&t, &a, seed);
        pack_town(&t, &p);
        unsigned set = placeable(&t);
        if (p.left != t.world.pod_count - (size_t)__builtin_popcount(set))
            fail_msg("seed %llu: %zu pods unplaced", (unsigned long long)seed, p.left);
        if (!set)
            continue;
        /* Over the placeable pods only. */
        int64_t best = optimum(&t, set);
        if (p.solved.cost < best || p.solved.cost > p.first_fit.cost)
            fail_msg("seed %llu: cost %lld, optimum %lld, first fit %lld", (unsigned long long)seed,
                     (long long)p.solved.cost, (long long)best, (long long)p.first_fit.cost);
        above += p.solved.cost > best;
        compared++;
    }
    print_message("%lld worlds, %lld above the optimum\n", (long long)compared, (long long)above);
    assert_true(compared > WORLDS * 8 / 10);
    assert_int_equal(above, 0);
}

static void every_node_holds_what_it_is_given(void **state)
{
    (void)state;

    for (uint64_t seed = 5000; seed < 5040; seed++) {
        ARENA_AUTO a = {0};
        struct rng r = {seed};
        struct town t;
        struct packed p = {0};
        size_t placed = 0;

        random_town(&t, &a, seed);
        for (size_t i = t.world.pod_count; i < 120; i++) {
            struct pod *pod = town_pod(&t, arena_printf(&a, "q%zu", i).ptr,
                                       100 * (1 + (int64_t)rng_below(&r, 20)),
                                       128 * (1 + (int64_t)rng_below(&r, 30)));
            if (rng_below(&r, 5) == 0)
                pod_selects(&t, pod, "topology.kubernetes.io/zone", "a");
        }
        pack_town(&t, &p);
        for (size_t i = 0; i < p.solved.count; i++) {
            const struct bin *b = &p.solved.bins[i];
            struct resources sum = {0};
            for (size_t k = 0; k < b->part_count; k++)
                for (uint32_t n = 0; n < b->parts[k].count; n++, placed++)
                    resources_add(&sum, &p.market.shapes[b->parts[k].shape].requests);
            assert_true(fits(&sum, &p.market.shops[0].space[b->type], RESOURCES_MAX));
        }
        assert_int_equal(placed + p.left, t.world.pod_count);
        assert_true(p.solved.cost <= p.first_fit.cost);
    }
}

static void pods_alike_share_a_shape(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct market m;

    town_init(&t, &a);
    town_type(&t, "m", 4000, 8192, 100, 0, 2);
    town_pool(&t, "default");
    for (int i = 0; i < 6; i++) {
        struct pod *p = town_pod(&t, arena_printf(&a, "p%d", i).ptr, i < 4 ? 100 : 200, 100);
        if (i % 2)
            pod_selects(&t, p, "topology.kubernetes.io/zone", "a");
    }
    market_open(&a, &t.world, &m);
    assert_int_equal(m.shape_count, 4);
    assert_int_equal(m.cohort_count, 2);
    assert_int_equal(m.shape_of_pod[0], m.shape_of_pod[2]);
    assert_int_equal(m.shape_of_pod[1], m.shape_of_pod[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_worlds_are_packed_at_the_exhaustive_optimum),
        cmocka_unit_test(every_node_holds_what_it_is_given),
        cmocka_unit_test(pods_alike_share_a_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
