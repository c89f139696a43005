#include "engine/core/interrupted.h"
#include "engine/core/plan.h"

/* Who is to go, and whose turn it is.
 *
 * What is expired or drifted is replaced as many at a time as budgets allow, the oldest first; the
 * next only when those before have gone and their replacements are Ready.  A node that was launched
 * as the pool is now and did not become Ready stops it: what is at fault with that one would be
 * with the next. */

/* As long as Karpenter gives an instance to register. */
enum { READY_WITHIN_MS = 15 * 60 * 1000 };

/* A label that the node has and the pool no longer allows.  One it lacks says nothing: adopted
 * instances do not know all of theirs. */
static bool labels_drifted(const struct claim *c, const struct pool *pool)
{
    for (size_t i = 0; i < pool->requirements.count; i++) {
        struct str value = labels_get(&c->labels, pool->requirements.items[i].key);
        if (value.ptr && !requirement_has(&pool->requirements.items[i], value))
            return true;
    }
    return false;
}

/* AWS may leave out a type, or a price, in one answer and have it in the next; an hour is a dozen
 * answers, and little to those who retire a type. */
enum { UNOFFERED_MS = 60 * 60 * 1000 };

/* It could not be launched again: what it runs as is not offered any more. */
static bool is_withdrawn(struct plan *p, const struct claim *c)
{
    int64_t at_ms = time_add_ms(c->unoffered_ms, UNOFFERED_MS);

    if (!c->unoffered_ms || p->world->date_unsure)
        return false;
    plan_wake(p, at_ms);
    return at_ms <= p->world->now_ms;
}

static bool is_drifted(struct plan *p, const struct claim *c, const struct pool *pool)
{
    bool changed = c->hash.len && pool->hash.len && !str_eq(c->hash, pool->hash);

    return changed || labels_drifted(c, pool) || is_withdrawn(p, c);
}

/* A node serves for a while before it expires, however old it is then: one that were expired when
 * it becomes ready would have to be replaced by another, and that by another. */
enum { SERVE_LEAST_MS = 60 * 1000 };

/* Nodes that were launched together must not all be due in the same minute, for then all their pods
 * move at once, and so it would go on with those that took their places.  So each expires up to a
 * tenth of its life before its time; which part of that, its id says, which never changes. */
enum { SPREAD_PARTS = 10, SPREAD_STEPS = 1000 };

static int64_t earlier_ms(const struct claim *c, int64_t life_ms)
{
    int64_t steps = (int64_t)(str_hash(c->id) % SPREAD_STEPS);

    return life_ms == NEVER_MS ? 0 : life_ms / SPREAD_PARTS / SPREAD_STEPS * steps;
}

int64_t plan_expires_ms(const struct claim *c, const struct pool *of)
{
    int64_t life_ms = of->expire_after_ms - earlier_ms(c, of->expire_after_ms);
    int64_t age_ms = time_add_ms(c->created_ms, life_ms);
    int64_t served_ms = time_add_ms(c->ready_ms, SERVE_LEAST_MS);

    return age_ms > served_ms ? age_ms : served_ms;
}

/* It has been unhealthy for long enough, by a date that can be relied on. */
static bool is_broken(struct plan *p, const struct claim *c)
{
    if (!c->unhealthy || !c->repair_ms || p->world->date_unsure)
        return false;
    plan_wake(p, c->repair_ms);
    return c->repair_ms <= p->world->now_ms;
}

static enum reason why_leave(struct plan *p, const struct claim *c, const struct pool *of)
{
    int64_t at_ms = plan_expires_ms(c, of);

    if (is_broken(p, c))
        return REASON_UNHEALTHY;
    if (c->interruption != INTERRUPTION_NONE)
        return interruption_reason(c->interruption);
    if (at_ms <= p->world->now_ms)
        return REASON_EXPIRED;
    plan_wake(p, at_ms);
    return is_drifted(p, c, of) ? REASON_DRIFTED : REASON_NONE;
}

