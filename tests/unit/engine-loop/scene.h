#ifndef TESTS_UNIT_ENGINE_LOOP_SCENE_H
#define TESTS_UNIT_ENGINE_LOOP_SCENE_H

/* A small world for tests: three types in two zones, a deployment of equal pods, an engine that is
 * stepped through virtual time and started again wherever it dies. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/json.h"
#include "engine/base/rng.h"
#include "engine/engine.h"
#include "engine/objects/class_document.h"
#include "engine/objects/pool_document.h"
#include "engine/sim/sim.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

enum { SECOND = 1000, MINUTE = 60 * SECOND };
#define SCENE_START_MS (1000LL * SECOND)
#define SCENE_DATE_MS  (1700000000LL * SECOND) /* 2023-11-14T22:13:20Z */
#define MEBI           ((int64_t)1024 * 1024)

/* What is said of one pod alone. */
struct scene_pod {
    int64_t milli;    /* what it asks for; 0: as all do */
    bool over;        /* it has ended */
    bool holds;       /* it must not be disrupted ... */
    int64_t holds_ms; /* ... for so long after it began; 0: for good */
    bool unready;
    /* Where it was seen last, and since when. */
    struct str home;
    int64_t since_ms;
    bool ready;
};

/* A PodDisruptionBudget. */
struct scene_budget {
    struct str name;
    struct share least, most;
    bool always;            /* evicts what is not healthy */
    struct str numbers[16]; /* of the pods that it selects; none: all */
    size_t count;
};

struct scene {
    struct arena arena;
    struct sim *sim;
    struct engine *engine;
    size_t pods;                 /* default/web-0, ... */
    int64_t pod_milli;           /* what each asks for; memory goes with it */
    struct scene_pod pod_at[16]; /* of the first of them */
    int64_t ready_after_ms;      /* so long after they have got a node these are ready */
    struct scene_budget budgets[4];
    size_t budget_count;
    int64_t prices[3][2];    /* of the types, by capacity type; 0: as in scene_types */
    bool withdrawn[3][2];    /* of the types, by zone: it is not offered there */
    bool disrupts_all;       /* the engine is a daemon: it may disrupt whatever pool */
    struct str pod_nodes[8]; /* the nodes that the first of them have already; empty: none */
    struct claim nodes[8];   /* that Kubernetes knows, ours or not; sorted by id */
    size_t node_count;
    bool workload_broken;
    bool heeds_rebalance;                    /* engines that begin from now on do */
    struct share max_disrupted, max_unready; /* theirs */
    const char *account;                     /* theirs; NULL: not known */
    unsigned restarts;
    int64_t drain_by_ms; /* of pools put as deleting from now on: a date; 0: at once */
};

struct scene_type {
    const char *name;
    int64_t cpu_milli, memory_mib, on_demand, spot;
};
static const struct scene_type scene_types[] = {
    {"c5.large", 2000, 4096, 85000, 34000},
    {"m5.large", 2000, 8192, 96000, 38000},
    {"m5.xlarge", 4000, 16384, 192000, 77000},
};
static const char *const scene_zones[] = {"us-east-1a", "us-east-1b"};

static inline const struct offering *scene_offerings(struct arena *a, const struct scene *s,
                                                     const struct scene_type *t, size_t *count)
{
    struct offering *o = ARENA_ARRAY(a, struct offering, 2 * COUNT(scene_zones));
    size_t n = 0;
    const int64_t *now = s->prices[t - scene_types];
    for (size_t z = 0; z < COUNT(scene_zones); z++) {
        if (s->withdrawn[t - scene_types][z])
            continue;
        o[n++] = (struct offering){str_of(scene_zones[z]), CAPACITY_ON_DEMAND,
                                   now[0] ? now[0] : t->on_demand, 0};
        o[n++] =
            (struct offering){str_of(scene_zones[z]), CAPACITY_SPOT, now[1] ? now[1] : t->spot, 0};
    }
    *count = n;
    return o;
}

static inline void scene_catalog(void *self, struct event *e)
{
    struct arena *a = &e->arena;
    struct instance_type *types = ARENA_ARRAY(a, struct instance_type, COUNT(scene_types));
    for (size_t i = 0; i < COUNT(scene_types); i++) {
        const struct scene_type *t = &scene_types[i];
        struct resources r = {{[RESOURCE_CPU] = t->cpu_milli,
                               [RESOURCE_MEMORY] = t->memory_mib * MEBI,
                               [RESOURCE_PODS] = 29}};
        types[i] = (struct instance_type){.name = str_of(t->name), .capacity = r, .allocatable = r};
        types[i].allocatable.amount[RESOURCE_CPU] -= 100;
        types[i].offerings = scene_offerings(a, self, t, &types[i].offering_count);
        labels_set(a, &types[i].labels, STR("kubernetes.io/arch"), STR("amd64"));
        labels_set(a, &types[i].labels, STR("kubernetes.io/os"), STR("linux"));
        labels_set(a, &types[i].labels, STR("node.kubernetes.io/instance-type"), str_of(t->name));
    }
    e->catalog = (struct catalog){e->name, types, COUNT(scene_types)};
    e->resources = resource_table_new();
}

