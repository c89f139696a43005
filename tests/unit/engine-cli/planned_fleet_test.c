#include "engine/base/json.h"
#include "engine/cli/estimate.h"
#include "engine/cli/planned_groups.h"
#include "tests/unit/engine-core/worlds.h"

/* c5.large (2 cpu, 0.08 $/h, spot 0.03) and c5.xlarge (4 cpu, 0.17, spot 0.06) in two zones. */
static void begin(struct town *t, struct arena *a)
{
    town_init(t, a);
    town_type(t, "c5.large", 2000, 4096, 80000, 30000, 2);
    town_type(t, "c5.xlarge", 4000, 8192, 170000, 60000, 2);
}

static int64_t sum_of_nodes(const struct planned_fleet *f)
{
    int64_t sum = 0;

    for (size_t i = 0; i < f->count; i++)
        sum += planned_option(&f->nodes[i])->offering->price_microusd_per_hour;
    return sum;
}

static int64_t bound_of(struct arena *a, const struct planned_fleet *f)
{
    struct planned_bound b;

    planned_fleet_bound(a, f, BOUND_WORK_LITTLE, &b);
    return b.proof.microusd_per_hour;
}

static void every_pod_is_on_one_node_or_has_a_reason(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct planned_fleet f;

    begin(&t, &a);
    town_pool(&t, "default");
    for (int i = 0; i < 9; i++)
        town_pod(&t, arena_printf(&a, "default/p-%d", i).ptr, 900, 512);
    town_pod(&t, "default/whale", 64000, 512);
    planned_fleet_make(&a, &t.world, &f);
    assert_int_equal(f.placed_count, 9);
    assert_int_equal(f.unplaced_count, 1);
    assert_string_equal(f.unplaced[0].pod->name.ptr, "default/whale");
    assert_int_equal(f.unplaced[0].reason, REASON_NO_TYPE_FITS);
    for (size_t i = 0; i < 9; i++) {
        const struct planned_node *n = planned_node_of(&f, &t.pods[i]);
        assert_non_null(n);
        assert_true(planned_used(n).amount[RESOURCE_CPU] <=
                    planned_option(n)->type->allocatable.amount[RESOURCE_CPU]);
    }
    assert_null(planned_node_of(&f, &t.pods[9]));
    assert_int_equal(f.microusd_per_hour, sum_of_nodes(&f));
}

static void the_bound_leaves_out_who_has_no_place(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct planned_fleet f;

    begin(&t, &a);
    town_pool(&t, "default")->limits.amount.amount[RESOURCE_CPU] = 2000;
    for (int i = 0; i < 8; i++)
        town_pod(&t, arena_printf(&a, "default/p-%d", i).ptr, 1500, 512);
    planned_fleet_make(&a, &t.world, &f);
    assert_int_equal(f.placed_count, 1);
    assert_int_equal(f.unplaced[0].reason, REASON_LIMIT);
    assert_int_equal(bound_of(&a, &f), f.microusd_per_hour);
}

static void nodes_of_static_pools_are_bought_and_take_pods(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct planned_fleet f;

    begin(&t, &a);
    town_pool(&t, "fixed")->replicas = 3;
    town_pool(&t, "follows");
    for (int i = 0; i < 4; i++)
        town_pod(&t, arena_printf(&a, "default/p-%d", i).ptr, 1500, 512);
    planned_fleet_make(&a, &t.world, &f);
    assert_int_equal(f.count, 4);
    assert_int_equal(f.placed_count, 4);
    for (size_t i = 0; i < 4; i++) {
        ARENA_AUTO scratch = {0};
        static const char *const names[] = {"fixed-1", "fixed-2", "fixed-3", "follows-1"};
        assert_string_equal(planned_name(&scratch, &f.nodes[i]).ptr, names[i]);
        assert_int_equal(f.nodes[i].pod_count, 1);
    }
    assert_int_equal(f.microusd_per_hour, sum_of_nodes(&f));
}