static void consider(struct plan *p, size_t at)
{
    struct room *r = &p->rooms.items[at];
    const struct claim *c = r->claim;
    enum reason why = why_leave(p, c, &p->world->pools[r->pool]);

    if (why == REASON_NONE)
        return;
    if (c->pods_unknown) { /* it is asked again when they are known */
        p->busy[r->pool] = true;
        return;
    }
    struct leaver l = {.claim = c, .room = at, .pool = r->pool, .reason = why};
    l.blocked = plan_stays(p, c, &l.why) && (!l.why.pod || plan_heeds_pods(p, r->pool, why));
    r->due = true;
    p->paces[r->pool].due++;
    plan_leave(p, l);
}

/* One that becomes ready in the last second is seen by the next list only: so long it has. */
static bool is_late(struct plan *p, const struct claim *c)
{
    int64_t late_ms =
        time_add_ms(c->created_ms, READY_WITHIN_MS + p->world->facts.instances_age_ms);

    if (p->world->date_unsure)
        return false;
    plan_wake(p, late_ms);
    return late_ms <= p->world->now_ms;
}

/* It stands for all that are launched as the pool is now.  The first is replaced at once, for there
 * may be something wrong with that instance; after a second one in a row nothing is launched in
 * this decision, and the loop pauses the pool before the next. */
static void note_failed(struct plan *p, const struct room *r)
{
    const struct pool *of = &p->world->pools[r->pool];
    struct str who = claim_text(p->arena, r->claim->id, r->claim->instance_id);

    p->paces[r->pool].failed = who;
    if (of->failed.len)
        shop_close(&p->market.shops[r->pool],
                   arena_printf(p->arena, STR_FMT " and " STR_FMT " before it did not become ready",
                                STR_ARG(who), STR_ARG(of->failed)));
}

/* One that was launched and has not become Ready in time goes, for nobody will ever run on it. */
static void consider_launched(struct plan *p, size_t at)
{
    struct room *r = &p->rooms.items[at];

    if (p->world->only_add || !is_late(p, r->claim))
        return;
    if (p->faults.instances.len) { /* it may have become ready by now */
        p->busy[r->pool] = true;
        return;
    }
    if (!is_drifted(p, r->claim, &p->world->pools[r->pool]))
        note_failed(p, r);
    r->given_up = true;
    rooms_set_leaving(&p->market, &p->rooms, at, true);
    plan_drain(p, r->claim, REASON_NOT_READY);
}

static int oldest_first(const void *x, const void *y)
{
    const struct claim *a = ((const struct leaver *)x)->claim;
    const struct claim *b = ((const struct leaver *)y)->claim;

    if (a->created_ms != b->created_ms)
        return a->created_ms < b->created_ms ? -1 : 1;
    return str_cmp(a->id, b->id);
}

static void find_due(struct plan *p)
{
    size_t first = p->leaver_count;

    for (size_t i = 0; i < p->rooms.count; i++) {
        const struct room *r = &p->rooms.items[i];
        if (r->claim->phase == CLAIM_READY && plan_may_disrupt(p, r->pool))
            consider(p, i);
        else if (r->claim->phase == CLAIM_LAUNCHED && r->pool != SIZE_MAX)
            consider_launched(p, i);
    }
    if (p->leaver_count > first)
        qsort(&p->leavers[first], p->leaver_count - first, sizeof(*p->leavers), oldest_first);
}

/* Their pods are on the way to somewhere: it must not be given away, nor be missing. */
static void find_draining(struct plan *p)
{
    for (size_t i = 0; i < p->world->claim_count; i++) {
        const struct claim *c = &p->world->claims[i];
        size_t pool = plan_pool_of(p, c);
        if (pool == SIZE_MAX)
            continue;
        if (c->phase == CLAIM_DRAINING)
            plan_leave(p, (struct leaver){.claim = c,
                                          .room = SIZE_MAX,
                                          .pool = pool,
                                          .reason = REASON_PENDING_PODS,
                                          .must = true});
    }
}

