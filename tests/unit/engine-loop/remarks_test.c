/* What people read beside pods and nodes: when it is said, and when it is not said again. */
#include "engine/loop/fold.h"
#include "engine/loop/nodes.h"
#include "engine/loop/remarks.h"
#include "tests/unit/engine-loop/scene.h"

enum { NOW_MS = 100 * SECOND };

struct heard_remarks {
    struct arena arena;
    struct buf text;
};

static void hear(void *self, const struct remark *r)
{
    buf_printf(&((struct heard_remarks *)self)->text, "%s " STR_FMT " %s%s: " STR_FMT "\n",
               r->of_node ? "node" : "pod", STR_ARG(r->name), r->reason, r->warns ? "!" : "",
               STR_ARG(r->message));
}

static struct cluster_port listening(struct heard_remarks *h)
{
    h->text = buf_in(&h->arena);
    return (struct cluster_port){.self = h, .submit_remark = hear};
}

static const char *heard(struct heard_remarks *h)
{
    return buf_str(&h->text).len ? buf_str(&h->text).ptr : "";
}

static const char *of_nodes(struct heard_remarks *h, struct state *s)
{
    const struct cluster_port port = listening(h);

    remarks_on_nodes(s, &port);
    return heard(h);
}

static const char *of_decision(struct heard_remarks *h, struct state *s, const struct decision *d,
                               int64_t now_ms)
{
    const struct cluster_port port = listening(h);

    remarks_on_decision(s, &port, d, now_ms);
    return heard(h);
}

static void tell(struct state *s, const struct claim *node, const struct pod *pod)
{
    static const struct document_port none;
    struct event *e = event_new(EVENT_WORKLOAD);

    e->complete = true;
    e->workload = (struct workload){.whole = WORKLOAD_ALL,
                                    .nodes = node,
                                    .node_count = node ? 1 : 0,
                                    .pods = pod,
                                    .pod_count = pod ? 1 : 0,
                                    .resources = resource_table_new()};
    state_fold(s, &none, e, NOW_MS);
}

static void tell_joined(struct state *s)
{
    const struct claim node = {.id = STR("node-1"), .foreign = true, .instance_id = STR("i-1")};

    tell(s, &node, NULL);
    nodes_judge(s);
}

/* A launch that is under way, in a cluster of which all has been heard. */
static struct claim_entry *begin(struct state *s)
{
    state_init(s, STR("moon"));
    state_add_pool(s, STR("default"));
    tell(s, NULL, NULL);
    struct claim_entry *c = state_add_claim(s, STR("moon/default/u1/1"));
    c->claim.pool = STR("default");
    return c;
}

static void come(struct state *s, struct claim_entry *c)
{
    c->claim.instance_id = STR("i-1");
    c->claim.instance_type = STR("m5.large");
    c->claim.zone = STR("us-east-1a");
    c->claim.capacity_type = CAPACITY_SPOT;
    c->claim.phase = CLAIM_LAUNCHED;
    state_set_instance(s, c, STR("i-1"));
}

#define LAUNCHED                                                                                \
    "node node-1 Launched: instance i-1, m5.large (spot) in us-east-1a, was launched for pool " \
    "default\n"
#define REGISTERED  "node node-1 Registered: it has joined the cluster\n"
#define INITIALIZED "node node-1 Initialized: it lacks nothing any more, and takes pods\n"

static void a_node_is_spoken_of_when_it_has_come_a_step_further(void **state)
{
    (void)state;
    struct state s;
    struct heard_remarks h = {0};
    struct claim_entry *c = begin(&s);

    come(&s, c);
    assert_string_equal(of_nodes(&h, &s), ""); /* nobody knows yet how it is called */
    claim_set_node(&s, c, STR("node-1"));
    assert_string_equal(of_nodes(&h, &s), LAUNCHED);
    assert_string_equal(of_nodes(&h, &s), "");
    tell_joined(&s);
    assert_string_equal(of_nodes(&h, &s), REGISTERED);
    c->claim.phase = CLAIM_READY;
    assert_string_equal(of_nodes(&h, &s), INITIALIZED);
    c->claim.phase = CLAIM_DRAINING;
    c->claim.reason = STR("Underutilized");
    assert_string_equal(of_nodes(&h, &s), "node node-1 Disrupted: Underutilized: its pods run for "
                                          "less on other nodes, there or new\n");
    c->claim.phase = CLAIM_TERMINATING;
    assert_string_equal(of_nodes(&h, &s), "");
    c->claim.phase = CLAIM_READY;
    assert_string_equal(of_nodes(&h, &s),
                        "node node-1 Kept: it stays after all, and takes pods again\n");
    state_finish(&s);
    arena_free(&h.arena);
}

