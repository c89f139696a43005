/* What an API server would add to pods, added to pods of files. */
#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/kubernetes_objects.h"

static struct error *read_text(struct arena *a, struct str text, struct kubernetes_objects *out)
{
    struct resource_table table = resource_table_new();
    struct manifest_text file = {STR("a.yaml"), text};
    return kubernetes_objects_read(a, &file, 1, &table, out);
}

static void read_good(struct arena *a, struct str text, struct kubernetes_objects *out)
{
    struct error *e = read_text(a, text, out);
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(e->summary), STR_ARG(e->detail));
}

#define CLASS(parts)                                                                               \
    "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: kata}, handler: kata" parts \
    "}\n---\n"
#define OVERHEAD ", overhead: {podFixed: {cpu: 250m, memory: 100Mi}}"
#define POD(parts)                                                               \
    "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {runtimeClassName: " \
    "kata, containers: [{resources: {requests: {cpu: 1}}}]" parts "}}\n"

static void the_runtime_class_of_a_pod_adds_its_overhead(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t cpu_milli;
        const char *note;
    } rows[] = {
        {CLASS("") POD(""), 1000, NULL},
        {CLASS(OVERHEAD) POD(""), 1250, NULL},
        {CLASS(OVERHEAD) POD(", overhead: {cpu: 0.25, memory: 100Mi}"), 1250, NULL},
        {CLASS(OVERHEAD) POD(", overhead: {cpu: '1'}"), 2000,
         "a.yaml:3: Pod default/p: its overhead is not that of RuntimeClass kata"},
        {POD(""), 1000, "a.yaml:1: Pod default/p: the files have no RuntimeClass kata"},
        {CLASS(OVERHEAD) "{apiVersion: apps/v1, kind: Deployment, metadata: {name: w, namespace: "
                         "other}, spec: {template: {spec: {runtimeClassName: kata, containers: "
                         "[{resources: {requests: {cpu: 2}}}]}}}}",
         2250, NULL},
        /* one that lives has been admitted */
        {"{apiVersion: v1, kind: Pod, metadata: {name: p, uid: u}, spec: {runtimeClassName: kata, "
         "containers: [{resources: {requests: {cpu: 1}}}]}}\n---\n" CLASS(OVERHEAD),
         1000, NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct kubernetes_objects o;
        read_good(&a, str_of(rows[i].text), &o);
        assert_int_equal(o.pod_count, 1);
        if (o.pods[0].spec->requests.amount[RESOURCE_CPU] != rows[i].cpu_milli)
            fail_msg("%s: %lld", rows[i].text,
                     (long long)o.pods[0].spec->requests.amount[RESOURCE_CPU]);
        assert_int_equal(o.notes.count, rows[i].note ? 1 : 0);
        if (rows[i].note)
            assert_holds(note_text(&a, &o.notes.items[0]), rows[i].note);
    }
}

static void the_runtime_class_of_a_pod_adds_where_it_may_run(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct kubernetes_objects o;
#define SCHEDULING                                                                    \
    ", scheduling: {nodeSelector: {zone: b}, tolerations: [{key: sandbox, operator: " \
    "Exists}]}"

    read_good(&a,
              STR(CLASS(SCHEDULING) POD(", nodeSelector: {disk: ssd}, tolerations: [{key: x, "
                                        "operator: Exists}]")),
              &o);
    assert_int_equal(o.pods[0].spec->term_count, 1);
    assert_true(
        requirement_has(requirements_get(&o.pods[0].spec->terms[0], STR("zone")), STR("b")));
    assert_true(
        requirement_has(requirements_get(&o.pods[0].spec->terms[0], STR("disk")), STR("ssd")));
    assert_int_equal(o.pods[0].spec->tolerations.count, 2);
    assert_true(str_eq(o.pods[0].spec->tolerations.items[1].key, STR("sandbox")));

    read_good(&a, STR(CLASS(SCHEDULING) POD(", nodeSelector: {zone: a}")), &o);
    assert_true(
        requirement_has(requirements_get(&o.pods[0].spec->terms[0], STR("zone")), STR("a")));
    assert_int_equal(o.notes.count, 1);
    assert_holds(note_text(&a, &o.notes.items[0]), "its nodeSelector is not that of");
}

#define RANGE(name, items)                                                             \
    "{apiVersion: v1, kind: LimitRange, metadata: {name: " name ", namespace: team}, " \
    "spec: {limits: [" items "]}}\n---\n"
#define IN(namespace, containers)                                                                      \
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: w, namespace: " namespace "}, "          \
                                                                                        "spec: "       \
                                                                                        "{templat"     \
                                                                                        "e: "          \
                                                                                        "{spec: "      \
                                                                                        "{contain"     \
                                                                                        "ers: "        \
                                                                                        "[" containers \
                                                                                        "]}}}}\n"
