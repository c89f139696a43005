#include "engine/base/time.h"

#include <time.h>

#include "engine/base/buf.h"

enum { MS_PER_SECOND = 1000 };
static const int64_t ms_ns = 1000000;

static int64_t clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / ms_ns;
}

int64_t time_now_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t time_monotonic_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

struct str time_format(struct arena *a, int64_t instant_ms, bool ms)
{
    int64_t fraction = instant_ms % MS_PER_SECOND;
    if (fraction < 0)
        fraction += MS_PER_SECOND;
    time_t seconds = (time_t)((instant_ms - fraction) / MS_PER_SECOND);
    struct tm t;
    char text[64];

    if (!gmtime_r(&seconds, &t))
        return STR("never");
    size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &t);
    return ms ? arena_printf(a, "%.*s.%03dZ", (int)n, text, (int)fraction)
              : arena_printf(a, "%.*sZ", (int)n, text);
}

/* Reading: each helper takes what it reads off the front of *rest. */

static bool take_digits(struct str *rest, size_t count, int64_t *out)
{
    if (rest->len < count)
        return false;
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        char c = rest->ptr[i];
        if (c < '0' || c > '9')
            return false;
        *out = *out * 10 + (c - '0');
    }
    *rest = str_slice(*rest, count, rest->len);
    return true;
}

