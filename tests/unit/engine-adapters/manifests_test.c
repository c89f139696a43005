#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/adapters/manifests.h"
#include "engine/base/time.h"
#include "tests/unit/engine-adapters/folder.h"

/* A folder of its own for every test, and what the adapter posted, one event after the other. */
struct scene {
    struct folder in;
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct event *first, **last;
    struct manifests *manifests;
    int64_t clock_ms; /* the manifests' thread's */
};

static void take(void *self, struct event *e)
{
    struct scene *s = self;

    pthread_mutex_lock(&s->lock);
    *s->last = e;
    s->last = &e->next;
    pthread_cond_signal(&s->came);
    pthread_mutex_unlock(&s->lock);
}

static struct event *next_event(struct scene *s)
{
    pthread_mutex_lock(&s->lock);
    while (!s->first)
        pthread_cond_wait(&s->came, &s->lock);
    struct event *e = s->first;
    s->first = e->next;
    if (!s->first)
        s->last = &s->first;
    pthread_mutex_unlock(&s->lock);
    return e;
}

static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    folder_make(&s->in);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->came, NULL);
    s->last = &s->first;
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    manifests_free(s->manifests);
    while (s->first)
        event_free(next_event(s));
    folder_remove(&s->in);
    free(s);
    return 0;
}

/* As editors and kubectl do it: the new text takes the old one's place at once. */
static void put(struct scene *s, const char *name, const char *text)
{
    struct str path = path_of(&s->in, name), part = path_of(&s->in, ".part");

    write_file(part, text);
    assert_int_equal(rename(part.ptr, path.ptr), 0);
}

/* A clock by which everything has stood still for long when it is looked at again; files are old.
 */
static int64_t hurried_ms(void *self)
{
    struct scene *s = self;
    return s->clock_ms += 60 * 1000;
}

static int64_t next_year_ms(void *self)
{
    (void)self;
    return time_now_ms() + INT64_C(365) * 24 * 3600 * 1000;
}

static void start(struct scene *s, const struct str *paths, size_t count)
{
    s->manifests = manifests_new(paths, count, (struct clock_port){s, hurried_ms, next_year_ms},
                                 (struct event_sink){s, take});
    struct cluster_port port = manifests_port(s->manifests);
    assert_true(port.engine_binds);
    port.submit_watch(port.self);
}

static void start_with_folder(struct scene *s)
{
    start(s, &(struct str){s->in.path, strlen(s->in.path)}, 1);
}

