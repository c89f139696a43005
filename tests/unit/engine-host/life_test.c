#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/engine-host/yard.h"

/* How long the engine and its ports live: begun by the first who needs them, ended by the last. */

/* A cloud that takes its time, which passes only while somebody lets it. */
static void slow_world(struct yard *y, int64_t answer_ms, int64_t boot_ms)
{
    const struct sim_options options = {.image = STR("ami-1"),
                                        .start_ms = 1,
                                        .date_ms = time_now_ms(),
                                        .answer_ms = answer_ms,
                                        .boot_ms = boot_ms,
                                        .fill_catalog = fill_catalog,
                                        .fill_workload = fill_workload,
                                        .self = y};
    sim_free(y->sim);
    y->sim = sim_new(&options);
    y->cancel = cancel_new(NULL);
    y->done = cancel_new(NULL);
}

static void *pass_time(void *self)
{
    struct yard *y = self;
    while (!cancel_wait_ms(y->done, 1))
        sim_advance(y->sim, sim_now_ms(y->sim) + 1);
    return NULL;
}

static void *cancel_when_launched(void *self)
{
    struct yard *y = self;
    while (!sim_launches(y->sim)) {
        sim_advance(y->sim, sim_now_ms(y->sim) + 1);
        cancel_wait_ms(NULL, 1);
    }
    cancel_raise(y->cancel);
    return NULL;
}

static void forget_tokens(struct yard *y)
{
    cancel_free(y->cancel);
    cancel_free(y->done);
}

static struct record_list claims_of(struct yard *y)
{
    struct store_door *store;
    struct record_list claims;
    assert_null(host_store(y->host, &y->arena, &store));
    assert_null(store_door_list(store, &y->arena, STR("claim"), &claims));
    return claims;
}

/* Nobody waits for the pool that launches: one of an apply that has returned, say, to which the
 * pods fall that another has no capacity for. */
static void the_last_apply_lets_the_engine_end_what_it_began_for_any_pool(void **state)
{
    struct yard *y = *state;
    struct spec idle = pool_spec(y, "idle", ""), busy = pool_spec(y, "busy", ",\"replicas\":2"),
                class = class_spec();
    pthread_t time;

    slow_world(y, 5, 300);
    restore(y, &class);
    restore(y, &busy);
    restore(y, &idle);
    pthread_create(&time, NULL, pass_time, y);
    assert_true(converge(y, &idle, in_a_minute()).converged);
    struct record_list claims = claims_of(y);
    assert_int_equal(claims.count, 2);
    for (size_t i = 0; i < claims.count; i++) {
        struct json body;
        int64_t phase = -1;
        assert_null(json_parse(&y->arena, claims.items[i].body, &body));
        assert_true(json_to_int64(json_get(&body, "phase"), &phase));
        assert_int_equal(phase, CLAIM_READY);
    }
    cancel_raise(y->done);
    pthread_join(time, NULL);
    forget_tokens(y);
}

static void what_does_not_end_in_time_is_said_by_the_last_apply(void **state)
{
    struct yard *y = *state;
    struct spec idle = pool_spec(y, "idle", ""), busy = pool_spec(y, "busy", ",\"replicas\":1"),
                class = class_spec();
    pthread_t time;

    slow_world(y, 5, 100 * 1000);
    restore(y, &class);
    restore(y, &busy);
    restore(y, &idle);
    pthread_create(&time, NULL, pass_time, y);
    struct convergence c = converge(y, &idle, time_monotonic_ms() + 10000);
    assert_true(c.converged);
    assert_true(says(&c, "still starting"));
    cancel_raise(y->done);
    pthread_join(time, NULL);
    forget_tokens(y);
}