static inline const struct pod_spec *scene_pod_spec(struct arena *a, int64_t milli)
{
    struct requirements *any = ARENA_NEW(a, struct requirements);
    struct pod_spec *spec = ARENA_NEW(a, struct pod_spec);
    *spec = (struct pod_spec){
        .namespace = STR("default"),
        .requests =
            {{[RESOURCE_CPU] = milli, [RESOURCE_MEMORY] = milli * MEBI, [RESOURCE_PODS] = 1}},
        .terms = any,
        .term_count = 1,
        .own_terms = any,
        .own_term_count = 1};
    return spec;
}

/* Each of the first pods can be selected, by its number. */
static inline void scene_label(struct arena *a, struct pod *p, size_t number)
{
    struct pod_spec *own = ARENA_NEW(a, struct pod_spec);
    *own = *p->spec;
    labels_set(a, &own->labels, STR("web"), arena_printf(a, "%zu", number));
    p->spec = own;
}

static inline struct label_selector scene_selector(struct arena *a, const struct scene_budget *b)
{
    struct requirement *who = ARENA_NEW(a, struct requirement);
    if (!b->count)
        return (struct label_selector){.present = true};
    assert_null(requirement_new(a, STR("web"), OPERATOR_IN, b->numbers, b->count, 0, who));
    return (struct label_selector){true, who, 1, 1};
}

static inline void scene_pod_budgets(struct arena *a, const struct scene *s, struct workload *w)
{
    struct pod_budget *all = ARENA_ARRAY(a, struct pod_budget, s->budget_count);
    for (size_t i = 0; i < s->budget_count; i++)
        all[i] = (struct pod_budget){
            .name = arena_printf(a, "default/" STR_FMT, STR_ARG(s->budgets[i].name)),
            .namespace = STR("default"),
            .selector = scene_selector(a, &s->budgets[i]),
            .min_available = s->budgets[i].least,
            .max_unavailable = s->budgets[i].most,
            .evicts_unhealthy = s->budgets[i].always};
    w->pod_budgets = all;
    w->pod_budget_count = s->budget_count;
}

static inline bool scene_is_unready(const struct scene *s, const struct scene_pod *one)
{
    return one->unready || (s->ready_after_ms && !one->ready);
}

static inline void scene_workload(void *self, struct event *e)
{
    struct scene *s = self;
    struct arena *a = &e->arena;
    struct pod *pods = ARENA_ARRAY(a, struct pod, s->pods);
    if (s->workload_broken) {
        e->error = error_new(a, ERROR_INVALID, "web.yaml:3: found a tab");
        e->complete = false;
        return;
    }
    const struct pod_spec *all = scene_pod_spec(a, s->pod_milli);
    const struct scene_pod like = {0};
    for (size_t i = 0; i < s->pods; i++) {
        const struct scene_pod *one = i < COUNT(s->pod_at) ? &s->pod_at[i] : &like;
        pods[i] = (struct pod){
            .name = arena_printf(a, "default/web-%zu", i),
            .spec = one->milli ? scene_pod_spec(a, one->milli) : all,
            .never_serve = one->over,
            .undisturbed_ms = one->holds_ms ? one->holds_ms
                              : one->holds  ? NEVER_MS
                                            : 0,
            .unready = scene_is_unready(s, one),
            .node = i < COUNT(s->pod_nodes) ? s->pod_nodes[i] : (struct str){0},
        };
        if (i < COUNT(s->pod_at))
            scene_label(a, &pods[i], i);
    }
    e->workload = (struct workload){.whole = WORKLOAD_ALL,
                                    .pods = pods,
                                    .pod_count = s->pods,
                                    .nodes = s->nodes,
                                    .node_count = s->node_count};
    e->workload.resources = resource_table_new();
    scene_pod_budgets(a, s, &e->workload);
}

static inline struct error *scene_parse_pool(struct arena *a, struct str document,
                                             struct resource_table *resources, struct pool *out)
{
    struct json *tree = ARENA_NEW(a, struct json);
    TRY(json_parse(a, document, tree));
    return pool_document_read(a, tree, resources, out);
}

