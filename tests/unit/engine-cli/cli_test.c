#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/str.h"
#include "engine/cli/cli.h"

/* A subcommand of another room. */
static int greeted_with;

static int run_greet(int argc, char **argv)
{
    greeted_with = argc;
    return str_eq(str_of(argv[0]), STR("greet")) ? 7 : CLI_ERROR;
}

static int run(int argc, char **argv)
{
    static const struct cli_command more[] = {{"greet", run_greet, "greets"}};
    return cli_main(argc, argv, more, 1);
}

static void a_subcommand_of_another_room_runs_under_its_name(void **state)
{
    char *words[] = {(char[]){"tenon"}, (char[]){"greet"}, (char[]){"you"}, NULL};

    (void)state;
    assert_int_equal(run(3, words), 7);
    assert_int_equal(greeted_with, 2);
}

static void an_unknown_subcommand_is_wrong_usage(void **state)
{
    char *words[] = {(char[]){"tenon"}, (char[]){"great"}, NULL};

    (void)state;
    assert_int_equal(run(2, words), CLI_USAGE);
}

static void without_a_subcommand_there_is_help(void **state)
{
    char *words[] = {(char[]){"tenon"}, NULL};

    (void)state;
    assert_int_equal(run(1, words), CLI_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_subcommand_of_another_room_runs_under_its_name),
        cmocka_unit_test(an_unknown_subcommand_is_wrong_usage),
        cmocka_unit_test(without_a_subcommand_there_is_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
