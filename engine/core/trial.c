#include "engine/core/plan.h"

/* Who leaves and who takes the room that is left decide each other, so all of it is one trial.
 * When a claim turns out not to be able to go, nothing of the trial may stay: pods that avoided
 * that claim might have gone there, and what was kept for its pods is free for others. */

struct trial trial_begin(const struct plan *p)
{
    size_t pools = p->world->pool_count;
    struct trial t = {.rooms = p->rooms.count,
                      .room_changes = p->rooms.change_count,
                      .leavers = p->leaver_count,
                      .roomy = p->roomy_count,
                      .actions = p->out->action_count,
                      .waiting = p->out->waiting_count,
                      .relaxed = p->out->relaxed_count,
                      .held = p->out->held_count,
                      .counts = ARENA_ARRAY(p->arena, int32_t, p->market.topology.count_total),
                      .left = ARENA_ARRAY(p->arena, struct allowance, pools),
                      .verdicts = ARENA_ARRAY(p->arena, struct pool_verdict, pools),
                      .busy = ARENA_ARRAY(p->arena, bool, pools),
                      .guards = ARENA_ARRAY(p->arena, struct guard, p->world->pod_budget_count),
                      .purses = purses_copy(p->arena, &p->purses, pools),
                      .lacks_capacity = p->lacks_capacity};

    if (p->market.topology.count_total)
        memcpy(t.counts, p->market.topology.all_counts,
               p->market.topology.count_total * sizeof(*t.counts));
    if (p->world->pod_budget_count)
        memcpy(t.guards, p->guards.items, p->world->pod_budget_count * sizeof(*t.guards));
    memcpy(t.left, p->left, pools * sizeof(*t.left));
    memcpy(t.verdicts, p->out->pools, pools * sizeof(*t.verdicts));
    memcpy(t.busy, p->busy, pools * sizeof(*t.busy));
    return t;
}

void trial_drop(struct plan *p, const struct trial *t)
{
    size_t pools = p->world->pool_count;

    rooms_undo(&p->market, &p->rooms, t->rooms, t->room_changes);
    p->leaver_count = t->leavers;
    p->roomy_count = t->roomy;
    p->out->action_count = t->actions;
    p->out->waiting_count = t->waiting;
    p->out->relaxed_count = t->relaxed;
    p->out->held_count = t->held;
    if (p->market.topology.count_total)
        memcpy(p->market.topology.all_counts, t->counts,
               p->market.topology.count_total * sizeof(*t->counts));
    memcpy(p->left, t->left, pools * sizeof(*t->left));
    if (p->world->pod_budget_count)
        memcpy(p->guards.items, t->guards, p->world->pod_budget_count * sizeof(*t->guards));
    purses_restore(&p->purses, &t->purses, pools);
    memcpy(p->out->pools, t->verdicts, pools * sizeof(*t->verdicts));
    memcpy(p->busy, t->busy, pools * sizeof(*t->busy));
    p->lacks_capacity = t->lacks_capacity;
    p->failed = false;
}

static struct str why_text(struct plan *p, const struct leaver *l)
{
    if (l->why.reason == REASON_DO_NOT_DISRUPT)
        return l->why.message;
    return arena_printf(p->arena, "no room for pod " STR_FMT " elsewhere (" STR_FMT ")",
                        STR_ARG(l->why.pod->name), STR_ARG(l->why.message));
}

static const char *what_it_is(enum reason r)
{
    static const char *const text[REASON_COUNT] = {
        [REASON_EXPIRED] = "is expired",
        [REASON_DRIFTED] = "is drifted",
        [REASON_MAINTENANCE] = "is to be maintained",
        [REASON_UNHEALTHY] = "is unhealthy",
        [REASON_REBALANCE] = "is likely to be taken back",
    };
    return text[r] ? text[r] : "is to go";
}

static void say_blocked(struct plan *p, const struct leaver *l)
{
    struct str why = why_text(p, l);

    p->busy[l->pool] |= !reason_row(l->why.reason)->lasts;
    p->lacks_capacity |= l->why.reason == REASON_NO_CAPACITY;
    plan_hold(
        p, (struct held){.claim = l->claim, .due = l->reason, .by = l->why.reason, .message = why});
    plan_block(p, l->pool, l->reason,
               arena_printf(p->arena, "claim " STR_FMT " %s and waits: " STR_FMT,
                            STR_ARG(l->claim->id), what_it_is(l->reason), STR_ARG(why)));
}

static void say_who_stays(struct plan *p)
{
    for (size_t i = 0; i < p->leaver_count; i++) {
        const struct leaver *l = &p->leavers[i];
        if (l->reason == REASON_UNDERUTILIZED) {
            if (l->refused.message.len)
                plan_hold(p, (struct held){.claim = l->claim,
                                           .due = l->reason,
                                           .by = l->refused.by,
                                           .message = l->refused.message});
            continue;
        }
        if (l->blocked)
            say_blocked(p, l);
        else if (!l->chosen)
            plan_hold(p, (struct held){.claim = l->claim,
                                       .due = l->reason,
                                       .by = l->refused.by,
                                       .message = l->refused.message});
    }
}

/* Each trial that fails leaves fewer to move in the next, so they come to an end. */
void try_moves(struct plan *p)
{
    static rule_fn *const in_order[] = {choose_leavers, try_replicas, try_pending, try_leaving,
                                        try_headroom};
    struct trial t = trial_begin(p);

    for (bool again = true; again;) {
        for (size_t i = 0; i < sizeof(in_order) / sizeof(*in_order) && !p->failed; i++)
            in_order[i](p);
        again = p->failed;
        if (again)
            trial_drop(p, &t);
    }
    say_who_stays(p);
}
