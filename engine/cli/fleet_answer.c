#include "engine/cli/fleet_answer.h"

#include "engine/base/dollars.h"
#include "engine/base/near_names.h"
#include "engine/base/time.h"

/* ---- what would be otherwise ---- */

static struct otherwise outcome(const struct world *w, struct str what)
{
    ARENA_AUTO scratch = {0};
    struct preview p;
    struct otherwise out = {.what = what};

    preview_make(&scratch, w, true, &p);
    out.microusd_per_hour = p.after_microusd_per_hour;
    for (size_t i = 0; i < p.last.waiting_count; i++)
        out.waiting += reason_row(p.last.waiting[i].reason)->lasts;
    return out;
}

static void ask(struct arena *a, struct fleet_answer *x, const struct world *w, struct str what)
{
    ARENA_PUSH(a, x->otherwise, x->otherwise_count, x->otherwise_capacity, outcome(w, what));
}

/* The world with copies of what may be changed in it. */
struct draft {
    struct world world;
    struct pool *pools;
};

static struct draft draft_of(struct arena *a, const struct world *w)
{
    struct draft d = {.world = *w, .pools = ARENA_ARRAY(a, struct pool, w->pool_count)};

    for (size_t i = 0; i < w->pool_count; i++)
        d.pools[i] = w->pools[i];
    d.world.pools = d.pools;
    return d;
}

/* Its pods wait. */
static struct world without_claim(struct arena *a, const struct world *w, size_t at)
{
    struct pod *pods = ARENA_ARRAY(a, struct pod, w->pod_count);
    struct claim *claims = ARENA_ARRAY(a, struct claim, w->claim_count);
    struct world out = *w;

    for (size_t i = 0; i < w->pod_count; i++) {
        pods[i] = w->pods[i];
        if (str_eq(pods[i].claim, w->claims[at].id))
            pods[i].claim = pods[i].node = (struct str){0};
    }
    out.claim_count = 0;
    for (size_t i = 0; i < w->claim_count; i++)
        if (i != at)
            claims[out.claim_count++] = w->claims[i];
    out.claims = claims;
    return world_with_pods(a, &out, pods);
}

/* ---- of the preview ---- */

static struct str in_text(struct arena *a, const struct world *w, const struct coming *c)
{
    int64_t ms = c->at_ms - w->now_ms;

    return ms < 1000
               ? STR("now")
               : arena_printf(a, "in " STR_FMT, STR_ARG(duration_format(a, ms / 1000 * 1000)));
}

/* What stands in the way of what is due in the pool. */
static void say_blocked(struct arena *a, const struct preview *p, struct str pool,
                        struct fleet_answer *x)
{
    for (size_t i = 0; i < p->end.world.pool_count; i++)
        if (str_eq(p->end.world.pools[i].name, pool)) {
            x->bound_reason = p->last.pools[i].reason;
            x->bound_by = arena_str(a, p->last.pools[i].message);
        }
}

/* The rule that keeps the node where it is now; false: none does. */
static bool say_held(struct arena *a, const struct preview *p, struct str claim,
                     struct fleet_answer *x, int64_t *saves)
{
    *saves = 0;
    for (size_t i = 0; i < p->now.held_count; i++) {
        const struct held *h = &p->now.held[i];
        if (!str_eq(h->claim->id, claim))
            continue;
        x->bound_reason = h->by;
        x->bound_by = arena_str(a, h->message);
        *saves = h->saves_microusd_per_hour;
        return true;
    }
    return false;
}

static const struct pool *pool_named(const struct world *w, struct str name)
{
    for (size_t i = 0; i < w->pool_count; i++)
        if (str_eq(w->pools[i].name, name))
            return &w->pools[i];
    return NULL;
}

