#include "engine/core/market.h"

enum {
    JOIN_UNKNOWN = -2,
    CONTEXTS_MAX = 4096, /* beyond, what would need a new one is packed apart */
};

static struct bits bits_new(struct arena *a, const struct shop *s)
{
    return (struct bits){ARENA_ARRAY(a, uint64_t, s->word_count)};
}

static void bits_set(struct bits b, size_t i)
{
    b.words[i / 64] |= (uint64_t)1 << (i % 64);
}

/* --- labels of an offer ------------------------------------------------------------------------
 */

struct str offer_label(const struct pool *p, const struct instance_type *t,
                       const struct offering *o, struct str key)
{
    struct str value;

    if (str_eq(key, LABEL_ZONE))
        return o->zone;
    if (str_eq(key, LABEL_CAPACITY_TYPE))
        return capacity_type_text(o->capacity_type);
    if (str_eq(key, LABEL_NODE_POOL) || str_eq(key, LABEL_PROVISIONER_NAME))
        return p->name;
    value = labels_get(&p->labels, key);
    if (!value.ptr)
        value = labels_get(&t->labels, key);
    if (!value.ptr && str_eq(key, LABEL_NODE_CLASS))
        return p->node_class;
    return value;
}

static bool satisfied(const struct requirement *r, struct str value)
{
    return value.ptr ? requirement_has(r, value) : requirement_allows_absence(r);
}

static bool offer_satisfies(const struct pool *p, const struct instance_type *t,
                            const struct offering *o, const struct requirements *wanted,
                            const struct requirements *open)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (!requirements_get(open, wanted->items[i].key) &&
            !satisfied(&wanted->items[i], offer_label(p, t, o, wanted->items[i].key)))
            return false;
    return true;
}

/* --- existing nodes ----------------------------------------------------------------------------
 */

/* On a node that is on its way, well-known labels may still become what the pod wants. */
static bool claim_satisfies(const struct claim *c, const struct requirements *wanted)
{
    bool open = c->instance_type.len == 0;

    for (size_t i = 0; i < wanted->count; i++) {
        const struct requirement *r = &wanted->items[i];
        struct str value = labels_get(&c->labels, r->key);
        bool unknown =
            open && !value.ptr && label_is_well_known(r->key) && !requirement_is_contradiction(r);
        if (!unknown && !satisfied(r, value))
            return false;
    }
    return true;
}

static bool option_satisfies(const struct claim *c, const struct pool *p,
                             const struct launch_option *o, const struct requirements *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        struct str value = labels_get(&c->labels, wanted->items[i].key);
        if (!value.ptr)
            value = offer_label(p, o->type, o->offering, wanted->items[i].key);
        if (!satisfied(&wanted->items[i], value))
            return false;
    }
    return true;
}

static bool any_term(const struct pod_class *class, const struct claim *c, const struct pool *p,
                     const struct launch_option *option)
{
    for (size_t i = 0; i < class->term_count; i++)
        if (option ? option_satisfies(c, p, option, &class->terms[i])
                   : claim_satisfies(c, &class->terms[i]))
            return true;
    return false;
}

bool class_admits_claim(const struct pod_class *class, const struct pool *pool,
                        const struct claim *c)
{
    bool by_option = c->instance_type.len == 0 && c->option_count && pool;

    if (taints_untolerated(&c->taints, class->tolerations))
        return false;
    for (size_t i = 0; by_option && i < c->option_count; i++)
        if (!any_term(class, c, pool, &c->options[i]))
            return false;
    return by_option || any_term(class, c, pool, NULL);
}

/* --- shops -------------------------------------------------------------------------------------
 */

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

static bool daemon_runs(const struct daemon *d, const struct shop *s, const struct instance_type *t)
{
    if (taints_untolerated(&s->pool->taints, &d->tolerations))
        return false;
    for (size_t i = 0; i < d->term_count; i++)
        for (size_t k = 0; k < t->offering_count; k++)
            if (offer_satisfies(s->pool, t, &t->offerings[k], &d->terms[i], &s->open))
                return true;
    return false;
}

