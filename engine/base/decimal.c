#include "engine/base/decimal.h"

static int64_t clamped(struct str digits)
{
    int64_t value;
    if (str_to_int64(digits, &value) && value > -INT64_MAX / 4 && value < INT64_MAX / 4)
        return value;
    return digits.ptr[0] == '-' ? -INT64_MAX / 4 : INT64_MAX / 4;
}

struct decimal decimal_of(struct str text)
{
    struct decimal d = {0};
    size_t e = 0;

    if (text.len && text.ptr[0] == '-') {
        d.negative = true;
        text = str_slice(text, 1, text.len);
    }
    while (e < text.len && text.ptr[e] != 'e' && text.ptr[e] != 'E')
        e++;
    if (e < text.len)
        d.exponent = clamped(str_slice(text, e + 1, text.len));
    struct str mantissa = str_slice(text, 0, e);
    size_t dot = str_find(mantissa, '.'), first = 0, last = mantissa.len;
    while (first < mantissa.len && strchr("0.", mantissa.ptr[first]))
        first++;
    while (last > first && strchr("0.", mantissa.ptr[last - 1]))
        last--;
    if (first == last)
        return (struct decimal){0};
    d.digits = str_slice(mantissa, first, last);
    d.exponent += last <= dot ? (int64_t)(dot - last) : -(int64_t)(last - dot - 1);
    return d;
}

static bool same_digits(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        i += i < a.len && a.ptr[i] == '.';
        k += k < b.len && b.ptr[k] == '.';
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (a.ptr[i++] != b.ptr[k++])
            return false;
    }
}

bool decimal_eq(struct decimal x, struct decimal y)
{
    return x.negative == y.negative && x.exponent == y.exponent && x.exponent > -INT64_MAX / 8 &&
           x.exponent < INT64_MAX / 8 && same_digits(x.digits, y.digits);
}

bool decimal_to_int64(struct decimal d, int64_t *out)
{
    int64_t value = 0; /* negative all the way, for INT64_MIN has no positive twin */

    if (d.exponent < 0 || d.exponent > 18)
        return false;
    for (size_t i = 0; i < d.digits.len; i++)
        if (d.digits.ptr[i] != '.' &&
            (__builtin_mul_overflow(value, 10, &value) ||
             __builtin_sub_overflow(value, d.digits.ptr[i] - '0', &value)))
            return false;
    for (; d.exponent > 0; d.exponent--)
        if (__builtin_mul_overflow(value, 10, &value))
            return false;
    if (!d.negative && value == INT64_MIN)
        return false;
    *out = d.negative ? value : -value;
    return true;
}
