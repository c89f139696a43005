#include "engine/cli/estimate.h"

#include <errno.h>

#include "engine/base/time.h"
#include "engine/cli/asked_world.h"
#include "engine/cli/commands.h"
#include "engine/cli/progress.h"
#include "engine/cli/table.h"

/* What would these pods cost on the best fleet?  No account is asked, and no cluster. */

enum { BUDGET_MS = 5000, HARDEST = 64 /* times the work of the first round */ };

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

static void say_fleet(const struct planned_fleet *f, const char *question)
{
    ARENA_AUTO scratch = {0};
    struct str money = money_text(&scratch, f->microusd_per_hour, 4);

    progress_say("%zu nodes, " STR_FMT " $/h; %s", f->count, STR_ARG(money), question);
}

/* Each round may work four times as hard as the one before, and is begun only if it would end
 * before the deadline if it took four times as long. */
static bool improve(struct arena *a, struct estimate *e, int64_t deadline_ms)
{
    bool better = false;
    int64_t now_ms = time_monotonic_ms(), took_ms = 0;

    for (int64_t work = PROPOSE_WORK; work <= PROPOSE_WORK * HARDEST && now_ms < deadline_ms &&
                                      took_ms <= (deadline_ms - now_ms) / 4 &&
                                      e->fleet.microusd_per_hour > e->bound.proof.microusd_per_hour;
         work *= 4) {
        say_fleet(&e->fleet, "is there a cheaper fleet?");
        better |= planned_fleet_improve(a, &e->fleet, work);
        took_ms = time_monotonic_ms() - now_ms;
        now_ms += took_ms;
    }
    return better;
}

/* A feasible fleet first, at once; what time is left of the budget is for improving it. */
static void answer(struct arena *a, const struct world_files *w, int64_t budget_ms,
                   struct estimate *out)
{
    int64_t began_ms = time_monotonic_ms();
    int64_t work = budget_ms ? BOUND_WORK_MUCH : BOUND_WORK_LITTLE;

    progress_say("placing %zu pods", w->world.pod_count);
    planned_fleet_make(a, &w->world, &out->fleet);
    say_fleet(&out->fleet, "how low could any fleet be?");
    planned_fleet_bound(a, &out->fleet, work, &out->bound);
    /* Under limits the cheaper fleet may have other pods, of whom nothing is proved yet. */
    if (improve(a, out, time_add_ms(began_ms, budget_ms)) && out->fleet.unplaced_count)
        planned_fleet_bound(a, &out->fleet, work, &out->bound);
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

/* The proof of the bound, for whoever does not take our word (optimize/certificate.h). */
static struct error *write_proof(struct arena *a, const struct planned_bound *b, struct str path)
{
    struct buf text = buf_in(a);
    FILE *f = fopen(arena_str(a, path).ptr, "we");

    if (!f)
        return error_new(a, ERROR_INVALID, STR_FMT " cannot be written: %s", STR_ARG(path),
                         strerror(errno));
    certificate_write(&text, &b->placed, &b->proof);
    size_t written = fwrite(text.ptr, 1, text.len, f);
    return fclose(f) == 0 && written == text.len
               ? NULL
               : error_new(a, ERROR_INVALID, STR_FMT " cannot be written: %s", STR_ARG(path),
                           strerror(errno));
}

struct request {
    struct asked_world asked;
    int64_t budget_ms;
    struct str form, certificate;
};

static struct error *estimate(struct arena *a, const struct request *r, char **files, size_t count)
{
    int64_t began_ms = time_monotonic_ms();
    struct world_files *world = ARENA_NEW(a, struct world_files);
    struct estimate *out = ARENA_NEW(a, struct estimate);

    TRY(asked_world_read(a, &r->asked, files, count, world));
    answer(a, world, r->budget_ms, out);
    if (r->certificate.len)
        TRY(write_proof(a, &out->bound, r->certificate));
    out->elapsed_ms = time_monotonic_ms() - began_ms;
    progress_end();
    show(a, out, r->form);
    return NULL;
}

int run_estimate(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct request r = {.asked = {.pools.arena = &a}, .budget_ms = BUDGET_MS, .form = STR("table")};
    struct str budget = {0};
    const struct cli_option options[] = {
        ASKED_WORLD_OPTIONS(&r.asked),
        {"budget", "DURATION", "when to stop improving the first fleet (default 5s)",
         .text = &budget},
        {"certificate", "FILE", "writes the proof of the bound there, for a verifier",
         .text = &r.certificate},
        {"output", "FORM", "table (default), json, or html: a page for the browser",
         .text = &r.form, .one_of = (const char *const[]){"table", "json", "html", NULL}},
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
    int operands, code;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    if (operands == 0) {
        fputs("tenon estimate: name files or folders of Kubernetes objects, or - for standard "
              "input (tenon estimate --help)\n",
              stderr);
        return CLI_USAGE;
    }
    if (budget.len && !duration_parse(budget, &r.budget_ms)) {
        fprintf(stderr, "tenon estimate: --budget is \"" STR_FMT "\"; write it as 500ms or 5s\n",
                STR_ARG(budget));
        return CLI_USAGE;
    }
    if (!asked_world_check("estimate", &r.asked))
        return CLI_USAGE;
    struct error *e = estimate(&a, &r, argv, (size_t)operands);
    progress_end();
    return e ? cli_fail("estimate", e) : CLI_DONE;
}
