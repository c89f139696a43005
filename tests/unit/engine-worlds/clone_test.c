/* Parts of a world that are cloned say the same as what they were cloned from, and borrow nothing
 * from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/worlds/clone.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static struct requirement *requirement_of(struct arena *a, const char *key, const char *value)
{
    struct requirement *r = ARENA_NEW(a, struct requirement);
    const struct str values[] = {str_of(value)};

    assert_null(requirement_new(a, str_of(key), OPERATOR_IN, values, 1, 0, r));
    return r;
}

/* Something in each of its lists, so that nothing of it is cloned by chance. */
static struct pod_spec *spec_with_everything(struct arena *a)
{
    struct pod_spec *s = ARENA_NEW(a, struct pod_spec);
    struct requirements *terms = ARENA_NEW(a, struct requirements);
    struct toleration *toleration = ARENA_NEW(a, struct toleration);
    struct topology_term *term = ARENA_NEW(a, struct topology_term);
    struct preference *preference = ARENA_NEW(a, struct preference);
    struct host_port *port = ARENA_NEW(a, struct host_port);
    struct held_volume *volume = ARENA_NEW(a, struct held_volume);
    struct str *namespaces = ARENA_NEW(a, struct str);

    *terms = (struct requirements){requirement_of(a, "disk", "ssd"), 1, 1};
    *toleration = (struct toleration){arena_str(a, STR("gpu")), true, {0}, true, 0};
    *namespaces = arena_str(a, STR("shop"));
    *term = (struct topology_term){.kind = TOPOLOGY_AFFINITY,
                                   .key = arena_str(a, STR("zone")),
                                   .who = {.labels = {true, requirement_of(a, "app", "web"), 1, 1},
                                           .namespaces = namespaces,
                                           .namespace_count = 1}};
    *preference = (struct preference){7, *terms};
    *port = (struct host_port){arena_str(a, STR("10.0.0.1")), 80, arena_str(a, STR("TCP"))};
    *volume = (struct held_volume){arena_str(a, STR("shop/data")), true};
    *s = (struct pod_spec){.namespace = arena_str(a, STR("default")),
                           .requests = {{[RESOURCE_CPU] = 100}},
                           .terms = terms,
                           .term_count = 1,
                           .tolerations = {toleration, 1, 1},
                           .topology = term,
                           .topology_count = 1,
                           .preferences = preference,
                           .preference_count = 1,
                           .ports = port,
                           .port_count = 1,
                           .volumes = volume,
                           .volume_count = 1,
                           .priority = 3};
    labels_set(a, &s->labels, STR("app"), arena_str(a, STR("web")));
    return s;
}

static void a_clone_says_the_same_when_its_original_is_gone(void **state)
{
    (void)state;
    ARENA_AUTO again = {0};
    struct arena first = {0};
    struct pod_spec *clone = parts_clone(TABLE_POD_SPEC, spec_with_everything(&first), 1);

    arena_wipe(&first);
    assert_true(parts_eq(TABLE_POD_SPEC, clone, 1, spec_with_everything(&again), 1));
    assert_int_equal(clone->labels.capacity, 1);
    free(clone);
}

static void in_an_arena_a_clone_lives_as_long_as_that(void **state)
{
    (void)state;
    ARENA_AUTO again = {0}, keep = {0};
    struct arena first = {0};
    struct pod_spec *clone = parts_clone_in(&keep, TABLE_POD_SPEC, spec_with_everything(&first), 1);

    arena_wipe(&first);
    assert_true(parts_eq(TABLE_POD_SPEC, clone, 1, spec_with_everything(&again), 1));
}

static void change_label(struct pod_spec *s)
{
    s->labels.items[0].value = STR("db");
}
static void change_term(struct pod_spec *s)
{
    s->terms[0].items[0].key = STR("speed");
}
static void change_toleration(struct pod_spec *s)
{
    s->tolerations.items[0].exists = false;
}
static void change_selector(struct pod_spec *s)
{
    ((struct topology_term *)(uintptr_t)s->topology)->who.labels.items[0].present = true;
}
static void change_namespaces(struct pod_spec *s)
{
    ((struct topology_term *)(uintptr_t)s->topology)->who.namespace_count = 0;
}
static void change_port(struct pod_spec *s)
{
    ((struct host_port *)(uintptr_t)s->ports)->port = 81;
}
static void change_volume(struct pod_spec *s)
{
    ((struct held_volume *)(uintptr_t)s->volumes)->claim = STR("shop/logs");
}
static void change_amount(struct pod_spec *s)
{
    s->requests.amount[RESOURCE_MEMORY] = 1;
}

static void a_difference_is_seen_wherever_it_is(void **state)
{
    static void (*const changes[])(struct pod_spec *) = {
        change_label,      change_term, change_toleration, change_selector,
        change_namespaces, change_port, change_volume,     change_amount};

    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        ARENA_AUTO a = {0};
        struct pod_spec *x = spec_with_everything(&a), *y = spec_with_everything(&a);
        assert_true(parts_eq(TABLE_POD_SPEC, x, 1, y, 1));
        changes[i](y);
        assert_false(parts_eq(TABLE_POD_SPEC, x, 1, y, 1));
    }
}

static void many_are_cloned_in_one_block_with_what_each_points_at(void **state)
{
    (void)state;
    struct arena a = {0};
    struct daemon two[] = {{arena_str(&a, STR("logs")), spec_with_everything(&a)},
                           {arena_str(&a, STR("net")), NULL}};
    struct daemon *clones = parts_clone(TABLE_DAEMON, two, COUNT(two));

    assert_true(parts_eq(TABLE_DAEMON, clones, 2, two, 2));
    assert_false(parts_eq(TABLE_DAEMON, clones, 1, two, 2));
    assert_ptr_not_equal(clones[0].spec, two[0].spec);
    arena_wipe(&a);
    assert_true(str_eq(clones[0].spec->volumes[0].claim, STR("shop/data")));
    assert_null(clones[1].spec);
    free(clones);
}

static void nothing_can_be_cloned_too(void **state)
{
    (void)state;
    void *nothing = parts_clone(TABLE_NAMESPACE, NULL, 0);

    assert_non_null(nothing);
    assert_true(parts_eq(TABLE_NAMESPACE, nothing, 0, NULL, 0));
    free(nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clone_says_the_same_when_its_original_is_gone),
        cmocka_unit_test(in_an_arena_a_clone_lives_as_long_as_that),
        cmocka_unit_test(a_difference_is_seen_wherever_it_is),
        cmocka_unit_test(many_are_cloned_in_one_block_with_what_each_points_at),
        cmocka_unit_test(nothing_can_be_cloned_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
