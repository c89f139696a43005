/* What a dump of a living cluster asks for: only what does not run yet. */
#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/kubernetes_objects.h"

static void read_dump(struct arena *a, const char *text, struct kubernetes_objects *out)
{
    struct resource_table table = resource_table_new();
    struct manifest_text file = {STR("dump.yaml"), str_of(text)};
    struct error *e = kubernetes_objects_read(a, &file, 1, &table, out);
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(e->summary), STR_ARG(e->detail));
}

/* Those that need a node, by name. */
static struct str waiting(struct arena *a, const struct kubernetes_objects *o)
{
    struct buf out = buf_in(a);
    for (size_t i = 0; i < o->pod_count; i++)
        if (!o->pods[i].never_serve && !o->pods[i].node.len)
            buf_printf(&out, "%s" STR_FMT, out.len ? " " : "", STR_ARG(o->pods[i].name));
    return buf_str(&out);
}

static void assert_waiting(const char *dump, const char *names)
{
    ARENA_AUTO a = {0};
    struct kubernetes_objects o;

    read_dump(&a, dump, &o);
    struct str found = waiting(&a, &o);
    if (!str_eq(found, str_of(names)))
        fail_msg("%s\nwaiting: " STR_FMT ", not %s", dump, STR_ARG(found), names);
}

#define JOB(spec, status)                                                 \
    "{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {" spec \
    ", template: {spec: {containers: [{}]}}}, status: {" status "}}\n"
#define ENDED(type) "conditions: [{type: " type ", status: 'True'}]"

static void a_job_makes_the_pods_that_its_controller_would(void **state)
{
    (void)state;
    static const struct {
        const char *job, *waiting;
    } rows[] = {
        {JOB("completions: 3", ""), "default/j-0"},
        {JOB("completions: 3, parallelism: 3", ""), "default/j-0 default/j-1 default/j-2"},
        {JOB("completions: 3, parallelism: 3", "succeeded: 3, " ENDED("Complete")), ""},
        {JOB("completions: 3, parallelism: 3", "succeeded: 3"), ""},
        {JOB("completions: 3", ENDED("SuccessCriteriaMet")), ""},
        {JOB("completions: 3", ENDED("Failed")), ""},
        {JOB("completions: 3", ENDED("FailureTarget")), ""},
        {JOB("completions: 3", "conditions: [{type: Complete, status: 'False'}]"), "default/j-0"},
        {JOB("completions: 3", "conditions: [{type: Suspended, status: 'False'}]"), "default/j-0"},
        {JOB("completions: 3", "completionTime: '2026-11-01T10:00:00Z'"), ""},
        {JOB("completions: 5, parallelism: 4", "succeeded: 4, active: 1"), "default/j-0"},
        {JOB("completions: 5, parallelism: 4",
             "succeeded: 3, uncountedTerminatedPods: {succeeded: [a]}"),
         "default/j-0"},
        {JOB("completions: 5, parallelism: 4", "failed: 2, succeeded: 3"),
         "default/j-0 default/j-1"},
        {JOB("suspend: true, parallelism: 4", ""), ""},
        {JOB("managedBy: kueue.x-k8s.io/multikueue", ""), ""},
        {JOB("managedBy: kubernetes.io/job-controller", ""), "default/j-0"},
        {JOB("backoffLimit: 0", "failed: 1"), ""},
        {JOB("completions: 1", "failed: 6"), "default/j-0"},
        {JOB("completions: 1", "failed: 7"), ""},
        {JOB("backoffLimitPerIndex: 1, completionMode: Indexed, completions: 9, parallelism: 9",
             "failed: 7, completedIndexes: '0-4,6', failedIndexes: '5'"),
         "default/j-0 default/j-1"},
        {JOB("completionMode: Indexed, completions: 4, parallelism: 4",
             "succeeded: 2, completedIndexes: '1,3'"),
         "default/j-0 default/j-1"},
        /* a work queue: no new pods once one has succeeded */
        {JOB("parallelism: 2", ""), "default/j-0 default/j-1"},
        {JOB("parallelism: 2", "active: 1, succeeded: 1"), "default/j-0"},
        {JOB("parallelism: 2", "succeeded: 2"), ""},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        assert_waiting(rows[i].job, rows[i].waiting);
}

static void a_status_that_says_nothing_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *status, *says;
    } rows[] = {
        {"succeeded: some", "Job default/j: status.succeeded is \"some\""},
        {"succeeded: -1", "status.succeeded is -1"},
        {"completedIndexes: '3-1'", "status.completedIndexes is \"3-1\""},
        {"completedIndexes: 'x'", "status.completedIndexes is \"x\""},
        {"completedIndexes: '1-'", "status.completedIndexes is \"1-\""},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table = resource_table_new();
        struct kubernetes_objects o;
        struct str text = arena_printf(&a,
                                       "{apiVersion: batch/v1, kind: Job, metadata: {name: j}, "
                                       "spec: {completionMode: Indexed, completions: 5, template: "
                                       "{spec: {containers: [{}]}}}, status: {%s}}",
                                       rows[i].status);
        struct manifest_text file = {STR("a.yaml"), text};
        struct error *e = kubernetes_objects_read(&a, &file, 1, &table, &o);
        assert_non_null(e);
        assert_holds(e->summary, rows[i].says);
    }
}

