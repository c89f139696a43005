#include "engine/core/interrupted.h"
#include "engine/core/plan.h"
#include "engine/core/schedule.h"

/* What there is of each pool and of the fleet when a decision begins, and which budgets hold: what
 * the gate of budgets.c then takes from. */

/* Was it launched for pods that still run elsewhere? */
static bool is_replacement(const struct world *w, const struct claim *c)
{
    for (size_t i = 0; i < c->planned_pod_count; i++) {
        const struct pod *pod = world_pod(w, c->planned_pods[i]);
        if (pod && pod->claim.len && !str_eq(pod->claim, c->id))
            return true;
    }
    return false;
}

static bool is_starting(const struct claim *c)
{
    return c->phase == CLAIM_RECORDED || c->phase == CLAIM_LAUNCHED;
}

static void count_claim(struct plan *p, const struct claim *c, size_t pool)
{
    struct purse *purse = &p->purses.pools[pool];
    bool serves = c->phase == CLAIM_READY || c->phase == CLAIM_DRAINING;
    bool unused =
        !claim_holds_pods(c) && (c->phase == CLAIM_DRAINING || is_replacement(p->world, c));

    purse->nodes += serves && !unused;
    /* One that the cloud takes is away from its warning on: it may begin to drain in this decision.
     */
    purse->away += c->phase == CLAIM_DRAINING || c->phase == CLAIM_TERMINATING ||
                   (c->phase == CLAIM_READY && (c->unhealthy || claim_is_taken(p->world, c)));
    purse->unhealthy += c->phase == CLAIM_READY && c->unhealthy;
    p->purses.unready += (is_starting(c) && (c->replace_count || !is_replacement(p->world, c))) ||
                         (c->phase == CLAIM_READY && c->unhealthy);
}

/* A static pool has so many nodes as it states, and what starts beyond them replaces others: no pod
 * says so. */
static void count_static(struct plan *p, size_t pool, int64_t live, int64_t starting)
{
    int64_t replicas = p->world->pools[pool].replicas,
            beyond = live > replicas ? live - replicas : 0;

    p->purses.pools[pool].nodes = replicas;
    p->purses.unready -= beyond < starting ? beyond : starting;
}

/* While the date is not sure, what holds at some time holds now. */
static const struct window *open_windows(const struct plan *p, const struct pool *of)
{
    struct window *windows = ARENA_ARRAY(p->arena, struct window, of->budget_count);

    for (size_t i = 0; i < of->budget_count; i++) {
        const struct schedule *s = of->budgets[i].schedule;
        windows[i] = s && !p->world->date_unsure ? schedule_window(s, p->world->now_ms)
                                                 : (struct window){true, NEVER_MS};
    }
    return windows;
}

void purses_open(struct plan *p)
{
    size_t pools = p->world->pool_count;
    int64_t *live = ARENA_ARRAY(p->arena, int64_t, pools);
    int64_t *starting = ARENA_ARRAY(p->arena, int64_t, pools);

    p->purses.pools = ARENA_ARRAY(p->arena, struct purse, pools);
    for (size_t i = 0; i < p->world->claim_count; i++) {
        const struct claim *c = &p->world->claims[i];
        size_t pool = plan_pool_of(p, c);
        if (pool == SIZE_MAX)
            continue;
        count_claim(p, c, pool);
        starting[pool] += is_starting(c);
        live[pool] += is_starting(c) || c->phase == CLAIM_READY;
    }
    for (size_t i = 0; i < pools; i++) {
        if (p->world->pools[i].replicas >= 0)
            count_static(p, i, live[i], starting[i]);
        p->purses.pools[i].windows = open_windows(p, &p->world->pools[i]);
        p->purses.fleet.nodes += p->purses.pools[i].nodes;
        p->purses.fleet.away += p->purses.pools[i].away;
    }
}

struct purses purses_copy(struct arena *a, const struct purses *from, size_t pools)
{
    struct purses copy = *from;

    copy.pools = ARENA_ARRAY(a, struct purse, pools);
    memcpy(copy.pools, from->pools, pools * sizeof(*copy.pools));
    return copy;
}

void purses_restore(struct purses *to, const struct purses *from, size_t pools)
{
    struct purse *kept = to->pools;

    memcpy(kept, from->pools, pools * sizeof(*kept));
    *to = *from;
    to->pools = kept;
}
