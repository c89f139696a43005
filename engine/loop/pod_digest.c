#include "engine/loop/pod_digest.h"

#include "engine/base/buf.h"

/* A sum, for tables differ in the order of their names.  Attachments follow from the volumes, and
 * only tables that limit them hold them. */
static uint64_t amounts_hash(struct arena *a, const struct resource_table *names,
                             const struct resources *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < names->count; i++)
        if (r->amount[i] && !str_starts_with(names->name[i], STR(RESOURCE_ATTACHABLE_PREFIX)))
            sum += str_hash(
                arena_printf(a, STR_FMT "=%lld", STR_ARG(names->name[i]), (long long)r->amount[i]));
    return sum;
}

static void add_term(struct arena *a, struct buf *out, const struct requirements *term)
{
    for (size_t i = 0; i < term->count; i++)
        buf_printf(out, STR_FMT "%s,", STR_ARG(requirement_text(a, &term->items[i])),
                   term->items[i].present ? "!" : "");
    buf_add_char(out, ';');
}

static void add_toleration(struct buf *out, const struct toleration *t)
{
    buf_printf(out, STR_FMT "%s" STR_FMT ":" STR_FMT ";", STR_ARG(t->key), t->exists ? "*" : "=",
               STR_ARG(t->value), STR_ARG(t->any_effect ? STR("*") : taint_effect_text(t->effect)));
}

static void add_selector(struct arena *a, struct buf *out, const struct label_selector *s)
{
    buf_add_char(out, s->present ? '{' : '-');
    for (size_t i = 0; i < s->count; i++)
        buf_printf(out, STR_FMT ",", STR_ARG(requirement_text(a, &s->items[i])));
}

static void add_topology(struct arena *a, struct buf *out, const struct topology_term *t)
{
    buf_printf(out, "%d " STR_FMT " %d%d%d %lld %lld %lld ", (int)t->kind, STR_ARG(t->key),
               t->required, t->heeds_affinity, t->heeds_taints, (long long)t->weight,
               (long long)t->max_skew, (long long)t->min_domains);
    add_selector(a, out, &t->who.labels);
    for (size_t i = 0; i < t->who.namespace_count; i++)
        buf_printf(out, " " STR_FMT, STR_ARG(t->who.namespaces[i]));
    add_selector(a, out, &t->who.namespace_labels);
    buf_add_char(out, ';');
}

/* Of pods that have none of these nothing is added, and their texts stay as they were before there
 * were any. */
static void add_company(struct arena *a, struct buf *out, const struct pod_spec *p)
{
    for (size_t i = 0; i < p->topology_count; i++)
        add_topology(a, out, &p->topology[i]);
    for (size_t i = 0; i < p->preference_count; i++) {
        buf_printf(out, "%lld ", (long long)p->preferences[i].weight);
        add_term(a, out, &p->preferences[i].node);
    }
    for (size_t i = 0; i < p->port_count; i++)
        buf_printf(out, STR_FMT ":%lld/" STR_FMT ";", STR_ARG(p->ports[i].ip),
                   (long long)p->ports[i].port, STR_ARG(p->ports[i].protocol));
    for (size_t i = 0; i < p->volume_count; i++)
        buf_printf(out, STR_FMT "%s;", STR_ARG(p->volumes[i].claim),
                   p->volumes[i].by_one_pod ? "!" : "");
}

struct str pod_digest(struct arena *a, const struct resource_table *names, const struct pod_spec *p)
{
    struct buf constraints = buf_in(a);
    for (size_t i = 0; i < p->term_count; i++)
        add_term(a, &constraints, &p->terms[i]);
    for (size_t i = 0; i < p->tolerations.count; i++)
        add_toleration(&constraints, &p->tolerations.items[i]);
    add_company(a, &constraints, p);
    return arena_printf(a, "%016llx-%016llx",
                        (unsigned long long)amounts_hash(a, names, &p->requests),
                        (unsigned long long)str_hash(buf_str(&constraints)));
}
