#include "engine/core/pod_spec.h"

#include "engine/core/market.h"
#include "tests/unit/engine-core/worlds.h"

/* A specification with something of everything, at addresses of its own. */
struct full {
    struct pod_spec spec;
    struct requirements terms[1], own_terms[1];
    struct toleration toleration;
    struct topology_term topology;
    struct requirement selected;
    struct str namespaces[1];
    struct preference preference;
    struct host_port port;
    struct held_volume volume;
};

static struct str text(struct town *t, const char *s)
{
    return arena_str(t->arena, str_of(s));
}

static struct full *full_spec(struct town *t)
{
    struct full *f = ARENA_NEW(t->arena, struct full);
    struct str web = text(t, "web");
    struct error *e =
        requirement_new(t->arena, text(t, "app"), OPERATOR_IN, &web, 1, 0, &f->selected);

    assert_null(e);
    require(t, &f->terms[0], "disk", OPERATOR_IN, "ssd");
    require(t, &f->own_terms[0], "disk", OPERATOR_IN, "ssd");
    require(t, &f->preference.node, "arch", OPERATOR_IN, "arm64");
    f->toleration = (struct toleration){.key = text(t, "gpu"), .value = text(t, "yes")};
    f->namespaces[0] = text(t, "shop");
    f->topology = (struct topology_term){.kind = TOPOLOGY_SPREAD,
                                         .key = text(t, "topology.kubernetes.io/zone"),
                                         .who = {.labels = {true, &f->selected, 1, 1},
                                                 .namespaces = f->namespaces,
                                                 .namespace_count = 1},
                                         .required = true,
                                         .max_skew = 1,
                                         .min_domains = 1};
    f->port = (struct host_port){.ip = text(t, ""), .port = 80, .protocol = text(t, "TCP")};
    f->volume = (struct held_volume){.claim = text(t, "shop/data")};
    f->spec = (struct pod_spec){.namespace = text(t, "shop"),
                                .requests = amounts(500, 256, 1),
                                .terms = f->terms,
                                .term_count = 1,
                                .own_terms = f->own_terms,
                                .own_term_count = 1,
                                .tolerations = {&f->toleration, 1, 1},
                                .topology = &f->topology,
                                .topology_count = 1,
                                .preferences = &f->preference,
                                .preference_count = 1,
                                .ports = &f->port,
                                .port_count = 1,
                                .volumes = &f->volume,
                                .volume_count = 1,
                                .priority = 7};
    labels_set(t->arena, &f->spec.labels, text(t, "app"), web);
    return f;
}

static void other_namespace(struct full *f)
{
    f->spec.namespace = STR("bank");
}
static void other_label(struct full *f)
{
    f->spec.labels.items[0].value = STR("api");
}
static void no_label(struct full *f)
{
    f->spec.labels.count = 0;
}
static void other_requests(struct full *f)
{
    f->spec.requests.amount[RESOURCES_MAX - 1] = 1;
}
static void unserved(struct full *f)
{
    f->spec.unserved_resource = STR("gpu");
}
static void impossible(struct full *f)
{
    f->spec.impossible = STR("its claim is lost");
}
static void other_term(struct full *f)
{
    f->terms[0].items[0].complement = true;
}
static void no_term(struct full *f)
{
    f->spec.term_count = 0;
}
static void other_own_term(struct full *f)
{
    f->own_terms[0].items[0].key = STR("diskk");
}
static void other_toleration(struct full *f)
{
    f->toleration.any_effect = true;
}
static void other_kind(struct full *f)
{
    f->topology.kind = TOPOLOGY_AFFINITY;
}
static void other_key(struct full *f)
{
    f->topology.key = STR("topology.kubernetes.io/zona");
}
static void softer(struct full *f)
{
    f->topology.required = false;
}
static void other_skew(struct full *f)
{
    f->topology.max_skew = 2;
}
static void other_domains(struct full *f)
{
    f->topology.min_domains = 2;
}
static void other_policy(struct full *f)
{
    f->topology.heeds_taints = true;
}
static void other_weight(struct full *f)
{
    f->topology.weight = 2;
}
static void other_selector(struct full *f)
{
    f->selected.complement = true;
}
static void other_namespaces(struct full *f)
{
    f->namespaces[0] = STR("bank");
}
static void all_namespaces(struct full *f)
{
    f->topology.who.namespace_labels.present = true;
}
static void other_preference(struct full *f)
{
    f->preference.weight = 3;
}
static void other_preferred(struct full *f)
{
    f->preference.node.items[0].key = STR("os");
}
static void other_port(struct full *f)
{
    f->port.port = 81;
}
static void other_protocol(struct full *f)
{
    f->port.protocol = STR("UDP");
}
static void other_volume(struct full *f)
{
    f->volume.by_one_pod = true;
}
static void other_priority(struct full *f)
{
    f->spec.priority = 8;
}

