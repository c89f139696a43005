#include "provider/cty/type.h"
#include "provider/resource/page.h"
#include "provider/resource/provider.h"
#include "provider/resource/resource.h"
#include "provider/resource/table.h"

/* The tables as JSON.  Types are written as Terraform's schema has them. */

static void attributes(struct json_writer *w, const struct resource_type *t, const struct model *m,
                       struct str path);

static void member_if(struct json_writer *w, const char *key, const char *text)
{
    if (text)
        json_member(w, key, str_of(text));
}

static void flag(struct json_writer *w, const char *key, bool holds)
{
    if (holds)
        json_member_bool(w, key, true);
}

static void type(struct json_writer *w, const char *key, const struct cty_type *t)
{
    struct buf text = buf_in(w->out->arena);

    cty_type_print(&text, t);
    json_key(w, str_of(key));
    json_raw(w, buf_str(&text));
}

static const char *nesting_word(enum nesting n)
{
    static const char *const words[] = {
        [NESTED_LIST] = "list",
        [NESTED_SET] = "set",
        [NESTED_SINGLE] = "single",
        [BLOCK_LIST] = "block-list",
        [BLOCK_SET] = "block-set",
        [BLOCK_SINGLE] = "block-single",
        [BLOCK_SET_COMPUTED] = "block-set-computed",
        [BLOCK_LIST_COMPUTED] = "block-list-computed",
    };
    return words[n];
}

static void range(struct json_writer *w, const struct attr *row)
{
    if (row->min == 0 && row->max == 0)
        return;
    json_member_int(w, "min", row->min);
    if (row->max != 0 && row->max != INT64_MAX)
        json_member_int(w, "max", row->max);
}

static void words(struct json_writer *w, const char *key, const char *const *list)
{
    if (!list)
        return;
    json_key(w, str_of(key));
    json_begin_array(w);
    for (size_t i = 0; list[i]; i++)
        json_string(w, str_of(list[i]));
    json_end_array(w);
}

static void names(struct json_writer *w, const char *key, const char *list)
{
    struct str rest = str_of(list), name;

    if (!list)
        return;
    json_key(w, str_of(key));
    json_begin_array(w);
    while (next_name(&rest, &name))
        json_string(w, name);
    json_end_array(w);
}

static void default_value(struct json_writer *w, const struct attr *row)
{
    if (!row->dflt)
        return;
    json_key(w, STR("default"));
    if (row->kind == ATTR_STRING)
        json_string(w, str_of(row->dflt));
    else
        json_raw(w, str_of(row->dflt));
}

/* What Terraform is told. */
static void announced(struct json_writer *w, const struct attr *row)
{
    struct cty_type t = attr_type(w->out->arena, row);

    json_member(w, "name", str_of(row->name));
    type(w, "type", &t);
    flag(w, "required", row->flags & REQUIRED);
    flag(w, "optional", row->flags & OPTIONAL);
    flag(w, "computed", attr_is_computed(row));
    flag(w, "sensitive", row->flags & SENSITIVE);
}

static void rules(struct json_writer *w, const struct attr *row)
{
    flag(w, "replaces", row->flags & FORCE_NEW);
    flag(w, "unordered", row->flags & UNORDERED);
    default_value(w, row);
    range(w, row);
    words(w, "one_of", row->one_of);
    member_if(w, "pattern", row->pattern);
    member_if(w, "pattern_in_words", row->pattern_says);
    names(w, "conflicts", row->conflicts);
    names(w, "exactly_one_of", row->exactly_one_of);
    member_if(w, "deprecated", row->deprecated);
    member_if(w, "description", row->describe);
}

static void attributes(struct json_writer *w, const struct resource_type *t, const struct model *m,
                       struct str outer)
{
    json_key(w, STR("attributes"));
    json_begin_array(w);
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        struct str path = row_path(w->out->arena, outer, row);
        struct attr full = row_with_rules(w->out->arena, t, row, path);
        json_begin_object(w);
        announced(w, row);
        rules(w, &full);
        if (row->nested) {
            json_member(w, "nesting", str_of(nesting_word(row->nesting)));
            attributes(w, t, row->nested, path);
        }
        json_end_object(w);
    }
    json_end_array(w);
}

static void limits(struct json_writer *w, const struct resource_type *t)
{
    static const enum operation operations[] = {OPERATION_CREATE, OPERATION_READ, OPERATION_UPDATE,
                                                OPERATION_DELETE};

    json_key(w, STR("timeout_seconds"));
    json_begin_object(w);
    for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
        json_member_int(w, operation_word(operations[i]),
                        operation_limit_ms(t, operations[i]) / 1000);
    json_end_object(w);
}

void tables_of_type(struct json_writer *w, const struct resource_type *t)
{
    json_begin_object(w);
    member_if(w, "description", t->describe);
    member_if(w, "subcategory", t->subcategory);
    json_member_int(w, "schema_version", t->schema_version);
    member_if(w, "import_id", t->import_id);
    limits(w, t);
    attributes(w, t, &t->model, (struct str){0});
    json_end_object(w);
}

void tables_of_provider(struct json_writer *w)
{
    json_begin_object(w);
    member_if(w, "description", provider_describe);
    attributes(w, NULL, &provider_model, (struct str){0});
    json_end_object(w);
}

void tables_of_function(struct json_writer *w, const struct function *f)
{
    json_begin_object(w);
    member_if(w, "description", f->describe);
    json_key(w, STR("parameters"));
    json_begin_array(w);
    for (size_t i = 0; i < f->parameter_count; i++) {
        json_begin_object(w);
        json_member(w, "name", str_of(f->parameters[i].name));
        type(w, "type", &cty_type_string);
        json_member(w, "description", str_of(f->parameters[i].describe));
        json_end_object(w);
    }
    json_end_array(w);
    type(w, "returns", f->returns);
    json_end_object(w);
}
