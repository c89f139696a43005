#include "provider/modules_command.h"

#include <stdio.h>

#include "engine/base/json.h"
#include "engine/cli/commands.h"
#include "engine/cli/table.h"
#include "provider/datasources/registry.h"
#include "provider/functions/registry.h"
#include "provider/modules/modules.h"
#include "provider/resources/registry.h"

static bool is_type(const struct resource_type *const *all, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_of(all[i]->name), name))
            return true;
    return false;
}

static bool has_resource(struct str type)
{
    return is_type(resource_types, resource_type_count, type);
}

static bool has_data_source(struct str type)
{
    return is_type(data_sources, data_source_count, type);
}

static bool has_function(struct str name)
{
    for (size_t i = 0; i < function_count; i++)
        if (str_eq(str_of(functions[i].name), name))
            return true;
    return false;
}

static const char *const words[] = {
    [MODULE_TAKEN] = "tenon",           [MODULE_READY] = "could be",
    [MODULE_OURS] = "tenon, by itself", [MODULE_KEEPS] = "keeps hashicorp/aws",
    [MODULE_BROKEN] = "cannot be read",
};

static struct str why_of(struct arena *a, const struct module *m)
{
    struct buf text = buf_in(a);

    buf_add(&text, m->why);
    for (size_t i = 0; i < m->missing.count; i++)
        buf_printf(&text, "%s" STR_FMT, i ? " " : "", STR_ARG(m->missing.items[i]));
    return buf_str(&text);
}

static size_t count_of(const struct modules *all, enum module_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++)
        count += all->items[i].state == state;
    return count;
}

static void print_table(struct buf *out, struct arena *a, const struct modules *all)
{
    static const struct table_column columns[] = {
        {"MODULE", false}, {"PROVIDER", false}, {"MISSING", false}};
    struct str *cells = ARENA_ARRAY(a, struct str, 3 * all->count + 1);

    for (size_t i = 0; i < all->count; i++) {
        cells[3 * i] = all->items[i].folder;
        cells[3 * i + 1] = str_of(words[all->items[i].state]);
        cells[3 * i + 2] = why_of(a, &all->items[i]);
    }
    if (!all->count)
        buf_add(out, STR("no module here is served by hashicorp/aws\n"));
    else
        table_print(out, columns, 3, cells, all->count);
    if (count_of(all, MODULE_KEEPS))
        buf_add(out, STR("\nWhoever calls a module that keeps hashicorp/aws passes it a provider "
                         "of that source, by another local name.\n"));
}

static void print_json(struct buf *out, const struct modules *all, struct str source)
{
    static const char *const states[] = {"taken", "ready", "ours", "keeps", "broken"};
    struct json_writer w = json_writer_to(out);

    json_begin_object(&w);
    json_member(&w, "source", source);
    json_key(&w, STR("modules"));
    json_begin_array(&w);
    for (size_t i = 0; i < all->count; i++) {
        const struct module *m = &all->items[i];
        json_begin_object(&w);
        json_member(&w, "folder", m->folder);
        json_member(&w, "state", str_of(states[m->state]));
        json_key(&w, STR("missing"));
        json_begin_array(&w);
        for (size_t k = 0; k < m->missing.count; k++)
            json_string(&w, m->missing.items[k]);
        json_end_array(&w);
        json_member(&w, "why", m->why);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    buf_add_char(out, '\n');
}

struct wanted {
    struct str root, source;
    bool check, remove, as_json;
};

static struct error *do_it(struct arena *a, struct wanted *want, struct buf *out, int *code)
{
    static const struct modules_known known = {has_resource, has_data_source, has_function};
    struct modules all;
    size_t removed = 0;

    TRY(modules_find(a, want->root, &known, &all));
    if (!want->source.len)
        want->source = all.names_nodes ? STR("oko-investments/tenon") : STR("oko-investments/aws");
    if (want->remove)
        TRY(modules_let_go(a, want->root, &all, &removed));
    else if (!want->check)
        TRY(modules_take(a, want->root, want->source, &all));
    if (want->as_json)
        print_json(out, &all, want->source);
    else
        print_table(out, a, &all);
    *code = count_of(&all, MODULE_BROKEN) ? CLI_ERROR : CLI_DONE;
    return NULL;
}

int run_modules(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    struct str output = STR("table");
    struct wanted want = {0};
    const struct cli_option options[] = {
        {"check", NULL, "writes nothing: says which modules could run on this provider",
         .flag = &want.check},
        {"remove", NULL, "takes away what was written", .flag = &want.remove},
        {"source", "ADDRESS",
         "what they get; default: oko-investments/aws, or tenon where some module has tenon_* "
         "types",
         .text = &want.source},
        {"output", "FORM", "table (default) or json", .text = &output,
         .one_of = (const char *const[]){"table", "json", NULL}},
    };
    const struct cli_usage usage = {
        .command = "modules",
        .summary = "Lets the modules in FOLDER and below it run on this provider as they are: "
                   "beside each that uses nothing which is missing here it writes " MODULES_FILE
                   ", and of the others it says what is missing. After `terraform get` that holds "
                   "for others' modules, too.",
        .operands = "FOLDER",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    int operands, code;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    if (operands != 1 || (want.check && want.remove)) {
        fputs(operands != 1 ? "tenon modules: it takes one FOLDER (tenon modules --help)\n"
                            : "tenon modules: --check or --remove, not both\n",
              stderr);
        return CLI_USAGE;
    }
    want.root = str_of(argv[0]);
    want.as_json = str_eq(output, STR("json"));
    struct error *e = do_it(&a, &want, &out, &code);
    fwrite(out.ptr, 1, out.len, stdout);
    return e ? cli_fail("modules", e) : code;
}
