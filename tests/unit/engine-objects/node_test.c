/* What Node objects of a dump say of health, and of what must not be disrupted. */
#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/kubernetes_objects.h"

#define NODE(annotations, status)                                                  \
    "{apiVersion: v1, kind: Node, metadata: {name: n1, creationTimestamp: "        \
    "'2026-12-01T08:00:00Z', annotations: {" annotations "}}, spec: {providerID: " \
    "'aws:///us-east-1a/i-1'}, status: {" status "}}\n"
#define CONDITIONS(all) "conditions: [" all "]"
#define CONDITION(type, is, since) \
    "{type: " type ", status: '" is "', lastTransitionTime: " since "}"
#define EIGHT     1796112000000 /* the node's creation */
#define MINUTE_MS 60000

static struct error *read_node(struct arena *a, const char *text, struct claim *out)
{
    struct resource_table table = resource_table_new();
    struct manifest_text file = {STR("dump.yaml"), str_of(text)};
    struct kubernetes_objects o;

    TRY(kubernetes_objects_read(a, &file, 1, &table, &o));
    assert_int_equal(o.node_count, 1);
    *out = o.nodes[0];
    return NULL;
}

static void each_condition_is_borne_for_its_time(void **state)
{
    (void)state;
    static const struct {
        const char *node;
        bool unhealthy;
        int64_t repair_minutes; /* after eight; 0: it is not known */
    } rows[] = {
        {NODE("", ""), false, 0},
        {NODE("", CONDITIONS(CONDITION("Ready", "True", "'2026-12-01T08:00:30Z'"))), false, 0},
        {NODE("", CONDITIONS(CONDITION("Ready", "False", "'2026-12-01T09:00:00Z'"))), true, 90},
        {NODE("", CONDITIONS(CONDITION("Ready", "Unknown", "'2026-12-01T09:00:00Z'"))), true, 90},
        {NODE("",
              CONDITIONS(CONDITION("AcceleratedHardwareReady", "False", "'2026-12-01T09:00:00Z'"))),
         true, 70},
        {NODE("", CONDITIONS(
                      CONDITION("AcceleratedHardwareReady", "Unknown", "'2026-12-01T09:00:00Z'"))),
         false, 0},
        {NODE("", CONDITIONS(CONDITION("StorageReady", "False", "'2026-12-01T09:00:00Z'"))), true,
         90},
        {NODE("", CONDITIONS(CONDITION("NetworkingReady", "False", "'2026-12-01T09:00:00Z'"))),
         true, 90},
        {NODE("", CONDITIONS(CONDITION("KernelReady", "False", "'2026-12-01T09:00:00Z'"))), true,
         90},
        {NODE("",
              CONDITIONS(CONDITION("ContainerRuntimeReady", "False", "'2026-12-01T09:00:00Z'"))),
         true, 90},
        /* what is not borne any more first counts, in whatever order they stand */
        {NODE("", CONDITIONS(CONDITION("Ready", "False", "'2026-12-01T09:00:00Z'") ", " CONDITION(
                      "AcceleratedHardwareReady", "False", "'2026-12-01T09:10:00Z'"))),
         true, 80},
        {NODE("",
              CONDITIONS(CONDITION("KernelReady", "False", "'2026-12-01T08:20:00Z'") ", " CONDITION(
                  "Ready", "False", "'2026-12-01T09:00:00Z'"))),
         true, 50},
        /* pressure goes by itself */
        {NODE("", CONDITIONS(CONDITION("MemoryPressure", "True", "'2026-12-01T09:00:00Z'"))), false,
         0},
        {NODE("", CONDITIONS("{type: Ready, status: 'False'}")), true, 0},
        {NODE("", CONDITIONS(CONDITION("Ready", "False", "null"))), true, 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct claim node;
        int64_t minutes = rows[i].repair_minutes;
        assert_null(read_node(&a, rows[i].node, &node));
        if (node.unhealthy != rows[i].unhealthy ||
            node.repair_ms != (minutes ? EIGHT + minutes * MINUTE_MS : 0))
            fail_msg("%s: %d, %lld", rows[i].node, node.unhealthy, (long long)node.repair_ms);
        assert_true(node.ready_ms != NEVER_MS);
    }
}

/* A kubelet makes its Node as one that is not Ready. */
static void a_node_that_has_not_been_ready_since_it_joined_is_no_failing_one(void **state)
{
    (void)state;
    static const char *const joining[] = {
        NODE("", CONDITIONS(CONDITION("Ready", "False", "'2026-12-01T08:00:00Z'"))),
        NODE("", CONDITIONS(CONDITION("Ready", "Unknown", "'2026-12-01T08:00:50Z'"))),
    };

    for (size_t i = 0; i < COUNT(joining); i++) {
        ARENA_AUTO a = {0};
        struct claim node;
        assert_null(read_node(&a, joining[i], &node));
        assert_false(node.unhealthy);
        assert_true(node.ready_ms == NEVER_MS);
    }
}

static void conditions_that_cannot_be_read_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *node, *says, *allowed;
    } rows[] = {
        {NODE("", "conditions: broken"), "Node n1: status.conditions is \"broken\"", "list"},
        {NODE("", "conditions: [broken]"), "status.conditions[0] is \"broken\"", ""},
        {NODE("", CONDITIONS("{type: Ready, status: [1]}")), "status.conditions[0].status", ""},
        {NODE("",
              CONDITIONS(CONDITION("Ready", "True", "x") ", " CONDITION("Ready", "False", "noon"))),
         "status.conditions[1].lastTransitionTime is \"noon\"", "2026-12-01T08:30:00Z"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct claim node;
        struct error *e = read_node(&a, rows[i].node, &node);
        assert_non_null(e);
        assert_holds(e->summary, rows[i].says);
        assert_holds(e->detail, rows[i].allowed);
    }
}

static void a_node_says_by_an_annotation_that_it_must_not_be_disrupted(void **state)
{
    (void)state;
    static const struct {
        const char *node;
        bool says;
    } rows[] = {
        {NODE("", ""), false},
        {NODE("karpenter.sh/do-not-disrupt: 'true'", ""), true},
        {NODE("karpenter.sh/do-not-disrupt: 'false'", ""), false},
        {NODE("karpenter.sh/do-not-consolidate: 'true'", ""), true},
        {NODE("do-not-disrupt: 'true'", ""), false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct claim node;
        assert_null(read_node(&a, rows[i].node, &node));
        assert_int_equal(node.do_not_disrupt, rows[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_condition_is_borne_for_its_time),
        cmocka_unit_test(a_node_that_has_not_been_ready_since_it_joined_is_no_failing_one),
        cmocka_unit_test(conditions_that_cannot_be_read_are_named),
        cmocka_unit_test(a_node_says_by_an_annotation_that_it_must_not_be_disrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
