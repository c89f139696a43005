#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/engine-host/yard.h"

static void an_applied_pool_has_its_pods_on_nodes_and_the_lease_is_free_again(void **state)
{
    struct yard *y = *state;
    struct store_door *store;
    struct store_record r;
    struct spec pool = pool_spec(y, "default", ""), found;
    y->pods = 3;
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    assert_true(sim_living(y->sim) > 0);
    assert_null(y->pools->get(y->pools->self, &y->arena, SPEC_POOL, pool.name, &found));
    assert_true(found.converged);

    assert_null(host_store(y->host, &y->arena, &store));
    assert_false(store_door_lease_is_held(store));
    struct record_list applies;
    assert_null(store_door_list(store, &y->arena, STR("apply"), &applies));
    assert_int_equal(applies.count, 0);
    assert_null(store_door_get(store, &y->arena, STR("settings"), STR("last"), &r));
    assert_null(store_door_get(store, &y->arena, STR("snapshot"), STR("last"), &r));
    assert_true(has(r.body, "default/web-2"));
}

static void a_class_without_pools_converges_when_the_cloud_knows_it(void **state)
{
    struct yard *y = *state;
    struct spec class = class_spec();
    put_class(y);
    assert_true(converge(y, &class, in_a_minute()).converged);
}

struct applier {
    struct yard *yard;
    struct host *host;
    struct spec spec;
    bool converged;
};

static void *apply(void *self)
{
    struct applier *x = self;
    ARENA_AUTO a = {0};
    struct convergence c = {0};
    const struct pools *p = host_pools(x->host);
    struct error *e = p->put(p->self, &a, NULL, &x->spec);
    if (!e)
        e = p->converge(p->self, &a, NULL, &x->spec, in_a_minute(), &c);
    x->converged = !e && c.converged;
    return NULL;
}

static void many_applies_at_once_share_one_engine(void **state)
{
    struct yard *y = *state;
    struct applier appliers[6];
    pthread_t threads[6];
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    put_class(y);
    for (size_t i = 0; i < COUNT(appliers); i++) {
        appliers[i] =
            (struct applier){y, y->host, pool_spec(y, names[i], ",\"replicas\":1"), false};
        assert_int_equal(pthread_create(&threads[i], NULL, apply, &appliers[i]), 0);
    }
    for (size_t i = 0; i < COUNT(appliers); i++) {
        pthread_join(threads[i], NULL);
        assert_true(appliers[i].converged);
    }
    assert_int_equal(sim_living(y->sim), 6);
}

static void a_host_that_only_waits_is_served_by_the_one_that_runs_the_engine(void **state)
{
    struct yard *y = *state;
    struct host *waiting = host_of(y, true);
    struct spec pool = pool_spec(y, "default", ",\"replicas\":1");
    put_class(y);
    assert_null(host_need(y->host, &y->arena, true, false));
    struct store_door *store;
    assert_null(host_store(y->host, &y->arena, &store));
    while (!store_door_lease_is_held(store))
        cancel_wait_ms(NULL, 1);
    /* The waiting host asks no cloud of its own here: what it puts is stored as a door does. */
    struct store_record r = spec_write(&y->arena, &pool);
    assert_null(store_door_write(store, &y->arena, &r, 1));
    struct convergence c = {0};
    const struct pools *p = host_pools(waiting);
    assert_null(p->converge(p->self, &y->arena, NULL, &pool, in_a_minute(), &c));
    assert_true(c.converged);
    host_unneed(y->host, NULL, 0);
    host_free(waiting);
}

/* State that was set back counts generations again; what a daemon said of another document by the
 * same or a higher number is nothing to go by. */
