#include "provider/grammar/event_pattern.h"

#include <math.h>
#include <stdlib.h>

#include "provider/grammar/faults.h"
#include "provider/grammar/value_forms.h"

/* EventBridge compiles patterns with its open-source rules engine, whose README and whose errors
 * are where this grammar is from. */

enum {
    PATTERN_CHARS = 4096,
    MOST_COMBINATIONS = 1000, /* what all $or of a pattern multiply to */
};
static const double most_number = 5e9;

static const char *const matchers[] = {"prefix",  "suffix", "wildcard",           "anything-but",
                                       "numeric", "exists", "equals-ignore-case", "cidr",
                                       NULL};

static void wrong(struct faults *f, const struct spot *at, const char *allowed)
{
    struct arena *a = f->arena;

    fault(f, at, arena_printf(a, "it is " STR_FMT, STR_ARG(shown(a, at->value))), str_of(allowed));
}

static void check_text(struct faults *f, const struct spot *at)
{
    if (at->value->kind != JSON_STRING)
        wrong(f, at, "It must be a text.");
}

/* A backslash makes the asterisk or backslash behind it plain. */
static void check_wildcard(struct faults *f, const struct spot *at)
{
    struct str text = at->value->text;
    bool star = false;

    check_text(f, at);
    for (size_t i = 0; at->value->kind == JSON_STRING && i < text.len; i++) {
        bool escape = text.ptr[i] == '\\', again = star && text.ptr[i] == '*';
        bool escapes = i + 1 < text.len && (text.ptr[i + 1] == '*' || text.ptr[i + 1] == '\\');
        if (again || (escape && !escapes)) {
            wrong(f, at,
                  again ? "One asterisk stands for any run of characters: two in a row are refused."
                        : "A backslash stands before an asterisk or a backslash, which are then "
                          "plain.");
            return;
        }
        star = text.ptr[i] == '*';
        i += escape;
    }
}

static void check_range(struct faults *f, const struct spot *at)
{
    if (at->value->kind != JSON_STRING || !is_ip_range(at->value->text) ||
        str_find(at->value->text, '/') == at->value->text.len)
        wrong(f, at, "It must be a network: \"10.0.0.0/24\", \"2001:db8::/32\".");
}

static void check_exists(struct faults *f, const struct spot *at)
{
    if (at->value->kind != JSON_BOOL)
        wrong(f, at, "It must be true or false.");
}

/* A text, or one that is compared in any case: { "equals-ignore-case": "..." }. */
static void check_end(struct faults *f, const struct spot *at)
{
    const struct json *value = at->value;

    if (value->kind != JSON_OBJECT) {
        check_text(f, at);
        return;
    }
    if (value->count != 1 || !str_eq(value->keys[0], STR("equals-ignore-case"))) {
        wrong(f, at, "It must be a text, or { \"equals-ignore-case\": TEXT }.");
        return;
    }
    struct spot inner = spot_member(at, 0);
    check_text(f, &inner);
}

static double number_of(struct arena *a, const struct json *value)
{
    return strtod(arena_str(a, value->text).ptr, NULL);
}

static bool is_amount(struct arena *a, const struct json *value)
{
    return value->kind == JSON_NUMBER && fabs(number_of(a, value)) <= most_number;
}

/* [">", 0, "<=", 5], or one half of it, or ["=", 3]. */
static void check_numeric(struct faults *f, const struct spot *at)
{
    static const char *const bottoms[] = {">", ">=", NULL}, *const tops[] = {"<", "<=", NULL};
    const struct json *list = at->value;
    const char form[] = "It must be a list of an operator and a number between -5e9 and 5e9: "
                        "[\"=\", 3], [\"<\", 10], [\">\", 0] or [\">\", 0, \"<=\", 5].";

    if (list->kind != JSON_ARRAY || (list->count != 2 && list->count != 4)) {
        wrong(f, at, form);
        return;
    }
    const struct json *i = list->items;
    struct str first = json_string_or(&i[0], STR(""));
    bool bottom = is_one_of(first, bottoms);
    bool good =
        (bottom || is_one_of(first, tops) || str_eq(first, STR("="))) && is_amount(f->arena, &i[1]);
    if (good && list->count == 4)
        good = bottom && is_one_of(json_string_or(&i[2], STR("")), tops) &&
               is_amount(f->arena, &i[3]) &&
               number_of(f->arena, &i[1]) < number_of(f->arena, &i[3]);
    if (!good)
        fault(f, at, STR("it is no range of numbers"), str_of(form));
}

/* Texts or numbers; of one kind, where they are several. */
static void check_alike(struct faults *f, const struct spot *at, bool numbers)
{
    const struct json *list = at->value;

    if (list->kind == JSON_STRING || (numbers && list->kind == JSON_NUMBER))
        return;
    bool good = list->kind == JSON_ARRAY && list->count;
    for (size_t i = 0; good && i < list->count; i++)
        good =
            list->items[i].kind == list->items[0].kind &&
            (list->items[i].kind == JSON_STRING || (numbers && list->items[i].kind == JSON_NUMBER));
    if (!good)
        wrong(f, at,
              numbers ? "It must be a text or number, or a list of texts or of numbers, or "
                        "{ \"prefix\": ... }, { \"suffix\": ... }, { \"wildcard\": ... } or "
                        "{ \"equals-ignore-case\": ... }."
                      : "It must be a text or a list of texts.");
}

