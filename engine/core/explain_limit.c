#include "engine/core/explain.h"

/* Limits and min_values in words: what is allowed, what is left, and what the pod would need. */

static struct str begin(struct arena *a, const struct shop *s, struct str limit)
{
    return arena_printf(a, "pool " STR_FMT ": its limit of " STR_FMT, STR_ARG(s->pool->name),
                        STR_ARG(limit));
}

static struct str over(struct arena *a, struct str beginning, int64_t left, struct str excess)
{
    return left < 0 ? arena_printf(a, STR_FMT " is exceeded by " STR_FMT, STR_ARG(beginning),
                                   STR_ARG(excess))
                    : arena_printf(a, STR_FMT " is used up", STR_ARG(beginning));
}

/* As far as int64 goes: an allowance may be at its very end. */
static int64_t magnitude(int64_t n)
{
    return n >= 0 ? n : n == INT64_MIN ? INT64_MAX : -n;
}

static struct str amount_limit(struct market *m, const struct shop *s, size_t place, int64_t left,
                               const struct instance_type *t)
{
    struct arena *a = m->arena;
    struct str limit =
        arena_printf(a, STR_FMT " " STR_FMT,
                     STR_ARG(resource_amount_about(a, place, s->pool->limits.amount.amount[place])),
                     STR_ARG(m->world->resources->name[place]));
    struct str rest = resource_amount_about(a, place, magnitude(left));

    if (left <= 0)
        return over(a, begin(a, s, limit), left, rest);
    return arena_printf(
        a, STR_FMT " leaves " STR_FMT "; the cheapest type for it, " STR_FMT ", has " STR_FMT,
        STR_ARG(begin(a, s, limit)), STR_ARG(rest), STR_ARG(t->name),
        STR_ARG(resource_amount_about(a, place, t->capacity.amount[place])));
}

static struct str dollars(struct arena *a, int64_t microusd)
{
    return arena_printf(a, "$%lld.%04lld", (long long)(microusd / 1000000),
                        (long long)(microusd % 1000000 / 100));
}

static struct str money_limit(struct market *m, const struct shop *s, int64_t left,
                              const struct instance_type *t, int64_t price)
{
    struct arena *a = m->arena;
    struct str limit =
        arena_printf(a, STR_FMT " an hour", STR_ARG(dollars(a, s->pool->limits.microusd_per_hour)));

    if (left <= 0)
        return over(a, begin(a, s, limit), left, dollars(a, magnitude(left)));
    return arena_printf(
        a, STR_FMT " leaves " STR_FMT "; the cheapest type for it, " STR_FMT ", costs " STR_FMT,
        STR_ARG(begin(a, s, limit)), STR_ARG(dollars(a, left)), STR_ARG(t->name),
        STR_ARG(dollars(a, price)));
}

/* The cheapest type of the context that holds it, min_values aside. */
static const struct choice *cheapest(const struct market *m, const struct shop *s,
                                     const struct context *c, const struct shape *shape)
{
    for (size_t i = 0; i < c->best_count; i++)
        if (!shape || fits(&shape->requests, &s->space[c->best[i].type], m->resource_count))
            return &c->best[i];
    return NULL;
}

static const struct context *context_of(struct market *m, size_t shop, const struct shape *shape)
{
    int32_t context = shape ? shop_join(m, shop, CONTEXT_ANY, shape->cohort) : CONTEXT_ANY;

    return context == CONTEXT_NONE ? NULL : &m->shops[shop].contexts[context];
}

struct str explain_limit(struct market *m, size_t shop, const struct allowance *left,
                         const struct shape *shape)
{
    const struct shop *s = &m->shops[shop];
    const struct context *c = context_of(m, shop, shape);
    const struct choice *best = c ? cheapest(m, s, c, shape) : NULL;

    if (!best)
        return (struct str){0};
    const struct instance_type *t = s->types[best->type];
    if (left->nodes < 1)
        return over(m->arena,
                    begin(m->arena, s,
                          arena_printf(m->arena, "%lld nodes", (long long)s->pool->limits.nodes)),
                    left->nodes, arena_printf(m->arena, "%lld", (long long)magnitude(left->nodes)));
    for (size_t i = 0; i < m->resource_count; i++)
        if (t->capacity.amount[i] && t->capacity.amount[i] > left->capacity.amount[i])
            return amount_limit(m, s, i, left->capacity.amount[i], t);
    if (best->price > left->microusd_per_hour)
        return money_limit(m, s, left->microusd_per_hour, t, best->price);
    return (struct str){0};
}

/* Do the limits still admit some offer of each of these types? */
static bool *affordable(struct market *m, const struct shop *s, const struct context *c,
                        const struct allowance *left, const struct shape *shape)
{
    bool *fit = ARENA_ARRAY(m->arena, bool, s->type_count);

    for (size_t i = 0; i < s->type_count; i++)
        fit[i] = (!shape || fits(&shape->requests, &s->space[i], m->resource_count)) &&
                 allowance_admits(left, s->types[i], c->price_of_type[i]);
    return fit;
}

struct str explain_min_values(struct market *m, size_t shop, const struct allowance *left,
                              const struct shape *shape)
{
    const struct shop *s = &m->shops[shop];
    const struct context *c = context_of(m, shop, shape);
    const struct requirement *r = NULL;
    size_t found = 0;

    if (c)
        r = shop_lacks_values(s, c, affordable(m, s, c, left, shape), &found);
    if (!r)
        return arena_printf(m->arena, "pool " STR_FMT ": its min_values cannot be kept",
                            STR_ARG(s->pool->name));
    return arena_printf(m->arena,
                        "pool " STR_FMT ": min_values of " STR_FMT
                        " is %lld, and of what fits and is on sale there %s %zu",
                        STR_ARG(s->pool->name), STR_ARG(r->key), (long long)r->min_values,
                        found == 1 ? "is" : "are", found);
}
