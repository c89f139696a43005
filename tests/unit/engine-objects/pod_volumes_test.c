#include "tests/unit/engine-objects/documents.h"

#include "engine/core/allocatable.h"
#include "engine/objects/kubernetes_objects.h"

#define EBS_RESOURCE RESOURCE_ATTACHABLE_PREFIX "ebs.csi.aws.com"

struct read {
    struct resource_table table;
    struct kubernetes_objects o;
};

static struct read read_text(struct arena *a, const char *text)
{
    struct read r = {.table = resource_table_new()};
    struct manifest_text file = {STR("a.yaml"), str_of(text)};
    struct error *e = kubernetes_objects_read(a, &file, 1, &r.table, &r.o);
    if (e)
        fail_msg("%s\n" STR_FMT ": " STR_FMT, text, STR_ARG(e->summary), STR_ARG(e->detail));
    return r;
}

#define POD(name, volumes)                                    \
    "---\n{apiVersion: v1, kind: Pod, metadata: {name: " name \
    "}, spec: {containers: [{name: c}], nodeSelector: {team: a}, volumes: [" volumes "]}}\n"
#define CLAIMS(name) "{name: v, persistentVolumeClaim: {claimName: " name "}}"
#define BOUND        "annotations: {pv.kubernetes.io/bind-completed: 'yes'}"
#define PVC(name, metadata, spec, status)                                                     \
    "---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: " name ", " metadata \
    "}, spec: {" spec "}, status: {" status "}}\n"
#define PV(name, spec)                                                                 \
    "---\n{apiVersion: v1, kind: PersistentVolume, metadata: {name: " name "}, spec: " \
    "{" spec "}}\n"
#define IN_ZONES(key, values)                                                      \
    "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: " key \
    ", operator: In, values: [" values "]}]}]}}"
#define CLASS(name, metadata, rest)                                                               \
    "---\n{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: " name "" metadata \
    "}, provisioner: ebs.csi.aws.com" rest "}\n"
#define WAITS ", volumeBindingMode: WaitForFirstConsumer"
#define TOPOLOGY \
    ", allowedTopologies: [{matchLabelExpressions: [{key: topology.ebs.csi.aws.com/zone, "
#define DEFAULT ", annotations: {storageclass.kubernetes.io/is-default-class: 'true'}"

/* Every term of the pod as one text. */
static struct str terms_text(struct arena *a, const struct pod_spec *p)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < p->term_count; i++)
        for (size_t k = 0; k < p->terms[i].count; k++)
            buf_printf(&out, "%s" STR_FMT,
                       k   ? ", "
                       : i ? " | "
                           : "",
                       STR_ARG(requirement_text(a, &p->terms[i].items[k])));
    return buf_str(&out);
}

#define TEAM         "team In [a]"
#define ZONE(values) TEAM ", topology.kubernetes.io/zone In [" values "]"

