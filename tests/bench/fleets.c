#include "tests/bench/fleets.h"

#include <stdlib.h>

enum {
    PODS_A_NODE = 160, /* at most, before they are thinned out */
    LOOK_BACK = 40,    /* nodes that first fit still looks at */
};

static const struct instance_type *type_named(const struct bench *b, const char *name)
{
    for (size_t i = 0; i < b->catalog.count; i++)
        if (str_eq(b->catalog.types[i].name, str_of(name)))
            return &b->catalog.types[i];
    return &b->catalog.types[0];
}

static struct claim *add_claim(struct fleet *f, const struct instance_type *t,
                               const struct offering *o)
{
    struct bench *b = &f->bench;
    struct claim *c = &b->claims[b->world.claim_count++];

    *c = (struct claim){.id = arena_printf(f->arena, "bench/default/u/%07zu", f->serial++),
                        .pool = b->pool.name,
                        .phase = CLAIM_READY,
                        .instance_id = STR("i-1"),
                        .instance_type = t->name,
                        .zone = o->zone,
                        .capacity_type = o->capacity_type,
                        .price_microusd_per_hour = o->price_microusd_per_hour,
                        .capacity = t->capacity,
                        .allocatable = t->allocatable,
                        .created_ms = b->world.now_ms,
                        .ready_ms = b->world.now_ms,
                        .empty_since_ms = NEVER_MS};
    for (size_t i = 0; i < t->labels.count; i++)
        labels_set(f->arena, &c->labels, t->labels.items[i].key, t->labels.items[i].value);
    labels_set(f->arena, &c->labels, LABEL_ZONE, c->zone);
    labels_set(f->arena, &c->labels, LABEL_CAPACITY_TYPE, capacity_type_text(c->capacity_type));
    labels_set(f->arena, &c->labels, LABEL_NODE_POOL, c->pool);
    return c;
}

