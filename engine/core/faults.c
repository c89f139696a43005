#include "engine/core/faults.h"

#include "engine/core/plan.h"

/* A message says the limit and no age: it stands in records that are written again when they
 * change, and an age changes with every look. */
static struct str too_old(struct arena *a, const char *what, int64_t age_ms, int64_t most_ms)
{
    if (age_ms <= most_ms)
        return STR("");
    return arena_printf(a, "%s have not been heard of for more than " STR_FMT, what,
                        STR_ARG(duration_format(a, most_ms)));
}

static struct str first_of(struct str x, struct str y)
{
    return x.len ? x : y;
}

/* Users whose facts may be an hour old mean all of them. */
static int64_t catalog_most_ms(const struct world *w)
{
    return w->max_staleness_ms > CATALOG_STALE_MS ? w->max_staleness_ms : CATALOG_STALE_MS;
}

static struct str catalog_fault(struct arena *a, const struct world *w, const struct pool *of)
{
    struct str what =
        arena_printf(a, "types and prices of node class " STR_FMT, STR_ARG(of->node_class));

    return of->catalog ? too_old(a, what.ptr, of->catalog_age_ms, catalog_most_ms(w)) : STR("");
}

static void say(struct plan *p, struct str fault)
{
    struct str *said = &p->out->stale;

    if (!fault.len || str_find_str(*said, fault) < said->len)
        return; /* pools of one class share a fault */
    *said = said->len ? arena_printf(p->arena, STR_FMT "; " STR_FMT, STR_ARG(*said), STR_ARG(fault))
                      : fault;
}

void faults_find(struct plan *p)
{
    const struct world *w = p->world;
    const struct facts *f = &w->facts;
    struct faults *out = &p->faults;

    out->catalogs = ARENA_ARRAY(p->arena, struct str, w->pool_count);
    out->pods = f->pods_doubt;
    out->instances = f->instances_doubt;
    if (w->max_staleness_ms) {
        out->pods =
            first_of(out->pods, too_old(p->arena, "pods", f->pods_age_ms, w->max_staleness_ms));
        out->instances =
            first_of(out->instances,
                     too_old(p->arena, "instances", f->instances_age_ms, w->max_staleness_ms));
        for (size_t i = 0; i < w->pool_count; i++)
            out->catalogs[i] = catalog_fault(p->arena, w, &w->pools[i]);
    }
    say(p, out->pods);
    say(p, out->instances);
    for (size_t i = 0; i < w->pool_count; i++)
        say(p, out->catalogs[i]);
}

struct str fault_of(const struct plan *p, size_t pool, enum reason reason)
{
    struct str general = first_of(p->faults.pods, p->faults.instances);

    return general.len || reason == REASON_EMPTY || reason == REASON_SURPLUS
               ? general
               : p->faults.catalogs[pool];
}