static inline struct error *scene_drift_text(struct arena *a, struct str pool, struct str class,
                                             struct str *out)
{
    struct json p, c;
    TRY(json_parse(a, pool, &p));
    TRY(json_parse(a, class, &c));
    *out = arena_printf(a, STR_FMT "\n" STR_FMT, STR_ARG(pool_document_canonical(a, &p)),
                        STR_ARG(class_document_canonical(a, &c)));
    return NULL;
}

/* An engine, begun and begun again. */

static inline void scene_restart(struct scene *s)
{
    static const struct document_port documents = {scene_parse_pool, scene_drift_text};
    const struct engine_options options = {.cluster = STR("moon"),
                                           .region = STR("us-east-1"),
                                           .account = str_of(s->account),
                                           .heeds_rebalance = s->heeds_rebalance,
                                           .disrupt_all = s->disrupts_all,
                                           .max_disrupted = s->max_disrupted,
                                           .max_unready = s->max_unready,
                                           .seed = 7};
    engine_free(s->engine);
    struct engine_ports ports = sim_ports(s->sim, &documents);
    s->engine = engine_new(&options, &ports);
    sim_attach(s->sim, engine_sink(s->engine));
    ports.cluster.submit_watch(ports.cluster.self);
    ports.store.submit_acquire(ports.store.self);
}

static inline struct scene *scene_new_slow(size_t pods, int64_t launch_more_ms)
{
    struct scene *s = calloc(1, sizeof(*s));
    s->pods = pods;
    s->pod_milli = 900;
    const struct sim_options options = {
        .start_ms = SCENE_START_MS,
        .date_ms = SCENE_DATE_MS,
        .answer_ms = 200,
        .launch_more_ms = launch_more_ms,
        .boot_ms = 30 * SECOND,
        .stop_ms = 20 * SECOND,
        .visible_ms = 2 * SECOND,
        .image = STR("ami-1"),
        .fill_catalog = scene_catalog,
        .fill_workload = scene_workload,
        .self = s,
    };
    s->sim = sim_new(&options);
    scene_restart(s);
    return s;
}

static inline struct scene *scene_new(size_t pods)
{
    return scene_new_slow(pods, 0);
}

static inline void scene_free(struct scene *s)
{
    engine_free(s->engine);
    sim_free(s->sim);
    arena_free(&s->arena);
    free(s);
}

/* Kubelets report what comes and what becomes ready; when the next will, NEVER_MS: nothing. */
static inline int64_t scene_look_at_pods(struct scene *s)
{
    int64_t next = NEVER_MS, now_ms = sim_now_ms(s->sim);
    bool changed = false;
    for (size_t i = 0; i < s->pods && i < COUNT(s->pod_at) && s->ready_after_ms; i++) {
        ARENA_AUTO a = {0};
        struct scene_pod *one = &s->pod_at[i];
        struct str home =
            sim_record(s->sim, STR("binding"), arena_printf(&a, "default/web-%zu", i));
        int64_t ready_ms = one->since_ms + s->ready_after_ms;
        changed |= !one->ready && ready_ms <= now_ms;
        one->ready |= ready_ms <= now_ms;
        if (!str_eq(home, one->home)) {
            one->home = arena_str(&s->arena, home);
            one->since_ms = now_ms;
            one->ready = false;
            changed = true;
            ready_ms = now_ms + s->ready_after_ms;
        }
        next = ready_ms > now_ms && ready_ms < next ? ready_ms : next;
    }
    if (changed)
        sim_workload_changed(s->sim);
    return next;
}

/* Time: runs until the instant (from the start), or until nothing is left to do. */

static inline bool scene_step(struct scene *s, int64_t until_ms)
{
    int64_t next = engine_step(s->engine), answer = scene_look_at_pods(s);
    if (answer < next)
        next = answer;
    if (sim_has_crashed(s->sim)) {
        s->restarts++;
        scene_restart(s);
        return true;
    }
    answer = sim_next_ms(s->sim);
    if (answer < next)
        next = answer;
    if (next > until_ms) {
        sim_advance(s->sim, until_ms);
        return false;
    }
    sim_advance(s->sim, next);
    return true;
}

static inline void scene_run(struct scene *s, int64_t ms)
{
    int64_t until_ms = sim_now_ms(s->sim) + ms;
    unsigned steps = 0;
    while (scene_step(s, until_ms))
        assert_true(++steps < 100000);
}

static inline bool scene_settles(struct scene *s, int64_t within_ms)
{
    int64_t until_ms = sim_now_ms(s->sim) + within_ms;
    unsigned steps = 0;
    while (!engine_is_settled(s->engine) && scene_step(s, until_ms))
        assert_true(++steps < 100000);
    return engine_is_settled(s->engine);
}

