/* What is known of the cluster follows from what is so, not from how it was told: change by change,
 * or whole, or both in turn. */
#include "engine/loop/fold.h"
#include "engine/loop/homes.h"
#include "engine/loop/snapshot.h"
#include "engine/worlds/kept.h"
#include "tests/unit/engine-loop/scene.h"
#include "tests/unit/more.h"

enum { PODS = 40, NODES = 8, SPECS = 5, CLAIMS = 4, STEPS = 60 };

/* What is so. */
struct truth {
    struct arena arena;
    struct rng rng;
    const struct pod_spec *specs[SPECS];
    struct pod pods[PODS]; /* name empty: there is none */
    struct claim nodes[NODES];
    bool claims[CLAIMS];
};

static struct str node_name(struct truth *t, size_t i)
{
    return i < NODES ? arena_printf(&t->arena, "node-%zu", i) : (struct str){0};
}

static void begin(struct truth *t, uint64_t seed)
{
    *t = (struct truth){.rng.state = seed};
    for (size_t i = 0; i < SPECS; i++) {
        struct pod_spec *s = ARENA_NEW(&t->arena, struct pod_spec);
        *s = *scene_pod_spec(&t->arena, 100 + 100 * (int64_t)i);
        s->requests.amount[RESOURCE_FIRST_EXTENDED] = i % 2; /* example.com/device */
        t->specs[i] = s;
    }
}

static struct pod any_pod(struct truth *t, size_t i)
{
    return (struct pod){.name = arena_printf(&t->arena, "default/web-%zu", i),
                        .spec = t->specs[rng_below(&t->rng, SPECS)],
                        .created_ms = (int64_t)rng_below(&t->rng, 3),
                        .node = node_name(t, (size_t)rng_below(&t->rng, NODES + 4)),
                        .unready = rng_below(&t->rng, 4) == 0,
                        .never_serve = rng_below(&t->rng, 6) == 0,
                        .unschedulable = rng_below(&t->rng, 2) == 0,
                        .ending = rng_below(&t->rng, 5) == 0};
}

static struct claim any_node(struct truth *t, size_t i)
{
    struct claim n = {.id = node_name(t, i),
                      .foreign = true,
                      .phase = CLAIM_READY,
                      .ready_ms = 0,
                      .empty_since_ms = NEVER_MS,
                      .allocatable = {{[RESOURCE_CPU] = 4000, [RESOURCE_FIRST_EXTENDED] = 2}}};

    n.unhealthy = rng_below(&t->rng, 3) == 0;
    if (i < CLAIMS && rng_below(&t->rng, 2))
        n.instance_id = arena_printf(&t->arena, "i-%zu", i);
    return n;
}

static void tell(struct state *s, struct workload w, bool complete)
{
    static const struct document_port none;
    struct event *e = event_new(EVENT_WORKLOAD);

    w.resources = resource_table_new();
    resource_table_add(&w.resources, STR("example.com/device"));
    e->complete = complete;
    e->workload = w;
    state_fold(s, &none, e, 1000);
}

static void tell_whole(struct state *s, const struct truth *t)
{
    struct pod pods[PODS];
    struct claim nodes[NODES];
    struct workload w = {.whole = WORKLOAD_ALL, .pods = pods, .nodes = nodes};

    for (size_t i = 0; i < PODS; i++)
        if (t->pods[i].name.len)
            pods[w.pod_count++] = t->pods[i];
    for (size_t i = 0; i < NODES; i++)
        if (t->nodes[i].id.len)
            nodes[w.node_count++] = t->nodes[i];
    tell(s, w, true);
}

static void change_pod(struct state *s, struct truth *t)
{
    struct pod *p = &t->pods[rng_below(&t->rng, PODS)];
    struct str name = p->name;

    if (name.len && rng_below(&t->rng, 3) == 0) {
        *p = (struct pod){0};
        tell(s, (struct workload){.pods_gone = &name, .pod_gone_count = 1}, true);
        return;
    }
    *p = any_pod(t, (size_t)(p - t->pods));
    tell(s, (struct workload){.pods = p, .pod_count = 1}, true);
}

