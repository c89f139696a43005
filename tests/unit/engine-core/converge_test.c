/* The decision, driven over a tiny world that does what it says: what must hold at every instant
 * and in the end, on random worlds. */
#include "tests/unit/engine-core/drive.h"
#include "tests/unit/more.h"

static void a_fleet_comes_to_rest_with_every_pod_placed_or_explained(void **state)
{
    (void)state;

    for (uint64_t seed = 1; seed <= worlds_asked(40); seed++) {
        struct drive d = {0};
        drive_random_fleet(&d, seed);
        for (size_t i = 0; i < d.town.world.pool_count; i++)
            d.town.pools[i].expire_after_ms = NEVER_MS;
        struct decision out = drive_run(&d, NEVER_MS, seed);
        drive_places_all(&d, &out, seed);
        for (size_t i = 0; i < d.town.world.pool_count; i++)
            if (!out.pools[i].settled)
                fail_msg("seed %llu: pool %zu is not settled", (unsigned long long)seed, i);
        size_t nodes = d.town.world.claim_count;
        /* With hints no plan is made twice; without, little more than was needed is launched. */
        if (d.hints ? d.launches != nodes : d.launches > nodes + nodes / 2 + 1)
            fail_msg("seed %llu: %zu launches for %zu nodes", (unsigned long long)seed, d.launches,
                     nodes);
        arena_free(&d.arena);
    }
}

static void empty_nodes_go_at_their_ttl_and_all_go_with_the_pods(void **state)
{
    (void)state;

    for (uint64_t seed = 200; seed < 200 + worlds_asked(30); seed++) {
        struct drive d = {0};
        drive_random_fleet(&d, seed);
        for (size_t i = 0; i < d.town.world.pool_count; i++) {
            d.town.pools[i].replicas = -1;
            d.town.pools[i].empty_after_ms = 30000;
        }
        drive_run(&d, d.town.world.now_ms + 300000, seed);
        d.town.world.pod_count = 0;
        int64_t scaled_in_ms = d.town.world.now_ms;
        drive_run(&d, scaled_in_ms + 29999, seed);
        size_t before = d.town.world.claim_count;
        drive_run(&d, scaled_in_ms + 30000, seed);
        if (d.town.world.claim_count)
            fail_msg("seed %llu: %zu nodes of %zu are left past the ttl", (unsigned long long)seed,
                     d.town.world.claim_count, before);
        arena_free(&d.arena);
    }
}

static void expired_nodes_are_replaced_and_nothing_is_lost(void **state)
{
    (void)state;

    for (uint64_t seed = 400; seed < 400 + worlds_asked(30); seed++) {
        struct drive d = {0};
        drive_random_fleet(&d, seed);
        d.town.pools[0].expire_after_ms = 600000;
        drive_run(&d, d.town.world.now_ms + 400000, seed);
        size_t bound = 0, still = 0;
        for (size_t i = 0; i < d.town.world.pod_count; i++)
            bound += d.town.pods[i].claim.len > 0;
        struct decision out = drive_run(&d, d.town.world.now_ms + 550000, seed);
        for (size_t i = 0; i < d.town.world.pod_count; i++)
            still += d.town.pods[i].claim.len > 0;
        if (still < bound)
            fail_msg("seed %llu: %zu pods of %zu after expiry", (unsigned long long)seed, still,
                     bound);
        for (size_t i = 0; i < d.town.world.claim_count; i++) {
            const struct claim *c = &d.town.claims[i];
            /* One by one, each when the one before it is ready. */
            int64_t turn_ms = 60000 * (int64_t)d.town.world.claim_count;
            bool expired = str_eq(c->pool, STR("default")) &&
                           c->created_ms + 600000 <= d.town.world.now_ms - turn_ms;
            if (expired && out.pools[0].reason == REASON_NONE)
                fail_msg("seed %llu: an expired node stays and nobody says why",
                         (unsigned long long)seed);
        }
        arena_free(&d.arena);
    }
}

/* A tenth of each pool, rounded up. */
static size_t most_away(const struct drive *d)
{
    size_t most = 0;

    for (size_t i = 0; i < d->town.world.pool_count; i++) {
        size_t nodes = 0;
        for (size_t k = 0; k < d->town.world.claim_count; k++)
            nodes += str_eq(d->town.claims[k].pool, d->town.pools[i].name);
        most += (nodes + 9) / 10;
    }
    return most;
}

