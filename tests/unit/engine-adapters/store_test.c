#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/adapters/lease_file.h"
#include "engine/adapters/store_door.h"
#include "engine/adapters/store_engine.h"
#include "engine/adapters/store_file.h"

/* A folder of its own for each test, and a sink that keeps what is posted. */

struct box {
    char folder[64];
    struct arena arena;
    struct str path;
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct event *first, *last;
};

static const struct fleet_identity moon = {STR_INIT("123456789012"), STR_INIT("us-east-1"),
                                           STR_INIT("moon"), STR_INIT("")};

static int set_up(void **state)
{
    struct box *b = calloc(1, sizeof(*b));
    memcpy(b->folder, "/tmp/tenon-store-XXXXXX", sizeof("/tmp/tenon-store-XXXXXX"));
    assert_non_null(mkdtemp(b->folder));
    b->path = arena_printf(&b->arena, "%s/state/tenon/a.db", b->folder);
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->came, NULL);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct box *b = *state;
    for (struct event *v; (v = b->first);) {
        b->first = v->next;
        event_free(v);
    }
    struct str command = arena_printf(&b->arena, "rm -rf %s", b->folder);
    assert_int_equal(system(command.ptr), 0);
    arena_free(&b->arena);
    free(b);
    return 0;
}

static void post(void *self, struct event *v)
{
    struct box *b = self;
    pthread_mutex_lock(&b->lock);
    v->next = NULL;
    if (b->first)
        b->last->next = v;
    else
        b->first = v;
    b->last = v;
    pthread_cond_signal(&b->came);
    pthread_mutex_unlock(&b->lock);
}

/* The next event, which must be of this kind. */
static struct event *next(struct box *b, enum event_kind kind)
{
    pthread_mutex_lock(&b->lock);
    while (!b->first)
        pthread_cond_wait(&b->came, &b->lock);
    struct event *v = b->first;
    b->first = v->next;
    pthread_mutex_unlock(&b->lock);
    assert_int_equal(v->kind, kind);
    return v;
}

static void next_lease(struct box *b, bool held)
{
    struct event *v = next(b, EVENT_LEASE);
    assert_int_equal(v->lease_held, held);
    event_free(v);
}

static struct store_door *open_store(struct box *b, const struct fleet_identity *fleet)
{
    struct store_door *s;
    assert_null(store_door_make(&b->arena, b->path, fleet, &s));
    return s;
}

static struct store_engine *open_port(struct box *b)
{
    struct store_engine *p;
    assert_null(store_engine_new(&b->arena, b->path, &moon, (struct event_sink){b, post}, &p));
    return p;
}

static int64_t acquire(struct box *b, struct store_engine *p)
{
    store_engine_port(p).submit_acquire(p);
    struct event *v = next(b, EVENT_LEASE);
    assert_true(v->lease_held);
    int64_t epoch = v->lease_epoch;
    event_free(v);
    v = next(b, EVENT_RECORDS);
    assert_true(v->complete);
    event_free(v);
    return epoch;
}

static struct store_record record(const char *kind, const char *key, const char *body)
{
    return (struct store_record){str_of(kind), str_of(key), str_of(body)};
}

static bool text_has(struct str text, const char *part)
{
    return str_find_str(text, str_of(part)) < text.len;
}

static void what_is_written_is_read_by_another_connection(void **state)
{
    struct box *b = *state;
    struct store_door *one = open_store(b, &moon), *two = open_store(b, &moon);
    struct store_record put = record("pool", "default", "{\"a\":\"\xc3\xbc\"}"), got;
    struct record_list list;

    assert_null(store_door_write(one, &b->arena, &put, 1));
    assert_null(store_door_get(two, &b->arena, STR("pool"), STR("default"), &got));
    assert_true(str_eq(got.body, put.body));
    assert_null(store_door_list(two, &b->arena, STR("pool"), &list));
    assert_int_equal(list.count, 1);

    put.body = (struct str){0};
    assert_null(store_door_write(two, &b->arena, &put, 1));
    struct error *e = store_door_get(one, &b->arena, STR("pool"), STR("default"), &got);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    store_door_close(one);
    store_door_close(two);
}

