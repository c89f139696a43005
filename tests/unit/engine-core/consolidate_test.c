/* Nodes go when their pods run for less elsewhere: what moves, what never does, and that it ends.
 */
#include "tests/unit/engine-core/drive.h"
#include "tests/unit/more.h"

enum { DOLLAR = 1000000 };

static struct pool *saving_pool(struct town *t, const char *name)
{
    struct pool *p = town_pool(t, name);

    p->consolidation = (struct consolidation){.enabled = true, .payback_ms = PAYBACK_MS};
    return p;
}

/* A town with one pool and three types of equal value: 2, 4 and 8 cores for 10, 20, 40 cents. */
static struct pool *three_sizes(struct town *t, struct arena *a)
{
    town_init(t, a);
    town_type(t, "large", 8000, 16384, 400000, 0, 1);
    town_type(t, "medium", 4000, 8192, 200000, 0, 1);
    town_type(t, "small", 2000, 4096, 100000, 0, 1);
    return saving_pool(t, "default");
}

static void runs_on(struct town *t, struct pod *p, const struct claim *c)
{
    p->claim = c->id;
    town_bind(t);
}

static size_t count(const struct decision *out, enum action_kind kind, enum reason reason)
{
    size_t n = 0;

    for (size_t i = 0; i < out->action_count; i++)
        n += out->actions[i].kind == kind && out->actions[i].reason == reason;
    return n;
}

static void what_others_have_room_for_goes_at_once(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = three_sizes(&t, &a);
    struct claim *x = town_claim(&t, "n1", pool, &t.types[1]),
                 *y = town_claim(&t, "n2", pool, &t.types[1]);

    runs_on(&t, town_pod(&t, "p1", 2500, 512), x);
    runs_on(&t, town_pod(&t, "p2", 500, 512), y);
    struct decision out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_CORDON, REASON_UNDERUTILIZED), 1);
    assert_int_equal(count(&out, ACTION_EVICT, REASON_UNDERUTILIZED), 1);
    assert_int_equal(count(&out, ACTION_BIND, REASON_UNDERUTILIZED), 1);
    assert_int_equal(out.action_count, 3);
    assert_true(str_eq(out.actions[0].claim->id, STR("n2")));
    assert_true(str_eq(out.actions[2].claim->id, STR("n1")));
}

static void a_cheaper_node_is_there_before_the_dear_one_goes(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = three_sizes(&t, &a);
    struct claim *x = town_claim(&t, "n1", pool, &t.types[0]);

    runs_on(&t, town_pod(&t, "p1", 1500, 512), x);
    struct decision out = town_decide(&t);
    assert_int_equal(out.action_count, 1);
    assert_int_equal(out.actions[0].kind, ACTION_LAUNCH);
    assert_int_equal(out.actions[0].reason, REASON_UNDERUTILIZED);
    assert_true(str_eq(out.actions[0].options[0].type->name, STR("small")));
    assert_int_equal(out.actions[0].replace_count, 1);
    assert_true(out.actions[0].replaces[0] == x);
    assert_false(out.pools[0].settled);
}

static void many_nodes_become_fewer(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = three_sizes(&t, &a);

    for (int i = 0; i < 3; i++) {
        struct claim *c = town_claim(&t, arena_printf(&a, "n%d", i).ptr, pool, &t.types[0]);
        runs_on(&t, town_pod(&t, arena_printf(&a, "p%d", i).ptr, 5000, 512), c);
        t.claims[i].price_microusd_per_hour = 500000; /* as of before a cut in prices */
    }
    t.types[0].offerings = NULL; /* that type is no longer sold */
    t.types[0].offering_count = 0;
    town_type(&t, "z-huge", 16000, 32768, 600000, 0, 1);
    struct decision out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_LAUNCH, REASON_UNDERUTILIZED), 1);
    assert_int_equal(out.action_count, 1);
    assert_int_equal(out.actions[0].pod_count, 3);
    assert_int_equal(out.actions[0].replace_count, 3);
}

