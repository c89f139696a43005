#include "engine/cli/planned_fleet.h"

#include <stdlib.h>

#include "engine/core/market.h"

const struct launch_option *planned_option(const struct planned_node *n)
{
    return &n->launch->options[0];
}

struct str planned_name(struct arena *a, const struct planned_node *n)
{
    return arena_printf(a, STR_FMT "-%lld", STR_ARG(n->launch->pool->name), (long long)n->number);
}

static void add_labels(struct arena *a, struct labels *to, const struct labels *from)
{
    for (size_t i = 0; i < from->count; i++)
        labels_set(a, to, from->items[i].key, from->items[i].value);
}

struct claim planned_claim(struct arena *a, const struct planned_node *n)
{
    const struct launch_option *o = planned_option(n);
    const struct pool *pool = n->launch->pool;
    struct claim c = {
        .pool = pool->name,
        .phase = CLAIM_READY,
        .instance_type = o->type->name,
        .zone = o->offering->zone,
        .capacity_type = o->offering->capacity_type,
        .price_microusd_per_hour = o->offering->price_microusd_per_hour,
        .capacity = o->type->capacity,
        .allocatable = o->type->allocatable,
        .taints = pool->taints,
        .empty_since_ms = NEVER_MS,
        .hash = pool->hash,
    };

    c.id = planned_name(a, n);
    add_labels(a, &c.labels, &o->type->labels);
    add_labels(a, &c.labels, n->launch->labels.count ? &n->launch->labels : &pool->labels);
    labels_set(a, &c.labels, LABEL_ZONE, c.zone);
    labels_set(a, &c.labels, LABEL_CAPACITY_TYPE, capacity_type_text(c.capacity_type));
    labels_set(a, &c.labels, LABEL_NODE_POOL, pool->name);
    labels_set(a, &c.labels, LABEL_PROVISIONER_NAME, pool->name);
    labels_set(a, &c.labels, LABEL_HOSTNAME, c.id);
    return c;
}

struct resources planned_used(const struct planned_node *n)
{
    struct resources sum = {0};

    for (size_t i = 0; i < n->pod_count; i++)
        resources_add(&sum, &n->pods[i]->spec->requests);
    return sum;
}

struct resources planned_reserved(const struct world *w, const struct planned_node *n)
{
    ARENA_AUTO scratch = {0};
    struct claim c = planned_claim(&scratch, n);
    struct resources sum = {0};

    for (size_t i = 0; i < w->daemon_count; i++) {
        const struct pod_spec *spec = w->daemons[i].spec;
        struct cohort cohort = {.terms = spec->terms,
                                .term_count = spec->term_count,
                                .tolerations = &spec->tolerations};
        if (claim_admits(&cohort, n->launch->pool, &c))
            resources_add(&sum, &spec->requests);
    }
    return sum;
}

static int by_place(const void *x, const void *y)
{
    const struct pod *a = *(const struct pod *const *)x, *b = *(const struct pod *const *)y;

    return (a > b) - (a < b);
}

/* The world's pods are sorted by name, so their places are. */
static void sort_pods(struct planned_node *n)
{
    if (n->pod_count)
        qsort(n->pods, n->pod_count, sizeof(struct pod *), by_place);
}

static size_t count_launches(const struct decision *d)
{
    size_t count = 0;

    for (size_t i = 0; i < d->action_count; i++)
        count += d->actions[i].kind == ACTION_LAUNCH;
    return count;
}

/* Launches become nodes, numbered within their pool in the order in which they were decided. */
static void add_launches(struct arena *a, const struct decision *d, int64_t *numbers,
                         struct planned_fleet *f)
{
    struct planned_node *nodes = ARENA_ARRAY(a, struct planned_node, f->count + count_launches(d));

    if (f->count)
        memcpy(nodes, f->nodes, f->count * sizeof(*nodes));
    f->nodes = nodes;
    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *x = &d->actions[i];
        if (x->kind != ACTION_LAUNCH)
            continue;
        struct planned_node *n = &nodes[f->count++];
        *n = (struct planned_node){.launch = x, .number = ++numbers[x->pool - f->world->pools]};
        n->pods = ARENA_ARRAY(a, const struct pod *, x->pod_count);
        for (; n->pod_count < x->pod_count; n->pod_count++)
            n->pods[n->pod_count] = x->pods[n->pod_count];
    }
}

/* Nodes of static pools stand before there is any pod: the decision that places the pods has to
 * know them as nodes, and says who goes onto them by ACTION_BIND.  Their ids are in the order of
 * the launches, as the world wants its claims. */
static void stand(struct arena *a, const struct decision *d, struct world *w)
{
    struct claim *claims = ARENA_ARRAY(a, struct claim, d->action_count);

    for (size_t i = 0; i < d->action_count; i++) {
        struct planned_node n = {.launch = &d->actions[i]};
        if (d->actions[i].kind != ACTION_LAUNCH)
            continue;
        claims[w->claim_count] = planned_claim(a, &n);
        claims[w->claim_count].id = arena_printf(a, "%08zu", w->claim_count);
        w->claim_count++;
    }
    w->claims = claims;
}

/* Who is bound to the nodes that stood already: they are the first of the fleet. */
static void add_bindings(struct arena *a, const struct decision *d, const struct world *w,
                         struct planned_fleet *f)
{
    size_t *room = ARENA_ARRAY(a, size_t, w->claim_count);

    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_BIND)
            room[d->actions[i].claim - w->claims]++;
    for (size_t i = 0; i < w->claim_count; i++)
        f->nodes[i].pods = ARENA_ARRAY(a, const struct pod *, room[i]);
    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_BIND) {
            struct planned_node *n = &f->nodes[d->actions[i].claim - w->claims];
            n->pods[n->pod_count++] = d->actions[i].pod;
        }
}

