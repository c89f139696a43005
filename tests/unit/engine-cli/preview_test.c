/* What `tenon preview` prints of a world, for people and for programs. */
#include "engine/base/json.h"
#include "engine/cli/preview_text.h"
#include "engine/core/schedule.h"
#include "tests/unit/engine-core/worlds.h"

struct shown {
    struct arena arena;
    struct town town;
    struct preview preview;
    struct effect effect;
    struct json json;
    struct str table;
};

static void show(struct shown *s)
{
    struct buf table = buf_in(&s->arena), json = buf_in(&s->arena);

    town_bind(&s->town);
    preview_make(&s->arena, &s->town.world, false, &s->preview);
    s->effect = effect_of(&s->town.world, &s->preview);
    preview_print(&table, &s->effect);
    preview_json(&json, &s->effect);
    s->table = buf_str(&table);
    print_message(STR_FMT, STR_ARG(s->table));
    assert_null(json_parse(&s->arena, buf_str(&json), &s->json));
}

static struct str member(const struct shown *s, const char *key)
{
    return json_get(&s->json, key)->text;
}

static struct instance_type *begin(struct shown *s)
{
    *s = (struct shown){0};
    town_init(&s->town, &s->arena);
    s->town.world.now_ms = 1700000000000;
    town_pool(&s->town, "default");
    return town_type(&s->town, "m5.large", 2000, 8192, 96000, 0, 1);
}

static void a_node_that_would_be_launched_is_shown_with_its_price_and_reason(void **state)
{
    struct shown s;

    (void)state;
    begin(&s);
    town_pod(&s.town, "shop/web-1", 500, 512);
    show(&s);
    assert_true(preview_acts(&s.preview));
    assert_true(says(s.table, "1 node is launched; $0.00/month become $70.08/month\n"));
    assert_true(says(s.table, "now   launch  (new)"));
    assert_true(says(s.table, "pods     0 move, 1 find a node\n"));
    const struct json *first = &json_get(&s.json, "coming")->items[0];
    assert_int_equal(json_get(&s.json, "coming")->count, 1);
    assert_string_equal(json_get(first, "action")->text.ptr, "launch");
    assert_string_equal(json_get(first, "reason")->text.ptr, "PendingPods");
    assert_string_equal(json_get(first, "instance_type")->text.ptr, "m5.large");
    assert_true(str_eq(json_get(first, "hourly_usd")->text, STR("0.096")));
    assert_true(str_eq(member(&s, "nodes_launched"), STR("1")));
    assert_true(str_eq(member(&s, "hourly_usd_after"), STR("0.096")));
    assert_true(json_bool_or(json_get(&s.json, "acts"), false));
    arena_free(&s.arena);
}

static void a_node_is_replaced_before_it_leaves(void **state)
{
    struct shown s;

    (void)state;
    struct instance_type *type = begin(&s);
    struct claim *c = town_claim(&s.town, "moon/default/u1/7", &s.town.pools[0], type);
    c->hash = STR("another");
    c->empty_since_ms = NEVER_MS;
    town_pod(&s.town, "shop/web-1", 500, 512)->claim = c->id;
    show(&s);
    const struct json *coming = json_get(&s.json, "coming");
    assert_int_equal(coming->count, 2);
    assert_string_equal(json_get(&coming->items[0], "action")->text.ptr, "launch");
    assert_string_equal(json_get(&coming->items[1], "action")->text.ptr, "leave");
    assert_true(str_eq(json_get(&coming->items[1], "after_ms")->text, STR("60000")));
    assert_true(says(s.table, "+1m"));
    assert_true(says(s.table, "default-7"));
    assert_true(says(s.table, "1 node is replaced; $70.08/month as before\n"));
    assert_true(str_eq(member(&s, "pods_moved"), STR("1")));
    arena_free(&s.arena);
}

static void at_rest_there_is_nothing_to_do_and_that_is_said(void **state)
{
    struct shown s;

    (void)state;
    struct instance_type *type = begin(&s);
    struct claim *c = town_claim(&s.town, "moon/default/u1/7", &s.town.pools[0], type);
    town_pod(&s.town, "shop/web-1", 500, 512)->claim = c->id;
    show(&s);
    assert_false(preview_acts(&s.preview));
    assert_true(says(s.table, "no node changes; $70.08/month as before\n"));
    assert_int_equal(json_get(&s.json, "coming")->count, 0);
    assert_true(json_bool_or(json_get(&s.json, "at_rest"), false));
    arena_free(&s.arena);
}