static void one_node_becomes_several_that_cost_less(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = three_sizes(&t, &a);
    struct claim *x = town_claim(&t, "n1", pool, &t.types[0]);

    x->price_microusd_per_hour = 900000;
    t.types[0].offerings = NULL;
    t.types[0].offering_count = 0;
    runs_on(&t, town_pod(&t, "p1", 3900, 512), x);
    runs_on(&t, town_pod(&t, "p2", 3900, 512), x);
    struct decision out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_LAUNCH, REASON_UNDERUTILIZED), 2);
    assert_int_equal(out.action_count, 2);
}

/* Ten nodes whose pods would do with a tenth of them, if they share (small pods) or each with a
 * small node of its own (large ones). */
static struct pool *ten_loose_nodes(struct town *t, struct arena *a, int64_t cpu_milli)
{
    struct pool *pool = three_sizes(t, a);

    for (int i = 0; i < 10; i++)
        runs_on(t, town_pod(t, arena_printf(a, "p%d", i).ptr, cpu_milli, 512),
                town_claim(t, arena_printf(a, "n%d", i).ptr, pool, &t->types[0]));
    return pool;
}

static size_t replaced(const struct decision *out)
{
    size_t n = 0;

    for (size_t i = 0; i < out->action_count; i++)
        n += out->actions[i].replace_count;
    return n;
}

static void one_decision_takes_no_more_than_budgets_let_go(void **state)
{
    (void)state;
    static const struct budget three = {.nodes = {true, false, 3},
                                        .reasons = (int64_t)1 << REASON_UNDERUTILIZED},
                               empty = {.nodes = {true, false, 3},
                                        .reasons = (int64_t)1 << REASON_EMPTY};
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = ten_loose_nodes(&t, &a, 700);

    struct decision out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_CORDON, REASON_UNDERUTILIZED) + replaced(&out), 9);
    pool->budgets = &three;
    pool->budget_count = 1;
    out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_CORDON, REASON_UNDERUTILIZED) + replaced(&out), 3);
    pool->budgets = &empty;
    out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_CORDON, REASON_UNDERUTILIZED) + replaced(&out), 9);
    t.world.max_disrupted = (struct share){true, true, 20};
    out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_CORDON, REASON_UNDERUTILIZED) + replaced(&out), 2);
}

static void no_more_start_for_moves_than_the_fleet_bears(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    ten_loose_nodes(&t, &a, 5000);
    for (size_t i = 0; i < 10; i++)
        t.claims[i].price_microusd_per_hour = 500000;
    t.types[0].offerings = NULL;
    t.types[0].offering_count = 0;
    town_type(&t, "z-huge", 16000, 32768, 600000, 0, 1); /* three pods each */
    t.world.max_unready = (struct share){true, true, 20};
    struct decision out = town_decide(&t);
    size_t starts = count(&out, ACTION_LAUNCH, REASON_UNDERUTILIZED);
    assert_true(starts > 0 && starts <= 2);
    /* And with those on their way no more. */
    for (size_t i = 0; i < 2; i++) {
        struct claim *c = town_claim(&t, arena_printf(&a, "s%zu", i).ptr, &t.pools[0], &t.types[2]);
        struct str *name = ARENA_NEW(&a, struct str);
        *name = arena_printf(&a, "n%zu", i);
        c->phase = CLAIM_LAUNCHED;
        c->ready_ms = NEVER_MS;
        c->replaces = name;
        c->replace_count = 1;
    }
    out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_LAUNCH, REASON_UNDERUTILIZED), 0);
}

static void like_for_like_is_never_done(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = three_sizes(&t, &a);
    struct claim *x = town_claim(&t, "n1", pool, &t.types[2]);

    runs_on(&t, town_pod(&t, "p1", 1500, 512), x);
    assert_int_equal(town_decide(&t).action_count, 0);
    x->price_microusd_per_hour = 5 * DOLLAR; /* what was paid for it does not matter now */
    assert_int_equal(town_decide(&t).action_count, 0);
}

