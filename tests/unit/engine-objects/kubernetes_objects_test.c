#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/kubernetes_objects.h"

/* As the seed document writes it: no selector, a placeholder for the image's registry. */
static const char seed_deployment[] = "# Deployment that uses migration provisioner\n"
                                      "apiVersion: apps/v1\n"
                                      "kind: Deployment\n"
                                      "metadata:\n"
                                      "  name: celery-migration-worker\n"
                                      "spec:\n"
                                      "  replicas: 5\n"
                                      "  template:\n"
                                      "    metadata:\n"
                                      "      labels:\n"
                                      "        workload-type: migration  # Karpenter will\n"
                                      "    spec:\n"
                                      "      nodeSelector:\n"
                                      "        workload-type: migration\n"
                                      "      containers:\n"
                                      "      - name: celery-worker\n"
                                      "        image: <ecr-repo>/celery-worker:latest\n"
                                      "        resources:\n"
                                      "          requests:\n"
                                      "            cpu: 2000m\n"
                                      "            memory: 4Gi\n";

static struct error *read_text(struct arena *a, const char *name, const char *text,
                               struct resource_table *table, struct kubernetes_objects *out)
{
    struct manifest_text file = {str_of(name), str_of(text)};
    *table = resource_table_new();
    return kubernetes_objects_read(a, &file, 1, table, out);
}

static void read_good(struct arena *a, const char *text, struct resource_table *table,
                      struct kubernetes_objects *out)
{
    struct error *e = read_text(a, "a.yaml", text, table, out);
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(e->summary), STR_ARG(e->detail));
}

/* One pod whose spec is JSON with ' for ". */
static struct pod pod_of(struct arena *a, const char *spec, struct resource_table *table,
                         struct kubernetes_objects *out)
{
    struct str text = arena_printf(
        a, "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p'}, 'spec': %s}", spec);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\'')
            ((char *)text.ptr)[i] = '"';
    struct error *e = read_text(a, "p.json", text.ptr, table, out);
    if (e)
        fail_msg("%s: " STR_FMT ": " STR_FMT, spec, STR_ARG(e->summary), STR_ARG(e->detail));
    assert_int_equal(out->pod_count, 1);
    return out->pods[0];
}

static void the_seeds_deployment_becomes_five_pods(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table;
    struct kubernetes_objects o;

    read_good(&a, seed_deployment, &table, &o);
    assert_int_equal(o.pod_count, 5);
    assert_int_equal(o.notes.count, 0);
    assert_true(str_eq(o.pods[0].name, STR("default/celery-migration-worker-0")));
    assert_true(str_eq(o.pods[4].name, STR("default/celery-migration-worker-4")));
    const struct pod *p = &o.pods[4];
    assert_true(p->spec->requests.amount[RESOURCE_CPU] == 2000);
    assert_true(p->spec->requests.amount[RESOURCE_MEMORY] == INT64_C(4) << 30);
    assert_true(p->spec->requests.amount[RESOURCE_PODS] == 1);
    assert_true(str_eq(labels_get(&p->spec->labels, STR("workload-type")), STR("migration")));
    assert_int_equal(p->spec->term_count, 1);
    const struct requirement *r = requirements_get(&p->spec->terms[0], STR("workload-type"));
    assert_true(r && r->count == 1 && requirement_has(r, STR("migration")));
    assert_false(p->never_serve || p->undisturbed_ms);
}

