#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/documents.h"
#include "engine/objects/pool_document.h"

/* The example of the surface's page. */
static const char migration[] =
    "{'name': 'migration-workloads', 'node_class': 'default',"
    " 'labels': {'workload-type': 'migration'},"
    " 'requirements': ["
    "  {'key': 'karpenter.sh/capacity-type', 'operator': 'In', 'values': ['spot', 'on-demand']},"
    "  {'key': 'karpenter.k8s.aws/instance-generation', 'operator': 'Gt', 'values': ['2']}],"
    " 'taints': [{'key': 'dedicated', 'value': 'migration', 'effect': 'NoSchedule'}],"
    " 'limits': {'cpu': '500', 'memory': '500Gi', 'nodes': '20', 'hourly_usd': '12.5',"
    "            'nvidia.com/gpu': '4'},"
    " 'weight': 10, 'ttl_seconds_after_empty': 60, 'ttl_seconds_until_expired': 604800,"
    " 'consolidation': {'enabled': true, 'policy': 'WhenEmptyOrUnderutilized', "
    "                   'after_seconds': 0},"
    " 'budgets': [{'nodes': '10%', 'schedule': '0 9 * * mon-fri', 'duration': '8h',"
    "              'reasons': ['Underutilized'], 'time_zone': 'UTC'}],"
    " 'termination_grace_period_seconds': 3600, 'replicas': null, 'spread_limit': 40,"
    " 'headroom': [{'resources': {'cpu': '2', 'memory': '4Gi'}, 'count': 1}]}";

static const char smallest[] = "{'name': 'default', 'node_class': 'default'}";

static struct pool read_good(struct arena *a, const char *text, struct resource_table *table)
{
    struct json j = quoted(a, text);
    struct pool p;
    struct error *e = pool_document_read(a, &j, table, &p);
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(e->path), STR_ARG(e->summary));
    return p;
}

static void the_documented_pool_is_read_whole(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct pool p = read_good(&a, migration, &table);

    assert_true(str_eq(p.name, STR("migration-workloads")));
    assert_true(str_eq(labels_get(&p.labels, STR("workload-type")), STR("migration")));
    assert_int_equal(p.taints.count, 1);
    assert_int_equal(p.taints.items[0].effect, EFFECT_NO_SCHEDULE);
    assert_true(p.limits.amount.amount[RESOURCE_CPU] == 500000);
    assert_true(p.limits.amount.amount[RESOURCE_MEMORY] == INT64_C(500) << 30);
    assert_true(p.limits.amount.amount[RESOURCE_PODS] == INT64_MAX);
    size_t gpu = resource_table_find(&table, STR("nvidia.com/gpu"));
    assert_true(gpu < RESOURCES_MAX && p.limits.amount.amount[gpu] == 4);
    assert_true(p.limits.nodes == 20 && p.limits.microusd_per_hour == 12500000);
    assert_true(p.weight == 10 && p.replicas == -1);
    assert_int_equal(p.spread_limit, 40);
    assert_int_equal(p.headroom_count, 1);
    const int64_t *piece = p.headroom[0].spec->requests.amount;
    assert_true(piece[RESOURCE_CPU] == 2000 && piece[RESOURCE_MEMORY] == INT64_C(4) << 30);
    assert_true(piece[RESOURCE_PODS] == 1 && p.headroom[0].count == 1);
    assert_true(p.empty_after_ms == 60000 && p.expire_after_ms == INT64_C(604800000));
    const struct requirement *generation =
        requirements_get(&p.requirements, STR("karpenter.k8s.aws/instance-generation"));
    assert_true(generation && generation->at_least == 3);
}

