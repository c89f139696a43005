#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/loop/pod_digest.h"

static struct requirements any;

static struct pod_spec plain(void)
{
    return (struct pod_spec){
        .requests = {{[RESOURCE_CPU] = 500, [RESOURCE_PODS] = 1}}, .terms = &any, .term_count = 1};
}

static struct str digest(struct arena *a, const struct pod_spec *p)
{
    const struct resource_table names = resource_table_new();
    return pod_digest(a, &names, p);
}

/* Stores hold these texts. */
static void a_pod_without_constraints_has_the_text_that_it_always_had(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct pod_spec p = plain();

    assert_string_equal(digest(&a, &p).ptr, "2efefc9be7552dd6-af63b64c8601abfa");
}

static void every_constraint_counts(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct label_selector web = {.present = true};
    const struct str here[] = {STR_INIT("default")}, there[] = {STR_INIT("shop")};
    const struct topology_term terms[] = {
        {.kind = TOPOLOGY_SPREAD, .key = STR("z"), .max_skew = 1, .min_domains = 1},
        {.kind = TOPOLOGY_SPREAD, .key = STR("z"), .max_skew = 2, .min_domains = 1},
        {.kind = TOPOLOGY_SPREAD, .key = STR("z"), .max_skew = 1, .min_domains = 2},
        {.kind = TOPOLOGY_SPREAD, .key = STR("y"), .max_skew = 1, .min_domains = 1},
        {.kind = TOPOLOGY_AFFINITY, .key = STR("z")},
        {.kind = TOPOLOGY_AFFINITY, .key = STR("z"), .required = true},
        {.kind = TOPOLOGY_AFFINITY, .key = STR("z"), .weight = 7},
        {.kind = TOPOLOGY_AFFINITY, .key = STR("z"), .who = {.labels = web}},
        {.kind = TOPOLOGY_AFFINITY, .key = STR("z"), .who = {.namespace_labels = web}},
        {.kind = TOPOLOGY_AFFINITY,
         .key = STR("z"),
         .who = {.namespaces = here, .namespace_count = 1}},
        {.kind = TOPOLOGY_AFFINITY,
         .key = STR("z"),
         .who = {.namespaces = there, .namespace_count = 1}},
    };
    const struct host_port ports[] = {{.port = 80, .protocol = STR("TCP")},
                                      {.port = 80, .protocol = STR("UDP")}};
    const struct held_volume volumes[] = {{.claim = STR("default/c")},
                                          {.claim = STR("default/c"), .by_one_pod = true}};
    const struct preference preference = {.weight = 3};
    enum { TERMS = sizeof(terms) / sizeof(*terms), ALL = TERMS + 6 };
    struct pod_spec pods[ALL];
    struct str texts[ALL];
    size_t n = 0;

    for (size_t i = 0; i < ALL; i++)
        pods[i] = plain();
    for (n = 0; n < TERMS; n++) {
        pods[n].topology = &terms[n];
        pods[n].topology_count = 1;
    }
    for (size_t i = 0; i < 2; i++) {
        pods[n].ports = &ports[i];
        pods[n++].port_count = 1;
        pods[n].volumes = &volumes[i];
        pods[n++].volume_count = 1;
    }
    pods[n].preferences = &preference;
    pods[n++].preference_count = 1;
    assert_int_equal(n + 1, ALL); /* the last is plain */
    for (size_t i = 0; i < ALL; i++) {
        texts[i] = digest(&a, &pods[i]);
        for (size_t k = 0; k < i; k++)
            assert_false(str_eq(texts[i], texts[k]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pod_without_constraints_has_the_text_that_it_always_had),
        cmocka_unit_test(every_constraint_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