/* A DaemonSet that would run on one of the type's offers is reckoned on all of them. */
static void find_room(struct arena *a, const struct world *w, struct shop *s)
{
    s->room = ARENA_ARRAY(a, struct resources, s->catalog->count);
    for (size_t i = 0; i < s->catalog->count; i++) {
        s->room[i] = s->catalog->types[i].allocatable;
        for (size_t k = 0; k < w->daemon_count; k++)
            if (daemon_runs(&w->daemons[k], s, &s->catalog->types[i]))
                resources_subtract(&s->room[i], &w->daemons[k].requests);
    }
}

static void list_offers(struct arena *a, const struct world *w, struct shop *s)
{
    const struct catalog *c = s->catalog;
    size_t total = 0, n = 0;

    for (size_t i = 0; i < c->count; i++)
        total += c->types[i].offering_count;
    s->offers = ARENA_ARRAY(a, struct offer, total);
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->types[i].offering_count; k++) {
            const struct offering *o = &c->types[i].offerings[k];
            s->offers[n++] = (struct offer){.type = (uint32_t)i,
                                            .offering = o,
                                            .available = o->unavailable_until_ms <= w->now_ms};
        }
    s->offer_count = n;
    s->word_count = (n + 63) / 64;
}

/* A spot quote above on-demand in the same place is not used where on-demand may be. */
static bool is_dear_spot(const struct shop *s, const struct offer *o, struct bits usable)
{
    const struct instance_type *t = &s->catalog->types[o->type];
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
        if (fits(&s->room[by->type], &s->room[c->best[i].type], m->resource_count))
            return true;
    return false;
}

static void price_context(struct market *m, struct shop *s, struct context *c)
{
    size_t types = s->catalog->count;

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

    if (found != CONTEXT_NONE || (!must && s->context_count >= CONTEXTS_MAX))
        return found;
    struct context c = {.offers = offers, .hash = hash, .custom = *custom};
    price_context(m, s, &c);
    c.joined = ARENA_ARRAY(m->arena, int32_t, m->class_count);
    for (size_t i = 0; i < m->class_count; i++)
        c.joined[i] = JOIN_UNKNOWN;
    ARENA_PUSH(m->arena, s->contexts, s->context_count, s->context_capacity, c);
    return (int32_t)s->context_count - 1;
}

static void open_shop(struct market *m, struct shop *s, const struct pool *p)
{
    struct arena *a = m->arena;

    *s = (struct shop){.pool = p, .catalog = p->catalog};
    if (!s->catalog)
        return;
    find_open(a, s);
    find_room(a, m->world, s);
    list_offers(a, m->world, s);
    s->usable = bits_new(a, s);
    for (size_t i = 0; i < s->offer_count; i++) {
        const struct offer *o = &s->offers[i];
        if (has_room(&s->room[o->type]) && offer_satisfies(p, &s->catalog->types[o->type],
                                                           o->offering, &p->requirements, &s->open))
            bits_set(s->usable, i);
    }
    struct bits now = bits_new(a, s);
    for (size_t i = 0; i < s->offer_count; i++)
        if (bits_has(s->usable, i) && s->offers[i].available &&
            !is_dear_spot(s, &s->offers[i], s->usable))
            bits_set(now, i);
    s->admissions = ARENA_ARRAY(a, struct admission, m->class_count);
    intern_context(m, s, now, &s->open, true);
}

/* --- classes in shops --------------------------------------------------------------------------
 */

/* What a term asks of the pool's open keys; the rest is in the offers. */
static struct requirements custom_part(struct arena *a, const struct shop *s,
                                       const struct requirements *term)
{
    struct requirements out = {0};

    for (size_t i = 0; i < term->count; i++)
        if (requirements_get(&s->open, term->items[i].key))
            requirements_add(a, &out, &term->items[i]);
    return out;
}

static struct alternative *alternative_for(struct arena *a, const struct shop *s,
                                           struct admission *ad, const struct requirements *custom)
{
    for (size_t i = 0; i < ad->count; i++)
        if (requirements_eq(&ad->items[i].custom, custom))
            return &ad->items[i];
    ad->items[ad->count] = (struct alternative){bits_new(a, s), *custom};
    return &ad->items[ad->count++];
}

