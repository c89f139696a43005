#include "engine/loop/snapshot.h"
#include "engine/loop/applying.h"

#include <stdlib.h>

#include "engine/core/decide.h"
#include "engine/loop/capacity.h"
#include "engine/loop/facts.h"
#include "engine/loop/failed.h"
#include "engine/loop/foreign.h"
#include "engine/loop/homes.h"
#include "engine/loop/joining.h"
#include "engine/loop/steering.h"

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

/* Amounts named by the world's table; what nothing offers is named instead. */
static const struct pod_spec *rename_requests(struct arena *a,
                                              const struct resource_table *to_names,
                                              const struct resource_table *names,
                                              const struct pod_spec *spec)
{
    struct pod_spec *renamed = ARENA_NEW(a, struct pod_spec);

    spec_rename(to_names, names, spec, renamed);
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
        pools[i].failed = failed_text(a, s, p);
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

static struct daemon *snapshot_daemons(struct arena *a, const struct state *s,
                                       const struct resource_table *resources)
{
    const struct cluster_rules *r = &s->rules;
    struct daemon *daemons = ARENA_ARRAY(a, struct daemon, r->daemon_count);
    for (size_t i = 0; i < r->daemon_count; i++) {
        daemons[i] = r->daemons[i];
        daemons[i].spec = rename_requests(a, resources, &r->names, daemons[i].spec);
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

static int64_t sooner_of(int64_t x_ms, int64_t y_ms) /* 0: not known */
{
    return !x_ms || (y_ms && y_ms < x_ms) ? y_ms : x_ms;
}

/* What the node really has takes the place of what was reckoned of its type: amounts that it
 * states, and the taints that pods will meet.  That it is to leave is not news. */
static void heed_truth(struct arena *a, const struct state *s, const struct claim_entry *c,
                       struct claim *out)
{
    const struct claim *node = c->known->said;

    for (size_t i = 0; i < s->resources.count; i++) {
        size_t at = resource_table_find(&c->known->names, s->resources.name[i]);
        if (at < RESOURCES_MAX && node->allocatable.amount[at])
            out->allocatable.amount[i] = node->allocatable.amount[at];
    }
    out->taints = (struct taints){0};
    for (size_t i = 0; i < node->taints.count; i++) {
        struct taint t = node->taints.items[i];
        if (!str_eq(t.key, TAINT_DISRUPTED))
            ARENA_PUSH(a, out->taints.items, out->taints.count, out->taints.capacity, t);
    }
}

/* Of several who say so whichever is due sooner counts. */
static void note_unhealthy(struct claim *out, int64_t repair_ms)
{
    out->repair_ms = sooner_of(out->unhealthy ? out->repair_ms : 0, repair_ms);
    out->unhealthy = true;
}

/* A dump of a living cluster shows what its people and its kubelets say of our nodes.  It is no
 * part of the claim, for each reading says it anew; what EC2's checks say stands beside it. */
static void heed_node(struct arena *a, const struct state *s, const struct claim_entry *c,
                      struct claim *out)
{
    const struct claim *node = c->known ? c->known->said : NULL;

    if (!s->engine_binds && out->phase == CLAIM_LAUNCHED)
        out->lacks = joining_lacks(a, s, c);
    if (c->unregistered_ms)
        note_unhealthy(out, calendar_date_ms(&s->calendar, c->unregistered_ms) + UNREGISTERED_MS);
    if (!node)
        return;
    if (!s->engine_binds && out->phase >= CLAIM_READY)
        heed_truth(a, s, c, out);
    out->do_not_disrupt = node->do_not_disrupt;
    out->attached = node->attached;
    if (node->unhealthy)
        note_unhealthy(out, node->repair_ms);
}

static struct claim snapshot_claim(struct arena *a, const struct state *s,
                                   const struct claim_entry *c)
{
    struct claim out = c->claim;

    out.hash = hash_of(s, c);
    resources_lift_unstated(&out.allocatable, &s->resources);
    heed_node(a, s, c, &out);
    give_options(a, s, c, &out);
    out.pods = &s->pods.grouped[c->home.first];
    out.pod_count = c->home.shown;
    return out;
}

/* Ours and those of others, both sorted by id. */
static void snapshot_claims(struct arena *a, const struct state *s,
                            const struct foreign_nodes *foreign, struct world *w)
{
    size_t count = s->claims.count + foreign->count, ours = 0, theirs = 0;
    struct claim *claims = ARENA_ARRAY(a, struct claim, count);

    for (size_t i = 0; i < count; i++) {
        bool mine = theirs == foreign->count ||
                    (ours < s->claims.count &&
                     str_cmp(s->claims.items[ours]->key, foreign->items[theirs].id) < 0);
        claims[i] = mine ? snapshot_claim(a, s, CLAIM_AT(s, ours++)) : foreign->items[theirs++];
    }
    w->claims = claims;
    w->claim_count = count;
}

static void snapshot_cluster(struct arena *a, const struct state *s, struct world *w)
{
    const struct cluster_rules *r = &s->rules;

    if (!state_knows_cluster(s))
        return;
    w->pods = s->pods.shown;
    w->pod_count = s->pods.shown_count;
    w->daemons = snapshot_daemons(a, s, w->resources);
    w->daemon_count = r->daemon_count;
    w->pod_budgets = r->pod_budgets;
    w->pod_budget_count = r->pod_budget_count;
    w->namespaces = r->namespaces;
    w->namespace_count = r->namespace_count;
}

/* What is kept of pods from one picture to the next is brought up to date, and named by the table
 * of this one. */
static struct foreign_nodes *show_cluster(struct arena *a, struct state *s)
{
    struct foreign_nodes *foreign = ARENA_NEW(a, struct foreign_nodes);

    homes_settle(s);
    if (state_knows_cluster(s)) { /* of a part of it nothing is believed */
        pods_show(&s->pods);
        homes_group(s);
    }
    *foreign = foreign_nodes(a, s);
    shared_specs_show(&s->pods.specs, &foreign->resources);
    return foreign;
}

struct world *snapshot(struct arena *a, struct state *s, bool disrupt_all, int64_t batch_idle_ms,
                       int64_t now_ms)
{
    struct world *w = ARENA_NEW(a, struct world);
    const struct foreign_nodes *foreign = show_cluster(a, s);

    *w = (struct world){
        .now_ms = calendar_date_ms(&s->calendar, now_ms),
        .resources = &foreign->resources,
        .pools = snapshot_pools(a, s, &foreign->resources, disrupt_all, now_ms),
        .pool_count = s->pools.count,
        .date_unsure = !s->calendar.sure,
        .only_add = s->foreign_count > 0 || !state_knows_cluster(s),
        .batch_idle_ms = batch_idle_ms,
        .pool_deleted_ms =
            s->pool_deleted_ms ? calendar_date_ms(&s->calendar, s->pool_deleted_ms) : 0,
    };
    snapshot_cluster(a, s, w);
    snapshot_claims(a, s, foreign, w);
    return w;
}