static void what_a_pool_leaves_unsaid_has_documented_meanings(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct pool p = read_good(&a, smallest, &table);

    assert_true(p.weight == 0 && p.replicas == -1 && p.spread_limit == 0);
    assert_true(p.empty_after_ms == NEVER_MS && p.expire_after_ms == NEVER_MS);
    assert_true(p.limits.nodes == INT64_MAX && p.limits.microusd_per_hour == INT64_MAX);
    const struct requirement *arch = requirements_get(&p.requirements, LABEL_ARCH);
    const struct requirement *os = requirements_get(&p.requirements, LABEL_OS);
    const struct requirement *bought = requirements_get(&p.requirements, LABEL_CAPACITY_TYPE);
    assert_true(arch && arch->count == 1 && requirement_has(arch, STR("amd64")));
    assert_true(os && os->count == 1 && requirement_has(os, STR("linux")));
    assert_true(bought && bought->count == 2 && requirement_has(bought, STR("spot")));
}

static void consolidation_is_read_with_its_defaults(void **state)
{
    (void)state;
    static const struct {
        const char *with;
        struct consolidation means;
    } rows[] = {
        {"{}", {true, false, 0, PAYBACK_MS}},
        {"{'consolidation': {}}", {true, false, 0, PAYBACK_MS}},
        {"{'consolidation': {'enabled': false}}", {false, false, 0, PAYBACK_MS}},
        {"{'consolidation': {'policy': 'WhenEmpty', 'after_seconds': 30}}",
         {true, true, 30000, PAYBACK_MS}},
        {"{'consolidation': {'policy': 'WhenEmptyOrUnderutilized', 'payback_seconds': 0}}",
         {true, false, 0, 0}},
        {"{'consolidation': {'payback_seconds': 86400}}", {true, false, 0, 86400000}},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table = resource_table_new();
        struct json j = changed(&a, quoted(&a, smallest), rows[i].with);
        struct pool p;
        assert_null(pool_document_read(&a, &j, &table, &p));
        assert_int_equal(p.consolidation.enabled, rows[i].means.enabled);
        assert_int_equal(p.consolidation.only_empty, rows[i].means.only_empty);
        assert_true(p.consolidation.after_ms == rows[i].means.after_ms);
        assert_true(p.consolidation.payback_ms == rows[i].means.payback_ms);
    }
}

static void an_architecture_that_is_stated_is_not_overruled(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct pool asked = read_good(&a,
                                  "{'name': 'arm', 'node_class': 'default', 'requirements': "
                                  "[{'key': 'kubernetes.io/arch', 'operator': 'Exists'}]}",
                                  &table);
    struct pool labelled = read_good(&a,
                                     "{'name': 'arm', 'node_class': 'default', 'labels': "
                                     "{'kubernetes.io/arch': 'arm64'}}",
                                     &table);

    assert_true(requirement_has(requirements_get(&asked.requirements, LABEL_ARCH), STR("arm64")));
    assert_null(requirements_get(&labelled.requirements, LABEL_ARCH));
}

