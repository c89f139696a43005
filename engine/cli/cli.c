#include "engine/cli/cli.h"

#include "engine/base/log.h"
#include "engine/base/version.h"
#include "engine/cli/commands.h"

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
    {"version", run_version, "prints the version"},
};
enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

/* Ours and those of other rooms, in the order of the help. */
struct command_list {
    const struct cli_command *more;
    size_t more_count;
};

static const struct cli_command *command_at(const struct command_list *l, size_t i)
{
    if (i < COMMAND_COUNT)
        return &commands[i];
    return i - COMMAND_COUNT < l->more_count ? &l->more[i - COMMAND_COUNT] : NULL;
}

static int run_version(int argc, char **argv)
{
    static const struct cli_usage usage = {.command = "version", .summary = "Prints the version."};
    int operands, code;

    if (options_parse(&usage, argc, argv, &operands, &code))
        puts("tenon " TENON_VERSION);
    return code;
}

static void print_help(FILE *out, const struct command_list *l)
{
    const struct cli_command *command;

    fputs("Tenon is a Terraform provider with a node-provisioning engine inside. One executable:\n"
          "  started by Terraform, it is the plugin (terraform-provider-tenon);\n"
          "  with -debug, it serves Terraform commands one after another and prints the\n"
          "  TF_REATTACH_PROVIDERS to set for them;\n"
          "  as tenon, it is one of these commands (tenon COMMAND --help says more):\n\n",
          out);
    for (size_t i = 0; (command = command_at(l, i)) != NULL; i++)
        fprintf(out, "  %-10s %s\n", command->name, command->summary);
    fputs("\nExit codes: 0 done, 1 error, 64 wrong usage;"
          " 2 of preview --detailed-exitcode: there is something to do.\n",
          out);
}

int cli_main(int argc, char **argv, const struct cli_command *more, size_t more_count)
{
    const struct command_list list = {more, more_count};
    const struct cli_command *command;
    struct str name = str_of(argc > 1 ? argv[1] : NULL);

    log_init(LOG_PLAIN);
    if (!name.len || str_eq(name, STR("--help")) || str_eq(name, STR("-h")) ||
        str_eq(name, STR("help"))) {
        print_help(stdout, &list);
        return CLI_DONE;
    }
    if (str_eq(name, STR("--version")))
        name = STR("version");
    for (size_t i = 0; (command = command_at(&list, i)) != NULL; i++)
        if (str_eq(name, str_of(command->name)))
            return command->run(argc - 1, argv + 1);
    fprintf(stderr, "tenon: there is no command \"" STR_FMT "\"\n\n", STR_ARG(name));
    print_help(stderr, &list);
    return CLI_USAGE;
}
