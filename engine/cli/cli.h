#ifndef ENGINE_CLI_CLI_H
#define ENGINE_CLI_CLI_H

/* The `tenon` command: what the executable is when Terraform did not start it.  One file a
 * subcommand; cli.c lists them.  Exit codes are those of surface.md. */
enum cli_exit {
    CLI_DONE = 0,
    CLI_ERROR = 1,
    CLI_SOMETHING_TO_DO = 2, /* preview --detailed-exitcode */
    CLI_USAGE = 64,
};

/* Runs the subcommand that argv[1] names; without one, prints a short help on stdout. */
int cli_main(int argc, char **argv);

#endif
