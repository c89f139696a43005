/* room: engine/cli
 * How fast interruptions are acted on: the whole engine with its SQLite store and the adapter for
 * SQS, against a stand-in of SQS over HTTP; cloud and cluster are the simulator's.
 *
 *   notices_bench flood NODES FOLDER
 *                                   15,000 messages lie in the queue when the engine begins to
 *                                   listen: of every node a spot warning, copies of it,
 *                                   recommendations and state changes.  Until all are deleted
 *   notices_bench latency NODES FOLDER
 *                                   one spot warning after another.  From when it is sent until the
 *                                   launch of the replacement is handed to the cloud's adapter
 *
 * The store is made in the folder.  Prints a figure a line, `name value`; times are milliseconds of
 * the wall clock. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "engine/adapters/sqs_notices.h"
#include "engine/adapters/store_door.h"
#include "engine/adapters/store_engine.h"
#include "engine/base/log.h"
#include "engine/base/monitor.h"
#include "engine/base/rng.h"
#include "engine/base/time.h"
#include "engine/host/host.h"
#include "engine/sim/sim.h"
#include "tests/bench/queue_server.h"

enum { MESSAGES = 15000, WARNINGS = 200, PODS_A_NODE = 10, SECOND_MS = 1000 };
#define ACCOUNT "123456789012"

struct bench {
    struct arena arena;
    size_t nodes;
    struct sim *sim;
    struct cloud_port cloud; /* the simulator's, behind ours */
    struct engine *engine;
    struct queue_server *queue;
    struct aws_client *aws;
    struct sqs_notices *notices;
    struct store_engine *store;
    struct store_door *door;
    struct str *instances; /* of the nodes, when the fleet stands */
    struct monitor news;   /* what store and queue have posted */
    bool posted;
    size_t launches;
    double launched_ms; /* the last */
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of the whole process, stand-in included: for machines that are busy. */
static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void must(struct error *e)
{
    if (!e)
        return;
    fprintf(stderr, STR_FMT ": " STR_FMT "\n", STR_ARG(e->summary), STR_ARG(e->detail));
    exit(1);
}

/* The world: types of one size in three zones, and pods that fill them. */

static const char *const zones[] = {"us-east-1a", "us-east-1b", "us-east-1c"};
static const char *const families[] = {"c5", "c6i", "m5", "m6i", "r5", "r6i"};
enum { ZONES = sizeof(zones) / sizeof(*zones), FAMILIES = sizeof(families) / sizeof(*families) };

static void fill_catalog(void *self, struct event *e)
{
    struct arena *a = &e->arena;
    struct instance_type *types = ARENA_ARRAY(a, struct instance_type, FAMILIES);

    (void)self;
    for (size_t i = 0; i < FAMILIES; i++) {
        struct offering *o = ARENA_ARRAY(a, struct offering, ZONES);
        for (size_t z = 0; z < ZONES; z++)
            o[z] = (struct offering){str_of(zones[z]), CAPACITY_SPOT,
                                     (int64_t)(30000 + 1000 * i + 100 * z), 0};
        struct resources r = {
            {[RESOURCE_CPU] = 2000, [RESOURCE_MEMORY] = (int64_t)8 << 30, [RESOURCE_PODS] = 29}};
        types[i] = (struct instance_type){.name = arena_printf(a, "%s.large", families[i]),
                                          .capacity = r,
                                          .allocatable = r,
                                          .offerings = o,
                                          .offering_count = ZONES};
        labels_set(a, &types[i].labels, STR("kubernetes.io/arch"), STR("amd64"));
        labels_set(a, &types[i].labels, STR("kubernetes.io/os"), STR("linux"));
        labels_set(a, &types[i].labels, STR("node.kubernetes.io/instance-type"), types[i].name);
    }
    e->catalog = (struct catalog){e->name, types, FAMILIES};
    e->resources = resource_table_new();
}

