#ifndef ENGINE_CLI_MANUAL_H
#define ENGINE_CLI_MANUAL_H

#include <stdbool.h>

#include "engine/base/str.h"
#include "engine/cli/cli.h"
#include "engine/cli/options.h"

/* What is written about commands, all of it from their tables: help on a terminal, the words that
 * shells complete by, the page for man(1).  All on stdout. */

enum manual_form {
    MANUAL_HELP,
    MANUAL_WORDS, /* a line a word: what is typed, a tab, what it does; options have a second tab
                     and the values that are allowed, separated by spaces */
    MANUAL_PAGE,  /* in man(7)'s macros; of one command: its section */
};

/* Whether a first argument asks for one of the forms: --help, -h, --help=words, --help=page. */
bool manual_asked(struct str word, enum manual_form *out);

void manual_of_command(const struct cli_usage *u, enum manual_form form);

/* `commands[i]->run` is asked for the section of each. */
void manual_of_all(const struct cli_command *const *commands, size_t count, enum manual_form form);

#endif
