#include "engine/core/allocatable.h"
#include "tests/unit/engine-core/test.h"

static void allocatable_is_what_eks_nodes_report(void **state)
{
    (void)state;
    static const struct {
        struct str name, arch;
        int64_t vcpu, memory_mib, enis, ips;
        int64_t capacity_mib, pods, cpu_milli, allocatable_mib;
    } rows[] = {
        {STR_INIT("t3.medium"), STR_INIT("amd64"), 2, 4096, 3, 6, 3788, 17, 1930, 3246},
        {STR_INIT("t3.large"), STR_INIT("amd64"), 2, 8192, 3, 12, 7577, 35, 1930, 6837},
        {STR_INIT("m5.large"), STR_INIT("amd64"), 2, 8192, 3, 10, 7577, 29, 1930, 6903},
        {STR_INIT("c5.large"), STR_INIT("amd64"), 2, 4096, 3, 10, 3788, 29, 1930, 3114},
        {STR_INIT("m6g.large"), STR_INIT("arm64"), 2, 8192, 3, 10, 7518, 29, 1930, 6844},
        {STR_INIT("c7g.xlarge"), STR_INIT("arm64"), 4, 8192, 4, 15, 7518, 58, 3920, 6525},
        {STR_INIT("m5.24xlarge"), STR_INIT("amd64"), 96, 393216, 15, 50, 363724, 737, 95690,
         355262},
    };
    const int64_t mib = 1 << 20;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct instance_facts f = {.name = rows[i].name,
                                   .arch = rows[i].arch,
                                   .vcpu_count = rows[i].vcpu,
                                   .memory_mib = rows[i].memory_mib,
                                   .eni_count = rows[i].enis,
                                   .ipv4_per_eni = rows[i].ips};
        struct node_settings s = {0};
        struct resource_table t = resource_table_new();
        struct resources capacity, allocatable;

        allocatable_of_type(&f, &s, &t, &capacity, &allocatable);
        assert_int_equal(capacity.amount[RESOURCE_CPU], rows[i].vcpu * 1000);
        assert_int_equal(capacity.amount[RESOURCE_MEMORY], rows[i].capacity_mib * mib);
        assert_int_equal(allocatable.amount[RESOURCE_PODS], rows[i].pods);
        assert_int_equal(allocatable.amount[RESOURCE_CPU], rows[i].cpu_milli);
        assert_int_equal(allocatable.amount[RESOURCE_MEMORY], rows[i].allocatable_mib * mib);
        assert_int_equal(allocatable.amount[RESOURCE_EPHEMERAL_STORAGE], 17 * 1024 * mib);
    }
}

static const struct instance_facts m5_large = {
    .name = STR_INIT("m5.large"),
    .arch = STR_INIT("amd64"),
    .vcpu_count = 2,
    .memory_mib = 8192,
    .eni_count = 3,
    .ipv4_per_eni = 10,
};

static void a_core_of_request_never_lands_on_a_core_of_instance(void **state)
{
    (void)state;
    struct node_settings s = {0};
    struct resource_table t = resource_table_new();
    struct resources capacity, allocatable;

    allocatable_of_type(&m5_large, &s, &t, &capacity, &allocatable);
    assert_int_equal(capacity.amount[RESOURCE_CPU], 2000);
    assert_true(allocatable.amount[RESOURCE_CPU] < 2000);
}

static void kubelet_settings_replace_the_defaults(void **state)
{
    (void)state;
    struct node_settings s = {
        .max_pods = 110,
        .pods_per_core = 10,
        .kube_reserved_cpu = {.set = true, .amount = 200},
        .system_reserved_cpu = {.set = true, .amount = 100},
        .kube_reserved_memory = {.set = true, .amount = 1 << 30},
        .eviction_memory = {.set = true, .percent = 5},
        .eviction_storage = {.set = true, .percent = 100},
        .root_volume_bytes = 50LL << 30,
    };
    struct resource_table t = resource_table_new();
    struct resources capacity, allocatable;

    allocatable_of_type(&m5_large, &s, &t, &capacity, &allocatable);
    assert_int_equal(allocatable.amount[RESOURCE_PODS], 20);
    assert_int_equal(allocatable.amount[RESOURCE_CPU], 1700);
    int64_t memory = 7577LL << 20;
    assert_int_equal(allocatable.amount[RESOURCE_MEMORY],
                     memory - (1 << 30) - (memory * 5 + 99) / 100);
    assert_int_equal(allocatable.amount[RESOURCE_EPHEMERAL_STORAGE], 49LL << 30);
}

