#include "engine/core/options.h"

struct candidate {
    struct launch_option option;
    uint32_t type;
};

struct candidates {
    struct candidate *items;
    size_t count, capacity;
};

struct ranked {
    struct candidate candidate;
    uint32_t offer;
};

static int best_first(const void *x, const void *y)
{
    const struct offering *a = ((const struct candidate *)x)->option.offering;
    const struct offering *b = ((const struct candidate *)y)->option.offering;
    uint32_t at = ((const struct candidate *)x)->type, bt = ((const struct candidate *)y)->type;

    if (a->price_microusd_per_hour != b->price_microusd_per_hour)
        return a->price_microusd_per_hour < b->price_microusd_per_hour ? -1 : 1;
    if (a->capacity_type != b->capacity_type)
        return a->capacity_type == CAPACITY_SPOT ? -1 : 1;
    if (at != bt)
        return at < bt ? -1 : 1;
    return str_cmp(a->zone, b->zone);
}

static struct candidate candidate_of(const struct shop *s, uint32_t offer)
{
    const struct offer *o = &s->offers[offer];

    return (struct candidate){{s->types[o->type], o->offering}, o->type};
}

/* Once a context: many nodes are of the same. */
static void rank_offers(struct market *m, const struct shop *s, struct context *c)
{
    ARENA_AUTO scratch = {0};
    struct ranked *all = ARENA_ARRAY(&scratch, struct ranked, s->offer_count);
    size_t n = 0;

    for (uint32_t i = 0; i < s->offer_count; i++)
        if (bits_has(c->offers, i))
            all[n++] = (struct ranked){candidate_of(s, i), i};
    if (n)
        qsort(all, n, sizeof(*all), best_first);
    c->ranked = ARENA_ARRAY(m->arena, uint32_t, n + 1);
    for (size_t i = 0; i < n; i++)
        c->ranked[i] = all[i].offer;
    c->ranked_count = n;
}

const struct context *options_ranked(struct market *m, size_t shop, int32_t context)
{
    struct context *c = &m->shops[shop].contexts[context];

    if (!c->ranked)
        rank_offers(m, &m->shops[shop], c);
    return c;
}

/* The first that may be as cheap as the node was found to be. */
static size_t first_at(const struct shop *s, const struct context *c, int64_t price)
{
    size_t low = 0, high = c->ranked_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->offers[c->ranked[middle]].offering->price_microusd_per_hour < price)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool options_within_premium(const struct pool *p, const struct offering *one,
                            const struct offering *best)
{
    if (p->scarce)
        return true;
    return (__int128)one->price_microusd_per_hour * 100 <=
           (__int128)best->price_microusd_per_hour * (100 + PREMIUM_PERCENT);
}

static bool within_premium(const struct pool *p, const struct candidate *c,
                           const struct candidate *best)
{
    return options_within_premium(p, c->option.offering, best->option.offering);
}

/* Everything the context sells that holds the pods and that the limits admit, best first; what is
 * too dear to be chosen only where min_values may need it.  Hundreds of offers end at the first
 * that is too dear, so the list grows as it is found. */
static struct candidates list_candidates(struct market *m, struct arena *scratch,
                                         const struct bin *b, const struct allowance *left)
{
    const struct shop *s = &m->shops[b->shop];
    const struct context *c = options_ranked(m, b->shop, b->context);
    struct candidates out = {0};

    for (size_t i = s->has_min_values ? 0 : first_at(s, c, b->cost); i < c->ranked_count; i++) {
        struct candidate one = candidate_of(s, c->ranked[i]);
        if (b->granted.words && !bits_has(b->granted, c->ranked[i]))
            continue;
        if (out.count && !s->has_min_values && !within_premium(s->pool, &one, &out.items[0]))
            break;
        if (fits(&b->sum, &s->space[one.type], m->resource_count) &&
            allowance_admits(left, one.option.type, one.option.offering->price_microusd_per_hour))
            ARENA_PUSH(scratch, out.items, out.count, out.capacity, one);
    }
    return out;
}

/* Only the capacity type of the best; of spot nothing dearer than the cheapest on-demand. */
static size_t keep_capacity_type(struct candidate *c, size_t count)
{
    enum capacity_type type = c[0].option.offering->capacity_type;
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (c[i].option.offering->capacity_type == type)
            c[n++] = c[i];
        else if (type == CAPACITY_SPOT)
            break;
    }
    return n;
}

static bool has_value(const struct pool *p, const struct candidate *c, size_t count, struct str key,
                      struct str value)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(offer_label(p, c[i].option.type, c[i].option.offering, key), value))
            return true;
    return false;
}

static int64_t distinct(const struct pool *p, const struct candidate *c, size_t count,
                        struct str key)
{
    int64_t n = 0;

    for (size_t i = 0; i < count; i++) {
        struct str v = offer_label(p, c[i].option.type, c[i].option.offering, key);
        n += v.ptr && !has_value(p, c, i, key, v);
    }
    return n;
}

static void swap(struct candidate *x, struct candidate *y)
{
    struct candidate t = *x;

    *x = *y;
    *y = t;
}