static void pods_that_will_never_fit_and_nodes_that_cannot_leave_are_named(void **state)
{
    struct shown s;

    (void)state;
    struct instance_type *type = begin(&s);
    struct claim *c = town_claim(&s.town, "moon/default/u1/7", &s.town.pools[0], type);
    struct pod *kept = town_pod(&s.town, "shop/db-1", 500, 512);
    c->hash = STR("another");
    kept->claim = c->id;
    kept->undisturbed_ms = NEVER_MS;
    town_pod(&s.town, "shop/huge-1", 64000, 512);
    show(&s);
    assert_true(says(s.table, "no place shop/huge-1: NoTypeFits"));
    assert_true(says(s.table, "held     1 node of pool default (Drifted) by DoNotDisrupt: pod "
                              "shop/db-1 must not be disrupted\n"));
    assert_string_equal(json_get(&json_get(&s.json, "waiting")->items[0], "reason")->text.ptr,
                        "NoTypeFits");
    assert_int_equal(json_get(&s.json, "stuck")->count, 1);
    arena_free(&s.arena);
}

/* Of two nodes one would do, but for a budget that lets none of its pods go. */
static void a_budget_of_pods_that_can_never_be_met_is_named_with_what_it_costs(void **state)
{
    struct shown s;

    (void)state;
    struct instance_type *type = begin(&s);
    struct pool *pool = &s.town.pools[0];
    pool->consolidation = (struct consolidation){.enabled = true, .payback_ms = HOUR_MS};
    for (int i = 1; i <= 2; i++) {
        struct claim *c =
            town_claim(&s.town, arena_printf(&s.arena, "moon/default/u1/%d", i).ptr, pool, type);
        struct pod *p = town_pod(&s.town, arena_printf(&s.arena, "shop/db-%d", i).ptr, 300, 128);
        p->claim = c->id;
        spec_of(p)->namespace = STR("shop");
    }
    const struct pod_budget db = {.name = STR("shop/db"),
                                  .namespace = STR("shop"),
                                  .selector = {.present = true},
                                  .max_unavailable = {true, true, 0}};
    s.town.world.pod_budgets = &db;
    s.town.world.pod_budget_count = 1;
    show(&s);
    assert_true(says(s.table, "never    PodDisruptionBudget shop/db wants 2 of its 2 pods "
                              "available: none of them may ever go\n"));
    assert_true(says(s.table, "for that nodes stay that cost $70.08/month\n"));
    const struct json *never = json_get(&s.json, "never_met");
    assert_int_equal(never->count, 1);
    assert_string_equal(json_get(&never->items[0], "budget")->text.ptr, "shop/db");
    arena_free(&s.arena);
}

/* Somebody has to look at each of them, so each is named as far as a line goes. */
static void nodes_that_one_budget_of_pods_keeps_for_good_are_named(void **state)
{
    struct shown s;

    (void)state;
    struct instance_type *type = begin(&s);
    for (int i = 1; i <= 7; i++) {
        struct claim *c = town_claim(&s.town, arena_printf(&s.arena, "moon/default/u1/%d", i).ptr,
                                     s.town.pools, type);
        struct pod *p = town_pod(&s.town, arena_printf(&s.arena, "shop/db-%d", i).ptr, 300, 128);
        c->hash = STR("another");
        p->claim = c->id;
        spec_of(p)->namespace = STR("shop");
    }
    const struct pod_budget db = {.name = STR("shop/db"),
                                  .namespace = STR("shop"),
                                  .selector = {.present = true},
                                  .max_unavailable = {true, true, 0}};
    s.town.world.pod_budgets = &db;
    s.town.world.pod_budget_count = 1;
    show(&s);
    assert_true(
        says(s.table, "held     7 nodes of pool default (Drifted) by PodDisruptionBudget: "));
    assert_true(says(s.table,
                     "claims moon/default/u1/1, moon/default/u1/2, moon/default/u1/3, "
                     "moon/default/u1/4, moon/default/u1/5 and 2 more; `tenon preview --output "
                     "json` has each with its reason\n"));
    assert_int_equal(json_get(&s.json, "held")->count, 7);
    arena_free(&s.arena);
}