static void what_was_decided_by_records_is_written_only_while_they_are_the_same(void **state)
{
    struct box *b = *state;
    struct store_door *one = open_store(b, &moon), *two = open_store(b, &moon);
    struct store_record mine = record("pool", "web", "{\"uid\":\"u1\"}"), got;
    struct store_record theirs = record("pool", "web", "{\"uid\":\"u2\"}");
    struct record_list absent = {0}, present = {0};
    bool done;

    assert_null(store_door_see(one, &b->arena, STR("pool"), STR("web"), &absent));
    assert_null(store_door_write(two, &b->arena, &theirs, 1));
    assert_null(store_door_swap(one, &b->arena, &absent, &mine, 1, &done));
    assert_false(done);
    assert_null(store_door_get(one, &b->arena, STR("pool"), STR("web"), &got));
    assert_true(str_eq(got.body, theirs.body));

    assert_null(store_door_see(one, &b->arena, STR("pool"), STR("web"), &present));
    assert_null(store_door_swap(one, &b->arena, &present, &mine, 1, &done));
    assert_true(done);
    assert_null(store_door_swap(two, &b->arena, &present, &theirs, 1, &done));
    assert_false(done);
    store_door_close(one);
    store_door_close(two);
}

/* Another process that opens the store, reads and leaves. */
static void visit(struct box *b)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        ARENA_AUTO a = {0};
        struct store_door *s;
        struct record_list list;
        struct error *e = store_door_open(&a, b->path, &moon, &s);
        if (!e)
            e = store_door_list(s, &a, STR("pool"), &list);
        store_door_close(e ? NULL : s);
        _exit(e ? 1 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_visitor_does_not_take_the_log_with_it(void **state)
{
    struct box *b = *state;
    struct store_door *one = open_store(b, &moon), *two = open_store(b, &moon);
    struct store_record put = record("pool", "default", "{}");
    struct str log = arena_printf(&b->arena, STR_FMT "-wal", STR_ARG(b->path));
    struct stat there;

    assert_null(store_door_write(one, &b->arena, &put, 1));
    visit(b);
    assert_int_equal(stat(log.ptr, &there), 0);
    store_door_close(one);
    store_door_close(two);
}

static void the_version_moves_when_another_connection_writes(void **state)
{
    struct box *b = *state;
    struct store_door *one = open_store(b, &moon), *two = open_store(b, &moon);
    struct store_record put = record("pool", "default", "{}");
    int64_t before = store_door_version(one);

    assert_int_equal(store_door_version(one), before);
    assert_null(store_door_write(two, &b->arena, &put, 1));
    assert_int_not_equal(store_door_version(one), before);
    store_door_close(one);
    store_door_close(two);
}

static void the_file_is_its_owners_alone(void **state)
{
    struct box *b = *state;
    struct store_door *s = open_store(b, &moon);
    struct stat file, folder;

    assert_int_equal(stat(b->path.ptr, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    struct str dir = arena_printf(&b->arena, "%s/state/tenon", b->folder);
    assert_int_equal(stat(dir.ptr, &folder), 0);
    assert_int_equal(folder.st_mode & 0777, 0700);
    store_door_close(s);
}

/* Opened for reading and for applying alike, a store that is not its user's alone is refused, with
 * what to type; so is what SQLite and the lease keep beside it. */
static void refused(struct box *b, const char *path, const char *way_out)
{
    struct store_door *s;
    for (int make = 0; make < 2; make++) {
        struct error *e = make ? store_door_make(&b->arena, str_of(path), &moon, &s)
                               : store_door_open(&b->arena, str_of(path), NULL, &s);
        assert_non_null(e);
        assert_null(s);
        assert_int_equal(e->kind, ERROR_DENIED);
        assert_true(str_eq(e->path, STR("engine.store")));
        assert_true(text_has(e->detail, way_out));
    }
}

static void a_store_that_others_may_read_is_refused(void **state)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lease"};
    struct box *b = *state;
    store_door_close(open_store(b, &moon));
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        struct str path = arena_printf(&b->arena, "%s%s", b->path.ptr, suffixes[i]);
        close(open(path.ptr, O_CREAT | O_RDWR, 0600));
        assert_int_equal(chmod(path.ptr, 0644), 0);
        refused(b, b->path.ptr, arena_printf(&b->arena, "chmod 600 %s", path.ptr).ptr);
        assert_int_equal(chmod(path.ptr, 0600), 0);
    }
    store_door_close(open_store(b, NULL));
}

static void a_store_of_another_user_is_refused(void **state)
{
    struct box *b = *state;
    if (geteuid()) /* nobody else can give a file away */
        skip();
    store_door_close(open_store(b, &moon));
    assert_int_equal(chown(b->path.ptr, 4711, 4711), 0);
    refused(b, b->path.ptr, "user 4711");
}

static void symbolic_links_are_not_followed(void **state)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lease"};
    struct box *b = *state;
    store_door_close(open_store(b, &moon));
    struct str target = arena_printf(&b->arena, "%s/target", b->folder);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        struct str path = arena_printf(&b->arena, "%s%s", b->path.ptr, suffixes[i]);
        struct str aside = arena_printf(&b->arena, "%s.aside", path.ptr);
        bool was = !rename(path.ptr, aside.ptr);
        assert_int_equal(symlink(target.ptr, path.ptr), 0);
        refused(b, b->path.ptr, target.ptr);
        assert_int_not_equal(access(target.ptr, F_OK), 0); /* nor made through a link */
        assert_int_equal(unlink(path.ptr), 0);
        if (was)
            assert_int_equal(rename(aside.ptr, path.ptr), 0);
    }
}

