#include "engine/core/market.h"
#include "engine/core/pool.h"

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

bool host_port_is_everywhere(const struct host_port *p)
{
    return p->ip.len == 0 || str_eq(p->ip, STR("0.0.0.0")) || str_eq(p->ip, STR("::"));
}

bool host_ports_meet(const struct host_port *x, const struct host_port *y)
{
    return x->port == y->port && str_eq(x->protocol, y->protocol) &&
           (host_port_is_everywhere(x) || host_port_is_everywhere(y) || str_eq(x->ip, y->ip));
}

bool offer_satisfies(const struct pool *p, const struct instance_type *t, const struct offering *o,
                     const struct requirements *wanted, const struct requirements *open)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (!requirements_get(open, wanted->items[i].key) &&
            !satisfied(&wanted->items[i], offer_label(p, t, o, wanted->items[i].key)))
            return false;
    return true;
}

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

struct str option_label(const struct world *w, const struct claim *c, const struct launch_option *o,
                        struct str key)
{
    struct str value = labels_get(&c->labels, key);
    size_t pool = pool_place(w, c->pool);

    if (value.ptr || pool == SIZE_MAX)
        return value;
    return offer_label(&w->pools[pool], o->type, o->offering, key);
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

static bool any_term(const struct cohort *cohort, const struct claim *c, const struct pool *p,
                     const struct launch_option *option)
{
    for (size_t i = 0; i < cohort->term_count; i++)
        if (option ? option_satisfies(c, p, option, &cohort->terms[i])
                   : claim_satisfies(c, &cohort->terms[i]))
            return true;
    return false;
}

static bool is_among_cells(const struct cohort *c, uint32_t cell)
{
    for (size_t i = 0; i < c->cell_count; i++)
        if (c->cells[i] == cell)
            return true;
    return false;
}

bool cohort_is_in(const struct cohort *c, uint32_t cell)
{
    return !c->cells || is_among_cells(c, cell);
}

bool claim_admits(const struct cohort *cohort, const struct pool *pool, const struct claim *c)
{
    bool by_option = c->instance_type.len == 0 && c->option_count && pool;

    if (taints_untolerated(&c->taints, cohort->tolerations))
        return false;
    for (size_t i = 0; by_option && i < c->option_count; i++)
        if (!any_term(cohort, c, pool, &c->options[i]))
            return false;
    return by_option || any_term(cohort, c, pool, NULL);
}

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

/* What satisfies one requirement does so whoever asks. */
static struct bits offers_satisfying(struct arena *a, struct shop *s, const struct requirement *r)
{
    uint64_t hash = hash_mix(str_hash(r->key), r->count * 2 + r->complement);

