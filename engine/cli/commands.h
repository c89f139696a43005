#ifndef ENGINE_CLI_COMMANDS_H
#define ENGINE_CLI_COMMANDS_H

#include "engine/cli/cli.h"
#include "engine/cli/options.h"

/* The subcommands, a file each; argv[0] is the subcommand.  They return an exit code. */
int run_engine(int argc, char **argv);
int run_status(int argc, char **argv);
int run_preview(int argc, char **argv);
int run_replay(int argc, char **argv);
int run_estimate(int argc, char **argv);
int run_explain(int argc, char **argv);
int run_doctor(int argc, char **argv);
int run_completion(int argc, char **argv);

/* Prints an error as people read it, its detail beneath, on stderr; returns CLI_ERROR. */
int cli_fail(const char *command, const struct error *e);

#endif
