#include "engine/loop/snapshot.h"
#include "engine/loop/applying.h"

#include <stdlib.h>

#include "engine/core/decide.h"
#include "engine/loop/capacity.h"
#include "engine/loop/facts.h"
#include "engine/loop/failed.h"
#include "engine/loop/foreign.h"
#include "engine/loop/running.h"

enum { CATALOG_STEP_MS = 10 * 60 * 1000 };

/* Limits on what no catalog offers limit nothing. */
static struct resources limits_of(const struct state *s, const struct pool_entry *p)
{
    struct resources named;
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        named.amount[i] = INT64_MAX;
    for (size_t i = 0; i < p->resources.count; i++) {
        size_t at = resource_table_find(&s->resources, p->resources.name[i]);
        if (at < RESOURCES_MAX)
            named.amount[at] = p->pool.limits.amount.amount[i];
    }
    return named;
}

bool pool_is_applied(const struct state *s, const struct pool_entry *p, int64_t now_ms)
{
    return applying_is(s, STR("pool"), p->name.key, now_ms) ||
           applying_is(s, STR("class"), p->pool.node_class, now_ms);
}

bool pool_has_catalog(const struct state *s, const struct pool_entry *p)
{
    const struct class_entry *c = state_class(s, p->pool.node_class);
    return c && c->answer && c->current;
}

/* Why the pool launches nothing; empty while its class is being asked for. */
static struct str why_closed(struct arena *a, const struct state *s, const struct pool_entry *p,
                             int64_t now_ms)
{
    const struct class_entry *c = state_class(s, p->pool.node_class);

    if (p->error)
        return p->error->summary;
    if (!c)
        return arena_printf(a, "node class " STR_FMT " does not exist",
                            STR_ARG(p->pool.node_class));
    if (!pool_has_catalog(s, p))
        return c->problem[0] ? arena_printf(a, "node class " STR_FMT " cannot be used: %s",
                                            STR_ARG(c->name.key), c->problem)
                             : STR("");
    return p->cool_until_ms > now_ms
               ? arena_printf(a, "a launch came to nothing and is tried again: %s", p->problem)
               : STR("");
}

/* Volumes of a driver that no catalog limits. */
static bool is_attachable(struct str resource)
{
    return str_starts_with(resource, STR(RESOURCE_ATTACHABLE_PREFIX));
}

/* Amounts named by the world's table; what nothing offers is named instead. */
static const struct pod_spec *rename_requests(struct arena *a,
                                              const struct resource_table *to_names,
                                              const struct resource_table *names,
                                              const struct pod_spec *spec)
{
    struct pod_spec *renamed = ARENA_NEW(a, struct pod_spec);
    struct resources to = {0};

    *renamed = *spec;
    for (size_t i = 0; i < names->count; i++) {
        int64_t amount = spec->requests.amount[i];
        size_t at = amount ? resource_table_find(to_names, names->name[i]) : RESOURCES_MAX;
        if (at < RESOURCES_MAX)
            to.amount[at] = amount;
        else if (amount && !renamed->unserved_resource.len && !is_attachable(names->name[i]))
            renamed->unserved_resource = names->name[i];
    }
    renamed->requests = to;
    return renamed;
}

static struct headroom *snapshot_headroom(struct arena *a, const struct resource_table *resources,
                                          const struct pool_entry *p)
{
    struct headroom *out = ARENA_ARRAY(a, struct headroom, p->pool.headroom_count);
    for (size_t i = 0; i < p->pool.headroom_count; i++) {
        out[i] = p->pool.headroom[i];
        out[i].spec = rename_requests(a, resources, &p->resources, out[i].spec);
    }
    return out;
}

static int64_t catalog_age_ms(const struct state *s, const struct pool_entry *p, int64_t now_ms)
{
    const struct class_entry *c = state_class(s, p->pool.node_class);

    return c && c->answer ? facts_age_ms(c->answered_ms, now_ms, CATALOG_STEP_MS) : 0;
}

