#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/kubernetes_objects.h"

/* The first of the pods in the text, with whatever objects stand beside it. */
static struct pod read_pod(struct arena *a, const char *text, struct kubernetes_objects *out)
{
    struct manifest_text file = {STR("a.yaml"), str_of(text)};
    struct resource_table table = resource_table_new();
    struct error *e = kubernetes_objects_read(a, &file, 1, &table, out);
    if (e)
        fail_msg("%s\n" STR_FMT ": " STR_FMT, text, STR_ARG(e->summary), STR_ARG(e->detail));
    assert_true(out->pod_count > 0);
    return out->pods[0];
}

#define POD(spec)                                                                            \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop, labels: {app: web, v: " \
    "'2'}}\n"                                                                                \
    "spec:\n  {containers: [{name: c}],\n  " spec "}\n"

static struct pod_spec spec_of(struct arena *a, const char *text)
{
    struct kubernetes_objects o;
    return *read_pod(a, text, &o).spec;
}

static void assert_selects(struct arena *a, const struct label_selector *s, const char *text)
{
    struct buf found = buf_in(a);

    for (size_t i = 0; i < s->count; i++)
        buf_printf(&found, "%s" STR_FMT, i ? ", " : "", STR_ARG(requirement_text(a, &s->items[i])));
    if (!str_eq(buf_str(&found), str_of(text)))
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(buf_str(&found)), text);
}

static void a_spread_is_read_with_its_defaults(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct pod_spec p = spec_of(
        &a, POD("topologySpreadConstraints: [{maxSkew: 2, topologyKey: topology.kubernetes.io/zone,"
                " whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}]"));
    const struct topology_term *t = &p.topology[0];

    assert_int_equal(p.topology_count, 1);
    assert_int_equal(t->kind, TOPOLOGY_SPREAD);
    assert_true(str_eq(t->key, LABEL_ZONE));
    assert_true(t->required && t->heeds_affinity && !t->heeds_taints);
    assert_int_equal(t->max_skew, 2);
    assert_int_equal(t->min_domains, 1);
    assert_selects(&a, &t->who.labels, "app In [web]");
    assert_int_equal(t->who.namespace_count, 1);
    assert_true(str_eq(t->who.namespaces[0], STR("shop")));
    assert_false(t->who.namespace_labels.present);
}

static void a_spread_is_read_whole(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct pod_spec p = spec_of(
        &a,
        POD("topologySpreadConstraints: [{maxSkew: 1, topologyKey: failure-domain.beta.kubernetes"
            ".io/zone, whenUnsatisfiable: DoNotSchedule, minDomains: 3, nodeAffinityPolicy: "
            "Ignore, nodeTaintsPolicy: Honor, labelSelector: {}, matchLabelKeys: [v, absent]},"
            " {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: "
            "ScheduleAnyway}]"));

    assert_int_equal(p.topology_count, 2);
    assert_true(str_eq(p.topology[0].key, LABEL_ZONE));
    assert_int_equal(p.topology[0].min_domains, 3);
    assert_false(p.topology[0].heeds_affinity);
    assert_true(p.topology[0].heeds_taints);
    assert_selects(&a, &p.topology[0].who.labels, "v In [2]");
    assert_false(p.topology[1].required);
    assert_int_equal(p.topology[1].weight, 0);
    assert_false(p.topology[1].who.labels.present); /* it selects nobody */
}

#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"

static void affinity_stands_behind_spreads_as_written(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct pod_spec p = spec_of(
        &a,
        POD("affinity: {podAntiAffinity: {" REQUIRED ": [{topologyKey: kubernetes.io/hostname,"
            " labelSelector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}]}}]},"
            " podAffinity: {" PREFERRED ": [{weight: 100, podAffinityTerm: {topologyKey: rack,"
            " labelSelector: {matchLabels: {app: web}}, matchLabelKeys: [v], mismatchLabelKeys: "
            "[app]}}]}},\n  topologySpreadConstraints: [{maxSkew: 1, topologyKey: rack, "
            "whenUnsatisfiable: ScheduleAnyway}]"));

    assert_int_equal(p.topology_count, 3);
    assert_int_equal(p.topology[0].kind, TOPOLOGY_SPREAD);
    assert_int_equal(p.topology[1].kind, TOPOLOGY_AFFINITY);
    assert_false(p.topology[1].required);
    assert_int_equal(p.topology[1].weight, 100);
    assert_selects(&a, &p.topology[1].who.labels, "app In [web], v In [2], app NotIn [web]");
    assert_int_equal(p.topology[2].kind, TOPOLOGY_ANTI_AFFINITY);
    assert_true(p.topology[2].required);
    assert_selects(&a, &p.topology[2].who.labels, "app NotIn [db]");
}

