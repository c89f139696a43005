/* What makes a node one that its pool would not launch any more. */
#include "tests/unit/engine-core/worlds.h"

#define MINUTE_MS ((int64_t)60000)

/* A full node that its pool may replace. */
static struct pool *one_node(struct town *t, struct arena *a)
{
    town_init(t, a);
    t->world.now_ms = 1000 * HOUR_MS;
    struct instance_type *type = town_type(t, "m5.large", 1930, 6903, 96000, 40000, 2);
    struct pool *pool = town_pool(t, "default");

    pool->may_disrupt = true;
    struct claim *c = town_claim(t, "c0", pool, type);
    c->empty_since_ms = NEVER_MS;
    town_pod(t, "p0", 1900, 6000)->claim = c->id;
    return pool;
}

/* Replaced, and for drift. */
static bool is_replaced(struct town *t)
{
    struct decision d = town_decide(t);
    const struct action *launch = find_action(&d, ACTION_LAUNCH);

    assert_true(!launch || launch->reason == REASON_DRIFTED);
    return launch != NULL;
}

static void a_node_whose_offering_has_been_missing_for_an_hour_has_drifted(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    one_node(&t, &a);
    assert_false(is_replaced(&t));
    t.claims[0].unoffered_ms = t.world.now_ms - HOUR_MS + 1;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + 1);
    t.claims[0].unoffered_ms--;
    assert_true(is_replaced(&t));
    t.world.date_unsure = true; /* who knows whether it is an hour */
    assert_false(is_replaced(&t));
}

/* What the pool says of a key that the node does not bear says nothing of the node. */
static void a_label_that_the_pool_no_longer_allows_is_drift(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value;
        enum requirement_operator op;
        bool drifts;
    } rows[] = {
        {"node.kubernetes.io/instance-type", "m5.large", OPERATOR_IN, false},
        {"node.kubernetes.io/instance-type", "m5.large", OPERATOR_NOT_IN, true},
        {"node.kubernetes.io/instance-type", "c5.large", OPERATOR_IN, true},
        {"node.kubernetes.io/instance-type", "c5.large", OPERATOR_NOT_IN, false},
        {"team", "moon", OPERATOR_IN, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pool *pool = one_node(&t, &a);

        town_type(&t, "c5.large", 1930, 6903, 96000, 40000, 2);
        require(&t, &pool->requirements, rows[i].key, rows[i].op, rows[i].value);
        assert_int_equal(is_replaced(&t), rows[i].drifts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_whose_offering_has_been_missing_for_an_hour_has_drifted),
        cmocka_unit_test(a_label_that_the_pool_no_longer_allows_is_drift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
