#include "provider/grammar/policy_parts.h"
#include "provider/grammar/value_forms.h"

/* Conditions: operators, keys, and values of the operator's type.  What a key is of, and whether
 * there is one of the name, is not looked at: services bring their own. */

struct value_type {
    bool (*is)(struct str text);
    struct str says;
};

static bool is_any(struct str text)
{
    (void)text;
    return true;
}

static const struct value_type texts = {is_any, STR_INIT("")};
static const struct value_type numbers = {is_number,
                                          STR_INIT("It compares numbers: \"10\", \"1.5\".")};
static const struct value_type dates = {
    is_date, STR_INIT("It compares dates: \"2026-01-31T12:00:00Z\", or seconds since 1970.")};
static const struct value_type booleans = {is_boolean,
                                           STR_INIT("It must be \"true\" or \"false\".")};
static const struct value_type addresses = {
    is_ip_range, STR_INIT("It compares addresses: \"203.0.113.0/24\", \"2001:db8::/32\".")};
static const struct value_type arns = {
    is_arn_pattern, STR_INIT("It compares ARNs, in which * and ? stand for anything.")};
static const struct value_type bytes = {is_base64, STR_INIT("It compares bytes, in base64.")};

static const struct operator
{
    const char *name;
    const struct value_type *type;
}
operators[] = {
    {"StringEquals", &texts},
    {"StringNotEquals", &texts},
    {"StringEqualsIgnoreCase", &texts},
    {"StringNotEqualsIgnoreCase", &texts},
    {"StringLike", &texts},
    {"StringNotLike", &texts},
    {"NumericEquals", &numbers},
    {"NumericNotEquals", &numbers},
    {"NumericLessThan", &numbers},
    {"NumericLessThanEquals", &numbers},
    {"NumericGreaterThan", &numbers},
    {"NumericGreaterThanEquals", &numbers},
    {"DateEquals", &dates},
    {"DateNotEquals", &dates},
    {"DateLessThan", &dates},
    {"DateLessThanEquals", &dates},
    {"DateGreaterThan", &dates},
    {"DateGreaterThanEquals", &dates},
    {"Bool", &booleans},
    {"BinaryEquals", &bytes},
    {"IpAddress", &addresses},
    {"NotIpAddress", &addresses},
    {"ArnEquals", &arns},
    {"ArnLike", &arns},
    {"ArnNotEquals", &arns},
    {"ArnNotLike", &arns},
    {"Null", &booleans},
};

static bool cut_prefix(struct str *name, struct str prefix)
{
    bool there = str_starts_with(*name, prefix);

    if (there)
        *name = str_slice(*name, prefix.len, name->len);
    return there;
}

/* Without the words in front and behind that any operator may have; NULL: there is none. */
static const struct operator* operator_of(struct str name)
{
    const struct str if_exists = STR("IfExists");
    bool optional = str_ends_with(name, if_exists);

    if (!cut_prefix(&name, STR("ForAllValues:")))
        cut_prefix(&name, STR("ForAnyValue:"));
    if (optional)
        name.len -= if_exists.len;
    for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
        if (str_eq(name, str_of(operators[i].name)))
            return optional && str_eq(name, STR("Null")) ? NULL : &operators[i];
    return NULL;
}

static bool has_variable(const struct policy_reader *r, struct str text)
{
    return r->has_variables && str_find_str(text, STR("${")) < text.len;
}

static void check_value(struct policy_reader *r, const struct spot *at,
                        const struct operator* operator)
{
    struct arena *a = r->faults.arena;
    const struct json *value = at->value;
    struct str text = value->text;

    if (value->kind == JSON_BOOL)
        text = value->boolean ? STR("true") : STR("false");
    else if (value->kind != JSON_STRING && value->kind != JSON_NUMBER) {
        fault(&r->faults, at, arena_printf(a, "it is " STR_FMT, STR_ARG(shown(a, value))),
              STR("A value of a condition is a text, a number or a boolean, or a list of these."));
        return;
    }
    if (value->kind == JSON_STRING)
        check_variables(r, at);
    if (!has_variable(r, text) && !operator->type->is(text))
        fault(&r->faults, at,
              arena_printf(a, "%s cannot compare with " STR_FMT, operator->name,
                           STR_ARG(shown(a, value))),
              operator->type->says);
}

