#include "provider/grammar/names.h"

#include "provider/grammar/faults.h"

enum { MOST_TAGS = 50, KEY_CHARS = 128, VALUE_CHARS = 256, PATH_CHARS = 512, ROLE_CHARS = 64 };

static bool is_letter_or_digit(char c)
{
    c = char_lower(c);
    return char_is_digit(c) || (c >= 'a' && c <= 'z');
}

static size_t characters(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}

static struct error *refused(struct arena *a, struct str what, struct str allowed)
{
    struct error *e = error_new(a, ERROR_INVALID, STR_FMT, STR_ARG(what));

    e->detail = allowed;
    return e;
}

static struct error *refuse_text(struct arena *a, struct str value, struct str allowed)
{
    return refused(a, quoted(a, value), allowed);
}

/* Paths. */

static bool stands_between_slashes(struct str value)
{
    return value.ptr[0] == '/' && value.ptr[value.len - 1] == '/' && value.len <= PATH_CHARS;
}

struct error *check_iam_path(struct arena *a, struct str value)
{
    bool good = !value.len || stands_between_slashes(value);

    for (size_t i = 0; i < value.len; i++)
        good = good && value.ptr[i] >= '!' && value.ptr[i] <= '~';
    if (good)
        return NULL;
    return refuse_text(a, value,
                       STR("A path begins and ends with a slash and has 512 characters of ASCII at "
                           "most, none of them blank: \"/\", \"/teams/data/\"."));
}

struct error *check_policy_path(struct arena *a, struct str value)
{
    bool good = !value.len || stands_between_slashes(value);

    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        bool slash = c == '/', twice = slash && i > 0 && value.ptr[i - 1] == '/';
        good = good && !twice && (slash || is_letter_or_digit(c) || strchr(".,+@=_-", c));
    }
    if (good)
        return NULL;
    return refuse_text(a, value,
                       STR("A policy's path begins and ends with a slash, has no two slashes in a "
                           "row, and has letters, digits and .,+@=_- between them: \"/\", "
                           "\"/teams/data/\"."));
}

/* Names of what is there. */

struct error *check_role_name(struct arena *a, struct str value)
{
    bool good = value.len <= ROLE_CHARS;

    for (size_t i = 0; i < value.len; i++)
        good = good && (is_letter_or_digit(value.ptr[i]) || strchr("_+=,.@-", value.ptr[i]));
    if (good)
        return NULL;
    return refuse_text(a, value,
                       STR("It is the role's name, not its ARN: 1 to 64 letters, digits and "
                           "_+=,.@-."));
}

struct error *check_queue_url(struct arena *a, struct str value)
{
    if (str_starts_with(value, STR("https://")) || str_starts_with(value, STR("http://")))
        return NULL;
    return refuse_text(a, value,
                       STR("A queue goes by its URL, which aws_sqs_queue has as `url` and `id`: "
                           "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME."));
}

/* Tags. */

static bool is_of_aws(struct str key)
{
    const struct str prefix = STR("aws:");
    bool same = key.len >= prefix.len;

    for (size_t i = 0; same && i < prefix.len; i++)
        same = char_lower(key.ptr[i]) == prefix.ptr[i];
    return same;
}

/* Letters of any script pass, and so does what only looks like one to us. */
static bool is_of_iam(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((unsigned char)c & 0x80) && !is_letter_or_digit(c) && !memchr(" _.:/=+-@", c, 9))
            return false;
    }
    return true;
}

static struct error *check_tag(struct arena *a, struct str key, struct str value)
{
    if (!key.len || characters(key) > KEY_CHARS)
        return refused(a, arena_printf(a, "the key " STR_FMT, STR_ARG(quoted(a, key))),
                       STR("A tag's key has 1 to 128 characters."));
    if (is_of_aws(key))
        return refused(a, arena_printf(a, "the key " STR_FMT, STR_ARG(quoted(a, key))),
                       STR("Keys that begin with \"aws:\" are set by AWS alone."));
    if (characters(value) > VALUE_CHARS)
        return refused(a,
                       arena_printf(a, "%zu characters under " STR_FMT, characters(value),
                                    STR_ARG(quoted(a, key))),
                       STR("A tag's value has 256 characters at most."));
    return NULL;
}

struct error *check_tags(struct arena *a, const struct str *keys, const struct str *values,
                         size_t count)
{
    struct error *errors = NULL;

    if (count > MOST_TAGS)
        return refused(a, arena_printf(a, "%zu tags", count), STR("There may be 50."));
    for (size_t i = 0; i < count; i++)
        errors = error_join(errors, check_tag(a, keys[i], values[i]));
    return errors;
}

static struct error *check_iam_tag(struct arena *a, const struct str *keys, struct str value,
                                   size_t i)
{
    struct str key = arena_lower(a, keys[i]);

    if (!is_of_iam(keys[i]) || !is_of_iam(value))
        return refused(a, arena_printf(a, "the tag " STR_FMT, STR_ARG(quoted(a, keys[i]))),
                       STR("IAM takes letters, digits, blanks and _.:/=+-@ in keys and values of "
                           "tags."));
    for (size_t k = 0; k < i; k++)
        if (str_eq(arena_lower(a, keys[k]), key))
            return refused(a,
                           arena_printf(a, "the keys " STR_FMT " and " STR_FMT,
                                        STR_ARG(quoted(a, keys[k])), STR_ARG(quoted(a, keys[i]))),
                           STR("To IAM they are one key: it does not tell them apart by case."));
    return NULL;
}

struct error *check_iam_tags(struct arena *a, const struct str *keys, const struct str *values,
                             size_t count)
{
    struct error *errors = check_tags(a, keys, values, count);

    for (size_t i = 0; !errors && i < count; i++)
        errors = check_iam_tag(a, keys, values[i], i);
    return errors;
}

struct str issuer_of(struct str url)
{
    const struct str scheme = STR("https://");

    return str_starts_with(url, scheme) ? str_slice(url, scheme.len, url.len) : url;
}
