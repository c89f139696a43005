/* What is not known well takes no node away that need not go. */
#include "engine/core/faults.h"
#include "tests/unit/engine-core/worlds.h"

enum { LIMIT_MS = 30 * 1000 };

enum fault { PODS_OLD, PODS_DOUBT, INSTANCES_OLD, INSTANCES_DOUBT, CATALOG_OLD, FAULTS };

/* A pool with one full node that is due for a reason, and a fault of what is known. */
static struct pool *begin(struct town *t, struct arena *a, enum reason due)
{
    town_init(t, a);
    town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    struct pool *pool = town_pool(t, "default");
    struct claim *c = town_claim(t, "n1", pool, &t->types[0]);

    c->created_ms -= HOUR_MS;
    t->world.max_staleness_ms = LIMIT_MS;
    if (due == REASON_EMPTY) {
        pool->empty_after_ms = 0;
        return pool;
    }
    town_pod(t, "p1", 1500, 6000)->claim = c->id;
    if (due == REASON_EXPIRED)
        pool->expire_after_ms = 1;
    else if (due == REASON_DRIFTED)
        pool->hash = STR("h2");
    else if (due == REASON_SPOT_INTERRUPTED)
        c->interruption = INTERRUPTION_SPOT;
    else
        pool->deleting = true;
    return pool;
}

static void spoil(struct town *t, struct pool *pool, enum fault f)
{
    struct facts *facts = &t->world.facts;

    if (f == PODS_OLD)
        facts->pods_age_ms = LIMIT_MS + 1;
    else if (f == PODS_DOUBT)
        facts->pods_doubt = STR("there are 2 pods where there were 40 just now");
    else if (f == INSTANCES_OLD)
        facts->instances_age_ms = NEVER_MS;
    else if (f == INSTANCES_DOUBT)
        facts->instances_doubt = STR("the last list of instances lacks i-1");
    else
        pool->catalog_age_ms = CATALOG_STALE_MS + 1;
}

static void each_fault_holds_what_leaves_by_that_fact_and_is_said(void **state)
{
    static const char *const words[FAULTS] = {
        "pods have not been heard of for more than 30s", "there are 2 pods where there were 40",
        "instances have not been heard of", "lacks i-1", "types and prices of node class"};
    static const struct {
        enum reason due;
        bool held[FAULTS];
    } rows[] = {
        {REASON_EXPIRED, {true, true, true, true, true}},
        {REASON_DRIFTED, {true, true, true, true, true}},
        {REASON_EMPTY, {true, true, true, true, false}},
        {REASON_SPOT_INTERRUPTED, {false}},
        {REASON_POOL_DELETED, {false}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int f = 0; f < FAULTS; f++) {
            ARENA_AUTO a = {0};
            struct town t;
            spoil(&t, begin(&t, &a, rows[i].due), (enum fault)f);
            struct decision d = town_decide(&t);
            if ((d.action_count == 0) != rows[i].held[f])
                fail_msg("%s, fault %d", reason_row(rows[i].due)->code, f);
            assert_true(says(d.stale, words[f]));
            assert_int_equal(d.held_count, rows[i].held[f]);
            if (!rows[i].held[f])
                continue;
            assert_int_equal(d.held[0].by, REASON_STALE);
            assert_true(says(d.held[0].message, words[f]));
            assert_int_equal(d.pools[0].reason, REASON_STALE);
            assert_false(d.pools[0].settled);
        }
}

static void what_is_as_old_as_it_may_be_holds_nothing(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;

    (void)state;
    struct pool *pool = begin(&t, &a, REASON_EXPIRED);
    t.world.facts = (struct facts){.pods_age_ms = LIMIT_MS, .instances_age_ms = LIMIT_MS};
    pool->catalog_age_ms = CATALOG_STALE_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(d.stale.len, 0);
    t.world.max_staleness_ms = 0; /* nobody asks how old they are */
    t.world.facts.pods_age_ms = NEVER_MS;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
}

static void pods_that_wait_get_their_nodes_all_the_same(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;

    (void)state;
    spoil(&t, begin(&t, &a, REASON_EXPIRED), PODS_OLD);
    town_pod(&t, "p2", 1500, 6000);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 0);
}

/* What has been launched to save the cost of another stands ready; the other waits for good facts,
 * and the new one, which nobody uses yet, is not taken for an empty one. */
static void a_move_that_has_begun_waits_for_good_facts(void **state)
{
    ARENA_AUTO a = {0};
    struct town t;
    static const struct str old[] = {STR_INIT("n1")};

    (void)state;
    struct pool *pool = begin(&t, &a, REASON_SPOT_INTERRUPTED);
    t.claims[0].interruption = INTERRUPTION_NONE;
    pool->consolidation.enabled = true;
    struct claim *fresh = town_claim(&t, "n2", pool, &t.types[0]);
    fresh->replaces = old;
    fresh->replace_count = 1;
    spoil(&t, pool, INSTANCES_DOUBT);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    t.world.facts = (struct facts){0};
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_EVICT), 1);
    assert_true(str_eq(d.actions[0].claim->id, STR("n1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_holds_what_leaves_by_that_fact_and_is_said),
        cmocka_unit_test(what_is_as_old_as_it_may_be_holds_nothing),
        cmocka_unit_test(pods_that_wait_get_their_nodes_all_the_same),
        cmocka_unit_test(a_move_that_has_begun_waits_for_good_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
