/* spread_limit: the largest share of one type in one zone, whatever comes of launches; and what a
 * launch pays for having a choice. */
#include "tests/unit/engine-core/drive.h"
#include "tests/unit/engine-core/share_counts.h"
#include "tests/unit/more.h"
#include "tests/unit/range.h"

/* Pods that need a node each: types of two zones, each a little dearer than the one before. */
static struct pool *begin(struct town *t, struct arena *a, size_t types, size_t pods)
{
    town_init(t, a);
    for (size_t i = 0; i < types; i++)
        town_type(t, arena_printf(a, "t%zu", i).ptr, 2000, 8192, 100000 + 1000 * (int64_t)i, 0, 2);
    for (size_t i = 0; i < pods; i++)
        town_pod(t, arena_printf(a, "p%02zu", i).ptr, 1500, 4096);
    return town_pool(t, "default");
}

static int64_t cheapest_fleet(const struct decision *d)
{
    int64_t sum = 0;

    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_LAUNCH)
            sum += d->actions[i].options[0].offering->price_microusd_per_hour;
    return sum;
}

static void no_type_in_a_zone_has_more_than_its_share_whatever_comes(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    static const struct {
        int64_t limit, most, cost; /* of ten nodes; types at 100, 101, ... in two zones each */
    } rows[] = {
        {0, 10, 1000000}, {100, 10, 1000000}, {50, 5, 1000000}, {40, 4, 1002000},
        {20, 2, 1008000}, {19, 1, 1020000},   {10, 1, 1020000}, {1, 1, 1020000},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pool *p = begin(&t, &a, 5, 10);
        p->spread_limit = rows[i].limit;
        struct decision d = town_decide(&t);
        assert_int_equal(count_actions(&d, ACTION_LAUNCH), 10);
        if (rows[i].limit)
            assert_int_equal(largest(&t, &d, p), rows[i].most);
        if (cheapest_fleet(&d) != rows[i].cost)
            fail_msg("%lld %%: costs %lld", (long long)rows[i].limit,
                     (long long)cheapest_fleet(&d));
    }
}

static void choice_is_dealt_out_evenly(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a, 5, 10)->spread_limit = 50; /* 10 pairs of 5 places each, for 10 nodes */
    struct decision d = town_decide(&t);
    for (size_t i = 0; i < d.action_count; i++)
        assert_true(in_range((int64_t)d.actions[i].option_count, 4, 6));
}

static void where_nothing_else_is_on_sale_the_share_is_rounded_up(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a, 1, 3); /* one type in two zones */
    p->spread_limit = 50;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 3);
    assert_int_equal(largest(&t, &d, p), 2);
    p->spread_limit = 30; /* one of three; and rounded up it is still one */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
    assert_int_equal(d.waiting[d.waiting_count - 1].reason, REASON_SPREAD_LIMIT);
    assert_true(says(d.waiting[d.waiting_count - 1].message, "spread_limit of 30 %"));
    assert_false(d.pools[0].settled);
    struct offering *o = (struct offering *)t.types[0].offerings;
    p->spread_limit = 50;
    o[1].unavailable_until_ms = t.world.now_ms + 5000; /* the other zone is back later */
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 1);
    assert_int_equal(d.waiting[d.waiting_count - 1].reason, REASON_NO_CAPACITY);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + 5000);
}

static void nodes_that_stand_and_that_start_count(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a, 2, 1);
    p->spread_limit = 50;
    struct launch_option both[] = {{&t.types[0], &t.types[0].offerings[1]},
                                   {&t.types[1], &t.types[1].offerings[0]}};
    town_pod(&t, "q", 1500, 4096)->claim = town_claim(&t, "c1", p, &t.types[0])->id; /* t0 in a */
    struct claim *c = town_claim(&t, "c2", p, &t.types[0]);
    c->phase = CLAIM_RECORDED; /* may come as t0 in b or as t1 in a */
    c->instance_type = c->zone = (struct str){0};
    c->labels = (struct labels){0};
    labels_set(&a, &c->labels, LABEL_NODE_POOL, p->name);
    c->options = both;
    c->option_count = 2;
    town_pod(&t, "r", 1500, 4096)->claim = c->id;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1); /* one of three each: only t1 in b is left */
    assert_int_equal(d.actions[0].option_count, 1);
    assert_true(may_become(&d.actions[0], &t.types[1], STR("b")));
    p->spread_limit = 1; /* and what stands has its place, whatever its share */
    t.world.claim_count = 1;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 0);
}

static void large_pods_have_their_type_before_small_ones_take_its_share(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a, 1, 2);
    town_type(&t, "t9", 8000, 32768, 90000, 0, 1); /* the cheapest, and alone fit for the large */
    spec_of(&t.pods[0])->requests = amounts(6500, 4096, 1);
    spec_of(&t.pods[1])->requests = amounts(1800, 4096, 1);
    p->spread_limit = 50;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
}

