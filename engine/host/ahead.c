#include "engine/host/ahead.h"

#include <stdlib.h>

#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "engine/host/host.h"
#include "engine/host/inside.h"
#include "engine/objects/catalog_builtin.h"
#include "engine/objects/class_document.h"

struct looking {
    struct arena *a;
    struct str region;
    struct spec *pools, *classes; /* as they would be, by name */
    size_t pool_count, class_count;
    struct resource_table *resources;
    struct ahead *out;
};

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct spec *)x)->name, ((const struct spec *)y)->name);
}

/* The store's, each as it is wished where somebody wishes it, and those that are only wished. */
static struct error *list_specs(struct arena *a, struct store_door *store, enum spec_kind kind,
                                const struct spec *wishes, size_t wish_count, struct spec **out,
                                size_t *count)
{
    struct record_list stored;
    size_t n = 0;

    TRY(store_door_list(store, a, spec_record_kind(kind), &stored));
    struct spec *all = ARENA_ARRAY(a, struct spec, stored.count + wish_count);
    for (size_t i = 0; i < wish_count; i++)
        if (wishes[i].kind == kind)
            all[n++] = wishes[i];
    size_t wished = n;
    for (size_t i = 0; i < stored.count; i++) {
        bool is_wished = false;
        for (size_t k = 0; k < wished; k++)
            is_wished |= str_eq(all[k].name, stored.items[i].key);
        if (!is_wished)
            TRY(spec_read(a, store, kind, stored.items[i].key, &all[n++]));
    }
    if (n)
        qsort(all, n, sizeof(*all), by_name);
    *out = all;
    *count = n;
    return NULL;
}

static const struct spec *class_named(const struct looking *l, struct str name)
{
    for (size_t i = 0; i < l->class_count; i++)
        if (str_eq(l->classes[i].name, name))
            return &l->classes[i];
    return NULL;
}

static const struct pool *seen_pool(const struct world *w, struct str name)
{
    for (size_t i = 0; i < w->pool_count; i++)
        if (str_eq(w->pools[i].name, name))
            return &w->pools[i];
    return NULL;
}

/* As the engine names it (fold_records.c). */
static struct str hash_of(struct arena *a, const struct spec *pool, const struct spec *class)
{
    struct str text;

    if (!class || !class->document.len ||
        host_documents.drift_text(a, pool->document, class->document, &text))
        return (struct str){0};
    return str_slice(sha256_hex(a, text), 0, 32);
}

static const struct catalog *list_prices(struct looking *l, const struct spec *class)
{
    struct builtin_catalog *b = ARENA_NEW(l->a, struct builtin_catalog);
    struct node_class node_class;
    struct json tree;

    if (!class || json_parse(l->a, class->document, &tree) ||
        class_document_read(l->a, &tree, &node_class))
        return NULL;
    catalog_builtin(l->a, &node_class, l->region, 0, l->resources, b);
    l->out->list_prices = true;
    return &b->catalog;
}

static const struct catalog *catalog_of(struct looking *l, struct str node_class)
{
    const struct world *w = &l->out->world;

    for (size_t i = 0; i < w->pool_count; i++)
        if (w->pools[i].catalog && str_eq(w->pools[i].node_class, node_class))
            return w->pools[i].catalog;
    return list_prices(l, class_named(l, node_class));
}

/* What the engine knows of the pool beside its document. */
static void take_what_was_seen(struct looking *l, struct pool *p, const struct pool *seen)
{
    bool same = seen && str_eq(seen->hash, p->hash);

    if (seen && str_eq(seen->node_class, p->node_class)) {
        p->catalog = seen->catalog;
        p->closed = seen->closed;
        p->scarce = seen->scarce;
    }
    if (!p->catalog && !p->closed.len)
        p->catalog = catalog_of(l, p->node_class);
    if (!p->catalog && !p->closed.len)
        p->closed =
            arena_printf(l->a, "node class " STR_FMT " does not exist", STR_ARG(p->node_class));
    if (same)
        p->failed = seen->failed;
}

/* A pool whose document cannot be read is as it was. */
static struct pool pool_of(struct looking *l, const struct spec *s)
{
    const struct pool *seen = seen_pool(&l->out->world, s->name);
    struct pool p = {.replicas = -1, .empty_after_ms = NEVER_MS, .expire_after_ms = NEVER_MS};

    if (s->document.len && host_documents.parse_pool(l->a, s->document, l->resources, &p)) {
        p = seen ? *seen : p;
        p.may_disrupt = true;
        return p;
    }
    p.name = s->name;
    p.uid = s->uid.len || !seen ? s->uid : seen->uid;
    p.generation = s->generation;
    p.deleting = s->deleting;
    p.drain_by_ms = s->drain_by_ms;
    p.hash = hash_of(l->a, s, class_named(l, p.node_class));
    p.may_disrupt = true;
    take_what_was_seen(l, &p, seen);
    return p;
}

/* The date goes on; a world of a machine that is ahead of this one stays where it is. */
static void take_date(struct world *w)
{
    int64_t now_ms = time_now_ms();

    if (now_ms > w->now_ms)
        w->now_ms = now_ms;
}

/* What the engine block says, as an engine that began now would take it. */
static void take_settings(struct world *w, const struct host_settings *s)
{
    w->no_preferences = s->ignore_preferences;
    w->max_disrupted = s->max_disrupted;
    w->max_unready = s->max_unready.set ? s->max_unready : MAX_UNREADY;
    w->max_staleness_ms = s->max_staleness_ms ? s->max_staleness_ms : MAX_STALENESS_MS;
}

struct error *ahead_read(struct arena *a, struct store_door *store,
                         const struct host_settings *settings, const struct spec *wishes,
                         size_t wish_count, struct ahead *out)
{
    struct looking l = {.a = a, .region = settings->fleet.region, .out = out};
    struct store_record record;
    struct kept kept;

    struct error *e = store_door_get(store, a, STR("world"), STR("last"), &record);
    if (e && e->kind == ERROR_NOT_FOUND) {
        e->summary = STR("no engine has decided anything for this store yet");
        e->detail = STR("terraform apply of a node pool or tenon engine --once does.");
    }
    if (e)
        return e;
    TRY(kept_read(a, record.body, &kept));
    *out = (struct ahead){.world = kept.world, .seen_ms = kept.world.now_ms};
    l.resources = (struct resource_table *)(uintptr_t)kept.world.resources;
    TRY(list_specs(a, store, SPEC_POOL, wishes, wish_count, &l.pools, &l.pool_count));
    TRY(list_specs(a, store, SPEC_CLASS, wishes, wish_count, &l.classes, &l.class_count));
    struct pool *pools = ARENA_ARRAY(a, struct pool, l.pool_count);
    for (size_t i = 0; i < l.pool_count; i++)
        pools[i] = pool_of(&l, &l.pools[i]);
    out->world.pools = pools;
    out->world.pool_count = l.pool_count;
    take_date(&out->world);
    take_settings(&out->world, settings);
    return NULL;
}
