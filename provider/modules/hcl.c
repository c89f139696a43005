#include "provider/modules/hcl.h"

enum { MOST_DEPTH = 64 }; /* of templates within templates: nobody writes that by hand */

static bool starts(const struct hcl *h, const char *with)
{
    return str_starts_with(str_slice(h->text, h->at, h->text.len), str_of(with));
}

struct error *hcl_error(struct arena *a, const struct hcl *h, size_t at, const char *what)
{
    size_t line = 1;

    for (size_t i = 0; i < at && i < h->text.len; i++)
        line += h->text.ptr[i] == '\n';
    return error_new(a, ERROR_INVALID, "line %zu: %s", line, what);
}

bool hcl_is(const struct hcl_word *w, char c)
{
    return w->kind == HCL_OTHER && w->text.ptr[0] == c;
}

static bool skip_template(struct hcl *h, int depth);

/* After the opening quote; false: it does not end.  "$${" and "%%{" begin no template. */
static bool skip_quoted(struct hcl *h, int depth)
{
    while (h->at < h->text.len) {
        char c = h->text.ptr[h->at];
        if (c == '"')
            return true;
        if (c == '\n')
            return false;
        if (c == '\\')
            h->at += 2;
        else if (starts(h, "$${") || starts(h, "%%{"))
            h->at += 3;
        else if (!starts(h, "${") && !starts(h, "%{"))
            h->at++;
        else if (!skip_template(h, depth + 1))
            return false;
    }
    return false;
}

/* At "${", to behind its "}". */
static bool skip_template(struct hcl *h, int depth)
{
    size_t open = 0;

    if (depth > MOST_DEPTH)
        return false;
    for (h->at++; h->at < h->text.len; h->at++) {
        char c = h->text.ptr[h->at];
        if (c == '"') {
            h->at++;
            if (!skip_quoted(h, depth + 1))
                return false;
        }
        open += c == '{';
        if (c == '}' && --open == 0) {
            h->at++;
            return true;
        }
    }
    return false;
}

static struct str line_at(const struct hcl *h, size_t at)
{
    size_t end = at;

    while (end < h->text.len && h->text.ptr[end] != '\n')
        end++;
    return str_slice(h->text, at, end);
}

static bool is_name_byte(char c, bool first)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);

    return letter || (!first && (char_is_digit(c) || c == '-'));
}

static size_t name_end(const struct hcl *h, size_t at)
{
    size_t end = at;

    while (end < h->text.len && is_name_byte(h->text.ptr[end], end == at))
        end++;
    return end;
}

/* "<<EOT" or "<<-EOT", to behind the line that says EOT and nothing else. */
static struct error *heredoc(struct arena *a, struct hcl *h, struct hcl_word *out)
{
    size_t begin = h->at, name = begin + (starts(h, "<<-") ? 3 : 2), end = name_end(h, name);
    struct str mark = str_slice(h->text, name, end);
    size_t at = end + line_at(h, end).len + 1;

    for (size_t text = at; at < h->text.len; at += line_at(h, at).len + 1) {
        struct str line = line_at(h, at);
        if (!str_eq(str_trim(line), mark))
            continue;
        h->at = at + line.len;
        *out = (struct hcl_word){HCL_TEXT, str_slice(h->text, text, at), begin, h->at};
        return NULL;
    }
    return hcl_error(a, h, begin, "a heredoc begins here, and the line that ends it is not there");
}

static struct error *quoted(struct arena *a, struct hcl *h, struct hcl_word *out)
{
    size_t begin = h->at++;

    if (!skip_quoted(h, 0) || h->at >= h->text.len)
        return hcl_error(a, h, begin, "a string begins here and does not end");
    *out = (struct hcl_word){HCL_TEXT, str_slice(h->text, begin + 1, h->at), begin, h->at + 1};
    h->at++;
    return NULL;
}

/* Blanks and comments; a line's end is a word of its own. */
static struct error *skip_blanks(struct arena *a, struct hcl *h)
{
    while (h->at < h->text.len) {
        char c = h->text.ptr[h->at];
        if (c == ' ' || c == '\t' || c == '\r') {
            h->at++;
        } else if (c == '#' || starts(h, "//")) {
            h->at += line_at(h, h->at).len;
        } else if (starts(h, "/*")) {
            size_t length = str_find_str(str_slice(h->text, h->at + 2, h->text.len), STR("*/"));
            if (h->at + 2 + length >= h->text.len)
                return hcl_error(a, h, h->at, "a comment begins here and does not end");
            h->at += length + 4;
        } else {
            return NULL;
        }
    }
    return NULL;
}

struct error *hcl_next(struct arena *a, struct hcl *h, struct hcl_word *out)
{
    TRY(skip_blanks(a, h));
    size_t begin = h->at;
    if (begin >= h->text.len) {
        *out = (struct hcl_word){.kind = HCL_END, .begin = begin, .end = begin};
        return NULL;
    }
    char c = h->text.ptr[begin];
    if (c == '"')
        return quoted(a, h, out);
    if (starts(h, "<<") && (begin + 2 < h->text.len) &&
        (h->text.ptr[begin + 2] == '-' || is_name_byte(h->text.ptr[begin + 2], true)))
        return heredoc(a, h, out);
    h->at = is_name_byte(c, true) ? name_end(h, begin) : begin + 1;
    out->kind = c == '\n' ? HCL_NEWLINE : is_name_byte(c, true) ? HCL_NAME : HCL_OTHER;
    out->text = str_slice(h->text, begin, h->at);
    out->begin = begin;
    out->end = h->at;
    return NULL;
}
