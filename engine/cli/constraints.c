#include "engine/cli/constraints.h"

static void add(struct arena *a, struct constraints *out, struct constraint c)
{
    ARENA_PUSH(a, out->items, out->count, out->capacity, c);
}

static bool has_key(const struct constraints *c, struct str key)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].kind == CONSTRAINT_LABEL && str_eq(c->items[i].key, key))
            return true;
    return false;
}

static void add_labels(struct arena *a, const struct pod_spec *s, struct constraints *out)
{
    for (size_t i = 0; i < s->own_term_count; i++)
        for (size_t k = 0; k < s->own_terms[i].count; k++) {
            const struct requirement *r = &s->own_terms[i].items[k];
            if (!has_key(out, r->key))
                add(a, out,
                    (struct constraint){CONSTRAINT_LABEL, i, r->key,
                                        arena_printf(a, "the node label " STR_FMT,
                                                     STR_ARG(requirement_text(a, r)))});
        }
}

static struct str topology_text(struct arena *a, const struct topology_term *t)
{
    static const char *const texts[] = {
        [TOPOLOGY_SPREAD] = "spread over",
        [TOPOLOGY_AFFINITY] = "affinity within",
        [TOPOLOGY_ANTI_AFFINITY] = "anti-affinity within",
    };
    return arena_printf(a, "its %s%s " STR_FMT, t->required ? "" : "preferred ", texts[t->kind],
                        STR_ARG(t->key));
}

static struct str preference_text(struct arena *a, const struct preference *p)
{
    return p->node.count ? arena_printf(a, "its preference for " STR_FMT,
                                        STR_ARG(requirement_text(a, &p->node.items[0])))
                         : STR("a preference for any node");
}

/* A world that was kept has each list for itself, so what they say counts and not where they are.
 */
static bool has_volumes(const struct pod_spec *s)
{
    bool same = s->term_count == s->own_term_count;

    for (size_t i = 0; i < s->term_count && same; i++)
        same = requirements_eq(&s->terms[i], &s->own_terms[i]);
    return !same;
}

struct constraints constraints_of(struct arena *a, const struct pod_spec *s)
{
    struct constraints out = {0};

    add_labels(a, s, &out);
    if (has_volumes(s))
        add(a, &out,
            (struct constraint){.kind = CONSTRAINT_VOLUMES, .text = STR("where its volumes are")});
    for (size_t i = 0; i < s->topology_count; i++)
        add(a, &out,
            (struct constraint){
                .kind = CONSTRAINT_TOPOLOGY, .at = i, .text = topology_text(a, &s->topology[i])});
    for (size_t i = 0; i < s->preference_count; i++)
        add(a, &out,
            (struct constraint){.kind = CONSTRAINT_PREFERENCE,
                                .at = i,
                                .text = preference_text(a, &s->preferences[i])});
    if (s->port_count)
        add(a, &out, (struct constraint){.kind = CONSTRAINT_PORTS, .text = STR("its host ports")});
    if (s->volume_count)
        add(a, &out,
            (struct constraint){.kind = CONSTRAINT_HELD,
                                .text = STR("volumes that not every node may use at once")});
    return out;
}

static struct requirements *terms_without(struct arena *a, const struct requirements *terms,
                                          size_t count, struct str key)
{
    struct requirements *out = ARENA_ARRAY(a, struct requirements, count);

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < terms[i].count; k++)
            if (!str_eq(terms[i].items[k].key, key))
                requirements_add(a, &out[i], &terms[i].items[k]);
    return out;
}

static void drop_label(struct arena *a, struct pod_spec *s, struct str key)
{
    bool volumes = has_volumes(s);

    s->own_terms = terms_without(a, s->own_terms, s->own_term_count, key);
    s->terms = volumes ? terms_without(a, s->terms, s->term_count, key) : s->own_terms;
}

/* Copies an array without one of its elements. */
#define WITHOUT(a, items, count, at)                                        \
    do {                                                                    \
        void *rest_ = arena_array((a), (count), sizeof(*(items)));          \
        memcpy(rest_, (items), (at) * sizeof(*(items)));                    \
        memcpy((char *)rest_ + (at) * sizeof(*(items)), (items) + (at) + 1, \
               ((count) - (at)-1) * sizeof(*(items)));                      \
        (items) = rest_;                                                    \
        (count)--;                                                          \
    } while (0)

const struct pod_spec *constraint_dropped(struct arena *a, const struct pod_spec *spec,
                                          const struct constraint *c)
{
    struct pod_spec *s = ARENA_NEW(a, struct pod_spec);

    *s = *spec;
    switch (c->kind) {
    case CONSTRAINT_LABEL:
        drop_label(a, s, c->key);
        break;
    case CONSTRAINT_VOLUMES:
        s->terms = s->own_terms;
        s->term_count = s->own_term_count;
        break;
    case CONSTRAINT_TOPOLOGY:
        WITHOUT(a, s->topology, s->topology_count, c->at);
        break;
    case CONSTRAINT_PREFERENCE:
        WITHOUT(a, s->preferences, s->preference_count, c->at);
        break;
    case CONSTRAINT_PORTS:
        s->port_count = 0;
        break;
    case CONSTRAINT_HELD:
        s->volume_count = 0;
        break;
    }
    return s;
}
