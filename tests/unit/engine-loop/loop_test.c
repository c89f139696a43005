#include "engine/loop/claim_record.h"
#include "engine/loop/journal.h"
#include "engine/loop/keeping.h"
#include "engine/optimize/propose.h"
#include "engine/pools.h"
#include "engine/worlds/kept.h"
#include "tests/unit/engine-loop/scene.h"
#include "tests/unit/range.h"

static struct scene *served(size_t pods)
{
    struct scene *s = scene_new(pods);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 3 * MINUTE));
    return s;
}

static void pending_pods_get_a_node_and_are_bound_to_it(void **state)
{
    (void)state;
    struct scene *s = served(2);
    assert_int_equal(sim_living(s->sim), 1);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 2);
    assert_int_equal(scene_status(s, "pool/default", "converged"), 1);
    assert_int_equal(scene_status(s, "class/default", "converged"), 1);
    assert_true(scene_says(s, "snapshot", "last", "\"default/web-1\""));
    scene_free(s);
}

static void the_claim_with_its_request_is_stored_before_the_launch(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    scene_put_class(s);
    scene_put_pool(s);
    while (!sim_launches(s->sim) && scene_step(s, sim_now_ms(s->sim) + MINUTE))
        continue;
    assert_int_equal(sim_launches(s->sim), 1);
    assert_true(scene_says(s, "claim", "moon/default/u1/1", "\\\"options\\\""));
    /* 32 hex digits of SHA-256 of the claim's id. */
    assert_true(scene_says(s, "claim", "moon/default/u1/1", "8f15944ea607600e750d1afb8c974bac"));
    scene_free(s);
}

static void a_claim_is_told_from_a_cluster_with_slashes_in_its_name(void **state)
{
    (void)state;
    struct claim_id id;
    assert_true(claim_id_parse(STR("arn:aws:eks:eu-central-1:1:cluster/moon/default/u1/7"), &id));
    assert_true(str_eq(id.cluster, STR("arn:aws:eks:eu-central-1:1:cluster/moon")));
    assert_true(str_eq(id.pool, STR("default")));
    assert_true(str_eq(id.uid, STR("u1")));
    assert_int_equal(id.serial, 7);
    static const char *const others[] = {"",
                                         "/",
                                         "moon/default/u1",
                                         "moon/default/u1/",
                                         "moon/default/u1/0",
                                         "/default/u1/1",
                                         "moon//u1/1",
                                         "moon/default//1"};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(claim_id_parse(str_of(others[i]), &id));
}

static void a_hundred_claims_of_one_template_name_one_record(void **state)
{
    (void)state;
    struct scene *s = scene_new(0);
    scene_put(s, "class", "default", "c1", 1, false,
              "{'name':'default','instance_profile':'node','user_data':'echo hello'}");
    scene_put(s, "pool", "many", "u2", 1, false,
              "{'name':'many','node_class':'default','replicas':100}");
    assert_true(scene_settles(s, 5 * MINUTE));
    assert_int_equal(sim_living(s->sim), 100);
    assert_int_equal(sim_record_count(s->sim, STR("claim")), 100);
    assert_int_equal(sim_record_count(s->sim, STR("template")), 1);
    assert_int_equal(sim_template_count(s->sim), 1);
    assert_false(scene_says(s, "claim", "moon/many/u2/100", "echo hello"));
    scene_free(s);
}

static void a_claim_forgets_its_request_when_its_instance_has_come(void **state)
{
    (void)state;
    struct scene *s = served(2);
    assert_false(scene_says(s, "claim", "moon/default/u1/1", "\\\"options\\\""));
    assert_true(scene_says(s, "claim", "moon/default/u1/1", "\"template\":\"sim/"));
    scene_free(s);
}

static void change_class(struct scene *s, int generation)
{
    struct str document =
        arena_printf(&s->arena, "{'name':'default','instance_profile':'node-%d'}", generation);
    scene_put(s, "class", "default", "c1", generation, false, document.ptr);
    scene_apply(s, "class/default");
    scene_run(s, 5 * MINUTE);
}

static void templates_go_with_the_last_node_that_started_from_them(void **state)
{
    (void)state;
    struct scene *s = served(2);
    for (int generation = 2; generation <= 4; generation++) {
        change_class(s, generation);
        assert_int_equal(sim_living(s->sim), 1);
        assert_int_equal(sim_template_count(s->sim), 1);
        assert_int_equal(sim_record_count(s->sim, STR("template")), 1);
    }
    assert_int_equal(sim_launches(s->sim), 4);
    scene_free(s);
}

static void templates_that_only_a_lost_store_knew_go_too(void **state)
{
    (void)state;
    struct scene *s = served(2);
    sim_drop_store(s->sim);
    scene_restart(s);
    scene_put_pool(s);
    change_class(s, 2);
    assert_int_equal(sim_launches(s->sim), 2);
    assert_int_equal(sim_template_count(s->sim), 1);
    scene_free(s);
}

