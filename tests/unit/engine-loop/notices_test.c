/* Messages of the interruption queue: what is believed, what is deleted, what is said. */
#include "tests/unit/engine-loop/scene.h"

static struct str first_instance(struct scene *s)
{
    struct cloud_instance i;
    assert_true(sim_instance(s->sim, 0, &i));
    return i.id;
}

/* One ready node with two pods. */
static struct scene *town(void)
{
    struct scene *s = scene_new(2);
    scene_put_class(s);
    scene_put_pool(s);
    scene_run(s, MINUTE);
    assert_int_equal(sim_living(s->sim), 1);
    return s;
}

static void send(struct scene *s, enum notice_kind kind, struct str instance, const char *region)
{
    const struct cloud_notice n = {.kind = kind,
                                   .what = STR("news"),
                                   .region = str_of(region),
                                   .account = STR("123456789012"),
                                   .instances = &instance,
                                   .instance_count = instance.len > 0,
                                   .starts_ms = NEVER_MS};
    sim_send_notice(s->sim, &n);
}

static bool is_interrupted(struct scene *s)
{
    return scene_says(s, "claim", "moon/default/u1/1", "\"interruption\":\"spot\"");
}

static void what_another_region_says_of_our_instance_is_not_believed(void **state)
{
    (void)state;
    struct scene *s = town();
    send(s, NOTICE_SPOT, first_instance(s), "eu-west-1");
    send(s, NOTICE_REBALANCE, STR("i-1"), "us-east-1");
    scene_run(s, MINUTE);
    assert_int_equal(sim_launches(s->sim), 1);
    assert_int_equal(sim_message_count(s->sim), 2);
    assert_true(scene_says(s, "snapshot", "last", "\"notices\":{"));
    scene_free(s);
}

static void what_another_account_says_of_our_instance_is_not_believed(void **state)
{
    (void)state;
    struct scene *s = town();
    s->account = "210987654321";
    scene_restart(s);
    send(s, NOTICE_SPOT, first_instance(s), "us-east-1");
    scene_run(s, MINUTE);
    assert_int_equal(sim_launches(s->sim), 1);
    assert_int_equal(sim_message_count(s->sim), 1);
    s->account = "123456789012";
    scene_restart(s);
    scene_run(s, 30 * SECOND);
    assert_int_equal(sim_launches(s->sim), 2);
    assert_int_equal(sim_message_count(s->sim), 0);
    scene_free(s);
}

static void messages_are_counted_by_what_became_of_them(void **state)
{
    (void)state;
    struct scene *s = town();
    send(s, NOTICE_BROKEN, (struct str){0}, "us-east-1");
    send(s, NOTICE_OTHER, (struct str){0}, "us-east-1");
    send(s, NOTICE_OTHER, (struct str){0}, "us-east-1");
    send(s, NOTICE_REBALANCE, first_instance(s), "us-east-1");
    send(s, NOTICE_REBALANCE, STR("i-neighbour"), "us-east-1");
    scene_run(s, 10 * SECOND);
    scene_set_pods(s, 3); /* the picture is of the last decision */
    scene_run(s, 5 * SECOND);
    assert_true(scene_says(s, "snapshot", "last",
                           "\"notices\":{\"ours\":1,\"not_ours\":1,\"other\":2,\"broken\":1,"
                           "\"problem\":\"\"}"));
    assert_int_equal(sim_message_count(s->sim), 1);
    scene_free(s);
}

static void an_instance_that_is_not_known_yet_is_heard_of_again(void **state)
{
    (void)state;
    struct scene *s = scene_new(2);
    scene_put_class(s);
    scene_put_pool(s);
    sim_fail(s->sim, SIM_LAUNCH_LOST, 1);
    while (!sim_launches(s->sim)) /* the instance is there, and its answer will not come */
        scene_step(s, SCENE_START_MS + MINUTE);
    send(s, NOTICE_SPOT, first_instance(s), "us-east-1");
    scene_run(s, SECOND);
    assert_int_equal(sim_launches(s->sim), 1);
    scene_run(s, 25 * SECOND);
    assert_int_equal(sim_launches(s->sim), 2);
    assert_int_equal(sim_message_count(s->sim), 0);
    scene_free(s);
}

