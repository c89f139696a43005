#include "engine/objects/world_files.h"

#include "engine/objects/catalog_builtin.h"
#include "engine/objects/catalog_csv.h"
#include "engine/objects/karpenter_pools.h"

struct making {
    struct arena *keep;
    const struct world_texts *texts;
    struct str region;
    struct world_files *out;
    struct error *errors;
    struct kubernetes_objects objects;
    struct karpenter_pools pools;
    struct catalog *csv; /* the world's pools point to it */
};

static void note(struct making *m, struct str where, struct str text)
{
    struct notes *notes = &m->out->notes;
    struct note n = {.where = where, .text = text};

    ARENA_PUSH(m->keep, notes->items, notes->count, notes->capacity, n);
}

static void take_notes(struct making *m, const struct notes *more)
{
    struct notes *notes = &m->out->notes;

    for (size_t i = 0; i < more->count; i++)
        ARENA_PUSH(m->keep, notes->items, notes->count, notes->capacity, more->items[i]);
}

/* What is asked of a pool that nobody has written. */
static void add_default_pool(struct making *m)
{
    struct karpenter_pool p = {
        .pool = {.name = STR("default"),
                 .replicas = -1,
                 .empty_after_ms = NEVER_MS,
                 .expire_after_ms = NEVER_MS,
                 .limits = {.nodes = INT64_MAX, .microusd_per_hour = INT64_MAX}},
        .node_class = {.family = FAMILY_AL2023}};
    const struct label asked[] = {{LABEL_ARCH, STR("amd64")}, {LABEL_OS, STR("linux")}};

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        p.pool.limits.amount.amount[i] = INT64_MAX;
    for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
        struct requirement one;
        struct error *bad =
            requirement_new(m->keep, asked[i].key, OPERATOR_IN, &asked[i].value, 1, 0, &one);
        if (!bad)
            requirements_add(m->keep, &p.pool.requirements, &one);
    }
    ARENA_PUSH(m->keep, m->pools.items, m->pools.count, m->pools.capacity, p);
}

/* Without what EC2 calls previous generations. */
static void keep_current(struct arena *a, struct catalog *c)
{
    struct instance_type *types = ARENA_ARRAY(a, struct instance_type, c->count);
    size_t kept = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct builtin_type *t = builtin_type_find(c->types[i].name);
        if (t && t->current_generation)
            types[kept++] = c->types[i];
    }
    c->types = types;
    c->count = kept;
}

/* What no type states a limit of, every type has enough of. */
static struct catalog lift_unstated(const struct making *m, const struct catalog *c)
{
    struct instance_type *types = ARENA_ARRAY(m->keep, struct instance_type, c->count);

    for (size_t i = 0; i < c->count; i++) {
        types[i] = c->types[i];
        resources_lift_unstated(&types[i].allocatable, &m->out->resources);
    }
    return (struct catalog){c->node_class, types, c->count};
}

static const struct catalog *make_builtin(struct making *m, const struct karpenter_pool *pool)
{
    struct builtin_catalog *b = ARENA_NEW(m->keep, struct builtin_catalog);

    catalog_builtin(m->keep, &pool->node_class, m->region, m->texts->spot_discount_percent,
                    &m->out->resources, b);
    if (!m->texts->pool_count)
        keep_current(m->keep, &b->catalog);
    b->catalog = lift_unstated(m, &b->catalog);
    return &b->catalog;
}

/* Pools of one class share a catalog; memory is equal where one was copied from the other. */
static const struct catalog *builtin_for(struct making *m, size_t i, const struct pool *done)
{
    const struct karpenter_pool *all = m->pools.items;

    for (size_t k = 0; k < i; k++)
        if (memcmp(&all[k].node_class, &all[i].node_class, sizeof(all[i].node_class)) == 0)
            return done[k].catalog;
    return make_builtin(m, &all[i]);
}

static void note_foreign_region(struct making *m)
{
    int64_t price;

    if (!builtin_price_find(m->region, STR("m5.large"), &price))
        note(m, (struct str){0},
             arena_printf(m->keep,
                          "the built-in tables have no prices of region " STR_FMT
                          ": those of us-east-1 stand in",
                          STR_ARG(m->region)));
}

static void give_pools(struct making *m)
{
    struct pool *pools = ARENA_ARRAY(m->keep, struct pool, m->pools.count);

    if (m->texts->catalog)
        *m->csv = lift_unstated(m, m->csv);
    else
        note_foreign_region(m);
    for (size_t i = 0; i < m->pools.count; i++) {
        pools[i] = m->pools.items[i].pool;
        pools[i].generation = 1;
        pools[i].catalog = m->texts->catalog ? m->csv : builtin_for(m, i, pools);
    }
    m->out->world.pools = pools;
    m->out->world.pool_count = m->pools.count;
}

