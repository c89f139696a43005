/* What a cluster that binds by itself is told to do, order by order. */
#include "engine/loop/fold.h"
#include "engine/loop/joining.h"
#include "engine/loop/steering.h"
#include "tests/unit/engine-loop/scene.h"

enum { NOW_MS = 100 * SECOND };

/* A cluster that writes down what it is told. */
struct heard_orders {
    struct arena arena;
    struct buf text;
};

static void hear_node(void *self, const struct node_order *o)
{
    struct heard_orders *h = self;
    buf_printf(&h->text, "node " STR_FMT, STR_ARG(o->node));
    for (size_t i = 0; i < o->label_count; i++)
        buf_printf(&h->text, " " STR_FMT "=" STR_FMT, STR_ARG(o->labels[i].key),
                   STR_ARG(o->labels[i].value));
    for (size_t i = 0; i < o->taint_count; i++)
        buf_printf(&h->text, " +" STR_FMT, STR_ARG(taint_text(&h->arena, &o->taints[i])));
    if (o->untaint.len)
        buf_printf(&h->text, " -" STR_FMT, STR_ARG(o->untaint));
    if (o->unlabel.len)
        buf_printf(&h->text, " -" STR_FMT, STR_ARG(o->unlabel));
    buf_add_char(&h->text, ';');
}

static void hear_evict(void *self, struct str pod)
{
    buf_printf(&((struct heard_orders *)self)->text, "evict " STR_FMT ";", STR_ARG(pod));
}

static void hear_delete(void *self, struct str node)
{
    buf_printf(&((struct heard_orders *)self)->text, "delete " STR_FMT ";", STR_ARG(node));
}

static const char *ordered(struct heard_orders *h, struct state *s, int64_t now_ms)
{
    const struct cluster_port port = {.self = h,
                                      .submit_node = hear_node,
                                      .submit_evict = hear_evict,
                                      .submit_delete_node = hear_delete};

    h->text = buf_in(&h->arena);
    steering_send(s, &port, now_ms);
    return buf_str(&h->text).len ? buf_str(&h->text).ptr : "";
}

static void tell(struct state *s, const struct claim *node, const struct pod *pod, unsigned whole)
{
    static const struct document_port none;
    struct event *e = event_new(EVENT_WORKLOAD);

    e->complete = true;
    e->workload = (struct workload){.whole = whole,
                                    .nodes = node,
                                    .node_count = node ? 1 : 0,
                                    .pods = pod,
                                    .pod_count = pod ? 1 : 0,
                                    .resources = resource_table_new()};
    state_fold(s, &none, e, NOW_MS);
}

static struct claim a_node(void)
{
    return (struct claim){.id = STR("node-1"), .foreign = true, .instance_id = STR("i-1")};
}

/* A claim whose instance runs, and whose node has joined. */
static struct claim_entry *begin(struct state *s, enum claim_phase phase)
{
    struct claim node = a_node();
    struct claim_entry *c;

    state_init(s, STR("moon"));
    state_add_pool(s, STR("default"));
    tell(s, &node, NULL, WORKLOAD_ALL);
    c = state_add_claim(s, STR("moon/default/u1/1"));
    c->claim.pool = STR("default");
    c->claim.phase = phase;
    c->runs = true;
    state_set_instance(s, c, STR("i-1"));
    nodes_judge(s);
    return c;
}

static void a_node_that_joins_gets_what_kubelet_was_not_told(void **state)
{
    (void)state;
    struct state s;
    struct heard_orders h = {0};
    struct claim node = a_node();
    struct claim_entry *c = begin(&s, CLAIM_LAUNCHED);
    struct taint own = {.key = STR("team"), .value = STR("ml"), .effect = EFFECT_NO_SCHEDULE};

    claim_set_label(c, STR("tier"), STR("web"));
    c->claim.taints = (struct taints){&own, 1, 1};
    assert_string_equal(ordered(&h, &s, NOW_MS), "node node-1 tier=web +team=ml:NoSchedule;");
    assert_string_equal(ordered(&h, &s, NOW_MS + 9 * SECOND), "");
    assert_true(steering_next_ms(&s) == NOW_MS + 10 * SECOND); /* it has shown no effect */
    assert_string_equal(ordered(&h, &s, NOW_MS + 10 * SECOND),
                        "node node-1 tier=web +team=ml:NoSchedule;");
    node.taints = c->claim.taints;
    node.labels = c->claim.labels;
    tell(&s, &node, NULL, 0);
    assert_string_equal(ordered(&h, &s, NOW_MS + MINUTE), "");
    assert_true(steering_next_ms(&s) == NEVER_MS);
    state_finish(&s);
    arena_free(&h.arena);
}