static void a_pod_can_run_where_its_volumes_can_be_reached(void **state)
{
    (void)state;
    static const struct {
        const char *text, *terms;
    } rows[] = {
        {POD("p", CLAIMS("c")) PVC("c", BOUND, "volumeName: v", "")
             PV("v", IN_ZONES("topology.ebs.csi.aws.com/zone", "z1")),
         ZONE("z1")},
        {POD("p", CLAIMS("c")) PVC("c", BOUND, "volumeName: v", "") PV("v", "csi: {}"), TEAM},
        {POD("p", CLAIMS("c")) PVC("c", BOUND, "volumeName: v, storageClassName: ''", "")
             PV("v", IN_ZONES("failure-domain.beta.kubernetes.io/zone", "z2, z1")),
         ZONE("z1 z2")},
        /* Of a local volume its machine is not asked for, of any other it is. */
        {POD("p", CLAIMS("c")) PVC("c", BOUND, "volumeName: v", "")
             PV("v", "local: {path: /d}, " IN_ZONES("kubernetes.io/hostname", "h")),
         TEAM},
        {POD("p", CLAIMS("c")) PVC("c", BOUND, "volumeName: v", "")
             PV("v", IN_ZONES("kubernetes.io/hostname", "h")),
         "kubernetes.io/hostname In [h], " TEAM},
        {POD("p", CLAIMS("c")) PVC("c", BOUND, "volumeName: v", "") PV(
             "v", "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: rack, "
                  "operator: Exists}]}, {}, {matchExpressions: [{key: row, operator: Exists}]}]}}"),
         "rack Exists, " TEAM " | row Exists, " TEAM},
        {POD("p", CLAIMS("c")) PVC("c", "labels: {}", "storageClassName: s", "phase: Pending")
             CLASS("s", "", WAITS TOPOLOGY "values: [z3]}]}]"),
         ZONE("z3")},
        {POD("p", CLAIMS("c")) PVC("c", "labels: {}", "storageClassName: s", "")
             CLASS("s", "", WAITS),
         TEAM},
        {POD("p", CLAIMS("c")) PVC("c", "labels: {}", "accessModes: []", "")
             CLASS("old", DEFAULT, WAITS TOPOLOGY "values: [z1]}]}]")
                 CLASS("new", ", creationTimestamp: '2026-01-01T00:00:00Z'" DEFAULT,
                       WAITS TOPOLOGY "values: [z2]}]}]"),
         ZONE("z2")},
        {POD("p", "{name: v, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: s}}}}")
             CLASS("s", "", TOPOLOGY "values: [z3]}]}]"),
         ZONE("z3")},
        {POD("p", "{name: v, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: s}}}}")
             PVC("p-v", BOUND, "volumeName: v", "")
                 PV("v", IN_ZONES("topology.kubernetes.io/zone", "z1")),
         ZONE("z1")},
        {POD("p", CLAIMS("c")) PVC("c", "labels: {}", "volumeName: v", "phase: Bound")
             PV("v", IN_ZONES("topology.ebs.csi.aws.com/zone", "z3")),
         ZONE("z3")},
        {POD("p", CLAIMS("c") ", " CLAIMS("d")) PVC("c", BOUND, "volumeName: v", "")
             PVC("d", BOUND, "volumeName: w", "")
                 PV("v", IN_ZONES("topology.kubernetes.io/zone", "z1, z2"))
                     PV("w", IN_ZONES("topology.kubernetes.io/zone", "z2, z3")),
         ZONE("z2")},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct read r = read_text(&a, rows[i].text);
        const struct pod_spec *p = r.o.pods[0].spec;
        struct str found = terms_text(&a, p);
        if (p->impossible.len || r.o.notes.count || !str_eq(found, str_of(rows[i].terms)))
            fail_msg("%s: \"" STR_FMT "\", " STR_FMT, rows[i].text, STR_ARG(found),
                     STR_ARG(p->impossible));
        assert_int_equal(p->own_term_count, 1); /* spreads heed what the pod itself says */
        assert_int_equal(p->own_terms[0].count, 1);
    }
}

static void what_kubernetes_never_binds_is_impossible(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {PVC("c", "deletionTimestamp: '2026-01-01T00:00:00Z'", "volumeName: v", ""),
         "its volume claim default/c is being deleted"},
        {PVC("c", BOUND, "volumeName: v", "phase: Lost"), "is lost"},
        {PVC("c", "labels: {}", "volumeName: v", ""), "has not been bound to the end"},
        {PVC("c", "labels: {}", "volumeName: v", "phase: Pending"), "not been bound to the end"},
        {PVC("c", BOUND, "volumeName: v", "") "---\n{apiVersion: v1, kind: PersistentVolume, "
                                              "metadata: {name: v, deletionTimestamp: "
                                              "'2026-01-01T00:00:00Z'}, spec: {csi: {}}}\n",
         "bound to a volume that is being deleted"},
        {PVC("c", "labels: {}", "storageClassName: ''", ""), "without a storage class"},
        {PVC("c", "labels: {}", "accessModes: []", ""), "there is no default one"},
        {PVC("c", "labels: {}", "storageClassName: s", "") CLASS("s", "", ""), "binds at once"},
        {PVC("c", BOUND, "volumeName: v", "") PV("v", IN_ZONES("team", "b")),
         "can be reached from no node"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct str text = arena_printf(&a, "%s%s", POD("p", CLAIMS("c")), rows[i].text);
        struct read r = read_text(&a, text.ptr);
        assert_holds(r.o.pods[0].spec->impossible, rows[i].says);
    }
}

