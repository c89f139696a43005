/* What counts of files that somebody else writes meanwhile; the time of each look is set. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/adapters/manifests_disk.h"
#include "engine/adapters/manifests_files.h"
#include "engine/base/time.h"
#include "tests/unit/engine-adapters/folder.h"

#define LONG_AGO ((int64_t)1000 * 1000)

struct scene {
    struct folder in;
    int64_t now_ms, date_ms;
    struct manifest_files files;
};

static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    folder_make(&s->in);
    s->date_ms = time_now_ms() + LONG_AGO; /* so that files that are written now are old */
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    folder_remove(&s->in);
    free(s);
    return 0;
}

static void put(struct scene *s, const char *name, const char *text)
{
    write_file(path_of(&s->in, name), text);
}

/* Looks at `paths` after that time. */
static void look_at(struct scene *s, int64_t after_ms, const struct str *paths, size_t count)
{
    struct manifest_files out;

    s->now_ms += after_ms;
    s->date_ms += after_ms;
    manifest_files_look(&s->in.arena, paths, count, (struct look_time){s->now_ms, s->date_ms},
                        &s->files, &out);
    s->files = out;
}

static size_t pods(struct scene *s)
{
    struct resource_table resources = resource_table_new();
    struct kubernetes_objects objects;

    assert_null(manifest_files_parse(&s->in.arena, &s->files, &resources, &objects));
    return objects.pod_count;
}

/* The pods that count when the folder is looked at after that time. */
static size_t pods_after(struct scene *s, int64_t after_ms)
{
    const struct str folder = str_of(s->in.path);

    look_at(s, after_ms, &folder, 1);
    return pods(s);
}

static struct str first_note(struct scene *s)
{
    struct resource_table resources = resource_table_new();
    struct kubernetes_objects objects;

    assert_null(manifest_files_parse(&s->in.arena, &s->files, &resources, &objects));
    return objects.notes.count ? note_text(&s->in.arena, &objects.notes.items[0]) : STR("");
}

static void assert_holds(struct str text, const char *part)
{
    if (str_find_str(text, str_of(part)) == text.len)
        fail_msg("\"" STR_FMT "\" does not hold \"%s\"", STR_ARG(text), part);
}

static void an_old_file_counts_at_once(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 2));
    assert_int_equal(pods_after(s, 0), 2);
    assert_true(s->files.whole && !s->files.unread && !s->files.wrong);
}

static void a_file_of_this_second_counts_when_it_has_stood_for_one(void **state)
{
    struct scene *s = *state;

    s->date_ms = time_now_ms();
    put(s, "a.yaml", deployment(&s->in, "a", 1));
    assert_int_equal(pods_after(s, 0), 0);
    assert_true(s->files.unread && !s->files.whole && !s->files.wrong);
    put(s, "a.yaml", deployment(&s->in, "a", 2)); /* the generator goes on */
    assert_int_equal(pods_after(s, 900), 0);
    assert_int_equal(pods_after(s, 999), 0);
    assert_true(s->files.unread);
    assert_int_equal(pods_after(s, 1), 2);
    assert_true(s->files.whole && !s->files.unread);
}

static void a_date_in_the_future_holds_nothing_up(void **state)
{
    struct scene *s = *state;
    const struct timespec dates[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 4102444800}};

    put(s, "a.yaml", deployment(&s->in, "a", 2));
    assert_int_equal(utimensat(-1, path_of(&s->in, "a.yaml").ptr, dates, 0), 0);
    assert_int_equal(pods_after(s, 0), 2);
    assert_false(s->files.settled); /* one more change might leave the same date */
    assert_int_equal(pods_after(s, 1000), 2);
    assert_true(s->files.settled);
}

static void a_change_counts_when_two_looks_agree(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 2));
    assert_int_equal(pods_after(s, 0), 2);
    put(s, "a.yaml", deployment(&s->in, "a", 3));
    assert_int_equal(pods_after(s, 250), 2);
    put(s, "a.yaml", deployment(&s->in, "a", 4));
    assert_int_equal(pods_after(s, 250), 2);
    assert_int_equal(pods_after(s, 250), 4);
    assert_int_equal(first_note(s).len, 0);
}

static void few_pods_go_after_three_seconds_and_half_of_them_after_ten(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 9));
    assert_int_equal(pods_after(s, 0), 9);
    put(s, "a.yaml", deployment(&s->in, "a", 8));
    assert_int_equal(pods_after(s, 250), 9);
    assert_holds(first_note(s),
                 "a.yaml: 1 of its 9 pods are not in it any more: they go when it has "
                 "stayed like this for 3 s");
    assert_int_equal(pods_after(s, 2999), 9);
    assert_int_equal(pods_after(s, 1), 8);
    assert_int_equal(first_note(s).len, 0);

    put(s, "a.yaml", deployment(&s->in, "a", 4));
    assert_int_equal(pods_after(s, 250), 8);
    assert_holds(first_note(s), "for 10 s");
    assert_int_equal(pods_after(s, 9999), 8);
    assert_int_equal(pods_after(s, 1), 4);
}

