#include "engine/loop/bounding.h"

#include "engine/optimize/bound.h"
#include "engine/worlds/kept.h"

static struct world served(struct arena *a, const struct world *w, const struct decision *d)
{
    struct pod *pods = ARENA_ARRAY(a, struct pod, w->pod_count);

    if (w->pod_count)
        memcpy(pods, w->pods, w->pod_count * sizeof(*pods));
    for (size_t i = 0; i < d->waiting_count; i++)
        if (reason_row(d->waiting[i].reason)->lasts)
            pods[d->waiting[i].pod - w->pods].never_serve = true;
    return world_with_pods(a, w, pods);
}

/* Catalogs are thousands of rows and seldom come anew: their number in the order of answers stands
 * for them, and that some of it is sold out just now does not matter to a bound. */
static uint64_t digest_of(struct arena *a, const struct world *asked)
{
    struct world named = *asked;
    struct pool *pools = ARENA_ARRAY(a, struct pool, named.pool_count);
    struct catalog *names = ARENA_ARRAY(a, struct catalog, named.pool_count);

    for (size_t i = 0; i < named.pool_count; i++) {
        pools[i] = named.pools[i];
        if (!pools[i].catalog)
            continue;
        names[i].node_class = pools[i].catalog->node_class;
        pools[i].catalog = &names[i];
    }
    named.pools = pools;
    return keeper_digest(keeper_begin(a, &named));
}

void bounding_look(struct state *s, const struct world *w, const struct decision *d)
{
    ARENA_AUTO a = {0};
    struct bounding *b = &s->bounding;
    struct certificate proof;
    struct world all = served(&a, w, d), asked = bound_world(&a, &all);
    uint64_t digest = digest_of(&a, &asked);

    if (b->known && b->catalogs == s->catalog_count && b->world == digest)
        return;
    bound_prove(&a, &asked, BOUND_WORK_LITTLE, &proof);
    *b = (struct bounding){true, proof.microusd_per_hour, digest, s->catalog_count};
}
