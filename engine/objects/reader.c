#include "engine/objects/reader.h"

#include <stdarg.h>

#include "engine/base/time.h"
#include "engine/core/quantity.h"

struct place place_member(const struct place *outer, const char *name)
{
    return (struct place){.outer = outer, .kind = PLACE_MEMBER, .name = str_of(name)};
}

struct place place_key(const struct place *outer, struct str key)
{
    return (struct place){.outer = outer, .kind = PLACE_KEY, .name = key};
}

struct place place_index(const struct place *outer, size_t index)
{
    return (struct place){.outer = outer, .kind = PLACE_INDEX, .index = index};
}

static bool is_plain_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return s.len > 0;
}

/* Terraform writes a map's key as ["cpu"]; in a manifest it reads better as .cpu. */
static void write_place(struct buf *out, const struct place *at, bool manifest)
{
    if (!at)
        return;
    write_place(out, at->outer, manifest);
    if (at->kind == PLACE_INDEX) {
        buf_printf(out, "[%zu]", at->index);
    } else if (at->kind == PLACE_MEMBER || (manifest && is_plain_name(at->name))) {
        if (at->outer)
            buf_add_char(out, '.');
        buf_add(out, at->name);
    } else {
        struct json key = json_new_string(at->name);
        buf_add_char(out, '[');
        json_print(out, &key, false);
        buf_add_char(out, ']');
    }
}

struct str reader_path(const struct reader *r, const struct place *at)
{
    struct buf out = buf_in(r->keep);
    write_place(&out, at, r->file.len > 0);
    return buf_str(&out);
}

/* A value as a person would quote it; long ones are cut, at a character's boundary. */
static struct str found_text(struct arena *a, const struct json *found)
{
    enum { LONGEST = 60 };
    struct json shown = *found;
    struct buf out = buf_in(a);

    switch (found->kind) {
    case JSON_NULL:
        return STR("missing");
    case JSON_ARRAY:
        return found->count ? STR("a list") : STR("an empty list");
    case JSON_OBJECT:
        return found->count ? STR("a map") : STR("an empty map");
    case JSON_BOOL:
        return found->boolean ? STR("true") : STR("false");
    case JSON_NUMBER:
    case JSON_STRING:
        if (shown.text.len > LONGEST) {
            size_t end = LONGEST;
            while (end > 0 && ((unsigned char)shown.text.ptr[end] & 0xc0) == 0x80)
                end--;
            shown.text = arena_printf(a, STR_FMT "...", STR_ARG(str_slice(shown.text, 0, end)));
        }
        if (found->kind == JSON_NUMBER)
            return shown.text;
        json_print(&out, &shown, false);
        return buf_str(&out);
    }
    return STR("unknown");
}

struct str reader_where(const struct reader *r, const struct json *found)
{
    int line = found && found->line ? found->line : r->line;
    return arena_printf(r->keep, STR_FMT ":%d", STR_ARG(r->file), line);
}

void reader_keep(struct reader *r, struct error *e)
{
    if (r->last)
        r->last->next = e;
    else
        r->errors = e;
    for (r->last = e; r->last->next; r->last = r->last->next)
        ;
}

void reader_fault(struct reader *r, const struct place *at, const struct json *found,
                  struct str problem, struct str way_out)
{
    struct str path = reader_path(r, at);
    struct buf text = buf_in(r->keep);

    if (r->file.len)
        buf_printf(&text, STR_FMT ": ", STR_ARG(reader_where(r, found)));
    if (r->object.len)
        buf_printf(&text, STR_FMT ": ", STR_ARG(r->object));
    buf_printf(&text, STR_FMT "%s" STR_FMT, STR_ARG(path), path.len ? " " : "", STR_ARG(problem));
    struct error *e = error_new(r->keep, ERROR_INVALID, STR_FMT, STR_ARG(buf_str(&text)));
    e->detail = way_out;
    /* A field of a manifest is no attribute of Terraform: whoever read the file names that. */
    if (!r->file.len)
        e->path = path;
    reader_keep(r, e);
}

void reader_refuse(struct reader *r, const struct place *at, const struct json *found,
                   const char *allowed, ...)
{
    va_list args;

    va_start(args, allowed);
    struct str way_out = arena_vprintf(r->keep, allowed, args);
    va_end(args);
    struct str text = found_text(r->keep, found);
    reader_fault(r, at, found, arena_printf(r->keep, "is " STR_FMT, STR_ARG(text)), way_out);
}

void reader_missing(struct reader *r, const struct place *at, const struct json *owner,
                    const char *allowed)
{
    reader_fault(r, at, owner, STR("is missing"), str_of(allowed));
}

void reader_adopt(struct reader *r, const struct place *at, const struct json *found,
                  struct error *e)
{
    struct str outer = reader_path(r, at);
    struct str where = r->file.len ? reader_where(r, found) : (struct str){0};