static inline int64_t scene_date_ms(struct scene *s)
{
    return SCENE_DATE_MS + sim_now_ms(s->sim) - SCENE_START_MS;
}

static inline void scene_put(struct scene *s, const char *kind, const char *name, const char *uid,
                             int generation, bool deleting, const char *document)
{
    struct str body = arena_printf(&s->arena,
                                   "{\"uid\":\"%s\",\"generation\":%d,\"deleting\":%s,"
                                   "\"drain_by_ms\":%lld,\"document\":%s}",
                                   uid, generation, deleting ? "true" : "false",
                                   (long long)s->drain_by_ms, document);
    char *text = (char *)body.ptr;
    for (size_t i = 0; i < body.len; i++)
        if (text[i] == '\'')
            text[i] = '"';
    sim_put_record(s->sim, (struct store_record){str_of(kind), str_of(name), body});
}

#define SCENE_CLASS "{'name':'default','instance_profile':'node'}"
#define SCENE_POOL  "{'name':'default','node_class':'default','ttl_seconds_after_empty':60}"

static inline void scene_put_class(struct scene *s)
{
    scene_put(s, "class", "default", "c1", 1, false, SCENE_CLASS);
}

static inline void scene_put_pool(struct scene *s)
{
    scene_put(s, "pool", "default", "u1", 1, false, SCENE_POOL);
}

/* As converge does: voluntary disruption is allowed from now on. */
static inline void scene_apply(struct scene *s, const char *key)
{
    sim_put_record(s->sim, (struct store_record){STR("apply"), str_of(key),
                                                 STR("{\"until_ms\":9999999999999}")});
}

static inline void scene_set_pods(struct scene *s, size_t pods)
{
    s->pods = pods;
    sim_workload_changed(s->sim);
}

/* News of an instance, of whatever kind. */
static inline void scene_announce(struct scene *s, struct rng *r, struct str instance)
{
    const struct cloud_notice n = {.kind = (enum notice_kind)rng_below(r, NOTICE_STOPPED + 1),
                                   .what = STR("news"),
                                   .region = STR("us-east-1"),
                                   .instances = &instance,
                                   .instance_count = 1,
                                   .starts_ms =
                                       scene_date_ms(s) + (int64_t)rng_below(r, 20 * MINUTE)};
    sim_send_notice(s->sim, &n);
}

/* What chance does: some instance is stopped; of some kind of order the next few fail. */
static inline void scene_stop_some(struct scene *s, struct rng *r)
{
    struct cloud_instance i;
    size_t living = sim_living(s->sim);
    if (living && sim_instance(s->sim, (size_t)rng_below(r, living), &i))
        sim_stop_instance(s->sim, i.id);
}
static inline void scene_fail_some(struct scene *s, struct rng *r)
{
    /* (a fault first: the order of draws is part of each seed's story) */
    enum sim_fault fault = (enum sim_fault)rng_below(r, SIM_FAULT_COUNT);
    sim_fail(s->sim, fault, 1 + (unsigned)rng_below(r, 4));
}

/* The Node of that name, made where Kubernetes does not know it yet; NULL: there is no room for so
 * many. */
static inline struct claim *scene_node(struct scene *s, struct str name)
{
    size_t at = 0;
    while (at < s->node_count && str_cmp(s->nodes[at].id, name) < 0)
        at++;
    struct claim *node = &s->nodes[at];
    if (at < s->node_count && str_eq(node->id, name))
        return node;
    if (s->node_count == COUNT(s->nodes))
        return NULL;
    memmove(node + 1, node, (s->node_count++ - at) * sizeof(*node));
    *node = (struct claim){.id = arena_str(&s->arena, name),
                           .foreign = true,
                           .phase = CLAIM_READY,
                           .empty_since_ms = NEVER_MS};
    return node;
}

static inline int64_t scene_status(struct scene *s, const char *key, const char *member)
{
    ARENA_AUTO a = {0};
    struct json status;
    int64_t n = -1;
    struct str body = sim_record(s->sim, STR("status"), str_of(key));
    if (!body.ptr || json_parse(&a, body, &status))
        return -1;
    const struct json *j = json_get(&status, member);
    return j->kind == JSON_BOOL ? j->boolean : json_to_int64(j, &n) ? n : -1;
}

static inline bool scene_says(struct scene *s, const char *kind, const char *key, const char *part)
{
    struct str body = sim_record(s->sim, str_of(kind), str_of(key));
    return str_find_str(body, str_of(part)) < body.len;
}

#endif