/* A node that did not become ready stops its pool. */
static void find_paces(struct plan *p)
{
    for (size_t i = 0; i < p->world->pool_count; i++) {
        struct pace *pace = &p->paces[i];
        pace->turns = SIZE_MAX;
        if (!pace->failed.len)
            pace->failed = p->world->pools[i].failed;
        if (!pace->failed.len || !pace->due)
            continue;
        pace->turns = 0;
        p->busy[i] = true;
        plan_block(p, i, REASON_NOT_READY,
                   arena_printf(p->arena,
                                "%zu of its nodes are expired or drifted and stay: " STR_FMT
                                " was launched as the pool is now and did not become ready. It "
                                "goes on when the pool, its class or its image has changed, or a "
                                "newer node of the pool is ready",
                                pace->due, STR_ARG(pace->failed)));
    }
}

void find_leavers(struct plan *p)
{
    find_draining(p);
    find_due(p);
    find_paces(p);
}

static bool may_repair(struct plan *p, struct leaver *l, const struct room *r)
{
    l->refused = repair_refusal(p, l->pool);
    if (refusal_is_said(&l->refused))
        plan_block(p, l->pool, l->refused.by, l->refused.message);
    if (l->refused.by != REASON_NONE)
        return false;
    budget_count(p, r, l->reason);
    return true;
}

/* What has been launched in its place says that it has had its turn, while facts are good.  Still
 * its pods must be free to go, and another may be away by now that was not to be when the turn was
 * given: a move that was off and is on again, a node that failed.  Then it waits for that one, and
 * keeps its place before others. */
static bool had_turn(struct plan *p, struct leaver *l)
{
    const struct room *r = &p->rooms.items[l->room];
    struct waiting why;

    if (l->reason != REASON_UNDERUTILIZED || l->blocked || fault_of(p, l->pool, l->reason).len)
        return false;
    l->refused = (struct refusal){0};
    if (guards_refuse(p, l->claim, l->reason, &why, &l->refused.lasts)) {
        l->refused.by = why.reason;
        l->refused.message = why.message;
        l->waits = true;
    } else if (!budget_allows(p, r, l->reason)) {
        l->refused = budget_refusal(p, r, l->reason);
        l->waits = true;
    }
    budget_count(p, r, l->reason);
    return true;
}

/* Is it this one's turn?  Those that have to wait for others hear of it when they have gone. */
static bool has_turn(struct plan *p, struct leaver *l)
{
    struct pace *pace = &p->paces[l->pool];
    const struct room *r = &p->rooms.items[l->room];

    l->refused = (struct refusal){.by = pace->failed.len ? REASON_NOT_READY : REASON_BUDGET};
    if (l->reason == REASON_UNHEALTHY && !l->blocked && pace->turns)
        return may_repair(p, l, r);
    if (l->blocked || pace->chosen >= pace->turns)
        return false;
    if (budget_take(p, r, l->reason))
        return true;
    l->refused = budget_refusal(p, r, l->reason);
    if (refusal_is_said(&l->refused))
        plan_block(p, l->pool, l->refused.by, l->refused.message);
    return false;
}

/* Others go as soon as they may. */
static bool takes_turns(enum reason reason)
{
    return reason != REASON_UNDERUTILIZED && reason != REASON_UNHEALTHY;
}

/* Who must go, and who had its turn, before anybody else asks what is left. */
static void choose_first(struct plan *p)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        l->waits = l->ahead = false;
        l->count = 0;
        l->chosen = l->must;
        if (l->must && l->claim->phase != CLAIM_DRAINING) /* those are counted from the beginning */
            guards_count(p, l->claim, 1);
    }
    for (size_t i = 0; i < p->leaver_count; i++)
        if (!p->leavers[i].must)
            p->leavers[i].chosen = had_turn(p, &p->leavers[i]);
}

void choose_leavers(struct plan *p)
{
    for (size_t i = 0; i < p->world->pool_count; i++) {
        p->paces[i].chosen = 0;
        p->paces[i].room = budget_room(p, i);
    }
    choose_first(p);
    for (size_t i = 0; i < p->leaver_count; i++) {
        struct leaver *l = &p->leavers[i];
        if (l->must)
            continue;
        l->chosen = l->chosen || has_turn(p, l);
        p->paces[l->pool].chosen += l->chosen && takes_turns(l->reason);
        /* Now, or when those before it are done. */
        p->busy[l->pool] |= !l->blocked && (l->chosen || !l->refused.lasts);
        if (l->chosen)
            rooms_set_leaving(&p->market, &p->rooms, l->room, true);
    }
}
