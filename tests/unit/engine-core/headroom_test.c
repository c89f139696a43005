/* Room that a pool keeps free: pods that nobody has made, of the lowest standing. */
#include "tests/unit/engine-core/random_worlds.h"
#include "tests/unit/more.h"

static struct pool *begin(struct town *t, struct arena *a)
{
    town_init(t, a);
    town_type(t, "large", 2000, 8192, 100000, 0, 2);
    town_type(t, "xlarge", 4000, 16384, 190000, 0, 2);
    struct pool *p = town_pool(t, "default");
    p->empty_after_ms = 60000;
    return p;
}

/* An empty node that has been so for longer than any TTL. */
static struct claim *idle(struct town *t, const char *id, struct pool *p, size_t type)
{
    struct claim *c = town_claim(t, id, p, &t->types[type]);

    c->empty_since_ms = t->world.now_ms - HOUR_MS;
    return c;
}

static void what_is_lacking_is_launched_and_a_node_that_starts_counts(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_headroom(&t, begin(&t, &a), 1500, 1024, 2);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1); /* one for both is cheaper than two */
    assert_int_equal(d.actions[0].kind, ACTION_LAUNCH);
    assert_int_equal(d.actions[0].reason, REASON_HEADROOM);
    assert_true(str_eq(d.actions[0].options[0].type->name, STR("xlarge")));
    assert_int_equal(d.actions[0].pod_count, 0);
    assert_int_equal(d.pools[0].headroom, 2);
    assert_int_equal(d.pools[0].headroom_ready, 0);
    assert_false(d.pools[0].settled);
    struct claim *c = idle(&t, "c1", &t.pools[0], 1);
    c->phase = CLAIM_LAUNCHED;
    c->ready_ms = NEVER_MS;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_false(d.pools[0].settled);
    c->phase = CLAIM_READY;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0); /* though it is past its TTL */
    assert_int_equal(d.pools[0].headroom_ready, 2);
    assert_true(d.pools[0].settled);
}

static void room_on_used_nodes_will_do_and_then_empty_ones_go(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a);
    town_headroom(&t, p, 1000, 1024, 1);
    idle(&t, "a1", p, 0);
    struct claim *used = idle(&t, "b1", p, 0);
    town_pod(&t, "p1", 1000, 1024)->claim = used->id;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].kind, ACTION_CORDON);
    assert_true(d.actions[0].claim == &t.claims[0]);
    spec_of(&t.pods[0])->requests.amount[RESOURCE_CPU] = 1001;
    assert_int_equal(town_decide(&t).action_count, 0);
}

static void of_empty_nodes_the_oldest_holds_it_whatever_comes(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a);
    town_headroom(&t, p, 1000, 1024, 1);
    struct claim *young = idle(&t, "a1", p, 0), *old = idle(&t, "b1", p, 0);
    old->created_ms -= HOUR_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].claim == young);
}

static void a_pod_takes_the_room_and_it_is_filled_again(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a);
    town_headroom(&t, p, 1500, 1024, 1);
    idle(&t, "c1", p, 0);
    town_pod(&t, "p1", 1000, 1024);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 2);
    assert_int_equal(d.actions[0].kind, ACTION_BIND);
    assert_int_equal(d.actions[1].kind, ACTION_LAUNCH);
    assert_int_equal(d.actions[1].reason, REASON_HEADROOM);
}

static void a_node_for_pods_is_made_larger_where_that_is_cheaper_than_another(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_headroom(&t, begin(&t, &a), 1500, 1024, 1);
    town_pod(&t, "p1", 1000, 1024);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].reason, REASON_PENDING_PODS);
    assert_int_equal(d.actions[0].pod_count, 1);
    assert_true(str_eq(d.actions[0].options[0].type->name, STR("xlarge")));
    spec_of(&t.pods[0])->requests.amount[RESOURCE_CPU] = 500; /* now both fit the smaller one */
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(str_eq(d.actions[0].options[0].type->name, STR("large")));
    spec_of(&t.pods[0])->requests.amount[RESOURCE_CPU] = 3000; /* and now no type holds both */
    d = town_decide(&t);
    assert_int_equal(d.action_count, 2);
    assert_int_equal(d.actions[0].reason, REASON_PENDING_PODS);
    assert_int_equal(d.actions[1].reason, REASON_HEADROOM);
    assert_true(str_eq(d.actions[1].options[0].type->name, STR("large")));
}

static void limits_come_first_and_what_they_keep_from_being_free_is_said(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a);
    town_headroom(&t, p, 1500, 1024, 3);
    p->limits.nodes = 1;
    town_pod(&t, "p1", 1000, 1024);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1); /* the pod's node, as large as it is good for */
    assert_true(str_eq(d.actions[0].options[0].type->name, STR("xlarge")));
    assert_int_equal(d.pools[0].reason, REASON_LIMIT);
    assert_true(says(d.pools[0].message, "of 3 pieces of headroom 1"));
    assert_true(says(d.pools[0].message, "1 nodes is used up"));
    t.pods[0].claim = idle(&t, "c1", p, 1)->id;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_true(d.pools[0].settled);
    assert_int_equal(d.pools[0].headroom_ready, 2);
    p->limits.nodes = INT64_MAX;
    p->limits.microusd_per_hour = 190000 + 99999; /* a node's price short of another */
    assert_int_equal(town_decide(&t).action_count, 0);
    p->limits.microusd_per_hour++;
    assert_int_equal(town_decide(&t).action_count, 1);
}

