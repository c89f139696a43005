#ifndef TESTS_UNIT_ENGINE_CORE_DRIVE_H
#define TESTS_UNIT_ENGINE_CORE_DRIVE_H

#include "engine/core/market.h"
#include "tests/unit/engine-core/worlds.h"

/* A tiny world that does what the decision says, and what must hold in it at every instant. */

enum { STEPS_MAX = 400, BOOT_MS = 40000 };

struct drive {
    struct town town;
    struct rng rng;
    struct arena arena;
    bool hints; /* does the store remember options and planned pods? */
    size_t launches, evictions, serial;
    void (*look)(struct drive *d, const struct decision *out); /* at each; NULL: nobody does */
    int64_t ledger[2];                                         /* whoever looks keeps in it */
    size_t most_away; /* may drain or terminate at any instant; 0: any number */
};

static inline struct claim *drive_claim(struct drive *d, struct str id)
{
    for (size_t i = 0; i < d->town.world.claim_count; i++)
        if (str_eq(d->town.claims[i].id, id))
            return &d->town.claims[i];
    return NULL;
}

static inline int drive_by_name(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* What the loop records: the smallest and largest of the options until one of them comes. */
static inline void drive_record(struct drive *d, const struct action *act)
{
    struct town *t = &d->town;
    struct claim *c = &t->claims[t->world.claim_count++];
    struct str *names = ARENA_ARRAY(t->arena, struct str, act->pod_count);

    assert_true(t->world.claim_count < 390);
    assert_true(act->option_count >= 1 && act->option_count <= 60);
    *c = (struct claim){.id = arena_printf(t->arena, "c%05zu", ++d->serial),
                        .pool = act->pool->name,
                        .phase = CLAIM_RECORDED,
                        .taints = act->pool->taints,
                        .created_ms = t->world.now_ms,
                        .ready_ms = NEVER_MS,
                        .empty_since_ms = NEVER_MS,
                        .hash = act->pool->hash};
    for (size_t i = 0; i < act->labels.count; i++)
        labels_set(t->arena, &c->labels, act->labels.items[i].key, act->labels.items[i].value);
    c->allocatable = act->options[0].type->allocatable;
    for (size_t i = 0; i < act->option_count; i++) {
        const struct launch_option *o = &act->options[i];
        assert_int_equal(o->offering->capacity_type, act->options[0].offering->capacity_type);
        for (size_t k = 0; k < RESOURCES_MAX; k++) {
            if (o->type->allocatable.amount[k] < c->allocatable.amount[k])
                c->allocatable.amount[k] = o->type->allocatable.amount[k];
            if (o->type->capacity.amount[k] > c->capacity.amount[k])
                c->capacity.amount[k] = o->type->capacity.amount[k];
        }
        if (o->offering->price_microusd_per_hour > c->price_microusd_per_hour)
            c->price_microusd_per_hour = o->offering->price_microusd_per_hour;
    }
    for (size_t i = 0; i < act->pod_count; i++)
        names[i] = act->pods[i]->name;
    if (act->pod_count)
        qsort(names, act->pod_count, sizeof(*names), drive_by_name);
    c->options = act->options; /* the cloud knows them; the claim forgets them without hints */
    c->option_count = act->option_count;
    c->planned_pods = d->hints ? names : NULL;
    c->planned_pod_count = d->hints ? act->pod_count : 0;
    struct str *replaces = ARENA_ARRAY(t->arena, struct str, act->replace_count);
    for (size_t i = 0; i < act->replace_count; i++)
        replaces[i] = act->replaces[i]->id;
    c->replaces = replaces;
    c->replace_count = act->replace_count;
    d->launches++;
}

static inline void drive_become(struct drive *d, struct claim *c)
{
    const struct launch_option *o = &c->options[rng_below(&d->rng, c->option_count)];

    c->phase = CLAIM_LAUNCHED;
    c->instance_id = STR("i-2");
    c->instance_type = o->type->name;
    c->zone = o->offering->zone;
    c->capacity_type = o->offering->capacity_type;
    c->price_microusd_per_hour = o->offering->price_microusd_per_hour;
    c->capacity = o->type->capacity;
    c->allocatable = o->type->allocatable;
    for (size_t i = 0; i < o->type->labels.count; i++)
        labels_set(d->town.arena, &c->labels, o->type->labels.items[i].key,
                   o->type->labels.items[i].value);
    labels_set(d->town.arena, &c->labels, LABEL_ZONE, c->zone);
    labels_set(d->town.arena, &c->labels, LABEL_CAPACITY_TYPE,
               capacity_type_text(c->capacity_type));
    c->options = NULL;
    c->option_count = 0;
}

static inline void drive_carry_out(struct drive *d, const struct decision *out)
{
    for (size_t i = 0; i < out->action_count; i++) {
        const struct action *act = &out->actions[i];
        struct claim *c = act->claim ? drive_claim(d, act->claim->id) : NULL;
        struct pod *pod = act->pod ? &d->town.pods[act->pod - d->town.pods] : NULL;
        switch (act->kind) {
        case ACTION_BIND:
            assert_int_equal(c->phase, CLAIM_READY);
            assert_int_equal(pod->claim.len, 0);
            pod->claim = c->id;
            c->changed_ms = d->town.world.now_ms;
            break;
        case ACTION_LAUNCH:
            drive_record(d, act);
            break;
        case ACTION_CORDON:
            assert_true(c->phase == CLAIM_READY || c->phase == CLAIM_LAUNCHED);
            c->phase = CLAIM_DRAINING;
            c->reason = str_of(reason_row(act->reason)->code);
            break;
        case ACTION_EVICT:
            assert_true(c->phase == CLAIM_DRAINING && str_eq(pod->claim, c->id));
            pod->claim = (struct str){0};
            d->evictions++;
            break;
        case ACTION_UNCORDON:
            assert_int_equal(c->phase, CLAIM_DRAINING);
            c->phase = CLAIM_READY;
            break;
        case ACTION_TERMINATE:
            assert_int_equal(c->pod_count, 0);
            assert_int_equal(c->phase, CLAIM_DRAINING);
            c->phase = CLAIM_TERMINATING;
            break;
        }
    }
}

/* Launched ones come up in their time, terminated ones go; returns when the next will. */
static inline int64_t drive_pass_time(struct drive *d)
{
    struct town *t = &d->town;
    int64_t next_ms = NEVER_MS;

    for (size_t i = 0; i < t->world.claim_count; i++) {
        struct claim *c = &t->claims[i];
        int64_t ready_ms = c->created_ms + BOOT_MS + 1000 * (int64_t)(c->id.ptr[5] - '0');
        if (c->phase == CLAIM_RECORDED && t->world.now_ms >= c->created_ms + 2000)
            drive_become(d, c);
        if (c->phase == CLAIM_LAUNCHED && t->world.now_ms >= ready_ms) {
            c->phase = CLAIM_READY;
            c->ready_ms = t->world.now_ms;
        }
        if (c->phase == CLAIM_RECORDED || c->phase == CLAIM_LAUNCHED) {
            int64_t at = c->phase == CLAIM_RECORDED ? c->created_ms + 2000 : ready_ms;
            next_ms = at < next_ms ? at : next_ms;
        }
    }
    for (size_t i = t->world.claim_count; i-- > 0;)
        if (t->claims[i].phase == CLAIM_TERMINATING)
            memmove(&t->claims[i], &t->claims[i + 1],
                    (--t->world.claim_count - i) * sizeof(struct claim));
    town_bind(t);
    for (size_t i = 0; i < t->world.claim_count; i++) {
        struct claim *c = &t->claims[i];
        if (c->phase != CLAIM_READY || c->pod_count)
            c->empty_since_ms = NEVER_MS;
        else if (c->empty_since_ms == NEVER_MS)
            c->empty_since_ms = t->world.now_ms;
    }
    return next_ms;
}

static inline void drive_check_instant(const struct drive *d, uint64_t seed)
{
    const struct world *w = &d->town.world;

    for (size_t i = 0; i < w->pool_count; i++) {
        struct resources sum = {0};
        int64_t nodes = 0, price = 0;
        for (size_t k = 0; k < w->claim_count; k++)
            if (str_eq(w->claims[k].pool, w->pools[i].name)) {
                resources_add(&sum, &w->claims[k].capacity);
                price += w->claims[k].price_microusd_per_hour;
                nodes++;
            }
        if (!fits(&sum, &w->pools[i].limits.amount, RESOURCES_MAX) ||
            nodes > w->pools[i].limits.nodes || price > w->pools[i].limits.microusd_per_hour)
            fail_msg("seed %llu: a limit is exceeded", (unsigned long long)seed);
    }
    size_t away = 0;
    for (size_t i = 0; i < w->claim_count; i++)
        away += w->claims[i].phase == CLAIM_DRAINING || w->claims[i].phase == CLAIM_TERMINATING;
    if (d->most_away && away > d->most_away)
        fail_msg("seed %llu: %zu nodes are away", (unsigned long long)seed, away);
    for (size_t i = 0; i < w->claim_count; i++) {
        struct resources sum = {0};
        for (size_t k = 0; k < w->claims[i].pod_count; k++)
            resources_add(&sum, &w->claims[i].pods[k]->spec->requests);
        assert_true(fits(&sum, &w->claims[i].allocatable, RESOURCES_MAX));
    }
}

/* Who reads a decision later has the world and nothing else. */
static inline void drive_check_claims(const struct drive *d, const struct decision *out)
{
    const struct world *w = &d->town.world;

    for (size_t i = 0; i < out->waiting_count; i++) {
        const struct claim *c = out->waiting[i].claim;
        assert_true(!c || (c >= w->claims && c < w->claims + w->claim_count));
    }
}

/* Until nothing happens and nothing is due; or to `until_ms`.  Returns the last decision. */
static inline struct decision drive_run(struct drive *d, int64_t until_ms, uint64_t seed)
{
    struct decision out = {0};

    for (int step = 0;; step++) {
        if (step == STEPS_MAX)
            fail_msg("seed %llu: does not come to rest", (unsigned long long)seed);
        int64_t next_ms = drive_pass_time(d);
        drive_check_instant(d, seed);
        out = town_decide(&d->town);
        drive_check_claims(d, &out);
        if (d->look)
            d->look(d, &out);
        drive_carry_out(d, &out);
        drive_check_instant(d, seed);
        if (out.action_count)
            continue;
        next_ms = out.wake_at_ms < next_ms ? out.wake_at_ms : next_ms;
        assert_true(next_ms > d->town.world.now_ms);
        if (next_ms == NEVER_MS || next_ms > until_ms) {
            d->town.world.now_ms = until_ms == NEVER_MS ? d->town.world.now_ms : until_ms;
            return out;
        }
        d->town.world.now_ms = next_ms;
    }
}
static inline void drive_random_fleet(struct drive *d, uint64_t seed)
{
    struct town *t = &d->town;
    struct rng *r = &d->rng;

    *r = (struct rng){seed};
    d->hints = rng_below(r, 2);
    town_init(t, &d->arena);
    size_t types = 2 + rng_below(r, 8), pods = 1 + rng_below(r, 40);
    for (size_t i = 0; i < types; i++) {
        int64_t cpu = 1000 * (2 + (int64_t)rng_below(r, 15));
        int64_t memory = cpu * (1 + (int64_t)rng_below(r, 8));
        int64_t price = cpu * 30 + memory * 4 + (int64_t)rng_below(r, 9000);
        town_type(t, arena_printf(&d->arena, "t%zu", i).ptr, cpu, memory, price,
                  rng_below(r, 2) ? price / 3 : 0, 1 + rng_below(r, 3));
    }
    struct pool *pool = town_pool(t, "default");
    pool->empty_after_ms = 30000;
    if (rng_below(r, 3) == 0)
        pool->expire_after_ms = 600000;
    if (rng_below(r, 3) == 0)
        pool->limits.amount.amount[RESOURCE_CPU] = 1000 * (8 + (int64_t)rng_below(r, 40));
    if (rng_below(r, 4) == 0)
        pool->limits.nodes = 1 + (int64_t)rng_below(r, 8);
    if (rng_below(r, 4) == 0)
        pool->limits.microusd_per_hour = 400000 + (int64_t)rng_below(r, 2000000);
    if (rng_below(r, 2)) {
        struct pool *other = town_pool(t, "other");
        other->weight = (int64_t)rng_below(r, 3);
        require(t, &other->requirements, "karpenter.sh/capacity-type", OPERATOR_IN, "on-demand");
        require(t, &other->requirements, "example.com/team", OPERATOR_EXISTS, NULL);
        if (rng_below(r, 3) == 0)
            other->replicas = (int64_t)rng_below(r, 4);
    }
    for (size_t i = 0; i < pods; i++) {
        struct pod *p =
            town_pod(t, arena_printf(&d->arena, "p%03zu", i).ptr,
                     100 * (1 + (int64_t)rng_below(r, 30)), 128 * (1 + (int64_t)rng_below(r, 40)));
        if (rng_below(r, 6) == 0)
            pod_selects(t, p, "topology.kubernetes.io/zone", rng_below(r, 2) ? "a" : "b");
        if (rng_below(r, 8) == 0)
            pod_selects(t, p, "example.com/team", rng_below(r, 2) ? "red" : "blue");
    }
}

/* Every pod runs or is told why not. */
static inline void drive_places_all(const struct drive *d, const struct decision *out,
                                    uint64_t seed)
{
    for (size_t i = 0; i < d->town.world.pod_count; i++) {
        const struct pod *p = &d->town.pods[i];
        const struct waiting *w = p->claim.len ? NULL : find_waiting(out, p->name.ptr);
        if (!p->never_serve && !p->claim.len &&
            (!w || !reason_row(w->reason)->lasts || !w->message.len))
            fail_msg("seed %llu: %s waits for nothing", (unsigned long long)seed, p->name.ptr);
    }
}

#endif