static void templates_that_cannot_be_removed_are_tried_again(void **state)
{
    (void)state;
    struct scene *s = served(2);
    sim_fail(s->sim, SIM_FORGET_FAILS, 2);
    change_class(s, 2);
    assert_int_equal(scene_status(s, "pool/default", "converged"), 1);
    assert_int_equal(sim_template_count(s->sim), 1);
    scene_free(s);
}

static void without_its_record_a_template_has_to_be_there(void **state)
{
    (void)state;
    struct scene *s = served(2);
    sim_fail(s->sim, SIM_LAUNCH_LOST, 1);
    scene_set_pods(s, 4);
    while (sim_launches(s->sim) < 2 && scene_step(s, sim_now_ms(s->sim) + MINUTE))
        continue;
    struct str claim = sim_record(s->sim, STR("claim"), STR("moon/default/u1/2"));
    struct json body;
    assert_null(json_parse(&s->arena, claim, &body));
    struct str name = json_string_or(json_get(&body, "template"), STR(""));
    sim_put_record(s->sim, (struct store_record){STR("template"), name, {0}});
    scene_restart(s);
    assert_true(scene_settles(s, 5 * MINUTE));
    assert_int_equal(sim_launches(s->sim), 2);
    scene_free(s);
}

static void pods_that_come_one_by_one_are_decided_together(void **state)
{
    (void)state;
    struct scene *s = served(0);
    for (size_t pods = 1; pods <= 4; pods++) {
        scene_set_pods(s, pods);
        scene_run(s, 700); /* less than the idle window apart */
    }
    assert_int_equal(sim_launches(s->sim), 0);
    scene_run(s, MINUTE);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 4);
    scene_free(s);
}

static void a_batch_that_never_pauses_is_closed_after_ten_seconds(void **state)
{
    (void)state;
    struct scene *s = served(0);
    for (size_t i = 0; i < 20; i++) {
        scene_set_pods(s, i + 1);
        scene_run(s, 700);
    }
    assert_true(sim_launches(s->sim) > 0);
    scene_free(s);
}

/* State that was set back counts generations again, so a generation says nothing. */
static void a_status_is_of_the_very_document_that_it_was_said_of(void **state)
{
    (void)state;
    static const int generations[] = {5, 5, 3};
    static const char *const documents[] = {
        "{'name':'static','node_class':'default','replicas':1}",
        "{'name':'static','node_class':'default','replicas':2}",
        "{'name':'static','node_class':'default','replicas':3}"};
    struct scene *s = scene_new(0);
    scene_put_class(s);
    for (size_t i = 0; i < COUNT(documents); i++) {
        scene_put(s, "pool", "static", "u2", generations[i], false, documents[i]);
        scene_run(s, 5 * SECOND); /* launched, and not running yet */
        assert_int_equal(sim_living(s->sim), i + 1);
        assert_int_equal(scene_status(s, "pool/static", "converged"), 0);
        assert_true(scene_settles(s, 3 * MINUTE));
        scene_run(s, SECOND);
        assert_int_equal(scene_status(s, "pool/static", "converged"), 1);
        struct str stored = arena_printf(&s->arena, "%s", documents[i]);
        for (size_t c = 0; c < stored.len; c++)
            if (stored.ptr[c] == '\'')
                ((char *)stored.ptr)[c] = '"';
        struct str content = arena_str(&s->arena, spec_content(&s->arena, stored));
        assert_true(scene_says(s, "status", "pool/static", content.ptr));
    }
    scene_free(s);
}

static void an_engine_believes_what_the_one_before_it_said_of_the_same_document_only(void **state)
{
    (void)state;
    struct scene *s = served(1);
    sim_fail(s->sim, SIM_LIST_FAILS, 1000); /* it cannot judge for itself */
    scene_restart(s);
    scene_run(s, 5 * SECOND);
    assert_int_equal(scene_status(s, "pool/default", "converged"), 1);
    scene_put(s, "pool", "default", "u1", 1, false, "{'name':'default','node_class':'default'}");
    scene_restart(s);
    scene_run(s, 5 * SECOND);
    assert_int_equal(scene_status(s, "pool/default", "converged"), 0);
    scene_free(s);
}

/* A decision of `binds` binds and one launch for as many pods. */
static struct decision wide_decision(struct arena *a, const struct pool *pool, size_t binds)
{
    struct action *actions = ARENA_ARRAY(a, struct action, binds + 1);
    struct pod *pods = ARENA_ARRAY(a, struct pod, binds);
    const struct pod **named = ARENA_ARRAY(a, const struct pod *, binds);
    for (size_t i = 0; i < binds; i++) {
        pods[i].name = arena_printf(a, "default/web-%zu", i);
        named[i] = &pods[i];
        actions[i] =
            (struct action){.kind = ACTION_BIND, .reason = REASON_PENDING_PODS, .pod = &pods[i]};
    }
    actions[binds] = (struct action){.kind = ACTION_LAUNCH,
                                     .reason = REASON_PENDING_PODS,
                                     .pool = pool,
                                     .pods = named,
                                     .pod_count = binds};
    return (struct decision){.actions = actions, .action_count = binds + 1};
}