static void what_the_files_lack_binds_nothing_and_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "the files have no PersistentVolumeClaim default/c"},
        {PVC("c", BOUND, "volumeName: v", ""), "the files have no PersistentVolume v"},
        {PVC("c", "labels: {}", "storageClassName: gp3", ""), "the files have no StorageClass gp3"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct str text = arena_printf(&a, "%s%s", POD("p", CLAIMS("c")), rows[i].text);
        struct read r = read_text(&a, text.ptr);
        assert_int_equal(r.o.pods[0].spec->impossible.len, 0);
        assert_true(str_eq(terms_text(&a, r.o.pods[0].spec), STR(TEAM)));
        assert_int_equal(r.o.notes.count, 1);
        assert_holds(r.o.notes.items[0].text, rows[i].says);
    }
}

static void each_claim_asks_for_one_attachment_of_its_driver(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct read r = read_text(
        &a,
        POD("p", CLAIMS("c") ", " CLAIMS("d") ", " CLAIMS("e")) PVC("c", BOUND, "volumeName: v", "")
            PVC("d", "labels: {}", "storageClassName: s", "") PVC("e", BOUND, "volumeName: w", "")
                PV("v", "awsElasticBlockStore: {volumeID: v}")
                    PV("w", "csi: {driver: efs.csi.aws.com}") CLASS("s", "", WAITS));
    size_t n = resource_table_find(&r.table, STR(EBS_RESOURCE));

    assert_true(n < RESOURCES_MAX);
    assert_int_equal(r.o.pods[0].spec->requests.amount[n], 2);
    /* Nothing limits the other driver. */
    assert_int_equal(r.table.count, RESOURCE_FIRST_EXTENDED + 1);
}

static void nodes_attach_what_their_csi_node_says(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct read r = read_text(
        &a,
        POD("p", CLAIMS("c")) PVC("c", BOUND, "volumeName: v", "") PV(
            "v", "csi: {driver: ebs.csi.aws.com}") "---\n{apiVersion: v1, kind: Node, metadata: "
                                                   "{name: n1}}\n"
                                                   "---\n{apiVersion: v1, kind: Node, metadata: "
                                                   "{name: n2}}\n"
                                                   "---\n{apiVersion: storage.k8s.io/v1, kind: "
                                                   "CSINode, metadata: {name: n1}, spec: {drivers: "
                                                   "[{name: ebs.csi.aws.com, allocatable: {count: "
                                                   "25}}, {name: x}]}}\n");
    size_t n = resource_table_find(&r.table, STR(EBS_RESOURCE));

    assert_int_equal(r.o.node_count, 2);
    assert_int_equal(r.o.nodes[0].allocatable.amount[n], 25);
    assert_true(r.o.nodes[1].allocatable.amount[n] == INT64_MAX);
}

