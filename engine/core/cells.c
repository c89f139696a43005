#include "engine/core/market.h"

/* What the world's keys and filters tell apart, and what runs in it. */

/* A node that is or could be, by its labels. */
struct spot {
    const struct pool *pool; /* NULL: of a claim */
    const struct instance_type *type;
    const struct offering *offering;
    const struct claim *claim;
    const struct labels *chosen; /* of the open keys of the pool */
};

static struct str label_at(const struct spot *x, struct str key)
{
    if (x->claim)
        return labels_get(&x->claim->labels, key);
    struct str chosen = labels_get(x->chosen, key);
    return chosen.ptr ? chosen : offer_label(x->pool, x->type, x->offering, key);
}

static bool satisfies(const struct spot *x, const struct requirements *term)
{
    for (size_t i = 0; i < term->count; i++) {
        struct str value = label_at(x, term->items[i].key);
        if (!(value.ptr ? requirement_has(&term->items[i], value)
                        : requirement_allows_absence(&term->items[i])))
            return false;
    }
    return true;
}

static bool passes(const struct spot *x, const struct filter *f)
{
    const struct taints *taints = x->claim ? &x->claim->taints : &x->pool->taints;
    bool any = !f->terms;

    for (size_t i = 0; !any && i < f->term_count; i++)
        any = satisfies(x, &f->terms[i]);
    return any && !(f->tolerations && taints_untolerated(taints, f->tolerations));
}

static uint32_t domain_of(struct market *m, struct key_domains *k, struct str value)
{
    if (!value.ptr)
        return NO_DOMAIN;
    for (size_t i = 0; i < k->count; i++)
        if (str_eq(k->values[i], value))
            return (uint32_t)i;
    ARENA_PUSH(m->arena, k->values, k->count, k->capacity, value);
    return (uint32_t)k->count - 1;
}

static uint32_t cell_of(struct market *m, const struct spot *x)
{
    struct topology *t = &m->topology;
    struct cell c = {.domain = ARENA_ARRAY(m->arena, uint32_t, t->key_count),
                     .passes = ARENA_ARRAY(m->arena, uint8_t, t->filter_count)};

    for (size_t i = 0; i < t->key_count; i++)
        c.domain[i] = domain_of(m, &t->keys[i], label_at(x, t->keys[i].key));
    for (size_t i = 0; i < t->filter_count; i++)
        c.passes[i] = passes(x, &t->filters[i]);
    for (size_t i = 0; i < t->cell_count; i++)
        if (memcmp(t->cells[i].domain, c.domain, t->key_count * sizeof(*c.domain)) == 0 &&
            (!t->filter_count || memcmp(t->cells[i].passes, c.passes, t->filter_count) == 0))
            return (uint32_t)i;
    ARENA_PUSH(m->arena, t->cells, t->cell_count, t->cell_capacity, c);
    return (uint32_t)t->cell_count - 1;
}

/* Does any key or filter look at it? */
static bool is_looked_at(const struct topology *t, struct str key)
{
    for (size_t i = 0; i < t->key_count; i++)
        if (str_eq(t->keys[i].key, key))
            return true;
    for (size_t i = 0; i < t->filter_count; i++)
        for (size_t k = 0; k < t->filters[i].term_count; k++)
            if (requirements_get(&t->filters[i].terms[k], key))
                return true;
    return false;
}

static void add_value(struct arena *a, struct labels *values, const struct requirement *open,
                      struct str value)
{
    if (requirement_has(open, value))
        labels_set(a, values, value, STR(""));
}

/* The values that an open key can take: what the pool lists, else what pods ask for, else any. */
static struct labels values_of(struct market *m, const struct requirement *open)
{
    struct labels values = {0};

