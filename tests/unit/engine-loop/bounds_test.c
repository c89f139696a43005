#include "engine/core/decide.h"
#include "tests/unit/engine-loop/scene.h"
#include "tests/unit/more.h"

/* Whatever happens, and in whatever order: no instance is above the pool's limit, and of free will
 * no more nodes are on their way out than its budget lets.  (What breaks or is taken asks no
 * budget, and counts in it; so only those are counted here that nobody had to take.)  A lost store
 * is left out: who was leaving why is known from nowhere else. */

enum { SEEDS = 12, EVENTS = 25, NODES_MOST = 6, LEAVERS_MOST = 1, PODS_MOST = 14 };
#define POOL                                                                 \
    "{'name':'default','node_class':'default','ttl_seconds_after_empty':60," \
    "'ttl_seconds_until_expired':600,'limits':{'nodes':'6'},'budgets':[{'nodes':'1'}]}"
#define POOL_OTHERWISE                                                                          \
    "{'name':'default','node_class':'default','ttl_seconds_after_empty':60,'labels':{'a':'b'}," \
    "'ttl_seconds_until_expired':600,'limits':{'nodes':'6'},'budgets':[{'nodes':'1'}]}"

static bool is_free_will(struct str code)
{
    static const enum reason reasons[] = {REASON_EMPTY, REASON_EXPIRED, REASON_DRIFTED,
                                          REASON_UNDERUTILIZED};
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (str_eq(code, str_of(reason_row(reasons[i])->code)))
            return true;
    return false;
}

static bool leaves_of_free_will(struct arena *a, struct scene *s, struct str claim)
{
    struct json record;
    int64_t phase = 0;
    struct str body = sim_record(s->sim, STR("claim"), claim);

    if (!body.ptr || json_parse(a, body, &record) ||
        !json_to_int64(json_get(&record, "phase"), &phase))
        return false;
    if (json_get(&record, "ready_ms")->kind == JSON_NULL)
        return false; /* it never was, and is given up */
    return phase >= CLAIM_DRAINING && is_free_will(json_get(&record, "reason")->text);
}

/* How many leave at the instant; above what is allowed it fails. */
static size_t look(struct scene *s, uint64_t seed)
{
    ARENA_AUTO a = {0};
    struct cloud_instance i;
    size_t leavers = 0, living = sim_living(s->sim);

    for (size_t n = 0; n < living && sim_instance(s->sim, n, &i); n++)
        leavers += leaves_of_free_will(&a, s, i.claim);
    if (living > NODES_MOST || leavers > LEAVERS_MOST)
        fail_msg("seed %llu, at %lld s: %zu instances, of which %zu leave",
                 (unsigned long long)seed, (long long)(sim_now_ms(s->sim) / SECOND), living,
                 leavers);
    return leavers;
}

static void something_happens(struct scene *s, struct rng *r, int64_t *generation)
{
    switch (rng_below(r, 7)) {
    case 0:
    case 1:
        scene_set_pods(s, (size_t)rng_below(r, PODS_MOST));
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
    case 6: /* all nodes have drifted */
        ++*generation;
        scene_put(s, "pool", "default", "u1", *generation, false,
                  *generation % 2 ? POOL : POOL_OTHERWISE);
        break;
    }
}

static void no_limit_and_no_budget_is_ever_exceeded(void **state)
{
    (void)state;
    size_t left = 0;

    for (uint64_t seed = 1; seed <= worlds_asked(SEEDS); seed++) {
        struct rng r = {seed};
        struct scene *s = scene_new(3);
        int64_t generation = 1;
        s->pod_milli = 1500;
        s->disrupts_all = true;
        scene_restart(s);
        scene_put_class(s);
        scene_put(s, "pool", "default", "u1", generation, false, POOL);
        for (int i = 0; i < EVENTS; i++) {
            int64_t until_ms = sim_now_ms(s->sim) + (int64_t)rng_below(&r, 3 * MINUTE);
            something_happens(s, &r, &generation);
            while (scene_step(s, until_ms))
                left += look(s, seed);
        }
        scene_free(s);
    }
    print_message("%zu looks saw a node leave\n", left);
    assert_true(left > 0); /* else nothing has been tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_limit_and_no_budget_is_ever_exceeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