static void each_kind_makes_its_own_number_of_pods(void **state)
{
    (void)state;
#define TEMPLATE "'template': {'spec': {'containers': [{'name': 'c'}]}}"
    static const struct {
        const char *head, *spec;
        size_t pods, daemons;
        const char *first;
    } rows[] = {
        {"'apps/v1', 'kind': 'Deployment'", "{" TEMPLATE "}", 1, 0, "default/w-0"},
        {"'apps/v1', 'kind': 'Deployment'", "{'replicas': 0, " TEMPLATE "}", 0, 0, NULL},
        {"'extensions/v1beta1', 'kind': 'Deployment'", "{'replicas': 2, " TEMPLATE "}", 2, 0,
         "default/w-0"},
        {"'apps/v1', 'kind': 'ReplicaSet'", "{'replicas': 3, " TEMPLATE "}", 3, 0, "default/w-0"},
        {"'v1', 'kind': 'ReplicationController'", "{'replicas': 3, " TEMPLATE "}", 3, 0,
         "default/w-0"},
        {"'apps/v1', 'kind': 'StatefulSet'",
         "{'replicas': 2, 'ordinals': {'start': 7}, " TEMPLATE "}", 2, 0, "default/w-7"},
        {"'apps/v1', 'kind': 'DaemonSet'", "{" TEMPLATE "}", 0, 1, NULL},
        {"'batch/v1', 'kind': 'Job'", "{" TEMPLATE "}", 1, 0, "default/w-0"},
        {"'batch/v1', 'kind': 'Job'", "{'parallelism': 4, " TEMPLATE "}", 4, 0, "default/w-0"},
        {"'batch/v1', 'kind': 'Job'", "{'parallelism': 4, 'completions': 2, " TEMPLATE "}", 2, 0,
         "default/w-0"},
        {"'batch/v1', 'kind': 'Job'", "{'completions': 9, " TEMPLATE "}", 1, 0, "default/w-0"},
        {"'batch/v1', 'kind': 'Job'", "{'suspend': true, 'parallelism': 4, " TEMPLATE "}", 0, 0,
         NULL},
        {"'batch/v1', 'kind': 'CronJob'", "{'jobTemplate': {'spec': {" TEMPLATE "}}}", 0, 0, NULL},
        {"'v1', 'kind': 'PodTemplate'", "{" TEMPLATE "}", 0, 0, NULL},
        {"'v1', 'kind': 'Pod'", "{'containers': [{'name': 'c'}]}", 1, 0, "default/w"},
        {"'v1', 'kind': 'Service'", "{'ports': []}", 0, 0, NULL},
        {"'v1', 'kind': 'ConfigMap'", "{}", 0, 0, NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        struct buf text = buf_in(&a);
        buf_printf(&text, "{'apiVersion': %s, 'metadata': {'name': 'w'}, 'spec': %s}", rows[i].head,
                   rows[i].spec);
        struct json j = quoted(&a, text.ptr);
        struct buf printed = buf_in(&a);
        json_print(&printed, &j, false);
        read_good(&a, printed.ptr, &table, &o);
        if (o.pod_count != rows[i].pods || o.daemon_count != rows[i].daemons)
            fail_msg("%s %s: %zu pods", rows[i].head, rows[i].spec, o.pod_count);
        if (rows[i].first)
            assert_true(str_eq(o.pods[0].name, str_of(rows[i].first)));
        assert_int_equal(o.notes.count, 0);
    }
}

static void requests_are_the_most_that_is_needed_at_once(void **state)
{
    (void)state;
#define CPU(n) "'resources': {'requests': {'cpu': '" #n "'}}"
    static const struct {
        const char *spec;
        int64_t cpu_milli;
    } rows[] = {
        {"{'containers': [{}]}", 0},
        {"{'containers': [{" CPU(1) "}, {" CPU(500m) "}]}", 1500},
        {"{'containers': [{'resources': {'requests': {'cpu': 2}}}]}", 2000},
        {"{'containers': [{'resources': {'limits': {'cpu': '3'}}}]}", 3000},
        {"{'containers': [{'resources': {'requests': {'cpu': '1'}, 'limits': {'cpu': '3'}}}]}",
         1000},
        {"{'containers': [{'resources': {'requests': {'cpu': '0'}, 'limits': {'cpu': '3'}}}]}", 0},
        {"{'containers': [{" CPU(1) "}], 'initContainers': [{" CPU(4) "}]}", 4000},
        {"{'containers': [{" CPU(5) "}], 'initContainers': [{" CPU(4) "}]}", 5000},
        /* a sidecar runs beside everything after it */
        {"{'containers': [{" CPU(1) "}], 'initContainers': [{'restartPolicy': 'Always', " CPU(
             2) "}, {" CPU(3) "}]}",
         5000},
        /* but not beside what ran before it */
        {"{'containers': [{" CPU(1) "}], 'initContainers': [{" CPU(
             3) "}, {'restartPolicy': 'Always', " CPU(2) "}]}",
         3000},
        {"{'containers': [{" CPU(1) "}], 'initContainers': [{'restartPolicy': 'Always', " CPU(
             1) "}, {'restartPolicy': 'Always', " CPU(1) "}]}",
         3000},
        {"{'containers': [{" CPU(1) "}], 'overhead': {'cpu': '250m'}}", 1250},
        {"{'containers': [{" CPU(1) "}], " CPU(4) "}", 4000},
        {"{'containers': [{" CPU(1) "}], 'resources': {'requests': {'memory': '1Gi'}}}", 1000},
        {"{'containers': [{}], 'resources': {'limits': {'cpu': '2'}}}", 2000},
        {"{'containers': [{" CPU(1) "}], " CPU(4) ", 'overhead': {'cpu': '1'}}", 5000},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        struct pod p = pod_of(&a, rows[i].spec, &table, &o);
        if (p.spec->requests.amount[RESOURCE_CPU] != rows[i].cpu_milli)
            fail_msg("%s: %lld", rows[i].spec, (long long)p.spec->requests.amount[RESOURCE_CPU]);
        assert_true(p.spec->requests.amount[RESOURCE_PODS] == 1);
    }
}

static void extended_resources_take_places_in_the_table(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table;
    struct kubernetes_objects o;
    struct pod p = pod_of(&a, "{'containers': [{'resources': {'limits': {'nvidia.com/gpu': 2}}}]}",
                          &table, &o);
    size_t gpu = resource_table_find(&table, STR("nvidia.com/gpu"));

    assert_true(gpu < RESOURCES_MAX && p.spec->requests.amount[gpu] == 2);
    assert_true(p.spec->unserved_resource.len == 0);

    struct buf many = buf_in(&a);
    buf_printf(&many, "{'containers': [{'resources': {'limits': {");
    for (int i = 0; i < RESOURCES_MAX - RESOURCE_FIRST_EXTENDED + 1; i++)
        buf_printf(&many, "%s'example.com/r%02d': 1", i ? ", " : "", i);
    buf_printf(&many, "}}}]}");
    p = pod_of(&a, many.ptr, &table, &o);
    assert_true(str_eq(p.spec->unserved_resource, STR("example.com/r12")));
}

/* What the pod may land on, as text: terms by "|", requirements by ",". */
static struct str terms_text(struct arena *a, const struct pod *p)
{
    struct buf out = buf_in(a);
    for (size_t i = 0; i < p->spec->term_count; i++) {
        buf_add(&out, i ? STR(" | ") : STR(""));
        for (size_t k = 0; k < p->spec->terms[i].count; k++) {
            buf_add(&out, k ? STR(", ") : STR(""));
            buf_add(&out, requirement_text(a, &p->spec->terms[i].items[k]));
        }
        if (p->spec->terms[i].count == 0)
            buf_add(&out, STR("anything"));
    }
    return p->spec->term_count ? buf_str(&out) : STR("nothing");
}

static void the_node_selector_holds_with_any_affinity_term(void **state)
{
    (void)state;
#define REQUIRED(terms)                                                                 \
    "'affinity': {'nodeAffinity': {'requiredDuringSchedulingIgnoredDuringExecution': {" \
    "'nodeSelectorTerms': [" terms "]}}}"
#define TERM(expressions) "{'matchExpressions': [" expressions "]}"
#define IN(key, value)    "{'key': '" key "', 'operator': 'In', 'values': ['" value "']}"
    static const struct {
        const char *spec, *terms;
    } rows[] = {
        {"", "anything"},
        {", 'nodeSelector': {'a': 'x'}", "a In [x]"},
        {", 'nodeSelector': {'beta.kubernetes.io/arch': 'arm64'}", "kubernetes.io/arch In [arm64]"},
        {", " REQUIRED(TERM(IN("a", "x"))), "a In [x]"},
        {", " REQUIRED(TERM(IN("a", "x")) ", " TERM(IN("a", "y"))), "a In [x] | a In [y]"},
        {", 'nodeSelector': {'b': 'z'}, " REQUIRED(TERM(IN("a", "x")) ", " TERM(IN("a", "y"))),
         "a In [x], b In [z] | a In [y], b In [z]"},
        {", " REQUIRED("{}"), "nothing"},
        {", " REQUIRED("{}, " TERM(IN("a", "x"))), "a In [x]"},
        {", " REQUIRED(""), "nothing"},
        {", 'nodeSelector': {'a': 'y'}, " REQUIRED(TERM(IN("a", "x"))), "nothing"},
        {", 'nodeSelector': {'a': 'y'}, " REQUIRED(TERM(IN("a", "x")) ", " TERM(IN("b", "z"))),
         "a In [y], b In [z]"},
        {", " REQUIRED(TERM("{'key': 'a', 'operator': 'Gt', 'values': ['4']}")), "a Gt 4"},
        {", " REQUIRED(TERM("{'key': 'a', 'operator': 'DoesNotExist'}")), "a DoesNotExist"},
        {", " REQUIRED(TERM("{'key': 'a', 'operator': 'DoesNotExist'}, "
                            "{'key': 'a', 'operator': 'NotIn', 'values': ['x']}")),
         "a DoesNotExist"},
        {", " REQUIRED("{'matchFields': [{'key': 'metadata.name', 'operator': 'In', 'values': "
                       "['n']}]}"),
         "nothing"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        struct str spec = arena_printf(&a, "{'containers': [{}]%s}", rows[i].spec);
        struct pod p = pod_of(&a, spec.ptr, &table, &o);
        struct str text = terms_text(&a, &p);
        if (!str_eq(text, str_of(rows[i].terms)))
            fail_msg("%s: " STR_FMT, rows[i].spec, STR_ARG(text));
    }
}

static void tolerations_are_read_as_kubernetes_has_them(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table;
    struct kubernetes_objects o;
    struct pod p = pod_of(&a,
                          "{'containers': [{}], 'tolerations': [{'operator': 'Exists'}, {'key': "
                          "'a', 'value': 'x', 'effect': 'NoSchedule'}, {'key': 'b', 'operator': "
                          "'Equal', 'effect': ''}]}",
                          &table, &o);

    assert_int_equal(p.spec->tolerations.count, 3);
    const struct toleration *t = p.spec->tolerations.items;
    assert_true(t[0].exists && t[0].any_effect && t[0].key.len == 0);
    assert_true(!t[1].exists && !t[1].any_effect && t[1].effect == EFFECT_NO_SCHEDULE);
    assert_true(str_eq(t[1].value, STR("x")));
    assert_true(!t[2].exists && t[2].any_effect);
}

static void pods_that_do_not_count_are_marked(void **state)
{
    (void)state;
    static const struct {
        const char *metadata, *rest;
        bool never_serve;
        int64_t undisturbed_ms;
        int32_t deletion_cost;
        const char *note; /* NULL: none */
    } rows[] = {
        {"", "", false, 0, 0, NULL},
        {"", ", 'status': {'phase': 'Pending'}", false, 0, 0, NULL},
        {"", ", 'status': {'phase': 'Succeeded'}", true, 0, 0, NULL},
        {"", ", 'status': {'phase': 'Failed'}", true, 0, 0, NULL},
        {", 'deletionTimestamp': '2026-01-01T00:00:00Z'", "", true, 0, 0, NULL},
        {", 'ownerReferences': [{'kind': 'DaemonSet', 'name': 'd'}]", "", true, 0, 0, NULL},
        {", 'ownerReferences': [{'kind': 'ReplicaSet', 'name': 'r'}]", "", false, 0, 0, NULL},
        {", 'annotations': {'kubernetes.io/config.mirror': 'x'}", "", true, 0, 0, NULL},
        {", 'annotations': {'karpenter.sh/do-not-disrupt': 'true'}", "", false, NEVER_MS, 0, NULL},
        {", 'annotations': {'karpenter.sh/do-not-evict': 'true'}", "", false, NEVER_MS, 0, NULL},
        {", 'annotations': {'karpenter.sh/do-not-disrupt': 'false'}", "", false, 0, 0, NULL},
        {", 'annotations': {'karpenter.sh/do-not-disrupt': '1h30m'}", "", false, 5400000, 0, NULL},
        {", 'annotations': {'karpenter.sh/do-not-disrupt': 'soon'}", "", false, 0, 0,
         "metadata.annotations[\"karpenter.sh/do-not-disrupt\"] is \"soon\" and holds nothing: "
         "\"true\" or a time such as \"30m\" is expected"},
        {", 'annotations': {'karpenter.sh/do-not-disrupt': '-5m'}", "", false, 0, 0,
         "is \"-5m\" and holds nothing"},
        {", 'annotations': {'controller.kubernetes.io/pod-deletion-cost': '-7'}", "", false, 0, -7,
         NULL},
        {", 'annotations': {'controller.kubernetes.io/pod-deletion-cost': '2147483647'}", "", false,
         0, 2147483647, NULL},
        {", 'annotations': {'controller.kubernetes.io/pod-deletion-cost': '2147483648'}", "", false,
         0, 0, NULL},
        {", 'annotations': {'controller.kubernetes.io/pod-deletion-cost': 'dear'}", "", false, 0, 0,
         NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        struct str text = arena_printf(&a,
                                       "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': "
                                       "'p'%s}, 'spec': {'containers': [{}]}%s}",
                                       rows[i].metadata, rows[i].rest);
        struct json j = quoted(&a, text.ptr);
        struct buf printed = buf_in(&a);
        json_print(&printed, &j, false);
        read_good(&a, printed.ptr, &table, &o);
        assert_int_equal(o.pods[0].never_serve, rows[i].never_serve);
        assert_int_equal(o.notes.count, rows[i].note != NULL);
        for (size_t n = 0; rows[i].note && n < o.notes.count; n++)
            assert_holds(note_text(&a, &o.notes.items[n]), rows[i].note);
        assert_true(o.pods[0].undisturbed_ms == rows[i].undisturbed_ms);
        assert_int_equal(o.pods[0].deletion_cost, rows[i].deletion_cost);
    }
    ARENA_AUTO a = {0};
    struct resource_table table;
    struct kubernetes_objects o;
    assert_true(pod_of(&a, "{'containers': [{}], 'schedulingGates': [{'name': 'x'}]}", &table, &o)
                    .never_serve);
}

static void what_scheduler_and_kubelet_say_of_a_pod_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *metadata, *spec, *status;
        bool unschedulable, ending;
    } rows[] = {
        {"", "", "", false, false},
        {"", "",
         "'conditions': [{'type': 'PodScheduled', 'status': 'False', "
         "'reason': 'Unschedulable'}]",
         true, false},
        {"", "",
         "'conditions': [{'type': 'PodScheduled', 'status': 'False', "
         "'reason': 'SchedulingGated'}]",
         false, false},
        {"", "", "'conditions': [{'type': 'PodScheduled', 'status': 'True'}]", false, false},
        {"", ", 'nodeName': 'n'",
         "'conditions': [{'type': 'PodScheduled', 'status': 'False', "
         "'reason': 'Unschedulable'}]",
         false, false},
        {", 'deletionTimestamp': '2026-01-01T00:00:00Z'", ", 'nodeName': 'n'", "'phase': 'Running'",
         false, true},
        {", 'deletionTimestamp': '2026-01-01T00:00:00Z'", ", 'nodeName': 'n'", "'phase': 'Failed'",
         false, false},
        {", 'deletionTimestamp': '2026-01-01T00:00:00Z'", "", "'phase': 'Pending'", false, false},
        {", 'deletionTimestamp': '2026-01-01T00:00:00Z', 'ownerReferences': [{'kind': 'DaemonSet', "
         "'name': 'd'}]",
         ", 'nodeName': 'n'", "'phase': 'Running'", false, false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        struct str text =
            arena_printf(&a,
                         "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p'%s}, 'spec': "
                         "{'containers': [{}]%s}, 'status': {%s}}",
                         rows[i].metadata, rows[i].spec, rows[i].status);
        struct json j = quoted(&a, text.ptr);
        struct buf printed = buf_in(&a);
        json_print(&printed, &j, false);
        read_good(&a, printed.ptr, &table, &o);
        assert_int_equal(o.pods[0].unschedulable, rows[i].unschedulable);
        assert_int_equal(o.pods[0].ending, rows[i].ending);
    }
}

static void lists_and_streams_are_read_through(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: "
        "a}\n  spec: {containers: [{}]}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n "
        " spec: {containers: [{}]}\n",
        "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n  spec: {containers: "
        "[{}]}\n- metadata: {name: b}\n  spec: {containers: [{}]}\n",
        "---\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{}]}\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{}]}\n",
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        read_good(&a, rows[i], &table, &o);
        assert_int_equal(o.pod_count, 2);
        assert_true(str_eq(o.pods[0].name, STR("default/a")));
        assert_true(str_eq(o.pods[1].name, STR("default/b")));
    }
}

static void what_a_listed_owner_makes_is_not_counted_twice(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table;
    struct kubernetes_objects o;
    static const char dump[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2, "
        "template: {spec: {containers: [{}]}}}\n---\n"
        "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: web-5f, ownerReferences: [{kind: "
        "Deployment, name: web}]}\nspec: {replicas: 2, template: {spec: {containers: [{}]}}}\n"
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web-5f-x, ownerReferences: [{kind: "
        "ReplicaSet, name: web-5f}]}\nspec: {containers: [{}]}\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: lone, ownerReferences: [{kind: ReplicaSet, "
        "name: gone}]}\nspec: {containers: [{}]}\n";

    read_good(&a, dump, &table, &o);
    assert_int_equal(o.pod_count, 3);
    assert_true(str_eq(o.pods[0].name, STR("default/lone")));
    assert_true(str_eq(o.pods[1].name, STR("default/web-0")));
}

static void workloads_of_one_name_get_pods_of_different_names(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table;
    struct kubernetes_objects o;

    read_good(&a,
              "apiVersion: batch/v1\nkind: Job\nmetadata: {name: web}\nspec: {template: {spec: "
              "{containers: [{}]}}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "
              "web}\nspec: {template: {spec: {containers: [{}]}}}\n",
              &table, &o);
    assert_int_equal(o.pod_count, 2);
    assert_true(str_eq(o.pods[0].name, STR("default/web-0")));
    assert_true(str_eq(o.pods[1].name, STR("default/web-job-0")));
}

static void the_later_of_two_objects_with_one_name_stands(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct kubernetes_objects o;
    struct manifest_text files[] = {{STR("a.yaml"), str_of(seed_deployment)},
                                    {STR("b.yaml"), str_of(seed_deployment)}};

    assert_null(kubernetes_objects_read(&a, files, 2, &table, &o));
    assert_int_equal(o.pod_count, 5);
    assert_int_equal(o.notes.count, 1);
    assert_holds(note_text(&a, &o.notes.items[0]), "a.yaml:2: Deployment "
                                                   "default/celery-migration-worker: ignored: "
                                                   "b.yaml:2");
}

#define BUDGET "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: "

static void every_fault_names_file_line_object_and_field(void **state)
{
    (void)state;
#define DEPLOYMENT(spec) \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n" spec
#define ONE_POD(spec) "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n" spec
    static const struct {
        const char *text, *says, *way_out;
    } rows[] = {
        {DEPLOYMENT("  template:\n    spec:\n      containers:\n      - name: c\n        "
                    "resources:\n          requests:\n            cpu: 2 cores\n"),
         "a.yaml:12: Deployment default/web: "
         "spec.template.spec.containers[0].resources.requests.cpu is \"2 cores\"",
         "500m or 2"},
        {ONE_POD("  containers:\n  - resources: {limits: {nvidia.com/gpu: one}}\n"),
         "a.yaml:7: Pod default/p: spec.containers[0].resources.limits[\"nvidia.com/gpu\"] is "
         "\"one\"",
         "quantity"},
        {ONE_POD("  containers:\n  - resources: {requests: {memory: -1Gi}}\n"), "is \"-1Gi\"",
         "not below zero"},
        {DEPLOYMENT("  replicas: many\n  template: {spec: {containers: [{}]}}\n"),
         "a.yaml:6: Deployment default/web: spec.replicas is \"many\"", "whole number"},
        {DEPLOYMENT("  replicas: -1\n  template: {spec: {containers: [{}]}}\n"), "is -1",
         "0 to 150000"},
        {DEPLOYMENT("  replicas: 2\n"), "Deployment default/web: spec.template is missing",
         "template"},
        {DEPLOYMENT("  template: {spec: {}}\n"), "spec.template.spec.containers is missing",
         "at least one container"},
        {ONE_POD("  containers: 5\n"), "a.yaml:6: Pod default/p: spec.containers is 5", "list"},
        {ONE_POD("  containers: [{}]\n  nodeSelector: {a: 5}\n"), "spec.nodeSelector.a is 5",
         "quotes"},
        {ONE_POD("  containers: [{}]\n  nodeSelector: {a: yes}\n"), "spec.nodeSelector.a is true",
         "quotes"},
        {ONE_POD("  containers: [{}]\n  tolerations: [{operator: Exists, effect: Never}]\n"),
         "spec.tolerations[0].effect is \"Never\"", "NoSchedule"},
        {ONE_POD("  containers: [{}]\n  tolerations: [{value: x}]\n"),
         "spec.tolerations[0].key is missing", "Exists"},
        {ONE_POD("  containers: [{}]\n  affinity: {nodeAffinity: "
                 "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
                 "[{matchExpressions: [{key: a, operator: Is}]}]}}}\n"),
         "nodeSelectorTerms[0].matchExpressions[0].operator is \"Is\"", "DoesNotExist"},
        {ONE_POD("  containers: [{}]\n  affinity: {nodeAffinity: "
                 "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
                 "[{matchExpressions: [{key: a, operator: In, values: []}]}]}}}\n"),
         "matchExpressions[0].values", "at least one value"},
        {"apiVersion: v1\nkind: Pod\nmetadata: {}\nspec: {containers: [{}]}\n",
         "a.yaml:3: Pod without a name: metadata.name is missing", "name"},
        {"apiVersion: v1\nkind: Pod\nmetadata: {name: Web_1}\nspec: {containers: [{}]}\n",
         "metadata.name is \"Web_1\"", "Lower-case"},
        {"apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: A}\nspec: {containers: "
         "[{}]}\n",
         "metadata.namespace is \"A\"", "lower-case"},
        {"kind: Pod\nmetadata: {name: p}\n", "a.yaml:1: apiVersion is missing", "apps/v1"},
        {"apiVersion: v1\nmetadata: {name: p}\n", "a.yaml:1: kind is missing", "apiVersion"},
        {"just some text\n", "a.yaml:1: is \"just some text\"", "Kubernetes object"},
        {"apiVersion: v1\nkind: Pod\nmetadata: [\n", "a.yaml: invalid YAML in line ", "correct it"},
        {"apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: "
         "{minAvailable: some}\n",
         "PodDisruptionBudget default/b: spec.minAvailable is \"some\"", "100%"},
        {BUDGET "{maxUnavailable: 101%, selector: {}}\n",
         "PodDisruptionBudget default/b: spec.maxUnavailable is \"101%\"", "\"0%\" to \"100%\""},
        {BUDGET "{maxUnavailable: -1, selector: {}}\n", "spec.maxUnavailable is -1", "A number"},
        {BUDGET "{maxUnavailable: 1, minAvailable: 1, selector: {}}\n",
         "spec.maxUnavailable stands beside minAvailable", "one of the two"},
        {BUDGET "{selector: {}}\n", "spec says neither minAvailable nor maxUnavailable",
         "One of the two"},
        {BUDGET "{maxUnavailable: 1, selector: {matchLabels: {app: [web]}}}\n",
         "spec.selector.matchLabels.app is a list", ""},
        {BUDGET "{maxUnavailable: 1, selector: {matchExpressions: [{key: app, operator: Is}]}}\n",
         "spec.selector.matchExpressions[0].operator is \"Is\"", "DoesNotExist"},
        {BUDGET "{maxUnavailable: 1, selector: {}, unhealthyPodEvictionPolicy: Always}\n",
         "spec.unhealthyPodEvictionPolicy is \"Always\"", "IfHealthyBudget or AlwaysAllow"},
        {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 100000, "
         "template: {spec: {containers: [{}]}}}\n---\napiVersion: apps/v1\nkind: Deployment\n"
         "metadata: {name: b}\nspec: {replicas: 100000, template: {spec: {containers: [{}]}}}\n",
         "brings the files to 200000 pods", "150000"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        struct error *e = read_text(&a, "a.yaml", rows[i].text, &table, &o);
        if (!e)
            fail_msg("nothing is wrong with\n%s", rows[i].text);
        assert_holds(e->summary, rows[i].says);
        assert_holds(e->detail, rows[i].way_out);
        assert_int_equal(e->kind, ERROR_INVALID);
        if (e->next)
            fail_msg("%s\n" STR_FMT, rows[i].text, STR_ARG(e->next->summary));
    }
}

static void faults_of_all_files_come_together_and_the_rest_is_read(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct kubernetes_objects o;
    struct manifest_text files[] = {
        {STR("one.yaml"), STR("apiVersion: v1\nkind: [\n")},
        {STR("two.json"), STR("{")},
        {STR("three.yaml"), STR("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: "
                                "{containers: [{resources: {requests: {cpu: x, memory: y}}}]}\n")},
        {STR("four.yaml"), str_of(seed_deployment)},
    };
    struct error *e = kubernetes_objects_read(&a, files, 4, &table, &o);
    size_t count = 0;

    for (const struct error *each = e; each; each = each->next)
        count++;
    assert_int_equal(count, 4);
    assert_holds(e->summary, "one.yaml");
    assert_holds(e->next->summary, "two.json");
    assert_holds(e->next->next->summary, "cpu");
    assert_holds(e->next->next->next->summary, "memory");
    assert_int_equal(o.pod_count, 6);
}

static void what_is_not_acted_on_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *says;
    } rows[] = {
        {"volumes: [{name: v, emptyDir: {}}]", NULL},
        {"resourceClaims: [{name: d}]", "resourceClaims"},
        {"priorityClassName: high", "the files have no PriorityClass high"},
        {"priorityClassName: system-node-critical", NULL},
        {"priority: 7, priorityClassName: high", NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        struct str text = arena_printf(
            &a,
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  {containers: [{}],\n  %s}\n",
            rows[i].spec);
        read_good(&a, text.ptr, &table, &o);
        if (o.notes.count != (rows[i].says ? 1 : 0))
            fail_msg("%s: %zu notes", rows[i].spec, o.notes.count);
        if (!rows[i].says)
            continue;
        struct str note = note_text(&a, &o.notes.items[0]);
        assert_holds(note, "a.yaml:6: Pod default/p: ");
        assert_holds(note, rows[i].says);
    }
}

static void unknown_kinds_that_hold_pods_are_named(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table;
    struct kubernetes_objects o;

    read_good(&a,
              "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\nspec: "
              "{template: {spec: "
              "{containers: [{}]}}}\n---\napiVersion: batch.volcano.sh/v1alpha1\nkind: Job\n"
              "metadata: {name: j}\nspec: {tasks: [{template: {spec: {containers: [{}]}}}]}\n---\n"
              "apiVersion: karpenter.sh/v1alpha5\nkind: Provisioner\nmetadata: {name: default}\n"
              "spec: {}\n",
              &table, &o);
    assert_int_equal(o.pod_count, 0);
    assert_int_equal(o.notes.count, 2);
    assert_holds(note_text(&a, &o.notes.items[0]),
                 "a.yaml:1: Rollout default/r: ignored: the kind Rollout of argoproj.io/v1alpha1");
    assert_holds(note_text(&a, &o.notes.items[1]), "Job of batch.volcano.sh/v1alpha1");
}

static void budgets_are_kept_with_their_selectors(void **state)
{
    (void)state;
    static const struct {
        const char *spec;
        bool selects; /* an absent selector selects nothing, an empty one everything */
        size_t terms;
    } rows[] = {
        {"{minAvailable: 1, selector: {matchLabels: {app: web}}}", true, 1},
        {"{minAvailable: 50%, selector: {matchLabels: {app: api}}}", true, 1},
        {"{maxUnavailable: 1, selector: {}}", true, 0},
        {"{maxUnavailable: 1}", false, 0},
        {"{maxUnavailable: 1, selector: {matchExpressions: [{key: app, operator: NotIn, values: "
         "[api]}, {key: tier, operator: DoesNotExist}]}}",
         true, 2},
        {"{maxUnavailable: 1, selector: {matchExpressions: [{key: tier, operator: Exists}]}}", true,
         1},
        {"{maxUnavailable: 0%, selector: {}, unhealthyPodEvictionPolicy: AlwaysAllow}", true, 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table;
        struct kubernetes_objects o;
        struct str text = arena_printf(
            &a,
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: %s\n---\n"
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: web}}\nspec: "
            "{containers: [{}]}\n",
            rows[i].spec);
        read_good(&a, text.ptr, &table, &o);
        assert_int_equal(o.budget_count, 1);
        assert_int_equal(o.budgets[0].selector.present, rows[i].selects);
        assert_int_equal(o.budgets[0].selector.count, rows[i].terms);
        assert_true(o.budgets[0].min_available.set != o.budgets[0].max_unavailable.set);
        assert_int_equal(o.budgets[0].evicts_unhealthy,
                         str_find_str(str_of(rows[i].spec), STR("Always")) < strlen(rows[i].spec));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seeds_deployment_becomes_five_pods),
        cmocka_unit_test(each_kind_makes_its_own_number_of_pods),
        cmocka_unit_test(requests_are_the_most_that_is_needed_at_once),
        cmocka_unit_test(extended_resources_take_places_in_the_table),
        cmocka_unit_test(the_node_selector_holds_with_any_affinity_term),
        cmocka_unit_test(tolerations_are_read_as_kubernetes_has_them),
        cmocka_unit_test(pods_that_do_not_count_are_marked),
        cmocka_unit_test(what_scheduler_and_kubelet_say_of_a_pod_is_read),
        cmocka_unit_test(lists_and_streams_are_read_through),
        cmocka_unit_test(what_a_listed_owner_makes_is_not_counted_twice),
        cmocka_unit_test(workloads_of_one_name_get_pods_of_different_names),
        cmocka_unit_test(the_later_of_two_objects_with_one_name_stands),
        cmocka_unit_test(every_fault_names_file_line_object_and_field),
        cmocka_unit_test(faults_of_all_files_come_together_and_the_rest_is_read),
        cmocka_unit_test(what_is_not_acted_on_is_said),
        cmocka_unit_test(unknown_kinds_that_hold_pods_are_named),
        cmocka_unit_test(budgets_are_kept_with_their_selectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
