#include "provider/grammar/arn.h"

/* As str_cut, but colons of variables do not count. */
static struct str cut_part(struct str *rest)
{
    size_t end = 0;

    for (bool variable = false; end < rest->len; end++) {
        char c = rest->ptr[end];
        if (c == '$' && end + 1 < rest->len && rest->ptr[end + 1] == '{')
            variable = true;
        else if (c == '}')
            variable = false;
        else if (c == ':' && !variable)
            break;
    }
    struct str part = str_slice(*rest, 0, end);
    *rest = end < rest->len ? str_slice(*rest, end + 1, rest->len) : (struct str){0};
    return part;
}

struct arn_pattern arn_pattern_split(struct str text)
{
    struct arn_pattern arn = {0};
    struct str *parts[] = {&arn.prefix, &arn.partition, &arn.service, &arn.region, &arn.account};
    struct str rest = text;

    for (; arn.parts < 5 && rest.ptr; arn.parts++)
        *parts[arn.parts] = cut_part(&rest);
    arn.resource = rest;
    arn.parts += rest.ptr != NULL;
    return arn;
}

bool is_open(struct str part)
{
    for (size_t i = 0; i < part.len; i++)
        if (part.ptr[i] == '*' || part.ptr[i] == '?' || part.ptr[i] == '$')
            return true;
    return false;
}

bool is_account_id(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!char_is_digit(text.ptr[i]))
            return false;
    return text.len == 12;
}

bool is_partition_name(struct str text)
{
    struct str rest = text;

    if (!str_eq(str_cut(&rest, '-'), STR("aws")))
        return false;
    for (size_t i = 0; i < rest.len; i++)
        if ((rest.ptr[i] < 'a' || rest.ptr[i] > 'z') && rest.ptr[i] != '-')
            return false;
    return !rest.ptr || rest.len > 0;
}

static bool is_made_of(struct str s, char first, char last)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < first || s.ptr[i] > last)
            return false;
    return s.len > 0;
}

bool is_region_name(struct str text)
{
    struct str rest = text, part = str_cut(&rest, '-');
    bool good = (part.len == 2 || part.len == 4) && is_made_of(part, 'a', 'z') && rest.ptr;
    size_t words = 0;

    for (; good && rest.ptr; words += rest.ptr != NULL) {
        part = str_cut(&rest, '-');
        good = rest.ptr ? is_made_of(part, 'a', 'z') : part.len <= 2 && is_made_of(part, '0', '9');
    }
    return good && words > 0;
}

/* Of IAM, which has no regions: "policy/" or "role/", a path and a name. */
static bool is_of_iam(struct str value, struct str type, bool aws_has_some)
{
    struct arn_pattern arn = arn_pattern_split(value);
    bool account = is_account_id(arn.account) || (aws_has_some && str_eq(arn.account, STR("aws")));

    return str_eq(arn.prefix, STR("arn")) && is_partition_name(arn.partition) &&
           str_eq(arn.service, STR("iam")) && !arn.region.len && account &&
           str_starts_with(arn.resource, type) && arn.resource.len > type.len;
}

static struct error *not_that(struct arena *a, const char *what, struct str value, struct str form)
{
    struct error *e = error_new(a, ERROR_INVALID, "not the ARN of %s: \"" STR_FMT "\"", what,
                                STR_ARG(str_slice(value, 0, 120)));
    e->detail = form;
    return e;
}

struct error *check_policy_arn(struct arena *a, struct str value)
{
    if (!value.len || is_of_iam(value, STR("policy/"), true))
        return NULL;
    return not_that(a, "a policy", value,
                    STR("It reads arn:aws:iam::ACCOUNT:policy/NAME, with a path before the name "
                        "where it has one, or arn:aws:iam::aws:policy/NAME for AWS's own."));
}

struct error *check_role_of_iam(struct arena *a, struct str value)
{
    if (!value.len || is_of_iam(value, STR("role/"), false))
        return NULL;
    return not_that(a, "a role", value,
                    STR("It reads arn:aws:iam::ACCOUNT:role/NAME, with a path before the name "
                        "where it has one."));
}