static void a_decision_of_a_hundred_thousand_binds_is_a_small_entry_of_the_journal(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    const struct pool pool = {.name = STR("default")};
    struct decision d = wide_decision(&a, &pool, 100000);
    struct json entry;
    int64_t left_out = 0;
    state_init(&s, STR("moon"));
    journal_decision(&a, &s, &d, 0);
    assert_int_equal(s.outbox_count, 1);
    struct str body = s.outbox[0].body;
    assert_true(in_range(body.len, JOURNAL_ENTRY_BYTES / 2, JOURNAL_ENTRY_BYTES + 2048));
    assert_null(json_parse(&a, body, &entry));
    const struct json *actions = json_get(&entry, "actions");
    assert_string_equal(json_get(&actions->items[0], "action")->text.ptr, "launch");
    assert_true(str_eq(json_get(&actions->items[0], "pod_count")->text, STR("100000")));
    assert_true(json_to_int64(json_path(&entry, "left_out", "bind", NULL), &left_out));
    assert_int_equal(actions->count - 1 + (size_t)left_out, 100000);
    state_finish(&s);
}

static void the_journal_keeps_the_newest_entries_that_fit(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    const struct pool pool = {.name = STR("default")};
    struct decision d = wide_decision(&a, &pool, 1000);
    const struct store_record huge = {STR("journal"),
                                      STR("000000000000000-0000"),
                                      {arena_alloc(&a, 12000000), 12000000}}; /* by an older one */
    size_t deleted = 0;
    state_init(&s, STR("moon"));
    journal_fold(&s, &huge);
    for (int i = 1; i <= 1000; i++)
        journal_decision(&a, &s, &d, i);
    for (size_t i = 0; i < s.outbox_count; i++)
        deleted += !s.outbox[i].body.ptr;
    assert_true(str_eq(s.outbox[1].key, huge.key));
    assert_null(s.outbox[1].body.ptr);
    assert_true(in_range(s.journal.bytes, JOURNAL_BYTES - 32 * 1024, JOURNAL_BYTES));
    assert_int_equal(s.journal.records.count, 1001 - deleted);
    state_finish(&s);
}

/* What was kept last, and whether the engine would still decide as it did. */
static struct kept *last_world(struct scene *s)
{
    struct kept *k = ARENA_NEW(&s->arena, struct kept);
    struct decision again;

    assert_null(kept_read(&s->arena, sim_record(s->sim, STR("world"), STR("last")), k));
    fleet_decide(&s->arena, &k->world, &again);
    assert_true(str_eq(kept_write(&s->arena, &k->world, &k->decision),
                       kept_write(&s->arena, &k->world, &again)));
    return k;
}

static void the_world_at_rest_is_kept_as_it_was_decided(void **state)
{
    (void)state;
    struct scene *s = served(2);
    struct kept *k = last_world(s);
    assert_int_equal(k->world.pod_count, 2);
    assert_int_equal(k->world.claims[0].pod_count, 2);
    assert_int_equal(k->decision.action_count, 0);

    scene_set_pods(s, 3);
    scene_run(s, 3 * MINUTE);
    assert_int_equal(last_world(s)->world.pod_count, 3);
    scene_free(s);
}

static void each_entry_of_the_journal_has_its_world_until_worlds_take_too_much(void **state)
{
    (void)state;
    struct scene *s = served(2);
    assert_true(sim_record_count(s->sim, STR("journal")) > 0);
    assert_int_equal(sim_record_count(s->sim, STR("world")),
                     sim_record_count(s->sim, STR("journal")) + 1);
    scene_free(s);
}

static void worlds_for_replay_are_bounded_and_large_ones_are_kept_seldom(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct state s;
    const struct str large = {arena_alloc(&a, 2 * WORLD_LARGE_BYTES), 2 * WORLD_LARGE_BYTES};
    size_t written = 0;
    state_init(&s, STR("moon"));
    for (int i = 1; i <= 100; i++)
        keep_world(&s, large, arena_printf(&a, "%015d-0000", i), i * SECOND);
    for (size_t i = 0; i < s.outbox_count; i++)
        written += s.outbox[i].body.ptr && !str_eq(s.outbox[i].key, STR("last"));
    assert_int_equal(written, 10);
    assert_true(s.keeping.trail.bytes <= WORLDS_BYTES);
    state_finish(&s);
}

/* "0.0850" and such, as the picture of the fleet has it. */
static struct str bound_said(struct arena *a, const struct scene *s)
{
    struct str body = sim_record(s->sim, STR("snapshot"), STR("last"));
    struct json picture;
    assert_null(json_parse(a, body, &picture));
    return arena_str(a, json_get(&picture, "bound_usd")->text);
}

/* It is not proved anew with each decision, but whenever it may be another. */
static void the_bound_that_is_said_is_that_of_the_pods_and_prices_of_today(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct scene *s = scene_new(1);
    s->disrupts_all = true;
    scene_restart(s);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 3 * MINUTE));
    struct str one = bound_said(&a, s);
    scene_set_pods(s, 6);
    scene_run(s, 3 * MINUTE);
    struct str six = bound_said(&a, s);
    assert_false(str_eq(one, six));
    for (size_t i = 0; i < COUNT(s->prices); i++)
        s->prices[i][0] = s->prices[i][1] = 10000;
    scene_run(s, 6 * MINUTE); /* catalogs are asked for every five */
    assert_false(str_eq(six, bound_said(&a, s)));
    scene_set_pods(s, 1);
    scene_run(s, MINUTE);
    assert_string_equal("0.01", bound_said(&a, s).ptr);
    scene_free(s);
}