static void a_world_without_pods_costs_nothing(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct planned_fleet f;

    begin(&t, &a);
    town_pool(&t, "default");
    planned_fleet_make(&a, &t.world, &f);
    assert_int_equal(f.count + f.unplaced_count, 0);
    assert_int_equal(f.microusd_per_hour, 0);
    assert_int_equal(bound_of(&a, &f), 0);
}

static void a_planned_node_carries_the_labels_that_its_claim_will(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct planned_fleet f;

    begin(&t, &a);
    struct pool *p = town_pool(&t, "default");
    labels_put(&t, &p->labels, "team", STR("a"));
    require(&t, &p->requirements, "tier", OPERATOR_EXISTS, NULL);
    pod_selects(&t, town_pod(&t, "default/p", 900, 512), "tier", "gold");
    planned_fleet_make(&a, &t.world, &f);
    assert_int_equal(f.count, 1);
    struct claim c = planned_claim(&a, &f.nodes[0]);
    static const char *const wanted[][2] = {
        {"team", "a"},
        {"tier", "gold"},
        {"karpenter.sh/nodepool", "default"},
        {"karpenter.sh/capacity-type", "spot"},
        {"topology.kubernetes.io/zone", "a"},
        {"node.kubernetes.io/instance-type", "c5.large"},
        {"kubernetes.io/hostname", "default-1"},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
        struct str value = labels_get(&c.labels, str_of(wanted[i][0]));
        assert_true(str_eq(value, str_of(wanted[i][1])));
    }
}

/* Pods of one template share a specification. */
static void add_web_pods(struct town *t, int count)
{
    struct pod *first = NULL;

    for (int i = 0; i < count; i++) {
        struct pod *p = town_pod(t, arena_printf(t->arena, "default/web-%03d", i).ptr, 1900, 512);
        first = first ? first : p;
        p->spec = first->spec;
    }
}

static void equal_nodes_are_one_group(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct planned_fleet f;
    struct planned_groups g;
    size_t nodes = 0;

    begin(&t, &a);
    town_pool(&t, "default");
    add_web_pods(&t, 41);
    planned_fleet_make(&a, &t.world, &f);
    planned_groups_make(&a, &f, &g);
    assert_true(g.count < 4);
    for (size_t i = 0; i < g.count; i++) {
        nodes += g.items[i].count;
        assert_int_equal(g.items[i].part_count, 1);
    }
    assert_int_equal(nodes, f.count);
}

static struct estimate estimate_of(struct town *t)
{
    struct estimate e = {.decide_ms = 3, .elapsed_ms = 7};

    planned_fleet_make(t->arena, &t->world, &e.fleet);
    planned_fleet_bound(t->arena, &e.fleet, BOUND_WORK_LITTLE, &e.bound);
    return e;
}

static bool prints(const struct buf *out, const char *text)
{
    return str_find_str(buf_str(out), str_of(text)) < out->len;
}

static void the_json_has_the_fields_that_programs_know(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct buf out = buf_in(&a);
    struct json j;

    begin(&t, &a);
    struct pool *p = town_pool(&t, "default");
    struct taint taint = {STR("dedicated"), STR("web"), EFFECT_PREFER_NO_SCHEDULE};
    ARENA_PUSH(&a, p->taints.items, p->taints.count, p->taints.capacity, taint);
    town_pod(&t, "default/a", 1500, 512);
    town_pod(&t, "default/whale", 64000, 512);
    struct estimate e = estimate_of(&t);
    estimate_json(&out, &e);
    assert_null(json_parse(&a, str_trim(buf_str(&out)), &j));
    assert_true(str_eq(json_get(&j, "hourly_usd")->text, STR("0.03")));
    assert_true(str_eq(json_get(&j, "bound_usd")->text, STR("0.03")));
    assert_int_equal(json_get(&j, "today_usd")->kind, JSON_NULL);
    const struct json *node = &json_get(&j, "nodes")->items[0];
    assert_true(str_eq(json_get(node, "name")->text, STR("default-1")));
    assert_true(str_eq(json_get(node, "phase")->text, STR("planned")));
    assert_true(str_eq(json_path(node, "allocatable", "memory", NULL)->text, STR("4Gi")));
    assert_true(str_eq(json_get(node, "pods")->items[0].text, STR("default/a")));
    assert_true(str_eq(json_get(&json_get(node, "taints")->items[0], "effect")->text,
                       STR("PreferNoSchedule")));
    const struct json *unplaced = &json_get(&j, "unplaced")->items[0];
    assert_true(str_eq(json_get(unplaced, "pod")->text, STR("default/whale")));
    assert_true(str_eq(json_get(unplaced, "reason")->text, STR("NoTypeFits")));
}