static void each_change_begins_the_wait_anew(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 9));
    assert_int_equal(pods_after(s, 0), 9);
    put(s, "a.yaml", deployment(&s->in, "a", 8));
    assert_int_equal(pods_after(s, 250), 9);
    put(s, "a.yaml", deployment(&s->in, "a", 7));
    assert_int_equal(pods_after(s, 2999), 9);
    assert_int_equal(pods_after(s, 2999), 9);
    assert_int_equal(pods_after(s, 1), 7);
}

static void half_a_document_that_still_parses_takes_nothing_away(void **state)
{
    struct scene *s = *state;
    const char *whole = deployment(&s->in, "a", 4);
    struct str torn = str_slice(str_of(whole), 0, str_find_str(str_of(whole), STR(", resources")));

    put(s, "a.yaml", whole);
    assert_int_equal(pods_after(s, 0), 4);
    put(s, "a.yaml", arena_printf(&s->in.arena, STR_FMT "}\n", STR_ARG(torn)).ptr);
    assert_int_equal(pods_after(s, 250), 4);
    assert_int_equal(pods_after(s, 250), 4);
    assert_true(str_eq(s->files.items[0].text, str_of(whole)));
    put(s, "a.yaml", whole);
    assert_int_equal(pods_after(s, 250), 4);
    assert_true(str_eq(s->files.items[0].text, str_of(whole)));
    assert_null(s->files.wrong);
}

static void an_empty_file_takes_nothing_away_however_long_it_stands(void **state)
{
    struct scene *s = *state;
    static const char *const empty[] = {"", "\n \n", "---\n", "---\n...\n"};

    put(s, "a.yaml", deployment(&s->in, "a", 4));
    assert_int_equal(pods_after(s, 0), 4);
    for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++) {
        put(s, "a.yaml", empty[i]);
        assert_int_equal(pods_after(s, 250), 4);
        assert_int_equal(pods_after(s, 1000000000), 4);
        assert_holds(first_note(s), "a.yaml: is empty, and its 4 pods stay");
        assert_true(s->files.settled);
    }
}

static void a_word_that_there_are_none_counts_when_it_has_stood(void **state)
{
    struct scene *s = *state;
    static const char *const words[] = {
        "# none\n", "apiVersion: v1\nkind: List\nitems: []\n",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        put(s, "a.yaml", deployment(&s->in, "a", 4));
        pods_after(s, 250);
        assert_int_equal(pods_after(s, 250), 4);
        put(s, "a.yaml", words[i]);
        assert_int_equal(pods_after(s, 250), 4);
        assert_int_equal(pods_after(s, 9999), 4);
        assert_int_equal(pods_after(s, 1), 0);
        assert_true(s->files.whole);
    }
}

static void a_file_that_is_deleted_takes_its_pods_when_it_has_stayed_away(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 4));
    put(s, "b.yaml", deployment(&s->in, "b", 1));
    assert_int_equal(pods_after(s, 0), 5);
    assert_int_equal(unlink(path_of(&s->in, "a.yaml").ptr), 0);
    assert_int_equal(pods_after(s, 250), 5);
    assert_holds(first_note(s), "a.yaml: 4 of its 4 pods are not in it any more");
    assert_int_equal(pods_after(s, 9999), 5);
    put(s, "a.yaml", deployment(&s->in, "a", 4)); /* a generator that deletes first */
    assert_int_equal(pods_after(s, 250), 5);
    assert_int_equal(unlink(path_of(&s->in, "a.yaml").ptr), 0);
    assert_int_equal(pods_after(s, 250), 5);
    assert_int_equal(pods_after(s, 10000), 1);
    assert_int_equal(s->files.count, 1);
}

static void other_files_wait_for_none_that_is_held(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 4));
    assert_int_equal(pods_after(s, 0), 4);
    put(s, "a.yaml", "");
    put(s, "b.yaml", deployment(&s->in, "b", 1));
    assert_int_equal(pods_after(s, 250), 4);
    assert_int_equal(pods_after(s, 250), 5);
}

