#ifndef TESTS_UNIT_ENGINE_LOOP_JUDGE_H
#define TESTS_UNIT_ENGINE_LOOP_JUDGE_H

#include "engine/core/decide.h"
#include "tests/unit/engine-loop/scene.h"

/* Sees a scene from outside, instant by instant, and knows what must never be: written for tests,
 * without a look at how the engine counts.  What breaks or is taken asks nobody, so of those who
 * leave only they are judged that nobody had to take. */

enum {
    JUDGE_PODS = 16,
    JUDGE_READINGS = 64,
    AWAY_MOST = 2, /* of the fleet */
    UNREADY_MOST = 2,
};

struct judge_pool {
    const char *name;
    size_t nodes_most, leavers_most;
    bool is_static;
};
static const struct judge_pool judge_pools[] = {{"default", 6, 1, false}, {"fixed", 5, 2, true}};

/* Of the first pods: `least` of three at least have to be healthy. */
static const size_t judge_budgets[][3] = {{0, 1, 2}, {3, 4, 5}};
enum { HEALTHY_LEAST = 2, HELD_POD = 6 };

/* What a claim's record says; a record that is written again lies elsewhere. */
struct reading {
    const char *body;
    int64_t phase;
    struct str reason;
    bool of_free_will, was_ready, interrupted;
    bool taken; /* the cloud takes its instance: it is away from then on */
    struct str replaces[8];
    size_t replace_count;
};

struct judge {
    struct arena arena;
    struct scene *s;
    uint64_t seed;
    struct reading readings[JUDGE_READINGS];
    size_t reading_count;
    struct home {
        const char *body; /* of the record in which this was read */
        struct str claim;
    } homes[JUDGE_PODS]; /* of the first pods at the last look */
    struct str leavers[JUDGE_PODS], taken[JUDGE_PODS];
    size_t leaver_count, taken_count;
    size_t starts;
    size_t saw_leavers, saw_evictions, saw_starts; /* else nothing has been tried */
    struct str fault;                              /* what must never be and was; empty: nothing */
};

static inline bool judge_is_free_will(struct str code)
{
    static const enum reason reasons[] = {REASON_EMPTY, REASON_EXPIRED, REASON_DRIFTED,
                                          REASON_UNDERUTILIZED};
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (str_eq(code, str_of(reason_row(reasons[i])->code)))
            return true;
    return false;
}

static inline void judge_read(struct judge *j, struct str body, struct reading *r)
{
    ARENA_AUTO a = {0};
    struct json record;

    *r = (struct reading){.body = body.ptr};
    assert_null(json_parse(&a, body, &record));
    assert_true(json_to_int64(json_get(&record, "phase"), &r->phase));
    r->reason = arena_str(&j->arena, json_get(&record, "reason")->text);
    r->of_free_will = judge_is_free_will(r->reason);
    /* One that never was is given up, whatever it is called. */
    r->was_ready = json_get(&record, "ready_ms")->kind != JSON_NULL;
    enum interruption what = INTERRUPTION_NONE;
    struct str word = json_string_or(json_get(&record, "interruption"), (struct str){0});
    r->interrupted = word.len && interruption_parse(word, &what);
    r->taken = what >= INTERRUPTION_RESERVATION && r->phase == CLAIM_READY;
    const struct json *replaces = json_get(&record, "replaces");
    for (size_t i = 0; i < replaces->count && i < COUNT(r->replaces); i++)
        r->replaces[r->replace_count++] = arena_str(&j->arena, replaces->items[i].text);
}

static inline const struct reading *judge_reading(struct judge *j, struct str body)
{
    for (size_t i = 0; i < j->reading_count && i < JUDGE_READINGS; i++)
        if (j->readings[i].body == body.ptr)
            return &j->readings[i];
    struct reading *r = &j->readings[j->reading_count++ % JUDGE_READINGS];
    judge_read(j, body, r);
    return r;
}

static inline const struct reading *judge_claim(struct judge *j, struct str claim)
{
    struct str body = sim_record(j->s->sim, STR("claim"), claim);
    return body.ptr ? judge_reading(j, body) : NULL;
}

