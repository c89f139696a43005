/* What every decision about waiting pods must keep, on thousands of random worlds: no constraint is
 * broken, small worlds cost what exhaustive search finds, no fleet costs more than first fit makes
 * it, no bound lies above a fleet, and equal worlds are decided equally.  A failure names its seed:
 * PLACING_SEED=n runs that world alone, and SHOW=1 prints it. */
#include <stdlib.h>

#include "engine/base/buf.h"
#include "engine/optimize/bound.h"
#include "tests/unit/engine-core/plain_ways.h"
#include "tests/unit/engine-core/random_worlds.h"
#include "tests/unit/engine-core/share_counts.h"
#include "tests/unit/more.h"

enum {
    PLAIN = WITH_ALL & ~(WITH_TOPOLOGY | WITH_VOLUMES),
    WORLDS = 12, /* of a kind, in the loop to live in */
    FIRST_SEED = 100000,
    PICKS = 4,
};

struct seeds {
    uint64_t next, end;
};

/* Of the kind: those from so many seeds on. */
static struct seeds seeds(uint64_t kind)
{
    const char *one = getenv("PLACING_SEED");
    uint64_t seed = one ? strtoull(one, NULL, 10) : 0, first = kind * FIRST_SEED + 1;
    uint64_t count = worlds_asked(WORLDS);

    if (!one)
        return (struct seeds){first, first + count};
    return seed >= first && seed < first + count ? (struct seeds){seed, seed + 1}
                                                 : (struct seeds){0, 0};
}

/* The promises. */

static void assert_limits_hold(const struct placing *p, uint64_t seed)
{
    for (size_t i = 0; i < p->town->world.pool_count; i++) {
        const struct pool *pool = &p->town->pools[i];
        int64_t nodes = 0;
        bool bought = false;
        for (size_t k = 0; k < p->node_count; k++) {
            nodes += p->nodes[k].pool == pool;
            bought |= p->nodes[k].pool == pool && !p->nodes[k].claim;
        }
        if (bought && nodes > pool->limits.nodes)
            fail_msg("seed %llu: more nodes than the limit allows", (unsigned long long)seed);
    }
}

/* Whichever of its options each launch turns out to be. */
static void assert_holds(const struct town *t, const struct decision *d, uint64_t seed)
{
    for (size_t pick = 0; pick < PICKS; pick++) {
        struct placing p;
        placing_of_decision(&p, t, d, pick);
        if (!placing_holds(&p)) {
            show_town(t);
            show_placing("decided", &p);
            fail_msg("seed %llu: %s", (unsigned long long)seed, p.broken);
        }
        assert_limits_hold(&p, seed);
    }
}

static bool same_pods_wait(const struct placing *x, const struct placing *y)
{
    for (size_t i = 0; i < x->town->world.pod_count; i++)
        if ((x->at[i] == NOWHERE) != (y->at[i] == NOWHERE))
            return false;
    return true;
}

static bool is_above_first_fit(const struct town *t, const struct placing *decided)
{
    struct placing plain;

    first_fit(&plain, t);
    if (!placing_holds(&plain) || placing_left(&plain) > placing_left(decided) ||
        (placing_left(&plain) == placing_left(decided) &&
         (!same_pods_wait(&plain, decided) || placing_cost(&plain) >= placing_cost(decided))))
        return false;
    if (getenv("SHOW")) {
        show_town(t);
        show_placing("decided", decided);
        show_placing("first fit", &plain);
    }
    return true;
}

static bool is_foreign(const struct node *n)
{
    return n && n->claim && n->claim->foreign;
}

/* Over the pods that have a place which costs something: of nodes that exist what they cost is
 * taken off, and what is not ours has no price. */
static int64_t bound_of_placed(struct town *t, const struct placing *decided)
{
    struct certificate proof;

    for (size_t i = 0; i < t->world.pod_count; i++)
        t->pods[i].never_serve = !place_of(decided, i) || is_foreign(place_of(decided, i));
    bound_prove(t->arena, &t->world, BOUND_WORK_LITTLE, &proof);
    int64_t bound = proof.microusd_per_hour;
    for (size_t i = 0; i < t->world.claim_count; i++)
        bound -= t->claims[i].price_microusd_per_hour;
    for (size_t i = 0; i < t->world.pod_count; i++)
        t->pods[i].never_serve = false;
    return bound;
}