/* Of two nodes one would do, but an eviction is more than its hour. */
static void a_move_that_does_not_pay_in_time_is_named_with_what_it_would_save(void **state)
{
    struct shown s;

    (void)state;
    struct instance_type *type = begin(&s);
    struct pool *pool = &s.town.pools[0];
    pool->consolidation = (struct consolidation){.enabled = true, .payback_ms = 60 * 1000};
    for (int i = 1; i <= 2; i++)
        town_pod(&s.town, arena_printf(&s.arena, "shop/web-%d", i).ptr, 300, 128)->claim =
            town_claim(&s.town, arena_printf(&s.arena, "moon/default/u1/%d", i).ptr, pool, type)
                ->id;
    show(&s);
    assert_true(says(s.table, "held     1 node of pool default (Underutilized) by Payback: moving "
                              "its pods costs $0.0050, which pays in 3m7s and not within the "
                              "payback_seconds of pool default, 1m; without that the fleet would "
                              "cost $70.08/month less\n"));
    const struct json *held = json_get(&s.json, "held");
    assert_int_equal(held->count, 1);
    assert_string_equal(json_get(&held->items[0], "held_by")->text.ptr, "Payback");
    assert_string_equal(json_get(&held->items[0], "reason")->text.ptr, "Underutilized");
    assert_true(str_eq(json_get(&held->items[0], "saves_usd")->text, STR("0.096")));
    assert_true(str_eq(json_get(&held->items[0], "costs_usd")->text, STR("0.005")));
    assert_int_equal(json_get(&s.json, "coming")->count, 0);
    arena_free(&s.arena);
}

/* Four nodes that have drifted, and budgets. */
static struct pool *begin_slow(struct shown *s, int64_t at_a_time)
{
    struct instance_type *type = begin(s);
    struct pool *pool = &s->town.pools[0];

    pool_budget(&s->town, pool, at_a_time, false);
    for (int i = 1; i <= 4; i++) {
        struct claim *c =
            town_claim(&s->town, arena_printf(&s->arena, "moon/default/u1/%d", i).ptr, pool, type);
        c->hash = STR("another");
        c->created_ms = c->ready_ms - 90 * 1000; /* it took so long to boot */
        town_pod(&s->town, arena_printf(&s->arena, "shop/web-%d", i).ptr, 1500, 512)->claim = c->id;
    }
    return pool;
}

static void nodes_that_a_budget_holds_back_are_counted_by_rule(void **state)
{
    struct shown s;

    (void)state;
    begin_slow(&s, 1);
    show(&s);
    assert_true(says(s.table, "4 nodes are replaced"));
    assert_true(says(s.table, "held     3 nodes of pool default (Drifted) by Budget: budgets[0] of "
                              "pool default (nodes = \"1\") lets 1 of its 4 nodes be away at a "
                              "time\n"));
    const struct json *held = json_get(&s.json, "held");
    assert_int_equal(held->count, 3);
    assert_string_equal(json_get(&held->items[0], "held_by")->text.ptr, "Budget");
    assert_string_equal(json_get(&held->items[0], "reason")->text.ptr, "Drifted");
    assert_int_equal(json_get(&s.json, "coming")->count, 8);
    arena_free(&s.arena);
}

static void what_is_stale_is_named_with_what_it_holds(void **state)
{
    struct shown s;

    (void)state;
    begin_slow(&s, 4);
    s.town.world.facts.instances_doubt = STR("the last list of instances lacks i-1");
    show(&s);
    assert_true(says(s.table, "stale    the last list of instances lacks i-1\n"));
    assert_true(says(s.table, "held     4 nodes of pool default (Drifted) by Stale"));
    assert_true(str_eq(member(&s, "stale"), s.town.world.facts.instances_doubt));
    arena_free(&s.arena);
}

/* What a plan's warning says. */
static struct str plan(struct shown *s)
{
    struct buf out = buf_in(&s->arena);

    town_bind(&s->town);
    preview_make(&s->arena, &s->town.world, true, &s->preview);
    s->effect = effect_of(&s->town.world, &s->preview);
    effect_lines(&out, &s->effect);
    print_message(STR_FMT, STR_ARG(buf_str(&out)));
    return buf_str(&out);
}

