/* Why a node, a pool or a coming action is as it is, and what the fleet would cost otherwise. */
#include "engine/base/json.h"
#include "engine/cli/fleet_answer.h"
#include "tests/unit/engine-core/worlds.h"

struct fleet {
    struct arena arena;
    struct town town;
    struct pool *pool;
    struct instance_type *type;
};

static void begin(struct fleet *f)
{
    *f = (struct fleet){0};
    town_init(&f->town, &f->arena);
    f->town.world.now_ms = 1700000000000;
    f->pool = town_pool(&f->town, "default");
    f->type = town_type(&f->town, "m5.large", 2000, 8192, 96000, 0, 1);
}

/* A node with a pod on it; drifted: it is to be replaced. */
static struct pod *serve(struct fleet *f, const char *id, const char *pod, bool drifted)
{
    struct claim *c = town_claim(&f->town, id, f->pool, f->type);
    struct pod *p = town_pod(&f->town, pod, 1500, 512);

    c->hash = drifted ? STR("another") : c->hash;
    p->claim = c->id;
    town_bind(&f->town);
    return p;
}

static struct str table_of(struct fleet *f, const struct fleet_answer *x)
{
    struct buf out = buf_in(&f->arena), json = buf_in(&f->arena);
    struct json tree;

    fleet_answer_table(&out, x);
    fleet_answer_json(&json, x);
    assert_null(json_parse(&f->arena, buf_str(&json), &tree));
    assert_true(str_eq(json_get(&tree, "subject")->text, x->subject));
    assert_int_equal(json_get(&tree, "otherwise")->count, x->otherwise_count);
    print_message(STR_FMT, STR_ARG(buf_str(&out)));
    return buf_str(&out);
}

static void a_node_that_leaves_says_when_and_why(void **state)
{
    struct fleet f;
    struct fleet_answer x;

    (void)state;
    begin(&f);
    serve(&f, "moon/default/u1/7", "shop/web-1", true);
    assert_null(answer_node(&f.arena, &f.town.world, STR("default-7"), &x));
    struct str text = table_of(&f, &x);
    assert_int_equal(x.reason, REASON_DRIFTED);
    assert_true(says(text, "next       it begins to leave in 1m\n"));
    assert_true(says(text, "because    Drifted: "));
    assert_true(says(text, "pods       1: shop/web-1\n"));
    arena_free(&f.arena);
}

static void a_node_that_stays_says_what_the_fleet_would_cost_without_it(void **state)
{
    struct fleet f;
    struct fleet_answer x;

    (void)state;
    begin(&f);
    serve(&f, "moon/default/u1/7", "shop/web-1", false);
    serve(&f, "moon/default/u1/8", "shop/web-2", false);
    f.pool->limits.nodes = 2;
    assert_null(answer_node(&f.arena, &f.town.world, STR("moon/default/u1/8"), &x));
    table_of(&f, &x);
    assert_int_equal(x.reason, REASON_NONE);
    assert_true(str_eq(x.next, STR("it stays")));
    assert_int_equal(x.now.microusd_per_hour, 2 * 96000);
    assert_string_equal(x.otherwise[0].what.ptr, "without this node");
    assert_int_equal(x.otherwise[0].microusd_per_hour, 2 * 96000); /* another is launched */
    arena_free(&f.arena);
}

static void what_keeps_a_node_is_named(void **state)
{
    struct fleet f;
    struct fleet_answer x;

    (void)state;
    begin(&f);
    serve(&f, "moon/default/u1/7", "shop/db-1", true)->undisturbed_ms = NEVER_MS;
    assert_null(answer_node(&f.arena, &f.town.world, STR("default-7"), &x));
    assert_true(says(table_of(&f, &x), "shop/db-1 must not be disrupted"));
    assert_null(answer_pool(&f.arena, &f.town.world, STR("default"), &x));
    assert_true(says(table_of(&f, &x), "shop/db-1 must not be disrupted"));
    arena_free(&f.arena);
}

static void a_pool_says_what_its_limits_cost(void **state)
{
    struct fleet f;
    struct fleet_answer x;

    (void)state;
    begin(&f);
    serve(&f, "moon/default/u1/7", "shop/web-1", false);
    town_pod(&f.town, "shop/web-2", 1500, 512);
    f.pool->limits.nodes = 1;
    assert_null(answer_pool(&f.arena, &f.town.world, STR("default"), &x));
    struct str text = table_of(&f, &x);
    assert_true(says(text, "is         1 node, $70.08/month\n"));
    assert_int_equal(x.now.waiting, 1);
    assert_string_equal(x.otherwise[0].what.ptr, "without its limits");
    assert_int_equal(x.otherwise[0].waiting, 0);
    assert_int_equal(x.otherwise[0].microusd_per_hour, 2 * 96000);
    assert_true(says(text, "without its limits: $140.16/month (0.0960 $/h more), 0 pods without a "
                           "place instead of 1\n"));
    arena_free(&f.arena);
}