static void expect_pods(struct scene *s, const char *const *names, bool wrong)
{
    struct event *e = next_event(s);
    size_t count = 0;

    while (names[count])
        count++;
    assert_int_equal(e->kind, EVENT_WORKLOAD);
    assert_int_equal(e->error != NULL, wrong);
    assert_true(e->complete);
    assert_int_equal(e->workload.pod_count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(str_eq(e->workload.pods[i].name, str_of(names[i])));
    event_free(e);
}
#define NAMES(...) ((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

/* What was said before stays, and why is said. */
static void expect_note(struct scene *s, const char *text)
{
    struct event *e = next_event(s);

    assert_true(e->complete);
    assert_int_equal(e->workload.note_count, 1);
    assert_non_null(strstr(e->workload.notes[0].ptr, text));
    event_free(e);
}

static void an_emptied_file_is_said_and_takes_nothing_away(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    start_with_folder(s);
    expect_pods(s, NAMES("default/a-0"), false);
    put(s, "a.yaml", "");
    expect_note(s, "a.yaml: is empty, and its 1 pods stay");
    put(s, "a.yaml", deployment(&s->in, "a", 2));
    expect_pods(s, NAMES("default/a-0"), false); /* nothing is said of it any more */
    expect_pods(s, NAMES("default/a-0", "default/a-1"), false);
}

static void files_of_a_folder_become_pods_and_other_names_do_not_count(void **state)
{
    struct scene *s = *state;

    put(s, "b.yml", deployment(&s->in, "b", 1));
    put(s, "a.yaml", deployment(&s->in, "a", 2));
    put(s, "notes.txt", "no manifest: [");
    put(s, ".hidden.yaml", "no manifest: [");
    assert_int_equal(mkdir(path_of(&s->in, "deeper").ptr, 0700), 0);
    put(s, "deeper/c.yaml", deployment(&s->in, "c", 1));
    start_with_folder(s);
    expect_pods(s, NAMES("default/a-0", "default/a-1", "default/b-0"), false);
}

static void a_change_is_posted_as_a_whole_new_workload(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    start_with_folder(s);
    expect_pods(s, NAMES("default/a-0"), false);
    put(s, "a.yaml", deployment(&s->in, "a", 2));
    expect_pods(s, NAMES("default/a-0", "default/a-1"), false);
}

static void a_file_gone_from_a_listed_folder_is_deleted(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    put(s, "b.yaml", deployment(&s->in, "b", 1));
    start_with_folder(s);
    expect_pods(s, NAMES("default/a-0", "default/b-0"), false);
    assert_int_equal(unlink(path_of(&s->in, "a.yaml").ptr), 0);
    expect_note(s, "a.yaml: 1 of its 1 pods are not in it any more");
    expect_pods(s, NAMES("default/b-0"), false);
}

static void a_file_that_breaks_keeps_its_pods_and_freezes_no_other(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    put(s, "b.yaml", deployment(&s->in, "b", 1));
    start_with_folder(s);
    expect_pods(s, NAMES("default/a-0", "default/b-0"), false);
    put(s, "a.yaml", "kind: [");
    expect_pods(s, NAMES("default/a-0", "default/b-0"), true);
    put(s, "b.yaml", deployment(&s->in, "b", 2));
    expect_pods(s, NAMES("default/a-0", "default/b-0", "default/b-1"), true);
    put(s, "a.yaml", deployment(&s->in, "a", 0));
    expect_note(s, "a.yaml: 1 of its 1 pods are not in it any more");
    expect_pods(s, NAMES("default/b-0", "default/b-1"), false);
}

/* By the hurried clock a look takes minutes. */
static bool is_known_for(struct scene *s, int64_t minutes_least, int64_t minutes_most)
{
    struct cluster_port port = manifests_port(s->manifests);

    for (int i = 0; i < 400; i++) {
        int64_t age_ms = port.age_ms(port.self);
        if (age_ms >= minutes_least * 60 * 1000 && age_ms <= minutes_most * 60 * 1000)
            return true;
        usleep(20 * 1000);
    }
    return false;
}

static void what_is_posted_stays_new_while_looks_find_it_so_and_ages_when_they_do_not(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    start_with_folder(s);
    expect_pods(s, NAMES("default/a-0"), false);
    assert_true(is_known_for(s, 0, 3));
    put(s, "a.yaml", "kind: [");
    expect_pods(s, NAMES("default/a-0"), true);
    assert_true(is_known_for(s, 8, INT64_MAX / 60000 - 1));
    put(s, "a.yaml", deployment(&s->in, "a", 2));
    expect_pods(s, NAMES("default/a-0"), false); /* nothing is wrong any more */
    expect_pods(s, NAMES("default/a-0", "default/a-1"), false);
    assert_true(is_known_for(s, 0, 3));
    put(s, "a.yaml", "");
    expect_note(s, "its 2 pods stay");
    assert_true(is_known_for(s, 8, INT64_MAX / 60000 - 1));
}

static void a_listed_path_that_goes_missing_keeps_its_pods(void **state)
{
    struct scene *s = *state;
    struct str file = path_of(&s->in, "a.yaml");

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    start(s, &file, 1);
    expect_pods(s, NAMES("default/a-0"), false);
    assert_int_equal(unlink(file.ptr), 0);
    expect_pods(s, NAMES("default/a-0"), true);
}

static void of_one_object_in_two_files_the_later_counts_and_a_note_says_so(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    put(s, "b.yaml", deployment(&s->in, "a", 2));
    start_with_folder(s);
    struct event *e = next_event(s);
    assert_null(e->error);
    assert_int_equal(e->workload.pod_count, 2);
    assert_int_equal(e->workload.note_count, 1);
    event_free(e);
}

static void files_that_are_too_much_together_change_nothing(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    start_with_folder(s);
    expect_pods(s, NAMES("default/a-0"), false);
    put(s, "b.yaml", deployment(&s->in, "b", PODS_MAX));
    expect_pods(s, NAMES("default/a-0"), true);
    put(s, "b.yaml", deployment(&s->in, "b", 1));
    expect_pods(s, NAMES("default/a-0"), false); /* nothing is wrong any more */
    expect_pods(s, NAMES("default/a-0", "default/b-0"), false);
}

static void without_a_first_good_reading_there_is_only_the_error(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    put(s, "b.yaml", "a: 1\nkind: [\n");
    start_with_folder(s);
    struct event *e = next_event(s);
    assert_non_null(e->error);
    assert_false(e->complete);
    assert_int_equal(e->workload.pod_count, 0);
    event_free(e);
    put(s, "b.yaml", deployment(&s->in, "b", 1));
    expect_pods(s, NAMES("default/a-0", "default/b-0"), false);
}

static void a_pod_keeps_the_instant_it_was_first_seen_at(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    start_with_folder(s);
    struct event *e = next_event(s);
    int64_t first_ms = e->workload.pods[0].created_ms;
    event_free(e);
    put(s, "a.yaml", deployment(&s->in, "a", 2));
    e = next_event(s);
    assert_true(first_ms > 0);
    assert_int_equal(e->workload.pods[0].created_ms, first_ms);
    assert_true(e->workload.pods[1].created_ms >= first_ms);
    event_free(e);
}

static void a_check_names_file_line_and_attribute_of_everything_that_is_wrong(void **state)
{
    struct scene *s = *state;
    const struct str paths[] = {path_of(&s->in, "a.yaml"), path_of(&s->in, "b.yaml"),
                                path_of(&s->in, "missing.yaml")};

    put(s, "a.yaml", "a: 1\nkind: [\n");
    put(s, "b.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}\nspec:\n"
        "  template: {spec: {containers: [{name: c}]}}\n  replicas: many\n");
    struct error *e = manifests_check(&s->in.arena, paths, 3, NULL);
    struct str all = {0};
    size_t count = 0;
    for (; e; e = e->next, count++) {
        assert_true(str_eq(e->path, STR("cluster.manifests")));
        all = arena_printf(&s->in.arena, STR_FMT STR_FMT "\n", STR_ARG(all), STR_ARG(e->summary));
    }
    assert_true(count >= 3);
    assert_non_null(strstr(all.ptr, "a.yaml:"));
    assert_non_null(strstr(all.ptr, "b.yaml:6"));
    assert_non_null(strstr(all.ptr, "missing.yaml"));
}

static void good_files_pass_the_check(void **state)
{
    struct scene *s = *state;
    struct str path = path_of(&s->in, "a.yaml");

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    assert_null(manifests_check(&s->in.arena, &path, 1, NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_emptied_file_is_said_and_takes_nothing_away),
        TEST(files_of_a_folder_become_pods_and_other_names_do_not_count),
        TEST(a_change_is_posted_as_a_whole_new_workload),
        TEST(a_file_gone_from_a_listed_folder_is_deleted),
        TEST(a_file_that_breaks_keeps_its_pods_and_freezes_no_other),
        TEST(what_is_posted_stays_new_while_looks_find_it_so_and_ages_when_they_do_not),
        TEST(a_listed_path_that_goes_missing_keeps_its_pods),
        TEST(of_one_object_in_two_files_the_later_counts_and_a_note_says_so),
        TEST(files_that_are_too_much_together_change_nothing),
        TEST(without_a_first_good_reading_there_is_only_the_error),
        TEST(a_pod_keeps_the_instant_it_was_first_seen_at),
        TEST(a_check_names_file_line_and_attribute_of_everything_that_is_wrong),
        TEST(good_files_pass_the_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
