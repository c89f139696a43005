#include "engine/objects/cron.h"

#include <strings.h>

#include "engine/base/buf.h"

struct cron_field {
    const char *name, *cycle; /* what its values go round in */
    int64_t min, max;
    const char *const *names; /* of the values from `min` on */
    size_t name_count;
};

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static const struct cron_field fields[] = {
    {"minute", "hour", 0, 59, NULL, 0},        {"hour", "day", 0, 23, NULL, 0},
    {"day of month", "month", 1, 31, NULL, 0}, {"month", "year", 1, 12, months, 12},
    {"day of week", "week", 0, 7, days, 7}, /* 0 and 7 are both Sunday */
};
enum { FIELD_COUNT = sizeof(fields) / sizeof(*fields) };

static bool is_number(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!char_is_digit(s.ptr[i]))
            return false;
    return s.len > 0;
}

static bool value_of(const struct cron_field *f, struct str s, int64_t *out)
{
    for (size_t i = 0; i < f->name_count; i++)
        if (s.len == 3 && strncasecmp(s.ptr, f->names[i], 3) == 0) {
            *out = f->min + (int64_t)i;
            return true;
        }
    return is_number(s) && str_to_int64(s, out) && *out >= f->min && *out <= f->max;
}

/* What a field allows: its values as bits, and whether it leaves them all open. */
struct cron_set {
    uint64_t values;
    bool open;
};

static bool is_named(struct str s)
{
    return !is_number(s);
}

/* A bound as the user writes such: by name, if `like` is a name. */
static struct str bound(struct arena *a, const struct cron_field *f, int64_t value, struct str like)
{
    if (f->names && is_named(like))
        return str_of(f->names[value - f->min]);
    return arena_printf(a, "%lld", (long long)value);
}

/* "sat-sun" is meant as "sat,sun": from there to the end, and from the beginning. */
static struct str split(struct arena *a, const struct cron_field *f, struct str from, int64_t first,
                        struct str to, int64_t last)
{
    int64_t end = f->name_count ? f->min + (int64_t)f->name_count - 1 : f->max;
    struct str upper = bound(a, f, end, from), lower = bound(a, f, f->min, to);
    struct buf out = buf_in(a);

    buf_add(&out, from);
    if (first < end)
        buf_printf(&out, "-" STR_FMT, STR_ARG(upper));
    buf_add_char(&out, ',');
    if (last > f->min)
        buf_printf(&out, STR_FMT "-", STR_ARG(lower));
    buf_add(&out, to);
    return buf_str(&out);
}

static struct str wrong(struct arena *a, const struct cron_field *f, struct str text)
{
    if (f->names)
        return arena_printf(
            a, "The %s \"" STR_FMT "\" is none: allowed are %lld to %lld and %s to %s.", f->name,
            STR_ARG(text), (long long)f->min, (long long)f->max, f->names[0],
            f->names[f->name_count - 1]);
    return arena_printf(a, "The %s \"" STR_FMT "\" is none: allowed are %lld to %lld.", f->name,
                        STR_ARG(text), (long long)f->min, (long long)f->max);
}

static struct str backwards(struct arena *a, const struct cron_field *f, struct str span,
                            struct str from, int64_t first, struct str to, int64_t last)
{
    struct str meant = split(a, f, from, first, to, last), begin = bound(a, f, f->min, from);
    return arena_printf(a,
                        "The %s \"" STR_FMT "\" runs backwards, for a %s begins with " STR_FMT
                        ": write \"" STR_FMT "\".",
                        f->name, STR_ARG(span), f->cycle, STR_ARG(begin), STR_ARG(meant));
}

/* "*", "5", "1-5", "mon-fri", each perhaps with "/2"; "5/2" goes on to the end. */
static struct str read_range(struct arena *a, const struct cron_field *f, struct str range,
                             struct cron_set *out)
{
    struct str step = range, to, span = str_cut(&step, '/');
    int64_t first = f->min, last = f->max, n = 1;

    if (step.ptr && (!is_number(step) || !str_to_int64(step, &n) || n < 1))
        return wrong(a, f, range);
    if (str_eq(span, STR("*")) || str_eq(span, STR("?"))) {
        out->open |= n == 1;
    } else {
        to = span;
        struct str from = str_cut(&to, '-');
        if (!value_of(f, from, &first) || (to.ptr && !value_of(f, to, &last)))
            return wrong(a, f, range);
        if (to.ptr && first > last)
            return backwards(a, f, span, from, first, to, last);
        if (!to.ptr && !step.ptr)
            last = first;
    }
    for (int64_t v = first; v <= last; v += n)
        out->values |= UINT64_C(1) << v;
    return STR("");
}

static struct str read_field(struct arena *a, const struct cron_field *f, struct str text,
                             struct cron_set *out)
{
    struct str fault = {0};

    while (text.ptr && !fault.len)
        fault = read_range(a, f, str_cut(&text, ','), out);
    return fault;
}

enum { MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK };

/* Is there a day in one of the months?  A restricted day of the week comes in each of them. */
static bool ever_comes(const struct cron_set *sets)
{
    static const int days_of[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (!sets[DAY_OF_WEEK].open)
        return true;
    for (int month = 1; month <= 12; month++)
        for (int day = 1; day <= days_of[month - 1]; day++)
            if ((sets[MONTH].values >> month & 1) && (sets[DAY_OF_MONTH].values >> day & 1))
                return true;
    return false;
}

/* A word stands for fields. */
static struct str spelled_out(struct str text)
{
    static const char *const words[][2] = {
        {"@annually", "0 0 1 1 *"}, {"@yearly", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
        {"@weekly", "0 0 * * 0"},   {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"},
        {"@hourly", "0 * * * *"},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (str_eq(text, str_of(words[i][0])))
            return str_of(words[i][1]);
    return text;
}

static struct cron cron_of(const struct cron_set *sets)
{
    uint64_t weekdays = sets[DAY_OF_WEEK].values;

    return (struct cron){
        .minutes = (int64_t)sets[MINUTE].values,
        .hours = (int64_t)sets[HOUR].values,
        .days_of_month = (int64_t)sets[DAY_OF_MONTH].values,
        .months = (int64_t)sets[MONTH].values,
        .days_of_week = (int64_t)((weekdays | weekdays >> 7) & 0x7f),
        .any_day_of_month = sets[DAY_OF_MONTH].open,
        .any_day_of_week = sets[DAY_OF_WEEK].open,
    };
}

struct str cron_read(struct arena *a, struct str text, struct cron *out)
{
    struct cron_set sets[FIELD_COUNT] = {0};
    size_t count = 0;

    text = spelled_out(str_trim(text));
    for (; text.len; count++) {
        struct str part = str_cut(&text, ' ');
        struct str fault =
            count < FIELD_COUNT ? read_field(a, &fields[count], part, &sets[count]) : STR("");
        if (fault.len)
            return fault;
        text = str_trim(text); /* several blanks */
    }
    if (count != FIELD_COUNT)
        return arena_printf(a, "It has %zu fields.", count);
    *out = cron_of(sets);
    return ever_comes(sets) ? STR("")
                            : STR("It never comes: no month that it names has such a day.");
}
