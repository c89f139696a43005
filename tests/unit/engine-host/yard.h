#ifndef TESTS_UNIT_ENGINE_HOST_YARD_H
#define TESTS_UNIT_ENGINE_HOST_YARD_H

/* What the tests of the host share; included after cmocka.h. */

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/adapters/lease_file.h"
#include "engine/base/time.h"
#include "engine/host/inside.h"
#include "engine/sim/sim.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

/* A host over a store of its own in a folder of its own and an imagined cloud that answers at once,
 * so that nothing here waits for anything but threads. */
struct yard {
    struct arena arena;
    char folder[64];
    struct sim *sim;
    struct host *host;
    const struct pools *pools;
    size_t pods;
    bool manifests_broken;
    const struct spec *meanwhile; /* put by somebody else while the cloud is asked for a catalog */
    struct cancel *cancel, *done;
    unsigned stops, closes; /* of the ports */
};

static const struct fleet_identity moon = {STR_INIT("123456789012"), STR_INIT("us-east-1"),
                                           STR_INIT("moon"), STR_INIT("http://127.0.0.1:1")};

/* As another apply does, by a door of its own. */
static inline void put_by_another(struct yard *y, const struct spec *spec)
{
    struct store_door *door;
    struct str path = arena_printf(&y->arena, "%s/a.db", y->folder);
    struct store_record r = spec_write(&y->arena, spec);
    assert_null(store_door_open(&y->arena, path, &moon, &door));
    assert_null(store_door_write(door, &y->arena, &r, 1));
    store_door_close(door);
}

static inline void fill_catalog(void *self, struct event *e)
{
    struct yard *y = self;
    struct arena *a = &e->arena;
    struct instance_type *types = ARENA_ARRAY(a, struct instance_type, 2);
    static const char *const names[] = {"m5.large", "m5.xlarge"};
    const struct spec *meanwhile = y->meanwhile;
    y->meanwhile = NULL;
    if (meanwhile)
        put_by_another(y, meanwhile);
    for (size_t i = 0; i < 2; i++) {
        struct resources r = {{[RESOURCE_CPU] = 2000 + 2000 * (int64_t)i,
                               [RESOURCE_MEMORY] = (int64_t)8 << (30 + i),
                               [RESOURCE_PODS] = 29}};
        struct offering *o = ARENA_NEW(a, struct offering);
        *o = (struct offering){STR("us-east-1a"), CAPACITY_ON_DEMAND, 96000 * (1 + (int64_t)i), 0};
        types[i] = (struct instance_type){.name = str_of(names[i]),
                                          .capacity = r,
                                          .allocatable = r,
                                          .offerings = o,
                                          .offering_count = 1};
        labels_set(a, &types[i].labels, STR("kubernetes.io/arch"), STR("amd64"));
        labels_set(a, &types[i].labels, STR("kubernetes.io/os"), STR("linux"));
        labels_set(a, &types[i].labels, STR("node.kubernetes.io/instance-type"), str_of(names[i]));
    }
    e->catalog = (struct catalog){e->name, types, 2};
    e->resources = resource_table_new();
}

static inline void fill_workload(void *self, struct event *e)
{
    struct yard *y = self;
    struct arena *a = &e->arena;
    struct pod *pods = ARENA_ARRAY(a, struct pod, y->pods);
    struct requirements *any = ARENA_NEW(a, struct requirements);
    struct pod_spec *spec = ARENA_NEW(a, struct pod_spec);
    if (y->manifests_broken) {
        e->error = error_new(a, ERROR_INVALID, "web.yaml:3: found a tab");
        e->complete = false;
        return;
    }
    *spec = (struct pod_spec){.namespace = STR("default"),
                              .requests = {{1500, 1 << 30, 1}},
                              .terms = any,
                              .term_count = 1,
                              .own_terms = any,
                              .own_term_count = 1};
    for (size_t i = 0; i < y->pods; i++)
        pods[i] = (struct pod){.name = arena_printf(a, "default/web-%zu", i), .spec = spec};
    e->workload = (struct workload){.whole = WORKLOAD_ALL, .pods = pods, .pod_count = y->pods};
    e->workload.resources = resource_table_new();
}

static inline int64_t monotonic(void *self)
{
    (void)self;
    return time_monotonic_ms();
}

static inline int64_t date(void *self)
{
    (void)self;
    return time_now_ms();
}

static inline void stop_world(void *self)
{
    ((struct yard *)self)->stops++;
}

static inline void close_world(void *self)
{
    ((struct yard *)self)->closes++;
}

static inline struct error *open_world(void *self, struct arena *a, const struct host_settings *s,
                                       struct event_sink sink, struct host_ports *out)
{
    struct yard *y = self;
    (void)a, (void)s;
    struct engine_ports ports = sim_ports(y->sim, &host_documents);
    sim_attach(y->sim, sink);
    *out = (struct host_ports){.clock = {NULL, monotonic, date},
                               .cloud = ports.cloud,
                               .launches = ports.launches,
                               .notices = ports.notices,
                               .cluster = ports.cluster,
                               .self = y,
                               .stop = stop_world,
                               .close = close_world};
    return NULL;
}