static struct pool *snapshot_pools(struct arena *a, const struct state *s,
                                   const struct resource_table *resources, bool disrupt_all,
                                   int64_t now_ms)
{
    struct pool *pools = ARENA_ARRAY(a, struct pool, s->pools.count);
    for (size_t i = 0; i < s->pools.count; i++) {
        const struct pool_entry *p = POOL_AT(s, i);
        struct str closed = why_closed(a, s, p, now_ms);
        bool launches = pool_has_catalog(s, p) && !closed.len;
        pools[i] = p->pool;
        pools[i].limits.amount = limits_of(s, p);
        pools[i].headroom = snapshot_headroom(a, resources, p);
        pools[i].hash = p->hash;
        pools[i].failed_claim = failed_claim(s, p);
        pools[i].drain_by_ms = p->drain_by_ms ? calendar_date_ms(&s->calendar, p->drain_by_ms) : 0;
        pools[i].may_disrupt = disrupt_all || pool_is_applied(s, p, now_ms);
        if (!s->calendar.sure) {
            pools[i].expire_after_ms = pools[i].empty_after_ms = NEVER_MS;
            pools[i].consolidation.enabled = false;
        }
        pools[i].closed = closed;
        pools[i].scarce = capacity_is_short(p);
        pools[i].catalog_age_ms = catalog_age_ms(s, p, now_ms);
        pools[i].catalog =
            launches ? capacity_catalog(a, s, p, state_class(s, p->pool.node_class)) : NULL;
    }
    return pools;
}

static int by_pod_name(const void *a, const void *b)
{
    return str_cmp(((const struct pod *)a)->name, ((const struct pod *)b)->name);
}

/* Where it runs: bound to a claim of ours, or on a node of somebody else's; empty: nowhere. */
static struct str claim_of(const struct state *s, const struct foreign_nodes *foreign,
                           const struct pod *p)
{
    struct str claim = p->claim.len ? p->claim : state_binding(s, p->name);

    if (foreign_nodes_hold(foreign, p->node))
        return p->node;
    return state_claim(s, claim) ? claim : (struct str){0};
}

static struct pod *snapshot_pods(struct arena *a, const struct state *s,
                                 const struct foreign_nodes *foreign)
{
    const struct workload *w = &s->workload->workload;
    struct nodes nodes = nodes_of(a, s);
    struct pod *pods = ARENA_ARRAY(a, struct pod, w->pod_count);
    const struct pod_spec *last = NULL, *renamed = NULL;
    for (size_t i = 0; i < w->pod_count; i++) {
        pods[i] = w->pods[i];
        if (pods[i].spec != last) /* pods of one template stand together */
            renamed = rename_requests(a, &foreign->resources, &w->resources, last = pods[i].spec);
        pods[i].spec = renamed;
        pods[i].claim = claim_of(s, foreign, &pods[i]);
        const struct claim_entry *there = nodes_find(&nodes, pods[i].node);
        /* Its status is of where it was before we moved it. */
        pods[i].unready &= !pods[i].node.len || !there || str_eq(there->id.key, pods[i].claim);
        /* On a node that nobody knows, or else it had to leave one of ours and waits for another.
         */
        if (pods[i].node.len && !pods[i].claim.len && !there)
            pods[i].never_serve = true;
    }
    qsort(pods, w->pod_count, sizeof(*pods), by_pod_name);
    return pods;
}

static struct daemon *snapshot_daemons(struct arena *a, const struct state *s,
                                       const struct resource_table *resources)
{
    const struct workload *w = &s->workload->workload;
    struct daemon *daemons = ARENA_ARRAY(a, struct daemon, w->daemon_count);
    for (size_t i = 0; i < w->daemon_count; i++) {
        daemons[i] = w->daemons[i];
        daemons[i].spec = rename_requests(a, resources, &w->resources, daemons[i].spec);
    }
    return daemons;
}

/* The hash as it counts: an instance of an image that its class no longer means has drifted,
 * whatever its tag says. */
static struct str hash_of(const struct state *s, const struct claim_entry *c)
{
    return class_means_image(state_class(s, c->node_class), c->image_id) ? c->claim.hash
                                                                         : c->image_id;
}

static const struct offering *offering_of(const struct instance_type *t,
                                          const struct claim_choice *x)
{
    for (size_t i = 0; t && i < t->offering_count; i++)
        if (t->offerings[i].capacity_type == x->capacity_type &&
            str_eq(t->offerings[i].zone, x->zone))
            return &t->offerings[i];
    return NULL;
}

/* What a claim that has not been launched yet has asked for; nothing if the catalog has lost one of
 * them, for then whatever comes might be that one. */
static void give_options(struct arena *a, const struct state *s, const struct claim_entry *c,
                         struct claim *out)
{
    const struct class_entry *class = state_class(s, c->node_class);
    if (c->claim.instance_type.len || !class || !class->answer)
        return;
    struct launch_option *options = ARENA_ARRAY(a, struct launch_option, c->choice_count);
    for (size_t i = 0; i < c->choice_count; i++) {
        options[i].type = catalog_type(&class->catalog, c->choices[i].instance_type);
        options[i].offering = offering_of(options[i].type, &c->choices[i]);
        if (!options[i].offering)
            return;
    }
    out->options = options;
    out->option_count = c->choice_count;
}

