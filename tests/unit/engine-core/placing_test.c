/* What every decision about waiting pods must keep, on thousands of random worlds: no constraint is
 * broken, small worlds cost what exhaustive search finds, no fleet costs more than first fit makes
 * it, no bound lies above a fleet, and equal worlds are decided equally.  A failure names its seed:
 * PLACING_SEED=n runs that world alone, and SHOW=1 prints it. */
#include <stdlib.h>

#include "engine/base/buf.h"
#include "engine/optimize/bound.h"
#include "tests/unit/engine-core/plain_ways.h"
#include "tests/unit/engine-core/random_worlds.h"

/* What the engine does not heed yet is left out of the worlds. */
enum {
    HEEDED = WITH_ALL,
    SMALL_WORLDS = 2000,
    LARGE_WORLDS = 200,
    PICKS = 4,
};

struct seeds {
    uint64_t next, end;
};

static struct seeds seeds(uint64_t first, uint64_t count)
{
    const char *one = getenv("PLACING_SEED");
    uint64_t seed = one ? strtoull(one, NULL, 10) : 0;

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

static void assert_not_above_first_fit(const struct town *t, const struct placing *decided,
                                       uint64_t seed)
{
    struct placing plain;

    first_fit(&plain, t);
    if (!placing_holds(&plain) || placing_left(&plain) > placing_left(decided))
        return;
    if (placing_left(decided) > placing_left(&plain) ||
        placing_cost(decided) > placing_cost(&plain)) {
        show_town(t);
        show_placing("decided", decided);
        show_placing("first fit", &plain);
        fail_msg("seed %llu: first fit is cheaper, or places more", (unsigned long long)seed);
    }
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

static void small_worlds_cost_what_exhaustive_search_finds(void **state)
{
    (void)state;
    static struct search s;
    size_t above = 0, fewer = 0, compared = 0;

    for (struct seeds i = seeds(1, SMALL_WORLDS); i.next < i.end; i.next++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct placing p;
        random_town(&t, &a, i.next, HEEDED & ~(WITH_LIMITS | WITH_NODES), false);
        struct decision d = town_decide(&t);
        assert_holds(&t, &d, i.next);
        placing_of_decision(&p, &t, &d, 0);
        compared++;
        int64_t best = placing_cost(&p);
        if (search_better(&s, &t, placing_left(&p), placing_cost(&p))) {
            /* Which of the pods go without is a choice: only the cost of all can be compared. */
            fewer += s.left < placing_left(&p);
            above += s.left == 0 && placing_left(&p) == 0;
            best = s.left == 0 && placing_left(&p) == 0 ? s.cost : best;
            if (getenv("SHOW")) {
                show_town(&t);
                show_placing("decided", &p);
                show_placing("better", &s.best);
            }
        }
        if (bound_of_placed(&t, &p) > best)
            fail_msg("seed %llu: a bound of %lld, but a fleet for %lld", (unsigned long long)i.next,
                     (long long)bound_of_placed(&t, &p), (long long)best);
    }
    print_message("%zu worlds: %zu above the optimum, %zu with more pods unplaced than need be\n",
                  compared, above, fewer);
    assert_int_equal(above, 0);
    assert_int_equal(fewer, 0);
}

static void no_constraint_is_broken_and_first_fit_is_not_cheaper(void **state)
{
    (void)state;

    for (struct seeds i = seeds(100001, SMALL_WORLDS + LARGE_WORLDS); i.next < i.end; i.next++) {
        ARENA_AUTO a = {0};
        struct town t;
        struct placing p;
        random_town(&t, &a, i.next, HEEDED, i.next > 100000 + SMALL_WORLDS);
        struct decision d = town_decide(&t);
        assert_holds(&t, &d, i.next);
        placing_of_decision(&p, &t, &d, 0);
        if (t.pools[0].limits.nodes == INT64_MAX)
            assert_not_above_first_fit(&t, &p, i.next);
        int64_t bound = bound_of_placed(&t, &p);
        if (bound > placing_cost(&p)) {
            show_town(&t);
            show_placing("decided", &p);
            fail_msg("seed %llu: the bound is %lld", (unsigned long long)i.next, (long long)bound);
        }
    }
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

    for (struct seeds i = seeds(200001, SMALL_WORLDS); i.next < i.end; i.next++) {
        ARENA_AUTO a = {0};
        struct town one, other;
        struct rng r = {i.next};
        random_town(&one, &a, i.next, HEEDED, i.next % 10 == 0);
        random_town(&other, &a, i.next, HEEDED, i.next % 10 == 0);
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
        cmocka_unit_test(small_worlds_cost_what_exhaustive_search_finds),
        cmocka_unit_test(no_constraint_is_broken_and_first_fit_is_not_cheaper),
        cmocka_unit_test(equal_worlds_are_decided_equally),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
