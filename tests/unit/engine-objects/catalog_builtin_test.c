#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/catalog_builtin.h"
#include "engine/objects/pool_document.h"

static const char class_text[] = "{'name': 'default', 'subnet_selector': [{'id': 'subnet-1'}],"
                                 " 'security_group_selector': [{'id': 'sg-1'}]}";

static struct node_class class_with(struct arena *a, const char *with)
{
    struct json j = changed(a, quoted(a, class_text), with);
    struct node_class c;
    assert_null(class_document_read(a, &j, &c));
    return c;
}

static const struct instance_type *type_of(const struct catalog *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->types[i].name, str_of(name)))
            return &c->types[i];
    return NULL;
}

/* Worked examples of allocatable and price in us-east-1: cpu in millicores, memory in Mi. */
static void types_have_the_amounts_and_prices_that_ec2_has(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t cpu, memory_mib, pods, microusd;
    } rows[] = {
        {"t3.medium", 1930, 3246, 17, 41600},         {"t3.large", 1930, 6837, 35, 83200},
        {"m5.large", 1930, 6903, 29, 96000},          {"c5.large", 1930, 3114, 29, 85000},
        {"m6g.large", 1930, 6844, 29, 77000},         {"c7g.xlarge", 3920, 6525, 58, 145000},
        {"m5.24xlarge", 95690, 355262, 737, 4608000},
    };
    ARENA_AUTO a = {0};
    struct node_class c = class_with(&a, "{}");
    struct resource_table table = resource_table_new();
    struct builtin_catalog out;

    catalog_builtin(&a, &c, STR("us-east-1"), 0, &table, &out);
    assert_false(out.foreign_prices || out.foreign_zones);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct instance_type *t = type_of(&out.catalog, rows[i].name);
        if (!t)
            fail_msg("no %s", rows[i].name);
        assert_true(t->allocatable.amount[RESOURCE_CPU] == rows[i].cpu);
        assert_true(t->allocatable.amount[RESOURCE_MEMORY] == rows[i].memory_mib << 20);
        assert_true(t->allocatable.amount[RESOURCE_PODS] == rows[i].pods);
        assert_true(t->offering_count >= 3);
        for (size_t k = 0; k < t->offering_count; k++) {
            assert_true(t->offerings[k].price_microusd_per_hour == rows[i].microusd);
            assert_int_equal(t->offerings[k].capacity_type, CAPACITY_ON_DEMAND);
        }
        assert_true(str_eq(t->offerings[0].zone, STR("us-east-1a")));
    }
    for (size_t i = 1; i < out.catalog.count; i++)
        assert_true(str_cmp(out.catalog.types[i - 1].name, out.catalog.types[i].name) < 0);
}

static void a_region_without_prices_borrows_them_and_says_so(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct node_class c = class_with(&a, "{}");
    struct resource_table table = resource_table_new();
    struct builtin_catalog out;

    catalog_builtin(&a, &c, STR("mars-north-1"), 0, &table, &out);
    assert_true(out.foreign_prices && out.foreign_zones);
    const struct instance_type *t = type_of(&out.catalog, "m5.large");
    assert_true(t && t->offerings[0].price_microusd_per_hour == 96000);
    assert_true(str_eq(t->offerings[0].zone, STR("mars-north-1a")));
}

static void the_class_shapes_what_pods_may_use(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct node_class c = class_with(&a, "{'kubelet': {'max_pods': 110}}");
    struct resource_table table = resource_table_new();
    struct builtin_catalog out;

    catalog_builtin(&a, &c, STR("us-east-1"), 0, &table, &out);
    assert_true(type_of(&out.catalog, "m5.large")->allocatable.amount[RESOURCE_PODS] == 110);
    assert_null(type_of(&out.catalog, "a1.large")); /* AL2023 does not boot there */
}

static void a_pool_that_no_type_can_serve_is_told_why(void **state)
{
    (void)state;
#define NEEDS(key, op, values) "{'key': '" key "', 'operator': '" op "', 'values': [" values "]}"
    static const struct {
        const char *requirements, *labels, *why; /* why NULL: it can be served */
    } rows[] = {
        {"", "", NULL},
        {NEEDS("karpenter.sh/capacity-type", "In", "'spot'"), "", NULL},
        {NEEDS("karpenter.sh/capacity-type", "In", "'reserved'"), "",
         "capacity-type In [reserved]"},
        {NEEDS("node.kubernetes.io/instance-type", "In", "'m5.large'"), "", NULL},
        {NEEDS("node.kubernetes.io/instance-type", "In", "'m5.lagre'"), "", "m5.lagre"},
        {NEEDS("node.kubernetes.io/instance-type", "In", "'m6g.large'"), "", "m6g.large"},
        {NEEDS("node.kubernetes.io/instance-type", "In", "'m6g.large'"),
         "'kubernetes.io/arch': "
         "'arm64'",
         NULL},
        {NEEDS("kubernetes.io/arch", "In", "'arm64'"), "", NULL},
        {NEEDS("kubernetes.io/os", "In", "'windows'"), "", "windows"},
        {NEEDS("karpenter.k8s.aws/instance-category", "In",
               "'t','c','m'") ", " NEEDS("karpenter.k8s.aws/instance-generation", "Gt", "'2'"),
         "", NULL},
        {NEEDS("karpenter.k8s.aws/instance-generation", "Gt", "'99'"), "", "Gt 99"},
        {NEEDS("karpenter.k8s.aws/instance-gpu-count", "Exists", ""), "", NULL},
        {NEEDS("karpenter.k8s.aws/instance-gpu-count", "DoesNotExist", ""), "", NULL},
        {NEEDS("topology.kubernetes.io/zone", "In", "'us-east-1a'"), "", NULL},
        {NEEDS("topology.kubernetes.io/zone", "In", "'eu-west-1a'"), "", "eu-west-1a"},
        {NEEDS("topology.kubernetes.io/region", "In", "'eu-west-1'"), "", "eu-west-1"},
        {NEEDS("team", "In", "'a'"), "'workload-type': 'migration'", NULL},
        {"{'key': 'karpenter.k8s.aws/instance-category', 'operator': 'In', 'values': ['t', 'nn'], "
         "'min_values': 2}",
         "", "min_values"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct node_class c = class_with(&a, "{}");
        struct resource_table table = resource_table_new();
        struct str why = {0};
        struct pool p;
        struct json j = quoted(&a, arena_printf(&a,
                                                "{'name': 'p', 'node_class': 'default', "
                                                "'requirements': [%s], 'labels': {%s}}",
                                                rows[i].requirements, rows[i].labels)
                                       .ptr);
        struct error *e = pool_document_read(&a, &j, &table, &p);
        if (e)
            fail_msg("%s: " STR_FMT, rows[i].requirements, STR_ARG(e->summary));
        bool can = builtin_can_serve(&a, &p, &c, STR("us-east-1"), &why);
        if (can != (rows[i].why == NULL))
            fail_msg("%s: " STR_FMT, rows[i].requirements, STR_ARG(why));
        if (!can)
            assert_holds(why, rows[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_have_the_amounts_and_prices_that_ec2_has),
        cmocka_unit_test(a_region_without_prices_borrows_them_and_says_so),
        cmocka_unit_test(the_class_shapes_what_pods_may_use),
        cmocka_unit_test(a_pool_that_no_type_can_serve_is_told_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
