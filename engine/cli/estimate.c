#include "engine/cli/estimate.h"

#include "engine/base/time.h"
#include "engine/cli/asked_world.h"
#include "engine/cli/commands.h"
#include "engine/cli/progress.h"

/* What would these pods cost on the best fleet?  No account is asked, and no cluster. */

enum { BUDGET_MS = 5000 };

static void sum_today(struct arena *a, const struct world_files *w, struct estimate_today *out)
{
    struct str *unpriced = ARENA_ARRAY(a, struct str, w->today_count);

    *out = (struct estimate_today){.count = w->today_count, .unpriced = unpriced};
    for (size_t i = 0; i < w->today_count; i++) {
        if (w->today[i].price_microusd_per_hour < 0)
            unpriced[out->unpriced_count++] = w->today[i].name;
        else
            out->microusd_per_hour += w->today[i].price_microusd_per_hour;
    }
}

static void take_notes(struct arena *a, const struct notes *from, struct estimate *out)
{
    struct str *notes = ARENA_ARRAY(a, struct str, from->count);

    for (size_t i = 0; i < from->count; i++)
        notes[i] = note_text(a, &from->items[i]);
    out->notes = notes;
    out->note_count = from->count;
}

/* A feasible fleet first, at once; what time is left of the budget is for improving it. */
static void answer(struct arena *a, const struct world_files *w, struct estimate *out)
{
    int64_t began_ms = time_monotonic_ms();

    progress_say("placing %zu pods", w->world.pod_count);
    planned_fleet_make(a, &w->world, &out->fleet);
    progress_say("%zu nodes; how low could any fleet be?", out->fleet.count);
    out->bound_microusd_per_hour = planned_fleet_bound(a, &out->fleet);
    out->decide_ms = time_monotonic_ms() - began_ms;
    sum_today(a, w, &out->today);
    take_notes(a, &w->notes, out);
}

static void show(struct arena *a, const struct estimate *e, struct str form)
{
    struct buf out = buf_in(a);

    if (str_eq(form, STR("json")))
        estimate_json(&out, e);
    else if (str_eq(form, STR("html")))
        estimate_html(&out, e);
    else
        estimate_table(&out, e);
    fwrite(out.ptr, 1, out.len, stdout);
}

static int estimate(struct arena *a, const struct asked_world *asked, char **files, size_t count,
                    struct str form)
{
    int64_t began_ms = time_monotonic_ms();
    struct world_files *world = ARENA_NEW(a, struct world_files);
    struct estimate out = {0};
    struct error *e = asked_world_read(a, asked, files, count, world);

    if (!e)
        answer(a, world, &out);
    progress_end();
    if (e)
        return cli_fail("estimate", e);
    out.elapsed_ms = time_monotonic_ms() - began_ms;
    show(a, &out, form);
    return CLI_DONE;
}

int run_estimate(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct asked_world asked = {.pools.arena = &a};
    struct str budget = {0}, output = STR("table");
    const struct cli_option options[] = {
        ASKED_WORLD_OPTIONS(&asked),
        {"budget", "DURATION", "when to stop improving the first fleet (default 5s)",
         .text = &budget},
        {"output", "FORM", "table (default), json, or html: a page for the browser",
         .text = &output, .one_of = (const char *const[]){"table", "json", "html", NULL}},
    };
    const struct cli_usage usage = {
        .command = "estimate",
        .operands = "FILE...|-",
        .summary = "Says what the pods of these files would cost on the best fleet, beside what "
                   "the nodes in the files cost today.\nNo account and no cluster is asked: "
                   "kubectl get pods,nodes,pdb,ds -A -o json | tenon estimate -",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    int64_t budget_ms = BUDGET_MS;
    int operands;

    switch (options_parse(&usage, argc, argv, &operands)) {
    case OPTIONS_HELP_SHOWN:
        return CLI_DONE;
    case OPTIONS_WRONG:
        return CLI_USAGE;
    case OPTIONS_RUN:
        break;
    }
    if (operands == 0) {
        fputs("tenon estimate: name files or folders of Kubernetes objects, or - for standard "
              "input (tenon estimate --help)\n",
              stderr);
        return CLI_USAGE;
    }
    if (budget.len && !duration_parse(budget, &budget_ms)) {
        fprintf(stderr, "tenon estimate: --budget is \"" STR_FMT "\"; write it as 500ms or 5s\n",
                STR_ARG(budget));
        return CLI_USAGE;
    }
    if (!asked_world_check("estimate", &asked))
        return CLI_USAGE;
    return estimate(&a, &asked, argv, (size_t)operands, output);
}
