#include "provider/schema_command.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "engine/cli/commands.h"
#include "engine/cli/reasons.h"
#include "engine/cli/table.h"
#include "provider/datasources/registry.h"
#include "provider/examples.h"
#include "provider/functions/registry.h"
#include "provider/resource/page.h"
#include "provider/resources/registry.h"

/* Everything that has a page has a place: first the provider, then its types, its data sources and
 * its functions. */
struct choice {
    bool *chosen; /* by place */
    size_t named; /* how many were asked for by name; 0: all are chosen */
};

enum kind { PROVIDER, RESOURCE, DATA_SOURCE, FUNCTION, KINDS };
/* By kind: in front of a name, lest a data source and a type have one and the same; the folder of
 * its pages; its place among the tables. */
static const char *const prefixes[] = {"", "", "data.", "function."};
static const char *const folders[] = {"", "resources", "data-sources", "functions"};
static const char *const tables[] = {"provider", "resources", "data_sources", "functions"};

/* Where the places of a kind begin. */
static size_t first_of(enum kind k)
{
    const size_t counts[] = {1, resource_type_count, data_source_count, function_count};
    size_t place = 0;

    for (enum kind before = PROVIDER; before < k; before++)
        place += counts[before];
    return place;
}

static size_t places(void)
{
    return first_of(KINDS);
}

static enum kind kind_at(size_t place)
{
    enum kind k = PROVIDER;

    while (place >= first_of(k + 1))
        k++;
    return k;
}

static const struct function *function_at(size_t place)
{
    return &functions[place - first_of(FUNCTION)];
}

static const struct resource_type *type_at(size_t place)
{
    return kind_at(place) == DATA_SOURCE ? data_sources[place - first_of(DATA_SOURCE)]
                                         : resource_types[place - first_of(RESOURCE)];
}

static const char *plain_name_at(size_t place)
{
    if (place == 0)
        return "provider";
    return kind_at(place) == FUNCTION ? function_at(place)->name : type_at(place)->name;
}

static const char *name_at(struct arena *a, size_t place)
{
    return arena_printf(a, "%s%s", prefixes[kind_at(place)], plain_name_at(place)).ptr;
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

    switch (kind_at(place)) {
    case PROVIDER:
        page_of_provider(out, example);
        break;
    case RESOURCE:
        page_of_type(out, type_at(place), example);
        break;
    case DATA_SOURCE:
        page_of_data_source(out, type_at(place), example);
        break;
    case FUNCTION:
        page_of_function(out, function_at(place), example);
        break;
    case KINDS:
        break;
    }
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

static struct str group_at(size_t place)
{
    bool is_type = kind_at(place) == RESOURCE || kind_at(place) == DATA_SOURCE;
    return is_type ? str_of(type_at(place)->subcategory) : STR("-");
}

static const char *description_at(size_t place)
{
    if (place == 0)
        return provider_describe;
    return kind_at(place) == FUNCTION ? function_at(place)->describe : type_at(place)->describe;
}

static void print_overview(struct buf *out)
{
    static const struct table_column columns[] = {
        {"NAME", false}, {"GROUP", false}, {"WHAT IT IS", false}};
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct str *cells = ARENA_ARRAY(out->arena, struct str, places() * COLUMNS);

    for (size_t i = 0; i < places(); i++) {
        struct str row[COLUMNS] = {str_of(name_at(out->arena, i)), group_at(i),
                                   first_sentence(description_at(i))};
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

static bool any_of(const struct choice *c, enum kind k)
{
    for (size_t i = first_of(k); i < first_of(k + 1); i++)
        if (c->chosen[i])
            return true;
    return false;
}

static void tables_of_kind(struct json_writer *w, const struct choice *c, enum kind k)
{
    json_key(w, str_of(tables[k]));
    json_begin_object(w);
    for (size_t i = first_of(k); i < first_of(k + 1); i++) {
        if (!c->chosen[i])
            continue;
        json_key(w, str_of(plain_name_at(i)));
        if (k == FUNCTION)
            tables_of_function(w, function_at(i));
        else
            tables_of_type(w, type_at(i));
    }
    json_end_object(w);
}

/* `resources` is there even when it is empty: programs that came before the others look for it. */
static void print_tables(struct buf *out, const struct choice *c)
{
    struct json_writer w = json_writer_to(out);

    json_begin_object(&w);
    if (c->chosen[0]) {
        json_key(&w, str_of(tables[PROVIDER]));
        tables_of_provider(&w);
    }
    for (enum kind k = RESOURCE; k < KINDS; k++)
        if (k == RESOURCE || any_of(c, k))
            tables_of_kind(&w, c, k);
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
    for (enum kind k = RESOURCE; k < KINDS; k++)
        TRY(make_folder(a, arena_printf(a, "%s/%s", folder.ptr, folders[k])));
    for (size_t i = 0; i < places(); i++) {
        struct buf page = buf_in(a);
        struct str path = i == 0 ? arena_printf(a, "%s/index.md", folder.ptr)
                                 : arena_printf(a, "%s/%s/%s.md", folder.ptr, folders[kind_at(i)],
                                                plain_name_at(i));
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
         "writes pages there: index.md, reasons.md, resources/NAME.md,\n"
         "data-sources/NAME.md and functions/NAME.md",
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
