#include "engine/host/record.h"

static struct error *wrong(struct arena *a, const char *key, const struct json *found,
                           const char *allowed)
{
    static const char *const kinds[] = {"null",   "a boolean", "a number",
                                        "a text", "a list",    "an object"};
    struct error *e = error_new(a, ERROR_INVALID, "%s is %s", key, kinds[found->kind]);
    e->detail = arena_printf(a, "Allowed is %s.", allowed);
    return e;
}

struct error *record_object(struct arena *a, const struct json *record, const char *key,
                            const struct json **out)
{
    static const struct json none = {.kind = JSON_OBJECT};
    const struct json *found = json_get(record, key);
    *out = found->kind == JSON_OBJECT ? found : &none;
    return found->kind == JSON_OBJECT || found->kind == JSON_NULL
               ? NULL
               : wrong(a, key, found, "an object");
}

struct error *record_list(struct arena *a, const struct json *record, const char *key,
                          const struct json **out)
{
    static const struct json none = {.kind = JSON_ARRAY};
    const struct json *found = json_get(record, key);
    *out = found->kind == JSON_ARRAY ? found : &none;
    return found->kind == JSON_ARRAY || found->kind == JSON_NULL ? NULL
                                                                 : wrong(a, key, found, "a list");
}

struct error *record_text(struct arena *a, const struct json *record, const char *key,
                          struct str *out)
{
    const struct json *found = json_get(record, key);
    *out = json_string_or(found, (struct str){0});
    return found->kind == JSON_STRING || found->kind == JSON_NULL ? NULL
                                                                  : wrong(a, key, found, "a text");
}

struct error *record_number(struct arena *a, const struct json *record, const char *key,
                            int64_t most, int64_t *out)
{
    const struct json *found = json_get(record, key);
    *out = 0;
    if (found->kind == JSON_NULL || (json_to_int64(found, out) && *out >= 0 && *out <= most))
        return NULL;
    *out = 0;
    return wrong(a, key, found,
                 arena_printf(a, "a whole number from 0 to %lld", (long long)most).ptr);
}

struct error *record_flag(struct arena *a, const struct json *record, const char *key, bool *out)
{
    const struct json *found = json_get(record, key);
    *out = json_bool_or(found, false);
    return found->kind == JSON_BOOL || found->kind == JSON_NULL
               ? NULL
               : wrong(a, key, found, "true or false");
}

/* The items of a list or the members of an object, which must be texts. */
static struct error *texts_of(struct arena *a, const char *key, const struct json *list,
                              struct str **out, size_t *count)
{
    *out = ARENA_ARRAY(a, struct str, list->count);
    *count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != JSON_STRING)
            return wrong(a, key, &list->items[i], "nothing but texts");
        (*out)[i] = list->items[i].text;
    }
    return NULL;
}

struct error *record_texts(struct arena *a, const struct json *record, const char *key,
                           const struct str **out, size_t *count)
{
    const struct json *list;
    struct str *texts;
    TRY(record_list(a, record, key, &list));
    TRY(texts_of(a, key, list, &texts, count));
    *out = texts;
    return NULL;
}

struct error *record_named_texts(struct arena *a, const struct json *record, const char *key,
                                 const struct str **names, struct str **out, size_t *count)
{
    const struct json *object;
    TRY(record_object(a, record, key, &object));
    *names = object->keys;
    return texts_of(a, key, object, out, count);
}

void record_write_texts(struct json_writer *w, const char *key, const struct str *texts,
                        size_t count)
{
    json_key(w, str_of(key));
    json_begin_array(w);
    for (size_t i = 0; i < count; i++)
        json_string(w, texts[i]);
    json_end_array(w);
}