static void capacity_that_lacks_is_waited_for(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_headroom(&t, begin(&t, &a), 1500, 1024, 1);
    for (size_t i = 0; i < t.catalog.count; i++)
        for (size_t k = 0; k < t.types[i].offering_count; k++)
            ((struct offering *)t.types[i].offerings)[k].unavailable_until_ms =
                t.world.now_ms + 5000;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_NO_CAPACITY);
    assert_false(d.pools[0].settled);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + 5000);
    t.pools[0].catalog = NULL;
    d = town_decide(&t);
    assert_int_equal(d.pools[0].reason, REASON_NO_CATALOG);
    assert_false(d.pools[0].settled);
}

static void what_no_type_is_or_has_is_said(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a), *other = town_pool(&t, "other");
    other->catalog = NULL;
    town_headroom(&t, p, 9000, 1024, 1);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].reason, REASON_NO_TYPE_FITS);
    assert_true(says(d.pools[0].message, "its largest type xlarge offers 4"));
    assert_true(d.pools[0].settled);
    assert_int_equal(d.pools[1].reason, REASON_NONE);
    town_headroom(&t, p, 100, 100, 1);
    ((struct pod_spec *)p->headroom[0].spec)->unserved_resource = STR("example.com/dongle");
    ((struct pod_spec *)p->headroom[0].spec)->requests = amounts(100, 100, 1);
    d = town_decide(&t);
    assert_int_equal(d.action_count, 1); /* for the other piece */
    assert_int_equal(d.pools[0].reason, REASON_UNSERVED_RESOURCE);
    assert_true(says(d.pools[0].message, "example.com/dongle"));
}

static void it_comes_with_the_replacement_and_keeps_nobody_from_going(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a);
    town_headroom(&t, p, 1500, 1024, 1);
    struct claim *old = idle(&t, "c1", p, 1);
    town_pod(&t, "p1", 1000, 1024)->claim = old->id;
    p->hash = STR("h2");
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_int_equal(d.actions[0].reason, REASON_DRIFTED);
    assert_true(str_eq(d.actions[0].options[0].type->name, STR("xlarge")));
    struct claim *new = idle(&t, "c2", p, 0); /* whatever came: the pod has its place */
    new->hash = STR("h2");
    p->limits.nodes = 2;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_true(find_action(&d, ACTION_CORDON)->claim == old);
    assert_int_equal(count_actions(&d, ACTION_LAUNCH), 0);
    assert_int_equal(d.pools[0].reason, REASON_LIMIT);
    p->limits.nodes = 3;
    d = town_decide(&t);
    assert_int_equal(count_actions(&d, ACTION_CORDON), 1);
    assert_int_equal(find_action(&d, ACTION_LAUNCH)->reason, REASON_HEADROOM);
}

static void a_static_pool_launches_nothing_for_it(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    struct pool *p = begin(&t, &a);
    p->replicas = 1;
    town_headroom(&t, p, 1500, 1024, 2);
    idle(&t, "c1", p, 0);
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].headroom_ready, 1);
    assert_int_equal(d.pools[0].reason, REASON_LIMIT);
    assert_true(says(d.pools[0].message, "of 2 pieces of headroom 1"));
    assert_true(d.pools[0].settled);
}

static void it_is_of_the_pool_alone_whose_taints_it_bears(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct taint special = {STR("special"), STR("yes"), EFFECT_NO_SCHEDULE};

    struct pool *p = begin(&t, &a), *other = town_pool(&t, "other");
    p->taints = (struct taints){&special, 1, 1};
    other->weight = 5;
    town_headroom(&t, p, 1500, 1024, 1);
    idle(&t, "o1", other, 0)->empty_since_ms = NEVER_MS;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 1);
    assert_true(d.actions[0].pool == p);
    p->deleting = true;
    d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_int_equal(d.pools[0].headroom, 0);
}

static void while_pools_are_being_destroyed_it_waits_as_pods_do(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_headroom(&t, begin(&t, &a), 1500, 1024, 1);
    t.world.pool_deleted_ms = t.world.now_ms - 500;
    struct decision d = town_decide(&t);
    assert_int_equal(d.action_count, 0);
    assert_false(d.pools[0].settled);
    assert_int_equal(d.wake_at_ms, t.world.now_ms + 500);
}