static void a_folder_may_be_reached_by_a_link_but_must_not_be_open_to_all(void **state)
{
    struct box *b = *state;
    store_door_close(open_store(b, &moon));
    struct str folder = arena_printf(&b->arena, "%s/state/tenon", b->folder);
    struct str link = arena_printf(&b->arena, "%s/link", b->folder);
    struct store_door *s;
    assert_int_equal(symlink(folder.ptr, link.ptr), 0);
    struct str path = arena_printf(&b->arena, "%s/a.db", link.ptr);
    assert_null(store_door_open(&b->arena, path, &moon, &s));
    store_door_close(s);
    assert_int_equal(chmod(folder.ptr, 0777), 0);
    refused(b, b->path.ptr, "chmod o-w");
    assert_int_equal(chmod(folder.ptr, 01777), 0); /* as /tmp */
    store_door_close(open_store(b, NULL));
}

static void a_lease_that_is_not_ours_alone_is_not_taken(void **state)
{
    struct box *b = *state;
    struct lease_file l;
    bool held = false;
    store_door_close(open_store(b, &moon));
    struct str path = arena_printf(&b->arena, "%s.lease", b->path.ptr);
    lease_file_init(&l, b->path);
    assert_int_equal(symlink("/dev/null", path.ptr), 0);
    assert_non_null(lease_file_try(&b->arena, &l, &held));
    assert_false(held);
    unlink(path.ptr);
    close(open(path.ptr, O_CREAT | O_RDWR, 0600));
    assert_int_equal(chmod(path.ptr, 0666), 0);
    struct error *e = lease_file_try(&b->arena, &l, &held);
    assert_non_null(e);
    assert_true(text_has(e->detail, "chmod 600"));
    assert_false(held);
    lease_file_finish(&l);
}

static void put(struct box *b, struct store_door *s, const char *kind, const char *key)
{
    struct store_record r = {str_of(kind), str_of(key), STR("{}")};
    assert_null(store_door_write(s, &b->arena, &r, 1));
}