    if (!e)
        return;
    e = error_in(r->keep, e, STR_FMT, STR_ARG(outer));
    for (struct error *each = e; each; each = each->next) {
        each->summary = arena_printf(r->keep, STR_FMT ": " STR_FMT, STR_ARG(each->path),
                                     STR_ARG(each->summary));
        if (!r->file.len)
            continue;
        each->summary = arena_printf(r->keep, STR_FMT ": " STR_FMT ": " STR_FMT, STR_ARG(where),
                                     STR_ARG(r->object), STR_ARG(each->summary));
        each->path = (struct str){0};
    }
    reader_keep(r, e);
}

bool read_string(struct reader *r, const struct place *at, const struct json *j, struct str *out)
{
    if (j->kind == JSON_NULL)
        return false;
    if (j->kind != JSON_STRING) {
        reader_refuse(r, at, j, "A string is expected%s.",
                      j->kind == JSON_NUMBER || j->kind == JSON_BOOL ? ": put it in quotes" : "");
        return false;
    }
    *out = j->text;
    return true;
}

bool read_bool(struct reader *r, const struct place *at, const struct json *j, bool *out)
{
    if (j->kind == JSON_NULL)
        return false;
    if (j->kind != JSON_BOOL) {
        reader_refuse(r, at, j, "true or false is expected.");
        return false;
    }
    *out = j->boolean;
    return true;
}

bool read_int(struct reader *r, const struct place *at, const struct json *j, int64_t min,
              int64_t max, int64_t *out)
{
    int64_t value = 0;

    if (j->kind == JSON_NULL)
        return false;
    if (!json_to_int64(j, &value) || value < min || value > max) {
        if (max == INT64_MAX)
            reader_refuse(r, at, j, "A whole number of at least %lld is expected.", (long long)min);
        else
            reader_refuse(r, at, j, "A whole number from %lld to %lld is expected.", (long long)min,
                          (long long)max);
        return false;
    }
    *out = value;
    return true;
}

struct str words_text(struct arena *a, const char *const *words)
{
    struct buf out = buf_in(a);
    for (size_t i = 0; words[i]; i++)
        buf_printf(&out, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
    return buf_str(&out);
}

bool read_choice(struct reader *r, const struct place *at, const struct json *j,
                 const char *const *words, size_t *out)
{
    if (j->kind == JSON_NULL)
        return false;
    for (size_t i = 0; j->kind == JSON_STRING && words[i]; i++)
        if (str_eq(j->text, str_of(words[i]))) {
            *out = i;
            return true;
        }
    struct str all = words_text(r->keep, words);
    reader_refuse(r, at, j, "Allowed: " STR_FMT ".", STR_ARG(all));
    return false;
}

/* Quantities may be written without quotes: cpu: 2. */
static bool quantity_text(const struct json *j, struct str *text)
{
    *text = j->text;
    return j->kind == JSON_STRING || j->kind == JSON_NUMBER;
}

bool read_quantity_milli(struct reader *r, const struct place *at, const struct json *j,
                         int64_t *out)
{
    struct str text;
    int64_t milli = 0;

    if (j->kind == JSON_NULL)
        return false;
    if (!quantity_text(j, &text) || !quantity_parse_milli(text, &milli) || milli < 0) {
        reader_refuse(r, at, j, "A quantity such as 500m or 2 is expected, not below zero.");
        return false;
    }
    *out = milli;
    return true;
}

bool read_quantity(struct reader *r, const struct place *at, const struct json *j, int64_t *out)
{
    struct str text;
    int64_t units = 0;

    if (j->kind == JSON_NULL)
        return false;
    if (!quantity_text(j, &text) || !quantity_parse(text, &units) || units < 0) {
        reader_refuse(r, at, j, "A quantity such as 4Gi or 512Mi is expected, not below zero.");
        return false;
    }
    *out = units;
    return true;
}

bool read_duration(struct reader *r, const struct place *at, const struct json *j, int64_t *ms)
{
    int64_t value = 0;

    if (j->kind == JSON_NULL)
        return false;
    if (j->kind != JSON_STRING || !duration_parse(j->text, &value) || value <= 0) {
        reader_refuse(r, at, j, "A duration such as 90s, 30m or 8h is expected.");
        return false;
    }
    *ms = value;
    return true;
}

bool read_list(struct reader *r, const struct place *at, const struct json *j)
{
    if (j->kind != JSON_NULL && j->kind != JSON_ARRAY)
        reader_refuse(r, at, j, "A list is expected.");
    return j->kind == JSON_ARRAY;
}

bool read_map(struct reader *r, const struct place *at, const struct json *j)
{
    if (j->kind != JSON_NULL && j->kind != JSON_OBJECT)
        reader_refuse(r, at, j, "A map is expected.");
    return j->kind == JSON_OBJECT;
}

bool read_strings(struct reader *r, const struct place *at, const struct json *j,
                  struct str **items, size_t *count)
{
    bool good = true;

    if (!read_list(r, at, j))
        return false;
    struct str *found = ARENA_ARRAY(r->keep, struct str, j->count);
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(at, i);
        if (j->items[i].kind == JSON_NULL)
            reader_refuse(r, &each, &j->items[i], "A string is expected.");
        good &= read_string(r, &each, &j->items[i], &found[i]);
    }
    if (!good)
        return false;
    *items = found;
    *count = j->count;
    return true;
}
