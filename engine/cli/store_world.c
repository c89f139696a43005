#include "engine/cli/store_world.h"

#include "engine/cli/input.h"
#include "engine/cli/store.h"
#include "engine/objects/catalog_csv.h"

static const struct pod *freed_pods(struct arena *a, const struct world *w)
{
    struct pod *pods = ARENA_ARRAY(a, struct pod, w->pod_count);

    for (size_t i = 0; i < w->pod_count; i++) {
        const struct claim *on = world_claim(w, w->pods[i].claim);
        pods[i] = w->pods[i];
        pods[i].never_serve |= on && on->foreign;
        pods[i].claim = pods[i].node = (struct str){0};
    }
    return pods;
}

/* What pods cost is asked, not what is kept free beside them, nor what failed yesterday. */
static const struct pool *plain_pools(struct arena *a, const struct world *w)
{
    struct pool *pools = ARENA_ARRAY(a, struct pool, w->pool_count);

    for (size_t i = 0; i < w->pool_count; i++) {
        pools[i] = w->pools[i];
        pools[i].headroom_count = 0;
        pools[i].failed = (struct str){0};
    }
    return pools;
}

struct world world_from_nothing(struct arena *a, const struct world *w)
{
    struct world out = *w;

    out.pods = freed_pods(a, w);
    out.pools = plain_pools(a, w);
    out.claims = NULL;
    out.claim_count = 0;
    out.engine_binds = true;
    out.only_add = out.date_unsure = false;
    out.facts = (struct facts){0};
    out.max_disrupted = out.max_unready = (struct share){0};
    out.pool_deleted_ms = out.rest_until_ms = 0;
    return out;
}

static struct error *take_catalog(struct arena *a, struct str path, struct world *w)
{
    struct catalog *catalog = ARENA_NEW(a, struct catalog);
    struct pool *pools = ARENA_ARRAY(a, struct pool, w->pool_count);
    struct input file;

    TRY(input_read(a, &path, 1, &file));
    TRY(catalog_csv_read(a, file.items[0].name, file.items[0].text, catalog));
    for (size_t i = 0; i < w->pool_count; i++) {
        pools[i] = w->pools[i];
        pools[i].catalog = catalog;
        pools[i].closed = (struct str){0};
    }
    w->pools = pools;
    return NULL;
}

struct error *store_world_read(struct arena *a, struct str *store, const struct asked_world *asked,
                               struct store_world *out)
{
    TRY(cli_read_ahead(a, store, &out->seen));
    out->world = world_from_nothing(a, &out->seen.world);
    return asked->catalog.len ? take_catalog(a, asked->catalog, &out->world) : NULL;
}