static void a_static_pool_keeps_to_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a, 3, 0);
    p->replicas = 6;
    p->spread_limit = 34;
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 6);
    assert_int_equal(largest(&t, &d, p), 2);
    p->spread_limit = 16;
    t.catalog.count = 1;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
    assert_int_equal(d.pools[0].reason, REASON_SPREAD_LIMIT);
    assert_true(d.pools[0].message.len > 0);
}

/* Four nodes of one type, two in each zone, and each with a pod that fills 40 % of it. */
static struct pool *half_empty(struct town *t, struct arena *a)
{
    static const char *const ids[] = {"n1", "n2", "n3", "n4"};

    struct pool *p = begin(t, a, 1, 0);
    p->consolidation = (struct consolidation){.enabled = true, .payback_ms = PAYBACK_MS};
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct claim *c = town_claim(t, ids[i], p, &t->types[0]);
        c->zone = i < 2 ? STR("a") : STR("b");
        labels_set(a, &c->labels, LABEL_ZONE, c->zone);
        town_pod(t, arena_printf(a, "p%zu", i).ptr, 800, 1024)->claim = c->id;
    }
    town_bind(t);
    return p;
}

/* Names of the nodes that are told to go, in their order. */
static struct str who_goes(struct arena *a, const struct decision *d)
{
    struct str all = {0};

    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_CORDON)
            all = arena_printf(a, STR_FMT STR_FMT, STR_ARG(all), STR_ARG(d->actions[i].claim->id));
    return all;
}

static void nothing_goes_to_save_if_that_makes_a_share_too_large(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = half_empty(&t, &a);
    struct decision d = town_decide(&t);
    assert_true(str_eq(who_goes(&a, &d), STR("n1n2"))); /* two in one zone are left */
    p->spread_limit = 50;
    d = town_decide(&t);
    assert_true(str_eq(who_goes(&a, &d), STR("n1n3")));
    for (size_t i = 2; i < 4; i++) /* a share that is too large already may become smaller */
        t.claims[i].zone = STR("a");
    d = town_decide(&t);
    assert_int_equal(who_goes(&a, &d).len, 4);
}

/* Three nodes that stay, as they are, and three in another zone that could become one. */
static void nodes_become_fewer_only_as_far_as_shares_bear_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a, 2, 0);
    town_type(&t, "u", 9000, 32768, 150000, 0, 1);
    p->consolidation = (struct consolidation){.enabled = true, .payback_ms = PAYBACK_MS};
    for (size_t i = 0; i < 6; i++) {
        struct claim *c = town_claim(&t, arena_printf(&a, "n%zu", i).ptr, p, &t.types[i / 3]);
        struct pod *pod = town_pod(&t, arena_printf(&a, "p%zu", i).ptr, 1500, 1024);
        pod->claim = c->id;
        pod->undisturbed_ms = i < 3 ? NEVER_MS : 0;
    }
    for (size_t i = 0; i < 4; i++) { /* no node of these can be replaced by one like it */
        struct offering *o = (struct offering *)t.types[i / 2].offerings;
        o[i % 2].unavailable_until_ms = t.world.now_ms + PAYBACK_MS;
    }
    town_bind(&t);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].replace_count, 3);
    p->spread_limit = 50;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].replace_count, 2); /* three of five, but not of four */
}

static void who_leaves_does_not_count(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    static const char *const zones[] = {"a", "b", "c"};

    struct pool *p = begin(&t, &a, 1, 0);
    town_type(&t, "u0", 2000, 8192, 90000, 0, 3);
    p->spread_limit = 34;
    p->hash = STR("h2");
    pool_budget(&t, p, 1, false);
    require(&t, &p->requirements, "node.kubernetes.io/instance-type", OPERATOR_IN, "u0");
    for (size_t i = 0; i < COUNT(zones); i++) {
        struct claim *c = town_claim(&t, arena_printf(&a, "n%zu", i).ptr, p, &t.types[1]);
        c->zone = str_of(zones[i]);
        labels_set(&a, &c->labels, LABEL_ZONE, c->zone);
        c->hash = i == 2 ? STR("h1") : p->hash;
        town_pod(&t, arena_printf(&a, "q%zu", i).ptr, 1500, 1024)->claim = c->id;
    }
    town_bind(&t);
    struct decision d = town_decide(&t); /* the one in c is drifted: another in c comes for it */
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].option_count, 1);
    assert_true(may_become(&d.actions[0], &t.types[1], STR("c")));
}

static void what_has_no_share_comes_to_smaller_nodes(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a, 3, 0);
    town_type(&t, "t9", 8000, 32768, 90000, 0, 1); /* the cheapest, and four times as large */
    for (size_t i = 0; i < 8; i++)
        town_pod(&t, arena_printf(&a, "s%zu", i).ptr, 1800, 4096);
    struct decision d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 2);
    p->spread_limit = 20; /* one of the large, and four small ones of six */
    d = town_decide(&t);
    assert_int_equal(d.waiting_count ? d.waiting[d.waiting_count - 1].reason : 0,
                     d.waiting_count ? REASON_ON_ITS_WAY : 0);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 5);
    assert_true(shares_hold(&t, &d));
}

