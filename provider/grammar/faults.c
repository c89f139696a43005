#include "provider/grammar/faults.h"

enum { SHOWN_BYTES = 80, MOST_FAULTS = 25 };

struct error *faults_begin(struct faults *f, struct json *document)
{
    bool marked = str_starts_with(f->text, STR("\xef\xbb\xbf"));
    struct error *broken = marked ? error_new(f->arena, ERROR_INVALID,
                                              "it begins with a byte order mark, which AWS refuses")
                                  : json_parse(f->arena, f->text, document);

    if (!broken)
        return NULL;
    struct error *e = error_new(f->arena, ERROR_INVALID, "not a JSON document");
    e->detail = arena_printf(f->arena, STR_FMT "%s" STR_FMT, STR_ARG(broken->summary),
                             broken->detail.len ? ": " : "", STR_ARG(broken->detail));
    return e;
}

struct spot spot_member(const struct spot *object, size_t i)
{
    return (struct spot){
        .of = object, .key = object->value->keys[i], .value = &object->value->items[i]};
}

struct spot spot_item(const struct spot *list, size_t i)
{
    return (struct spot){.of = list, .index = i, .value = &list->value->items[i]};
}

/* RFC 6901: ~ and / of a key are escaped. */
static void add_key(struct buf *out, struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '~' || key.ptr[i] == '/')
            buf_add(out, key.ptr[i] == '~' ? STR("~0") : STR("~1"));
        else
            buf_add_char(out, key.ptr[i]);
    }
}

static void add_pointer(struct buf *out, const struct spot *at)
{
    if (!at->of)
        return;
    add_pointer(out, at->of);
    buf_add_char(out, '/');
    if (at->of->value->kind == JSON_OBJECT)
        add_key(out, at->key);
    else
        buf_printf(out, "%zu", at->index);
}

/* Counted only when there is a fault, so that sound documents do not pay for it. */
static void add_position(struct buf *out, struct str text, size_t at)
{
    int line = 1, column = 1;

    for (size_t i = 0; i < at && i < text.len; i++) {
        bool ends = text.ptr[i] == '\n';
        line += ends;
        column = ends ? 1 : column + (((unsigned char)text.ptr[i] & 0xC0) != 0x80);
    }
    buf_printf(out, "line %d, column %d", line, column);
}

void fault(struct faults *f, const struct spot *at, struct str what, struct str allowed)
{
    struct buf out = buf_in(f->arena);

    if (f->count++ >= MOST_FAULTS)
        return;
    add_pointer(&out, at);
    buf_add(&out, at->of ? STR(" (") : STR(""));
    add_position(&out, f->text, at->value->at);
    buf_printf(&out, "%s" STR_FMT, at->of ? "): " : ": ", STR_ARG(what));
    struct str summary = buf_str(&out);
    struct error *e = error_new(f->arena, ERROR_INVALID, STR_FMT, STR_ARG(summary));
    e->detail = allowed;
    f->errors = error_join(f->errors, e);
}

struct str quoted(struct arena *a, struct str text)
{
    size_t end = text.len;

    if (end > SHOWN_BYTES)
        for (end = SHOWN_BYTES; end && ((unsigned char)text.ptr[end] & 0xC0) == 0x80;)
            end--; /* no half characters */
    return arena_printf(a, "\"" STR_FMT "%s\"", STR_ARG(str_slice(text, 0, end)),
                        end < text.len ? "..." : "");
}

struct str shown(struct arena *a, const struct json *value)
{
    struct buf out = buf_in(a);

    switch (value->kind) {
    case JSON_STRING:
        return quoted(a, value->text);
    case JSON_OBJECT:
        return value->count ? STR("an object") : STR("an empty object");
    case JSON_ARRAY:
        return value->count ? STR("a list") : STR("an empty list");
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_NUMBER:
        json_print(&out, value, false);
        return buf_str(&out);
    }
    return STR("");
}

struct str one_of(struct arena *a, const char *const *words)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; words[i]; i++)
        buf_printf(&out, "%s\"%s\"", !i ? "" : words[i + 1] ? ", " : " or ", words[i]);
    return buf_str(&out);
}

bool is_one_of(struct str text, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (str_eq(text, str_of(words[i])))
            return true;
    return false;
}