static void a_waiter_believes_only_what_is_said_of_its_very_specification(void **state)
{
    struct yard *y = *state;
    static const int64_t generations[] = {5, 3, 3};
    put_class(y);
    assert_null(host_need(y->host, &y->arena, true, false));
    for (size_t i = 0; i < COUNT(generations); i++) {
        struct spec pool =
            pool_spec(y, "default", arena_printf(&y->arena, ",\"replicas\":%zu", 4 * i + 1).ptr);
        pool.generation = generations[i];
        assert_null(put(y, &pool));
        assert_true(converge(y, &pool, in_a_minute()).converged);
        assert_int_equal(sim_living(y->sim), 4 * i + 1);
    }
    host_unneed(y->host, NULL, 0);
}

static void what_cannot_be_had_now_is_said_and_is_no_error(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", "");
    y->pods = 1;
    sim_no_capacity(y->sim, STR("m5.large"), NEVER_MS);
    sim_no_capacity(y->sim, STR("m5.xlarge"), NEVER_MS);
    put_class(y);
    assert_null(put(y, &pool));
    struct convergence c = converge(y, &pool, time_monotonic_ms() + 5000);
    assert_false(c.converged);
    assert_true(says(&c, "default/web-0"));
    assert_true(is_stored(y, SPEC_POOL, "default"));
}

static void a_pool_is_destroyed_in_the_cluster_that_its_state_names(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":2"), class = class_spec();
    const struct host_factory factory = {.self = y, .open = open_world};
    struct host_settings settings = {.fleet = moon, .batch_idle_ms = 1, .batch_max_ms = 1};
    const struct pools *there, *again;

    setenv("XDG_STATE_HOME", y->folder, 1); /* a store for each fleet */
    host_free(y->host);
    y->host = host_new(&settings, &factory);
    y->pools = host_pools(y->host);
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    host_free(y->host);

    settings.fleet.cluster = STR("mars");
    y->host = host_new(&settings, &factory);
    y->pools = host_pools(y->host);
    assert_null(y->pools->elsewhere(y->pools->self, &y->arena, moon.region, STR("mars"), &there));
    assert_ptr_equal(there, y->pools);
    assert_null(y->pools->elsewhere(y->pools->self, &y->arena, moon.region, moon.cluster, &there));
    assert_null(y->pools->elsewhere(y->pools->self, &y->arena, moon.region, moon.cluster, &again));
    assert_ptr_equal(there, again);
    y->pools = there;
    assert_int_equal(sim_living(y->sim), 2);
    assert_null(remove_spec(y, &pool, in_a_minute()));
    assert_int_equal(sim_living(y->sim), 0);
    assert_null(remove_spec(y, &class, in_a_minute()));
    assert_false(is_stored(y, SPEC_CLASS, "default"));
    unsetenv("XDG_STATE_HOME");
}

/* Before its class is stored, as in a first plan, and after. */
static void a_plan_warns_of_what_no_known_type_can_serve(void **state)
{
    struct yard *y = *state;
    struct spec fine = pool_spec(y, "fine", ""),
                huge = pool_spec(y, "huge",
                                 ",\"requirements\":[{\"key\":\"karpenter.k8s.aws/instance-cpu\","
                                 "\"operator\":\"Gt\",\"values\":[\"5000\"]}]");

    for (int stored = 0; stored < 2; stored++) {
        struct convergence c = {0};
        if (stored)
            put_class(y);
        y->pools->preview(y->pools->self, &y->arena, &fine, NULL, 0, &c);
        assert_int_equal(c.notice_count, 0);
        y->pools->preview(y->pools->self, &y->arena, &huge, NULL, 0, &c);
        assert_int_equal(c.notice_count, 1);
        assert_false(c.notices[0].is_error);
        assert_string_equal(c.notices[0].path.ptr, "requirements");
        assert_true(has(c.notices[0].detail, "instance-cpu Gt 5000"));
    }
}

static void a_lease_that_cannot_be_had_is_said(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", "");
    put_class(y);
    assert_null(put(y, &pool));
    struct str lease = arena_printf(&y->arena, "%s/a.db.lease", y->folder);
    assert_int_equal(mkdir(lease.ptr, 0700), 0);
    struct convergence c = converge(y, &pool, time_monotonic_ms() + 3000);
    assert_false(c.converged);
    assert_true(says(&c, "a.db.lease"));
}

