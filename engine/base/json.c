#include "engine/base/json.h"

#include <cjson/cJSON.h>

/* cJSON knows the grammar, but keeps numbers as doubles and ends strings at U+0000.  So it is given
 * a copy of the text in which each string starts with a tag ("s12:abc" for "abc" in line 12) and
 * each number has become such a string ("n12:0.1").  The pass that makes the copy checks every
 * token; what may stand where is left to cJSON.  Line breaks stay, so that the place where cJSON
 * stops still tells the line. */

enum { DEPTH_MAX = 256 };

struct scan {
    struct arena *arena; /* of the error */
    struct str text;
    size_t at;
    int line, depth;
    struct buf tagged;
};

static struct error *broken(struct scan *s, const char *what)
{
    return error_new(s->arena, ERROR_INVALID, "invalid JSON in line %d: %s", s->line, what);
}

static char peek(const struct scan *s)
{
    return s->at < s->text.len ? s->text.ptr[s->at] : '\0';
}

static bool skip_digits(struct scan *s)
{
    size_t start = s->at;
    while (char_is_digit(peek(s)))
        s->at++;
    return s->at > start;
}

/* RFC 8259: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool skip_number(struct scan *s)
{
    if (peek(s) == '-')
        s->at++;
    if (peek(s) == '0')
        s->at++;
    else if (!skip_digits(s))
        return false;
    if (peek(s) == '.') {
        s->at++;
        if (!skip_digits(s))
            return false;
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-')
            s->at++;
        if (!skip_digits(s))
            return false;
    }
    return !char_is_digit(peek(s)) && peek(s) != '.';
}

/* "s12: with its opening quote; by hand, for it is done for every token. */
static void add_tag(struct scan *s, char kind)
{
    char text[16];
    size_t at = sizeof(text) - 1;

    text[at] = ':';
    for (int n = s->line; n; n /= 10)
        text[--at] = (char)('0' + n % 10);
    text[--at] = kind;
    text[--at] = '"';
    buf_add(&s->tagged, (struct str){text + at, sizeof(text) - at});
}

static struct error *scan_number(struct scan *s)
{
    size_t start = s->at;

    if (!skip_number(s))
        return broken(s, "a number is malformed");
    add_tag(s, 'n');
    buf_add(&s->tagged, str_slice(s->text, start, s->at));
    buf_add_char(&s->tagged, '"');
    return NULL;
}

