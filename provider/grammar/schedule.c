#include "provider/grammar/schedule.h"

#include <stdlib.h>

/* https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */

/* One field of cron(...): its name, range, and which further signs it knows. */
static const struct field {
    const char *name;
    int least, most;
    const char *const *words; /* names of values, from `least` on */
    bool days;                /* ? and L */
    bool weekday, in_month;   /* # of days of the week; W of days of the month */
} fields[] = {
    {.name = "minutes", .most = 59},
    {.name = "hours", .most = 23},
    {.name = "day of the month", .least = 1, .most = 31, .days = true, .in_month = true},
    {.name = "month",
     .least = 1,
     .most = 12,
     .words = (const char *const[]){"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP",
                                    "OCT", "NOV", "DEC", NULL}},
    {.name = "day of the week",
     .least = 1,
     .most = 7,
     .words = (const char *const[]){"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL},
     .days = true,
     .weekday = true},
    {.name = "year", .least = 1970, .most = 2199},
};
enum { FIELDS = sizeof(fields) / sizeof(*fields), DAY_OF_MONTH = 2, DAY_OF_WEEK = 4 };

static bool take(struct str *rest, char c)
{
    bool there = rest->len && char_lower(rest->ptr[0]) == char_lower(c);

    if (there)
        *rest = str_slice(*rest, 1, rest->len);
    return there;
}

static bool take_number(struct str *rest, int least, int most)
{
    int value = 0;
    size_t n = 0;

    for (; n < rest->len && n < 4 && char_is_digit(rest->ptr[n]); n++)
        value = value * 10 + (rest->ptr[n] - '0');
    *rest = str_slice(*rest, n, rest->len);
    return n && value >= least && value <= most;
}

static bool take_word(struct str *rest, const char *word)
{
    struct str before = *rest;

    for (; *word; word++)
        if (!take(rest, *word)) {
            *rest = before;
            return false;
        }
    return true;
}

static bool take_value(struct str *rest, const struct field *f)
{
    for (size_t i = 0; f->words && f->words[i]; i++)
        if (take_word(rest, f->words[i]))
            return true;
    return take_number(rest, f->least, f->most);
}

/* One of what commas stand between: a value, a range, either with a step, or a day that is counted
 * from the end (L, 3L), is the nearest of the working days (15W) or the nth of its kind (6#3). */
static bool is_element(struct str rest, const struct field *f)
{
    if (f->days && take(&rest, 'L')) {
        if (f->in_month && take(&rest, '-'))
            return take_number(&rest, 1, 30) && !rest.len;
        return !rest.len || (f->in_month && take(&rest, 'W') && !rest.len);
    }
    if (!take(&rest, '*')) {
        if (!take_value(&rest, f))
            return false;
        if (f->weekday && take(&rest, '#'))
            return take_number(&rest, 1, 5) && !rest.len;
        if ((f->weekday && take(&rest, 'L')) || (f->in_month && take(&rest, 'W')))
            return !rest.len;
        if (take(&rest, '-') && !take_value(&rest, f))
            return false;
    }
    return !rest.len || (take(&rest, '/') && take_number(&rest, 1, 9999) && !rest.len);
}

static bool is_field(struct str text, const struct field *f)
{
    struct str rest = text;

    if (f->days && str_eq(text, STR("?")))
        return true;
    while (rest.ptr)
        if (!is_element(str_cut(&rest, ','), f))
            return false;
    return true;
}

static struct error *refused(struct arena *a, struct str what, struct str allowed)
{
    struct error *e = error_new(a, ERROR_INVALID, STR_FMT, STR_ARG(what));

    e->detail = allowed;
    return e;
}

static struct str allowed_in(struct arena *a, const struct field *f)
{
    return arena_printf(a,
                        "It takes values from %d to %d%s, * for any, ranges (A-B), lists (A,B) and "
                        "steps (A/B)%s%s.",
                        f->least, f->most,
                        f->weekday ? ", SUN to SAT"
                        : f->words ? ", JAN to DEC"
                                   : "",
                        f->days ? ", ? and L" : "",
                        f->weekday    ? ", and A#B for the Bth such day of a month"
                        : f->in_month ? ", and W for the nearest working day"
                                      : "");
}

static struct error *check_cron(struct arena *a, struct str inside)
{
    struct str parts[FIELDS] = {0}, rest = inside;
    size_t count = 0;

    while (rest.len) {
        struct str part = str_cut(&rest, ' ');
        if (part.len && count++ < FIELDS)
            parts[count - 1] = part;
    }
    if (count != FIELDS)
        return refused(a, arena_printf(a, "cron with %zu fields", count),
                       STR("It has six, with blanks between: minutes, hours, day of the month, "
                           "month, day of the week, year."));
    for (size_t i = 0; i < FIELDS; i++)
        if (!is_field(parts[i], &fields[i]))
            return refused(a,
                           arena_printf(a, "\"" STR_FMT "\" in cron's field %zu, %s",
                                        STR_ARG(str_slice(parts[i], 0, 80)), i + 1, fields[i].name),
                           allowed_in(a, &fields[i]));
    bool month = str_eq(parts[DAY_OF_MONTH], STR("?")), week = str_eq(parts[DAY_OF_WEEK], STR("?"));
    if (month == week)
        return refused(a,
                       arena_printf(a,
                                    "cron with \"" STR_FMT "\" as day of the month and \"" STR_FMT
                                    "\" as day of the week",
                                    STR_ARG(parts[DAY_OF_MONTH]), STR_ARG(parts[DAY_OF_WEEK])),
                       STR("One of the two must be ?, and only one."));
    return NULL;
}

static struct error *check_rate(struct arena *a, struct str inside)
{
    static const char *const units[] = {"minute", "hour", "day"};
    struct str unit = inside, digits = str_cut(&unit, ' ');
    int64_t value = 0;
    bool number = digits.len && char_is_digit(digits.ptr[0]) && str_to_int64(digits, &value);

    for (size_t i = 0; number && value > 0 && i < 3; i++) {
        struct str wanted = arena_printf(a, "%s%s", units[i], value == 1 ? "" : "s");
        if (str_eq(unit, wanted))
            return NULL;
    }
    return refused(a, arena_printf(a, "rate(" STR_FMT ")", STR_ARG(str_slice(inside, 0, 80))),
                   STR("A rate is a whole number above 0 and its unit: 1 minute, 1 hour or 1 day, "
                       "but 2 minutes, 2 hours or 2 days."));
}

struct error *check_schedule(struct arena *a, struct str value)
{
    const struct str cron = STR("cron("), rate = STR("rate(");

    if (!value.len)
        return NULL;
    if (str_ends_with(value, STR(")")) && str_starts_with(value, cron))
        return check_cron(a, str_slice(value, cron.len, value.len - 1));
    if (str_ends_with(value, STR(")")) && str_starts_with(value, rate))
        return check_rate(a, str_slice(value, rate.len, value.len - 1));
    return refused(
        a, arena_printf(a, "not a schedule: \"" STR_FMT "\"", STR_ARG(str_slice(value, 0, 80))),
        STR("It reads rate(5 minutes) or cron(0 20 * * ? *), in small letters."));
}
