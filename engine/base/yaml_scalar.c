#include "engine/base/yaml_scalar.h"

static const struct {
    struct str word;
    enum json_kind kind;
    bool boolean;
} words[] = {
    {STR_INIT(""), JSON_NULL, false},      {STR_INIT("~"), JSON_NULL, false},
    {STR_INIT("null"), JSON_NULL, false},  {STR_INIT("Null"), JSON_NULL, false},
    {STR_INIT("NULL"), JSON_NULL, false},  {STR_INIT("y"), JSON_BOOL, true},
    {STR_INIT("Y"), JSON_BOOL, true},      {STR_INIT("yes"), JSON_BOOL, true},
    {STR_INIT("Yes"), JSON_BOOL, true},    {STR_INIT("YES"), JSON_BOOL, true},
    {STR_INIT("true"), JSON_BOOL, true},   {STR_INIT("True"), JSON_BOOL, true},
    {STR_INIT("TRUE"), JSON_BOOL, true},   {STR_INIT("on"), JSON_BOOL, true},
    {STR_INIT("On"), JSON_BOOL, true},     {STR_INIT("ON"), JSON_BOOL, true},
    {STR_INIT("n"), JSON_BOOL, false},     {STR_INIT("N"), JSON_BOOL, false},
    {STR_INIT("no"), JSON_BOOL, false},    {STR_INIT("No"), JSON_BOOL, false},
    {STR_INIT("NO"), JSON_BOOL, false},    {STR_INIT("false"), JSON_BOOL, false},
    {STR_INIT("False"), JSON_BOOL, false}, {STR_INIT("FALSE"), JSON_BOOL, false},
    {STR_INIT("off"), JSON_BOOL, false},   {STR_INIT("Off"), JSON_BOOL, false},
    {STR_INIT("OFF"), JSON_BOOL, false},
};

static const struct str without_json_form[] = {
    STR_INIT(".nan"),  STR_INIT(".NaN"),  STR_INIT(".NAN"),  STR_INIT(".inf"),
    STR_INIT(".Inf"),  STR_INIT(".INF"),  STR_INIT("+.inf"), STR_INIT("+.Inf"),
    STR_INIT("+.INF"), STR_INIT("-.inf"), STR_INIT("-.Inf"), STR_INIT("-.INF"),
};

static struct str without_underscores(struct arena *a, struct str s)
{
    struct buf out = buf_in(a);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '_')
            buf_add_char(&out, s.ptr[i]);
    return buf_str(&out);
}

/* 0x1f, 0o17, 0b101 and the 017 of YAML 1.1; `digits` is what follows the sign. */
static bool read_based(struct str digits, uint64_t *value)
{
    static const struct {
        struct str prefix;
        uint64_t base;
    } rows[] = {
        {STR_INIT("0x"), 16}, {STR_INIT("0X"), 16}, {STR_INIT("0o"), 8}, {STR_INIT("0O"), 8},
        {STR_INIT("0b"), 2},  {STR_INIT("0B"), 2},  {STR_INIT("0"), 8},
    };
    size_t row = 0;

    while (row < sizeof(rows) / sizeof(rows[0]) && !str_starts_with(digits, rows[row].prefix))
        row++;
    if (row == sizeof(rows) / sizeof(rows[0]) || digits.len == rows[row].prefix.len)
        return false;
    *value = 0;
    for (size_t i = rows[row].prefix.len; i < digits.len; i++) {
        char c = digits.ptr[i], letter = (char)(c | 0x20);
        uint64_t digit = char_is_digit(c)                 ? (uint64_t)(c - '0')
                         : letter >= 'a' && letter <= 'f' ? (uint64_t)(letter - 'a' + 10)
                                                          : 99;
        if (digit >= rows[row].base || __builtin_mul_overflow(*value, rows[row].base, value) ||
            __builtin_add_overflow(*value, digit, value))
            return false;
    }
    return true;
}

static size_t digits_at(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && char_is_digit(s.ptr[at + n]))
        n++;
    return n;
}

/* ([0-9]+ .? [0-9]* | . [0-9]+) ([eE] [-+]? [0-9]+)?, rewritten as JSON wants it: "08." is 8. */
static bool read_decimal(struct arena *a, bool negative, struct str s, struct str *json)
{
    size_t whole = digits_at(s, 0), at = whole, fraction = 0;

    if (at < s.len && s.ptr[at] == '.') {
        fraction = digits_at(s, at + 1);
        at += 1 + fraction;
    }
    struct str exponent = str_slice(s, at, s.len);
    if (whole + fraction == 0)
        return false;
    if (exponent.len) {
        size_t sign = exponent.len > 1 && strchr("+-", exponent.ptr[1]) ? 2 : 1;
        if ((exponent.ptr[0] | 0x20) != 'e' || exponent.len == sign ||
            digits_at(exponent, sign) != exponent.len - sign)
            return false;
    }
    size_t zeros = 0;
    while (zeros < whole && s.ptr[zeros] == '0')
        zeros++;
    struct str leading = zeros == whole ? STR("0") : str_slice(s, zeros, whole);
    *json = arena_printf(a, "%s" STR_FMT "%s" STR_FMT STR_FMT, negative ? "-" : "",
                         STR_ARG(leading), fraction ? "." : "",
                         STR_ARG(str_slice(s, at - fraction, at)), STR_ARG(exponent));
    return true;
}

static bool read_number(struct arena *a, struct str plain, struct str *json)
{
    struct str s = without_underscores(a, plain);
    bool negative = s.len && s.ptr[0] == '-';
    uint64_t value;

    if (!char_is_digit(plain.ptr[0]) && !strchr("+-.", plain.ptr[0]))
        return false;
    if (negative || (s.len && s.ptr[0] == '+'))
        s = str_slice(s, 1, s.len);
    if (read_based(s, &value)) {
        *json = arena_printf(a, "%s%llu", negative && value ? "-" : "", (unsigned long long)value);
        return true;
    }
    return read_decimal(a, negative, s, json);
}

bool yaml_resolve(struct arena *a, struct str plain, struct json *out)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq(plain, words[i].word)) {
            *out = (struct json){.kind = words[i].kind, .boolean = words[i].boolean};
            return true;
        }
    for (size_t i = 0; i < sizeof(without_json_form) / sizeof(without_json_form[0]); i++)
        if (str_eq(plain, without_json_form[i]))
            return false;
    struct str number;
    *out = read_number(a, plain, &number) ? (struct json){.kind = JSON_NUMBER, .text = number}
                                          : json_new_string(plain);
    return true;
}
