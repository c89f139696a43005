/* What the last search for cheaper nodes found is remembered as long as it is true, and changes
 * nothing but the work. */
#include "engine/worlds/rest.h"
#include "tests/unit/engine-core/drive.h"
#include "tests/unit/more.h"

static struct pool *saving_pool(struct town *t)
{
    struct pool *p = town_pool(t, "default");

    p->consolidation = (struct consolidation){.enabled = true, .payback_ms = PAYBACK_MS};
    return p;
}

/* Two types, and one node with a pod that needs all of it. */
static void a_node_at_rest(struct town *t, struct arena *a)
{
    town_init(t, a);
    struct instance_type *large = town_type(t, "large", 4000, 8192, 200000, 0, 1);
    town_type(t, "small", 2000, 4096, 100000, 0, 1);
    struct claim *c = town_claim(t, "n1", saving_pool(t), large);
    town_pod(t, "p1", 3500, 512)->claim = c->id;
    town_bind(t);
}

static struct decision decide_with(struct rest *r, struct town *t)
{
    struct world w = t->world;
    struct keeper *k = keeper_begin(t->arena, &w);
    struct decision d;

    rest_recall(r, k, &w);
    decide(t->arena, &w, &d);
    rest_note(r, &d);
    return d;
}

static void what_is_at_rest_is_known_until_something_changes(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;
    struct rest r = {0};

    (void)state;
    a_node_at_rest(&t, &a);
    assert_int_equal(decide_with(&r, &t).action_count, 0);
    assert_true(r.until_ms > t.world.now_ms);
    /* Only who believes it does not look: a cheaper type that is there is not seen. */
    struct world believing = t.world;
    struct decision d;
    t.types[0].offerings = NULL;
    t.types[0].offering_count = 0;
    believing.rest_until_ms = r.until_ms;
    decide(&a, &believing, &d);
    assert_int_equal(d.rest_until_ms, r.until_ms);
    /* A pod that is gone makes it another world. */
    t.world.pod_count = 0;
    town_bind(&t);
    struct world w = t.world;
    rest_recall(&r, keeper_begin(&a, &w), &w);
    assert_int_equal(w.rest_until_ms, 0);
}

static void it_is_known_for_some_minutes_at_most(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;
    struct rest r = {0};

    (void)state;
    a_node_at_rest(&t, &a);
    decide_with(&r, &t);
    int64_t until_ms = r.until_ms;
    assert_true(until_ms - t.world.now_ms <= 5 * 60 * 1000);
    t.world.now_ms = until_ms - 1;
    decide_with(&r, &t);
    assert_int_equal(r.until_ms, until_ms);
    t.world.now_ms = until_ms;
    decide_with(&r, &t);
    assert_true(r.until_ms > until_ms);
}

static void offerings_that_come_back_end_it(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;
    struct rest r = {0};

    (void)state;
    a_node_at_rest(&t, &a);
    int64_t back_ms = t.world.now_ms + 20 * 1000;
    ((struct offering *)(uintptr_t)t.types[1].offerings)->unavailable_until_ms = back_ms;
    decide_with(&r, &t);
    assert_int_equal(r.until_ms, back_ms);
}

static void where_something_is_done_nothing_is_known(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;
    struct rest r = {0};

    (void)state;
    a_node_at_rest(&t, &a);
    ((struct pod_spec *)(uintptr_t)t.pods[0].spec)->requests.amount[RESOURCE_CPU] = 1000;
    assert_true(decide_with(&r, &t).action_count > 0);
    assert_int_equal(r.until_ms, 0);
}

/* ---- random fleets ---- */

/* ledger[0]: what is known, ledger[1]: its digest. */
static size_t spared;

static void decides_alike(struct drive *d, const struct decision *plain)
{
    ARENA_AUTO a = {0};
    struct rest r = {.world = (uint64_t)d->ledger[1], .until_ms = d->ledger[0]};
    struct world w = d->town.world;
    struct decision informed;

    rest_recall(&r, keeper_begin(&a, &w), &w);
    decide(&a, &w, &informed);
    spared += w.rest_until_ms > w.now_ms;
    if (!str_eq(kept_write(&a, &w, plain), kept_write(&a, &w, &informed)) ||
        plain->rest_until_ms != informed.rest_until_ms)
        fail_msg("at %lld a decision that knows is another", (long long)w.now_ms);
    rest_note(&r, &informed);
    d->ledger[0] = r.until_ms;
    d->ledger[1] = (int64_t)r.world;
}

static void let_go(struct drive *d)
{
    struct rng *r = &d->rng;

    for (size_t i = 0; i < d->town.world.pool_count; i++) {
        struct pool *p = &d->town.pools[i];
        p->consolidation =
            (struct consolidation){.enabled = true,
                                   .after_ms = rng_below(r, 2) ? 0 : 45000,
                                   .payback_ms = rng_below(r, 4) ? PAYBACK_MS : 600000};
        if (rng_below(r, 3) == 0)
            p->expire_after_ms = 2 * 3600 * 1000;
        if (rng_below(r, 3) == 0)
            pool_budget(&d->town, p, 1 + (int64_t)rng_below(r, 2), false);
    }
}

/* A pod goes, a price moves, or nothing; some seconds or minutes pass. */
static void something_happens(struct drive *d)
{
    struct town *t = &d->town;
    struct rng *r = &d->rng;
    uint64_t what = rng_below(r, 6);

    if (what == 0 && t->world.pod_count) {
        size_t at = rng_below(r, t->world.pod_count);
        memmove(&t->pods[at], &t->pods[at + 1], (--t->world.pod_count - at) * sizeof(struct pod));
    } else if (what == 1) {
        struct instance_type *type = &t->types[rng_below(r, t->catalog.count)];
        for (size_t i = 0; i < type->offering_count; i++) {
            struct offering *o = (struct offering *)(uintptr_t)&type->offerings[i];
            o->price_microusd_per_hour += o->price_microusd_per_hour / 4;
        }
    }
    t->world.now_ms += 1000 * (int64_t)(1 + rng_below(r, 400));
}

static void who_remembers_decides_as_who_does_not(void **state)
{
    (void)state;

    spared = 0;
    for (uint64_t seed = 1; seed <= worlds_asked(12); seed++) {
        struct drive d = {.look = decides_alike};
        drive_random_fleet(&d, seed);
        let_go(&d);
        for (int i = 0; i < 12; i++) {
            drive_run(&d, d.town.world.now_ms + 60000, seed);
            something_happens(&d);
        }
        arena_free(&d.arena);
    }
    assert_true(spared > worlds_asked(12)); /* or else nothing was tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_at_rest_is_known_until_something_changes),
        cmocka_unit_test(it_is_known_for_some_minutes_at_most),
        cmocka_unit_test(offerings_that_come_back_end_it),
        cmocka_unit_test(where_something_is_done_nothing_is_known),
        cmocka_unit_test(who_remembers_decides_as_who_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
