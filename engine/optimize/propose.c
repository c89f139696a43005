#include "engine/optimize/propose.h"

#include "engine/optimize/dive.h"

enum { FEW = 10 }; /* pods that packing solves exactly by itself */

/* Which pods of a row were not given out yet. */
struct pods_of_rows {
    uint32_t *first; /* by row, into `pods` */
    const struct pod **pods;
};

static struct pods_of_rows list_pods(struct arena *a, const struct world *w,
                                     const struct covers *covers, uint32_t cover)
{
    size_t rows = covers->items[cover].row_count;
    struct pods_of_rows out = {ARENA_ARRAY(a, uint32_t, rows + 1),
                               ARENA_ARRAY(a, const struct pod *, w->pod_count)};
    uint32_t *end = ARENA_ARRAY(a, uint32_t, rows), at = 0;

    for (size_t i = 0; i < rows; i++) {
        out.first[i] = end[i] = at;
        at += covers->items[cover].rows[i].count;
    }
    for (size_t i = 0; i < w->pod_count; i++)
        if (covers->cover_of_pod[i] == cover)
            out.pods[end[covers->row_of_pod[i]]++] = &w->pods[i];
    return out;
}

static void name_nodes(struct arena *a, const struct market *m, const struct dive *d,
                       struct pods_of_rows *pods, struct proposal *out)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct plan_node *n = &d->nodes[i];
        struct proposed_node named = {.pool = m->shops[d->cover->hosts[n->host].shop].pool};
        for (size_t k = 0; k < n->part_count; k++)
            named.pod_count += n->parts[k].count;
        const struct pod **list = ARENA_ARRAY(a, const struct pod *, named.pod_count);
        size_t at = 0;
        for (int grouped = 0; grouped < 2; grouped++)
            for (size_t k = 0; k < n->part_count; k++) {
                bool is_grouped = d->cover->rows[n->parts[k].shape].group != NO_GROUP;
                for (uint32_t p = 0; p < n->parts[k].count && is_grouped == (grouped == 1); p++)
                    list[at++] = pods->pods[pods->first[n->parts[k].shape]++];
            }
        named.pods = list;
        ARENA_PUSH(a, out->nodes, out->count, out->capacity, named);
    }
}

/* The launch as a column of the cover: its pods of these rows, on the cheapest host that holds
 * them. So the program begins no worse than the decision. */
static void add_launch(struct dive *d, const struct world *w, const struct covers *covers,
                       uint32_t cover, const struct action *launch)
{
    const struct cover *c = d->cover;
    uint32_t *count = ARENA_ARRAY(d->arena, uint32_t, c->row_count);
    struct column column = {.parts = ARENA_ARRAY(d->arena, struct part, c->row_count)};
    struct resources sum = {0};
    size_t h = 0;

    for (size_t i = 0; i < launch->pod_count; i++) {
        size_t pod = (size_t)(launch->pods[i] - w->pods);
        if (covers->cover_of_pod[pod] != cover)
            continue;
        count[covers->row_of_pod[pod]]++;
        resources_add(&sum, &c->rows[covers->row_of_pod[pod]].amount);
    }
    for (uint32_t i = 0; i < c->row_count; i++)
        if (count[i])
            column.parts[column.part_count++] = (struct part){i, count[i]};
    for (; column.part_count && h < c->host_count; h++) {
        bool holds = fits(&sum, &c->hosts[h].room, c->resource_count);
        for (size_t i = 0; holds && i < column.part_count; i++)
            holds = bits_has(c->hosts[h].rows, column.parts[i].shape);
        if (holds) {
            column.host = h;
            column.price = (double)c->hosts[h].price;
            if (column.price > 0)
                simplex_add(&d->g.simplex, column);
            return;
        }
    }
}

