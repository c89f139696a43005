#include "provider/resource/page.h"

#include "engine/base/time.h"
#include "provider/resource/identity.h"
#include "provider/resource/provider.h"
#include "provider/resource/region.h"
#include "provider/resource/table.h"

enum group { REQUIRED_ROWS, OPTIONAL_ROWS, READ_ONLY_ROWS };

static bool is_timeouts(const struct attr *row)
{
    return str_eq(str_of(row->name), STR("timeouts"));
}

static enum group group_of(const struct attr *row)
{
    if (row->flags & REQUIRED)
        return REQUIRED_ROWS;
    return row->flags & OPTIONAL ? OPTIONAL_ROWS : READ_ONLY_ROWS;
}

static bool is_in(const struct attr *row, enum group g)
{
    return group_of(row) == g && !is_timeouts(row);
}

/* Rows that nobody describes have no effect (schema.h): their names are all that is said of them.
 */
static bool has_effect(const struct attr *row)
{
    return row->describe != NULL;
}

static bool has_any(const struct model *m, enum group g)
{
    for (size_t i = 0; i < m->count; i++)
        if (is_in(&m->attrs[i], g))
            return true;
    return false;
}

/* Rows of one table, and where they are. */
struct section {
    const struct resource_type *type; /* NULL: the provider */
    const struct model *model;
    struct str path; /* empty: the whole */
};

static void add_row(struct buf *out, const struct section *s, const struct attr *row)
{
    struct str path = row_path(out->arena, s->path, row);
    struct attr full = row_with_rules(out->arena, s->type, row, path);

    buf_printf(out, "- `%s` ", row->name);
    row_in_words(out, &full);
    if (row->nested)
        buf_printf(out, " See [below](#" STR_FMT ").", STR_ARG(path));
    buf_add_char(out, '\n');
}

static void add_idle(struct buf *out, const struct model *m, enum group g)
{
    bool any = false;

    for (size_t i = 0; i < m->count; i++) {
        if (!is_in(&m->attrs[i], g) || has_effect(&m->attrs[i]))
            continue;
        buf_printf(out, "%s`%s`", any ? ", " : "- Taken for hashicorp/aws's sake, without effect: ",
                   m->attrs[i].name);
        any = true;
    }
    if (any)
        buf_add(out, STR(".\n"));
}

static void add_group(struct buf *out, const struct section *s, enum group g, const char *title)
{
    const struct model *m = s->model;

    if (!has_any(m, g))
        return;
    buf_printf(out, "\n%s\n\n", title);
    for (size_t i = 0; i < m->count; i++)
        if (is_in(&m->attrs[i], g) && has_effect(&m->attrs[i]))
            add_row(out, s, &m->attrs[i]);
    add_idle(out, m, g);
}

/* A section for every row that has rows of its own, in the order in which a reader meets them. */
static void add_nested(struct buf *out, const struct section *outer)
{
    for (size_t i = 0; i < outer->model->count; i++) {
        const struct attr *row = &outer->model->attrs[i];
        if (!row->nested || is_timeouts(row))
            continue;
        struct section s = {outer->type, row->nested, row_path(out->arena, outer->path, row)};
        buf_printf(out, "\n<a id=\"" STR_FMT "\"></a>\n### `" STR_FMT "`\n", STR_ARG(s.path),
                   STR_ARG(s.path));
        add_group(out, &s, REQUIRED_ROWS, "Required:");
        add_group(out, &s, OPTIONAL_ROWS, "Optional:");
        add_group(out, &s, READ_ONLY_ROWS, "Read-only:");
        add_nested(out, &s);
    }
}

static void add_tables(struct buf *out, const struct section *s)
{
    buf_add(out, STR("\n## Arguments\n"));
    add_group(out, s, REQUIRED_ROWS, "### Required");
    add_group(out, s, OPTIONAL_ROWS, "### Optional");
    add_nested(out, s);
    add_group(out, s, READ_ONLY_ROWS, "## Attributes");
}

static void add_timeouts(struct buf *out, const struct resource_type *t)
{
    const struct attr *row = model_row(&t->model, STR("timeouts"));
    static const enum operation operations[] = {OPERATION_CREATE, OPERATION_READ, OPERATION_UPDATE,
                                                OPERATION_DELETE};

    if (!row)
        return;
    buf_add(out, STR("\n## Timeouts\n\nThe block `timeouts` takes durations, such as `90s` or "
                     "`1h30m`:\n\n"));
    for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
        const char *word = operation_word(operations[i]);
        const struct attr *one = model_row(row->nested, str_of(word));
        struct str limit = duration_format(out->arena, operation_limit_ms(t, operations[i]));
        if (one)
            buf_printf(out, "- `%s` %s Default: `\"" STR_FMT "\"`.\n", word, one->describe,
                       STR_ARG(limit));
    }
}

/* "{role}/{policy_arn}" as it is to be typed: "ROLE/POLICY_ARN". */
static struct str in_capitals(struct arena *a, struct str pattern)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (c != '{' && c != '}')
            buf_add_char(&out, c);
    }
    return buf_str(&out);
}

