#include "engine/cli/manual.h"

#include <stdio.h>

#include "engine/base/version.h"

static const char about[] =
    "Tenon is a Terraform provider with a node-provisioning engine inside. One executable:\n"
    "  started by Terraform, it is the plugin (terraform-provider-tenon);\n"
    "  with -debug, it serves Terraform commands one after another and prints the\n"
    "  TF_REATTACH_PROVIDERS to set for them;\n"
    "  as tenon, it is one of these commands (tenon COMMAND --help says more):\n";

/* What a process can end with, as enum cli_exit has it. */
static const struct {
    const char *code, *meaning;
} exits[] = {
    {"0", "done"},
    {"1", "error"},
    {"2", "of preview --detailed-exitcode: there is something to do"},
    {"64", "wrong usage"},
};
enum { EXIT_COUNT = sizeof(exits) / sizeof(exits[0]) };

bool manual_asked(struct str word, enum manual_form *out)
{
    static const struct {
        struct str word;
        enum manual_form form;
    } rows[] = {
        {STR_INIT("--help"), MANUAL_HELP},
        {STR_INIT("-h"), MANUAL_HELP},
        {STR_INIT("--help=words"), MANUAL_WORDS},
        {STR_INIT("--help=page"), MANUAL_PAGE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        *out = rows[i].form;
        if (str_eq(rows[i].word, word))
            return true;
    }
    return false;
}

/* troff reads a dash as a hyphen, a backslash as an escape, and a dot or a quote that begins a line
 * as a request. */
static void put_roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++)
        if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\\')
            fputs("\\e", stdout);
        else
            putchar(*text);
}

/* A line of the page that begins with a request: put_line(".SH ", name, ""). */
static void put_line(const char *before, const char *text, const char *after)
{
    fputs(before, stdout);
    put_roff(text);
    fputs(after, stdout);
    putchar('\n');
}

static void print_option_help(const struct cli_option *o)
{
    int used = printf("  --%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");

    printf("%*s%s\n", used < 28 ? 28 - used : 1, "", o->help);
}

static void print_option_words(const struct cli_option *o)
{
    printf("--%s\t%s\t", o->name, o->help);
    for (const char *const *v = o->one_of; v && *v; v++)
        printf("%s%s", v == o->one_of ? "" : " ", *v);
    putchar('\n');
}

static void print_option_page(const struct cli_option *o)
{
    puts(".TP");
    fputs(".BR \\-\\-", stdout);
    put_roff(o->name);
    if (o->value)
        put_line(" \" \\fI", o->value, "\\fR\"");
    else
        putchar('\n');
    put_line("", o->help, "");
}

void manual_of_command(const struct cli_usage *u, enum manual_form form)
{
    static void (*const print_option[])(const struct cli_option *) = {
        [MANUAL_HELP] = print_option_help,
        [MANUAL_WORDS] = print_option_words,
        [MANUAL_PAGE] = print_option_page,
    };
    const char *operands = u->operands ? u->operands : "", *space = u->operands ? " " : "";
    const char *options = u->count ? " [OPTIONS]" : "";

    if (form == MANUAL_HELP)
        printf("usage: tenon %s%s%s%s\n\n%s\n", u->command, options, space, operands, u->summary);
    if (form == MANUAL_HELP && u->count)
        printf("\noptions:\n");
    if (form == MANUAL_PAGE) {
        put_line(".SS tenon ", u->command, "");
        printf(".B tenon %s\n", u->command);
        put_line("", options[0] ? options + 1 : "", "");
        put_line("", operands, "");
        puts(".PP");
        put_line("", u->summary, "");
    }
    for (size_t i = 0; i < u->count; i++)
        print_option[form](&u->options[i]);
}

static void print_all_help(const struct cli_command *const *commands, size_t count)
{
    printf("%s\n", about);
    for (size_t i = 0; i < count; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nExit codes:", stdout);
    for (size_t i = 0; i < EXIT_COUNT; i++)
        printf("%s %s %s", i ? "," : "", exits[i].code, exits[i].meaning);
    puts(".");
}

static void print_all_words(const struct cli_command *const *commands, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s\t%s\n", commands[i]->name, commands[i]->summary);
}

static void print_whole_page(const struct cli_command *const *commands, size_t count)
{
    puts(".TH TENON 1 \"\" \"tenon " TENON_VERSION "\" \"Tenon\"");
    puts(".SH NAME\ntenon \\- a Terraform provider with a node\\-provisioning engine inside");
    puts(".SH SYNOPSIS\n.B tenon\n.I COMMAND\n[OPTIONS] [ARGUMENTS]");
    puts(".SH DESCRIPTION\n.nf");
    put_line("", about, ".fi");
    for (size_t i = 0; i < count; i++) {
        printf(".TP\n.B %s\n", commands[i]->name);
        put_line("", commands[i]->summary, "");
    }
    puts(".SH COMMANDS");
    for (size_t i = 0; i < count; i++)
        commands[i]->run(2, (char *[]){(char *)commands[i]->name, (char[]){"--help=page"}, NULL});
    puts(".SH EXIT STATUS");
    for (size_t i = 0; i < EXIT_COUNT; i++) {
        printf(".TP\n.B %s\n", exits[i].code);
        put_line("", exits[i].meaning, "");
    }
    puts(".SH FILES\n.TP\n.I $XDG_STATE_HOME/tenon\nwhere stores are looked for that no option "
         "names; "
         "unset, ~/.local/state/tenon");
    puts(".SH SEE ALSO\n.BR terraform (1)");
}

void manual_of_all(const struct cli_command *const *commands, size_t count, enum manual_form form)
{
    static void (*const print[])(const struct cli_command *const *, size_t) = {
        [MANUAL_HELP] = print_all_help,
        [MANUAL_WORDS] = print_all_words,
        [MANUAL_PAGE] = print_whole_page,
    };

    print[form](commands, count);
}
