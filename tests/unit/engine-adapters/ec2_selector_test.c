#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine/adapters/ec2_selector.h"

/* Filters as "name=value;" and owners as "owner:who;". */
static struct str query_text(struct arena *a, const struct ec2_query *q)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < q->filter_count; i++) {
        assert_int_equal(q->filters[i].count, 1);
        buf_printf(&out, STR_FMT "=" STR_FMT ";", STR_ARG(q->filters[i].name),
                   STR_ARG(q->filters[i].values[0]));
    }
    for (size_t i = 0; i < q->owner_count; i++)
        buf_printf(&out, "owner:" STR_FMT ";", STR_ARG(q->owners[i]));
    assert_int_equal(q->id_count, 0); /* an unknown id there would fail the whole call */
    return buf_str(&out);
}

static void terms_become_filters(void **state)
{
    (void)state;
    struct arena a = {0};
    struct labels tags = {0};
    labels_set(&a, &tags, STR("karpenter.sh/discovery"), STR("dev-*"));
    labels_set(&a, &tags, STR("tier"), STR("*"));
    const struct {
        enum selected what;
        struct selector_term term;
        const char *wanted;
    } rows[] = {
        {SELECT_SUBNETS, {.id = STR("subnet-1")}, "subnet-id=subnet-1;"},
        {SELECT_SUBNETS, {.tags = tags}, "tag:karpenter.sh/discovery=dev-*;tag:tier=*;"},
        {SELECT_SECURITY_GROUPS, {.name = STR("nodes")}, "group-name=nodes;"},
        {SELECT_SECURITY_GROUPS, {.id = STR("sg-1")}, "group-id=sg-1;"},
        {SELECT_SECURITY_GROUPS,
         {.name = STR("nodes"), .tags = tags},
         "group-name=nodes;tag:karpenter.sh/discovery=dev-*;tag:tier=*;"},
        {SELECT_IMAGES, {.id = STR("ami-1")}, "image-id=ami-1;state=available;"},
        {SELECT_IMAGES,
         {.name = STR("mine-*")},
         "name=mine-*;state=available;owner:self;owner:amazon;"},
        {SELECT_IMAGES,
         {.name = STR("mine-*"), .owner = STR("123456789012")},
         "name=mine-*;state=available;owner:123456789012;"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct ec2_query q = selector_query(&a, rows[i].what, &rows[i].term);
        assert_string_equal(query_text(&a, &q).ptr, rows[i].wanted);
    }
    arena_free(&a);
}

static struct ec2_image image(const char *id, const char *arch, int64_t created_ms, bool deprecated)
{
    return (struct ec2_image){.id = str_of(id),
                              .architecture = str_of(arch),
                              .created_ms = created_ms,
                              .deprecated = deprecated};
}

static void the_newest_image_of_each_architecture_is_taken(void **state)
{
    (void)state;
    struct arena a = {0};
    struct ec2_image items[] = {
        image("ami-a", "x86_64", 100, false), image("ami-b", "x86_64", 300, true),
        image("ami-c", "x86_64", 200, false), image("ami-d", "x86_64", 200, false),
        image("ami-e", "arm64", 50, true),    image("ami-f", "i386", 900, false),
    };
    /* Whatever the order they come in. */
    for (size_t turn = 0; turn < 6; turn++) {
        struct ec2_image first = items[0];
        memmove(items, items + 1, 5 * sizeof(*items));
        items[5] = first;
        struct class_images found = select_newest(&a, &(struct ec2_images){items, 6, 6});
        assert_int_equal(found.count, 2);
        assert_true(str_eq(found.items[0].id, STR("ami-d"))); /* not deprecated, newest, last id */
        assert_false(found.items[0].arm64);
        assert_true(str_eq(found.items[1].id, STR("ami-e"))); /* better than none */
        assert_true(found.items[1].arm64);
    }
    arena_free(&a);
}

static void an_alias_names_eks_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *alias;
        enum ami_family family;
        bool arm64;
        unsigned serves;
        const char *wanted;
    } rows[] = {
        {"al2@latest", FAMILY_AL2, false, SERVES_PLAIN,
         "/aws/service/eks/optimized-ami/1.31/amazon-linux-2/recommended/image_id"},
        {"al2@latest", FAMILY_AL2, true, SERVES_PLAIN,
         "/aws/service/eks/optimized-ami/1.31/amazon-linux-2-arm64/recommended/image_id"},
        {"al2@v20240201", FAMILY_AL2, false, SERVES_NVIDIA | SERVES_NEURON,
         "/aws/service/eks/optimized-ami/1.31/amazon-linux-2-gpu/"
         "amazon-eks-gpu-node-1.31-v20240201/image_id"},
        {"al2023@latest", FAMILY_AL2023, true, SERVES_PLAIN,
         "/aws/service/eks/optimized-ami/1.31/amazon-linux-2023/arm64/standard/recommended/"
         "image_id"},
        {"al2023@v20240201", FAMILY_AL2023, false, SERVES_NVIDIA,
         "/aws/service/eks/optimized-ami/1.31/amazon-linux-2023/x86_64/nvidia/"
         "amazon-eks-node-al2023-x86_64-nvidia-1.31-v20240201/image_id"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena a = {0};
        struct alias_images found = {0};
        bool seen = false;
        assert_null(
            alias_parameters(&a, str_of(rows[i].alias), rows[i].family, STR("1.31"), &found));
        for (size_t k = 0; k < found.count; k++)
            if (found.items[k].arm64 == rows[i].arm64 && found.items[k].serves == rows[i].serves) {
                assert_string_equal(found.items[k].parameter.ptr, rows[i].wanted);
                seen = true;
            }
        assert_true(seen);
        arena_free(&a);
    }
}