/* Terms that ask the same of open keys are one alternative: each offer satisfies one or does not.
 */
static void admit_term(struct arena *a, const struct shop *s, struct admission *ad,
                       const struct requirements *term)
{
    struct requirements custom = custom_part(a, s, term);

    if (requirements_conflict(&s->open, &custom) || requirements_contradiction(term))
        return;
    struct alternative *alt = alternative_for(a, s, ad, &custom);
    for (size_t i = 0; i < s->offer_count; i++) {
        const struct offer *o = &s->offers[i];
        if (bits_has(s->usable, i) && !bits_has(alt->offers, i) &&
            offer_satisfies(s->pool, &s->catalog->types[o->type], o->offering, term, &s->open))
            bits_set(alt->offers, i);
    }
}

const struct admission *shop_admission(struct market *m, size_t shop, size_t class)
{
    struct shop *s = &m->shops[shop];
    const struct pod_class *c = &m->classes[class];
    struct admission *ad = &s->admissions[class];

    if (ad->known)
        return ad;
    ad->known = true;
    ad->tolerated = !taints_untolerated(&s->pool->taints, c->tolerations);
    ad->items = ARENA_ARRAY(m->arena, struct alternative, c->term_count);
    for (size_t i = 0; ad->tolerated && i < c->term_count; i++)
        admit_term(m->arena, s, ad, &c->terms[i]);
    return ad;
}

static int32_t join_alternative(struct market *m, struct shop *s, int32_t context,
                                const struct alternative *alt)
{
    struct bits both = bits_new(m->arena, s);
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

int32_t shop_join(struct market *m, size_t shop, int32_t context, size_t class)
{
    struct shop *s = &m->shops[shop];
    int32_t best = CONTEXT_NONE;

    if (s->contexts[context].joined[class] != JOIN_UNKNOWN)
        return s->contexts[context].joined[class];
    const struct admission *ad = shop_admission(m, shop, class);
    for (size_t i = 0; i < ad->count; i++) {
        int32_t c = join_alternative(m, s, context, &ad->items[i]);
        if (lowest_price(s, c) < lowest_price(s, best))
            best = c;
    }
    s->contexts[context].joined[class] = best;
    return best;
}

/* --- prices ------------------------------------------------------------------------------------
 */

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
        struct str v = offer_label(s->pool, &s->catalog->types[o->type], o->offering, key);
        if (v.ptr && !seen_before(values, count, v))
            values[count++] = v;
    }
    return count;
}

bool shop_keeps_min_values(const struct shop *s, const struct context *c, const bool *fit)
{
    for (size_t i = 0; i < s->pool->requirements.count; i++) {
        const struct requirement *r = &s->pool->requirements.items[i];
        if (r->min_values > 0 &&
            distinct_values(s, c, fit, r->key, (size_t)r->min_values) < (size_t)r->min_values)
            return false;
    }
    return true;
}

static bool min_values_kept(const struct market *m, const struct shop *s, const struct context *c,
                            const struct resources *sum)
{
    ARENA_AUTO scratch = {0};
    bool *fit = ARENA_ARRAY(&scratch, bool, s->catalog->count);

    for (size_t i = 0; i < s->catalog->count; i++)
        fit[i] = fits(sum, &s->room[i], m->resource_count);
    return shop_keeps_min_values(s, c, fit);
}

int64_t shop_price(const struct market *m, size_t shop, int32_t context,
                   const struct resources *sum, size_t *from)
{
    const struct shop *s = &m->shops[shop];
    const struct context *c = &s->contexts[context];

    while (*from < c->best_count && !fits(sum, &s->room[c->best[*from].type], m->resource_count))
        ++*from;
    if (*from == c->best_count || (s->has_min_values && !min_values_kept(m, s, c, sum)))
        return INT64_MAX;
    return c->best[*from].price;
}

/* --- pods alike --------------------------------------------------------------------------------
 */

static uint64_t mix(uint64_t h, uint64_t more)
{
    return (h ^ more) * 1099511628211u;
}

