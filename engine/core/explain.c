#include "engine/core/explain.h"

#include "engine/core/explain_price.h"
#include "engine/core/shares.h"

/* How far a pod gets with a pool, nearest last.  Labels come first: a pod that names a pool by them
 * means it, and is told of its taint, not that another pool has another name. */
static int nearness(enum reason r)
{
    static const enum reason order[] = {
        REASON_REQUIREMENTS, REASON_NOT_TOLERATED, REASON_UNSERVED_RESOURCE, REASON_NO_TYPE_FITS,
        REASON_NO_PRICE,     REASON_MIN_VALUES,    REASON_SPREAD_LIMIT,      REASON_LIMIT,
        REASON_NO_CAPACITY,  REASON_NO_CATALOG,    REASON_CANNOT_LAUNCH,
    };
    int i = 0;

    while ((size_t)i < sizeof(order) / sizeof(*order) && order[i] != r)
        i++;
    return i;
}

/* The requirement that alone no usable offer satisfies; or the first of the term. */
static const struct requirement *culprit(const struct shop *s, const struct requirements *term)
{
    for (size_t i = 0; i < term->count; i++) {
        struct requirements one = {&term->items[i], 1, 1};
        const struct requirement *open = requirements_get(&s->open, term->items[i].key);
        bool some = open && !requirements_conflict(&s->open, &one);
        for (size_t k = 0; !open && !some && k < s->offer_count; k++) {
            const struct offer *o = &s->offers[k];
            struct str v = offer_label(s->pool, s->types[o->type], o->offering, term->items[i].key);
            some = bits_has(s->usable, k) && (v.ptr ? requirement_has(&term->items[i], v)
                                                    : requirement_allows_absence(&term->items[i]));
        }
        if (!some)
            return &term->items[i];
    }
    return term->count ? &term->items[0] : NULL;
}

static struct str requirements_message(struct market *m, const struct shop *s,
                                       const struct cohort *cohort)
{
    struct arena *a = m->arena;
    const struct requirement *r = cohort->term_count ? culprit(s, &cohort->terms[0]) : NULL;

    if (!cohort->term_count)
        return STR("its required node affinity has no term that could match a node");
    if (!r)
        return arena_printf(a, "pool " STR_FMT ": its requirements leave no instance type",
                            STR_ARG(s->pool->name));
    const struct requirement *own = requirements_get(&s->pool->requirements, r->key);
    if (own)
        return arena_printf(a, "pool " STR_FMT ": asks for " STR_FMT ", the pool allows " STR_FMT,
                            STR_ARG(s->pool->name), STR_ARG(requirement_text(a, r)),
                            STR_ARG(requirement_text(a, own)));
    return arena_printf(a, "pool " STR_FMT ": asks for " STR_FMT ", which none of its nodes has",
                        STR_ARG(s->pool->name), STR_ARG(requirement_text(a, r)));
}

static bool admitted(const struct admission *ad, size_t offer)
{
    for (size_t i = 0; i < ad->count; i++)
        if (bits_has(ad->items[i].offers, offer))
            return true;
    return false;
}

/* Of the types that the pod's labels admit, the one with most of a resource. */
static const struct instance_type *largest(const struct shop *s, const struct admission *ad,
                                           size_t resource, int64_t *amount)
{
    const struct instance_type *best = NULL;

    for (size_t i = 0; i < s->offer_count; i++) {
        const struct offer *o = &s->offers[i];
        if (admitted(ad, i) && (!best || s->space[o->type].amount[resource] > *amount)) {
            best = s->types[o->type];
            *amount = s->space[o->type].amount[resource];
        }
    }
    return best;
}

/* The places for pods are not asked for, and what leaves too few of them is not the type's size. */
static struct str no_place_message(struct market *m, const struct shop *s,
                                   const struct instance_type *t, int64_t places)
{
    int64_t all = t->allocatable.amount[RESOURCE_PODS];

    return arena_printf(m->arena,
                        "pool " STR_FMT ": its nodes take at most %lld pods (" STR_FMT
                        "), and DaemonSets need %lld of these",
                        STR_ARG(s->pool->name), (long long)all, STR_ARG(t->name),
                        (long long)(all - places));
}

