#include "provider/schema_command.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "engine/cli/commands.h"
#include "engine/cli/reasons.h"
#include "engine/cli/table.h"
#include "provider/datasources/registry.h"
#include "provider/examples.h"
#include "provider/resource/page.h"
#include "provider/resources/registry.h"

/* What was asked for: the provider (place 0), its types, and its data sources. */
struct choice {
    bool *chosen; /* by place */
    size_t named; /* how many were asked for by name; 0: all are chosen */
};

static size_t places(void)
{
    return 1 + resource_type_count + data_source_count;
}

static bool is_data_source(size_t place)
{
    return place > resource_type_count;
}

static const struct resource_type *type_at(size_t place)
{
    return is_data_source(place) ? data_sources[place - resource_type_count - 1]
                                 : resource_types[place - 1];
}

/* As Terraform calls them: a data source may have a type's name. */
static const char *name_at(struct arena *a, size_t place)
{
    if (place == 0)
        return "provider";
    return is_data_source(place) ? arena_printf(a, "data.%s", type_at(place)->name).ptr
                                 : type_at(place)->name;
}

static struct str example_of(const char *name)
{
    for (size_t i = 0; i < example_count; i++)
        if (str_eq(str_of(examples[i].name), str_of(name)))
            return str_of(examples[i].text);
    return (struct str){0};
}

static void print_page(struct buf *out, size_t place)
{
    struct str example = example_of(name_at(out->arena, place));

    if (place == 0)
        page_of_provider(out, example);
    else if (is_data_source(place))
        page_of_data_source(out, type_at(place), example);
    else
        page_of_type(out, type_at(place), example);
}

static bool choose(struct arena *a, struct choice *c, struct str name)
{
    for (size_t i = 0; i < places(); i++) {
        if (!str_eq(str_of(name_at(a, i)), name))
            continue;
        c->chosen[i] = true;
        return true;
    }
    fprintf(stderr,
            "tenon schema: there is no \"" STR_FMT "\" (tenon schema lists what there is)\n",
            STR_ARG(name));
    return false;
}

static bool choose_all(struct arena *a, struct choice *c, int count, char **names)
{
    bool all_known = true;

    for (int i = 0; i < count; i++)
        all_known &= choose(a, c, str_of(names[i]));
    for (size_t i = 0; count == 0 && i < places(); i++)
        c->chosen[i] = true;
    c->named = (size_t)count;
    return all_known;
}

/* A line has room for the first sentence. */
static struct str first_sentence(const char *text)
{
    struct str all = str_of(text);
    return str_slice(all, 0, str_find_str(all, STR(". ")));
}

static void print_overview(struct buf *out)
{
    static const struct table_column columns[] = {
        {"NAME", false}, {"GROUP", false}, {"WHAT IT IS", false}};
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct str *cells = ARENA_ARRAY(out->arena, struct str, places() * COLUMNS);

    cells[0] = str_of(name_at(out->arena, 0));
    cells[1] = STR("-");
    cells[2] = first_sentence(provider_describe);
    for (size_t i = 1; i < places(); i++) {
        const struct resource_type *t = type_at(i);
        struct str row[COLUMNS] = {str_of(name_at(out->arena, i)), str_of(t->subcategory),
                                   first_sentence(t->describe)};
        memcpy(cells + i * COLUMNS, row, sizeof(row));
    }
    table_print(out, columns, COLUMNS, cells, places());
    buf_add(out, STR("\ntenon schema NAME prints its page, --output json its table.\n"));
}

static void print_pages(struct buf *out, const struct choice *c)
{
    for (size_t i = 0; i < places(); i++)
        if (c->chosen[i])
            print_page(out, i);
}

static void tables_between(struct json_writer *w, const struct choice *c, const char *kind,
                           size_t from, size_t to)
{
    json_key(w, str_of(kind));
    json_begin_object(w);
    for (size_t i = from; i < to; i++) {
        if (!c->chosen[i])
            continue;
        json_key(w, str_of(type_at(i)->name));
        tables_of_type(w, type_at(i));
    }
    json_end_object(w);
}

static bool any_data_source(const struct choice *c)
{
    for (size_t i = 1 + resource_type_count; i < places(); i++)
        if (c->chosen[i])
            return true;
    return false;
}