static void every_rule_refuses_at_its_attribute(void **state)
{
    (void)state;
    static const struct {
        const char *with, *path, *says;
    } rows[] = {
        {"{'name': 'Not A Name'}", "name", "is \"Not A Name\""},
        {"{'name': null}", "name", "missing"},
        {"{'name': 7}", "name", "is 7"},
        {"{'node_class': null}", "node_class", "missing"},
        {"{'labels': {'-bad': 'x'}}", "labels[\"-bad\"]", "no label key"},
        {"{'labels': {'team': 'a b'}}", "labels[\"team\"]", "is \"a b\""},
        {"{'labels': {'kubernetes.io/hostname': 'x'}}", "labels[\"kubernetes.io/hostname\"]",
         "may not state"},
        {"{'labels': {'karpenter.sh/nodepool': 'x'}}", "labels[\"karpenter.sh/nodepool\"]",
         "may not state"},
        {"{'annotations': {'a b': 'x'}}", "annotations[\"a b\"]", "no annotation key"},
        {"{'requirements': [{'key': 'a', 'operator': 'Is', 'values': ['x']}]}",
         "requirements[0].operator", "is \"Is\""},
        {"{'requirements': [{'operator': 'In', 'values': ['x']}]}", "requirements[0].key",
         "missing"},
        {"{'requirements': [{'key': 'a', 'operator': 'In', 'values': []}]}",
         "requirements[0].values", "requirements[0].values: In with 0 values"},
        {"{'requirements': [{'key': 'a', 'operator': 'In', 'values': ['a b']}]}",
         "requirements[0].values[0]", "a b"},
        {"{'requirements': [{'key': 'a', 'operator': 'Exists', 'values': ['x']}]}",
         "requirements[0].values", "1 values"},
        {"{'requirements': [{'key': 'a', 'operator': 'Gt', 'values': ['x']}]}",
         "requirements[0].values[0]", "x"},
        {"{'requirements': [{'key': 'a', 'operator': 'Gt', 'values': ['-1']}]}",
         "requirements[0].values[0]", "-1"},
        {"{'requirements': [{'key': 'a', 'operator': 'Gt', 'values': ['1', '2']}]}",
         "requirements[0].values", "2 values"},
        {"{'requirements': [{'key': 'a', 'operator': 'In', 'values': ['x'], 'min_values': 2}]}",
         "requirements[0].min_values", "is 2"},
        {"{'requirements': [{'key': 'a', 'operator': 'Exists', 'min_values': 51}]}",
         "requirements[0].min_values", "is 51"},
        {"{'requirements': [{'key': 'a', 'operator': 'Exists', 'min_values': 0}]}",
         "requirements[0].min_values", "is 0"},
        {"{'requirements': [{'key': 'karpenter.sh/nodepool', 'operator': 'Exists'}]}",
         "requirements[0].key", "may not state"},
        {"{'requirements': [{'key': 'a', 'operator': 'In', 'values': ['x']},"
         " {'key': 'a', 'operator': 'In', 'values': ['y']}]}",
         "requirements[1]", "contradicts a In [x]"},
        {"{'requirements': [{'key': 'a', 'operator': 'Gt', 'values': ['5']},"
         " {'key': 'a', 'operator': 'Lt', 'values': ['6']}]}",
         "requirements[1]", "(a Lt 6) contradicts a Gt 5"},
        {"{'requirements': [{'key': 'a', 'operator': 'In', 'values': ['x']},"
         " {'key': 'a', 'operator': 'DoesNotExist'}]}",
         "requirements[1]", "contradicts"},
        {"{'requirements': [{'key': 'a', 'operator': 'In', 'values': ['x', 'y']},"
         " {'key': 'a', 'operator': 'In', 'values': ['y', 'z']},"
         " {'key': 'a', 'operator': 'In', 'values': ['x', 'z']}]}",
         "requirements[2]", "(a In [x z]) contradicts a In [y]"}, /* only all three together */
        {"{'requirements': [{'key': 'a', 'operator': 'In', 'values': ['x', 'y'], 'min_values': 2},"
         " {'key': 'a', 'operator': 'NotIn', 'values': ['x']}]}",
         "requirements[1].min_values", "asks for 2 values, and there is a In [y]"},
        {"{'requirements': [{'key': 'a', 'operator': 'Lt', 'values': ['0']}]}", "requirements[0]",
         "can never hold"},
        {"{'requirements': [{'key': 'beta.kubernetes.io/arch', 'operator': 'In', 'values': "
         "['amd64']}, {'key': 'kubernetes.io/arch', 'operator': 'In', 'values': ['arm64']}]}",
         "requirements[1]", "contradicts"},
        {"{'labels': {'team': 'a'}, 'requirements': [{'key': 'team', 'operator': 'In', "
         "'values': ['b']}]}",
         "requirements[0]", "contradicts the label"},
        {"{'taints': [{'key': 'a', 'effect': 'Never'}]}", "taints[0].effect", "is \"Never\""},
        {"{'taints': [{'key': 'a'}]}", "taints[0].effect", "missing"},
        {"{'taints': [{'effect': 'NoExecute'}]}", "taints[0].key", "missing"},
        {"{'taints': [{'key': 'a', 'value': 'a b', 'effect': 'NoExecute'}]}", "taints[0].value",
         "is \"a b\""},
        {"{'taints': [{'key': 'a', 'value': '1', 'effect': 'NoExecute'},"
         " {'key': 'a', 'value': '2', 'effect': 'NoExecute'}]}",
         "taints[1]", "repeats the taint a:NoExecute"},
        {"{'taints': [{'key': 'a', 'effect': 'NoExecute'}],"
         " 'startup_taints': [{'key': 'a', 'effect': 'NoExecute'}]}",
         "startup_taints[0]", "repeats"},
        {"{'limits': {'cpu': '2 cores'}}", "limits[\"cpu\"]", "is \"2 cores\""},
        {"{'limits': {'memory': '-1Gi'}}", "limits[\"memory\"]", "is \"-1Gi\""},
        {"{'limits': {'nodes': '2.5'}}", "limits[\"nodes\"]", "is \"2.5\""},
        {"{'limits': {'nodes': '-1'}}", "limits[\"nodes\"]", "is \"-1\""},
        {"{'limits': {'hourly_usd': '-1'}}", "limits[\"hourly_usd\"]", "is \"-1\""},
        {"{'limits': {'hourly_usd': '1.2345678'}}", "limits[\"hourly_usd\"]", "1.2345678"},
        {"{'limits': {'two words': '1'}}", "limits[\"two words\"]", "no resource name"},
        {"{'limits': {'cpu': null}}", "limits[\"cpu\"]", "missing"},
        {"{'weight': 0}", "weight", "is 0"},
        {"{'weight': 101}", "weight", "is 101"},
        {"{'weight': 1.5}", "weight", "is 1.5"},
        {"{'ttl_seconds_after_empty': -1}", "ttl_seconds_after_empty", "is -1"},
        {"{'ttl_seconds_until_expired': -1}", "ttl_seconds_until_expired", "is -1"},
        {"{'ttl_seconds_until_expired': 0}", "ttl_seconds_until_expired", "is 0"},
        {"{'ttl_seconds_until_expired': 59}", "ttl_seconds_until_expired", "is 59"},
        {"{'ttl_seconds_until_expired': 9223372036854775807}", "ttl_seconds_until_expired",
         "9223372036854775807"},
        {"{'termination_grace_period_seconds': -5}", "termination_grace_period_seconds", "-5"},
        {"{'consolidation': {'policy': 'Always'}}", "consolidation.policy", "is \"Always\""},
        {"{'consolidation': {'after_seconds': -1}}", "consolidation.after_seconds", "is -1"},
        {"{'consolidation': {'payback_seconds': -1}}", "consolidation.payback_seconds", "is -1"},
        {"{'consolidation': 'yes'}", "consolidation", "is \"yes\""},
        {"{'budgets': [{'nodes': '101%'}]}", "budgets[0].nodes", "is \"101%\""},
        {"{'budgets': [{'time_zone': 'Europe/Atlantis'}]}", "budgets[0].time_zone",
         "is \"Europe/Atlantis\""},
        {"{'budgets': [{'time_zone': 'europe/berlin'}]}", "budgets[0].time_zone",
         "is \"europe/berlin\""},
        {"{'budgets': [{'schedule': '0 0 30 2 *', 'duration': '8h'}]}", "budgets[0].schedule",
         "is \"0 0 30 2 *\""},
        {"{'budgets': [{'nodes': 'half'}]}", "budgets[0].nodes", "is \"half\""},
        {"{'budgets': [{'nodes': '-1'}]}", "budgets[0].nodes", "is \"-1\""},
        {"{'budgets': [{'schedule': '@daily'}]}", "budgets[0].duration", "missing"},
        {"{'budgets': [{'duration': '8h'}]}", "budgets[0].schedule", "missing"},
        {"{'budgets': [{'schedule': '61 * * * *', 'duration': '8h'}]}", "budgets[0].schedule",
         "61"},
        {"{'budgets': [{'schedule': '@daily', 'duration': '8 hours'}]}", "budgets[0].duration",
         "8 hours"},
        {"{'budgets': [{'schedule': '@daily', 'duration': '0s'}]}", "budgets[0].duration", "0s"},
        {"{'budgets': [{'reasons': ['Boredom']}]}", "budgets[0].reasons[0]", "is \"Boredom\""},
        {"{'budgets': [{'time_zone': 'Over There'}]}", "budgets[0].time_zone", "Over There"},
        {"{'replicas': -1}", "replicas", "is -1"},
        {"{'spread_limit': 0}", "spread_limit", "is 0"},
        {"{'spread_limit': 101}", "spread_limit", "is 101"},
        {"{'replicas': 2, 'weight': 10}", "replicas", "beside weight"},
        {"{'replicas': 2, 'consolidation': {}}", "replicas", "beside consolidation"},
        {"{'headroom': [{'count': 1}]}", "headroom[0].resources", "missing"},
        {"{'headroom': [{'resources': {}}]}", "headroom[0].resources", "0 entries"},
        {"{'headroom': [{'resources': {'cpu': 'two'}}]}", "headroom[0].resources[\"cpu\"]",
         "is \"two\""},
        {"{'headroom': [{'resources': {'cpu': '2'}, 'count': 0}]}", "headroom[0].count", "is 0"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json j = changed(&a, quoted(&a, smallest), rows[i].with);
        const struct error *all = pool_document_check(&a, &j);
        const struct error *e = error_about(all, rows[i].path);
        if (!e)
            fail_msg("%s: no error at %s, but at " STR_FMT, rows[i].with, rows[i].path,
                     STR_ARG(all ? all->path : STR("nowhere")));
        assert_int_equal(e->kind, ERROR_INVALID);
        assert_holds(e->summary, rows[i].says);
        assert_true(e->detail.len > 0);
        if (all->next)
            fail_msg("%s: a second error at " STR_FMT, rows[i].with, STR_ARG(all->next->path));
    }
}

static void the_borders_of_rules_are_allowed(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{'weight': 1}",
        "{'weight': 100}",
        "{'ttl_seconds_after_empty': 0}",
        "{'ttl_seconds_until_expired': 60}",
        "{'replicas': 0}",
        "{'limits': {'cpu': '0', 'nodes': '0', 'hourly_usd': '0'}}",
        "{'budgets': [{'nodes': '0'}, {'nodes': '100%'}, {}]}",
        "{'budgets': [{'schedule': '@hourly', 'duration': '10m'}]}",
        "{'requirements': [{'key': 'a', 'operator': 'Gt', 'values': ['5']},"
        " {'key': 'a', 'operator': 'Lt', 'values': ['7']}]}",
        "{'requirements': [{'key': 'a', 'operator': 'NotIn', 'values': ['x']},"
        " {'key': 'a', 'operator': 'DoesNotExist'}]}",
        "{'requirements': [{'key': 'a', 'operator': 'In', 'values': ['x', 'y'], 'min_values': "
        "2}]}",
        "{'taints': [{'key': 'a', 'effect': 'NoExecute'}, {'key': 'a', 'effect': "
        "'NoSchedule'}]}",
        "{'consolidation': {}}",
        "{'id': 'default', 'uid': 'x', 'generation': 3, 'converged': true, 'timeouts': {}}",
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json j = changed(&a, quoted(&a, smallest), rows[i]);
        struct error *e = pool_document_check(&a, &j);
        if (e)
            fail_msg("%s: " STR_FMT, rows[i], STR_ARG(e->summary));
    }
}

