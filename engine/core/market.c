#include "engine/core/market.h"

enum {
    JOIN_UNKNOWN = -2,
    JOINT_CONTEXTS_MAX = 4096, /* beyond, what would need another is packed apart */
};

static bool some_type_states(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->count; i++)
        if (labels_get(&c->types[i].labels, key).ptr)
            return true;
    return false;
}

/* Keys that the pool states and neither its labels nor any type decide: the pods may. */
static void find_open(struct arena *a, struct shop *s)
{
    for (size_t i = 0; i < s->pool->requirements.count; i++) {
        const struct requirement *r = &s->pool->requirements.items[i];
        s->has_min_values |= r->min_values > 0;
        if (!label_is_well_known(r->key) && !labels_get(&s->pool->labels, r->key).ptr &&
            !str_eq(r->key, LABEL_PROVISIONER_NAME) && !some_type_states(s->catalog, r->key))
            requirements_add(a, &s->open, r);
    }
}

bool shop_runs_daemon(const struct shop *s, const struct daemon *d, const struct instance_type *t,
                      const struct offering *o)
{
    const struct pod_spec *spec = d->spec;

    if (spec->unserved_resource.len || spec->impossible.len ||
        taints_untolerated(&s->pool->taints, &spec->tolerations))
        return false;
    for (size_t i = 0; i < spec->term_count; i++)
        if (offer_satisfies(s->pool, t, o, &spec->terms[i], &s->open))
            return true;
    return false;
}

/* What DaemonSets leave on nodes of the offering, and a mark of which of them run there. */
static struct resources space_of(const struct world *w, const struct shop *s,
                                 const struct instance_type *t, const struct offering *o,
                                 uint64_t *daemons)
{
    struct resources space = t->allocatable;

    *daemons = 0;
    for (size_t i = 0; i < w->daemon_count; i++)
        if (shop_runs_daemon(s, &w->daemons[i], t, o)) {
            resources_subtract(&space, &w->daemons[i].spec->requests);
            *daemons = hash_mix(*daemons, i + 1);
        }
    return space;
}

/* The type's lot that leaves so much, from `first` on: those of one type stand together. */
static uint32_t lot_of(struct arena *a, struct shop *s, size_t first, const struct instance_type *t,
                       const struct resources *space, uint64_t daemons)
{
    size_t capacity = s->type_capacity, count = s->type_count, more = s->type_count;

    for (size_t i = first; i < count; i++)
        if (s->daemons[i] == daemons)
            return (uint32_t)i;
    ARENA_PUSH(a, s->types, count, capacity, t);
    capacity = s->type_capacity, count = more;
    ARENA_PUSH(a, s->space, count, capacity, *space);
    capacity = s->type_capacity, count = more;
    ARENA_PUSH(a, s->daemons, count, capacity, daemons);
    s->type_capacity = capacity;
    s->type_count = count;
    return (uint32_t)more;
}

static void list_offers(struct arena *a, const struct world *w, struct shop *s)
{
    const struct catalog *c = s->catalog;
    size_t total = 0, n = 0;

    for (size_t i = 0; i < c->count; i++)
        total += c->types[i].offering_count;
    s->offers = ARENA_ARRAY(a, struct offer, total);
    for (size_t i = 0; i < c->count; i++) {
        size_t first = s->type_count;
        for (size_t k = 0; k < c->types[i].offering_count; k++) {
            const struct offering *o = &c->types[i].offerings[k];
            uint64_t daemons;
            struct resources space = space_of(w, s, &c->types[i], o, &daemons);
            s->offers[n++] =
                (struct offer){.type = lot_of(a, s, first, &c->types[i], &space, daemons),
                               .offering = o,
                               .available = o->unavailable_until_ms <= w->now_ms};
        }
    }
    s->offer_count = n;
    s->word_count = (n + 63) / 64;
}