/* What its nodes cost; INT64_MAX: work ran out before all pods had one. */
static int64_t propose_cover(struct arena *a, const struct market *m,
                             const struct decision *decided, const struct covers *covers,
                             uint32_t cover, int64_t *work, struct proposal *out)
{
    ARENA_AUTO scratch = {0};
    struct dive d = {.arena = &scratch, .cover = &covers->items[cover]}, best;

    if (d.cover->row_count > ROWS_MOST)
        return INT64_MAX;
    generation_open(&scratch, d.cover, *work, &d.g);
    for (size_t i = 0; i < decided->action_count; i++)
        if (decided->actions[i].kind == ACTION_LAUNCH)
            add_launch(&d, m->world, covers, cover, &decided->actions[i]);
    d.left = d.g.most;
    bool found = dive_again_and_again(&d, &best);
    *work = d.g.work;
    if (!found)
        return INT64_MAX;
    struct pods_of_rows pods = list_pods(&scratch, m->world, covers, cover);
    name_nodes(a, m, &best, &pods, out);
    return best.cost;
}

/* Does the pod look at where others are, through another key than the hostname? */
static bool is_placed(const struct pod_spec *s)
{
    for (size_t i = 0; i < s->topology_count; i++)
        if (!str_eq(s->topology[i].key, LABEL_HOSTNAME))
            return true;
    return false;
}

/* Pods that are to share a node with certain others are the decision's to place. */
static bool wants_mates(const struct pod_spec *s)
{
    for (size_t i = 0; i < s->topology_count; i++)
        if (s->topology[i].kind == TOPOLOGY_AFFINITY && str_eq(s->topology[i].key, LABEL_HOSTNAME))
            return true;
    return false;
}

static void pin_pods(const struct world *w, const struct action *launch, uint32_t pin,
                     uint32_t *pin_of_pod)
{
    for (size_t i = 0; i < launch->pod_count; i++) {
        const struct pod *p = launch->pods[i];
        if (!wants_mates(p->spec))
            pin_of_pod[p - w->pods] = is_placed(p->spec) ? pin : NO_PIN;
    }
}

/* The pin of a launch, known before or not: zones and the like as there. */
static uint32_t pin_of(const struct market *m, const struct action *launch, struct pin *pins,
                       uint32_t *count)
{
    const struct topology *t = &m->topology;
    struct pin pin = {launch->pool, launch->options[0]};

    for (uint32_t i = 0; i < *count; i++) {
        bool same = true;
        for (size_t k = 0; same && k < t->key_count; k++)
            same =
                str_eq(offer_label(pin.pool, pin.option.type, pin.option.offering, t->keys[k].key),
                       offer_label(pins[i].pool, pins[i].option.type, pins[i].option.offering,
                                   t->keys[k].key));
        if (same)
            return i;
    }
    pins[*count] = pin;
    return (*count)++;
}

/* The pods of all launches of pools that weigh so much, as they weigh each other's prices. */
static void propose_weight(struct arena *a, struct market *m, const struct decision *d,
                           int64_t weight, int64_t *work, struct proposal *out)
{
    const struct world *w = m->world;
    size_t *shops = ARENA_ARRAY(m->arena, size_t, w->pool_count), count = 0;
    uint32_t *pin_of_pod = ARENA_ARRAY(m->arena, uint32_t, w->pod_count), pin_count = 0;
    struct pin *pins = ARENA_ARRAY(m->arena, struct pin, d->action_count);
    struct proposal mine = {0};
    struct covers covers;
    int64_t decided = 0, cost = 0;

    for (size_t i = 0; i < w->pool_count; i++)
        if (shop_sells(&m->shops[i]) && w->pools[i].weight == weight)
            shops[count++] = i;
    for (size_t i = 0; i < w->pod_count; i++)
        pin_of_pod[i] = NOT_COUNTED;
    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *l = &d->actions[i];
        if (l->kind != ACTION_LAUNCH || l->pool->weight != weight || !l->pod_count)
            continue;
        decided += l->options[0].offering->price_microusd_per_hour;
        pin_pods(w, l, pin_of(m, l, pins, &pin_count), pin_of_pod);
    }
    cover_for_fleet(m, shops, count, pins, pin_count, pin_of_pod, &covers);
    for (uint32_t i = 0; i < covers.count && cost < decided; i++)
        if (__builtin_add_overflow(cost, propose_cover(a, m, d, &covers, i, work, &mine), &cost))
            cost = INT64_MAX;
    for (size_t i = 0; cost < decided && i < mine.count; i++)
        ARENA_PUSH(a, out->nodes, out->count, out->capacity, mine.nodes[i]);
}

