#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/karpenter_pools.h"

/* As the seed document writes them. */
static const char seed[] =
    "apiVersion: karpenter.sh/v1alpha5\n"
    "kind: Provisioner\n"
    "metadata:\n"
    "  name: default\n"
    "spec:\n"
    "  requirements:\n"
    "    - key: karpenter.sh/capacity-type\n"
    "      operator: In\n"
    "      values: [\"spot\", \"on-demand\"]  # Prefer spot, fallback to on-demand\n"
    "    - key: karpenter.k8s.aws/instance-category\n"
    "      operator: In\n"
    "      values: [\"t\", \"c\", \"m\"]\n"
    "    - key: karpenter.k8s.aws/instance-generation\n"
    "      operator: Gt\n"
    "      values: [\"2\"]\n"
    "  limits:\n"
    "    resources:\n"
    "      cpu: 1000    # Max 1000 vCPUs across all Karpenter nodes\n"
    "      memory: 1000Gi\n"
    "  providerRef:\n"
    "    name: default\n"
    "  ttlSecondsAfterEmpty: 30\n"
    "  ttlSecondsUntilExpired: 604800\n"
    "  consolidation:\n"
    "    enabled: true\n"
    "---\n"
    "apiVersion: karpenter.k8s.aws/v1alpha1\n"
    "kind: AWSNodeTemplate\n"
    "metadata:\n"
    "  name: default\n"
    "spec:\n"
    "  subnetSelector:\n"
    "    karpenter.sh/discovery: datamigrate-ai-dev-eks\n"
    "  blockDeviceMappings:\n"
    "    - deviceName: /dev/xvda\n"
    "      ebs:\n"
    "        volumeSize: 50Gi\n"
    "---\n"
    "apiVersion: karpenter.sh/v1alpha5\n"
    "kind: Provisioner\n"
    "metadata:\n"
    "  name: migration-workloads\n"
    "spec:\n"
    "  labels:\n"
    "    workload-type: migration\n"
    "  limits:\n"
    "    resources:\n"
    "      cpu: 500\n"
    "  providerRef:\n"
    "    name: default\n";

static struct error *read_text(struct arena *a, const char *text, struct karpenter_pools *out)
{
    struct manifest_text file = {STR("pools.yaml"), str_of(text)};
    struct resource_table table = resource_table_new();
    return karpenter_pools_read(a, &file, 1, &table, out);
}

static const struct pool *good_pool(struct arena *a, const char *text, struct karpenter_pools *out)
{
    struct error *e = read_text(a, text, out);
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(e->summary), STR_ARG(e->detail));
    return &out->items[0].pool;
}

static void assert_asks(struct arena *a, const struct pool *p, struct str key, const char *text)
{
    const struct requirement *r = requirements_get(&p->requirements, key);

    if (!r)
        fail_msg("nothing is asked of " STR_FMT, STR_ARG(key));
    struct str found = requirement_text(a, r);
    if (!str_eq(found, str_of(text)))
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(found), text);
}

static void the_seeds_provisioners_are_pools(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct karpenter_pools pools;
    const struct pool *p = good_pool(&a, seed, &pools);

    assert_int_equal(pools.count, 2);
    assert_int_equal(pools.notes.count, 0);
    assert_true(str_eq(p->name, STR("default")));
    assert_asks(&a, p, LABEL_CAPACITY_TYPE, "karpenter.sh/capacity-type In [on-demand spot]");
    assert_asks(&a, p, LABEL_ARCH, "kubernetes.io/arch In [amd64]");
    assert_asks(&a, p, LABEL_OS, "kubernetes.io/os In [linux]");
    assert_asks(&a, p, STR("karpenter.k8s.aws/instance-generation"),
                "karpenter.k8s.aws/instance-generation Gt 2");
    assert_true(p->limits.amount.amount[RESOURCE_CPU] == 1000000);
    assert_true(p->limits.amount.amount[RESOURCE_MEMORY] == INT64_C(1000) << 30);
    assert_true(p->limits.nodes == INT64_MAX && p->limits.microusd_per_hour == INT64_MAX);
    assert_int_equal(p->replicas, -1);
    const struct list *devices = &pools.items[0].node_class.block_device_mappings;
    assert_int_equal(devices->count, 1);
    assert_true(((const struct block_device *)devices->items)->ebs.volume_size_bytes == INT64_C(50)
                                                                                            << 30);
    assert_true(
        str_eq(labels_get(&pools.items[1].pool.labels, STR("workload-type")), STR("migration")));
    assert_asks(&a, &pools.items[1].pool, LABEL_CAPACITY_TYPE,
                "karpenter.sh/capacity-type In [on-demand]");
}