static void an_empty_file_is_an_error_where_nothing_is_known_of_it(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", "\n");
    put(s, "b.yaml", deployment(&s->in, "b", 1));
    pods_after(s, 0);
    assert_false(s->files.whole);
    assert_non_null(s->files.wrong);
    assert_holds(s->files.wrong->summary, "a.yaml is empty");
    assert_holds(s->files.wrong->detail, "a comment (# none)");
    put(s, "a.yaml", "# none\n");
    assert_int_equal(pods_after(s, 250), 1);
    assert_true(s->files.whole && !s->files.wrong);
    /* a new one has no pods to lose */
    put(s, "c.yaml", "");
    put(s, "d.json", "");
    pods_after(s, 250);
    assert_int_equal(pods_after(s, 250), 1);
    assert_null(s->files.wrong);
}

static void what_breaks_for_a_moment_is_no_error(void **state)
{
    struct scene *s = *state;

    put(s, "a.yaml", deployment(&s->in, "a", 1));
    assert_int_equal(pods_after(s, 0), 1);
    put(s, "a.yaml", "kind: [");
    assert_int_equal(pods_after(s, 250), 1);
    assert_null(s->files.wrong);
    assert_int_equal(pods_after(s, 250), 1);
    assert_non_null(s->files.wrong);
    put(s, "a.yaml", deployment(&s->in, "a", 2));
    pods_after(s, 250);
    assert_int_equal(pods_after(s, 250), 2);
    assert_null(s->files.wrong);
}

static void listen_at(struct str path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0 && path.len < sizeof(address.sun_path));
    memcpy(address.sun_path, path.ptr, path.len);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
}

static void only_regular_files_are_read_and_others_are_named(void **state)
{
    struct scene *s = *state;
    const struct str pipe = path_of(&s->in, "pipe.yaml"), sock = path_of(&s->in, "sock.yaml"),
                     link = path_of(&s->in, "link.yaml"), paths[] = {pipe, STR("/dev/zero"), sock};

    assert_int_equal(mkfifo(pipe.ptr, 0600), 0);
    listen_at(sock);
    assert_int_equal(symlink("nowhere", link.ptr), 0);
    look_at(s, 0, paths, 3);
    assert_false(s->files.whole);
    const struct error *e = s->files.wrong;
    assert_holds(e->summary, "pipe.yaml is a named pipe");
    assert_holds(e->detail, "regular files");
    assert_holds(e->next->summary, "/dev/zero is a device");
    assert_holds(e->next->next->summary, "sock.yaml is a socket");

    s->files = (struct manifest_files){0};
    pods_after(s, 0); /* the same among the files of a folder */
    assert_holds(s->files.wrong->summary, "link.yaml cannot be opened: No such file");
    assert_holds(s->files.wrong->next->summary, "pipe.yaml is a named pipe");
}

static void a_link_to_a_file_is_that_file(void **state)
{
    struct scene *s = *state;

    put(s, "text", deployment(&s->in, "a", 2));
    assert_int_equal(symlink("text", path_of(&s->in, "a.yaml").ptr), 0);
    assert_int_equal(pods_after(s, 0), 2);
}

static void a_mark_changes_with_inode_size_and_date(void **state)
{
    struct scene *s = *state;
    const struct str folder = str_of(s->in.path);
    const struct timespec dates[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

    put(s, "a.yaml", "# one\n");
    assert_int_equal(utimensat(-1, path_of(&s->in, "a.yaml").ptr, dates, 0), 0);
    uint64_t mark = manifests_mark(&folder, 1);
    assert_true(manifests_mark(&folder, 1) == mark);
    put(s, "b.part", "# two\n"); /* another file of the same size and date */
    assert_int_equal(utimensat(-1, path_of(&s->in, "b.part").ptr, dates, 0), 0);
    assert_int_equal(rename(path_of(&s->in, "b.part").ptr, path_of(&s->in, "a.yaml").ptr), 0);
    assert_true(manifests_mark(&folder, 1) != mark);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_old_file_counts_at_once),
        TEST(a_file_of_this_second_counts_when_it_has_stood_for_one),
        TEST(a_date_in_the_future_holds_nothing_up),
        TEST(a_change_counts_when_two_looks_agree),
        TEST(few_pods_go_after_three_seconds_and_half_of_them_after_ten),
        TEST(each_change_begins_the_wait_anew),
        TEST(half_a_document_that_still_parses_takes_nothing_away),
        TEST(an_empty_file_takes_nothing_away_however_long_it_stands),
        TEST(a_word_that_there_are_none_counts_when_it_has_stood),
        TEST(a_file_that_is_deleted_takes_its_pods_when_it_has_stayed_away),
        TEST(other_files_wait_for_none_that_is_held),
        TEST(an_empty_file_is_an_error_where_nothing_is_known_of_it),
        TEST(what_breaks_for_a_moment_is_no_error),
        TEST(only_regular_files_are_read_and_others_are_named),
        TEST(a_link_to_a_file_is_that_file),
        TEST(a_mark_changes_with_inode_size_and_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