static void fill_workload(void *self, struct event *e)
{
    const struct bench *b = self;
    struct arena *a = &e->arena;
    size_t count = b->nodes * PODS_A_NODE;
    struct pod *pods = ARENA_ARRAY(a, struct pod, count);
    struct requirements *any = ARENA_NEW(a, struct requirements);
    struct pod_spec *spec = ARENA_NEW(a, struct pod_spec);

    *spec = (struct pod_spec){.namespace = STR("default"),
                              .requests = {{[RESOURCE_CPU] = 2000 / PODS_A_NODE,
                                            [RESOURCE_MEMORY] = (int64_t)256 << 20,
                                            [RESOURCE_PODS] = 1}},
                              .terms = any,
                              .term_count = 1,
                              .own_terms = any,
                              .own_term_count = 1};
    for (size_t i = 0; i < count; i++)
        pods[i] = (struct pod){.name = arena_printf(a, "default/web-%06zu", i), .spec = spec};
    e->workload = (struct workload){.whole = WORKLOAD_ALL, .pods = pods, .pod_count = count};
    e->workload.resources = resource_table_new();
}

static void submit_launch(void *self, const struct launch *l)
{
    struct bench *b = self;
    b->launched_ms = now_ms();
    b->launches++;
    b->cloud.submit_launch(b->cloud.self, l);
}

static void submit_catalog(void *self, struct str node_class, struct str document)
{
    struct bench *b = self;
    b->cloud.submit_catalog(b->cloud.self, node_class, document);
}

static void submit_terminate(void *self, const struct termination *all, size_t count)
{
    struct bench *b = self;
    b->cloud.submit_terminate(b->cloud.self, all, count);
}

static void submit_list(void *self)
{
    struct bench *b = self;
    b->cloud.submit_list(b->cloud.self);
}

static void submit_forget(void *self, struct str kind, struct str name, const struct str *keep,
                          size_t keep_count)
{
    struct bench *b = self;
    b->cloud.submit_forget(b->cloud.self, kind, name, keep, keep_count);
}

static struct cloud_port watched_cloud(struct bench *b)
{
    return (struct cloud_port){b,           submit_catalog, submit_launch, submit_terminate,
                               submit_list, submit_forget};
}

/* The engine. */

static void post(void *self, struct event *e)
{
    struct bench *b = self;
    struct event_sink sink = engine_sink(b->engine);

    sink.post(sink.self, e);
    monitor_enter(&b->news);
    b->posted = true;
    monitor_wake(&b->news);
    monitor_leave(&b->news);
}

/* Until something is posted, a few milliseconds at most, for the simulator's clock is turned by
 * hand. */
static void doze(struct bench *b)
{
    enum { DOZE_MS = 5 };
    int64_t until_ms = time_monotonic_ms() + DOZE_MS;

    monitor_enter(&b->news);
    while (!b->posted && monitor_wait(&b->news, until_ms))
        continue;
    b->posted = false;
    monitor_leave(&b->news);
}

static void open_store(struct bench *b, struct str path)
{
    const struct fleet_identity moon = {STR(ACCOUNT), STR("us-east-1"), STR("moon"), {0}};
    const struct store_record records[] = {
        {STR_INIT("class"), STR_INIT("default"),
         STR_INIT("{\"uid\":\"c1\",\"generation\":1,\"document\":{\"name\":\"default\","
                  "\"instance_profile\":\"node\"}}")},
        {STR_INIT("pool"), STR_INIT("default"),
         STR_INIT("{\"uid\":\"u1\",\"generation\":1,\"document\":{\"name\":\"default\","
                  "\"node_class\":\"default\"}}")}};

    must(store_door_make(&b->arena, path, &moon, &b->door));
    must(store_door_write(b->door, &b->arena, records, 2));
    must(store_engine_new(&b->arena, path, &moon, (struct event_sink){b, post}, &b->store));
}

static void open_queue(struct bench *b)
{
    b->queue = queue_server_new();
    struct str url = arena_printf(&b->arena, "http://127.0.0.1:%d", queue_server_port(b->queue));
    const struct aws_endpoint_override sqs = {STR("sqs"), url};
    const struct aws_config config = {.region = STR("us-east-1"),
                                      .access_key = STR("bench"),
                                      .secret_key = STR("bench"),
                                      .endpoints = &sqs,
                                      .endpoint_count = 1};
    must(aws_client_new(&b->arena, &config, &b->aws));
    const struct sqs_notices_options options = {
        b->aws, arena_printf(&b->arena, STR_FMT "/" ACCOUNT "/notices", STR_ARG(url)),
        STR("us-east-1")};
    b->notices = sqs_notices_new(&options, (struct event_sink){b, post});
}