static void a_store_of_another_fleet_is_refused_and_both_are_named(void **state)
{
    static const struct fleet_identity others[] = {
        {STR_INIT("210987654321"), STR_INIT("us-east-1"), STR_INIT("moon"), STR_INIT("")},
        {STR_INIT("123456789012"), STR_INIT("eu-west-1"), STR_INIT("moon"), STR_INIT("")},
        {STR_INIT("123456789012"), STR_INIT("us-east-1"), STR_INIT("mars"), STR_INIT("")},
    };
    struct box *b = *state;
    struct store_door *s = open_store(b, &moon), *other;
    put(b, s, "pool", "default");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct error *e = store_door_open(&b->arena, b->path, &others[i], &other);
        assert_non_null(e);
        assert_null(other);
        assert_true(text_has(e->detail, "123456789012"));
        assert_true(text_has(e->detail, "moon"));
        assert_true(text_has(e->detail, others[i].cluster.ptr));
        assert_true(text_has(e->detail, others[i].region.ptr));
        assert_true(str_eq(e->path, STR("engine.store")));
    }
    store_door_close(s);
}

static struct fleet_identity fleet_of(struct box *b)
{
    struct fleet_identity found;
    struct store_file *f;
    assert_null(store_file_open(&b->arena, b->path, NULL, &f));
    assert_null(store_file_fleet(&b->arena, f, &found));
    store_file_close(f);
    return found;
}

static void a_store_with_nothing_in_it_becomes_whoever_opens_it(void **state)
{
    struct box *b = *state;
    struct fleet_identity mars = moon;
    struct store_door *s = open_store(b, &moon), *other;
    struct lease_file lease;
    bool held;
    mars.cluster = STR("mars");

    lease_file_init(&lease, b->path);
    assert_null(lease_file_try(&b->arena, &lease, &held));
    assert_non_null(store_door_open(&b->arena, b->path, &mars, &other)); /* an engine is there */
    lease_file_finish(&lease);

    put(b, s, "settings", "last"); /* what is left after a destroy */
    store_door_close(s);
    s = open_store(b, &mars);
    assert_true(str_eq(fleet_of(b).cluster, STR("mars")));
    put(b, s, "claim", "mars/default/u/1");
    assert_non_null(store_door_open(&b->arena, b->path, &moon, &other));
    store_door_close(s);
}

static void what_was_not_known_of_the_fleet_is_filled_in_later(void **state)
{
    struct box *b = *state;
    struct fleet_identity vague = moon;
    vague.account = STR("");
    store_door_close(open_store(b, &vague));
    store_door_close(open_store(b, &moon));
    assert_true(str_eq(fleet_of(b).account, moon.account));
}

static void files_that_are_no_store_are_refused_with_a_way_out(void **state)
{
    static const char *const contents[] = {"this is a letter, and a long one at that",
                                           "SQLite format 3"};
    struct box *b = *state;
    for (size_t i = 0; i < 2; i++) {
        struct store_door *s;
        struct str path = arena_printf(&b->arena, "%s/letter%zu", b->folder, i);
        FILE *f = fopen(path.ptr, "w");
        for (int line = 0; line < 100; line++)
            fputs(contents[i], f);
        fclose(f);
        assert_int_equal(chmod(path.ptr, 0600), 0);
        struct error *e = store_door_open(&b->arena, path, &moon, &s);
        assert_non_null(e);
        assert_null(s);
        assert_true(text_has(e->summary, path.ptr));
        assert_true(text_has(e->detail, "engine.store"));
    }
}

static void a_folder_that_cannot_be_made_is_named(void **state)
{
    struct box *b = *state;
    struct store_door *s;
    struct error *e = store_door_make(&b->arena, STR("/proc/tenon/a.db"), &moon, &s);
    assert_non_null(e);
    assert_null(s);
    assert_true(text_has(e->summary, "/proc/tenon/a.db"));
}

static void a_store_that_is_only_looked_at_is_not_made(void **state)
{
    struct box *b = *state;
    struct store_door *s;
    struct error *e = store_door_open(&b->arena, b->path, NULL, &s);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    assert_int_not_equal(access(b->path.ptr, F_OK), 0);
}