    for (size_t i = 0; i < s->asked_count; i++)
        if (s->asked[i].hash == hash && requirement_eq(s->asked[i].requirement, r))
            return s->asked[i].offers;
    struct asked asked = {hash, r, bits_new(a, s)};
    for (size_t i = 0; i < s->offer_count; i++) {
        const struct offer *o = &s->offers[i];
        if (satisfied(r, offer_label(s->pool, s->types[o->type], o->offering, r->key)))
            bits_set(asked.offers, i);
    }
    ARENA_PUSH(a, s->asked, s->asked_count, s->asked_capacity, asked);
    return asked.offers;
}

/* Terms that ask the same of open keys are one alternative: each offer satisfies one or does not.
 */
static void admit_term(struct arena *a, struct shop *s, struct admission *ad,
                       const struct requirements *term)
{
    struct requirements custom = custom_part(a, s, term);

    if (requirements_conflict(&s->open, &custom) || requirements_contradiction(term))
        return;
    struct alternative *alt = alternative_for(a, s, ad, &custom);
    struct bits satisfying = bits_new(a, s);
    memcpy(satisfying.words, s->usable.words, s->word_count * sizeof(*s->usable.words));
    for (size_t i = 0; i < term->count; i++) {
        if (requirements_get(&s->open, term->items[i].key))
            continue;
        struct bits one = offers_satisfying(a, s, &term->items[i]);
        for (size_t k = 0; k < s->word_count; k++)
            satisfying.words[k] &= one.words[k];
    }
    for (size_t k = 0; k < s->word_count; k++)
        alt->offers.words[k] |= satisfying.words[k];
}

static bool ports_meet(const struct cohort *c, const struct pod_spec *s)
{
    for (size_t i = 0; i < c->port_count; i++)
        for (size_t k = 0; k < s->port_count; k++)
            if (host_ports_meet(&c->ports[i], &s->ports[k]))
                return true;
    return false;
}

/* Where a DaemonSet's pod has one of the ports. */
static void leave_taken_ports(const struct market *m, const struct shop *s, const struct cohort *c,
                              struct admission *ad)
{
    for (size_t d = 0; c->port_count && d < m->world->daemon_count; d++) {
        const struct daemon *daemon = &m->world->daemons[d];
        if (!ports_meet(c, daemon->spec))
            continue;
        for (size_t i = 0; i < s->offer_count; i++)
            for (size_t k = 0; k < ad->count; k++)
                if (shop_runs_daemon(s, daemon, s->types[s->offers[i].type], s->offers[i].offering))
                    bits_clear(ad->items[k].offers, i);
    }
}

static void admit_terms(struct market *m, struct shop *s, const struct cohort *c,
                        struct admission *ad)
{
    ad->items = ARENA_ARRAY(m->arena, struct alternative, c->term_count);
    for (size_t i = 0; i < c->term_count; i++)
        admit_term(m->arena, s, ad, &c->terms[i]);
    leave_taken_ports(m, s, c, ad);
}

static void push_alternative(struct market *m, struct admission *ad, size_t *capacity,
                             struct alternative alt)
{
    ARENA_PUSH(m->arena, ad->items, ad->count, *capacity, alt);
}

static bool in_both(struct market *m, const struct shop *s, const struct alternative *x,
                    struct bits offers, const struct requirements *custom, struct alternative *out)
{
    uint64_t any = 0;

    *out = (struct alternative){.offers = bits_new(m->arena, s)};
    for (size_t i = 0; i < s->word_count; i++)
        any |= out->offers.words[i] = x->offers.words[i] & offers.words[i];
    if (!any)
        return false;
    requirements_add_all(m->arena, &out->custom, &x->custom);
    requirements_add_all(m->arena, &out->custom, custom);
    return !requirements_contradiction(&out->custom) &&
           !requirements_conflict(&s->open, &out->custom);
}

/* Only what is in the cells; those that leave the same of the open keys are one alternative. */
static void keep_cells(struct market *m, const struct shop *s, const struct cohort *c,
                       struct admission *ad)
{
    struct admission kept = {0};
    size_t capacity = 0;

