#include "engine/loop/record.h"

static void __attribute__((format(printf, 2, 3)))
wrong(const struct record *r, const char *format, ...)
{
    va_list args;
    if (*r->wrong)
        return;
    va_start(args, format);
    struct str text = arena_vprintf(r->arena, format, args);
    va_end(args);
    *r->wrong = error_new(r->arena, ERROR_INVALID, STR_FMT, STR_ARG(text));
}

static bool is_there(const struct record *r, const char *key, enum json_kind kind, const char *what)
{
    const struct json *j = json_get(r->body, key);
    if (j->kind == JSON_NULL)
        return false;
    if (j->kind != kind)
        wrong(r, "%s is no %s", key, what);
    return j->kind == kind;
}

struct str record_text(const struct record *r, const char *key)
{
    return is_there(r, key, JSON_STRING, "text") ? json_get(r->body, key)->text : STR("");
}

bool record_bool(const struct record *r, const char *key, bool absent)
{
    return is_there(r, key, JSON_BOOL, "boolean") ? json_get(r->body, key)->boolean : absent;
}

static bool read_int(const struct record *r, struct str key, const struct json *j, int64_t least,
                     int64_t most, int64_t *out)
{
    if (json_to_int64(j, out) && *out >= least && *out <= most)
        return true;
    wrong(r, STR_FMT " is no whole number from %lld to %lld", STR_ARG(key), (long long)least,
          (long long)most);
    return false;
}

int64_t record_int(const struct record *r, const char *key, int64_t least, int64_t most,
                   int64_t absent)
{
    const struct json *j = json_get(r->body, key);
    int64_t n;
    return j->kind != JSON_NULL && read_int(r, str_of(key), j, least, most, &n) ? n : absent;
}

static const struct json *nothing(const struct record *r, bool object)
{
    struct json *empty = ARENA_NEW(r->arena, struct json);
    *empty = object ? json_new_object() : json_new_array();
    return empty;
}

struct record record_object(const struct record *r, const char *key)
{
    bool there = is_there(r, key, JSON_OBJECT, "object");
    return (struct record){r->arena, there ? json_get(r->body, key) : nothing(r, true), r->wrong};
}

const struct json *record_list(const struct record *r, const char *key)
{
    return is_there(r, key, JSON_ARRAY, "list") ? json_get(r->body, key) : nothing(r, false);
}

struct record record_item(const struct record *r, const struct json *list, size_t i)
{
    const struct json *item = &list->items[i];
    if (item->kind != JSON_OBJECT) {
        wrong(r, "entry %zu of a list is no object", i);
        item = nothing(r, true);
    }
    return (struct record){r->arena, item, r->wrong};
}

struct str record_text_at(const struct record *r, const struct json *of, size_t i)
{
    if (of->items[i].kind == JSON_STRING)
        return of->items[i].text;
    wrong(r, "entry %zu is no text", i);
    return STR("");
}

int64_t record_int_at(const struct record *r, const struct json *of, size_t i, int64_t most)
{
    int64_t n = 0;
    return read_int(r, of->keys[i], &of->items[i], 0, most, &n) ? n : 0;
}