    for (size_t i = 0; !open->complement && i < open->count; i++)
        add_value(m->arena, &values, open, open->values[i]);
    for (size_t i = 0; open->complement && i < m->spec_count; i++)
        for (size_t k = 0; k < m->specs[i].spec->term_count; k++) {
            const struct requirement *r = requirements_get(&m->specs[i].spec->terms[k], open->key);
            for (size_t v = 0; r && !r->complement && v < r->count; v++)
                add_value(m->arena, &values, open, r->values[v]);
        }
    if (!values.count)
        add_value(m->arena, &values, open, STR("any"));
    return values;
}

static void decide_key(struct market *m, struct requirements *custom, struct str key,
                       struct str value)
{
    struct requirement r;
    struct error *e = requirement_new(m->arena, key, OPERATOR_IN, &value, 1, 0, &r);

    if (!e)
        requirements_add(m->arena, custom, &r);
}

static void stock(struct market *m, struct shop *s, size_t offer, uint32_t cell,
                  const struct requirements *custom)
{
    for (size_t i = 0; i < s->stock_count; i++)
        if (s->stocks[i].cell == cell && requirements_eq(&s->stocks[i].custom, custom)) {
            bits_set(s->stocks[i].offers, offer);
            return;
        }
    struct stock more = {cell, bits_new(m->arena, s), *custom};
    bits_set(more.offers, offer);
    ARENA_PUSH(m->arena, s->stocks, s->stock_count, s->stock_capacity, more);
}

struct choosing {
    struct market *m;
    struct shop *shop;
    size_t offer;
    struct labels chosen;
    struct requirements custom;
};

/* One cell for each choice of the open keys that somebody looks at. */
static void choose_from(struct choosing c, size_t key)
{
    struct shop *s = c.shop;

    while (key < s->open.count && !is_looked_at(&c.m->topology, s->open.items[key].key))
        key++;
    if (key == s->open.count) {
        const struct offer *o = &s->offers[c.offer];
        struct spot x = {s->pool, s->types[o->type], o->offering, NULL, &c.chosen};
        uint32_t cell = cell_of(c.m, &x);
        c.m->topology.cells[cell].opens |= shop_opens_domains(s);
        stock(c.m, s, c.offer, cell, &c.custom);
        return;
    }
    struct labels values = values_of(c.m, &s->open.items[key]);
    for (size_t i = 0; i < values.count; i++) {
        struct choosing next = c;
        next.chosen = (struct labels){0};
        for (size_t k = 0; k < c.chosen.count; k++)
            labels_set(c.m->arena, &next.chosen, c.chosen.items[k].key, c.chosen.items[k].value);
        next.custom = (struct requirements){0};
        requirements_add_all(c.m->arena, &next.custom, &c.custom);
        labels_set(c.m->arena, &next.chosen, s->open.items[key].key, values.items[i].key);
        decide_key(c.m, &next.custom, s->open.items[key].key, values.items[i].key);
        choose_from(next, key + 1);
    }
}

/* A node that has not been launched may still come to be in another cell: then it is in none. */
static uint32_t cell_of_claim(struct market *m, const struct claim *c)
{
    struct spot x = {.claim = c};

    for (size_t i = 0; !c->instance_type.len && i < m->topology.key_count; i++) {
        struct str key = m->topology.keys[i].key;
        struct str value = labels_get(&c->labels, key);
        for (size_t k = 0; !value.ptr && k < c->option_count; k++) {
            struct str v = option_label(m->world, c, &c->options[k], key);
            struct str first = option_label(m->world, c, &c->options[0], key);
            if (!v.ptr || !str_eq(v, first))
                return NO_DOMAIN;
        }
        if (!value.ptr && !c->option_count && label_is_well_known(key))
            return NO_DOMAIN;
    }
    if (c->instance_type.len || !c->option_count)
        return cell_of(m, &x);
    struct claim sure = *c; /* with what all its options have in common */
    sure.labels = (struct labels){0};
    for (size_t i = 0; i < c->labels.count; i++)
        labels_set(m->arena, &sure.labels, c->labels.items[i].key, c->labels.items[i].value);
    for (size_t i = 0; i < m->topology.key_count; i++) {
        struct str key = m->topology.keys[i].key;
        struct str v = option_label(m->world, c, &c->options[0], key);
        if (v.ptr && !labels_get(&c->labels, key).ptr)
            labels_set(m->arena, &sure.labels, key, v);
    }
    x.claim = &sure;
    return cell_of(m, &x);
}