    for (size_t i = 0; i < s->stock_count; i++) {
        const struct stock *stock = &s->stocks[i];
        if (!is_among_cells(c, stock->cell))
            continue;
        for (size_t k = 0; k < ad->count; k++) {
            struct alternative both;
            size_t same = 0;
            if (!in_both(m, s, &ad->items[k], stock->offers, &stock->custom, &both))
                continue;
            while (same < kept.count && !requirements_eq(&kept.items[same].custom, &both.custom))
                same++;
            if (same == kept.count)
                push_alternative(m, &kept, &capacity, both);
            for (size_t w = 0; w < s->word_count; w++)
                kept.items[same].offers.words[w] |= both.offers.words[w];
        }
    }
    ad->items = kept.items;
    ad->count = kept.count;
}

/* What admits all of a team: each choice of one's with each of the next's. */
static void admit_team(struct market *m, size_t shop, const struct cohort *c, struct admission *ad)
{
    struct shop *s = &m->shops[shop];

    for (size_t t = 0; t < c->team_count; t++) {
        const struct admission *one = shop_admission(m, shop, c->team[t]);
        struct admission both = {0};
        size_t capacity = 0;
        ad->tolerated &= one->tolerated;
        ad->welcome &= one->welcome;
        for (size_t i = 0; t && i < ad->count; i++)
            for (size_t k = 0; k < one->count; k++) {
                struct alternative alt;
                if (in_both(m, s, &ad->items[i], one->items[k].offers, &one->items[k].custom, &alt))
                    push_alternative(m, &both, &capacity, alt);
            }
        ad->items = t ? both.items : one->items;
        ad->count = t ? both.count : one->count;
    }
}

static void remember_more(struct market *m, struct shop *s)
{
    struct admission *more = ARENA_ARRAY(m->arena, struct admission, m->cohort_capacity);

    if (s->admission_count)
        memcpy(more, s->admissions, s->admission_count * sizeof(*more));
    s->admissions = more;
    s->admission_count = m->cohort_capacity;
}

static void admit(struct market *m, size_t shop, const struct cohort *c, struct admission *ad)
{
    struct shop *s = &m->shops[shop];

    ad->known = ad->tolerated = ad->welcome = true;
    if (c->team) {
        admit_team(m, shop, c, ad);
    } else {
        ad->tolerated = !taints_untolerated(&s->pool->taints, c->tolerations);
        ad->welcome = !taints_unwelcome(&s->pool->taints, c->tolerations);
        if (ad->tolerated)
            admit_terms(m, s, c, ad);
    }
    if (c->cells)
        keep_cells(m, s, c, ad);
}

const struct admission *shop_admission(struct market *m, size_t shop, size_t cohort)
{
    struct shop *s = &m->shops[shop];

    if (cohort >= s->admission_count)
        remember_more(m, s);
    if (!s->admissions[cohort].known) {
        struct admission ad = {0}; /* others of a team may make the table grow meanwhile */
        admit(m, shop, &m->cohorts[cohort], &ad);
        s->admissions[cohort] = ad;
    }
    return &s->admissions[cohort];
}

static bool has_offer(const struct shop *s, const struct admission *ad)
{
    for (size_t i = 0; i < ad->count; i++)
        for (size_t k = 0; k < s->word_count; k++)
            if (ad->items[i].offers.words[k])
                return true;
    return false;
}

bool shop_matches_labels(struct market *m, size_t shop, size_t cohort)
{
    const struct admission *known = shop_admission(m, shop, cohort);
    struct admission untainted = {0};

    if (known->tolerated || m->cohorts[cohort].team)
        return has_offer(&m->shops[shop], known);
    admit_terms(m, &m->shops[shop], &m->cohorts[cohort], &untainted);
    return has_offer(&m->shops[shop], &untainted);
}

static bool offer_may_have(struct market *m, struct shop *s, const struct requirements *term,
                           const struct resources *requests)
{
    struct admission ad = {.items = ARENA_NEW(m->arena, struct alternative)};

    admit_term(m->arena, s, &ad, term);
    for (size_t i = 0; ad.count && i < s->offer_count; i++)
        if (bits_has(ad.items[0].offers, i) &&
            fits(requests, &s->space[s->offers[i].type], m->resource_count))
            return true;
    return false;
}

bool market_has(struct market *m, const struct requirements *term,
                const struct tolerations *tolerations, const struct resources *requests)
{
    struct cohort one = {.terms = term, .term_count = 1, .tolerations = tolerations};

    for (size_t i = 0; i < m->world->pool_count; i++) {
        struct shop *s = &m->shops[i];
        if (shop_sells(s) && !taints_untolerated(&s->pool->taints, tolerations) &&
            offer_may_have(m, s, term, requests))
            return true;
    }
    for (size_t i = 0; i < m->world->claim_count; i++) {
        const struct claim *c = &m->world->claims[i];
        if (c->phase <= CLAIM_READY && fits(requests, &c->allocatable, m->resource_count) &&
            claim_admits(&one, NULL, c))
            return true;
    }
    return false;
}
