#include "engine/core/pod_budgets.h"

#include "engine/core/plan.h"

static bool selects(const struct pod_budget *b, const struct pod_spec *s)
{
    return str_eq(b->namespace, s->namespace) && label_selector_matches(&b->selector, &s->labels);
}

static struct cover cover_of(const struct world *w, const struct pod_spec *spec)
{
    struct cover c = {{NO_POD_BUDGET, NO_POD_BUDGET}};
    size_t n = 0;

    for (size_t i = 0; i < w->pod_budget_count && n < COVERS_MOST; i++)
        if (selects(&w->pod_budgets[i], spec))
            c.budget[n++] = (uint32_t)i;
    return c;
}

static const struct cover *cover_at(const struct plan *p, const struct pod *pod)
{
    return &p->guards.covers[pod - p->world->pods];
}

static bool is_twofold(const struct cover *c)
{
    return c->budget[1] != NO_POD_BUDGET;
}

/* The pods of one template stand together, so the last answer often serves. */
static void find_covers(struct plan *p)
{
    const struct world *w = p->world;
    struct cover *covers = ARENA_ARRAY(p->arena, struct cover, w->pod_count);
    const struct pod_spec *last = NULL;
    struct cover cover = {{NO_POD_BUDGET, NO_POD_BUDGET}};

    for (size_t i = 0; i < w->pod_count; i++) {
        if (w->pods[i].spec != last)
            cover = cover_of(w, last = w->pods[i].spec);
        covers[i] = cover;
    }
    p->guards.covers = covers;
}

static bool is_healthy(const struct pod *pod, const struct claim *on)
{
    return on && !pod->unready && !pod->never_serve && !on->unhealthy &&
           (on->phase == CLAIM_READY || on->phase == CLAIM_DRAINING);
}

/* It is on that node. */
static void count_healthy(struct plan *p, const struct pod *pod, const struct claim *on)
{
    const struct cover *c = cover_at(p, pod);

    for (size_t n = 0; n < COVERS_MOST && c->budget[n] != NO_POD_BUDGET; n++)
        p->guards.items[c->budget[n]].healthy += is_healthy(pod, on);
}

/* Each pod counts wherever it is, also where nobody knows; well is only who is seen to run.  So
 * nobody has to find the node of a pod: of 20,000 pods that takes as long as all the rest. */
static void count_pods(struct plan *p)
{
    const struct world *w = p->world;

    for (size_t i = 0; i < w->pod_count; i++) {
        const struct cover *c = cover_at(p, &w->pods[i]);
        for (size_t n = 0; n < COVERS_MOST && c->budget[n] != NO_POD_BUDGET; n++)
            p->guards.items[c->budget[n]].expected += !w->pods[i].never_serve;
    }
    for (size_t i = 0; i < w->claim_count; i++)
        for (size_t k = 0; k < w->claims[i].pod_count; k++)
            count_healthy(p, w->claims[i].pods[k], &w->claims[i]);
}

static int64_t desired_of(const struct pod_budget *b, int64_t expected)
{
    if (b->min_available.set)
        return share_amount(b->min_available, expected);
    int64_t away = share_amount(b->max_unavailable, expected);
    return away < expected ? expected - away : 0;
}

void guards_open(struct plan *p)
{
    const struct world *w = p->world;

    if (!w->pod_budget_count)
        return;
    p->guards.items = ARENA_ARRAY(p->arena, struct guard, w->pod_budget_count);
    find_covers(p);
    count_pods(p);
    for (size_t i = 0; i < w->pod_budget_count; i++) {
        struct guard *g = &p->guards.items[i];
        g->desired = desired_of(&w->pod_budgets[i], g->expected);
    }
    for (size_t i = 0; i < w->claim_count; i++)
        if (w->claims[i].phase == CLAIM_DRAINING)
            guards_count(p, &w->claims[i], 1);
}

/* Of what is not healthy nothing is lost when it goes; whether it may, is the budget's to say. */
static bool goes_unhealthy(const struct plan *p, const struct pod *pod, const struct claim *on,
                           uint32_t at)
{
    const struct guard *g = &p->guards.items[at];
    bool enough = g->desired > 0 && g->healthy - g->evicted >= g->desired;

    return !is_healthy(pod, on) && (p->world->pod_budgets[at].evicts_unhealthy || enough);
}

/* Even with all of its pods healthy none could go. */
static bool never_allows(const struct guard *g)
{
    return g->expected <= g->desired;
}

static bool is_forbidden(const struct plan *p, const struct pod *pod, const struct claim *on)
{
    const struct cover *c = cover_at(p, pod);
    uint32_t at = c->budget[0];

    if (pod->never_serve || at == NO_POD_BUDGET)
        return false;
    return is_twofold(c) || (never_allows(&p->guards.items[at]) && !goes_unhealthy(p, pod, on, at));
}