static void *raise_soon(void *self)
{
    cancel_wait_ms(NULL, 200);
    cancel_raise(self);
    return NULL;
}

static void a_cancelled_apply_ends_and_the_next_one_goes_on(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", "");
    struct cancel *cancel = cancel_new(NULL);
    struct convergence c = {0};
    pthread_t thread;
    y->pods = 1;
    sim_fail(y->sim, SIM_LAUNCH_REFUSED, 1); /* tried again after some seconds only */
    put_class(y);
    assert_null(put(y, &pool));
    pthread_create(&thread, NULL, raise_soon, cancel);
    assert_null(y->pools->converge(y->pools->self, &y->arena, cancel, &pool, in_a_minute(), &c));
    pthread_join(thread, NULL);
    assert_false(c.converged);
    assert_true(converge(y, &pool, in_a_minute()).converged);
    cancel_free(cancel);
}

/* A cloud that keeps the answer to a launch to itself until it is told. */
static void *answer_when_launched(void *self)
{
    struct yard *y = self;
    while (!sim_launches(y->sim)) {
        sim_advance(y->sim, sim_now_ms(y->sim) + 1);
        cancel_wait_ms(NULL, 1);
    }
    cancel_raise(y->cancel);
    cancel_wait_ms(NULL, 100); /* the apply is about to end by now */
    sim_advance(y->sim, sim_now_ms(y->sim) + 2000);
    while (!cancel_wait_ms(y->done, 1))
        sim_advance(y->sim, sim_now_ms(y->sim) + 1);
    return NULL;
}

static void what_was_sent_before_a_cancel_is_awaited_and_recorded(void **state)
{
    struct yard *y = *state;
    const struct sim_options options = {.image = STR("ami-1"),
                                        .start_ms = 1,
                                        .date_ms = time_now_ms(),
                                        .answer_ms = 50,
                                        .fill_catalog = fill_catalog,
                                        .fill_workload = fill_workload,
                                        .self = y};
    struct spec pool = pool_spec(y, "default", ""), class = class_spec();
    struct convergence c = {0};
    struct store_door *store;
    struct record_list claims;
    pthread_t thread;
    sim_free(y->sim);
    y->sim = sim_new(&options);
    y->pods = 1;
    y->cancel = cancel_new(NULL);
    y->done = cancel_new(NULL);
    restore(y, &class);
    restore(y, &pool);
    pthread_create(&thread, NULL, answer_when_launched, y);
    assert_null(y->pools->converge(y->pools->self, &y->arena, y->cancel, &pool, in_a_minute(), &c));
    cancel_raise(y->done);
    pthread_join(thread, NULL);

    assert_false(c.converged);
    assert_null(host_store(y->host, &y->arena, &store));
    assert_null(store_door_list(store, &y->arena, STR("claim"), &claims));
    assert_int_equal(claims.count, 1);
    assert_true(has(claims.items[0].body, "i-00000001"));
    cancel_free(y->cancel);
    cancel_free(y->done);
}

static void *free_lease(void *self)
{
    cancel_wait_ms(NULL, 200);
    lease_file_release(self);
    return NULL;
}

static void a_lease_that_falls_free_is_taken_over(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":1");
    struct lease_file theirs;
    pthread_t thread;
    bool held;
    put_class(y);
    assert_null(put(y, &pool));
    lease_file_init(&theirs, arena_printf(&y->arena, "%s/a.db", y->folder));
    assert_null(lease_file_try(&y->arena, &theirs, &held));
    assert_true(held);
    struct convergence c = converge(y, &pool, time_monotonic_ms() + 300);
    assert_false(c.converged);
    assert_int_equal(sim_launches(y->sim), 0);
    pthread_create(&thread, NULL, free_lease, &theirs);
    assert_true(converge(y, &pool, in_a_minute()).converged);
    pthread_join(thread, NULL);
    lease_file_finish(&theirs);
}