static const char v1[] =
    "apiVersion: karpenter.sh/v1\n"
    "kind: NodePool\n"
    "metadata: {name: general}\n"
    "spec:\n"
    "  weight: 10\n"
    "  limits: {cpu: '100', nodes: 12, tenon.dev/hourly-usd: '1.5'}\n"
    "  template:\n"
    "    metadata:\n"
    "      labels: {team: a, failure-domain.beta.kubernetes.io/zone: z1}\n"
    "    spec:\n"
    "      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: c}\n"
    "      taints: [{key: dedicated, value: x, effect: NoSchedule}]\n"
    "      startupTaints: [{key: cilium, effect: NoExecute}]\n"
    "      requirements:\n"
    "      - {key: karpenter.k8s.aws/instance-family, operator: Exists, minValues: 3}\n"
    "status: {conditions: [{type: Ready, status: 'False'}]}\n"
    "---\n"
    "apiVersion: karpenter.k8s.aws/v1\n"
    "kind: EC2NodeClass\n"
    "metadata: {name: c}\n"
    "spec:\n"
    "  amiSelectorTerms: [{alias: bottlerocket@latest}]\n"
    "  kubelet: {maxPods: 20, systemReserved: {cpu: 100m}, evictionHard: {memory.available: 5%}}\n";

static void a_node_pool_is_read_whole(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct karpenter_pools pools;
    const struct pool *p = good_pool(&a, v1, &pools);

    assert_int_equal(p->weight, 10);
    assert_int_equal(p->limits.nodes, 12);
    assert_int_equal(p->limits.microusd_per_hour, 1500000);
    assert_int_equal(p->limits.amount.amount[RESOURCE_CPU], 100000);
    assert_true(str_eq(labels_get(&p->labels, LABEL_ZONE), STR("z1")));
    assert_int_equal(p->taints.count, 1);
    assert_int_equal(p->startup_taints.items[0].effect, EFFECT_NO_EXECUTE);
    assert_int_equal(
        requirements_get(&p->requirements, STR("karpenter.k8s.aws/instance-family"))->min_values,
        3);
    assert_asks(&a, p, LABEL_OS, "kubernetes.io/os In [linux]");
    assert_null(requirements_get(&p->requirements, LABEL_ARCH));
    assert_null(requirements_get(&p->requirements, LABEL_CAPACITY_TYPE));
    const struct node_class *c = &pools.items[0].node_class;
    assert_int_equal(c->family, FAMILY_BOTTLEROCKET);
    assert_int_equal(c->kubelet.max_pods, 20);
    assert_true(str_eq(labels_get(&c->kubelet.eviction_hard, STR("memory.available")), STR("5%")));
}

static void the_kubelet_of_an_older_pool_stands_at_the_pool(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct karpenter_pools pools;

    good_pool(&a,
              "{apiVersion: karpenter.sh/v1beta1, kind: NodePool, metadata: {name: p}, spec:\n"
              " {template: {spec: {requirements: [], kubelet: {maxPods: 30}}}}}\n"
              "---\n"
              "{apiVersion: karpenter.sh/v1alpha5, kind: Provisioner, metadata: {name: q}, spec:\n"
              " {kubeletConfiguration: {podsPerCore: 4}}}\n",
              &pools);
    assert_int_equal(pools.items[0].node_class.kubelet.max_pods, 30);
    assert_int_equal(pools.items[1].node_class.kubelet.pods_per_core, 4);
}