static void a_claim_that_several_pods_name_is_held(void **state)
{
    (void)state;
    static const struct {
        const char *modes;
        size_t held;
        bool by_one_pod;
    } rows[] = {
        {"ReadWriteOnce", 1, false},
        {"ReadWriteOncePod", 1, true},
        {"ReadWriteMany", 0, false},
        {"ReadOnlyMany", 0, false},
        {"ReadWriteOnce, ReadOnlyMany", 0, false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct str text =
            arena_printf(&a, "%s%s", POD("p", CLAIMS("c")) POD("q", CLAIMS("c") ", " CLAIMS("d")),
                         arena_printf(&a,
                                      PVC("c", BOUND, "accessModes: [%s], volumeName: v", "")
                                          PVC("d", BOUND, "accessModes: [%s], volumeName: v", "")
                                              PV("v", "csi: {}"),
                                      rows[i].modes, rows[i].modes)
                             .ptr);
        struct read r = read_text(&a, text.ptr);
        const struct pod_spec *q = r.o.pods[1].spec;
        assert_int_equal(q->volume_count, rows[i].held); /* d is its own */
        if (!q->volume_count)
            continue;
        assert_true(str_eq(q->volumes[0].claim, STR("default/c")));
        assert_int_equal(q->volumes[0].by_one_pod, rows[i].by_one_pod);
    }
}

#define STATEFUL_SET                                                                           \
    "---\n{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 2, " \
    "template: {spec: {nodeSelector: {team: a}, containers: [{name: c}]}}, "                   \
    "volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: s}}]}}\n"

static void pods_of_a_stateful_set_go_where_their_own_claims_are(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct read r = read_text(&a, STATEFUL_SET CLASS("s", "", WAITS TOPOLOGY "values: [z1, z2]}]}]")
                                      PVC("data-db-1", BOUND, "volumeName: v", "")
                                          PV("v", IN_ZONES("topology.kubernetes.io/zone", "z2")));

    assert_int_equal(r.o.pod_count, 2);
    assert_true(str_eq(terms_text(&a, r.o.pods[0].spec), STR(ZONE("z1 z2"))));
    assert_true(str_eq(terms_text(&a, r.o.pods[1].spec), STR(ZONE("z2"))));
}

static void broken_volumes_are_named_once_whoever_uses_them(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct kubernetes_objects o;
    struct manifest_text file = {
        STR("a.yaml"),
        STR(POD("p", CLAIMS("c")) POD("q", CLAIMS("c")) PVC("c", BOUND, "volumeName: v", "") PV(
            "v", "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: z, "
                 "operator: Near}]}]}}"))};
    struct error *e = kubernetes_objects_read(&a, &file, 1, &table, &o);

    assert_non_null(e);
    assert_null(e->next);
    assert_holds(e->summary, "PersistentVolume v: "
                             "spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0]."
                             "operator is \"Near\"");
}

/* https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html */
static void instance_types_attach_what_ec2_says(void **state)
{
    (void)state;
    static const struct {
        struct instance_facts type;
        int64_t volumes;
    } rows[] = {
        {{.name = STR_INIT("m5.large"), .hypervisor = STR_INIT("nitro"), .eni_count = 3}, 24},
        {{.name = STR_INIT("m5d.24xlarge"),
          .hypervisor = STR_INIT("nitro"),
          .eni_count = 15,
          .local_nvme_gb = 3600},
         8},
        {{.name = STR_INIT("i3en.24xlarge"),
          .hypervisor = STR_INIT("nitro"),
          .eni_count = 15,
          .local_nvme_gb = 60000},
         4},
        {{.name = STR_INIT("m7i.large"), .hypervisor = STR_INIT("nitro"), .eni_count = 3}, 31},
        {{.name = STR_INIT("r8g.48xlarge"), .hypervisor = STR_INIT("nitro"), .eni_count = 15}, 127},
        {{.name = STR_INIT("m7i.metal-24xl"), .bare_metal = true, .eni_count = 15}, 38},
        {{.name = STR_INIT("m4.large"), .hypervisor = STR_INIT("xen"), .eni_count = 2}, 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(ebs_volumes_of_type(&rows[i].type), rows[i].volumes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pod_can_run_where_its_volumes_can_be_reached),
        cmocka_unit_test(what_kubernetes_never_binds_is_impossible),
        cmocka_unit_test(what_the_files_lack_binds_nothing_and_is_said),
        cmocka_unit_test(each_claim_asks_for_one_attachment_of_its_driver),
        cmocka_unit_test(nodes_attach_what_their_csi_node_says),
        cmocka_unit_test(a_claim_that_several_pods_name_is_held),
        cmocka_unit_test(pods_of_a_stateful_set_go_where_their_own_claims_are),
        cmocka_unit_test(broken_volumes_are_named_once_whoever_uses_them),
        cmocka_unit_test(instance_types_attach_what_ec2_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