static void a_node_without_a_price_leaves_todays_sum_open_and_is_named(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct buf table = buf_in(&a), document = buf_in(&a);
    struct str unpriced[] = {STR("ip-10-0-0-1")};

    begin(&t, &a);
    town_pool(&t, "default");
    town_pod(&t, "default/a", 1500, 512);
    struct estimate e = estimate_of(&t);
    e.today = (struct estimate_today){2, 400000, unpriced, 1};
    estimate_json(&document, &e);
    estimate_table(&table, &e);
    assert_true(prints(&document, "\"today_usd\":null"));
    assert_true(prints(&document, "\"without_price\":[\"ip-10-0-0-1\"]"));
    assert_true(prints(&table, "2 nodes, 1 of them without a price: ip-10-0-0-1"));
    e.today.unpriced_count = 0;
    document.len = table.len = 0;
    estimate_json(&document, &e);
    estimate_table(&table, &e);
    assert_true(prints(&document, "\"today_usd\":0.4"));
    assert_true(prints(&table, "92.5 % of today"));
}

static void the_page_escapes_what_comes_from_outside(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct buf out = buf_in(&a);
    struct str notes[] = {STR("</style><script>alert(\"1\")</script>")};

    begin(&t, &a);
    town_pool(&t, "<b>");
    town_pod(&t, "default/<i>", 1500, 512);
    town_pod(&t, "default/&whale", 64000, 512);
    struct estimate e = estimate_of(&t);
    e.notes = notes;
    e.note_count = 1;
    estimate_html(&out, &e);
    assert_true(prints(&out, "&lt;script&gt;alert(&quot;1&quot;)"));
    assert_true(prints(&out, "default/&amp;whale"));
    assert_true(prints(&out, "default/&lt;i&gt;"));
    assert_false(prints(&out, "<script"));
    assert_false(prints(&out, "<b>:"));
    assert_false(prints(&out, "http")); /* nothing is fetched */
}

static void a_large_fleet_makes_a_small_page(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct town t;
    struct buf out = buf_in(&a);

    begin(&t, &a);
    town_pool(&t, "default");
    for (int i = 0; i < 380; i++) /* all differ */
        town_pod(&t, arena_printf(&a, "default/p-%03d", i).ptr, 1500 + i, 512);
    struct estimate e = estimate_of(&t);
    assert_true(e.fleet.count > 100);
    estimate_html(&out, &e);
    assert_true(prints(&out, "filled otherwise"));
    assert_true(out.len < 40000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pod_is_on_one_node_or_has_a_reason),
        cmocka_unit_test(the_bound_leaves_out_who_has_no_place),
        cmocka_unit_test(nodes_of_static_pools_are_bought_and_take_pods),
        cmocka_unit_test(a_world_without_pods_costs_nothing),
        cmocka_unit_test(a_planned_node_carries_the_labels_that_its_claim_will),
        cmocka_unit_test(equal_nodes_are_one_group),
        cmocka_unit_test(the_json_has_the_fields_that_programs_know),
        cmocka_unit_test(a_node_without_a_price_leaves_todays_sum_open_and_is_named),
        cmocka_unit_test(the_page_escapes_what_comes_from_outside),
        cmocka_unit_test(a_large_fleet_makes_a_small_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
