#include "provider/resource/normal.h"

#include <math.h>
#include <stdlib.h>

/* The one writing of JSON documents that hashicorp/aws plans and stores, whatever the user wrote:
 * that of Go's encoding/json.  Keys are sorted, numbers are doubles in their shortest form, and
 * what could end a script in HTML is escaped. */

enum { MOST_DIGITS = 17, FIRST_WITH_EXPONENT = 21, LAST_WITHOUT = -6 };

/* The fewest digits that are this double and no other: "1.2345e+03" as printf has it. */
static const char *shortest(char *text, size_t room, double d)
{
    for (int digits = 0; digits < MOST_DIGITS; digits++) {
        snprintf(text, room, "%.*e", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    return text;
}

/* Digits without a point, which stands `point` digits from the left: "12345" and 4. */
static void add_plain(struct buf *out, struct str digits, int point)
{
    for (int i = point < 1 ? point - 1 : 0; i < point || i < (int)digits.len; i++) {
        if (i == point)
            buf_add_char(out, '.');
        buf_add_char(out, i >= 0 && i < (int)digits.len ? digits.ptr[i] : '0');
    }
}

static struct str number_text(struct arena *a, struct str text)
{
    double d = strtod(arena_printf(a, STR_FMT, STR_ARG(text)).ptr, NULL);
    char scientific[40], digits[MOST_DIGITS + 1];
    struct buf out = buf_in(a);
    size_t count = 0;

    if (!isfinite(d))
        return text;
    if (d < 0 || (d == 0 && signbit(d)))
        buf_add_char(&out, '-');
    struct str rest = str_of(shortest(scientific, sizeof(scientific), fabs(d)));
    struct str mantissa = str_cut(&rest, 'e');
    int exponent = (int)strtol(rest.ptr, NULL, 10);
    if (d != 0 && (exponent < LAST_WITHOUT || exponent >= FIRST_WITH_EXPONENT)) {
        buf_printf(&out, STR_FMT "e%+d", STR_ARG(mantissa), exponent);
        return buf_str(&out);
    }
    for (size_t i = 0; i < mantissa.len; i++)
        if (mantissa.ptr[i] != '.')
            digits[count++] = mantissa.ptr[i];
    add_plain(&out, (struct str){digits, count}, exponent + 1);
    return buf_str(&out);
}

static void normal_numbers(struct arena *a, struct json *j)
{
    if (j->kind == JSON_NUMBER)
        j->text = number_text(a, j->text);
    for (size_t i = 0; i < j->count; i++)
        normal_numbers(a, &j->items[i]);
}

static struct str escaped(struct arena *a, struct str text, bool html)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < text.len; i++) {
        struct str rest = str_slice(text, i, text.len);
        char c = text.ptr[i];
        if (html && (c == '<' || c == '>' || c == '&')) {
            buf_printf(&out, "\\u%04x", (unsigned)c);
        } else if (str_starts_with(rest, STR("\xe2\x80\xa8")) ||
                   str_starts_with(rest, STR("\xe2\x80\xa9"))) {
            buf_printf(&out, "\\u20%x", (unsigned)((unsigned char)rest.ptr[2] - 0x80));
            i += 2;
        } else {
            buf_add_char(&out, c);
        }
    }
    return buf_str(&out);
}

static struct str printed(struct arena *a, const struct json *tree)
{
    struct buf out = buf_in(a);

    json_print(&out, tree, true);
    return buf_str(&out);
}

struct str json_for_html(struct arena *a, struct str text)
{
    return escaped(a, text, true);
}

/* What is no JSON stays as it is. */
static struct str normal(struct arena *a, struct str text, bool html)
{
    struct json tree;

    if (json_parse(a, text, &tree))
        return text;
    normal_numbers(a, &tree);
    return escaped(a, printed(a, &tree), html);
}

struct str normal_json(struct arena *a, struct str text)
{
    return normal(a, text, true);
}

struct str normal_event_pattern(struct arena *a, struct str text)
{
    return normal(a, text, false);
}

struct str normal_inline_policy(struct arena *a, struct str text)
{
    const struct str version = STR("Version");
    struct json tree, rest = json_new_object();

    if (json_parse(a, text, &tree) || json_get_str(&tree, version)->kind == JSON_NULL)
        return normal(a, text, true);
    normal_numbers(a, &tree);
    for (size_t i = 0; i < tree.count; i++)
        if (!str_eq(tree.keys[i], version))
            json_set(a, &rest, tree.keys[i], tree.items[i]);
    struct str first = printed(a, json_get_str(&tree, version)), others = printed(a, &rest);
    struct str whole =
        arena_printf(a, "{\"Version\":" STR_FMT "%s" STR_FMT, STR_ARG(first), rest.count ? "," : "",
                     STR_ARG(str_slice(others, 1, others.len)));
    return escaped(a, whole, true);
}