/* Having been so before, with nothing to do, is not enough. */
static void a_pool_that_pods_are_sent_to_is_not_converged_before_they_run(void **state)
{
    (void)state;
    struct scene *s = scene_new(0);
    scene_put_class(s);
    scene_put(s, "pool", "first", "u1", 1, false,
              "{'name':'first','node_class':'default','weight':100,'requirements':[{'key':"
              "'node.kubernetes.io/instance-type','operator':'In','values':['c5.large']}]}");
    scene_put(s, "pool", "second", "u2", 1, false,
              "{'name':'second','node_class':'default','weight':10,'requirements':[{'key':"
              "'node.kubernetes.io/instance-type','operator':'In','values':['m5.large']}]}");
    assert_true(scene_settles(s, 3 * MINUTE));
    scene_run(s, SECOND);
    assert_int_equal(scene_status(s, "pool/second", "converged"), 1);

    sim_no_capacity(s->sim, STR("c5.large"), NEVER_MS);
    scene_set_pods(s, 2);
    while (!sim_launches(s->sim) && scene_step(s, sim_now_ms(s->sim) + MINUTE))
        continue;
    scene_run(s, 10 * SECOND); /* it boots for thirty */
    assert_int_equal(sim_living(s->sim), 1);
    assert_int_equal(scene_status(s, "pool/second", "converged"), 0);
    assert_int_equal(scene_status(s, "class/default", "converged"), 0);
    assert_true(scene_settles(s, 3 * MINUTE));
    scene_run(s, SECOND);
    assert_int_equal(scene_status(s, "pool/second", "converged"), 1);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 2);
    scene_free(s);
}

static void replicas_are_nodes_without_pods(void **state)
{
    (void)state;
    struct scene *s = scene_new(0);
    scene_put_class(s);
    scene_put(s, "pool", "static", "u2", 1, false,
              "{'name':'static','node_class':'default','replicas':2}");
    assert_true(scene_settles(s, 3 * MINUTE));
    assert_int_equal(sim_living(s->sim), 2);
    scene_run(s, 30 * MINUTE);
    assert_int_equal(sim_living(s->sim), 2);
    scene_free(s);
}

static void an_empty_node_goes_when_its_ttl_is_up_and_not_before(void **state)
{
    (void)state;
    struct scene *s = served(2);
    scene_apply(s, "pool/default");
    scene_run(s, 5 * SECOND);
    scene_set_pods(s, 0);
    scene_run(s, 59 * SECOND);
    assert_int_equal(sim_living(s->sim), 1);
    scene_run(s, 3 * SECOND);
    assert_int_equal(sim_living(s->sim), 0);
    scene_run(s, 2 * MINUTE);
    assert_int_equal(sim_record_count(s->sim, STR("claim")), 0);
    scene_free(s);
}

static void a_node_that_a_list_showed_before_its_launch_was_answered_goes_like_any_other(
    void **state)
{
    (void)state;
    struct scene *s = scene_new_slow(8, 45 * SECOND);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 3 * MINUTE));
    scene_apply(s, "pool/default");
    scene_run(s, 5 * SECOND);
    scene_set_pods(s, 0);
    scene_run(s, 2 * MINUTE);
    assert_int_equal(sim_living(s->sim), 0);
    scene_free(s);
}

static void an_emptiness_outlives_the_engine_that_saw_it(void **state)
{
    (void)state;
    struct scene *s = served(2);
    scene_apply(s, "pool/default");
    scene_set_pods(s, 0);
    scene_run(s, 30 * SECOND);
    scene_restart(s);
    scene_run(s, 29 * SECOND);
    assert_int_equal(sim_living(s->sim), 1);
    scene_run(s, 5 * SECOND);
    assert_int_equal(sim_living(s->sim), 0);
    scene_free(s);
}

static void without_an_apply_nothing_is_disrupted(void **state)
{
    (void)state;
    struct scene *s = served(2);
    scene_set_pods(s, 0);
    scene_run(s, 30 * MINUTE);
    assert_int_equal(sim_living(s->sim), 1);
    scene_free(s);
}

static void a_pool_that_is_destroyed_leaves_nothing(void **state)
{
    (void)state;
    struct scene *s = served(4);
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, 2 * MINUTE);
    assert_int_equal(sim_living(s->sim), 0);
    assert_int_equal(sim_record_count(s->sim, STR("claim")), 0);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 0);
    assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
    assert_null(sim_record(s->sim, STR("status"), STR("pool/default")).ptr);
    assert_true(sim_forgot(s->sim, STR("pool"), STR("default")));

    scene_put(s, "class", "default", "c1", 1, true, SCENE_CLASS);
    scene_run(s, MINUTE);
    assert_null(sim_record(s->sim, STR("class"), STR("default")).ptr);
    assert_true(sim_forgot(s->sim, STR("class"), STR("default")));
    scene_free(s);
}

