#include "engine/cli/options.h"

#include "engine/cli/cli.h"
#include "engine/cli/manual.h"

static const struct cli_option *option_named(const struct cli_usage *u, struct str name)
{
    for (size_t i = 0; i < u->count; i++)
        if (str_eq(str_of(u->options[i].name), name))
            return &u->options[i];
    return NULL;
}

static bool wrong(const struct cli_usage *u, const char *what, struct str found)
{
    fprintf(stderr, "tenon %s: %s: " STR_FMT " (tenon %s --help lists what there is)\n", u->command,
            what, STR_ARG(found), u->command);
    return false;
}

static bool take_value(const struct cli_usage *u, const struct cli_option *o, struct str value)
{
    for (const char *const *v = o->one_of; v && *v; v++) {
        if (str_eq(str_of(*v), value))
            break;
        if (!v[1]) {
            fprintf(stderr, "tenon %s: --%s is \"" STR_FMT "\"; allowed are", u->command, o->name,
                    STR_ARG(value));
            for (v = o->one_of; *v; v++)
                fprintf(stderr, " %s", *v);
            fputc('\n', stderr);
            return false;
        }
    }
    if (o->texts)
        ARENA_PUSH(o->texts->arena, o->texts->items, o->texts->count, o->texts->capacity, value);
    else
        *o->text = value;
    return true;
}

/* One option, perhaps with the argument after it; *i is moved over what was used. */
static bool take_option(const struct cli_usage *u, int argc, char **argv, int *i)
{
    struct str rest = str_of(argv[*i] + 2);
    struct str name = str_cut(&rest, '=');
    const struct cli_option *o = option_named(u, name);

    if (!o)
        return wrong(u, "no such option", str_of(argv[*i]));
    if (!o->value) {
        if (rest.ptr)
            return wrong(u, "takes no value", str_of(argv[*i]));
        *o->flag = true;
        return true;
    }
    if (rest.ptr)
        return take_value(u, o, rest);
    if (*i + 1 == argc)
        return wrong(u, "needs a value", str_of(argv[*i]));
    return take_value(u, o, str_of(argv[++*i]));
}

bool options_parse(const struct cli_usage *u, int argc, char **argv, int *operand_count, int *code)
{
    bool options_over = false;
    enum manual_form form;

    *operand_count = 0;
    *code = CLI_USAGE;
    for (int i = 1; i < argc; i++) {
        struct str word = str_of(argv[i]);

        if (!options_over && str_eq(word, STR("--"))) {
            options_over = true;
        } else if (!options_over && manual_asked(word, &form)) {
            manual_of_command(u, form);
            *code = CLI_DONE;
            return false;
        } else if (!options_over && str_starts_with(word, STR("--"))) {
            if (!take_option(u, argc, argv, &i))
                return false;
        } else if (!u->operands) {
            return wrong(u, "takes no arguments", word);
        } else {
            argv[(*operand_count)++] = argv[i];
        }
    }
    *code = CLI_DONE;
    return true;
}