static void what_does_not_pay_in_time_is_not_done(void **state)
{
    (void)state;
    static const struct {
        int64_t payback_ms, lives_ms;
        size_t actions;
    } rows[] = {
        {PAYBACK_MS, NEVER_MS, 1},   {0, NEVER_MS, 0},
        {60000, NEVER_MS, 0},        {PAYBACK_MS, 60000, 0},
        {PAYBACK_MS, PAYBACK_MS, 1}, {24 * HOUR_MS, NEVER_MS, 1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pool *pool = three_sizes(&t, &a);
        struct claim *x = town_claim(&t, "n1", pool, &t.types[1]);
        pool->consolidation.payback_ms = rows[i].payback_ms;
        pool->expire_after_ms = rows[i].lives_ms;
        runs_on(&t, town_pod(&t, "p1", 1500, 512), x);
        assert_int_equal(town_decide(&t).action_count, rows[i].actions);
    }
}

static void pods_that_are_dear_to_lose_stay(void **state)
{
    (void)state;
    static const struct {
        int32_t deletion_cost;
        int64_t priority, age_ms;
        int64_t price; /* of the node, micro-dollars an hour, from which on it goes */
    } rows[] = {
        {0, 0, 0, 5000},           {INT32_MAX, 0, 0, 50000},    {INT32_MIN, 0, 0, 1},
        {0, 2000000000, 0, 50000}, {0, 0, 25 * HOUR_MS, 10000},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (int64_t more = 0; more < 2; more++) {
            ARENA_AUTO a = {0};
            struct town t;
            struct pool *pool = three_sizes(&t, &a);
            t.world.now_ms = 30 * HOUR_MS;
            struct claim *x = town_claim(&t, "n1", pool, &t.types[1]);
            struct claim *y = town_claim(&t, "n2", pool, &t.types[1]);
            struct pod *keeps = town_pod(&t, "p1", 2500, 512), *p = town_pod(&t, "p2", 900, 512);
            keeps->undisturbed_ms = NEVER_MS;
            p->deletion_cost = rows[i].deletion_cost;
            p->created_ms = t.world.now_ms - rows[i].age_ms;
            spec_of(p)->priority = rows[i].priority;
            y->price_microusd_per_hour = rows[i].price + (more ? 1 : 0);
            runs_on(&t, keeps, x);
            runs_on(&t, p, y);
            struct decision out = town_decide(&t);
            size_t goes = count(&out, ACTION_CORDON, REASON_UNDERUTILIZED);
            if (goes != (more || rows[i].price == 1))
                fail_msg("row %zu: %zu at %lld", i, goes, (long long)y->price_microusd_per_hour);
        }
}

/* Each of these alone keeps a node that others have room for. */
static void who_must_not_be_looked_at_stays(void **state)
{
    (void)state;

    for (int i = 0; i <= 10; i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pool *pool = three_sizes(&t, &a), *other = saving_pool(&t, "other");
        struct claim *x = town_claim(&t, "n1", other, &t.types[1]);
        struct claim *y = town_claim(&t, "n2", pool, &t.types[1]);
        other->consolidation.enabled = false;
        runs_on(&t, town_pod(&t, "p1", 2500, 512), x);
        struct pod *p = town_pod(&t, "p2", 500, 512);
        runs_on(&t, p, y);
        p->undisturbed_ms = i == 1 ? NEVER_MS : 0;
        pool->consolidation.only_empty = i == 2;
        pool->consolidation.enabled = i != 3;
        pool->may_disrupt = i != 4;
        t.world.only_add = i == 5;
        t.world.date_unsure = i == 6;
        y->pods_unknown = i == 7;
        if (i == 8)
            pool->replicas = 1;
        if (i == 9)
            pool->consolidation.after_ms = 11 * 60 * 1000;
        if (i == 10)
            x->pods_unknown = true;
        struct decision out = town_decide(&t);
        assert_int_equal(count(&out, ACTION_CORDON, REASON_UNDERUTILIZED), i == 0);
        if (i == 9)
            assert_true(out.wake_at_ms == t.world.now_ms + 60 * 1000);
    }
}

static void a_node_is_left_alone_while_its_pods_change(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = three_sizes(&t, &a);
    struct claim *x = town_claim(&t, "n1", pool, &t.types[0]);

    pool->consolidation.after_ms = 5 * 60 * 1000;
    x->changed_ms = t.world.now_ms - 4 * 60 * 1000;
    runs_on(&t, town_pod(&t, "p1", 1500, 512), x);
    struct decision out = town_decide(&t);
    assert_int_equal(out.action_count, 0);
    assert_true(out.wake_at_ms == t.world.now_ms + 60 * 1000);
    t.world.now_ms += 60 * 1000;
    assert_int_equal(town_decide(&t).action_count, 1);
}

static void empty_nodes_go_by_their_ttl_else_with_consolidation(void **state)
{
    (void)state;
    static const struct {
        bool enabled;
        int64_t ttl_ms, after_ms;
        int64_t due_ms; /* after it became empty; NEVER_MS: it stays */
    } rows[] = {
        {true, NEVER_MS, 0, 0},   {true, NEVER_MS, 30000, 30000},
        {true, 60000, 0, 60000},  {true, 60000, 300000, 60000},
        {false, 60000, 0, 60000}, {false, NEVER_MS, 0, NEVER_MS},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct pool *pool = three_sizes(&t, &a);
        pool->consolidation.enabled = rows[i].enabled;
        pool->consolidation.only_empty = true;
        pool->consolidation.after_ms = rows[i].after_ms;
        pool->empty_after_ms = rows[i].ttl_ms;
        town_claim(&t, "n1", pool, &t.types[0]);
        struct decision out = town_decide(&t);
        assert_int_equal(count(&out, ACTION_CORDON, REASON_EMPTY), rows[i].due_ms == 0);
        if (rows[i].due_ms == 0)
            continue;
        assert_true(out.wake_at_ms ==
                    (rows[i].due_ms == NEVER_MS ? NEVER_MS : t.world.now_ms + rows[i].due_ms));
    }
}

/* Spot nodes are held against the dearest that may come, and ask for as many as ever. */
static void spot_keeps_its_choice(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_init(&t, &a);
    struct pool *pool = saving_pool(&t, "default");
    for (int i = 0; i < 20; i++)
        town_type(&t, arena_printf(&a, "t%02d", i).ptr, 2000, 4096, 400000, 100000 + 400 * i, 1);
    struct claim *x = town_claim(&t, "n1", pool, &t.types[19]);
    x->capacity_type = CAPACITY_SPOT;
    x->instance_type = STR("gone");
    runs_on(&t, town_pod(&t, "p1", 1500, 512), x);
    /* The fifteenth costs 105600, and three minutes of it 5280; an eviction 5000. */
    x->price_microusd_per_hour = 105600 + 5280 + 5000;
    assert_int_equal(town_decide(&t).action_count, 0);
    x->price_microusd_per_hour += 1;
    struct decision out = town_decide(&t);
    assert_int_equal(out.action_count, 1);
    assert_int_equal(out.actions[0].option_count, 15);
}

/* A started replacement is found again, and when its move is off it serves or goes. */
static void a_move_is_found_again_until_it_is_done(void **state)
{
    (void)state;
    struct drive d = {.hints = true};
    struct pool *pool = three_sizes(&d.town, &d.arena);
    struct claim *x = town_claim(&d.town, "b1", pool, &d.town.types[0]);

    runs_on(&d.town, town_pod(&d.town, "p1", 1500, 512), x);
    drive_run(&d, NEVER_MS, 0);
    assert_int_equal(d.launches, 1);
    assert_int_equal(d.evictions, 1);
    assert_int_equal(d.town.world.claim_count, 1);
    assert_true(str_eq(d.town.claims[0].instance_type, STR("small")));
    arena_free(&d.arena);
}

static void a_move_that_is_off_leaves_nothing(void **state)
{
    (void)state;
    struct drive d = {.hints = true};
    struct pool *pool = three_sizes(&d.town, &d.arena);
    struct claim *x = town_claim(&d.town, "b1", pool, &d.town.types[0]);
    struct pod *p = town_pod(&d.town, "p1", 1500, 512);

    runs_on(&d.town, p, x);
    drive_run(&d, d.town.world.now_ms + 1000, 0);
    assert_int_equal(d.launches, 1);
    p->undisturbed_ms = NEVER_MS;
    drive_run(&d, NEVER_MS, 0);
    assert_int_equal(d.launches, 1);
    assert_int_equal(d.evictions, 0);
    assert_int_equal(d.town.world.claim_count, 1);
    assert_true(str_eq(d.town.claims[0].id, STR("b1")));
    arena_free(&d.arena);
}

static int64_t fleet_cost(const struct drive *d)
{
    int64_t sum = 0;

    for (size_t i = 0; i < d->town.world.claim_count; i++)
        sum += d->town.claims[i].price_microusd_per_hour;
    return sum;
}

static bool is_moving(const struct drive *d, const struct claim *c)
{
    for (size_t i = 0; i < d->town.world.claim_count; i++)
        for (size_t k = 0; k < d->town.claims[i].replace_count; k++)
            if (str_eq(d->town.claims[i].replaces[k], c->id))
                return true;
    return false;
}

/* All that a decision begins, together: what it saves within the payback is more than it costs. */
static void must_pay(struct drive *d, const struct decision *out)
{
    int64_t old_price = 0, new_price = 0, pods = 0;
    const struct claim *seen[400];
    size_t seen_count = 0;

    for (size_t i = 0; i < out->action_count; i++) {
        const struct action *x = &out->actions[i];
        size_t replaced = x->kind == ACTION_LAUNCH ? x->replace_count : 0;
        bool goes = x->kind == ACTION_CORDON && x->reason == REASON_UNDERUTILIZED &&
                    !is_moving(d, x->claim);
        if (replaced) {
            bool spot = x->options[0].offering->capacity_type == CAPACITY_SPOT;
            new_price +=
                x->options[spot ? x->option_count - 1 : 0].offering->price_microusd_per_hour;
        }
        for (size_t k = 0; k < replaced + goes; k++) {
            const struct claim *c = goes ? x->claim : x->replaces[k];
            bool known = false;
            for (size_t s = 0; s < seen_count; s++)
                known |= seen[s] == c;
            if (known)
                continue;
            seen[seen_count++] = c;
            old_price += c->price_microusd_per_hour;
            pods += (int64_t)c->pod_count;
        }
    }
    int64_t payback_ms = d->town.pools[0].consolidation.payback_ms;
    __int128 saved = (__int128)(old_price - new_price) * payback_ms / HOUR_MS;
    if (seen_count && saved < pods * 5000 + new_price / 20)
        fail_msg("%zu nodes of %lld become %lld: it does not pay", seen_count, (long long)old_price,
                 (long long)new_price);
    d->ledger[0] += (int64_t)seen_count;
}

static void thin_out(struct drive *d, uint64_t percent)
{
    for (size_t i = 0; i < d->town.world.pod_count; i++)
        if (rng_below(&d->rng, 100) < percent) {
            d->town.pods[i].never_serve = true;
            d->town.pods[i].claim = (struct str){0};
        }
    town_bind(&d->town);
}

static void set_consolidation(struct drive *d, int64_t payback_ms)
{
    for (size_t i = 0; i < d->town.world.pool_count; i++) {
        d->town.pools[i].expire_after_ms = NEVER_MS;
        d->town.pools[i].consolidation =
            (struct consolidation){.enabled = payback_ms >= 0, .payback_ms = payback_ms};
    }
}

/* A store that is lost: whom nodes came for, and in whose place, is known no more. */
static void forget_all(struct drive *d)
{
    for (size_t i = 0; i < d->town.world.claim_count; i++) {
        struct claim *c = &d->town.claims[i];
        c->planned_pods = c->replaces = NULL;
        c->planned_pod_count = c->replace_count = 0;
    }
}

/* In half of the worlds once, amid the moves. */
static void must_pay_and_may_be_forgotten(struct drive *d, const struct decision *out)
{
    must_pay(d, out);
    if (d->ledger[1] && !--d->ledger[1])
        forget_all(d);
}

static void every_fleet_comes_to_rest_and_costs_less(void **state)
{
    (void)state;
    static const int64_t paybacks[] = {60000, PAYBACK_MS, 24 * HOUR_MS, 8760 * HOUR_MS};
    int64_t moves = 0;

    for (uint64_t seed = 1; seed <= worlds_asked(60); seed++) {
        struct drive d = {0};
        drive_random_fleet(&d, seed);
        set_consolidation(&d, -1);
        drive_run(&d, NEVER_MS, seed);
        thin_out(&d, rng_below(&d.rng, 100));
        size_t waited = drive_run(&d, NEVER_MS, seed).waiting_count;
        int64_t before = fleet_cost(&d);
        set_consolidation(&d, paybacks[seed % 4]);
        d.look = must_pay_and_may_be_forgotten;
        d.hints = true;
        bool lost = rng_below(&d.rng, 2);
        d.ledger[1] = lost ? 1 + (int64_t)rng_below(&d.rng, 12) : 0;
        struct decision out = drive_run(&d, NEVER_MS, seed);
        drive_places_all(&d, &out, seed);
        size_t launches = d.launches, evictions = d.evictions;
        moves += d.ledger[0];
        /* Half a move may cost more than none, and to end it no longer pay; and what a move frees
         * of a limit serves pods that waited for it. */
        if (!lost && out.waiting_count == waited &&
            (d.ledger[0] ? fleet_cost(&d) >= before : fleet_cost(&d) > before))
            fail_msg("seed %llu: %lld before, %lld after %lld moves", (unsigned long long)seed,
                     (long long)before, (long long)fleet_cost(&d), (long long)d.ledger[0]);
        for (int day = 0; day < 3; day++) {
            d.town.world.now_ms += 24 * HOUR_MS;
            out = drive_run(&d, NEVER_MS, seed);
            if (d.launches != launches || d.evictions != evictions)
                fail_msg("seed %llu: it does not stay at rest", (unsigned long long)seed);
        }
        for (size_t i = 0; i < d.town.world.pool_count; i++)
            assert_true(out.pools[i].settled);
        arena_free(&d.arena);
    }
    assert_true(moves > (int64_t)worlds_asked(60) / 4); /* or else nothing was tried */
}

/* Three nodes, each with a pod that would rather have its node to itself; one would hold them all.
 */
static void three_that_prefer_to_be_apart(struct town *t, struct arena *a)
{
    struct pool *pool = three_sizes(t, a);

    for (int i = 0; i < 3; i++) {
        struct claim *c = town_claim(t, arena_printf(a, "n%d", i).ptr, pool, &t->types[1]);
        struct pod *p = town_pod(t, arena_printf(a, "p%d", i).ptr, 1000, 512);
        pod_label(t, p, "app", "web");
        pod_term(t, p, TOPOLOGY_ANTI_AFFINITY, STR("kubernetes.io/hostname"), "app", "web")
            ->required = false;
        runs_on(t, p, c);
    }
}

/* What launching holds, consolidation holds: else each would undo the other's work. */
static void what_is_preferred_is_squeezed_out_only_where_preferences_are_ignored(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    three_that_prefer_to_be_apart(&t, &a);
    for (size_t i = 0; i < 3; i++) /* as small as their pods allow */
        t.claims[i].price_microusd_per_hour = 100000;
    assert_int_equal(town_decide(&t).action_count, 0);
    t.world.no_preferences = true;
    struct decision out = town_decide(&t);
    assert_int_equal(count(&out, ACTION_CORDON, REASON_UNDERUTILIZED), 2);
    assert_int_equal(out.relaxed_count, 0);
}

/* Two nodes, of which one has room for the other's pod: all that is asked about them. */
struct pair {
    struct arena arena;
    struct town town;
    struct pool *pool;
    struct claim *kept, *spare;
    struct pod *moves;
};

static void begin_pair(struct pair *x)
{
    *x = (struct pair){0};
    x->pool = three_sizes(&x->town, &x->arena);
    x->kept = town_claim(&x->town, "n1", x->pool, &x->town.types[1]);
    x->spare = town_claim(&x->town, "n2", x->pool, &x->town.types[2]);
    runs_on(&x->town, town_pod(&x->town, "p1", 2500, 512), x->kept);
    x->moves = town_pod(&x->town, "p2", 900, 512);
    runs_on(&x->town, x->moves, x->spare);
    x->town.world.names_held = true;
}

static const struct held *only_held(const struct decision *out, const struct claim *of,
                                    enum reason by)
{
    assert_int_equal(out->action_count, 0);
    assert_int_equal(out->held_count, 1);
    assert_true(out->held[0].claim == of);
    assert_int_equal(out->held[0].due, REASON_UNDERUTILIZED);
    assert_int_equal(out->held[0].by, by);
    assert_int_equal(out->held[0].saves_microusd_per_hour, 100000);
    return &out->held[0];
}

static void what_does_not_pay_in_time_is_named_with_what_it_saves_and_costs(void **state)
{
    (void)state;
    struct pair x;

    begin_pair(&x);
    x.pool->consolidation.payback_ms = 60 * 1000;
    struct decision out = town_decide(&x.town);
    const struct held *h = only_held(&out, x.spare, REASON_PAYBACK);
    assert_int_equal(h->costs_microusd, 5000);
    assert_true(says(h->message, "costs $0.0050, which pays in 3m and not within the "
                                 "payback_seconds of pool default, 1m"));
    arena_free(&x.arena);
}

/* A smaller node for 10 cents: what is saved is the difference, and it runs beside the old one. */
static void a_dear_node_whose_replacement_does_not_pay_is_named(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct pool *pool = three_sizes(&t, &a);

    runs_on(&t, town_pod(&t, "p1", 1500, 512), town_claim(&t, "n1", pool, &t.types[1]));
    pool->consolidation.payback_ms = 60 * 1000;
    t.world.names_held = true;
    struct decision out = town_decide(&t);
    const struct held *h = only_held(&out, &t.claims[0], REASON_PAYBACK);
    assert_int_equal(h->costs_microusd, 5000 + 100000 / 20);
}

static void whom_a_rule_keeps_is_named_by_that_rule(void **state)
{
    (void)state;
    struct pair x;

    begin_pair(&x);
    x.moves->undisturbed_ms = NEVER_MS;
    struct decision out = town_decide(&x.town);
    only_held(&out, x.spare, REASON_DO_NOT_DISRUPT);
    x.moves->undisturbed_ms = 0;
    pool_budget(&x.town, x.pool, 0, false);
    out = town_decide(&x.town);
    const struct held *h = only_held(&out, x.spare, REASON_BUDGET);
    assert_true(says(h->message, "budgets[0] of pool default"));
    arena_free(&x.arena);
}

/* Of both nodes no pod may ever be evicted; one of them could do without the other. */
static void of_nodes_that_a_budget_of_pods_keeps_those_are_named_that_would_save(void **state)
{
    (void)state;
    struct pair x;
    struct pod_budget never = {
        .name = STR("never"), .selector = {.present = true}, .max_unavailable = {true, true, 0}};

    begin_pair(&x);
    never.namespace = x.moves->spec->namespace;
    x.town.world.pod_budgets = &never;
    x.town.world.pod_budget_count = 1;
    struct decision out = town_decide(&x.town);
    only_held(&out, x.spare, REASON_POD_BUDGET);
    x.town.world.names_held = false; /* without a search all are said to be kept */
    assert_int_equal(town_decide(&x.town).held_count, 2);
    arena_free(&x.arena);
}

static void who_has_nothing_to_gain_is_not_named(void **state)
{
    (void)state;
    struct pair x;

    begin_pair(&x);
    x.pool->consolidation.payback_ms = 60 * 1000;
    x.spare->price_microusd_per_hour = 6; /* half a cent an eviction is not saved in a month */
    struct decision out = town_decide(&x.town);
    assert_int_equal(out.action_count, 0);
    assert_int_equal(out.held_count, 0);
    arena_free(&x.arena);
}

static void to_ask_who_is_held_changes_nothing_that_is_done(void **state)
{
    (void)state;
    struct pair x;

    for (int64_t payback_ms = 60 * 1000; payback_ms <= PAYBACK_MS; payback_ms *= 60) {
        begin_pair(&x);
        x.pool->consolidation.payback_ms = payback_ms;
        struct decision asked = town_decide(&x.town);
        x.town.world.names_held = false;
        struct decision out = town_decide(&x.town);
        assert_int_equal(out.held_count, 0);
        assert_int_equal(out.action_count, payback_ms == PAYBACK_MS ? 3 : 0);
        assert_int_equal(out.action_count, asked.action_count);
        assert_int_equal(out.wake_at_ms, asked.wake_at_ms);
        assert_int_equal(out.rest_until_ms, asked.rest_until_ms);
        assert_true(out.rest_until_ms || out.action_count);
        arena_free(&x.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_have_room_for_goes_at_once),
        cmocka_unit_test(a_cheaper_node_is_there_before_the_dear_one_goes),
        cmocka_unit_test(many_nodes_become_fewer),
        cmocka_unit_test(one_node_becomes_several_that_cost_less),
        cmocka_unit_test(one_decision_takes_no_more_than_budgets_let_go),
        cmocka_unit_test(no_more_start_for_moves_than_the_fleet_bears),
        cmocka_unit_test(like_for_like_is_never_done),
        cmocka_unit_test(what_is_preferred_is_squeezed_out_only_where_preferences_are_ignored),
        cmocka_unit_test(what_does_not_pay_in_time_is_not_done),
        cmocka_unit_test(pods_that_are_dear_to_lose_stay),
        cmocka_unit_test(who_must_not_be_looked_at_stays),
        cmocka_unit_test(a_node_is_left_alone_while_its_pods_change),
        cmocka_unit_test(empty_nodes_go_by_their_ttl_else_with_consolidation),
        cmocka_unit_test(spot_keeps_its_choice),
        cmocka_unit_test(a_move_is_found_again_until_it_is_done),
        cmocka_unit_test(a_move_that_is_off_leaves_nothing),
        cmocka_unit_test(every_fleet_comes_to_rest_and_costs_less),
        cmocka_unit_test(what_does_not_pay_in_time_is_named_with_what_it_saves_and_costs),
        cmocka_unit_test(a_dear_node_whose_replacement_does_not_pay_is_named),
        cmocka_unit_test(whom_a_rule_keeps_is_named_by_that_rule),
        cmocka_unit_test(of_nodes_that_a_budget_of_pods_keeps_those_are_named_that_would_save),
        cmocka_unit_test(who_has_nothing_to_gain_is_not_named),
        cmocka_unit_test(to_ask_who_is_held_changes_nothing_that_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