/* A spot quote above on-demand in the same place is not used where on-demand may be. */
static bool is_dear_spot(const struct shop *s, const struct offer *o, struct bits usable)
{
    const struct instance_type *t = s->types[o->type];
    size_t first = (size_t)(o - s->offers) - (size_t)(o->offering - t->offerings);

    if (o->offering->capacity_type != CAPACITY_SPOT)
        return false;
    for (size_t k = 0; k < t->offering_count; k++)
        if (t->offerings[k].capacity_type == CAPACITY_ON_DEMAND && bits_has(usable, first + k) &&
            s->offers[first + k].available && str_eq(t->offerings[k].zone, o->offering->zone) &&
            t->offerings[k].price_microusd_per_hour < o->offering->price_microusd_per_hour)
            return true;
    return false;
}

static bool has_room(const struct resources *room)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (room->amount[i] < 0)
            return false;
    return true;
}

static int by_price(const void *x, const void *y)
{
    const struct choice *a = x, *b = y;

    if (a->price != b->price)
        return a->price < b->price ? -1 : 1;
    return (a->type > b->type) - (a->type < b->type);
}

static bool surpassed(const struct market *m, const struct shop *s, const struct context *c,
                      const struct choice *by)
{
    for (size_t i = 0; i < c->best_count; i++)
        if (fits(&s->space[by->type], &s->space[c->best[i].type], m->resource_count))
            return true;
    return false;
}

static void price_context(struct market *m, struct shop *s, struct context *c)
{
    size_t types = s->type_count;

    c->price_of_type = ARENA_ARRAY(m->arena, int64_t, types);
    for (size_t i = 0; i < types; i++)
        c->price_of_type[i] = INT64_MAX;
    for (size_t i = 0; i < s->offer_count; i++) {
        int64_t price = s->offers[i].offering->price_microusd_per_hour;
        int64_t *best = &c->price_of_type[s->offers[i].type];
        if (bits_has(c->offers, i) && price < *best)
            *best = price;
    }
    c->all = ARENA_ARRAY(m->arena, struct choice, types);
    for (size_t i = 0; i < types; i++)
        if (c->price_of_type[i] != INT64_MAX)
            c->all[c->all_count++] = (struct choice){c->price_of_type[i], (uint32_t)i};
    qsort(c->all, c->all_count, sizeof(*c->all), by_price);
    c->best = ARENA_ARRAY(m->arena, struct choice, c->all_count);
    for (size_t i = 0; i < c->all_count; i++)
        if (!surpassed(m, s, c, &c->all[i]))
            c->best[c->best_count++] = c->all[i];
}

static uint64_t hash_words(const struct shop *s, struct bits b)
{
    return str_hash((struct str){(const char *)b.words, s->word_count * sizeof(*b.words)});
}

static int32_t find_context(const struct shop *s, uint64_t hash, struct bits offers,
                            const struct requirements *custom)
{
    for (size_t i = 0; i < s->context_count; i++)
        if (s->contexts[i].hash == hash &&
            memcmp(s->contexts[i].offers.words, offers.words,
                   s->word_count * sizeof(*offers.words)) == 0 &&
            requirements_eq(&s->contexts[i].custom, custom))
            return (int32_t)i;
    return CONTEXT_NONE;
}

static int32_t intern_context(struct market *m, struct shop *s, struct bits offers,
                              const struct requirements *custom, bool must)
{
    uint64_t hash = hash_words(s, offers);
    int32_t found = find_context(s, hash, offers, custom);

    if (found != CONTEXT_NONE || (!must && s->joint_count >= JOINT_CONTEXTS_MAX))
        return found;
    s->joint_count += !must;
    struct context c = {.offers = bits_new(m->arena, s), .hash = hash, .custom = *custom};
    memcpy(c.offers.words, offers.words, s->word_count * sizeof(*offers.words));
    price_context(m, s, &c);
    ARENA_PUSH(m->arena, s->contexts, s->context_count, s->context_capacity, c);
    return (int32_t)s->context_count - 1;
}

