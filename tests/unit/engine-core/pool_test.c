#include "engine/core/pool.h"

#include "tests/unit/engine-core/worlds.h"

static struct requirement_term term(const char *key, const char *op, const struct str *values,
                                    size_t count, int64_t min_values)
{
    return (struct requirement_term){str_of(key), str_of(op), values, count, min_values};
}

static bool says(struct str text, const char *what)
{
    return str_find_str(text, str_of(what)) < text.len;
}

static void every_bad_requirement_is_named_with_its_index(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct str ab[] = {STR("a"), STR("b")}, c[] = {STR("c")}, two[] = {STR("2")},
               zero[] = {STR("0")};
    struct labels labels = {0};
    struct requirements out;
    struct requirement_term terms[] = {
        term("team", "In", ab, 2, 0),     term("team", "In", c, 1, 0),
        term("tier", "in", ab, 2, 0),     term("karpenter.sh/nodepool", "In", c, 1, 0),
        term("size", "Gt", ab, 1, 0),     term("size", "Lt", zero, 1, 0),
        term("color", "NotIn", ab, 1, 0), term("team", "NotIn", ab, 1, 2),
        term("size", "Gt", two, 1, 0),
    };
    static const struct {
        const char *path, *text;
    } want[] = {
        {"requirements[1]", "requirements[0]"},           {"requirements[2].operator", "\"in\""},
        {"requirements[3].key", "karpenter.sh/nodepool"}, {"requirements[4].values[0]", "\"a\""},
        {"requirements[5].values", "never hold"},         {"requirements[6]", "labels[\"color\"]"},
        {"requirements[7].min_values", "team In [b]"},
    };

    labels_set(&a, &labels, STR("color"), STR("a"));
    struct error *e = pool_requirements(&a, terms, COUNT(terms), &labels, &out);
    for (size_t i = 0; i < COUNT(want); i++, e = e->next) {
        assert_non_null(e);
        if (!str_eq(e->path, str_of(want[i].path)) || !says(e->summary, want[i].text))
            fail_msg("%zu: " STR_FMT ": " STR_FMT, i, STR_ARG(e->path), STR_ARG(e->summary));
        assert_true(e->detail.len > 0);
    }
    assert_null(e);
}

static void three_requirements_may_contradict_only_together(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct str ab[] = {STR("a"), STR("b")}, bc[] = {STR("b"), STR("c")},
               ac[] = {STR("a"), STR("c")};
    struct labels labels = {0};
    struct requirements out;
    struct requirement_term terms[] = {
        term("team", "In", ab, 2, 0),
        term("team", "In", bc, 2, 0),
        term("team", "In", ac, 2, 0),
    };

    struct error *e = pool_requirements(&a, terms, 3, &labels, &out);
    assert_non_null(e);
    assert_true(str_eq(e->path, STR("requirements[2]")) && says(e->summary, "team In [b]"));
    assert_null(pool_requirements(&a, terms, 2, &labels, &out));
    assert_int_equal(out.count, 1);
}

static void every_bad_part_of_a_pool_is_named(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct taint taints[] = {{STR("dedicated"), STR("x"), EFFECT_NO_SCHEDULE},
                             {STR("dedicated"), STR("y"), EFFECT_NO_SCHEDULE},
                             {STR(""), STR(""), EFFECT_NO_EXECUTE}};
    static const char *const paths[] = {
        "labels[\"kubernetes.io/hostname\"]",
        "taints[1]",
        "taints[2]",
        "startup_taints[0]",
        "limits[\"cpu\"]",
        "limits[\"nodes\"]",
        "weight",
    };

    town_init(&t, &a);
    struct pool *p = town_pool(&t, "default");
    assert_null(pool_check(&a, p, &t.table));
    labels_set(&a, &p->labels, LABEL_HOSTNAME, STR("n1"));
    p->taints = (struct taints){taints, 3, 3};
    p->startup_taints = (struct taints){taints, 1, 1};
    p->limits.amount.amount[RESOURCE_CPU] = -1;
    p->limits.nodes = -2;
    p->replicas = 2;
    p->weight = 10;
    struct error *e = pool_check(&a, p, &t.table);
    for (size_t i = 0; i < COUNT(paths); i++, e = e->next) {
        assert_non_null(e);
        if (!str_eq(e->path, str_of(paths[i])) || !e->detail.len)
            fail_msg("%s: " STR_FMT, paths[i], STR_ARG(e->path));
    }
    assert_null(e);
}

static void a_pool_that_can_launch_nothing_says_which_requirement_is_to_blame(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_init(&t, &a);
    town_type(&t, "m5.large", 2000, 8192, 96000, 0, 2);
    town_type(&t, "c5.large", 2000, 4096, 85000, 30000, 2);
    struct pool *p = town_pool(&t, "default");
    require(&t, &p->requirements, "node.kubernetes.io/instance-type", OPERATOR_IN, "m5.large");
    assert_null(pool_can_be_served(&a, p));
    require(&t, &p->requirements, "karpenter.sh/capacity-type", OPERATOR_IN, "spot");
    struct error *e = pool_can_be_served(&a, p);
    assert_non_null(e);
    assert_true(str_eq(e->path, STR("requirements")) && says(e->detail, "m5.large"));

    struct pool *q = town_pool(&t, "other");
    require(&t, &q->requirements, "kubernetes.io/arch", OPERATOR_IN, "arm64");
    e = pool_can_be_served(&a, q);
    assert_true(says(e->detail, "None of the 2 instance types satisfies kubernetes.io/arch"));
    q->catalog = NULL;
    assert_null(pool_can_be_served(&a, q));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bad_requirement_is_named_with_its_index),
        cmocka_unit_test(three_requirements_may_contradict_only_together),
        cmocka_unit_test(every_bad_part_of_a_pool_is_named),
        cmocka_unit_test(a_pool_that_can_launch_nothing_says_which_requirement_is_to_blame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
