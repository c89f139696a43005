#ifndef ENGINE_CLI_ASKED_WORLD_H
#define ENGINE_CLI_ASKED_WORLD_H

#include "engine/cli/options.h"
#include "engine/objects/world_files.h"

/* The world that a command line asks about: estimate and explain take the same files and the same
 * options for them. */
struct asked_world {
    struct cli_texts pools;
    struct str catalog, region, spot_discount;
};

/* Rows of the commands' tables of options. */
#define ASKED_WORLD_OPTIONS(asked)                                                         \
    {"pools", "FILE", "Karpenter's NodePools or Provisioners; may be given several times", \
     .texts = &(asked)->pools},                                                            \
        {"catalog", "FILE", "prices and types as CSV; default: the built-in table of EC2", \
         .text = &(asked)->catalog},                                                       \
        {"region", "REGION", "of the built-in table (default us-east-1)",                  \
         .text = &(asked)->region},                                                        \
    {                                                                                      \
        "spot-discount", "PERCENT",                                                        \
            "spot costs so much less than on-demand; without, there "                      \
            "is no spot in the built-in table",                                            \
            .text = &(asked)->spot_discount                                                \
    }

/* What is wrong with the options themselves is said on stderr: false. */
bool asked_world_check(const char *command, const struct asked_world *asked);

/* Of options that were checked; 0: none was named. */
int64_t asked_world_spot_discount(const struct asked_world *asked);

/* Reads what is asked about: `files` name objects.  The error lists all that is wrong. */
MUST_CHECK struct error *asked_world_read(struct arena *a, const struct asked_world *asked,
                                          char **files, size_t count, struct world_files *out);

#endif