#define POD(name, metadata, spec, status)                                    \
    "{apiVersion: v1, kind: Pod, metadata: {name: " name ", uid: u" metadata \
    "}, spec: {containers: [{}]" spec "}, status: {" status "}}\n---\n"
#define OF(kind, name) ", ownerReferences: [{kind: " kind ", name: " name "}]"
#define ON(node)       ", nodeName: " node
#define WORKLOAD(kind, name, replicas, metadata)                            \
    "{apiVersion: apps/v1, kind: " kind ", metadata: {name: " name metadata \
    "}, spec: {replicas: " #replicas ", template: {spec: {containers: [{}]}}}}\n---\n"

static void a_pod_that_has_a_node_waits_for_none(void **state)
{
    (void)state;
    assert_waiting(POD("placed", "", ON("n1"), "phase: Running")
                       POD("starting", "", ON("n1"), "phase: Pending")
                           POD("fresh", "", "", "phase: Pending"),
                   "default/fresh");
}

static void pods_of_a_dump_count_towards_what_their_workload_asks_for(void **state)
{
    (void)state;
#define WEB(replicas)                           \
    WORKLOAD("Deployment", "web", replicas, "") \
    WORKLOAD("ReplicaSet", "web-5f", replicas, OF("Deployment", "web"))
#define RUNS(name) POD(name, OF("ReplicaSet", "web-5f"), ON("n1"), "phase: Running")
    static const struct {
        const char *dump, *waiting;
    } rows[] = {
        {WEB(2) RUNS("web-5f-a") RUNS("web-5f-b"), ""},
        {WEB(3) RUNS("web-5f-a") RUNS("web-5f-b"), "default/web-0"},
        {WEB(1) RUNS("web-5f-a") RUNS("web-5f-b"), ""}, /* a surge of a rolling update */
        {WEB(2) RUNS("web-5f-a") POD("web-5f-b", OF("ReplicaSet", "web-5f"), "", "phase: Pending"),
         "default/web-5f-b"},
        /* what is over or going is made again */
        {WEB(2) RUNS("web-5f-a")
             POD("web-5f-b", OF("ReplicaSet", "web-5f"), ON("n1"), "phase: Failed"),
         "default/web-0"},
        {WEB(1) POD("web-5f-a", ", deletionTimestamp: t" OF("ReplicaSet", "web-5f"), ON("n1"),
                    "phase: Running"),
         "default/web-0"},
        /* a StatefulSet's pods have the names that it would give them */
        {WORKLOAD("StatefulSet", "db", 3, "")
             POD("db-0", OF("StatefulSet", "db"), ON("n1"), "phase: Running")
                 POD("db-2", OF("StatefulSet", "db"), ON("n2"), "phase: Running"),
         "default/db-1"},
        {JOB("completions: 3, parallelism: 3", "active: 3") "---\n" POD("j-x", OF("Job", "j"),
                                                                        ON("n1"), "phase: Running")
             POD("j-y", OF("Job", "j"), ON("n1"), "phase: Running"),
         "default/j-0"},
        /* a CronJob's Job counts itself */
        {"{apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {jobTemplate: {spec: "
         "{template: {spec: {containers: [{}]}}}}}}\n---\n{apiVersion: batch/v1, kind: Job, "
         "metadata: {name: c-1, ownerReferences: [{kind: CronJob, name: c}]}, spec: {template: "
         "{spec: {containers: [{}]}}}}\n",
         "default/c-1-0"},
        /* owners that are not listed */
        {POD("lone", OF("ReplicaSet", "gone"), "", ""), "default/lone"},
        {WORKLOAD("ReplicaSet", "web", 2, OF("Rollout", "web")), "default/web-0 default/web-1"},
        /* another of that name, made later */
        {WORKLOAD("ReplicaSet", "web", 1, ", uid: new")
             POD("web-x", ", ownerReferences: [{kind: ReplicaSet, name: web, uid: old}]", ON("n1"),
                 "phase: Running"),
         "default/web-0"},
        /* going itself */
        {WORKLOAD("Deployment", "web", 3, ", deletionTimestamp: t"), ""},
        /* owners in a circle */
        {WORKLOAD("ReplicaSet", "a", 1, OF("ReplicaSet", "b"))
             WORKLOAD("ReplicaSet", "b", 1, OF("ReplicaSet", "a")),
         "default/a-0 default/b-0"},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        assert_waiting(rows[i].dump, rows[i].waiting);
}

static void static_pods_and_those_of_daemon_sets_wait_for_nothing(void **state)
{
    (void)state;
    assert_waiting(POD("kube-proxy", ", annotations: {kubernetes.io/config.mirror: x}", ON("n1"),
                       "phase: Running") POD("agent-x", OF("DaemonSet", "agent"), "", ""),
                   "");
}

static void a_daemon_set_is_inferred_from_its_pods(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct kubernetes_objects o;
#define PINNED(node)                                                                       \
    ", nodeSelector: {disk: ssd}, affinity: {nodeAffinity: "                               \
    "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: " \
    "[{key: metadata.name, operator: In, values: [" node "]}]}]}}}"

    read_dump(&a,
              POD("agent-x", OF("DaemonSet", "agent"), PINNED("n1") ON("n1"), "phase: Running")
                  POD("agent-y", OF("DaemonSet", "agent"), PINNED("n2") ON("n2"), "phase: Running")
                      POD("old-z", OF("DaemonSet", "old"), ON("n2"), "phase: Failed"),
              &o);
    assert_int_equal(o.daemon_count, 1);
    assert_true(str_eq(o.daemons[0].name, STR("default/agent")));
    assert_int_equal(o.daemons[0].spec->term_count, 1);
    assert_non_null(requirements_get(&o.daemons[0].spec->terms[0], STR("disk")));
    assert_int_equal(o.notes.count, 0);

    read_dump(&a,
              POD("agent-x", OF("DaemonSet", "agent"), PINNED("n1") ON("n1"),
                  "phase: Running") "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: "
                                    "agent}, spec: "
                                    "{template: {spec: {containers: [{}]}}}}\n",
              &o);
    assert_int_equal(o.daemon_count, 1);
    assert_int_equal(o.daemons[0].spec->terms[0].count, 0);
}

/* The controller writes the node into the affinity; where the pod was, its DaemonSet need not be.
 */
static void of_an_inferred_daemon_set_all_counts_but_the_node_of_its_pod(void **state)
{
    (void)state;
#define REQUIRED(terms)                                                            \
    ", affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: " \
    "{nodeSelectorTerms: [" terms "]}}}, nodeSelector: {os: linux}"
#define FIELDS     "matchFields: [{key: metadata.name, operator: In, values: [n1]}]"
#define EXPRESSION "matchExpressions: [{key: a, operator: Exists}]"
    static const struct {
        const char *spec;
        size_t requirements;
    } rows[] = {
        {REQUIRED("{" FIELDS "}"), 1},
        {REQUIRED("{" FIELDS ", " EXPRESSION "}"), 2},
        {REQUIRED("{" EXPRESSION "}"), 2},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct kubernetes_objects o;
        struct str text =
            arena_printf(&a, POD("ds-x", OF("DaemonSet", "ds"), "%s", ""), rows[i].spec);
        read_dump(&a, text.ptr, &o);
        assert_int_equal(o.daemon_count, 1);
        assert_int_equal(o.daemons[0].spec->term_count, 1);
        assert_int_equal(o.daemons[0].spec->terms[0].count, rows[i].requirements);
    }
}

static void pods_that_ask_for_the_same_share_one_specification(void **state)
{
    (void)state;
    static const struct {
        const char *differs;
        bool shares;
    } rows[] = {
        {"", true},
        {", schedulerName: other", true}, /* it says nothing here */
        {", nodeName: n1", true},
        {", nodeSelector: {a: b}", false},
        {", tolerations: [{operator: Exists}]", false},
        {", priority: 1", false},
        {", hostNetwork: true", true},
        {", overhead: {cpu: 1}", false},
        {", topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: "
         "DoNotSchedule}]",
         false},
        {", affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
         "[{topologyKey: z}]}}",
         false},
        {", affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
         "[{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}",
         false},
        {", initContainers: [{restartPolicy: Always, ports: [{hostPort: 80}]}]", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct kubernetes_objects o;
        struct str text = arena_printf(
            &a, POD("a", "", "", "") POD("b", "", "%s", "") POD("c", "", "", ""), rows[i].differs);
        read_dump(&a, text.ptr, &o);
        assert_int_equal(o.pod_count, 3);
        assert_ptr_equal(o.pods[0].spec, o.pods[2].spec);
        if ((o.pods[0].spec == o.pods[1].spec) != rows[i].shares)
            fail_msg("%s", rows[i].differs);
    }
}

static void of_pods_that_are_over_nothing_is_said_and_of_placed_ones_for_who_moves_them(
    void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct kubernetes_objects o;
#define DEVICES ", resourceClaims: [{name: d}]"

    read_dump(&a,
              POD("placed", "", DEVICES ON("n1"), "phase: Running")
                  POD("over", "", DEVICES, "phase: Succeeded"),
              &o);
    assert_int_equal(o.notes.count, 1);
    assert_true(o.notes.items[0].placed);
    assert_holds(o.notes.items[0].object, "placed");
}

static void workloads_that_run_without_their_pods_in_the_files_are_named(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct kubernetes_objects o;

    read_dump(&a,
              "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 3, "
              "template: {spec: {containers: [{}]}}}, status: {replicas: 3, readyReplicas: 2}}\n",
              &o);
    assert_int_equal(o.pod_count, 3);
    assert_int_equal(o.notes.count, 1);
    assert_holds(note_text(&a, &o.notes.items[0]), "2 of its pods run already");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_makes_the_pods_that_its_controller_would),
        cmocka_unit_test(a_status_that_says_nothing_is_refused),
        cmocka_unit_test(a_pod_that_has_a_node_waits_for_none),
        cmocka_unit_test(pods_of_a_dump_count_towards_what_their_workload_asks_for),
        cmocka_unit_test(static_pods_and_those_of_daemon_sets_wait_for_nothing),
        cmocka_unit_test(a_daemon_set_is_inferred_from_its_pods),
        cmocka_unit_test(
            of_pods_that_are_over_nothing_is_said_and_of_placed_ones_for_who_moves_them),
        cmocka_unit_test(of_an_inferred_daemon_set_all_counts_but_the_node_of_its_pod),
        cmocka_unit_test(pods_that_ask_for_the_same_share_one_specification),
        cmocka_unit_test(workloads_that_run_without_their_pods_in_the_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