/* A label of the pool is a requirement: what is in another zone than it says is not the pool's. */
static bool bears_labels(const struct pool *p, const struct instance_type *t,
                         const struct offering *o)
{
    for (size_t i = 0; i < p->labels.count; i++) {
        struct str key = p->labels.items[i].key;
        struct str own = str_eq(key, LABEL_ZONE)            ? o->zone
                         : str_eq(key, LABEL_CAPACITY_TYPE) ? capacity_type_text(o->capacity_type)
                                                            : labels_get(&t->labels, key);
        if (own.ptr && !str_eq(own, p->labels.items[i].value))
            return false;
    }
    return true;
}

static void open_shop(struct market *m, struct shop *s, const struct pool *p)
{
    struct arena *a = m->arena;

    *s = (struct shop){.pool = p, .catalog = p->catalog, .closed = p->closed};
    if (!s->catalog)
        return;
    find_open(a, s);
    list_offers(a, m->world, s);
    s->usable = bits_new(a, s);
    for (size_t i = 0; i < s->offer_count; i++) {
        const struct offer *o = &s->offers[i];
        if (has_room(&s->space[o->type]) && bears_labels(p, s->types[o->type], o->offering) &&
            offer_satisfies(p, s->types[o->type], o->offering, &p->requirements, &s->open))
            bits_set(s->usable, i);
    }
    s->now = bits_new(a, s);
    for (size_t i = 0; i < s->offer_count; i++)
        if (bits_has(s->usable, i) && s->offers[i].available &&
            !is_dear_spot(s, &s->offers[i], s->usable))
            bits_set(s->now, i);
    s->scratch = bits_new(a, s);
    intern_context(m, s, s->now, &s->open, true);
}

static int32_t join_alternative(struct market *m, struct shop *s, int32_t context,
                                const struct alternative *alt)
{
    struct bits both = s->scratch;
    struct requirements custom = {0};
    uint64_t any = 0;

    for (size_t i = 0; i < s->word_count; i++)
        any |= both.words[i] = s->contexts[context].offers.words[i] & alt->offers.words[i];
    if (!any)
        return CONTEXT_NONE;
    requirements_add_all(m->arena, &custom, &s->contexts[context].custom);
    requirements_add_all(m->arena, &custom, &alt->custom);
    if (requirements_contradiction(&custom))
        return CONTEXT_NONE;
    return intern_context(m, s, both, &custom, context == CONTEXT_ANY);
}

static int64_t lowest_price(const struct shop *s, int32_t context)
{
    return context == CONTEXT_NONE ? INT64_MAX : s->contexts[context].all[0].price;
}

/* Cohorts come as pods are given places. */
static void remember_more(struct market *m, struct context *c)
{
    size_t count = m->cohort_capacity;
    int32_t *joined = ARENA_ARRAY(m->arena, int32_t, count);

    for (size_t i = 0; i < count; i++)
        joined[i] = i < c->joined_count ? c->joined[i] : JOIN_UNKNOWN;
    c->joined = joined;
    c->joined_count = count;
}

int32_t shop_join(struct market *m, size_t shop, int32_t context, size_t cohort)
{
    struct shop *s = &m->shops[shop];
    int32_t best = CONTEXT_NONE;

    if (m->heeds && !shop_admission(m, shop, cohort)->welcome)
        return CONTEXT_NONE;
    if (cohort >= s->contexts[context].joined_count)
        remember_more(m, &s->contexts[context]);
    if (s->contexts[context].joined[cohort] != JOIN_UNKNOWN)
        return s->contexts[context].joined[cohort];
    const struct admission *ad = shop_admission(m, shop, cohort);
    for (size_t i = 0; i < ad->count; i++) {
        int32_t c = join_alternative(m, s, context, &ad->items[i]);
        if (lowest_price(s, c) < lowest_price(s, best))
            best = c;
    }
    s->contexts[context].joined[cohort] = best;
    return best;
}