static void all_faults_are_told_at_once(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct json j = quoted(&a, "{'name': 'UP', 'weight': 0, 'replicas': 1, 'limits': {'cpu': "
                               "'x', 'memory': 'y'}, 'taints': [{}]}");
    struct error *e = pool_document_check(&a, &j);
    static const char *const paths[] = {"name",          "node_class",      "weight",
                                        "replicas",      "limits[\"cpu\"]", "limits[\"memory\"]",
                                        "taints[0].key", "taints[0].effect"};

    for (size_t i = 0; i < COUNT(paths); i++)
        if (!error_about(e, paths[i]))
            fail_msg("nothing is said about %s", paths[i]);
}

static void the_text_says_found_allowed_and_what_to_do(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct json j = changed(&a, quoted(&a, smallest), "{'limits': {'cpu': '2 cores'}}");
    struct error *e = pool_document_check(&a, &j);

    assert_string_equal(e->summary.ptr, "limits[\"cpu\"] is \"2 cores\"");
    assert_string_equal(e->detail.ptr, "A quantity such as 500m or 2 is expected, not below zero.");
    j = changed(&a, quoted(&a, smallest), "{'replicas': 2, 'weight': 10}");
    e = pool_document_check(&a, &j);
    assert_string_equal(e->summary.ptr, "replicas stands beside weight");
    assert_holds(e->detail, "remove one of the two");
}