static struct str too_large_message(struct market *m, const struct shop *s,
                                    const struct admission *ad, const struct resources *want)
{
    struct arena *a = m->arena;
    const struct resource_table *names = m->world->resources;

    for (size_t i = 0; i < m->resource_count; i++) {
        int64_t amount = 0;
        const struct instance_type *t = want->amount[i] ? largest(s, ad, i, &amount) : NULL;
        if (!t || want->amount[i] <= amount)
            continue;
        if (i == RESOURCE_PODS)
            return no_place_message(m, s, t, amount);
        struct str asked = resource_amount_about(a, i, want->amount[i]),
                   offered = resource_amount_about(a, i, amount);
        if (str_eq(asked, offered)) { /* they differ by less than a sentence would show */
            asked = resource_amount_text(a, i, want->amount[i]);
            offered = resource_amount_text(a, i, amount);
        }
        return arena_printf(a,
                            "pool " STR_FMT ": asks for " STR_FMT " " STR_FMT
                            ", its largest type " STR_FMT " offers " STR_FMT,
                            STR_ARG(s->pool->name), STR_ARG(asked), STR_ARG(names->name[i]),
                            STR_ARG(t->name), STR_ARG(offered));
    }
    return arena_printf(
        a, "pool " STR_FMT ": no type has " STR_FMT " cpu and " STR_FMT " memory together",
        STR_ARG(s->pool->name),
        STR_ARG(resource_amount_about(a, RESOURCE_CPU, want->amount[RESOURCE_CPU])),
        STR_ARG(resource_amount_about(a, RESOURCE_MEMORY, want->amount[RESOURCE_MEMORY])));
}

static bool some_offer_fits(const struct market *m, const struct shop *s,
                            const struct admission *ad, const struct resources *want)
{
    for (size_t i = 0; i < s->offer_count; i++)
        if (admitted(ad, i) && fits(want, &s->space[s->offers[i].type], m->resource_count))
            return true;
    return false;
}

/* Is one on sale now, min_values aside? */
static bool on_sale(struct market *m, size_t shop, const struct shape *shape)
{
    const struct shop *s = &m->shops[shop];
    int32_t context = shop_join(m, shop, CONTEXT_ANY, shape->cohort);

    if (context == CONTEXT_NONE)
        return false;
    const struct context *c = &s->contexts[context];
    for (size_t i = 0; i < c->best_count; i++)
        if (fits(&shape->requests, &s->space[c->best[i].type], m->resource_count))
            return true;
    return false;
}

static struct waiting with_message(enum reason r, const struct pool *p, struct str message)
{
    return (struct waiting){.reason = r, .pool = p, .message = message};
}

/* No share is left of anything that it fits on, unless the cloud has more of that again. */
static struct waiting explain_share(struct market *m, size_t shop, const struct allowance *left,
                                    const struct shape *shape)
{
    const struct pool *p = m->shops[shop].pool;
    int32_t context = shop_join(m, shop, CONTEXT_ANY, shape->cohort);

    if (shares_leave(m, shop, context, &shape->requests, left, false))
        return (struct waiting){0};
    if (shares_leave(m, shop, context, &shape->requests, left, true))
        return with_message(REASON_NO_CAPACITY, p,
                            arena_printf(m->arena,
                                         "pool " STR_FMT ": the cloud has no capacity for the "
                                         "types that its spread_limit leaves; it is asked again",
                                         STR_ARG(p->name)));
    return with_message(
        REASON_SPREAD_LIMIT, p,
        arena_printf(m->arena,
                     "pool " STR_FMT
                     ": its spread_limit of %lld %% leaves no type in any zone that "
                     "it fits on: allow more types, or a larger share",
                     STR_ARG(p->name), (long long)p->spread_limit));
}

