#include "engine/base/decimal.h"
#include "provider/cty/value.h"

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

static bool is_number(struct str s)
{
    size_t end = mantissa_length(s);
    struct str power = str_slice(s, end + 1, s.len);
    int64_t exponent;

    if (end == 0 || end == s.len)
        return end != 0;
    return (s.ptr[end] == 'e' || s.ptr[end] == 'E') && power.len <= 10 &&
           str_to_int64(power, &exponent);
}

bool cty_number_parse(struct str text, struct cty_number *out)
{
    int64_t integer;

    if (!is_number(text))
        return false;
    *out = (struct cty_number){.text = text};
    if (decimal_to_int64(decimal_of(text), &integer))
        *out = (struct cty_number){.is_integer = true, .integer = integer};
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
    return decimal_eq(decimal_of(a.text), decimal_of(b.text));
}
