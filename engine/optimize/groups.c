#include "engine/optimize/groups.h"

#include "engine/optimize/cover.h"

enum { GROUPS_MOST = 64 };

static bool same_labels(const struct label_selector *x, const struct label_selector *y)
{
    bool same = x->present == y->present && x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++)
        same = requirement_eq(&x->items[i], &y->items[i]);
    return same;
}

/* A namespaceSelector would have to be looked up; such terms make no group. */
static bool same_selector(const struct pod_selector *x, const struct pod_selector *y)
{
    bool same = x->namespace_count == y->namespace_count && same_labels(&x->labels, &y->labels);

    for (size_t i = 0; same && i < x->namespace_count; i++)
        same = str_eq(x->namespaces[i], y->namespaces[i]);
    return same;
}

static bool selects_itself(const struct pod_spec *spec, const struct topology_term *t)
{
    return !t->who.namespace_labels.present &&
           str_is_among(spec->namespace, t->who.namespaces, t->who.namespace_count) &&
           label_selector_matches(&t->who.labels, &spec->labels);
}

/* The most such pods on a node; 0: the term sets no number. */
static uint32_t most_of(const struct groups *g, const struct pod_spec *spec,
                        const struct topology_term *t)
{
    if (!t->required || !str_eq(t->key, LABEL_HOSTNAME) || t->kind == TOPOLOGY_AFFINITY ||
        !(selects_itself(spec, t) || (g->of_others && t->kind == TOPOLOGY_SPREAD)))
        return 0;
    if (t->kind == TOPOLOGY_ANTI_AFFINITY)
        return 1;
    return t->max_skew < UINT32_MAX ? (uint32_t)t->max_skew : 0;
}

static bool is_every_address(struct str ip)
{
    return ip.len == 0 || str_eq(ip, STR("0.0.0.0")) || str_eq(ip, STR("::"));
}

/* The tightest that keeps two such pods apart. */
static uint32_t tightest(const struct groups *g, const struct pod_spec *spec,
                         const struct topology_term **term, const struct host_port **port)
{
    uint32_t least = 0;

    *term = NULL;
    *port = NULL;
    for (size_t i = 0; i < spec->topology_count; i++) {
        uint32_t most = most_of(g, spec, &spec->topology[i]);
        if (most && (!least || most < least)) {
            least = most;
            *term = &spec->topology[i];
        }
    }
    for (size_t i = 0; i < spec->port_count && least != 1; i++)
        if (is_every_address(spec->ports[i].ip)) {
            least = 1;
            *port = &spec->ports[i];
            *term = NULL;
        }
    return least;
}

static bool same_group(const struct group *g, const struct topology_term *term,
                       const struct host_port *port)
{
    if (term)
        return g->term && g->term->kind == term->kind && g->term->max_skew == term->max_skew &&
               same_selector(&g->term->who, &term->who);
    return g->port && g->port->port == port->port && str_eq(g->port->protocol, port->protocol);
}

uint32_t groups_find(struct groups *g, const struct pod_spec *spec)
{
    const struct topology_term *term;
    const struct host_port *port;
    uint32_t most = tightest(g, spec, &term, &port);

    if (!most)
        return NO_GROUP;
    for (size_t i = 0; i < g->count; i++)
        if (same_group(&g->items[i], term, port))
            return (uint32_t)i;
    if (g->count == GROUPS_MOST)
        return NO_GROUP;
    ARENA_PUSH(g->arena, g->items, g->count, g->capacity, (struct group){term, port, most});
    return (uint32_t)g->count - 1;
}