static size_t longest_member(const struct resource_type *t)
{
    struct str name;
    bool required;
    size_t longest = 0;

    for (size_t i = 0; identity_member(t, i, &name, &required); i++)
        longest = name.len > longest ? name.len : longest;
    return longest;
}

/* In the columns in which `terraform fmt` has it. */
static void add_identity(struct buf *out, const struct resource_type *t)
{
    int width = (int)longest_member(t);
    struct str name;
    bool required;

    buf_printf(out,
               "\nWith Terraform 1.12 or later, also by its identity:\n\n```terraform\nimport {\n"
               "  to = %s.example\n  identity = {\n",
               t->name);
    for (size_t i = 0; identity_member(t, i, &name, &required); i++)
        buf_printf(out, "    %-*.*s = \"...\"%s\n", width, STR_ARG(name),
                   required ? "" : " # may be left out");
    buf_add(out, STR("  }\n}\n```\n"));
}

static void add_import(struct buf *out, const struct resource_type *t)
{
    if (!t->import_id)
        return;
    struct str id = in_capitals(out->arena, str_of(t->import_id));
    buf_printf(out, "\n## Import\n\nThe import id is %s:\n\n", t->import_says);
    buf_printf(out, "```shell\nterraform import %s.example " STR_FMT "\n```\n", t->name,
               STR_ARG(id));
    if (region_row(&t->model))
        buf_add(out, STR("\nOf an object in another region than the provider's, `@` and the region "
                         "follow: `...@eu-west-1`.\n"));
    if (has_identity(t))
        add_identity(out, t);
}

/* YAML between quotes: what our own texts may hold of it is escaped. */
static void add_front_matter(struct buf *out, const char *title, const char *subcategory,
                             const char *describe)
{
    const struct {
        const char *key, *value;
    } lines[] = {{"page_title", title}, {"subcategory", subcategory}, {"description", describe}};

    buf_add(out, STR("---\n"));
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct json_writer w = json_writer_to(out);
        buf_printf(out, "%s: ", lines[i].key);
        json_string(&w, str_of(lines[i].value)); /* JSON's strings are YAML's, too */
        buf_add_char(out, '\n');
    }
    buf_add(out, STR("---\n"));
}

static void add_notes(struct buf *out, const char *title, const char *describe, const char *notes)
{
    buf_printf(out, "\n# %s\n\n%s\n", title, describe);
    if (notes)
        buf_printf(out, "\n%s\n", notes);
}

static void add_example(struct buf *out, struct str example)
{
    if (example.len)
        buf_printf(out, "\n## Example Usage\n\n```terraform\n" STR_FMT "\n```\n",
                   STR_ARG(str_trim(example)));
}

void page_of_type(struct buf *out, const struct resource_type *t, struct str example)
{
    struct str title = arena_printf(out->arena, "%s Resource - tenon", t->name);
    struct str heading = arena_printf(out->arena, "%s (Resource)", t->name);

    add_front_matter(out, title.ptr, t->subcategory, t->describe);
    add_notes(out, heading.ptr, t->describe, t->notes);
    add_example(out, example);
    add_tables(out, &(struct section){t, &t->model, {0}});
    add_timeouts(out, t);
    add_import(out, t);
}

void page_of_data_source(struct buf *out, const struct resource_type *t, struct str example)
{
    struct str title = arena_printf(out->arena, "%s Data Source - tenon", t->name);
    struct str heading = arena_printf(out->arena, "%s (Data Source)", t->name);

    add_front_matter(out, title.ptr, t->subcategory, t->describe);
    add_notes(out, heading.ptr, t->describe, t->notes);
    add_example(out, example);
    add_tables(out, &(struct section){t, &t->model, {0}});
    add_timeouts(out, t);
}

/* "arn_build(partition string, service string, ...) string" */
static void add_signature(struct buf *out, const struct function *f)
{
    buf_printf(out, "\n## Signature\n\n```text\n%s(", f->name);
    for (size_t i = 0; i < f->parameter_count; i++)
        buf_printf(out, "%s%s string", i ? ", " : "", f->parameters[i].name);
    buf_printf(out, ") %s\n```\n\n## Arguments\n\n", cty_kind_name(f->returns->kind));
    for (size_t i = 0; i < f->parameter_count; i++)
        buf_printf(out, "%zu. `%s` (String) %s\n", i + 1, f->parameters[i].name,
                   f->parameters[i].describe);
}

void page_of_function(struct buf *out, const struct function *f, struct str example)
{
    struct str title = arena_printf(out->arena, "%s Function - tenon", f->name);
    struct str heading = arena_printf(out->arena, "%s (Function)", f->name);

    add_front_matter(out, title.ptr, "", f->describe);
    add_notes(out, heading.ptr, f->describe, f->notes);
    add_example(out, example);
    add_signature(out, f);
}

void page_of_provider(struct buf *out, struct str example)
{
    add_front_matter(out, "Provider: Tenon", "", provider_describe);
    add_notes(out, "Tenon Provider", provider_describe, provider_notes);
    add_example(out, example);
    add_tables(out, &(struct section){NULL, &provider_model, {0}});
}