static void namespaces_are_listed_selected_or_the_pods_own(void **state)
{
    (void)state;
    static const struct {
        const char *says;
        size_t listed;
        const char *first;
        bool selects;
    } rows[] = {
        {"", 1, "shop", false},
        {", namespaces: []", 1, "shop", false},
        {", namespaces: [z, b, b]", 2, "b", false},
        {", namespaceSelector: {}", 0, "", true},
        {", namespaces: [b], namespaceSelector: {matchLabels: {team: a}}", 1, "b", true},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct str text = arena_printf(
            &a, POD("affinity: {podAffinity: {" REQUIRED ": [{topologyKey: z%s}]}}"), rows[i].says);
        struct pod_spec p = spec_of(&a, text.ptr);
        const struct pod_selector *who = &p.topology[0].who;
        assert_int_equal(who->namespace_count, rows[i].listed);
        if (rows[i].listed)
            assert_true(str_eq(who->namespaces[0], str_of(rows[i].first)));
        assert_int_equal(who->namespace_labels.present, rows[i].selects);
    }
}

static void preferences_come_heaviest_first_and_equal_ones_as_written(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
#define PREFER(weight, key)                                \
    "{weight: " #weight ", preference: {matchExpressions:" \
    " [{key: " key ", operator: Exists}]}}"
    struct pod_spec p =
        spec_of(&a, POD("affinity: {nodeAffinity: {" PREFERRED ": [" PREFER(1, "a") ", " PREFER(
                        50, "b") ", " PREFER(1, "c") ", {weight: 9, preference: {}}]}}"));

    assert_int_equal(p.preference_count, 3);
    assert_true(requirements_get(&p.preferences[0].node, STR("b")) != NULL);
    assert_int_equal(p.preferences[0].weight, 50);
    assert_true(requirements_get(&p.preferences[1].node, STR("a")) != NULL);
    assert_true(requirements_get(&p.preferences[2].node, STR("c")) != NULL);
}

static void host_ports_are_those_of_containers_and_sidecars(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct pod_spec p = spec_of(
        &a, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
            "  - {ports: [{containerPort: 80}, {containerPort: 1, hostPort: 53, protocol: UDP}]}\n"
            "  - {ports: [{hostPort: 8080, hostIP: 10.0.0.1}, {hostPort: 53, protocol: UDP}]}\n"
            "  initContainers:\n"
            "  - {restartPolicy: Always, ports: [{hostPort: 9000}]}\n"
            "  - {ports: [{hostPort: 9001}]}\n");

    assert_int_equal(p.port_count, 3);
    assert_int_equal(p.ports[0].port, 53);
    assert_true(str_eq(p.ports[0].protocol, STR("UDP")));
    assert_true(str_eq(p.ports[1].ip, STR("10.0.0.1")));
    assert_true(str_eq(p.ports[1].protocol, STR("TCP")));
    assert_int_equal(p.ports[2].port, 9000);
}

static void on_the_hosts_network_what_a_container_listens_on_is_the_hosts_port(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct pod_spec p =
        spec_of(&a, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostNetwork: true,\n"
                    "  containers: [{ports: [{containerPort: 9100}]}]}\n");

    assert_int_equal(p.port_count, 1);
    assert_int_equal(p.ports[0].port, 9100);
}