/* Where a pod runs today says nothing about the fleet that is made from nothing. */
static void give_pods(struct making *m)
{
    struct world *w = &m->out->world;

    for (size_t i = 0; i < m->objects.pod_count; i++) {
        m->objects.pods[i].claim = (struct str){0};
        m->objects.pods[i].node = (struct str){0};
    }
    w->pods = m->objects.pods;
    w->pod_count = m->objects.pod_count;
    w->daemons = m->objects.daemons;
    w->daemon_count = m->objects.daemon_count;
    w->pod_budgets = m->objects.budgets;
    w->pod_budget_count = m->objects.budget_count;
    w->namespaces = m->objects.namespaces;
    w->namespace_count = m->objects.namespace_count;
}

static bool find_price(const struct making *m, const struct claim *node, int64_t *price)
{
    if (!m->texts->catalog)
        return builtin_offering_price(m->region, node->instance_type, node->capacity_type,
                                      m->texts->spot_discount_percent, price);
    for (size_t i = 0; i < m->csv->count; i++) {
        const struct instance_type *t = &m->csv->types[i];
        if (!str_eq(t->name, node->instance_type))
            continue;
        for (size_t k = 0; k < t->offering_count; k++)
            if (t->offerings[k].capacity_type == node->capacity_type &&
                str_eq(t->offerings[k].zone, node->zone)) {
                *price = t->offerings[k].price_microusd_per_hour;
                return true;
            }
    }
    return false;
}

static void note_unpriced(struct making *m, const struct node_today *n)
{
    struct str kind = capacity_type_text(n->capacity_type);

    note(m, (struct str){0},
         n->instance_type.len
             ? arena_printf(m->keep,
                            "node " STR_FMT ": there is no price of " STR_FMT " in zone " STR_FMT
                            " (" STR_FMT "), so what the nodes cost today is not known",
                            STR_ARG(n->name), STR_ARG(n->instance_type), STR_ARG(n->zone),
                            STR_ARG(kind))
             : arena_printf(m->keep,
                            "node " STR_FMT " has no label node.kubernetes.io/instance-type, so "
                            "what the nodes cost today is not known",
                            STR_ARG(n->name)));
}

static void reckon_today(struct making *m)
{
    struct node_today *today = ARENA_ARRAY(m->keep, struct node_today, m->objects.node_count);
    int64_t *sum = &m->out->today_microusd_per_hour;

    for (size_t i = 0; i < m->objects.node_count; i++) {
        const struct claim *node = &m->objects.nodes[i];
        struct node_today *n = &today[i];
        *n = (struct node_today){.name = node->id,
                                 .instance_type = node->instance_type,
                                 .zone = node->zone,
                                 .capacity_type = node->capacity_type,
                                 .price_microusd_per_hour = -1};
        if (!find_price(m, node, &n->price_microusd_per_hour))
            note_unpriced(m, n);
        *sum = *sum < 0 || n->price_microusd_per_hour < 0 ? -1 : *sum + n->price_microusd_per_hour;
    }
    m->out->today = today;
    m->out->today_count = m->objects.node_count;
}

static void read_texts(struct making *m)
{
    const struct world_texts *t = m->texts;
    struct resource_table *resources = &m->out->resources;

    m->errors =
        error_join(m->errors, kubernetes_objects_read(m->keep, t->manifests, t->manifest_count,
                                                      resources, &m->objects));
    if (t->pool_count)
        m->errors = error_join(m->errors, karpenter_pools_read(m->keep, t->pools, t->pool_count,
                                                               resources, &m->pools));
    else
        add_default_pool(m);
    if (t->catalog)
        m->errors = error_join(
            m->errors, catalog_csv_read(m->keep, t->catalog->name, t->catalog->text, m->csv));
    take_notes(m, &m->objects.notes);
    take_notes(m, &m->pools.notes);
}

struct error *world_from_files(struct arena *keep, const struct world_texts *texts,
                               struct world_files *out)
{
    struct making m = {.keep = keep,
                       .texts = texts,
                       .csv = ARENA_NEW(keep, struct catalog),
                       .region = texts->region.len ? texts->region : STR("us-east-1"),
                       .out = out};

    *out = (struct world_files){
        .resources = resource_table_new(),
        .world = {.now_ms = texts->now_ms, .engine_binds = true},
    };
    out->world.resources = &out->resources;
    read_texts(&m);
    if (m.errors)
        return m.errors;
    give_pools(&m);
    give_pods(&m);
    reckon_today(&m);
    return NULL;
}