/* A pod that keeps the claim from leaving, or NULL. */
static const struct pod *who_is_kept(const struct plan *p, const struct claim *c,
                                     enum reason reason)
{
    for (size_t i = 0; i < c->pod_count && p->guards.covers; i++) {
        const struct pod *pod = c->pods[i];
        uint32_t at = cover_at(p, pod)->budget[0];
        if (pod->never_serve || at == NO_POD_BUDGET)
            continue;
        const struct guard *g = &p->guards.items[at];
        bool forbidden = is_forbidden(p, pod, c);
        if (forbidden && reason == REASON_EXPIRED)
            continue;
        if (forbidden || (g->healthy - g->leaving <= g->desired && !goes_unhealthy(p, pod, c, at)))
            return pod;
    }
    return NULL;
}

bool guards_allow(const struct plan *p, const struct claim *c, enum reason reason)
{
    return !who_is_kept(p, c, reason);
}

void guards_count(struct plan *p, const struct claim *c, int sign)
{
    for (size_t i = 0; i < c->pod_count && p->guards.covers; i++) {
        uint32_t at = cover_at(p, c->pods[i])->budget[0];
        if (at != NO_POD_BUDGET && is_healthy(c->pods[i], c))
            p->guards.items[at].leaving += sign;
    }
}

static struct str twofold_text(struct plan *p, const struct cover *c)
{
    const struct pod_budget *all = p->world->pod_budgets;

    return arena_printf(p->arena,
                        "the PodDisruptionBudgets " STR_FMT " and " STR_FMT
                        " both select it, and Kubernetes evicts no such pod",
                        STR_ARG(all[c->budget[0]].name), STR_ARG(all[c->budget[1]].name));
}

static struct str guard_text(struct plan *p, uint32_t at)
{
    const struct guard *g = &p->guards.items[at];

    return arena_printf(p->arena,
                        "the PodDisruptionBudget " STR_FMT " wants %lld of its %lld pods available"
                        "%s",
                        STR_ARG(p->world->pod_budgets[at].name), (long long)g->desired,
                        (long long)g->expected,
                        never_allows(g) ? ", so that none may ever be evicted" : "");
}

struct waiting guards_why(struct plan *p, const struct pod *pod)
{
    const struct cover *c = cover_at(p, pod);
    struct str why = is_twofold(c) ? twofold_text(p, c) : guard_text(p, c->budget[0]);

    return (struct waiting){.pod = pod,
                            .reason = REASON_POD_BUDGET,
                            .message = arena_printf(p->arena, "pod " STR_FMT " stays: " STR_FMT,
                                                    STR_ARG(pod->name), STR_ARG(why))};
}

bool guards_refuse(struct plan *p, const struct claim *c, enum reason reason, struct waiting *why,
                   bool *lasts)
{
    const struct pod *pod = who_is_kept(p, c, reason);

    if (!pod)
        return false;
    *why = guards_why(p, pod);
    *lasts = is_forbidden(p, pod, c);
    return true;
}

bool guards_keep(struct plan *p, const struct claim *c, struct waiting *why)
{
    const struct pod *kept = NULL;

    for (size_t i = 0; i < c->pod_count && p->guards.covers; i++) {
        if (c->pods[i]->never_serve)
            continue;
        kept = kept ? kept : c->pods[i];
        if (!is_forbidden(p, c->pods[i], c))
            return false;
    }
    if (kept)
        *why = guards_why(p, kept);
    return kept;
}

bool guard_evict(struct plan *p, const struct pod *pod, const struct claim *on, bool forced)
{
    if (!p->guards.covers)
        return true;
    const struct cover *c = cover_at(p, pod);
    uint32_t at = c->budget[0];
    if (at == NO_POD_BUDGET)
        return true;
    struct guard *g = &p->guards.items[at];
    if (!forced && (is_twofold(c) ||
                    (g->healthy - g->evicted <= g->desired && !goes_unhealthy(p, pod, on, at))))
        return false;
    g->evicted += is_healthy(pod, on);
    return true;
}

void guards_tell(struct plan *p)
{
    for (size_t i = 0; i < p->world->pod_budget_count; i++) {
        const struct guard *g = &p->guards.items[i];
        struct never_met one = {p->world->pod_budgets[i].name, g->expected, g->desired};
        if (g->expected && never_allows(g))
            ARENA_PUSH(p->arena, p->out->never_met, p->out->never_met_count,
                       p->out->never_met_capacity, one);
    }
}