static void open_engine(struct bench *b, struct notices_port notices)
{
    const struct engine_options options = {.cluster = STR("moon"),
                                           .region = STR("us-east-1"),
                                           .account = STR(ACCOUNT),
                                           .batch_idle_ms = 10,
                                           .batch_max_ms = 100,
                                           .disrupt_all = true,
                                           .seed = 7};
    struct engine_ports ports = sim_ports(b->sim, &host_documents);
    b->cloud = ports.cloud;
    ports.cloud = watched_cloud(b);
    ports.store = store_engine_port(b->store);
    ports.notices = notices;
    b->engine = engine_new(&options, &ports);
    sim_attach(b->sim, engine_sink(b->engine));
    ports.cluster.submit_watch(ports.cluster.self);
    ports.store.submit_acquire(ports.store.self);
}

/* The port is the adapter's from when the fleet stands: what is measured begins then. */
struct gate {
    struct notices_port behind;
    bool watched;
};
static void gate_watch(void *self)
{
    ((struct gate *)self)->watched = true;
}
static void gate_rest(void *self)
{
    (void)self;
}
static void gate_acknowledge(void *self, const struct str *receipts, size_t count)
{
    struct gate *g = self;
    g->behind.submit_acknowledge(g->behind.self, receipts, count);
}

/* The simulator's time is this machine's from now on. */
static void step(struct bench *b, int64_t *last_ms)
{
    int64_t at_ms = time_monotonic_ms();
    sim_advance(b->sim, sim_now_ms(b->sim) + at_ms - *last_ms);
    *last_ms = at_ms;
    if (engine_step(b->engine) > sim_now_ms(b->sim))
        doze(b);
}

/* As fast as it can be imagined. */
static void grow_fleet(struct bench *b)
{
    double give_up_ms = now_ms() + 300e3;
    while (sim_living(b->sim) < b->nodes || !engine_is_settled(b->engine)) {
        if (engine_step(b->engine) > sim_now_ms(b->sim))
            sim_advance(b->sim, sim_now_ms(b->sim) + 100);
        usleep(50);
        if (now_ms() > give_up_ms)
            must(error_new(&b->arena, ERROR_TIMEOUT, "the fleet does not stand: %zu of %zu nodes",
                           sim_living(b->sim), b->nodes));
    }
}

/* What is measured. */

/* Of the fleet as it was when it stood. */
static void note_instances(struct bench *b)
{
    struct cloud_instance i;
    b->instances = ARENA_ARRAY(&b->arena, struct str, b->nodes);
    for (size_t n = 0; n < b->nodes; n++) {
        if (!sim_instance(b->sim, n, &i))
            must(error_new(&b->arena, ERROR_BUG, "there is no node %zu", n));
        b->instances[n] = arena_str(&b->arena, i.id);
    }
}

static struct str message(struct bench *b, const char *type, size_t node, const char *detail)
{
    struct str id = b->instances[node];
    return arena_printf(&b->arena,
                        "{\"version\":\"0\",\"id\":\"6a7e8feb-b491-4cf7-a9f1-bf3703467718\","
                        "\"detail-type\":\"%s\",\"source\":\"aws.ec2\",\"account\":\"" ACCOUNT
                        "\",\"time\":\"2026-11-24T03:16:00Z\",\"region\":\"us-east-1\","
                        "\"resources\":[\"arn:aws:ec2:us-east-1a:instance/" STR_FMT
                        "\"],\"detail\":{\"instance-id\":\"" STR_FMT "\"%s}}",
                        type, STR_ARG(id), STR_ARG(id), detail);
}

#define SPOT       "EC2 Spot Instance Interruption Warning"
#define TERMINATES ",\"instance-action\":\"terminate\""