#define UNBALANCED "node.kubernetes.io/exclude-from-external-load-balancers"

static void who_leaves_is_tainted_and_who_stays_after_all_is_not(void **state)
{
    (void)state;
    struct state s;
    struct heard_orders h = {0};
    struct claim node = a_node();
    struct claim_entry *c = begin(&s, CLAIM_DRAINING);
    struct taint going = {.key = TAINT_DISRUPTED, .effect = EFFECT_NO_SCHEDULE};

    c->dirty = true; /* what a crash would forget is not acted on */
    assert_string_equal(ordered(&h, &s, NOW_MS), "");
    c->dirty = false;
    assert_string_equal(ordered(&h, &s, NOW_MS),
                        "node node-1 " UNBALANCED "=true +tenon.dev/disrupted:NoSchedule;");
    node.taints = (struct taints){&going, 1, 1};
    labels_set(&h.arena, &node.labels, LABEL_UNBALANCED, STR("true"));
    tell(&s, &node, NULL, 0);
    assert_string_equal(ordered(&h, &s, NOW_MS + MINUTE), "");
    c->claim.phase = CLAIM_READY;
    assert_string_equal(ordered(&h, &s, NOW_MS + MINUTE),
                        "node node-1 -tenon.dev/disrupted -" UNBALANCED ";");
    state_finish(&s);
    arena_free(&h.arena);
}

static void answer_eviction(struct state *s, bool refused, int64_t retry_after_ms, int64_t now_ms)
{
    static const struct document_port none;
    struct event *e = event_new(EVENT_EVICT);

    e->name = STR("default/web-0");
    e->retry_after_ms = retry_after_ms;
    if (refused)
        e->error = error_new(&e->arena, ERROR_THROTTLED, "too many are away");
    state_fold(s, &none, e, now_ms);
}

static void a_refused_eviction_waits_for_as_long_as_the_answer_says(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    struct heard_orders h = {0};
    struct claim_entry *c = begin(&s, CLAIM_DRAINING);
    const struct pod pod = {
        .name = STR("default/web-0"), .node = STR("node-1"), .spec = scene_pod_spec(&a, 100)};

    c->known->retry_ms = NEVER_MS; /* of the node itself nothing is wanted here */
    tell(&s, NULL, &pod, 0);
    assert_string_equal(ordered(&h, &s, NOW_MS), ""); /* nobody has decided that it goes */
    pods_find(&s.pods, pod.name)->evicting = true;
    assert_string_equal(ordered(&h, &s, NOW_MS), "evict default/web-0;");
    answer_eviction(&s, true, 20 * SECOND, NOW_MS);
    assert_string_equal(ordered(&h, &s, NOW_MS + 19 * SECOND), "");
    assert_string_equal(ordered(&h, &s, NOW_MS + 20 * SECOND), "evict default/web-0;");
    answer_eviction(&s, true, 0, NOW_MS + 20 * SECOND);
    assert_string_equal(ordered(&h, &s, NOW_MS + 25 * SECOND), "evict default/web-0;");
    c->claim.phase = CLAIM_READY; /* it stays after all, and so do its pods */
    assert_string_equal(ordered(&h, &s, NOW_MS + MINUTE), "");
    c->claim.phase = CLAIM_DRAINING;
    assert_string_equal(ordered(&h, &s, NOW_MS + 2 * MINUTE), "");
    state_finish(&s);
    arena_free(&h.arena);
}