static void a_pool_that_no_type_of_the_cloud_serves_is_refused(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default",
                                 ",\"requirements\":[{\"key\":\"kubernetes.io/arch\","
                                 "\"operator\":\"In\",\"values\":[\"arm64\"]}]");
    put_class(y);
    struct error *e = put(y, &pool);
    assert_non_null(e);
    assert_true(str_eq(e->path, STR("requirements")));
    assert_true(has(e->detail, "arm64"));
    assert_false(is_stored(y, SPEC_POOL, "default"));
}

static void a_pool_without_its_class_is_refused(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", "");
    struct error *e = put(y, &pool);
    assert_non_null(e);
    assert_true(str_eq(e->path, STR("node_class")));
    assert_false(is_stored(y, SPEC_POOL, "default"));
}

static void manifests_that_cannot_be_read_are_refused(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", "");
    y->manifests_broken = true;
    put_class(y);
    struct error *e = put(y, &pool);
    assert_non_null(e);
    assert_true(str_eq(e->path, STR("cluster.manifests")));
    assert_true(has(e->detail, "web.yaml:3"));
    assert_false(is_stored(y, SPEC_POOL, "default"));
}

static void a_class_that_the_cloud_cannot_make_sense_of_is_refused(void **state)
{
    struct yard *y = *state;
    struct spec class = class_spec();
    sim_fail(y->sim, SIM_CATALOG_FAILS, 1);
    assert_non_null(put(y, &class));
    assert_false(is_stored(y, SPEC_CLASS, "default"));
}

static void a_name_that_another_uid_holds_is_refused(void **state)
{
    struct yard *y = *state;
    struct spec class = class_spec();
    put_class(y);
    class.uid = STR("c2");
    struct error *e = put(y, &class);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_EXISTS);
    assert_true(has(e->detail, "terraform import"));
}

/* The one that was slower is told who was faster, however long its checks took. */
static void of_two_creates_of_one_name_at_once_one_is_refused(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ""), other = pool, found;
    put_class(y);
    other.uid = STR("uid-other");
    y->meanwhile = &other;
    struct error *e = put(y, &pool);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_EXISTS);
    assert_true(has(e->detail, "uid-other"));
    assert_null(y->pools->get(y->pools->self, &y->arena, SPEC_POOL, pool.name, &found));
    assert_true(str_eq(found.uid, other.uid));
}

static void a_pool_is_not_stored_beside_a_class_that_began_to_go_while_it_was_checked(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ""), class = class_spec();
    put_class(y);
    class.deleting = true;
    y->meanwhile = &class;
    struct error *e = put(y, &pool);
    assert_non_null(e);
    assert_true(str_eq(e->path, STR("node_class")));
    assert_false(is_stored(y, SPEC_POOL, "default"));
}

static void a_store_of_another_scheme_is_refused(void **state)
{
    struct yard *y = *state;
    const struct host_settings settings = {.fleet = moon, .store = STR("etcd://x")};
    const struct host_factory factory = {.self = y, .open = open_world};
    struct host *h = host_new(&settings, &factory);
    struct spec found;
    struct error *e = host_pools(h)->get(h, &y->arena, SPEC_POOL, STR("a"), &found);
    assert_non_null(e);
    assert_true(str_eq(e->path, STR("engine.store")));
    host_free(h);
}

static void removing_leaves_nothing(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":3"), class = class_spec();
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    assert_int_equal(sim_living(y->sim), 3);

    struct error *e = remove_spec(y, &class, in_a_minute());
    assert_non_null(e);
    assert_true(has(e->detail, "pool default"));

    assert_null(remove_spec(y, &pool, in_a_minute()));
    assert_int_equal(sim_living(y->sim), 0);
    assert_false(is_stored(y, SPEC_POOL, "default"));
    assert_null(remove_spec(y, &class, in_a_minute()));
    assert_true(sim_forgot(y->sim, STR("class"), STR("default")));
}

