#include "engine/core/pool.h"

#include "engine/base/buf.h"
#include "engine/core/explain_price.h"

size_t pool_place(const struct world *w, struct str name)
{
    for (size_t i = 0; i < w->pool_count; i++)
        if (str_eq(w->pools[i].name, name))
            return i;
    return SIZE_MAX;
}

static bool offer_meets(const struct pool *p, const struct shop *s, size_t offer,
                        const struct requirement *r)
{
    const struct offer *o = &s->offers[offer];

    if (requirements_get(&s->open, r->key))
        return true;
    struct str v = offer_label(p, s->types[o->type], o->offering, r->key);
    return v.ptr ? requirement_has(r, v) : requirement_allows_absence(r);
}

static size_t strike_out(const struct pool *p, const struct shop *s, const struct requirement *r,
                         bool *struck)
{
    size_t left = 0;

    for (size_t i = 0; i < s->offer_count; i++) {
        struck[i] |= !offer_meets(p, s, i, r);
        left += !struck[i];
    }
    return left;
}

/* What the key may be: "Its values there are a, b and 3 more." */
static struct str values_there(struct arena *a, const struct pool *p, const struct shop *s,
                               struct str key)
{
    enum { SHOWN = 8 };
    struct labels seen = {0};
    struct buf text = buf_in(a);

    for (size_t i = 0; i < s->offer_count; i++) {
        const struct offer *o = &s->offers[i];
        struct str v = offer_label(p, s->types[o->type], o->offering, key);
        if (v.ptr)
            labels_set(a, &seen, v, STR(""));
    }
    if (!seen.count)
        return arena_printf(a, "No instance type has the label " STR_FMT ": remove it.",
                            STR_ARG(key));
    for (size_t i = 0; i < seen.count && i < SHOWN; i++)
        buf_printf(&text, "%s" STR_FMT, i ? ", " : "", STR_ARG(seen.items[i].key));
    if (seen.count > SHOWN)
        buf_printf(&text, " and %zu more", seen.count - SHOWN);
    return arena_printf(a, "There it is " STR_FMT ": allow some of that.", STR_ARG(buf_str(&text)));
}

/* The requirement that alone admits nothing; else the one that leaves nothing of what those before
 * it admit. */
static struct str nearest_miss(struct arena *a, const struct pool *p, const struct shop *s)
{
    bool *struck = ARENA_ARRAY(a, bool, s->offer_count);

    for (size_t i = 0; i < p->requirements.count; i++) {
        bool *alone = ARENA_ARRAY(a, bool, s->offer_count);
        const struct requirement *r = &p->requirements.items[i];
        if (strike_out(p, s, r, alone) == 0)
            return arena_printf(a, "None of the %zu instance types satisfies " STR_FMT ". " STR_FMT,
                                s->catalog->count, STR_ARG(requirement_text(a, r)),
                                STR_ARG(values_there(a, p, s, r->key)));
    }
    for (size_t i = 0; i < p->requirements.count; i++) {
        const struct requirement *r = &p->requirements.items[i];
        if (strike_out(p, s, r, struck) == 0)
            return arena_printf(a,
                                "Of the %zu instance types, none satisfies " STR_FMT
                                " together with the other requirements: widen one of them.",
                                s->catalog->count, STR_ARG(requirement_text(a, r)));
    }
    return STR("The node class offers no instance type in any zone: its subnets say which zones.");
}

struct error *pool_can_be_served(struct arena *a, const struct pool *p)
{
    struct resource_table resources = resource_table_new();
    struct pool as_is = *p;
    struct world w = {.resources = &resources, .pools = &as_is, .pool_count = 1};
    struct market m;

    if (!p->catalog)
        return NULL;
    market_open(a, &w, &m);
    for (size_t i = 0; i < m.shops[0].offer_count; i++)
        if (bits_has(m.shops[0].usable, i))
            return NULL;
    const struct instance_type *unpriced = pool_unpriced(p);
    struct error *e =
        error_new(a, ERROR_INVALID, "no instance type can serve pool " STR_FMT, STR_ARG(p->name));
    e->detail = unpriced ? arena_printf(a,
                                        STR_FMT " would do and has no price, and nothing is "
                                                "launched of which nobody knows the cost: allow "
                                                "types that have one.",
                                        STR_ARG(unpriced->name))
                         : nearest_miss(a, p, &m.shops[0]);
    return error_at(e, STR("requirements"));
}