static uint64_t hash_requirement(const struct requirement *r)
{
    uint64_t h = mix(str_hash(r->key), r->complement ? 7 : 3);

    h = mix(h, (uint64_t)r->at_least);
    h = mix(h, (uint64_t)r->at_most);
    for (size_t i = 0; i < r->count; i++)
        h = mix(h, str_hash(r->values[i]));
    return h;
}

static uint64_t hash_class(const struct pod *p)
{
    uint64_t h = p->term_count;

    for (size_t i = 0; i < p->term_count; i++)
        for (size_t k = 0; k < p->terms[i].count; k++)
            h = mix(h, hash_requirement(&p->terms[i].items[k]));
    for (size_t i = 0; i < p->tolerations.count; i++)
        h = mix(h, str_hash(p->tolerations.items[i].key));
    return h;
}

static bool same_tolerations(const struct tolerations *x, const struct tolerations *y)
{
    bool same = x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++) {
        const struct toleration *a = &x->items[i], *b = &y->items[i];
        same = str_eq(a->key, b->key) && str_eq(a->value, b->value) && a->exists == b->exists &&
               a->any_effect == b->any_effect && a->effect == b->effect;
    }
    return same;
}

static bool same_class(const struct pod_class *c, const struct pod *p)
{
    bool same = c->term_count == p->term_count && same_tolerations(c->tolerations, &p->tolerations);

    for (size_t i = 0; same && c->terms != p->terms && i < c->term_count; i++)
        same = requirements_eq(&c->terms[i], &p->terms[i]);
    return same;
}

/* Open addressing over indexes plus one; 0 is a free place. */
static size_t class_of(struct market *m, uint32_t *table, const struct pod *p, uint64_t hash)
{
    size_t at = hash & (m->table_size - 1);

    for (; table[at]; at = (at + 1) & (m->table_size - 1))
        if (same_class(&m->classes[table[at] - 1], p))
            return table[at] - 1;
    struct pod_class c = {p->terms, p->term_count, &p->tolerations};
    ARENA_PUSH(m->arena, m->classes, m->class_count, m->class_capacity, c);
    table[at] = (uint32_t)m->class_count;
    return m->class_count - 1;
}

static uint32_t shape_of(struct market *m, uint32_t *table, const struct pod *p, size_t class)
{
    uint64_t hash =
        mix(class,
            str_hash((struct str){(const char *)p->requests.amount, sizeof(p->requests.amount)}));
    size_t at = (hash ^ hash >> 29) & (m->table_size - 1);

    for (; table[at]; at = (at + 1) & (m->table_size - 1)) {
        const struct shape *s = &m->shapes[table[at] - 1];
        if (s->class == class && memcmp(&s->requests, &p->requests, sizeof(p->requests)) == 0)
            return table[at] - 1;
    }
    struct shape s = {p->requests, class, p};
    ARENA_PUSH(m->arena, m->shapes, m->shape_count, m->shape_capacity, s);
    table[at] = (uint32_t)m->shape_count;
    return table[at] - 1;
}

static void group_pods(struct market *m)
{
    const struct world *w = m->world;

    m->table_size = 64;
    while (m->table_size < 2 * w->pod_count)
        m->table_size *= 2;
    uint32_t *classes = ARENA_ARRAY(m->arena, uint32_t, m->table_size);
    uint32_t *shapes = ARENA_ARRAY(m->arena, uint32_t, m->table_size);
    m->shape_of_pod = ARENA_ARRAY(m->arena, uint32_t, w->pod_count);
    for (size_t i = 0; i < w->pod_count; i++) {
        const struct pod *p = &w->pods[i];
        uint64_t hash = hash_class(p);
        size_t class = class_of(m, classes, p, hash ^ hash >> 29);
        m->shape_of_pod[i] = shape_of(m, shapes, p, class);
    }
}

void market_open(struct arena *a, const struct world *w, struct market *m)
{
    *m = (struct market){.arena = a, .world = w, .resource_count = w->resources->count};
    group_pods(m);
    m->shops = ARENA_ARRAY(a, struct shop, w->pool_count);
    for (size_t i = 0; i < w->pool_count; i++)
        open_shop(m, &m->shops[i], &w->pools[i]);
}