static void devices_are_resources(void **state)
{
    (void)state;
    struct instance_facts f = {
        .name = STR_INIT("g4dn.xlarge"),
        .arch = STR_INIT("amd64"),
        .vcpu_count = 4,
        .memory_mib = 16384,
        .eni_count = 3,
        .ipv4_per_eni = 10,
        .gpu_count = 1,
        .gpu_manufacturer = STR_INIT("NVIDIA"),
        .gpu_name = STR_INIT("T4"),
        .gpu_memory_mib = 16384,
        .local_nvme_gb = 125,
        .branch_eni_count = 39,
    };
    struct node_settings s = {.local_storage_raid0 = true};
    struct resource_table t = resource_table_new();
    struct resources capacity, allocatable;
    ARENA_AUTO a = {0};

    allocatable_of_type(&f, &s, &t, &capacity, &allocatable);
    assert_int_equal(allocatable.amount[resource_table_find(&t, STR("nvidia.com/gpu"))], 1);
    assert_int_equal(allocatable.amount[resource_table_find(&t, STR("vpc.amazonaws.com/pod-eni"))],
                     39);
    assert_int_equal(capacity.amount[RESOURCE_EPHEMERAL_STORAGE], 125000000000);
    assert_int_equal(resource_table_find(&t, STR("amd.com/gpu")), RESOURCES_MAX);

    struct labels l = labels_of_type(&a, &f, &s);
    assert_true(str_eq(labels_get(&l, STR("karpenter.k8s.aws/instance-gpu-name")), STR("t4")));
    assert_true(
        str_eq(labels_get(&l, STR("karpenter.k8s.aws/instance-gpu-manufacturer")), STR("nvidia")));
}

static void names_tell_category_and_generation(void **state)
{
    (void)state;
    static const struct {
        const char *name, *category, *generation, *family, *size;
    } rows[] = {
        {"m5.large", "m", "5", "m5", "large"},
        {"c7gn.16xlarge", "c", "7", "c7gn", "16xlarge"},
        {"m7i-flex.large", "m", "7", "m7i-flex", "large"},
        {"u-6tb1.56xlarge", "u", "1", "u-6tb1", "56xlarge"},
        {"u7i-12tb.224xlarge", "u", "7", "u7i-12tb", "224xlarge"},
        {"inf2.xlarge", "inf", "2", "inf2", "xlarge"},
        {"mac2-m2pro.metal", "mac", "2", "mac2-m2pro", "metal"},
        {"odd.large", NULL, NULL, "odd", "large"},
        {"pointless5", NULL, NULL, NULL, NULL},
    };
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct instance_facts f = {.name = str_of(rows[i].name), .arch = STR("amd64")};
        struct node_settings s = {0};
        struct labels l = labels_of_type(&a, &f, &s);
        const char *keys[] = {"category", "generation", "family", "size"};
        const char *values[] = {rows[i].category, rows[i].generation, rows[i].family, rows[i].size};
        for (size_t k = 0; k < COUNT(keys); k++) {
            struct str key = arena_printf(&a, "karpenter.k8s.aws/instance-%s", keys[k]);
            assert_true(str_eq(labels_get(&l, key), str_of(values[k])));
        }
    }
}

static void every_label_of_a_type_is_well_known(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct node_settings s = {.node_class = STR("default"), .region = STR("eu-west-1")};
    struct labels l = labels_of_type(&a, &m5_large, &s);

    assert_true(l.count > 10);
    for (size_t i = 0; i < l.count; i++)
        assert_true(label_is_well_known(l.items[i].key));
    assert_true(str_eq(labels_get(&l, LABEL_REGION), STR("eu-west-1")));
    assert_true(str_eq(labels_get(&l, LABEL_NODE_CLASS), STR("default")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocatable_is_what_eks_nodes_report),
        cmocka_unit_test(a_core_of_request_never_lands_on_a_core_of_instance),
        cmocka_unit_test(kubelet_settings_replace_the_defaults),
        cmocka_unit_test(devices_are_resources),
        cmocka_unit_test(names_tell_category_and_generation),
        cmocka_unit_test(every_label_of_a_type_is_well_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