static void a_cancelled_apply_returns_while_an_answer_is_awaited_and_the_next_goes_on(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ""), class = class_spec();
    struct convergence c = {0};
    pthread_t canceller, time;

    slow_world(y, 50, 0);
    y->pods = 1;
    restore(y, &class);
    restore(y, &pool);
    pthread_create(&canceller, NULL, cancel_when_launched, y);
    /* The launch is never answered meanwhile: its engine would wait for half a minute. */
    assert_null(y->pools->converge(y->pools->self, &y->arena, y->cancel, &pool, in_a_minute(), &c));
    pthread_join(canceller, NULL);
    assert_false(c.converged);
    monitor_enter(&y->host->news);
    assert_int_equal(y->host->run, RUN_STOPPING); /* it awaits the answer by itself */
    monitor_leave(&y->host->news);

    pthread_create(&time, NULL, pass_time, y);
    assert_true(converge(y, &pool, in_a_minute()).converged);
    assert_int_equal(sim_launches(y->sim), 1);
    cancel_raise(y->done);
    pthread_join(time, NULL);
    forget_tokens(y);
}

struct putting {
    struct yard *yard;
    struct spec spec;
    struct error *error;
};

static void *put_it(void *self)
{
    struct putting *p = self;
    p->error = put(p->yard, &p->spec);
    return NULL;
}

static unsigned users_of(struct host *h)
{
    monitor_enter(&h->news);
    unsigned users = h->users;
    monitor_leave(&h->news);
    return users;
}

static void a_cancelled_apply_takes_no_ports_from_a_put_that_asks_them(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", "");
    struct putting putting = {y, class_spec(), NULL};
    struct convergence c = {0};
    pthread_t putter, time;

    slow_world(y, 50, 0);
    restore(y, &pool);
    pthread_create(&putter, NULL, put_it, &putting);
    while (!users_of(y->host))
        cancel_wait_ms(NULL, 1);
    cancel_raise(y->cancel);
    ARENA_AUTO a = {0};
    assert_null(y->pools->converge(y->pools->self, &a, y->cancel, &pool, in_a_minute(), &c));
    assert_int_equal(y->stops + y->closes, 0);
    pthread_create(&time, NULL, pass_time, y);
    pthread_join(putter, NULL);
    assert_null(putting.error);
    cancel_raise(y->done);
    pthread_join(time, NULL);
    forget_tokens(y);
}

static struct record_list applies_of(struct yard *y)
{
    struct store_door *store;
    struct record_list applies;
    assert_null(host_store(y->host, &y->arena, &store));
    assert_null(store_door_list(store, &y->arena, STR("apply"), &applies));
    return applies;
}

static void *apply_until_cancelled(void *self)
{
    struct yard *y = self;
    ARENA_AUTO a = {0};
    struct spec pool = pool_spec(y, "default", ",\"replicas\":1");
    struct convergence c = {0};
    assert_null(y->pools->converge(y->pools->self, &a, y->cancel, &pool, in_a_minute(), &c));
    return NULL;
}

static void an_apply_that_ends_takes_no_mark_from_another_of_the_same_pool(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":1"), class = class_spec();
    struct store_door *store;
    const struct store_record of_a_killed_one = {STR("apply"), STR("pool/default/dead"),
                                                 STR("{\"until_ms\":1}")};
    pthread_t other;

    slow_world(y, 50, 0); /* and no time passes: nothing converges */
    restore(y, &class);
    restore(y, &pool);
    assert_null(host_store(y->host, &y->arena, &store));
    assert_null(store_door_write(store, &y->arena, &of_a_killed_one, 1));
    pthread_create(&other, NULL, apply_until_cancelled, y);
    while (!applies_of(y).count || str_eq(applies_of(y).items[0].key, of_a_killed_one.key))
        cancel_wait_ms(NULL, 1);
    assert_int_equal(applies_of(y).count, 1);
    assert_false(converge(y, &pool, time_monotonic_ms()).converged);
    assert_int_equal(applies_of(y).count, 1);
    cancel_raise(y->cancel);
    pthread_join(other, NULL);
    assert_int_equal(applies_of(y).count, 0);
    forget_tokens(y);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_last_apply_lets_the_engine_end_what_it_began_for_any_pool),
        TEST(what_does_not_end_in_time_is_said_by_the_last_apply),
        TEST(a_cancelled_apply_returns_while_an_answer_is_awaited_and_the_next_goes_on),
        TEST(a_cancelled_apply_takes_no_ports_from_a_put_that_asks_them),
        TEST(an_apply_that_ends_takes_no_mark_from_another_of_the_same_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
