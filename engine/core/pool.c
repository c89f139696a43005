#include "engine/core/pool.h"

#include "engine/core/market.h"

static struct error *check_operator(struct arena *a, const struct requirement_term *t,
                                    enum requirement_operator *op)
{
    if (requirement_operator_parse(t->operator, op))
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "unknown operator \"" STR_FMT "\"", STR_ARG(t->operator));
    e->detail = STR("Known are In, NotIn, Exists, DoesNotExist, Gt, Lt, Gte and Lte, spelled so.");
    return error_at(e, STR("operator"));
}

static struct error *check_key(struct arena *a, struct str key)
{
    const char *why = label_restriction(key);

    if (!why)
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "a pool may not state \"" STR_FMT "\"", STR_ARG(key));
    e->detail = arena_printf(a, "%s.", why);
    return error_at(e, STR("key"));
}

static struct error *read_term(struct arena *a, const struct requirement_term *t,
                               struct requirement *out)
{
    enum requirement_operator op;

    TRY(check_operator(a, t, &op));
    TRY(check_key(a, t->key));
    TRY(requirement_new(a, t->key, op, t->values, t->value_count, t->min_values, out));
    if (!requirement_is_contradiction(out))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, STR_FMT " " STR_FMT " " STR_FMT " can never hold",
                                STR_ARG(t->key), STR_ARG(t->operator), STR_ARG(t->values[0]));
    e->detail = STR("No label has a value in that range.");
    return error_at(e, STR("values"));
}

static struct error *contradiction(struct arena *a, const struct requirement *r, struct str against)
{
    struct error *e = error_new(a, ERROR_INVALID, STR_FMT " contradicts " STR_FMT,
                                STR_ARG(requirement_text(a, r)), STR_ARG(against));

    e->detail = STR("No node can satisfy both. Change or remove one of them.");
    return e;
}

static bool contradict(struct arena *a, const struct requirement *x, const struct requirement *y)
{
    struct requirement both = requirement_intersect(a, x, y);

    return requirement_is_contradiction(&both);
}

/* Against each of the earlier terms on the key, else against all of them together. */
static struct error *check_earlier(struct arena *a, const struct requirement *all, size_t at,
                                   const struct requirements *sum)
{
    const struct requirement *r = &all[at];
    const struct requirement *together = requirements_get(sum, r->key);

    for (size_t i = 0; i < at; i++)
        if (str_eq(all[i].key, r->key) && contradict(a, &all[i], r))
            return contradiction(a, r,
                                 arena_printf(a, "requirements[%zu], " STR_FMT, i,
                                              STR_ARG(requirement_text(a, &all[i]))));
    if (together && contradict(a, together, r))
        return contradiction(a, r,
                             arena_printf(a, "the requirements before it, together " STR_FMT,
                                          STR_ARG(requirement_text(a, together))));
    return NULL;
}

static struct error *check_label(struct arena *a, const struct requirement *r,
                                 const struct labels *labels)
{
    struct str value = labels_get(labels, r->key);

    if (!value.ptr || requirement_has(r, value))
        return NULL;
    return contradiction(a, r,
                         arena_printf(a, "labels[\"" STR_FMT "\"], \"" STR_FMT "\"",
                                      STR_ARG(r->key), STR_ARG(value)));
}

static struct error *check_min_values(struct arena *a, const struct requirements *sum,
                                      const struct requirement *r)
{
    const struct requirement *all = requirements_get(sum, r->key);

    if (all->complement || all->min_values <= (int64_t)all->count)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "min_values is %lld, and " STR_FMT,
                                (long long)all->min_values, STR_ARG(requirement_text(a, all)));
    e->detail = STR("The requirements on this key leave fewer values than min_values asks for.");
    return error_at(e, STR("min_values"));
}

struct error *pool_requirements(struct arena *a, const struct requirement_term *terms, size_t count,
                                const struct labels *labels, struct requirements *out)
{
    struct requirement *all = ARENA_ARRAY(a, struct requirement, count);
    struct error *errors = NULL;

    *out = (struct requirements){0};
    for (size_t i = 0; i < count; i++) {
        struct error *e = read_term(a, &terms[i], &all[i]);
        if (!e)
            e = check_earlier(a, all, i, out);
        if (!e)
            e = check_label(a, &all[i], labels);
        if (!e) {
            requirements_add(a, out, &all[i]);
            e = check_min_values(a, out, &all[i]);
        } else {
            all[i].key = (struct str){0}; /* said once is enough */
        }
        errors = error_join(errors, error_in(a, e, "requirements[%zu]", i));
    }
    return errors;
}

static struct error *check_syntax(struct arena *a, struct str key, struct str value)
{
    if (!label_key_is_valid(key)) {
        struct error *e =
            error_new(a, ERROR_INVALID, "\"" STR_FMT "\" cannot be a key", STR_ARG(key));
        e->detail = STR("A key is a name of up to 63 letters, digits, '-', '_' and '.', perhaps "
                        "after a domain and '/'.");
        return e;
    }
    if (!label_value_is_valid(value)) {
        struct error *e =
            error_new(a, ERROR_INVALID, "\"" STR_FMT "\" cannot be a value", STR_ARG(value));
        e->detail = STR("Up to 63 letters, digits, '-', '_' and '.', first and last a letter or "
                        "digit.");
        return e;
    }
    return NULL;
}

static struct error *check_labels(struct arena *a, const struct labels *labels)
{
    struct error *errors = NULL;