static void priority_is_the_pods_own_its_classs_or_the_default(void **state)
{
    (void)state;
    static const char classes[] =
        "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\n"
        "value: 1000\n"
        "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: usual}\n"
        "value: 10\nglobalDefault: true\n"
        "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: low}\n"
        "value: -5\nglobalDefault: true\n";
    static const struct {
        const char *spec;
        int64_t priority;
    } rows[] = {
        {"priority: 3, priorityClassName: high", 3},
        {"priorityClassName: high", 1000},
        {"priorityClassName: system-node-critical", 2000001000},
        {"priorityClassName: system-cluster-critical", 2000000000},
        {"priorityClassName: nowhere", -5},
        {"hostNetwork: false", -5},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct str text = arena_printf(&a, POD("%s") "%s", rows[i].spec, classes);
        assert_int_equal(spec_of(&a, text.ptr).priority, rows[i].priority);
    }
}

/* As kube-scheduler reckons a container that is resized in place. */
static void of_a_resize_the_larger_amount_counts(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        int64_t cpu_milli;
    } rows[] = {
        {"{}", 500},
        {"{containerStatuses: [{name: c, resources: {requests: {cpu: 1}}}]}", 1000},
        {"{containerStatuses: [{name: c, resources: {requests: {cpu: 100m}}}]}", 500},
        {"{containerStatuses: [{name: c, resources: {}, allocatedResources: {cpu: 700m}}]}", 700},
        {"{containerStatuses: [{name: c, allocatedResources: {cpu: 700m}}]}", 500},
        {"{containerStatuses: [{name: other, resources: {requests: {cpu: 1}}}]}", 500},
        {"{resize: Infeasible, containerStatuses: [{name: c, resources: {requests: {cpu: 100m}}}]}",
         100},
        {"{conditions: [{type: PodResizePending, reason: Infeasible}],"
         " containerStatuses: [{name: c, resources: {requests: {cpu: 100m}}}]}",
         100},
        {"{conditions: [{type: PodResizePending, reason: Deferred}],"
         " containerStatuses: [{name: c, resources: {requests: {cpu: 100m}}}]}",
         500},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct str text = arena_printf(
            &a,
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {nodeName: n1, containers:\n"
            " [{name: c, resources: {requests: {cpu: 500m}}}]}\nstatus: %s\n",
            rows[i].status);
        int64_t found = spec_of(&a, text.ptr).requests.amount[RESOURCE_CPU];
        if (found != rows[i].cpu_milli)
            fail_msg("%s: %lld", rows[i].status, (long long)found);
    }
}

static void what_contradicts_itself_is_said_to_be_impossible(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct pod_spec p =
        spec_of(&a, POD("nodeSelector: {team: a}, affinity: {nodeAffinity: {" REQUIRED
                        ": {nodeSelectorTerms"
                        ": [{matchExpressions: [{key: team, operator: In, values: [b]}]}]}}}"));

    assert_int_equal(p.term_count, 0);
    assert_holds(p.impossible, "the label team contradicts itself");
}

