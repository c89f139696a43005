#include "engine/worlds/future.h"

/* Of claims that are only imagined: after all others, in the order they come. */
#define NEW_CLAIM "~new/"

bool future_is_new(const struct claim *c)
{
    return str_starts_with(c->id, STR(NEW_CLAIM));
}

/* Since when they are empty; one that is just ready is given the decision first. */
static void note_empty(struct future *f)
{
    for (size_t i = 0; i < f->world.claim_count; i++) {
        struct claim *c = &f->claims[i];
        bool holds = false;
        for (size_t k = 0; k < c->pod_count; k++)
            holds |= !c->pods[k]->never_serve;
        if (c->phase != CLAIM_READY || holds || c->ready_ms == f->world.now_ms)
            c->empty_since_ms = NEVER_MS;
        else if (c->empty_since_ms == NEVER_MS)
            c->empty_since_ms = f->world.now_ms;
    }
}

static void grow(struct future *f)
{
    size_t capacity = f->claim_capacity * 2 + 16;
    struct claim *claims = ARENA_ARRAY(f->arena, struct claim, capacity);
    int64_t *changed_ms = ARENA_ARRAY(f->arena, int64_t, capacity);

    if (f->world.claim_count) {
        memcpy(claims, f->claims, f->world.claim_count * sizeof(*claims));
        memcpy(changed_ms, f->changed_ms, f->world.claim_count * sizeof(*changed_ms));
    }
    f->world.claims = f->claims = claims;
    f->changed_ms = changed_ms;
    f->claim_capacity = capacity;
}

/* How many are imagined already, in the world that another future came to: they are the last. */
static size_t imagined_before(const struct world *w)
{
    const struct claim *last = w->claim_count ? &w->claims[w->claim_count - 1] : NULL;
    int64_t number = 0;

    if (last && future_is_new(last) &&
        str_to_int64(str_slice(last->id, sizeof(NEW_CLAIM) - 1, last->id.len), &number))
        return (size_t)number;
    return 0;
}

void future_begin(struct arena *a, const struct world *w, bool hurried, struct future *f)
{
    *f = (struct future){
        .arena = a, .world = *w, .hurried = hurried, .launched = imagined_before(w)};
    f->pods = ARENA_ARRAY(a, struct pod, w->pod_count);
    if (w->pod_count)
        memcpy(f->pods, w->pods, w->pod_count * sizeof(*f->pods));
    f->world.pods = f->pods;
    f->world.engine_binds = true;
    f->claims = (struct claim *)(uintptr_t)w->claims; /* copied by grow, never written to */
    f->changed_ms = ARENA_ARRAY(a, int64_t, w->claim_count);
    f->claim_capacity = w->claim_count;
    grow(f);
    for (size_t i = 0; i < w->claim_count; i++)
        f->changed_ms[i] = w->now_ms;
    claims_take_pods(a, &f->world, f->claims);
    note_empty(f);
}

/* ---- carrying out ---- */

static void put_labels(struct arena *a, struct labels *to, const struct labels *from)
{
    for (size_t i = 0; i < from->count; i++)
        labels_set(a, to, arena_str(a, from->items[i].key), arena_str(a, from->items[i].value));
}