    for (size_t i = 0; i < labels->count; i++) {
        const struct label *l = &labels->items[i];
        struct error *e = check_syntax(a, l->key, l->value);
        if (!e)
            e = check_key(a, l->key);
        if (e)
            e->path = arena_printf(a, "labels[\"" STR_FMT "\"]", STR_ARG(l->key));
        errors = error_join(errors, e);
    }
    return errors;
}

static bool same_place(const struct taint *x, const struct taint *y)
{
    return str_eq(x->key, y->key) && x->effect == y->effect;
}

/* A node's taints are told apart by key and effect, startup taints among them. */
static struct error *check_taints(struct arena *a, const struct taints *taints, const char *name,
                                  const struct taints *others)
{
    struct error *errors = NULL;

    for (size_t i = 0; i < taints->count; i++) {
        const struct taint *t = &taints->items[i];
        struct error *e = check_syntax(a, t->key, t->value);
        bool twice = false;
        for (size_t k = 0; k < i; k++)
            twice |= same_place(t, &taints->items[k]);
        for (size_t k = 0; others && k < others->count; k++)
            twice |= same_place(t, &others->items[k]);
        if (!e && twice) {
            e = error_new(a, ERROR_INVALID, "taint " STR_FMT " is there twice",
                          STR_ARG(taint_text(a, t)));
            e->detail = STR("Of taints and startup_taints together, each key may have each effect "
                            "once.");
        }
        errors = error_join(errors, error_in(a, e, "%s[%zu]", name, i));
    }
    return errors;
}

static struct error *below_zero(struct arena *a, struct str key, struct str amount)
{
    struct error *e = error_new(a, ERROR_INVALID, "limit of " STR_FMT " is " STR_FMT, STR_ARG(key),
                                STR_ARG(amount));

    e->detail = STR("A limit is zero or more; leave it out for none.");
    return error_at(e, arena_printf(a, "limits[\"" STR_FMT "\"]", STR_ARG(key)));
}

static struct error *check_limits(struct arena *a, const struct limits *l,
                                  const struct resource_table *resources)
{
    struct error *errors = NULL;

    for (size_t i = 0; i < resources->count; i++)
        if (l->amount.amount[i] < 0)
            errors =
                error_join(errors, below_zero(a, resources->name[i],
                                              resource_amount_text(a, i, l->amount.amount[i])));
    if (l->nodes < 0)
        errors = error_join(
            errors, below_zero(a, STR("nodes"), arena_printf(a, "%lld", (long long)l->nodes)));
    if (l->microusd_per_hour < 0)
        errors = error_join(errors, below_zero(a, STR("hourly_usd"), STR("negative")));
    return errors;
}

static struct error *check_numbers(struct arena *a, const struct pool *p)
{
    struct error *e = NULL;

    if (p->weight < 0 || p->weight > 100) {
        e = error_new(a, ERROR_INVALID, "weight is %lld", (long long)p->weight);
        e->detail = STR("1 to 100 are allowed; the heaviest pool that can take a pod has it.");
        return error_at(e, STR("weight"));
    }
    if (p->replicas >= 0 && p->weight > 0) {
        e = error_new(a, ERROR_INVALID, "replicas together with weight");
        e->detail = STR("A pool with replicas keeps that many nodes whatever the pods, so it takes "
                        "no part in choosing by weight. Remove one of them.");
        return error_at(e, STR("weight"));
    }
    return NULL;
}

struct error *pool_check(struct arena *a, const struct pool *p,
                         const struct resource_table *resources)
{
    struct error *errors = check_labels(a, &p->labels);

    errors = error_join(errors, check_taints(a, &p->taints, "taints", NULL));
    errors = error_join(errors, check_taints(a, &p->startup_taints, "startup_taints", &p->taints));
    errors = error_join(errors, check_limits(a, &p->limits, resources));
    return error_join(errors, check_numbers(a, p));
}

static bool offer_meets(const struct pool *p, const struct shop *s, size_t offer,
                        const struct requirement *r)
{
    const struct offer *o = &s->offers[offer];

    if (requirements_get(&s->open, r->key))
        return true;
    struct str v = offer_label(p, &s->catalog->types[o->type], o->offering, r->key);
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

/* The requirement that alone admits nothing; else the one that leaves nothing of what those before
 * it admit. */
static struct str nearest_miss(struct arena *a, const struct pool *p, const struct shop *s)
{
    bool *struck = ARENA_ARRAY(a, bool, s->offer_count);

    for (size_t i = 0; i < p->requirements.count; i++) {
        bool *alone = ARENA_ARRAY(a, bool, s->offer_count);
        const struct requirement *r = &p->requirements.items[i];
        if (strike_out(p, s, r, alone) == 0)
            return arena_printf(a, "None of the %zu instance types satisfies " STR_FMT ".",
                                s->catalog->count, STR_ARG(requirement_text(a, r)));
    }
    for (size_t i = 0; i < p->requirements.count; i++) {
        const struct requirement *r = &p->requirements.items[i];
        if (strike_out(p, s, r, struck) == 0)
            return arena_printf(a,
                                "Of the %zu instance types, none satisfies " STR_FMT
                                " together with the other requirements.",
                                s->catalog->count, STR_ARG(requirement_text(a, r)));
    }
    return STR("The node class offers no instance type in any zone.");
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
    struct error *e =
        error_new(a, ERROR_INVALID, "no instance type can serve pool " STR_FMT, STR_ARG(p->name));
    e->detail = nearest_miss(a, p, &m.shops[0]);
    return error_at(e, STR("requirements"));
}