static void a_plan_says_all_that_goes_and_how_long_budgets_make_it(void **state)
{
    struct shown s;

    (void)state;
    begin_slow(&s, 1);
    struct str said = plan(&s);
    assert_int_equal(s.preview.gone, 4);
    assert_int_equal(s.preview.launched, 4);
    /* README.md shows these lines. */
    assert_true(says(said, "nodes    0 stay, 4 replaced (Drifted)\n"
                           "launched 4 m5.large on-demand in a (pool default)\n"
                           "pods     4 move, 0 find a node\n"
                           "cost     $280.32/month as before; no fleet for these pods costs less "
                           "than $280.32/month\n"
                           "time     about 8m, 1 at a time: budgets[0] of pool default (nodes = "
                           "\"1\")\n"));
    s.town.world.max_disrupted = (struct share){.set = true, .percent = true, .value = 50};
    s.town.pools[0].budget_count = 0;
    assert_true(says(plan(&s), "time     about 4m, 2 at a time: max_disrupted = \"50%\"\n"));
    s.town.world.max_disrupted = (struct share){0};
    assert_false(says(plan(&s), "time "));
    arena_free(&s.arena);
}

/* Two nodes of which one has room for all; pods came and went a moment ago. */
static void a_plan_foretells_moves_that_wait_for_a_quiet_while(void **state)
{
    struct shown s;

    (void)state;
    struct instance_type *type = begin(&s);
    struct pool *pool = &s.town.pools[0];
    pool->consolidation = (struct consolidation){
        .enabled = true, .after_ms = 60 * 60 * 1000, .payback_ms = PAYBACK_MS};
    for (int i = 1; i <= 2; i++) {
        struct claim *c =
            town_claim(&s.town, arena_printf(&s.arena, "moon/default/u1/%d", i).ptr, pool, type);
        town_pod(&s.town, arena_printf(&s.arena, "shop/web-%d", i).ptr, 500, 512)->claim = c->id;
    }
    struct str text = plan(&s);
    assert_true(says(text, "nodes    1 stay, 1 drained (Underutilized, after 1h)\n"));
    assert_int_equal(s.town.pools[0].consolidation.after_ms, 60 * 60 * 1000);
    arena_free(&s.arena);
}

static void a_plan_reckons_with_the_hours_of_a_budget(void **state)
{
    struct shown s;
    struct schedule office = {.duration_ms = 8 * HOUR_MS};

    (void)state;
    struct budget *none = (struct budget *)(uintptr_t)begin_slow(&s, 0)->budgets;
    office.cron = (struct cron){.minutes = 1,
                                .hours = INT64_C(1) << 20,
                                .any_day_of_month = true,
                                .any_day_of_week = true,
                                .days_of_month = -1,
                                .months = -1,
                                .days_of_week = -1};
    none->schedule = &office; /* from 20:00 on; it is 22:13:20 UTC */
    assert_true(says(plan(&s), "time     about 5h49m, 4 at a time: budgets[0] of pool default "
                               "(nodes = \"0\")\n"));
    none->schedule = NULL;
    assert_true(says(plan(&s), "time     not within a year: budgets[0] of pool default (nodes = "
                               "\"0\")\n"));
    arena_free(&s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_would_be_launched_is_shown_with_its_price_and_reason),
        cmocka_unit_test(a_node_is_replaced_before_it_leaves),
        cmocka_unit_test(at_rest_there_is_nothing_to_do_and_that_is_said),
        cmocka_unit_test(a_budget_of_pods_that_can_never_be_met_is_named_with_what_it_costs),
        cmocka_unit_test(nodes_that_one_budget_of_pods_keeps_for_good_are_named),
        cmocka_unit_test(a_move_that_does_not_pay_in_time_is_named_with_what_it_would_save),
        cmocka_unit_test(pods_that_will_never_fit_and_nodes_that_cannot_leave_are_named),
        cmocka_unit_test(nodes_that_a_budget_holds_back_are_counted_by_rule),
        cmocka_unit_test(what_is_stale_is_named_with_what_it_holds),
        cmocka_unit_test(a_plan_says_all_that_goes_and_how_long_budgets_make_it),
        cmocka_unit_test(a_plan_foretells_moves_that_wait_for_a_quiet_while),
        cmocka_unit_test(a_plan_reckons_with_the_hours_of_a_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