static void of_what_was_destroyed_the_newest_thousand_are_kept(void **state)
{
    (void)state;
    struct scene *s = scene_new(0);
    for (int i = 0; i < 1000; i++) {
        struct str key = arena_printf(&s->arena, "pool/old-%d", i);
        struct str body = arena_printf(&s->arena, "{\"name\":\"old\",\"at_ms\":%d}", 1000 - i);
        sim_put_record(s->sim, (struct store_record){STR("tombstone"), key, body});
    }
    scene_restart(s);
    scene_put_class(s);
    scene_put_pool(s);
    scene_run(s, MINUTE);
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, MINUTE);
    assert_true(scene_says(s, "tombstone", "pool/u1", "\"default\""));
    assert_int_equal(sim_record_count(s->sim, STR("tombstone")), 1000);
    assert_null(sim_record(s->sim, STR("tombstone"), STR("pool/old-999")).ptr); /* the oldest */
    scene_free(s);
}

static void a_pool_is_not_gone_while_its_instance_is_going(void **state)
{
    (void)state;
    struct scene *s = served(1);
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, 15 * SECOND); /* stopping takes 20 */
    assert_int_equal(sim_living(s->sim), 0);
    assert_non_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
    scene_run(s, 30 * SECOND);
    assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
    scene_free(s);
}

static void a_new_image_of_the_class_replaces_nodes_the_replacement_first(void **state)
{
    (void)state;
    struct scene *s = served(2);
    size_t least = 2;
    sim_set_image(s->sim, STR("ami-2"));
    scene_put(s, "class", "default", "c1", 2, false,
              "{'name':'default','instance_profile':'node','ami_selector':[{'id':'ami-2'}]}");
    scene_apply(s, "class/default");
    for (int i = 0; i < 600; i++) {
        scene_run(s, SECOND / 2);
        size_t bound = sim_record_count(s->sim, STR("binding"));
        if (bound < least)
            least = bound;
        assert_true(sim_living(s->sim) >= 1);
    }
    struct cloud_instance i;
    assert_int_equal(sim_living(s->sim), 1);
    assert_true(sim_instance(s->sim, 0, &i));
    assert_true(str_eq(i.image_id, STR("ami-2")));
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 2);
    assert_int_equal(scene_status(s, "class/default", "generation"), 2);
    assert_true(scene_status(s, "class/default", "converged"));
    scene_free(s);
}

static void an_instance_that_somebody_else_stops_is_replaced(void **state)
{
    (void)state;
    struct scene *s = served(2);
    struct cloud_instance i;
    assert_true(sim_instance(s->sim, 0, &i));
    sim_stop_instance(s->sim, i.id);
    scene_run(s, 3 * MINUTE);
    assert_int_equal(sim_living(s->sim), 1);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 2);
    assert_int_equal(sim_record_count(s->sim, STR("claim")), 1);
    scene_free(s);
}

static void a_type_without_capacity_is_passed_over(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    struct cloud_instance i;
    sim_no_capacity(s->sim, STR("c5.large"), sim_now_ms(s->sim) + 60 * MINUTE);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 3 * MINUTE));
    assert_int_equal(sim_living(s->sim), 1);
    assert_true(sim_instance(s->sim, 0, &i));
    assert_false(str_eq(i.instance_type, STR("c5.large")));
    scene_free(s);
}

static void no_capacity_at_all_is_tried_again_when_the_marks_are_old(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    for (size_t t = 0; t < COUNT(scene_types); t++)
        sim_no_capacity(s->sim, str_of(scene_types[t].name), sim_now_ms(s->sim) + 2 * MINUTE);
    scene_put_class(s);
    scene_put_pool(s);
    assert_false(scene_settles(s, 2 * MINUTE));
    assert_true(scene_says(s, "status", "pool/default", "NoCapacity"));
    assert_true(scene_settles(s, 4 * MINUTE));
    assert_int_equal(sim_living(s->sim), 1);
    scene_free(s);
}

static void a_launch_whose_answer_is_lost_is_made_once(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    sim_fail(s->sim, SIM_LAUNCH_LOST, 3);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 5 * MINUTE));
    assert_int_equal(sim_launches(s->sim), 1);
    scene_free(s);
}

static void a_refusal_of_a_repeat_says_nothing_of_the_launch_before(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    sim_fail(s->sim, SIM_LAUNCH_LOST, 1);
    scene_put_class(s);
    scene_put_pool(s);
    while (!sim_launches(s->sim) && scene_step(s, sim_now_ms(s->sim) + MINUTE))
        continue;
    sim_fail(s->sim, SIM_LIST_FAILS, 6);     /* so that the repeat comes first ... */
    sim_fail(s->sim, SIM_LAUNCH_REFUSED, 1); /* ... and is refused */
    assert_true(scene_settles(s, 5 * MINUTE));
    assert_int_equal(sim_launches(s->sim), 1);
    assert_int_equal(sim_living(s->sim), 1);
    scene_free(s);
}