static void the_default_place_is_named_after_the_fleet(void **state)
{
    struct box *b = *state;
    struct str path;
    char *before = getenv("XDG_STATE_HOME");
    struct str keep = before ? arena_str(&b->arena, str_of(before)) : (struct str){0};

    setenv("XDG_STATE_HOME", "/var/state", 1);
    assert_null(store_default_path(&b->arena, &moon, &path));
    assert_string_equal(path.ptr, "/var/state/tenon/123456789012-us-east-1-moon.db");
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "/home/neil", 1);
    assert_null(store_default_path(&b->arena, &moon, &path));
    assert_string_equal(path.ptr, "/home/neil/.local/state/tenon/123456789012-us-east-1-moon.db");
    if (keep.ptr)
        setenv("XDG_STATE_HOME", keep.ptr, 1);
}

static void the_lease_has_one_holder_and_each_a_higher_epoch(void **state)
{
    struct box *b = *state, other = {0};
    pthread_mutex_init(&other.lock, NULL);
    pthread_cond_init(&other.came, NULL);
    other.path = b->path;
    struct store_door *s = open_store(b, &moon);
    struct store_engine *one = open_port(b), *two = open_port(&other);

    assert_false(store_door_lease_is_held(s));
    int64_t epoch = acquire(b, one);
    assert_true(store_door_lease_is_held(s));

    store_engine_port(two).submit_acquire(two); /* waits */
    store_engine_port(one).submit_release(one);
    next_lease(b, false);
    struct event *v = next(&other, EVENT_LEASE);
    assert_true(v->lease_held);
    assert_true(v->lease_epoch > epoch);
    event_free(v);
    event_free(next(&other, EVENT_RECORDS));
    store_engine_free(one);
    store_engine_free(two);
    assert_false(store_door_lease_is_held(s));
    store_door_close(s);
    arena_free(&other.arena);
}

static void waiting_for_the_lease_ends_with_a_release(void **state)
{
    struct box *b = *state, other = {0};
    pthread_mutex_init(&other.lock, NULL);
    pthread_cond_init(&other.came, NULL);
    other.path = b->path;
    struct store_engine *one = open_port(b), *two = open_port(&other);

    acquire(b, one);
    store_engine_port(two).submit_acquire(two);
    store_engine_port(two).submit_release(two);
    next_lease(&other, false);
    store_engine_free(two);
    store_engine_free(one);
    arena_free(&other.arena);
}

static void a_holder_that_is_killed_frees_the_lease(void **state)
{
    struct box *b = *state;
    int ready[2];
    char byte;
    struct store_door *s = open_store(b, &moon); /* makes the folder */
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct lease_file l;
        bool held = false;
        lease_file_init(&l, b->path);
        struct error *e = lease_file_try(&b->arena, &l, &held);
        byte = !e && held ? 'y' : 'n';
        if (write(ready[1], &byte, 1) == 1)
            pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_true(store_door_lease_is_held(s));

    struct store_engine *p = open_port(b);
    store_engine_port(p).submit_acquire(p);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    next_lease(b, true);
    event_free(next(b, EVENT_RECORDS));
    store_engine_free(p);
    store_door_close(s);
    close(ready[0]);
    close(ready[1]);
}

static void a_lease_whose_file_is_removed_is_lost(void **state)
{
    struct box *b = *state;
    struct store_engine *p = open_port(b);
    acquire(b, p);
    unlink(arena_printf(&b->arena, "%s.lease", b->path.ptr).ptr);
    next_lease(b, false);
    store_engine_free(p);
}

static void a_batch_of_another_epoch_is_refused_whole(void **state)
{
    struct box *b = *state;
    struct store_door *s = open_store(b, &moon);
    struct store_engine *p = open_port(b);
    struct store_record claim = record("claim", "moon/default/u/1", "{}"), got;

    int64_t epoch = acquire(b, p);
    store_engine_port(p).submit_write(p, 7, epoch + 1, &claim, 1);
    struct event *v = next(b, EVENT_WRITTEN);
    assert_int_equal(v->order, 7);
    assert_non_null(v->error);
    assert_int_equal(v->error->kind, ERROR_CONFLICT);
    event_free(v);
    assert_non_null(store_door_get(s, &b->arena, claim.kind, claim.key, &got));

    store_engine_port(p).submit_write(p, 8, epoch, &claim, 1);
    v = next(b, EVENT_WRITTEN);
    assert_null(v->error);
    event_free(v);
    assert_null(store_door_get(s, &b->arena, claim.kind, claim.key, &got));
    store_engine_free(p);
    store_door_close(s);
}

