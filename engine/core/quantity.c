#include "engine/core/quantity.h"

typedef unsigned __int128 wide; /* sixteen Ei in nano still fits */

enum {
    DIGITS_KEPT = 19, /* all of int64; what follows only rounds up */
    EXPONENT_MAX = 1000,
    MILLI_EXPONENT = 3,
    NANO_EXPONENT = 9,
};

/* digits * 10^ten * 2^two, and a little more if `sticky`. */
struct scientific {
    bool negative, sticky;
    uint64_t digits;
    int64_t ten;
    unsigned two;
};

static const struct suffix {
    const char *text;
    int ten;
    unsigned two;
} suffixes[] = {
    {"", 0, 0},    {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0},  {"k", 3, 0},   {"M", 6, 0},
    {"G", 9, 0},   {"T", 12, 0},  {"P", 15, 0},  {"E", 18, 0},  {"Ki", 0, 10}, {"Mi", 0, 20},
    {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60},
};
static const size_t suffix_count = sizeof(suffixes) / sizeof(*suffixes);

/* Leading zeros say nothing; digits past those kept only say "a little more". */
static void take_digit(struct scientific *s, size_t *kept, char c, bool after_point)
{
    if (*kept == DIGITS_KEPT) {
        s->sticky |= c != '0';
        s->ten += !after_point;
        return;
    }
    s->digits = s->digits * 10 + (uint64_t)(c - '0');
    *kept += s->digits != 0;
    s->ten -= after_point;
}

/* Sign, digits and point; returns how many bytes they take, 0 when there is no digit. */
static size_t take_number(struct str text, struct scientific *s)
{
    size_t i = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;
    size_t kept = 0;
    bool any = false, point = false;

    s->negative = i && text.ptr[0] == '-';
    for (; i < text.len; i++) {
        if (char_is_digit(text.ptr[i])) {
            take_digit(s, &kept, text.ptr[i], point);
            any = true;
        } else if (text.ptr[i] == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    return any ? i : 0;
}

/* "e3", "E-2"; a bare "E" is a suffix. */
static bool take_exponent(struct str rest, struct scientific *s)
{
    int64_t exponent;

    if (rest.len < 2 || (rest.ptr[0] != 'e' && rest.ptr[0] != 'E') ||
        !str_to_int64(str_slice(rest, 1, rest.len), &exponent) || exponent > EXPONENT_MAX ||
        exponent < -EXPONENT_MAX)
        return false;
    s->ten += exponent;
    return true;
}

static bool take_suffix(struct str rest, struct scientific *s)
{
    for (size_t i = 0; i < suffix_count; i++)
        if (str_eq(rest, str_of(suffixes[i].text))) {
            s->ten += suffixes[i].ten;
            s->two = suffixes[i].two;
            return true;
        }
    return take_exponent(rest, s);
}

static bool multiply_by_ten(wide *value, int64_t times)
{
    for (; times > 0 && *value; times--) {
        if (*value > (~(wide)0) / 10)
            return false;
        *value *= 10;
    }
    return true;
}

/* Rounded up. */
static wide divide_by_ten(wide value, int64_t times, bool sticky)
{
    for (; times > 0 && value; times--) {
        sticky |= value % 10 != 0;
        value /= 10;
    }
    return value + (sticky ? 1 : 0);
}

/* |text| in units of 10^-exponent, rounded up. */
static bool scale(struct str text, int exponent, bool *negative, wide *out)
{
    struct scientific s = {0};
    size_t used = take_number(text, &s);

    if (!used || !take_suffix(str_slice(text, used, text.len), &s))
        return false;
    s.ten += exponent;
    *negative = s.negative;
    *out = (wide)s.digits + (s.sticky && s.ten >= 0 ? 1 : 0);
    *out <<= s.two; /* 64 and 60 bits */
    if (s.ten >= 0)
        return multiply_by_ten(out, s.ten);
    *out = divide_by_ten(*out, -s.ten, s.sticky);
    return true;
}

static bool parse(struct str text, int exponent, int64_t *out)
{
    bool negative;
    wide magnitude;

    if (!scale(text, exponent, &negative, &magnitude) || magnitude > INT64_MAX)
        return false;
    *out = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

bool quantity_parse_milli(struct str text, int64_t *milli)
{
    return parse(text, MILLI_EXPONENT, milli);
}

bool quantity_parse(struct str text, int64_t *units)
{
    return parse(text, 0, units);
}

bool quantity_eq(struct str a, struct str b)
{
    bool a_negative, b_negative;
    wide a_nano, b_nano;

    if (!scale(a, NANO_EXPONENT, &a_negative, &a_nano) ||
        !scale(b, NANO_EXPONENT, &b_negative, &b_nano))
        return false;
    return a_nano == b_nano && (a_negative == b_negative || a_nano == 0);
}

struct str quantity_format_milli(struct arena *a, int64_t milli)
{
    if (milli % 1000 == 0)
        return arena_printf(a, "%lld", (long long)(milli / 1000));
    return arena_printf(a, "%lldm", (long long)milli);
}

static int64_t suffix_unit(const struct suffix *s)
{
    int64_t unit = (int64_t)1 << s->two;

    for (int i = 0; i < s->ten; i++)
        unit *= 10;
    return unit;
}

struct str quantity_format_bytes(struct arena *a, int64_t bytes)
{
    struct str best = arena_printf(a, "%lld", (long long)bytes);

    for (size_t i = 0; i < suffix_count && bytes != 0; i++) {
        int64_t unit = suffix_unit(&suffixes[i]);
        if (suffixes[i].ten < 0 || unit == 1 || bytes % unit != 0)
            continue;
        struct str s = arena_printf(a, "%lld%s", (long long)(bytes / unit), suffixes[i].text);
        if (s.len <= best.len) /* later rows are the binary ones, which win ties */
            best = s;
    }
    return best;
}

struct str quantity_format_bytes_about(struct arena *a, int64_t bytes)
{
    static const char *const units[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    size_t u = 0;

    while (u + 1 < sizeof(units) / sizeof(*units) && bytes >> 10 * (u + 1) > 0)
        u++;
    int64_t unit = (int64_t)1 << 10 * u;
    int64_t tenths = (int64_t)(((wide)bytes * 10 + (wide)unit / 2) / (wide)unit);
    if (tenths % 10 == 0)
        return arena_printf(a, "%lld%s", (long long)(tenths / 10), units[u]);
    return arena_printf(a, "%lld.%lld%s", (long long)(tenths / 10), (long long)(tenths % 10),
                        units[u]);
}
