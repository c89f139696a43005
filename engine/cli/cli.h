#ifndef ENGINE_CLI_CLI_H
#define ENGINE_CLI_CLI_H

#include <stddef.h>

/* The `tenon` command: what the executable is when Terraform did not start it.  One file a
 * subcommand; cli.c lists them.  Exit codes are those of surface.md. */
enum cli_exit {
    CLI_DONE = 0,
    CLI_ERROR = 1,
    CLI_SOMETHING_TO_DO = 2, /* preview --detailed-exitcode */
    CLI_USAGE = 64,
};

struct cli_command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the subcommand; returns an exit code */
    const char *summary;
};

/* Runs the subcommand that argv[1] names; without one, prints a short help on stdout.  `more` are
 * subcommands of rooms that this one may not know, such as the provider's. */
int cli_main(int argc, char **argv, const struct cli_command *more, size_t more_count);

#endif