static bool take_char(struct str *rest, const char *allowed)
{
    if (rest->len == 0 || rest->ptr[0] == '\0' || !strchr(allowed, rest->ptr[0]))
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

/* A run of digits as a fraction of one: *value / *scale.  Digits beyond nine say nothing here. */
static bool take_fraction(struct str *rest, int64_t *value, int64_t *scale)
{
    size_t n = 0;

    *value = 0;
    *scale = 1;
    for (; n < rest->len && rest->ptr[n] >= '0' && rest->ptr[n] <= '9'; n++)
        if (n < 9) {
            *value = *value * 10 + (rest->ptr[n] - '0');
            *scale *= 10;
        }
    *rest = str_slice(*rest, n, rest->len);
    return n > 0;
}

static int64_t days_of_month(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool take_date(struct str *rest, int64_t *days)
{
    int64_t year, month, day;

    if (!take_digits(rest, 4, &year) || !take_char(rest, "-") || !take_digits(rest, 2, &month) ||
        !take_char(rest, "-") || !take_digits(rest, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return false;
    struct tm midnight = {
        .tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day};
    *days = timegm(&midnight) / 86400;
    return true;
}

static bool take_clock(struct str *rest, int64_t *ms)
{
    int64_t hour, minute, second, fraction = 0, scale = 1;

    if (!take_digits(rest, 2, &hour) || !take_char(rest, ":") || !take_digits(rest, 2, &minute) ||
        !take_char(rest, ":") || !take_digits(rest, 2, &second))
        return false;
    if (take_char(rest, ".") && !take_fraction(rest, &fraction, &scale))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *ms = ((hour * 60 + minute) * 60 + second) * MS_PER_SECOND + fraction * MS_PER_SECOND / scale;
    return true;
}

static bool take_offset(struct str *rest, int64_t *ms)
{
    int64_t hours, minutes;

    *ms = 0;
    if (take_char(rest, "Zz"))
        return true;
    bool west = rest->len > 0 && rest->ptr[0] == '-';
    if (!take_char(rest, "+-") || !take_digits(rest, 2, &hours) || !take_char(rest, ":") ||
        !take_digits(rest, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ms = (hours * 60 + minutes) * 60 * MS_PER_SECOND * (west ? -1 : 1);
    return true;
}

bool time_parse(struct str text, int64_t *instant_ms)
{
    int64_t days, clock, offset;

    if (!take_date(&text, &days) || !take_char(&text, "Tt") || !take_clock(&text, &clock) ||
        !take_offset(&text, &offset) || text.len > 0)
        return false;
    *instant_ms = days * 86400 * MS_PER_SECOND + clock - offset;
    return true;
}

static bool take_text(struct str *rest, struct str text)
{
    if (!str_starts_with(*rest, text))
        return false;
    *rest = str_slice(*rest, text.len, rest->len);
    return true;
}

static bool take_month(struct str *rest, int64_t *month)
{
    static const struct str names[] = {
        STR_INIT("Jan "), STR_INIT("Feb "), STR_INIT("Mar "), STR_INIT("Apr "),
        STR_INIT("May "), STR_INIT("Jun "), STR_INIT("Jul "), STR_INIT("Aug "),
        STR_INIT("Sep "), STR_INIT("Oct "), STR_INIT("Nov "), STR_INIT("Dec "),
    };
    for (*month = 1; *month <= 12; ++*month)
        if (take_text(rest, names[*month - 1]))
            return true;
    return false;
}

/* The weekday says nothing that the date does not. */
bool time_parse_http(struct str text, int64_t *instant_ms)
{
    struct str rest = text;
    int64_t year, month, day, clock;

    str_cut(&rest, ' ');
    if (!rest.ptr || !take_digits(&rest, 2, &day) || !take_char(&rest, " ") ||
        !take_month(&rest, &month) || !take_digits(&rest, 4, &year) || !take_char(&rest, " ") ||
        !take_clock(&rest, &clock) || !str_eq(rest, STR(" GMT")) || day < 1 ||
        day > days_of_month(year, month))
        return false;
    struct tm midnight = {
        .tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day};
    *instant_ms = (int64_t)timegm(&midnight) * MS_PER_SECOND + clock;
    return true;
}

struct unit {
    struct str name;
    int64_t ns;
};

/* Longer names before their own beginnings: "ms" before "m". */
static const struct unit units[] = {
    {STR_INIT("ns"), 1},
    {STR_INIT("us"), 1000},
    {STR_INIT("\xc2\xb5s"), 1000}, /* micro sign */
    {STR_INIT("\xce\xbcs"), 1000}, /* Greek mu */
    {STR_INIT("ms"), 1000000},
    {STR_INIT("s"), 1000000000},
    {STR_INIT("m"), INT64_C(60) * 1000000000},
    {STR_INIT("h"), INT64_C(3600) * 1000000000},
};

static bool take_unit(struct str *rest, int64_t *ns)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (str_starts_with(*rest, units[i].name)) {
            *ns = units[i].ns;
            *rest = str_slice(*rest, units[i].name.len, rest->len);
            return true;
        }
    return false;
}

static bool take_whole(struct str *rest, int64_t *out, bool *any)
{
    *out = 0;
    *any = false;
    for (int64_t digit; rest->len > 0 && take_digits(rest, 1, &digit); *any = true)
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, digit, out))
            return false;
    return true;
}

/* One "1.5h": a whole part, a fraction, or both; then a unit. */
static bool take_term(struct str *rest, int64_t *total_ns)
{
    int64_t whole, fraction = 0, scale = 1, unit_ns, ns;
    bool has_whole, has_fraction = false;

    if (!take_whole(rest, &whole, &has_whole))
        return false;
    if (take_char(rest, "."))
        has_fraction = take_fraction(rest, &fraction, &scale);
    if ((!has_whole && !has_fraction) || !take_unit(rest, &unit_ns))
        return false;
    int64_t part_ns = (int64_t)((__int128)fraction * unit_ns / scale);
    return !__builtin_mul_overflow(whole, unit_ns, &ns) &&
           !__builtin_add_overflow(ns, part_ns, &ns) &&
           !__builtin_add_overflow(*total_ns, ns, total_ns);
}

bool duration_parse(struct str text, int64_t *duration_ms)
{
    int64_t ns = 0;

    if (str_eq(text, STR("0"))) {
        *duration_ms = 0;
        return true;
    }
    if (text.len == 0)
        return false;
    while (text.len > 0)
        if (!take_term(&text, &ns))
            return false;
    *duration_ms = ns / ms_ns;
    return true;
}

static void add_seconds(struct buf *b, int64_t seconds, int64_t ms)
{
    buf_printf(b, "%lld", (long long)seconds);
    if (ms) {
        int digits = ms % 100 == 0 ? 1 : ms % 10 == 0 ? 2 : 3;
        int64_t shown = digits == 1 ? ms / 100 : digits == 2 ? ms / 10 : ms;
        buf_printf(b, ".%0*lld", digits, (long long)shown);
    }
    buf_add_char(b, 's');
}

struct str duration_format(struct arena *a, int64_t duration_ms)
{
    struct buf b = buf_in(a);
    if (duration_ms < 0)
        buf_add_char(&b, '-');
    uint64_t all = duration_ms < 0 ? -(uint64_t)duration_ms : (uint64_t)duration_ms;
    int64_t ms = (int64_t)(all % 1000), seconds = (int64_t)(all / 1000);
    int64_t hours = seconds / 3600, minutes = seconds / 60 % 60;

    seconds %= 60;
    if (all > 0 && all < 1000)
        buf_printf(&b, "%lldms", (long long)ms);
    else {
        if (hours)
            buf_printf(&b, "%lldh", (long long)hours);
        if (minutes || (hours && (seconds || ms)))
            buf_printf(&b, "%lldm", (long long)minutes);
        if (seconds || ms || (!hours && !minutes))
            add_seconds(&b, seconds, ms);
    }
    return buf_str(&b);
}
