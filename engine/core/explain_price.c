#include "engine/core/explain_price.h"

/* What would be said of it if it had a price, as far as types differ: not of zones, of how it is
 * bought, or of what the pool gives its nodes. */
static bool depends_on_type(const struct pool *p, struct str key)
{
    return !str_eq(key, LABEL_ZONE) && !str_eq(key, LABEL_CAPACITY_TYPE) &&
           !labels_get(&p->labels, key).ptr;
}

static bool bears(const struct pool *p, const struct instance_type *t,
                  const struct requirements *wanted)
{
    static const struct offering none;

    for (size_t i = 0; i < wanted->count; i++) {
        const struct requirement *r = &wanted->items[i];
        struct str value = offer_label(p, t, &none, r->key);
        bool open = !value.ptr && requirements_get(&p->requirements, r->key);
        if (depends_on_type(p, r->key) && !open &&
            !(value.ptr ? requirement_has(r, value) : requirement_allows_absence(r)))
            return false;
    }
    return true;
}

static bool is_unpriced(const struct pool *p, const struct instance_type *t)
{
    return !t->offering_count && bears(p, t, &p->requirements);
}

static bool would_take(const struct market *m, const struct pool *p, const struct instance_type *t,
                       const struct shape *shape)
{
    const struct cohort *cohort = &m->cohorts[shape->cohort];
    bool any = false;

    for (size_t i = 0; i < cohort->term_count && !any; i++)
        any = bears(p, t, &cohort->terms[i]);
    return any && fits(&shape->requests, &t->allocatable, m->resource_count);
}

const struct instance_type *pool_unpriced(const struct pool *p)
{
    const struct catalog *c = p->catalog;

    for (size_t i = 0; c && i < c->count; i++)
        if (is_unpriced(p, &c->types[i]))
            return &c->types[i];
    return NULL;
}

const struct instance_type *explain_unpriced(const struct market *m, size_t shop,
                                             const struct shape *shape)
{
    const struct pool *p = m->shops[shop].pool;
    const struct catalog *c = m->shops[shop].catalog;

    for (size_t i = 0; c && i < c->count; i++)
        if (is_unpriced(p, &c->types[i]) && would_take(m, p, &c->types[i], shape))
            return &c->types[i];
    return NULL;
}