static void a_refused_template_is_said_and_tried_again_later(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    sim_fail(s->sim, SIM_LAUNCH_REFUSED, 2);
    scene_put_class(s);
    scene_put_pool(s);
    scene_run(s, 4 * SECOND);
    assert_true(scene_says(s, "status", "pool/default", "the launch template is refused"));
    assert_int_equal(sim_launches(s->sim), 0);
    assert_true(scene_settles(s, 3 * MINUTE));
    assert_int_equal(sim_launches(s->sim), 1);
    scene_free(s);
}

static void terminations_are_repeated_until_the_instance_is_gone(void **state)
{
    (void)state;
    struct scene *s = served(2);
    sim_fail(s->sim, SIM_TERMINATE_FAILS, 3);
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, 2 * MINUTE);
    assert_int_equal(sim_living(s->sim), 0);
    assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
    scene_free(s);
}

static void lists_and_catalogs_that_fail_are_asked_for_again(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    sim_fail(s->sim, SIM_LIST_FAILS, 3);
    sim_fail(s->sim, SIM_CATALOG_FAILS, 3);
    scene_put_class(s);
    scene_put_pool(s);
    scene_run(s, 3 * SECOND);
    assert_true(scene_says(s, "status", "pool/default", "the types cannot be listed"));
    assert_true(scene_settles(s, 3 * MINUTE));
    scene_free(s);
}

static void a_write_that_fails_is_repeated_and_nothing_is_sent_before_it(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    sim_fail(s->sim, SIM_WRITE_FAILS, 4);
    scene_put_class(s);
    scene_put_pool(s);
    while (!sim_launches(s->sim) && scene_step(s, sim_now_ms(s->sim) + MINUTE))
        continue;
    assert_int_equal(sim_record_count(s->sim, STR("claim")), 1);
    assert_true(scene_settles(s, 3 * MINUTE));
    assert_int_equal(sim_launches(s->sim), 1);
    scene_free(s);
}

static void an_engine_that_has_lost_the_lease_sends_nothing_more(void **state)
{
    (void)state;
    struct scene *s = served(2);
    sim_take_lease(s->sim);
    scene_set_pods(s, 40);
    scene_run(s, 5 * MINUTE);
    assert_false(engine_is_settled(s->engine));
    assert_int_equal(sim_launches(s->sim), 1);
    scene_free(s);
}

static void a_lost_store_is_built_again_from_tags(void **state)
{
    (void)state;
    struct scene *s = served(4);
    unsigned launches = sim_launches(s->sim);
    sim_drop_store(s->sim);
    scene_restart(s);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 3 * MINUTE));
    assert_int_equal(sim_launches(s->sim), launches);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 4);

    /* And what comes next has a token that was never used. */
    scene_set_pods(s, 12);
    assert_true(scene_settles(s, 10 * SECOND) || scene_settles(s, 3 * MINUTE));
    scene_run(s, 2 * MINUTE);
    assert_true(sim_launches(s->sim) > launches);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 12);
    scene_free(s);
}

static void after_a_lost_store_nothing_is_launched_before_instances_are_listed(void **state)
{
    (void)state;
    struct scene *s = served(4);
    unsigned launches = sim_launches(s->sim);
    sim_drop_store(s->sim);
    sim_fail(s->sim, SIM_LIST_FAILS, 5);
    scene_restart(s);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 5 * MINUTE));
    assert_int_equal(sim_launches(s->sim), launches);
    assert_int_equal(sim_record_count(s->sim, STR("claim")), launches);
    scene_free(s);
}

static void a_launch_just_before_the_store_was_lost_is_not_made_again(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    scene_put_class(s);
    scene_put_pool(s);
    while (!sim_launches(s->sim) && scene_step(s, sim_now_ms(s->sim) + MINUTE))
        continue;
    sim_drop_store(s->sim); /* the instance is not even in lists yet */
    scene_restart(s);
    scene_put_class(s);
    scene_put_pool(s);
    assert_true(scene_settles(s, 5 * MINUTE));
    assert_int_equal(sim_launches(s->sim), 1);
    scene_free(s);
}

static void destroying_a_pool_that_the_store_has_lost_takes_its_instances_along(void **state)
{
    (void)state;
    struct scene *s = served(4);
    sim_drop_store(s->sim);
    scene_restart(s);
    scene_put(s, "pool", "default", "u1", 0, true, "null");
    scene_run(s, 2 * MINUTE);
    assert_int_equal(sim_living(s->sim), 0);
    assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
    scene_free(s);
}

static void the_instance_of_a_damaged_record_is_found_by_its_tags(void **state)
{
    static const char *const bodies[] = {
        "[]",
        "{\"phase\":2,\"instance_id\":\"i-1\",\"taints\":[{\"key\":\"a\",\"effect\":40}]}",
        "{\"phase\":2,\"instance_id\":\"i-1\",\"capacity\":{\"cpu\":9223372036854775807}}",
        "{\"phase\":9}",
        "{\"phase\":2}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct scene *s = served(2);
        sim_put_record(s->sim, (struct store_record){STR("claim"), STR("moon/default/u1/1"),
                                                     str_of(bodies[i])});
        scene_restart(s);
        assert_true(scene_settles(s, 3 * MINUTE));
        assert_int_equal(sim_launches(s->sim), 1);
        assert_int_equal(sim_record_count(s->sim, STR("binding")), 2);
        assert_true(scene_says(s, "claim", "moon/default/u1/1", "\"phase\":2"));
        scene_free(s);
    }
}