static void print_tables(struct buf *out, const struct choice *c)
{
    struct json_writer w = json_writer_to(out);

    json_begin_object(&w);
    if (c->chosen[0]) {
        json_key(&w, STR("provider"));
        tables_of_provider(&w);
    }
    tables_between(&w, c, "resources", 1, 1 + resource_type_count);
    if (any_data_source(c))
        tables_between(&w, c, "data_sources", 1 + resource_type_count, places());
    json_end_object(&w);
    buf_add_char(out, '\n');
}

static struct error *cannot(struct arena *a, const char *what, struct str path)
{
    struct error *e = error_new(a, ERROR_INVALID, "cannot %s " STR_FMT, what, STR_ARG(path));
    e->detail = arena_str(a, str_of(strerror(errno)));
    return e;
}

static struct error *make_folder(struct arena *a, struct str path)
{
    return mkdir(path.ptr, 0777) == 0 || errno == EEXIST ? NULL : cannot(a, "make", path);
}

static struct error *write_file(struct arena *a, struct str path, struct str text)
{
    FILE *f = fopen(path.ptr, "we");

    if (!f)
        return cannot(a, "write", path);
    size_t written = fwrite(text.ptr, 1, text.len, f);
    return fclose(f) == 0 && written == text.len ? NULL : cannot(a, "write", path);
}

static struct error *write_reasons(struct arena *a, struct str folder)
{
    struct buf page = buf_in(a);

    reasons_page(&page);
    return write_file(a, arena_printf(a, "%s/reasons.md", folder.ptr), buf_str(&page));
}

static struct error *write_pages(struct arena *a, struct str folder, const struct choice *c)
{
    folder = arena_str(a, folder);
    TRY(make_folder(a, folder));
    TRY(make_folder(a, arena_printf(a, "%s/resources", folder.ptr)));
    TRY(make_folder(a, arena_printf(a, "%s/data-sources", folder.ptr)));
    for (size_t i = 0; i < places(); i++) {
        struct buf page = buf_in(a);
        struct str path = i == 0 ? arena_printf(a, "%s/index.md", folder.ptr)
                                 : arena_printf(a, "%s/%s/%s.md", folder.ptr,
                                                is_data_source(i) ? "data-sources" : "resources",
                                                type_at(i)->name);
        if (!c->chosen[i])
            continue;
        print_page(&page, i);
        TRY(write_file(a, path, buf_str(&page)));
    }
    return c->named ? NULL : write_reasons(a, folder);
}

static void show(struct arena *a, const struct choice *c, bool as_json)
{
    struct buf out = buf_in(a);

    if (as_json)
        print_tables(&out, c);
    else if (c->named == 0)
        print_overview(&out);
    else
        print_pages(&out, c);
    fwrite(out.ptr, 1, out.len, stdout);
}

int run_schema(int argc, char **argv)
{
    ARENA_AUTO a = {0};
    struct str output = STR("table"), folder = {0};
    const struct cli_option options[] = {
        {"output", "FORM", "table (default): an overview or pages; json: the tables",
         .text = &output, .one_of = (const char *const[]){"table", "json", NULL}},
        {"write", "FOLDER",
         "writes pages there: index.md, reasons.md, resources/NAME.md and\n"
         "data-sources/NAME.md",
         .text = &folder},
    };
    const struct cli_usage usage = {
        .command = "schema",
        .summary = "Prints what the provider and its resource types take: an overview, or the "
                   "documentation page of each NAME.",
        .operands = "[NAME...]",
        .options = options,
        .count = sizeof(options) / sizeof(*options),
    };
    struct choice c = {.chosen = ARENA_ARRAY(&a, bool, places())};
    int operands, code;

    if (!options_parse(&usage, argc, argv, &operands, &code))
        return code;
    bool as_json = str_eq(output, STR("json"));
    if (folder.len && as_json) {
        fputs("tenon schema: --write writes pages; leave out --output json\n", stderr);
        return CLI_USAGE;
    }
    if (!choose_all(&a, &c, operands, argv))
        return CLI_USAGE;
    if (!folder.len) {
        show(&a, &c, as_json);
        return CLI_DONE;
    }
    struct error *e = write_pages(&a, folder, &c);
    return e ? cli_fail("schema", e) : CLI_DONE;
}
