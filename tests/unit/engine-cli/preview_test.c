/* What `tenon preview` prints of a world, for people and for programs. */
#include "engine/base/json.h"
#include "engine/cli/preview_text.h"
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
    kept->do_not_disrupt = true;
    town_pod(&s.town, "shop/huge-1", 64000, 512);
    show(&s);
    assert_true(says(s.table, "no place shop/huge-1: NoTypeFits"));
    assert_true(says(s.table, "stuck    pool default: "));
    assert_true(says(s.table, "shop/db-1"));
    assert_string_equal(json_get(&json_get(&s.json, "waiting")->items[0], "reason")->text.ptr,
                        "NoTypeFits");
    assert_int_equal(json_get(&s.json, "stuck")->count, 1);
    arena_free(&s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_would_be_launched_is_shown_with_its_price_and_reason),
        cmocka_unit_test(a_node_is_replaced_before_it_leaves),
        cmocka_unit_test(at_rest_there_is_nothing_to_do_and_that_is_said),
        cmocka_unit_test(pods_that_will_never_fit_and_nodes_that_cannot_leave_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
