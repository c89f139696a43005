#include "engine/core/market.h"

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

static void admit_terms(struct market *m, const struct shop *s, const struct cohort *c,
                        struct admission *ad)
{
    ad->items = ARENA_ARRAY(m->arena, struct alternative, c->term_count);
    for (size_t i = 0; i < c->term_count; i++)
        admit_term(m->arena, s, ad, &c->terms[i]);
}

const struct admission *shop_admission(struct market *m, size_t shop, size_t cohort)
{
    struct shop *s = &m->shops[shop];
    const struct cohort *c = &m->cohorts[cohort];
    struct admission *ad = &s->admissions[cohort];

    if (ad->known)
        return ad;
    ad->known = true;
    ad->tolerated = !taints_untolerated(&s->pool->taints, c->tolerations);
    ad->welcome = !taints_unwelcome(&s->pool->taints, c->tolerations);
    if (ad->tolerated)
        admit_terms(m, s, c, ad);
    return ad;
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

    if (known->tolerated)
        return has_offer(&m->shops[shop], known);
    admit_terms(m, &m->shops[shop], &m->cohorts[cohort], &untainted);
    return has_offer(&m->shops[shop], &untainted);
}