static void change_node(struct state *s, struct truth *t)
{
    struct claim *n = &t->nodes[rng_below(&t->rng, NODES)];
    struct str name = n->id;

    if (name.len && rng_below(&t->rng, 3) == 0) {
        *n = (struct claim){0};
        tell(s, (struct workload){.nodes_gone = &name, .node_gone_count = 1}, true);
        return;
    }
    *n = any_node(t, (size_t)(n - t->nodes));
    tell(s, (struct workload){.nodes = n, .node_count = 1}, true);
}

/* The i-th claim has the i-th node, if Kubernetes does not know it otherwise. */
static void add_claim(struct state *s, size_t i)
{
    ARENA_AUTO a = {0};
    struct claim_entry *c = state_add_claim(s, arena_printf(&a, "moon/default/u1/%zu", i));

    c->claim.phase = CLAIM_READY;
    state_set_instance(s, c, arena_printf(&a, "i-%zu", i));
    claim_set_node(s, c, arena_printf(&a, "node-%zu", i));
}

static void change_claim(struct state *s, struct truth *t)
{
    ARENA_AUTO a = {0};
    size_t i = (size_t)rng_below(&t->rng, CLAIMS);

    t->claims[i] = !t->claims[i];
    if (t->claims[i])
        add_claim(s, i);
    else
        state_end_claim(s, state_claim(s, arena_printf(&a, "moon/default/u1/%zu", i)));
}

static void change_binding(struct state *s, struct truth *t)
{
    ARENA_AUTO a = {0};
    const struct pod *p = &t->pods[rng_below(&t->rng, PODS)];
    uint64_t claim = rng_below(&t->rng, CLAIMS + 1);

    if (!p->name.len || p->never_serve)
        return;
    if (claim == CLAIMS)
        state_unbind(s, p->name);
    else
        state_bind(s, p->name, arena_printf(&a, "moon/default/u1/%d", (int)claim), STR(""), true);
}

/* News that nobody has brought: the next whole list shows it. */
static void miss_something(struct state *s, struct truth *t)
{
    t->pods[rng_below(&t->rng, PODS)] = (struct pod){0};
    t->nodes[rng_below(&t->rng, NODES)] = (struct claim){0};
    tell_whole(s, t);
}

static void change_something(struct state *s, struct truth *t)
{
    static void (*const changes[])(struct state *, struct truth *) = {
        change_pod,   change_pod,     change_pod,    change_node,
        change_claim, change_binding, miss_something};

    changes[rng_below(&t->rng, COUNT(changes))](s, t);
}

static uint64_t digest_of(struct state *s)
{
    ARENA_AUTO a = {0};
    struct world *w = snapshot(&a, s, true, 1000, 1000);

    return keeper_digest(keeper_begin(&a, w));
}

/* Claims have just the pods that say they are there. */
static void pods_are_where_they_say(struct state *s)
{
    ARENA_AUTO a = {0};
    struct world *w = snapshot(&a, s, true, 1000, 1000);
    struct world again = world_with_pods(&a, w, w->pods);

    for (size_t i = 1; i < w->pod_count; i++)
        assert_true(str_cmp(w->pods[i - 1].name, w->pods[i].name) < 0);
    for (size_t i = 0; i < w->claim_count; i++) {
        assert_int_equal(w->claims[i].pod_count, again.claims[i].pod_count);
        for (size_t k = 0; k < w->claims[i].pod_count; k++)
            assert_ptr_equal(w->claims[i].pods[k], again.claims[i].pods[k]);
    }
}

/* An engine that begins now hears it all at once, and has the bindings of the one before. */
static uint64_t digest_from_nothing(const struct state *old, const struct truth *t)
{
    struct state s;

    state_init(&s, STR("moon"));
    s.engine_binds = old->engine_binds;
    for (size_t i = 0; i < CLAIMS; i++)
        if (t->claims[i])
            add_claim(&s, i);
    tell_whole(&s, t);
    for (size_t i = s.bindings.count; i-- > 0;)
        state_unbind(&s, BINDING_AT(&s, i)->pod.key);
    for (size_t i = 0; i < old->bindings.count; i++) {
        const struct binding_entry *b = BINDING_AT(old, i);
        state_bind(&s, b->pod.key, b->claim, b->spec, false);
    }
    uint64_t digest = digest_of(&s);
    state_finish(&s);
    return digest;
}