uint32_t topology_cell(struct market *m, const struct claim *c)
{
    const struct world *w = m->world;

    if (!m->topology.key_count)
        return 0;
    return c >= w->claims && c < w->claims + w->claim_count
               ? m->topology.cell_of_claim[c - w->claims]
               : cell_of_claim(m, c);
}

void topology_count(struct market *m, uint32_t profile, uint32_t cell, int32_t times)
{
    const struct topology *t = &m->topology;
    const struct profile *p = &t->profiles[profile];

    for (size_t i = 0; cell != NO_DOMAIN && i < p->member_count; i++) {
        uint32_t domain = topology_domain(t, p->members[i].crowd, cell);
        if (domain != NO_DOMAIN)
            t->counts[p->members[i].crowd][domain] += times * p->members[i].count;
    }
}

uint32_t topology_domain(const struct topology *t, uint32_t crowd, uint32_t cell)
{
    const struct crowd *c = &t->crowds[crowd];
    const struct cell *at = &t->cells[cell];

    if (c->filter != NO_FILTER && !at->passes[c->filter])
        return NO_DOMAIN;
    return at->domain[c->key];
}

static void count_running(struct market *m)
{
    for (size_t i = 0; i < m->world->claim_count; i++) {
        const struct claim *c = &m->world->claims[i];
        for (size_t k = 0; k < c->pod_count; k++)
            if (!c->pods[k]->never_serve)
                topology_count(m, market_spec_of(m, c->pods[k])->profile,
                               m->topology.cell_of_claim[i], 1);
    }
}

static void find_opened(struct market *m, uint32_t crowd)
{
    struct topology *t = &m->topology;

    t->opens[crowd] = ARENA_ARRAY(m->arena, bool, t->keys[t->crowds[crowd].key].count);
    for (uint32_t i = 0; i < t->cell_count; i++) {
        uint32_t domain = topology_domain(t, crowd, i);
        if (domain != NO_DOMAIN)
            t->opens[crowd][domain] |= t->cells[i].opens;
    }
}

void topology_survey(struct market *m)
{
    struct topology *t = &m->topology;
    const struct world *w = m->world;

    t->cell_of_claim = ARENA_ARRAY(m->arena, uint32_t, w->claim_count);
    if (!t->key_count)
        return;
    for (size_t i = 0; i < w->pool_count; i++)
        for (size_t k = 0; k < m->shops[i].offer_count; k++)
            if (bits_has(m->shops[i].usable, k))
                choose_from((struct choosing){m, &m->shops[i], k, {0}, {0}}, 0);
    for (size_t i = 0; i < w->claim_count; i++) {
        t->cell_of_claim[i] = cell_of_claim(m, &w->claims[i]);
        if (t->cell_of_claim[i] != NO_DOMAIN && w->claims[i].phase <= CLAIM_READY)
            t->cells[t->cell_of_claim[i]].opens = true;
    }
    t->counts = ARENA_ARRAY(m->arena, int32_t *, t->crowd_count);
    for (size_t i = 0; i < t->crowd_count; i++)
        if (t->crowds[i].key != HOST_KEY)
            t->count_total += t->keys[t->crowds[i].key].count;
    t->all_counts = ARENA_ARRAY(m->arena, int32_t, t->count_total);
    t->opens = ARENA_ARRAY(m->arena, bool *, t->crowd_count);
    for (uint32_t i = 0, at = 0; i < t->crowd_count; i++)
        if (t->crowds[i].key != HOST_KEY) {
            t->counts[i] = t->all_counts + at;
            at += (uint32_t)t->keys[t->crowds[i].key].count;
            find_opened(m, i);
        }
    count_running(m);
}
