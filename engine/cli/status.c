#include "engine/cli/commands.h"
#include "engine/cli/status_text.h"
#include "engine/cli/store.h"

/* Prints the picture that the engine recorded with its last decision.  Asks nobody else, so it
 * works without credentials and while another process runs the engine. */

static struct error *show(struct arena *a, struct str picture, bool as_json)
{
    struct json status;
    struct buf out = buf_in(a);

    TRY(json_parse(a, picture, &status));
    if (as_json)
        buf_printf(&out, STR_FMT "\n", STR_ARG(picture));
    else
        status_print(&out, &status);
    fwrite(out.ptr, 1, out.len, stdout);
    return NULL;
}

int run_status(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct host_settings settings;
    struct str store = {0}, output = STR("table"), picture;
    const struct cli_option options[] = {
        {"store", "STORE", CLI_STORE_HELP, .text = &store},
        {"output", "FORM", "table (default) or json", .text = &output,
         .one_of = (const char *const[]){"table", "json", NULL}},
    };
    const struct cli_usage usage = {
        .command = "status",
        .summary = "Shows nodes, their pods and price, pods that wait and why, and what no fleet "
                   "can cost less than.",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    int operands, code;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    struct error *e = cli_read_picture(&a, &store, &settings, &picture);
    if (!e)
        e = show(&a, picture, str_eq(output, STR("json")));
    return e ? cli_fail("status", e) : CLI_DONE;
}