static void an_action_says_whom_it_is_for_and_what_were_without_it(void **state)
{
    struct fleet f;
    struct fleet_answer x;

    (void)state;
    begin(&f);
    town_pod(&f.town, "shop/web-1", 1500, 512);
    assert_null(answer_action(&f.arena, &f.town.world, STR("1"), &x));
    struct str text = table_of(&f, &x);
    assert_true(says(text, "launch m5.large on-demand in a of pool default, for 1 pods"));
    assert_true(says(text, "because    PendingPods: "));
    assert_int_equal(x.otherwise[0].microusd_per_hour, 0);
    arena_free(&f.arena);
}

static void a_launch_says_what_its_other_choices_may_cost_more(void **state)
{
    struct fleet f;
    struct fleet_answer x;

    (void)state;
    begin(&f);
    town_type(&f.town, "m5a.large", 2000, 8192, 100000, 0, 1);
    town_pod(&f.town, "shop/web-1", 1500, 512);
    assert_null(answer_action(&f.arena, &f.town.world, STR("1"), &x));
    assert_true(says(table_of(&f, &x), "$70.08/month, up to $2.92/month more by which of its "
                                       "choices comes"));
    arena_free(&f.arena);
}

static void a_node_says_how_far_the_choices_of_its_launch_differed(void **state)
{
    struct fleet f;
    struct fleet_answer x;

    (void)state;
    begin(&f);
    serve(&f, "moon/default/u1/7", "shop/web-1", false);
    f.town.claims[0].premium_microusd_per_hour = 4000;
    assert_null(answer_node(&f.arena, &f.town.world, STR("default-7"), &x));
    assert_true(says(table_of(&f, &x), "its launch left choices that differed by up to "
                                       "$2.92/month\n"));
    assert_int_equal(x.premium_microusd_per_hour, 4000);
    arena_free(&f.arena);
}

/* Two small pods on two nodes: one of them would do, but an eviction costs more than its minute. */
static void a_node_that_a_rule_keeps_says_which_and_what_were_without_it(void **state)
{
    struct fleet f;
    struct fleet_answer x, other;

    (void)state;
    begin(&f);
    f.pool->consolidation = (struct consolidation){.enabled = true, .payback_ms = 60 * 1000};
    spec_of(serve(&f, "moon/default/u1/7", "shop/web-1", false))->requests = amounts(300, 128, 1);
    spec_of(serve(&f, "moon/default/u1/8", "shop/web-2", false))->requests = amounts(300, 128, 1);
    assert_null(answer_node(&f.arena, &f.town.world, STR("default-7"), &x));
    assert_null(answer_node(&f.arena, &f.town.world, STR("default-8"), &other));
    x = x.bound_reason ? x : other; /* one stays for the other's pod */
    struct str text = table_of(&f, &x);
    assert_int_equal(x.bound_reason, REASON_PAYBACK);
    assert_true(says(text, "in the way Payback: moving its pods costs $0.0050"));
    assert_true(says(text, "were it not for Payback: $70.08/month (0.0960 $/h less)\n"));
    arena_free(&f.arena);
}

static void refused(struct error *e, const char *detail)
{
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    assert_string_equal(e->detail.ptr, detail);
}

static void a_name_that_is_not_there_is_told_which_may_have_been_meant(void **state)
{
    struct fleet f;
    struct fleet_answer x;

    (void)state;
    begin(&f);
    const struct world *w = &f.town.world;
    refused(answer_node(&f.arena, w, STR("default-7"), &x), "The store has no node.");
    serve(&f, "moon/default/u1/7", "shop/web-1", false);
    refused(answer_node(&f.arena, w, STR("default-9"), &x), "There is default-7.");
    refused(answer_node(&f.arena, w, STR("nobody"), &x), "tenon status names them.");
    refused(answer_pool(&f.arena, w, STR("defualt"), &x), "There is default.");
    refused(answer_pool(&f.arena, w, STR("nobody"), &x), "tenon status names them.");
    refused(answer_action(&f.arena, w, STR("1"), &x), "Nothing is to be done.");
    town_pod(&f.town, "shop/web-2", 1500, 512);
    refused(answer_action(&f.arena, w, STR("2"), &x),
            "Actions are numbered from 1 to 1, as tenon preview shows them.");
    refused(answer_action(&f.arena, w, STR("launch"), &x),
            "Actions are numbered from 1 to 1, as tenon preview shows them.");
    arena_free(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_leaves_says_when_and_why),
        cmocka_unit_test(a_node_that_stays_says_what_the_fleet_would_cost_without_it),
        cmocka_unit_test(what_keeps_a_node_is_named),
        cmocka_unit_test(a_pool_says_what_its_limits_cost),
        cmocka_unit_test(an_action_says_whom_it_is_for_and_what_were_without_it),
        cmocka_unit_test(a_launch_says_what_its_other_choices_may_cost_more),
        cmocka_unit_test(a_node_says_how_far_the_choices_of_its_launch_differed),
        cmocka_unit_test(a_node_that_a_rule_keeps_says_which_and_what_were_without_it),
        cmocka_unit_test(a_name_that_is_not_there_is_told_which_may_have_been_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
