#include "engine/cli/commands.h"

/* Scripts by which shells complete.  They know no command and no option: they ask the executable
 * that is being typed, whose words come from the tables that its help is made of. */

static const char for_bash[] =
    "_tenon() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
    "        words=$(\"$1\" --help=words 2>/dev/null | cut -f 1)\n"
    "    else\n"
    "        words=$(\"$1\" \"${COMP_WORDS[1]}\" --help=words 2>/dev/null |\n"
    "            awk -F '\\t' -v before=\"$before\" '$1 == before && $3 { print $3 }')\n"
    "        if [ -z \"$words\" ] && [[ $word == -* ]]; then\n"
    "            words=$(\"$1\" \"${COMP_WORDS[1]}\" --help=words 2>/dev/null | cut -f 1)\n"
    "        fi\n"
    "    fi\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
    "}\n"
    "complete -o default -F _tenon tenon\n";

static const char for_zsh[] =
    "#compdef tenon\n"
    "_tenon() {\n"
    "    local -a found\n"
    "    if (( CURRENT == 2 )); then\n"
    "        found=(${(f)\"$($words[1] --help=words 2>/dev/null | sed 's/:/\\\\:/g; "
    "s/\\t/:/')\"})\n"
    "        _describe command found\n"
    "        return\n"
    "    fi\n"
    "    found=(${=$($words[1] $words[2] --help=words 2>/dev/null |\n"
    "        awk -F '\\t' -v before=\"$words[CURRENT-1]\" '$1 == before { print $3 }')})\n"
    "    if (( $#found )); then\n"
    "        compadd -a found\n"
    "    elif [[ $PREFIX == -* ]]; then\n"
    "        found=(${(f)\"$($words[1] $words[2] --help=words 2>/dev/null | cut -f 1,2 | sed "
    "'s/:/\\\\:/g; s/\\t/:/')\"})\n"
    "        _describe option found\n"
    "    else\n"
    "        _files\n"
    "    fi\n"
    "}\n"
    "compdef _tenon tenon\n";

static const char for_fish[] = "function __tenon_words\n"
                               "    set -l typed (commandline -opc)\n"
                               "    if test (count $typed) -eq 1\n"
                               "        $typed[1] --help=words 2>/dev/null\n"
                               "        return\n"
                               "    end\n"
                               "    set -l values ($typed[1] $typed[2] --help=words 2>/dev/null |\n"
                               "        awk -F '\\t' -v before=$typed[-1] '$1 == before { gsub(\" "
                               "\", \"\\n\", $3); print $3 }')\n"
                               "    if test -n \"$values\"\n"
                               "        printf '%s\\n' $values\n"
                               "    else\n"
                               "        $typed[1] $typed[2] --help=words 2>/dev/null | cut -f 1,2\n"
                               "    end\n"
                               "end\n"
                               "complete -c tenon -n 'test (count (commandline -opc)) -eq 1' -f\n"
                               "complete -c tenon -a '(__tenon_words)'\n";

int run_completion(int argc, char **argv)
{
    static const struct cli_usage usage = {
        .command = "completion",
        .summary = "Prints the script by which a shell completes commands and options, for its "
                   "start file: source <(tenon completion bash).",
        .operands = "bash|zsh|fish",
    };
    static const struct {
        struct str shell;
        const char *script;
    } rows[] = {
        {STR_INIT("bash"), for_bash},
        {STR_INIT("zsh"), for_zsh},
        {STR_INIT("fish"), for_fish},
    };
    int count, code;

    if (!options_parse(&usage, argc, argv, &count, &code))
        return code;
    for (size_t i = 0; count == 1 && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (str_eq(str_of(argv[0]), rows[i].shell)) {
            fputs(rows[i].script, stdout);
            return CLI_DONE;
        }
    fputs("tenon completion: name one shell of bash, zsh and fish\n", stderr);
    return CLI_USAGE;
}