static void live(uint64_t seed)
{
    struct truth t;
    struct state s;

    begin(&t, seed);
    state_init(&s, STR("moon"));
    s.engine_binds = seed % 2; /* else pods are where their nodes say */
    tell_whole(&s, &t);
    for (size_t i = 0; i < STEPS; i++) {
        change_something(&s, &t);
        if (rng_below(&t.rng, 8) == 0)
            tell_whole(&s, &t);
        if (rng_below(&t.rng, 3))
            continue; /* pictures are not made after every change */
        if (digest_of(&s) != digest_from_nothing(&s, &t))
            fail_msg("seed %llu: after %zu changes what is known depends on how it was told",
                     (unsigned long long)seed, i + 1);
        pods_are_where_they_say(&s);
    }
    state_finish(&s);
    arena_free(&t.arena);
}

static void a_picture_follows_from_what_is_so_and_not_from_how_it_was_told(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= worlds_asked(40); seed++)
        live(seed);
}

/* Ten pods with two specifications, of which every event has copies of its own. */
static struct workload ten_pods(struct arena *a)
{
    struct pod *pods = ARENA_ARRAY(a, struct pod, 10);

    for (size_t i = 0; i < 10; i++)
        pods[i] = (struct pod){.name = arena_printf(a, "default/web-%zu", i),
                               .spec = scene_pod_spec(a, i < 5 ? 100 : 200)};
    return (struct workload){.whole = WORKLOAD_ALL, .pods = pods, .pod_count = 10};
}

static void pods_that_ask_for_the_same_share_a_specification_while_there_is_one(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;

    state_init(&s, STR("moon"));
    tell(&s, ten_pods(&a), true);
    assert_int_equal(s.pods.specs.count, 2);
    const struct pod all_but[] = {{.name = STR("default/web-0"), .spec = scene_pod_spec(&a, 200)}};
    tell(&s, (struct workload){.pods = all_but, .pod_count = 1}, true);
    assert_int_equal(s.pods.specs.count, 2);
    assert_ptr_equal(pods_find(&s.pods, STR("default/web-0"))->spec,
                     pods_find(&s.pods, STR("default/web-9"))->spec);
    tell(&s, (struct workload){.whole = WORKLOAD_PODS, .pods = all_but, .pod_count = 1}, true);
    assert_int_equal(s.pods.specs.count, 1);
    assert_int_equal(s.pods.by_name.count, 1);
    state_finish(&s);
}

static void what_says_nothing_new_touches_nothing(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;

    state_init(&s, STR("moon"));
    tell(&s, ten_pods(&a), true);
    digest_of(&s);
    tell(&s, ten_pods(&a), true);
    assert_int_equal(s.pods.touched_count, 0);
    assert_false(pods_are_ungrouped(&s.pods));
    state_finish(&s);
}

/* Else kubelets that say again what they have said would keep a batch open for ever. */
static void a_change_that_is_none_puts_no_decision_off(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    struct claim node = {.id = STR("node-1"), .foreign = true};
    struct workload w = ten_pods(&a), again = {.pods = w.pods, .pod_count = 1};

    state_init(&s, STR("moon"));
    w.nodes = again.nodes = &node;
    w.node_count = again.node_count = 1;
    tell(&s, w, true);
    s.batch_first_ms = NEVER_MS;
    tell(&s, again, true);
    assert_true(s.batch_first_ms == NEVER_MS);
    node.unhealthy = true;
    tell(&s, again, true);
    assert_true(s.batch_first_ms == 1000);
    state_finish(&s);
}