/* Has exhaustive search a cheaper one for the pods that are placed, or one for more pods?  And no
 * bound may lie above what it finds. */
static bool is_missed(struct town *t, const struct placing *p, uint64_t seed)
{
    static struct search s;
    bool cheaper = search_cheaper(&s, p);
    int64_t best = cheaper ? s.cost : placing_cost(p);
    bool missed = cheaper || search_more(&s, p);

    if (missed && getenv("SHOW")) {
        show_town(t);
        show_placing("decided", p);
        show_placing("better", &s.best);
    }
    if (bound_of_placed(t, p) > best)
        fail_msg("seed %llu: a bound of %lld, but a fleet for %lld", (unsigned long long)seed,
                 (long long)bound_of_placed(t, p), (long long)best);
    return missed;
}

static size_t missed_small_worlds(uint64_t kind, unsigned with)
{
    size_t missed = 0;

    for (struct seeds i = seeds(kind); i.next < i.end; i.next++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct placing p;
        random_town(&t, &a, i.next, with & ~(WITH_LIMITS | WITH_NODES | WITH_FOREIGN), false);
        struct decision d = town_decide(&t);
        assert_holds(&t, &d, i.next);
        placing_of_decision(&p, &t, &d, 0);
        missed += is_missed(&t, &p, i.next);
    }
    return missed;
}

static void plain_small_worlds_cost_what_exhaustive_search_finds(void **state)
{
    (void)state;
    assert_int_equal(missed_small_worlds(0, PLAIN), 0);
}

/* In each of them, too, as many pods have a place as can have one. */
static void small_worlds_with_topology_do_too(void **state)
{
    (void)state;
    assert_int_equal(missed_small_worlds(1, WITH_ALL), 0);
}

static size_t worlds_above_first_fit(uint64_t kind, unsigned with, bool large)
{
    size_t count = 0, above = 0;

    for (struct seeds i = seeds(kind); i.next < i.end; i.next++, count++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct placing p;
        if (large && count % 10)
            continue;
        random_town(&t, &a, i.next, with, large);
        struct decision d = town_decide(&t);
        assert_holds(&t, &d, i.next);
        placing_of_decision(&p, &t, &d, 0);
        above += t.pools[0].limits.nodes == INT64_MAX && is_above_first_fit(&t, &p);
        int64_t bound = bound_of_placed(&t, &p);
        if (bound > placing_cost(&p)) {
            show_town(&t);
            show_placing("decided", &p);
            fail_msg("seed %llu: the bound is %lld", (unsigned long long)i.next, (long long)bound);
        }
    }
    return above;
}

static void plain_worlds_are_never_above_first_fit(void **state)
{
    (void)state;
    const unsigned with = PLAIN & ~(WITH_NODES | WITH_FOREIGN);

    assert_int_equal(worlds_above_first_fit(2, with, false), 0);
    assert_int_equal(worlds_above_first_fit(3, with, true), 0);
}

static void no_constraint_is_broken_and_first_fit_is_never_cheaper(void **state)
{
    (void)state;

    assert_int_equal(worlds_above_first_fit(4, WITH_ALL, false), 0);
    /* In which order dozens of pods that want each other could have come is a search of its own,
     * which the checker does not make. */
    assert_int_equal(worlds_above_first_fit(5, WITH_ALL & ~(WITH_AFFINITY | WITH_VOLUMES), true),
                     0);
}

/* With headroom and over nodes that stand, which may have too large a share. */
static void worlds_with_shares(uint64_t kind, unsigned with, bool large)
{
    for (struct seeds i = seeds(kind); i.next < i.end; i.next++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct rng r = {i.next};
        random_town(&t, &a, i.next, with, large);
        for (size_t k = 0; k < t.world.pool_count; k++) {
            t.pools[k].spread_limit = 1 + (int64_t)rng_below(&r, 100);
            if (rng_below(&r, 2))
                town_headroom(&t, &t.pools[k], 1000, 1024, 2);
        }
        struct decision d = town_decide(&t);
        assert_holds(&t, &d, i.next);
        if (!shares_hold(&t, &d)) {
            show_town(&t);
            fail_msg("seed %llu: a type in a zone has too large a share",
                     (unsigned long long)i.next);
        }
    }
}

