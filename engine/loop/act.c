#include "engine/loop/act.h"

#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/loop/capacity.h"
#include "engine/loop/claim_record.h"
#include "engine/loop/failed.h"
#include "engine/loop/templates.h"

enum { WRITE_AGAIN_MS = 10 * 1000 };

struct str claim_node_name(struct arena *a, const struct claim_entry *c)
{
    return arena_printf(a, STR_FMT "-%lld", STR_ARG(c->claim.pool), (long long)c->serial);
}

/* Until an instance has come, a claim counts as the largest and dearest of its options for limits,
 * and as the smallest of them for pods. */
static void widest(struct claim *c, const struct launch_option *o, size_t count)
{
    c->capacity = o[0].type->capacity;
    c->allocatable = o[0].type->allocatable;
    for (size_t i = 0; i < count; i++) {
        for (size_t r = 0; r < RESOURCES_MAX; r++) {
            if (o[i].type->capacity.amount[r] > c->capacity.amount[r])
                c->capacity.amount[r] = o[i].type->capacity.amount[r];
            if (o[i].type->allocatable.amount[r] < c->allocatable.amount[r])
                c->allocatable.amount[r] = o[i].type->allocatable.amount[r];
        }
        if (o[i].offering->price_microusd_per_hour > c->price_microusd_per_hour)
            c->price_microusd_per_hour = o[i].offering->price_microusd_per_hour;
    }
    c->capacity_type = o[0].offering->capacity_type;
}

/* The labels that its node has whichever option comes. */
static void common_labels(struct claim_entry *c, const struct launch_option *o, size_t count)
{
    const struct labels *first = &o[0].type->labels;
    for (size_t l = 0; l < first->count; l++) {
        bool common = true;
        for (size_t i = 1; i < count && common; i++)
            common =
                str_eq(labels_get(&o[i].type->labels, first->items[l].key), first->items[l].value);
        if (common)
            claim_set_label(c, first->items[l].key, first->items[l].value);
    }
    bool one_zone = true;
    for (size_t i = 1; i < count; i++)
        one_zone = one_zone && str_eq(o[i].offering->zone, o[0].offering->zone);
    if (one_zone)
        claim_set_label(c, LABEL_ZONE, o[0].offering->zone);
    claim_set_label(c, LABEL_CAPACITY_TYPE, capacity_type_text(c->claim.capacity_type));
}

static void pool_labels(struct claim_entry *c, const struct action *x)
{
    const struct labels *chosen = x->labels.count ? &x->labels : &x->pool->labels;
    for (size_t i = 0; i < chosen->count; i++)
        claim_set_label(c, chosen->items[i].key, chosen->items[i].value);
    claim_set_label(c, LABEL_NODE_POOL, x->pool->name);
    claim_set_label(c, LABEL_PROVISIONER_NAME, x->pool->name);
}

static void pool_taints(struct claim_entry *c, const struct taints *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct taint t = from->items[i];
        t.key = arena_str(&c->arena, t.key);
        t.value = arena_str(&c->arena, t.value);
        ARENA_PUSH(&c->arena, c->claim.taints.items, c->claim.taints.count,
                   c->claim.taints.capacity, t);
    }
}

static void keep_choices(struct claim_entry *c, const struct launch_option *o, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct claim_choice x = {arena_str(&c->arena, o[i].type->name),
                                 arena_str(&c->arena, o[i].offering->zone),
                                 o[i].offering->capacity_type};
        ARENA_PUSH(&c->arena, c->choices, c->choice_count, c->choice_capacity, x);
    }
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void keep_planned(struct claim_entry *c, const struct action *x)
{
    struct str *names = ARENA_ARRAY(&c->arena, struct str, x->pod_count);
    for (size_t i = 0; i < x->pod_count; i++)
        names[i] = arena_str(&c->arena, x->pods[i]->name);
    qsort(names, x->pod_count, sizeof(*names), by_text);
    c->claim.planned_pods = names;
    c->claim.planned_pod_count = x->pod_count;
}

static void keep_replaced(struct claim_entry *c, const struct action *x)
{
    struct str *ids = ARENA_ARRAY(&c->arena, struct str, x->replace_count);
    for (size_t i = 0; i < x->replace_count; i++)
        ids[i] = arena_str(&c->arena, x->replaces[i]->id);
    c->claim.replaces = ids;
    c->claim.replace_count = x->replace_count;
}

static struct claim_entry *new_claim(struct arena *a, struct state *s, struct pool_entry *p,
                                     const struct action *x, int64_t now_ms)
{
    struct claim_id who = {s->cluster, p->name.key, p->text.uid, ++p->serial};
    struct claim_entry *c = state_add_claim(s, claim_id_text(a, &who));
    claim_id_parse(c->id.key, &who);
    c->serial = who.serial;
    c->uid = who.uid;
    c->node_class = arena_str(&c->arena, p->pool.node_class);
    c->token = claim_token(&c->arena, c->id.key);
    c->claim.pool = who.pool;
    c->claim.hash = arena_str(&c->arena, p->hash);
    c->claim.created_ms = calendar_date_ms(&s->calendar, now_ms);
    c->since_ms = now_ms;
    pool_labels(c, x);
    widest(&c->claim, x->options, x->option_count);
    c->claim.premium_microusd_per_hour = launch_premium(x).most;
    common_labels(c, x->options, x->option_count);
    pool_taints(c, &x->pool->taints);
    keep_choices(c, x->options, x->option_count);
    keep_planned(c, x);
    keep_replaced(c, x);
    c->dirty = true;
    return c;
}

