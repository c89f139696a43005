#include "engine/cli/cli.h"

#include "engine/base/log.h"
#include "engine/base/version.h"
#include "engine/cli/commands.h"
#include "engine/cli/manual.h"

static int run_version(int argc, char **argv);

static const struct cli_command commands[] = {
    {"engine", run_engine,
     "owns a cluster's nodes: launches for waiting pods, takes away what is due"},
    {"status", run_status, "nodes, their pods and their price, and pods that wait"},
    {"preview", run_preview, "what the engine would do now, and what comes of it"},
    {"estimate", run_estimate, "what the pods of a dump would cost on the best fleet"},
    {"explain", run_explain, "why a pod is where it is or waits, and what its constraints cost"},
    {"replay", run_replay, "takes the decisions of a journal again, and says which differ"},
    {"doctor", run_doctor, "what of a Kubernetes cluster can be reached, and what is missing"},
    {"completion", run_completion, "prints the script by which a shell completes what is typed"},
    {"version", run_version, "prints the version"},
};
enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

static int run_version(int argc, char **argv)
{
    static const struct cli_usage usage = {.command = "version", .summary = "Prints the version."};
    int operands, code;

    if (options_parse(&usage, argc, argv, &operands, &code))
        puts("tenon " TENON_VERSION);
    return code;
}

/* Ours and those of other rooms, in the order of the help. */
static const struct cli_command **all_commands(struct arena *a, const struct cli_command *more,
                                               size_t more_count)
{
    const struct cli_command **all =
        arena_alloc(a, (COMMAND_COUNT + more_count) * sizeof(struct cli_command *));

    for (size_t i = 0; i < COMMAND_COUNT; i++)
        all[i] = &commands[i];
    for (size_t i = 0; i < more_count; i++)
        all[COMMAND_COUNT + i] = &more[i];
    return all;
}

int cli_main(int argc, char **argv, const struct cli_command *more, size_t more_count)
{
    ARENA_AUTO a = {0};
    const struct cli_command **all = all_commands(&a, more, more_count);
    size_t count = COMMAND_COUNT + more_count;
    struct str name = str_of(argc > 1 ? argv[1] : NULL);
    enum manual_form form = MANUAL_HELP;

    log_init(LOG_PLAIN);
    if (!name.len || str_eq(name, STR("help")) || manual_asked(name, &form)) {
        manual_of_all(all, count, form);
        return CLI_DONE;
    }
    if (str_eq(name, STR("--version")))
        name = STR("version");
    for (size_t i = 0; i < count; i++)
        if (str_eq(name, str_of(all[i]->name)))
            return all[i]->run(argc - 1, argv + 1);
    fprintf(stderr,
            "tenon: there is no command \"" STR_FMT "\"; tenon --help lists what there is\n",
            STR_ARG(name));
    return CLI_USAGE;
}
