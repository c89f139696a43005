#include "engine/cli/commands.h"
#include "engine/cli/preview_text.h"
#include "engine/cli/progress.h"
#include "engine/cli/store.h"
#include "engine/host/ahead.h"

/* Says what the engine would do.  Decides from the world that it saw last, by the functions that it
 * decides by; asks nobody else and changes nothing. */

static struct error *preview(struct arena *a, struct str *store, bool as_json, bool *acts)
{
    struct ahead ahead;
    struct preview p;
    struct buf out = buf_in(a);

    TRY(cli_read_ahead(a, store, &ahead));
    progress_say("deciding for %zu pods", ahead.world.pod_count);
    preview_make(a, &ahead.world, false, &p);
    progress_end();
    struct effect e = effect_of(&ahead.world, &p);
    e.seen_ms = ahead.seen_ms;
    e.list_prices = ahead.list_prices;
    if (as_json)
        preview_json(&out, &e);
    else
        preview_print(&out, &e);
    fwrite(out.ptr, 1, out.len, stdout);
    *acts = preview_acts(&p);
    return NULL;
}

int run_preview(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct str store = {0}, output = STR("table");
    bool detailed = false, acts = false;
    const struct cli_option options[] = {
        {"store", "STORE", CLI_STORE_HELP, .text = &store},
        {"output", "FORM", "table (default) or json", .text = &output,
         .one_of = (const char *const[]){"table", "json", NULL}},
        {"detailed-exitcode", NULL, "exit with 2 when there is something to do", .flag = &detailed},
    };
    const struct cli_usage usage = {
        .command = "preview",
        .summary = "Says what the engine of the store would do now, what comes of it until nothing "
                   "more happens, and what stands in the way: from the world that it saw last, "
                   "with the pools and classes that are stored now. Nothing is changed.",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    int operands, code;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    struct error *e = preview(&a, &store, str_eq(output, STR("json")), &acts);
    progress_end();
    if (e)
        return cli_fail("preview", e);
    return detailed && acts ? CLI_SOMETHING_TO_DO : CLI_DONE;
}