static void removing_works_when_the_store_was_lost(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":2");
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    lose_store(y);
    assert_null(remove_spec(y, &pool, in_a_minute()));
    assert_int_equal(sim_living(y->sim), 0);
}

static void applying_again_after_the_store_was_lost_launches_nothing(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":2");
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    lose_store(y);
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    assert_int_equal(sim_launches(y->sim), 2);
}

static void a_removal_out_of_time_names_what_is_left(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":1");
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    sim_fail(y->sim, SIM_TERMINATE_FAILS, 1000);
    static const int64_t patience_ms[] = {0, 1500}; /* before the engine has said anything, after */
    for (size_t i = 0; i < COUNT(patience_ms); i++) {
        struct error *e = remove_spec(y, &pool, time_monotonic_ms() + patience_ms[i]);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_TIMEOUT);
        assert_true(has(e->detail, "i-00000001"));
    }
    sim_fail(y->sim, SIM_TERMINATE_FAILS, 0);
    assert_null(remove_spec(y, &pool, in_a_minute()));
}

static void restoring_fills_a_lost_store_and_never_sets_it_back(void **state)
{
    struct yard *y = *state;
    struct spec class = class_spec(), found;
    restore(y, &class);
    assert_true(is_stored(y, SPEC_CLASS, "default"));
    class.generation = 3;
    restore(y, &class);
    class.generation = 2;
    restore(y, &class);
    assert_null(y->pools->get(y->pools->self, &y->arena, SPEC_CLASS, class.name, &found));
    assert_int_equal(found.generation, 3);

    /* `tenon engine` can start from what Read alone has filled. */
    struct host_settings settings;
    struct host_settings known = {.store = arena_printf(&y->arena, "sqlite:%s/a.db", y->folder)};
    assert_null(host_settings_of_store(&y->arena, &known, &settings));
    assert_true(str_eq(settings.fleet.cluster, moon.cluster));
}

static void reading_and_planning_make_no_store(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ""), found;
    struct convergence c = {0};
    struct str path = arena_printf(&y->arena, "%s/a.db", y->folder);
    assert_false(read_back(
        y, &pool, true)); /* the engine knows nothing of it: an apply has to say it again */
    y->pools->preview(y->pools->self, &y->arena, &pool, NULL, 0, &c);
    struct error *e = y->pools->get(y->pools->self, &y->arena, SPEC_POOL, pool.name, &found);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    assert_int_not_equal(access(path.ptr, F_OK), 0);
}

static void a_read_says_what_the_engine_said_last_of_a_pool_unless_one_is_at_work(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ""), changed = pool;
    struct store_door *store;
    y->pods = 1;
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    assert_true(read_back(y, &pool, false));

    sim_no_capacity(y->sim, STR("m5.large"), NEVER_MS);
    sim_no_capacity(y->sim, STR("m5.xlarge"), NEVER_MS);
    y->pods = 40; /* without capacity for them */
    changed.document = STR("{\"name\":\"default\",\"node_class\":\"default\",\"weight\":1}");
    changed.generation = 2;
    assert_null(put(y, &changed));
    sim_workload_changed(y->sim);
    assert_false(converge(y, &changed, time_monotonic_ms() + 1000).converged);
    assert_false(read_back(y, &changed, true));
    assert_false(read_back(y, &pool, true)); /* the engine goes by another document */

    assert_null(host_store(y->host, &y->arena, &store));
    assert_null(host_need(y->host, &y->arena, true, false));
    while (!store_door_lease_is_held(store))
        cancel_wait_ms(NULL, 1);
    assert_true(read_back(y, &changed, true));
    host_unneed(y->host, NULL, 0);
}