static int by_pool_and_number(const void *x, const void *y)
{
    const struct planned_node *a = x, *b = y;
    int by_pool = str_cmp(a->launch->pool->name, b->launch->pool->name);

    return by_pool ? by_pool : (a->number > b->number) - (a->number < b->number);
}

static int by_pod(const void *x, const void *y)
{
    return by_place(&((const struct waiting *)x)->pod, &((const struct waiting *)y)->pod);
}

/* A pod that waits for a node which is being launched has its place. */
static void add_unplaced(struct arena *a, const struct decision *d, struct planned_fleet *f)
{
    f->unplaced = ARENA_ARRAY(a, struct waiting, d->waiting_count);
    for (size_t i = 0; i < d->waiting_count; i++)
        if (d->waiting[i].reason != REASON_ON_ITS_WAY)
            f->unplaced[f->unplaced_count++] = d->waiting[i];
    if (f->unplaced_count)
        qsort(f->unplaced, f->unplaced_count, sizeof(*f->unplaced), by_pod);
}

/* What one pod gave up stays in the order in which it did. */
static int by_relaxed(const void *x, const void *y)
{
    const struct relaxed *a = *(const struct relaxed *const *)x,
                         *b = *(const struct relaxed *const *)y;
    int order = by_place(&a->pod, &b->pod);

    return order ? order : (a > b) - (a < b);
}

static void add_relaxed(struct arena *a, const struct decision *d, struct planned_fleet *f)
{
    f->relaxed = ARENA_ARRAY(a, const struct relaxed *, d->relaxed_count);
    for (; f->relaxed_count < d->relaxed_count; f->relaxed_count++)
        f->relaxed[f->relaxed_count] = &d->relaxed[f->relaxed_count];
    if (f->relaxed_count)
        qsort(f->relaxed, f->relaxed_count, sizeof(*f->relaxed), by_relaxed);
}

/* Nodes and everything that is said of them, from what was decided. */
static void take(struct arena *a, struct planned_fleet *f)
{
    int64_t *numbers = ARENA_ARRAY(a, int64_t, f->world->pool_count);

    add_launches(a, f->standing, numbers, f);
    add_bindings(a, f->decision, &f->asked, f);
    add_launches(a, f->decision, numbers, f);
    add_unplaced(a, f->decision, f);
    add_relaxed(a, f->decision, f);
    for (size_t i = 0; i < f->count; i++) {
        struct premium premium = launch_premium(f->nodes[i].launch);
        f->premium.most += premium.most;
        f->premium.mean += premium.mean;
        sort_pods(&f->nodes[i]);
        f->placed_count += f->nodes[i].pod_count;
        f->microusd_per_hour += planned_option(&f->nodes[i])->offering->price_microusd_per_hour;
    }
    if (f->count)
        qsort(f->nodes, f->count, sizeof(*f->nodes), by_pool_and_number);
}

static const struct decision *decided(struct arena *a, const struct world *w)
{
    struct decision *d = ARENA_NEW(a, struct decision);

    decide(a, w, d);
    return d;
}

void planned_fleet_make(struct arena *a, const struct world *w, struct planned_fleet *out)
{
    *out = (struct planned_fleet){.world = w, .asked = *w};
    out->asked.engine_binds = true;
    out->asked.claim_count = out->asked.pod_count = 0;
    out->standing = decided(a, &out->asked);
    stand(a, out->standing, &out->asked);
    out->asked.pod_count = w->pod_count;
    out->decision = decided(a, &out->asked);
    take(a, out);
}

bool planned_fleet_improve(struct arena *a, struct planned_fleet *f, int64_t work)
{
    struct proposal *proposal = ARENA_NEW(a, struct proposal);
    struct planned_fleet other = {.world = f->world, .asked = f->asked, .standing = f->standing};

    fleet_propose(a, &f->asked, f->decision, work, proposal);
    other.asked.proposal = proposal;
    other.asked.effort = work * EFFORT_OF_WORK;
    other.decision = decided(a, &other.asked);
    take(a, &other);
    if (other.placed_count < f->placed_count || other.relaxed_count > f->relaxed_count ||
        other.microusd_per_hour >= f->microusd_per_hour)
        return false;
    *f = other;
    return true;
}

void planned_fleet_bound(struct arena *a, const struct planned_fleet *f, int64_t work,
                         struct planned_bound *out)
{
    struct world *placed = &out->placed;
    struct pod *pods = ARENA_ARRAY(a, struct pod, f->world->pod_count);

    *placed = *f->world;
    if (placed->pod_count)
        memcpy(pods, placed->pods, placed->pod_count * sizeof(*pods));
    for (size_t i = 0; i < f->unplaced_count; i++)
        pods[f->unplaced[i].pod - f->world->pods].never_serve = true;
    placed->pods = pods;
    placed->claim_count = 0;
    bound_prove(a, placed, work, &out->proof);
}

const struct planned_node *planned_node_of(const struct planned_fleet *f, const struct pod *pod)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->nodes[i].pod_count &&
            bsearch(&pod, f->nodes[i].pods, f->nodes[i].pod_count, sizeof(pod), by_place))
            return &f->nodes[i];
    return NULL;
}
