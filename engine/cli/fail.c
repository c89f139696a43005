#include "engine/cli/commands.h"

int cli_fail(const char *command, const struct error *e)
{
    for (; e; e = e->next) {
        fprintf(stderr, "tenon %s: " STR_FMT "%s" STR_FMT "\n", command, STR_ARG(e->path),
                e->path.len ? ": " : "", STR_ARG(e->summary));
        if (e->detail.len)
            fprintf(stderr, "  " STR_FMT "\n", STR_ARG(e->detail));
    }
    return CLI_ERROR;
}
