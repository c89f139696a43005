#include "engine/base/json_parser.h"

/* Values, and what holds them. */

enum {
    DEPTH_MAX = 256,
    FEW_KEYS = 16, /* compared each with each */
};

static struct error *parse_word(struct json_parser *p, struct json *out)
{
    static const struct {
        struct str text;
        struct json value;
    } words[] = {{STR_INIT("true"), {.kind = JSON_BOOL, .boolean = true}},
                 {STR_INIT("false"), {.kind = JSON_BOOL}},
                 {STR_INIT("null"), {.kind = JSON_NULL}}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_starts_with(str_slice(p->text, p->at, p->text.len), words[i].text)) {
            *out = words[i].value;
            out->line = p->line;
            out->at = (uint32_t)p->at;
            p->at += words[i].text.len;
            return NULL;
        }
    return json_unexpected(p, "a value");
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static const struct str *repeated_of_many(struct arena *a, const struct json *object)
{
    struct str *sorted = ARENA_ARRAY(a, struct str, object->count);

    memcpy(sorted, object->keys, object->count * sizeof(*sorted));
    qsort(sorted, object->count, sizeof(*sorted), by_bytes);
    for (size_t i = 1; i < object->count; i++)
        if (str_eq(sorted[i - 1], sorted[i]))
            return &sorted[i];
    return NULL;
}

static const struct str *repeated_key(struct arena *a, const struct json *object)
{
    if (object->count > FEW_KEYS)
        return repeated_of_many(a, object);
    for (size_t i = 1; i < object->count; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq(object->keys[k], object->keys[i]))
                return &object->keys[i];
    return NULL;
}

static struct error *refuse_repeated_keys(const struct json_parser *begin,
                                          const struct json *object)
{
    ARENA_AUTO sorting = {0};
    const struct str *key = repeated_key(&sorting, object);

    if (!key)
        return NULL;
    struct str what =
        arena_printf(begin->strings, "the object has the key \"" STR_FMT "\" twice", STR_ARG(*key));
    return json_broken(begin, what.ptr);
}

/* What was gathered since `first` are the members. */
static void take_members(struct json_parser *p, size_t first, struct json *out)
{
    out->count = out->capacity = p->value_count - first;
    if (out->count) {
        out->items = ARENA_ARRAY(p->trees, struct json, out->count);
        memcpy(out->items, p->values + first, out->count * sizeof(*out->items));
    }
    if (out->count && out->kind == JSON_OBJECT) {
        out->keys = ARENA_ARRAY(p->trees, struct str, out->count);
        memcpy(out->keys, p->keys + first, out->count * sizeof(*out->keys));
    }
    p->value_count = first;
}

static struct error *parse_member(struct json_parser *p, bool of_object)
{
    size_t keys = p->value_count;
    struct str key = {0};
    struct json value;
    int line = p->line;

    if (of_object)
        TRY(json_scan_key(p, &key));
    if (of_object && p->items && p->depth == 1 && str_eq(key, STR("items")) && json_peek(p) == '[')
        TRY(json_list_items(p, &value));
    else
        TRY(json_parse_value(p, &value));
    if (of_object && value.kind >= JSON_ARRAY)
        value.line = line; /* where its key is: a bracket may stand alone further down */
    ARENA_PUSH(p->scratch, p->keys, keys, p->key_capacity, key);
    ARENA_PUSH(p->scratch, p->values, p->value_count, p->value_capacity, value);
    return NULL;
}

static struct error *parse_members(struct json_parser *p, char closes, const char *next)
{
    bool of_object = closes == '}';

    json_skip_blanks(p);
    if (json_peek(p) == closes)
        return NULL;
    for (;;) {
        TRY(parse_member(p, of_object));
        json_skip_blanks(p);
        if (json_peek(p) == closes)
            return NULL;
        if (json_peek(p) != ',')
            return json_unexpected(p, next);
        p->at++;
        json_skip_blanks(p);
    }
}

static struct error *parse_container(struct json_parser *p, struct json *out)
{
    const struct json_parser begin = *p;

    if (++p->depth > DEPTH_MAX)
        return json_broken(p, "it is nested deeper than 256 levels");
    out->kind = json_peek(p) == '{' ? JSON_OBJECT : JSON_ARRAY;
    p->at++;
    if (out->kind == JSON_OBJECT)
        TRY(parse_members(p, '}', "a comma or `}`"));
    else
        TRY(parse_members(p, ']', "a comma or `]`"));
    p->at++;
    p->depth--;
    take_members(p, begin.value_count, out);
    return out->kind == JSON_OBJECT ? refuse_repeated_keys(&begin, out) : NULL;
}

struct error *json_parse_value(struct json_parser *p, struct json *out)
{
    char c = json_peek(p);

    *out = (struct json){.line = p->line, .at = (uint32_t)p->at};
    if (c == '{' || c == '[')
        return parse_container(p, out);
    if (c == '-' || char_is_digit(c))
        return json_scan_number(p, out);
    if (c != '"')
        return parse_word(p, out);
    out->kind = JSON_STRING;
    return json_scan_string(p, &out->text);
}

struct json_parser json_parser_of(struct arena *trees, struct arena *scratch, struct str text)
{
    struct json_parser p = {
        .trees = trees, .strings = trees, .scratch = scratch, .text = text, .line = 1};

    if (str_starts_with(text, STR("\xEF\xBB\xBF")))
        p.at = p.line_start = 3; /* editors of Windows put a byte order mark there */
    json_skip_blanks(&p);
    return p;
}

struct error *json_parse_end(struct json_parser *p)
{
    json_skip_blanks(p);
    return p->at == p->text.len ? NULL : json_unexpected(p, "the end of the document");
}

struct error *json_parse(struct arena *a, struct str text, struct json *out)
{
    ARENA_AUTO scratch = {0};
    struct json_parser p = json_parser_of(a, &scratch, text);

    *out = (struct json){0};
    p.known = ARENA_ARRAY(&scratch, struct str, JSON_KEYS_REMEMBERED);
    TRY(json_parse_value(&p, out));
    return json_parse_end(&p);
}
