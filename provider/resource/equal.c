#include "engine/base/time.h"
#include "provider/resource/schema.h"

/* The meanings of text that rows name in `.equal`. */

static bool parse_both(struct arena *scratch, struct str a, struct str b, struct json *x,
                       struct json *y)
{
    return !json_parse(scratch, a, x) && !json_parse(scratch, b, y);
}

bool equal_json(struct arena *scratch, struct str a, struct str b)
{
    struct json x, y;
    return parse_both(scratch, a, b, &x, &y) && json_eq(&x, &y);
}

bool equal_duration(struct arena *scratch, struct str a, struct str b)
{
    int64_t x, y;
    (void)scratch;
    return duration_parse(a, &x) && duration_parse(b, &y) && x == y;
}

bool equal_ignoring_case(struct arena *scratch, struct str a, struct str b)
{
    (void)scratch;
    for (size_t i = 0; a.len == b.len && i < a.len; i++)
        if (char_lower(a.ptr[i]) != char_lower(b.ptr[i]))
            return false;
    return a.len == b.len;
}

/* IAM policy documents. */

static bool is_account_id(struct str s)
{
    int64_t digits;
    return s.len == 12 && s.ptr[0] != '-' && s.ptr[0] != '+' && str_to_int64(s, &digits);
}

/* IAM writes an account's id as the ARN of its root. */
static bool same_principal(struct str a, struct str b)
{
    if (is_account_id(b))
        return !is_account_id(a) && same_principal(b, a);
    return is_account_id(a) && str_starts_with(b, STR("arn:")) && str_ends_with(b, STR(":root")) &&
           str_find_str(b, a) < b.len;
}

static struct str scalar_text(const struct json *j)
{
    if (j->kind == JSON_BOOL)
        return j->boolean ? STR("true") : STR("false");
    return j->text;
}

static bool is_scalar(const struct json *j)
{
    return j->kind == JSON_STRING || j->kind == JSON_NUMBER || j->kind == JSON_BOOL;
}

static bool policy_eq(struct arena *scratch, const struct json *a, const struct json *b);

/* Elements of a list; anything else is the list of itself. */
static const struct json *elements(const struct json *j, size_t *count)
{
    *count = j->kind == JSON_ARRAY ? j->count : 1;
    return j->kind == JSON_ARRAY ? j->items : j;
}

static bool lists_eq(struct arena *scratch, const struct json *a, const struct json *b)
{
    size_t na, nb;
    const struct json *x = elements(a, &na), *y = elements(b, &nb);
    bool *taken = ARENA_ARRAY(scratch, bool, nb);
    for (size_t i = 0; i < na && na == nb; i++) {
        size_t j = 0;
        while (j < nb && (taken[j] || !policy_eq(scratch, &x[i], &y[j])))
            j++;
        if (j == nb)
            return false;
        taken[j] = true;
    }
    return na == nb;
}

/* A Sid of no characters is none. */
static bool is_absent(struct str key, const struct json *v)
{
    return v->kind == JSON_NULL ||
           (str_eq(key, STR("Sid")) && v->kind == JSON_STRING && !v->text.len);
}

static bool covered(struct arena *scratch, const struct json *a, const struct json *b)
{
    for (size_t i = 0; i < a->count; i++) {
        struct str key = a->keys[i];
        const struct json *x = &a->items[i], *y = json_get_str(b, key);
        bool same = is_absent(key, x) ? is_absent(key, y)
                    : str_eq(key, STR("Effect"))
                        ? equal_ignoring_case(scratch, json_string_or(x, STR("")),
                                              json_string_or(y, STR("")))
                        : policy_eq(scratch, x, y);
        if (!same)
            return false;
    }
    return true;
}

static bool objects_eq(struct arena *scratch, const struct json *a, const struct json *b)
{
    return covered(scratch, a, b) && covered(scratch, b, a);
}

static bool policy_eq(struct arena *scratch, const struct json *a, const struct json *b)
{
    if (a->kind == JSON_ARRAY || b->kind == JSON_ARRAY)
        return lists_eq(scratch, a, b);
    if (a->kind == JSON_OBJECT && b->kind == JSON_OBJECT)
        return objects_eq(scratch, a, b);
    if (!is_scalar(a) || !is_scalar(b))
        return a->kind == b->kind;
    struct str x = scalar_text(a), y = scalar_text(b);
    return str_eq(x, y) || same_principal(x, y);
}

bool equal_iam_policy(struct arena *scratch, struct str a, struct str b)
{
    struct json x, y;
    return parse_both(scratch, a, b, &x, &y) && policy_eq(scratch, &x, &y);
}