static bool goes_to_save(const struct decision *d, const struct claim *c)
{
    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *act = &d->actions[i];
        if (act->reason == REASON_UNDERUTILIZED && act->kind == ACTION_CORDON && act->claim == c)
            return true;
        for (size_t k = 0; act->kind == ACTION_LAUNCH && k < act->replace_count; k++)
            if (act->replaces[k] == c)
                return true;
    }
    return false;
}

static bool saving_worsens(const struct town *t, const struct decision *d, const struct pool *p,
                           const struct instance_type *type, struct str zone)
{
    int64_t before = 0, after = 0, nodes_before = 0, nodes_after = 0;

    for (size_t i = 0; i < t->world.claim_count; i++) {
        const struct claim *c = &t->claims[i];
        bool same = str_eq(c->instance_type, type->name) && str_eq(c->zone, zone);
        if (!str_eq(c->pool, p->name))
            continue;
        nodes_before++;
        before += same;
        nodes_after += !goes_to_save(d, c);
        after += same && !goes_to_save(d, c);
    }
    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_LAUNCH && d->actions[i].pool == p) {
            nodes_after++;
            after += may_become(&d->actions[i], type, zone);
        }
    int64_t most = (nodes_after * p->spread_limit + 99) / 100;
    return after > (most > 1 ? most : 1) && after * nodes_before > before * nodes_after;
}

static bool some_worsen(const struct town *t, const struct decision *d)
{
    for (size_t i = 0; i < t->world.pool_count; i++)
        for (size_t k = 0; t->pools[i].catalog && k < t->pools[i].catalog->count; k++)
            for (size_t o = 0; o < t->pools[i].catalog->types[k].offering_count; o++)
                if (saving_worsens(t, d, &t->pools[i], &t->pools[i].catalog->types[k],
                                   t->pools[i].catalog->types[k].offerings[o].zone))
                    return true;
    return false;
}

static void no_random_fleet_is_made_cheaper_by_too_large_a_share(void **state)
{
    (void)state;
    size_t moves = 0;

    for (uint64_t seed = 1; seed <= worlds_asked(80); seed++) {
        struct drive d = {0};
        drive_random_fleet(&d, seed);
        for (size_t i = 0; i < d.town.world.pool_count; i++) {
            struct pool *p = &d.town.pools[i];
            p->expire_after_ms = NEVER_MS;
            p->spread_limit = 10 + (int64_t)rng_below(&d.rng, 60);
        }
        drive_run(&d, NEVER_MS, seed);
        for (size_t i = 0; i < d.town.world.pod_count; i++)
            if (rng_below(&d.rng, 2)) {
                d.town.pods[i].never_serve = true;
                d.town.pods[i].claim = (struct str){0};
            }
        town_bind(&d.town);
        for (size_t i = 0; i < d.town.world.pool_count; i++)
            d.town.pools[i].consolidation =
                (struct consolidation){.enabled = true, .payback_ms = INT64_C(86400000)};
        struct decision out = town_decide(&d.town);
        for (size_t i = 0; i < d.town.world.claim_count; i++)
            moves += goes_to_save(&out, &d.town.claims[i]);
        if (some_worsen(&d.town, &out))
            fail_msg("seed %llu: a share becomes too large", (unsigned long long)seed);
        arena_free(&d.arena);
    }
    assert_true(moves > 100);
}

static void the_premium_is_what_the_other_options_cost_more(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    begin(&t, &a, 3, 1); /* 100, 101, 102, in two zones each */
    struct decision d = town_decide(&t);
    struct premium p = launch_premium(&d.actions[0]);
    assert_int_equal(d.actions[0].option_count, 6);
    assert_int_equal(p.most, 2000);
    assert_int_equal(p.mean, 1000);
    t.catalog.count = 1;
    d = town_decide(&t);
    p = launch_premium(&d.actions[0]);
    assert_true(p.most == 0 && p.mean == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_type_in_a_zone_has_more_than_its_share_whatever_comes),
        cmocka_unit_test(choice_is_dealt_out_evenly),
        cmocka_unit_test(where_nothing_else_is_on_sale_the_share_is_rounded_up),
        cmocka_unit_test(nodes_that_stand_and_that_start_count),
        cmocka_unit_test(large_pods_have_their_type_before_small_ones_take_its_share),
        cmocka_unit_test(a_static_pool_keeps_to_it),
        cmocka_unit_test(nothing_goes_to_save_if_that_makes_a_share_too_large),
        cmocka_unit_test(nodes_become_fewer_only_as_far_as_shares_bear_it),
        cmocka_unit_test(who_leaves_does_not_count),
        cmocka_unit_test(what_has_no_share_comes_to_smaller_nodes),
        cmocka_unit_test(no_random_fleet_is_made_cheaper_by_too_large_a_share),
        cmocka_unit_test(the_premium_is_what_the_other_options_cost_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