static struct waiting explain_sold(struct market *m, size_t shop, const struct allowance *left,
                                   const struct shape *shape)
{
    const struct shop *s = &m->shops[shop];

    if (!on_sale(m, shop, shape))
        return with_message(REASON_NO_CAPACITY, s->pool,
                            arena_printf(m->arena,
                                         "pool " STR_FMT ": the cloud has no capacity for the "
                                         "types that fit; it is asked again",
                                         STR_ARG(s->pool->name)));
    struct str limit = explain_limit(m, shop, left, shape);
    if (limit.ptr)
        return with_message(REASON_LIMIT, s->pool, limit);
    struct waiting share = {0};
    if (s->pool->spread_limit)
        share = explain_share(m, shop, left, shape);
    if (share.reason != REASON_NONE)
        return share;
    return with_message(REASON_MIN_VALUES, s->pool, explain_min_values(m, shop, left, shape));
}

/* Where some type of the pool would do, had it a price, that is what keeps the pod waiting. */
static struct waiting unless_unpriced(struct market *m, size_t shop, const struct shape *shape,
                                      struct waiting otherwise)
{
    const struct instance_type *t = explain_unpriced(m, shop, shape);

    if (!t)
        return otherwise;
    return with_message(REASON_NO_PRICE, otherwise.pool,
                        arena_printf(m->arena,
                                     "pool " STR_FMT ": " STR_FMT " would take it, and has no "
                                     "price: nothing is launched of which nobody knows the cost",
                                     STR_ARG(otherwise.pool->name), STR_ARG(t->name)));
}

struct waiting explain_pool(struct market *m, size_t shop, const struct allowance *left,
                            const struct shape *shape, const struct pod *pod)
{
    const struct shop *s = &m->shops[shop];
    const struct cohort *cohort = &m->cohorts[shape->cohort];

    if (!s->catalog && s->closed.len)
        return with_message(REASON_CANNOT_LAUNCH, s->pool,
                            arena_printf(m->arena, "pool " STR_FMT ": " STR_FMT,
                                         STR_ARG(s->pool->name), STR_ARG(s->closed)));
    if (!s->catalog)
        return with_message(REASON_NO_CATALOG, s->pool,
                            arena_printf(m->arena,
                                         "pool " STR_FMT ": its instance types are not known yet",
                                         STR_ARG(s->pool->name)));
    if (!shop_matches_labels(m, shop, shape->cohort))
        return unless_unpriced(
            m, shop, shape,
            with_message(REASON_REQUIREMENTS, s->pool, requirements_message(m, s, cohort)));
    const struct taint *t = taints_untolerated(&s->pool->taints, cohort->tolerations);
    if (t)
        return with_message(REASON_NOT_TOLERATED, s->pool,
                            arena_printf(m->arena,
                                         "pool " STR_FMT ": does not tolerate its taint " STR_FMT,
                                         STR_ARG(s->pool->name), STR_ARG(taint_text(m->arena, t))));
    if (pod && pod->spec->unserved_resource.len)
        return with_message(REASON_UNSERVED_RESOURCE, s->pool,
                            arena_printf(m->arena, "pool " STR_FMT ": no type offers " STR_FMT,
                                         STR_ARG(s->pool->name),
                                         STR_ARG(pod->spec->unserved_resource)));
    const struct admission *ad = shop_admission(m, shop, shape->cohort);
    if (!some_offer_fits(m, s, ad, &shape->requests))
        return unless_unpriced(m, shop, shape,
                               with_message(REASON_NO_TYPE_FITS, s->pool,
                                            too_large_message(m, s, ad, &shape->requests)));
    return explain_sold(m, shop, left, shape);
}

struct waiting explain_shape(struct market *m, const struct allowance *left, uint32_t shape,
                             const struct pod *pod)
{
    struct waiting best = {.reason = REASON_NO_POOL,
                           .message = STR("no pool launches nodes for pods")};

    if (pod && pod->spec->impossible.len)
        return (struct waiting){
            .pod = pod, .reason = REASON_IMPOSSIBLE, .message = pod->spec->impossible};

    for (size_t i = 0; i < m->world->pool_count; i++) {
        const struct pool *p = &m->world->pools[i];
        if (p->deleting || p->replicas >= 0)
            continue;
        struct waiting w = explain_pool(m, i, &left[i], &m->shapes[shape], pod);
        if (best.reason == REASON_NO_POOL || nearness(w.reason) > nearness(best.reason))
            best = w;
    }
    best.pod = pod;
    return best;
}