/* Is there one that may have been meant?  Else where they are named. */
static struct error *unknown(struct arena *a, const char *what, struct str name,
                             const struct str *names, size_t count)
{
    struct error *e = error_new(a, ERROR_NOT_FOUND, "there is no %s " STR_FMT, what, STR_ARG(name));
    struct str near = near_names(a, name, names, count);

    e->detail = near.len ? arena_printf(a, "There is " STR_FMT ".", STR_ARG(near))
                : count  ? STR("tenon status names them.")
                         : arena_printf(a, "The store has no %s.", what);
    return e;
}

/* ---- nodes ---- */

static struct str node_name(struct arena *a, const struct claim *c)
{
    struct str rest = c->id, last = rest;

    if (c->foreign)
        return c->id;
    while (rest.ptr)
        last = str_cut(&rest, '/');
    return arena_printf(a, STR_FMT "-" STR_FMT, STR_ARG(c->pool), STR_ARG(last));
}

static size_t find_node(struct arena *a, const struct world *w, struct str name)
{
    for (size_t i = 0; i < w->claim_count; i++) {
        const struct claim *c = &w->claims[i];
        if (str_eq(c->id, name) || (name.len && str_eq(c->instance_id, name)) ||
            str_eq(node_name(a, c), name))
            return i;
    }
    return SIZE_MAX;
}

static struct error *no_such_node(struct arena *a, const struct world *w, struct str name)
{
    struct str *names = ARENA_ARRAY(a, struct str, w->claim_count);

    for (size_t i = 0; i < w->claim_count; i++)
        names[i] = node_name(a, &w->claims[i]);
    return unknown(a, "node", name, names, w->claim_count);
}

static void name_pods(struct arena *a, struct fleet_answer *x, const struct pod *const *pods,
                      size_t count)
{
    struct str *names = ARENA_ARRAY(a, struct str, count);

    for (size_t i = 0; i < count; i++)
        names[i] = pods[i]->name;
    x->pods = names;
    x->pod_count = count;
}

/* What its going would save, where a rule keeps it; else 0. */
static int64_t say_next(struct arena *a, const struct world *w, const struct preview *p,
                        const struct claim *c, struct fleet_answer *x)
{
    int64_t saves;
    bool held = say_held(a, p, c->id, x, &saves);

    x->next = c->foreign ? STR("it is not ours and stays as it is") : STR("it stays");
    for (size_t i = 0; i < p->coming_count; i++)
        if (p->coming[i].kind == ACTION_CORDON && str_eq(p->coming[i].claim, c->id)) {
            x->reason = p->coming[i].reason;
            x->next = arena_printf(a, "it begins to leave " STR_FMT,
                                   STR_ARG(in_text(a, w, &p->coming[i])));
            return saves;
        }
    if (!c->foreign && !held)
        say_blocked(a, p, c->pool, x);
    return saves;
}

static struct str node_is(struct arena *a, const struct claim *c)
{
    struct str is = arena_printf(
        a, STR_FMT " " STR_FMT " in " STR_FMT ", " STR_FMT ", " STR_FMT, STR_ARG(c->instance_type),
        STR_ARG(capacity_type_text(c->capacity_type)), STR_ARG(c->zone),
        STR_ARG(claim_phase_text(c->phase)), STR_ARG(month_text(a, c->price_microusd_per_hour)));

    if (c->premium_microusd_per_hour <= 0)
        return is;
    return arena_printf(a, STR_FMT "; its launch left choices that differed by up to " STR_FMT,
                        STR_ARG(is), STR_ARG(month_text(a, c->premium_microusd_per_hour)));
}

/* What the search has found already. */
static void ask_without_rule(struct arena *a, struct fleet_answer *x, int64_t saves)
{
    struct otherwise o = {
        .what = arena_printf(a, "were it not for %s", reason_row(x->bound_reason)->code),
        .microusd_per_hour = x->now.microusd_per_hour - saves,
        .waiting = x->now.waiting};

    ARENA_PUSH(a, x->otherwise, x->otherwise_count, x->otherwise_capacity, o);
}

