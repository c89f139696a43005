#ifndef ENGINE_CLI_OPTIONS_H
#define ENGINE_CLI_OPTIONS_H

#include "engine/base/error.h"

/* Options of a subcommand as a table: parsing, --help and the messages about wrong usage come from
 * it. */

/* The values of an option that may be given several times, in that order. */
struct cli_texts {
    struct arena *arena;
    struct str *items;
    size_t count, capacity;
};

struct cli_option {
    const char *name;  /* without the dashes */
    const char *value; /* what it takes, in capitals, for --help; NULL: a flag */
    const char *help;
    struct str *text;          /* where a value goes */
    bool *flag;                /* where a flag goes */
    const char *const *one_of; /* allowed values; NULL: any */
    struct cli_texts *texts;   /* where values go instead of `text` */
};

struct cli_usage {
    const char *command;  /* "status" */
    const char *summary;  /* one sentence */
    const char *operands; /* "[FILE...]"; NULL: none are taken */
    const struct cli_option *options;
    size_t count;
};

/* Reads argv (argv[0] is the subcommand).  `--name value`, `--name=value`, `--` ends options;
 * --help is known to all.  Operands are moved to the front of argv and counted.  False: the command
 * has ended with *code (CLI_DONE otherwise): help was shown, or the usage is wrong and stderr says
 * what was found and what is allowed. */
bool options_parse(const struct cli_usage *usage, int argc, char **argv, int *operand_count,
                   int *code);

#endif