/* Two pods on a node that leaves: what others may need ends after them. */
static void who_others_need_is_evicted_last(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    struct heard_orders h = {0};
    struct claim_entry *c = begin(&s, CLAIM_DRAINING);
    struct pod_spec critical = *scene_pod_spec(&a, 100);
    struct pod dns = {.name = STR("kube-system/dns"), .node = STR("node-1"), .spec = &critical},
               web = {.name = STR("default/web-0"),
                      .node = STR("node-1"),
                      .spec = scene_pod_spec(&a, 100)};

    critical.priority = 2000 * 1000 * 1000;
    c->known->retry_ms = NEVER_MS;
    tell(&s, NULL, &dns, 0);
    tell(&s, NULL, &web, 0);
    pods_find(&s.pods, dns.name)->evicting = pods_find(&s.pods, web.name)->evicting = true;
    assert_string_equal(ordered(&h, &s, NOW_MS), "evict default/web-0;");
    web.ending = web.never_serve = true;
    tell(&s, NULL, &web, 0);
    assert_string_equal(ordered(&h, &s, NOW_MS + MINUTE), "");
    tell(&s, NULL, &dns, WORKLOAD_PODS); /* and it is gone */
    assert_string_equal(ordered(&h, &s, NOW_MS + MINUTE), "evict kube-system/dns;");
    state_finish(&s);
    arena_free(&h.arena);
}

static void a_node_is_removed_only_when_lists_have_long_lacked_its_instance(void **state)
{
    (void)state;
    struct state s;
    struct heard_orders h = {0};
    struct claim node = a_node();
    struct claim_entry *c = begin(&s, CLAIM_TERMINATING);

    labels_set(&h.arena, &node.labels, LABEL_NODE_POOL, STR("default"));
    tell(&s, &node, NULL, 0);
    s.listed = true;
    s.list_answered_ms = NOW_MS + 59 * SECOND;
    c->known->retry_ms = 0;
    state_drop_claim(&s, c);
    assert_string_equal(ordered(&h, &s, NOW_MS + MINUTE), "");
    s.list_answered_ms = NOW_MS + MINUTE;
    assert_string_equal(ordered(&h, &s, NOW_MS + MINUTE), "delete node-1;");
    state_remove_pool(&s, state_pool(&s, STR("default"))); /* then it is somebody else's */
    nodes_judge(&s);
    assert_string_equal(ordered(&h, &s, NOW_MS + 2 * MINUTE), "");
    state_finish(&s);
    arena_free(&h.arena);
}

static void a_claim_is_ready_when_its_node_lacks_nothing(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    struct claim node = a_node();
    struct claim_entry *c = begin(&s, CLAIM_LAUNCHED);
    struct taint agent = {.key = STR("ebs.csi.aws.com/agent-not-ready"),
                          .effect = EFFECT_NO_EXECUTE};

    c->runs = false;
    assert_true(str_eq(joining_lacks(&a, &s, c), STR("its instance does not run yet")));
    c->runs = true;
    node.ready_ms = NEVER_MS;
    tell(&s, &node, NULL, 0);
    assert_true(str_eq(joining_lacks(&a, &s, c), STR("it is not Ready yet")));
    node.ready_ms = NOW_MS;
    node.taints = (struct taints){&agent, 1, 1};
    tell(&s, &node, NULL, 0);
    assert_true(str_eq(joining_lacks(&a, &s, c),
                       STR("it has the taint ebs.csi.aws.com/agent-not-ready:NoExecute yet")));
    joining_look(&s, NOW_MS);
    assert_int_equal(c->claim.phase, CLAIM_LAUNCHED);
    node.taints.count = 0;
    tell(&s, &node, NULL, 0);
    joining_look(&s, NOW_MS);
    assert_int_equal(c->claim.phase, CLAIM_READY);
    state_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_joins_gets_what_kubelet_was_not_told),
        cmocka_unit_test(who_leaves_is_tainted_and_who_stays_after_all_is_not),
        cmocka_unit_test(a_refused_eviction_waits_for_as_long_as_the_answer_says),
        cmocka_unit_test(who_others_need_is_evicted_last),
        cmocka_unit_test(a_node_is_removed_only_when_lists_have_long_lacked_its_instance),
        cmocka_unit_test(a_claim_is_ready_when_its_node_lacks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