static void what_doors_write_is_read_without_the_rest(void **state)
{
    static const char *const kinds[] = {"apply",   "binding", "claim",    "class",
                                        "journal", "pool",    "settings", "status"};
    struct box *b = *state;
    struct store_door *s = open_store(b, &moon);
    struct store_file *f;
    struct record_list all, doors;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        put(b, s, kinds[i], "default");
    assert_null(store_file_open(&b->arena, b->path, &moon, &f));
    assert_null(store_file_list(&b->arena, f, (struct str){0}, &all));
    assert_null(store_file_list_doors(&b->arena, f, &doors));
    assert_int_equal(all.count, 8);
    assert_int_equal(doors.count, 4);
    assert_true(str_eq(doors.items[0].kind, STR("apply")));
    assert_true(str_eq(doors.items[3].kind, STR("settings")));
    store_file_close(f);
    store_door_close(s);
}

static void the_holder_hears_of_what_doors_write_and_of_nothing_else(void **state)
{
    struct box *b = *state;
    struct store_door *s = open_store(b, &moon);
    struct store_engine *p = open_port(b);
    struct store_record pool = record("pool", "default", "{\"generation\":1}");
    struct store_record claim = record("claim", "moon/default/u/1", "{}");

    acquire(b, p);
    assert_null(store_door_write(s, &b->arena, &claim, 1));
    assert_null(store_door_write(s, &b->arena, &pool, 1));
    struct event *v = next(b, EVENT_RECORDS);
    assert_false(v->complete);
    assert_int_equal(v->record_count, 1);
    assert_true(str_eq(v->records[0].key, pool.key));
    event_free(v);

    pool.body = (struct str){0};
    assert_null(store_door_write(s, &b->arena, &pool, 1));
    v = next(b, EVENT_RECORDS);
    assert_int_equal(v->record_count, 1);
    assert_null(v->records[0].body.ptr);
    event_free(v);
    store_engine_free(p);
    store_door_close(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_by_another_connection),
        TEST(what_was_decided_by_records_is_written_only_while_they_are_the_same),
        TEST(a_visitor_does_not_take_the_log_with_it),
        TEST(the_version_moves_when_another_connection_writes),
        TEST(the_file_is_its_owners_alone),
        TEST(a_store_that_others_may_read_is_refused),
        TEST(a_store_of_another_user_is_refused),
        TEST(symbolic_links_are_not_followed),
        TEST(a_folder_may_be_reached_by_a_link_but_must_not_be_open_to_all),
        TEST(a_lease_that_is_not_ours_alone_is_not_taken),
        TEST(a_store_of_another_fleet_is_refused_and_both_are_named),
        TEST(a_store_with_nothing_in_it_becomes_whoever_opens_it),
        TEST(what_was_not_known_of_the_fleet_is_filled_in_later),
        TEST(files_that_are_no_store_are_refused_with_a_way_out),
        TEST(a_folder_that_cannot_be_made_is_named),
        TEST(a_store_that_is_only_looked_at_is_not_made),
        TEST(the_default_place_is_named_after_the_fleet),
        TEST(the_lease_has_one_holder_and_each_a_higher_epoch),
        TEST(waiting_for_the_lease_ends_with_a_release),
        TEST(a_holder_that_is_killed_frees_the_lease),
        TEST(a_lease_whose_file_is_removed_is_lost),
        TEST(a_batch_of_another_epoch_is_refused_whole),
        TEST(what_doors_write_is_read_without_the_rest),
        TEST(the_holder_hears_of_what_doors_write_and_of_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