static void flood(struct bench *b, struct gate *g)
{
    static const char *const kinds[][2] = {
        {SPOT, TERMINATES},
        {"EC2 Instance Rebalance Recommendation", ""},
        {"EC2 Instance State-change Notification", ",\"state\":\"running\""}};
    int64_t last_ms = time_monotonic_ms();

    for (size_t i = 0; i < MESSAGES; i++) {
        const char *const *kind = kinds[i / b->nodes % 3];
        queue_server_put(b->queue, message(b, kind[0], i % b->nodes, kind[1]));
    }
    size_t before = b->launches;
    double start_ms = now_ms(), start_cpu_ms = cpu_ms(), ordered_ms = 0;
    g->behind.submit_watch(g->behind.self);
    while (queue_server_left(b->queue)) {
        step(b, &last_ms);
        if (!ordered_ms && b->launches - before >= b->nodes)
            ordered_ms = now_ms() - start_ms;
    }
    printf("interruption_%d_ms %.3f\n", MESSAGES, now_ms() - start_ms);
    printf("interruption_%d_cpu_ms %.3f\n", MESSAGES, cpu_ms() - start_cpu_ms);
    while (!ordered_ms) {
        step(b, &last_ms);
        if (b->launches - before >= b->nodes)
            ordered_ms = now_ms() - start_ms;
    }
    printf("interruption_%zu_ordered_ms %.3f\n", b->nodes, ordered_ms);
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static void pass(struct bench *b, int64_t *last_ms, double ms)
{
    for (double until_ms = now_ms() + ms; now_ms() < until_ms;)
        step(b, last_ms);
}

static void latency(struct bench *b, struct gate *g)
{
    double took_ms[WARNINGS], took_cpu_ms = 0;
    struct rng rng = {7};
    int64_t last_ms = time_monotonic_ms();

    g->behind.submit_watch(g->behind.self);
    pass(b, &last_ms, 100);
    for (size_t i = 0; i < WARNINGS; i++) {
        struct str warning = message(b, SPOT, i, TERMINATES);
        size_t before = b->launches;
        double start_ms = now_ms(), start_cpu_ms = cpu_ms();
        queue_server_put(b->queue, warning);
        while (b->launches == before)
            step(b, &last_ms);
        took_ms[i] = b->launched_ms - start_ms;
        took_cpu_ms += cpu_ms() - start_cpu_ms;
        pass(b, &last_ms, (double)(rng_next(&rng) % 40));
    }
    qsort(took_ms, WARNINGS, sizeof(*took_ms), by_size);
    printf("interruption_median_ms %.3f\n", took_ms[WARNINGS / 2]);
    printf("interruption_mean_cpu_ms %.3f\n", took_cpu_ms / WARNINGS);
    printf("interruption_p99_ms %.3f\n", took_ms[WARNINGS * 99 / 100]);
}

static void close_all(struct bench *b)
{
    sqs_notices_free(b->notices);
    store_engine_free(b->store);
    store_door_close(b->door);
    aws_client_free(b->aws);
    queue_server_free(b->queue);
    monitor_finish(&b->news);
    engine_free(b->engine);
    sim_free(b->sim);
    arena_free(&b->arena);
}

int main(int argc, char **argv)
{
    int64_t nodes = 0;
    if (argc != 4 || !str_to_int64(str_of(argv[2]), &nodes) || nodes < WARNINGS ||
        MESSAGES % nodes != 0) {
        fprintf(stderr,
                "usage: notices_bench flood|latency NODES FOLDER (%d at least, a divisor of %d)\n",
                WARNINGS, MESSAGES);
        return 64;
    }
    setenv("TENON_LOG", "off", 0);
    log_init(LOG_PLAIN);
    struct bench b = {.nodes = (size_t)nodes};
    const struct sim_options options = {.start_ms = SECOND_MS,
                                        .date_ms = time_now_ms(),
                                        .boot_ms = 30 * SECOND_MS,
                                        .stop_ms = 20 * SECOND_MS,
                                        .image = STR("ami-1"),
                                        .fill_catalog = fill_catalog,
                                        .fill_workload = fill_workload,
                                        .self = &b};
    struct str path = arena_printf(&b.arena, "%s/store.db", argv[3]);
    struct gate gate = {0};
    monitor_init(&b.news);
    b.sim = sim_new(&options);
    open_store(&b, path);
    open_queue(&b);
    gate.behind = sqs_notices_port(b.notices);
    open_engine(&b, (struct notices_port){&gate, gate_watch, gate_rest, gate_acknowledge});
    grow_fleet(&b);
    note_instances(&b);
    if (str_eq(str_of(argv[1]), STR("flood")))
        flood(&b, &gate);
    else
        latency(&b, &gate);
    close_all(&b);
    return 0;
}
