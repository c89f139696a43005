#include "engine/base/json_parser.h"

/* The characters of JSON: white space, numbers, strings and their escapes. */

static int column_of(const struct json_parser *p, size_t line_start, size_t at)
{
    int column = 1;

    for (size_t i = line_start; i < at && i < p->text.len; i++)
        column += ((unsigned char)p->text.ptr[i] & 0xC0) != 0x80; /* characters, not bytes */
    return column;
}

struct error *json_broken(const struct json_parser *p, const char *what)
{
    return error_new(p->strings, ERROR_INVALID, "invalid JSON in line %d, column %d: %s", p->line,
                     column_of(p, p->line_start, p->at), what);
}

struct error *json_unexpected(const struct json_parser *p, const char *belongs)
{
    unsigned char c = (unsigned char)json_peek(p);

    if (p->at == p->text.len)
        return json_broken(p, "the document ends too early");
    struct str what =
        c > 0x20 && c < 0x7f
            ? arena_printf(p->strings, "unexpected `%c` where %s belongs", c, belongs)
            : arena_printf(p->strings, "unexpected byte 0x%02x where %s belongs", c, belongs);
    return json_broken(p, what.ptr);
}

void json_skip_blanks(struct json_parser *p)
{
    for (char c; (c = json_peek(p)) == ' ' || c == '\t' || c == '\r' || c == '\n'; p->at++)
        if (c == '\n') {
            p->line++;
            p->line_start = p->at + 1;
        }
}

static bool skip_digits(struct json_parser *p)
{
    size_t start = p->at;
    while (char_is_digit(json_peek(p)))
        p->at++;
    return p->at > start;
}

/* RFC 8259: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool skip_number(struct json_parser *p)
{
    if (json_peek(p) == '-')
        p->at++;
    if (json_peek(p) == '0')
        p->at++;
    else if (!skip_digits(p))
        return false;
    if (json_peek(p) == '.') {
        p->at++;
        if (!skip_digits(p))
            return false;
    }
    if (json_peek(p) == 'e' || json_peek(p) == 'E') {
        p->at++;
        if (json_peek(p) == '+' || json_peek(p) == '-')
            p->at++;
        if (!skip_digits(p))
            return false;
    }
    return !char_is_digit(json_peek(p)) && json_peek(p) != '.';
}

static struct str taken(const struct json_parser *p, struct str raw)
{
    return p->borrows ? raw : arena_str(p->strings, raw);
}

struct error *json_scan_number(struct json_parser *p, struct json *out)
{
    size_t start = p->at;

    if (!skip_number(p)) {
        p->at = start;
        return json_broken(p, "a number is malformed");
    }
    out->kind = JSON_NUMBER;
    out->text = taken(p, str_slice(p->text, start, p->at));
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
static struct error *check_escape(struct json_parser *p)
{
    char letter = json_peek(p);

    if (!letter || !strchr("\"\\/bfnrtu", letter))
        return json_broken(p, "a string has an escape that JSON does not know");
    if (letter != 'u')
        return NULL;
    int unit = code_unit(p->text, p->at + 1);
    if (unit < 0)
        return json_broken(p, "\\u in a string needs four hexadecimal digits");
    if (unit == 0)
        return json_broken(p, "a string has the character U+0000, which is refused");
    p->at += 4;
    if (!is_high(unit) && !is_low(unit))
        return NULL;
    if (is_low(unit) || !str_starts_with(str_slice(p->text, p->at + 1, p->text.len), STR("\\u")) ||
        !is_low(code_unit(p->text, p->at + 3)))
        return json_broken(p, "a \\u escape is half a pair");
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
static struct error *scan_quoted(struct json_parser *p, struct str *raw, bool *escaped)
{
    size_t start = ++p->at;

    for (*escaped = false; json_peek(p) != '"'; p->at++) {
        if (p->at == p->text.len)
            return json_broken(p, "the document ends inside a string");
        if ((unsigned char)json_peek(p) < 0x20)
            return json_broken(p, "a string has a control character, which must be escaped");
        if (json_peek(p) == '\\') {
            *escaped = true;
            p->at++;
            TRY(check_escape(p));
        }
    }
    *raw = str_slice(p->text, start, p->at++);
    return NULL;
}

struct error *json_scan_string(struct json_parser *p, struct str *out)
{
    struct str raw;
    bool escaped;

    TRY(scan_quoted(p, &raw, &escaped));
    *out = escaped ? unescape(p->strings, raw) : taken(p, raw);
    return NULL;
}

static struct str remembered(struct json_parser *p, struct str raw)
{
    struct str *known = &p->known[str_hash(raw) % JSON_KEYS_REMEMBERED];

    if (!known->ptr || !str_eq(*known, raw))
        *known = arena_str(p->strings, raw);
    return *known;
}

struct error *json_scan_key(struct json_parser *p, struct str *out)
{
    struct str raw;
    bool escaped;

    if (json_peek(p) != '"')
        return json_unexpected(p, "a key in quotes");
    TRY(scan_quoted(p, &raw, &escaped));
    *out = escaped ? unescape(p->strings, raw) : p->borrows ? raw : remembered(p, raw);
    json_skip_blanks(p);
    if (json_peek(p) != ':')
        return json_unexpected(p, "a colon");
    p->at++;
    json_skip_blanks(p);
    return NULL;
}