static void a_list_holds_pools_static_ones_and_ones_that_go(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct karpenter_pools pools;

    good_pool(
        &a,
        "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n"
        " {\"apiVersion\": \"karpenter.sh/v1\", \"kind\": \"NodePool\",\n"
        "  \"metadata\": {\"name\": \"z\", \"deletionTimestamp\": \"2026-01-01T00:00:00Z\"},\n"
        "  \"spec\": {\"template\": {\"spec\": {}}}},\n"
        " {\"apiVersion\": \"karpenter.sh/v1\", \"kind\": \"NodePool\",\n"
        "  \"metadata\": {\"name\": \"a\"},\n"
        "  \"spec\": {\"replicas\": 2, \"template\": {\"spec\": {}}}}]}",
        &pools);
    assert_int_equal(pools.count, 2);
    assert_int_equal(pools.items[0].pool.replicas, 2);
    assert_false(pools.items[0].pool.deleting);
    assert_true(pools.items[1].pool.deleting);
}

static void requirements_that_contradict_each_other_are_named(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct karpenter_pools pools;

    good_pool(&a,
              "{apiVersion: karpenter.sh/v1, kind: NodePool, metadata: {name: p}, spec:\n"
              " {template: {spec: {requirements: [{key: team, operator: In, values: [a]},\n"
              "                                   {key: team, operator: In, values: [b]}]}}}}",
              &pools);
    assert_int_equal(pools.notes.count, 1);
    assert_holds(pools.notes.items[0].text, "requirements of team contradict each other");
}

#define POOL_OF(spec) \
    "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec:\n" spec

static void what_is_broken_is_named_with_file_line_and_field(void **state)
{
    (void)state;
    static const struct {
        const char *text, *where;
    } rows[] = {
        {POOL_OF("  limits: {}\n"), "pools.yaml:1: NodePool p: spec.template.spec is missing"},
        {POOL_OF("  template: 3\n"), "pools.yaml:5: NodePool p: spec.template is 3"},
        {POOL_OF("  template: {spec: {requirements: [{key: a, operator: Near}]}}\n"),
         "spec.template.spec.requirements[0].operator is \"Near\""},
        {POOL_OF("  template: {spec: {requirements: [{key: a, operator: In, values: []}]}}\n"),
         "spec.template.spec.requirements[0].values: In with 0 values"},
        {POOL_OF("  template: {spec: {requirements: [{operator: Exists}]}}\n"),
         "spec.template.spec.requirements[0].key is missing"},
        {POOL_OF("  template: {spec: {requirements: [{key: kubernetes.io/hostname,\n"
                 "   operator: Exists}]}}\n"),
         "names kubernetes.io/hostname, which a pool may not state"},
        {POOL_OF("  template: {spec: {taints: [{key: a, effect: Never}]}}\n"),
         "spec.template.spec.taints[0].effect is \"Never\""},
        {POOL_OF("  template: {spec: {}}\n  weight: 101\n"),
         "pools.yaml:6: NodePool p: spec.weight is 101"},
        {POOL_OF("  template: {spec: {}}\n  limits: {cpu: lots}\n"), "spec.limits.cpu is \"lots\""},
        {POOL_OF("  template: {spec: {}}\n  limits: {tenon.dev/hourly-usd: -1}\n"),
         "spec.limits[\"tenon.dev/hourly-usd\"] is -1"},
        {POOL_OF("  template: {spec: {}}\n  replicas: 1\n  weight: 2\n"),
         "spec.weight stands beside replicas"},
        {"apiVersion: karpenter.sh/v2\nkind: NodePool\nmetadata: {name: p}\n",
         "pools.yaml:1: apiVersion is \"karpenter.sh/v2\""},
        {"apiVersion: karpenter.sh/v1\nkind: NodePool\nspec: {}\n", "metadata.name is missing"},
        {"apiVersion: [\n", "pools.yaml: invalid YAML in line"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct karpenter_pools pools;
        struct error *e = read_text(&a, rows[i].text, &pools);
        if (!e)
            fail_msg("%s was taken", rows[i].text);
        assert_holds(e->summary, rows[i].where);
        assert_true(e->detail.len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seeds_provisioners_are_pools),
        cmocka_unit_test(a_node_pool_is_read_whole),
        cmocka_unit_test(the_kubelet_of_an_older_pool_stands_at_the_pool),
        cmocka_unit_test(a_list_holds_pools_static_ones_and_ones_that_go),
        cmocka_unit_test(requirements_that_contradict_each_other_are_named),
        cmocka_unit_test(what_is_broken_is_named_with_file_line_and_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