static inline bool judge_names(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

/* The first thing that must never be stays said. */
#define judge_blames(j, ...)                                     \
    do {                                                         \
        if (!(j)->fault.len)                                     \
            (j)->fault = arena_printf(&(j)->arena, __VA_ARGS__); \
    } while (0)

static inline void judge_show(struct judge *j)
{
    struct cloud_instance one;

    for (size_t i = 0; sim_instance(j->s->sim, i, &one); i++) {
        const struct reading *r = judge_claim(j, one.claim);
        if (r)
            print_message(STR_FMT ": instance %d, phase %lld, " STR_FMT "%s%s\n",
                          STR_ARG(one.claim), one.state, (long long)r->phase, STR_ARG(r->reason),
                          r->was_ready ? "" : " never ready", r->interrupted ? " interrupted" : "");
    }
}

/* Nodes by pool, and who leaves. */

struct judge_count {
    size_t living[COUNT(judge_pools)], leaving[COUNT(judge_pools)], away, fresh;
    struct str leavers[JUDGE_PODS], taken[JUDGE_PODS];
    size_t leaver_count, taken_count;
};

static inline size_t judge_pool_at(struct judge *j, struct str name)
{
    for (size_t i = 0; i < COUNT(judge_pools); i++)
        if (str_eq(name, str_of(judge_pools[i].name)))
            return i;
    judge_blames(j, "a node of pool " STR_FMT, STR_ARG(name));
    return 0;
}

static inline void judge_count_one(struct judge *j, const struct cloud_instance *i,
                                   struct judge_count *c)
{
    const struct reading *r = judge_claim(j, i->claim);
    size_t pool = judge_pool_at(j, i->pool);

    c->living[pool] += i->state == INSTANCE_PENDING || i->state == INSTANCE_RUNNING;
    if (r && r->taken && c->taken_count < COUNT(c->taken)) {
        c->away += judge_names(j->taken, j->taken_count, i->claim);
        c->taken[c->taken_count++] = arena_str(&j->arena, i->claim);
    }
    if (!r || r->phase < CLAIM_DRAINING)
        return;
    bool fresh = !judge_names(j->leavers, j->leaver_count, i->claim);
    if (c->leaver_count < COUNT(c->leavers))
        c->leavers[c->leaver_count++] = arena_str(&j->arena, i->claim);
    c->away += !fresh;
    if (!r->of_free_will || !r->was_ready)
        return;
    if (judge_pools[pool].is_static && !str_eq(r->reason, STR("Drifted")) &&
        !str_eq(r->reason, STR("Expired")))
        judge_blames(j, "a static pool's node leaves as " STR_FMT, STR_ARG(r->reason));
    c->leaving[pool]++;
    c->fresh += fresh;
}

static inline void judge_nodes(struct judge *j)
{
    struct cloud_instance one;
    struct judge_count c = {0};

    for (size_t i = 0; sim_instance(j->s->sim, i, &one); i++)
        judge_count_one(j, &one, &c);
    for (size_t i = 0; i < COUNT(judge_pools); i++)
        if (c.living[i] > judge_pools[i].nodes_most || c.leaving[i] > judge_pools[i].leavers_most)
            judge_blames(j, "pool %s has %zu nodes, of which %zu leave", judge_pools[i].name,
                         c.living[i], c.leaving[i]);
    /* Whoever goes of free will had to look at all that were away already; who had to go in the
     * same instant did not ask. */
    if (c.fresh && c.away + c.fresh > AWAY_MOST)
        judge_blames(j, "%zu nodes of the fleet are away, and %zu follow", c.away, c.fresh);
    memcpy(j->leavers, c.leavers, sizeof(c.leavers));
    j->leaver_count = c.leaver_count;
    memcpy(j->taken, c.taken, sizeof(c.taken));
    j->taken_count = c.taken_count;
    j->saw_leavers += c.fresh;
}

/* New nodes beside the old ones, of moves. */

static inline void judge_starts(struct judge *j)
{
    struct str body, named[JUDGE_PODS];
    size_t starts = 0, named_count = 0;

    for (size_t i = 0; (body = sim_record_at(j->s->sim, STR("claim"), i)).ptr; i++) {
        const struct reading *r = judge_reading(j, body);
        if (r->phase > CLAIM_LAUNCHED || !r->replace_count)
            continue;
        starts++;
        for (size_t k = 0; k < r->replace_count && named_count < COUNT(named); k++)
            if (!judge_names(named, named_count, r->replaces[k]))
                named[named_count++] = r->replaces[k];
    }
    /* One that goes alone may be followed by several. */
    bool alone = named_count == 1 || j->starts < UNREADY_MOST;
    if (starts > j->starts && starts > UNREADY_MOST && !alone)
        judge_blames(j, "%zu nodes start to replace %zu", starts, named_count);
    j->saw_starts += starts > j->starts;
    j->starts = starts;
}

/* Pods. */

static inline bool judge_is_healthy(const struct scene *s, size_t pod)
{
    return s->pod_at[pod].home.len && s->pod_at[pod].ready;
}

static inline bool judge_runs(struct judge *j, struct str claim)
{
    struct cloud_instance one;

    for (size_t i = 0; sim_instance(j->s->sim, i, &one); i++)
        if (str_eq(one.claim, claim))
            return one.state == INSTANCE_RUNNING;
    return false;
}

/* Its node went on, nobody had to take it, and the pod is no longer there. */
static inline bool judge_is_evicted(struct judge *j, struct str was, struct str is)
{
    const struct reading *r = was.len && !str_eq(was, is) ? judge_claim(j, was) : NULL;

    return r && r->phase >= CLAIM_DRAINING && r->of_free_will && r->was_ready && !r->interrupted &&
           judge_runs(j, was);
}

static inline void judge_eviction(struct judge *j, size_t pod)
{
    if (pod == HELD_POD)
        judge_blames(j, "web-%zu must not be disrupted, and is evicted", pod);
    for (size_t i = 0; i < COUNT(judge_budgets); i++) {
        size_t healthy = 0;
        bool member = false;
        for (size_t k = 0; k < COUNT(judge_budgets[i]); k++) {
            member |= judge_budgets[i][k] == pod;
            healthy += judge_is_healthy(j->s, judge_budgets[i][k]);
        }
        if (member && healthy < HEALTHY_LEAST)
            judge_blames(j, "web-%zu is evicted, and %zu of its budget are left", pod, healthy);
    }
    j->saw_evictions++;
}

/* Is the pod evicted, since the last look? */
static inline bool judge_pod(struct judge *j, size_t pod)
{
    ARENA_AUTO a = {0};
    struct json record = {0};
    struct home *home = &j->homes[pod];
    struct str body =
        sim_record(j->s->sim, STR("binding"), arena_printf(&a, "default/web-%zu", pod));

    if (body.ptr == home->body)
        return false;
    struct str was = home->claim, is = {0};
    if (body.ptr && !json_parse(&a, body, &record))
        is = json_get(&record, "claim")->text;
    *home = (struct home){body.ptr, arena_str(&j->arena, is)};
    return pod < j->s->pods && judge_is_evicted(j, was, home->claim);
}

static inline void judge_pods(struct judge *j)
{
    bool evicted[JUDGE_PODS];

    for (size_t i = 0; i < JUDGE_PODS; i++)
        evicted[i] = judge_pod(j, i);
    for (size_t i = 0; i < JUDGE_PODS; i++)
        if (evicted[i])
            judge_eviction(j, i);
}

static inline void judge_look(struct judge *j)
{
    judge_nodes(j);
    judge_starts(j);
    judge_pods(j);
}

static inline void judge_demand(struct judge *j)
{
    judge_look(j);
    if (!j->fault.len)
        return;
    judge_show(j);
    fail_msg("seed %llu, at %lld s: " STR_FMT, (unsigned long long)j->seed,
             (long long)((sim_now_ms(j->s->sim) - SCENE_START_MS) / SECOND), STR_ARG(j->fault));
}

#endif