static bool waits_for_us(struct state *s, const char *name)
{
    ARENA_AUTO a = {0};
    const struct world *w = snapshot(&a, s, true, 1000, 1000);

    for (size_t i = 0; i < w->pod_count; i++)
        if (str_eq(w->pods[i].name, str_of(name)))
            return !w->pods[i].never_serve;
    return false;
}

/* True when that opens a batch. */
static bool tell_pod(struct state *s, const struct pod *said, bool unschedulable, const char *node)
{
    struct pod p = *said;

    p.unschedulable = unschedulable;
    p.node = str_of(node);
    s->batch_first_ms = NEVER_MS;
    tell(s, (struct workload){.pods = &p, .pod_count = 1}, true);
    return s->batch_first_ms != NEVER_MS;
}

static void one_that_has_no_place_speaks_for_those_that_ask_for_the_same(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    struct workload w = ten_pods(&a);

    state_init(&s, STR("moon"));
    tell(&s, w, true);
    assert_false(waits_for_us(&s, "default/web-0"));
    assert_true(tell_pod(&s, &w.pods[0], true, ""));
    assert_true(waits_for_us(&s, "default/web-0"));
    assert_true(waits_for_us(&s, "default/web-4"));
    assert_false(waits_for_us(&s, "default/web-5")); /* asks for more */
    assert_false(tell_pod(&s, &w.pods[1], true, ""));
    assert_true(tell_pod(&s, &w.pods[5], true, ""));
    /* The last that was marked has a node: there may be a place for the next. */
    tell_pod(&s, &w.pods[0], false, "node-1");
    assert_true(waits_for_us(&s, "default/web-2"));
    tell_pod(&s, &w.pods[1], false, "node-1");
    assert_false(waits_for_us(&s, "default/web-2"));
    state_finish(&s);
}

static void nothing_is_believed_of_a_cluster_of_which_a_part_was_not_heard(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    struct workload w = ten_pods(&a);

    state_init(&s, STR("moon"));
    w.whole = WORKLOAD_ALL & ~(unsigned)WORKLOAD_BUDGETS;
    tell(&s, w, true);
    struct world *seen = snapshot(&a, &s, true, 1000, 1000);
    assert_true(seen->only_add);
    assert_int_equal(seen->pod_count, 0);
    assert_false(s.workload_answered);
    tell(&s, (struct workload){.whole = WORKLOAD_BUDGETS}, true);
    seen = snapshot(&a, &s, true, 1000, 1000);
    assert_false(seen->only_add);
    assert_int_equal(seen->pod_count, 10);
    assert_true(s.workload_answered);
    state_finish(&s);
}

/* Of a list that suddenly lacks most it may be doubted that it is whole; what is told to go is
 * gone.
 */
static void only_a_whole_list_is_doubted_for_what_it_lacks(void **state)
{
    (void)state;
    struct truth t;
    struct state s;

    begin(&t, 1);
    for (size_t i = 0; i < PODS; i++)
        t.pods[i] = any_pod(&t, i);
    state_init(&s, STR("moon"));
    tell_whole(&s, &t);
    for (size_t i = 0; i < PODS; i++)
        tell(&s, (struct workload){.pods_gone = &t.pods[i].name, .pod_gone_count = 1}, true);
    assert_int_equal(s.pods.by_name.count, 0);
    assert_int_equal(s.pods_lost_ms, 0);
    tell_whole(&s, &t);
    tell(&s, (struct workload){.whole = WORKLOAD_PODS}, true);
    assert_int_not_equal(s.pods_lost_ms, 0);
    state_finish(&s);
    arena_free(&t.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_follows_from_what_is_so_and_not_from_how_it_was_told),
        cmocka_unit_test(pods_that_ask_for_the_same_share_a_specification_while_there_is_one),
        cmocka_unit_test(what_says_nothing_new_touches_nothing),
        cmocka_unit_test(a_change_that_is_none_puts_no_decision_off),
        cmocka_unit_test(one_that_has_no_place_speaks_for_those_that_ask_for_the_same),
        cmocka_unit_test(nothing_is_believed_of_a_cluster_of_which_a_part_was_not_heard),
        cmocka_unit_test(only_a_whole_list_is_doubted_for_what_it_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