static struct claim *claim_named(struct fleet *f, struct str id)
{
    size_t low = 0, high = f->bench.world.claim_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(f->bench.claims[middle].id, id);
        if (order == 0)
            return &f->bench.claims[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void fleet_tie(struct fleet *f)
{
    struct bench *b = &f->bench;
    const struct pod **all = ARENA_ARRAY(f->arena, const struct pod *, b->world.pod_count);
    size_t at = 0;

    for (size_t i = 0; i < b->world.claim_count; i++)
        b->claims[i].pod_count = 0;
    for (size_t i = 0; i < b->world.pod_count; i++)
        if (b->pods[i].claim.len)
            claim_named(f, b->pods[i].claim)->pod_count++;
    for (size_t i = 0; i < b->world.claim_count; i++) {
        b->claims[i].pods = all + at;
        at += b->claims[i].pod_count;
        b->claims[i].pod_count = 0;
    }
    for (size_t i = 0; i < b->world.pod_count; i++) {
        struct claim *c = b->pods[i].claim.len ? claim_named(f, b->pods[i].claim) : NULL;
        if (c)
            all[(size_t)(c->pods - all) + c->pod_count++] = &b->pods[i];
    }
    for (size_t i = 0; i < b->world.claim_count; i++) {
        struct claim *c = &b->claims[i];
        if (c->pod_count)
            c->empty_since_ms = NEVER_MS;
        else if (c->empty_since_ms == NEVER_MS)
            c->empty_since_ms = b->world.now_ms;
    }
}

/* As first fit has it: the first of the last nodes that has room, else a new one. */
static struct claim *first_with_room(struct fleet *f, struct resources *rest, size_t most,
                                     const struct resources *wanted)
{
    static const char *const types[] = {"m5.8xlarge", "c5.9xlarge", "m5.4xlarge", "r5.4xlarge"};
    struct bench *b = &f->bench;
    size_t count = b->world.claim_count, i = count > LOOK_BACK ? count - LOOK_BACK : 0;

    for (; i < count; i++) {
        bool fits = true;
        for (size_t k = 0; k < RESOURCES_MAX; k++)
            fits &= wanted->amount[k] <= rest[i].amount[k];
        if (fits)
            break;
    }
    if (i == most)
        return NULL;
    if (i == count) {
        const struct instance_type *t = type_named(b, types[count % 4]);
        rest[i] = add_claim(f, t, &t->offerings[count % t->offering_count])->allocatable;
    }
    resources_subtract(&rest[i], wanted);
    return &b->claims[i];
}

void fleet_pack(struct fleet *f, struct arena *a, size_t nodes, unsigned stay_percent)
{
    struct resources *rest = ARENA_ARRAY(a, struct resources, nodes + 1);
    struct bench *b = &f->bench;
    size_t kept = 0;

    *f = (struct fleet){.arena = a, .rng = {nodes}, .claim_capacity = 40 * nodes + 64};
    bench_begin(b, a, nodes * PODS_A_NODE);
    b->shared = true;
    b->world.engine_binds = true;
    b->pool.consolidation = (struct consolidation){.enabled = true, .payback_ms = PAYBACK_MS};
    b->world.now_ms = 1000 * 1000;
    bench_sell_on_demand(b);
    bench_draw_family(b, FAMILY_WEB, nodes, nodes * PODS_A_NODE);
    b->claims = ARENA_ARRAY(a, struct claim, f->claim_capacity);
    b->world.claims = b->claims;
    for (size_t i = 0; i < b->world.pod_count; i++) {
        struct claim *c = first_with_room(f, rest, nodes, &b->pods[i].spec->requests);
        if (!c)
            break;
        if (rng_below(&f->rng, 100) >= stay_percent)
            continue;
        b->pods[kept] = b->pods[i];
        b->pods[kept++].claim = c->id;
    }
    b->world.pod_count = kept;
    fleet_tie(f);
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static void launch(struct fleet *f, const struct action *x)
{
    struct claim *c = add_claim(f, x->options[0].type, x->options[0].offering);
    struct str *names = ARENA_ARRAY(f->arena, struct str, x->pod_count);
    struct str *ids = ARENA_ARRAY(f->arena, struct str, x->replace_count);

    for (size_t i = 0; i < x->pod_count; i++)
        names[i] = x->pods[i]->name;
    for (size_t i = 0; i < x->replace_count; i++)
        ids[i] = x->replaces[i]->id;
    qsort(names, x->pod_count, sizeof(*names), by_text);
    c->planned_pods = names;
    c->planned_pod_count = x->pod_count;
    c->replaces = ids;
    c->replace_count = x->replace_count;
    f->launches++;
}

static void forget_gone(struct fleet *f)
{
    struct bench *b = &f->bench;
    size_t n = 0;

    for (size_t i = 0; i < b->world.claim_count; i++)
        if (b->claims[i].phase != CLAIM_TERMINATING)
            b->claims[n++] = b->claims[i];
    b->world.claim_count = n;
}

void fleet_carry_out(struct fleet *f, const struct decision *d)
{
    struct bench *b = &f->bench;

    for (size_t i = 0; i < d->action_count; i++) {
        const struct action *x = &d->actions[i];
        struct claim *c = x->claim ? &b->claims[x->claim - b->claims] : NULL;
        struct pod *pod = x->pod ? &b->pods[x->pod - b->pods] : NULL;
        switch (x->kind) {
        case ACTION_BIND:
            pod->claim = c->id;
            break;
        case ACTION_EVICT:
            pod->claim = (struct str){0};
            f->evictions++;
            break;
        case ACTION_CORDON:
            c->phase = CLAIM_DRAINING;
            c->reason = str_of(reason_row(x->reason)->code);
            f->moves += x->reason == REASON_UNDERUTILIZED;
            break;
        case ACTION_UNCORDON:
            c->phase = CLAIM_READY;
            c->reason = (struct str){0};
            break;
        case ACTION_TERMINATE:
            c->phase = CLAIM_TERMINATING;
            break;
        case ACTION_LAUNCH:
            launch(f, x);
            break;
        }
    }
    forget_gone(f);
    fleet_tie(f);
}

int64_t fleet_cost(const struct fleet *f)
{
    int64_t sum = 0;

    for (size_t i = 0; i < f->bench.world.claim_count; i++)
        sum += f->bench.claims[i].price_microusd_per_hour;
    return sum;
}