static void instances_of_unknown_pools_are_left_alone_and_nothing_is_disrupted(void **state)
{
    (void)state;
    struct scene *s = served(2);
    const struct cloud_instance theirs = {.id = STR("i-theirs"),
                                          .claim = STR("moon/other/u9/3"),
                                          .pool = STR("other"),
                                          .instance_type = STR("m5.large"),
                                          .zone = STR("us-east-1a")};
    sim_add_instance(s->sim, &theirs);
    scene_run(s, 2 * MINUTE); /* the slow list finds it */
    scene_apply(s, "pool/default");
    scene_set_pods(s, 0);
    scene_run(s, 30 * MINUTE);
    assert_int_equal(sim_living(s->sim), 2);
    assert_true(scene_says(s, "status", "pool/default", "does not know"));
    scene_free(s);
}

static void an_instance_whose_uid_nobody_knows_is_the_pools_of_its_name(void **state)
{
    (void)state;
    struct scene *s = served(0);
    const struct cloud_instance old = {.id = STR("i-old"),
                                       .claim = STR("moon/default/u0/7"),
                                       .pool = STR("default"),
                                       .instance_type = STR("m5.large"),
                                       .zone = STR("us-east-1a")};
    sim_add_instance(s->sim, &old);
    scene_run(s, 2 * MINUTE);
    scene_set_pods(s, 1);
    scene_run(s, 2 * MINUTE);
    assert_int_equal(sim_launches(s->sim), 0);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 1);
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, 3 * MINUTE);
    assert_int_equal(sim_living(s->sim), 0);
    assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
    scene_free(s);
}

static void a_launch_that_was_never_sent_ends_with_its_pool_at_once(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    sim_fail(s->sim, SIM_WRITE_FAILS, 3);
    scene_put_class(s);
    scene_put_pool(s);
    scene_run(s, 3 * SECOND); /* it is decided, and its record not yet stored */
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, 20 * SECOND);
    assert_int_equal(sim_launches(s->sim), 0);
    assert_int_equal(sim_record_count(s->sim, STR("claim")), 0);
    assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
    scene_free(s);
}

static void manifests_that_never_parsed_remove_nothing(void **state)
{
    (void)state;
    struct scene *s = served(2);
    s->workload_broken = true;
    scene_restart(s);
    scene_apply(s, "pool/default");
    scene_run(s, 30 * MINUTE);
    assert_int_equal(sim_living(s->sim), 1);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 2);
    assert_true(scene_says(s, "status", "pool/default", "found a tab"));
    scene_free(s);
}

static void a_pool_is_destroyed_even_if_manifests_are_broken(void **state)
{
    (void)state;
    struct scene *s = served(2);
    s->workload_broken = true;
    scene_restart(s);
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, 3 * MINUTE);
    assert_int_equal(sim_living(s->sim), 0);
    assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
    scene_free(s);
}

static void a_pod_that_went_while_no_engine_ran_is_unbound(void **state)
{
    (void)state;
    struct scene *s = served(2);
    s->pods = 1;
    scene_restart(s); /* hears of the pods before it hears of their bindings */
    scene_run(s, 10 * SECOND);
    assert_int_equal(sim_record_count(s->sim, STR("binding")), 1);
    scene_free(s);
}

/* Up, a change of size, down: each stage is run to its end. */
static void story(struct scene *s)
{
    scene_put_class(s);
    scene_put_pool(s);
    scene_run(s, 2 * MINUTE);
    scene_apply(s, "pool/default");
    scene_set_pods(s, 9);
    scene_run(s, 3 * MINUTE);
    scene_put(s, "pool", "default", "u1", 1, true, SCENE_POOL);
    scene_run(s, 4 * MINUTE);
}

static void dying_with_any_order_changes_nothing_in_the_end(void **state)
{
    (void)state;
    struct scene *s = scene_new(3);
    story(s);
    unsigned orders = sim_orders(s->sim), launches = sim_launches(s->sim);
    assert_int_equal(sim_living(s->sim), 0);
    scene_free(s);
    assert_true(orders > 10 && launches >= 2);

    for (unsigned n = 1; n <= orders; n++) {
        s = scene_new(3);
        sim_crash_at(s->sim, n);
        story(s);
        assert_int_equal(s->restarts, 1);
        assert_int_equal(sim_launches(s->sim), launches);
        assert_int_equal(sim_living(s->sim), 0);
        assert_int_equal(sim_record_count(s->sim, STR("claim")), 0);
        assert_int_equal(sim_record_count(s->sim, STR("binding")), 0);
        assert_int_equal(sim_record_count(s->sim, STR("template")), 0);
        assert_int_equal(sim_template_count(s->sim), 0);
        assert_null(sim_record(s->sim, STR("pool"), STR("default")).ptr);
        scene_free(s);
    }
}

