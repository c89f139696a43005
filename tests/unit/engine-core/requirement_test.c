#include "engine/core/requirement.h"

#include "tests/unit/engine-core/test.h"

/* The kinds that truth tables run over. */
static const struct {
    const char *text; /* as requirement_text prints it */
    enum requirement_operator op;
    const char *values[3];
} kinds[] = {
    {"k In [a]", OPERATOR_IN, {"a"}},
    {"k In [5 a b]", OPERATOR_IN, {"b", "5", "a"}},
    {"k In [c]", OPERATOR_IN, {"c"}},
    {"k NotIn [a]", OPERATOR_NOT_IN, {"a"}},
    {"k NotIn [b c]", OPERATOR_NOT_IN, {"c", "b"}},
    {"k Exists", OPERATOR_EXISTS, {NULL}},
    {"k DoesNotExist", OPERATOR_DOES_NOT_EXIST, {NULL}},
    {"k Gt 3", OPERATOR_GT, {"3"}},
    {"k Lt 5", OPERATOR_LT, {"5"}},
    {"k Gte 5", OPERATOR_GTE, {"5"}},
    {"k Lte 5", OPERATOR_LTE, {"5"}},
    {"k In []", OPERATOR_GT, {"9223372036854775807"}},
    {"k In []", OPERATOR_LT, {"0"}},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static struct requirement make(struct arena *a, size_t kind)
{
    struct str values[3];
    size_t count = 0;
    struct requirement r;

    while (count < 3 && kinds[kind].values[count]) {
        values[count] = str_of(kinds[kind].values[count]);
        count++;
    }
    assert_null(requirement_new(a, STR("k"), kinds[kind].op, values, count, 0, &r));
    return r;
}

static void requirements_read_as_they_are_printed(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < KINDS; i++) {
        struct requirement r = make(&a, i);
        assert_string_equal(requirement_text(&a, &r).ptr, kinds[i].text);
    }
}

/* Columns: absent, a, b, c, 3, 4, 5, 6, 05. */
static const char *const probes[] = {NULL, "a", "b", "c", "3", "4", "5", "6", "05"};
enum { PROBES = sizeof(probes) / sizeof(*probes) };
static const char *const holds[KINDS] = {
    "-a-------", /* In a */
    "-ab---5--", /* In a b 5 */
    "---c-----", /* In c */
    "x-bc34560", /* NotIn a */
    "xa--34560", /* NotIn b c */
    "-abc34560", /* Exists */
    "x--------", /* DoesNotExist */
    "-----4560", /* Gt 3 */
    "----34---", /* Lt 5 */
    "------560", /* Gte 5 */
    "----345-0", /* Lte 5 */
    "---------", /* Gt max */
    "---------", /* Lt 0 */
};

static bool satisfies(const struct requirement *r, size_t probe)
{
    return probes[probe] ? requirement_has(r, str_of(probes[probe]))
                         : requirement_allows_absence(r);
}

static void a_requirement_holds_exactly_its_values(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < KINDS; i++) {
        struct requirement r = make(&a, i);
        for (size_t p = 0; p < PROBES; p++)
            if (satisfies(&r, p) != (holds[i][p] != '-'))
                fail_msg("%s with %s", kinds[i].text, probes[p] ? probes[p] : "absence");
        assert_int_equal(requirement_is_contradiction(&r), i >= 11);
        assert_int_equal(requirement_is_empty(&r), i == 6 || i >= 11);
    }
}

/* For every pair: what both hold, the intersection holds, and nothing else. */
static void an_intersection_holds_what_both_hold(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < KINDS; i++)
        for (size_t k = 0; k < KINDS; k++) {
            struct requirement x = make(&a, i), y = make(&a, k);
            struct requirement both = requirement_intersect(&a, &x, &y);
            bool value = false;
            for (size_t p = 0; p < PROBES; p++) {
                bool want = holds[i][p] != '-' && holds[k][p] != '-';
                if (satisfies(&both, p) != want)
                    fail_msg("%s and %s is %s: %s", kinds[i].text, kinds[k].text,
                             requirement_text(&a, &both).ptr, probes[p] ? probes[p] : "absence");
                value |= want && p;
            }
            /* Bounds far apart still share numbers that are not among the probes; here none do. */
            assert_int_equal(requirement_intersects(&x, &y), !requirement_is_empty(&both));
            assert_int_equal(!requirement_is_empty(&both), value);
            struct requirement swapped = requirement_intersect(&a, &y, &x);
            assert_true(requirement_eq(&both, &swapped));
        }
}

static void min_values_of_an_intersection_is_the_larger(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct requirement x = make(&a, 1), y = make(&a, 5);

    x.min_values = 2;
    y.min_values = 3;
    assert_int_equal(requirement_intersect(&a, &x, &y).min_values, 3);
    assert_int_equal(requirement_intersect(&a, &y, &x).min_values, 3);
}