static void an_alias_without_a_kubernetes_version_says_what_to_set(void **state)
{
    (void)state;
    struct arena a = {0};
    struct alias_images found = {0};
    struct error *e = alias_parameters(&a, STR("al2023@latest"), FAMILY_AL2023, STR(""), &found);

    assert_non_null(e);
    assert_true(str_find_str(e->detail, STR("cluster.version")) < e->detail.len);
    arena_free(&a);
}

static void a_miss_says_what_the_account_has(void **state)
{
    (void)state;
    struct arena a = {0};
    struct aws_tag prod[] = {{STR("env"), STR("prod")}}, test[] = {{STR("env"), STR("test")}};
    struct aws_tags prod_tags = {prod, 1, 1}, test_tags = {test, 1, 1}, none = {0};
    const struct candidate candidates[] = {{STR("subnet-1"), &test_tags},
                                           {STR("subnet-2"), &prod_tags},
                                           {STR("subnet-3"), &prod_tags},
                                           {STR("subnet-4"), &none}};
    const struct {
        const char *key, *value, *wanted;
    } rows[] = {
        {"env", "dev", "the tag env is there with: prod, test. "},
        {"team", "*", "none has the tag team. "},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct selector_term term = {0};
        labels_set(&a, &term.tags, str_of(rows[i].key), str_of(rows[i].value));
        struct error *e = selector_error(&a, SELECT_SUBNETS, &(struct list){&term, 1},
                                         STR("us-east-1"), candidates, 4);
        assert_true(str_eq(e->path, STR("subnet_selector")));
        assert_string_equal(e->summary.ptr, "no subnet matches subnet_selector in us-east-1");
        assert_true(str_find_str(e->detail, STR("4 subnets there")) < e->detail.len);
        assert_true(str_find_str(e->detail, str_of(rows[i].wanted)) < e->detail.len);
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_become_filters),
        cmocka_unit_test(the_newest_image_of_each_architecture_is_taken),
        cmocka_unit_test(an_alias_names_eks_parameters),
        cmocka_unit_test(an_alias_without_a_kubernetes_version_says_what_to_set),
        cmocka_unit_test(a_miss_says_what_the_account_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
