#include "engine/core/market.h"
#include "engine/host/inside.h"

/* Types and places that a requirement leaves over, of those that the ones before it did. */

struct candidate {
    const struct instance_type *type;
    const struct offering *offering;
};

static bool satisfies(const struct pool *pool, const struct candidate *c,
                      const struct requirement *r)
{
    struct str value = offer_label(pool, c->type, c->offering, r->key);
    if (value.ptr)
        return requirement_has(r, value);
    return requirement_allows_absence(r) || !label_is_well_known(r->key);
}

static struct candidate *all_candidates(struct arena *a, const struct catalog *catalog,
                                        size_t *count)
{
    size_t total = 0;
    for (size_t i = 0; i < catalog->count; i++)
        total += catalog->types[i].offering_count;
    struct candidate *list = ARENA_ARRAY(a, struct candidate, total);
    *count = 0;
    for (size_t i = 0; i < catalog->count; i++)
        for (size_t o = 0; o < catalog->types[i].offering_count; o++)
            list[(*count)++] =
                (struct candidate){&catalog->types[i], &catalog->types[i].offerings[o]};
    return list;
}

struct error *pool_check_served(struct arena *a, const struct pool *pool,
                                const struct catalog *catalog)
{
    size_t total, count, kept;
    struct candidate *list = all_candidates(a, catalog, &total);
    const struct requirement *last = NULL;
    size_t before = count = total;

    for (size_t i = 0; i < pool->requirements.count && count; i++, count = kept) {
        last = &pool->requirements.items[i];
        before = count;
        kept = 0;
        for (size_t k = 0; k < count; k++)
            if (satisfies(pool, &list[k], last))
                list[kept++] = list[k];
    }
    if (count)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "nothing can be launched for pool " STR_FMT,
                                STR_ARG(pool->name));
    e->detail =
        last ? arena_printf(a,
                            "Of %zu offerings of %zu instance types in this region, " STR_FMT
                            " excludes the last %zu. Relax it, or the requirements before it.",
                            total, catalog->count, STR_ARG(requirement_text(a, last)), before)
             : STR("The node class offers no instance type at all: its subnets lie in no zone that "
                   "sells one with a known price.");
    return error_at(e, STR("requirements"));
}