void fleet_propose(struct arena *a, const struct world *w, const struct decision *d, int64_t work,
                   struct proposal *out)
{
    ARENA_AUTO scratch = {0};
    int64_t weight = INT64_MAX;
    struct market m;

    *out = (struct proposal){0};
    if (work <= 0 || !d->action_count)
        return;
    market_open(&scratch, w, &m);
    m.heeds = m.has_unwelcoming;
    for (;;) {
        int64_t next = INT64_MIN;
        for (size_t i = 0; i < d->action_count; i++)
            if (d->actions[i].kind == ACTION_LAUNCH && d->actions[i].pool->weight < weight &&
                d->actions[i].pool->weight > next)
                next = d->actions[i].pool->weight;
        if (next == INT64_MIN)
            return;
        weight = next;
        propose_weight(a, &m, d, weight, &work, out);
    }
}

/* What goes to save its cost, once for all launches in its place. */
static int64_t saved_by(const struct claim *c, bool *known)
{
    bool before = *known;

    *known = true;
    return before ? 0 : c->price_microusd_per_hour;
}

/* What the fleet costs an hour more when all of it is done. */
static int64_t cost_of(const struct world *w, const struct decision *d)
{
    ARENA_AUTO scratch = {0};
    bool *known = ARENA_ARRAY(&scratch, bool, w->claim_count);
    int64_t cost = 0;

    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *x = &d->actions[i];
        if (x->kind == ACTION_LAUNCH &&
            __builtin_add_overflow(cost, x->options[0].offering->price_microusd_per_hour, &cost))
            return INT64_MAX;
        if (x->kind == ACTION_CORDON && x->reason == REASON_UNDERUTILIZED)
            cost -= saved_by(x->claim, &known[x->claim - w->claims]);
        for (size_t k = 0; k < x->replace_count; k++)
            cost -= saved_by(x->replaces[k], &known[x->replaces[k] - w->claims]);
    }
    return cost;
}

static size_t pods_launched_for(const struct decision *d)
{
    size_t count = 0;

    for (size_t i = 0; i < d->action_count; i++)
        count += d->actions[i].pod_count;
    return count;
}

/* Fewer pods without a place come first, then money. */
static bool is_better(const struct world *w, const struct decision *x, const struct decision *y)
{
    size_t waiting[2] = {0};

    for (size_t i = 0; i < x->waiting_count; i++)
        waiting[0] += x->waiting[i].reason != REASON_ON_ITS_WAY;
    for (size_t i = 0; i < y->waiting_count; i++)
        waiting[1] += y->waiting[i].reason != REASON_ON_ITS_WAY;
    if (waiting[0] != waiting[1])
        return waiting[0] < waiting[1];
    if (x->relaxed_count != y->relaxed_count)
        return x->relaxed_count < y->relaxed_count;
    return cost_of(w, x) < cost_of(w, y);
}

void fleet_decide(struct arena *a, const struct world *w, struct decision *out)
{
    struct proposal *proposal = ARENA_NEW(a, struct proposal);
    struct world helped = *w;
    struct decision other;

    decide(a, w, out);
    if (pods_launched_for(out) > FEW)
        fleet_propose(a, w, out, w->effort / EFFORT_OF_WORK, proposal);
    if (!proposal->count)
        return;
    helped.proposal = proposal;
    decide(a, &helped, &other);
    if (is_better(w, &other, out))
        *out = other;
}