static void check_values(struct policy_reader *r, const struct spot *values,
                         const struct operator* operator)
{
    if (values->value->kind != JSON_ARRAY) {
        check_value(r, values, operator);
        return;
    }
    for (size_t i = 0; i < values->value->count; i++) {
        struct spot value = spot_item(values, i);
        check_value(r, &value, operator);
    }
}

static void check_operator(struct policy_reader *r, const struct spot *at)
{
    struct arena *a = r->faults.arena;
    const struct operator* operator= operator_of(at->key);
    const struct json *keys = at->value;

    if (keys->kind != JSON_OBJECT) {
        fault(&r->faults, at, arena_printf(a, "it is " STR_FMT, STR_ARG(shown(a, keys))),
              STR("It must be an object: keys, such as \"aws:SourceArn\", and their values."));
        return;
    }
    if (!operator&& keys->count)
        fault(&r->faults, at, STR("no operator of conditions has this name"),
              STR("Operators are StringEquals, StringLike, NumericLessThan, DateGreaterThan, Bool, "
                  "IpAddress, ArnLike, Null and their kin, in this writing; all but Null may end "
                  "in IfExists, and ForAllValues: or ForAnyValue: may stand before them."));
    for (size_t i = 0; operator&& i<keys->count; i++) {
        struct spot values = spot_member(at, i);
        check_values(r, &values, operator);
    }
}

void check_condition(struct policy_reader *r, const struct spot *at)
{
    if (at->value->kind != JSON_OBJECT) {
        fault(&r->faults, at,
              arena_printf(r->faults.arena, "it is " STR_FMT,
                           STR_ARG(shown(r->faults.arena, at->value))),
              STR("A condition is an object: operators, and under each keys and their values."));
        return;
    }
    for (size_t i = 0; i < at->value->count; i++) {
        struct spot operator= spot_member(at, i);
        check_operator(r, &operator);
    }
}

/* ${NAME} or ${NAME, 'otherwise'}; ${*}, ${?} and ${$} are those characters themselves.  A name may
 * have blanks where it has a tag's key, behind its slash. */
static const char *why_no_variable(struct str inside)
{
    struct str rest = inside, name = str_cut(&rest, ','), otherwise = str_trim(rest);
    struct str before_slash = name;

    if (!str_trim(name).len)
        return "a variable without a name";
    before_slash = str_cut(&before_slash, '/');
    if (str_find(before_slash, ' ') < before_slash.len)
        return "a variable with a blank in its name";
    if (rest.ptr &&
        (otherwise.len < 2 || otherwise.ptr[0] != '\'' || otherwise.ptr[otherwise.len - 1] != '\''))
        return "a variable whose default value is not in single quotes";
    return NULL;
}

void check_variables(struct policy_reader *r, const struct spot *at)
{
    struct arena *a = r->faults.arena;
    struct str text = at->value->text;
    const char *why = NULL;

    while (r->has_variables && !why) {
        size_t begin = str_find_str(text, STR("${"));
        if (begin == text.len)
            return;
        text = str_slice(text, begin + 2, text.len);
        size_t end = str_find(text, '}');
        why = end == text.len ? "a variable that does not end"
                              : why_no_variable(str_slice(text, 0, end));
        text = str_slice(text, end + 1, text.len);
    }
    if (why)
        fault(&r->faults, at,
              arena_printf(a, STR_FMT " has %s", STR_ARG(quoted(a, at->value->text)), why),
              STR("A variable reads ${aws:username}, or ${aws:PrincipalTag/team, 'none'} with a "
                  "default value; ${$} is the character $ itself."));
}
