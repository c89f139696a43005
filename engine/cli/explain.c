#include "engine/base/near_names.h"
#include "engine/base/time.h"
#include "engine/cli/asked_world.h"
#include "engine/cli/commands.h"
#include "engine/cli/explanation.h"
#include "engine/cli/fleet_answer.h"
#include "engine/cli/progress.h"
#include "engine/cli/store.h"
#include "engine/cli/store_world.h"
#include "engine/host/ahead.h"

/* Why is a node, a pool or a coming action of the store as it is?  In the world that its engine saw
 * last.  And why is a pod where it is, or why does it wait?  Of files: in the fleet that they would
 * get from nothing.  Without: in the fleet of the store, as its engine recorded it last; what pools
 * and constraints have to say is then reckoned from nothing too, of the pods, types and prices that
 * it saw. */

struct question {
    struct str pod;             /* namespace/name; empty: */
    const struct subject *what; /* something else of the store ... */
    struct str name;            /* ... of that name */
    struct str store;
    bool as_json;
    struct asked_world asked;
    char **files;
    size_t file_count;
};

static struct error *no_such_pod(struct arena *a, const struct world *w, struct str name)
{
    struct error *e = error_new(a, ERROR_NOT_FOUND, "there is no pod " STR_FMT, STR_ARG(name));
    struct str *names = ARENA_ARRAY(a, struct str, w->pod_count);

    for (size_t i = 0; i < w->pod_count; i++)
        names[i] = w->pods[i].name;
    struct str like = near_names(a, name, names, w->pod_count);
    e->detail = like.len ? arena_printf(a, "There is " STR_FMT ".", STR_ARG(like))
                         : STR("Pods are named NAMESPACE/NAME; those that a Deployment asks for in "
                               "the files are NAMESPACE/NAME-0 and so on.");
    return e;
}

static struct error *explain_in(struct arena *a, const struct world *w, struct str name,
                                struct explanation *out)
{
    struct planned_fleet *fleet = ARENA_NEW(a, struct planned_fleet);
    const struct pod *pod = world_pod(w, name);

    if (!pod)
        return no_such_pod(a, w, name);
    if (pod->never_serve)
        return error_new(a, ERROR_INVALID,
                         STR_FMT " needs no node of ours: it is gated, has ended, is being "
                                 "deleted, or runs on a node that is not ours",
                         STR_ARG(name));
    progress_say("placing %zu pods", w->pod_count);
    planned_fleet_make(a, w, fleet);
    explanation_make(a, fleet, pod, out);
    return NULL;
}

static struct error *explain_files(struct arena *a, const struct question *q,
                                   struct explanation *out)
{
    struct world_files *files = ARENA_NEW(a, struct world_files);

    TRY(asked_world_read(a, &q->asked, q->files, q->file_count, files));
    return explain_in(a, &files->world, q->pod, out);
}

/* ---- of the store ---- */

static bool holds(const struct json *pods, struct str pod)
{
    for (size_t i = 0; i < pods->count; i++)
        if (str_eq(json_string_or(&pods->items[i], STR("")), pod))
            return true;
    return false;
}

static const struct json *node_with(const struct json *picture, struct str pod)
{
    const struct json *nodes = json_get(picture, "nodes");

    for (size_t i = 0; i < nodes->count; i++)
        if (holds(json_get(&nodes->items[i], "pods"), pod))
            return &nodes->items[i];
    return NULL;
}

static const struct json *waiting_of(const struct json *picture, struct str pod)
{
    const struct json *waiting = json_get(picture, "waiting");

    for (size_t i = 0; i < waiting->count; i++)
        if (str_eq(json_string_or(json_get(&waiting->items[i], "pod"), STR("")), pod))
            return &waiting->items[i];
    return NULL;
}

static struct error *explain_store(struct arena *a, struct question *q, struct explanation *out)
{
    struct host_settings settings;
    struct str text;
    struct json *picture = ARENA_NEW(a, struct json);
    struct store_world *world = ARENA_NEW(a, struct store_world);

    TRY(cli_read_picture(a, &q->store, &settings, &text));
    TRY(json_parse(a, text, picture));
    TRY(store_world_read(a, &q->store, &q->asked, world));
    struct error *e = explain_in(a, &world->world, q->pod, out);
    int64_t age_ms = world->seen.world.now_ms - world->seen.seen_ms;
    struct str seen = duration_format(a, age_ms / 1000 * 1000);
    if (e)
        e->detail = arena_printf(a, STR_FMT "%sThe engine saw the pods " STR_FMT " ago.",
                                 STR_ARG(e->detail), e->detail.len ? " " : "", STR_ARG(seen));
    if (e)
        return e;
    out->recorded_node = node_with(picture, q->pod);
    out->recorded_waiting = waiting_of(picture, q->pod);
    out->of_store = true;
    out->seen_ago = seen;
    return NULL;
}