static void what_was_destroyed_stays_destroyed(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":2"), next = pool;
    bool converged = true;
    put_class(y);
    assert_null(put(y, &pool));
    assert_true(converge(y, &pool, in_a_minute()).converged);
    assert_null(remove_spec(y, &pool, in_a_minute()));

    struct error *e = y->pools->restore(y->pools->self, &y->arena, &pool, &converged);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    assert_false(is_stored(y, SPEC_POOL, "default"));
    e = put(y, &pool);
    assert_non_null(e);
    assert_true(has(e->summary, "was destroyed"));
    assert_true(has(e->detail, "uid-default"));
    assert_false(is_stored(y, SPEC_POOL, "default"));

    next.uid = STR("uid-next");
    assert_null(put(y, &next));
    assert_null(remove_spec(y, &pool, in_a_minute())); /* by state of before: it is gone */
    assert_true(converge(y, &next, in_a_minute()).converged);
    assert_int_equal(sim_living(y->sim), 2);
}

static void an_engine_that_runs_once_ends_when_all_has_converged(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":2"), class = class_spec();
    bool settled;
    restore(y, &class);
    restore(y, &pool);
    assert_null(host_run(y->host, &y->arena, NULL, true, in_a_minute(), &settled));
    assert_true(settled);
    assert_int_equal(sim_living(y->sim), 2);
}

static void an_engine_that_runs_once_cannot_without_manifests(void **state)
{
    struct yard *y = *state;
    struct spec pool = pool_spec(y, "default", ",\"replicas\":2"), class = class_spec();
    bool settled;
    y->manifests_broken = true;
    restore(y, &class);
    restore(y, &pool);
    struct error *e = host_run(y->host, &y->arena, NULL, true, in_a_minute(), &settled);
    assert_non_null(e);
    assert_true(has(e->detail, "web.yaml:3"));
    assert_false(settled);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_applied_pool_has_its_pods_on_nodes_and_the_lease_is_free_again),
        TEST(a_class_without_pools_converges_when_the_cloud_knows_it),
        TEST(many_applies_at_once_share_one_engine),
        TEST(a_host_that_only_waits_is_served_by_the_one_that_runs_the_engine),
        TEST(a_waiter_believes_only_what_is_said_of_its_very_specification),
        TEST(what_cannot_be_had_now_is_said_and_is_no_error),
        TEST(a_pool_is_destroyed_in_the_cluster_that_its_state_names),
        TEST(a_plan_warns_of_what_no_known_type_can_serve),
        TEST(a_lease_that_cannot_be_had_is_said),
        TEST(a_cancelled_apply_ends_and_the_next_one_goes_on),
        TEST(what_was_sent_before_a_cancel_is_awaited_and_recorded),
        TEST(a_lease_that_falls_free_is_taken_over),
        TEST(a_pool_that_no_type_of_the_cloud_serves_is_refused),
        TEST(a_pool_without_its_class_is_refused),
        TEST(manifests_that_cannot_be_read_are_refused),
        TEST(a_class_that_the_cloud_cannot_make_sense_of_is_refused),
        TEST(a_name_that_another_uid_holds_is_refused),
        TEST(of_two_creates_of_one_name_at_once_one_is_refused),
        TEST(a_pool_is_not_stored_beside_a_class_that_began_to_go_while_it_was_checked),
        TEST(a_store_of_another_scheme_is_refused),
        TEST(removing_leaves_nothing),
        TEST(removing_works_when_the_store_was_lost),
        TEST(applying_again_after_the_store_was_lost_launches_nothing),
        TEST(a_removal_out_of_time_names_what_is_left),
        TEST(restoring_fills_a_lost_store_and_never_sets_it_back),
        TEST(reading_and_planning_make_no_store),
        TEST(a_read_says_what_the_engine_said_last_of_a_pool_unless_one_is_at_work),
        TEST(what_was_destroyed_stays_destroyed),
        TEST(an_engine_that_runs_once_ends_when_all_has_converged),
        TEST(an_engine_that_runs_once_cannot_without_manifests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