/* Brings the cheapest candidates with values still missing into the chosen ones. */
static bool keep_min_values(const struct pool *p, struct candidate *c, size_t count, size_t *chosen)
{
    for (size_t i = 0; i < p->requirements.count; i++) {
        const struct requirement *r = &p->requirements.items[i];
        for (size_t k = *chosen; k < count && distinct(p, c, *chosen, r->key) < r->min_values;
             k++) {
            struct str v = offer_label(p, c[k].option.type, c[k].option.offering, r->key);
            if (v.ptr && *chosen < OPTIONS_MAX && !has_value(p, c, *chosen, r->key, v))
                swap(&c[k], &c[(*chosen)++]);
        }
        if (distinct(p, c, *chosen, r->key) < r->min_values)
            return false;
    }
    return true;
}

/* Of an open key: its one value, the first of several, or one that the bounds and exclusions
 * admit. */
static struct str value_of(struct arena *a, const struct requirement *r)
{
    if (!r->complement)
        return r->count ? r->values[0] : (struct str){0};
    if (r->at_least != INT64_MIN || r->at_most != INT64_MAX) {
        int64_t from = r->at_least > 0 ? r->at_least : 0;
        int64_t most = r->at_most - from < 1000 ? r->at_most - from : 1000; /* both are >= 0 */
        for (int64_t i = 0; i <= most; i++) {
            struct str s = arena_printf(a, "%lld", (long long)(from + i));
            if (requirement_has(r, s))
                return s;
        }
    }
    if (requirement_allows_absence(r))
        return (struct str){0};
    for (int i = 0; i < 1000; i++) {
        struct str s = i ? arena_printf(a, "any-%d", i) : STR("any");
        if (requirement_has(r, s))
            return s;
    }
    return (struct str){0};
}

static struct labels node_labels(struct arena *a, const struct shop *s, struct context *c)
{
    struct labels out = {0};

    if (c->labels.count)
        return c->labels;
    for (size_t i = 0; i < s->pool->labels.count; i++)
        labels_set(a, &out, s->pool->labels.items[i].key, s->pool->labels.items[i].value);
    for (size_t i = 0; i < c->custom.count; i++) {
        struct str v = value_of(a, &c->custom.items[i]);
        if (v.ptr)
            labels_set(a, &out, c->custom.items[i].key, v);
    }
    labels_set(a, &out, LABEL_NODE_POOL, s->pool->name);
    labels_set(a, &out, LABEL_PROVISIONER_NAME, s->pool->name);
    c->labels = out;
    return out;
}

/* Whichever comes, it is no larger and no dearer. */
static struct resources largest(const struct action *launch, int64_t *dearest)
{
    struct resources largest = {0};

    *dearest = 0;
    for (size_t i = 0; i < launch->option_count; i++) {
        const struct launch_option *o = &launch->options[i];
        for (size_t k = 0; k < RESOURCES_MAX; k++)
            if (o->type->capacity.amount[k] > largest.amount[k])
                largest.amount[k] = o->type->capacity.amount[k];
        if (o->offering->price_microusd_per_hour > *dearest)
            *dearest = o->offering->price_microusd_per_hour;
    }
    return largest;
}

void options_take(const struct action *launch, struct allowance *left)
{
    int64_t dearest;
    struct resources most = largest(launch, &dearest);

    allowance_take(left, &most, dearest);
}

void options_return(const struct action *launch, struct allowance *left)
{
    int64_t dearest;
    struct resources most = largest(launch, &dearest);

    allowance_give(left, &most, dearest);
}

static struct launch_option *options_of(struct arena *a, const struct candidate *c, size_t count)
{
    struct launch_option *out = ARENA_ARRAY(a, struct launch_option, count);

    for (size_t i = 0; i < count; i++)
        out[i] = c[i].option;
    return out;
}

bool options_make(struct market *m, const struct bin *b, struct allowance *left,
                  struct action *launch)
{
    ARENA_AUTO scratch = {0};
    const struct shop *s = &m->shops[b->shop];
    size_t chosen = 0;

    allowance_give(left, &s->types[b->type]->capacity, b->cost);
    struct candidates all = list_candidates(m, &scratch, b, left);
    struct candidate *c = all.items;
    size_t count = all.count;
    bool ok = count > 0;
    if (ok) {
        count = keep_capacity_type(c, count);
        while (chosen < count && chosen < OPTIONS_MAX && within_premium(s->pool, &c[chosen], &c[0]))
            chosen++;
        if (s->has_min_values) {
            /* Room for the missing values: one option a type is enough to begin with. */
            chosen = chosen < OPTIONS_MAX / 2 ? chosen : OPTIONS_MAX / 2;
            ok = keep_min_values(s->pool, c, count, &chosen);
            qsort(c, chosen, sizeof(*c), best_first);
        }
    }
    if (!ok)
        return false;
    launch->pool = s->pool;
    launch->options = options_of(m->arena, c, chosen);
    launch->option_count = chosen;
    launch->labels = node_labels(m->arena, s, &s->contexts[b->context]);
    options_take(launch, left);
    return true;
}

struct premium launch_premium(const struct action *launch)
{
    const struct launch_option *o = launch->options;
    size_t count = launch->option_count;
    int64_t least = INT64_MAX, most = 0;
    __int128 sum = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t price = o[i].offering->price_microusd_per_hour;
        least = price < least ? price : least;
        most = price > most ? price : most;
        sum += price;
    }
    if (!count)
        return (struct premium){0};
    return (struct premium){most - least, (int64_t)(sum / (__int128)count) - least};
}