static void a_late_warning_leaves_less_time(void **state)
{
    (void)state;
    struct scene *s = town();
    sim_fail(s->sim, SIM_WRITE_FAILS, 1000);
    send(s, NOTICE_SPOT, first_instance(s), "us-east-1");
    scene_run(s, 45 * SECOND); /* the engine dies with all that it knows */
    assert_false(is_interrupted(s));
    sim_fail(s->sim, SIM_WRITE_FAILS, 0);
    scene_restart(s);
    scene_run(s, 20 * SECOND);
    assert_true(is_interrupted(s));
    ARENA_AUTO a = {0};
    struct json claim;
    int64_t by_ms = 0;
    assert_null(json_parse(&a, sim_record(s->sim, STR("claim"), STR("moon/default/u1/1")), &claim));
    assert_true(json_to_int64(json_get(&claim, "leave_by_ms"), &by_ms));
    assert_int_equal(by_ms, SCENE_DATE_MS + MINUTE + 2 * MINUTE + 200);
    scene_free(s);
}

/* Copies keep the appointment, a new one replaces it, and what has begun leaves time to launch. */
static void an_appointment_can_be_changed(void **state)
{
    (void)state;
    struct scene *s = town();
    struct str instance = first_instance(s);
    struct cloud_notice n = {.kind = NOTICE_MAINTENANCE,
                             .what = STR("news"),
                             .region = STR("us-east-1"),
                             .instances = &instance,
                             .instance_count = 1,
                             .starts_ms = scene_date_ms(s) + 5000000};
    const char *const said[] = {"\"leave_by_ms\":1700005060000", "\"leave_by_ms\":1700009000000",
                                "\"leave_by_ms\":1700009000000"};
    const int64_t starts_ms[] = {n.starts_ms, SCENE_DATE_MS + 9000000, SCENE_DATE_MS};
    for (size_t i = 0; i < COUNT(said); i++) {
        n.starts_ms = starts_ms[i];
        sim_send_notice(s->sim, &n);
        sim_send_notice(s->sim, &n);
        scene_run(s, SECOND);
        assert_true(scene_says(s, "claim", "moon/default/u1/1", said[i]));
    }
    assert_int_equal(sim_message_count(s->sim), 0);
    scene_free(s);
}

static void a_queue_that_cannot_be_read_is_said_until_it_can(void **state)
{
    (void)state;
    struct scene *s = scene_new(0);
    sim_fail(s->sim, SIM_NOTICES_FAIL, 3);
    scene_put_class(s);
    scene_put_pool(s);
    scene_run(s, 10 * SECOND);
    assert_true(scene_says(s, "status", "pool/default", "interruptions are not heard of"));
    assert_true(scene_says(s, "status", "pool/default", "queue does not exist"));
    assert_true(engine_is_settled(s->engine));
    scene_run(s, 20 * SECOND);
    assert_false(scene_says(s, "status", "pool/default", "interruptions are not heard of"));
    scene_free(s);
}

static void who_has_lost_the_lease_deletes_no_message(void **state)
{
    (void)state;
    struct scene *s = town();
    sim_take_lease(s->sim);
    scene_run(s, SECOND);
    scene_set_pods(s, 4);
    scene_run(s, 10 * SECOND); /* its write is refused: it is over */
    send(s, NOTICE_BROKEN, (struct str){0}, "us-east-1");
    scene_run(s, MINUTE);
    assert_int_equal(sim_message_count(s->sim), 1);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_another_region_says_of_our_instance_is_not_believed),
        cmocka_unit_test(what_another_account_says_of_our_instance_is_not_believed),
        cmocka_unit_test(messages_are_counted_by_what_became_of_them),
        cmocka_unit_test(an_instance_that_is_not_known_yet_is_heard_of_again),
        cmocka_unit_test(a_late_warning_leaves_less_time),
        cmocka_unit_test(an_appointment_can_be_changed),
        cmocka_unit_test(a_queue_that_cannot_be_read_is_said_until_it_can),
        cmocka_unit_test(who_has_lost_the_lease_deletes_no_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
