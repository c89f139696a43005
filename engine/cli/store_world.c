#include "engine/cli/store_world.h"

#include "engine/adapters/store_door.h"
#include "engine/base/time.h"
#include "engine/cli/input.h"
#include "engine/objects/catalog_builtin.h"
#include "engine/objects/catalog_csv.h"
#include "engine/objects/pool_document.h"

struct making {
    struct arena *a;
    const struct host_settings *settings;
    int64_t spot_discount_percent;
    const struct catalog *catalog; /* of a file; NULL: the built-in table */
    struct record_list pools, classes;
    struct store_world *out;
};

static const struct store_record *record_named(const struct record_list *l, struct str key)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->items[i].key, key))
            return &l->items[i];
    return NULL;
}

/* What the class can launch; NULL where the store does not have it. */
static struct error *catalog_of(struct making *m, struct str class, const struct catalog **out)
{
    const struct store_record *r = record_named(&m->classes, class);
    struct json *body = ARENA_NEW(m->a, struct json);
    struct node_class node_class;

    *out = m->catalog;
    if (*out || !r)
        return NULL;
    TRY(json_parse(m->a, r->body, body));
    TRY(class_document_read(m->a, json_get(body, "document"), &node_class));
    struct builtin_catalog *b = ARENA_NEW(m->a, struct builtin_catalog);
    catalog_builtin(m->a, &node_class, m->settings->fleet.region, m->spot_discount_percent,
                    &m->out->resources, b);
    *out = &b->catalog;
    return NULL;
}

static struct error *read_pool(struct making *m, const struct store_record *r, struct pool *out)
{
    struct json *body = ARENA_NEW(m->a, struct json);

    TRY(json_parse(m->a, r->body, body));
    TRY(pool_document_read(m->a, json_get(body, "document"), &m->out->resources, out));
    out->headroom_count = 0; /* what pods cost is asked, not what is kept free beside them */
    out->deleting = json_bool_or(json_get(body, "deleting"), false);
    TRY(catalog_of(m, out->node_class, &out->catalog));
    if (!out->catalog)
        out->closed =
            arena_printf(m->a, "node class " STR_FMT " does not exist", STR_ARG(out->node_class));
    return NULL;
}

static struct error *read_pools(struct making *m)
{
    struct pool *pools = ARENA_ARRAY(m->a, struct pool, m->pools.count);

    for (size_t i = 0; i < m->pools.count; i++)
        TRY(read_pool(m, &m->pools.items[i], &pools[i]));
    m->out->world.pools = pools;
    m->out->world.pool_count = m->pools.count;
    return NULL;
}

/* Where a pod runs says nothing about a fleet that is made from nothing. */
static struct error *read_pods(struct making *m)
{
    struct kubernetes_objects *objects = ARENA_NEW(m->a, struct kubernetes_objects);
    struct world *w = &m->out->world;
    struct input files;

    TRY(input_read(m->a, m->settings->manifests, m->settings->manifest_count, &files));
    TRY(kubernetes_objects_read(m->a, files.items, files.count, &m->out->resources, objects));
    for (size_t i = 0; i < objects->pod_count; i++)
        objects->pods[i].claim = objects->pods[i].node = (struct str){0};
    w->pods = objects->pods;
    w->pod_count = objects->pod_count;
    w->daemons = objects->daemons;
    w->daemon_count = objects->daemon_count;
    w->pod_budgets = objects->budgets;
    w->pod_budget_count = objects->budget_count;
    w->namespaces = objects->namespaces;
    w->namespace_count = objects->namespace_count;
    return NULL;
}

static struct error *read_records(struct making *m, struct str name)
{
    struct store_door *store;
    struct str path = str_slice(name, STR("sqlite:").len, name.len);

    TRY(store_door_open(m->a, path, &m->settings->fleet, &store));
    struct error *e = store_door_list(store, m->a, STR("pool"), &m->pools);
    if (!e)
        e = store_door_list(store, m->a, STR("class"), &m->classes);
    store_door_close(store);
    return e;
}

static struct error *read_catalog(struct making *m, struct str path)
{
    struct catalog *catalog = ARENA_NEW(m->a, struct catalog);
    struct input file;

    if (!path.len)
        return NULL;
    TRY(input_read(m->a, &path, 1, &file));
    m->catalog = catalog;
    return catalog_csv_read(m->a, file.items[0].name, file.items[0].text, catalog);
}

struct error *store_world_read(struct arena *a, struct str store,
                               const struct host_settings *settings,
                               const struct asked_world *asked, struct store_world *out)
{
    struct making m = {.a = a,
                       .settings = settings,
                       .spot_discount_percent = asked_world_spot_discount(asked),
                       .out = out};

    *out = (struct store_world){.resources = resource_table_new(),
                                .world = {.now_ms = time_now_ms(), .engine_binds = true}};
    out->world.resources = &out->resources;
    TRY(read_catalog(&m, asked->catalog));
    TRY(read_records(&m, store));
    TRY(read_pools(&m));
    return read_pods(&m);
}
