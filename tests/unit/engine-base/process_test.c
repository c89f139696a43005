#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "engine/base/process.h"

static struct error *run(struct arena *a, const char *command, int64_t timeout_ms,
                         struct cancel *cancel, struct process_result *out)
{
    struct process_options options = {str_of(command), timeout_ms, 100000};
    return process_run(a, a, cancel, &options, out);
}

static void what_a_command_says_and_how_it_ends_is_told(void **state)
{
    static const struct {
        const char *command, *output, *errors;
        int status;
    } rows[] = {
        {"printf hello", "hello", "", 0},
        {"echo oh >&2; exit 3", "", "oh\n", 3},
        {"kill -9 $$", "", "", 137},
        {"cat", "", "", 0}, /* there is no input */
        {"no-such-command-here 2>/dev/null", "", "", 127},
        {"printf a; printf b >&2; printf c", "ac", "b", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct process_result r;
        assert_null(run(&a, rows[i].command, 60000, NULL, &r));
        assert_int_equal(r.status, rows[i].status);
        assert_true(str_eq(r.output, str_of(rows[i].output)));
        assert_true(str_eq(r.errors, str_of(rows[i].errors)));
    }
}

static void output_beyond_a_pipes_size_is_whole_and_beyond_the_limit_an_error(void **state)
{
    ARENA_AUTO a = {0};
    struct process_result r;
    (void)state;
    assert_null(run(&a, "head -c 99999 /dev/zero", 60000, NULL, &r));
    assert_int_equal(r.output.len, 99999);
    struct error *e = run(&a, "head -c 200000 /dev/zero", 60000, NULL, &r);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_INVALID);
    assert_null(run(&a, "head -c 200000 /dev/zero >&2", 60000, NULL, &r));
    assert_int_equal(r.errors.len, 4096);
}

/* Dead and not collected yet counts as gone: who its parent is now need not care for it. */
static bool is_running(int64_t pid)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    bool read = fgets(line, sizeof(line), f) != NULL;
    fclose(f);
    return read && !strstr(line, ") Z ");
}

static void one_that_takes_too_long_is_ended_with_all_it_started(void **state)
{
    ARENA_AUTO a = {0};
    struct process_result r;
    (void)state;
    struct error *e = run(&a, "sleep 1000 & echo $!; wait", 1500, NULL, &r);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_TIMEOUT);
    int64_t helper = 0;
    assert_true(str_to_int64(str_trim(r.output), &helper));
    while (is_running(helper)) /* a hang here is a failure */
        usleep(1000);
}

static void a_helper_left_behind_does_not_hold_the_answer_up(void **state)
{
    ARENA_AUTO a = {0};
    struct process_result r;
    (void)state;
    assert_null(run(&a, "sleep 30 & printf done", 25000, NULL, &r));
    assert_true(str_eq(r.output, STR("done")));
}

static void cancellation_ends_it(void **state)
{
    ARENA_AUTO a = {0};
    struct process_result r;
    struct cancel *cancel = cancel_new(NULL);
    (void)state;
    cancel_raise(cancel);
    struct error *e = run(&a, "sleep 1000", 600000, cancel, &r);
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_CANCELLED);
    cancel_free(cancel);
}

/* gRPC's threads run with signals blocked; a command must not inherit that. */
static void signals_that_we_block_or_ignore_are_the_commands_own_again(void **state)
{
    ARENA_AUTO a = {0};
    struct process_result r;
    sigset_t all, before;
    (void)state;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    void (*was)(int) = signal(SIGPIPE, SIG_IGN);
    struct error *e = run(&a, "kill -TERM $$; sleep 5; echo survived", 60000, NULL, &r);
    signal(SIGPIPE, was);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert_null(e);
    assert_int_equal(r.status, 128 + SIGTERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_command_says_and_how_it_ends_is_told),
        cmocka_unit_test(output_beyond_a_pipes_size_is_whole_and_beyond_the_limit_an_error),
        cmocka_unit_test(one_that_takes_too_long_is_ended_with_all_it_started),
        cmocka_unit_test(a_helper_left_behind_does_not_hold_the_answer_up),
        cmocka_unit_test(cancellation_ends_it),
        cmocka_unit_test(signals_that_we_block_or_ignore_are_the_commands_own_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