static void no_type_in_a_zone_has_more_than_its_share(void **state)
{
    (void)state;

    worlds_with_shares(7, WITH_ALL, false);
    worlds_with_shares(8, WITH_ALL & ~(WITH_AFFINITY | WITH_VOLUMES), true);
}

/* Equal worlds. */

static struct str text_of_decision(struct arena *a, const struct decision *d)
{
    struct buf text = buf_in(a);

    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *act = &d->actions[i];
        buf_printf(&text, "%d %d", act->kind, act->reason);
        if (act->claim)
            buf_printf(&text, " " STR_FMT, STR_ARG(act->claim->id));
        if (act->pod)
            buf_printf(&text, " " STR_FMT, STR_ARG(act->pod->name));
        for (size_t k = 0; k < act->option_count; k++)
            buf_printf(&text, " " STR_FMT "/" STR_FMT "/%d", STR_ARG(act->options[k].type->name),
                       STR_ARG(act->options[k].offering->zone),
                       act->options[k].offering->capacity_type);
        for (size_t k = 0; k < act->pod_count; k++)
            buf_printf(&text, " " STR_FMT, STR_ARG(act->pods[k]->name));
        buf_add_char(&text, '\n');
    }
    for (size_t i = 0; i < d->waiting_count; i++)
        buf_printf(&text, STR_FMT " %d " STR_FMT "\n", STR_ARG(d->waiting[i].pod->name),
                   d->waiting[i].reason, STR_ARG(d->waiting[i].message));
    return buf_str(&text);
}

static int by_pod_name(const void *x, const void *y)
{
    return str_cmp(((const struct pod *)x)->name, ((const struct pod *)y)->name);
}

/* The same pods come in another order, each with a specification of its own wherever that lies, and
 * are sorted, as whoever makes a world does. */
static void deal_anew(struct town *t, struct rng *r)
{
    for (size_t i = t->world.pod_count; i > 1; i--) {
        size_t k = rng_below(r, i);
        struct pod swapped = t->pods[k];
        t->pods[k] = t->pods[i - 1];
        t->pods[i - 1] = swapped;
    }
    for (size_t i = 0; i < t->world.pod_count; i++) {
        struct pod_spec *own = ARENA_NEW(t->arena, struct pod_spec);
        *own = *t->pods[i].spec;
        t->pods[i].spec = own;
    }
    qsort(t->pods, t->world.pod_count, sizeof(*t->pods), by_pod_name);
}

static void equal_worlds_are_decided_equally(void **state)
{
    (void)state;

    for (struct seeds i = seeds(6); i.next < i.end; i.next++) {
        ARENA_AUTO a = {0};
        struct town one, other;
        struct rng r = {i.next};
        random_town(&one, &a, i.next, WITH_ALL, i.next % 10 == 0);
        random_town(&other, &a, i.next, WITH_ALL, i.next % 10 == 0);
        deal_anew(&other, &r);
        struct decision d = town_decide(&one), e = town_decide(&other);
        struct str x = text_of_decision(&a, &d), y = text_of_decision(&a, &e);
        if (!str_eq(x, y)) {
            show_town(&one);
            fail_msg("seed %llu: once\n" STR_FMT "and then\n" STR_FMT, (unsigned long long)i.next,
                     STR_ARG(x), STR_ARG(y));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_small_worlds_cost_what_exhaustive_search_finds),
        cmocka_unit_test(small_worlds_with_topology_do_too),
        cmocka_unit_test(plain_worlds_are_never_above_first_fit),
        cmocka_unit_test(no_constraint_is_broken_and_first_fit_is_never_cheaper),
        cmocka_unit_test(no_type_in_a_zone_has_more_than_its_share),
        cmocka_unit_test(equal_worlds_are_decided_equally),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