/* ---- what else there is ---- */

static const struct subject {
    const char *word;
    struct error *(*answer)(struct arena *a, const struct world *w, struct str name,
                            struct fleet_answer *out);
} subjects[] = {{"node", answer_node}, {"pool", answer_pool}, {"action", answer_action}};

static struct error *explain_fleet(struct arena *a, struct question *q)
{
    struct ahead ahead;
    struct fleet_answer answer;
    struct buf out = buf_in(a);

    TRY(cli_read_ahead(a, &q->store, &ahead));
    TRY(q->what->answer(a, &ahead.world, q->name, &answer));
    progress_end();
    if (q->as_json)
        fleet_answer_json(&out, &answer);
    else
        fleet_answer_table(&out, &answer);
    fwrite(out.ptr, 1, out.len, stdout);
    return NULL;
}

static bool take_subject(struct question *q, char **words, size_t count)
{
    for (size_t i = 0; count == 2 && i < sizeof(subjects) / sizeof(*subjects); i++)
        if (str_eq(str_of(words[0]), str_of(subjects[i].word))) {
            q->what = &subjects[i];
            q->name = str_of(words[1]);
        }
    return q->what;
}

static struct error *explain(struct arena *a, struct question *q)
{
    struct explanation answer;
    struct buf out = buf_in(a);

    TRY(q->file_count ? explain_files(a, q, &answer) : explain_store(a, q, &answer));
    progress_end();
    if (q->as_json)
        explanation_json(&out, &answer);
    else
        explanation_table(&out, &answer);
    fwrite(out.ptr, 1, out.len, stdout);
    return NULL;
}

/* `pod NAMESPACE/NAME FILE...`; what is wrong is said. */
static bool take_operands(struct arena *a, struct question *q, char **words, size_t count)
{
    struct str name = count > 1 ? str_of(words[1]) : (struct str){0};

    if (take_subject(q, words, count))
        return true;
    if (count < 2 || !str_eq(str_of(words[0]), STR("pod")) || !name.len) {
        fputs("tenon explain: write pod NAMESPACE/NAME, then files, or none to ask the store; or "
              "node NAME, pool NAME or action NUMBER (tenon explain --help)\n",
              stderr);
        return false;
    }
    q->pod =
        str_find(name, '/') < name.len ? name : arena_printf(a, "default/" STR_FMT, STR_ARG(name));
    q->files = words + 2;
    q->file_count = count - 2;
    return true;
}

/* A store has pools and a region, and its prices were seen. */
static bool asks_store_alone(const struct asked_world *asked)
{
    const char *of_files = asked->pools.count         ? "--pools"
                           : asked->region.len        ? "--region"
                           : asked->spot_discount.len ? "--spot-discount"
                                                      : NULL;

    if (of_files)
        fprintf(stderr,
                "tenon explain: %s is about files, and none is named; a store has its own pools, "
                "region and prices\n",
                of_files);
    return !of_files;
}

int run_explain(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct question q = {.asked = {.pools.arena = &a}};
    struct str output = STR("table");
    const struct cli_option options[] = {
        ASKED_WORLD_OPTIONS(&q.asked),
        {"store", "STORE", CLI_STORE_HELP, .text = &q.store},
        {"output", "FORM", "table (default) or json", .text = &output,
         .one_of = (const char *const[]){"table", "json", NULL}},
    };
    const struct cli_usage usage = {
        .command = "explain",
        .operands = "pod NAMESPACE/NAME [FILE...|-] | node NAME | pool NAME | action NUMBER",
        .summary =
            "Says why a pod is where it is or why it waits, what each pool says of it, and "
            "what the fleet would cost without each of its constraints: in the fleet that "
            "the files would get from nothing, or, without files, in that of the store. Of a "
            "node, a pool or an action that tenon preview shows, of the store: what comes of "
            "it and why, and what the fleet would cost otherwise.",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    int operands, code;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    if (!take_operands(&a, &q, argv, (size_t)operands) || !asked_world_check("explain", &q.asked))
        return CLI_USAGE;
    if (!q.file_count && !asks_store_alone(&q.asked))
        return CLI_USAGE;
    q.as_json = str_eq(output, STR("json"));
    struct error *e = q.what ? explain_fleet(&a, &q) : explain(&a, &q);
    progress_end();
    return e ? cli_fail("explain", e) : CLI_DONE;
}
