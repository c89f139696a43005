#include "engine/kube/kubeconfig_fields.h"

#include "engine/base/digest.h"
#include "engine/base/file.h"

struct error *field_at(const struct reading *r, const char *field, int line, struct error *e)
{
    e->summary = line ? arena_printf(r->a, STR_FMT ", line %d: " STR_FMT, STR_ARG(r->entry->file),
                                     line, STR_ARG(e->summary))
                      : arena_printf(r->a, STR_FMT ": " STR_FMT, STR_ARG(r->entry->file),
                                     STR_ARG(e->summary));
    return error_at(e, arena_printf(r->a, "%ss[" STR_FMT "].%s.%s", r->part,
                                    STR_ARG(r->entry->name), r->part, field));
}

struct error *field_wrong(const struct reading *r, const char *field, int line, const char *what)
{
    return field_at(r, field, line, error_new(r->a, ERROR_INVALID, "%s", what));
}

void field_warn(struct reading *r, struct str text)
{
    ARENA_PUSH(r->a, r->warnings, r->warning_count, r->warning_capacity, text);
}

struct error *field_text(const struct reading *r, const char *field, struct str *out)
{
    const struct json *value = json_get(r->entry->body, field);

    *out = json_string_or(value, STR(""));
    return value->kind == JSON_STRING || value->kind == JSON_NULL
               ? NULL
               : field_wrong(r, field, value->line,
                             "a text belongs there; numbers and words such as "
                             "yes are put into quotes");
}

struct error *field_bool(const struct reading *r, const char *field, bool *out)
{
    const struct json *value = json_get(r->entry->body, field);

    *out = json_bool_or(value, false);
    return value->kind == JSON_BOOL || value->kind == JSON_NULL
               ? NULL
               : field_wrong(r, field, value->line, "true or false belongs there");
}

struct error *field_texts(const struct reading *r, const struct json *list, const char *field,
                          const struct str **out, size_t *count)
{
    if (list->kind != JSON_ARRAY && list->kind != JSON_NULL)
        return field_wrong(r, field, list->line, "a list of texts belongs there");
    struct str *texts = ARENA_ARRAY(r->a, struct str, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != JSON_STRING)
            return field_wrong(r, field, list->items[i].line, "a list of texts belongs there");
        texts[i] = list->items[i].text;
    }
    *out = texts;
    *count = list->count;
    return NULL;
}

struct str field_path(const struct reading *r, struct str path)
{
    struct str folder = r->entry->file;

    if (str_starts_with(path, STR("/")))
        return path;
    while (folder.len && folder.ptr[folder.len - 1] != '/')
        folder.len--;
    return arena_printf(r->a, STR_FMT STR_FMT, STR_ARG(folder), STR_ARG(path));
}

struct error *field_pem(const struct reading *r, const char *field, const char *what,
                        struct str *out)
{
    const char *in_place = arena_printf(r->a, "%s-data", field).ptr;
    struct str data, path;

    *out = (struct str){0};
    TRY(field_text(r, in_place, &data));
    TRY(field_text(r, field, &path));
    const char *used = data.len ? in_place : field;
    int line = json_get(r->entry->body, used)->line;
    struct error *e = NULL;
    if (data.len && !base64_decode(r->a, data, out))
        e = error_new(r->a, ERROR_INVALID, "it is not base64");
    else if (!data.len && path.len)
        e = file_text(r->a, field_path(r, path), out);
    if (!e && (data.len || path.len))
        e = kube_pem_check(r->a, *out, what);
    return e ? field_at(r, used, line, e) : NULL;
}
