#include "engine/base/json.h"

/* One pass over the text makes the tree: each character is looked at once, nothing is copied but
 * strings and numbers, and an error knows its line and column. */

enum {
    DEPTH_MAX = 256,
    KEYS_REMEMBERED = 256,
    FEW_KEYS = 16, /* compared each with each */
};

struct parse {
    struct arena *arena;
    struct str text;
    size_t at, line_start;
    int line, depth;
    struct arena *scratch; /* members of objects and lists that have not ended yet: */
    struct json *values;
    size_t value_count, value_capacity;
    struct str *keys; /* one for each value; empty in a list */
    size_t key_capacity;
    struct str *known; /* keys that were met before, by a hash: most come again and again */
};

static int column_of(const struct parse *p, size_t line_start, size_t at)
{
    int column = 1;

    for (size_t i = line_start; i < at && i < p->text.len; i++)
        column += ((unsigned char)p->text.ptr[i] & 0xC0) != 0x80; /* characters, not bytes */
    return column;
}

static struct error *broken(const struct parse *p, const char *what)
{
    return error_new(p->arena, ERROR_INVALID, "invalid JSON in line %d, column %d: %s", p->line,
                     column_of(p, p->line_start, p->at), what);
}

static char peek(const struct parse *p)
{
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

/* Something else stands where that belongs. */
static struct error *unexpected(const struct parse *p, const char *belongs)
{
    unsigned char c = (unsigned char)peek(p);

    if (p->at == p->text.len)
        return broken(p, "the document ends too early");
    struct str what =
        c > 0x20 && c < 0x7f
            ? arena_printf(p->arena, "unexpected `%c` where %s belongs", c, belongs)
            : arena_printf(p->arena, "unexpected byte 0x%02x where %s belongs", c, belongs);
    return broken(p, what.ptr);
}

static void skip_blanks(struct parse *p)
{
    for (char c; (c = peek(p)) == ' ' || c == '\t' || c == '\r' || c == '\n'; p->at++)
        if (c == '\n') {
            p->line++;
            p->line_start = p->at + 1;
        }
}

static bool skip_digits(struct parse *p)
{
    size_t start = p->at;
    while (char_is_digit(peek(p)))
        p->at++;
    return p->at > start;
}

/* RFC 8259: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool skip_number(struct parse *p)
{
    if (peek(p) == '-')
        p->at++;
    if (peek(p) == '0')
        p->at++;
    else if (!skip_digits(p))
        return false;
    if (peek(p) == '.') {
        p->at++;
        if (!skip_digits(p))
            return false;
    }
    if (peek(p) == 'e' || peek(p) == 'E') {
        p->at++;
        if (peek(p) == '+' || peek(p) == '-')
            p->at++;
        if (!skip_digits(p))
            return false;
    }
    return !char_is_digit(peek(p)) && peek(p) != '.';
}

static struct error *parse_number(struct parse *p, struct json *out)
{
    size_t start = p->at;

    if (!skip_number(p)) {
        p->at = start;
        return broken(p, "a number is malformed");
    }
    out->kind = JSON_NUMBER;
    out->text = arena_str(p->arena, str_slice(p->text, start, p->at));
    return NULL;
}

static int hex_value(char c)
{
    if (char_is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind \u, of which `at` is the first; -1: they are not. */
static int code_unit(struct str text, size_t at)
{
    int code = 0;

    for (size_t i = at; i < at + 4; i++) {
        int value = i < text.len ? hex_value(text.ptr[i]) : -1;
        if (value < 0)
            return -1;
        code = code * 16 + value;
    }
    return code;
}

static bool is_high(int unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(int unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

/* `at` is on the letter behind the backslash; leaves it on the escape's last character. */
static struct error *check_escape(struct parse *p)
{
    char letter = peek(p);

    if (!letter || !strchr("\"\\/bfnrtu", letter))
        return broken(p, "a string has an escape that JSON does not know");
    if (letter != 'u')
        return NULL;
    int unit = code_unit(p->text, p->at + 1);
    if (unit < 0)
        return broken(p, "\\u in a string needs four hexadecimal digits");
    if (unit == 0)
        return broken(p, "a string has the character U+0000, which is refused");
    p->at += 4;
    if (!is_high(unit) && !is_low(unit))
        return NULL;
    if (is_low(unit) || !str_starts_with(str_slice(p->text, p->at + 1, p->text.len), STR("\\u")) ||
        !is_low(code_unit(p->text, p->at + 3)))
        return broken(p, "a \\u escape is half a pair");
    p->at += 6;
    return NULL;
}

static size_t put_utf8(char *to, int code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    to[0] = (char)(first[more] | code >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        to[i] = (char)(0x80 | (code >> 6 * (more - i) & 0x3F));
    return more + 1;
}

/* What is behind a backslash at `*at`, which is left behind it. */
static size_t put_escaped(char *to, struct str raw, size_t *at)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    char letter = raw.ptr[(*at)++];
    const char *control = strchr(letters, letter);

    if (letter != 'u') {
        to[0] = control ? meant[control - letters] : letter;
        return 1;
    }
    int code = code_unit(raw, *at);
    *at += 4;
    if (is_high(code)) {
        code = 0x10000 + ((code - 0xD800) << 10) + (code_unit(raw, *at + 2) - 0xDC00);
        *at += 6;
    }
    return put_utf8(to, code);
}

/* It only gets shorter. */
static struct str unescape(struct arena *a, struct str raw)
{
    char *text = arena_alloc(a, raw.len + 1);
    size_t count = 0;

    for (size_t i = 0; i < raw.len;) {
        if (raw.ptr[i] != '\\') {
            text[count++] = raw.ptr[i++];
            continue;
        }
        i++;
        count += put_escaped(text + count, raw, &i);
    }
    text[count] = '\0';
    return (struct str){text, count};
}

/* `at` is on the quote.  What stands between it and the next, with its escapes. */
static struct error *scan_string(struct parse *p, struct str *raw, bool *escaped)
{
    size_t start = ++p->at;

    for (*escaped = false; peek(p) != '"'; p->at++) {
        if (p->at == p->text.len)
            return broken(p, "the document ends inside a string");
        if ((unsigned char)peek(p) < 0x20)
            return broken(p, "a string has a control character, which must be escaped");
        if (peek(p) == '\\') {
            *escaped = true;
            p->at++;
            TRY(check_escape(p));
        }
    }
    *raw = str_slice(p->text, start, p->at++);
    return NULL;
}

static struct error *parse_string(struct parse *p, struct str *out)
{
    struct str raw;
    bool escaped;

    TRY(scan_string(p, &raw, &escaped));
    *out = escaped ? unescape(p->arena, raw) : arena_str(p->arena, raw);
    return NULL;
}

static struct error *parse_key(struct parse *p, struct str *out)
{
    struct str raw;
    bool escaped;

    if (peek(p) != '"')
        return unexpected(p, "a key in quotes");
    TRY(scan_string(p, &raw, &escaped));
    struct str *known = &p->known[str_hash(raw) % KEYS_REMEMBERED];
    if (escaped || !known->ptr || !str_eq(*known, raw)) {
        *out = escaped ? unescape(p->arena, raw) : arena_str(p->arena, raw);
        if (!escaped)
            *known = *out;
    } else {
        *out = *known;
    }
    skip_blanks(p);
    if (peek(p) != ':')
        return unexpected(p, "a colon");
    p->at++;
    skip_blanks(p);
    return NULL;
}

static struct error *parse_word(struct parse *p, struct json *out)
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
            p->at += words[i].text.len;
            return NULL;
        }
    return unexpected(p, "a value");
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

static struct error *refuse_repeated_keys(const struct parse *begin, const struct json *object)
{
    ARENA_AUTO sorting = {0};
    const struct str *key = repeated_key(&sorting, object);

    if (!key)
        return NULL;
    struct str what =
        arena_printf(begin->arena, "the object has the key \"" STR_FMT "\" twice", STR_ARG(*key));
    return broken(begin, what.ptr);
}

/* What was gathered since `first` are the members. */
static void take_members(struct parse *p, size_t first, struct json *out)
{
    out->count = out->capacity = p->value_count - first;
    if (out->count) {
        out->items = ARENA_ARRAY(p->arena, struct json, out->count);
        memcpy(out->items, p->values + first, out->count * sizeof(*out->items));
    }
    if (out->count && out->kind == JSON_OBJECT) {
        out->keys = ARENA_ARRAY(p->arena, struct str, out->count);
        memcpy(out->keys, p->keys + first, out->count * sizeof(*out->keys));
    }
    p->value_count = first;
}

static struct error *parse_value(struct parse *p, struct json *out);

static struct error *parse_member(struct parse *p, bool of_object)
{
    size_t keys = p->value_count;
    struct str key = {0};
    struct json value;
    int line = p->line;

    if (of_object)
        TRY(parse_key(p, &key));
    TRY(parse_value(p, &value));
    if (of_object && value.kind >= JSON_ARRAY)
        value.line = line; /* where its key is: a bracket may stand alone further down */
    ARENA_PUSH(p->scratch, p->keys, keys, p->key_capacity, key);
    ARENA_PUSH(p->scratch, p->values, p->value_count, p->value_capacity, value);
    return NULL;
}

static struct error *parse_members(struct parse *p, char closes, const char *next)
{
    bool of_object = closes == '}';

    skip_blanks(p);
    if (peek(p) == closes)
        return NULL;
    for (;;) {
        TRY(parse_member(p, of_object));
        skip_blanks(p);
        if (peek(p) == closes)
            return NULL;
        if (peek(p) != ',')
            return unexpected(p, next);
        p->at++;
        skip_blanks(p);
    }
}

static struct error *parse_container(struct parse *p, struct json *out)
{
    const struct parse begin = *p;

    if (++p->depth > DEPTH_MAX)
        return broken(p, "it is nested deeper than 256 levels");
    out->kind = peek(p) == '{' ? JSON_OBJECT : JSON_ARRAY;
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

static struct error *parse_value(struct parse *p, struct json *out)
{
    char c = peek(p);

    *out = (struct json){.line = p->line};
    if (c == '{' || c == '[')
        return parse_container(p, out);
    if (c == '-' || char_is_digit(c))
        return parse_number(p, out);
    if (c != '"')
        return parse_word(p, out);
    out->kind = JSON_STRING;
    return parse_string(p, &out->text);
}

struct error *json_parse(struct arena *a, struct str text, struct json *out)
{
    ARENA_AUTO scratch = {0};
    struct parse p = {.arena = a, .text = text, .line = 1, .scratch = &scratch};

    *out = (struct json){0};
    p.known = ARENA_ARRAY(&scratch, struct str, KEYS_REMEMBERED);
    if (str_starts_with(text, STR("\xEF\xBB\xBF")))
        p.at = p.line_start = 3; /* editors of Windows put a byte order mark there */
    skip_blanks(&p);
    TRY(parse_value(&p, out));
    skip_blanks(&p);
    return p.at == text.len ? NULL : unexpected(&p, "the end of the document");
}