static void (*const changes[])(struct full *f) = {
    other_namespace,  other_label,     no_label,       other_requests,   unserved,
    impossible,       other_term,      no_term,        other_own_term,   other_toleration,
    other_kind,       other_key,       softer,         other_skew,       other_domains,
    other_policy,     other_weight,    other_selector, other_namespaces, all_namespaces,
    other_preference, other_preferred, other_port,     other_protocol,   other_volume,
    other_priority,
};

static void specifications_are_equal_by_what_they_say_and_by_nothing_less(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;

    town_init(&t, &a);
    struct full *first = full_spec(&t);
    assert_true(pod_spec_eq(&first->spec, &full_spec(&t)->spec));
    assert_int_equal(pod_spec_hash(&first->spec), pod_spec_hash(&full_spec(&t)->spec));
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct full *other = full_spec(&t);
        changes[i](other);
        if (pod_spec_eq(&first->spec, &other->spec) || pod_spec_eq(&other->spec, &first->spec))
            fail_msg("change %zu is not seen", i);
    }
}

static void equal_specifications_are_one_in_the_market_however_often_they_stand_in_memory(
    void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct market m;

    town_init(&t, &a);
    for (size_t i = 0; i < 300; i++) {
        struct full *f = full_spec(&t);
        if (i % 3 == 2)
            other_priority(f);
        t.pods[t.world.pod_count++] =
            (struct pod){.name = arena_printf(&a, "shop/p%03zu", i), .spec = &f->spec};
    }
    t.pods[300] = (struct pod){.name = STR("shop/p300"), .spec = t.pods[2].spec};
    t.world.pod_count++;
    market_open(&a, &t.world, &m);
    assert_int_equal(m.spec_count, 2);
    for (size_t i = 0; i <= 300; i++)
        assert_int_equal(m.spec_of_pod[i], i == 300 || i % 3 == 2);
}

static void what_differs_in_amounts_alone_has_one_model_and_is_as_pending(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct market m;

    town_init(&t, &a);
    for (size_t i = 0; i < 3; i++) {
        struct full *f = full_spec(&t);
        if (i)
            f->spec.requests.amount[RESOURCE_CPU] += 100;
        if (i == 2)
            other_selector(f);
        t.pods[t.world.pod_count++] =
            (struct pod){.name = arena_printf(&a, "shop/p%zu", i), .spec = &f->spec};
    }
    t.pods[0].never_serve = true; /* the model's own pods count for nothing */
    market_open(&a, &t.world, &m);
    assert_int_equal(m.spec_count, 3);
    assert_int_equal(m.specs[1].model, 0);
    assert_int_equal(m.specs[2].model, 2);
    assert_true(m.specs[0].pending && m.specs[0].waits);
    assert_int_equal(m.specs[0].profile, m.specs[1].profile);
    assert_int_not_equal(m.specs[1].profile, m.specs[2].profile);
    assert_int_equal(m.specs[1].requests.amount[RESOURCE_CPU], 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_differs_in_amounts_alone_has_one_model_and_is_as_pending),
        cmocka_unit_test(specifications_are_equal_by_what_they_say_and_by_nothing_less),
        cmocka_unit_test(
            equal_specifications_are_one_in_the_market_however_often_they_stand_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