static int by_id(const void *x, const void *y)
{
    return str_cmp(((const struct claim *)x)->id, ((const struct claim *)y)->id);
}

/* What Kubernetes knows as the claim's node, or NULL.  EC2 gives the name of an instance that is
 * gone, which is its address, to another: a Node that says whose it is has to be of ours. */
static const struct claim *node_of(const struct state *s, const struct claim_entry *c)
{
    const struct claim named = {.id = c->node_name}, *node = NULL;

    if (!s->workload)
        return NULL;
    const struct workload *w = &s->workload->workload;
    if (named.id.len && w->node_count)
        node = bsearch(&named, w->nodes, w->node_count, sizeof(named), by_id);
    if (!node || (node->instance_id.len && !str_eq(node->instance_id, c->claim.instance_id)))
        return NULL;
    return node;
}

static int64_t sooner_of(int64_t x_ms, int64_t y_ms) /* 0: not known */
{
    return !x_ms || (y_ms && y_ms < x_ms) ? y_ms : x_ms;
}

/* A dump of a living cluster shows what its people and its kubelets say of our nodes.  It is no
 * part of the claim, for each reading says it anew; what EC2's checks say stands beside it, and
 * whichever is due sooner counts. */
static void heed_node(const struct state *s, const struct claim_entry *c, struct claim *out)
{
    const struct claim *node = node_of(s, c);

    if (!node)
        return;
    out->do_not_disrupt = node->do_not_disrupt;
    if (!node->unhealthy)
        return;
    out->repair_ms = sooner_of(out->unhealthy ? out->repair_ms : 0, node->repair_ms);
    out->unhealthy = true;
}

static void snapshot_claims(struct arena *a, const struct state *s,
                            const struct foreign_nodes *foreign, struct world *w)
{
    struct claim *claims = ARENA_ARRAY(a, struct claim, s->claims.count + foreign->count);

    for (size_t i = 0; i < s->claims.count; i++) {
        claims[i] = CLAIM_AT(s, i)->claim;
        claims[i].hash = hash_of(s, CLAIM_AT(s, i));
        resources_lift_unstated(&claims[i].allocatable, &s->resources);
        heed_node(s, CLAIM_AT(s, i), &claims[i]);
        give_options(a, s, CLAIM_AT(s, i), &claims[i]);
    }
    for (size_t i = 0; i < foreign->count; i++)
        claims[s->claims.count + i] = foreign->items[i];
    w->claims = claims;
    w->claim_count = s->claims.count + foreign->count;
    if (w->claim_count)
        qsort(claims, w->claim_count, sizeof(*claims), by_id);
    claims_take_pods(a, w, claims);
}

struct world *snapshot(struct arena *a, const struct state *s, bool disrupt_all,
                       int64_t batch_idle_ms, int64_t now_ms)
{
    struct world *w = ARENA_NEW(a, struct world);
    struct foreign_nodes *foreign = ARENA_NEW(a, struct foreign_nodes);

    *foreign = foreign_nodes(a, s);
    *w = (struct world){
        .now_ms = calendar_date_ms(&s->calendar, now_ms),
        .resources = &foreign->resources,
        .pools = snapshot_pools(a, s, &foreign->resources, disrupt_all, now_ms),
        .pool_count = s->pools.count,
        .date_unsure = !s->calendar.sure,
        .only_add = s->foreign_count > 0 || !s->workload,
        .batch_idle_ms = batch_idle_ms,
        .pool_deleted_ms =
            s->pool_deleted_ms ? calendar_date_ms(&s->calendar, s->pool_deleted_ms) : 0,
    };
    if (s->workload) {
        w->pods = snapshot_pods(a, s, foreign);
        w->pod_count = s->workload->workload.pod_count;
        w->daemons = snapshot_daemons(a, s, &foreign->resources);
        w->daemon_count = s->workload->workload.daemon_count;
        w->pod_budgets = s->workload->workload.pod_budgets;
        w->pod_budget_count = s->workload->workload.pod_budget_count;
        w->namespaces = s->workload->workload.namespaces;
        w->namespace_count = s->workload->workload.namespace_count;
    }
    snapshot_claims(a, s, foreign, w);
    return w;
}