struct error *answer_node(struct arena *a, const struct world *w, struct str name,
                          struct fleet_answer *out)
{
    ARENA_AUTO scratch = {0};
    size_t at = find_node(a, w, name);
    struct preview p;

    if (at == SIZE_MAX)
        return no_such_node(a, w, name);
    const struct claim *c = &w->claims[at];
    *out = (struct fleet_answer){.subject =
                                     arena_printf(a, "node " STR_FMT, STR_ARG(node_name(a, c)))};
    out->is = node_is(a, c);
    out->premium_microusd_per_hour = c->premium_microusd_per_hour;
    name_pods(a, out, c->pods, c->pod_count);
    preview_make(&scratch, w, false, &p);
    int64_t saves = say_next(a, w, &p, c, out);
    out->now = outcome(w, STR("as it becomes"));
    if (c->foreign)
        return NULL;
    struct world without = without_claim(&scratch, w, at);
    ask(a, out, &without, STR("without this node"));
    if (saves)
        ask_without_rule(a, out, saves);
    return NULL;
}

/* ---- pools ---- */

static struct str pool_is(struct arena *a, const struct world *w, const struct pool *pool)
{
    int64_t cost = 0;
    size_t nodes = 0;

    for (size_t i = 0; i < w->claim_count; i++)
        if (str_eq(w->claims[i].pool, pool->name) && !w->claims[i].foreign) {
            cost += w->claims[i].price_microusd_per_hour;
            nodes++;
        }
    return arena_printf(a, "%zu node%s, " STR_FMT "%s" STR_FMT, nodes, nodes == 1 ? "" : "s",
                        STR_ARG(month_text(a, cost)),
                        pool->closed.len ? "; launches nothing: " : "", STR_ARG(pool->closed));
}

static struct str pool_next(struct arena *a, const struct world *w, const struct preview *p,
                            struct str pool, enum reason *reason)
{
    size_t launches = 0, leaves = 0;
    const struct coming *first = NULL;

    for (size_t i = 0; i < p->coming_count; i++) {
        const struct coming *c = &p->coming[i];
        if (!str_eq(c->pool, pool))
            continue;
        first = first ? first : c;
        launches += c->kind == ACTION_LAUNCH;
        leaves += c->kind == ACTION_CORDON;
    }
    if (!first)
        return STR("nothing");
    *reason = first->reason;
    return arena_printf(a, "%zu launched and %zu left, the first " STR_FMT, launches, leaves,
                        STR_ARG(in_text(a, w, first)));
}

static void lift_limits(struct pool *p)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        p->limits.amount.amount[i] = INT64_MAX;
    p->limits.nodes = p->limits.microusd_per_hour = INT64_MAX;
}

static struct requirements without_one(struct arena *a, const struct requirements *all, size_t at)
{
    struct requirements out = {0};

    for (size_t i = 0; i < all->count; i++)
        if (i != at)
            ARENA_PUSH(a, out.items, out.count, out.capacity, all->items[i]);
    return out;
}

static void ask_of_pool(struct arena *a, const struct world *w, size_t at, struct fleet_answer *x)
{
    ARENA_AUTO scratch = {0};
    const struct requirements *all = &w->pools[at].requirements;
    struct draft d = draft_of(&scratch, w);

    lift_limits(&d.pools[at]);
    ask(a, x, &d.world, STR("without its limits"));
    d.pools[at] = w->pools[at];
    for (size_t i = 0; i < all->count; i++) {
        d.pools[at].requirements = without_one(&scratch, all, i);
        ask(a, x, &d.world,
            arena_printf(a, "without " STR_FMT, STR_ARG(requirement_text(a, &all->items[i]))));
    }
}

static struct error *no_such_pool(struct arena *a, const struct world *w, struct str name)
{
    struct str *names = ARENA_ARRAY(a, struct str, w->pool_count);