static void steps_that_are_heard_of_together_are_all_told_in_order(void **state)
{
    (void)state;
    struct state s;
    struct heard_remarks h = {0};
    struct claim_entry *c = begin(&s);

    come(&s, c);
    tell_joined(&s);
    c->claim.phase = CLAIM_READY;
    assert_string_equal(of_nodes(&h, &s), LAUNCHED REGISTERED INITIALIZED);
    state_finish(&s);
    arena_free(&h.arena);
}

static void where_placing_is_ours_nobody_reads(void **state)
{
    (void)state;
    struct state s;
    struct heard_remarks h = {0};
    struct claim_entry *c = begin(&s);

    come(&s, c);
    claim_set_node(&s, c, STR("node-1"));
    s.engine_binds = true;
    assert_string_equal(of_nodes(&h, &s), "");
    state_finish(&s);
    arena_free(&h.arena);
}

/* One pod that waits, as the scheduler has marked it. */
static struct pod a_pod(const struct pod_spec *spec, bool marked)
{
    return (struct pod){.name = STR("shop/web-1"), .spec = spec, .unschedulable = marked};
}

static void a_pod_hears_why_it_waits_and_then_where_it_is_to_run(void **state)
{
    (void)state;
    struct state s;
    struct heard_remarks h = {0};
    struct claim_entry *c = begin(&s);
    const struct pod_spec spec = {0};
    const struct pod pod = a_pod(&spec, true);
    struct waiting x = {
        .pod = &pod, .reason = REASON_LIMIT, .message = STR("pool default: limits.cpu is 4")};
    const struct decision d = {.waiting = &x, .waiting_count = 1};

    tell(&s, NULL, &pod);
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS),
                        "pod shop/web-1 FailedScheduling!: Limit: pool default: limits.cpu is 4\n");
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS + 29 * MINUTE), "");
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS + 30 * MINUTE),
                        "pod shop/web-1 FailedScheduling!: Limit: pool default: limits.cpu is 4\n");
    x.reason = REASON_ON_ITS_WAY;
    x.claim = &c->claim;
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS + 31 * MINUTE), ""); /* no name yet */
    come(&s, c);
    claim_set_node(&s, c, STR("node-1"));
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS + 31 * MINUTE),
                        "pod shop/web-1 Nominated: it is to run on node node-1, m5.large (spot) in "
                        "us-east-1a, of pool default\n");
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS + 31 * MINUTE), "");
    state_finish(&s);
    arena_free(&h.arena);
}

static void of_a_pod_that_the_scheduler_has_yet_to_look_at_nothing_is_said(void **state)
{
    (void)state;
    struct state s;
    struct heard_remarks h = {0};
    const struct pod_spec spec = {0};
    const struct pod pod = a_pod(&spec, false);
    struct waiting x = {.pod = &pod, .reason = REASON_NO_POOL};
    const struct decision d = {.waiting = &x, .waiting_count = 1};

    begin(&s);
    tell(&s, NULL, &pod);
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS), "");
    state_finish(&s);
    arena_free(&h.arena);
}

static void a_node_that_a_pod_keeps_says_which_rule_it_is(void **state)
{
    (void)state;
    struct state s;
    struct heard_remarks h = {0};
    struct claim_entry *c = begin(&s);
    struct held x = {.claim = &c->claim,
                     .due = REASON_EXPIRED,
                     .by = REASON_BUDGET,
                     .message = STR("shop/web lets none of its pods go")};
    const struct decision d = {.held = &x, .held_count = 1};

    come(&s, c);
    claim_set_node(&s, c, STR("node-1"));
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS), ""); /* the pool's turn comes */
    x.by = REASON_POD_BUDGET;
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS),
                        "node node-1 DisruptionBlocked: Expired, and PodDisruptionBudget: shop/web "
                        "lets none of its pods go\n");
    assert_string_equal(of_decision(&h, &s, &d, NOW_MS), "");
    state_finish(&s);
    arena_free(&h.arena);
}

/* What an engine tells of nodes that were there before it began: nothing. */
static void an_engine_that_begins_tells_no_old_stories(void **state)
{
    (void)state;
    struct state s;
    struct heard_remarks h = {0};
    struct claim_entry *c = begin(&s);

    come(&s, c);
    claim_set_node(&s, c, STR("node-1"));
    c->claim.phase = CLAIM_READY;
    c->said_stage = remarks_stage(c); /* as a record that is read has it */
    assert_string_equal(of_nodes(&h, &s), "");
    state_finish(&s);
    arena_free(&h.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_is_spoken_of_when_it_has_come_a_step_further),
        cmocka_unit_test(steps_that_are_heard_of_together_are_all_told_in_order),
        cmocka_unit_test(where_placing_is_ours_nobody_reads),
        cmocka_unit_test(a_pod_hears_why_it_waits_and_then_where_it_is_to_run),
        cmocka_unit_test(of_a_pod_that_the_scheduler_has_yet_to_look_at_nothing_is_said),
        cmocka_unit_test(a_node_that_a_pod_keeps_says_which_rule_it_is),
        cmocka_unit_test(an_engine_that_begins_tells_no_old_stories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