static struct error *write_launch(struct arena *a, struct state *s,
                                  const struct launch_port *launches, struct claim_entry *c,
                                  const struct action *x)
{
    const struct class_entry *class = state_class(s, c->node_class);
    if (!class || !class->answer || !class->current)
        return error_new(a, ERROR_CONFLICT, "class " STR_FMT " is not known as it is now",
                         STR_ARG(c->node_class));
    struct launch_order order = {
        .claim = c->id.key,
        .token = c->token,
        .pool = c->claim.pool,
        .node_class = c->node_class,
        .hash = c->claim.hash,
        .node_name = claim_node_name(a, c),
        .labels = c->claim.labels,
        .taints = x->pool->taints,
        .startup_taints = x->pool->startup_taints,
        .options = x->options,
        .option_count = x->option_count,
        .max_pods = c->claim.allocatable.amount[RESOURCE_PODS],
    };
    struct launch_text text;
    TRY(launches->write(a, class->answer->launch_facts, &order, &text));
    c->request = arena_str(&c->launch_arena, text.request);
    c->template_name = arena_str(&c->arena, text.template_name);
    templates_keep(s, &text, c->claim.pool);
    return NULL;
}

static bool launch(struct arena *a, struct state *s, const struct launch_port *launches,
                   const struct action *x, int64_t now_ms)
{
    struct pool_entry *p = state_pool(s, x->pool->name);
    if (!p || !x->option_count || capacity_holds(s, p, x->options[0].offering->capacity_type))
        return false;
    struct claim_entry *c = new_claim(a, s, p, x, now_ms);
    struct error *e = write_launch(a, s, launches, c, x);
    if (!e)
        return true;
    log_event(LOG_ERROR, "launch_not_written", LOG_STR("claim", c->id.key),
              LOG_STR("error", e->summary));
    keep_problem(p->problem, sizeof(p->problem), e);
    p->definite = e->kind == ERROR_INVALID;
    p->cool_until_ms = now_ms + WRITE_AGAIN_MS;
    state_end_claim(s, c);
    return false;
}

static bool cordon(struct state *s, struct claim_entry *c, enum reason reason, int64_t now_ms)
{
    struct pool_entry *p = state_pool(s, c->claim.pool);
    if (c->claim.phase >= CLAIM_DRAINING)
        return false;
    if (p && reason == REASON_NOT_READY)
        failed_give_up(s, p, c, now_ms);
    c->claim.reason = str_of(reason_row(reason)->code); /* a constant of the table */
    c->claim.draining_ms = calendar_date_ms(&s->calendar, now_ms);
    claim_set_phase(c, CLAIM_DRAINING, now_ms);
    return true;
}

static bool uncordon(struct claim_entry *c, const struct action *x, int64_t now_ms)
{
    if (c->claim.phase != CLAIM_DRAINING)
        return false;
    log_event(LOG_INFO, "stays_after_all", LOG_STR("claim", c->id.key),
              LOG_STR("was_to_go", c->claim.reason),
              LOG_STR("pod", x->pod ? x->pod->name : (struct str){0}));
    c->claim.reason = (struct str){0};
    c->claim.draining_ms = 0;
    claim_set_phase(c, CLAIM_READY, now_ms);
    return true;
}

/* What has no instance yet cannot be told to go.  A launch that was never sent is forgotten; of
 * one that was, the answer has to come first. */
static bool terminate(struct claim_entry *c, enum reason reason, int64_t now_ms)
{
    if (!c->claim.instance_id.len) {
        bool ends = !c->sent_ms && !c->doomed; /* what was sent may yet become an instance */
        c->doomed |= ends;
        return ends;
    }
    if (c->claim.phase == CLAIM_TERMINATING)
        return false;
    if (reason != REASON_NONE)
        c->claim.reason = str_of(reason_row(reason)->code);
    claim_set_phase(c, CLAIM_TERMINATING, now_ms);
    return true;
}

static bool bind(struct state *s, const struct claim_entry *c, struct str pod)
{
    const struct pod_entry *e = pods_find(&s->pods, pod);

    if (e)
        state_bind(s, pod, c->id.key, str_of(e->spec->digest), true);
    return e;
}

/* A cluster with an API server is asked to let it go; that is news once. */
static bool evict(struct state *s, struct str pod)
{
    struct pod_entry *e = pods_find(&s->pods, pod);

    if (s->engine_binds) {
        state_unbind(s, pod);
        return true;
    }
    if (!e || e->evicting)
        return false;
    e->evicting = true;
    e->retry_ms = 0;
    s->steer_ms = 0;
    return true;
}

static bool act_one(struct arena *a, struct state *s, const struct launch_port *launches,
                    const struct action *x, int64_t now_ms)
{
    struct claim_entry *c = x->claim ? state_claim(s, x->claim->id) : NULL;
    switch (x->kind) {
    case ACTION_LAUNCH:
        return launch(a, s, launches, x, now_ms);
    case ACTION_BIND:
        return c && bind(s, c, x->pod->name);
    case ACTION_EVICT:
        return evict(s, x->pod->name);
    case ACTION_CORDON:
        return c && cordon(s, c, x->reason, now_ms);
    case ACTION_UNCORDON:
        return c && uncordon(c, x, now_ms);
    case ACTION_TERMINATE:
        return c && terminate(c, x->reason, now_ms);
    }
    return false;
}

size_t act(struct arena *a, struct state *s, const struct launch_port *launches,
           const struct decision *d, int64_t now_ms)
{
    size_t changed = 0;
    for (size_t i = 0; i < d->action_count; i++)
        changed += act_one(a, s, launches, &d->actions[i], now_ms);
    return changed;
}