static int hex_value(char c)
{
    if (char_is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `at` is on the letter behind the backslash; leaves it on the escape's last character. */
static struct error *scan_escape(struct scan *s)
{
    char letter = peek(s);
    int code = 0;

    if (!letter || !strchr("\"\\/bfnrtu", letter))
        return broken(s, "a string has an escape that JSON does not know");
    if (letter != 'u')
        return NULL;
    for (int i = 0; i < 4; i++) {
        s->at++;
        if (hex_value(peek(s)) < 0)
            return broken(s, "\\u in a string needs four hexadecimal digits");
        code = code * 16 + hex_value(peek(s));
    }
    return code ? NULL : broken(s, "a string has the character U+0000, which is refused");
}

static struct error *scan_string(struct scan *s)
{
    size_t start = ++s->at;

    for (; peek(s) != '"'; s->at++) {
        if (s->at == s->text.len)
            return broken(s, "the document ends inside a string");
        if ((unsigned char)peek(s) < 0x20)
            return broken(s, "a string has a control character, which must be escaped");
        if (peek(s) == '\\') {
            s->at++;
            TRY(scan_escape(s));
        }
    }
    add_tag(s, 's');
    buf_add(&s->tagged, str_slice(s->text, start, ++s->at));
    return NULL;
}

static struct error *scan_word(struct scan *s)
{
    static const struct str words[] = {STR_INIT("true"), STR_INIT("false"), STR_INIT("null")};
    struct str rest = str_slice(s->text, s->at, s->text.len);

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_starts_with(rest, words[i])) {
            buf_add(&s->tagged, words[i]);
            s->at += words[i].len;
            return NULL;
        }
    unsigned char c = (unsigned char)peek(s);
    if (c > 0x20 && c < 0x7f)
        return error_new(s->arena, ERROR_INVALID, "invalid JSON in line %d: unexpected `%c`",
                         s->line, c);
    return error_new(s->arena, ERROR_INVALID, "invalid JSON in line %d: unexpected byte 0x%02x",
                     s->line, c);
}

static struct error *scan_sign(struct scan *s, char c)
{
    s->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    if (s->depth > DEPTH_MAX)
        return broken(s, "it is nested deeper than 256 levels");
    s->line += c == '\n';
    buf_add_char(&s->tagged, c);
    s->at++;
    return NULL;
}

/* Indentation is the greater part of what kubectl prints; it need not be kept. */
static void skip_blanks(struct scan *s)
{
    while (peek(s) == ' ' || peek(s) == '\t')
        s->at++;
}

static struct error *scan_document(struct scan *s)
{
    for (skip_blanks(s); s->at < s->text.len; skip_blanks(s)) {
        char c = peek(s);
        if (c == '"')
            TRY(scan_string(s));
        else if (c == '-' || char_is_digit(c))
            TRY(scan_number(s));
        else if (c && strchr("{}[]:,\r\n", c))
            TRY(scan_sign(s, c));
        else
            TRY(scan_word(s));
    }
    return NULL;
}

/* Takes the tag off: its letter is returned, its line stored. */
static char untag(struct arena *a, const char *tagged, int *line, struct str *text)
{
    const char *p = tagged + 1;

    for (*line = 0; *p != ':'; p++)
        *line = *line * 10 + (*p - '0');
    *text = arena_str(a, str_of(p + 1));
    return tagged[0];
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static const struct str *repeated_key(struct arena *scratch, const struct json *object)
{
    struct str *sorted = ARENA_ARRAY(scratch, struct str, object->count + 1);

    memcpy(sorted, object->keys, object->count * sizeof(*sorted));
    qsort(sorted, object->count, sizeof(*sorted), by_bytes);
    for (size_t i = 1; i < object->count; i++)
        if (str_eq(sorted[i - 1], sorted[i]))
            return &sorted[i];
    return NULL;
}

static struct error *refuse_repeated_keys(struct arena *a, const struct json *object)
{
    ARENA_AUTO scratch = {0};
    const struct str *key = repeated_key(&scratch, object);

    if (!key)
        return NULL;
    return error_new(a, ERROR_INVALID,
                     "invalid JSON: the object in line %d has the key \"" STR_FMT "\" twice",
                     object->line, STR_ARG(*key));
}

static struct error *convert(struct arena *a, const cJSON *from, int line, struct json *out);

/* A container has no tag of its own: its line is that of its key, or its parent's. */
static struct error *convert_members(struct arena *a, const cJSON *from, struct json *out)
{
    bool is_object = out->kind == JSON_OBJECT;

    out->count = out->capacity = (size_t)cJSON_GetArraySize(from);
    if (!out->count)
        return NULL;
    out->items = ARENA_ARRAY(a, struct json, out->count);
    out->keys = is_object ? ARENA_ARRAY(a, struct str, out->count) : NULL;
    size_t i = 0;
    for (const cJSON *member = from->child; member; member = member->next, i++) {
        int line = out->line;
        if (is_object && untag(a, member->string, &line, &out->keys[i]) == 'n')
            return error_new(a, ERROR_INVALID,
                             "invalid JSON in line %d: a number stands where a key must", line);
        TRY(convert(a, member, line, &out->items[i]));
    }
    return is_object && out->count > 1 ? refuse_repeated_keys(a, out) : NULL;
}

static struct error *convert(struct arena *a, const cJSON *from, int line, struct json *out)
{
    *out = (struct json){.line = line};
    if (cJSON_IsString(from)) {
        char tag = untag(a, from->valuestring, &out->line, &out->text);
        out->kind = tag == 'n' ? JSON_NUMBER : JSON_STRING;
        return NULL;
    }
    if (cJSON_IsBool(from)) {
        out->kind = JSON_BOOL;
        out->boolean = cJSON_IsTrue(from);
        return NULL;
    }
    if (cJSON_IsNull(from))
        return NULL;
    out->kind = cJSON_IsObject(from) ? JSON_OBJECT : JSON_ARRAY;
    return convert_members(a, from, out);
}

static struct error *refuse_at(struct arena *a, struct str tagged, const char *stop)
{
    size_t at = stop ? (size_t)(stop - tagged.ptr) : tagged.len;
    int line = 1;

    for (size_t i = 0; i < at && i < tagged.len; i++)
        line += tagged.ptr[i] == '\n';
    if (str_trim(str_slice(tagged, at, tagged.len)).len == 0)
        return error_new(a, ERROR_INVALID, "invalid JSON in line %d: the document ends too early",
                         line);
    return error_new(a, ERROR_INVALID,
                     "invalid JSON in line %d: a comma, colon, quote or bracket is missing, "
                     "misplaced or one too many, or a \\u escape is half a pair",
                     line);
}

struct error *json_parse(struct arena *a, struct str text, struct json *out)
{
    ARENA_AUTO scratch = {0};
    struct scan s = {.arena = a, .text = text, .line = 1, .tagged = buf_in(&scratch)};
    const char *stop = NULL;

    *out = (struct json){0};
    if (str_starts_with(text, STR("\xEF\xBB\xBF")))
        s.at = 3; /* editors of Windows put a byte order mark there */
    TRY(scan_document(&s));
    struct str tagged = buf_str(&s.tagged); /* which a NUL follows */
    /* The length counts the NUL, by which cJSON knows that nothing follows the value. */
    cJSON *tree = cJSON_ParseWithLengthOpts(tagged.ptr, tagged.len + 1, &stop, true);
    if (!tree)
        return refuse_at(a, tagged, stop);
    arena_free(&scratch); /* of a large dump it is as much again as the tree */
    struct error *e = convert(a, tree, 1, out);
    cJSON_Delete(tree);
    return e;
}
