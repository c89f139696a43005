#include "engine/core/market.h"

/* What a pod would rather have: PreferNoSchedule apart (market.heeds), and what looks at other pods
 * through a key other than the hostname (apportion.c), all of it is worked into its shape: as if it
 * were required.  Shapes that hold one preference less stand behind it, for when limits or capacity
 * leave no place.
 *
 * What weighs most comes last in the order in which Karpenter gives up: soft spreads, then node
 * affinity, heaviest first, then anti-affinity. */

static struct str preference_text(struct arena *a, const struct preference *p)
{
    struct str all = {0};

    for (size_t i = 0; i < p->node.count; i++) {
        struct str one = requirement_text(a, &p->node.items[i]);
        all = i ? arena_printf(a, STR_FMT ", " STR_FMT, STR_ARG(all), STR_ARG(one)) : one;
    }
    return arena_printf(a, "preferred node affinity: " STR_FMT, STR_ARG(all));
}

/* The terms with the preference added to each that does not contradict it. */
static struct requirements *narrow(struct arena *a, const struct cohort *c,
                                   const struct preference *p, size_t *count)
{
    struct requirements *out = ARENA_ARRAY(a, struct requirements, c->term_count);

    *count = 0;
    for (size_t i = 0; i < c->term_count; i++) {
        struct requirements both = {0};
        requirements_add_all(a, &both, &c->terms[i]);
        requirements_add_all(a, &both, &p->node);
        if (!requirements_contradiction(&both))
            out[(*count)++] = both;
    }
    return out;
}

/* Terms that some node could satisfy, holding the pod; the others go. */
static size_t keep_possible(struct market *m, const struct spec_entry *e,
                            struct requirements *terms, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (market_has(m, &terms[i], &e->spec->tolerations, &e->spec->requests))
            terms[kept++] = terms[i];
    return kept;
}

struct chain {
    struct market *m;
    const struct spec_entry *entry;
    struct shape shape; /* as it holds what has been added so far */
    struct soft_hosts held;
};

/* The shape so far becomes the weaker one of what holds one preference more. */
static void climb(struct chain *c, struct str text, const struct preference *preference)
{
    c->shape.weaker = market_shape(c->m, c->shape);
    c->shape.origin = NO_SHAPE;
    c->shape.given_up = text;
    c->shape.preference = preference;
}

static bool is_soft_host(const struct topology_term *t, enum topology_kind kind)
{
    return !t->required && t->kind == kind && str_eq(t->key, LABEL_HOSTNAME);
}

static void hold_hosts(struct chain *c, enum topology_kind kind, size_t *held, const char *text)
{
    for (size_t i = 0; i < c->entry->spec->topology_count; i++) {
        if (!is_soft_host(&c->entry->spec->topology[i], kind))
            continue;
        climb(c, str_of(text), NULL);
        ++*held;
        c->shape.profile = topology_profile(c->m, c->entry, c->held);
    }
}

static void hold_node_affinity(struct chain *c)
{
    const struct pod_spec *s = c->entry->spec;
    struct str *never = ARENA_ARRAY(c->m->arena, struct str, s->preference_count);

    for (size_t i = 0; i < s->preference_count; i++) {
        struct str text = preference_text(c->m->arena, &s->preferences[i]);
        struct cohort cohort = c->m->cohorts[c->shape.cohort];
        size_t count;
        struct requirements *terms = narrow(c->m->arena, &cohort, &s->preferences[i], &count);
        cohort.term_count = keep_possible(c->m, c->entry, terms, count);
        if (!cohort.term_count) {
            never[c->shape.never_count++] = text;
            continue;
        }
        cohort.terms = terms;
        climb(c, text, &s->preferences[i]);
        c->shape.cohort = market_cohort(c->m, cohort);
    }
    c->shape.never = never;
}

static bool prefers(const struct pod_spec *s)
{
    bool soft = s->preference_count > 0;

    for (size_t i = 0; i < s->topology_count; i++)
        soft |= !s->topology[i].required && str_eq(s->topology[i].key, LABEL_HOSTNAME);
    return soft;
}

uint32_t wishes_shape(struct market *m, const struct spec_entry *e)
{
    struct chain c = {.m = m,
                      .entry = e,
                      .shape = {.requests = e->spec->requests,
                                .cohort = e->cohort,
                                .profile = e->profile,
                                .priority = e->spec->priority,
                                .spec = e->spec,
                                .origin = NO_SHAPE,
                                .weaker = NO_SHAPE}};

    if (m->world->no_preferences || !e->pending || !prefers(e->spec))
        return market_shape(m, c.shape);
    c.shape.profile = topology_profile(m, e, c.held);
    hold_hosts(&c, TOPOLOGY_SPREAD, &c.held.spreads, "soft spread over kubernetes.io/hostname");
    hold_node_affinity(&c);
    hold_hosts(&c, TOPOLOGY_ANTI_AFFINITY, &c.held.antis,
               "preferred anti-affinity by kubernetes.io/hostname");
    return market_shape(m, c.shape);
}
