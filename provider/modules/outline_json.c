#include "engine/base/buf.h"
#include "engine/base/json.h"
#include "provider/modules/outline.h"

/* The same written as JSON: wherever there are blocks, an object or a list of objects.
 * https://developer.hashicorp.com/terraform/language/syntax/json */

typedef void take_fn(struct arena *a, struct str key, const struct json *value,
                     struct outline *out);

/* Each member of an object, or of all objects of a list. */
static void each(struct arena *a, const struct json *j, struct outline *out, take_fn *take)
{
    for (size_t i = 0; j->kind == JSON_OBJECT && i < j->count; i++)
        take(a, j->keys[i], &j->items[i], out);
    for (size_t i = 0; j->kind == JSON_ARRAY && i < j->count; i++)
        if (j->items[i].kind == JSON_OBJECT)
            each(a, &j->items[i], out, take);
}

static void take_resource(struct arena *a, struct str key, const struct json *value,
                          struct outline *out)
{
    (void)value;
    outline_name(a, &out->resources, key);
}

static void take_data_source(struct arena *a, struct str key, const struct json *value,
                             struct outline *out)
{
    (void)value;
    outline_name(a, &out->data_sources, key);
}

static void take_provider(struct arena *a, struct str key, const struct json *value,
                          struct outline *out)
{
    (void)value;
    outline_name(a, &out->configured, key);
}

/* ["aws.replica"], as HCL has it: [aws.replica]. */
static struct str aliases_of(struct arena *a, const struct json *list)
{
    struct buf text = buf_in(a);

    if (list->kind != JSON_ARRAY || !list->count)
        return (struct str){0};
    for (size_t i = 0; i < list->count; i++) {
        buf_add(&text, i ? STR(", ") : STR("["));
        buf_add(&text, json_string_or(&list->items[i], STR("")));
    }
    buf_add_char(&text, ']');
    return buf_str(&text);
}

static void take_entry(struct arena *a, struct str key, const struct json *value,
                       struct outline *out)
{
    struct outline_entry entry = {
        .local = key,
        .source = json_string_or(json_get(value, "source"), STR("")),
        .aliases = aliases_of(a, json_get(value, "configuration_aliases")),
    };

    ARENA_PUSH(a, out->entries, out->entry_count, out->entry_capacity, entry);
}

static void take_setting(struct arena *a, struct str key, const struct json *value,
                         struct outline *out)
{
    if (str_eq(key, STR("required_providers")))
        each(a, value, out, take_entry);
}

static void take_block(struct arena *a, struct str key, const struct json *value,
                       struct outline *out)
{
    if (str_eq(key, STR("terraform")))
        each(a, value, out, take_setting);
    else if (str_eq(key, STR("resource")) || str_eq(key, STR("ephemeral")))
        each(a, value, out, take_resource);
    else if (str_eq(key, STR("data")))
        each(a, value, out, take_data_source);
    else if (str_eq(key, STR("provider")))
        each(a, value, out, take_provider);
}

struct error *outline_read_json(struct arena *a, struct str text, struct outline *out)
{
    struct json all;

    TRY(json_parse(a, text, &all));
    each(a, &all, out, take_block);
    outline_calls(a, text, out);
    return NULL;
}