static bool seen_before(const struct str *values, size_t count, struct str value)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(values[i], value))
            return true;
    return false;
}

static size_t distinct_values(const struct shop *s, const struct context *c, const bool *fit,
                              struct str key, size_t enough)
{
    struct str values[64];
    size_t count = 0;

    if (enough > sizeof(values) / sizeof(*values))
        enough = sizeof(values) / sizeof(*values);
    for (size_t i = 0; i < s->offer_count && count < enough; i++) {
        const struct offer *o = &s->offers[i];
        if (!bits_has(c->offers, i) || !fit[o->type])
            continue;
        struct str v = offer_label(s->pool, s->types[o->type], o->offering, key);
        if (v.ptr && !seen_before(values, count, v))
            values[count++] = v;
    }
    return count;
}

const struct requirement *shop_lacks_values(const struct shop *s, const struct context *c,
                                            const bool *fit, size_t *found)
{
    for (size_t i = 0; i < s->pool->requirements.count; i++) {
        const struct requirement *r = &s->pool->requirements.items[i];
        if (r->min_values <= 0)
            continue;
        *found = distinct_values(s, c, fit, r->key, (size_t)r->min_values);
        if (*found < (size_t)r->min_values)
            return r;
    }
    return NULL;
}

static bool min_values_kept(const struct market *m, const struct shop *s, const struct context *c,
                            const struct resources *sum)
{
    ARENA_AUTO scratch = {0};
    bool *fit = ARENA_ARRAY(&scratch, bool, s->type_count);
    size_t found;

    for (size_t i = 0; i < s->type_count; i++)
        fit[i] = fits(sum, &s->space[i], m->resource_count);
    return !shop_lacks_values(s, c, fit, &found);
}

int64_t shop_price(const struct market *m, size_t shop, int32_t context,
                   const struct resources *sum, size_t *from)
{
    const struct shop *s = &m->shops[shop];
    const struct context *c = &s->contexts[context];

    while (*from < c->best_count && !fits(sum, &s->space[c->best[*from].type], m->resource_count))
        ++*from;
    if (*from == c->best_count || (s->has_min_values && !min_values_kept(m, s, c, sum)))
        return INT64_MAX;
    return c->best[*from].price;
}

static bool prefers_other_pods(const struct taints *taints)
{
    struct tolerations none = {0};

    return taints_unwelcome(taints, &none) != NULL;
}

static bool some_do_not_welcome(const struct world *w)
{
    for (size_t i = 0; i < w->pool_count; i++)
        if (prefers_other_pods(&w->pools[i].taints))
            return true;
    for (size_t i = 0; i < w->claim_count; i++)
        if (prefers_other_pods(&w->claims[i].taints))
            return true;
    return false;
}

void shop_close(struct shop *s, struct str why)
{
    s->catalog = NULL;
    s->closed = why;
}

bool shop_sells(const struct shop *s)
{
    return s->catalog && !s->pool->deleting && s->pool->replicas < 0;
}

bool shop_opens_domains(const struct shop *s)
{
    const struct limits *l = &s->pool->limits;

    return shop_sells(s) && l->nodes > 0 && l->microusd_per_hour > 0 &&
           l->amount.amount[RESOURCE_CPU] > 0 && l->amount.amount[RESOURCE_MEMORY] > 0;
}

void market_open(struct arena *a, const struct world *w, struct market *m)
{
    *m = (struct market){
        .arena = a, .world = w, .resource_count = w->resources->count, .effort = w->effort};
    m->leaving = ARENA_ARRAY(a, bool, w->claim_count);
    m->has_unwelcoming = some_do_not_welcome(w);
    market_list_specs(m);
    m->shops = ARENA_ARRAY(a, struct shop, w->pool_count);
    for (size_t i = 0; i < w->pool_count; i++)
        open_shop(m, &m->shops[i], &w->pools[i]);
    topology_read(m);
    market_list_shapes(m);
    topology_survey(m);
}