    for (size_t i = 0; i < w->pool_count; i++)
        names[i] = w->pools[i].name;
    return unknown(a, "pool", name, names, w->pool_count);
}

struct error *answer_pool(struct arena *a, const struct world *w, struct str name,
                          struct fleet_answer *out)
{
    ARENA_AUTO scratch = {0};
    const struct pool *pool = pool_named(w, name);
    struct preview p;

    if (!pool)
        return no_such_pool(a, w, name);
    *out = (struct fleet_answer){.subject = arena_printf(a, "pool " STR_FMT, STR_ARG(name))};
    out->is = pool_is(a, w, pool);
    preview_make(&scratch, w, false, &p);
    out->next = pool_next(a, w, &p, name, &out->reason);
    say_blocked(a, &p, name, out);
    out->now = outcome(w, STR("as it becomes"));
    ask_of_pool(a, w, (size_t)(pool - w->pools), out);
    return NULL;
}

/* ---- actions ---- */

/* Whoever a launch is for does without; who leaves stays. */
static void ask_of_action(struct arena *a, const struct world *w, const struct coming *c,
                          struct fleet_answer *x)
{
    ARENA_AUTO scratch = {0};
    struct draft d = draft_of(&scratch, w);
    const struct pool *pool = pool_named(w, c->pool);

    if (!pool)
        return;
    struct pool *changed = &d.pools[pool - w->pools];
    if (c->kind == ACTION_LAUNCH) {
        changed->catalog = NULL;
        changed->closed = STR("it is asked what were if it launched nothing");
        ask(a, x, &d.world, STR("if this pool launched nothing"));
    } else {
        changed->may_disrupt = false;
        ask(a, x, &d.world, STR("if no node of this pool left"));
    }
}

static struct error *no_such_action(struct arena *a, struct str number, size_t count)
{
    struct error *e = error_new(a, ERROR_NOT_FOUND, "there is no action " STR_FMT, STR_ARG(number));

    e->detail = count ? arena_printf(a,
                                     "Actions are numbered from 1 to %zu, as tenon preview shows "
                                     "them.",
                                     count)
                      : STR("Nothing is to be done.");
    return e;
}

struct error *answer_action(struct arena *a, const struct world *w, struct str number,
                            struct fleet_answer *out)
{
    ARENA_AUTO scratch = {0};
    struct preview p;
    int64_t n, saves;

    preview_make(&scratch, w, false, &p);
    if (!str_to_int64(number, &n) || n < 1 || (uint64_t)n > p.coming_count)
        return no_such_action(a, number, p.coming_count);
    const struct coming *c = &p.coming[n - 1];
    *out = (struct fleet_answer){.subject = arena_printf(a, "action %lld", (long long)n),
                                 .reason = c->reason,
                                 .premium_microusd_per_hour = c->premium.most};
    out->is = arena_printf(
        a, "%s " STR_FMT " " STR_FMT " in " STR_FMT " of pool " STR_FMT ", for %zu pods, " STR_FMT,
        c->kind == ACTION_LAUNCH ? "launch" : "leave", STR_ARG(c->instance_type),
        STR_ARG(capacity_type_text(c->capacity_type)), STR_ARG(c->zone), STR_ARG(c->pool),
        c->pod_count, STR_ARG(month_text(a, c->microusd_per_hour)));
    if (c->premium.most > 0) /* a launch leaves open which of its choices comes */
        out->is = arena_printf(a, STR_FMT ", up to " STR_FMT " more by which of its choices comes",
                               STR_ARG(out->is), STR_ARG(month_text(a, c->premium.most)));
    out->next = in_text(a, w, c);
    if (c->kind == ACTION_CORDON) /* what it has to wait for */
        say_held(a, &p, c->claim, out, &saves);
    out->now = outcome(w, STR("as it becomes"));
    ask_of_action(a, w, c, out);
    return NULL;
}