static void check_anything_but(struct faults *f, const struct spot *at)
{
    static const char *const inner[] = {"prefix", "suffix", "wildcard", "equals-ignore-case", NULL};
    const struct json *value = at->value;

    if (value->kind != JSON_OBJECT) {
        check_alike(f, at, true);
        return;
    }
    if (value->count != 1 || !is_one_of(value->keys[0], inner)) {
        fault(f, at, STR("anything-but has no such matcher in it"),
              arena_printf(f->arena, "It may have one of " STR_FMT ".",
                           STR_ARG(one_of(f->arena, inner))));
        return;
    }
    struct spot member = spot_member(at, 0);
    if (str_eq(member.key, STR("wildcard")) && member.value->kind == JSON_STRING)
        check_wildcard(f, &member);
    else if (member.value->kind == JSON_OBJECT)
        check_end(f, &member);
    else
        check_alike(f, &member, false);
}

static void check_matcher(struct faults *f, const struct spot *at)
{
    static void (*const checks[])(struct faults * f, const struct spot *at) = {
        check_end,     check_end,    check_wildcard, check_anything_but,
        check_numeric, check_exists, check_text,     check_range,
    };
    struct str known = one_of(f->arena, matchers);

    if (at->value->count != 1) {
        fault(f, at, arena_printf(f->arena, "it has %zu keys", at->value->count),
              arena_printf(f->arena, "An object within a list has one matcher: " STR_FMT ".",
                           STR_ARG(known)));
        return;
    }
    struct spot matcher = spot_member(at, 0);
    for (size_t i = 0; matchers[i]; i++)
        if (str_eq(matcher.key, str_of(matchers[i]))) {
            checks[i](f, &matcher);
            return;
        }
    fault(f, &matcher, STR("there is no such matcher"),
          arena_printf(f->arena, "Matchers are " STR_FMT ".", STR_ARG(known)));
}

static void check_values(struct faults *f, const struct spot *list)
{
    if (!list->value->count)
        wrong(f, list, "It must have a value: nothing matches an empty list.");
    for (size_t i = 0; i < list->value->count; i++) {
        struct spot value = spot_item(list, i);
        if (value.value->kind == JSON_OBJECT)
            check_matcher(f, &value);
        else if (value.value->kind == JSON_ARRAY)
            wrong(f, &value,
                  "A list has no lists in it: fields of events that are lists match "
                  "when one element does.");
    }
}

static bool has_matcher(const struct json *object)
{
    for (size_t i = 0; i < object->count; i++)
        if (is_one_of(object->keys[i], matchers))
            return true;
    return false;
}

/* A field may be called $or too, so it counts only where it cannot be a field: with two patterns or
 * more, none of which is a matcher. */
static bool is_choice(const struct spot *at)
{
    const struct json *list = at->value;
    bool choice = str_eq(at->key, STR("$or")) && list->kind == JSON_ARRAY && list->count > 1;

    for (size_t i = 0; choice && i < list->count; i++)
        choice = list->items[i].kind == JSON_OBJECT && !has_matcher(&list->items[i]);
    return choice;
}

static size_t capped(size_t combinations)
{
    return combinations > MOST_COMBINATIONS ? MOST_COMBINATIONS + 1 : combinations;
}

static size_t check_fields(struct faults *f, const struct spot *object);

static size_t check_choice(struct faults *f, const struct spot *list)
{
    size_t combinations = 0;

    for (size_t i = 0; i < list->value->count; i++) {
        struct spot pattern = spot_item(list, i);
        combinations = capped(combinations + check_fields(f, &pattern));
    }
    return combinations;
}

/* How many patterns without $or it stands for. */
static size_t check_fields(struct faults *f, const struct spot *object)
{
    size_t combinations = 1;

    if (!object->value->count)
        wrong(f, object, "It must have a field.");
    for (size_t i = 0; i < object->value->count; i++) {
        struct spot field = spot_member(object, i);
        if (is_choice(&field))
            combinations = capped(combinations * check_choice(f, &field));
        else if (field.value->kind == JSON_OBJECT)
            combinations = capped(combinations * check_fields(f, &field));
        else if (field.value->kind == JSON_ARRAY)
            check_values(f, &field);
        else
            wrong(f, &field, "It must be a list of the values that match, or an object of fields.");
    }
    return combinations;
}

static struct error *too_long(struct arena *a, const struct json *pattern)
{
    struct buf text = buf_in(a);

    json_print(&text, pattern, false);
    if (text.len <= PATTERN_CHARS)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "an event pattern of %zu bytes", text.len);
    e->detail = arena_printf(a, "EventBridge allows %d, white space left out.", PATTERN_CHARS);
    return e;
}

struct error *check_event_pattern(struct arena *a, struct str value)
{
    struct faults f = {.arena = a, .text = value};
    struct json pattern;

    if (!value.len)
        return NULL;
    TRY(faults_begin(&f, &pattern));
    TRY(too_long(a, &pattern));
    struct spot whole = spot_of(&pattern);
    if (pattern.kind != JSON_OBJECT)
        wrong(&f, &whole, "An event pattern is a JSON object.");
    else if (check_fields(&f, &whole) > MOST_COMBINATIONS)
        fault(&f, &whole, STR("its $or stand for more than 1000 combinations"),
              STR("EventBridge allows 1000: each $or multiplies those of the others."));
    return f.errors;
}