/* Of what is there now: a pool that had none when it began may have some on the way. */
static void look_at_budgets(struct drive *d, const struct decision *out)
{
    (void)out;
    d->most_away = most_away(d);
}

static void drift_replaces_the_whole_fleet_once_and_a_tenth_at_a_time(void **state)
{
    (void)state;

    for (uint64_t seed = 500; seed < 500 + worlds_asked(20); seed++) {
        struct drive d = {0};
        drive_random_fleet(&d, seed);
        for (size_t i = 0; i < d.town.world.pool_count; i++) {
            d.town.pools[i].expire_after_ms = NEVER_MS;
            d.town.pools[i].limits =
                (struct limits){.nodes = INT64_MAX, .microusd_per_hour = INT64_MAX};
            for (size_t k = 0; k < RESOURCES_MAX; k++)
                d.town.pools[i].limits.amount.amount[k] = INT64_MAX;
        }
        drive_run(&d, NEVER_MS, seed);
        size_t nodes = d.town.world.claim_count, launched = d.launches;
        for (size_t i = 0; i < d.town.world.pool_count; i++) {
            d.town.pools[i].hash = STR("h2");
            pool_budget(&d.town, &d.town.pools[i], 10, true);
        }
        d.look = look_at_budgets;
        struct decision out = drive_run(&d, NEVER_MS, seed);
        drive_places_all(&d, &out, seed);
        for (size_t i = 0; i < d.town.world.claim_count; i++)
            assert_true(str_eq(d.town.claims[i].hash, STR("h2")));
        if (d.launches - launched > 2 * nodes + 2)
            fail_msg("seed %llu: %zu launches to replace %zu", (unsigned long long)seed,
                     d.launches - launched, nodes);
        arena_free(&d.arena);
    }
}

static void a_destroyed_pool_goes_to_nothing(void **state)
{
    (void)state;

    for (uint64_t seed = 600; seed < 600 + worlds_asked(20); seed++) {
        struct drive d = {0};
        drive_random_fleet(&d, seed);
        drive_run(&d, d.town.world.now_ms + 300000, seed);
        for (size_t i = 0; i < d.town.world.pool_count; i++)
            d.town.pools[i].deleting = true;
        d.town.world.pool_deleted_ms = d.town.world.now_ms;
        size_t launched = d.launches;
        struct decision out = drive_run(&d, d.town.world.now_ms + 300000, seed);
        assert_int_equal(d.launches, launched);
        assert_int_equal(d.town.world.claim_count, 0);
        assert_true(out.pools[0].settled);
        arena_free(&d.arena);
    }
}

/* The journal replays bit for bit: the same world, built twice, decides the same. */
static void equal_worlds_decide_equally(void **state)
{
    (void)state;

    for (uint64_t seed = 700; seed < 700 + worlds_asked(20); seed++) {
        struct drive x = {0}, y = {0};
        drive_random_fleet(&x, seed);
        drive_random_fleet(&y, seed);
        struct decision dx = town_decide(&x.town), dy = town_decide(&y.town);
        assert_int_equal(dx.action_count, dy.action_count);
        for (size_t i = 0; i < dx.action_count; i++) {
            const struct action *a = &dx.actions[i], *b = &dy.actions[i];
            assert_int_equal(a->kind, b->kind);
            assert_int_equal(a->option_count, b->option_count);
            assert_int_equal(a->pod_count, b->pod_count);
            for (size_t k = 0; k < a->option_count; k++)
                assert_true(str_eq(a->options[k].type->name, b->options[k].type->name) &&
                            str_eq(a->options[k].offering->zone, b->options[k].offering->zone));
            for (size_t k = 0; k < a->pod_count; k++)
                assert_true(str_eq(a->pods[k]->name, b->pods[k]->name));
        }
        arena_free(&x.arena);
        arena_free(&y.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fleet_comes_to_rest_with_every_pod_placed_or_explained),
        cmocka_unit_test(empty_nodes_go_at_their_ttl_and_all_go_with_the_pods),
        cmocka_unit_test(expired_nodes_are_replaced_and_nothing_is_lost),
        cmocka_unit_test(drift_replaces_the_whole_fleet_once_and_a_tenth_at_a_time),
        cmocka_unit_test(a_destroyed_pool_goes_to_nothing),
        cmocka_unit_test(equal_worlds_decide_equally),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