static inline struct host *host_of(struct yard *y, bool daemon)
{
    const struct host_settings settings = {
        .fleet = moon,
        .store = arena_printf(&y->arena, "sqlite:%s/a.db", y->folder),
        .daemon = daemon,
        .batch_idle_ms = 1,
        .batch_max_ms = 1,
    };
    const struct host_factory factory = {.self = y, .open = open_world};
    return host_new(&settings, &factory);
}

static inline int set_up(void **state)
{
    struct yard *y = calloc(1, sizeof(*y));
    const struct sim_options options = {.image = STR("ami-1"),
                                        .start_ms = 1,
                                        .date_ms = time_now_ms(),
                                        .fill_catalog = fill_catalog,
                                        .fill_workload = fill_workload,
                                        .self = y};
    memcpy(y->folder, "/tmp/tenon-host-XXXXXX", sizeof("/tmp/tenon-host-XXXXXX"));
    assert_non_null(mkdtemp(y->folder));
    y->sim = sim_new(&options);
    y->host = host_of(y, false);
    y->pools = host_pools(y->host);
    *state = y;
    return 0;
}

static inline int tear_down(void **state)
{
    struct yard *y = *state;
    host_free(y->host);
    sim_free(y->sim);
    struct str command = arena_printf(&y->arena, "rm -rf %s", y->folder);
    assert_int_equal(system(command.ptr), 0);
    arena_free(&y->arena);
    free(y);
    return 0;
}

static inline void lose_store(struct yard *y)
{
    host_free(y->host);
    struct str command = arena_printf(&y->arena, "rm -f %s/a.db*", y->folder);
    assert_int_equal(system(command.ptr), 0);
    y->host = host_of(y, false);
    y->pools = host_pools(y->host);
}

#define CLASS_DOCUMENT                                     \
    "{\"name\":\"default\",\"instance_profile\":\"node\"," \
    "\"subnet_selector\":[{\"id\":\"subnet-0a1b2c3d\"}],"  \
    "\"security_group_selector\":[{\"id\":\"sg-0a1b2c3d\"}]}"

static inline struct spec class_spec(void)
{
    return (struct spec){.kind = SPEC_CLASS,
                         .name = STR("default"),
                         .uid = STR("c1"),
                         .generation = 1,
                         .document = STR(CLASS_DOCUMENT)};
}

static inline struct spec pool_spec(struct yard *y, const char *name, const char *members)
{
    return (struct spec){
        .kind = SPEC_POOL,
        .name = str_of(name),
        .uid = arena_printf(&y->arena, "uid-%s", name),
        .generation = 1,
        .document = arena_printf(&y->arena, "{\"name\":\"%s\",\"node_class\":\"default\"%s}", name,
                                 members),
    };
}

static inline int64_t in_a_minute(void)
{
    return time_monotonic_ms() + 60 * 1000;
}

static inline struct error *put(struct yard *y, const struct spec *s)
{
    return y->pools->put(y->pools->self, &y->arena, NULL, s);
}

static inline struct convergence converge(struct yard *y, const struct spec *s, int64_t deadline_ms)
{
    struct convergence c = {0};
    assert_null(y->pools->converge(y->pools->self, &y->arena, NULL, s, deadline_ms, &c));
    return c;
}

/* What a read makes of "converged". */
static inline bool read_back(struct yard *y, const struct spec *s, bool converged)
{
    assert_null(y->pools->restore(y->pools->self, &y->arena, s, &converged));
    return converged;
}

/* A read fills a store that is there. */
static inline void restore(struct yard *y, const struct spec *s)
{
    struct store_door *store;
    assert_null(host_store(y->host, &y->arena, &store));
    read_back(y, s, true);
}

static inline void put_class(struct yard *y)
{
    struct spec class = class_spec();
    assert_null(put(y, &class));
}

static inline struct error *remove_spec(struct yard *y, const struct spec *s, int64_t deadline_ms)
{
    return y->pools->remove(y->pools->self, &y->arena, NULL, s->kind, s->name, s->uid, deadline_ms);
}

static inline bool is_stored(struct yard *y, enum spec_kind kind, const char *name)
{
    struct spec found;
    return !y->pools->get(y->pools->self, &y->arena, kind, str_of(name), &found);
}

static inline bool says(const struct convergence *c, const char *part)
{
    for (size_t i = 0; i < c->notice_count; i++) {
        struct str texts[] = {c->notices[i].summary, c->notices[i].detail};
        for (size_t t = 0; t < COUNT(texts); t++)
            if (str_find_str(texts[t], str_of(part)) < texts[t].len)
                return true;
    }
    return false;
}

static inline bool has(struct str text, const char *part)
{
    return str_find_str(text, str_of(part)) < text.len;
}

#endif
