#include "engine/cli/cli.h"

#include "engine/base/log.h"
#include "engine/cli/commands.h"

static int run_version(int argc, char **argv);

/* In the order of the help. */
static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"engine", run_engine,
     "owns a cluster's nodes: launches for waiting pods, takes away what is due"},
    {"status", run_status, "nodes, their pods and their price, and pods that wait"},
    {"version", run_version, "prints the version"},
};
enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

static int run_version(int argc, char **argv)
{
    static const struct cli_usage usage = {.command = "version", .summary = "Prints the version."};
    int operands;

    switch (options_parse(&usage, argc, argv, &operands)) {
    case OPTIONS_RUN:
        puts("tenon " TENON_VERSION);
        return CLI_DONE;
    case OPTIONS_HELP_SHOWN:
        return CLI_DONE;
    case OPTIONS_WRONG:
        break;
    }
    return CLI_USAGE;
}

static void print_help(FILE *out)
{
    fputs("Tenon is a Terraform provider with a node-provisioning engine inside. One executable:\n"
          "  started by Terraform, it is the plugin (terraform-provider-tenon);\n"
          "  with -debug, it serves Terraform commands one after another and prints the\n"
          "  TF_REATTACH_PROVIDERS to set for them;\n"
          "  as tenon, it is one of these commands (tenon COMMAND --help says more):\n\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\nExit codes: 0 done, 1 error, 64 wrong usage.\n", out);
}

int cli_main(int argc, char **argv)
{
    struct str name = str_of(argc > 1 ? argv[1] : NULL);

    log_init(LOG_PLAIN);
    if (!name.len || str_eq(name, STR("--help")) || str_eq(name, STR("-h")) ||
        str_eq(name, STR("help"))) {
        print_help(stdout);
        return CLI_DONE;
    }
    if (str_eq(name, STR("--version")))
        name = STR("version");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (str_eq(name, str_of(commands[i].name)))
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "tenon: there is no command \"" STR_FMT "\"\n\n", STR_ARG(name));
    print_help(stderr);
    return CLI_USAGE;
}