static void bad_requirements_name_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        enum requirement_operator op;
        const char *values[2];
        int64_t min_values;
        const char *path;
    } rows[] = {
        {"k", OPERATOR_IN, {NULL}, 0, "values"},
        {"k", OPERATOR_NOT_IN, {NULL}, 0, "values"},
        {"k", OPERATOR_EXISTS, {"a"}, 0, "values"},
        {"k", OPERATOR_DOES_NOT_EXIST, {"a"}, 0, "values"},
        {"k", OPERATOR_GT, {NULL}, 0, "values"},
        {"k", OPERATOR_GT, {"1", "2"}, 0, "values"},
        {"k", OPERATOR_LT, {"two"}, 0, "values[0]"},
        {"k", OPERATOR_GTE, {"1.5"}, 0, "values[0]"},
        {"k", OPERATOR_IN, {"fine", "-bad"}, 0, "values[1]"},
        {"k", OPERATOR_IN, {"a", "a"}, 2, "min_values"},
        {"k", OPERATOR_EXISTS, {NULL}, 51, "min_values"},
        {"k", OPERATOR_EXISTS, {NULL}, -1, "min_values"},
        {"", OPERATOR_EXISTS, {NULL}, 0, "key"},
        {"a/b/c", OPERATOR_EXISTS, {NULL}, 0, "key"},
        {"/b", OPERATOR_EXISTS, {NULL}, 0, "key"},
        {"white space", OPERATOR_EXISTS, {NULL}, 0, "key"},
    };
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str values[2];
        size_t count = 0;
        struct requirement r;
        while (count < 2 && rows[i].values[count]) {
            values[count] = str_of(rows[i].values[count]);
            count++;
        }
        struct error *e = requirement_new(&a, str_of(rows[i].key), rows[i].op, values, count,
                                          rows[i].min_values, &r);
        if (!e || !str_eq(e->path, str_of(rows[i].path)) || !e->detail.len)
            fail_msg("row %zu", i);
    }
}

static void operators_are_spelled_as_kubernetes_does(void **state)
{
    (void)state;
    static const char *const names[] = {"In", "NotIn", "Exists", "DoesNotExist",
                                        "Gt", "Lt",    "Gte",    "Lte"};
    enum requirement_operator op;

    for (size_t i = 0; i < COUNT(names); i++) {
        assert_true(requirement_operator_parse(str_of(names[i]), &op));
        assert_int_equal(op, i);
    }
    assert_false(requirement_operator_parse(STR("in"), &op));
    assert_false(requirement_operator_parse(STR(""), &op));
}

static struct requirements one(struct arena *a, const char *key, size_t kind)
{
    struct requirements set = {0};
    struct requirement r = make(a, kind);

    r.key = str_of(key);
    requirements_add(a, &set, &r);
    return set;
}

static void a_set_keeps_one_requirement_a_key_and_finds_contradictions(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct requirements set = one(&a, "b", 1), other = one(&a, "b", 3), more = one(&a, "a", 0);

    requirements_add_all(&a, &set, &more);
    requirements_add_all(&a, &set, &other);
    assert_int_equal(set.count, 2);
    assert_string_equal(requirement_text(&a, &set.items[1]).ptr, "b In [5 b]");
    assert_null(requirements_contradiction(&set));
    assert_null(requirements_get(&set, STR("c")));

    struct requirements against = one(&a, "b", 2);
    assert_true(requirements_conflict(&set, &against) == &set.items[1]);
    requirements_add_all(&a, &set, &against);
    assert_true(requirements_contradiction(&set) == &set.items[1]);
    assert_false(requirement_allows_absence(&set.items[1]));
}

static void legacy_keys_become_those_of_today(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"},
        {"failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"},
        {"beta.kubernetes.io/arch", "kubernetes.io/arch"},
        {"beta.kubernetes.io/os", "kubernetes.io/os"},
        {"beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"},
        {"example.com/team", "example.com/team"},
    };
    ARENA_AUTO a = {0};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct requirement r;
        assert_null(requirement_new(&a, str_of(rows[i][0]), OPERATOR_EXISTS, NULL, 0, 0, &r));
        assert_true(str_eq(r.key, str_of(rows[i][1])));
    }
}

static void pools_may_state_what_they_decide(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        bool allowed, well_known;
    } rows[] = {
        {"workload-type", true, false},
        {"example.com/team", true, false},
        {"karpenter.sh/capacity-type", true, true},
        {"karpenter.k8s.aws/instance-category", true, true},
        {"karpenter.k8s.aws/instance-gpu-memory", true, true},
        {"topology.kubernetes.io/zone", true, true},
        {"failure-domain.beta.kubernetes.io/zone", true, false},
        {"topology.k8s.aws/zone-id", true, true},
        {"node.kubernetes.io/anything", true, false},
        {"node-restriction.kubernetes.io/team", true, false},
        {"sub.kops.k8s.io/group", true, false},
        {"karpenter.sh/nodepool", false, true},
        {"karpenter.sh/provisioner-name", false, false},
        {"karpenter.sh/do-not-disrupt", false, false},
        {"karpenter.k8s.aws/invented", false, false},
        {"kubernetes.io/hostname", false, false},
        {"kubernetes.io/invented", false, false},
        {"storage.k8s.io/x", false, false},
        {"notkubernetes.io/x", true, false},
        {"kubernetes.io", true, false},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (!label_restriction(str_of(rows[i].key)) != rows[i].allowed ||
            label_is_well_known(str_of(rows[i].key)) != rows[i].well_known)
            fail_msg("%s", rows[i].key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requirements_read_as_they_are_printed),
        cmocka_unit_test(a_requirement_holds_exactly_its_values),
        cmocka_unit_test(an_intersection_holds_what_both_hold),
        cmocka_unit_test(min_values_of_an_intersection_is_the_larger),
        cmocka_unit_test(bad_requirements_name_what_is_wrong),
        cmocka_unit_test(operators_are_spelled_as_kubernetes_does),
        cmocka_unit_test(a_set_keeps_one_requirement_a_key_and_finds_contradictions),
        cmocka_unit_test(legacy_keys_become_those_of_today),
        cmocka_unit_test(pools_may_state_what_they_decide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