#define ASKS(what) "{resources: {" what "}}"

static void limit_ranges_give_requests_to_containers_that_state_none(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t cpu_milli;
    } rows[] = {
        {RANGE("r", "{type: Container, defaultRequest: {cpu: 200m}}") IN("team", "{}, {}"), 400},
        {RANGE("r", "{type: Container, defaultRequest: {cpu: 200m}}") IN("other", "{}"), 0},
        {RANGE("r", "{type: Container, default: {cpu: 500m}}") IN("team", "{}"), 500},
        {RANGE("r", "{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 200m}}")
             IN("team", "{}"),
         200},
        {RANGE("r", "{type: Container, max: {cpu: 2}}") IN("team", "{}"), 2000},
        {RANGE("r", "{type: Container, max: {cpu: 2}, min: {cpu: 100m}}") IN("team", "{}"), 2000},
        {RANGE("r", "{type: Container, min: {cpu: 100m}}") IN("team", "{}"), 100},
        {RANGE("r", "{type: Pod, max: {cpu: 2}}, {type: PersistentVolumeClaim, max: {storage: "
                    "1Gi}}") IN("team", "{}"),
         0},
        /* what is stated stands, zero too, and a limit is a request */
        {RANGE("r", "{type: Container, defaultRequest: {cpu: 200m}}")
             IN("team", ASKS("requests: {cpu: 50m}") ", " ASKS("requests: {memory: 1Gi}")),
         250},
        {RANGE("r", "{type: Container, defaultRequest: {cpu: 200m}}")
             IN("team", ASKS("requests: {cpu: 0}")),
         0},
        {RANGE("r", "{type: Container, defaultRequest: {cpu: 200m}}")
             IN("team", ASKS("limits: {cpu: 3}")),
         3000},
        /* the first of two by name */
        {RANGE("b", "{type: Container, defaultRequest: {cpu: 200m}}")
             RANGE("a", "{type: Container, defaultRequest: {cpu: 300m}}") IN("team", "{}"),
         300},
        {RANGE("r",
               "{type: Container, defaultRequest: {cpu: 200m}}") "{apiVersion: v1, kind: Pod, "
                                                                 "metadata: {name: p, namespace: "
                                                                 "team}, spec: {containers: "
                                                                 "[{}], initContainers: [{}, "
                                                                 "{restartPolicy: Always}]}}\n",
         400},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct kubernetes_objects o;
        read_good(&a, str_of(rows[i].text), &o);
        assert_int_equal(o.pod_count, 1);
        if (o.pods[0].spec->requests.amount[RESOURCE_CPU] != rows[i].cpu_milli)
            fail_msg("%s: %lld", rows[i].text,
                     (long long)o.pods[0].spec->requests.amount[RESOURCE_CPU]);
        assert_int_equal(o.notes.count, 0);
    }
}

static void daemons_are_admitted_as_other_pods_are(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct kubernetes_objects o;

    read_good(&a,
              STR(RANGE("r", "{type: Container, defaultRequest: {cpu: 200m}}")
                      CLASS(OVERHEAD) "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d, "
                                      "namespace: team}, spec: {template: {spec: "
                                      "{runtimeClassName: kata, containers: [{}]}}}}"),
              &o);
    assert_int_equal(o.daemon_count, 1);
    assert_true(o.daemons[0].spec->requests.amount[RESOURCE_CPU] == 450);
}

static void faults_of_the_rules_are_named_where_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {CLASS(", overhead: {podFixed: {cpu: much}}"),
         "a.yaml:1: RuntimeClass kata: overhead.podFixed.cpu is \"much\""},
        {CLASS(", scheduling: 5"), "scheduling is 5"},
        {CLASS(", scheduling: {nodeSelector: {a: 5}}"), "scheduling.nodeSelector.a is 5"},
        {CLASS(", scheduling: {tolerations: [{value: x}]}"),
         "scheduling.tolerations[0].key is missing"},
        {RANGE("r", "{type: Container, default: {cpu: many}}"),
         "LimitRange team/r: spec.limits[0].default.cpu is \"many\""},
        {RANGE("r", "5"), "spec.limits[0] is 5"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct kubernetes_objects o;
        struct error *e = read_text(&a, str_of(rows[i].text), &o);
        if (!e)
            fail_msg("nothing is wrong with %s", rows[i].text);
        assert_holds(e->summary, rows[i].says);
        assert_null(e->next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_runtime_class_of_a_pod_adds_its_overhead),
        cmocka_unit_test(the_runtime_class_of_a_pod_adds_where_it_may_run),
        cmocka_unit_test(limit_ranges_give_requests_to_containers_that_state_none),
        cmocka_unit_test(daemons_are_admitted_as_other_pods_are),
        cmocka_unit_test(faults_of_the_rules_are_named_where_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
