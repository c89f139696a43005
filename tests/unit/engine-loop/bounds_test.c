#include <stdlib.h>

#include "engine/base/log.h"
#include "tests/unit/engine-loop/judge.h"
#include "tests/unit/more.h"

/* Whatever happens, and in whatever order, at no instant is a limit or a budget exceeded by what
 * the engine does of free will: nodes of a pool, those of it and of the fleet that leave, those
 * that start for them, pods that a PodDisruptionBudget covers or that must not be disrupted, and
 * what a static pool has (judge.h).  A lost store is left out: who was leaving why is known from
 * nowhere else. */

enum { SEEDS = 12, EVENTS = 25, PODS_LEAST = 7, DEARER = 30 /* so that moves pay soon */ };

#define DEFAULT                                                                          \
    "{'name':'default','node_class':'default','ttl_seconds_after_empty':60,%s"           \
    "'ttl_seconds_until_expired':1200,'limits':{'nodes':'6'},'budgets':[{'nodes':'1'}]," \
    "'consolidation':{'enabled':true,'after_seconds':30}}"
#define FIXED                                                                           \
    "{'name':'fixed','node_class':'default','replicas':3,'limits':{'nodes':'5'},%s"     \
    "'taints':[{'key':'fixed','effect':'NoSchedule'}],'ttl_seconds_until_expired':900," \
    "'budgets':[{'nodes':'2'}]}"

struct life {
    struct scene *scene;
    struct rng rng;
    int generation;
};

/* All nodes have drifted. */
static void put_pools(struct life *l)
{
    ARENA_AUTO a = {0};
    const char *more = ++l->generation % 2 ? "" : "'labels':{'a':'b'},";

    scene_put(l->scene, "pool", "default", "u1", l->generation, false,
              arena_printf(&a, DEFAULT, more).ptr);
    scene_put(l->scene, "pool", "fixed", "u2", l->generation, false,
              arena_printf(&a, FIXED, more).ptr);
}

/* (whose sizes stay: a pod of another size is another pod, and no eviction) */
static void deal_pods(struct life *l)
{
    scene_set_pods(l->scene, PODS_LEAST + (size_t)rng_below(&l->rng, JUDGE_PODS - PODS_LEAST + 1));
}

static void announce_something(struct scene *s, struct rng *r)
{
    struct cloud_instance i;
    size_t living = sim_living(s->sim);

    if (!living || !sim_instance(s->sim, (size_t)rng_below(r, living), &i))
        return;
    scene_announce(s, r, i.id);
}

static void move_prices(struct scene *s, struct rng *r)
{
    size_t at = rng_below(r, COUNT(scene_types));

    s->prices[at][1] = 1 + (int64_t)rng_below(r, DEARER * (uint64_t)scene_types[at].on_demand);
}

static void something_happens(struct life *l)
{
    struct scene *s = l->scene;
    struct rng *r = &l->rng;

    switch (rng_below(r, 9)) {
    case 0:
    case 1:
        deal_pods(l);
        break;
    case 2:
        scene_fail_some(s, r);
        break;
    case 3:
        sim_crash_at(s->sim, 1 + (unsigned)rng_below(r, 6));
        break;
    case 4:
        scene_stop_some(s, r);
        break;
    case 5:
        scene_restart(s);
        break;
    case 6:
        put_pools(l);
        break;
    case 7:
        announce_something(s, r);
        break;
    case 8:
        move_prices(s, r);
        break;
    }
}

static void set_scene(struct life *l)
{
    static const char *const budgets[] = {"a", "b"};
    static const int64_t sizes[] = {300, 700, 1500};
    struct scene *s = l->scene = scene_new(PODS_LEAST);

    s->disrupts_all = true;
    s->max_disrupted = (struct share){.set = true, .value = AWAY_MOST};
    s->max_unready = (struct share){.set = true, .value = UNREADY_MOST};
    s->ready_after_ms = 5 * SECOND;
    for (size_t i = 0; i < JUDGE_PODS; i++)
        s->pod_at[i].milli = sizes[rng_below(&l->rng, COUNT(sizes))];
    for (size_t i = 0; i < COUNT(scene_types); i++)
        for (size_t k = 0; k < 2; k++)
            s->prices[i][k] = DEARER * (k ? scene_types[i].spot : scene_types[i].on_demand);
    s->pod_at[HELD_POD].holds = true;
    for (size_t i = 0; i < COUNT(budgets); i++) {
        struct scene_budget *b = &s->budgets[s->budget_count++];
        struct share two = {.set = true, .value = HEALTHY_LEAST}, one = {.set = true, .value = 1};
        *b = (struct scene_budget){.name = str_of(budgets[i])};
        *(i ? &b->most : &b->least) = i ? one : two; /* of three that is the same */
        for (size_t k = 0; k < COUNT(judge_budgets[i]); k++)
            b->numbers[b->count++] = arena_printf(&s->arena, "%zu", judge_budgets[i][k]);
    }
    scene_restart(s);
    scene_put_class(s);
    put_pools(l);
    deal_pods(l);
}

static void no_limit_and_no_budget_is_ever_exceeded(void **state)
{
    (void)state;
    size_t leavers = 0, evictions = 0, starts = 0, lives = worlds_asked(SEEDS);

    for (uint64_t seed = 1; seed <= lives; seed++) {
        struct life l = {.rng = {seed}};
        set_scene(&l);
        struct judge j = {.s = l.scene, .seed = seed};
        for (int i = 0; i < EVENTS; i++) {
            int64_t until_ms = sim_now_ms(l.scene->sim) + (int64_t)rng_below(&l.rng, 3 * MINUTE);
            something_happens(&l);
            while (scene_step(l.scene, until_ms))
                judge_demand(&j);
        }
        leavers += j.saw_leavers;
        evictions += j.saw_evictions;
        starts += j.saw_starts;
        arena_free(&j.arena);
        scene_free(l.scene);
    }
    print_message("%zu nodes left, %zu pods were evicted, %zu times nodes started for others\n",
                  leavers, evictions, starts);
    /* Else nothing has been tried. */
    assert_true(leavers > lives && evictions > lives && starts > lives / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_limit_and_no_budget_is_ever_exceeded),
    };
    setenv("TENON_LOG", "off", 0);
    log_init(LOG_PLAIN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
