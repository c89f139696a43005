#include "provider/cty/value.h"

/* A decimal as digits without zeros at either end, times a power of ten.  `digits` borrows the
 * text and may have a point inside. */
struct decimal {
    bool negative;
    struct str digits;
    int64_t exponent; /* of the last digit */
};

static size_t skip_digits(struct str s, size_t i)
{
    while (i < s.len && char_is_digit(s.ptr[i]))
        i++;
    return i;
}

/* Length of "[-]digits[.digits]" at the start, no leading zeros; 0 if there is none. */
static size_t mantissa_length(struct str s)
{
    size_t begin = s.len && s.ptr[0] == '-', whole = skip_digits(s, begin);
    if (whole == begin || (s.ptr[begin] == '0' && whole > begin + 1))
        return 0;
    if (whole == s.len || s.ptr[whole] != '.')
        return whole;
    size_t end = skip_digits(s, whole + 1);
    return end > whole + 1 ? end : 0;
}

static bool split(struct str s, struct str *mantissa, int64_t *exponent)
{
    size_t end = mantissa_length(s);
    *mantissa = str_slice(s, 0, end);
    *exponent = 0;
    if (end == 0 || end == s.len)
        return end != 0;
    struct str power = str_slice(s, end + 1, s.len);
    return (s.ptr[end] == 'e' || s.ptr[end] == 'E') && power.len <= 10 &&
           str_to_int64(power, exponent);
}

static struct decimal decimal_of(struct str text)
{
    struct decimal d = {0};
    struct str m;
    if (!split(text, &m, &d.exponent))
        return d;
    d.negative = m.ptr[0] == '-';
    m = str_slice(m, d.negative, m.len);
    size_t point = str_find(m, '.');
    if (point < m.len)
        d.exponent -= (int64_t)(m.len - point - 1);
    while (m.len && (m.ptr[0] == '0' || m.ptr[0] == '.'))
        m = str_slice(m, 1, m.len);
    for (; m.len && (m.ptr[m.len - 1] == '0' || m.ptr[m.len - 1] == '.'); m.len--)
        d.exponent += m.ptr[m.len - 1] == '0';
    d.digits = m;
    if (m.len == 0)
        d = (struct decimal){0};
    return d;
}

static bool same_digits(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        if (i < a.len && a.ptr[i] == '.')
            i++;
        if (j < b.len && b.ptr[j] == '.')
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (a.ptr[i++] != b.ptr[j++])
            return false;
    }
}

/* The whole number a decimal stands for, when int64 holds it. */
static bool decimal_to_int64(struct decimal d, int64_t *out)
{
    int64_t value = 0;
    if (d.exponent < 0 || d.exponent > 19)
        return false;
    for (size_t i = 0; i < d.digits.len; i++) {
        if (d.digits.ptr[i] == '.')
            continue;
        int64_t digit = d.digits.ptr[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    for (int64_t i = 0; i < d.exponent; i++)
        if (__builtin_mul_overflow(value, 10, &value))
            return false;
    if (!d.negative && value == INT64_MIN)
        return false;
    *out = d.negative ? value : -value;
    return true;
}

bool cty_number_parse(struct str text, struct cty_number *out)
{
    struct str mantissa;
    int64_t exponent;
    if (!split(text, &mantissa, &exponent))
        return false;
    *out = (struct cty_number){.text = text};
    if (decimal_to_int64(decimal_of(text), &out->integer))
        *out = (struct cty_number){.is_integer = true, .integer = out->integer};
    return true;
}

struct str cty_number_text(struct arena *a, struct cty_number n)
{
    return n.is_integer ? arena_printf(a, "%lld", (long long)n.integer) : n.text;
}

/* Numbers that fit int64 are always held as integers, so a mixed pair differs. */
bool cty_number_eq(struct cty_number a, struct cty_number b)
{
    if (a.is_integer || b.is_integer)
        return a.is_integer && b.is_integer && a.integer == b.integer;
    struct decimal x = decimal_of(a.text), y = decimal_of(b.text);
    return x.negative == y.negative && x.exponent == y.exponent && same_digits(x.digits, y.digits);
}