/* What is decided of pods, as far as headroom may not change it. */
static void assert_same_for_pods(const struct decision *x, const struct decision *y, uint64_t seed)
{
    size_t at = 0;

    for (size_t i = 0; i < y->action_count; i++) {
        const struct action *a = &x->actions[at], *b = &y->actions[i];
        if (b->reason == REASON_HEADROOM)
            continue;
        if (at == x->action_count || a->kind != b->kind || a->pod != b->pod ||
            a->pod_count != b->pod_count ||
            (a->pod_count && memcmp(a->pods, b->pods, a->pod_count * sizeof(struct pod *)) != 0))
            fail_msg("seed %llu: pods are served otherwise", (unsigned long long)seed);
        at++;
    }
    if (at != x->action_count || x->waiting_count != y->waiting_count)
        fail_msg("seed %llu: pods are not served or wait", (unsigned long long)seed);
    for (size_t i = 0; i < x->waiting_count; i++)
        if (x->waiting[i].pod != y->waiting[i].pod || x->waiting[i].reason != y->waiting[i].reason)
            fail_msg("seed %llu: pods wait for something else", (unsigned long long)seed);
}

/* Room by node in the worst case, less what pods take there: do all pieces fit that are not said to
 * lack?  Pieces of a test are alike, so counting is enough. */
static int64_t pieces_free(const struct town *t, const struct decision *d, const struct pool *p)
{
    const struct resources *one = &p->headroom[0].spec->requests;
    int64_t found = 0;

    for (size_t i = 0; i < t->world.claim_count; i++) {
        const struct claim *c = &t->claims[i];
        struct resources rest = c->allocatable;
        for (size_t k = 0; k < t->world.daemon_count; k++)
            resources_subtract(&rest, &t->daemons[k].spec->requests);
        for (size_t k = 0; k < t->world.pod_count; k++) {
            bool bound = str_eq(t->pods[k].claim, c->id);
            for (size_t n = 0; n < d->action_count; n++)
                bound |= d->actions[n].kind == ACTION_BIND && d->actions[n].claim == c &&
                         d->actions[n].pod == &t->pods[k];
            if (bound)
                resources_subtract(&rest, &t->pods[k].spec->requests);
        }
        if (str_eq(c->pool, p->name))
            found += resources_times(one, &rest);
    }
    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *act = &d->actions[i];
        int64_t least = INT64_MAX;
        for (size_t k = 0; act->pool == p && k < act->option_count; k++) {
            struct resources rest = act->options[k].type->allocatable;
            for (size_t n = 0; n < t->world.daemon_count; n++)
                resources_subtract(&rest, &t->daemons[n].spec->requests);
            for (size_t n = 0; n < act->pod_count; n++)
                resources_subtract(&rest, &act->pods[n]->spec->requests);
            int64_t times = resources_times(one, &rest);
            least = times < least ? times : least;
        }
        found += least == INT64_MAX ? 0 : least;
    }
    return found;
}

static void pods_are_served_as_if_there_were_none_and_it_is_free_or_said_to_lack(void **state)
{
    (void)state;

    for (uint64_t seed = 1; seed <= worlds_asked(80); seed++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct rng r = {seed};
        bool large = seed % 2;
        random_town(&t, &a, seed, large ? WITH_ALL & ~WITH_TOPOLOGY : WITH_ALL, large);
        struct decision without = town_decide(&t);
        town_headroom(&t, &t.pools[0], 100 * (1 + (int64_t)rng_below(&r, 50)),
                      128 * (1 + (int64_t)rng_below(&r, 80)), 1 + (int64_t)rng_below(&r, 8));
        struct decision with = town_decide(&t);
        assert_same_for_pods(&without, &with, seed);
        struct placing p;
        placing_of_decision(&p, &t, &with, seed);
        if (!placing_holds(&p))
            fail_msg("seed %llu: %s", (unsigned long long)seed, p.broken);
        if (with.pools[0].reason == REASON_NONE &&
            pieces_free(&t, &with, &t.pools[0]) < t.pools[0].headroom[0].count)
            fail_msg("seed %llu: it is not free, and nobody says so", (unsigned long long)seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_lacking_is_launched_and_a_node_that_starts_counts),
        cmocka_unit_test(room_on_used_nodes_will_do_and_then_empty_ones_go),
        cmocka_unit_test(of_empty_nodes_the_oldest_holds_it_whatever_comes),
        cmocka_unit_test(a_pod_takes_the_room_and_it_is_filled_again),
        cmocka_unit_test(a_node_for_pods_is_made_larger_where_that_is_cheaper_than_another),
        cmocka_unit_test(limits_come_first_and_what_they_keep_from_being_free_is_said),
        cmocka_unit_test(capacity_that_lacks_is_waited_for),
        cmocka_unit_test(what_no_type_is_or_has_is_said),
        cmocka_unit_test(it_comes_with_the_replacement_and_keeps_nobody_from_going),
        cmocka_unit_test(a_static_pool_launches_nothing_for_it),
        cmocka_unit_test(it_is_of_the_pool_alone_whose_taints_it_bears),
        cmocka_unit_test(while_pools_are_being_destroyed_it_waits_as_pods_do),
        cmocka_unit_test(pods_are_served_as_if_there_were_none_and_it_is_free_or_said_to_lack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