static void the_same_world_tells_the_same_story(void **state)
{
    (void)state;
    struct scene *one = scene_new(3), *two = scene_new(3);
    story(one);
    story(two);
    assert_int_equal(sim_orders(one->sim), sim_orders(two->sim));
    assert_int_equal(sim_record_count(one->sim, STR("journal")),
                     sim_record_count(two->sim, STR("journal")));
    scene_free(one);
    scene_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pending_pods_get_a_node_and_are_bound_to_it),
        cmocka_unit_test(the_claim_with_its_request_is_stored_before_the_launch),
        cmocka_unit_test(a_claim_is_told_from_a_cluster_with_slashes_in_its_name),
        cmocka_unit_test(a_hundred_claims_of_one_template_name_one_record),
        cmocka_unit_test(a_claim_forgets_its_request_when_its_instance_has_come),
        cmocka_unit_test(templates_go_with_the_last_node_that_started_from_them),
        cmocka_unit_test(templates_that_only_a_lost_store_knew_go_too),
        cmocka_unit_test(templates_that_cannot_be_removed_are_tried_again),
        cmocka_unit_test(without_its_record_a_template_has_to_be_there),
        cmocka_unit_test(pods_that_come_one_by_one_are_decided_together),
        cmocka_unit_test(a_batch_that_never_pauses_is_closed_after_ten_seconds),
        cmocka_unit_test(a_status_is_of_the_very_document_that_it_was_said_of),
        cmocka_unit_test(an_engine_believes_what_the_one_before_it_said_of_the_same_document_only),
        cmocka_unit_test(a_decision_of_a_hundred_thousand_binds_is_a_small_entry_of_the_journal),
        cmocka_unit_test(the_journal_keeps_the_newest_entries_that_fit),
        cmocka_unit_test(the_world_at_rest_is_kept_as_it_was_decided),
        cmocka_unit_test(each_entry_of_the_journal_has_its_world_until_worlds_take_too_much),
        cmocka_unit_test(the_bound_that_is_said_is_that_of_the_pods_and_prices_of_today),
        cmocka_unit_test(worlds_for_replay_are_bounded_and_large_ones_are_kept_seldom),
        cmocka_unit_test(a_pool_that_pods_are_sent_to_is_not_converged_before_they_run),
        cmocka_unit_test(replicas_are_nodes_without_pods),
        cmocka_unit_test(an_empty_node_goes_when_its_ttl_is_up_and_not_before),
        cmocka_unit_test(
            a_node_that_a_list_showed_before_its_launch_was_answered_goes_like_any_other),
        cmocka_unit_test(an_emptiness_outlives_the_engine_that_saw_it),
        cmocka_unit_test(without_an_apply_nothing_is_disrupted),
        cmocka_unit_test(a_pool_that_is_destroyed_leaves_nothing),
        cmocka_unit_test(of_what_was_destroyed_the_newest_thousand_are_kept),
        cmocka_unit_test(a_pool_is_not_gone_while_its_instance_is_going),
        cmocka_unit_test(a_new_image_of_the_class_replaces_nodes_the_replacement_first),
        cmocka_unit_test(an_instance_that_somebody_else_stops_is_replaced),
        cmocka_unit_test(a_type_without_capacity_is_passed_over),
        cmocka_unit_test(no_capacity_at_all_is_tried_again_when_the_marks_are_old),
        cmocka_unit_test(a_launch_whose_answer_is_lost_is_made_once),
        cmocka_unit_test(a_refusal_of_a_repeat_says_nothing_of_the_launch_before),
        cmocka_unit_test(a_refused_template_is_said_and_tried_again_later),
        cmocka_unit_test(terminations_are_repeated_until_the_instance_is_gone),
        cmocka_unit_test(lists_and_catalogs_that_fail_are_asked_for_again),
        cmocka_unit_test(a_write_that_fails_is_repeated_and_nothing_is_sent_before_it),
        cmocka_unit_test(an_engine_that_has_lost_the_lease_sends_nothing_more),
        cmocka_unit_test(a_lost_store_is_built_again_from_tags),
        cmocka_unit_test(after_a_lost_store_nothing_is_launched_before_instances_are_listed),
        cmocka_unit_test(a_launch_just_before_the_store_was_lost_is_not_made_again),
        cmocka_unit_test(destroying_a_pool_that_the_store_has_lost_takes_its_instances_along),
        cmocka_unit_test(the_instance_of_a_damaged_record_is_found_by_its_tags),
        cmocka_unit_test(instances_of_unknown_pools_are_left_alone_and_nothing_is_disrupted),
        cmocka_unit_test(an_instance_whose_uid_nobody_knows_is_the_pools_of_its_name),
        cmocka_unit_test(a_launch_that_was_never_sent_ends_with_its_pool_at_once),
        cmocka_unit_test(manifests_that_never_parsed_remove_nothing),
        cmocka_unit_test(a_pool_is_destroyed_even_if_manifests_are_broken),
        cmocka_unit_test(a_pod_that_went_while_no_engine_ran_is_unbound),
        cmocka_unit_test(dying_with_any_order_changes_nothing_in_the_end),
        cmocka_unit_test(the_same_world_tells_the_same_story),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
