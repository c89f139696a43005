#include "engine/objects/time_zone.h"

#include <stdlib.h>

#include "engine/objects/builtin.h"

enum { HOUR_S = 3600, CHANGE_S = 2 * HOUR_S /* after midnight, unless it is stated */ };

static bool take(struct str *rest, char c)
{
    if (!rest->len || rest->ptr[0] != c)
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

static bool take_number(struct str *rest, int64_t most, int64_t *out)
{
    size_t n = 0;

    while (n < rest->len && n < 3 && char_is_digit(rest->ptr[n]))
        n++;
    if (!n || !str_to_int64(str_slice(*rest, 0, n), out) || *out > most)
        return false;
    *rest = str_slice(*rest, n, rest->len);
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "CET", or "<+0330>". */
static bool take_name(struct str *rest)
{
    bool quoted = take(rest, '<');
    size_t n = 0;

    while (n < rest->len && (quoted ? rest->ptr[n] != '>' : is_letter(rest->ptr[n])))
        n++;
    *rest = str_slice(*rest, n, rest->len);
    return n >= 3 && (!quoted || take(rest, '>'));
}

/* "[+-]h[:mm[:ss]]"; up to a week, for a change may lie days beyond the day that is named. */
static bool take_time(struct str *rest, int64_t *seconds)
{
    int64_t part[3] = {0};
    bool negative = take(rest, '-');

    if (!negative)
        take(rest, '+');
    if (!take_number(rest, 167, &part[0]))
        return false;
    for (int i = 1; i < 3 && take(rest, ':'); i++)
        if (!take_number(rest, 59, &part[i]))
            return false;
    *seconds = part[0] * HOUR_S + part[1] * 60 + part[2];
    *seconds = negative ? -*seconds : *seconds;
    return true;
}

/* Hours that a place is behind UTC, as POSIX counts. */
static bool take_offset(struct str *rest, int64_t *ahead_seconds)
{
    int64_t behind;

    if (!take_time(rest, &behind))
        return false;
    *ahead_seconds = -behind;
    return true;
}

/* ",M3.5.0/2" */
static bool take_change(struct str *rest, struct clock_change *out)
{
    int64_t month, week, day;

    if (!take(rest, ',') || !take(rest, 'M') || !take_number(rest, 12, &month) ||
        !take(rest, '.') || !take_number(rest, 5, &week) || !take(rest, '.') ||
        !take_number(rest, 6, &day) || month < 1 || week < 1)
        return false;
    *out = (struct clock_change){month, week, day, CHANGE_S};
    return !take(rest, '/') || take_time(rest, &out->seconds);
}

bool time_zone_parse(struct str text, struct time_zone *out)
{
    *out = (struct time_zone){0};
    if (!take_name(&text) || !take_offset(&text, &out->offset_seconds))
        return false;
    if (!text.len)
        return true;
    out->has_summer = true;
    out->summer_offset_seconds = out->offset_seconds + HOUR_S;
    if (!take_name(&text))
        return false;
    if (text.len && text.ptr[0] != ',' && !take_offset(&text, &out->summer_offset_seconds))
        return false;
    return take_change(&text, &out->summer) && take_change(&text, &out->winter) && !text.len;
}

static int by_name(const void *key, const void *row)
{
    return str_cmp(*(const struct str *)key, str_of(((const struct builtin_zone *)row)->name));
}

bool time_zone_find(struct str name, struct time_zone *out)
{
    const struct builtin_zone *row =
        bsearch(&name, builtin_time_zones, builtin_time_zone_count, sizeof(*row), by_name);

    return row && time_zone_parse(str_of(row->clocks), out);
}