static struct labels labels_of(struct arena *a, const struct action *x,
                               const struct launch_option *o)
{
    struct labels all = {0};

    put_labels(a, &all, &o->type->labels);
    put_labels(a, &all, x->labels.count ? &x->labels : &x->pool->labels);
    labels_set(a, &all, LABEL_NODE_POOL, x->pool->name);
    labels_set(a, &all, LABEL_PROVISIONER_NAME, x->pool->name);
    labels_set(a, &all, LABEL_ZONE, o->offering->zone);
    labels_set(a, &all, LABEL_CAPACITY_TYPE, capacity_type_text(o->offering->capacity_type));
    return all;
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static const struct str *names_of(struct arena *a, const struct action *x)
{
    struct str *names = ARENA_ARRAY(a, struct str, x->pod_count);

    for (size_t i = 0; i < x->pod_count; i++)
        names[i] = x->pods[i]->name;
    if (x->pod_count)
        qsort(names, x->pod_count, sizeof(*names), by_text);
    return names;
}

/* Whose place it takes; in the order of their names already. */
static const struct str *replaced_by(struct arena *a, const struct action *x)
{
    struct str *ids = ARENA_ARRAY(a, struct str, x->replace_count);

    for (size_t i = 0; i < x->replace_count; i++)
        ids[i] = x->replaces[i]->id;
    return ids;
}

static void launch(struct future *f, const struct action *x)
{
    const struct launch_option *o = &x->options[0];
    struct arena *a = f->arena;

    if (f->world.claim_count == f->claim_capacity)
        grow(f);
    f->changed_ms[f->world.claim_count] = f->world.now_ms;
    f->claims[f->world.claim_count++] = (struct claim){
        .id = arena_printf(a, NEW_CLAIM "%08zu", ++f->launched),
        .pool = x->pool->name,
        .phase = CLAIM_LAUNCHED,
        .instance_id = STR("i-new"),
        .instance_type = o->type->name,
        .zone = o->offering->zone,
        .capacity_type = o->offering->capacity_type,
        .price_microusd_per_hour = o->offering->price_microusd_per_hour,
        .capacity = o->type->capacity,
        .allocatable = o->type->allocatable,
        .labels = labels_of(a, x, o),
        .planned_pods = names_of(a, x),
        .planned_pod_count = x->pod_count,
        .replaces = replaced_by(a, x),
        .replace_count = x->replace_count,
        .taints = x->pool->taints,
        .created_ms = f->world.now_ms,
        .ready_ms = NEVER_MS,
        .empty_since_ms = NEVER_MS,
        .hash = x->pool->hash,
        .reason = str_of(reason_row(x->reason)->code),
        .leave_by_ms = NEVER_MS,
    };
}

static void set_phase(struct future *f, size_t claim, enum claim_phase phase)
{
    f->claims[claim].phase = phase;
    f->changed_ms[claim] = f->world.now_ms;
}

static void act(struct future *f, const struct world *seen, const struct action *x)
{
    size_t claim = x->claim ? (size_t)(x->claim - seen->claims) : 0;
    struct pod *pod = x->pod ? &f->pods[x->pod - seen->pods] : NULL;

    switch (x->kind) {
    case ACTION_LAUNCH:
        if (x->option_count)
            launch(f, x);
        break;
    case ACTION_BIND:
        pod->claim = f->claims[claim].id;
        pod->started_ms = f->claims[claim].changed_ms = f->world.now_ms;
        break;
    case ACTION_EVICT:
        pod->claim = pod->node = (struct str){0};
        pod->unready = false; /* where it comes to it will be well */
        f->claims[claim].changed_ms = f->world.now_ms;
        break;
    case ACTION_CORDON:
        f->claims[claim].reason = str_of(reason_row(x->reason)->code);
        f->claims[claim].draining_ms = f->world.now_ms;
        set_phase(f, claim, CLAIM_DRAINING);
        break;
    case ACTION_UNCORDON:
        f->claims[claim].reason = (struct str){0};
        f->claims[claim].draining_ms = 0;
        set_phase(f, claim, CLAIM_READY);
        break;
    case ACTION_TERMINATE:
        set_phase(f, claim, CLAIM_TERMINATING);
        break;
    }
}

/* ---- time ---- */

static int64_t happens_ms(const struct future *f, size_t i)
{
    const struct claim *c = &f->claims[i];

    if (c->phase != CLAIM_RECORDED && c->phase != CLAIM_LAUNCHED && c->phase != CLAIM_TERMINATING)
        return NEVER_MS;
    if (f->hurried)
        return f->world.now_ms;
    return f->changed_ms[i] + (c->phase == CLAIM_TERMINATING ? FUTURE_STOP_MS : FUTURE_BOOT_MS);
}

/* Of one that was recorded before we looked, the first of its options comes. */
static void become_ready(struct future *f, struct claim *c)
{
    if (!c->instance_type.len && c->option_count) {
        const struct launch_option *o = &c->options[0];
        struct labels labels = {0};
        put_labels(f->arena, &labels, &c->labels);
        put_labels(f->arena, &labels, &o->type->labels);
        labels_set(f->arena, &labels, LABEL_ZONE, o->offering->zone);
        c->labels = labels;
        c->instance_id = STR("i-new");
        c->instance_type = o->type->name;
        c->zone = o->offering->zone;
        c->capacity_type = o->offering->capacity_type;
        c->price_microusd_per_hour = o->offering->price_microusd_per_hour;
        c->capacity = o->type->capacity;
        c->allocatable = o->type->allocatable;
        c->options = NULL;
        c->option_count = 0;
    }
    c->phase = CLAIM_READY;
    c->ready_ms = f->world.now_ms;
}

static void come_about(struct future *f)
{
    size_t left = 0;

    for (size_t i = 0; i < f->world.claim_count; i++) {
        struct claim c = f->claims[i];
        bool now = happens_ms(f, i) <= f->world.now_ms;
        if (now && c.phase == CLAIM_TERMINATING)
            continue;
        if (now)
            become_ready(f, &c);
        f->changed_ms[left] = f->changed_ms[i];
        f->claims[left++] = c;
    }
    f->world.claim_count = left;
}

void future_carry_out(struct future *f, const struct world *seen, const struct decision *d)
{
    const struct world before = *seen; /* perhaps our own, whose claims move when there are more */

    for (size_t i = 0; i < d->action_count; i++)
        act(f, &before, &d->actions[i]);
    if (f->hurried)
        come_about(f);
    claims_take_pods(f->arena, &f->world, f->claims);
    if (f->hurried)
        note_empty(f);
}

bool future_pass(struct future *f, int64_t wake_at_ms, int64_t until_ms)
{
    int64_t next_ms = wake_at_ms;

    for (size_t i = 0; i < f->world.claim_count; i++)
        if (happens_ms(f, i) < next_ms)
            next_ms = happens_ms(f, i);
    if (next_ms == NEVER_MS || next_ms > until_ms)
        return false;
    if (next_ms > f->world.now_ms)
        f->world.now_ms = next_ms;
    come_about(f);
    claims_take_pods(f->arena, &f->world, f->claims);
    note_empty(f);
    return true;
}