static void values_that_mean_the_same_are_equal(void **state)
{
    (void)state;
    static const struct {
        const char *attribute, *x, *y;
        bool equal;
    } rows[] = {
        {"limits", "{'memory': '50Gi'}", "{'memory': '51200Mi'}", true},
        {"limits", "{'cpu': '2'}", "{'cpu': '2000m'}", true},
        {"limits", "{'cpu': '2'}", "{'cpu': '2001m'}", false},
        {"limits", "{'hourly_usd': '0.0416'}", "{'hourly_usd': '0.042'}", false},
        {"limits", "{'hourly_usd': '0.5'}", "{'hourly_usd': '0.50'}", true},
        {"limits", "{'cpu': '2', 'memory': '1Gi'}", "{'memory': '1Gi', 'cpu': '2'}", true},
        {"limits", "{}", "null", false},
        {"weight", "null", "0", false},
        {"weight", "10", "10.0", true},
        {"requirements",
         "[{'key': 'a', 'operator': 'In', 'values': ['x', 'y']}, {'key': 'b', 'operator': "
         "'Exists'}]",
         "[{'key': 'b', 'operator': 'Exists', 'values': []}, {'key': 'a', 'operator': 'In', "
         "'values': ['y', 'x'], 'min_values': null}]",
         true},
        {"requirements", "[{'key': 'a', 'operator': 'In', 'values': ['x']}]",
         "[{'key': 'a', 'operator': 'In', 'values': ['x', 'y']}]", false},
        {"taints", "[{'key': 'a', 'effect': 'NoExecute'}]",
         "[{'key': 'a', 'value': '', 'effect': 'NoExecute'}]", true},
        {"budgets", "[{'duration': '60m', 'schedule': '@daily'}]",
         "[{'duration': '1h', 'schedule': '@daily', 'nodes': '10%'}]", true},
        {"consolidation", "{}", "{'enabled': true, 'after_seconds': 0}", true},
        {"consolidation", "{}", "{'enabled': false}", false},
        {"headroom", "[{'resources': {'cpu': '2'}}]",
         "[{'resources': {'cpu': '2000m'}, 'count': 1}]", true},
        {"name", "'a'", "'b'", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json x = quoted(&a, rows[i].x), y = quoted(&a, rows[i].y);
        if (pool_document_equal(str_of(rows[i].attribute), &x, &y) != rows[i].equal ||
            pool_document_equal(str_of(rows[i].attribute), &y, &x) != rows[i].equal)
            fail_msg("%s: %s and %s", rows[i].attribute, rows[i].x, rows[i].y);
    }
}

static void nodes_drift_by_what_they_are_made_of_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *with;
        bool drifts;
    } rows[] = {
        {"{'weight': 3, 'limits': {'cpu': '1'}, 'ttl_seconds_after_empty': 5}", false},
        {"{'budgets': [{}], 'consolidation': {'enabled': false}}", false},
        {"{'headroom': [{'resources': {'cpu': '2'}}], 'spread_limit': 50}", false},
        {"{'requirements': [{'key': 'a', 'operator': 'Exists'}]}", false},
        {"{'labels': {}, 'taints': [], 'startup_taints': null}", false},
        {"{'uid': 'x', 'generation': 4}", false},
        {"{'labels': {'team': 'a'}}", true},
        {"{'taints': [{'key': 'a', 'effect': 'NoExecute'}]}", true},
        {"{'startup_taints': [{'key': 'a', 'effect': 'NoExecute'}]}", true},
        {"{'node_class': 'other'}", true},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json before = quoted(&a, smallest), after = quoted(&a, smallest);
        after = changed(&a, after, rows[i].with);
        bool drifts =
            !str_eq(pool_document_canonical(&a, &before), pool_document_canonical(&a, &after));
        if (drifts != rows[i].drifts)
            fail_msg("%s", rows[i].with);
    }
}

