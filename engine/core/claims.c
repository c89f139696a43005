#include "engine/core/world.h"

#include "engine/base/name_index.h"

struct str claim_text(struct arena *a, struct str id, struct str instance_id)
{
    return instance_id.len ? arena_printf(a, "claim " STR_FMT " (" STR_FMT ")", STR_ARG(id),
                                          STR_ARG(instance_id))
                           : arena_printf(a, "claim " STR_FMT, STR_ARG(id));
}

/* SIZE_MAX: there is none. */
static size_t place_of(const struct claim *claims, size_t count, struct str id)
{
    size_t from = 0, to = id.len ? count : 0;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = str_cmp(claims[middle].id, id);
        if (!order)
            return middle;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return SIZE_MAX;
}

const struct claim *world_claim(const struct world *w, struct str id)
{
    size_t at = place_of(w->claims, w->claim_count, id);

    return at == SIZE_MAX ? NULL : &w->claims[at];
}

const struct pod *world_pod(const struct world *w, struct str name)
{
    size_t low = 0, high = w->pod_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(w->pods[middle].name, name);
        if (order == 0)
            return &w->pods[middle];
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

void claims_take_pods(struct arena *a, const struct world *w, struct claim *claims)
{
    ARENA_AUTO scratch = {0};
    struct claim **places = ARENA_ARRAY(&scratch, struct claim *, w->pod_count);
    struct name_index ids;
    const struct pod ***lists = ARENA_ARRAY(&scratch, const struct pod **, w->claim_count);

    name_index_make(&scratch, claims, sizeof(*claims), w->claim_count, &ids);
    for (size_t i = 0; i < w->claim_count; i++)
        claims[i].pod_count = 0;
    for (size_t i = 0; i < w->pod_count; i++) {
        struct str id = w->pods[i].claim;
        size_t at = id.len ? name_index_find(&ids, id) : SIZE_MAX;
        places[i] = at == SIZE_MAX ? NULL : &claims[at];
        if (places[i])
            places[i]->pod_count++;
    }
    for (size_t i = 0; i < w->claim_count; i++) {
        lists[i] = ARENA_ARRAY(a, const struct pod *, claims[i].pod_count);
        claims[i].pods = lists[i];
        claims[i].pod_count = 0;
    }
    for (size_t i = 0; i < w->pod_count; i++)
        if (places[i])
            lists[places[i] - claims][places[i]->pod_count++] = &w->pods[i];
}

struct world world_with_pods(struct arena *a, const struct world *w, const struct pod *pods)
{
    struct world out = *w;
    struct claim *claims = ARENA_ARRAY(a, struct claim, w->claim_count);

    if (w->claim_count)
        memcpy(claims, w->claims, w->claim_count * sizeof(*claims));
    out.pods = pods;
    out.claims = claims;
    claims_take_pods(a, &out, claims);
    return out;
}