static void what_kubernetes_refuses_is_refused(void **state)
{
    (void)state;
#define SPREAD(more)                                                               \
    "topologySpreadConstraints: [{topologyKey: z, maxSkew: 1, whenUnsatisfiable: " \
    "DoNotSchedule" more "}]"
#define ANTI(more) "affinity: {podAntiAffinity: {" REQUIRED ": [{" more "}]}}"
    static const struct {
        const char *spec, *says;
    } rows[] = {
        {"topologySpreadConstraints: [{topologyKey: z, whenUnsatisfiable: DoNotSchedule}]",
         "spec.topologySpreadConstraints[0].maxSkew is missing"},
        {"topologySpreadConstraints: [{topologyKey: z, maxSkew: 0, whenUnsatisfiable: "
         "DoNotSchedule}]",
         "spec.topologySpreadConstraints[0].maxSkew is 0"},
        {"topologySpreadConstraints: [{topologyKey: z, maxSkew: 1}]",
         "spec.topologySpreadConstraints[0].whenUnsatisfiable is missing"},
        {"topologySpreadConstraints: [{topologyKey: z, maxSkew: 1, whenUnsatisfiable: Never}]",
         "spec.topologySpreadConstraints[0].whenUnsatisfiable is \"Never\""},
        {"topologySpreadConstraints: [{maxSkew: 1, whenUnsatisfiable: DoNotSchedule}]",
         "spec.topologySpreadConstraints[0].topologyKey is missing"},
        {"topologySpreadConstraints: [{topologyKey: '', maxSkew: 1, whenUnsatisfiable: "
         "DoNotSchedule}]",
         "spec.topologySpreadConstraints[0].topologyKey is \"\""},
        {SPREAD("}, {topologyKey: z, maxSkew: 2, whenUnsatisfiable: DoNotSchedule"),
         "spec.topologySpreadConstraints[1] repeats the topologyKey z"},
        {SPREAD(", minDomains: 0"), "spec.topologySpreadConstraints[0].minDomains is 0"},
        {"topologySpreadConstraints: [{topologyKey: z, maxSkew: 1, whenUnsatisfiable: "
         "ScheduleAnyway, minDomains: 2}]",
         "minDomains stands beside whenUnsatisfiable: ScheduleAnyway"},
        {SPREAD(", nodeTaintsPolicy: Maybe"), "nodeTaintsPolicy is \"Maybe\""},
        {SPREAD(", matchLabelKeys: [v]"), "matchLabelKeys stands without a labelSelector"},
        {SPREAD(", labelSelector: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}"),
         "labelSelector.matchExpressions[0].operator is \"Gt\""},
        {ANTI("labelSelector: {}"), "[0].topologyKey is missing"},
        {ANTI("topologyKey: 'a b'"), "[0].topologyKey is \"a b\""},
        {ANTI("topologyKey: z, namespaces: no"), "[0].namespaces is false"},
        {"affinity: {podAffinity: {" PREFERRED
         ": [{weight: 0, podAffinityTerm: {topologyKey: z}}]}}",
         "[0].weight is 0"},
        {"affinity: {podAffinity: {" PREFERRED ": [{weight: 101, podAffinityTerm: "
         "{topologyKey: z}}]}}",
         "[0].weight is 101"},
        {"affinity: {podAffinity: {" PREFERRED ": [{weight: 1}]}}",
         "[0].podAffinityTerm is missing"},
        {"affinity: {nodeAffinity: {" PREFERRED ": [{weight: 101, preference: {}}]}}",
         "[0].weight is 101"},
        {"affinity: {nodeAffinity: {" PREFERRED ": [{weight: 1}]}}", "[0].preference is missing"},
        {"initContainers: [{restartPolicy: Always, ports: [{hostPort: 70000}]}]",
         "spec.initContainers[0].ports[0].hostPort is 70000"},
        {"initContainers: [{restartPolicy: Always, ports: [{hostPort: 1, protocol: ICMP}]}]",
         "spec.initContainers[0].ports[0].protocol is \"ICMP\""},
        {"priority: high", "spec.priority is \"high\""},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct kubernetes_objects o;
        struct resource_table table = resource_table_new();
        struct str text = arena_printf(&a, POD("%s"), rows[i].spec);
        struct manifest_text file = {STR("a.yaml"), text};
        struct error *e = kubernetes_objects_read(&a, &file, 1, &table, &o);
        if (!e)
            fail_msg("%s was taken", rows[i].spec);
        assert_holds(e->summary, "a.yaml:");
        assert_holds(e->summary, rows[i].says);
        assert_true(e->detail.len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spread_is_read_with_its_defaults),
        cmocka_unit_test(a_spread_is_read_whole),
        cmocka_unit_test(affinity_stands_behind_spreads_as_written),
        cmocka_unit_test(namespaces_are_listed_selected_or_the_pods_own),
        cmocka_unit_test(preferences_come_heaviest_first_and_equal_ones_as_written),
        cmocka_unit_test(host_ports_are_those_of_containers_and_sidecars),
        cmocka_unit_test(on_the_hosts_network_what_a_container_listens_on_is_the_hosts_port),
        cmocka_unit_test(priority_is_the_pods_own_its_classs_or_the_default),
        cmocka_unit_test(of_a_resize_the_larger_amount_counts),
        cmocka_unit_test(what_contradicts_itself_is_said_to_be_impossible),
        cmocka_unit_test(what_kubernetes_refuses_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