static void what_has_no_effect_yet_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *with, *path; /* path NULL: nothing */
    } rows[] = {
        {"{}", NULL},
        {"{'consolidation': {'enabled': true, 'after_seconds': 1, 'payback_seconds': 1}}", NULL},
        {"{'budgets': [{'nodes': '1'}]}", NULL},
        {"{'budgets': []}", NULL},
        {"{'headroom': [{'resources': {'cpu': '2'}}]}", NULL},
        {"{'termination_grace_period_seconds': 5}", NULL},
        {"{'annotations': {'a': 'b'}}", "annotations"},
        {"{'weight': 1, 'ttl_seconds_after_empty': 1, 'limits': {'cpu': '1'}}", NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct json j = changed(&a, quoted(&a, smallest), rows[i].with);
        struct unheeded_list list = {0};
        pool_document_unheeded(&a, &j, &list);
        assert_int_equal(list.count, rows[i].path ? 1 : 0);
        if (rows[i].path) {
            assert_true(str_eq(list.items[0].path, str_of(rows[i].path)));
            assert_true(list.items[0].sentence.len > 0);
        }
    }
}

static void documents_as_text_are_read_and_compared_by_meaning(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    static const struct str pool = STR_INIT("{\"name\": \"p\", \"node_class\": \"c\"}"),
                            same = STR_INIT("{\"labels\":{},\"node_class\":\"c\","
                                            "\"name\":\"p\",\"weight\":3}"),
                            class = STR_INIT("{\"name\": \"c\"}"),
                            other = STR_INIT("{\"name\": \"c\", \"user_data\": \"x\"}");
    struct str first, second, third;
    struct pool p;

    assert_null(documents_parse_pool(&a, pool, &table, &p));
    assert_true(str_eq(p.name, STR("p")));
    assert_non_null(documents_parse_pool(&a, STR("{"), &table, &p));
    assert_non_null(documents_parse_pool(&a, STR("null"), &table, &p));
    assert_null(documents_drift_text(&a, pool, class, &first));
    assert_null(documents_drift_text(&a, same, class, &second));
    assert_null(documents_drift_text(&a, pool, other, &third));
    assert_true(str_eq(first, second) && !str_eq(first, third));
    assert_non_null(documents_drift_text(&a, pool, STR("{"), &third));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_pool_is_read_whole),
        cmocka_unit_test(what_a_pool_leaves_unsaid_has_documented_meanings),
        cmocka_unit_test(consolidation_is_read_with_its_defaults),
        cmocka_unit_test(an_architecture_that_is_stated_is_not_overruled),
        cmocka_unit_test(every_rule_refuses_at_its_attribute),
        cmocka_unit_test(the_borders_of_rules_are_allowed),
        cmocka_unit_test(all_faults_are_told_at_once),
        cmocka_unit_test(the_text_says_found_allowed_and_what_to_do),
        cmocka_unit_test(values_that_mean_the_same_are_equal),
        cmocka_unit_test(nodes_drift_by_what_they_are_made_of_and_nothing_else),
        cmocka_unit_test(what_has_no_effect_yet_is_named),
        cmocka_unit_test(documents_as_text_are_read_and_compared_by_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
