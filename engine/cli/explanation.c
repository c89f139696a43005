#include "engine/cli/explanation.h"

#include "engine/cli/constraints.h"
#include "engine/cli/progress.h"

/* ---- what each pool says ---- */

/* The rest of the fleet as nodes of somebody else: their pods count in whatever the pod asks of
 * other pods, and there is no room on them. */
static struct claim occupied(struct arena *a, const struct planned_node *n, size_t at,
                             struct pod *pods, const struct world *w, const struct pod *but)
{
    struct claim c = planned_claim(a, n);
    const struct pod **bound = ARENA_ARRAY(a, const struct pod *, n->pod_count);

    c.id = arena_printf(a, "%08zu", at); /* the world wants its claims sorted */
    c.pool = (struct str){0};
    c.foreign = true;
    c.allocatable = (struct resources){0};
    for (size_t i = 0; i < n->pod_count; i++) {
        struct pod *p = &pods[n->pods[i] - w->pods];
        if (n->pods[i] == but)
            continue;
        p->claim = p->node = c.id;
        p->never_serve = false;
        bound[c.pod_count++] = p;
    }
    c.pods = bound;
    return c;
}

static struct world rest_of_fleet(struct arena *a, const struct planned_fleet *f,
                                  const struct pod *pod)
{
    struct world w = *f->world;
    struct pod *pods = ARENA_ARRAY(a, struct pod, w.pod_count);
    struct claim *claims = ARENA_ARRAY(a, struct claim, f->count);

    memcpy(pods, w.pods, w.pod_count * sizeof(*pods));
    for (size_t i = 0; i < w.pod_count; i++)
        pods[i].never_serve = &w.pods[i] != pod;
    for (size_t i = 0; i < f->count; i++)
        claims[i] = occupied(a, &f->nodes[i], i, pods, &w, pod);
    w.pods = pods;
    w.claims = claims;
    w.claim_count = f->count;
    w.engine_binds = true;
    return w;
}

static void lower(int64_t *limit, int64_t by)
{
    if (*limit != INT64_MAX)
        *limit -= by;
}

/* What its nodes, but that of the pod, leave of the pool's limits. */
static struct pool with_limits_left(const struct planned_fleet *f, const struct pool *pool,
                                    const struct planned_node *but)
{
    struct pool left = *pool;

    for (size_t i = 0; i < f->count; i++) {
        const struct launch_option *o = planned_option(&f->nodes[i]);
        if (f->nodes[i].launch->pool != pool || &f->nodes[i] == but)
            continue;
        for (size_t r = 0; r < RESOURCES_MAX; r++)
            lower(&left.limits.amount.amount[r], o->type->capacity.amount[r]);
        lower(&left.limits.nodes, 1);
        lower(&left.limits.microusd_per_hour, o->offering->price_microusd_per_hour);
    }
    return left;
}

static void take_answer(struct arena *a, const struct decision *d, const struct pod *pod,
                        struct pool_answer *out)
{
    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_LAUNCH && d->actions[i].pod_count) {
            out->takes = true;
            out->option = d->actions[i].options[0];
        }
    for (size_t i = 0; i < d->waiting_count && !out->takes; i++)
        if (d->waiting[i].pod == pod) {
            out->reason = d->waiting[i].reason;
            out->message = arena_str(a, d->waiting[i].message);
        }
}

/* Each pool is asked as if it were the only one. */
static struct pool_answer ask(struct arena *a, const struct explanation *e,
                              const struct world *rest, const struct pool *pool)
{
    ARENA_AUTO scratch = {0};
    struct pool_answer out = {.pool = pool};
    struct pool alone = with_limits_left(e->fleet, pool, e->node);
    struct world w = *rest;
    struct decision d;

    if (pool->replicas >= 0)
        out.message = STR("it is static: it has as many nodes as it states, whatever the pods");
    else if (pool->deleting)
        out.message = STR("it is being deleted");
    if (out.message.len)
        return out;
    w.pools = &alone;
    w.pool_count = 1;
    decide(&scratch, &w, &d);
    take_answer(a, &d, &w.pods[e->pod - e->fleet->world->pods], &out);
    return out;
}

static void ask_pools(struct arena *a, struct explanation *e)
{
    ARENA_AUTO scratch = {0};
    const struct world *w = e->fleet->world;
    struct world rest = rest_of_fleet(&scratch, e->fleet, e->pod);

    e->pools = ARENA_ARRAY(a, struct pool_answer, w->pool_count);
    for (size_t i = 0; i < w->pool_count; i++)
        e->pools[i] = ask(a, e, &rest, &w->pools[i]);
}

/* ---- what constraints cost ---- */

static struct without decide_without(const struct explanation *e, const struct constraint *c)
{
    ARENA_AUTO scratch = {0};
    struct world w = *e->fleet->world;
    struct pod *pods = ARENA_ARRAY(&scratch, struct pod, w.pod_count);
    const struct pod_spec *changed = constraint_dropped(&scratch, e->pod->spec, c);
    struct planned_fleet f;

    memcpy(pods, w.pods, w.pod_count * sizeof(*pods));
    for (size_t i = 0; i < w.pod_count; i++)
        if (pods[i].spec == e->pod->spec)
            pods[i].spec = changed;
    w.pods = pods;
    planned_fleet_make(&scratch, &w, &f);
    return (struct without){
        .constraint = c->text,
        .microusd_per_hour = f.microusd_per_hour,
        .placed_count = f.placed_count,
        .places = !e->node && planned_node_of(&f, &pods[e->pod - e->fleet->world->pods]),
    };
}

static void price_constraints(struct arena *a, struct explanation *e)
{
    struct constraints all = constraints_of(a, e->pod->spec);

    e->without = ARENA_ARRAY(a, struct without, all.count);
    for (size_t i = 0; i < all.count; i++) {
        progress_say("deciding without " STR_FMT, STR_ARG(all.items[i].text));
        e->without[e->without_count++] = decide_without(e, &all.items[i]);
    }
}

void explanation_make(struct arena *a, const struct planned_fleet *f, const struct pod *pod,
                      struct explanation *out)
{
    *out = (struct explanation){.fleet = f, .pod = pod, .node = planned_node_of(f, pod)};
    for (size_t i = 0; i < f->unplaced_count; i++)
        if (f->unplaced[i].pod == pod)
            out->why = &f->unplaced[i];
    ask_pools(a, out);
    price_constraints(a, out);
}
